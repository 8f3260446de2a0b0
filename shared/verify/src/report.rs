//! The report: as text, as JSON, as PDF.

use crate::inspect::Outcome;
use crate::words;
use fiscal::replay::Summary;
use fiscal::time::Moment;
use paper::{Block, Cell, Column, PaperError, Table};
use serde_json::{Value, json};

/// The title, which is also the text's first line.
const TITLE: &str = "Contrôle d'intégrité des données de caisse";

/// The findings as sentences: those of the files first.
#[must_use]
pub fn sentences(outcome: &Outcome) -> Vec<String> {
    let files = outcome.files.iter().map(|(name, fault)| words::file_fault(name, fault));
    let entries = outcome.report.findings.iter().map(|it| {
        let number = it.seq.and_then(|seq| outcome.numbers.get(&(it.journal, seq)));
        words::finding(it, number.map(String::as_str))
    });
    let mut all: Vec<String> = files.chain(entries).collect();
    if outcome.report.more != 0 {
        all.push(format!("… et {} autres.", outcome.report.more));
    }
    all
}

/// The verdict.
#[must_use]
pub fn verdict(outcome: &Outcome) -> &'static str {
    words::verdict(outcome.is_sound(), outcome.report.is_attested())
}

fn when(ms: i64) -> String {
    Moment { utc_ms: ms, offset_min: 0 }.local().iso() + "Z"
}

/// What was read, a name and a value a line.
fn facts(outcome: &Outcome, made: Moment) -> Vec<(String, String)> {
    let mut facts = vec![
        ("Établi le".to_owned(), format!("{} ({})", made.local().iso(), made.offset())),
        ("Vérificateur".to_owned(), format!("ocpizza-verify, noyau fiscal {}", fiscal::VERSION)),
        ("Lu".to_owned(), outcome.read.join("\n")),
    ];
    if let Some(issuer) = &outcome.issuer {
        let name = format!("{}, {}, SIRET {}", issuer.shop_name, issuer.legal_entity, issuer.siret);
        facts.push(("Entreprise".to_owned(), name));
    }
    if !outcome.periods.is_empty() {
        facts.push(("Périodes".to_owned(), outcome.periods.join(", ")));
    }
    facts.push(("Journaux".to_owned(), outcome.report.journals.len().to_string()));
    let entries: u64 = outcome.report.journals.iter().map(|it| it.entries).sum();
    facts.push(("Écritures".to_owned(), entries.to_string()));
    facts.push(("Verdict".to_owned(), verdict(outcome).to_owned()));
    facts
}

fn of_journal(it: &Summary) -> Vec<(String, String)> {
    let pair = |name: &str, value: String| (name.to_owned(), value);
    let count = |tag: &str| it.documents.get(tag).copied().unwrap_or(0);
    let mut facts = vec![
        pair("Poste", format!("{} {}", it.standing.shop, it.standing.workstation)),
        pair("Usage", words::purpose(&it.standing.purpose).to_owned()),
        pair(
            "Écritures",
            format!("{} à {} ({}, dont {} purgées)", it.first, it.last, it.entries, it.purged),
        ),
    ];
    if let Some(key) = &it.standing.public_key {
        facts.push(pair("Clé publique", key.clone()));
    }
    if let Some((first, last)) = it.wall_ms {
        facts.push(pair("Horloge", format!("{} à {}", when(first), when(last))));
    }
    facts.push(pair(
        "Tickets",
        format!(
            "{} (ventes {}, avoirs {}, corrections {})",
            count("TK1"),
            it.tally.sales.count,
            it.tally.credit_notes.count,
            it.tally.corrections,
        ),
    ));
    facts.push(pair(
        "Autres documents",
        format!(
            "duplicatas {}, provisoires {}, factures {}, événements {}, archives {}",
            count("DU1"),
            count("NO1"),
            count("FA1"),
            count("JE1"),
            count("AR1"),
        ),
    ));
    facts.push(pair(
        "Clôtures",
        format!("J {}, M {}, A {}, S {}", it.days, it.months, it.years, it.supplementary),
    ));
    facts.push(pair("Total TTC", format!("{} €", it.tally.total.french())));
    facts.push(pair(
        "Totaux perpétuels",
        format!("{} € ; {} €", it.perpetual_algebraic.french(), it.perpetual_absolute.french()),
    ));
    let seal = it.last_seal.map_or("aucun".to_owned(), |seq| format!("écriture {seq}"));
    facts.push(pair("Dernier scellé", seal));
    let attested = match it.attested {
        Some(seq) if it.is_attested() => format!("oui (écriture {seq})"),
        Some(seq) => format!("jusqu'à l'écriture {seq}"),
        None => "non attestée".to_owned(),
    };
    facts.push(pair("Fin", attested));
    if let Some(hash) = it.last_hash {
        facts.push(pair("Dernière empreinte", hash.hex()));
    }
    facts
}

