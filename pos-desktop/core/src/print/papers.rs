//! Papers that are no tickets: what each carries, and in what order.
//!
//! As with [`super::receipt`], all of it is given and nothing is computed. The words on the papers are
//! French; the rules are those of the file on the law, named where they apply.

pub mod closing;
pub mod drawer;
pub mod kitchen;
pub mod label;
pub mod note;
pub mod notice;

use super::document::{Document, Item, Style};

/// What stands on every paper of the training mode (rule ISCA-14).
const SIMULATED: &str = "FACTICE – SIMULATION";

/// The same paper, where `is_training` marked at the top, in the middle and at the end as one of the
/// training mode, which proves nothing and opens no drawer.
#[must_use]
pub fn marked(document: Document, is_training: bool) -> Document {
    if !is_training {
        return document;
    }
    let mark = || Item::centred(SIMULATED, Style::BOLD_TALL);
    let of_paper = |item: &&Item| !matches!(item, Item::Drawer);
    let items: Vec<Item> = document.items().iter().filter(of_paper).cloned().collect();
    // What ends the paper, the feed and the cut, stays behind the last mark.
    let ends = |item: &Item| matches!(item, Item::Feed { .. } | Item::Cut);
    let end = items.iter().rposition(|item| !ends(item)).map_or(0, |last| last + 1);
    let mut marked = vec![mark()];
    for (place, item) in items.iter().enumerate() {
        if place == end / 2 && 0 < place {
            marked.push(mark());
        }
        if place == end {
            marked.push(mark());
        }
        marked.push(item.clone());
    }
    if end == items.len() {
        marked.push(mark());
    }
    Document::new(marked)
}

/// The paper's last lines: a little air, and the blade.
fn end(items: &mut Vec<Item>) {
    items.push(Item::Feed { lines: 1 });
    items.push(Item::Cut);
}

/// A label and what is said of it, emphasised.
fn bold_row(label: impl Into<String>, amount: impl Into<String>) -> Item {
    Item::Row { label: label.into(), amount: amount.into(), style: Style::BOLD, indent: 0, hang: 2 }
}
