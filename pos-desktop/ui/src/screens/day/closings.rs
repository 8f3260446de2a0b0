//! Days, months and years that are closed.

use super::Shared;
use crate::{
    parts::figures::Figures,
    words::{self, day, figures, money},
    workstation::{Feed, match_answer},
};
use leptos::prelude::*;
use pos_api::{Answer, ClosingLine, ClosingView, Query};

/// The tab.
#[component]
pub(super) fn Closings(shared: Shared) -> impl IntoView {
    let chosen = RwSignal::new(None::<String>);
    let closing = Feed::new(shared.it.refusal, |answer| {
        match_answer!(answer, Answer::Closing).map(|closing: Box<ClosingView>| *closing)
    });
    let choose = Callback::new(move |number: String| {
        closing.clear();
        closing.ask(Query::Closing { number: number.clone() });
        chosen.set(Some(number));
    });
    let lines = Memo::new(move |_| shared.day(|day| day.closings.clone()).unwrap_or_default());
    view! {
        <div class="master">
            <div class="master-list" data-test="closings">
                <For each=move || lines.get() key=|line| line.number.clone() let:line>
                    <Line line chosen choose />
                </For>
                <Show when=move || lines.with(Vec::is_empty)>
                    <p class="empty" data-test="closings-none">{day::NO_CLOSINGS}</p>
                </Show>
            </div>
            <div class="master-detail">
                {move || match (chosen.get(), closing.get()) {
                    (None, _) => view! { <p class="empty">{day::CHOOSE_CLOSING}</p> }.into_any(),
                    (Some(_), None) => view! { <p class="waiting">{day::CLOSING_WAITING}</p> }.into_any(),
                    (Some(_), Some(closing)) => view! { <Detail shared closing /> }.into_any(),
                }}
            </div>
        </div>
    }
}

#[component]
fn Line(
    line: ClosingLine,
    chosen: RwSignal<Option<String>>,
    choose: Callback<String>,
) -> impl IntoView {
    let (this, number) = (line.number.clone(), line.number.clone());
    let difference = line.difference.filter(|it| it.cents() != 0).map(|difference| {
        view! { <small class="wrong">{figures::DIFFERENCE}" "{words::difference(difference)}</small> }
    });
    view! {
        <button
            class="master-line"
            data-test="closing-line"
            data-number=line.number
            data-period=line.period.clone()
            aria-pressed=move || chosen.with(|it| *it == Some(this.clone())).to_string()
            on:click=move |_| choose.run(number.clone())
        >
            <b>{words::period(&line.label)}</b>
            <b>{money(line.total)}</b>
            <small>{figures::period(&line.period)}</small>
            {difference}
        </button>
    }
}

#[component]
fn Detail(shared: Shared, closing: ClosingView) -> impl IntoView {
    let number = StoredValue::new(closing.number.clone());
    view! {
        <header class="detail-head">
            <div>
                <h2>{words::period(&closing.label)}</h2>
                <small data-test="closing-number">{number.get_value()}</small>
            </div>
            <button data-test="closing-print" on:click=move |_| shared.print(number.get_value())>
                {day::PRINT}
            </button>
        </header>
        <Figures figures=closing />
    }
}
