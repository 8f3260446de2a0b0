//! The shop's workstations, and the end of one.

use super::{count, duration, french, moment, thousands};
use pos_api::{CatchingUp, Found, WorkstationLine};

/// The place.
pub(crate) const TITLE: &str = "Postes";
/// There are no others.
pub(crate) const ALONE: &str = "Aucun autre poste n’est connu. Installez-en un sur un autre PC, ou donnez son adresse dans les réglages (F5).";
/// The answer is awaited.
pub(crate) const WAITING: &str = "Le poste regarde ses voisins.";
/// This one.
pub(crate) const OWN: &str = "Ce poste";
/// Who lets others' orders be paid.
pub(crate) const ARBITER: &str = "Donne l’accord pour encaisser la commande d’un autre poste";
/// This one does.
pub(crate) const ARBITER_OWN: &str = "ce poste";
/// Nobody does.
pub(crate) const NO_ARBITER: &str =
    "personne pour l’instant\u{202f}: une commande s’encaisse sur le poste qui l’a prise";
/// The history that still comes.
pub(crate) const CATCHING_UP: &str = "Rattrapage de l’historique";
/// What to do where one is missing.
pub(crate) const MISSING: &str =
    "Un poste manque\u{202f}? Donnez son adresse dans les réglages (F5).";
/// Begins to declare one dead.
pub(crate) const END: &str = "Déclarer hors service";
/// Somebody in the shop vouched for it.
pub(crate) const VOUCHED: &str = "parrainé, à confirmer par le centre";
/// It answers.
pub(crate) const ANSWERS: &str = "répond";

/// What happens when one is declared dead.
pub(crate) const END_MEANS: [&str; 3] = [
    "Ses commandes en cours restent au tableau\u{202f}: un autre poste les termine et les encaisse.",
    "Son nom se libère\u{202f}: un nouveau PC peut le prendre.",
    "Si son disque est retrouvé, ce qu’il contient encore rejoint le magasin. Rien n’est perdu.",
];
/// What cannot be taken back.
pub(crate) const END_IS_FOR_GOOD: &str =
    "Il n’y a pas de retour\u{202f}: ce poste n’encaissera plus. Éteignez-le d’abord.";

/// What is about to be declared dead.
pub(crate) fn end_title(label: &str) -> String {
    french(&format!("Déclarer {label} hors service ?"))
}

/// It was.
pub(crate) fn ended(label: &str) -> String {
    french(&format!("{label} est hors service : son nom est libre."))
}

/// How an address is known.
pub(crate) const fn found(found: Found) -> &'static str {
    match found {
        Found::Nowhere => "adresse inconnue",
        Found::LastKnown => "à cette adresse la dernière fois",
        Found::Announced => "annoncé sur le réseau",
        Found::Typed => "adresse tapée",
        Found::Called => "il a appelé ce poste",
    }
}

/// How it is, as a level that has a sign and a colour.
pub(crate) const fn level(line: &WorkstationLine) -> &'static str {
    if line.ended.is_none() && line.answers { "safe" } else { "care" }
}

/// Whether it answers, and since when it does not.
pub(crate) fn stands(line: &WorkstationLine) -> String {
    match (&line.ended, line.answers, line.silent_s) {
        (Some(time), ..) => format!("hors service le {}", moment(time)),
        (None, true, _) => ANSWERS.to_owned(),
        (None, false, Some(silent_s)) => {
            format!("muet depuis {}", duration(u32::try_from(silent_s).unwrap_or(u32::MAX)))
        }
        (None, false, None) => "pas entendu depuis que ce poste est allumé".to_owned(),
    }
}

/// What of this workstation's entries it lacks.
pub(crate) fn behind(line: &WorkstationLine) -> String {
    match (line.behind, &line.ended) {
        (_, Some(_)) => String::new(),
        (0, None) => "a tous nos enregistrements".to_owned(),
        (behind, None) => {
            format!("il lui manque {}", count(behind, "enregistrement", "enregistrements"))
        }
    }
}

/// "12 300 sur 45 000 enregistrements".
pub(crate) fn catching_up(CatchingUp { held, of }: CatchingUp) -> String {
    format!("{} sur {}", thousands(held), count(of, "enregistrement", "enregistrements"))
}

#[cfg(test)]
mod tests {
    use super::{behind, level, stands};
    use pos_api::{Found, Role, WorkstationLine};

    fn line() -> WorkstationLine {
        WorkstationLine {
            label: "C2".to_owned(),
            role: Role::Till,
            address: String::new(),
            found: Found::Nowhere,
            answers: false,
            silent_s: None,
            behind: 0,
            vouched: false,
            ended: None,
        }
    }

    #[test]
    fn a_workstation_answers_is_silent_or_is_ended() {
        let answers = WorkstationLine { answers: true, behind: 2, ..line() };
        assert_eq!((stands(&answers).as_str(), level(&answers)), ("répond", "safe"));
        assert_eq!(behind(&answers), "il lui manque 2\u{a0}enregistrements");
        let silent = WorkstationLine { silent_s: Some(u64::MAX), ..line() };
        assert_eq!(level(&silent), "care");
        assert!(stands(&silent).starts_with("muet depuis"));
        assert!(stands(&line()).starts_with("pas entendu"));
        let ended = WorkstationLine { ended: Some("2026-11-22 19:12".to_owned()), ..answers };
        assert_eq!(
            (stands(&ended).as_str(), level(&ended)),
            ("hors service le 22/11 19:12", "care")
        );
        assert_eq!(behind(&ended), "");
    }
}
