//! The architecture, as tests. Each one that fails says what to do; changing a list here is a
//! decision, and belongs in the same commit as what needs it.

mod arrows;
mod code;
mod decisions;
mod docs;
mod fiscal;
mod licences;
mod migrations;
mod sql;
mod tracked;
mod words;

/// Fails where there are offenders, with what to do about them.
fn none(what_to_do: &str, offenders: &[String]) {
    assert!(offenders.is_empty(), "\n\n{what_to_do}\n\n  {}\n\n", offenders.join("\n  "));
}
