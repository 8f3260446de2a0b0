//! Licence expressions as crates write them (SPDX, and the older `MIT/Apache-2.0`).

/// Whether whoever may use what is in `allowed` may use something under `expression`.
///
/// `None` where the expression cannot be read.
#[must_use]
pub fn permits(expression: &str, allowed: &[&str]) -> Option<bool> {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut reading = Reading { words: &words, allowed };
    let permitted = reading.any()?;
    reading.words.is_empty().then_some(permitted)
}

/// What is still to be read of an expression.
struct Reading<'a> {
    words: &'a [&'a str],
    allowed: &'a [&'a str],
}

impl<'a> Reading<'a> {
    fn take(&mut self) -> Option<&'a str> {
        let (first, rest) = self.words.split_first()?;
        self.words = rest;
        Some(first)
    }

    fn take_if(&mut self, word: &str) -> bool {
        let found = self.words.first() == Some(&word);
        if found {
            self.words = &self.words[1..];
        }
        found
    }

    fn any(&mut self) -> Option<bool> {
        let mut permitted = self.all()?;
        while self.take_if("OR") {
            permitted |= self.all()?;
        }
        Some(permitted)
    }

    fn all(&mut self) -> Option<bool> {
        let mut permitted = self.one()?;
        while self.take_if("AND") {
            permitted &= self.one()?;
        }
        Some(permitted)
    }

    fn one(&mut self) -> Option<bool> {
        let name = self.take()?;
        if name == "(" {
            let permitted = self.any()?;
            return (self.take()? == ")").then_some(permitted);
        }
        if [")", "OR", "AND", "WITH"].contains(&name) {
            return None;
        }
        if self.take_if("WITH") {
            let whole = format!("{name} WITH {}", self.take()?);
            return Some(self.allowed.contains(&whole.as_str()) || self.allowed.contains(&name));
        }
        Some(self.allowed.contains(&name))
    }
}

#[cfg(test)]
mod tests {
    use super::permits;

    #[test]
    fn one_of_several_is_enough_and_all_of_them_are_needed() {
        let allowed = ["MIT", "Unicode-3.0"];
        assert_eq!(permits("MIT OR GPL-3.0", &allowed), Some(true));
        assert_eq!(permits("GPL-3.0/MIT", &allowed), Some(true));
        assert_eq!(permits("(MIT OR Apache-2.0) AND Unicode-3.0", &allowed), Some(true));
        assert_eq!(permits("MIT AND GPL-3.0", &allowed), Some(false));
        assert_eq!(permits("Apache-2.0 WITH LLVM-exception", &allowed), Some(false));
        assert_eq!(permits("MIT WITH some-exception", &allowed), Some(true));
    }

    #[test]
    fn what_cannot_be_read_permits_nothing() {
        for unreadable in ["", "MIT OR", "(MIT", "MIT Apache-2.0", "AND"] {
            assert_eq!(permits(unreadable, &["MIT"]), None, "{unreadable}");
        }
    }
}
