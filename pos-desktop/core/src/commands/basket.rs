//! The order being taken.

use crate::error::Error;
use crate::store::basket::{self, Basket, Customer, Line};
use crate::store::{StoreError, orders};
use crate::views::{self, Desk, Menus};
use crate::workstation::Workstation;
use domain::catalogue::Catalogue;
use domain::configured::Configured;
use domain::id::LineId;
use domain::stock::Availability;
use domain::typed::{self, When};
use journal::mutant::{self, Mutant};
use pos_api::{BasketEdit, Code, Reply};
use std::sync::Arc;

/// The most of one line.
const MAX_QUANTITY: u32 = typed::MAX_QUANTITY as u32;

pub(super) fn run(workstation: &mut Workstation, edit: BasketEdit) -> Result<Reply, Error> {
    workstation.seller()?;
    let mut kept = load(workstation)?;
    match edit {
        BasketEdit::Add { item, quantity } => {
            check(workstation, &kept, &item)?;
            add(workstation, &mut kept, item, at_least_one(quantity)?)?;
        }
        BasketEdit::SetQuantity { line, quantity } => {
            let quantity = up_to_most(quantity)?;
            let place = place(&kept, line)?;
            if quantity == 0 {
                kept.lines.remove(place);
            } else {
                kept.lines[place].quantity = quantity;
                kept.lines[place].discount = None;
            }
        }
        BasketEdit::Replace { line, item } => {
            check(workstation, &kept, &item)?;
            let place = place(&kept, line)?;
            kept.lines[place].item = item;
            kept.lines[place].discount = None;
        }
        BasketEdit::SetMode(mode) => kept.mode = mode,
        BasketEdit::SetPromise(None) => kept.promise_ms = None,
        BasketEdit::SetPromise(Some(text)) => {
            kept.promise_ms = Some(promise(workstation, &text)?);
        }
        BasketEdit::SetCustomer { name, phone, address } => {
            kept.customer = customer(kept.customer, &name, &phone, &address);
        }
        BasketEdit::ChooseCustomer(id) => {
            let view = workstation.store.read(|tx| views::customer(tx, id))?;
            let view = view.ok_or(Code::Unexpected)?;
            kept.customer = Some(Customer {
                id: Some(id),
                name: view.name,
                phone: view.phone,
                address: view.address,
            });
        }
        BasketEdit::Clear => return clear(workstation, &kept),
    }
    save(workstation, &kept)
}

/// Adds what a typed line says, all of it or nothing.
pub(super) fn add_typed(workstation: &mut Workstation, text: &str) -> Result<Reply, Error> {
    workstation.seller()?;
    let mut kept = load(workstation)?;
    let menu = menu_for(workstation, &kept)?;
    let echo = typed::read(text, None, &menu, &Availability::default());
    if !echo.problems.is_empty() {
        return Err(Error::Typed(echo.problems));
    }
    if let Some(refused) = echo.items.iter().find_map(|item| item.made.as_ref().err()) {
        return Err(refused.clone().into());
    }
    if let Some(when) = echo.when {
        kept.promise_ms = Some(wanted_at(workstation, when)?);
    }
    if let Some(mode) = echo.mode {
        kept.mode = mode;
    }
    for item in echo.items {
        add(workstation, &mut kept, item.configured, item.quantity)?;
    }
    save(workstation, &kept)
}

pub(super) fn load(workstation: &mut Workstation) -> Result<Basket, StoreError> {
    workstation.store.read(basket::load)
}

/// The menu that new lines of the basket are sold under: a resumed order keeps its own.
pub(super) fn menu_for(
    workstation: &mut Workstation,
    kept: &Basket,
) -> Result<Arc<Catalogue>, Error> {
    let mut menus = Menus::default();
    let (zone, now_ms) = (workstation.zone.clone(), workstation.clock.now_ms());
    if kept.order.is_none() || mutant::is(Mutant::MixedMenus) {
        let menu = workstation.menu()?.map(|(_, menu)| menu);
        return menu.ok_or(Error::Refused(Code::NoMenu));
    }
    workstation.store.read(|tx| {
        let mut desk = Desk { tx, zone: &zone, now_ms, menus: &mut menus };
        let order = kept.order.map(|id| orders::load(tx, id)).transpose()?;
        desk.menu_of(order.as_ref())?.ok_or(Error::Refused(Code::NoMenu))
    })
}

/// Joins a line that is the same and that nothing was taken off by hand, else makes a new one.
fn add(
    workstation: &mut Workstation,
    kept: &mut Basket,
    item: Configured,
    quantity: u16,
) -> Result<(), Error> {
    if let Some(same) = kept.lines.iter_mut().find(|line| is_same(line, &item)) {
        same.quantity = up_to_most(u32::from(same.quantity) + u32::from(quantity))?;
        return Ok(());
    }
    kept.lines.push(Line { id: LineId(workstation.draw()), item, quantity, discount: None });
    Ok(())
}

