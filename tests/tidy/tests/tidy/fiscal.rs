//! The table of what the law wants: each row names code and tests that exist.

use crate::none;
use anyhow::{Context as _, Result, ensure};
use std::collections::{BTreeMap, BTreeSet};
use tidy::rust::Source;
use tidy::tree;

const DOCUMENT: &str = "docs/FISCAL.md";
const HEADING: &str = "## Requirements";

/// A row: `| id | rule | code | tests |`.
struct Row {
    number: usize,
    id: String,
    code: String,
    tests: String,
}

fn rows() -> Result<Vec<Row>> {
    let text = tree::text(DOCUMENT)?;
    let mut rows = Vec::new();
    let lines = text.lines().zip(1..).skip_while(|(line, _)| *line != HEADING).skip(1);
    for (line, number) in lines.take_while(|(line, _)| !line.starts_with("## ")) {
        let Some(cells) = line.strip_prefix("| ").and_then(|it| it.strip_suffix(" |")) else {
            continue;
        };
        let cells: Vec<&str> = cells.split(" | ").collect();
        if cells[0] == "id" || cells[0].starts_with("--") {
            continue;
        }
        let [id, _, code, tests] = cells[..] else {
            anyhow::bail!("{DOCUMENT}:{number}: {} cells instead of 4", cells.len());
        };
        let (id, code, tests) = (id.to_owned(), code.to_owned(), tests.to_owned());
        rows.push(Row { number, id, code, tests });
    }
    ensure!(!rows.is_empty(), "{DOCUMENT} has no table under {HEADING:?}");
    Ok(rows)
}

/// What a cell names in back-ticks: `path/of/file::name`, or `crate::module::name`.
fn named(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

/// The words of the code where a name may stand: the file that it names, or the whole crate.
struct Code {
    /// By crate, those of each of its files.
    crates: BTreeMap<String, Vec<Vec<String>>>,
}

impl Code {
    fn read() -> Result<Self> {
        let root = tree::root()?;
        let mut crates = BTreeMap::new();
        for package in tree::crates()?.workspace_packages() {
            let folder = package.manifest_path.parent().context("a manifest is in a folder")?;
            let folder = folder.as_std_path().strip_prefix(&root)?.display().to_string();
            let mut files = Vec::new();
            for file in tree::files_in(&folder, "rs")? {
                files.push(words_of(&file.path)?);
            }
            crates.insert(package.name.replace('-', "_"), files);
        }
        Ok(Self { crates })
    }

    /// Whether there is such a thing; of tests, such a function.
    fn has(&self, named: &str, is_test: bool) -> Result<bool> {
        let Some((place, name)) = named.split_once("::") else {
            return Ok(!is_test && tree::root()?.join(named).is_file());
        };
        // `Type::method` is looked for by its last part.
        let last = name.rsplit("::").next().context("a name has a last part")?;
        let stands = |words: &Vec<String>| {
            if is_test {
                words.windows(2).any(|pair| pair[0] == "fn" && pair[1] == last)
            } else {
                words.iter().any(|word| word == last)
            }
        };
        if let Some(files) = self.crates.get(place) {
            return Ok(files.iter().any(stands));
        }
        let is_file = tree::root()?.join(place).is_file();
        Ok(is_file && stands(&words_of(place)?))
    }
}

/// The words of a file's code, comments and texts left out.
fn words_of(path: &str) -> Result<Vec<String>> {
    let text = tree::text(path)?;
    let code = if path.ends_with(".rs") { Source::new(&text).code().to_owned() } else { text };
    Ok(tidy::rust::words(&code)
        .map(|(_, word)| if word == "def" { "fn".to_owned() } else { word.to_owned() })
        .collect())
}

#[test]
fn every_requirement_names_code_and_tests_that_exist() -> Result<()> {
    let code = Code::read()?;
    let mut wrong = Vec::new();
    for row in rows()? {
        for (what, cell, is_test) in [("code", &row.code, false), ("test", &row.tests, true)] {
            let mut count = 0;
            for it in named(cell) {
                count += 1;
                if !code.has(it, is_test)? {
                    wrong.push(format!("{DOCUMENT}:{}: {what} {it}", row.number));
                }
            }
            if count == 0 {
                wrong.push(format!("{DOCUMENT}:{}: {} names no {what}", row.number, row.id));
            }
        }
    }
    none(
        "Each row of the table names its code and its tests, as `crate::module::name` or \
         `path/of/file.rs::name`; they exist.",
        &wrong,
    );
    Ok(())
}

#[test]
fn every_requirement_stands_once() -> Result<()> {
    let mut seen = BTreeSet::new();
    let twice = rows()?.into_iter().filter(|row| !seen.insert(row.id.clone()));
    let twice: Vec<_> =
        twice.map(|row| format!("{DOCUMENT}:{}: {} again", row.number, row.id)).collect();
    none("One line a requirement.", &twice);
    Ok(())
}
