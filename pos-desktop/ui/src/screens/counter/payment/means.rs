//! A tab for each means of payment, and what each asks for.

use super::{MEANS, Paying};
use crate::{
    parts::choice::Choice,
    words::{self, money, payment},
};
use fiscal::Money;
use leptos::prelude::*;
use pos_api::{Means, Tender, VOUCHER_ISSUERS};

/// The most vouchers of one face value in a payment.
const MOST_VOUCHERS: u32 = 20;

/// The means as tabs; ← and → turn them.
#[component]
pub(super) fn Tabs(paying: Paying) -> impl IntoView {
    let tab = move |means: Means| {
        view! {
            <button
                data-test=format!("means-{}", payment::means_hook(means))
                aria-pressed=move || (paying.means.get() == means).to_string()
                disabled=paying.sent
                on:click=move |_| paying.choose(means)
            >
                {payment::means(means)}
            </button>
        }
    };
    view! { <div class="payment-means">{MEANS.map(tab).into_iter().collect_view()}</div> }
}

/// What the means of the open tab asks for.
#[component]
pub(super) fn ByMeans(paying: Paying) -> impl IntoView {
    move || match paying.means.get() {
        Means::Cash => view! { <Quick paying /> }.into_any(),
        Means::Card => view! { <Card paying /> }.into_any(),
        Means::MealVoucher => view! { <Vouchers paying /> }.into_any(),
        Means::MealVoucherCard => view! { <VoucherCard paying /> }.into_any(),
        Means::Cheque => view! {
            <p>{payment::CHEQUE_MEANS}</p>
            <Reference paying hint=payment::REFERENCE_CHEQUE />
        }
        .into_any(),
        Means::Staff => view! { <p data-test="staff-means">{payment::STAFF_MEANS}</p> }.into_any(),
        Means::Receivable => {
            view! { <p data-test="later-means">{payment::RECEIVABLE_MEANS}</p> }.into_any()
        }
    }
}

/// The exact amount and the usual notes: one touch takes the payment.
#[component]
fn Quick(paying: Paying) -> impl IntoView {
    let note = move |euros: i64| {
        let given = Money::from_cents(euros * 100);
        view! {
            <button
                data-test=format!("quick-{euros}")
                disabled=paying.sent
                on:click=move |_| paying.take(Tender::cash(given))
            >
                {words::counter::typed_amount(&euros.to_string())}
            </button>
        }
    };
    let exact = move |_| paying.take(Tender::cash(untrack(|| paying.remains())));
    view! {
        <div class="payment-quick">
            <button class="primary" data-test="quick-exact" disabled=paying.sent on:click=exact>
                {move || payment::exactly(paying.remains())}
            </button>
            {move || notes(paying.remains()).into_iter().map(note).collect_view()}
        </div>
    }
}

/// What is typed on the bank's terminal; its answer is told by hand.
#[component]
fn Card(paying: Paying) -> impl IntoView {
    view! {
        <Terminal paying />
        <Reference paying hint=payment::REFERENCE_CARD />
        <p class="quiet-said">{payment::UNSURE_MEANS}</p>
    }
}

#[component]
fn Terminal(paying: Paying) -> impl IntoView {
    let amount = move || money(paying.offered().min(paying.remains()));
    view! {
        <p class="terminal">
            <span>{payment::TERMINAL}</span>
            <b data-test="terminal-amount">{amount}</b>
        </p>
    }
}

/// How many vouchers of which value, and whose.
#[component]
fn Vouchers(paying: Paying) -> impl IntoView {
    let face = move || {
        if paying.typed.is_empty() { payment::FACE_TYPED.to_owned() } else { paying.typed.shown() }
    };
    let step = move |by: i64| {
        paying.vouchers.update(|count| {
            *count = count.saturating_add_signed(i32::try_from(by).unwrap_or(0));
            *count = (*count).clamp(1, MOST_VOUCHERS);
        });
    };
    let lost = move || paying.offered() - paying.remains();
    let over = Memo::new(move |_| lost() > Money::ZERO);
    view! {
        <p class="quiet-said">{payment::VOUCHERS_PAY}</p>
        <div class="voucher-count">
            <span>{payment::HOW_MANY}</span>
            <div class="stepper">
                <button
                    data-test="voucher-less"
                    aria-label=words::button::ONE_LESS
                    on:click=move |_| step(-1)
                >
                    "−"
                </button>
                <b data-test="voucher-number">{paying.vouchers}</b>
                <button
                    data-test="voucher-more"
                    aria-label=words::button::ONE_MORE
                    on:click=move |_| step(1)
                >
                    "+"
                </button>
            </div>
            <span>{payment::FACE}</span>
            <b data-test="voucher-face">{face}</b>
        </div>
        <Issuers paying />
        <Show when=move || over.get()>
            <button
                class="forfeit"
                data-test="voucher-forfeit"
                aria-pressed=move || paying.forfeit.get().to_string()
                on:click=move |_| paying.forfeit.update(|it| *it = !*it)
            >
                {move || payment::forfeit(lost())}
            </button>
        </Show>
    }
}

#[component]
fn VoucherCard(paying: Paying) -> impl IntoView {
    view! {
        <Terminal paying />
        <p class="quiet-said">{payment::VOUCHERS_PAY}</p>
        <Issuers paying />
        <Reference paying hint=payment::REFERENCE_CARD />
    }
}

/// Who issued the vouchers.
#[component]
fn Issuers(paying: Paying) -> impl IntoView {
    let chip = move |name: &'static str| {
        let chosen = Signal::derive(move || paying.issuer.with(|it| it == name));
        view! {
            <Choice hook=issuer_hook(name) chosen choose=move || paying.issuer.set(name.to_owned())>
                {name}
            </Choice>
        }
    };
    view! {
        <h3>{payment::ISSUER}</h3>
        <div class="chips-row">{VOUCHER_ISSUERS.map(chip).into_iter().collect_view()}</div>
    }
}

/// The hook of an issuer's chip.
fn issuer_hook(name: &str) -> String {
    format!("issuer-{}", name.to_lowercase())
}

#[component]
fn Reference(paying: Paying, hint: &'static str) -> impl IntoView {
    view! {
        <label class="field">
            {payment::REFERENCE}
            <input
                data-test="payment-reference"
                maxlength="32"
                placeholder=hint
                spellcheck="false"
                bind:value=paying.reference
            />
        </label>
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

#[cfg(test)]
mod tests {
    use super::notes;
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
}
