//! Checking archives: the files against the manifest, the entries, the tables against the entries.

use crate::archive;
use crate::fault::{FileFault, Note};
use crate::inspect::Inspection;
use crate::timestamp;
use fiscal::archive::format::{
    self, FileHash, HEADER_FILE, HEADER_FORMAT, Header, Line, MANIFEST_FILE, MANIFEST_FORMAT,
    Manifest, Part, SIGNATURE_FILE, TIMESTAMP_FILE, journal_file,
};
use fiscal::archive::{ArchiveDocument, Tables};
use fiscal::record::Record;
use journal::{JournalId, PublicKey, RawEntry};
use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

type Files = BTreeMap<String, Vec<u8>>;

/// An archive whose files were unpacked.
struct Unpacked {
    name: String,
    files: Files,
    header: Option<Header>,
    manifest: Option<Manifest>,
}

/// Reads archives and checks them, the oldest first.
///
/// # Errors
///
/// [`archive::Unreadable`] where one is no archive at all.
pub fn inspect(paths: &[PathBuf], into: &mut Inspection) -> Result<(), archive::Unreadable> {
    let mut archives = Vec::new();
    for path in paths {
        archives.push(unpack(path)?);
    }
    archives.sort_by_key(|it| it.header.as_ref().map(|it| (it.created_ms, it.period.clone())));
    let mut records = BTreeMap::new();
    let mut ends = BTreeMap::new();
    for unpacked in &archives {
        into.read.push(unpacked.name.clone());
        sealed(unpacked, into);
        entries(unpacked, into, &mut records, &mut ends);
    }
    previous(&archives, &records, into);
    Ok(())
}

fn unpack(path: &Path) -> Result<Unpacked, archive::Unreadable> {
    let files = archive::read(File::open(path)?)?;
    let header = files.get(HEADER_FILE).and_then(|it| format::read::<Header>(it));
    let manifest = files.get(MANIFEST_FILE).and_then(|it| format::read::<Manifest>(it));
    Ok(Unpacked {
        name: path.display().to_string(),
        header: header.filter(|it| it.format == HEADER_FORMAT),
        manifest: manifest.filter(|it| it.format == MANIFEST_FORMAT),
        files,
    })
}

/// The manifest's signature, and the files against it.
fn sealed(unpacked: &Unpacked, into: &mut Inspection) {
    let name = &unpacked.name;
    let Some(manifest) = &unpacked.manifest else {
        into.wrong(name, FileFault::Manifest);
        return;
    };
    let text = |file: &str| unpacked.files.get(file).and_then(|it| std::str::from_utf8(it).ok());
    let key = format::unhex(&manifest.public_key);
    let key = key.and_then(|it| PublicKey::from_bytes(&it).ok());
    let signed = match (key, text(MANIFEST_FILE), text(SIGNATURE_FILE)) {
        (Some(key), Some(manifest), Some(signature)) => {
            format::is_signed(manifest, signature, &key)
        }
        (None, _, _) | (_, None, _) | (_, _, None) => false,
    };
    if !signed {
        into.wrong(name, FileFault::ManifestSignature);
    }
    for listed in &manifest.files {
        match unpacked.files.get(&listed.name) {
            None => into.wrong(name, FileFault::FileMissing(listed.name.clone())),
            Some(bytes) if FileHash::of(&listed.name, bytes) != *listed => {
                into.wrong(name, FileFault::FileDiffers(listed.name.clone()));
            }
            Some(_) => {}
        }
    }
    let beside = [MANIFEST_FILE, SIGNATURE_FILE, TIMESTAMP_FILE];
    for file in unpacked.files.keys().filter(|it| !beside.contains(&it.as_str())) {
        if manifest.files.iter().all(|it| it.name != *file) {
            into.wrong(name, FileFault::FileUnexpected(file.clone()));
        }
    }
    if let (Some(stamp), Some(text)) = (unpacked.files.get(TIMESTAMP_FILE), text(MANIFEST_FILE)) {
        match timestamp::check(text.as_bytes(), stamp, into.authorities.as_deref()) {
            Some(true) => into.note(name, Note::TimeStampHolds),
            Some(false) => into.wrong(name, FileFault::TimeStamp),
            None => into.note(name, Note::TimeStampUnchecked),
        }
    }
}

