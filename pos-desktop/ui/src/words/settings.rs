//! This PC's settings.

use crate::sound::{LOUDEST, Sound};

/// What this is about.
pub(crate) const TITLE: &str = "Réglages de ce poste";

/// Receipts that are not simply printed.
pub(crate) const JOBS: &str = "Impressions en attente";
/// There are none.
pub(crate) const NO_JOBS: &str = "Aucune\u{202f}: tout ce qui a été demandé est imprimé.";

/// Whether a touch in a field draws a keyboard.
pub(crate) const KEYBOARD: &str = "Clavier à l’écran";
/// It does.
pub(crate) const KEYBOARD_BY_TOUCH: &str = "Au toucher d’un champ";
/// It does not.
pub(crate) const KEYBOARD_NEVER: &str = "Jamais";

/// What this PC is.
pub(crate) const ABOUT: &str = "Ce poste";
/// Its name and shop.
pub(crate) const NAME: &str = "Nom";
/// Its address for the other workstations.
pub(crate) const LISTENS: &str = "Les autres postes le trouvent à";
/// Its centre.
pub(crate) const CENTRE: &str = "Centre";
/// It has none.
pub(crate) const NO_CENTRE: &str = "aucun";
/// Its program.
pub(crate) const VERSION: &str = "Version";

/// The shop's other workstations.
pub(crate) const PEERS: &str = "Autres postes du magasin";
/// Where their addresses are read.
pub(crate) const PEERS_FROM: &str =
    "Chacun montre son adresse dans ses réglages, sous «\u{202f}Ce poste\u{202f}».";
/// Makes room for one more.
pub(crate) const PEER_ADD: &str = "Ajouter un poste";
/// The field of one.
pub(crate) const PEER_ADDRESS: &str = "Adresse d’un poste";
/// They are kept.
pub(crate) const PEERS_KEPT: &str = "Les autres postes sont enregistrés.";

/// The receipt printer.
pub(crate) const PRINTER: &str = "Imprimante de tickets";
/// Where it is.
pub(crate) const PRINTER_ADDRESS: &str = "Adresse sur le réseau";
/// It is kept.
pub(crate) const PRINTER_KEPT: &str = "L’imprimante est réglée.";
/// Wide paper.
pub(crate) const PAPER_80: &str = "Papier 80 mm";
/// Narrow paper.
pub(crate) const PAPER_58: &str = "Papier 58 mm";
/// Prints a page to see whether it works.
pub(crate) const PRINTER_TEST: &str = "Imprimer un essai";
/// That page is on its way.
pub(crate) const PRINTER_TESTED: &str = "La page d’essai part.";
/// Does without a printer.
pub(crate) const PRINTER_NONE: &str = "Pas d’imprimante";
/// This PC does without.
pub(crate) const PRINTER_NONE_KEPT: &str = "Ce poste n’imprime pas.";

/// How loud each sound is.
pub(crate) const SOUNDS: &str = "Sons";
/// What a "−" stands for beside a volume.
pub(crate) const QUIETER: &str = "Moins fort";
/// What a "+" stands for beside a volume.
pub(crate) const LOUDER: &str = "Plus fort";

/// Whether the printer opens a drawer.
pub(crate) const fn drawer(with: bool) -> &'static str {
    if with { "Avec un tiroir-caisse" } else { "Sans tiroir-caisse" }
}

/// What a sound is for.
pub(crate) const fn sound(sound: Sound) -> &'static str {
    match sound {
        Sound::NewOrder => "Nouvelle commande",
        Sound::Unseen => "Commande pas vue",
        Sound::Refusal => "Refus",
    }
}

/// How loud: "3 sur 5", or mute.
pub(crate) fn volume(level: u8) -> String {
    match level {
        0 => "muet".to_owned(),
        level => format!("{level} sur {LOUDEST}"),
    }
}
