//! Histories as files: archives, and what a till's file holds.

use crate::sale::issuer;
use crate::till::Written;
use anyhow::{Context as _, Result};
use fiscal::archive::{About, Builder, Built};
use fiscal::replay::Standing;
use journal::{Header, JournalId, Keep, Opening, SigningKey};
use rusqlite::{Connection, named_params};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;

/// An archive of these journals, each from where it stood before.
#[must_use]
pub fn archive(
    journals: &[Written],
    before: &BTreeMap<JournalId, Standing>,
    previous: Option<String>,
    created_ms: i64,
    key: &SigningKey,
) -> Built {
    let about = About {
        issuer: issuer(),
        period: "2026-10-23_2026-11-30".to_owned(),
        created_ms,
        previous,
    };
    let mut builder = Builder::new(about);
    for journal in journals {
        builder.begin(journal.journal, before.get(&journal.journal).cloned());
        for (raw, seal) in &journal.entries {
            builder.entry(raw, seal.as_ref());
        }
    }
    builder.finish(journals[0].journal, key)
}

/// Puts an archive's files into a ZIP.
///
/// # Errors
///
/// Whatever the disk says.
pub fn zip(path: &Path, files: &[(String, Vec<u8>)]) -> Result<()> {
    verify::archive::write(File::create(path)?, files).context("an archive")
}

/// A till's file with these journals, made by the product's migrations. The first is its own.
///
/// # Errors
///
/// Whatever disk and SQLite say.
pub fn till(path: &Path, journals: &[Written]) -> Result<()> {
    let mut connection = Connection::open(path)?;
    connection.execute_batch("PRAGMA journal_mode = DELETE; PRAGMA synchronous = OFF;")?;
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations/sqlite");
    let mut names: Vec<_> =
        fs::read_dir(migrations)?.map(|it| Ok(it?.path())).collect::<Result<_>>()?;
    names.sort();
    let tx = connection.transaction()?;
    for name in names {
        tx.execute_batch(&fs::read_to_string(name)?)?;
    }
    for journal in journals {
        store(&tx, journal)?;
    }
    tx.commit()?;
    Ok(())
}

fn store(tx: &rusqlite::Transaction<'_>, written: &Written) -> Result<()> {
    let headers: Vec<Header> = written
        .entries
        .iter()
        .map(|(raw, _)| Header::decode(&raw.header).context("a header"))
        .collect::<Result<_>>()?;
    let (first, last) = (&written.entries[0].0, written.entries.last().context("an entry")?);
    let opening = Opening::decode(first.body.as_deref().unwrap_or_default()).context("opening")?;
    let journal = written.journal.as_bytes();
    tx.execute(
        "INSERT INTO journal (journal, public_key, shop, workstation, purpose, own)
         VALUES (:journal, :public_key, :shop, :workstation, :purpose, 1)",
        named_params! {
            ":journal": journal,
            ":public_key": opening.public_key.as_bytes(),
            ":shop": opening.shop,
            ":workstation": opening.workstation,
            ":purpose": opening.purpose as i64,
        },
    )?;
    let tip = headers.last().context("an entry")?;
    tx.execute(
        "INSERT INTO chain (journal, branch, parent, from_seq, tip_seq, tip_hash, tip_tick)
         VALUES (:journal, x'', x'', 0, :tip_seq, :tip_hash, :tip_tick)",
        named_params! {
            ":journal": journal,
            ":tip_seq": i64::try_from(tip.seq.0)?,
            ":tip_hash": last.0.hash().as_bytes(),
            ":tip_tick": i64::try_from(tip.tick.0)?,
        },
    )?;
    for ((raw, seal), header) in written.entries.iter().zip(&headers) {
        let seq = i64::try_from(header.seq.0)?;
        tx.prepare_cached(
            "INSERT INTO entry (journal, branch, seq, hash, header, kind, subject, tick, keep)
             VALUES (:journal, x'', :seq, :hash, :header, :kind, :subject, :tick, :keep)",
        )?
        .execute(named_params! {
            ":journal": journal,
            ":seq": seq,
            ":hash": raw.hash().as_bytes(),
            ":header": raw.header,
            ":kind": header.kind.0,
            ":subject": header.subject.as_ref().map(|it| it.0),
            ":tick": i64::try_from(header.tick.0)?,
            ":keep": match header.keep { Keep::Fiscal => 0, Keep::Trace => 1, Keep::Operation => 2 },
        })?;
        if let Some(body) = &raw.body {
            tx.prepare_cached(
                "INSERT INTO body (journal, branch, seq, body) VALUES (:journal, x'', :seq, :body)",
            )?
            .execute(named_params! { ":journal": journal, ":seq": seq, ":body": body })?;
        }
        if let Some(seal) = seal {
            tx.prepare_cached(
                "INSERT INTO seal (journal, branch, seq, signature)
                 VALUES (:journal, x'', :seq, :signature)",
            )?
            .execute(named_params! {
                ":journal": journal,
                ":seq": seq,
                ":signature": seal.as_bytes(),
            })?;
        }
    }
    Ok(())
}

