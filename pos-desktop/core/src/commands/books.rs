//! What managers do with the books.

use crate::books::check::Scope;
use crate::books::{EXPORTS, archive, attestation, check, files, purge};
use crate::error::Error;
use crate::exports::accounts::Plan;
use crate::exports::{Closed, ExportFile, NoExport, Source, fec, reporting, sales};
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

/// The setting that holds the shop's account plan, where it has one of its own.
const ACCOUNTS: &str = "accounts";

pub(super) fn run(workstation: &mut Workstation, command: &BooksCommand) -> Result<Reply, Error> {
    let operator = workstation.bookkeeper()?;
    match command {
        BooksCommand::Archive { folder } => {
            let made = archive::begin(workstation)?.work()?;
            archived(workstation, &operator, made, folder.as_deref())
        }
        BooksCommand::Verify => {
            let checked = check::begin(workstation, Scope::All)?.work(|_| {})?;
            verified(workstation, &operator, &checked)
        }
        BooksCommand::Purge => {
            let count = purge::run(workstation, operator.code.as_str())?;
            Ok(Reply::Purged { count })
        }
        BooksCommand::Export { what, from, to } => {
            export(workstation, &operator, *what, (from, to))
        }
        BooksCommand::Attestation => attestation::write(workstation),
        BooksCommand::Acknowledge { alarm } => {
            workstation.acknowledge(*alarm, operator.code.as_str())?;
            Ok(Reply::Done)
        }
    }
}

/// Records an archive, and copies it to where it is wanted.
///
/// # Errors
///
/// As [`archive::note`] and [`archive::copy`]: where the copy alone is refused, the archive stands.
pub(crate) fn archived(
    workstation: &mut Workstation,
    operator: &Operator,
    made: archive::Made,
    folder: Option<&str>,
) -> Result<Reply, Error> {
    let code = operator.code.as_str();
    let reply = archive::note(workstation, code, made)?;
    if let (Some(folder), Reply::File { number, .. }) = (folder, &reply) {
        archive::copy(workstation, code, number, Path::new(folder))?;
    }
    Ok(reply)
}

/// Records a check, and says what it found.
///
/// # Errors
///
/// [`Error::Store`].
pub(crate) fn verified(
    workstation: &mut Workstation,
    operator: &Operator,
    checked: &check::Checked,
) -> Result<Reply, Error> {
    check::note(workstation, operator.code.as_str(), checked)?;
    Ok(Reply::Verified { entries: checked.entries(), findings: checked.sentences() })
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
