//! The safety line: one sentence, worst first, and what to do about it.

use super::{
    count, duration, french,
    printing::{printer, printer_advice, printer_cause},
    thousands,
};
use pos_api::{CatchingUp, KitchenCause, PrinterView, Safety, SafetyView, ServerState};

/// What the line and what is behind it are about.
pub(crate) const SAFETY: &str = "Sûreté du magasin";
/// Leads to the journals with two histories.
pub(crate) const SEE_HISTORIES: &str = "Voir les historiques";
/// Before anything is known.
pub(crate) const SAFETY_UNKNOWN: &str = "Le poste regarde ses voisins";

/// Nobody else said where this workstation's own records end: after a restore of its file, the last
/// ones could be missing and nobody here would know.
const NOT_ANCHORED: &str = "Personne n’a confirmé la fin des enregistrements de ce poste : \
     allumez un autre poste ou rétablissez la liaison avec le centre. Si le disque de ce poste vient \
     d’une copie, appelez le siège.";

/// How a state is shown, beside its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    /// Nothing waits.
    Safe,
    /// Something waits; selling goes on.
    Care,
    /// Somebody has to act.
    Danger,
}

impl Level {
    /// As hooks and styles name it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Care => "care",
            Self::Danger => "danger",
        }
    }
}

/// How bad it is. Never safe while something waits, whatever the line says.
pub(crate) fn level(view: &SafetyView) -> Level {
    match &view.worst {
        Safety::Fork => Level::Danger,
        Safety::Kitchen(cause) => match cause {
            KitchenCause::Silent { .. } => Level::Danger,
            KitchenCause::None | KitchenCause::Fine => Level::Care,
        },
        Safety::AloneHere { .. }
        | Safety::Printer(_)
        | Safety::CatchingUp(_)
        | Safety::Offline { .. } => Level::Care,
        Safety::Safe if view.alone > 0 || view.forks > 0 || view.catching_up.is_some() => {
            Level::Care
        }
        Safety::Safe if view.drill_left_s.is_some() => Level::Care,
        Safety::Safe => match &view.server {
            ServerState::None | ServerState::UpToDate => Level::Safe,
            ServerState::Behind { .. } | ServerState::Offline { .. } => Level::Care,
            ServerState::Refused => Level::Danger,
        },
    }
}

/// The drill that is on, where nothing worse is to be said: that the centre is silent is its purpose.
fn drill(view: &SafetyView) -> Option<u32> {
    view.drill_left_s.filter(|_| matches!(view.worst, Safety::Offline { .. } | Safety::Safe))
}

fn drill_sentence(left_s: u32) -> String {
    format!("Exercice : internet coupé, encore {}", duration(left_s))
}

/// The sentence.
pub(crate) fn safety(view: &SafetyView) -> String {
    if let Some(left_s) = drill(view) {
        return french(&drill_sentence(left_s));
    }
    let said = match &view.worst {
        Safety::Fork if view.forks == 0 => {
            "Le centre refuse les enregistrements : appelez le siège".to_owned()
        }
        Safety::Fork => "Deux historiques d’une même caisse : appelez le siège".to_owned(),
        Safety::AloneHere { records } => {
            format!(
                "{} sur ce poste seulement",
                count(*records, "enregistrement", "enregistrements")
            )
        }
        Safety::Kitchen(cause) => kitchen_sentence(view, cause),
        Safety::Printer(cause) => format!("Ticket : {}", printer_cause(*cause)),
        Safety::CatchingUp(CatchingUp { held, of }) => format!(
            "Rattrapage : {} sur {} · la vente est possible",
            thousands(*held),
            thousands(*of)
        ),
        Safety::Offline { seconds } => {
            format!("Hors ligne depuis {} : la vente continue", duration(*seconds))
        }
        Safety::Safe if view.alone > 0 => {
            format!("{} en cours de copie", count(view.alone, "enregistrement", "enregistrements"))
        }
        Safety::Safe => safe_sentence(view),
    };
    french(&said)
}

fn kitchen_sentence(view: &SafetyView, cause: &KitchenCause) -> String {
    let silent = view.kitchens.iter().find(|(_, it)| it == cause);
    let name =
        silent.map_or_else(|| "La cuisine".to_owned(), |(label, _)| format!("Cuisine {label}"));
    match cause {
        KitchenCause::None => "Aucune cuisine n’est reliée à ce poste".to_owned(),
        KitchenCause::Fine => format!("{name} répond de nouveau"),
        KitchenCause::Silent { seconds } => {
            format!(
                "{name} ne répond plus depuis {} : dites les commandes de vive voix",
                duration(*seconds)
            )
        }
    }
}

