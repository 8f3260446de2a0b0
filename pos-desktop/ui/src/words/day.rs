//! The business day and its drawer.

use super::{count, french, money};
use fiscal::Money;
use pos_api::{CashReason, DrawerReason};

/// The rail's way to the day, and its first tab.
pub(crate) const DAY: &str = "Jour";
/// The tab of the day that is open.
pub(crate) const TODAY: &str = "Journée";
/// The tab of what was sold.
pub(crate) const TICKETS: &str = "Tickets";
/// The tab of the days, months and years that are closed.
pub(crate) const CLOSINGS: &str = "Clôtures";
/// The tab of what managers do.
pub(crate) const BOOKS: &str = "Gestion";
/// How the day stands is awaited.
pub(crate) const WAITING: &str = "Le poste relit la journée.";
/// Asks again.
pub(crate) const AGAIN: &str = "Redemander";

/// No day is open.
pub(crate) const NOT_OPEN: &str = "La journée n’est pas ouverte";
/// What opening is for.
pub(crate) const OPEN_WHY: &str = "Comptez ce qui est dans le tiroir, puis ouvrez. Une vente l’ouvre aussi, avec le fond de la veille.";
/// What is in the drawer.
pub(crate) const FLOAT: &str = "Fond de caisse";
/// The clock and the last day do not agree.
pub(crate) const WHICH_DAY: &str = "Quel jour sommes-nous\u{202f}?";
/// What a person is to do about it.
pub(crate) const WHICH_DAY_HOW: &str = "L’horloge a bougé, ou le magasin est resté fermé longtemps. Vérifiez la date, corrigez-la s’il le faut, puis confirmez.";
/// A date as it is typed.
pub(crate) const DATE: &str = "Date";
/// A person confirms the date.
pub(crate) const DATE_CONFIRMED: &str = "Je confirme cette date";
/// Opens the day.
pub(crate) const OPEN: &str = "Ouvrir la journée";
/// It is open.
pub(crate) const OPENED: &str = "La journée est ouverte.";

/// The day is to be closed.
pub(crate) const OVERDUE: &str =
    "La journée d’hier n’est pas clôturée\u{202f}: comptez le tiroir et clôturez-la.";
/// Goes there.
pub(crate) const GO: &str = "Clôturer";
/// The figures so far.
pub(crate) const SO_FAR: &str = "Depuis l’ouverture (X)";
/// Nothing was sold yet.
pub(crate) const NO_FIGURES: &str = "Rien n’est encore encaissé aujourd’hui.";
/// Prints them.
pub(crate) const PRINT_X: &str = "Imprimer le X";
/// Prints a closing.
pub(crate) const PRINT: &str = "Imprimer";
/// It is being printed.
pub(crate) const PRINTED: &str = "L’impression part.";
/// Cash goes in or out.
pub(crate) const CASH: &str = "Entrée ou sortie d’espèces";
/// In.
pub(crate) const CASH_IN: &str = "Entrée";
/// Out.
pub(crate) const CASH_OUT: &str = "Sortie";
/// It is written down.
pub(crate) const CASH_DONE: &str = "Le mouvement est enregistré.";
/// Opens the drawer.
pub(crate) const DRAWER: &str = "Ouvrir le tiroir";
/// It opens.
pub(crate) const DRAWER_OPEN: &str = "Le tiroir s’ouvre\u{202f}; l’ouverture est notée.";
/// Over the reasons.
pub(crate) const BECAUSE: &str = "Parce que";
/// Closes the day.
pub(crate) const CLOSE: &str = "Clôturer la journée (Z)";
/// Over the counting of the drawer.
pub(crate) const COUNT: &str = "Comptez le tiroir";
/// How the keyboard counts.
pub(crate) const COUNT_HOW: &str =
    "Tapez combien de chaque. Entrée passe au suivant, ↑ ↓ ajoutent ou retirent un.";
