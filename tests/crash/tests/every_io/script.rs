//! A service at one till, from switching it on to the next day's first sales: one thing a step, so
//! that a step that was not done can be done again.

use crate::till::{FRIDAY_19_10, Said, Till};
use domain::order::{DiscountReason, Reason};
use fiscal::Money;
use fiscal::vat::Mode;
use pos_api::{
    BasketEdit, CashReason, Command, Correction, CreditReason, DayCommand, Discount,
    DiscountAmount, KitchenStep, Means, PaymentReason, Query, Tender,
};

/// A step: what it is called where it goes wrong, and what is done.
pub(crate) struct Step {
    pub(crate) name: &'static str,
    play: fn(&mut Till) -> Said,
}

impl Step {
    /// Does it, at the moment it is done in every service.
    pub(crate) fn play(&self, till: &mut Till) -> Said {
        let place = SCRIPT.iter().position(|it| std::ptr::eq(it, self)).expect("it is in it");
        let next_day = SCRIPT.iter().position(|it| it.name == MORNING).expect("it is in it");
        let day = if place < next_day { 0 } else { 16 * 3_600_000 };
        let minute = i64::try_from(place).expect("a few steps") * 60_000;
        till.clock.set(FRIDAY_19_10 + day + minute);
        (self.play)(till)
    }
}

const MORNING: &str = "leave";

const fn step(name: &'static str, play: fn(&mut Till) -> Said) -> Step {
    Step { name, play }
}

pub(crate) static SCRIPT: &[Step] = &[
    step("start", Till::start),
    step("sign in", |it| it.sign_in().map(drop)),
    step("open the day", |it| {
        day(it, DayCommand::Open { float: Money::from_cents(15_000), date: None })
    }),
    step("type a basket", |it| type_in(it, "REI; COC; VRG")),
    step("look at the basket", |it| it.ask(Query::Basket).map(drop)),
    step("pay by card and cash", |it| {
        pay(it, None, vec![of(Means::Card, 1_000), of(Means::Cash, 2_000)])
    }),
    step("ask for the receipt", |it| {
        let ticket = it.tickets[0].clone();
        it.run(Command::PrintReceipt { ticket }).map(drop)
    }),
    step("take the receipt", Till::begin_printing),
    step("end the receipt", Till::end_printing),
    step("type an order", |it| type_in(it, "2 MAR; COC")),
    step("send it", |it| it.run(Command::SendToKitchen).map(drop)),
    step("see it", |it| kitchen(it, KitchenStep::Seen)),
    step("start it", |it| kitchen(it, KitchenStep::Start)),
    step("have it ready", |it| kitchen(it, KitchenStep::Ready)),
    step("take that back", |it| it.run(Command::UndoKitchen).map(drop)),
    step("have it ready again", |it| kitchen(it, KitchenStep::Ready)),
    step("look into the kitchen", |it| it.ask(Query::Kitchen).map(drop)),
    step("pay it by voucher and cash", |it| {
        let voucher = Tender { issuer: "Swile".into(), ..of(Means::MealVoucherCard, 900) };
        pay(it, it.orders.last().copied(), vec![voucher, of(Means::Cash, 5_000)])
    }),
    step("hand it over", |it| {
        let order = *it.orders.last().expect("it was opened");
        it.run(Command::HandOver { order }).map(drop)
    }),
    step("tidy up", Till::checkpoint),
    step("type another", |it| type_in(it, "MAR")),
    step("send that", |it| it.run(Command::SendToKitchen).map(drop)),
    step("start that", |it| kitchen(it, KitchenStep::Start)),
    step("cancel that", |it| {
        let order = *it.orders.last().expect("it was opened");
        it.run(Command::CancelOrder { order, reason: Reason::ChangedMind }).map(drop)
    }),
    step("type one to hold", |it| type_in(it, "VRG; REI")),
    step("hold it", |it| it.run(Command::Hold).map(drop)),
    step("take it up again", |it| {
        let order = *it.orders.last().expect("it was opened");
        it.run(Command::Resume { order }).map(drop)
    }),
    step("take it away", |it| {
        it.run(Command::Basket(BasketEdit::SetMode(Mode::TakeAway))).map(drop)
    }),
    step("give a tenth off", |it| {
        let (amount, reason) = (DiscountAmount::Percent(10), DiscountReason::Complaint);
        let discount = Discount { order: None, line: None, amount, reason, approval: None };
        it.run(Command::Discount(discount)).map(drop)
    }),
    step("pay what was held", |it| pay(it, None, vec![of(Means::Cash, 5_000)])),
    step("take the first sale back", |it| {
        let ticket = it.tickets[0].clone();
        let (lines, back, reason) = (Vec::new(), Vec::new(), CreditReason::Complaint);
        let note = Correction::CreditNote { ticket, lines, back, reason, approval: None };
        it.run(Command::Correct(note)).map(drop)
    }),
    step("correct a payment", |it| {
        let ticket = it.tickets[1].clone();
        let (tenders, reason) = (vec![of(Means::Card, 900)], PaymentReason::WrongMeans);
        let payment = 0;
        let correction = Correction::Payment { ticket, payment, tenders, reason, approval: None };
        it.run(Command::Correct(correction)).map(drop)
    }),
    step("put cash in", |it| cash(it, 5_000, CashReason::Change)),
    step("take cash out", |it| cash(it, -3_000, CashReason::Purchase)),
    step("read the X", |it| day(it, DayCommand::ReadX)),
    step("look at the day", |it| it.ask(Query::Day).map(drop)),
    step("type one for tomorrow", |it| type_in(it, "2 REI")),
    step("send that one", |it| it.run(Command::SendToKitchen).map(drop)),
    step("close the day", |it| {
        day(it, DayCommand::Close { counted: Some(Money::from_cents(20_000)), confirmed: false })
    }),
    step("tidy up at night", Till::checkpoint),
    step(MORNING, |it| it.run(Command::SignOut).map(drop)),
    step("sign in next day", |it| it.sign_in().map(drop)),
    step("pay yesterday's order", |it| {
        pay(it, it.orders.last().copied(), vec![of(Means::Cash, 5_000)])
    }),
    step("type a second basket", |it| type_in(it, "MAR; 2 COC")),
    step("pay it", |it| pay(it, None, vec![of(Means::Cash, 5_000)])),
    step("look at the orders", |it| it.ask(Query::Orders).map(drop)),
    step("end", Till::stop),
];

fn of(means: Means, cents: i64) -> Tender {
    Tender::of(means, Money::from_cents(cents))
}

pub(crate) fn type_in(till: &mut Till, text: &str) -> Said {
    till.run(Command::AddTyped { text: text.to_owned() }).map(drop)
}

pub(crate) fn pay(
    till: &mut Till,
    order: Option<domain::id::OrderId>,
    tenders: Vec<Tender>,
) -> Said {
    till.run(Command::TakePayment { order, tenders }).map(drop)
}

fn kitchen(till: &mut Till, step: KitchenStep) -> Said {
    let order = *till.orders.last().expect("it was opened");
    till.run(Command::Kitchen { order, line: None, step }).map(drop)
}

fn day(till: &mut Till, command: DayCommand) -> Said {
    till.run(Command::Day(command)).map(drop)
}

fn cash(till: &mut Till, cents: i64, reason: CashReason) -> Said {
    day(till, DayCommand::Cash { amount: Money::from_cents(cents), reason, approval: None })
}
