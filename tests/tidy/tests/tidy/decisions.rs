//! Decision records.

use crate::none;
use anyhow::Result;
use tidy::tree;

/// One page.
const MOST_LINES: usize = 70;

const SECTIONS: &[&str] = &["## Context", "## Options", "## Decision", "## Consequences"];

#[test]
fn each_says_context_options_decision_and_consequences() -> Result<()> {
    let mut wrong = Vec::new();
    for (file, number) in tree::files_in("docs/decisions", "md")?.iter().zip(1..) {
        let text = tree::text(&file.path)?;
        let say = |what: &str| format!("{}: {what}", file.path);
        if !file.name().starts_with(&format!("{number:04}-")) {
            wrong.push(say(&format!("its number should be {number:04}")));
        }
        if !text.starts_with(&format!("# {number}. ")) {
            wrong.push(say(&format!("it should begin with `# {number}. `")));
        }
        let sections: Vec<&str> = text.lines().filter(|it| it.starts_with("## ")).collect();
        if sections != SECTIONS {
            wrong.push(say(&format!("its sections are {}", sections.join(", "))));
        }
        if MOST_LINES < text.lines().count() {
            wrong.push(say("it is longer than a page"));
        }
    }
    none(
        &format!(
            "A decision record is docs/decisions/NNNN-words.md, at most {MOST_LINES} lines, with \
             exactly the sections {}.",
            SECTIONS.join(", ")
        ),
        &wrong,
    );
    Ok(())
}
