//! What is taken off the price: by hand, with reason and right, and by formules, which nobody keys in.
//!
//! A line has one discount. What was taken off it by hand keeps it out of formules until that is taken
//! away again ([`crate::deals`]). A discount on the basket is noted in the event log when its order is
//! opened: until then nothing was ordered.

use super::basket;
use super::sale::{Making, note_manager};
use crate::deals::{self, Deals};
use crate::error::Error;
use crate::store::basket::{self as kept, Basket};
use crate::store::publications;
use crate::workstation::{Turn, Workstation};
use domain::catalogue::Catalogue;
use domain::id::{LineId, OperatorCode, OrderId};
use domain::order::{self, DiscountReason, Reason};
use domain::shop::Shop;
use domain::staff::Role;
use domain::stock::Availability;
use fiscal::Money;
use fiscal::event::{EventCode, data};
use fiscal::vat::Mode;
use pos_api::{COUNTER_PERCENT, Code, Discount, DiscountAmount, Reply};

/// What a manager allows, in the event log.
const WHAT: &str = "REMISE";

pub(super) fn run(workstation: &mut Workstation, discount: &Discount) -> Result<Reply, Error> {
    let operator = workstation.seller()?;
    let manager = discount.approval.as_ref().map(|it| workstation.approve(it)).transpose()?;
    let manager = manager.map(|it| it.code);
    let may_all = operator.role == Role::Manager || manager.is_some();
    let by = By { operator: operator.code, manager, may_all };
    match (&discount.reason, discount.order) {
        // Formules are found, not given.
        (DiscountReason::Formule { .. }, _) => Err(Code::DiscountAmount.into()),
        (_, None) => on_basket(workstation, discount, &by),
        (_, Some(order)) => workstation.turn(|turn| {
            let loaded = super::sale::known(turn, order)?;
            let shop = publications::shop(turn.tx)?.ok_or(Code::NoMenu)?;
            let mut making = Making::of(loaded.order);
            let lines = prices_of(&making.order);
            let parts = parts(discount, &lines, &by)?;
            if taken_off(turn, &mut making, &parts, &discount.reason, by.operator.as_str())? {
                by.note(turn)?;
            }
            freeze_by_its_menu(turn, &mut making, &shop)?;
            Ok(making.reply())
        }),
    }
}

/// Who takes something off.
struct By {
    operator: OperatorCode,
    /// Who was asked.
    manager: Option<OperatorCode>,
    /// A manager is at it, or was asked.
    may_all: bool,
}

impl By {
    fn note(&self, turn: &mut Turn<'_>) -> Result<(), Error> {
        match &self.manager {
            Some(manager) => note_manager(turn, self.operator.as_str(), WHAT, manager),
            None => Ok(()),
        }
    }
}

/// The basket's own lines, and those of the order it adds to that no ticket settled.
fn on_basket(workstation: &mut Workstation, discount: &Discount, by: &By) -> Result<Reply, Error> {
    let mut kept = basket::load(workstation)?;
    let menu = basket::menu_for(workstation, &kept)?;
    let own: Vec<(LineId, Money)> = kept
        .lines
        .iter()
        .map(|line| {
            let unit = line.item.sell(&menu, &Availability::default())?.sum.price;
            Ok((line.id, unit.times(u32::from(line.quantity))))
        })
        .collect::<Result<_, Error>>()?;
    workstation.turn(|turn| {
        let loaded = kept.order.map(|id| super::sale::known(turn, id)).transpose()?;
        let mut making = loaded.map(|it| Making::of(it.order));
        let mut lines = making.as_ref().map_or_else(Vec::new, |it| prices_of(&it.order));
        lines.extend(&own);
        let parts = parts(discount, &lines, by)?;
        let mut changed = set_on(&mut kept, &parts, &discount.reason);
        kept::save(turn.tx, &kept)?;
        if let Some(making) = &mut making {
            let of_order: Vec<_> =
                parts.into_iter().filter(|(line, _)| making.order.line(*line).is_some()).collect();
            let operator = by.operator.as_str();
            changed |= taken_off(turn, making, &of_order, &discount.reason, operator)?;
        }
        if changed {
            by.note(turn)?;
        }
        Ok::<_, Error>(())
    })?;
    basket::answer(workstation)
}

/// Writes what is taken off into the basket's lines; answers whether anything changed.
fn set_on(kept: &mut Basket, parts: &[(LineId, Money)], reason: &DiscountReason) -> bool {
    let mut changed = false;
    for line in &mut kept.lines {
        let Some((_, amount)) = parts.iter().find(|(id, _)| *id == line.id) else {
            continue;
        };
        let discount = order::Discount { amount: *amount, reason: reason.clone() };
        let discount = Some(discount).filter(|it| it.amount != Money::ZERO);
        changed |= line.discount != discount;
        line.discount = discount;
    }
    changed
}

/// What the unsettled lines of an order cost.
fn prices_of(order: &order::Order) -> Vec<(LineId, Money)> {
    order.unsettled_lines().map(|it| (it.line.id, it.line.total())).collect()
}

