//! What no file that git tracks may be or say.

use crate::none;
use anyhow::Result;
use tidy::tree;

/// 1 MiB.
const MOST_BYTES: usize = 1 << 20;

/// Files that may be larger: typefaces.
const FONTS: &[&str] = &["woff2", "ttf", "otf"];

/// Papers of whoever wrote this, and places on one machine: nobody else has them. Each in two parts,
/// so that this list does not name them either.
const NOWHERE: &[(&str, &str)] = &[
    ("/wor", "k/"),
    ("/roo", "t/"),
    ("/tm", "p/t/"),
    ("the brie", "fing"),
    ("../shared/", "notes"),
    ("PRODU", "CT.md"),
    ("DESI", "GN.md"),
    ("SCREE", "NS.md"),
    ("TOOLCHA", "IN.md"),
    ("LEGAL", "-FR"),
    ("FIEL", "D.md"),
    ("helper ", "agent"),
    ("sub", "agent"),
    ("issue ", "#"),
];

#[test]
fn nothing_names_what_only_its_writer_has() -> Result<()> {
    let mut wrong = Vec::new();
    for file in tree::files()? {
        let Some(text) = file.text()? else { continue };
        for (line, number) in text.lines().zip(1..) {
            let found = NOWHERE.iter().map(|(start, end)| format!("{start}{end}"));
            let found = found.filter(|it| line.contains(it.as_str()));
            wrong.extend(found.map(|it| format!("{}:{number}: {it}", file.path)));
        }
    }
    none(
        "Say it in a document of this tree and name that one; a place on one machine is an argument, \
         or counted from the root.",
        &wrong,
    );
    Ok(())
}

#[test]
fn nothing_is_large_but_typefaces() -> Result<()> {
    let mut wrong = Vec::new();
    for file in tree::files()? {
        let length = file.bytes()?.len();
        let font = file.name().rsplit('.').next().is_some_and(|it| FONTS.contains(&it));
        if MOST_BYTES < length && !font {
            wrong.push(format!("{}: {length} bytes", file.path));
        }
    }
    none("More than 1 MiB: make it when it is needed, or make it smaller.", &wrong);
    Ok(())
}

#[test]
fn every_text_ends_with_one_line_end_and_holds_no_others() -> Result<()> {
    let ours = ["rs", "md", "toml", "sql", "css", "js", "html", "py", "json"];
    let mut wrong = Vec::new();
    for file in tree::files()? {
        let Some(text) = file.text()? else { continue };
        if !file.name().rsplit('.').next().is_some_and(|it| ours.contains(&it)) || text.is_empty() {
            continue;
        }
        if text.contains('\r') || !text.ends_with('\n') || text.ends_with("\n\n") {
            wrong.push(file.path);
        }
    }
    none("Lines end with a line feed alone, the last one too, and nothing follows it.", &wrong);
    Ok(())
}
