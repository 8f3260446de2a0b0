//! Keys: ECDSA P-256 over SHA-256, deterministic (RFC 6979), signatures in IEEE P1363 form.

use core::fmt;
use minicbor::decode::{self, Decoder};
use minicbor::encode::{self, Encoder, Write};
use p256::ecdsa::signature::{Signer, Verifier};

/// Bytes that are not a key of P-256.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a P-256 key")]
pub struct UnusableKey;

/// A journal's or a workstation's secret.
///
/// It signs the same bytes to the same signature every time, so nothing that is signed needs
/// randomness and a transaction that is run again gives the same bytes.
#[derive(Clone)]
pub struct SigningKey(p256::ecdsa::SigningKey);

impl SigningKey {
    /// The key with this secret: a number in 1..n, 32 bytes, big-endian.
    ///
    /// # Errors
    ///
    /// [`UnusableKey`] where the number is 0 or not below the order of the curve (2⁻³² of all).
    pub fn from_secret(secret: &[u8; 32]) -> Result<Self, UnusableKey> {
        p256::ecdsa::SigningKey::from_slice(secret).map(Self).map_err(|_| UnusableKey)
    }

    /// What others check this key's signatures with.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        let point = self.0.verifying_key().to_sec1_point(true);
        PublicKey(point.as_bytes().try_into().expect("a compressed P-256 point is 33 bytes"))
    }

    /// Signs SHA-256 of `message`.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Signature {
        #[cfg(feature = "hashed-signatures")]
        if crate::hashed::is_on() {
            return crate::hashed::sign(&self.public_key(), message);
        }
        let signature: p256::ecdsa::Signature = self.0.sign(message);
        Signature(signature.to_bytes().into())
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey(of {:?})", self.public_key())
    }
}

/// What signatures are checked with: a compressed point of P-256 (SEC 1, 33 bytes).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PublicKey([u8; 33]);

impl PublicKey {
    /// Reads a compressed point.
    ///
    /// # Errors
    ///
    /// [`UnusableKey`] where the bytes are no such point.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, UnusableKey> {
        let bytes: [u8; 33] = bytes.try_into().map_err(|_| UnusableKey)?;
        // The library reads a form without the sign of Y too (5): a key with two spellings could be
        // turned away under one and come back under the other.
        if !matches!(bytes[0], 2 | 3) {
            return Err(UnusableKey);
        }
        let is_point = |bytes: &[u8; 33]| p256::ecdsa::VerifyingKey::from_sec1_bytes(bytes).is_ok();
        #[cfg(feature = "hashed-signatures")]
        let is_point = |bytes: &[u8; 33]| crate::hashed::is_known_point(bytes, is_point);
        if is_point(&bytes) { Ok(Self(bytes)) } else { Err(UnusableKey) }
    }

    /// The compressed point.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether `signature` is this key's, of `message`.
    #[must_use]
    pub fn verify(&self, message: &[u8], signature: &Signature) -> bool {
        #[cfg(feature = "hashed-signatures")]
        if crate::hashed::is_on() {
            return crate::hashed::sign(self, message) == *signature;
        }
        let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(&self.0);
        let signature = p256::ecdsa::Signature::from_slice(&signature.0);
        match (key, signature) {
            (Ok(key), Ok(signature)) => key.verify(message, &signature).is_ok(),
            (Err(_), _) | (_, Err(_)) => false,
        }
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PublicKey(")?;
        for byte in self.0 {
            write!(f, "{byte:02x}")?;
        }
        f.write_str(")")
    }
}

impl<C> minicbor::Encode<C> for PublicKey {
    fn encode<W: Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), encode::Error<W::Error>> {
        e.bytes(&self.0)?.ok()
    }
}

impl<'b, C> minicbor::Decode<'b, C> for PublicKey {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
        Self::from_bytes(d.bytes()?).map_err(decode::Error::message)
    }
}

/// An ECDSA signature: r ‖ s, 64 bytes (IEEE P1363).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature(pub [u8; 64]);

impl Signature {
    /// The 64 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Reads 64 bytes; whether they are anybody's signature is only known by verifying.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature({:02x}{:02x}…)", self.0[0], self.0[1])
    }
}

impl<C> minicbor::Encode<C> for Signature {
    fn encode<W: Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), encode::Error<W::Error>> {
        e.bytes(&self.0)?.ok()
    }
}

impl<'b, C> minicbor::Decode<'b, C> for Signature {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
        Self::from_bytes(d.bytes()?).ok_or_else(|| decode::Error::message("not 64 bytes"))
    }
}
