//! Taking money: what is due, what is given, what to give back.

use super::{Counter, Due, Middle, counter};
use crate::{
    keys::{self, Focus, Press},
    parts::pad::{AmountPad, PadKey},
    words::{self, money},
};
use fiscal::Money;
use leptos::prelude::*;
use pos_api::{Command, Reply, Tender};

/// The most digits of whole euros that can be typed.
const LONGEST: usize = 6;

/// A payment being taken.
#[derive(Clone, Copy)]
struct Paying {
    counter: Counter,
    due: StoredValue<Due>,
    /// The amount given, as typed: "23,4".
    typed: RwSignal<String>,
    /// Sent and not answered: pressed twice, it is taken once.
    sent: RwSignal<bool>,
}

impl Paying {
    fn amount(self) -> Money {
        self.due.with_value(|due| due.due)
    }

    /// What is given: as typed, else exactly what is due.
    fn given(self) -> Money {
        self.typed.with(|typed| parse(typed)).unwrap_or_else(|| self.amount())
    }

    fn press(self, key: PadKey) {
        self.typed.update(|typed| edit(typed, key));
    }

    /// Takes the payment: the workstation answers when the ticket is signed and stored.
    fn take(self, given: Money) {
        if self.sent.get_untracked() {
            return;
        }
        self.sent.set(true);
        let order = self.due.with_value(|due| due.order);
        let tenders = vec![Tender::cash(given)];
        self.counter.it.notice.set(None);
        let counter = self.counter;
        counter.it.ask_to(Command::TakePayment { order, tenders }, move |answer| match answer {
            Ok(Reply::Paid(paid)) => counter.middle.set(Middle::Paid(paid)),
            Ok(Reply::Done | Reply::Session(_) | Reply::Basket(_)) => counter.close(),
            Ok(
                Reply::Order { .. }
                | Reply::Queued { .. }
                | Reply::Corrected { .. }
                | Reply::Closing(_)
                | Reply::File { .. }
                | Reply::Link { .. }
                | Reply::Verified { .. }
                | Reply::Purged { .. },
            ) => counter.close(),
            Err(refusal) => {
                self.sent.try_set(false);
                counter.it.refused(refusal);
            }
        });
    }

    fn key(self, press: &Press) -> bool {
        if press.focus == Focus::Field {
            return false;
        }
        match (press.key.as_str(), press.digit()) {
            (_, Some(digit)) => self.press(PadKey::Digit(digit)),
            ("," | "." | "Decimal", None) => self.press(PadKey::Comma),
            ("Backspace", None) => self.press(PadKey::Back),
            ("Enter", None) if press.repeat => {}
            ("Enter", None) if press.focus != Focus::Button => self.take(self.given()),
            _ => return false,
        }
        true
    }
}

/// The panel in the middle of the sale.
#[component]
pub(crate) fn Payment(due: Due) -> impl IntoView {
    let counter = counter();
    let title = words::payment::to_take(&due.label);
    let paying = Paying {
        counter,
        due: StoredValue::new(due),
        typed: RwSignal::new(String::new()),
        sent: RwSignal::new(false),
    };
    keys::on_key(move |press| paying.key(press));
    view! {
        <section class="payment" data-test="payment">
            <header class="payment-head">
                <h2>{title}</h2>
                <p class="payment-due" data-test="payment-due">{money(paying.amount())}</p>
                <button data-test="pay-back" on:click=move |_| counter.close()>
                    {words::button::BACK}
                    <kbd>{words::button::ESCAPE_KEY}</kbd>
                </button>
            </header>
            <div class="payment-quick">
                <h3>{words::payment::CASH}</h3>
                <Quick paying />
            </div>
            <div class="payment-pad">
                <AmountPad press=move |key| paying.press(key) />
            </div>
            <Given paying />
        </section>
    }
}

/// The exact amount and the usual notes: one touch takes the payment.
#[component]
fn Quick(paying: Paying) -> impl IntoView {
    let due = paying.amount();
    let note = move |euros: i64| {
        let given = Money::from_cents(euros * 100);
        view! {
            <button
                data-test=format!("quick-{euros}")
                disabled=paying.sent
                on:click=move |_| paying.take(given)
            >
                {words::counter::typed_amount(&euros.to_string())}
            </button>
        }
    };
    view! {
        <button
            class="primary"
            data-test="quick-exact"
            disabled=paying.sent
            on:click=move |_| paying.take(due)
        >
            {words::payment::exactly(due)}
        </button>
        {notes(due).into_iter().map(note).collect_view()}
    }
}

