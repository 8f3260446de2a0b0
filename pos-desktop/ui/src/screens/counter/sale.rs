//! The sale: the order line, what is in the middle, and the basket.

use super::{
    Middle,
    basket::Basket,
    cancel::{Cancel, CancelLine},
    configurator::Configurator,
    counter,
    customer::Customer,
    discount::Discounted,
    grid::Grid,
    jobs::JobsOffered,
    order_line::OrderLine,
    paid::Paid,
    payment::Payment,
    promise::Promise,
};
use crate::{parts::icon::LevelSign, screens::day::Tab, words};
use leptos::prelude::*;

/// The sale.
#[component]
pub(crate) fn Sale() -> impl IntoView {
    let counter = counter();
    view! {
        <div class="sale" data-test="screen-counter">
            <OrderLine />
            <JobsOffered />
            <Overdue />
            {move || match counter.middle.get() {
                Middle::Grid => view! { <Grid /> }.into_any(),
                Middle::Configure(draft) => view! { <Configurator draft /> }.into_any(),
                Middle::Promise => view! { <Promise /> }.into_any(),
                Middle::Customer => view! { <Customer /> }.into_any(),
                Middle::Cancel(order) => view! { <Cancel order /> }.into_any(),
                Middle::CancelLine(order, line) => view! { <CancelLine order line /> }.into_any(),
                Middle::Discount(line) => view! { <Discounted line /> }.into_any(),
                Middle::Payment(due) => view! { <Payment due /> }.into_any(),
                Middle::Paid(paid) => view! { <Paid paid /> }.into_any(),
            }}
        </div>
        <Basket />
    }
}

/// The day that is to be closed: said over the tiles, and never in the way of a sale.
#[component]
fn Overdue() -> impl IntoView {
    let counter = counter();
    let overdue = Memo::new(move |_| counter.it.day.with(|day| day.overdue) == Some(true));
    view! {
        <Show when=move || overdue.get()>
            <div class="overdue" data-test="day-overdue">
                <LevelSign level="care" />
                <p>{words::day::OVERDUE}</p>
                <button data-test="day-overdue-go" on:click=move |_| counter.open_day(Tab::Today)>
                    {words::day::GO}
                </button>
            </div>
        </Show>
    }
}
