//! An order's way from the basket to the customer: opened, sent to the kitchen, paid, handed over.

use super::basket::menu_for;
use super::{bill, discount, tender};
use crate::error::Error;
use crate::store::basket::{self, Basket};
use crate::store::orders::{self, Loaded};
use crate::store::{StoreError, cards, publications, settings, tickets};
use crate::views::{needs_customer, order_label};
use crate::workstation::{BUILD, SOFTWARE, Turn, Workstation};
use domain::card::{Address, Card, Field, Version};
use domain::catalogue::Catalogue;
use domain::event::Event;
use domain::id::{CustomerId, OperatorCode, OrderId};
use domain::order::{self, Order, Reason, Stamp};
use domain::shop::Shop;
use domain::stock::Availability;
use fiscal::Money;
use fiscal::event::{EventCode, data};
use fiscal::ticket::{
    Channel, Draft, Line, Means as Tendered, Operation, Payment, Ticket, TicketRefused,
};
use fiscal::time::Date;
use journal::{BlobHash, JournalId, Purpose, Seq, Tick};
use pos_api::{Code, Means, PaidView, Reply, Tender, words};
use std::sync::Arc;

pub(super) fn send_to_kitchen(workstation: &mut Workstation) -> Result<Reply, Error> {
    with_basket(workstation, |turn, making, _| {
        making.send(turn)?;
        Ok(making.reply())
    })
}

pub(super) fn hold(workstation: &mut Workstation) -> Result<Reply, Error> {
    with_basket(workstation, |turn, making, _| {
        let events = making.order.hold()?;
        making.happen(turn, events)?;
        Ok(making.reply())
    })
}

/// Takes an order into the basket's place. What was keyed in before is put aside as an order of its
/// own, so that nothing of it is lost.
pub(super) fn resume(workstation: &mut Workstation, id: OrderId) -> Result<Reply, Error> {
    workstation.seller()?;
    let kept = super::basket::load(workstation)?;
    // Entries may be ahead of the menu that they name: nothing can be added until that is here. Its
    // money is taken all the same, of the order as it is.
    menu_for(workstation, &Basket { order: Some(id), ..Basket::default() })?;
    if !kept.lines.is_empty() && kept.order != Some(id) {
        hold(workstation)?;
    }
    workstation.turn(|turn| {
        let loaded = known(turn, id)?;
        let mut making = Making::of(loaded.order);
        let was_held = making.order.is_held();
        making.resume(turn)?;
        let kept = Basket {
            order: Some(id),
            was_held,
            mode: making.order.mode().unwrap_or(Basket::default().mode),
            promise_ms: making.order.promise_ms(),
            customer: basket_customer(turn, making.order.customer())?,
            lines: Vec::new(),
        };
        basket::save(turn.tx, &kept)?;
        Ok(making.reply())
    })
}

pub(super) fn cancel(
    workstation: &mut Workstation,
    id: OrderId,
    reason: Reason,
) -> Result<Reply, Error> {
    let operator = workstation.seller()?;
    workstation.turn(|turn| {
        let mut making = Making::of(known(turn, id)?.order);
        let members = data([
            ("order", making.order.label().unwrap_or_default().into()),
            ("amount", making.order.due().cents().into()),
            ("reason", cancel_reason(reason).into()),
        ]);
        let events = making.order.cancel(reason)?;
        making.happen(turn, events)?;
        turn.jet(operator.code.as_str(), EventCode::OrderCancel, members)?;
        leave_basket(turn, id)?;
        Ok(making.reply())
    })
}

/// The reason's name in the log of events.
pub(super) const fn cancel_reason(reason: Reason) -> &'static str {
    match reason {
        Reason::ChangedMind => "CHANGED_MIND",
        Reason::Gone => "GONE",
        Reason::Mistake => "MISTAKE",
        Reason::RanOut => "RAN_OUT",
        Reason::TooLate => "TOO_LATE",
        Reason::Spoilt => "SPOILT",
    }
}

