//! A manager beside the operator.

/// What this is about.
pub(crate) const TITLE: &str = "Un responsable autorise";
/// What to do.
pub(crate) const HOW: &str = "Le responsable touche son nom, puis tape son PIN.";
/// No manager may sign in here.
pub(crate) const NOBODY: &str =
    "Aucun responsable n’est connu de ce poste. Vérifiez que le centre est joignable.";
/// Allows it.
pub(crate) const ALLOW: &str = "Autoriser";
/// Does without.
pub(crate) const GIVE_UP: &str = "Renoncer";