/// The entries, and everything that is said about them.
fn entries(
    unpacked: &Unpacked,
    into: &mut Inspection,
    records: &mut BTreeMap<String, String>,
    ends: &mut BTreeMap<JournalId, u64>,
) {
    let name = &unpacked.name;
    let Some(header) = &unpacked.header else {
        into.wrong(name, FileFault::Header);
        return;
    };
    into.periods.push(header.period.clone());
    into.issuer = Some(header.issuer.clone());
    let mut tables = Tables::new();
    for part in &header.journals {
        let Some(journal) = JournalId::from_hex(&part.span.journal) else {
            into.wrong(name, FileFault::Header);
            continue;
        };
        let before = part.before.as_ref().map_or(0, |it| it.seq.0);
        if ends.get(&journal).is_some_and(|end| *end < before) {
            into.note(name, Note::Gap(journal));
        }
        one_part(unpacked, part, journal, into, &mut tables, records);
        ends.insert(journal, part.span.to);
    }
    if let Some(manifest) = &unpacked.manifest {
        let signs =
            |it: &Part| it.span.journal == manifest.journal && it.public_key == manifest.public_key;
        if !header.journals.iter().any(signs) {
            into.wrong(name, FileFault::ManifestKey);
        }
    }
    for (table, text) in tables.finish() {
        if unpacked.files.get(&table).is_some_and(|it| *it != text.as_bytes()) {
            into.wrong(name, FileFault::Table(table));
        }
    }
}

fn one_part(
    unpacked: &Unpacked,
    part: &Part,
    journal: JournalId,
    into: &mut Inspection,
    tables: &mut Tables,
    records: &mut BTreeMap<String, String>,
) {
    let name = &unpacked.name;
    let file = journal_file(&journal);
    into.begin(journal, part.before.clone());
    tables.begin(journal, part.before.as_ref().and_then(|it| it.purpose()));
    let text = unpacked.files.get(&file).map(Vec::as_slice).unwrap_or_default();
    let text = String::from_utf8_lossy(text);
    let mut last = None;
    for (line, text) in (1_u64..).zip(text.lines()) {
        let Some((seq, raw, seal)) = Line::parse(text) else {
            into.wrong(name, FileFault::Line { file: file.clone(), line });
            continue;
        };
        into.entry(&raw, seal.as_ref());
        tables.entry(&raw);
        if into.replay.standing().is_none_or(|it| it.seq.0 != seq) {
            into.wrong(name, FileFault::Line { file: file.clone(), line });
        }
        last = Some(raw.hash());
        if let Some((manifest, signature)) = archived(&raw) {
            records.insert(manifest, signature);
        }
    }
    let after = into.replay.standing();
    let ends = after.map_or(0, |it| it.seq.0);
    let before = part.before.as_ref().map_or(0, |it| it.seq.0);
    let hash = last.map(|it| it.hex()).unwrap_or_default();
    let same_span = (part.span.from, part.span.to) == (before + 1, ends)
        && (part.span.hash == hash || last.is_none());
    let same_after = after == Some(&part.after)
        && part.after.public_key.as_deref().unwrap_or_default() == part.public_key
        && part.after.purpose == part.purpose;
    if !same_span {
        into.wrong(name, FileFault::Span(journal));
    }
    if !same_after {
        into.wrong(name, FileFault::After(journal));
    }
}

/// The manifest's hash and the signature of an archive's record.
fn archived(raw: &RawEntry) -> Option<(String, String)> {
    let header = journal::Header::decode(&raw.header)?;
    if header.kind != fiscal::kind::ARCHIVE {
        return None;
    }
    let record = Record::decode(raw.body.as_deref()?)?;
    let document: ArchiveDocument = record.read().ok()?;
    Some((document.manifest, record.signature))
}

/// Each archive names the one before it.
fn previous(archives: &[Unpacked], records: &BTreeMap<String, String>, into: &mut Inspection) {
    let mut before: Option<&Unpacked> = None;
    for unpacked in archives {
        let Some(manifest) = &unpacked.manifest else { continue };
        match before {
            None if manifest.previous.is_some() => into.note(&unpacked.name, Note::PreviousNotHere),
            None => {}
            Some(before) => {
                let bytes = before.files.get(MANIFEST_FILE).map(Vec::as_slice).unwrap_or_default();
                let record = records.get(&format::sha256(bytes));
                if record.is_some() && record != manifest.previous.as_ref() {
                    into.wrong(&unpacked.name, FileFault::Previous);
                }
            }
        }
        before = Some(unpacked);
    }
}
