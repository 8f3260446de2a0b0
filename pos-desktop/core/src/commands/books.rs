//! What managers do with the books.

use crate::books::check::Scope;
use crate::books::{EXPORTS, archive, attestation, check, files, purge};
use crate::error::Error;
use crate::exports::accounts::Plan;
use crate::exports::{Closed, ExportFile, NoExport, Source, fec, remittances, reporting, sales};
use crate::safekeeping::copies::{self, GoOn};
use crate::safekeeping::takeaway;
use crate::store::{StoreError, books, documents, publications, settings};
use crate::workstation::Workstation;
use domain::staff::Operator;
use fiscal::event::{EventCode, data};
use fiscal::ticket::Document;
use fiscal::time::Date;
use pos_api::{BooksCommand, Code, Export, Reply};
use rusqlite::Transaction;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// The setting that holds the shop's account plan, where it has one of its own.
const ACCOUNTS: &str = "accounts";

pub(super) fn begin(workstation: &mut Workstation, command: BooksCommand) -> Result<Begun, Error> {
    let operator = workstation.bookkeeper()?;
    let reply = match command {
        BooksCommand::Archive { folder } => {
            let making = Box::new(archive::begin(workstation)?);
            return Ok(Begun::Long(Long { operator, task: Task::Archive { making, folder } }));
        }
        BooksCommand::Verify => {
            let checking = Box::new(check::begin(workstation, Scope::All)?);
            return Ok(Begun::Long(Long { operator, task: Task::Verify(checking) }));
        }
        BooksCommand::Purge => {
            let count = purge::run(workstation, operator.code.as_str())?;
            Reply::Purged { count }
        }
        BooksCommand::Export { what, from, to } => {
            export(workstation, &operator, what, (&from, &to))?
        }
        BooksCommand::Attestation => attestation::write(workstation)?,
        BooksCommand::Acknowledge { alarm } => {
            workstation.acknowledge(alarm, operator.code.as_str())?;
            Reply::Done
        }
    };
    Ok(Begun::Done(reply))
}

/// What a command is at once: done, or work that takes long and needs no workstation.
#[derive(Debug)]
pub(crate) enum Begun {
    /// It is done.
    Done(Reply),
    /// It is to be worked, and then ended.
    Long(Long),
}

/// Work that takes long, for whoever asked for it.
#[derive(Debug)]
pub(crate) struct Long {
    operator: Operator,
    task: Task,
}

#[derive(Debug)]
enum Task {
    Verify(Box<check::Checking>),
    Archive { making: Box<archive::Making>, folder: Option<String> },
    BackUp(Box<copies::Copying>),
    TakeShop(Box<takeaway::Taking>),
}

/// Long work that was done, and is to be recorded.
#[derive(Debug)]
pub(crate) struct Worked {
    operator: Operator,
    outcome: Outcome,
}

#[derive(Debug)]
enum Outcome {
    Verified(check::Checked),
    Archived { made: Box<archive::Made>, folder: Option<String> },
    BackedUp(copies::Copied),
    Taken(Box<Reply>),
}

impl Long {
    /// Does it, on a reading connection of its own, and calls `step` after each slice of entries.
    ///
    /// # Errors
    ///
    /// As [`check::Checking::work`] and [`archive::Making::work`].
    pub(super) fn work(self, mut step: impl FnMut()) -> Result<Worked, Error> {
        let outcome = match self.task {
            Task::Verify(checking) => Outcome::Verified(checking.work(|_| step())?),
            Task::Archive { making, folder } => {
                let made = making.work_while(|| {
                    step();
                    true
                })?;
                Outcome::Archived { made: Box::new(made.expect("nobody stopped it")), folder }
            }
            Task::BackUp(copying) => {
                let copied = copying.work(&never_stopped())?;
                Outcome::BackedUp(copied.expect("nobody stopped it"))
            }
            Task::TakeShop(taking) => Outcome::Taken(Box::new(taking.work(&never_stopped())?)),
        };
        Ok(Worked { operator: self.operator, outcome })
    }
}

impl Worked {
    /// Records it, and says what came of it. An archive is also copied to where it is wanted: where the
    /// copy alone is refused, the archive stands.
    ///
    /// # Errors
    ///
    /// [`Code::InTraining`] where training began meanwhile; as [`archive::note`], [`archive::copy`]
    /// and [`check::note`].
    pub(super) fn end(self, workstation: &mut Workstation) -> Result<Reply, Error> {
        match &self.outcome {
            Outcome::Verified(_) | Outcome::Archived { .. } => workstation.not_in_training()?,
            Outcome::BackedUp(_) | Outcome::Taken(_) => {}
        }
        let code = self.operator.code.as_str();
        match self.outcome {
            Outcome::Verified(checked) => {
                check::note(workstation, code, &checked)?;
                Ok(Reply::Verified { entries: checked.entries(), findings: checked.sentences() })
            }
            Outcome::Archived { made, folder } => {
                let reply = archive::note(workstation, code, *made)?;
                if let (Some(folder), Reply::File { number, .. }) = (folder, &reply) {
                    archive::copy(workstation, code, number, Path::new(&folder))?;
                }
                Ok(reply)
            }
            Outcome::BackedUp(copied) => {
                copied.tell(workstation);
                copied.reply()
            }
            Outcome::Taken(reply) => {
                let Reply::File { number, .. } = reply.as_ref() else {
                    return Ok(*reply);
                };
                let members = data([("what", TAKEN.into()), ("period", number.clone().into())]);
                workstation.turn(|turn| turn.jet(code, EventCode::FiscalExport, members))?;
                Ok(*reply)
            }
        }
    }
}

