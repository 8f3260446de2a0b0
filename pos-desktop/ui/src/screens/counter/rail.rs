//! The places of the counter, and who is there.

use super::{Counter, Place, counter};
use crate::{parts::icon::Padlock, words};
use leptos::prelude::*;
use pos_api::{Command, OrderStage};

/// The rail on the left.
#[component]
pub(crate) fn Rail() -> impl IntoView {
    let counter = counter();
    let operator = move || {
        counter.it.session.with(|it| it.operator.as_ref().map(|who| who.code.clone())).flatten()
    };
    let clock = move || counter.it.session.with(|it| it.clock.clone());
    view! {
        <nav class="rail">
            <To counter place=Place::Sale hook="rail-sale" name=words::counter::SALE key="F1" />
            <To counter place=Place::Orders hook="rail-orders" name=words::counter::ORDERS key="F2" />
            <To counter place=Place::Day hook="rail-day" name=words::day::DAY key="F4" />
            <To counter place=Place::Settings hook="rail-settings" name=words::button::SETTINGS key="F5" />
            <div class="rail-foot">
                <p class="clock" data-test="clock">{clock}</p>
                <p class="rail-operator" data-test="operator">{operator}</p>
                <button
                    data-test="rail-lock"
                    aria-label=words::counter::LOCK
                    on:click=move |_| counter.it.act(Command::SignOut)
                >
                    <Padlock />
                    <small>{words::counter::LEAVE}</small>
                </button>
            </div>
        </nav>
    }
}

/// One place, with its key, and how many orders are open behind it.
#[component]
fn To(
    counter: Counter,
    place: Place,
    hook: &'static str,
    name: &'static str,
    key: &'static str,
) -> impl IntoView {
    let badge = Memo::new(move |_| match place {
        Place::Orders => {
            counter.it.orders.with(|orders| orders.iter().filter(|it| is_open(it.stage)).count())
        }
        // A day that is to be closed, or card payments to be verified.
        Place::Day => counter
            .it
            .day
            .with(|day| usize::from(day.overdue || day.needs_person) + day.to_verify.len()),
        Place::Sale | Place::Settings => None,
    });
    let shown = move || badge.get().filter(|it| *it > 0);
    view! {
        <button
            class="rail-place"
            data-test=hook
            aria-current=move || (counter.place.get() == place).then_some("page")
            on:click=move |_| counter.place.set(place)
        >
            <span>{name}</span>
            <span class="rail-key">
                <small>{key}</small>
                {move || shown().map(|number| view! { <b class="badge">{number}</b> })}
            </span>
        </button>
    }
}

/// Whether somebody still has something to do with an order.
const fn is_open(stage: OrderStage) -> bool {
    match stage {
        OrderStage::Held | OrderStage::Upcoming | OrderStage::Kitchen | OrderStage::Ready => true,
        OrderStage::HandedOver | OrderStage::Cancelled => false,
    }
}
