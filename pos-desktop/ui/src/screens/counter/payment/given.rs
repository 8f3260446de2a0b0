//! What was given so far, what is given now, and the buttons that take it.

use super::Paying;
use crate::words::{self, money, payment};
use leptos::prelude::*;
use pos_api::{Means, Tender};

/// The payments given so far; a touch takes one away again.
#[component]
pub(super) fn Given(paying: Paying) -> impl IntoView {
    let row = move |(at, tender): (usize, Tender)| {
        view! {
            <li data-test="given-tender" data-means=payment::means_hook(tender.means)>
                <span>{payment::given_by(&tender)}</span>
                <b>{money(tender.given)}</b>
                <button
                    data-test="given-remove"
                    aria-label=payment::TAKE_AWAY
                    disabled=paying.sent
                    on:click=move |_| paying.take_away(at)
                >
                    "×"
                </button>
            </li>
        }
    };
    let rows = move || paying.given.get().into_iter().enumerate().map(row).collect_view();
    view! {
        <Show when=move || paying.given.with(|given| !given.is_empty())>
            <section class="given-list" data-test="given-list">
                <h3>{payment::GIVEN_SO_FAR}</h3>
                <ul>{rows}</ul>
            </section>
        </Show>
    }
}

/// What is given now, what it leaves, and the buttons.
#[component]
pub(super) fn Confirm(paying: Paying) -> impl IntoView {
    let given = move || {
        if paying.typed.is_empty() && paying.means.get() != Means::MealVoucher {
            payment::GIVEN_EXACTLY.to_owned()
        } else if paying.means.get() == Means::MealVoucher {
            money(paying.offered())
        } else {
            paying.typed.shown()
        }
    };
    let wrong = move || paying.offered() < paying.remains() || paying.is_over();
    let part = Memo::new(move |_| paying.is_part());
    let settles = Memo::new(move |_| paying.settles());
    let says = move || {
        if part.get() {
            payment::add(paying.offered())
        } else {
            payment::confirm(paying.means.get(), paying.remains())
        }
    };
    view! {
        <div class="payment-given">
            <p>
                <small>{payment::GIVEN}</small>
                <b data-test="payment-given">{given}</b>
            </p>
            <p class="payment-change" class:short=wrong data-test="payment-change">
                {move || leaves(paying)}
            </p>
            <Show when=move || paying.means.get() == Means::Card>
                <button
                    class="payment-unsure"
                    data-test="card-unsure"
                    disabled=move || !settles.get() && !part.get()
                    on:click=move |_| paying.confirm(true)
                >
                    {payment::UNSURE}
                </button>
            </Show>
            <Show when=move || part.get()>
                <button data-test="pay-add" on:click=move |_| paying.confirm(false)>
                    {says}
                    <kbd>{words::button::ENTER_KEY}</kbd>
                </button>
            </Show>
            <Show when=move || !part.get()>
                <button
                    class="primary"
                    data-test="pay-confirm"
                    disabled=move || !settles.get()
                    on:click=move |_| paying.confirm(false)
                >
                    {says}
                    <kbd>{words::button::ENTER_KEY}</kbd>
                </button>
            </Show>
        </div>
    }
}

/// What is to be given back, is missing, or is too much.
fn leaves(paying: Paying) -> String {
    let (due, offered) = (paying.remains(), paying.offered());
    let over = offered > due;
    match paying.means.get() {
        _ if paying.sent.get() => payment::WAITING.to_owned(),
        Means::Cash => payment::leaves(due, offered),
        Means::MealVoucher if over => payment::no_change(offered - due),
        Means::Card
        | Means::MealVoucher
        | Means::MealVoucherCard
        | Means::Cheque
        | Means::Staff
        | Means::Receivable => match (over, offered < due) {
            (true, _) => payment::at_most(due),
            (false, true) => payment::remains(due - offered),
            (false, false) => payment::COVERED.to_owned(),
        },
    }
}
