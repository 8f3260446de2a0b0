//! The French of the attestation.

use super::{Attestation, Software, Taxpayer};

pub(super) const TITLE: &str = "Attestation individuelle";
pub(super) const SUBTITLE: &str = "relative à l’utilisation d’un logiciel de caisse satisfaisant aux \
     conditions d’inaltérabilité, de sécurisation, de conservation et d’archivage des données en vue du \
     contrôle de l’administration fiscale (CGI, art. 286, I-3°\u{a0}bis ; modèle BOI-LETTRE-000242)";

pub(super) const FIRST_PART: &str = "Volet 1 – Partie à compléter par l’éditeur du logiciel";
pub(super) const SECOND_PART: &str = "Volet 2 – Partie à compléter par l’entreprise utilisatrice";

pub(super) const EDITOR: &str = "Éditeur";
pub(super) const ADDRESS: &str = "Adresse";
pub(super) const SIREN: &str = "SIREN";
pub(super) const REPRESENTATIVE: &str = "Représentant légal";
pub(super) const SOFTWARE: &str = "Logiciel de caisse";
pub(super) const VERSION: &str = "Version du noyau fiscal";
pub(super) const ROOT: &str = "Racine de la version majeure";
pub(super) const MARKETED: &str = "Mise sur le marché le";
pub(super) const LICENCE: &str = "Numéro de licence";
pub(super) const TAXPAYER: &str = "Établie pour";

pub(super) const COVERED: &str = "Fonctions couvertes par l’attestation";
pub(super) const NOT_COVERED: &str = "Fonctions non couvertes par l’attestation";

pub(super) const SIGNED_BY_EDITOR: &str = "Signature du représentant légal de l’éditeur";
pub(super) const SIGNED_BY_USER: &str = "Signature du représentant légal de l’entreprise";
pub(super) const ACQUISITION: [&str; 5] = [
    "Nom et prénom du représentant légal",
    "Qualité",
    "Logiciel acquis le",
    "Acquis auprès de (éditeur, distributeur ou intégrateur : nom et adresse)",
    "Utilisé pour enregistrer les règlements des clients depuis le",
];

/// Code pénal, art. 441-1 and 441-7.
pub(super) const PENALTY: &str = "Il est rappelé que l’établissement d’une fausse attestation est un \
     délit pénal passible de 3\u{a0}ans d’emprisonnement et de 45\u{202f}000\u{a0}€ d’amende (Code pénal, \
     art. 441-1). L’usage d’une fausse attestation est passible des mêmes peines.";
pub(super) const USES: &str = "J’atteste utiliser ce logiciel pour enregistrer les règlements de mes \
     clients depuis la date indiquée ci-dessus.";
pub(super) const KEEP: &str = "Cette attestation est nominative. Elle est conservée par l’entreprise \
     utilisatrice et présentée à l’administration à sa demande. Une nouvelle attestation est nécessaire \
     à chaque version majeure du logiciel.";

pub(super) fn attests(it: &Attestation) -> String {
    let Attestation { editor, software, .. } = it;
    format!(
        "Je soussigné(e) {}, représentant légal de {}, éditeur du logiciel de caisse {}, atteste que ce \
         logiciel, mis sur le marché à compter du {}, dans sa version identifiée ci-dessous, satisfait \
         aux conditions d’inaltérabilité, de sécurisation, de conservation et d’archivage des données \
         en vue du contrôle de l’administration fiscale, prévues au 3°\u{a0}bis du I de l’article 286 du \
         Code général des impôts.",
        editor.representative,
        editor.name,
        software.name,
        crate::words::date(software.marketed),
    )
}

pub(super) fn versions(it: &Software) -> String {
    format!(
        "J’atteste que la dernière version majeure de ce logiciel est identifiée par la racine «\u{a0}{root}\u{a0}» \
         et que les versions mineures développées ultérieurement sont identifiées par les subdivisions \
         de cette racine («\u{a0}{root}.x.y\u{a0}»). Je m’engage à ce que ces subdivisions ne soient \
         utilisées que pour des versions mineures, à l’exclusion de toute version majeure \
         (BOI-TVA-DECLA-30-10-30, I-F).",
        root = it.root,
    )
}

pub(super) fn acquired(taxpayer: &Taxpayer, software: &Software) -> String {
    format!(
        "Je soussigné(e), représentant légal de {} (SIREN {}, {}), déclare avoir acquis le logiciel de \
         caisse {} mentionné au volet 1 de cette attestation, sous la licence {}.",
        taxpayer.name, taxpayer.siren, taxpayer.address, software.name, software.licence,
    )
}

pub(super) fn list(items: &[String]) -> String {
    let one = |it: &String| format!("–\u{a0}{it}");
    items.iter().map(one).collect::<Vec<_>>().join("\n")
}

pub(super) fn footer(it: &Attestation) -> String {
    format!(
        "{} – {} {} – licence {}",
        it.editor.name, it.software.name, it.software.version, it.software.licence
    )
}
