//! Who is at the counter.

/// No staff is known yet.
pub(crate) const NOBODY: &str =
    "L’équipe n’est pas encore arrivée du centre. Vérifiez le câble réseau de ce poste.";
/// Under a manager's name.
pub(crate) const MANAGER: &str = "responsable";
/// Signs in.
pub(crate) const ENTER: &str = "Entrer";
/// Lets another name be chosen.
pub(crate) const SOMEBODY_ELSE: &str = "Une autre personne";

/// The shop and its workstation.
pub(crate) fn place(shop: &str, label: &str) -> String {
    format!("{shop} · poste {label}")
}

/// Whose PIN is being typed, or what to do first.
pub(crate) fn whose_pin(code: Option<&str>) -> String {
    match code {
        Some(code) => format!("PIN de {code}"),
        None => "Touchez votre nom, ou tapez votre initiale".to_owned(),
    }
}