fn safe_sentence(view: &SafetyView) -> String {
    let mut parts = vec![match &view.server {
        ServerState::None => "Tout est en double".to_owned(),
        ServerState::UpToDate => "Tout est en double · centre à jour".to_owned(),
        ServerState::Behind { records } => {
            format!("En double ici · {} vers le centre", count(*records, "envoi", "envois"))
        }
        ServerState::Offline { seconds, .. } => {
            format!("En double ici · centre muet depuis {}", duration(*seconds))
        }
        ServerState::Refused => "Le centre refuse les envois : appelez le siège".to_owned(),
    }];
    for (label, cause) in &view.kitchens {
        parts.push(match cause {
            KitchenCause::Fine => format!("cuisine {label} ✓"),
            KitchenCause::None => format!("cuisine {label} absente"),
            KitchenCause::Silent { seconds } => {
                format!("cuisine {label} muette depuis {}", duration(*seconds))
            }
        });
    }
    match &view.printer {
        PrinterView::Ready => parts.push("ticket ✓".to_owned()),
        PrinterView::None | PrinterView::Unknown | PrinterView::Unheard => {}
        PrinterView::Stopped(cause) => parts.push(format!("ticket : {}", printer_cause(*cause))),
    }
    parts.join(" · ")
}

/// What to do about it.
pub(crate) fn advice(view: &SafetyView) -> String {
    if drill(view).is_some() {
        return french(
            "L’exercice se termine seul. La vente, la cuisine et l’encaissement continuent.",
        );
    }
    let said = match &view.worst {
        Safety::Fork if view.forks == 0 => {
            "Ne changez rien aux postes. Appelez le siège : le centre n’accepte pas les enregistrements de ce poste ; la vente continue."
        }
        Safety::Fork => {
            "Ne changez rien aux postes. Appelez le siège : deux suites d’enregistrements portent le même nom, les deux sont gardées."
        }
        Safety::AloneHere { .. } => {
            "Gardez ce poste allumé et son câble réseau branché : dès qu’un autre poste ou le centre répond, tout y est copié."
        }
        Safety::Kitchen(KitchenCause::None) => {
            "Ouvrez les réglages (F5) et donnez l’adresse du poste de cuisine, ou travaillez avec des tickets papier."
        }
        Safety::Kitchen(KitchenCause::Fine) => "Rien à faire.",
        Safety::Kitchen(KitchenCause::Silent { .. }) => {
            "Regardez si l’écran de la cuisine est allumé et son câble branché. En attendant, annoncez les commandes."
        }
        Safety::Printer(cause) => printer_advice(*cause),
        Safety::CatchingUp(_) => {
            "Rien à faire : les commandes en cours sont là, l’historique arrive. Les statistiques et les anciens tickets sont incomplets jusqu’à la fin."
        }
        Safety::Offline { .. } => {
            "La vente, la cuisine et l’encaissement continuent. Si cela dure, regardez la box Internet."
        }
        Safety::Safe if view.alone > 0 => "Rien à faire : la copie se termine.",
        Safety::Safe => match &view.server {
            ServerState::None | ServerState::UpToDate => "Rien à faire.",
            ServerState::Behind { .. } => "Rien à faire : l’envoi au centre se termine.",
            ServerState::Offline { .. } => {
                "La vente continue. Si cela dure, regardez la box Internet."
            }
            ServerState::Refused => {
                "Appelez le siège : le centre refuse les enregistrements de ce poste."
            }
        },
    };
    french(said)
}

/// All that is behind the line, one sentence each.
pub(crate) fn details(view: &SafetyView) -> Vec<String> {
    let mut said = vec![
        match view.alone {
            0 => "Chaque enregistrement de ce poste existe sur une seconde machine.".to_owned(),
            alone => format!(
                "{} de ce poste sans copie ailleurs.",
                count(alone, "enregistrement", "enregistrements")
            ),
        },
        match &view.server {
            ServerState::None => "Ce magasin travaille sans centre.".to_owned(),
            ServerState::UpToDate => "Le centre répond et a tout.".to_owned(),
            ServerState::Behind { records } => {
                format!(
                    "Le centre répond ; il lui manque {}.",
                    count(*records, "enregistrement", "enregistrements")
                )
            }
            ServerState::Offline { seconds, records } => format!(
                "Le centre ne répond pas depuis {} ; il lui manque {}.",
                duration(*seconds),
                count(*records, "enregistrement", "enregistrements")
            ),
            ServerState::Refused => "Le centre refuse les enregistrements de ce poste.".to_owned(),
        },
    ];
    said.extend(view.kitchens.iter().map(|(label, cause)| match cause {
        KitchenCause::Fine => format!("Cuisine {label} : elle répond."),
        KitchenCause::None => format!("Cuisine {label} : jamais vue."),
        KitchenCause::Silent { seconds } => {
            format!("Cuisine {label} : muette depuis {}.", duration(*seconds))
        }
    }));
    said.push(printer(&view.printer));
    if let Some(left_s) = view.drill_left_s {
        said.push(format!("{}.", drill_sentence(left_s)));
    }
    if let Some(CatchingUp { held, of }) = view.catching_up {
        said.push(format!(
            "Rattrapage de l’historique : {} sur {} ; statistiques et anciens tickets incomplets.",
            thousands(held),
            count(of, "enregistrement", "enregistrements")
        ));
    }
    if !view.anchored {
        said.push(NOT_ANCHORED.to_owned());
    }
    if view.forks > 0 {
        said.push(format!("{} avec deux historiques.", count(view.forks, "journal", "journaux")));
    }
    said.iter().map(|it| french(it)).collect()
}

