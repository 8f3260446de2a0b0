//! Taking money: what is due, what is given and how, what to give back.

mod given;
mod means;

use super::{Counter, Due, Middle, counter};
use crate::{
    keys::{self, Focus, Press},
    parts::{amount::Typed, pad::AmountPad},
    words::{self, money},
};
use fiscal::Money;
use given::{Confirm, Given};
use leptos::prelude::*;
use means::{ByMeans, Tabs};
use pos_api::{Approval, Command, Means, Reply, Tender};

/// The means, in the order of their tabs.
const MEANS: [Means; 7] = [
    Means::Cash,
    Means::Card,
    Means::MealVoucherCard,
    Means::MealVoucher,
    Means::Cheque,
    Means::Staff,
    Means::Receivable,
];

/// What was given so far of a payment that was left before its end: the card that was accepted is not
/// asked for again.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Begun {
    /// The order, as people call it.
    label: String,
    tenders: Vec<Tender>,
}

impl Begun {
    /// Whether it is for the order that people call so.
    pub(crate) fn is_for(&self, label: &str) -> bool {
        self.label == label
    }
}

/// A payment being taken.
#[derive(Clone, Copy)]
struct Paying {
    counter: Counter,
    due: StoredValue<Due>,
    /// The tab that is open.
    means: RwSignal<Means>,
    /// The amount given, or the face value of one voucher.
    typed: Typed,
    /// What was given so far.
    given: RwSignal<Vec<Tender>>,
    reference: RwSignal<String>,
    issuer: RwSignal<String>,
    vouchers: RwSignal<u32>,
    forfeit: RwSignal<bool>,
    /// Sent and not answered: pressed twice, it is taken once.
    sent: RwSignal<bool>,
}

impl Paying {
    fn new(counter: Counter, due: Due) -> Self {
        let begun = counter.begun.get_untracked().filter(|begun| begun.is_for(&due.label));
        Self {
            counter,
            due: StoredValue::new(due),
            means: RwSignal::new(Means::Cash),
            typed: Typed::new(),
            given: RwSignal::new(begun.map(|begun| begun.tenders).unwrap_or_default()),
            reference: RwSignal::new(String::new()),
            issuer: RwSignal::new(String::new()),
            vouchers: RwSignal::new(1),
            forfeit: RwSignal::new(false),
            sent: RwSignal::new(false),
        }
    }

    /// What is due, less what was given so far.
    fn remains(self) -> Money {
        let given = self.given.with(|given| given.iter().map(|it| it.given).sum::<Money>());
        (self.due.with_value(|due| due.due) - given).max(Money::ZERO)
    }

    /// What is given now: as typed, else exactly what remains.
    fn offered(self) -> Money {
        match self.means.get() {
            Means::MealVoucher => {
                let face = self.typed.amount().unwrap_or(Money::ZERO).cents();
                Money::from_cents(face * i64::from(self.vouchers.get()))
            }
            Means::Cash
            | Means::Card
            | Means::MealVoucherCard
            | Means::Cheque
            | Means::Staff
            | Means::Receivable => self.typed.amount().unwrap_or_else(|| self.remains()),
        }
    }

    /// More than remains, where nothing is given back.
    fn is_over(self) -> bool {
        let over = self.offered() > self.remains();
        match self.means.get() {
            Means::Cash => false,
            Means::MealVoucher => over && !self.forfeit.get(),
            Means::Card
            | Means::MealVoucherCard
            | Means::Cheque
            | Means::Staff
            | Means::Receivable => over,
        }
    }

    /// Whether it settles all that remains.
    fn settles(self) -> bool {
        self.offered() >= self.remains() && !self.is_over() && !self.sent.get()
    }

    /// Whether it is a part of what remains.
    fn is_part(self) -> bool {
        let offered = self.offered();
        Money::ZERO < offered && offered < self.remains() && !self.sent.get()
    }

    fn tender(self, to_verify: bool) -> Tender {
        let means = self.means.get();
        let of_vouchers = match means {
            Means::MealVoucher => self.vouchers.get(),
            Means::Cash
            | Means::Card
            | Means::MealVoucherCard
            | Means::Cheque
            | Means::Staff
            | Means::Receivable => 0,
        };
        Tender {
            reference: self.reference.with(|text| text.trim().to_owned()),
            to_verify,
            issuer: self.issuer.get(),
            vouchers: of_vouchers,
            forfeit: self.forfeit.get() && of_vouchers > 0,
            ..Tender::of(means, self.offered())
        }
    }