/// Hands it over. What is free and has no ticket yet is given its own first: nothing leaves without.
pub(super) fn hand_over(workstation: &mut Workstation, id: OrderId) -> Result<Reply, Error> {
    let operator = workstation.seller()?.code;
    workstation.turn(|turn| {
        let loaded = known(turn, id)?;
        let decided = loaded.order.hand_over();
        if decided == Err(order::HandOverRefused::NotPaid(Money::ZERO)) {
            let shop = publications::shop(turn.tx)?.ok_or(Code::NoMenu)?;
            let sale = Sale::of(&loaded, shop, operator);
            let mut making = Making::of(loaded.order);
            pay(turn, &mut making, &sale, &Given { tenders: &[], allowed: Vec::new() })?;
            making.leave(turn)?;
            leave_basket(turn, id)?;
            return Ok(making.reply());
        }
        let mut making = Making::of(loaded.order);
        making.happen(turn, decided?)?;
        leave_basket(turn, id)?;
        Ok(making.reply())
    })
}

/// Takes payment of an open order, or of the basket, whose order is then opened and sent to the
/// kitchen in the same transaction.
pub(super) fn take_payment(
    workstation: &mut Workstation,
    id: Option<OrderId>,
    tenders: &[Tender],
) -> Result<Reply, Error> {
    let operator = workstation.seller()?;
    let allowed = tender::allow(&operator, tenders, None, |it| Ok(workstation.approve(it)?.code))?;
    let given = Given { tenders, allowed };
    let counter = workstation.counter();
    let paid = match id {
        None => with_basket(workstation, |turn, making, sale| {
            making.send(turn)?;
            let paid = pay(turn, making, sale, &given)?;
            counter.may_take(turn, making.order.id(), sale.opened_in)?;
            Ok(paid)
        }),
        Some(id) => workstation.turn(|turn| {
            let loaded = known(turn, id)?;
            let shop = publications::shop(turn.tx)?.ok_or(Code::NoMenu)?;
            let sale = Sale::of(&loaded, shop, operator.code.clone());
            let mut making = Making::of(loaded.order);
            // What is paid is made, be it that it was held until now. What left unpaid is gone.
            if making.order.handed_over().is_none() {
                making.send(turn)?;
            }
            let paid = pay(turn, &mut making, &sale, &given)?;
            counter.may_take(turn, id, sale.opened_in)?;
            leave_basket(turn, id)?;
            Ok(paid)
        }),
    };
    if let Err(Error::Refused(Code::PaymentAsked)) = &paid {
        // Nothing was recorded of the payment; that leave is wanted is.
        let resumed = super::basket::load(workstation)?.order;
        id.or(resumed).map_or(Ok(()), |order| workstation.ask_for_payment(order))?;
    }
    if let Err(Error::Ticket(TicketRefused::CashOverCeiling { cash })) = &paid {
        note_refused_cash(workstation, &operator.code, *cash)?;
    }
    paid
}

/// A sale that was refused for its cash leaves its trace, though nothing of it is recorded.
fn note_refused_cash(
    workstation: &mut Workstation,
    operator: &OperatorCode,
    cash: Money,
) -> Result<(), Error> {
    let amount = data([("amount", cash.cents().into())]);
    workstation.turn(|turn| turn.jet(operator.as_str(), EventCode::CashLimitRefused, amount))
}

/// What a ticket needs beside the order.
pub(super) struct Sale {
    pub(super) shop: Shop,
    pub(super) operator: OperatorCode,
    /// Cash that earlier tickets of the order took: the ceiling is for the whole sale.
    pub(super) cash_before: Money,
    /// The journal that says the order was opened; `None` where it is opened now.
    opened_in: Option<JournalId>,
    /// The order holds entries that this version does not understand.
    newer: bool,
}

impl Sale {
    pub(super) fn of(loaded: &Loaded, shop: Shop, operator: OperatorCode) -> Self {
        Self {
            shop,
            operator,
            cash_before: loaded.cash_taken(),
            opened_in: loaded.order.opening().map(|it| it.at.journal),
            newer: loaded.newer,
        }
    }
}

/// An order while things happen to it in one turn.
pub(super) struct Making {
    pub(super) order: Order,
    /// Facts applied in this turn: their places are only known at its end, and only their sequence
    /// matters until then.
    happened: u64,
}

