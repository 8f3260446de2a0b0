//! Copies of a till's file: the entries, and everything that is stored beside them.

use crate::fault::{FileFault, Note};
use crate::inspect::Inspection;
use fiscal::replay::Anchor;
use journal::{EntryHash, Header, JournalId, Keep, RawEntry, Seq, Signature};
use rusqlite::{Connection, OpenFlags, Row, named_params};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Why a file is no till's.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// The disk, or what stands for it.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// SQLite cannot read it, or a table is missing.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
}

/// What keeps entries from being changed: the trigger, what it is about, and what it stops.
const TRIGGERS: [(&str, &str, &str); 18] = [
    ("entry_is_never_changed", "entry", "BEFORE UPDATE ON entry"),
    ("entry_is_never_deleted", "entry", "BEFORE DELETE ON entry"),
    ("body_is_never_changed", "body", "BEFORE UPDATE ON body"),
    ("body_is_kept", "body", "BEFORE DELETE ON body"),
    ("seal_is_never_changed", "seal", "BEFORE UPDATE ON seal"),
    ("seal_is_never_deleted", "seal", "BEFORE DELETE ON seal"),
    ("chain_only_grows", "chain", "BEFORE UPDATE ON chain"),
    ("chain_is_never_deleted", "chain", "BEFORE DELETE ON chain"),
    ("journal_is_never_deleted", "journal", "BEFORE DELETE ON journal"),
    ("entry_is_never_replaced", "entry", "BEFORE INSERT ON entry"),
    ("body_is_never_replaced", "body", "BEFORE INSERT ON body"),
    ("body_is_of_an_entry", "body", "BEFORE INSERT ON body"),
    ("body_of_a_document_is_kept", "body", "BEFORE DELETE ON body"),
    ("seal_is_never_replaced", "seal", "BEFORE INSERT ON seal"),
    ("chain_is_never_replaced", "chain", "BEFORE INSERT ON chain"),
    ("chain_is_never_renamed", "chain", "BEFORE UPDATE ON chain"),
    ("journal_is_never_replaced", "journal", "BEFORE INSERT ON journal"),
    ("journal_is_never_changed", "journal", "BEFORE UPDATE ON journal"),
];

/// A till's file, open for reading only.
pub struct TillFile {
    connection: Connection,
    name: String,
    /// Where a copy stands that was made for reading; goes with this.
    _copy: Option<TempDir>,
}

/// A chain, as its row says.
struct Chain {
    journal: JournalId,
    branch: Vec<u8>,
    parent: Vec<u8>,
    from: u64,
    tip_seq: u64,
    tip_hash: Vec<u8>,
}

impl TillFile {
    /// Opens a file as it is: nothing is written to it or beside it. Where a write-ahead log stands
    /// beside it, both are copied and read together, for the file alone lacks the last entries.
    ///
    /// # Errors
    ///
    /// [`Unreadable`] where it is not there, or no SQLite file.
    pub fn open(path: &Path, into: &mut Inspection) -> Result<Self, Unreadable> {
        let name = path.display().to_string();
        let log = PathBuf::from(format!("{name}-wal"));
        let has_log = fs::metadata(&log).is_ok_and(|it| 0 < it.len());
        let copy = if has_log { Some(tempfile::tempdir()?) } else { None };
        let flags = OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = if let Some(folder) = &copy {
            let to = folder.path().join("copy.sqlite");
            fs::copy(path, &to)?;
            fs::copy(&log, folder.path().join("copy.sqlite-wal"))?;
            into.note(&name, Note::WithLog);
            Connection::open_with_flags(to, flags | OpenFlags::SQLITE_OPEN_READ_WRITE)?
        } else {
            fs::metadata(path)?;
            let uri = format!("file:{}?immutable=1", escaped(path));
            Connection::open_with_flags(uri, flags | OpenFlags::SQLITE_OPEN_READ_ONLY)?
        };
        connection.execute_batch("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;")?;
        connection.query_row("SELECT count(*) FROM chain", [], |_| Ok(()))?;
        Ok(Self { connection, name, _copy: copy })
    }

