//! The notice at the till (rule RCP-01; Code de l'environnement, art. L. 541-15-10 IV and D. 541-371).

use super::end;
use crate::print::document::{Document, Item, Style};

/// The notice, to be put up where people pay.
#[must_use]
pub fn on_request() -> Document {
    let mut items = vec![
        Item::Rule,
        Item::Feed { lines: 1 },
        Item::centred("L’impression du ticket se fait à la demande", Style::BOLD_LARGE),
        Item::Feed { lines: 1 },
        Item::Rule,
        Item::centred(
            "Sauf exception légale, les tickets de caisse, les tickets de carte bancaire et les bons \
             d’achat ou de promotion ne sont imprimés et remis qu’à votre demande.",
            Style::PLAIN,
        ),
        Item::Feed { lines: 1 },
        Item::centred("Demandez-nous votre ticket : il est à vous.", Style::BOLD),
        Item::Feed { lines: 1 },
        Item::centred("Code de l’environnement, art. L. 541-15-10", Style::PLAIN),
        Item::Rule,
    ];
    end(&mut items);
    Document::new(items)
}