/// How much is taken off which line, if whoever gives it may.
fn parts(
    discount: &Discount,
    lines: &[(LineId, Money)],
    by: &By,
) -> Result<Vec<(LineId, Money)>, Error> {
    let meant: Vec<_> = match discount.line {
        None => lines.to_vec(),
        Some(line) => {
            let found = lines.iter().find(|(id, _)| *id == line);
            vec![*found.ok_or(Code::NoSuchLine)?]
        }
    };
    if meant.is_empty() {
        return Err(Code::EmptyBasket.into());
    }
    let total: Money = meant.iter().map(|(_, price)| *price).sum();
    let parts = match discount.amount {
        DiscountAmount::Amount(amount) if !(Money::ZERO..=total).contains(&amount) => {
            return Err(Code::DiscountAmount.into());
        }
        DiscountAmount::Amount(amount) => order::spread(amount, &meant),
        DiscountAmount::Percent(percent @ 1..=100) => order::spread_percent(percent, &meant),
        DiscountAmount::Percent(_) => return Err(Code::DiscountAmount.into()),
    };
    let mut priced = parts.iter().zip(&meant);
    if !by.may_all && priced.any(|((_, amount), (_, price))| is_for_managers(*amount, *price)) {
        return Err(Code::NeedsManager.into());
    }
    Ok(parts)
}

/// Whether so much off a line is more than the counter may give. A cent is forgiven, for shares of
/// a whole are rounded.
fn is_for_managers(amount: Money, price: Money) -> bool {
    let most = price.cents().saturating_mul(i64::from(COUNTER_PERCENT)).div_euclid(100);
    let free = price == amount && amount != Money::ZERO;
    free || most.saturating_add(1) < amount.cents()
}

/// Takes it off the order's lines, with its trace; answers whether anything changed.
fn taken_off(
    turn: &mut Turn<'_>,
    making: &mut Making,
    parts: &[(LineId, Money)],
    reason: &DiscountReason,
    operator: &str,
) -> Result<bool, Error> {
    let mut changed = false;
    for (line, amount) in parts {
        let events = making.order.discount(*line, *amount, reason.clone())?;
        if events.is_empty() {
            continue;
        }
        changed = true;
        making.happen(turn, events)?;
        note(turn, making, *line, operator)?;
    }
    Ok(changed)
}

/// Notes what is taken off a line now.
fn note(turn: &mut Turn<'_>, making: &Making, line: LineId, operator: &str) -> Result<(), Error> {
    let it = making.order.line(line).expect("something was taken off this line just now");
    let free = Money::ZERO < it.line.total() && it.net_total() == Money::ZERO;
    let code = if free { EventCode::FreeItem } else { EventCode::DiscountManual };
    let reason = it.discount.as_ref().map_or("RETIREE", |(_, it)| it.reason.code());
    let members = data([
        ("order", making.order.label().unwrap_or_default().into()),
        ("line", line.to_string().into()),
        ("amount", it.discount().cents().into()),
        ("reason", reason.into()),
    ]);
    turn.jet(operator, code, members)
}

/// Takes off the order's lines what was taken off them in the basket.
pub(super) fn take_over(
    turn: &mut Turn<'_>,
    making: &mut Making,
    kept: &Basket,
    operator: &str,
) -> Result<(), Error> {
    for line in &kept.lines {
        if let Some(it) = &line.discount {
            taken_off(turn, making, &[(line.id, it.amount)], &it.reason, operator)?;
        }
    }
    Ok(())
}

/// Cancels a line of an order, which leaves its amount in the event log whether the kitchen has it or
/// not: a line that was made, or shown on a note, and then taken off is how money goes missing.
/// Formules and the fee follow.
pub(super) fn cancel_line(
    workstation: &mut Workstation,
    order: OrderId,
    line: LineId,
    reason: Reason,
) -> Result<Reply, Error> {
    let operator = workstation.seller()?.code.to_string();
    workstation.turn(|turn| {
        let shop = publications::shop(turn.tx)?.ok_or(Code::NoMenu)?;
        let mut making = Making::of(super::sale::known(turn, order)?.order);
        let amount = making.order.line(line).map_or(Money::ZERO, order::OrderLine::net_total);
        let events = making.order.cancel_line(line, reason)?;
        making.happen(turn, events)?;
        let members = data([
            ("order", making.order.label().unwrap_or_default().into()),
            ("line", line.to_string().into()),
            ("amount", amount.cents().into()),
            ("reason", super::sale::cancel_reason(reason).into()),
        ]);
        turn.jet(&operator, EventCode::LineCancel, members)?;
        freeze_by_its_menu(turn, &mut making, &shop)?;
        Ok(making.reply())
    })
}

/// [`freeze`] under the menu that the order keeps.
fn freeze_by_its_menu(turn: &mut Turn<'_>, making: &mut Making, shop: &Shop) -> Result<(), Error> {
    let menu = making.order.opening().map(|it| it.said.menu);
    let menu = menu.map(|hash| publications::menu(turn.tx, hash)).transpose()?.flatten();
    freeze(turn, making, menu.as_ref(), shop)
}

/// Freezes in the order what its unsettled lines come to now: the formules they make, and the fee for
/// delivering them. Without its menu, formules stay as they are.
pub(super) fn freeze(
    turn: &mut Turn<'_>,
    making: &mut Making,
    menu: Option<&Catalogue>,
    shop: &Shop,
) -> Result<(), Error> {
    let mode = super::bill::mode(&making.order);
    if let Some(menu) = menu {
        let found = Deals::of(menu, mode, Some(&making.order), &[]);
        let mut events = Vec::new();
        for it in making.order.unsettled_lines().filter(|it| deals::is_free(it)) {
            let before = it.discount.as_ref().map(|(_, it)| (Money::ZERO, it.reason.clone()));
            if let Some((amount, reason)) = found.off.get(&it.line.id).cloned().or(before) {
                events.extend(making.order.discount(it.line.id, amount, reason)?);
            }
        }
        making.happen(turn, events)?;
    }
    if mode == Mode::Delivery && !making.order.was_fee_settled() {
        let fee = shop.delivery_fee_for(making.order.goods_total());
        let events = making.order.set_fee(fee)?;
        making.happen(turn, events)?;
    }
    Ok(())
}
