//! Signed documents other than tickets, each in a numbered and chained series of its own: closings,
//! events, duplicates, provisional documents, invoices, archives.
//!
//! They are made as tickets are: a canonical JSON document, a base string with the document's hash
//! and the signature before, and the journal key's signature of that string. A base string can be
//! made again from its document, which is how [`Record::check`] compares the two.

use crate::base64url;
use crate::jcs;
use crate::ticket::{Base, short_code};
use crate::time::Moment;
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use journal::{JournalId, Kind, MAX_BODY_BYTES, PublicKey, Signature, SigningKey};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// A series of signed documents. Each journal has one of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SeriesKind {
    /// Copies of tickets and invoices printed or sent again.
    Duplicate,
    /// What was shown or printed before payment: provisional documents and notes.
    Provisional,
    /// Invoices made of tickets.
    Invoice,
    /// Days, months and years closed.
    Closing,
    /// The event log (« journal des événements techniques », JET).
    Event,
    /// Archives made.
    Archive,
}

impl SeriesKind {
    /// Every one, in the order of their kinds of entry.
    pub const ALL: [Self; 6] = [
        Self::Duplicate,
        Self::Provisional,
        Self::Invoice,
        Self::Closing,
        Self::Event,
        Self::Archive,
    ];

    /// What base strings begin with, which is also the series' name.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Duplicate => "DU1",
            Self::Provisional => "NO1",
            Self::Invoice => "FA1",
            Self::Closing => "CL1",
            Self::Event => "JE1",
            Self::Archive => "AR1",
        }
    }

    /// What stands before the place in a number: `P01-C1-7K3F-Z000012`.
    #[must_use]
    pub const fn letter(self) -> char {
        match self {
            Self::Duplicate => 'D',
            Self::Provisional => 'N',
            Self::Invoice => 'F',
            Self::Closing => 'Z',
            Self::Event => 'E',
            Self::Archive => 'A',
        }
    }

    /// The kind of journal entry.
    #[must_use]
    pub const fn kind(self) -> Kind {
        match self {
            Self::Duplicate => crate::kind::DUPLICATE,
            Self::Provisional => crate::kind::PROVISIONAL,
            Self::Invoice => crate::kind::INVOICE,
            Self::Closing => crate::kind::CLOSING,
            Self::Event => crate::kind::EVENT,
            Self::Archive => crate::kind::ARCHIVE,
        }
    }

    /// The series whose documents stand in entries of `kind`, if one does.
    #[must_use]
    pub fn of_kind(kind: Kind) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.kind() == kind)
    }
}

/// What every signed document but the ticket says first. In JSON its members stand beside the
/// document's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The layout: [`Document::SCHEMA`].
    pub schema: String,
    /// The document's number.
    pub number: String,
    /// The till: shop and label.
    pub till: String,
    /// The place in the series: 1, 2, 3 … without a gap.
    pub seq: u64,
    /// The code of whoever did it; `AUTO` where the program did it by itself.
    pub operator: String,
    /// The instant, in milliseconds since 1970 UTC.
    pub utc_ms: i64,
    /// Minutes that local time was ahead of UTC.
    pub offset_min: i16,
    /// The local time, ISO 8601 without an offset.
    pub local: String,
}

/// The operator's code where the program acts by itself.
pub const AUTOMATIC: &str = "AUTO";

impl Head {
    /// When.
    #[must_use]
    pub const fn moment(&self) -> Moment {
        Moment { utc_ms: self.utc_ms, offset_min: self.offset_min }
    }
}

/// Who does something, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct By {
    /// The operator's code; [`AUTOMATIC`] for the program itself.
    pub operator: String,
    /// When.
    pub moment: Moment,
}

/// A document of a series: what it says, and which of it stands in its base string.
pub trait Document: Serialize + DeserializeOwned {
    /// The name of the layout.
    const SCHEMA: &'static str;
    /// The series it stands in.
    const SERIES: SeriesKind;

    /// What every document says.
    fn head(&self) -> &Head;

    /// The fields of the base string between the place in the series and the document's hash. None
    /// holds a comma.
    fn signed_fields(&self) -> Vec<String>;

    /// Whether what it says is true in itself: sums, ranges.
    fn adds_up(&self) -> bool;
}

