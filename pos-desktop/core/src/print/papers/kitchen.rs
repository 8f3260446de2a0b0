//! The kitchen's slip, where there is no screen or it is broken. No consumer's ticket, so printed
//! unasked (rule RCP-01); large, to be read from where the oven is.

use super::end;
use crate::print::document::{Align, Document, Item, Style};

/// What has happened to the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlipKind {
    /// It is to be made.
    New,
    /// It was changed after it was sent: the lines say how.
    Changed,
    /// It is not to be made any more.
    Cancelled,
}

/// What the slip says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KitchenPaper {
    /// What has happened.
    pub kind: SlipKind,
    /// The order as people call it: "C1-042".
    pub label: String,
    /// "À EMPORTER", "LIVRAISON", "SUR PLACE".
    pub mode: String,
    /// When it was sent, in the shop's own time: "19:42".
    pub sent: String,
    /// When it is promised, "20:15"; none is as soon as possible.
    pub promised: Option<String>,
    /// What is to be made, or not any more.
    pub lines: Vec<KitchenPaperLine>,
    /// Allergies and other things to mind, on the whole order.
    pub care: Vec<String>,
}

/// One thing to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KitchenPaperLine {
    /// What has happened to it.
    pub change: LineChange,
    /// How many.
    pub quantity: u32,
    /// "Margherita 33 cm".
    pub label: String,
    /// What it is made with and without: "sans basilic".
    pub details: Vec<String>,
}

/// What has happened to a line since the last slip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineChange {
    /// Nothing, or the whole slip is new.
    None,
    /// It came after.
    Added,
    /// It is not to be made any more.
    Removed,
}

/// The paper.
#[must_use]
pub fn document(slip: &KitchenPaper) -> Document {
    let mut items = Vec::new();
    match slip.kind {
        SlipKind::New => {}
        SlipKind::Changed => items.push(Item::centred("MODIFICATION", Style::BOLD_LARGE)),
        SlipKind::Cancelled => items.push(Item::centred("ANNULÉE", Style::BOLD_LARGE)),
    }
    items.push(Item::centred(&slip.label, Style::BOLD_LARGE));
    items.push(Item::centred(&slip.mode, Style::BOLD_TALL));
    let due = match &slip.promised {
        Some(time) => format!("pour {time}"),
        None => "dès que possible".to_owned(),
    };
    items.push(Item::Row {
        label: format!("Envoyée {}", slip.sent),
        amount: due,
        style: Style::BOLD,
        indent: 0,
        hang: 2,
    });
    items.push(Item::Rule);
    slip.lines.iter().for_each(|it| line(&mut items, it));
    if !slip.care.is_empty() {
        items.push(Item::Rule);
        items.extend(slip.care.iter().map(|it| Item::Text {
            text: format!("ATTENTION : {it}"),
            align: Align::Left,
            style: Style::BOLD_TALL,
            indent: 0,
        }));
    }
    items.push(Item::Feed { lines: 2 });
    end(&mut items);
    Document::new(items)
}

fn line(items: &mut Vec<Item>, line: &KitchenPaperLine) {
    let change = match line.change {
        LineChange::None => "",
        LineChange::Added => "AJOUT ",
        LineChange::Removed => "RETIRÉ ",
    };
    items.push(Item::Text {
        text: format!("{change}{} x {}", line.quantity, line.label),
        align: Align::Left,
        style: Style::BOLD_TALL,
        indent: 0,
    });
    items.extend(line.details.iter().map(|detail| Item::Text {
        text: detail.clone(),
        align: Align::Left,
        style: Style::PLAIN,
        indent: 4,
    }));
}
