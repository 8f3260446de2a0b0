//! Copies of the file, and the shop as one file.

use super::{NARROW, french, moment};
use pos_api::{BackupLine, BackupTrouble, FileState, Reply};

/// The place.
pub(crate) const TITLE: &str = "Copies";
/// The answer is awaited.
pub(crate) const WAITING: &str = "Le poste regarde ses copies.";
/// Over the last one.
pub(crate) const LAST: &str = "Dernière copie";
/// There is none.
pub(crate) const NONE: &str =
    "Aucune copie encore. La première se fait dans l’heure, sans arrêter la vente.";
/// When.
pub(crate) const WHEN: &str = "Faite le";
/// Where.
pub(crate) const WHERE: &str = "Fichier";
/// How large.
pub(crate) const SIZE: &str = "Taille";
/// How far it was checked.
pub(crate) const CHECKED: &str = "Contrôle";
/// Over the state of the file.
pub(crate) const FILE: &str = "Le fichier de ce poste";
/// Over where copies go.
pub(crate) const PLACE: &str = "Où copier";
/// What that is for.
pub(crate) const PLACE_EXPLAINED: &str = "Une copie se fait toutes les heures à côté des données. Pour survivre à une panne du disque, donnez le dossier d’une clé ou d’un disque qui reste branché.";
/// The field.
pub(crate) const FOLDER: &str = "Dossier (vide\u{202f}: aucun)";
/// A folder.
pub(crate) const FOLDER_EXAMPLE: &str = "/media/cle/caisse ou E:\\caisse";
/// No folder was chosen.
pub(crate) const NO_FOLDER: &str = "Aucun deuxième disque n’est choisi\u{202f}: une panne du disque emporterait les copies avec les données.";
/// It is kept.
pub(crate) const PLACE_KEPT: &str = "Le dossier des copies est enregistré.";
/// Makes a copy now.
pub(crate) const COPY_NOW: &str = "Copier maintenant";
/// It is being made.
pub(crate) const COPYING: &str = "La copie s’écrit, puis se relit\u{202f}: la vente continue.";
/// It is made.
pub(crate) const COPIED: &str = "La copie est faite et relue.";
/// Over the shop as one file.
pub(crate) const TAKE: &str = "Emporter le magasin";
/// What is in it.
pub(crate) const TAKE_EXPLAINED: &str = "Tout ce que ce poste connaît en un fichier ZIP, sans la clé du poste\u{202f}: pour le comptable, un contrôle ou le coffre. Il contient les fiches des clients\u{202f}: gardez-le sous clé.";
/// The field.
pub(crate) const TAKE_FOLDER: &str = "Dossier ou clé USB";
/// Does it.
pub(crate) const TAKE_NOW: &str = "Emporter le magasin en un fichier";
/// It is being written.
pub(crate) const TAKING: &str = "Le fichier s’écrit\u{202f}: la vente continue.";
/// Only managers do.
pub(crate) const MANAGERS_ONLY: &str = "Choisir le dossier, copier et emporter sont pour les responsables\u{202f}: l’un d’eux se connecte à ce poste.";

/// What is wrong.
pub(crate) const fn trouble(trouble: BackupTrouble) -> &'static str {
    match trouble {
        BackupTrouble::NoFolder => "Le dossier n’est pas là.",
        BackupTrouble::SameDisk => "Ce dossier est sur le disque de la caisse.",
        BackupTrouble::Full => "Le disque des copies est plein.",
        BackupTrouble::Unreadable => "La copie ne se relit pas.",
    }
}

/// What to do about it.
pub(crate) const fn advice(trouble: BackupTrouble) -> &'static str {
    match trouble {
        BackupTrouble::NoFolder => {
            "Rebranchez la clé ou le disque\u{202f}; la copie d’à côté continue."
        }
        BackupTrouble::SameDisk => {
            "Une panne emporterait les deux. Choisissez une clé ou un autre disque."
        }
        BackupTrouble::Full => "Libérez de la place, ou changez de disque.",
        BackupTrouble::Unreadable => "Changez la clé\u{202f}; si cela revient, appelez le siège.",
    }
}

/// How the file is: a level with its sign, and the sentence.
pub(crate) const fn file(state: FileState) -> (&'static str, &'static str) {
    match state {
        FileState::Checking => ("care", "Il se relit\u{202f}; vous pouvez vendre."),
        FileState::Sound => ("safe", "Il est sain."),
        FileState::Rebuilt => (
            "care",
            "Il était abîmé\u{202f}: il a été mis de côté et refait avec ce que les autres gardent. Vendez, et prévenez le siège\u{202f}: le disque est à changer.",
        ),
        FileState::Damaged => (
            "danger",
            "Il est abîmé, et personne ne répond qui pourrait rendre ce qu’il contenait. Allumez les autres postes, rétablissez internet, appelez le siège.",
        ),
    }
}

/// How far a copy was checked.
pub(crate) const fn checked(copy: &BackupLine) -> &'static str {
    if copy.verified { "chaque enregistrement est vérifié" } else { "le fichier est relu" }
}

/// When a copy was made.
pub(crate) fn when(copy: &BackupLine) -> String {
    moment(&copy.time)
}

/// "812 ko", "48,2 Mo", "1,3 Go".
pub(crate) fn size(bytes: u64) -> String {
    let tenths = |unit: u64| format!("{},{}", bytes / unit, bytes % unit / (unit / 10));
    match bytes {
        0..1_000_000 => format!("{}{NARROW}ko", bytes.div_ceil(1_000)),
        1_000_000..1_000_000_000 => format!("{}{NARROW}Mo", tenths(1_000_000)),
        1_000_000_000.. => format!("{}{NARROW}Go", tenths(1_000_000_000)),
    }
}

/// Where a copy went, where that is answered.
pub(crate) fn copied(reply: &Reply) -> String {
    if let Reply::File { path, .. } = reply {
        return french(&format!("La copie est faite et relue : {path}"));
    }
    COPIED.to_owned()
}

#[cfg(test)]
mod tests {
    use super::{advice, file, size, trouble};
    use pos_api::{BackupTrouble, FileState};

    #[test]
    fn a_size_is_short() {
        assert_eq!(size(0), "0\u{202f}ko");
        assert_eq!(size(811_204), "812\u{202f}ko");
        assert_eq!(size(48_290_000), "48,2\u{202f}Mo");
        assert_eq!(size(1_350_000_000), "1,3\u{202f}Go");
    }

    #[test]
    fn each_trouble_has_a_way_out_and_only_a_sound_file_is_safe() {
        let troubles = [
            BackupTrouble::NoFolder,
            BackupTrouble::SameDisk,
            BackupTrouble::Full,
            BackupTrouble::Unreadable,
        ];
        for it in troubles {
            assert_ne!(trouble(it), advice(it));
        }
        let states =
            [FileState::Checking, FileState::Sound, FileState::Rebuilt, FileState::Damaged];
        assert_eq!(states.map(|it| file(it).0), ["care", "safe", "care", "danger"]);
    }
}