    /// Opens another tab: what was begun on the one before is forgotten.
    fn choose(self, means: Means) {
        self.means.set(means);
        self.start_over();
    }

    fn start_over(self) {
        self.typed.clear();
        self.reference.set(String::new());
        self.issuer.set(String::new());
        self.vouchers.set(1);
        self.forfeit.set(false);
    }

    /// The tab before or after.
    fn turn(self, by: usize) {
        let now = MEANS.iter().position(|it| *it == self.means.get_untracked()).unwrap_or(0);
        if let Some(means) = MEANS.get((now + by) % MEANS.len()) {
            self.choose(*means);
        }
    }

    /// Takes what is given now: all that remains, or a part of it.
    fn confirm(self, to_verify: bool) {
        if untrack(|| self.settles()) {
            self.take(untrack(|| self.tender(to_verify)));
        } else if untrack(|| self.is_part()) {
            let tender = untrack(|| self.tender(to_verify));
            self.given.update(|given| given.push(tender));
            self.keep();
            self.start_over();
        }
    }

    /// Takes one of what was given away again.
    fn take_away(self, at: usize) {
        self.given.update(|given| {
            if at < given.len() {
                given.remove(at);
            }
        });
        self.keep();
    }

    /// Keeps what was given so far beyond this panel.
    fn keep(self) {
        let begun = Begun {
            label: self.due.with_value(|due| due.label.clone()),
            tenders: self.given.get_untracked(),
        };
        self.counter.begun.set(Some(begun).filter(|begun| !begun.tenders.is_empty()));
    }

    /// Takes the payment: the workstation answers when the ticket is signed and stored.
    fn take(self, last: Tender) {
        if self.sent.get_untracked() {
            return;
        }
        self.sent.set(true);
        let order = self.due.with_value(|due| due.order);
        let mut tenders = self.given.get_untracked();
        tenders.push(last);
        let counter = self.counter;
        counter.it.notice.set(None);
        let command = move |approval: Option<Approval>| {
            let allow = |tender: &Tender| allowed(tender, approval.as_ref());
            Command::TakePayment { order, tenders: tenders.iter().map(allow).collect() }
        };
        counter.it.act_allowed(command, move |reply| match reply {
            Some(Reply::Paid(paid)) => {
                counter.begun.set(None);
                counter.middle.set(Middle::Paid(paid));
            }
            Some(_) => counter.close(),
            None => {
                self.sent.try_set(false);
            }
        });
    }

    fn key(self, press: &Press) -> bool {
        match press.key.as_str() {
            "Enter" if press.repeat => {}
            "Enter" if press.focus != Focus::Button => self.confirm(false),
            "ArrowRight" if press.focus != Focus::Field => self.turn(1),
            "ArrowLeft" if press.focus != Focus::Field => self.turn(MEANS.len() - 1),
            _ => return self.typed.key(press),
        }
        true
    }
}

/// A payment as the manager, if one was asked, allows it.
fn allowed(tender: &Tender, approval: Option<&Approval>) -> Tender {
    let approval = match tender.means {
        Means::Staff | Means::Receivable | Means::MealVoucher | Means::MealVoucherCard => {
            approval.cloned()
        }
        Means::Cash | Means::Card | Means::Cheque => None,
    };
    Tender { approval, ..tender.clone() }
}

/// The panel in the middle of the sale.
#[component]
pub(crate) fn Payment(due: Due) -> impl IntoView {
    let counter = counter();
    let title = words::payment::to_take(&due.label);
    let paying = Paying::new(counter, due);
    keys::on_key(move |press| paying.key(press));
    // Whoever leaves the payment waits for nobody's leave any more.
    on_cleanup(move || counter.it.wait_no_longer());
    view! {
        <section class="payment" data-test="payment">
            <header class="payment-head">
                <h2>{title}</h2>
                <p class="payment-due" data-test="payment-due">{move || money(paying.remains())}</p>
                <button data-test="pay-back" on:click=move |_| counter.close()>
                    {words::button::BACK}
                    <kbd>{words::button::ESCAPE_KEY}</kbd>
                </button>
            </header>
            <Tabs paying />
            <div class="payment-left">
                <ByMeans paying />
                <Given paying />
            </div>
            <div class="payment-pad">
                <AmountPad press=move |key| paying.typed.press(key) />
            </div>
            <Confirm paying />
        </section>
    }
}
