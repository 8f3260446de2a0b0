//! Cases for the inspector's program, and for others that read the same files: what is right, what
//! was done to it, and the verdict that is due.

use crate::dice::Dice;
use crate::files::{archive, overwrite, till, zip};
use crate::tamper::{Tampering, tamper};
use crate::till::{Written, history, key};
use anyhow::{Context as _, Result};
use fiscal::replay::Anchor;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

/// A case as `cases.json` lists it.
fn case(file: &str, done: &str, sound: bool, anchor: Option<Anchor>) -> Value {
    let anchor = anchor.map(|it| format!("{}:{}:{}", it.journal, it.seq, it.hash));
    json!({ "file": file, "done": done, "sound": sound, "anchor": anchor })
}

/// Writes `many` archives into a folder, good and bad by turns, and `cases.json` with what is due. The
/// bad ones are of two sorts: a bit flipped in one of the files, or entries tampered with before the
/// archive was made and signed.
///
/// # Errors
///
/// Whatever the disk says.
pub fn archives(folder: &Path, many: u64) -> Result<Vec<Value>> {
    fs::create_dir_all(folder)?;
    let mut cases = Vec::new();
    for seed in 0..many {
        let journals = history(seed, 4 + seed % 20);
        let file = format!("{seed:05}.zip");
        let path = folder.join(&file);
        match seed % 4 {
            0 => {
                zip(&path, &archive(&journals, &BTreeMap::new(), None, 0, &key(seed)).files)?;
                cases.push(case(&file, "rien", true, None));
            }
            1 => {
                let mut dice = Dice::new(seed);
                let mut files = archive(&journals, &BTreeMap::new(), None, 0, &key(seed)).files;
                let place = dice.place(files.len());
                let (name, bytes) = &mut files[place];
                let byte = dice.place(bytes.len());
                bytes[byte] ^= 1 << dice.below(7);
                let done = format!("bit dans {name}");
                zip(&path, &files)?;
                cases.push(case(&file, &done, false, None));
            }
            _ => {
                let what = Tampering::ALL[usize::try_from(seed / 4 % 8)?];
                let mut dice = Dice::new(seed);
                let Some(tampered) = tamper(&mut dice, what, &journals[0]) else { continue };
                let first = Written { journal: journals[0].journal, entries: tampered.entries };
                // Alone: what goes on from it would bear witness of it.
                zip(&path, &archive(&[first], &BTreeMap::new(), None, 0, &key(seed)).files)?;
                cases.push(case(&file, &format!("{what:?}"), false, tampered.anchor));
            }
        }
    }
    fs::write(folder.join("cases.json"), serde_json::to_string_pretty(&cases)?)?;
    Ok(cases)
}

/// Writes `many` till files into a folder, one tampering after the other.
///
/// # Errors
///
/// Whatever disk and SQLite say.
pub fn tills(folder: &Path, many: u64) -> Result<Vec<Value>> {
    fs::create_dir_all(folder)?;
    let mut cases = Vec::new();
    for seed in 0..many {
        let journals = history(seed, 4 + seed % 20);
        let file = format!("{seed:05}.sqlite");
        let path = folder.join(&file);
        till(&path, &journals)?;
        if seed.is_multiple_of(3) {
            cases.push(case(&file, "rien", true, None));
            continue;
        }
        let what = Tampering::ALL[usize::try_from(seed % 8)?];
        let mut dice = Dice::new(seed);
        let Some(tampered) = tamper(&mut dice, what, &journals[0]) else { continue };
        overwrite(&path, journals[0].journal, &tampered.entries)?;
        cases.push(case(&file, &format!("{what:?}"), false, tampered.anchor));
    }
    Ok(cases)
}

/// Runs the program on every case; the cases where its end is not the one that is due.
///
/// # Errors
///
/// Where the program cannot be started.
pub fn through(program: &Path, folder: &Path, cases: &[Value]) -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    for case in cases {
        let file = case["file"].as_str().context("a file")?;
        let mut command = Command::new(program);
        command.arg(folder.join(file));
        if let Some(anchor) = case["anchor"].as_str() {
            command.args(["--anchor", anchor]);
        }
        let output = command.output().with_context(|| program.display().to_string())?;
        let due = i32::from(case["sound"] != true);
        // A file that cannot be read any more was found out as well.
        let found = match output.status.code() {
            Some(2) if due == 1 => 1,
            Some(code) => code,
            None => -1,
        };
        if found != due {
            let said = String::from_utf8_lossy(&output.stdout).into_owned();
            wrong.push(format!("{file} ({}): {found}\n{said}", case["done"]));
        }
    }
    Ok(wrong)
}