    /// Checks every history of every journal in it, and what is stored beside the entries.
    ///
    /// # Errors
    ///
    /// [`Unreadable`] where a table is missing.
    pub fn inspect(&self, into: &mut Inspection) -> Result<(), Unreadable> {
        into.read.push(self.name.clone());
        self.damage(into)?;
        self.triggers(into)?;
        self.orphans(into)?;
        for chain in self.chains()? {
            self.history(&chain, into)?;
        }
        self.journals(into)?;
        self.tickets(into)
    }

    /// What this file knows of the ends of journals, as a witness of another.
    ///
    /// # Errors
    ///
    /// [`Unreadable`].
    pub fn witness(&self, of: &Self, into: &mut Inspection) -> Result<(), Unreadable> {
        for chain in self.chains()?.iter().filter(|it| it.branch.is_empty()) {
            let mut last = None;
            self.entries(&chain.journal, &chain.branch, 0, u64::MAX, |row| {
                let seq: i64 = row.get("seq")?;
                let header: Vec<u8> = row.get("header")?;
                let hash = RawEntry { header, body: None }.hash();
                let theirs = of.hash_at(&chain.journal, seq)?;
                let differs = theirs.is_some_and(|it| it != hash);
                let anchor = Anchor { journal: chain.journal, seq: Seq(number(seq)), hash };
                if differs || row.get::<_, Option<Vec<u8>>>("signature")?.is_some() {
                    last = Some(anchor);
                }
                Ok(!differs)
            })?;
            if let Some(anchor) = last {
                into.anchor(anchor);
            }
        }
        Ok(())
    }