/// A numbered and signed document: the body of a journal entry of one of [`SeriesKind`]'s kinds. It
/// has the layout of a ticket's.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(array)]
pub struct Record {
    /// The number: till, short code of the journal, letter of the series, place in it.
    #[n(0)]
    pub number: String,
    /// The document: canonical JSON.
    #[n(1)]
    pub document: String,
    /// What is signed: `CL1,…`.
    #[n(2)]
    pub base: String,
    /// ECDSA P-256 over SHA-256 of the base string, 64 bytes in base64url: 86 characters.
    #[n(3)]
    pub signature: String,
}

/// What the next document of a series hangs on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// Which.
    pub kind: SeriesKind,
    /// The till: shop code and label, `P01-C1`.
    pub till: String,
    /// Four characters of the journal's id.
    pub code: String,
    /// The next document's place: 1 in an empty series.
    pub next: u64,
    /// The last document's signature.
    pub previous: Option<String>,
}

/// Why a document was not issued.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordRefused {
    /// It does not add up, or an amount is beyond ±(2⁵³ − 1).
    #[error("the document does not add up")]
    Amounts,
    /// A field of the base string holds the comma that separates fields.
    #[error("the field {0:?} of the base string has a comma")]
    CommaInField(String),
    /// The series has no number left.
    #[error("the series has no number left")]
    NumberExhausted,
    /// It would not fit in a journal entry.
    #[error("the document is {bytes} bytes long, more than an entry holds")]
    TooLong {
        /// The length of the body.
        bytes: usize,
    },
}

/// What is wrong with a record that was read back. Where several hold, the first in this order is
/// returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BrokenRecord {
    /// The document is not canonical JSON, to the byte.
    #[error("the document is not canonical JSON")]
    NotCanonical,
    /// The document is JSON and not one of this series.
    #[error("the document is not one of this series")]
    Unreadable,
    /// The record is true in itself, and not the next of its series.
    #[error("the record is not the next of its series")]
    OutOfSeries,
    /// What it says does not add up: sums, or its number and time against its place and instant.
    #[error("what the document says does not add up")]
    Amounts,
    /// The base string is not the document's, or does not carry the signature before.
    #[error("the base string is not the document's")]
    Base,
    /// The signature is not the key's, of the base string.
    #[error("the signature is not the key's")]
    Signature,
}

impl Series {
    /// The empty series of a till, as [`crate::till_name`] names it, in a journal.
    #[must_use]
    pub fn open(kind: SeriesKind, till: &str, journal: &JournalId) -> Self {
        Self { kind, till: till.to_owned(), code: short_code(journal), next: 1, previous: None }
    }

    /// The number of the next document: `P01-C1-7K3F-Z000012`.
    #[must_use]
    pub fn number(&self) -> String {
        format!("{}-{}-{}{:06}", self.till, self.code, self.kind.letter(), self.next)
    }

    /// Makes the next document, signed, and the series that follows it. `make` is given what every
    /// document says first.
    ///
    /// The same series, document and key give the same bytes. It exists once its entry is durable.
    ///
    /// # Errors
    ///
    /// [`RecordRefused`]; then nothing is numbered.
    ///
    /// # Panics
    ///
    /// Where the document is one of another series.
    pub fn issue<D: Document>(
        &self,
        by: &By,
        key: &SigningKey,
        make: impl FnOnce(Head) -> D,
    ) -> Result<(Record, Self), RecordRefused> {
        assert!(self.kind == D::SERIES, "a document is issued in its own series");
        if crate::ticket::LAST_NUMBER < self.next {
            return Err(RecordRefused::NumberExhausted);
        }
        let number = self.number();
        let document = make(Head {
            schema: D::SCHEMA.to_owned(),
            number: number.clone(),
            till: self.till.clone(),
            seq: self.next,
            operator: by.operator.clone(),
            utc_ms: by.moment.utc_ms,
            offset_min: by.moment.offset_min,
            local: by.moment.local().iso(),
        });
        if !document.adds_up() {
            return Err(RecordRefused::Amounts);
        }
        let fields = document.signed_fields();
        if let Some(field) = fields.iter().chain([&self.till]).find(|it| it.contains(',')) {
            return Err(RecordRefused::CommaInField(field.clone()));
        }
        let text = jcs::to_string(&document).map_err(|_| RecordRefused::Amounts)?;
        let base = base(&document, &text, self.previous.as_deref());
        let signature = base64url::encode(&key.sign(base.as_bytes()).0);
        let record = Record { number, document: text, base, signature };
        let bytes = record.encode().len();
        if MAX_BODY_BYTES < bytes {
            return Err(RecordRefused::TooLong { bytes });
        }
        let series = self.moved_on(&record);
        Ok((record, series))
    }

