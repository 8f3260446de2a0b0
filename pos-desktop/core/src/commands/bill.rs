//! What an order comes to: the lines of its next ticket.

use crate::error::Error;
use domain::order::{self, Order, OrderLine};
use domain::shop::Shop;
use fiscal::Money;
use fiscal::ticket::{DELIVERY_FEE, Line};
use fiscal::time::Date;
use fiscal::vat::{Mode, Rate};
use pos_api::words;

/// The lines that the order's next ticket has on this business day: what no ticket settled, and the
/// fee for delivering it, which bears the rates of what is delivered.
///
/// # Errors
///
/// Why the order cannot be settled; [`Error::NoRate`].
pub(super) fn lines(order: &Order, shop: &Shop, date: Date) -> Result<Vec<Line>, Error> {
    let unsettled: Vec<_> = order.unsettled_lines().map(|it| it.line.id).collect();
    let settled_now = order.settle(&unsettled)?;
    taxed(order, settled_now, order.unsettled_fee(), shop, date)
}

/// The lines of the order's note on this business day: all that was ordered and not cancelled, whether
/// a ticket settled it or not, for a note is of the service and not of its payment.
///
/// # Errors
///
/// [`Error::NoRate`].
pub(super) fn note_lines(order: &Order, shop: &Shop, date: Date) -> Result<Vec<Line>, Error> {
    taxed(order, order.live_lines(), order.fee(), shop, date)
}

/// These lines of an order and its fee, at the day's rates.
fn taxed<'a>(
    order: &Order,
    lines: impl IntoIterator<Item = &'a OrderLine>,
    asked: Money,
    shop: &Shop,
    date: Date,
) -> Result<Vec<Line>, Error> {
    let mode = mode(order);
    let mut lines = lines
        .into_iter()
        .map(|it| Ok(line(it, shop.vat_rate(it.line.class, mode, date)?)))
        .collect::<Result<Vec<_>, Error>>()?;
    lines.extend(fee(order, asked, shop, date)?);
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

/// The lines of so much of the delivery fee; none where it is nothing.
fn fee(order: &Order, fee: Money, shop: &Shop, date: Date) -> Result<Vec<Line>, Error> {
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
        label: words::DELIVERY_FEE.to_owned(),
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