/// Notes.
pub(crate) const BANKNOTES: &str = "Billets";
/// Coins.
pub(crate) const COINS: &str = "Pièces";
/// What was counted.
pub(crate) const COUNTED: &str = "Compté";
/// Nobody can count.
pub(crate) const CANNOT_COUNT: &str = "Clôturer sans compter";
/// What closing without counting means.
pub(crate) const CANNOT_COUNT_MEANS: &str = "Sans comptage, l’écart reste inconnu et le Z le dit.";
/// What is not paid yet and goes on tomorrow.
pub(crate) const CARRIED: &str = "Ces commandes passent à demain";
/// All is paid.
pub(crate) const NONE_CARRIED: &str = "Aucune commande ouverte\u{202f}: rien ne passe à demain.";
/// Card payments that nobody has checked.
pub(crate) const TO_VERIFY: &str = "Paiements carte à vérifier";
/// What to do about them.
pub(crate) const TO_VERIFY_HOW: &str = "Comparez avec la liste du terminal.";
/// Looks at one.
pub(crate) const LOOK: &str = "Voir le ticket";
/// The closing is being signed.
pub(crate) const CLOSING: &str = "La clôture se calcule et se signe.";
/// The day is closed.
pub(crate) const CLOSED: &str = "Journée clôturée";
/// The drawer was right.
pub(crate) const NO_DIFFERENCE: &str = "Le tiroir est juste.";
/// Ends the look at the result.
pub(crate) const DONE: &str = "Terminé";
/// No closing was ever made.
pub(crate) const NO_CLOSINGS: &str =
    "Aucune clôture encore. La première se fait à la fin de la journée.";
/// None is chosen.
pub(crate) const CHOOSE_CLOSING: &str = "Touchez une clôture pour lire ses chiffres.";
/// A closing's figures are awaited.
pub(crate) const CLOSING_WAITING: &str = "Le poste relit cette clôture.";

/// "Ouverte à 10:58".
pub(crate) fn opened(at: &str) -> String {
    format!("Ouverte à {at}")
}

/// "Journée n° 12".
pub(crate) fn number(number: u64) -> String {
    format!("Journée n°\u{a0}{number}")
}

/// The float that is proposed.
pub(crate) fn proposed(float: Money) -> String {
    format!("Comme hier soir {}", money(float))
}

/// What the button that moves cash says.
pub(crate) fn cash(amount: Money, out: bool) -> String {
    format!("{} {}", if out { "Sortir" } else { "Mettre" }, money(amount))
}

/// What the button that closes says.
pub(crate) fn close(counted: Money) -> String {
    format!("Clôturer avec {}", money(counted))
}

/// What was too much or too little.
pub(crate) fn difference(amount: Money) -> String {
    match amount.cents() {
        0 => NO_DIFFERENCE.to_owned(),
        1.. => format!("Il y a {} de trop.", money(amount)),
        ..0 => format!("Il manque {}.", money(-amount)),
    }
}

/// "2 commandes ouvertes".
pub(crate) fn open_orders(number: u64) -> String {
    count(number, "commande ouverte", "commandes ouvertes")
}

/// What a person confirms: "Nous sommes le samedi 21 novembre 2026".
pub(crate) fn is_the_day(said: &str) -> String {
    french(&format!("Nous sommes le {said}"))
}

/// Why cash moves.
pub(crate) const fn cash_reason(reason: CashReason) -> &'static str {
    match reason {
        CashReason::Change => "Monnaie",
        CashReason::Deposit => "Banque ou coffre",
        CashReason::Purchase => "Achat pour le magasin",
        CashReason::Courier => "Bourse d’un livreur",
        CashReason::Advance => "Avance au personnel",
    }
}

/// The end of a reason's hook.
pub(crate) const fn cash_hook(reason: CashReason) -> &'static str {
    match reason {
        CashReason::Change => "cash-reason-change",
        CashReason::Deposit => "cash-reason-deposit",
        CashReason::Purchase => "cash-reason-purchase",
        CashReason::Courier => "cash-reason-courier",
        CashReason::Advance => "cash-reason-advance",
    }
}

/// Why the drawer is opened.
pub(crate) const fn drawer_reason(reason: DrawerReason) -> &'static str {
    match reason {
        DrawerReason::Change => "Faire de la monnaie",
        DrawerReason::Check => "Vérifier",
        DrawerReason::Stuck => "Il était coincé",
    }
}

/// Its hook.
pub(crate) const fn drawer_hook(reason: DrawerReason) -> &'static str {
    match reason {
        DrawerReason::Change => "drawer-reason-change",
        DrawerReason::Check => "drawer-reason-check",
        DrawerReason::Stuck => "drawer-reason-stuck",
    }
}
