//! This workstation was declared dead.

/// What happened.
pub(crate) const TITLE: &str = "Ce poste a été déclaré hors service";
/// What that means, and what to do.
pub(crate) const MEANS: [&str; 3] = [
    "Un responsable l’a décidé sur un autre poste, parce que celui-ci ne répondait plus. Ses ventes sont gardées, ses commandes en cours continuent là-bas.",
    "Il n’encaisse plus et n’envoie plus rien en cuisine\u{202f}: prenez les commandes sur un autre poste.",
    "Laissez-le allumé et branché au réseau jusqu’à ce que la ligne de sûreté ne compte plus rien sur ce poste seulement. Ensuite, appelez le siège pour le réinstaller sous un nom libre.",
];
/// Closes the notice, to look at what is there.
pub(crate) const LOOK: &str = "Regarder ce poste";
