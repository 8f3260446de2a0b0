//! What was sold: a list to search in, and one ticket beside it.

use super::{Shared, ticket::Ticket};
use crate::{
    keys,
    parts::icon::LevelSign,
    words::{self, figures, money, tickets},
    workstation::{Feed, match_answer},
};
use fiscal::{Money, ticket::Operation};
use leptos::prelude::*;
use pos_api::{Answer, Query, TicketLine, TicketView};

/// The id of the field to search in.
const SEARCH: &str = "tickets-search";

/// What the list and the ticket beside it share.
#[derive(Clone, Copy)]
pub(super) struct Desk {
    pub(super) shared: Shared,
    pub(super) ticket: Feed<TicketView>,
    lines: Feed<Vec<TicketLine>>,
    text: RwSignal<String>,
    date: RwSignal<String>,
}

impl Desk {
    fn search(self) {
        let text = self.text.get_untracked().trim().to_owned();
        let date = self.date.get_untracked().trim().to_owned();
        self.lines.ask(Query::Tickets { text, date: Some(date).filter(|date| !date.is_empty()) });
    }

    /// Looks at the ticket before or after in the list, the first one first.
    fn step(self, step: fn(usize, usize) -> Option<usize>) {
        let now = self.shared.ticket.get_untracked();
        let next = self.lines.peek(|lines| {
            let at = lines.iter().position(|line| Some(&line.number) == now.as_ref());
            let next = at.map_or(Some(0), |at| step(at, 1));
            next.and_then(|at| lines.get(at)).map(|line| line.number.clone())
        });
        if let Some(Some(number)) = next {
            self.shared.ticket.set(Some(number));
        }
    }

    /// Asks again for the ticket and the list, after something was done about it.
    pub(super) fn refresh(self) {
        if let Some(number) = self.shared.ticket.get_untracked() {
            self.ticket.ask(Query::Ticket { number });
        }
        self.search();
        self.shared.it.ask_day();
    }
}

/// The tab.
#[component]
pub(super) fn Tickets(shared: Shared) -> impl IntoView {
    let desk = Desk {
        shared,
        ticket: Feed::new(shared.it.refusal, |answer| {
            match_answer!(answer, Answer::Ticket).map(|ticket: Box<TicketView>| *ticket)
        }),
        lines: Feed::new(shared.it.refusal, |answer| match_answer!(answer, Answer::Tickets)),
        text: RwSignal::new(String::new()),
        date: RwSignal::new(String::new()),
    };
    Effect::new(move |_| {
        desk.text.track();
        desk.date.track();
        desk.search();
    });
    Effect::new(move |_| {
        desk.ticket.clear();
        if let Some(number) = shared.ticket.get() {
            desk.ticket.ask(Query::Ticket { number });
        }
    });
    keys::on_key(move |press| {
        match press.key.as_str() {
            "ArrowDown" => desk.step(usize::checked_add),
            "ArrowUp" => desk.step(usize::checked_sub),
            _ => return false,
        }
        true
    });
    request_animation_frame(|| keys::focus(SEARCH));
    view! {
        <div class="master">
            <List desk />
            <div class="master-detail">
                {move || match (shared.ticket.get(), desk.ticket.get()) {
                    (None, _) => view! { <p class="empty">{tickets::CHOOSE}</p> }.into_any(),
                    (Some(_), None) => view! { <p class="waiting">{tickets::WAITING}</p> }.into_any(),
                    (Some(_), Some(ticket)) => view! { <Ticket desk ticket /> }.into_any(),
                }}
            </div>
        </div>
    }
}

#[component]
fn List(desk: Desk) -> impl IntoView {
    let lines = move || desk.lines.get().unwrap_or_default();
    let empty = move || desk.lines.with(Vec::is_empty);
    view! {
        <div class="master-list" data-test="tickets">
            <div class="ticket-search">
                <label class="field">
                    {tickets::SEARCH}
                    <input id=SEARCH data-test="tickets-search" placeholder="042" bind:value=desk.text />
                </label>
                <label class="field">
                    {tickets::ON}
                    <input data-test="tickets-date" placeholder="2026-11-21" bind:value=desk.date />
                </label>
            </div>
            <For each=lines key=|line| line.clone().number let:line>
                <Line desk line />
            </For>
            <Show when=move || empty() == Some(true)>
                <p class="empty" data-test="tickets-none">{tickets::NONE}</p>
            </Show>
            <Show when=move || empty().is_none()>
                <p class="waiting">{tickets::WAITING}</p>
            </Show>
        </div>
    }
}

#[component]
fn Line(desk: Desk, line: TicketLine) -> impl IntoView {
    let (this, number, said) = (line.number.clone(), line.number.clone(), line.number.clone());
    let (total, negative) = (line.total, line.total.is_negative());
    let title = format!("{} · {}", line.order, words::moment(&line.time));
    let chosen = desk.shared.ticket;
    let means: Vec<_> = line.means.iter().map(|it| figures::means(*it)).collect();
    let what = match line.operation {
        Operation::Sale => means.join(", "),
        other @ (Operation::CreditNote | Operation::PaymentCorrection) => {
            tickets::operation(other).to_owned()
        }
    };
    let below = format!("{said} · {what}");
    let data_number = line.number.clone();
    view! {
        <button
            class="master-line"
            data-test="ticket-line"
            data-number=data_number
            aria-pressed=move || chosen.with(|it| *it == Some(this.clone())).to_string()
            on:click=move |_| chosen.set(Some(number.clone()))
        >
            <b>{title}</b>
            <b class:wrong=negative>{money(total)}</b>
            <small>{below}</small>
            <Marks line />
        </button>
    }
}

/// What is special about a ticket.
#[component]
fn Marks(line: TicketLine) -> impl IntoView {
    let unsure = line.to_verify.then(|| {
        view! {
            <small class="mark-care">
                <LevelSign level="care" />
                {tickets::TO_VERIFY}
            </small>
        }
    });
    let credited = (line.credited != Money::ZERO)
        .then(|| view! { <small class="wrong">{tickets::credited(line.credited)}</small> });
    let invoice = line.invoice.map(|number| view! { <small>{tickets::invoice(&number)}</small> });
    view! { <span class="marks">{unsure} {credited} {invoice}</span> }
}
