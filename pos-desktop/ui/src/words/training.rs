//! Training: everything is FACTICE.

use super::french;

/// Across every screen.
pub(crate) const FACTICE: &str = "FACTICE";
/// What that means.
pub(crate) const NOTHING_COUNTS: &str = "Formation\u{202f}: rien n’est vendu ni compté.";
/// What this is about.
pub(crate) const TITLE: &str = "Formation";
/// What it does.
pub(crate) const EXPLAINED: &str = "En formation, tout est marqué FACTICE, dans un journal à part\u{202f}: rien ne part en cuisine ni dans les chiffres. Un responsable l’ouvre.";
/// Begins it.
pub(crate) const START: &str = "Commencer une formation";
/// It began.
pub(crate) const STARTED: &str = "La formation commence\u{202f}: tout est FACTICE.";
/// Ends it.
pub(crate) const END: &str = "Terminer la formation";
/// It ended.
pub(crate) const ENDED: &str = "La formation est finie\u{202f}: les ventes comptent à nouveau.";

/// Under whom it is.
pub(crate) fn under(name: &str) -> String {
    french(&format!("Responsable : {name}"))
}
