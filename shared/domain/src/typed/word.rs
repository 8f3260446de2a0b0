//! Words of the order language, taken apart without knowing the menu.

use super::{MAX_MINUTES, MAX_QUANTITY, Span, When};
use crate::text;
use alloc::vec::Vec;
use fiscal::vat::Mode;

/// What a word says by its shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said<'w> {
    /// How the order leaves.
    Mode(Mode),
    /// A time; `None` where no clock shows it.
    When(Option<When>),
    /// A number; `None` where nobody wants so many.
    Quantity(Option<u16>),
    /// A change of an ingredient, on a part counted from 1.
    Change { sign: Sign, ingredient: &'w str, part: Option<u8> },
    /// An option, on a part counted from 1.
    Choice { option: &'w str, part: Option<u8> },
    /// A size or a product.
    Plain,
}

/// What a change begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    /// `-`
    Without,
    /// `~`
    Light,
    /// `+`
    With,
    /// `++`
    Extra,
}

/// The items of a line, between its `;` and line ends, and where they stand.
pub(super) fn segments(typed: &str) -> impl Iterator<Item = (Span, &str)> {
    pieces(typed, 0, |it| it == ';' || it == '\n')
}

/// The words of an item.
pub(super) fn words(segment: Span, text: &str) -> Vec<(Span, &str)> {
    let pieces = pieces(text, segment.start, char::is_whitespace);
    pieces.filter(|(_, word)| !word.is_empty()).collect()
}

/// The parts of a product word: `MAR/4FR`.
pub(super) fn parts(span: Span, word: &str) -> impl Iterator<Item = (Span, &str)> {
    pieces(word, span.start, |it| it == '/')
}

/// What stands between separators, empty pieces too, and where it stands.
fn pieces(
    text: &str,
    offset: usize,
    separates: impl Fn(char) -> bool,
) -> impl Iterator<Item = (Span, &str)> {
    let mut pieces = Vec::new();
    let mut next = 0;
    let ends = text.match_indices(separates).map(|(at, it)| (at, it.len()));
    for (end, skip) in ends.chain([(text.len(), 0)]) {
        let piece = text.get(next..end).expect("a match stands between characters");
        let [start, end_at] = [next, end].map(|it| offset.saturating_add(it));
        pieces.push((Span { start, end: end_at }, piece));
        next = end.saturating_add(skip);
    }
    pieces.into_iter()
}

/// What a word says by its shape alone.
pub(super) fn said(word: &str) -> Said<'_> {
    if let Some(mode) = mode(word) {
        return Said::Mode(mode);
    }
    if let Some(rest) = word.strip_prefix("++") {
        return change(Sign::Extra, rest);
    }
    if let Some(rest) = word.strip_prefix('+') {
        if let Some(minutes) = number(rest) {
            let minutes = minutes.filter(|it| (1..=MAX_MINUTES).contains(it));
            return Said::When(minutes.map(When::InMinutes));
        }
        return change(Sign::With, rest);
    }
    // A keyboard's hyphen, and the minus and dash that are pasted from elsewhere.
    if let Some(rest) = word.strip_prefix(['-', '−', '–']) {
        return change(Sign::Without, rest);
    }
    if let Some(rest) = word.strip_prefix('~') {
        return change(Sign::Light, rest);
    }
    if let Some(rest) = word.strip_prefix('=') {
        let (option, part) = on_part(rest);
        return Said::Choice { option, part };
    }
    if let Some(when) = time(word) {
        return Said::When(when);
    }
    if let Some(quantity) = quantity(word) {
        return Said::Quantity(quantity.filter(|it| (1..=MAX_QUANTITY).contains(it)));
    }
    Said::Plain
}

fn mode(word: &str) -> Option<Mode> {
    match text::fold(word).as_str() {
        "EMP" => Some(Mode::TakeAway),
        "LIV" => Some(Mode::Delivery),
        "PLA" => Some(Mode::OnSite),
        _ => None,
    }
}

fn change(sign: Sign, rest: &str) -> Said<'_> {
    let (ingredient, part) = on_part(rest);
    Said::Change { sign, ingredient, part }
}

/// Splits `BAS:1`. What follows the colon and is no number is no part there is: 0.
fn on_part(word: &str) -> (&str, Option<u8>) {
    match word.split_once(':') {
        None => (word, None),
        Some((code, part)) => (code, Some(part.parse().unwrap_or(0))),
    }
}

/// `19h30`, `19:30`, `19h`; the inner `None` where no clock shows it.
fn time(word: &str) -> Option<Option<When>> {
    let (hour, minute) = word.split_once(['h', 'H', ':'])?;
    let digits = |it: &str| it.bytes().all(|it| it.is_ascii_digit());
    if hour.is_empty() || hour.len() > 2 || minute.len() > 2 || !digits(hour) || !digits(minute) {
        return None;
    }
    let on_the_hour = minute.is_empty() && !word.contains(':');
    let hour = hour.parse().ok().filter(|it| *it < 24);
    let minute = if on_the_hour {
        Some(0)
    } else {
        minute.parse().ok().filter(|it| *it < 60 && minute.len() == 2)
    };
    Some(hour.zip(minute).map(|(hour, minute)| When::At { hour, minute }))
}

/// `2`, `2x`, `x2`, also with `*` or `×`; the inner `None` where it is beyond counting.
fn quantity(word: &str) -> Option<Option<u16>> {
    const TIMES: [char; 4] = ['x', 'X', '*', '×'];
    let bare = word.strip_suffix(TIMES).or_else(|| word.strip_prefix(TIMES)).unwrap_or(word);
    number(bare)
}

fn number(word: &str) -> Option<Option<u16>> {
    let is_number = !word.is_empty() && word.bytes().all(|it| it.is_ascii_digit());
    is_number.then(|| word.parse().ok())
}