#[cfg(test)]
mod tests {
    use super::{Level, NOT_ANCHORED, details, french, level, safety};
    use pos_api::{
        CatchingUp, KitchenCause, PrinterCause, PrinterView, Safety, SafetyView, ServerState,
    };

    fn calm() -> SafetyView {
        SafetyView {
            worst: Safety::Safe,
            alone: 0,
            server: ServerState::UpToDate,
            kitchens: vec![("K1".to_owned(), KitchenCause::Fine)],
            printer: PrinterView::Ready,
            forks: 0,
            anchored: true,
            catching_up: None,
            drill_left_s: None,
        }
    }

    #[test]
    fn the_line_says_that_all_is_well() {
        assert_eq!(safety(&calm()), "Tout est en double · centre à jour · cuisine K1 ✓ · ticket ✓");
        assert_eq!(level(&calm()), Level::Safe);
    }

    #[test]
    fn it_is_never_green_while_something_waits() {
        let waiting = [
            SafetyView { alone: 1, ..calm() },
            SafetyView { forks: 1, ..calm() },
            SafetyView { server: ServerState::Behind { records: 2 }, ..calm() },
            SafetyView { server: ServerState::Refused, ..calm() },
            SafetyView { worst: Safety::AloneHere { records: 2 }, ..calm() },
            SafetyView { worst: Safety::Fork, ..calm() },
            SafetyView { worst: Safety::Offline { seconds: 720 }, ..calm() },
            SafetyView { worst: Safety::Printer(PrinterCause::NoPaper), ..calm() },
            SafetyView { worst: Safety::Kitchen(KitchenCause::Silent { seconds: 15 }), ..calm() },
            SafetyView { worst: Safety::Kitchen(KitchenCause::None), ..calm() },
            SafetyView { worst: Safety::CatchingUp(FAR), ..calm() },
            SafetyView { catching_up: Some(FAR), ..calm() },
            SafetyView { drill_left_s: Some(1), ..calm() },
        ];
        for view in waiting {
            assert_ne!(level(&view), Level::Safe, "{view:?}");
        }
    }

    const FAR: CatchingUp = CatchingUp { held: 12_300, of: 45_000 };

    #[test]
    fn whoever_catches_up_is_told_how_far_and_that_figures_are_incomplete() {
        let view = SafetyView { worst: Safety::CatchingUp(FAR), catching_up: Some(FAR), ..calm() };
        assert_eq!(
            safety(&view),
            french("Rattrapage : 12\u{202f}300 sur 45\u{202f}000 · la vente est possible")
        );
        assert!(details(&view).iter().any(|it| it.contains("incomplets")));
    }

    #[test]
    fn a_drill_is_said_instead_of_the_silence_it_makes_and_never_of_what_is_worse() {
        let view = SafetyView {
            worst: Safety::Offline { seconds: 200 },
            drill_left_s: Some(420),
            ..calm()
        };
        assert_eq!(safety(&view), french("Exercice : internet coupé, encore 7\u{a0}min"));
        let worse = SafetyView { worst: Safety::Printer(PrinterCause::NoPaper), ..view };
        assert!(safety(&worse).starts_with("Ticket"));
        assert!(details(&worse).iter().any(|it| it.contains("Exercice")));
    }

    #[test]
    fn an_end_that_nobody_confirmed_is_said_behind_the_line_only() {
        let alone = SafetyView { anchored: false, ..calm() };
        assert_eq!((safety(&alone), level(&alone)), (safety(&calm()), level(&calm())));
        let more: Vec<String> =
            details(&alone).into_iter().filter(|it| !details(&calm()).contains(it)).collect();
        assert_eq!(more, [french(NOT_ANCHORED)]);
    }

    #[test]
    fn each_cause_is_a_sentence() {
        let offline = SafetyView { worst: Safety::Offline { seconds: 720 }, ..calm() };
        assert_eq!(safety(&offline), "Hors ligne depuis 12\u{a0}min\u{202f}: la vente continue");
        let alone = SafetyView { worst: Safety::AloneHere { records: 2 }, ..calm() };
        assert_eq!(safety(&alone), "2\u{a0}enregistrements sur ce poste seulement");
    }
}
