//! One-time codes that a person reads from one screen and types at another.

use sha2::{Digest, Sha256};

/// Capital letters and digits but for those that are taken for one another: 0 O, 1 I L, 8 B.
/// 32 would be simpler to draw from; 29 are easier to read out in a kitchen.
const LETTERS: &[u8; 29] = b"2345679ACDEFGHJKMNPQRSTUVWXYZ";
const LENGTH: usize = 8;
/// For how long a code is good, in milliseconds: 15 minutes.
pub const LIFE_MS: i64 = 15 * 60 * 1_000;

/// A code, as it is typed: eight letters.
#[derive(Clone, PartialEq, Eq)]
pub struct Code(String);

impl Code {
    /// Draws a code.
    ///
    /// # Errors
    ///
    /// Where the machine gives no random numbers.
    pub fn draw() -> Result<Self, getrandom::Error> {
        let mut code = String::with_capacity(LENGTH);
        while code.len() < LENGTH {
            let mut byte = [0];
            getrandom::fill(&mut byte)?;
            // 232 is 8 × 29: every letter is as likely as any other.
            if byte[0] < 232 {
                code.push(char::from(LETTERS[usize::from(byte[0]) % LETTERS.len()]));
            }
        }
        Ok(Self(code))
    }

    /// Reads what was typed: small letters, spaces and hyphens do not matter.
    #[must_use]
    pub fn typed(text: &str) -> Option<Self> {
        let code: String = text
            .chars()
            .filter(|it| !it.is_whitespace() && *it != '-')
            .map(|it| it.to_ascii_uppercase())
            .collect();
        let known = code.bytes().all(|it| LETTERS.contains(&it));
        (code.len() == LENGTH && known).then_some(Self(code))
    }

    /// As it is shown: `ABCD-EFGH`.
    #[must_use]
    pub fn shown(&self) -> String {
        let (first, last) = self.0.split_at(LENGTH / 2);
        format!("{first}-{last}")
    }

    /// What is stored of it.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(&self.0).into()
    }
}

#[cfg(test)]
mod tests {
    use super::Code;

    #[test]
    fn what_is_shown_is_what_may_be_typed() {
        let code = Code::draw().unwrap();
        let shown = code.shown();
        assert_eq!(shown.len(), 9);
        for typed in [shown.clone(), shown.to_lowercase(), shown.replace('-', " ")] {
            assert!(Code::typed(&typed) == Some(code.clone()), "{typed}");
        }
    }

    #[test]
    fn other_lengths_and_letters_are_no_codes() {
        for typed in ["", "ACDE-FGH", "ACDE-FGHJK", "ACDE-FGH0", "ÉCDE-FGHJ"] {
            assert!(Code::typed(typed).is_none(), "{typed}");
        }
    }
}
