//! « À propos ».

/// What this is about, and the button that opens it.
pub(crate) const TITLE: &str = "À propos";
/// The program's version.
pub(crate) const VERSION: &str = "Version du programme";
/// The fiscal core's version.
pub(crate) const FISCAL: &str = "Version du module de caisse";
/// The build.
pub(crate) const BUILD: &str = "Fabrication";
/// The company.
pub(crate) const COMPANY: &str = "Société";
/// It is not known.
pub(crate) const NO_COMPANY: &str =
    "Identité légale incomplète\u{202f}: faites-la compléter au centre.";
/// The editor's attestation.
pub(crate) const ATTESTATION: &str = "Attestation de l’éditeur (art. 286 du CGI)";
/// There is none for this company and version.
pub(crate) const NO_ATTESTATION: &str =
    "Aucune pour cette société et cette version. Faites-la dans Jour, Gestion.";
/// The workstation's key.
pub(crate) const KEY: &str = "Clé publique de ce poste";
/// Where files are.
pub(crate) const FOLDER: &str = "Dossier des fichiers";
/// Nothing is known yet.
pub(crate) const WAITING: &str = "Le poste lit ce qu’il est.";
