//! What can be asked without changing anything: one snapshot of the file per question, on a
//! connection that never waits for the writer.

mod books;
pub(crate) mod day;
mod histories;
mod mesh;
mod tickets;

use crate::clock::{Clock, Zone};
use crate::commands::{self, PEERS};
use crate::error::Error;
use crate::print;
use crate::print::document::{Align, Document};
use crate::print::layout::{self, Paper, Printed};
use crate::receipt_of;
use crate::shared::{Shared, State};
use crate::store::{
    self, Reader, StoreError, alarms, cards, early, ended, publications, settings, witnesses,
};
use crate::views::{self, Desk, Menus};
use domain::staff::{Operator, Role};
use domain::stock::Availability;
use domain::typed;
use pos_api::{
    Answer, CatchingUp, Code, EchoItem, EchoView, Enrolled, Failure, KitchenCause, OperatorView,
    PeerAddress, PrintJobView, PrinterCause, PrinterLine, PrinterView, Query, ReceiptView, Safety,
    SafetyView, ServerState, SessionView, SettingsView, words,
};
use rusqlite::Transaction;
use std::sync::Arc;

/// For how long a job that left unconfirmed is shown.
const UNCONFIRMED_SHOWN_MS: i64 = 10 * 60_000;

/// After how long without an answer a kitchen PC is said to be silent.
const SILENT_AFTER_MS: i64 = 10_000;

/// What answers queries.
pub struct Window {
    reader: Reader,
    clock: Arc<dyn Clock>,
    shared: Arc<Shared>,
    menus: Menus,
}

impl Window {
    /// Opens a reading side of its own on the workstation's file.
    ///
    /// # Errors
    ///
    /// Whatever SQLite says.
    pub fn open(workstation: &crate::Workstation) -> Result<Self, StoreError> {
        Ok(Self {
            reader: workstation.store.reader()?,
            clock: Arc::clone(&workstation.clock),
            shared: workstation.shared(),
            menus: Menus::default(),
        })
    }

    /// Answers a question.
    ///
    /// # Errors
    ///
    /// [`Failure`].
    pub fn ask(&mut self, query: Query) -> Result<Answer, Failure> {
        let now_ms = self.clock.now_ms();
        let state = self.shared.read(Clone::clone);
        let menus = &mut self.menus;
        let answer = self.reader.read(|tx| {
            let zone = zone(tx)?;
            let desk = Desk { tx, zone: &zone, now_ms, menus };
            answer(desk, &state, query)
        });
        answer.map_err(|error: Error| {
            if error.is_damage() {
                self.shared.change(|state| state.safe.suspected = true);
            }
            error.into_failure(format!("Q{now_ms}"))
        })
    }
}

fn zone(tx: &Transaction<'_>) -> Result<Zone, StoreError> {
    let shop = publications::shop(tx)?;
    Ok(Zone::named(shop.as_ref().map_or("Europe/Paris", |shop| &shop.timezone)))
}

