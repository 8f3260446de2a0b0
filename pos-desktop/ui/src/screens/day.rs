//! The day: the drawer, what was sold, what is closed, the books.

mod books;
mod cash;
mod close;
mod closings;
mod correct;
mod credit;
mod open;
mod ticket;
mod tickets;
mod today;

use crate::{
    keys,
    parts::choice::Choice,
    screens::counter::counter,
    words,
    workstation::{Workstation, workstation},
};
use books::Books;
use closings::Closings;
use leptos::prelude::*;
use pos_api::{Command, DayCommand, DayView, PaperCommand, Reply};
use std::time::Duration;
use tickets::Tickets;
use today::Today;

/// How often the day is asked for while somebody looks at it.
const TICK: Duration = Duration::from_secs(5);

/// What of the day is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tab {
    /// The day that is open.
    Today,
    /// What was sold.
    Tickets,
    /// Days, months and years that are closed.
    Closings,
    /// What managers do.
    Books,
}

/// The tabs, in their order.
const TABS: [Tab; 4] = [Tab::Today, Tab::Tickets, Tab::Closings, Tab::Books];

/// What the tabs share.
#[derive(Clone, Copy)]
struct Shared {
    it: Workstation,
    tab: RwSignal<Tab>,
    /// The ticket that is looked at.
    ticket: RwSignal<Option<String>>,
}

impl Shared {
    /// What `read` makes of the day, tracked; `None` while it is not known.
    fn day<R>(self, read: impl FnOnce(&DayView) -> R) -> Option<R> {
        self.it.day.with(read)
    }

    /// Has something of the day done; `then` is told the reply, or `None`.
    fn act(self, command: DayCommand, then: impl FnOnce(Option<Reply>) + 'static) {
        let it = self.it;
        it.act_allowed(
            move |approval| Command::Day(allowed(&command, approval)),
            move |reply| {
                it.ask_day();
                then(reply);
            },
        );
    }

    /// Prints a closing; the last X where it has no number.
    fn print(self, closing: String) {
        let it = self.it;
        it.act_then(Command::Paper(PaperCommand::Closing { closing }), move |_| {
            self.say(words::day::PRINTED);
        });
    }

    fn say(self, said: &str) {
        self.it.notice.set(Some(said.to_owned()));
    }

    /// The tab so many after; always `true`.
    fn turn(self, by: usize) -> bool {
        let now = TABS.iter().position(|it| *it == self.tab.get_untracked()).unwrap_or(0);
        if let Some(tab) = TABS.get((now + by) % TABS.len()) {
            self.tab.set(*tab);
        }
        true
    }

    /// Looks at a ticket.
    fn look(self, ticket: String) {
        self.ticket.set(Some(ticket));
        self.tab.set(Tab::Tickets);
    }
}

/// The command as the manager, if one was asked, allows it.
fn allowed(command: &DayCommand, approval: Option<pos_api::Approval>) -> DayCommand {
    match command {
        DayCommand::Cash { amount, reason, .. } => {
            DayCommand::Cash { amount: *amount, reason: *reason, approval }
        }
        DayCommand::Open { .. }
        | DayCommand::OpenDrawer { .. }
        | DayCommand::ReadX
        | DayCommand::Close { .. } => command.clone(),
    }
}

/// The place.
#[component]
pub(crate) fn Day() -> impl IntoView {
    let counter = counter();
    let it = workstation();
    let shared = Shared { it, tab: counter.tab, ticket: RwSignal::new(None) };
    it.ask_day();
    if let Ok(asking) = set_interval_with_handle(move || it.ask_day(), TICK) {
        on_cleanup(move || asking.clear());
    }
    keys::on_key(move |press| match press.key.as_str() {
        "PageDown" => shared.turn(1),
        "PageUp" => shared.turn(TABS.len() - 1),
        _ => false,
    });
    let tab = move |hook: &'static str, this: Tab, name: &'static str| {
        let chosen = Signal::derive(move || shared.tab.get() == this);
        view! { <Choice hook chosen choose=move || shared.tab.set(this)>{name}</Choice> }
    };
    view! {
        <div class="day" data-test="screen-day">
            <nav class="day-tabs">
                {tab("day-tab-today", Tab::Today, words::day::TODAY)}
                {tab("day-tab-tickets", Tab::Tickets, words::day::TICKETS)}
                {tab("day-tab-closings", Tab::Closings, words::day::CLOSINGS)}
                {tab("day-tab-books", Tab::Books, words::day::BOOKS)}
            </nav>
            {move || match shared.tab.get() {
                Tab::Today => view! { <Today shared /> }.into_any(),
                Tab::Tickets => view! { <Tickets shared /> }.into_any(),
                Tab::Closings => view! { <Closings shared /> }.into_any(),
                Tab::Books => view! { <Books shared /> }.into_any(),
            }}
        </div>
    }
}
