//! What the till's file says, read without any code of the till's: SQL, a few bytes of CBOR, JSON.

use anyhow::{Context as _, Result, bail, ensure};
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;
use std::path::Path;

/// Kinds of entries (docs/FISCAL.md).
pub(crate) const TICKET: i64 = 16;
/// An invoice.
pub(crate) const INVOICE: i64 = 19;
/// A closing.
pub(crate) const CLOSING: i64 = 20;
/// An event.
pub(crate) const EVENT: i64 = 21;
/// An archive.
pub(crate) const ARCHIVE: i64 = 22;

/// A fiscal document.
#[derive(Clone, Debug)]
pub(crate) struct Raw {
    /// Its journal, in hexadecimal.
    pub(crate) journal: String,
    /// Its place there.
    pub(crate) seq: i64,
    /// Its kind.
    pub(crate) kind: i64,
    /// Its number.
    pub(crate) number: String,
    /// What it says.
    pub(crate) says: Value,
    /// What was signed.
    pub(crate) base: String,
}

impl Raw {
    /// A whole number that it says; 0 where it says nothing.
    pub(crate) fn int(&self, path: &str) -> i64 {
        int(&self.says, path)
    }

    /// A text that it says; empty where it says nothing.
    pub(crate) fn text(&self, path: &str) -> &str {
        text(&self.says, path)
    }

    /// A list that it says.
    pub(crate) fn list(&self, path: &str) -> &[Value] {
        list(&self.says, path)
    }

    /// Whether it was made in training.
    pub(crate) fn is_training(&self) -> bool {
        self.text("/till").starts_with("FACTICE-")
    }
}

/// A whole number in JSON; 0 where there is none.
pub(crate) fn int(value: &Value, path: &str) -> i64 {
    value.pointer(path).and_then(Value::as_i64).unwrap_or(0)
}

/// A text in JSON; empty where there is none.
pub(crate) fn text<'a>(value: &'a Value, path: &str) -> &'a str {
    value.pointer(path).and_then(Value::as_str).unwrap_or_default()
}

/// A list in JSON; empty where there is none.
pub(crate) fn list<'a>(value: &'a Value, path: &str) -> &'a [Value] {
    value.pointer(path).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn open(file: &Path) -> Result<Connection> {
    Ok(Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?)
}

/// How many entries the file holds that are no events.
pub(crate) fn entries_but_events(file: &Path) -> Result<i64> {
    let count = "SELECT count(*) FROM entry WHERE kind <> ?1";
    Ok(open(file)?.query_row(count, [EVENT], |row| row.get(0))?)
}

/// A file that nobody writes to: nothing is put beside it.
fn open_closed(file: &Path) -> Result<Connection> {
    let name = file.to_str().context("a path that is text")?;
    let escaped = name.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
    Ok(Connection::open_with_flags(format!("file:{escaped}?immutable=1"), flags)?)
}

/// Every fiscal document of a file that is closed, journal by journal, in their order.
pub(crate) fn documents(file: &Path) -> Result<Vec<Raw>> {
    let connection = open_closed(file)?;
    let mut statement = connection.prepare(
        "SELECT lower(hex(entry.journal)), entry.seq, kind, body
           FROM entry JOIN body USING (journal, branch, seq)
          WHERE kind BETWEEN 16 AND 22
          ORDER BY entry.journal, entry.seq",
    )?;
    let rows = statement.query_map([], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get::<_, Vec<u8>>(3)?))
    })?;
    let mut documents = Vec::new();
    for row in rows {
        let (journal, seq, kind, body): (String, i64, i64, Vec<u8>) = row?;
        let [number, document, base, _] = four_texts(&body).context("a body")?;
        let says = serde_json::from_str(&document)?;
        documents.push(Raw { journal, seq, kind, number, says, base });
    }
    Ok(documents)
}

/// An array of four texts in CBOR (RFC 8949).
fn four_texts(bytes: &[u8]) -> Result<[String; 4]> {
    let mut rest = bytes.strip_prefix(&[0x84]).context("an array of four")?;
    let mut texts: [String; 4] = Default::default();
    for text in &mut texts {
        let (first, after) = rest.split_first().context("a text")?;
        let (size, long) = match first {
            0x60..=0x77 => (usize::from(first - 0x60), 0),
            0x78 => (number(after, 1)?, 1),
            0x79 => (number(after, 2)?, 2),
            0x7A => (number(after, 4)?, 4),
            _ => bail!("no text"),
        };
        let after = after.get(long..).context("a length")?;
        *text = String::from_utf8(after.get(..size).context("a text")?.to_vec())?;
        rest = after.get(size..).context("a text")?;
    }
    ensure!(rest.is_empty(), "something after the four texts");
    Ok(texts)
}

fn number(bytes: &[u8], count: usize) -> Result<usize> {
    let bytes = bytes.get(..count).context("a length")?;
    Ok(bytes.iter().fold(0, |number, byte| number * 256 + usize::from(*byte)))
}
