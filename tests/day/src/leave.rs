//! What is left of the day: files for people who look for themselves.

use crate::raw::{ARCHIVE, CLOSING, Raw, TICKET};
use crate::script::Story;
use crate::till::Printed;
use anyhow::{Context as _, Result, ensure};
use fiscal::replay::Anchor;
use fiscal::time::Moment;
use journal::{EntryHash, JournalId, Seq};
use pos_core::runtime;
use printer_sim::{decode, paper};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use verify::inspect::Inspection;
use verify::till::TillFile;
use verify::{archives, report};

/// The till's own folder.
pub(crate) const TILL: &str = "caisse";
/// A plain copy of its file.
pub(crate) const COPY: &str = "caisse.sqlite";
/// What the centre knows of the ends of the till's journals.
pub(crate) const ANCHORS: &str = "ancres-du-centre.txt";
/// What was printed.
const PAPERS: &str = "papiers";
/// Closings, as printed and as signed.
const CLOSINGS: &str = "clotures";
/// The columns of the printer's paper.
const COLUMNS: usize = 42;

/// Copies the till's file, which is closed and whole.
pub(crate) fn copy(folder: &Path) -> Result<()> {
    let file = folder.join(TILL).join(runtime::FILE);
    let log = file.with_extension("db-wal");
    let is_whole = fs::metadata(&log).map_or(true, |it| it.len() == 0);
    ensure!(is_whole, "the till's file is closed, and something stands beside it");
    fs::copy(file, folder.join(COPY))?;
    Ok(())
}

/// Writes what was printed: what the printer was sent, and what a printer makes of it.
pub(crate) fn papers(folder: &Path, printed: &[Printed]) -> Result<usize> {
    let (papers_in, closings_in) = (folder.join(PAPERS), folder.join(CLOSINGS));
    fs::create_dir_all(&papers_in)?;
    fs::create_dir_all(&closings_in)?;
    let mut papers = 0;
    for (place, it) in printed.iter().enumerate() {
        let number = if it.reference.is_empty() { "sans-numero" } else { &it.reference };
        let name = format!("{:03}-{}-{number}", place + 1, it.name);
        fs::write(papers_in.join(format!("{name}.escpos")), &it.bytes)?;
        let items = decode::decode(&it.bytes);
        let unknown = items.iter().any(|it| matches!(it, decode::Item::Unknown(_)));
        ensure!(!unknown, "{name}: bytes that no printer understands");
        let text = paper::plain(&paper::marks(&items, COLUMNS));
        if it.name != "tiroir" {
            papers += 1;
            fs::write(papers_in.join(format!("{name}.txt")), &text)?;
        }
        if it.name == "cloture" {
            let reading = format!("X-{:03}", place + 1);
            let name = if it.reference.is_empty() { &reading } else { &it.reference };
            fs::write(closings_in.join(format!("{name}.txt")), &text)?;
        }
    }
    Ok(papers)
}

/// Lets the inspector's program check the till's file and the archives, each alone and all together.
pub(crate) fn verdicts(folder: &Path, made: Moment) -> Result<()> {
    let zips: Vec<PathBuf> = files(&folder.join(TILL))?
        .into_iter()
        .filter(|it| it.extension().is_some_and(|it| it == "zip"))
        .collect();
    let copy = folder.join(COPY);
    let both = [
        ("controle.txt", true, true),
        ("controle-caisse.txt", true, false),
        ("controle-archives.txt", false, true),
    ];
    for (name, till, archived) in both {
        let mut inspection = Inspection::new();
        anchors(folder)?.into_iter().filter(|_| till).for_each(|it| inspection.anchor(it));
        if archived {
            archives::inspect(&zips, &mut inspection)?;
        }
        if till {
            TillFile::open(&copy, &mut inspection)?.inspect(&mut inspection)?;
        }
        let outcome = inspection.finish();
        // Where the folder stands is no part of what was found.
        let text = report::text(&outcome, made).replace(&format!("{}/", folder.display()), "");
        fs::write(folder.join(name), &text)?;
        ensure!(outcome.is_sound(), "{}", report::sentences(&outcome).join("\n"));
        let verdict = report::verdict(&outcome);
        // The archive ends before the till's file does, and nothing that is read knows its last entry.
        let is_whole = till && !archived;
        ensure!(
            is_whole == (verdict == "CONFORME") && verdict.starts_with("CONFORME"),
            "{verdict}"
        );
    }
    Ok(())
}

