//! The shop's workstations among themselves: who is there, who vouches for whom, what has two
//! histories, what is kept in a second place, and the outage that is made on purpose.

use crate::command::Role;
use crate::payment::Approval;
use fiscal::Money;
use serde::{Deserialize, Serialize};

/// What people do about the shop's workstations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MeshCommand {
    /// On a PC that is not set up, where the centre cannot be asked: asks a workstation of the shop to
    /// vouch for it. Both screens then show the same [`JoinerView::code`].
    AskToJoin {
        /// Where that workstation is, "192.168.1.21:7300"; empty looks for one by itself.
        address: String,
        /// What this PC is for.
        role: Role,
        /// Its label: 1 to 4 letters or digits ("C1").
        label: String,
    },
    /// On a PC that is not set up: asks no more.
    StopAsking,
    /// A manager compared the codes on both screens and lets the new PC in.
    Vouch {
        /// [`JoinerView::joiner`].
        joiner: String,
        /// The manager.
        manager: Approval,
    },
    /// Whoever asks is not let in.
    TurnAway {
        /// [`JoinerView::joiner`].
        joiner: String,
    },
    /// A workstation is dead: its journals end as far as they are held here, its open orders are this
    /// shop's to go on with, and a PC may take its label.
    End {
        /// Its label.
        label: String,
        /// The manager who decides it.
        manager: Approval,
    },
    /// Cuts the internet of this workstation on purpose.
    BeginDrill {
        /// For how many minutes: 1 to 60.
        minutes: u32,
        /// The manager.
        manager: Approval,
    },
    /// Ends the drill before its time.
    EndDrill,
    /// Where the hourly copy of the file goes: a folder on another disk; empty for none but the one
    /// beside the data folder. By a manager.
    SetBackup {
        /// The folder.
        folder: String,
    },
    /// Makes a copy now and reads it back.
    BackUp,
    /// Writes the whole shop as one file that a manager can take away.
    TakeShop {
        /// The folder, or a USB key's.
        folder: String,
    },
}

/// What can be asked about them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MeshQuery {
    /// Every workstation of the shop, and this one.
    Workstations,
    /// Who asks to be let in here; or, on a PC that is not set up, how far its own asking is.
    Joining,
    /// Journals that have two histories or were restored, with what each holds.
    Histories,
    /// The drill that runs, and the reports of those that ran.
    Drills,
    /// The copies of the file.
    Backups,
}

/// What is answered; each variant to the query of its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MeshAnswer {
    /// To [`MeshQuery::Workstations`].
    Workstations(WorkstationsView),
    /// To [`MeshQuery::Joining`].
    Joining(JoiningView),
    /// To [`MeshQuery::Histories`]: newest first.
    Histories(Vec<HistoryView>),
    /// To [`MeshQuery::Drills`].
    Drills(DrillsView),
    /// To [`MeshQuery::Backups`].
    Backups(BackupsView),
}

/// The shop's workstations, as this one sees them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkstationsView {
    /// This one's label.
    pub own: String,
    /// The label of whoever lets others' orders be paid; empty while nobody does.
    pub arbiter: String,
    /// How far this workstation is behind, where it works from a snapshot and reads the rest: « rattrapage ».
    pub catching_up: Option<CatchingUp>,
    /// The others, by label.
    pub others: Vec<WorkstationLine>,
}

/// How far a late joiner is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatchingUp {
    /// Entries that are held.
    pub held: u64,
    /// Entries that there are, as far as anybody said.
    pub of: u64,
}

/// One of the shop's workstations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkstationLine {
    /// Its label.
    pub label: String,
    /// What it is for.
    pub role: Role,
    /// Where it is reached; empty where that is not known.
    pub address: String,
    /// How that is known.
    pub found: Found,
    /// Whether it answers.
    pub answers: bool,
    /// Since when it has not, whole seconds; `None` while it does, or if it never did.
    pub silent_s: Option<u64>,
    /// This workstation's entries that it has not said it holds.
    pub behind: u64,
    /// Somebody in the shop vouched for it, and the centre has not confirmed it yet.
    pub vouched: bool,
    /// When it was declared dead, "2026-11-22 19:12".
    pub ended: Option<String>,
}

/// How an address is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Found {
    /// It is not.
    Nowhere,
    /// It was there last time.
    LastKnown,
    /// It announces itself on the network (mDNS).
    Announced,
    /// A person typed it.
    Typed,
    /// It called here itself.
    Called,
}