impl Making {
    pub(super) const fn of(order: Order) -> Self {
        Self { order, happened: 0 }
    }

    /// Records what was decided, and applies it.
    pub(super) fn happen(
        &mut self,
        turn: &mut Turn<'_>,
        events: Vec<order::Event>,
    ) -> Result<(), Error> {
        for event in events {
            self.happened += 1;
            let tick = Tick(u64::MAX / 2 + self.happened);
            let stamp = Stamp {
                tick,
                journal: JournalId([0xFF; 32]),
                seq: Seq(self.happened),
                wall_ms: turn.now_ms,
            };
            turn.record(Some(self.order.id().into()), &Event::Order(event.clone()));
            self.order
                .apply(stamp, &event.into())
                .map_err(|broken| Error::Fault(format!("decided and then refused: {broken}")))?;
        }
        Ok(())
    }

    fn resume(&mut self, turn: &mut Turn<'_>) -> Result<(), Error> {
        let events = self.order.resume()?;
        self.happen(turn, events)
    }

    /// Takes it up if it was held, and sends the kitchen what it has not been sent. Drinks only: nothing
    /// for the kitchen, and the order waits for its money.
    fn send(&mut self, turn: &mut Turn<'_>) -> Result<(), Error> {
        self.resume(turn)?;
        match self.order.send_to_kitchen() {
            Ok(events) => self.happen(turn, events),
            Err(order::SendRefused::NothingToSend) => Ok(()),
            Err(refused) => Err(refused.into()),
        }
    }

    /// It leaves, if it has not: its ticket settles it in this same transaction, which the order does not
    /// know yet.
    fn leave(&mut self, turn: &mut Turn<'_>) -> Result<(), Error> {
        if self.order.handed_over().is_some() {
            return Ok(());
        }
        self.happen(turn, vec![order::Event::HandedOver(order::HandedOver {})])
    }

    pub(super) fn reply(&self) -> Reply {
        let label = self.order.label().unwrap_or_default().to_owned();
        Reply::Order { order: self.order.id(), label }
    }
}

