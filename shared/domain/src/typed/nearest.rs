//! The codes nearest to a word that is none.

use crate::catalogue::Catalogue;
use crate::text;
use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec::Vec;
use core::mem;
use serde::{Deserialize, Serialize};

/// How many are proposed.
const MOST: usize = 4;

/// The longest word that is compared: no code is near a longer one.
const LONGEST_WORD: usize = 24;

/// What a code is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CodeOf {
    /// A product.
    Product,
    /// An ingredient.
    Ingredient,
    /// An option.
    Option,
}

/// Something that may have been meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion {
    /// What to type for it.
    pub code: String,
    /// What the menu calls it.
    pub name: String,
    /// What it is.
    pub of: CodeOf,
}

impl Suggestion {
    /// Whether more letters could make of `word` this code or this name. `word` is folded.
    pub(super) fn continues(&self, word: &str) -> bool {
        self.code.starts_with(word) || name_begins(&self.name, word)
    }
}

/// The codes nearest to `word`, which is folded: by edit distance, then those that it begins, then
/// by code. `only` leaves codes out.
pub(super) fn nearest(
    word: &str,
    of: CodeOf,
    only: Option<&dyn Fn(&str) -> bool>,
    catalogue: &Catalogue,
) -> Vec<Suggestion> {
    if word.chars().count() > LONGEST_WORD {
        return Vec::new();
    }
    let mut ranked: Vec<_> = candidates(of, catalogue)
        .into_iter()
        .filter(|(code, _)| only.is_none_or(|only| only(code)))
        .filter_map(|(code, name)| rank(word, code, name).map(|rank| (rank, code, name)))
        .collect();
    ranked.sort();
    ranked.dedup();
    let nearest = ranked.into_iter().take(MOST);
    nearest
        .map(|(_, code, name)| Suggestion { code: code.to_owned(), name: name.to_owned(), of })
        .collect()
}

fn candidates(of: CodeOf, catalogue: &Catalogue) -> Vec<(&str, &str)> {
    match of {
        CodeOf::Product => {
            let offered = catalogue.products.iter().filter(|it| it.available);
            offered.map(|it| (it.code.as_str(), it.name.as_str())).collect()
        }
        CodeOf::Ingredient => {
            let offered = catalogue.ingredients.iter().filter(|it| it.available);
            offered.map(|it| (it.code.as_str(), it.name.as_str())).collect()
        }
        CodeOf::Option => {
            let groups = catalogue.products.iter().flat_map(|it| &it.choices);
            let options = groups.flat_map(|it| &it.options);
            options.map(|it| (it.code.as_str(), it.name.as_str())).collect()
        }
    }
}

/// How far a word is from a code, and whether it does not begin it; `None` where it is neither.
fn rank(word: &str, code: &str, name: &str) -> Option<(usize, bool)> {
    const FAR: usize = 3;
    let begins = code.starts_with(word) || name_begins(name, word);
    let distance = distance(word, code).min(FAR);
    // In a code of three letters two wrong ones leave nothing to recognise.
    let near = distance <= 1 || (distance == 2 && code.len() > FAR);
    (near || begins).then_some((distance, !begins))
}

fn name_begins(name: &str, word: &str) -> bool {
    let name = text::fold(name);
    name.starts_with(word) || name.split_whitespace().any(|it| it.starts_with(word))
}

/// How many letters have to be put in, left out, replaced, or swapped with the next one.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    let mut previous_letter = None;
    for (row, letter) in a.chars().enumerate() {
        let mut current = Vec::with_capacity(last.len());
        current.push(row.saturating_add(1));
        for (column, other) in b.iter().enumerate() {
            let at = |costs: &[usize], column: usize| costs.get(column).copied().unwrap_or(0);
            let next = column.saturating_add(1);
            let replaced = at(&last, column).saturating_add(usize::from(letter != *other));
            let left_out = at(&last, next).saturating_add(1);
            let put_in = at(&current, column).saturating_add(1);
            let mut cost = replaced.min(left_out).min(put_in);
            let before = column.checked_sub(1).and_then(|it| Some((it, *b.get(it)?)));
            if let (Some(previous), Some((skipped, earlier))) = (previous_letter, before)
                && previous == *other
                && earlier == letter
            {
                cost = cost.min(at(&before_last, skipped).saturating_add(1));
            }
            current.push(cost);
        }
        before_last = mem::replace(&mut last, current);
        previous_letter = Some(letter);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::distance;

    #[test]
    fn a_swap_of_two_letters_is_one_slip() {
        for (a, b, far) in [
            ("MRA", "MAR", 1),
            ("MAR", "MAR", 0),
            ("", "MAR", 3),
            ("MARG", "MAR", 1),
            ("RIE", "MAR", 3),
        ] {
            assert_eq!(distance(a, b), far, "{a} {b}");
        }
    }
}
