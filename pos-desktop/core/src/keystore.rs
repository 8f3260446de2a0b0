//! Where the workstation's secret is kept: plain in its file, or there wrapped by a key that a PKCS#11
//! token holds and never gives away (docs/decisions/0020). Signing is the program's in both cases.
//!
//! `keystore.json` in the data folder says which token; without it, the secret is plain:
//!
//! ```json
//! {"module": "/usr/lib/softhsm/libsofthsm2.so", "token": "ocpizza", "pin_file": "/etc/ocpizza/pin"}
//! ```

mod token;

use journal::{PublicKey, SigningKey};
use std::io;
use std::path::Path;
use std::sync::OnceLock;
use token::Token;

/// The setting's name in the data folder.
const FILE: &str = "keystore.json";

/// What the log of events says of a secret that is plain in the file.
pub(crate) const IN_FILE: &str = "file";
/// What it says of one that a token wraps.
const WRAPPED: &str = "pkcs11";

/// Bytes of the IV that each wrapping draws (NIST SP 800-38D, 8.2.2: 96 random bits).
pub(crate) const IV_BYTES: usize = 12;

/// Why the key cannot be opened or wrapped.
#[derive(Debug, thiserror::Error)]
pub enum KeyStoreError {
    /// `keystore.json` cannot be read, or is not of its form.
    #[error("keystore.json: {0}")]
    Setting(String),
    /// The key is wrapped, and there is no `keystore.json`.
    #[error("the key is wrapped, and no token is set")]
    NotSet,
    /// The file with the token's PIN cannot be read.
    #[error("the PIN file: {0}")]
    PinFile(#[source] io::Error),
    /// No token of that name is there.
    #[error("no token is called {0}")]
    NoToken(String),
    /// The token holds no key of this program's: it is another token.
    #[error("the token holds no key of this program's")]
    NoKey,
    /// The token's key could leave it.
    #[error("the token's key could leave it: it is not used")]
    CanLeave,
    /// The module or the token says no: a wrong PIN, a module that cannot be loaded.
    #[error("the token: {0}")]
    Token(#[from] cryptoki::error::Error),
    /// What is in the file is not what was wrapped, or by another token.
    #[error("the wrapped key is not what was wrapped")]
    Altered,
}

/// Where the secret is kept, and the key once it was opened.
#[derive(Debug)]
pub(crate) struct Keystore {
    place: Place,
    opened: OnceLock<SigningKey>,
}

#[derive(Debug)]
enum Place {
    File,
    Token(Token),
    /// The setting is there and cannot be read: the secret is not left plain for that.
    Unreadable(String),
}

impl Keystore {
    /// Reads the setting of a data folder. No token is asked yet.
    pub(crate) fn of(folder: &Path) -> Self {
        let place = match std::fs::read(folder.join(FILE)) {
            Ok(bytes) => match Token::read(&bytes, folder) {
                Ok(token) => Place::Token(token),
                Err(error) => Place::Unreadable(error.to_string()),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => Place::File,
            Err(error) => Place::Unreadable(error.to_string()),
        };
        Self { place, opened: OnceLock::new() }
    }

    /// Whether secrets are wrapped here.
    pub(crate) const fn wraps(&self) -> bool {
        match self.place {
            Place::File => false,
            Place::Token(_) | Place::Unreadable(_) => true,
        }
    }

    /// How the key is kept, for the log of events.
    pub(crate) const fn kept(&self) -> &'static str {
        if self.wraps() { WRAPPED } else { IN_FILE }
    }

    /// The key that was opened; `None` before, and where it cannot be.
    pub(crate) fn key(&self) -> Option<SigningKey> {
        self.opened.get().cloned()
    }

    /// Remembers the key that was opened: a workstation has one all its life.
    pub(crate) fn remember(&self, key: &SigningKey) {
        self.opened.get_or_init(|| key.clone());
    }

    /// Wraps a secret, bound to its public key. `iv` is drawn for this one wrapping. A token without a
    /// key of this program's makes one.
    pub(crate) fn wrap(
        &self,
        public_key: &PublicKey,
        secret: &[u8; 32],
        iv: [u8; IV_BYTES],
    ) -> Result<Vec<u8>, KeyStoreError> {
        self.token()?.wrap(&bound_to(public_key), secret, iv)
    }

    /// Unwraps what [`Self::wrap`] answered.
    pub(crate) fn unwrap(
        &self,
        public_key: &PublicKey,
        bytes: &[u8],
    ) -> Result<[u8; 32], KeyStoreError> {
        self.token()?.unwrap(&bound_to(public_key), bytes)
    }

    fn token(&self) -> Result<&Token, KeyStoreError> {
        match &self.place {
            Place::File => Err(KeyStoreError::NotSet),
            Place::Token(token) => Ok(token),
            Place::Unreadable(why) => Err(KeyStoreError::Setting(why.clone())),
        }
    }
}

/// What is authenticated beside the secret: what it is, and whose.
fn bound_to(public_key: &PublicKey) -> Vec<u8> {
    [b"ocpizza workstation key 1".as_slice(), public_key.as_bytes()].concat()
}
