//! Rust without what is no code: comments and texts told apart from code, and code that only tests
//! have told apart from the rest. No parser: enough of the lexer to find where things end.

use std::ops::Range;

/// A text in quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Literal {
    /// The line it begins on, from 1.
    pub line: usize,
    /// What stands between the quotes, escapes as they are written.
    pub text: String,
    at: usize,
}

/// A file of Rust, taken apart.
#[derive(Clone, Debug)]
pub struct Source {
    code: String,
    literals: Vec<Literal>,
    tests: Vec<Range<usize>>,
}

impl Source {
    /// Takes a file apart.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let mut scan = Scan { text, at: 0, code: String::new(), literals: Vec::new() };
        scan.run();
        let tests = test_items(&scan.code);
        Self { code: scan.code, literals: scan.literals, tests }
    }

    /// The code: comments and texts are blanks, so that every line stands where it stood.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The code without what only tests have, which is blanks too.
    #[must_use]
    pub fn shipped_code(&self) -> String {
        let mut code = self.code.clone();
        for range in &self.tests {
            code.replace_range(range.clone(), &blank(&self.code[range.clone()]));
        }
        code
    }

    /// The texts that are not only in tests.
    pub fn shipped_literals(&self) -> impl Iterator<Item = &Literal> {
        self.literals.iter().filter(|it| !self.tests.iter().any(|range| range.contains(&it.at)))
    }

    /// The modules that are other files and only tests have: `#[cfg(test)] mod samples;`.
    pub fn test_modules(&self) -> impl Iterator<Item = &str> {
        self.tests.iter().filter_map(|range| {
            let item = self.code[range.clone()].strip_suffix(';')?;
            let (before, name) = item.rsplit_once(' ')?;
            before.ends_with("mod").then_some(name)
        })
    }
}

/// The words of code with the lines they stand on, from 1: names, keywords and numbers.
pub fn words(code: &str) -> impl Iterator<Item = (usize, &str)> {
    code.lines().zip(1..).flat_map(|(line, number)| {
        line.split(|it: char| !it.is_alphanumeric() && it != '_')
            .filter(|word| !word.is_empty())
            .map(move |word| (number, word))
    })
}

/// The lines, from 1, on which `what` stands in code.
pub fn lines_with(code: &str, what: &str) -> Vec<usize> {
    code.lines()
        .zip(1..)
        .filter(|(line, _)| line.contains(what))
        .map(|(_, number)| number)
        .collect()
}

fn blank(text: &str) -> String {
    text.chars()
        .flat_map(|it| {
            let (blank, times) = if it == '\n' { ('\n', 1) } else { (' ', it.len_utf8()) };
            std::iter::repeat_n(blank, times)
        })
        .collect()
}

/// Where a file is being read.
struct Scan<'a> {
    text: &'a str,
    at: usize,
    code: String,
    literals: Vec<Literal>,
}

impl<'a> Scan<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn run(&mut self) {
        while let Some(next) = self.rest().chars().next() {
            let rest = self.rest();
            if rest.starts_with("//") {
                self.skip(rest.find('\n').unwrap_or(rest.len()));
            } else if rest.starts_with("/*") {
                self.skip(block_comment(rest));
            } else if let Some(hashes) = raw_text(rest, self.code.chars().next_back()) {
                let opening = rest.find('"').expect("a raw text has a quote") + 1;
                let closing = format!("\"{}", "#".repeat(hashes));
                self.literal(opening, &closing, |rest, end| rest.find(end));
            } else if next == '"' {
                self.literal(1, "\"", |rest, _| unescaped(rest, '"'));
            } else if next == '\'' && is_character(rest) {
                self.literal(1, "'", |rest, _| unescaped(rest, '\''));
            } else {
                self.code.push(next);
                self.at += next.len_utf8();
            }
        }
    }

    fn skip(&mut self, length: usize) {
        let blanks = blank(&self.rest()[..length]);
        self.code.push_str(&blanks);
        self.at += length;
    }

    fn literal(
        &mut self,
        opening: usize,
        closing: &str,
        end: impl Fn(&str, &str) -> Option<usize>,
    ) {
        let inside = &self.rest()[opening..];
        let length = end(inside, closing).unwrap_or(inside.len());
        let line = self.code.matches('\n').count() + 1;
        self.literals.push(Literal { line, text: inside[..length].to_owned(), at: self.at });
        let whole = (opening + length + closing.len()).min(self.rest().len());
        self.skip(whole);
    }
}

