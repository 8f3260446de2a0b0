//! The formules that what is ordered comes to: found anew with each change, frozen in the order as
//! discounts when it is opened or added to.
//!
//! What somebody takes off a line by hand stands alone: such a line is in no formule, and is in one
//! again once that discount is taken away. So nobody gets two discounts on one thing, and the
//! customer is never surprised by one that came and went.

use crate::store::basket;
use domain::catalogue::Catalogue;
use domain::formule::{self, Deal, Item};
use domain::id::LineId;
use domain::order::{DiscountReason, Order, OrderLine};
use domain::stock::Availability;
use fiscal::Money;
use fiscal::vat::Mode;
use std::collections::BTreeMap;

/// The formules found in some lines.
#[derive(Debug, Default)]
pub(crate) struct Deals {
    /// Each of them.
    pub(crate) found: Vec<Deal>,
    /// What they take off the whole of a line, and why.
    pub(crate) off: BTreeMap<LineId, (Money, DiscountReason)>,
}

impl Deals {
    /// Those in what an order has unsettled and in what is being added to it.
    pub(crate) fn of(
        menu: &Catalogue,
        mode: Mode,
        order: Option<&Order>,
        added: &[basket::Line],
    ) -> Self {
        let in_order = order.into_iter().flat_map(|order| order.unsettled_lines());
        let mut items: Vec<Item<'_>> = in_order.filter(|it| is_free(it)).map(of_order).collect();
        let by_hand = |line: &&basket::Line| line.discount.is_none();
        items.extend(added.iter().filter(by_hand).filter_map(|line| of_basket(line, menu)));
        let found = formule::best_deals(menu, mode, &items);
        let off = formule::deal_discounts(&found)
            .into_iter()
            .map(|it| (it.line, (it.amount, it.reason)))
            .collect();
        Self { found, off }
    }
}

/// Whether nobody took anything off the line by hand.
pub(crate) fn is_free(line: &OrderLine) -> bool {
    line.discount.as_ref().is_none_or(|(_, it)| matches!(it.reason, DiscountReason::Formule { .. }))
}

fn of_order(it: &OrderLine) -> Item<'_> {
    Item {
        line: it.line.id,
        configured: &it.line.configured,
        quantity: it.line.quantity,
        unit_price: it.line.unit_price,
    }
}

/// A line that cannot be sold is in no formule.
fn of_basket<'a>(line: &'a basket::Line, menu: &Catalogue) -> Option<Item<'a>> {
    let made = line.item.sell(menu, &Availability::default()).ok()?;
    Some(Item {
        line: line.id,
        configured: &line.item,
        quantity: line.quantity,
        unit_price: made.sum.price,
    })
}