/// Opens an order with what is in the basket (or adds it to the resumed one), does `work`, and
/// empties the basket: one transaction.
fn with_basket(
    workstation: &mut Workstation,
    work: impl FnOnce(&mut Turn<'_>, &mut Making, &Sale) -> Result<Reply, Error>,
) -> Result<Reply, Error> {
    let operator = workstation.seller()?.code;
    let kept = super::basket::load(workstation)?;
    let menu = menu_for(workstation, &kept)?;
    let in_force = workstation.menu()?.map(|(hash, _)| hash);
    let drawn = Drawn {
        order: OrderId(workstation.draw()),
        customer: CustomerId(workstation.draw()),
        menu: in_force.ok_or(Code::NoMenu)?,
    };
    let shop = workstation.shop()?.ok_or(Code::NoMenu)?;
    if kept.order.is_none() && kept.lines.is_empty() {
        return Err(Code::EmptyBasket.into());
    }
    workstation.turn(|turn| {
        let loaded = match kept.order {
            Some(id) => known(turn, id)?,
            None => orders::load(turn.tx, drawn.order)?,
        };
        let sale = Sale::of(&loaded, shop, operator);
        let mut making = Making::of(loaded.order);
        fill(turn, &mut making, &kept, &menu, &drawn, &sale)?;
        let reply = work(turn, &mut making, &sale)?;
        basket::save(turn.tx, &Basket::default())?;
        Ok(reply)
    })
}

/// Ids and names that were drawn before the transaction.
struct Drawn {
    order: OrderId,
    customer: CustomerId,
    menu: BlobHash,
}

/// Brings the order to what the basket says.
fn fill(
    turn: &mut Turn<'_>,
    making: &mut Making,
    kept: &Basket,
    menu: &Arc<Catalogue>,
    drawn: &Drawn,
    sale: &Sale,
) -> Result<(), Error> {
    if making.order.opening().is_none() {
        let day = turn.business_date(&sale.shop);
        let number = settings::take_order_number(turn.tx, day)?;
        let label = settings::order_prefix(turn.tx, &turn.seat.identity.label)?;
        let opened = order::Opened {
            label: order_label(&label, number),
            channel: channel(kept),
            mode: kept.mode,
            menu: drawn.menu,
            operator: sale.operator.clone(),
        };
        let events = making.order.open(opened)?;
        making.happen(turn, events)?;
    }
    // A ticket fixes the mode, and lines may still be added to what it settled.
    if making.order.mode() != Some(kept.mode) {
        let events = making.order.set_mode(kept.mode)?;
        making.happen(turn, events)?;
    }
    if kept.promise_ms != making.order.promise_ms() {
        let events = making.order.promise(kept.promise_ms, turn.now_ms)?;
        making.happen(turn, events)?;
    }
    name_customer(turn, making, kept, drawn)?;
    if !kept.lines.is_empty() {
        let lines = kept.lines.iter().map(|line| frozen(line, menu)).collect::<Result<_, _>>()?;
        let events = making.order.add_lines(lines)?;
        making.happen(turn, events)?;
        discount::take_over(turn, making, kept, sale.operator.as_str())?;
    }
    discount::freeze(turn, making, Some(menu), &sale.shop)
}

/// Somebody who gave a telephone number and no reason to be at the counter called.
fn channel(kept: &Basket) -> Channel {
    match &kept.customer {
        Some(customer) if !customer.phone.is_empty() => Channel::Phone,
        Some(_) | None => Channel::Counter,
    }
}

/// A line of the basket as the order keeps it: name, price and tax class frozen.
fn frozen(line: &basket::Line, menu: &Catalogue) -> Result<order::Line, Error> {
    let made = line.item.sell(menu, &Availability::default())?;
    let product = line.item.parts.first().and_then(|part| menu.product(&part.product));
    Ok(order::Line {
        id: line.id,
        name: words::label(&line.item, menu),
        details: words::details(&line.item, menu),
        configured: line.item.clone(),
        quantity: line.quantity,
        unit_price: made.sum.price,
        class: made.class,
        menu_number: menu.number,
        made_in_kitchen: product.is_some_and(|product| menu.is_made_in_kitchen(product)),
    })
}

/// Writes the customer's card, and the order's reference to it. In training nothing is written on the
/// cards, which are the shop's real ones.
fn name_customer(
    turn: &mut Turn<'_>,
    making: &mut Making,
    kept: &Basket,
    drawn: &Drawn,
) -> Result<(), Error> {
    let in_training = turn.seat.purpose == Purpose::Training;
    let Some(customer) = &kept.customer else {
        // Whom training named has no card to be read back from.
        let named = in_training && making.order.customer().is_some();
        if needs_customer(kept.mode) && !named {
            return Err(Code::DeliveryNeedsCustomer.into());
        }
        return Ok(());
    };
    let complete = !customer.phone.is_empty() && !customer.address.is_empty();
    if needs_customer(kept.mode) && !complete {
        return Err(Code::DeliveryNeedsCustomer.into());
    }
    let id = customer.id.unwrap_or(drawn.customer);
    if in_training {
        let events = making.order.name_customer(Some(id))?;
        return making.happen(turn, events);
    }
    let known = crate::views::customer(turn.tx, id)?;
    let tip = turn.seat.pen.tip().expect("a workstation that takes turns has a journal");
    // Cards travel apart from entries and may be ahead of them: what is typed now is newer than both.
    let greatest = crate::store::journals::greatest_tick(turn.tx)?;
    let tick =
        cards::find(turn.tx, id)?.map_or(greatest, |card| greatest.max(newest(&card))).next();
    let version = Version { tick, author: tip.journal };
    let mut card = Card::empty(id);
    let (name, phone, address) =
        known.map_or_else(Default::default, |view| (view.name, view.phone, view.address));
    if customer.name != name {
        card.name = Some(Field { value: customer.name.clone(), version });
    }
    if customer.phone != phone {
        card.phone = Some(Field { value: customer.phone.clone(), version });
    }
    if customer.address != address && !customer.address.is_empty() {
        let address = Address {
            street: customer.address.clone(),
            postcode: String::new(),
            city: String::new(),
            access: String::new(),
        };
        card.addresses = Some(Field { value: vec![address], version });
    }
    cards::merge(turn.tx, card)?;
    let events = making.order.name_customer(Some(id))?;
    making.happen(turn, events)
}

/// The latest version of a card's fields that a clock of ticks can have come to.
fn newest(card: &Card) -> Tick {
    let fields = [
        card.name.as_ref().map(|it| it.version.tick),
        card.phone.as_ref().map(|it| it.version.tick),
        card.addresses.as_ref().map(|it| it.version.tick),
        card.note.as_ref().map(|it| it.version.tick),
    ];
    let believable = |tick: &Tick| tick.0 < u64::MAX / 2;
    fields.into_iter().flatten().filter(believable).max().unwrap_or_default()
}

/// Signs the ticket for what is due, and answers what to give back.
fn pay(
    turn: &mut Turn<'_>,
    making: &mut Making,
    sale: &Sale,
    given: &Given<'_>,
) -> Result<Reply, Error> {
    if sale.newer {
        return Err(Code::OrderFromNewerVersion.into());
    }
    if !making.order.is_unsettled() && !making.order.settlements().is_empty() {
        return Err(Code::OrderClosed.into());
    }
    let operator = sale.operator.to_string();
    let date = turn.day(&sale.shop, &operator)?;
    let lines = bill::lines(&making.order, &sale.shop, date)?;
    let mode = bill::mode(&making.order);
    let due: Money = lines.iter().map(|line| line.ttc).sum();
    let payments = given.payments(turn, &making.order, sale, &lines, date)?;
    let draft = Draft {
        operation: Operation::Sale,
        original: None,
        reason: None,
        order: making.order.label().unwrap_or_default().to_owned(),
        channel: making.order.opening().map_or(Channel::Counter, |it| it.said.channel),
        mode,
        operator,
        moment: turn.moment(),
        business_date: date,
        issuer: sale.shop.issuer(SOFTWARE, BUILD),
        lines,
        payments,
        cash_taken_before: sale.cash_before,
    };
    let ticket = sign(turn, making.order.id(), &draft)?;
    given.note(turn, &sale.shop, &draft.operator, &draft.payments, date)?;
    if draft.payments.iter().any(|it| goes_in_drawer(it.means)) {
        super::print::open_drawer(turn.tx, &ticket.number, turn.now_ms)?;
    }
    if leaves_at_once(&making.order) {
        making.leave(turn)?;
    }
    let handed: Money = given.tenders.iter().map(|it| it.given).sum();
    let kept: Money = draft.payments.iter().map(|it| it.amount + it.forfeited).sum();
    Ok(Reply::Paid(PaidView {
        order: making.order.id(),
        label: draft.order,
        ticket: ticket.number,
        total: due,
        given: handed,
        change: handed - kept,
        note_due: fiscal::copy::note_due(mode, due),
    }))
}

/// What the customer gives, and who allowed what of it.
pub(super) struct Given<'a> {
    pub(super) tenders: &'a [Tender],
    pub(super) allowed: Vec<(Means, OperatorCode)>,
}

