//! The sale: the order line, what is in the middle, and the basket.

use super::{
    Middle, basket::Basket, cancel::Cancel, configurator::Configurator, counter,
    customer::Customer, grid::Grid, jobs::JobsOffered, order_line::OrderLine, paid::Paid,
    payment::Payment, promise::Promise,
};
use leptos::prelude::*;

/// The sale.
#[component]
pub(crate) fn Sale() -> impl IntoView {
    let counter = counter();
    view! {
        <div class="sale" data-test="screen-counter">
            <OrderLine />
            <JobsOffered />
            {move || match counter.middle.get() {
                Middle::Grid => view! { <Grid /> }.into_any(),
                Middle::Configure(draft) => view! { <Configurator draft /> }.into_any(),
                Middle::Promise => view! { <Promise /> }.into_any(),
                Middle::Customer => view! { <Customer /> }.into_any(),
                Middle::Cancel(order) => view! { <Cancel order /> }.into_any(),
                Middle::Payment(due) => view! { <Payment due /> }.into_any(),
                Middle::Paid(paid) => view! { <Paid paid /> }.into_any(),
            }}
        </div>
        <Basket />
    }
}
