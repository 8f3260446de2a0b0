//! Documents that name what exists.

use crate::none;
use anyhow::{Context as _, Result};
use std::collections::BTreeSet;
use tidy::tree::{self, File};

/// The folders in which a path in back-ticks is looked up.
const FOLDERS: &[&str] = &[
    ".ci/",
    "dev.d/",
    "docs/",
    "installers/",
    "migrations/",
    "pos-desktop/",
    "shared/",
    "sync-server/",
    "tests/",
];

/// What the build makes: named in documents, and in no commit.
const MADE: &[&str] = &["pos-desktop/ui/dist"];

fn documents() -> Result<Vec<File>> {
    tree::files_in("", "md")
}

#[test]
fn the_code_map_names_every_crate_and_no_other() -> Result<()> {
    let root = tree::root()?;
    let text = tree::text("docs/ARCHITECTURE.md")?;
    let map: BTreeSet<String> = text
        .lines()
        .filter_map(|it| it.strip_prefix("**`"))
        .filter_map(|it| it.split_once("`)"))
        .map(|(head, _)| head.replace("`** (`", " in "))
        .collect();
    let mut crates = BTreeSet::new();
    for package in tree::crates()?.workspace_packages() {
        let folder = package.manifest_path.parent().context("a manifest is in a folder")?;
        let folder = folder.as_std_path().strip_prefix(&root)?.display();
        crates.insert(format!("{} in {folder}", package.name));
    }
    let unnamed = crates.difference(&map).map(|it| format!("{it}: has no paragraph"));
    let gone = map.difference(&crates).map(|it| format!("{it}: is no crate"));
    none(
        "docs/ARCHITECTURE.md has a paragraph a crate, beginning with **`name`** (`folder`).",
        &unnamed.chain(gone).collect::<Vec<_>>(),
    );
    Ok(())
}

#[test]
fn they_are_short_enough_to_be_read() -> Result<()> {
    let mut wrong = Vec::new();
    for (path, most) in [("docs/ARCHITECTURE.md", 250), ("docs/STYLE.md", 200)] {
        let lines = tree::text(path)?.lines().count();
        if most < lines {
            wrong.push(format!("{path}: {lines} lines, {most} at most"));
        }
    }
    none("Say it shorter, or move a part of it to a document of its own.", &wrong);
    Ok(())
}

#[test]
fn every_path_in_back_ticks_exists() -> Result<()> {
    let files = tree::files()?;
    let mut wrong = Vec::new();
    for document in documents()? {
        for (line, number) in tree::text(&document.path)?.lines().zip(1..) {
            let quoted = line.split('`').skip(1).step_by(2);
            for path in quoted.filter(|it| FOLDERS.iter().any(|folder| it.starts_with(folder))) {
                let path = path.split([':', '#', ' ']).next().unwrap_or(path);
                let beside = format!("{}/{path}", parent(&document.path));
                if !MADE.contains(&path) && !exists(&files, path) && !exists(&files, &beside) {
                    wrong.push(format!("{}:{number}: {path}", document.path));
                }
            }
        }
    }
    none("Paths that documents name and nobody finds: correct the document.", &wrong);
    Ok(())
}

#[test]
fn every_document_that_is_named_exists() -> Result<()> {
    let files = tree::files()?;
    let mut wrong = Vec::new();
    for file in &files {
        if file.path.starts_with("tests/tidy/") {
            continue;
        }
        let Some(text) = file.text()? else { continue };
        for (line, number) in text.lines().zip(1..) {
            for (at, _) in line.match_indices("docs/") {
                let inside = line[..at].chars().next_back();
                if inside.is_some_and(|it| it.is_alphanumeric() || "-_/.".contains(it)) {
                    continue;
                }
                let named = |it: &char| it.is_ascii_alphanumeric() || "-_/.*".contains(*it);
                let path: String = line[at..].chars().take_while(named).collect();
                let path = path.trim_end_matches(['.', '/']);
                if !exists(&files, path) {
                    wrong.push(format!("{}:{number}: {path}", file.path));
                }
            }
        }
    }
    none("Documents that are named and nobody finds: write them, or name another.", &wrong);
    Ok(())
}

#[test]
fn every_link_between_documents_leads_somewhere() -> Result<()> {
    let files = tree::files()?;
    let mut wrong = Vec::new();
    for document in documents()? {
        let folder = parent(&document.path);
        for (line, number) in tree::text(&document.path)?.lines().zip(1..) {
            let targets = line.split("](").skip(1).filter_map(|it| it.split_once(')'));
            for (target, _) in targets {
                let path = target.split('#').next().unwrap_or_default();
                if path.is_empty() || path.contains("://") {
                    continue;
                }
                let mut parts: Vec<&str> = folder.split('/').filter(|it| !it.is_empty()).collect();
                for part in path.split('/').filter(|it| !it.is_empty() && *it != ".") {
                    if part == ".." {
                        parts.pop();
                    } else {
                        parts.push(part);
                    }
                }
                if !exists(&files, &parts.join("/")) {
                    wrong.push(format!("{}:{number}: {target}", document.path));
                }
            }
        }
    }
    none("Links that lead nowhere: correct them.", &wrong);
    Ok(())
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Whether there is a file or folder at `path`; `*` stands for anything in a name, and a decision
/// may be named by its number alone.
fn exists(files: &[File], path: &str) -> bool {
    let path = path.trim_end_matches('/');
    let wanted: Vec<&str> = path.split('/').collect();
    files.iter().any(|file| {
        let held: Vec<&str> = file.path.split('/').collect();
        wanted.len() <= held.len()
            && wanted.iter().zip(&held).all(|(wanted, held)| {
                let decision = path.starts_with("docs/decisions/")
                    && wanted.len() == 4
                    && held.strip_prefix(wanted).is_some_and(|it| it.starts_with('-'));
                decision
                    || wanted == held
                    || wanted.split_once('*').is_some_and(|(start, end)| {
                        held.starts_with(start) && held.ends_with(end.trim_start_matches('*'))
                    })
            })
    })
}

#[test]
fn every_task_of_dev_that_is_named_exists() -> Result<()> {
    let dev = tree::text("dev")?;
    let mut wrong = Vec::new();
    for document in documents()? {
        for (line, number) in tree::text(&document.path)?.lines().zip(1..) {
            for (at, start) in line.match_indices("./dev ") {
                let rest = &line[at + start.len()..];
                let task: String = rest.chars().take_while(char::is_ascii_lowercase).collect();
                let listed = |it: &str| {
                    it.strip_prefix("./dev ").and_then(|it| it.split(' ').next()) == Some(&task)
                };
                if !task.is_empty() && !dev.lines().any(listed) {
                    wrong.push(format!("{}:{number}: ./dev {task}", document.path));
                }
            }
        }
    }
    none("Tasks that `./dev` does not list: name one that it does.", &wrong);
    Ok(())
}

#[test]
fn the_operations_manual_is_in_french() -> Result<()> {
    let mut wrong = Vec::new();
    for file in tree::files_in("docs/exploitation", "md")? {
        let text = tree::text(&file.path)?.to_lowercase();
        let times =
            |words: &[&str]| text.split_whitespace().filter(|it| words.contains(it)).count();
        if times(&["le", "la", "les", "un", "une", "du"]) <= times(&["the", "a", "an", "of"]) {
            wrong.push(file.path);
        }
    }
    none("Whoever gets the call in the shop reads French: write it in French.", &wrong);
    Ok(())
}