fn answer(mut desk: Desk<'_>, state: &State, query: Query) -> Result<Answer, Error> {
    match query {
        Query::Session => Ok(Answer::Session(session(&mut desk, state)?)),
        Query::Menu => {
            let menu = desk.menus.in_force(desk.tx)?.map(|(_, menu)| menu.as_ref().clone());
            Ok(Answer::Menu(menu))
        }
        Query::Basket => Ok(Answer::Basket(desk.basket()?)),
        Query::Echo { text, cursor } => Ok(Answer::Echo(echo(&mut desk, &text, cursor)?)),
        Query::Price { item } => {
            let menu = desk.basket_menu()?.ok_or(Code::NoMenu)?;
            Ok(Answer::Price(views::price(&item, &menu)))
        }
        Query::Orders => Ok(Answer::Orders(desk.orders()?)),
        Query::Order { order } => {
            let card = desk.order(order)?.ok_or(Code::NoSuchOrder)?;
            Ok(Answer::Order(Box::new(card)))
        }
        Query::Kitchen => Ok(Answer::Kitchen(desk.kitchen(state.can_undo)?)),
        Query::Safety => Ok(Answer::Safety(safety(&desk, state)?)),
        Query::Customers { text } => {
            let cards = cards::search(desk.tx, &text)?;
            Ok(Answer::Customers(cards.iter().filter_map(views::customer_view).collect()))
        }
        Query::PrintJobs => Ok(Answer::PrintJobs(print_jobs(&desk)?)),
        Query::Printers => Ok(Answer::Printers(printers(&desk, state)?)),
        Query::Receipt { ticket } => {
            let (_, found) = store::tickets::find(desk.tx, &ticket)?.ok_or(Code::NoSuchTicket)?;
            let document = print::receipt::document(&receipt_of::ticket(&found)?);
            Ok(Answer::Receipt(ReceiptView { ticket, paper: paper(&document) }))
        }
        Query::Settings => Ok(Answer::Settings(settings_view(&desk, state)?)),
        Query::Day => Ok(Answer::Day(Box::new(day::day(&desk, state)?))),
        Query::Closing { number } => {
            Ok(Answer::Closing(Box::new(day::closing_of(&desk, &number)?)))
        }
        Query::Tickets { text, date } => {
            Ok(Answer::Tickets(tickets::list(&desk, &text, date.as_deref())?))
        }
        Query::Ticket { number } => Ok(Answer::Ticket(Box::new(tickets::one(&desk, &number)?))),
        Query::About => Ok(Answer::About(books::about(&desk)?)),
        Query::Archives => Ok(Answer::Archives(books::archives(&desk)?)),
        Query::Alarms => Ok(Answer::Alarms(books::alarms(&desk)?)),
        Query::Mesh(query) => Ok(Answer::Mesh(mesh::answer(&desk, state, query)?)),
    }
}

