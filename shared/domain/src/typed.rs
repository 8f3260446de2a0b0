//! The order language.

/// Whether a word reads as something else than a code: a time, a quantity, a mode.
#[must_use]
pub fn reads_otherwise(word: &str) -> bool {
    word.is_empty()
}
