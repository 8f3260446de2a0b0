//! A person's hands at a window: what they press is counted, and every answer is timed.

use std::time::Duration;

use anyhow::{Context, Result};

use crate::{Answered, Expect, Press, Window};

/// The CSS selector of a `data-test` hook: `[data-test='pay']`.
#[must_use]
pub fn hook(name: &str) -> String {
    format!("[data-test='{name}']")
}

/// Somebody at a window. Every press says what the window is expected to show for it, and is timed
/// from inside the page until that is painted.
#[derive(Debug)]
pub struct Hand<'a> {
    window: &'a Window,
    taps: usize,
    keys: usize,
    waits: Vec<(String, Duration)>,
}

impl<'a> Hand<'a> {
    /// Somebody who has not pressed anything yet.
    #[must_use]
    pub const fn at(window: &'a Window) -> Self {
        Self { window, taps: 0, keys: 0, waits: Vec::new() }
    }

    /// Touches what has that hook.
    ///
    /// # Errors
    ///
    /// It is not there, or does not answer as expected.
    pub async fn tap(&mut self, name: &str, expected: Expect<'_>) -> Result<Answered> {
        self.taps += 1;
        let answered = self.window.answer(Press::On(&hook(name)), expected).await;
        self.noted(name, answered)
    }

    /// Presses one key: a character, or one of the `KEY_` codes.
    ///
    /// # Errors
    ///
    /// It does not answer as expected.
    pub async fn key(&mut self, key: &str, expected: Expect<'_>) -> Result<Answered> {
        self.keys += 1;
        let answered = self.window.answer(Press::Keys(key), expected).await;
        self.noted(key, answered)
    }

    /// Types on the order line, a key at a time; each is expected to be there at once.
    ///
    /// # Errors
    ///
    /// One is not.
    pub async fn write(&mut self, text: &str) -> Result<()> {
        let line = hook("order-line");
        let mut written = self.window.value(&line).await?;
        for character in text.chars() {
            written.push(character);
            self.key(&character.to_string(), Expect::Holds(&line, &written)).await?;
        }
        Ok(())
    }

    /// How many times something was touched.
    #[must_use]
    pub const fn taps(&self) -> usize {
        self.taps
    }

    /// How many keys were pressed.
    #[must_use]
    pub const fn keys(&self) -> usize {
        self.keys
    }

    /// How long the answers took: the middle one, and the slowest with what was pressed.
    ///
    /// # Errors
    ///
    /// Nothing was pressed.
    pub fn waits(&self) -> Result<(Duration, Duration, String)> {
        let mut waits = self.waits.clone();
        waits.sort_by_key(|(_, wait)| *wait);
        let (_, middle) = waits.get(waits.len() / 2).context("nothing was pressed")?;
        let (what, slowest) = waits.last().context("nothing was pressed")?;
        Ok((*middle, *slowest, what.clone()))
    }

    fn noted(&mut self, what: &str, answered: Result<Answered>) -> Result<Answered> {
        let answered = answered.with_context(|| format!("press {what:?}"))?;
        self.waits.push((what.to_owned(), answered.took));
        Ok(answered)
    }
}

/// WebDriver's codes of the keys that are no character.
pub mod code {
    /// Enter.
    pub const ENTER: &str = "\u{E007}";
    /// Escape.
    pub const ESCAPE: &str = "\u{E00C}";
    /// Puts the order aside.
    pub const F9: &str = "\u{E039}";
    /// To the kitchen; once an order is paid, its receipt.
    pub const F10: &str = "\u{E03A}";
    /// To the payment.
    pub const F12: &str = "\u{E03C}";
}