    fn hash_at(&self, journal: &JournalId, seq: i64) -> rusqlite::Result<Option<EntryHash>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT header FROM entry WHERE journal = :journal AND branch = x'' AND seq = :seq",
        )?;
        let mut rows =
            statement.query(named_params! { ":journal": journal.as_bytes(), ":seq": seq })?;
        let Some(row) = rows.next()? else { return Ok(None) };
        Ok(Some(RawEntry { header: row.get("header")?, body: None }.hash()))
    }

    fn damage(&self, into: &mut Inspection) -> Result<(), Unreadable> {
        let mut statement = self.connection.prepare("PRAGMA integrity_check(20)")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let said: String = row.get(0)?;
            if said != "ok" {
                into.wrong(&self.name, FileFault::Damaged(said));
            }
        }
        Ok(())
    }

    fn triggers(&self, into: &mut Inspection) -> Result<(), Unreadable> {
        let mut statement = self.connection.prepare(
            "SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND name = :name AND tbl_name = :table",
        )?;
        for (name, table, stops) in TRIGGERS {
            let mut rows = statement.query(named_params! { ":name": name, ":table": table })?;
            let sql: Option<String> = match rows.next()? {
                Some(row) => row.get(0)?,
                None => None,
            };
            let holds = sql.is_some_and(|sql| sql.contains(stops) && sql.contains("RAISE(ABORT"));
            if !holds {
                into.wrong(&self.name, FileFault::Trigger(name));
            }
        }
        Ok(())
    }

    /// Rows that no chain leads to are in no history, and would be seen by nobody.
    fn orphans(&self, into: &mut Inspection) -> Result<(), Unreadable> {
        for (table, count) in [
            (
                "entry",
                "SELECT count(*)
                   FROM entry LEFT JOIN chain USING (journal, branch)
                  WHERE chain.journal IS NULL OR seq <= from_seq OR tip_seq < seq",
            ),
            (
                "body",
                "SELECT count(*)
                   FROM body LEFT JOIN entry USING (journal, branch, seq)
                  WHERE entry.journal IS NULL",
            ),
            (
                "seal",
                "SELECT count(*)
                   FROM seal LEFT JOIN entry USING (journal, branch, seq)
                  WHERE entry.journal IS NULL",
            ),
            (
                "chain",
                "SELECT count(*)
                   FROM chain LEFT JOIN journal USING (journal)
                  WHERE journal.journal IS NULL",
            ),
            (
                "journal",
                "SELECT count(*)
                   FROM journal LEFT JOIN chain USING (journal)
                  WHERE chain.journal IS NULL",
            ),
        ] {
            let count = number(self.connection.query_row(count, [], |row| row.get(0))?);
            if count != 0 {
                into.wrong(&self.name, FileFault::Orphans { table, count });
            }
        }
        let parked: i64 =
            self.connection.query_row("SELECT count(*) FROM parked", [], |row| row.get(0))?;
        if parked != 0 {
            into.note(&self.name, Note::Parked(number(parked)));
        }
        Ok(())
    }

    fn chains(&self) -> Result<Vec<Chain>, Unreadable> {
        let mut statement = self.connection.prepare(
            "SELECT journal, branch, parent, from_seq, tip_seq, tip_hash
               FROM chain
              ORDER BY journal, length(branch), branch",
        )?;
        let mut rows = statement.query([])?;
        let mut chains = Vec::new();
        while let Some(row) = rows.next()? {
            let journal: Vec<u8> = row.get("journal")?;
            let Ok(journal) = JournalId::try_from(journal.as_slice()) else { continue };
            chains.push(Chain {
                journal,
                branch: row.get("branch")?,
                parent: row.get("parent")?,
                from: number(row.get("from_seq")?),
                tip_seq: number(row.get("tip_seq")?),
                tip_hash: row.get("tip_hash")?,
            });
        }
        Ok(chains)
    }

    /// The whole history that ends with a chain's last entry, from the journal's first on.
    fn history(&self, chain: &Chain, into: &mut Inspection) -> Result<(), Unreadable> {
        let all = self.chains()?;
        let mut stretches = vec![(chain.branch.clone(), chain.from, u64::MAX)];
        let mut parent = chain.parent.clone();
        let (mut through, mut of_branch) = (chain.from, !chain.branch.is_empty());
        let mut seen = BTreeSet::from([chain.branch.clone()]);
        while of_branch && seen.insert(parent.clone()) {
            let is_it = |it: &&Chain| it.journal == chain.journal && it.branch == parent;
            let Some(next) = all.iter().find(is_it) else { break };
            stretches.insert(0, (next.branch.clone(), next.from, through));
            (through, of_branch) = (next.from, !next.branch.is_empty());
            parent = next.parent.clone();
        }
        into.begin(chain.journal, None);
        let mut wrong = Vec::new();
        for (branch, after, through) in &stretches {
            let own = *branch == chain.branch;
            self.entries(&chain.journal, branch, *after, *through, |row| {
                let raw = RawEntry { header: row.get("header")?, body: row.get("body")? };
                let seal: Option<Vec<u8>> = row.get("signature")?;
                // Bytes that are no signature are one that does not hold.
                let seal = seal.map(|it| Signature::from_bytes(&it).unwrap_or(Signature([0; 64])));
                into.entry(&raw, seal.as_ref());
                if own && let Some(column) = other_column(row, &raw)? {
                    wrong.push((number(row.get("seq")?), column));
                }
                Ok(true)
            })?;
        }
        for (seq, column) in wrong {
            let journal = chain.journal;
            into.wrong(&self.name, FileFault::Column { journal, seq: Seq(seq), column });
        }
        let standing = into.replay.standing();
        let ends = standing.is_some_and(|it| {
            it.seq.0 == chain.tip_seq
                && it.hash.is_some_and(|it| it.as_bytes() == chain.tip_hash.as_slice())
        });
        if !ends {
            let (journal, column) = (chain.journal, "chain.tip");
            into.wrong(&self.name, FileFault::Row { journal, column });
        }
        Ok(())
    }

    fn entries(
        &self,
        journal: &JournalId,
        branch: &[u8],
        after: u64,
        through: u64,
        mut each: impl FnMut(&Row<'_>) -> rusqlite::Result<bool>,
    ) -> Result<(), Unreadable> {
        let mut statement = self.connection.prepare_cached(
            "SELECT seq, hash, header, kind, subject, tick, keep, body, signature
               FROM entry
               LEFT JOIN body USING (journal, branch, seq)
               LEFT JOIN seal USING (journal, branch, seq)
              WHERE journal = :journal AND branch = :branch AND :after < seq AND seq <= :through
              ORDER BY seq",
        )?;
        let mut rows = statement.query(named_params! {
            ":journal": journal.as_bytes(),
            ":branch": branch,
            ":after": i64::try_from(after).unwrap_or(i64::MAX),
            ":through": i64::try_from(through).unwrap_or(i64::MAX),
        })?;
        while let Some(row) = rows.next()? {
            if !each(row)? {
                break;
            }
        }
        Ok(())
    }

    /// The row of each journal against its first entry.
    fn journals(&self, into: &mut Inspection) -> Result<(), Unreadable> {
        let mut statement = self.connection.prepare(
            "SELECT journal.journal, public_key, shop, workstation, purpose, body
               FROM journal
               JOIN body ON body.journal = journal.journal AND branch = x'' AND seq = 1",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let journal: Vec<u8> = row.get(0)?;
            let body: Vec<u8> = row.get("body")?;
            let Ok(journal) = JournalId::try_from(journal.as_slice()) else { continue };
            let Some(opening) = journal::Opening::decode(&body) else { continue };
            let purpose = match opening.purpose {
                journal::Purpose::Live => 0,
                journal::Purpose::Training => 1,
                journal::Purpose::Centre => 2,
            };
            for (column, same) in [
                (
                    "journal.public_key",
                    row.get::<_, Vec<u8>>("public_key")? == opening.public_key.as_bytes(),
                ),
                ("journal.shop", row.get::<_, String>("shop")? == opening.shop),
                (
                    "journal.workstation",
                    row.get::<_, String>("workstation")? == opening.workstation,
                ),
                ("journal.purpose", row.get::<_, i64>("purpose")? == purpose),
            ] {
                if !same {
                    into.wrong(&self.name, FileFault::Row { journal, column });
                }
            }
        }
        Ok(())
    }

    fn tickets(&self, into: &mut Inspection) -> Result<(), Unreadable> {
        let rows: i64 =
            self.connection.query_row("SELECT count(*) FROM ticket", [], |row| row.get(0))?;
        let tickets: i64 = self.connection.query_row(
            "SELECT count(*) FROM entry WHERE kind = :kind AND subject IS NOT NULL",
            named_params! { ":kind": fiscal::kind::TICKET.0 },
            |row| row.get(0),
        )?;
        if rows != tickets {
            let (rows, tickets) = (number(rows), number(tickets));
            into.wrong(&self.name, FileFault::TicketRows { rows, tickets });
        }
        Ok(())
    }
}

