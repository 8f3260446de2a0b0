//! Where the French is that people read.

use crate::code::shipped;
use crate::none;
use anyhow::Result;
use tidy::rust::Source;
use tidy::tree;

/// The modules that hold words for people.
const WORDS: &[&str] = &[
    "shared/paper/src/words.rs",
    "shared/paper/src/invoice/words.rs",
    "shared/paper/src/attestation/words.rs",
    "pos-desktop/ui/src/words",
    "pos-desktop/api/src/words.rs",
    "pos-desktop/core/src/print/papers",
    "pos-desktop/core/src/print/receipt.rs",
    "pos-desktop/core/src/closing_of.rs",
    "pos-desktop/core/src/receipt_of.rs",
    "pos-desktop/core/src/safekeeping/words.rs",
    "shared/verify/src/words.rs",
    "shared/verify/src/report.rs",
    "shared/verify/src/main.rs",
    "sync-server/src/managers/words.rs",
    "sync-server/src/managers/page.rs",
    "sync-server/src/receipt/page.rs",
];

/// Where else such letters stand, because they are data there and not words.
const LETTERS: &[(&str, &str)] = &[
    (
        "pos-desktop/core/src/print/page.rs",
        "the characters that printers have, and their spellings",
    ),
    ("pos-desktop/core/src/print/layout.rs", "the signs that French sets a space beside"),
    ("pos-desktop/ui/src/parts/keyboard.rs", "the keys of a keyboard"),
    ("shared/domain/src/text.rs", "letters and what a search takes them for"),
];

#[test]
fn rules_core_and_centre_leave_french_to_words_modules() -> Result<()> {
    let elsewhere = french_elsewhere()?;
    none(TO_DO, &elsewhere.into_iter().filter(|it| !it.starts_with(SCREENS)).collect::<Vec<_>>());
    Ok(())
}

#[test]
fn screens_leave_french_to_their_words_module() -> Result<()> {
    let elsewhere = french_elsewhere()?;
    none(TO_DO, &elsewhere.into_iter().filter(|it| it.starts_with(SCREENS)).collect::<Vec<_>>());
    Ok(())
}

const SCREENS: &str = "pos-desktop/ui/";

const TO_DO: &str = "Words for people in code that is not about words: return a code or a value, and put the \
     sentence into the words module of whoever shows it (WORDS in this file). Letters that are data \
     go into LETTERS, with the reason.";

/// Each text with French letters that is shipped and in no words module.
fn french_elsewhere() -> Result<Vec<String>> {
    let mut found = Vec::new();
    for file in shipped("")?.iter().filter(|it| !it.path.starts_with("tests/")) {
        let beneath = |it: &str| {
            file.path.strip_prefix(it).is_some_and(|rest| {
                rest.is_empty() || rest.starts_with('/') || rest.starts_with(".rs")
            })
        };
        if WORDS.iter().any(|it| beneath(it)) || LETTERS.iter().any(|(it, _)| beneath(it)) {
            continue;
        }
        let source = Source::new(&tree::text(&file.path)?);
        let french = source.shipped_literals().filter(|it| it.text.chars().any(is_french));
        found.extend(french.map(|it| format!("{}:{}: {:.60}", file.path, it.line, it.text.trim())));
    }
    Ok(found)
}

#[test]
fn the_lists_of_words_name_what_exists() -> Result<()> {
    let files = tree::files()?;
    let listed = WORDS.iter().chain(LETTERS.iter().map(|(path, _)| path));
    let gone: Vec<String> = listed
        .filter(|path| {
            let folder = format!("{path}/");
            let module = format!("{path}.rs");
            let exists = |it: &str| it == **path || it == module || it.starts_with(&folder);
            !files.iter().any(|it| exists(&it.path))
        })
        .map(|it| (*it).to_owned())
        .collect();
    none("Take these out of the lists in this file: they are gone.", &gone);
    Ok(())
}

/// Whether a letter or quotation mark is one that English does without.
fn is_french(letter: char) -> bool {
    matches!(letter, 'À'..='Ö' | 'Ø'..='ö' | 'ø'..='ÿ' | 'Œ' | 'œ' | '«' | '»')
}
