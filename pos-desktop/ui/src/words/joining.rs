//! A new PC that a workstation of the shop lets in.

use super::french;
use pos_api::Role;

/// What the new PC waits for.
pub(crate) const TITLE: &str = "Demander à entrer";
/// Nobody was found yet.
pub(crate) const LOOKING: &str = "On cherche un poste du magasin…";
/// What helps.
pub(crate) const LOOKING_HELP: &str =
    "Vérifiez que ce PC est sur le même réseau, ou tapez l’adresse d’un poste (F5 sur ce poste).";
/// What to do with the code.
pub(crate) const ASKED_HELP: &str = "Si les six chiffres sont les mêmes, un responsable touche «\u{202f}Oui, laisser entrer\u{202f}» là-bas et tape son PIN. Ce PC continue tout seul.";
/// A person said no.
pub(crate) const TURNED_AWAY: &str = "Un responsable a refusé ce PC.";
/// What to do then.
pub(crate) const TURNED_AWAY_HELP: &str =
    "Demandez-lui pourquoi. Revenez en arrière pour changer le nom du poste, ou recommencer.";
/// Asks no more.
pub(crate) const STOP: &str = "Ne plus demander";
/// Back to the questions.
pub(crate) const AGAIN: &str = "Revenir aux questions";

/// Lets it in.
pub(crate) const LET_IN: &str = "Oui, laisser entrer";
/// Does not.
pub(crate) const TURN_AWAY: &str = "Refuser";
/// Leads to the workstation that has the label.
pub(crate) const SEE_WORKSTATIONS: &str = "Voir les postes";
/// What to compare.
pub(crate) const SAME_CODE: &str = "Le nouveau poste montre-t-il les mêmes chiffres\u{202f}?";
/// Only somebody who is signed in answers.
pub(crate) const SIGN_IN_FIRST: &str = "Connectez-vous pour répondre.";

/// Whose screen shows the same code.
pub(crate) fn compare_with(label: &str) -> String {
    format!("Comparez avec l’écran de {label}")
}

/// Somebody asks.
pub(crate) fn asks(label: &str, role: Role) -> String {
    french(&format!("Un nouveau poste demande à entrer : {label}, {}", role_name(role)))
}

/// The label that it wants is another's.
pub(crate) fn label_taken(label: &str) -> String {
    french(&format!(
        "{label} est encore en service : déclarez-le d’abord hors service, ou refusez et prenez un autre nom."
    ))
}

/// Others ask too.
pub(crate) fn more(number: usize) -> String {
    match number {
        1 => "Un autre attend ensuite.".to_owned(),
        number => format!("{number} autres attendent ensuite."),
    }
}

/// It is in.
pub(crate) fn let_in(label: &str) -> String {
    format!("{label} entre dans le magasin.")
}

/// It is not.
pub(crate) fn turned_away(label: &str) -> String {
    format!("{label} est refusé.")
}

/// What a workstation is for.
pub(crate) const fn role_name(role: Role) -> &'static str {
    match role {
        Role::Till => "comptoir",
        Role::Kitchen => "cuisine",
    }
}