    /// The series after a record that was read back: it must be the next of this one, by number,
    /// place and the signature it carries. Whether it is true in itself is for [`Record::check`].
    ///
    /// # Errors
    ///
    /// [`BrokenRecord::OutOfSeries`].
    pub fn after(&self, record: &Record, head: &Head) -> Result<Self, BrokenRecord> {
        let follows = head.seq == self.next
            && head.till == self.till
            && head.number == self.number()
            && record.number == head.number
            && record.base.ends_with(&carried(self.previous.as_deref()));
        if follows { Ok(self.moved_on(record)) } else { Err(BrokenRecord::OutOfSeries) }
    }

    fn moved_on(&self, record: &Record) -> Self {
        Self {
            next: self.next.saturating_add(1),
            previous: Some(record.signature.clone()),
            ..self.clone()
        }
    }
}

impl Record {
    /// The layout of the body.
    pub const KIND_VERSION: u8 = 1;

    /// The body's bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        minicbor::to_vec(self).expect("memory takes any record")
    }

    /// Reads a body, refusing any other bytes than [`Self::encode`] would have written. Whether
    /// what it says is true is for [`Self::check`].
    #[must_use]
    pub fn decode(body: &[u8]) -> Option<Self> {
        let record: Self = minicbor::decode(body).ok()?;
        (record.encode() == body).then_some(record)
    }

    /// What the document says.
    ///
    /// # Errors
    ///
    /// [`BrokenRecord::NotCanonical`] or [`BrokenRecord::Unreadable`].
    pub fn read<D: Document>(&self) -> Result<D, BrokenRecord> {
        jcs::parse(&self.document).map_err(|_| BrokenRecord::NotCanonical)?;
        let document: D =
            serde_json::from_str(&self.document).map_err(|_| BrokenRecord::Unreadable)?;
        if document.head().schema == D::SCHEMA {
            Ok(document)
        } else {
            Err(BrokenRecord::Unreadable)
        }
    }

    /// Whether the record is what was signed, true in itself, and follows `previous` (the signature
    /// before; `None` for the first of a journal's series); and what it says.
    ///
    /// # Errors
    ///
    /// [`BrokenRecord`]: what is wrong first.
    pub fn check<D: Document>(
        &self,
        key: &PublicKey,
        previous: Option<&str>,
    ) -> Result<D, BrokenRecord> {
        let document: D = self.read()?;
        let head = document.head();
        let place = format!("-{}{:06}", D::SERIES.letter(), head.seq);
        let same = head.number == self.number
            && head.number.starts_with(&head.till)
            && head.number.ends_with(&place)
            && head.local == head.moment().local().iso();
        if !same || !document.adds_up() {
            return Err(BrokenRecord::Amounts);
        }
        if base(&document, &self.document, previous) != self.base {
            return Err(BrokenRecord::Base);
        }
        let signature = base64url::decode(&self.signature).map(Signature);
        let signed = signature.is_some_and(|it| key.verify(self.base.as_bytes(), &it));
        if signed { Ok(document) } else { Err(BrokenRecord::Signature) }
    }

    /// What is printed of the signature: its 3rd, 7th, 13th and 19th character.
    #[must_use]
    pub fn extract(&self) -> String {
        [2, 6, 12, 18].into_iter().filter_map(|place| self.signature.chars().nth(place)).collect()
    }
}

/// `TAG,till,seq,<the document's fields>,<hash of the document>,N|O,<previous signature>`.
fn base<D: Document>(document: &D, text: &str, previous: Option<&str>) -> String {
    let head = document.head();
    let mut base = format!("{},{},{}", D::SERIES.tag(), head.till, head.seq);
    for field in document.signed_fields() {
        base.push(',');
        base.push_str(&field);
    }
    base.push(',');
    base.push_str(&Base::content_hash(text));
    base.push_str(&carried(previous));
    base
}

/// How a base string ends: `,N,` in the first of a series, `,O,` and the signature before in others.
fn carried(previous: Option<&str>) -> String {
    previous.map_or_else(|| ",N,".to_owned(), |previous| format!(",O,{previous}"))
}
