//! `ocpizza-verify`: checks archives and copies of a till's file. Ends with 0 where nothing is wrong,
//! with 1 where something is, with 2 where it could not be read.

#![expect(clippy::print_stderr, reason = "why it ended is said where programs say it")]

use anyhow::{Context as _, Result, bail};
use fiscal::replay::Anchor;
use fiscal::time::Moment;
use journal::{EntryHash, JournalId, Seq};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};
use verify::inspect::Inspection;
use verify::till::TillFile;
use verify::{archives, report};

const USAGE: &str = "ocpizza-verify ARCHIVE.zip|DOSSIER|CAISSE.sqlite … [--anchor FICHIER|journal:rang:empreinte] \
     [--peer AUTRE.sqlite] [--report SORTIE.txt] [--pdf SORTIE.pdf] [--json]";

/// The variable that names the certificates of time stamping authorities.
const AUTHORITIES: &str = "OCPIZZA_TSA_CA";

#[derive(Default)]
struct Arguments {
    files: Vec<PathBuf>,
    anchors: Vec<String>,
    peers: Vec<PathBuf>,
    report: Option<PathBuf>,
    pdf: Option<PathBuf>,
    json: bool,
}

fn main() -> ExitCode {
    match arguments().and_then(|it| check(&it)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::from(2)
        }
    }
}

fn arguments() -> Result<Arguments> {
    let mut arguments = Arguments::default();
    let mut given = env::args_os().skip(1);
    while let Some(argument) = given.next() {
        let name = argument.to_string_lossy().into_owned();
        let mut value = || given.next().with_context(|| format!("{name} : {USAGE}"));
        match name.as_str() {
            "--anchor" => arguments.anchors.push(value()?.to_string_lossy().into_owned()),
            "--peer" => arguments.peers.push(value()?.into()),
            "--report" => arguments.report = Some(value()?.into()),
            "--pdf" => arguments.pdf = Some(value()?.into()),
            "--json" => arguments.json = true,
            option if option.starts_with("--") => bail!("{option} ? {USAGE}"),
            _ => arguments.files.push(argument.into()),
        }
    }
    if arguments.files.is_empty() {
        bail!("{USAGE}");
    }
    Ok(arguments)
}

/// Whether nothing is wrong.
fn check(arguments: &Arguments) -> Result<bool> {
    let mut inspection = Inspection::new();
    if let Some(authorities) = env::var_os(AUTHORITIES) {
        inspection.trust(authorities.into());
    }
    for anchor in &arguments.anchors {
        for anchor in anchors(anchor)? {
            inspection.anchor(anchor);
        }
    }
    let (zips, tills) = sorted(&arguments.files)?;
    if !zips.is_empty() {
        archives::inspect(&zips, &mut inspection)?;
    }
    for path in &tills {
        let named = || path.display().to_string();
        let till = TillFile::open(path, &mut inspection).with_context(named)?;
        till.inspect(&mut inspection).with_context(named)?;
        for peer in &arguments.peers {
            let named = || peer.display().to_string();
            let peer = TillFile::open(peer, &mut inspection).with_context(named)?;
            peer.witness(&till, &mut inspection).with_context(named)?;
        }
    }
    let outcome = inspection.finish();
    let made = now();
    let text = report::text(&outcome, made);
    if let Some(path) = &arguments.report {
        fs::write(path, &text).with_context(|| path.display().to_string())?;
    }
    if let Some(path) = &arguments.pdf {
        let bytes = report::pdf(&outcome, made).context("PDF")?;
        fs::write(path, bytes).with_context(|| path.display().to_string())?;
    }
    let printed = if arguments.json { format!("{}\n", report::json(&outcome)) } else { text };
    io::stdout().write_all(printed.as_bytes())?;
    Ok(outcome.is_sound())
}

/// Archives, those of folders included, and till files.
fn sorted(paths: &[PathBuf]) -> Result<(Vec<PathBuf>, Vec<PathBuf>)> {
    let is_zip = |path: &Path| path.extension().is_some_and(|it| it.eq_ignore_ascii_case("zip"));
    let (mut zips, mut tills) = (Vec::new(), Vec::new());
    for path in paths {
        let named = || path.display().to_string();
        if fs::metadata(path).with_context(named)?.is_dir() {
            let before = zips.len();
            for file in fs::read_dir(path).with_context(named)? {
                let file = file.with_context(named)?.path();
                if is_zip(&file) {
                    zips.push(file);
                }
            }
            if zips.len() == before {
                bail!("{} : aucune archive", path.display());
            }
        } else if is_zip(path) {
            zips.push(path.clone());
        } else {
            tills.push(path.clone());
        }
    }
    zips.sort();
    Ok((zips, tills))
}

/// `journal:seq:hash`, or a file with one a line; lines that begin with `#` say something else.
fn anchors(given: &str) -> Result<Vec<Anchor>> {
    if let Some(anchor) = anchor(given) {
        return Ok(vec![anchor]);
    }
    let text = fs::read_to_string(given).with_context(|| given.to_owned())?;
    let lines = text.lines().map(str::trim).filter(|it| !it.is_empty() && !it.starts_with('#'));
    lines.map(|line| anchor(line).with_context(|| format!("{given} : {line}"))).collect()
}

fn anchor(text: &str) -> Option<Anchor> {
    let mut parts = text.split(':');
    let journal = JournalId::from_hex(parts.next()?)?;
    let seq = Seq(parts.next()?.parse().ok()?);
    let hash = EntryHash::from_hex(parts.next()?)?;
    parts.next().is_none().then_some(Anchor { journal, seq, hash })
}

/// When the report is made, by this machine's clock and in its time zone.
fn now() -> Moment {
    let now = jiff::Zoned::now();
    let minutes = now.offset().seconds() / 60;
    Moment {
        utc_ms: now.timestamp().as_millisecond(),
        offset_min: i16::try_from(minutes).unwrap_or(0),
    }
}
