//! The day: the drawer, what was sold, what is closed, the books.

mod books;
mod cash;
mod close;
mod closings;
mod correct;
mod credit;
mod open;
mod rooms;
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
use closings::Closings;
use leptos::prelude::*;
use pos_api::{Command, DayCommand, DayView, PaperCommand, Reply};
use rooms::Rooms;
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

/// What of the management is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Room {
    /// Training, archives, exports.
    Books,
    /// The shop's workstations.
    Workstations,
    /// Journals with two histories.
    Histories,
    /// Copies of the file.
    Copies,
    /// The outage that is made on purpose.
    Drill,
}

/// The tabs and the rooms of the last, in their order.
const ORDER: [(Tab, Room); 8] = [
    (Tab::Today, Room::Books),
    (Tab::Tickets, Room::Books),
    (Tab::Closings, Room::Books),
    (Tab::Books, Room::Books),
    (Tab::Books, Room::Workstations),
    (Tab::Books, Room::Histories),
    (Tab::Books, Room::Copies),
    (Tab::Books, Room::Drill),
];

/// What the tabs share.
#[derive(Clone, Copy)]
struct Shared {
    it: Workstation,
    tab: RwSignal<Tab>,
    room: RwSignal<Room>,
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

    /// The tab or room so many after; always `true`.
    fn turn(self, by: usize) -> bool {
        let (tab, room) = (self.tab.get_untracked(), self.room.get_untracked());
        let is_here = |it: &(Tab, Room)| it.0 == tab && (tab != Tab::Books || it.1 == room);
        let now = ORDER.iter().position(is_here).unwrap_or(0);
        if let Some((tab, room)) = ORDER.get((now + by) % ORDER.len()) {
            self.room.set(*room);
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
    let shared = Shared { it, tab: counter.tab, room: counter.room, ticket: RwSignal::new(None) };
    it.ask_day();
    if let Ok(asking) = set_interval_with_handle(move || it.ask_day(), TICK) {
        on_cleanup(move || asking.clear());
    }
    keys::on_key(move |press| match press.key.as_str() {
        "PageDown" => shared.turn(1),
        "PageUp" => shared.turn(ORDER.len() - 1),
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
                Tab::Books => view! { <Rooms shared /> }.into_any(),
            }}
        </div>
    }
}
