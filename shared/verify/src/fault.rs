//! What can be wrong with a file beside the entries in it.

use journal::{JournalId, Seq};

/// What is wrong with an archive or a till's file, apart from what its entries say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileFault {
    /// The manifest is missing or cannot be read.
    Manifest,
    /// The manifest's signature is not its key's.
    ManifestSignature,
    /// The manifest is signed by a key that writes no journal of the archive.
    ManifestKey,
    /// A file of the manifest is missing.
    FileMissing(String),
    /// A file is not the one of the manifest.
    FileDiffers(String),
    /// A file is in the archive and not in the manifest.
    FileUnexpected(String),
    /// The header is missing or cannot be read.
    Header,
    /// A line of a journal's file cannot be read, or does not have the place it claims.
    Line {
        /// The file.
        file: String,
        /// The line, from 1.
        line: u64,
    },
    /// The header says other first and last entries than the journal's file has.
    Span(JournalId),
    /// The header says that the journal stands elsewhere than its entries give.
    After(JournalId),
    /// A table says something else than the entries.
    Table(String),
    /// The archive names another archive before it than the one that is here.
    Previous,
    /// The time stamp is not one of the manifest.
    TimeStamp,
    /// SQLite finds the file damaged.
    Damaged(String),
    /// A trigger that keeps entries from being changed is missing or does something else.
    Trigger(&'static str),
    /// A column beside an entry says something else than the entry.
    Column {
        /// The journal.
        journal: JournalId,
        /// The entry.
        seq: Seq,
        /// The column.
        column: &'static str,
    },
    /// The row of a journal or a chain says something else than its entries.
    Row {
        /// The journal.
        journal: JournalId,
        /// The table and its column.
        column: &'static str,
    },
    /// Rows belong to no entry or to no chain.
    Orphans {
        /// Of which table.
        table: &'static str,
        /// How many.
        count: u64,
    },
    /// The table of tickets does not have as many rows as there are tickets.
    TicketRows {
        /// How many rows.
        rows: u64,
        /// How many tickets.
        tickets: u64,
    },
    /// A table that is folded from signed entries does not say what they do.
    Projection {
        /// Which.
        table: &'static str,
        /// In how many rows.
        rows: u64,
    },
}

impl FileFault {
    /// The code: a letter for the matter, and a number. It never changes its meaning.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Manifest => "A01",
            Self::ManifestSignature => "A02",
            Self::ManifestKey => "A03",
            Self::FileMissing(_) => "A04",
            Self::FileDiffers(_) => "A05",
            Self::FileUnexpected(_) => "A06",
            Self::Header => "A07",
            Self::Line { .. } => "A08",
            Self::Span(_) => "A09",
            Self::After(_) => "A10",
            Self::Table(_) => "A11",
            Self::Previous => "A12",
            Self::TimeStamp => "A13",
            Self::Damaged(_) => "S01",
            Self::Trigger(_) => "S02",
            Self::Column { .. } => "S03",
            Self::Row { .. } => "S04",
            Self::Orphans { .. } => "S05",
            Self::TicketRows { .. } => "S06",
            Self::Projection { .. } => "S07",
        }
    }
}

/// Something to know that is not wrong in itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// The archive before the first one is not here.
    PreviousNotHere,
    /// Entries between two archives are not here.
    Gap(JournalId),
    /// A time stamp was checked by openssl.
    TimeStampHolds,
    /// There is a time stamp, and no openssl to check it.
    TimeStampUnchecked,
    /// Entries came from elsewhere that were not believed, and were put aside.
    Parked(u64),
    /// A write-ahead log stands beside the file: it was read with it, in a copy.
    WithLog,
}
