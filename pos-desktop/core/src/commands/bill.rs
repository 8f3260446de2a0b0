//! What an order comes to: the lines of its next ticket.

use crate::error::Error;
use domain::order::{self, Order, OrderLine};
use domain::shop::Shop;
use fiscal::Money;
use fiscal::ticket::{DELIVERY_FEE, Line};
use fiscal::time::Date;
use fiscal::vat::{Mode, Rate};
use pos_api::words;

/// The name of the fee's lines on tickets.
const FEE_LABEL: &str = "Frais de livraison";

/// The lines that the order's next ticket has on this business day: what no ticket settled, and the
/// fee for delivering it, which bears the rates of what is delivered.
///
/// # Errors
///
/// Why the order cannot be settled; [`Error::NoRate`].
pub(super) fn lines(order: &Order, shop: &Shop, date: Date) -> Result<Vec<Line>, Error> {
    let unsettled: Vec<_> = order.unsettled_lines().map(|it| it.line.id).collect();
    let settled_now = order.settle(&unsettled)?;
    let mode = mode(order);
    let mut lines = settled_now
        .into_iter()
        .map(|it| Ok(line(it, shop.vat_rate(it.line.class, mode, date)?)))
        .collect::<Result<Vec<_>, Error>>()?;
    lines.extend(fee(order, shop, date)?);
    Ok(lines)
}

/// How an order that was opened leaves the shop.
pub(super) fn mode(order: &Order) -> Mode {
    order.mode().expect("an order that is open has a mode")
}

fn line(it: &OrderLine, rate: Rate) -> Line {
    let line = &it.line;
    Line {
        line: line.id.0,
        label: line.name.clone(),
        details: line.details.clone(),
        sku: line.sku(),
        qty_m: u32::from(line.quantity) * 1_000,
        unit_ttc: line.unit_price,
        discount: it.discount(),
        discount_reason: it.discount.as_ref().map(|(_, it)| words::discount(&it.reason)),
        ttc: it.net_total(),
        class: line.class,
        rate,
    }
}

/// The lines of the delivery fee, where it is asked for and no ticket settled it.
fn fee(order: &Order, shop: &Shop, date: Date) -> Result<Vec<Line>, Error> {
    let fee = order.unsettled_fee();
    if fee == Money::ZERO {
        return Ok(Vec::new());
    }
    let mode = mode(order);
    let goods = order
        .live_lines()
        .map(|it| {
            let class = it.line.class;
            Ok((class, shop.vat_rate(class, mode, date)?, it.net_total()))
        })
        .collect::<Result<Vec<_>, Error>>()?;
    let part = |part: order::FeePart| Line {
        line: part.line.0,
        label: FEE_LABEL.to_owned(),
        details: Vec::new(),
        sku: DELIVERY_FEE.to_owned(),
        qty_m: 1_000,
        unit_ttc: part.amount,
        discount: Money::ZERO,
        discount_reason: None,
        ttc: part.amount,
        class: part.class,
        rate: part.rate,
    };
    Ok(order::fee_lines(fee, &goods).into_iter().map(part).collect())
}
