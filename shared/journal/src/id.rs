//! Names of things: 32-byte hashes, 16-byte identities, positions and ticks.

use alloc::string::String;
use core::fmt;
use minicbor::decode::{self, Decoder};
use minicbor::encode::{self, Encoder, Write};
use sha2::{Digest, Sha256};

/// A name that is not as long as its kind of name is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected} bytes, got {got}")]
pub struct WrongLength {
    /// How many bytes such a name has.
    pub expected: usize,
    /// How many there were.
    pub got: usize,
}

macro_rules! bytes_name {
    ($(#[$doc:meta])* $name:ident, $len:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $len]);

        impl $name {
            /// The bytes of the name.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8] {
                &self.0
            }

            /// The name as lower-case hexadecimal.
            #[must_use]
            pub fn hex(&self) -> String {
                hex(&self.0)
            }

            /// Reads hexadecimal, as [`Self::hex`] writes it.
            #[must_use]
            pub fn from_hex(text: &str) -> Option<Self> {
                let mut bytes = [0; $len];
                unhex(text, &mut bytes).then_some(Self(bytes))
            }
        }

        impl TryFrom<&[u8]> for $name {
            type Error = WrongLength;

            fn try_from(bytes: &[u8]) -> Result<Self, WrongLength> {
                let got = bytes.len();
                bytes.try_into().map(Self).map_err(|_| WrongLength { expected: $len, got })
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.hex())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.hex())
            }
        }

        impl<C> minicbor::Encode<C> for $name {
            fn encode<W: Write>(
                &self,
                e: &mut Encoder<W>,
                _: &mut C,
            ) -> Result<(), encode::Error<W::Error>> {
                e.bytes(&self.0)?.ok()
            }
        }

        impl<'b, C> minicbor::Decode<'b, C> for $name {
            fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
                Self::try_from(d.bytes()?).map_err(decode::Error::message)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.serialize_str(&self.hex())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(d)?;
                Self::from_hex(&text).ok_or_else(|| {
                    serde::de::Error::custom(concat!(stringify!($name), ": not hexadecimal of its length"))
                })
            }
        }
    };
}

bytes_name!(
    /// A journal: the hash of its first entry.
    JournalId, 32
);
bytes_name!(
    /// An entry: SHA-256 of its header's bytes. It is the entry's identity; its position is
    /// (journal, seq).
    EntryHash, 32
);
bytes_name!(
    /// A blob (a menu version, a photo): SHA-256 of its bytes.
    BlobHash, 32
);
bytes_name!(
    /// One run of a program on one machine. Random, drawn at start, so that two machines with one
    /// disk image are told apart.
    BootId, 16
);
bytes_name!(
    /// What an entry is about: an order, a day, a customer. Drawn at random by whoever opens it.
    SubjectId, 16
);

impl BlobHash {
    /// The name of a blob with these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
}

macro_rules! number_name {
    ($(#[$doc:meta])* $name:ident, $inner:ty) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash,
            minicbor::Encode, minicbor::Decode, serde::Serialize, serde::Deserialize,
        )]
        #[cbor(transparent)]
        #[serde(transparent)]
        pub struct $name(#[n(0)] pub $inner);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

number_name!(
    /// The place of an entry in its journal: 1, 2, 3 … without a gap.
    Seq, u64
);
number_name!(
    /// Order without a clock: 1 + the greatest tick its writer had stored (Lamport).
    Tick, u64
);
number_name!(
    /// What an entry says. 1–15 are this crate's, 16–63 fiscal, the rest the domain's.
    Kind, u16
);

impl Seq {
    /// The first entry's place.
    pub const FIRST: Self = Self(1);

    /// The place after this one.
    ///
    /// # Panics
    ///
    /// After 2⁶⁴ − 1 entries.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.checked_add(1).expect("a journal never has 2^64 entries"))
    }
}

impl Tick {
    /// The greatest jump that is believed at once: a larger one is parked (DESIGN: docs/JOURNAL.md).
    pub const MAX_JUMP: u64 = 1 << 32;

    /// The tick after this one.
    ///
    /// # Panics
    ///
    /// After 2⁶⁴ − 1 ticks, which parking makes unreachable.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.checked_add(1).expect("jumps are bounded, so ticks never run out"))
    }
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|nibble| char::from(DIGITS[usize::from(nibble)]))
        .collect()
}

fn unhex(text: &str, into: &mut [u8]) -> bool {
    let digits = text.as_bytes();
    if !text.is_ascii() || Some(digits.len()) != into.len().checked_mul(2) {
        return false;
    }
    for (pair, byte) in digits.chunks_exact(2).zip(into) {
        let (Some(high), Some(low)) =
            (char::from(pair[0]).to_digit(16), char::from(pair[1]).to_digit(16))
        else {
            return false;
        };
        *byte = u8::try_from((high << 4) | low).expect("two hexadecimal digits are a byte");
    }
    true
}
