//! What a replay can find wrong, each with a code that never changes.

use crate::record::{BrokenRecord, SeriesKind};
use crate::ticket::BrokenTicket;
use alloc::string::String;
use journal::{EntryHash, JournalId, Seq};

/// Something that is not as it was written, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The journal.
    pub journal: JournalId,
    /// The entry's place; `None` where it is about the whole journal.
    pub seq: Option<Seq>,
    /// What is wrong.
    pub what: Fault,
}

/// What is wrong. [`Fault::code`] stands in reports and never changes its meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The header cannot be read.
    Header,
    /// The body is not the one whose hash is in the header.
    Body,
    /// A body is gone that may not be deleted.
    BodyGone,
    /// Entries are missing before this one: from this place on.
    Missing {
        /// The first that is missing.
        from: Seq,
    },
    /// It stands where a later one should: twice, or in another order.
    OutOfOrder,
    /// The entry after it names another hash: it was changed, replaced, or something was put in.
    Altered,
    /// It is of another journal.
    OtherJournal,
    /// Its tick does not rise, or rises further than anybody's could have.
    Tick,
    /// The seal is not the journal key's.
    Seal,
    /// Entries at the end have no seal.
    Unsealed {
        /// How many.
        entries: u64,
    },
    /// The first entry does not open this journal.
    NotOpened,
    /// There is nothing of it.
    Empty,
    /// A fiscal document's entry is marked as one that may be deleted, or its layout is not known.
    NotFiscal,
    /// A ticket is not true in itself.
    Ticket(BrokenTicket),
    /// A document of another series is not true in itself.
    Record(SeriesKind, BrokenRecord),
    /// A ticket is true in itself, and not the next: number, signature before, perpetual totals.
    TicketSeries,
    /// A document is true in itself, and not the next of its series.
    RecordSeries(SeriesKind),
    /// The totals that a journal began with are not those of the journals that it continues.
    Carried,
    /// Amounts add up to more than any shop ever sold.
    Overflow,
    /// A closing does not cover what follows the one before, or says another last hash.
    ClosingSpan,
    /// A closing's days are not numbered one after the other.
    ClosingDay,
    /// A closing's figures are not those of the documents it covers.
    ClosingTally,
    /// A closing's perpetual totals are not those of the tickets.
    ClosingPerpetual,
    /// A closing's first and last ticket are others.
    ClosingTickets,
    /// A day's drawer began with another float than was said when the day began.
    ClosingFloat,
    /// A month is not the sum of its days.
    MonthSum,
    /// A year is not the sum of its months.
    YearSum,
    /// A supplementary closing is not the sum of what it names.
    SupplementarySum,
    /// An archive's turnover is not that of its tickets, or it names another archive before it.
    ArchiveSum,
    /// A document is about another that does not exist.
    NoOriginal {
        /// The number it names.
        number: String,
    },
    /// A document is about another whose content is not what it says.
    OtherContent {
        /// The number it names.
        number: String,
    },
    /// Copies of a document are not numbered 1, 2, 3 …
    CopyNumber {
        /// The number of the original.
        number: String,
    },
    /// More was given back than was sold.
    CreditExceeds {
        /// The number of the original.
        number: String,
    },
    /// An invoice's amounts are not its ticket's.
    InvoiceAmounts {
        /// The number of the ticket.
        number: String,
    },
    /// A later source knows that the journal went on: its end was cut off.
    CutOff {
        /// Where the source knows an entry.
        known: Seq,
    },
    /// A later source knows another entry there.
    AnchorDiffers {
        /// The hash that it knows.
        known: EntryHash,
    },
    /// Two different entries claim this place: the journal was written twice from here on.
    TwoEntries,
    /// Another journal was written with the same key, and neither continues the other.
    SharedKey {
        /// The other.
        other: JournalId,
    },
    /// An archive's state before its first entry is not the one that the entries before it give.
    OtherBefore,
}

impl Fault {
    /// The code: a letter for the matter, and a number.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Header => "J01",
            Self::Body => "J02",
            Self::BodyGone => "J03",
            Self::Missing { .. } => "J04",
            Self::OutOfOrder => "J05",
            Self::Altered => "J06",
            Self::OtherJournal => "J07",
            Self::Tick => "J08",
            Self::Seal => "J09",
            Self::Unsealed { .. } => "J10",
            Self::NotOpened => "J11",
            Self::Empty => "J12",
            Self::NotFiscal => "D01",
            Self::Ticket(_) => "D02",
            Self::Record(..) => "D03",
            Self::TicketSeries => "D04",
            Self::RecordSeries(_) => "D05",
            Self::Carried => "D06",
            Self::Overflow => "D07",
            Self::ClosingSpan => "C01",
            Self::ClosingDay => "C02",
            Self::ClosingTally => "C03",
            Self::ClosingPerpetual => "C04",
            Self::ClosingTickets => "C05",
            Self::ClosingFloat => "C06",
            Self::MonthSum => "C07",
            Self::YearSum => "C08",
            Self::SupplementarySum => "C09",
            Self::ArchiveSum => "C10",
            Self::NoOriginal { .. } => "R01",
            Self::OtherContent { .. } => "R02",
            Self::CopyNumber { .. } => "R03",
            Self::CreditExceeds { .. } => "R04",
            Self::InvoiceAmounts { .. } => "R05",
            Self::CutOff { .. } => "T01",
            Self::AnchorDiffers { .. } => "T02",
            Self::TwoEntries => "T03",
            Self::SharedKey { .. } => "T04",
            Self::OtherBefore => "T05",
        }
    }
}
