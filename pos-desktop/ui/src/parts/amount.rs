//! An amount that is typed or touched in.

use crate::{
    keys::{Focus, Press},
    parts::pad::PadKey,
    words,
};
use fiscal::Money;
use leptos::prelude::*;

/// The most digits of whole euros that can be typed.
const LONGEST: usize = 6;

/// An amount as it is being typed: "23,4".
#[derive(Clone, Copy)]
pub(crate) struct Typed(RwSignal<String>);

impl Typed {
    /// Nothing yet.
    pub(crate) fn new() -> Self {
        Self(RwSignal::new(String::new()))
    }

    /// The amount; `None` while nothing is typed.
    pub(crate) fn amount(self) -> Option<Money> {
        self.0.with(|typed| parse(typed))
    }

    /// As it is shown: "23,4 €".
    pub(crate) fn shown(self) -> String {
        self.0.with(|typed| words::counter::typed_amount(typed))
    }

    /// Whether nothing is typed.
    pub(crate) fn is_empty(self) -> bool {
        self.0.with(String::is_empty)
    }

    /// Empties it.
    pub(crate) fn clear(self) {
        self.0.set(String::new());
    }

    /// A key of the pad.
    pub(crate) fn press(self, key: PadKey) {
        self.0.update(|typed| edit(typed, key));
    }

    /// A key of a real keyboard; `true` where it wrote or rubbed out.
    pub(crate) fn key(self, press: &Press) -> bool {
        if press.focus == Focus::Field {
            return false;
        }
        match (press.key.as_str(), press.digit()) {
            (_, Some(digit)) => self.press(PadKey::Digit(digit)),
            ("," | "." | "Decimal", None) => self.press(PadKey::Comma),
            ("Backspace", None) => self.press(PadKey::Back),
            _ => return false,
        }
        true
    }
}

/// What a key of the pad makes of the amount.
fn edit(typed: &mut String, key: PadKey) {
    let (euros, cents) = match typed.split_once(',') {
        Some((euros, cents)) => (euros.len(), Some(cents.len())),
        None => (typed.len(), None),
    };
    let room = cents.map_or(LONGEST - euros.min(LONGEST), |cents| 2 - cents.min(2));
    match key {
        PadKey::Digit(digit) if room >= 1 => typed.push(digit),
        PadKey::DoubleZero if room >= 2 => typed.push_str("00"),
        PadKey::Comma if cents.is_none() => typed.push_str(if euros == 0 { "0," } else { "," }),
        PadKey::Back if typed.pop().is_some() => {}
        PadKey::Digit(_) | PadKey::DoubleZero | PadKey::Comma | PadKey::Back => {}
    }
}

/// The amount that was typed; `None` where nothing was.
fn parse(typed: &str) -> Option<Money> {
    let (euros, cents) = typed.split_once(',').unwrap_or((typed, ""));
    let euros: i64 = euros.parse().ok()?;
    let cents: i64 = format!("{cents:0<2}").parse().ok()?;
    Some(Money::from_cents(euros * 100 + cents))
}

#[cfg(test)]
mod tests {
    use super::{PadKey, edit, parse};
    use fiscal::Money;

    #[test]
    fn an_amount_is_typed_in_euros() {
        for (keys, shown, cents) in [
            ("20", "20", Some(2_000)),
            ("23,4", "23,4", Some(2_340)),
            ("23,456", "23,45", Some(2_345)),
            (",5", "0,5", Some(50)),
            ("1,,2", "1,2", Some(120)),
            ("12<<", "", None),
            ("9999999", "999999", Some(99_999_900)),
        ] {
            let mut typed = String::new();
            for key in keys.chars() {
                edit(
                    &mut typed,
                    match key {
                        ',' => PadKey::Comma,
                        '<' => PadKey::Back,
                        digit => PadKey::Digit(digit),
                    },
                );
            }
            assert_eq!(typed, shown);
            assert_eq!(parse(&typed).map(Money::cents), cents);
        }
    }
}