fn session(desk: &mut Desk<'_>, state: &State) -> Result<SessionView, StoreError> {
    let shop = publications::shop(desk.tx)?;
    let local = desk.zone.moment(desk.now_ms).local();
    let mut operators: Vec<OperatorView> = publications::staff(desk.tx)?
        .map_or_else(Vec::new, |staff| staff.operators)
        .iter()
        .map(operator_view)
        .collect();
    operators.sort_by(|a, b| a.name.cmp(&b.name));
    let training = settings::training(desk.tx)?;
    Ok(SessionView {
        enrolled: settings::identity(desk.tx)?.map(|identity| Enrolled {
            shop_name: shop.map_or_else(String::new, |shop| shop.name),
            shop: identity.shop,
            label: identity.label,
            role: identity.role,
            listens: state.listens.clone(),
        }),
        operators,
        operator: state.operator.as_ref().map(operator_view),
        has_menu: desk.menus.in_force(desk.tx)?.is_some(),
        clock: desk.zone.hour_minute(desk.now_ms),
        date: local.date().iso(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        training: training.is_some(),
        supervisor: training.map(|it| it.name),
    })
}

fn operator_view(operator: &Operator) -> OperatorView {
    OperatorView {
        code: operator.code.to_string(),
        name: operator.name.clone(),
        manager: operator.role == Role::Manager,
    }
}

fn echo(desk: &mut Desk<'_>, text: &str, cursor: Option<usize>) -> Result<EchoView, Error> {
    let menu = desk.basket_menu()?.ok_or(Code::NoMenu)?;
    let echo = typed::read(text, cursor, &menu, &Availability::default());
    let ready = echo.is_ready();
    let items: Vec<EchoItem> = echo
        .items
        .into_iter()
        .map(|item| EchoItem {
            quantity: u32::from(item.quantity),
            label: words::label(&item.configured, &menu),
            details: words::details(&item.configured, &menu),
            unit: item.made.as_ref().ok().map(|made| made.sum.price),
            refused: item.made.err(),
        })
        .collect();
    let total = items.iter().filter_map(|item| Some(item.unit?.times(item.quantity))).sum();
    let promise = echo.when.and_then(|when| match when {
        typed::When::At { hour, minute } => desk.zone.next_at(desk.now_ms, hour, minute),
        typed::When::InMinutes(minutes) => Some(desk.now_ms + i64::from(minutes) * 60_000),
    });
    Ok(EchoView {
        items,
        promise: promise.map(|at_ms| desk.zone.hour_minute(at_ms)),
        mode: echo.mode,
        words: echo.words,
        problems: echo.problems,
        ready,
        total,
    })
}

/// A document as lines of text of 80 mm paper.
fn paper(document: &Document) -> Vec<String> {
    let paper = Paper::default();
    let width = paper.columns.count();
    let mut lines = Vec::new();
    for printed in layout::lay_out(document, paper) {
        match printed {
            Printed::Line { text, align, .. } => lines.push(match align {
                Align::Left => text,
                Align::Centre => format!("{text:^width$}").trim_end().to_owned(),
                Align::Right => format!("{text:>width$}"),
            }),
            Printed::Feed { lines: blank } => {
                lines.extend((0..blank).map(|_| String::new()));
            }
            Printed::Qr { data } => lines.push(data),
            Printed::Cut | Printed::Drawer => {}
        }
    }
    lines
}

/// How safe the shop is, worst first.
fn safety(desk: &Desk<'_>, state: &State) -> Result<SafetyView, StoreError> {
    let alone = witnesses::alone(desk.tx)?;
    let forks = alarms::forks(desk.tx)?;
    let server = server(desk, state)?;
    let members = publications::members(desk.tx)?;
    let own = settings::identity(desk.tx)?;
    let own_key = own.as_ref().map(|identity| identity.key.public_key());
    let mut kitchens = Vec::new();
    for member in members.iter().filter(|member| member.role == pos_api::Role::Kitchen) {
        // From one that was declared dead nobody expects an answer.
        let counts =
            Some(member.public_key) != own_key && ended::of(desk.tx, &member.public_key)?.is_none();
        if counts {
            kitchens.push((member.label.clone(), kitchen(desk, state, &member.public_key)));
        }
    }
    let is_till = own.is_some_and(|identity| identity.role == pos_api::Role::Till);
    let silent = kitchens.iter().map(|(_, cause)| cause).find(|it| **it != KitchenCause::Fine);
    let printer = printer_worst_off(state);
    let catching_up = catching_up(desk.tx)?;
    // What can be mended now comes before a fork, which stays known until somebody has looked.
    let worst = if 0 < alone {
        Safety::AloneHere { records: alone }
    } else if let Some(cause) = silent.filter(|_| is_till) {
        Safety::Kitchen(cause.clone())
    } else if let PrinterView::Stopped(cause) = printer {
        Safety::Printer(cause)
    } else if 0 < forks || server == ServerState::Refused {
        Safety::Fork
    } else if let Some(catching_up) = catching_up {
        Safety::CatchingUp(catching_up)
    } else if let ServerState::Offline { seconds, .. } = server {
        Safety::Offline { seconds }
    } else {
        Safety::Safe
    };
    let anchored = state.anchored;
    let drill_left_s = drill_left_s(state);
    Ok(SafetyView {
        worst,
        alone,
        server,
        kitchens,
        printer,
        forks,
        anchored,
        catching_up,
        drill_left_s,
    })
}

/// Seconds that are left of the drill that is on.
fn drill_left_s(state: &State) -> Option<u32> {
    state.drill.as_ref().map(crate::drill::Drill::left_s).filter(|left| 0 < *left)
}

fn catching_up(tx: &Transaction<'_>) -> Result<Option<CatchingUp>, StoreError> {
    let far = early::catching_up(tx)?;
    Ok(far.map(|(held, of)| CatchingUp { held, of }))
}

fn server(desk: &Desk<'_>, state: &State) -> Result<ServerState, StoreError> {
    let centre = settings::centre(desk.tx)?;
    let Some(centre) = centre else {
        return Ok(ServerState::None);
    };
    let records = witnesses::not_held_by(desk.tx, &centre.key)?;
    let link = state.centre;
    if link.refused {
        return Ok(ServerState::Refused);
    }
    let silent_since_ms = match (link.silent_since_ms, link.answered_ms) {
        (Some(since_ms), _) => Some(since_ms),
        (None, Some(_)) => None,
        (None, None) => Some(desk.now_ms),
    };
    Ok(match silent_since_ms {
        Some(since_ms) => {
            ServerState::Offline { seconds: seconds(desk.now_ms - since_ms), records }
        }
        None if 0 < records => ServerState::Behind { records },
        None => ServerState::UpToDate,
    })
}

fn kitchen(desk: &Desk<'_>, state: &State, key: &journal::PublicKey) -> KitchenCause {
    match state.peers.get(key).and_then(|link| link.answered_ms) {
        None => KitchenCause::None,
        Some(answered_ms) if desk.now_ms - answered_ms < SILENT_AFTER_MS => KitchenCause::Fine,
        Some(answered_ms) => KitchenCause::Silent { seconds: seconds(desk.now_ms - answered_ms) },
    }
}

fn seconds(ms: i64) -> u32 {
    u32::try_from(ms.max(0) / 1_000).unwrap_or(u32::MAX)
}

fn print_jobs(desk: &Desk<'_>) -> Result<Vec<PrintJobView>, StoreError> {
    let shown_since_ms = desk.now_ms - UNCONFIRMED_SHOWN_MS;
    let jobs = print::store::open(desk.tx, shown_since_ms)?;
    Ok(jobs
        .into_iter()
        .map(|job| PrintJobView {
            job: job.id.0,
            printer: job.printer,
            ticket: job.reference,
            asked: desk.zone.hour_minute(job.created_ms),
            unsure: job.state == print::job::JobState::Unsure,
            unconfirmed: job.state == print::job::JobState::Unconfirmed,
            cause: job.last_cause.map(printer_cause),
        })
        .collect())
}

/// The printer that needs somebody, the first by name; else one that answers, else any.
fn printer_worst_off(state: &State) -> PrinterView {
    let rank = |view: &PrinterView| match view {
        PrinterView::Stopped(_) => 0,
        PrinterView::Unknown => 1,
        PrinterView::Ready => 2,
        PrinterView::Unheard => 3,
        PrinterView::None => 4,
    };
    let views = state.printers.values().map(|stands| &stands.view);
    views.min_by_key(|view| rank(view)).cloned().unwrap_or(PrinterView::None)
}

fn printers(desk: &Desk<'_>, state: &State) -> Result<Vec<PrinterLine>, StoreError> {
    let set = commands::printers(desk.tx)?;
    set.into_iter()
        .map(|settings| {
            let stands = state.printers.get(&settings.name);
            Ok(PrinterLine {
                state: stands.map_or(PrinterView::Unknown, |stands| stands.view.clone()),
                paper_low: stands.is_some_and(|stands| stands.paper_low),
                waiting: print::store::waiting(desk.tx, &settings.name)?,
                settings,
            })
        })
        .collect()
}

/// A printer's cause as screens know it.
pub(crate) const fn printer_cause(cause: print::status::Cause) -> PrinterCause {
    use print::status::Cause;
    match cause {
        Cause::CoverOpen => PrinterCause::CoverOpen,
        Cause::NoPaper => PrinterCause::NoPaper,
        Cause::Error | Cause::Unreadable => PrinterCause::Fault,
        Cause::Busy => PrinterCause::Busy,
        Cause::Offline => PrinterCause::Offline,
        Cause::Unreachable => PrinterCause::Unreachable,
        Cause::NoAnswer | Cause::Interrupted => PrinterCause::NoAnswer,
        Cause::Unsupported => PrinterCause::Unsupported,
    }
}

fn settings_view(desk: &Desk<'_>, state: &State) -> Result<SettingsView, StoreError> {
    let centre = settings::centre(desk.tx)?;
    Ok(SettingsView {
        printers: commands::printers(desk.tx)?,
        peers: settings::get::<Vec<PeerAddress>>(desk.tx, PEERS)?.unwrap_or_default(),
        listens: state.listens.clone(),
        server: centre.map(|centre| centre.url),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    })
}
