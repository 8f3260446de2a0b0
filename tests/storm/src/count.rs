//! Counting, by SQL, from outside: what the centre and every workstation hold, against what the tills
//! had shown as done.

use crate::ledger::Book;
use crate::pc::Pc;
use crate::postgres::Postgres;
use anyhow::{Context, Result, ensure};
use pos_api::Role;
use postgres::Client;
use rusqlite::{Connection, OpenFlags, Row};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Where each journal ends: by journal and branch, in hexadecimal, the last entry's place and hash.
pub type Ends = BTreeMap<(String, String), (i64, String)>;

/// A workstation's file, opened for reading only.
#[derive(Debug)]
pub struct File(Connection);

impl File {
    /// Opens the file of a workstation that may be running.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn open(path: &Path) -> Result<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let file = Connection::open_with_flags(path, flags)
            .with_context(|| format!("open {}", path.display()))?;
        file.busy_timeout(std::time::Duration::from_secs(5))?;
        Ok(Self(file))
    }

    fn rows<T>(&self, sql: &str, read: impl Fn(&Row<'_>) -> rusqlite::Result<T>) -> Result<Vec<T>> {
        let mut statement = self.0.prepare_cached(sql).with_context(|| sql.to_owned())?;
        let rows = statement.query_map([], read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Where the journals end here.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn ends(&self) -> Result<Ends> {
        let rows = self.rows(
            "SELECT lower(hex(journal)), lower(hex(branch)), tip_seq, lower(hex(tip_hash)) FROM chain",
            |row| Ok(((row.get(0)?, row.get(1)?), (row.get(2)?, row.get(3)?))),
        )?;
        Ok(rows.into_iter().collect())
    }

    /// The tickets here, by number, with their totals in cents; of its own journals alone where `own`.
    ///
    /// # Errors
    ///
    /// What SQLite says, or that a number stands twice.
    fn tickets(&self, own: bool) -> Result<BTreeMap<String, i64>> {
        let rows: Vec<(String, i64, bool)> = self.rows(
            "SELECT ticket.number, ticket.total_cents, journal.own
               FROM ticket JOIN journal USING (journal)",
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )?;
        let mut tickets = BTreeMap::new();
        for (number, cents, is_own) in rows {
            if is_own || !own {
                let twice = tickets.insert(number.clone(), cents);
                ensure!(twice.is_none(), "ticket {number} stands twice");
            }
        }
        Ok(tickets)
    }

    fn ticket_entries(&self) -> Result<i64> {
        let count = "SELECT count(*) FROM entry WHERE kind = 16";
        Ok(self.rows(count, |row| row.get::<_, i64>(0))?.into_iter().sum())
    }

    fn orders(&self) -> Result<BTreeSet<String>> {
        let rows = self.rows("SELECT lower(hex(order_id)) FROM shop_order", |row| row.get(0))?;
        Ok(rows.into_iter().collect())
    }

    /// What somebody would have to look at.
    fn alarms(&self) -> Result<Vec<String>> {
        let alarms = "SELECT kind || ': ' || detail FROM alarm
                       UNION ALL SELECT 'parked: ' || why FROM parked";
        self.rows(alarms, |row| row.get(0))
    }
}

/// The centre's database, and the tables of it that are counted.
pub struct Ledgers<'a> {
    postgres: &'a Postgres,
    /// Whether it was ever set back: the centre is to notice, and says so by an alarm.
    set_back: bool,
    /// Kept from one look to the next, until it is found dead.
    client: RefCell<Option<Client>>,
}

/// What the centre holds of a shop.
#[derive(Debug)]
struct Sum {
    numbers: BTreeSet<String>,
    receipts: i64,
    entries: i64,
    counted: i64,
    cents: i64,
}

impl<'a> Ledgers<'a> {
    /// Those of this database, which was set back or never was.
    #[must_use]
    pub const fn of(postgres: &'a Postgres, set_back: bool) -> Self {
        Self { postgres, set_back, client: RefCell::new(None) }
    }

    fn ask<T>(&self, question: impl FnOnce(&mut Client) -> Result<T>) -> Result<T> {
        let mut client = match self.client.take() {
            Some(client) => client,
            None => self.postgres.client()?,
        };
        let answer = question(&mut client)?;
        self.client.replace(Some(client));
        Ok(answer)
    }

    /// Where a shop's journals end at the centre. A branch is one here too, by a number.
    ///
    /// # Errors
    ///
    /// What PostgreSQL says.
    pub fn ends(&self, shop: &str) -> Result<Ends> {
        let rows = self.ask(|client| {
            let rows = client.query(
                "SELECT encode(journal, 'hex'), branch, tip_seq, encode(tip_hash, 'hex')
                   FROM branch WHERE shop = $1",
                &[&shop],
            )?;
            Ok(rows)
        })?;
        let end = |row: &postgres::Row| {
            let branch: i16 = row.get(1);
            let branch = if branch == 0 { String::new() } else { branch.to_string() };
            ((row.get(0), branch), (row.get(2), row.get(3)))
        };
        Ok(rows.iter().map(end).collect())
    }

    fn sum(client: &mut Client, shop: &str) -> Result<Sum> {
        let numbers = client.query("SELECT number FROM receipt WHERE shop = $1", &[&shop])?;
        let entries = "SELECT count(*) FROM entry WHERE shop = $1 AND kind = 16";
        let entries = client.query_one(entries, &[&shop])?;
        let counted = client.query_one(
            "SELECT coalesce(sum(tickets), 0)::bigint, coalesce(sum(ttc_cents), 0)::bigint
               FROM rollup_day WHERE shop = $1",
            &[&shop],
        )?;
        Ok(Sum {
            receipts: i64::try_from(numbers.len())?,
            numbers: numbers.iter().map(|row| row.get(0)).collect(),
            entries: entries.get(0),
            counted: counted.get(0),
            cents: counted.get(1),
        })
    }

    /// What the centre's own counts say of a shop, against its tickets.
    fn check(&self, shop: &str, tickets: &BTreeMap<String, i64>) -> Result<()> {
        let sum = self.ask(|client| Self::sum(client, shop))?;
        let numbers: BTreeSet<String> = tickets.keys().cloned().collect();
        same("the centre", &sum.numbers, &numbers)?;
        let count = i64::try_from(tickets.len())?;
        let cents: i64 = tickets.values().sum();
        ensure!(sum.receipts == count, "the centre has {} receipts of {count}", sum.receipts);
        ensure!(sum.entries == count, "the centre has {} ticket entries of {count}", sum.entries);
        ensure!(sum.counted == count, "the centre counted {} tickets of {count}", sum.counted);
        ensure!(sum.cents == cents, "the centre counted {} cents of {cents}", sum.cents);
        let alarms = self.ask(|client| {
            let alarms = client.query(
                "SELECT what || ' ' || about FROM alarm WHERE shop = $1
                  UNION ALL SELECT 'parked ' || detail FROM parked WHERE shop = $1",
                &[&shop],
            )?;
            Ok(alarms)
        })?;
        let mut alarms: Vec<String> = alarms.iter().map(|row| row.get(0)).collect();
        alarms.retain(|alarm| !(self.set_back && alarm.starts_with("set_back ")));
        ensure!(alarms.is_empty(), "the centre has alarms: {alarms:?}");
        Ok(())
    }
}

/// Whether all PCs of a shop and the centre hold the same entries; what differs, where they do not.
///
/// # Errors
///
/// What SQLite or PostgreSQL says.
pub fn difference(pcs: &[&Pc], shop: &str, ledgers: &Ledgers<'_>) -> Result<Option<String>> {
    let centre = ledgers.ends(shop)?;
    for pc in pcs {
        let here = File::open(&pc.file())?.ends()?;
        if here != centre {
            let more = here.iter().filter(|end| centre.get(end.0) != Some(end.1));
            let less = centre.iter().filter(|end| here.get(end.0) != Some(end.1));
            let short = |end: (&(String, String), &(i64, String))| {
                let journal = end.0.0.get(..6).unwrap_or_default();
                format!("{journal}{} {}", end.0.1, end.1.0)
            };
            let (more, less): (Vec<_>, Vec<_>) =
                (more.map(short).collect(), less.map(short).collect());
            return Ok(Some(format!("{} has {more:?}, the centre {less:?}", pc.name())));
        }
    }
    Ok(None)
}

/// Counts a shop whose PCs and centre are level, against what its tills had shown; answers its tickets
/// and what they come to, in cents. What nobody was told of is known from then on.
///
/// # Errors
///
/// What is lost, doubled, or not to the cent.
pub fn count(
    pcs: &[&Pc],
    shop: &str,
    books: &mut BTreeMap<String, Book>,
    ledgers: &Ledgers<'_>,
) -> Result<(usize, i64)> {
    let mut tickets: BTreeMap<String, i64> = BTreeMap::new();
    let mut unknown_orders = 0;
    for pc in pcs.iter().filter(|pc| pc.badge.role == Role::Till) {
        let own = File::open(&pc.file())?.tickets(true)?;
        let book = books.get_mut(&pc.badge.label).context("a till has a book")?;
        for (number, cents) in &book.tickets {
            let held = own.get(number);
            ensure!(
                held == Some(cents),
                "{number} was shown as {cents} cents, {} holds {held:?}",
                pc.name()
            );
        }
        let unasked = own.len() - book.tickets.len();
        ensure!(
            unasked <= book.unknown_tickets,
            "{} holds {unasked} tickets that nobody was told of, and {} payments were cut off",
            pc.name(),
            book.unknown_tickets
        );
        for (number, cents) in &own {
            let twice = tickets.insert(number.clone(), *cents);
            ensure!(twice.is_none(), "ticket {number} is of two tills");
        }
        unknown_orders += book.unknown_orders;
        book.settle(own);
    }
    let answered: BTreeSet<String> =
        books.values().flat_map(|book| book.orders.iter().map(ToString::to_string)).collect();
    for pc in pcs {
        check_file(pc, &tickets, &answered, unknown_orders)
            .with_context(|| format!("in {}'s file", pc.name()))?;
    }
    ledgers.check(shop, &tickets).with_context(|| format!("of {shop}"))?;
    Ok((tickets.len(), tickets.values().sum()))
}

fn check_file(
    pc: &Pc,
    tickets: &BTreeMap<String, i64>,
    answered: &BTreeSet<String>,
    unknown_orders: usize,
) -> Result<()> {
    let file = File::open(&pc.file())?;
    let held = file.tickets(false)?;
    same(&pc.name(), &held, tickets)?;
    let entries = file.ticket_entries()?;
    ensure!(entries == i64::try_from(tickets.len())?, "{entries} ticket entries");
    let orders = file.orders()?;
    let lost: Vec<_> = answered.difference(&orders).collect();
    ensure!(lost.is_empty(), "orders are lost: {lost:?}");
    let more = orders.len() - answered.len();
    ensure!(more <= unknown_orders, "{more} orders that nobody was told of");
    let alarms = file.alarms()?;
    ensure!(alarms.is_empty(), "alarms: {alarms:?}");
    Ok(())
}

/// Whether two lists of tickets are the same; the first few that are not.
fn same<T: PartialEq + IntoIterator + Clone>(who: &str, held: &T, wanted: &T) -> Result<()>
where
    T::Item: PartialEq + std::fmt::Debug,
{
    if held == wanted {
        return Ok(());
    }
    let held: Vec<_> = held.clone().into_iter().collect();
    let wanted: Vec<_> = wanted.clone().into_iter().collect();
    let lost: Vec<_> = wanted.iter().filter(|it| !held.contains(it)).take(5).collect();
    let more: Vec<_> = held.iter().filter(|it| !wanted.contains(it)).take(5).collect();
    anyhow::bail!("{who} lacks {lost:?} and has {more:?} beside")
}
