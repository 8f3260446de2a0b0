//! What stands on buttons of more than one screen, and on the keys that press them.

/// Closes a panel and changes nothing.
pub(crate) const BACK: &str = "Retour";
/// Closes what is open over something.
pub(crate) const CLOSE: &str = "Fermer";
/// Takes over what was typed into a panel.
pub(crate) const CONFIRM: &str = "Valider";
/// Keeps what was set.
pub(crate) const KEEP: &str = "Enregistrer";
/// Takes an entry out of its list.
pub(crate) const REMOVE: &str = "Retirer";
/// Gives an order up.
pub(crate) const CANCEL: &str = "Annuler";
/// Takes the last character away.
pub(crate) const RUB_OUT: &str = "Effacer";
/// Closes a refusal that was read.
pub(crate) const UNDERSTOOD: &str = "Compris";
/// What a "−" stands for beside a number.
pub(crate) const ONE_LESS: &str = "Un de moins";
/// What a "+" stands for beside a number.
pub(crate) const ONE_MORE: &str = "Un de plus";
/// Opens the settings.
pub(crate) const SETTINGS: &str = "Réglages";

/// The Enter key.
pub(crate) const ENTER_KEY: &str = "Entrée";
/// The Esc key.
pub(crate) const ESCAPE_KEY: &str = "Échap";
/// The key for capitals.
pub(crate) const SHIFT_KEY: &str = "Maj";
/// The space bar.
pub(crate) const SPACE_KEY: &str = "Espace";
