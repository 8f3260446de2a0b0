//! What happened, in order: its hash is compared between two runs of a seed, its lines are read.

use sha2::{Digest, Sha256};
use std::fmt::{Arguments, Write as _};

/// A trace that is being written.
#[derive(Debug, Default)]
pub(crate) struct Trace {
    hash: Sha256,
    line: String,
    /// Every line, where somebody will read them.
    kept: Option<Vec<String>>,
}

impl Trace {
    pub(crate) fn new(keep: bool) -> Self {
        Self { kept: keep.then(Vec::new), ..Self::default() }
    }

    /// Something happened at this time, in milliseconds since the run began.
    pub(crate) fn say(&mut self, now_ms: u64, what: Arguments<'_>) {
        self.line.clear();
        let (seconds, ms) = (now_ms / 1000, now_ms % 1000);
        writeln!(self.line, "{seconds:>7}.{ms:03} {what}").expect("a text takes any text");
        self.hash.update(self.line.as_bytes());
        if let Some(kept) = &mut self.kept {
            kept.push(self.line.trim_end().to_owned());
        }
    }

    pub(crate) fn finish(self) -> ([u8; 32], Vec<String>) {
        (self.hash.finalize().into(), self.kept.unwrap_or_default())
    }
}

/// The beginning of a hash, enough to tell two apart.
pub(crate) fn short(bytes: &[u8]) -> String {
    bytes.iter().take(4).fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a text takes any text");
        text
    })
}