/// What the log of events calls the whole shop as one file.
const TAKEN: &str = "MAGASIN";

fn never_stopped() -> GoOn {
    Arc::new(|| true)
}

/// Begins a copy of the file, by a manager.
pub(super) fn back_up(workstation: &mut Workstation) -> Result<Begun, Error> {
    let operator = workstation.manager()?;
    let copying = Box::new(copies::begin(workstation, Some(true))?);
    Ok(Begun::Long(Long { operator, task: Task::BackUp(copying) }))
}

/// Begins to write the whole shop as one file, by a manager.
pub(super) fn take_shop(workstation: &mut Workstation, folder: &str) -> Result<Begun, Error> {
    let operator = workstation.manager()?;
    let taking = Box::new(takeaway::begin(workstation, Path::new(folder.trim()))?);
    Ok(Begun::Long(Long { operator, task: Task::TakeShop(taking) }))
}

fn export(
    workstation: &mut Workstation,
    operator: &Operator,
    what: Export,
    (from, to): (&str, &str),
) -> Result<Reply, Error> {
    let (from, to) = Date::parse(from).zip(Date::parse(to)).ok_or(Code::Period)?;
    if to < from {
        return Err(Code::Period.into());
    }
    let (source, plan) = workstation.store.read(|tx| {
        let plan: Option<Plan> = settings::get(tx, ACCOUNTS)?;
        Ok::<_, Error>((source(tx, from, to)?, plan.unwrap_or_default()))
    })?;
    let (name, files) = match what {
        Export::Fec => ("FEC", fec::file(&source, &plan).map(|file| vec![file])),
        Export::EReporting => ("EREPORTING", reporting::files(&source).map(Vec::from)),
        Export::Sales => ("VENTES", sales::file(&source).map(|file| vec![file])),
        Export::Remittances => ("REMISES", remittances::file(&source).map(|file| vec![file])),
    };
    let files: Vec<ExportFile> = files.map_err(|error| match error {
        NoExport::Nothing => Error::Refused(Code::NothingThere),
        NoExport::Unbalanced(_) => Error::Fault(error.to_string()),
    })?;
    let folder = workstation.folder().join(EXPORTS);
    let mut paths = Vec::new();
    for file in &files {
        paths.push((file.name.clone(), files::put(&folder, &file.name, &file.bytes)?));
    }
    let period = format!("{}_{}", from.iso(), to.iso());
    workstation.turn(|turn| {
        let members = data([("what", name.into()), ("period", period.into())]);
        turn.jet(operator.code.as_str(), EventCode::FiscalExport, members)
    })?;
    let (number, path) = paths.into_iter().next().ok_or(Code::NothingThere)?;
    Ok(Reply::File { number, path: path.display().to_string() })
}

/// What exports of a period are made of: every real journal that is here, for one shop has one set of
/// books.
fn source(tx: &Transaction<'_>, from: Date, to: Date) -> Result<Source, Error> {
    let legal = publications::shop(tx)?.ok_or(Code::NoMenu)?.legal;
    let mut closed = Vec::new();
    for closing in books::closings_between(tx, from, to)? {
        let mut tickets = Vec::new();
        for span in &closing.spans {
            tickets.extend(books::tickets_of_span(tx, span)?);
        }
        closed.push(Closed { closing, tickets });
    }
    let invoices = books::invoices_between(tx, from, to)?;
    let originals = originals(tx, &closed)?;
    Ok(Source { siren: legal.siren, siret: legal.siret, from, to, closed, invoices, originals })
}

/// The tickets that those of a period are about, where they are of another one.
fn originals(
    tx: &Transaction<'_>,
    closed: &[Closed],
) -> Result<BTreeMap<String, Document>, StoreError> {
    let mut originals = BTreeMap::new();
    let named = closed.iter().flat_map(|it| &it.tickets).filter_map(|it| it.original.as_ref());
    for number in named.map(|it| &it.ticket_no) {
        if originals.contains_key(number) {
            continue;
        }
        if let Some((kind, body)) = documents::body(tx, number)?
            && let Some(documents::Signed::Ticket(document)) = documents::Signed::read(kind, &body)
        {
            originals.insert(number.clone(), *document);
        }
    }
    Ok(originals)
}