impl Given<'_> {
    fn payments(
        &self,
        turn: &Turn<'_>,
        order: &Order,
        sale: &Sale,
        lines: &[Line],
        date: Date,
    ) -> Result<Vec<Payment>, Error> {
        let with_vouchers =
            self.tenders.iter().any(|it| tender::is_voucher(tender::means(it.means)));
        let vouchers_today = if with_vouchers {
            orders::vouchers_used(turn.tx, order.id(), order.customer(), date)?
        } else {
            Money::ZERO
        };
        let bill = tender::Bill {
            lines,
            due: lines.iter().map(|line| line.ttc).sum(),
            mode: bill::mode(order),
            shop: &sale.shop,
            date,
            vouchers_today,
            day_allowed: self.vouchers_allowed_by().is_some(),
        };
        tender::payments(&bill, self.tenders)
    }

    /// The manager who takes vouchers on a day on which they need a reason.
    pub(super) fn vouchers_allowed_by(&self) -> Option<&OperatorCode> {
        let voucher =
            self.allowed.iter().find(|(means, _)| tender::is_voucher(tender::means(*means)));
        voucher.map(|(_, manager)| manager)
    }

    /// Notes what a manager had to allow.
    pub(super) fn note(
        &self,
        turn: &mut Turn<'_>,
        shop: &Shop,
        operator: &str,
        payments: &[Payment],
        date: Date,
    ) -> Result<(), Error> {
        let needs_reason = tender::needs_reason(payments, shop, date);
        for (means, manager) in &self.allowed {
            if tender::needs_manager(*means) {
                note_manager(turn, operator, tender::what(*means), manager)?;
            }
        }
        if let Some(manager) = self.vouchers_allowed_by().filter(|_| needs_reason) {
            note_manager(turn, operator, VOUCHERS_IN_SPITE_OF_THE_DAY, manager)?;
            let reason = data([("reason", VOUCHERS_IN_SPITE_OF_THE_DAY.into())]);
            turn.jet(operator, EventCode::VoucherOverride, reason)?;
        }
        Ok(())
    }
}

