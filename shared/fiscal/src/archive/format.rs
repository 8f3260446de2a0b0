//! The files of an archive: their names, and what the two JSON files say. docs/FISCAL.md describes
//! them for whoever writes a program of their own.

use crate::base64url;
use crate::closing::Span;
use crate::jcs;
use crate::replay::Standing;
use crate::ticket::Issuer;
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use journal::{JournalId, PublicKey, RawEntry, Signature, SigningKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What is archived, of whom.
pub const HEADER_FILE: &str = "entete.json";
/// How to read it, in French.
pub const NOTICE_FILE: &str = "NOTICE.txt";
/// The files with their hashes.
pub const MANIFEST_FILE: &str = "manifest.json";
/// The signature of the manifest's bytes.
pub const SIGNATURE_FILE: &str = "manifest.sig";
/// A time stamp of the manifest's bytes (RFC 3161), where somebody had one made.
pub const TIMESTAMP_FILE: &str = "manifest.tsr";
/// The name of the header's layout.
pub const HEADER_FORMAT: &str = "OCPIZZA-ARCHIVE-1";
/// The name of the manifest's layout.
pub const MANIFEST_FORMAT: &str = "OCPIZZA-MANIFESTE-1";

/// `entete.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// [`HEADER_FORMAT`].
    pub format: String,
    /// Who sold, and with which software.
    #[serde(rename = "entreprise")]
    pub issuer: Issuer,
    /// The period: `2026-11-01_2026-11-30`.
    #[serde(rename = "periode")]
    pub period: String,
    /// When it was made, in milliseconds since 1970 UTC.
    #[serde(rename = "cree_utc_ms")]
    pub created_ms: i64,
    /// The version of the fiscal core that made it.
    #[serde(rename = "noyau_fiscal")]
    pub fiscal_version: String,
    /// The journals, in the order of their files.
    #[serde(rename = "journaux")]
    pub journals: Vec<Part>,
}

/// A journal, or a part of one, in an archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Which entries.
    #[serde(flatten)]
    pub span: Span,
    /// The public key, 66 hexadecimal digits.
    #[serde(rename = "cle_publique")]
    pub public_key: String,
    /// The shop's code.
    #[serde(rename = "etablissement")]
    pub shop: String,
    /// The workstation's label.
    #[serde(rename = "poste")]
    pub workstation: String,
    /// `REEL`, `FORMATION` or `CENTRE`.
    #[serde(rename = "usage")]
    pub purpose: String,
    /// Where the journal stood before; null where the part begins with its first entry.
    #[serde(rename = "avant")]
    pub before: Option<Standing>,
    /// Where it stands after: what the next archive's `avant` is.
    #[serde(rename = "apres")]
    pub after: Standing,
}

/// `manifest.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`MANIFEST_FORMAT`].
    pub format: String,
    /// The journal whose key signs.
    pub journal: String,
    /// That key, 66 hexadecimal digits.
    #[serde(rename = "cle_publique")]
    pub public_key: String,
    /// The signature of the record (series AR1) of the archive before; null in the first.
    #[serde(rename = "precedente")]
    pub previous: Option<String>,
    /// Every file but this one, its signature and its time stamp.
    #[serde(rename = "fichiers")]
    pub files: Vec<FileHash>,
}

/// A file of an archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileHash {
    /// Its path in the archive.
    #[serde(rename = "nom")]
    pub name: String,
    /// Its length in bytes.
    #[serde(rename = "octets")]
    pub bytes: u64,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
}

/// A line of a journal's file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The entry's place.
    pub seq: u64,
    /// The header's bytes, in hexadecimal.
    pub header: String,
    /// The body's bytes, in hexadecimal; null where they were purged.
    pub body: Option<String>,
    /// The seal, in hexadecimal; null where the entry is not the last of its transaction.
    pub seal: Option<String>,
}

impl FileHash {
    /// The hash of a file.
    #[must_use]
    pub fn of(name: &str, bytes: &[u8]) -> Self {
        Self { name: name.to_owned(), bytes: bytes.len() as u64, sha256: sha256(bytes) }
    }
}

impl Line {
    /// The line of an entry.
    #[must_use]
    pub fn of(seq: u64, raw: &RawEntry, seal: Option<&Signature>) -> Self {
        Self {
            seq,
            header: hex(&raw.header),
            body: raw.body.as_deref().map(hex),
            seal: seal.map(|it| hex(&it.0)),
        }
    }

    /// The text of the line, without its end.
    #[must_use]
    pub fn text(&self) -> String {
        let quoted = |it: &Option<String>| match it {
            Some(hex) => format!("\"{hex}\""),
            None => "null".to_owned(),
        };
        let (seq, header) = (self.seq, &self.header);
        let (body, seal) = (quoted(&self.body), quoted(&self.seal));
        format!(r#"{{"seq":{seq},"header":"{header}","body":{body},"seal":{seal}}}"#)
    }

    /// Reads a line, which must be as [`Line::text`] writes it; none where it is not.
    #[must_use]
    pub fn parse(text: &str) -> Option<(u64, RawEntry, Option<Signature>)> {
        let line: Self = serde_json::from_str(text).ok()?;
        if line.text() != text {
            return None;
        }
        let body = match &line.body {
            Some(body) => Some(unhex(body)?),
            None => None,
        };
        let seal = match &line.seal {
            Some(seal) => Some(Signature::from_bytes(&unhex(seal)?)?),
            None => None,
        };
        Some((line.seq, RawEntry { header: unhex(&line.header)?, body }, seal))
    }
}

/// The file of a journal's entries.
#[must_use]
pub fn journal_file(journal: &JournalId) -> String {
    format!("journaux/{journal}.jsonl")
}

/// The signature of a manifest's bytes, as [`SIGNATURE_FILE`] has it.
#[must_use]
pub fn sign(manifest: &str, key: &SigningKey) -> String {
    base64url::encode(&key.sign(manifest.as_bytes()).0)
}

/// Whether a signature is the key's, of the manifest's bytes.
#[must_use]
pub fn is_signed(manifest: &str, signature: &str, key: &PublicKey) -> bool {
    let signature = base64url::decode(signature).map(Signature);
    signature.is_some_and(|it| key.verify(manifest.as_bytes(), &it))
}

/// Reads one of the two JSON files, which must be canonical; none where it is not.
#[must_use]
pub fn read<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    let text = core::str::from_utf8(bytes).ok()?;
    jcs::parse(text).ok()?;
    serde_json::from_str(text).ok()
}

/// SHA-256 in hexadecimal.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Bytes as lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len().saturating_mul(2));
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

/// Reads an even number of lower-case hexadecimal digits.
#[must_use]
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |it: u8| match it {
        b'0'..=b'9' => Some(it.wrapping_sub(b'0')),
        b'a'..=b'f' => Some(it.wrapping_sub(b'a').wrapping_add(10)),
        _ => None,
    };
    if !text.len().is_multiple_of(2) {
        return None;
    }
    let pairs = text.as_bytes().chunks_exact(2);
    pairs.map(|pair| Some((digit(pair[0])? << 4) | digit(pair[1])?)).collect()
}
