//! What the page shows, read in one transaction.

use crate::app::App;
use crate::store::alarm::{self, Alarm};
use crate::store::figures::{self, Seen};
use crate::store::shop;
use fiscal::Money;
use fiscal::time::{DEFAULT_CUT_HOUR, Moment};
use std::collections::BTreeMap;

/// For how long an alarm is shown, in milliseconds: a week.
const ALARM_MS: i64 = 7 * 24 * 60 * 60 * 1_000;
/// A workstation is said to be silent after so long, in milliseconds: it asks for news every 25 s.
const SILENT_MS: i64 = 90 * 1_000;

/// The page's content.
#[derive(Clone, Debug)]
pub(super) struct Board {
    /// Now, in the shops' time zone.
    pub(super) now: Moment,
    /// The shops together.
    pub(super) together: Figures,
    /// Each shop, by code.
    pub(super) shops: Vec<Shop>,
    /// What a person must look at, newest first.
    pub(super) alarms: Vec<(Alarm, Moment)>,
}

/// A shop.
#[derive(Clone, Debug)]
pub(super) struct Shop {
    pub(super) code: String,
    pub(super) name: String,
    pub(super) figures: Figures,
    pub(super) workstations: Vec<Workstation>,
}

/// A workstation, and for how long nothing was heard of it.
#[derive(Clone, Debug)]
pub(super) struct Workstation {
    pub(super) label: String,
    pub(super) is_kitchen: bool,
    pub(super) silence_ms: i64,
    pub(super) is_silent: bool,
}

/// A day's sales.
#[derive(Clone, Debug, Default)]
pub(super) struct Figures {
    pub(super) tickets: i64,
    pub(super) ttc: Money,
    /// The last sale's own time; `None` where nothing was sold.
    pub(super) last_sale: Option<Moment>,
    /// By hour on the wall: tickets and their total.
    pub(super) hours: BTreeMap<u8, (i64, Money)>,
}

impl Figures {
    /// The mean ticket, rounded half up; `None` where nothing was sold.
    pub(super) fn mean(&self) -> Option<Money> {
        let doubled = self.ttc.cents().checked_mul(2)?.checked_add(self.tickets)?;
        doubled.checked_div_euclid(self.tickets.checked_mul(2)?).map(Money::from_cents)
    }

    fn add(&mut self, other: &Self) {
        self.tickets = self.tickets.saturating_add(other.tickets);
        self.ttc += other.ttc;
        self.last_sale = self.last_sale.max(other.last_sale);
        for (hour, (tickets, ttc)) in &other.hours {
            let sum = self.hours.entry(*hour).or_default();
            sum.0 = sum.0.saturating_add(*tickets);
            sum.1 += *ttc;
        }
    }
}

/// Reads the board as it is now.
pub(super) async fn read(app: &App) -> sqlx::Result<Board> {
    let now = app.clock.moment();
    let day = now.business_date(DEFAULT_CUT_HOUR);
    let mut tx = app.store.centre().await?;
    let rows = shop::all(&mut tx).await?;
    let days = figures::of_day(&mut tx, day).await?;
    let hours = figures::by_hour(&mut tx, day).await?;
    let seen = figures::workstations(&mut tx).await?;
    let alarms = alarm::latest(&mut tx, now.utc_ms.saturating_sub(ALARM_MS)).await?;
    drop(tx);

    let mut shops: BTreeMap<String, Shop> = rows
        .into_iter()
        .map(|row| {
            let (figures, workstations) = (Figures::default(), Vec::new());
            (row.code.clone(), Shop { code: row.code, name: row.name, figures, workstations })
        })
        .collect();
    for day in days {
        if let Some(shop) = shops.get_mut(&day.shop) {
            shop.figures.tickets = day.tickets;
            shop.figures.ttc = Money::from_cents(day.ttc_cents);
            shop.figures.last_sale = Some(app.clock.local(day.last_sale_ms));
        }
    }
    for hour in hours {
        if let (Some(shop), Ok(at)) = (shops.get_mut(&hour.shop), u8::try_from(hour.hour)) {
            shop.figures.hours.insert(at, (hour.tickets, Money::from_cents(hour.ttc_cents)));
        }
    }
    for it in seen {
        if let Some(shop) = shops.get_mut(&it.shop) {
            shop.workstations.push(workstation(it, now));
        }
    }
    let shops: Vec<Shop> = shops.into_values().collect();
    let mut together = Figures::default();
    for shop in &shops {
        together.add(&shop.figures);
    }
    let alarms = alarms.into_iter().map(|it| (app.clock.local(it.raised_ms), it));
    Ok(Board { now, together, shops, alarms: alarms.map(|(at, it)| (it, at)).collect() })
}

fn workstation(seen: Seen, now: Moment) -> Workstation {
    let silence_ms = now.utc_ms.saturating_sub(seen.seen_ms).max(0);
    Workstation {
        is_kitchen: seen.role == "kitchen",
        label: seen.label,
        silence_ms,
        is_silent: SILENT_MS <= silence_ms,
    }
}
