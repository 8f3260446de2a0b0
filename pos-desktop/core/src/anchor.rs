//! The anchor file: where this workstation's own journals ended, kept outside its file, so that a
//! file that was set back to an older copy is noticed with no network at all.
//!
//! It is text, for the till and for the inspector's program alike:
//!
//! ```text
//! # ocpizza-anchor 1
//! <journal>:<seq>:<hash>
//! # perpetual <journal> <sales less returns> <sales plus returns>
//! # signature <64 bytes>
//! ```
//!
//! Numbers are decimal, amounts in cents, bytes in hexadecimal, journals in order. The last line is the
//! workstation key's signature of all that stands before it, behind [`SIGNED`]. The file is replaced as
//! a whole once what was committed is answered, and not flushed: after a power cut it may be behind, or gone; behind is
//! nothing, gone is told.

use fiscal::Money;
use journal::{EntryHash, JournalId, PublicKey, Seq, Signature, SigningKey, Tip};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// What stands before the text where it is signed: no other signature of the key is taken for one.
const SIGNED: &[u8] = b"ocpizza/anchor/1\0";
const TITLE: &str = "# ocpizza-anchor 1";
const PERPETUAL: &str = "# perpetual ";
const SIGNATURE: &str = "# signature ";
/// The most that is read: a workstation has a handful of journals in its life.
const MAX_BYTES: u64 = 1024 * 1024;

/// Where an own journal ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Its last sealed entry.
    pub tip: Tip,
    /// What its tickets had come to, those of the journals it continues included: sales less returns.
    pub perpetual_algebraic: Money,
    /// Sales plus returns.
    pub perpetual_absolute: Money,
}

/// What was found where the anchor file should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// Where the own journals ended.
    Marks(Vec<Mark>),
    /// There is no file, or no place for one is set.
    Nothing,
    /// It is there and is none of this key's, or is torn.
    Unreadable,
}

/// The file, or that there is to be none.
#[derive(Debug, Default)]
pub struct Anchor {
    path: Option<PathBuf>,
    failing: bool,
}

/// Where the anchor of a data folder is when nothing else is set: beside the folder, not in it.
#[must_use]
pub fn beside(folder: &Path) -> PathBuf {
    let mut name = folder.file_name().unwrap_or_default().to_owned();
    name.push(".anchor");
    folder.with_file_name(name)
}

impl Anchor {
    /// The anchor at a place; `None` where there is to be none.
    #[must_use]
    pub const fn at(path: Option<PathBuf>) -> Self {
        Self { path, failing: false }
    }

    /// Its place.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Whether there is to be one.
    #[must_use]
    pub const fn is_kept(&self) -> bool {
        self.path.is_some()
    }

    /// What is there, if `key` signed it.
    #[must_use]
    pub fn read(&self, key: &PublicKey) -> Found {
        let Some(path) = &self.path else {
            return Found::Nothing;
        };
        let read = fs::metadata(path).and_then(|it| {
            if it.len() <= MAX_BYTES { fs::read_to_string(path) } else { Ok(String::new()) }
        });
        match read {
            Ok(text) => parse(&text, key).map_or(Found::Unreadable, Found::Marks),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Found::Nothing,
            Err(error) => {
                tracing::warn!(%error, path = %path.display(), "the anchor file cannot be read");
                Found::Unreadable
            }
        }
    }

    /// Replaces the file. That it cannot be written stops no sale: it is said in the log, once until it
    /// can be again.
    pub(crate) fn write(&mut self, key: &SigningKey, marks: &[Mark]) {
        let Some(path) = &self.path else {
            return;
        };
        match replace(path, &text(key, marks)) {
            Ok(()) => self.failing = false,
            Err(error) => {
                if !self.failing {
                    tracing::error!(%error, path = %path.display(), "the anchor file is not written");
                }
                self.failing = true;
            }
        }
    }
}

fn replace(path: &Path, text: &str) -> io::Result<()> {
    let mut new = path.as_os_str().to_owned();
    new.push(".new");
    fs::write(&new, text)?;
    fs::rename(&new, path)
}

/// The file's text.
fn text(key: &SigningKey, marks: &[Mark]) -> String {
    let mut text = format!("{TITLE}\n");
    for mark in marks {
        let (tip, journal) = (mark.tip, mark.tip.journal.hex());
        let totals = (mark.perpetual_algebraic.cents(), mark.perpetual_absolute.cents());
        write!(
            text,
            "{journal}:{}:{}\n{PERPETUAL}{journal} {} {}\n",
            tip.seq.0,
            tip.hash.hex(),
            totals.0,
            totals.1
        )
        .expect("a text takes any text");
    }
    let signature = key.sign(&[SIGNED, text.as_bytes()].concat());
    text.push_str(SIGNATURE);
    for byte in signature.as_bytes() {
        write!(text, "{byte:02x}").expect("a text takes any text");
    }
    text.push('\n');
    text
}

/// Reads the text back; `None` where it is not what `key` signed.
fn parse(text: &str, key: &PublicKey) -> Option<Vec<Mark>> {
    let end = text.rfind(SIGNATURE)?;
    let (said, last) = text.split_at(end);
    let digits = last.strip_prefix(SIGNATURE)?.strip_suffix('\n')?;
    let signature = Signature::from_bytes(&from_hex(digits)?)?;
    if !key.verify(&[SIGNED, said.as_bytes()].concat(), &signature) {
        return None;
    }
    let mut lines = said.lines();
    if lines.next()? != TITLE {
        return None;
    }
    let mut marks = Vec::new();
    while let Some(place) = lines.next() {
        let mut fields = place.split(':');
        let journal = JournalId::from_hex(fields.next()?)?;
        let seq = Seq(fields.next()?.parse().ok()?);
        let hash = EntryHash::from_hex(fields.next()?)?;
        let mut totals = lines.next()?.strip_prefix(PERPETUAL)?.split(' ').skip(1);
        marks.push(Mark {
            tip: Tip { journal, seq, hash },
            perpetual_algebraic: Money::from_cents(totals.next()?.parse().ok()?),
            perpetual_absolute: Money::from_cents(totals.next()?.parse().ok()?),
        });
    }
    Some(marks)
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes().chunks_exact(2);
    let is_whole = digits.remainder().is_empty();
    let bytes: Option<Vec<u8>> =
        digits.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect();
    bytes.filter(|_| is_whole)
}