/// How long the comment is that `text` begins with; comments nest.
fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < text.len() {
        let rest = &text[at..];
        if rest.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

/// How many hashes the raw text has that `text` begins with; `before` is the character before it.
fn raw_text(text: &str, before: Option<char>) -> Option<usize> {
    if before.is_some_and(|it| it.is_alphanumeric() || it == '_') {
        return None;
    }
    let rest = ["r", "br", "cr"].iter().find_map(|it| text.strip_prefix(it))?;
    let hashes = rest.len() - rest.trim_start_matches('#').len();
    rest[hashes..].starts_with('"').then_some(hashes)
}

/// Where the first `quote` stands that no backslash escapes.
fn unescaped(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    text.char_indices().find_map(|(at, it)| {
        let ends = it == quote && !escaped;
        escaped = it == '\\' && !escaped;
        ends.then_some(at)
    })
}

/// Whether a quote begins a character and not a lifetime.
fn is_character(text: &str) -> bool {
    let mut after = text.chars().skip(1);
    match (after.next(), after.next()) {
        (Some('\\'), _) | (Some(_), Some('\'')) => true,
        (Some(_) | None, _) => false,
    }
}

/// The items that are compiled for tests only, attribute to end.
fn test_items(code: &str) -> Vec<Range<usize>> {
    let mut items = Vec::new();
    let mut from = 0;
    while let Some(found) = ["#[cfg(test)]", "#[test]"]
        .iter()
        .filter_map(|attribute| code[from..].find(attribute))
        .min()
    {
        let start = from + found;
        let end = item_end(code, start);
        items.push(start..end);
        from = end;
    }
    items
}

/// Where the item ends whose first attribute begins at `start`.
fn item_end(code: &str, start: usize) -> usize {
    let mut depth = 0_usize;
    for (offset, it) in code[start..].char_indices() {
        match it {
            '{' | '(' | '[' => depth += 1,
            '}' | ')' | ']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 && it == '}' {
                    return start + offset + 1;
                }
            }
            ';' if depth == 0 => return start + offset + 1,
            _ => {}
        }
    }
    code.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(source: &Source) -> Vec<&str> {
        source.shipped_literals().map(|it| it.text.as_str()).collect()
    }

    #[test]
    fn comments_and_texts_are_no_code() {
        let source = Source::new("let a = \"// é\"; // \"b\"\n/* x /* y */ z */ let c = 'é';");
        assert_eq!(source.code().trim_end().matches(|it| "axyzb".contains(it)).count(), 1);
        assert_eq!(texts(&source), ["// é", "é"]);
        assert_eq!(
            words(source.code()).collect::<Vec<_>>(),
            [(1, "let"), (1, "a"), (2, "let"), (2, "c")]
        );
    }

    #[test]
    fn a_raw_text_ends_at_its_own_hashes() {
        let source = Source::new("f(r##\"a \"# b\"##, br\"c\", \"d\\\"e\", for_r\"f\")");
        assert_eq!(texts(&source), ["a \"# b", "c", "d\\\"e", "f"]);
    }

    #[test]
    fn a_lifetime_is_no_character() {
        let source = Source::new("fn f<'a>(it: &'a str) -> char { '\\'' }");
        assert_eq!(texts(&source), ["\\'"]);
        assert!(source.code().contains("<'a>(it: &'a str)"));
    }

    #[test]
    fn what_only_tests_have_is_not_shipped() {
        let source = Source::new(
            "const A: &str = \"a\";\n#[cfg(test)]\nmod samples;\n#[cfg(test)]\nmod tests {\n    fn b() { \"b\"; }\n}\nfn c() { \"c\"; }",
        );
        assert_eq!(texts(&source), ["a", "c"]);
        assert_eq!(source.test_modules().collect::<Vec<_>>(), ["samples"]);
        assert_eq!(lines_with(&source.shipped_code(), "fn "), [8]);
    }
}