/// What the centre knows, as it was written.
fn anchors(folder: &Path) -> Result<Vec<Anchor>> {
    let text = fs::read_to_string(folder.join(ANCHORS))?;
    text.lines()
        .map(|line| {
            let mut parts = line.split(':');
            let mut part = || parts.next().context("an anchor has three parts");
            Ok(Anchor {
                journal: JournalId::from_hex(part()?).context("a journal")?,
                seq: Seq(part()?.parse()?),
                hash: EntryHash::from_hex(part()?).context("a hash")?,
            })
        })
        .collect()
}

/// Writes the list of all tickets and closings with their totals.
pub(crate) fn listing(folder: &Path, seed: u64, documents: &[Raw]) -> Result<()> {
    let of = |kind: i64| documents.iter().filter(move |it| it.kind == kind);
    let tickets: Vec<Value> = of(TICKET)
        .map(|it| {
            json!({
                "numero": it.number,
                "type": it.text("/type"),
                "jour": it.text("/business_date"),
                "heure": it.text("/local"),
                "commande": it.text("/order"),
                "mode": it.text("/mode"),
                "origine": it.text("/original/ticket_no"),
                "total_ttc": it.int("/total_ttc"),
                "paiements": it.list("/payments"),
                "formation": it.is_training(),
            })
        })
        .collect();
    let closings: Vec<Value> = of(CLOSING)
        .map(|it| {
            json!({
                "numero": it.number,
                "periode": it.text("/period"),
                "libelle": it.text("/label"),
                "total_ttc": it.int("/tally/total"),
                "ventes": it.int("/tally/sales/count"),
                "avoirs": it.int("/tally/credit_notes/count"),
                "corrections": it.int("/tally/corrections"),
                "tiroir": it.says.get("drawer"),
                "total_perpetuel": it.int("/perpetual_algebraic"),
                "total_perpetuel_absolu": it.int("/perpetual_absolute"),
            })
        })
        .collect();
    let archives: Vec<Value> = of(ARCHIVE)
        .map(|it| {
            json!({
                "numero": it.number,
                "periode": it.text("/period"),
                "fichier": it.text("/file"),
                "total_ttc": it.int("/total_ttc"),
            })
        })
        .collect();
    let all = json!({
        "graine": seed,
        "unite": "centimes d'euro",
        "tickets": tickets,
        "clotures": closings,
        "archives": archives,
    });
    let mut text = serde_json::to_string_pretty(&all)?;
    text.push('\n');
    fs::write(folder.join("journee.json"), text)?;
    Ok(())
}

/// Writes what each closing says, and what of it was signed.
pub(crate) fn closings(folder: &Path, documents: &[Raw]) -> Result<()> {
    let folder = folder.join(CLOSINGS);
    for closing in documents.iter().filter(|it| it.kind == CLOSING) {
        let (period, label) = (closing.text("/period"), closing.text("/label"));
        let signed = json!({ "signe": closing.base, "document": closing.says });
        let name = format!("{}-{period}-{label}.json", closing.number);
        fs::write(folder.join(name), serde_json::to_string_pretty(&signed)? + "\n")?;
    }
    Ok(())
}

/// Every file below a folder, in the order of their paths.
pub(crate) fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let entries = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Says what is there, and how to check it and to alter it.
pub(crate) fn readme(folder: &Path, seed: u64, story: &Story) -> Result<()> {
    let links: String = story.links.iter().map(|it| format!("  {it}\n")).collect();
    let text = include_str!("LISEZ-MOI.txt")
        .replace("@GRAINE@", &seed.to_string())
        .replace("@LIENS@\n", &links);
    fs::write(folder.join("README.txt"), text)?;
    Ok(())
}