/// Puts back what was done to a journal into a till's file, as somebody with SQLite at hand would:
/// the triggers are taken away and put back, and the columns made to fit.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn overwrite(path: &Path, journal: JournalId, entries: &[crate::till::Stored]) -> Result<()> {
    let mut connection = Connection::open(path)?;
    let triggers: Vec<(String, String)> = connection
        .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let tx = connection.transaction()?;
    for (name, _) in &triggers {
        tx.execute_batch(&format!("DROP TRIGGER {name}"))?;
    }
    for table in ["seal", "body", "entry"] {
        let delete = match table {
            "seal" => "DELETE FROM seal WHERE journal = :journal",
            "body" => "DELETE FROM body WHERE journal = :journal",
            _ => "DELETE FROM entry WHERE journal = :journal",
        };
        tx.execute(delete, named_params! { ":journal": journal.as_bytes() })?;
    }
    let mut tip = None;
    for (place, (raw, seal)) in (1_i64..).zip(entries) {
        let header = Header::decode(&raw.header);
        tx.prepare_cached(
            "INSERT INTO entry (journal, branch, seq, hash, header, kind, subject, tick, keep)
             VALUES (:journal, x'', :seq, :hash, :header, :kind, :subject, :tick, :keep)",
        )?
        .execute(named_params! {
            ":journal": journal.as_bytes(),
            ":seq": place,
            ":hash": raw.hash().as_bytes(),
            ":header": raw.header,
            ":kind": header.as_ref().map_or(0, |it| it.kind.0),
            ":subject": header.as_ref().and_then(|it| it.subject).map(|it| it.0),
            ":tick": i64::try_from(header.as_ref().map_or(1, |it| it.tick.0)).unwrap_or(1),
            ":keep": header.as_ref().map_or(0, |it| it.keep as i64),
        })?;
        if let Some(body) = &raw.body {
            tx.prepare_cached(
                "INSERT INTO body (journal, branch, seq, body) VALUES (:journal, x'', :seq, :body)",
            )?
            .execute(named_params! {
                ":journal": journal.as_bytes(), ":seq": place, ":body": body,
            })?;
        }
        if let Some(seal) = seal {
            tx.prepare_cached(
                "INSERT INTO seal (journal, branch, seq, signature)
                 VALUES (:journal, x'', :seq, :signature)",
            )?
            .execute(named_params! {
                ":journal": journal.as_bytes(), ":seq": place, ":signature": seal.as_bytes(),
            })?;
        }
        tip = Some((place, raw.hash()));
    }
    let (seq, hash) = tip.context("an entry")?;
    tx.execute(
        "UPDATE chain SET tip_seq = :seq, tip_hash = :hash WHERE journal = :journal",
        named_params! { ":seq": seq, ":hash": hash.as_bytes(), ":journal": journal.as_bytes() },
    )?;
    for (_, sql) in &triggers {
        tx.execute_batch(sql)?;
    }
    tx.commit()?;
    Ok(())
}
