//! What managers do with the books.

use super::{count, french};
use pos_api::{AlarmKind, Export};

/// The place.
pub(crate) const TITLE: &str = "Livres";
/// Only managers may.
pub(crate) const MANAGERS_ONLY: &str = "Archives, exports et contrôles sont pour les responsables\u{202f}: l’un d’eux se connecte à ce poste.";
/// Archives.
pub(crate) const ARCHIVES: &str = "Archives fiscales";
/// Where to put one besides.
pub(crate) const FOLDER: &str = "Copier aussi dans ce dossier (clé USB)";
/// A folder.
pub(crate) const FOLDER_EXAMPLE: &str = "/media/cle ou E:\\";
/// Makes one.
pub(crate) const ARCHIVE: &str = "Archiver";
/// It is being made.
pub(crate) const ARCHIVING: &str = "L’archive s’écrit.";
/// None was made.
pub(crate) const NO_ARCHIVES: &str =
    "Aucune archive encore. Faites-en une après chaque clôture de mois.";
/// Its file is gone.
pub(crate) const FILE_GONE: &str = "fichier absent\u{202f}: archivez de nouveau";
/// Checks.
pub(crate) const VERIFICATION: &str = "Contrôle des journaux";
/// Starts it.
pub(crate) const VERIFY: &str = "Tout vérifier";
/// It is under way.
pub(crate) const VERIFYING: &str =
    "Chaque enregistrement est relu depuis le premier\u{202f}: la vente continue pendant ce temps.";
/// Exports.
pub(crate) const EXPORTS: &str = "Exports pour le comptable";
/// From.
pub(crate) const FROM: &str = "Du";
/// To.
pub(crate) const TO: &str = "Au";
/// It is being written.
pub(crate) const EXPORTING: &str = "Le fichier s’écrit.";
/// Purging and the attestation.
pub(crate) const OTHER: &str = "Purge et attestation";
/// What purging takes away.
pub(crate) const PURGE_EXPLAINED: &str = "La purge efface les étapes de cuisine archivées de plus de 90 jours. Aucune vente n’est effacée.";
/// Purges.
pub(crate) const PURGE: &str = "Purger";
/// It is under way.
pub(crate) const PURGING: &str = "La purge est en cours.";
/// Writes the attestation.
pub(crate) const ATTESTATION: &str = "Écrire l’attestation";
/// Alarms.
pub(crate) const ALARMS: &str = "Alertes";
/// There are none.
pub(crate) const NO_ALARMS: &str = "Aucune alerte.";
/// A manager took note.
pub(crate) const ACKNOWLEDGE: &str = "J’ai pris connaissance";
/// The answer is awaited.
pub(crate) const WAITING: &str = "Le poste lit ses livres.";

/// What to export.
pub(crate) const fn export(what: Export) -> &'static str {
    match what {
        Export::Fec => "Écritures (FEC)",
        Export::EReporting => "E-reporting",
        Export::Sales => "Journal des ventes",
        Export::Remittances => "Remises (titres et chèques)",
    }
}

/// Its hook.
pub(crate) const fn export_hook(what: Export) -> &'static str {
    match what {
        Export::Fec => "export-fec",
        Export::EReporting => "export-e-reporting",
        Export::Sales => "export-sales",
        Export::Remittances => "export-remittances",
    }
}

/// A file is written.
pub(crate) fn written(number: &str, path: &str) -> String {
    french(&format!("{number} écrit : {path}"))
}

/// What a check found.
pub(crate) fn verified(entries: u64, findings: usize) -> String {
    let read = count(entries, "enregistrement relu", "enregistrements relus");
    match findings {
        0 => french(&format!("{read} : tout est juste.")),
        _ => french(&format!("{read} : appelez le siège et lisez ce qui suit.")),
    }
}

/// So many bodies were deleted.
pub(crate) fn purged(number: u64) -> String {
    match number {
        0 => "Il n’y avait rien à purger.".to_owned(),
        number => {
            format!("{}.", count(number, "étape de cuisine effacée", "étapes de cuisine effacées"))
        }
    }
}

/// Who took note.
pub(crate) fn acknowledged(name: &str) -> String {
    format!("vu par {name}")
}

/// What is to be looked at.
pub(crate) const fn alarm(kind: AlarmKind) -> &'static str {
    match kind {
        AlarmKind::Restored => {
            "Les données de ce poste sont plus anciennes que ce que les autres en savent (sauvegarde ou disque copié). Appelez le siège."
        }
        AlarmKind::Fork => {
            "Deux suites d’enregistrements portent le même nom. Les deux sont gardées. Appelez le siège."
        }
        AlarmKind::Broken => {
            "Un document signé n’est plus ce qui a été signé. Ne changez rien et appelez le siège."
        }
        AlarmKind::Clock => "L’horloge du PC a reculé ou bondi. Vérifiez sa date et son heure.",
        AlarmKind::Refused => {
            "Un autre poste, ou le centre, refuse nos enregistrements. Appelez le siège."
        }
    }
}
