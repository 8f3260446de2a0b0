//! The label of an order that is delivered: on the bag, for the courier. It goes through many hands, so
//! of the telephone it has the end only (rule RCP-02).

use super::{bold_row, end};
use crate::print::document::{Align, Document, Item, Style};
use crate::print::figures::cents;

/// How many of a telephone number's digits are printed.
const DIGITS_SHOWN: usize = 4;

/// What the label says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelPaper {
    /// The order as people call it: "C1-042".
    pub label: String,
    /// Which bag of how many.
    pub bag: (u32, u32),
    /// When it is promised: "20:15"; none is as soon as possible.
    pub promised: Option<String>,
    /// Whom it is for.
    pub customer: String,
    /// Street, staircase, postcode and town.
    pub address: Vec<String>,
    /// As it was given; only its end is printed.
    pub phone: String,
    /// What is in it: "2 x Margherita 33 cm".
    pub contents: Vec<String>,
    /// What the courier is to take, in cents; 0 where it is paid.
    pub to_take_cents: i64,
}

/// The paper.
#[must_use]
pub fn document(label: &LabelPaper) -> Document {
    let (bag, of) = label.bag;
    let due =
        label.promised.as_ref().map_or("dès que possible".to_owned(), |it| format!("pour {it}"));
    let mut items = vec![
        Item::centred(&label.label, Style::BOLD_LARGE),
        bold_row(format!("Sac {bag}/{of}"), due),
        Item::Rule,
        Item::Text {
            text: label.customer.clone(),
            align: Align::Left,
            style: Style::BOLD_TALL,
            indent: 0,
        },
    ];
    items.extend(label.address.iter().map(Item::text));
    if let Some(phone) = end_of(&label.phone) {
        items.push(Item::text(format!("Tél. … {phone}")));
    }
    items.push(Item::Rule);
    items.extend(label.contents.iter().map(Item::text));
    items.push(Item::Rule);
    items.push(match label.to_take_cents {
        0 => Item::centred("PAYÉE", Style::BOLD_TALL),
        due => Item::Row {
            label: "À ENCAISSER".to_owned(),
            amount: format!("{} €", cents(due)),
            style: Style::BOLD_TALL,
            indent: 0,
            hang: 2,
        },
    });
    end(&mut items);
    Document::new(items)
}

/// The last digits of a telephone number, and no more than half of it; `None` where that is nothing.
fn end_of(phone: &str) -> Option<String> {
    let digits: Vec<char> = phone.chars().filter(char::is_ascii_digit).collect();
    let shown = DIGITS_SHOWN.min(digits.len() / 2);
    (0 < shown).then(|| digits[digits.len() - shown..].iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_whole_telephone_number_is_printed() {
        assert_eq!(end_of("06 12 34 56 78").as_deref(), Some("5678"));
        assert_eq!(end_of("+33 6.12.34.56.78").as_deref(), Some("5678"));
        assert_eq!(end_of("3615").as_deref(), Some("15"));
        assert_eq!((end_of("7"), end_of("")), (None, None));
    }
}