/// Who asks to be let in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoiningView {
    /// On a workstation of the shop: those who ask.
    pub joiners: Vec<JoinerView>,
    /// On a PC that is not set up: its own asking.
    pub own: Option<OwnJoining>,
}

/// A new PC that asks to be let in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinerView {
    /// Its public key, hexadecimal.
    pub joiner: String,
    /// The label it would have.
    pub label: String,
    /// What it would be for.
    pub role: Role,
    /// What both screens show: "482 913".
    pub code: String,
    /// The workstation of that label that is still counted among the living: it must be ended first.
    pub label_taken: bool,
}

/// How far a new PC is with its asking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OwnJoining {
    /// Nobody was found yet.
    Looking,
    /// A workstation answers: the code to compare on both screens.
    Asked {
        /// Whose screen the code must be compared with: "C1".
        by: String,
        /// "482 913".
        code: String,
    },
    /// A person turned it away.
    TurnedAway,
}

/// A journal with two histories, or one that was restored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryView {
    /// The alarm, for [`crate::BooksCommand::Acknowledge`].
    pub alarm: i64,
    /// Whose journal it is: "C1".
    pub label: String,
    /// When it was noticed, "2026-11-22 19:12".
    pub time: String,
    /// What happened, as far as it is known.
    pub cause: HistoryCause,
    /// The histories: one where entries were taken back, two and more where the journal forked.
    pub branches: Vec<BranchView>,
    /// Whether the workstation goes on in a new journal.
    pub goes_on: bool,
    /// Who took note; `None` while nobody has.
    pub acknowledged: Option<String>,
}

/// What is known of how a second history came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum HistoryCause {
    /// The disk was set back to an older copy; what was missing was had back from others.
    TakenBack,
    /// The disk was set back to an older copy; what was missing is not here.
    SetBack,
    /// Two programs wrote the same journal: a copied disk.
    Copied,
    /// Two histories, and nothing more is known.
    Forked,
    /// The file that says where the journal ended is gone, or says otherwise.
    AnchorGone,
}

/// One history of a journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BranchView {
    /// The first entry that is this history's alone.
    pub from: u64,
    /// Its last entry.
    pub to: u64,
    /// Tickets among them.
    pub tickets: u32,
    /// What they come to.
    pub total: Money,
    /// When the last entry was written, "2026-11-22 19:12".
    pub until: String,
    /// Whether the centre holds it.
    pub at_centre: bool,
}

/// Outages made on purpose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrillsView {
    /// Seconds that are left of the one that runs.
    pub left_s: Option<u32>,
    /// Those that ran, newest first: at most 20.
    pub reports: Vec<DrillView>,
}

/// What came of a drill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrillView {
    /// When it began, "2026-11-22 15:02".
    pub time: String,
    /// How long it lasted, whole seconds.
    pub seconds: u32,
    /// Who began it: a manager's code.
    pub manager: String,
    /// Tickets that this workstation signed meanwhile.
    pub tickets: u32,
    /// What they come to.
    pub total: Money,
    /// Orders that reached a kitchen meanwhile, of those that were sent.
    pub kitchen_seen: u32,
    /// Orders that were sent to the kitchen meanwhile.
    pub kitchen_sent: u32,
    /// Entries that waited for the centre at the end.
    pub waiting: u64,
    /// Seconds after the end until the centre had them all; `None` while it has not.
    pub level_after_s: Option<u32>,
}

/// The copies of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupsView {
    /// The folder that people chose; empty for none.
    pub folder: String,
    /// The last copy that was made and read back.
    pub last: Option<BackupLine>,
    /// Why the last try failed, where it did.
    pub trouble: Option<BackupTrouble>,
    /// The file at this program's start.
    pub file: FileState,
}

/// A copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupLine {
    /// When, "2026-11-22 19:00".
    pub time: String,
    /// The file.
    pub path: String,
    /// Bytes.
    pub bytes: u64,
    /// Whether every entry in it was checked (nightly), and not the file alone.
    pub verified: bool,
}

/// Why there is no copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum BackupTrouble {
    /// The folder is not there: a key was taken out.
    NoFolder,
    /// The folder is on the same disk as the data.
    SameDisk,
    /// No space is left there.
    Full,
    /// What was written cannot be read back.
    Unreadable,
}

/// What was found of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum FileState {
    /// It is being read through.
    Checking,
    /// Nothing is wrong.
    Sound,
    /// It was damaged; it was set aside, and what the others hold was fetched again.
    Rebuilt,
    /// It is damaged, and nobody answers who could give back what it held.
    Damaged,
}