/// The first column that says something else than the header beside it.
fn other_column(row: &Row<'_>, raw: &RawEntry) -> rusqlite::Result<Option<&'static str>> {
    let Some(header) = Header::decode(&raw.header) else { return Ok(None) };
    let keep = match header.keep {
        Keep::Fiscal => 0,
        Keep::Trace => 1,
        Keep::Operation => 2,
    };
    let subject: Option<Vec<u8>> = row.get("subject")?;
    let same = [
        ("hash", row.get::<_, Vec<u8>>("hash")? == raw.hash().as_bytes()),
        ("seq", number(row.get("seq")?) == header.seq.0),
        ("kind", row.get::<_, i64>("kind")? == i64::from(header.kind.0)),
        ("subject", subject.as_deref() == header.subject.as_ref().map(|it| it.0.as_slice())),
        ("tick", number(row.get("tick")?) == header.tick.0),
        ("keep", row.get::<_, i64>("keep")? == keep),
    ];
    Ok(same.into_iter().find(|(_, same)| !same).map(|(column, _)| column))
}

fn number(sql: i64) -> u64 {
    u64::try_from(sql).unwrap_or(0)
}

/// A path as it stands in a URI.
fn escaped(path: &Path) -> String {
    let path = path.display().to_string().replace('\\', "/");
    path.replace('%', "%25").replace('?', "%3f").replace('#', "%23")
}