/// The report as text.
#[must_use]
pub fn text(outcome: &Outcome, made: Moment) -> String {
    let mut lines = vec![TITLE.to_owned(), "=".repeat(TITLE.chars().count()), String::new()];
    let pairs = |lines: &mut Vec<String>, pairs: Vec<(String, String)>| {
        for (name, value) in pairs {
            lines.push(format!("{name:<20} {}", value.replace('\n', "\n                     ")));
        }
        lines.push(String::new());
    };
    pairs(&mut lines, facts(outcome, made));
    for journal in &outcome.report.journals {
        lines.push(format!("Journal {}", journal.journal));
        pairs(&mut lines, of_journal(journal));
    }
    let sentences = sentences(outcome);
    if sentences.is_empty() {
        lines.push("Aucune anomalie.".to_owned());
    } else {
        lines.push(format!("Anomalies : {}", sentences.len()));
        lines.extend(sentences);
    }
    if !outcome.notes.is_empty() {
        lines.push(String::new());
        lines.extend(outcome.notes.iter().map(|(name, note)| words::note(name, note)));
    }
    lines.push(String::new());
    if !outcome.report.is_attested() {
        lines.push(words::NOT_ATTESTED.to_owned());
    }
    lines.push(format!("VERDICT : {}", verdict(outcome)));
    lines.push(String::new());
    lines.join("\n")
}

/// The report as PDF.
///
/// # Errors
///
/// [`PaperError`], which is a defect.
pub fn pdf(outcome: &Outcome, made: Moment) -> Result<Vec<u8>, PaperError> {
    let mut blocks = vec![Block::KeyValues(facts(outcome, made))];
    let sentences = sentences(outcome);
    if sentences.is_empty() {
        blocks.push(Block::Notice("Aucune anomalie.".to_owned()));
    } else {
        blocks.push(Block::Heading(format!("Anomalies : {}", sentences.len())));
        let rows = sentences.into_iter().map(|it| vec![Cell::from(it)]).collect();
        let columns = vec![Column::left("Constat", 1)];
        blocks.push(Block::Table(Table { columns, rows, ..Table::default() }));
    }
    if !outcome.report.is_attested() {
        blocks.push(Block::Notice(words::NOT_ATTESTED.to_owned()));
    }
    for (name, note) in &outcome.notes {
        blocks.push(Block::Paragraph(words::note(name, note)));
    }
    for journal in &outcome.report.journals {
        blocks.push(Block::Heading(format!("Journal {}", journal.journal)));
        blocks.push(Block::KeyValues(of_journal(journal)));
    }
    let report = paper::Report {
        title: TITLE.to_owned(),
        subtitle: verdict(outcome).to_owned(),
        stamp: None,
        blocks,
        footer: "ocpizza-verify".to_owned(),
    };
    report.to_pdf(made)
}

/// The report as JSON: codes for programs, sentences for people.
#[must_use]
pub fn json(outcome: &Outcome) -> Value {
    let journals: Vec<Value> = outcome.report.journals.iter().map(journal_json).collect();
    let findings: Vec<Value> = outcome
        .report
        .findings
        .iter()
        .map(|it| {
            let number = it.seq.and_then(|seq| outcome.numbers.get(&(it.journal, seq)));
            json!({
                "code": it.what.code(),
                "journal": it.journal.hex(),
                "seq": it.seq.map(|it| it.0),
                "number": number,
                "text": words::finding(it, number.map(String::as_str)),
            })
        })
        .collect();
    let files: Vec<Value> = outcome
        .files
        .iter()
        .map(|(name, it)| {
            json!({ "code": it.code(), "file": name, "text": words::file_fault(name, it) })
        })
        .collect();
    json!({
        "verdict": verdict(outcome),
        "sound": outcome.is_sound(),
        "attested": outcome.report.is_attested(),
        "read": outcome.read,
        "journals": journals,
        "findings": findings,
        "files": files,
        "more": outcome.report.more,
        "notes": outcome.notes.iter().map(|(name, it)| words::note(name, it)).collect::<Vec<_>>(),
    })
}

fn journal_json(it: &Summary) -> Value {
    json!({
        "journal": it.journal.hex(),
        "workstation": it.standing.workstation,
        "purpose": it.standing.purpose,
        "public_key": it.standing.public_key,
        "first": it.first.0,
        "last": it.last.0,
        "last_hash": it.last_hash.map(|it| it.hex()),
        "entries": it.entries,
        "purged": it.purged,
        "unsealed": it.unsealed,
        "attested": it.attested.map(|it| it.0),
        "documents": it.documents,
        "total": it.tally.total.cents(),
        "perpetual_algebraic": it.perpetual_algebraic.cents(),
        "perpetual_absolute": it.perpetual_absolute.cents(),
    })
}