/// What is given so far, what it leaves, and the button that takes it.
#[component]
fn Given(paying: Paying) -> impl IntoView {
    let due = paying.amount();
    let given = move || {
        paying.typed.with(|typed| match typed.as_str() {
            "" => words::payment::GIVEN_EXACTLY.to_owned(),
            typed => words::counter::typed_amount(typed),
        })
    };
    let short = move || paying.given() < due;
    let leaves = move || words::payment::leaves(due, paying.given());
    view! {
        <div class="payment-given">
            <p>
                <small>{words::payment::GIVEN}</small>
                <b data-test="payment-given">{given}</b>
            </p>
            <p class="payment-change" class:short=short data-test="payment-change">{leaves}</p>
            <button
                class="primary"
                data-test="pay-confirm"
                disabled=move || short() || paying.sent.get()
                on:click=move |_| paying.take(paying.given())
            >
                {words::counter::take(due)}
                <kbd>{words::button::ENTER_KEY}</kbd>
            </button>
        </div>
    }
}

/// Sums that are handed over for an amount: up to the next 5, 10, 20, 50 and 100 euros.
fn notes(due: Money) -> Vec<i64> {
    let up_to = |euros: i64| due.cents().div_euclid(euros * 100) * euros + euros;
    let mut notes: Vec<_> = [5, 10, 20, 50, 100]
        .into_iter()
        .map(
            |euros| if due.cents() % (euros * 100) == 0 { due.cents() / 100 } else { up_to(euros) },
        )
        .filter(|euros| euros * 100 > due.cents())
        .collect();
    notes.sort_unstable();
    notes.dedup();
    notes.truncate(5);
    notes
}

/// What a key of the pad makes of the amount.
fn edit(typed: &mut String, key: PadKey) {
    let (euros, cents) = match typed.split_once(',') {
        Some((euros, cents)) => (euros.len(), Some(cents.len())),
        None => (typed.len(), None),
    };
    let room = cents.map_or(LONGEST - euros.min(LONGEST), |cents| 2 - cents.min(2));
    match key {
        PadKey::Digit(digit) if room >= 1 => typed.push(digit),
        PadKey::DoubleZero if room >= 2 => typed.push_str("00"),
        PadKey::Comma if cents.is_none() => typed.push_str(if euros == 0 { "0," } else { "," }),
        PadKey::Back if typed.pop().is_some() => {}
        PadKey::Digit(_) | PadKey::DoubleZero | PadKey::Comma | PadKey::Back => {}
    }
}

/// The amount that was typed; `None` where nothing was.
fn parse(typed: &str) -> Option<Money> {
    let (euros, cents) = typed.split_once(',').unwrap_or((typed, ""));
    let euros: i64 = euros.parse().ok()?;
    let cents: i64 = format!("{cents:0<2}").parse().ok()?;
    Some(Money::from_cents(euros * 100 + cents))
}

#[cfg(test)]
mod tests {
    use super::{PadKey, edit, notes, parse};
    use fiscal::Money;

    #[test]
    fn notes_are_what_a_customer_has_in_hand() {
        for (due, expected) in [
            (2_340, vec![25, 30, 40, 50, 100]),
            (250, vec![5, 10, 20, 50, 100]),
            (2_000, vec![50, 100]),
            (10_250, vec![105, 110, 120, 150, 200]),
        ] {
            assert_eq!(notes(Money::from_cents(due)), expected, "{due}");
        }
    }

    #[test]
    fn an_amount_is_typed_in_euros() {
        for (keys, shown, cents) in [
            ("20", "20", Some(2_000)),
            ("23,4", "23,4", Some(2_340)),
            ("23,456", "23,45", Some(2_345)),
            (",5", "0,5", Some(50)),
            ("1,,2", "1,2", Some(120)),
            ("12<<", "", None),
            ("9999999", "999999", Some(99_999_900)),
        ] {
            let mut typed = String::new();
            for key in keys.chars() {
                edit(
                    &mut typed,
                    match key {
                        ',' => PadKey::Comma,
                        '<' => PadKey::Back,
                        digit => PadKey::Digit(digit),
                    },
                );
            }
            assert_eq!(typed, shown);
            assert_eq!(parse(&typed).map(Money::cents), cents);
        }
    }
}
