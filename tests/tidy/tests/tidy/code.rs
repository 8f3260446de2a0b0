//! What no Rust of ours holds.

use crate::none;
use anyhow::Result;
use tidy::rust::{Source, lines_with, words};
use tidy::tree::{self, File};

/// What is in shared/ because several programs use it, and is not rules: documents, whose layout
/// needs floats, and the inspector's program with the ZIP of archives. Both need std.
// `hashed` is in no program: the simulator alone enables it.
const NOT_RULES: [&str; 3] = ["shared/paper/", "shared/verify/", "shared/journal/src/hashed.rs"];

/// A file longer than this is several things.
const MOST_LINES: usize = 700;

#[test]
fn the_rules_crates_are_no_std_and_hold_their_lints() -> Result<()> {
    let mut wrong = Vec::new();
    let files = tree::files_in("shared", "rs")?;
    let rules = files.iter().filter(|it| !NOT_RULES.iter().any(|not| it.path.starts_with(not)));
    for file in rules.filter(|it| it.path.ends_with("src/lib.rs")) {
        let text = tree::text(&file.path)?;
        let head: Vec<&str> = text.lines().skip_while(|it| it.starts_with("//")).take(2).collect();
        if head.first() != Some(&"#![no_std]") {
            wrong.push(format!("{}: after the module's sentence comes #![no_std]", file.path));
        }
        let lints = ["missing_docs", "clippy::arithmetic_side_effects", "clippy::float_arithmetic"];
        for lint in lints.iter().filter(|it| !head.get(1).is_some_and(|line| line.contains(*it))) {
            wrong.push(format!("{}: then #![warn(…)] with {lint}", file.path));
        }
    }
    none("shared/* decides and never acts (docs/decisions/0001).", &wrong);
    Ok(())
}

#[test]
fn the_rules_crates_have_no_machine_no_floats_and_no_hash_maps() -> Result<()> {
    let mut wrong = Vec::new();
    for file in
        shipped("shared")?.iter().filter(|it| !NOT_RULES.iter().any(|not| it.path.starts_with(not)))
    {
        let code = Source::new(&tree::text(&file.path)?).shipped_code();
        for (line, word) in words(&code) {
            let float = ["f32", "f64"].iter().any(|it| {
                word.strip_suffix(it)
                    .is_some_and(|it| it.chars().all(|c| c.is_ascii_digit() || c == '_'))
            });
            if float || ["std", "HashMap", "HashSet"].contains(&word) {
                wrong.push(format!("{}:{line}: {word}", file.path));
            }
        }
    }
    none(
        "shared/* runs alike in till, server, page and simulator: core and alloc, whole cents, \
         grams and basis points, BTreeMap. Take the value as an argument, or put the code that acts \
         into pos-core or sync-server.",
        &wrong,
    );
    Ok(())
}

#[test]
fn the_lint_settings_of_a_crate_repeat_the_root_s() -> Result<()> {
    let root: toml::Table = tree::text("clippy.toml")?.parse()?;
    let mut wrong = Vec::new();
    for file in tree::files()?.iter().filter(|it| it.path.ends_with("/clippy.toml")) {
        let own: toml::Table = tree::text(&file.path)?.parse()?;
        for (name, value) in &root {
            if own.get(name) != Some(value) {
                wrong.push(format!("{}: {name}", file.path));
            }
        }
    }
    none("A crate's clippy.toml replaces the root's: copy these settings from it.", &wrong);
    Ok(())
}

#[test]
fn nothing_is_left_to_be_done_slept_or_skipped() -> Result<()> {
    // With their brackets, so that prose about them in this very file is not found.
    let forbidden = ["todo!", "unimplemented!", "dbg!", "#[ignore", "thread::sleep"];
    let mut wrong = Vec::new();
    for file in tree::files_in("", "rs")? {
        let source = Source::new(&tree::text(&file.path)?);
        for what in forbidden {
            let lines = lines_with(source.code(), what);
            wrong.extend(lines.iter().map(|line| format!("{}:{line}: {what}", file.path)));
        }
    }
    none(
        "Finish it, or leave it out; wait for a state, with a bound; and a test that cannot pass is \
         not committed.",
        &wrong,
    );
    Ok(())
}

#[test]
fn no_file_of_rust_is_long() -> Result<()> {
    let mut wrong = Vec::new();
    for file in tree::files_in("", "rs")? {
        let lines = tree::text(&file.path)?.lines().count();
        if MOST_LINES < lines {
            wrong.push(format!("{}: {lines} lines", file.path));
        }
    }
    none(&format!("More than {MOST_LINES} lines are several things: give each its file."), &wrong);
    Ok(())
}

#[test]
fn a_module_is_a_file_of_its_name() -> Result<()> {
    let wrong: Vec<String> = tree::files_in("", "rs")?
        .into_iter()
        .filter(|it| it.name() == "mod.rs")
        .map(|it| it.path)
        .collect();
    none("`thing.rs` beside the folder `thing`, not `thing/mod.rs`.", &wrong);
    Ok(())
}

/// The Rust files below `folder` that are not only tests.
pub(crate) fn shipped(folder: &str) -> Result<Vec<File>> {
    let files = tree::files_in(folder, "rs")?;
    let mut of_tests = Vec::new();
    for file in &files {
        let source = Source::new(&tree::text(&file.path)?);
        of_tests.extend(source.test_modules().map(|name| format!("{}/{name}", modules(file))));
    }
    let is_test = |file: &File| {
        file.is_in("tests")
            || of_tests.iter().any(|module| {
                let rest = file.path.strip_prefix(module.as_str());
                rest.is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
            })
    };
    Ok(files.into_iter().filter(|file| !is_test(file)).collect())
}

/// The folder in which a file's modules are.
fn modules(file: &File) -> &str {
    let own = file.path.strip_suffix(".rs").unwrap_or(&file.path);
    ["/lib", "/main"].iter().find_map(|it| own.strip_suffix(it)).unwrap_or(own)
}
