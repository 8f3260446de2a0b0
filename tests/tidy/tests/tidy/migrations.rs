//! Migrations: in order, forward only, and in the program that runs them.

use crate::code::shipped;
use crate::none;
use anyhow::Result;
use std::collections::BTreeMap;
use tidy::rust::Source;
use tidy::tree;

/// The file names of each folder of migrations.
fn folders() -> Result<BTreeMap<String, Vec<String>>> {
    let mut folders = BTreeMap::<String, Vec<String>>::new();
    for file in tree::files_in("migrations", "sql")? {
        let mut parts = file.path.split('/').skip(1);
        if let (Some(folder), Some(name), None) = (parts.next(), parts.next(), parts.next()) {
            folders.entry(folder.to_owned()).or_default().push(name.to_owned());
        }
    }
    Ok(folders)
}

#[test]
fn they_are_numbered_without_a_gap() -> Result<()> {
    let mut wrong = Vec::new();
    for (folder, names) in folders()? {
        for (name, number) in names.iter().zip(1..) {
            let due = format!("{number:04}_");
            let word = name.strip_prefix(&due).and_then(|it| it.strip_suffix(".sql"));
            let named = |it: &str| {
                it.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
            };
            if !word.is_some_and(|it| !it.is_empty() && named(it)) {
                wrong.push(format!("migrations/{folder}/{name}: {due}words.sql is due here"));
            }
        }
    }
    none(
        "Migrations are NNNN_words.sql, 0001 first, each number once. Rename one that no shop has.",
        &wrong,
    );
    Ok(())
}

#[test]
fn they_only_go_forward() -> Result<()> {
    let mut wrong = Vec::new();
    for file in tree::files_in("migrations", "sql")? {
        let text = tree::text(&file.path)?;
        if file.name().contains("down") {
            wrong.push(format!("{}: there is no way back", file.path));
        }
        if !text.starts_with("-- ") {
            wrong.push(format!(
                "{}: it begins with a sentence that says what it lays down",
                file.path
            ));
        }
        let contract = text.lines().any(|it| it.starts_with("-- Contract:"));
        let statements = text.lines().map(|it| it.split("--").next().unwrap_or_default());
        for (line, number) in statements.zip(1..) {
            let line = line.trim_start().to_ascii_uppercase();
            if !contract && ["DROP ", "TRUNCATE "].iter().any(|it| line.starts_with(it)) {
                wrong.push(format!("{}:{number}: {line:.60}", file.path));
            }
        }
    }
    none(
        "Tills of the last twelve months keep talking: a migration adds. One that takes away says \
         on a line `-- Contract:` since which version nothing uses it.",
        &wrong,
    );
    Ok(())
}

#[test]
fn every_one_is_in_the_program_that_runs_it() -> Result<()> {
    let mut embedded = Vec::new();
    for file in shipped("pos-desktop/core")?.iter().chain(&shipped("sync-server")?) {
        let source = Source::new(&tree::text(&file.path)?);
        embedded.extend(source.shipped_literals().map(|it| it.text.clone()));
    }
    let mut wrong = Vec::new();
    for (folder, names) in folders()? {
        let whole = format!("migrations/{folder}");
        if embedded.iter().any(|it| it.starts_with("../") && it.ends_with(&whole)) {
            continue;
        }
        let missing = names.iter().map(|name| format!("{whole}/{name}")).filter(|path| {
            !embedded.iter().any(|it| it.starts_with("../") && it.ends_with(path.as_str()))
        });
        wrong.extend(missing);
    }
    none(
        "Migrations that no program embeds: add them to the list in \
         pos-desktop/core/src/store/schema.rs, or to the folder that sqlx::migrate! names.",
        &wrong,
    );
    Ok(())
}
