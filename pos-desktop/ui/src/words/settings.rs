//! This PC's settings.

use super::count;
use crate::sound::{LOUDEST, Sound};
use pos_api::{PaperKind, PrinterRoad};

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

/// The printers.
pub(crate) const PRINTER: &str = "Imprimantes";
/// What the shop calls it.
pub(crate) const PRINTER_NAME: &str = "Nom";
/// Over the ways to reach it.
pub(crate) const PRINTER_ROAD: &str = "Branchement";
/// Wide paper.
pub(crate) const PAPER_80: &str = "Papier 80 mm";
/// Narrow paper.
pub(crate) const PAPER_58: &str = "Papier 58 mm";
/// It answers when it is asked how it is.
pub(crate) const PRINTER_ANSWERS: &str = "Répond sur son état";
/// Over what is printed on it.
pub(crate) const PAPERS: &str = "Ce qui s’y imprime";
/// Prints a page to see whether it works.
pub(crate) const PRINTER_TEST: &str = "Imprimer un essai";
/// That page is on its way.
pub(crate) const PRINTER_TESTED: &str = "La page d’essai part.";
/// Makes room for one more.
pub(crate) const PRINTER_ADD: &str = "Ajouter une imprimante";
/// Does without a printer.
pub(crate) const PRINTER_NONE: &str = "Pas d’imprimante";
/// Jobs go to another printer.
pub(crate) const REROUTED: &str = "Ce qui attendait part sur l’autre imprimante.";
/// Its roll is nearly at its end.
pub(crate) const PAPER_LOW: &str = "Le rouleau est presque fini.";
/// Bits a second.
pub(crate) const BAUD: &str = "Vitesse (bauds)";
/// The notice that the law wants at the till.
pub(crate) const NOTICE: &str = "Imprimer l’affichette «\u{202f}ticket sur demande\u{202f}»";
/// It is on its way.
pub(crate) const NOTICE_QUEUED: &str = "L’affichette part à l’imprimante.";

/// How a printer is reached.
pub(crate) const fn road(road: &PrinterRoad) -> &'static str {
    match road {
        PrinterRoad::Network { .. } => "Réseau",
        PrinterRoad::Usb { .. } => "USB",
        PrinterRoad::Serial { .. } => "Série",
        PrinterRoad::Spooler { .. } => "Système",
    }
}

/// What the field of its place takes.
pub(crate) const fn road_place(road: &PrinterRoad) -> (&'static str, &'static str) {
    match road {
        PrinterRoad::Network { .. } => ("Adresse sur le réseau", "192.168.1.50"),
        PrinterRoad::Usb { .. } => ("Port USB (Linux)", "/dev/usb/lp0"),
        PrinterRoad::Serial { .. } => ("Port série", "COM3 ou /dev/ttyUSB0"),
        PrinterRoad::Spooler { .. } => ("File d’impression (CUPS)", "tickets"),
    }
}

/// What is printed.
pub(crate) const fn paper(paper: PaperKind) -> &'static str {
    match paper {
        PaperKind::Receipt => "Tickets",
        PaperKind::Kitchen => "Bons de cuisine",
        PaperKind::Provisional => "Notes",
        PaperKind::Closing => "X et Z",
        PaperKind::Label => "Étiquettes",
    }
}

/// The end of its hook.
pub(crate) const fn paper_hook(paper: PaperKind) -> &'static str {
    match paper {
        PaperKind::Receipt => "settings-paper-receipt",
        PaperKind::Kitchen => "settings-paper-kitchen",
        PaperKind::Provisional => "settings-paper-provisional",
        PaperKind::Closing => "settings-paper-closing",
        PaperKind::Label => "settings-paper-label",
    }
}

/// The hook of a way to reach it.
pub(crate) const fn road_hook(road: &PrinterRoad) -> &'static str {
    match road {
        PrinterRoad::Network { .. } => "settings-road-network",
        PrinterRoad::Usb { .. } => "settings-road-usb",
        PrinterRoad::Serial { .. } => "settings-road-serial",
        PrinterRoad::Spooler { .. } => "settings-road-spooler",
    }
}

/// They are kept.
pub(crate) const fn printers_kept(number: usize) -> &'static str {
    match number {
        0 => "Ce poste n’imprime pas.",
        1 => "L’imprimante est réglée.",
        2.. => "Les imprimantes sont réglées.",
    }
}

/// "2 impressions attendent".
pub(crate) fn waiting(number: u32) -> String {
    count(u64::from(number), "impression attend", "impressions attendent")
}

/// Sends what waits to another printer.
pub(crate) fn reroute(to: &str) -> String {
    format!("Envoyer vers {to}")
}

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
