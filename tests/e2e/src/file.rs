//! A workstation's database, looked at from outside while the program writes it.

use std::path::Path;

use anyhow::{Context, Result};
use fiscal::ticket::Ticket;
use journal::PublicKey;
use rusqlite::{Connection, OpenFlags};

/// The file's name, in the workstation's folder.
const FILE: &str = "ocpizza.db";

/// The file, opened for reading only.
#[derive(Debug)]
pub struct File(Connection);

/// An entry's place and hash, in lower-case hexadecimal: what two machines that hold it agree on.
pub type Held = (i64, String);

impl File {
    /// Opens the database of the workstation whose folder this is.
    ///
    /// # Errors
    ///
    /// There is none yet.
    pub fn of(folder: &Path) -> Result<Self> {
        let path = folder.join(FILE);
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let file = Connection::open_with_flags(&path, flags)
            .with_context(|| format!("open {}", path.display()))?;
        Ok(Self(file))
    }

    /// What a statement counts.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn count(&self, statement: &str) -> Result<i64> {
        self.0.query_row(statement, [], |row| row.get(0)).with_context(|| statement.to_owned())
    }

    /// The entries that this workstation wrote itself, those of training left out, in order.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn own_entries(&self) -> Result<Vec<Held>> {
        let mut entries = self.0.prepare(
            "SELECT entry.seq, lower(hex(entry.hash))
               FROM entry JOIN journal USING (journal)
              WHERE journal.own = 1 AND journal.purpose = 0
              ORDER BY entry.seq",
        )?;
        let rows = entries.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The journal that this workstation writes outside training, in lower-case hexadecimal.
    ///
    /// # Errors
    ///
    /// It has none yet.
    pub fn own_journal(&self) -> Result<String> {
        let journal = "SELECT lower(hex(journal)) FROM journal WHERE own = 1 AND purpose = 0";
        self.0.query_row(journal, [], |row| row.get(0)).context("no journal of its own")
    }

    /// The tickets that this workstation signed, those of training left out, in order, each checked against the public key of
    /// its journal and the one before it.
    ///
    /// # Errors
    ///
    /// One is not what was signed.
    pub fn tickets(&self) -> Result<Vec<Ticket>> {
        let mut bodies = self.0.prepare(
            "SELECT journal.public_key, body.body
               FROM entry
               JOIN journal USING (journal)
               JOIN body USING (journal, branch, seq)
              WHERE journal.own = 1 AND journal.purpose = 0 AND entry.kind = 16
              ORDER BY entry.seq",
        )?;
        let rows = bodies.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let mut tickets: Vec<Ticket> = Vec::new();
        for row in rows {
            let (key, body): (Vec<u8>, Vec<u8>) = row?;
            let key = PublicKey::from_bytes(&key).context("the journal's key")?;
            let ticket = Ticket::decode(&body).context("not a ticket")?;
            let previous = tickets.last().map(|ticket| ticket.signature.as_str());
            ticket.check(&key, previous).with_context(|| ticket.number.clone())?;
            tickets.push(ticket);
        }
        Ok(tickets)
    }
}
