//! Journals with two histories, or restored.

use super::{french, moment, thousands};
use pos_api::{BranchView, HistoryCause};

/// The place.
pub(crate) const TITLE: &str = "Historiques";
/// There is none.
pub(crate) const NONE: &str =
    "Chaque journal n’a qu’une suite\u{202f}: aucun disque copié, aucune sauvegarde remise.";
/// The answer is awaited.
pub(crate) const WAITING: &str = "Le poste relit ses journaux.";
/// A manager takes note.
pub(crate) const ACKNOWLEDGE: &str = "J’en ai pris note";
/// Only a manager does.
pub(crate) const MANAGERS_ONLY: &str = "Un responsable connecté à une caisse en prend note.";
/// Over what to do.
pub(crate) const TO_DO: &str = "À faire";
/// The writer goes on.
pub(crate) const GOES_ON: &str = "Le poste continue dans un nouveau journal.";

/// Heads of the branches' table.
pub(crate) const COLUMNS: [&str; 5] =
    ["Enregistrements", "Tickets", "Total", "Jusqu’à", "Au centre"];

/// Whose it is, and when it was noticed.
pub(crate) fn head(label: &str, time: &str) -> String {
    match label {
        "" => format!("remarqué le {}", moment(time)),
        label => format!("{label} · remarqué le {}", moment(time)),
    }
}

/// What happened, in a few words.
pub(crate) const fn cause(cause: HistoryCause) -> &'static str {
    match cause {
        HistoryCause::TakenBack => "Sauvegarde remise, et rattrapée",
        HistoryCause::SetBack => "Sauvegarde remise, des enregistrements manquent",
        HistoryCause::Copied => "Disque copié",
        HistoryCause::Forked => "Deux historiques",
        HistoryCause::AnchorGone => "Repère de fin de journal absent",
    }
}

/// What happened.
pub(crate) const fn happened(cause: HistoryCause) -> &'static str {
    match cause {
        HistoryCause::TakenBack => {
            "Le disque de ce poste est revenu à un état plus ancien. Ce qui manquait a été repris aux autres postes\u{202f}: le journal est entier."
        }
        HistoryCause::SetBack => {
            "Le disque de ce poste est revenu à un état plus ancien, et ses derniers enregistrements ne sont pas ici."
        }
        HistoryCause::Copied => {
            "Deux programmes ont écrit le même journal\u{202f}: le disque de ce poste a été copié, et les deux copies ont servi."
        }
        HistoryCause::Forked => {
            "Le journal de ce poste a deux suites. On ne sait pas encore pourquoi."
        }
        HistoryCause::AnchorGone => {
            "Le fichier qui dit où finit le journal de ce poste a disparu, ou dit autre chose que le journal."
        }
    }
}

/// What a manager has to do.
pub(crate) const fn to_do(cause: HistoryCause) -> &'static str {
    match cause {
        HistoryCause::TakenBack => {
            "Demandez qui a remis une sauvegarde, et pourquoi. Rien n’est perdu, il n’y a rien à recompter."
        }
        HistoryCause::SetBack => {
            "Comptez le tiroir\u{202f}: des ventes manquent peut-être ici. Demandez qui a remis une sauvegarde, allumez tous les postes, puis appelez le siège."
        }
        HistoryCause::Copied => {
            "Éteignez la copie\u{202f}: un seul PC par poste. Comptez les tiroirs et appelez le siège. Rien n’est perdu\u{202f}: les deux suites sont comptées."
        }
        HistoryCause::Forked => {
            "Comptez le tiroir. Demandez si une sauvegarde a été remise ou un disque copié, puis appelez le siège. Rien n’est perdu\u{202f}: les deux suites sont comptées."
        }
        HistoryCause::AnchorGone => {
            "Ne remettez aucune sauvegarde. Demandez si un fichier a été effacé ou un disque changé, puis appelez le siège."
        }
    }
}

/// "1 204 à 1 231": the first and last entry of a branch.
pub(crate) fn entries(branch: &BranchView) -> String {
    if branch.to < branch.from {
        return "aucune".to_owned();
    }
    format!("{} à {}", thousands(branch.from), thousands(branch.to))
}

/// Until when; a dash where it holds nothing.
pub(crate) fn until(branch: &BranchView) -> String {
    match branch.until.as_str() {
        "" => "–".to_owned(),
        until => moment(until),
    }
}

/// Whether the centre has it.
pub(crate) const fn at_centre(is_there: bool) -> &'static str {
    if is_there { "oui" } else { "pas encore" }
}

/// Who took note.
pub(crate) fn acknowledged(name: &str) -> String {
    french(&format!("Pris en note : {name}"))
}

#[cfg(test)]
mod tests {
    use super::{cause, entries, happened, head, to_do, until};
    use fiscal::Money;
    use pos_api::{BranchView, HistoryCause};

    #[test]
    fn each_cause_says_what_happened_and_what_to_do() {
        let causes = [
            HistoryCause::TakenBack,
            HistoryCause::SetBack,
            HistoryCause::Copied,
            HistoryCause::Forked,
            HistoryCause::AnchorGone,
        ];
        for it in causes {
            assert!(
                !cause(it).is_empty() && happened(it).ends_with('.') && to_do(it).ends_with('.')
            );
        }
    }

    #[test]
    fn a_branch_is_said_by_its_entries() {
        let branch = BranchView {
            from: 1_204,
            to: 1_231,
            tickets: 3,
            total: Money::from_cents(4_250),
            until: "2026-11-22 19:12".to_owned(),
            at_centre: false,
        };
        assert_eq!(entries(&branch), "1\u{202f}204 à 1\u{202f}231");
        assert_eq!(until(&branch), "22/11 19:12");
        let empty = BranchView { to: 1_203, until: String::new(), ..branch };
        assert_eq!((entries(&empty).as_str(), until(&empty).as_str()), ("aucune", "–"));
        assert_eq!(head("", "2026-11-22 19:12"), "remarqué le 22/11 19:12");
    }
}