/// The customer's vouchers say that he works on Sundays or public holidays (Code du travail
/// R. 3262-8): a manager saw it.
const VOUCHERS_IN_SPITE_OF_THE_DAY: &str = "TITRE_RESTAURANT_JOUR_TRAVAILLE";

/// Notes that a manager allowed what the operator alone may not.
pub(super) fn note_manager(
    turn: &mut Turn<'_>,
    operator: &str,
    what: &str,
    manager: &OperatorCode,
) -> Result<(), Error> {
    let members = data([("what", what.into()), ("manager", manager.as_str().into())]);
    turn.jet(operator, EventCode::ManagerOverride, members)
}

/// Whether what is given by this means is put into the drawer.
pub(super) const fn goes_in_drawer(means: Tendered) -> bool {
    match means {
        Tendered::Cash | Tendered::MealVoucher | Tendered::Cheque => true,
        Tendered::Card | Tendered::MealVoucherCard | Tendered::Staff | Tendered::Receivable => {
            false
        }
    }
}

/// What is bought ready at the counter is in the customer's hand when it is paid.
fn leaves_at_once(order: &Order) -> bool {
    !order.mode().is_some_and(needs_customer)
        && order.handed_over().is_none()
        && order.promise_ms().is_none()
        && order.live_lines().all(|it| !it.line.made_in_kitchen)
}

/// Numbers and signs the ticket, and records it with the series that follows it.
pub(super) fn sign(turn: &mut Turn<'_>, id: OrderId, draft: &Draft) -> Result<Ticket, Error> {
    let journal = turn.journal();
    let series = tickets::series(turn.tx, &turn.till(), journal)?;
    let (ticket, next) = series.issue(draft, &turn.seat.identity.key)?;
    tickets::set_series(turn.tx, journal, &next)?;
    turn.record_ticket(id, &ticket);
    Ok(ticket)
}

/// An order that somebody opened, as known here.
pub(super) fn known(turn: &Turn<'_>, id: OrderId) -> Result<Loaded, Error> {
    let loaded = orders::load(turn.tx, id)?;
    if loaded.order.opening().is_none() || !orders::is_of_now(turn.tx, id)? {
        return Err(Code::NoSuchOrder.into());
    }
    Ok(loaded)
}

/// Where the order is in the basket, it is no more. Lines that were keyed in for it stay, for an order
/// of their own: nothing keyed in is lost.
fn leave_basket(turn: &Turn<'_>, id: OrderId) -> Result<(), StoreError> {
    let kept = basket::load(turn.tx)?;
    if kept.order != Some(id) {
        return Ok(());
    }
    let left =
        if kept.lines.is_empty() { Basket::default() } else { Basket { order: None, ..kept } };
    basket::save(turn.tx, &left)
}

fn basket_customer(
    turn: &Turn<'_>,
    id: Option<CustomerId>,
) -> Result<Option<basket::Customer>, StoreError> {
    let view = id.map(|id| crate::views::customer(turn.tx, id)).transpose()?.flatten();
    Ok(view.map(|view| basket::Customer {
        id: view.id,
        name: view.name,
        phone: view.phone,
        address: view.address,
    }))
}
