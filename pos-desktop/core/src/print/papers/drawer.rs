//! What goes into the drawer or out of it beside sales: a slip to sign, and to keep with the money.

use super::{bold_row, end};
use crate::print::document::{Document, Item, Style};
use crate::print::receipt::total_row;

/// Which way the money goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Into the drawer.
    In,
    /// Out of it.
    Out,
}

/// What the slip says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CashPaper {
    /// Which way.
    pub direction: Direction,
    /// The shop.
    pub shop: String,
    /// The movement's number; empty where it has none.
    pub number: String,
    /// "C1".
    pub till: String,
    /// Who did it, by code and never by name.
    pub operator: String,
    /// When, in the shop's own time.
    pub moment: String,
    /// How much, above zero either way.
    pub cents: i64,
    /// Why, in the words of the list it was chosen from: "Apport de monnaie", "Dépôt au coffre".
    pub reason: String,
}

/// The paper.
#[must_use]
pub fn document(slip: &CashPaper) -> Document {
    let (title, amount) = match slip.direction {
        Direction::In => ("ENTRÉE DE CAISSE", "Entrée"),
        Direction::Out => ("SORTIE DE CAISSE", "Sortie"),
    };
    let mut items = vec![
        Item::centred(title, Style::BOLD_LARGE),
        Item::centred(&slip.shop, Style::PLAIN),
        Item::Rule,
    ];
    if !slip.number.is_empty() {
        items.push(bold_row("Mouvement n°", &slip.number));
    }
    items.push(Item::row(format!("Caisse {}", slip.till), &slip.moment));
    items.push(Item::text(format!("Opérateur {}", slip.operator)));
    items.push(Item::text(format!("Motif : {}", slip.reason)));
    items.push(Item::Rule);
    items.push(total_row(amount, slip.cents));
    items.push(Item::Rule);
    items.push(Item::text("Signature :"));
    items.push(Item::Feed { lines: 3 });
    end(&mut items);
    Document::new(items)
}
