//! The first run.

/// What this is about.
pub(crate) const TITLE: &str = "Installer ce poste";
/// Does it.
pub(crate) const INSTALL: &str = "Installer";
/// The centre was asked.
pub(crate) const CENTRE_ASKED: &str = "Attente de la réponse du centre";
/// Installing without a centre.
pub(crate) const PREPARING: &str = "Le poste prépare ses données";

/// The question whether there is a centre.
pub(crate) const SHOP: &str = "Le magasin";
/// There is.
pub(crate) const WITH_CENTRE: &str = "Relié au centre";
/// What that means.
pub(crate) const WITH_CENTRE_MEANS: &str = "Carte, équipe et prix arrivent du centre.";
/// There is none.
pub(crate) const ALONE: &str = "Seul, sans centre";
/// What that means.
pub(crate) const ALONE_MEANS: &str = "Carte de départ, un responsable.";

/// There is no internet.
pub(crate) const NEIGHBOUR: &str = "Pas d’internet";
/// What that means.
pub(crate) const NEIGHBOUR_MEANS: &str = "Demander à un poste du magasin.";
/// Asks it.
pub(crate) const ASK: &str = "Demander à entrer";
/// Where that workstation is.
pub(crate) const NEIGHBOUR_ADDRESS: &str = "Adresse d’un poste du magasin";
/// What is left empty.
pub(crate) const NEIGHBOUR_ADDRESS_IS: &str =
    "Vide\u{202f}: ce PC cherche tout seul. L’adresse se lit sur un poste, dans Réglages (F5).";
/// An address.
pub(crate) const NEIGHBOUR_EXAMPLE: &str = "192.168.1.21:7300";

/// Where the centre is.
pub(crate) const CENTRE_ADDRESS: &str = "Adresse du centre";
/// An address as it is typed.
pub(crate) const CENTRE_EXAMPLE: &str = "https://centre.oc-pizza.fr";
/// The code that lets a workstation in.
pub(crate) const CODE: &str = "Code à usage unique";
/// Where it comes from.
pub(crate) const CODE_FROM: &str = "Un responsable le crée au centre\u{202f}; il vaut 15 minutes.";

/// The PIN of the first manager.
pub(crate) const PIN: &str = "PIN du responsable";
/// What it is like.
pub(crate) const PIN_IS: &str = "De 4 à 8 chiffres. Il ouvre ce poste\u{202f}: ne le perdez pas.";

/// The question what the workstation is for.
pub(crate) const PURPOSE: &str = "Ce poste";
/// A till.
pub(crate) const TILL: &str = "Comptoir";
/// What that does.
pub(crate) const TILL_DOES: &str = "Prend les commandes et encaisse.";
/// A kitchen screen.
pub(crate) const KITCHEN: &str = "Cuisine";
/// What that does.
pub(crate) const KITCHEN_DOES: &str = "Montre ce qu’il y a à faire.";

/// The workstation's name.
pub(crate) const LABEL: &str = "Nom du poste";
/// What it is like.
pub(crate) const LABEL_IS: &str = "1 à 4 lettres ou chiffres, différent des autres postes.";
