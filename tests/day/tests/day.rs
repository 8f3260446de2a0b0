//! A fixed day, byte for byte, and three others; what is altered afterwards is seen.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up fails there")]

use rusqlite::Connection;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use verify::inspect::Inspection;
use verify::till::TillFile;

/// Every file below a folder with its bytes, by its path from there.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = PathBuf::from(path.file_name().unwrap());
        if path.is_dir() {
            found.extend(files(&path).into_iter().map(|(below, bytes)| (name.join(below), bytes)));
        } else {
            found.insert(name, fs::read(path).unwrap());
        }
    }
    found
}

#[test]
fn the_same_seed_leaves_the_same_files() {
    let folder = tempfile::tempdir().unwrap();
    let [one, other] = ["one", "other"].map(|name| folder.path().join(name));
    assert_eq!(day::play(1, &one).unwrap(), day::play(1, &other).unwrap());
    let (one, other) = (files(&one), files(&other));
    assert!(one.keys().eq(other.keys()), "{:?}", one.keys());
    let differs: Vec<_> = one.iter().filter(|(name, bytes)| other[*name] != **bytes).collect();
    assert!(!one.contains_key(Path::new("caisse.sqlite-wal")), "a plain copy stands alone");
    assert!(differs.is_empty(), "{:?}", differs.iter().map(|(name, _)| name).collect::<Vec<_>>());
}

#[test]
fn other_days_add_up_too() {
    let folder = tempfile::tempdir().unwrap();
    for seed in [20_261_130, 7, u64::MAX] {
        let played = day::play(seed, &folder.path().join("day"));
        let played = played.unwrap_or_else(|error| panic!("seed {seed}: {error:#}"));
        assert!(played.line().ends_with("CONFORME"), "seed {seed}: {}", played.line());
    }
}

/// Whether the inspector's program believes the entries of a copy of the till's file to which this was
/// done: that a trigger is gone is not what is meant.
fn is_believed(file: &Path, harm: &str) -> bool {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.sqlite");
    fs::copy(file, &copy).unwrap();
    let connection = Connection::open(&copy).unwrap();
    connection.execute_batch(harm).unwrap();
    // Nothing is left beside the file.
    connection.execute_batch("PRAGMA journal_mode = DELETE;").unwrap();
    drop(connection);
    let mut inspection = Inspection::new();
    TillFile::open(&copy, &mut inspection).unwrap().inspect(&mut inspection).unwrap();
    inspection.finish().report.is_sound()
}

#[test]
fn what_the_readme_says_to_alter_is_seen() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("day");
    day::play(3, &folder).unwrap();
    let file = folder.join("caisse.sqlite");
    assert!(is_believed(&file, ""), "nothing was altered");
    let readme = fs::read_to_string(folder.join("README.txt")).unwrap();
    let harms: Vec<String> = readme
        .split("sqlite3 /tmp/alteree.sqlite \"")
        .skip(1)
        .map(|after| after.replace("\\\"", "\u{1}"))
        .map(|after| after.split('"').next().unwrap().replace('\u{1}', "\""))
        .collect();
    assert_eq!(harms.len(), 2);
    for harm in harms {
        assert!(!is_believed(&file, &harm), "{harm}");
    }
}