fn is_same(line: &Line, item: &Configured) -> bool {
    line.item == *item && line.discount.is_none()
}

fn check(workstation: &mut Workstation, kept: &Basket, item: &Configured) -> Result<(), Error> {
    let menu = menu_for(workstation, kept)?;
    item.sell(&menu, &Availability::default())?;
    Ok(())
}

fn at_least_one(quantity: u32) -> Result<u16, Error> {
    if quantity == 0 { Err(Code::Quantity.into()) } else { up_to_most(quantity) }
}

fn up_to_most(quantity: u32) -> Result<u16, Error> {
    u16::try_from(quantity)
        .ok()
        .filter(|_| quantity <= MAX_QUANTITY)
        .ok_or(Error::Refused(Code::Quantity))
}

fn place(kept: &Basket, line: LineId) -> Result<usize, Error> {
    kept.lines.iter().position(|it| it.id == line).ok_or(Error::Refused(Code::NoSuchLine))
}

/// A known customer whose telephone is typed differently is another customer.
fn customer(before: Option<Customer>, name: &str, phone: &str, address: &str) -> Option<Customer> {
    let [name, phone, address] = [name, phone, address].map(|text| text.trim().to_owned());
    if name.is_empty() && phone.is_empty() && address.is_empty() {
        return None;
    }
    let id = before.filter(|before| before.phone == phone).and_then(|before| before.id);
    Some(Customer { id, name, phone, address })
}

/// The moment that a typed time means, in ms since 1970 UTC.
fn promise(workstation: &mut Workstation, text: &str) -> Result<i64, Error> {
    let menu = workstation.menu()?.map(|(_, menu)| menu).ok_or(Code::NoMenu)?;
    let echo = typed::read(text, None, &menu, &Availability::default());
    match echo.when {
        Some(when) if echo.problems.is_empty() && echo.items.is_empty() => {
            wanted_at(workstation, when)
        }
        Some(_) | None => Err(Code::Promise.into()),
    }
}

/// A promise lies ahead: a time that is past today is refused, except in the small hours.
fn wanted_at(workstation: &Workstation, when: When) -> Result<i64, Error> {
    let now_ms = workstation.clock.now_ms();
    let at_ms = match when {
        When::At { hour, minute } => workstation.zone.next_at(now_ms, hour, minute),
        When::InMinutes(minutes) => now_ms.checked_add(i64::from(minutes) * 60_000),
    };
    at_ms.filter(|at_ms| now_ms <= *at_ms).ok_or(Error::Refused(Code::Promise))
}

/// Empties the basket. An order that was resumed goes back to being held if it was.
fn clear(workstation: &mut Workstation, kept: &Basket) -> Result<Reply, Error> {
    workstation.turn(|turn| {
        if let Some(id) = kept.order.filter(|_| kept.was_held) {
            let order = orders::load(turn.tx, id)?.order;
            // Meanwhile another till may have sold, cancelled or handed it over.
            let is_as_it_was =
                order.settlements().is_empty() && order.lines().iter().all(|it| it.sent.is_none());
            if let Ok(events) = order.hold()
                && is_as_it_was
            {
                for event in events {
                    turn.record(Some(id.into()), &domain::event::Event::Order(event));
                }
            }
        }
        basket::save(turn.tx, &Basket::default())?;
        Ok::<_, Error>(())
    })?;
    answer(workstation)
}

/// Keeps the basket, and answers with it. What is shown is read before the commit: a reading that
/// fails leaves the basket as it was, so that whoever does it again does not add twice.
pub(super) fn save(workstation: &mut Workstation, kept: &Basket) -> Result<Reply, Error> {
    let mut menus = menus(workstation)?;
    let (zone, now_ms) = (workstation.zone.clone(), workstation.clock.now_ms());
    let view = workstation.store.write(|tx| {
        basket::save(tx, kept)?;
        Desk { tx, zone: &zone, now_ms, menus: &mut menus }.basket()
    })?;
    Ok(Reply::Basket(view))
}

/// The basket as it is now.
pub(super) fn answer(workstation: &mut Workstation) -> Result<Reply, Error> {
    let mut menus = menus(workstation)?;
    let (zone, now_ms) = (workstation.zone.clone(), workstation.clock.now_ms());
    let view = workstation
        .store
        .read(|tx| Desk { tx, zone: &zone, now_ms, menus: &mut menus }.basket())?;
    Ok(Reply::Basket(view))
}

/// The menus that baskets are shown by.
fn menus(workstation: &mut Workstation) -> Result<Menus, StoreError> {
    let mut menus = Menus::default();
    if let Some((hash, menu)) = workstation.menu()? {
        menus.know(hash, menu);
    }
    Ok(menus)
}
