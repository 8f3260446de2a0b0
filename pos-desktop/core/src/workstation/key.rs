//! The workstation's key: opened at the start, wrapped where a token is set, and what the log of events
//! (JET) says of it.

use super::{Turn, Workstation};
use crate::error::Error;
use crate::keystore::{IV_BYTES, KeyStoreError};
use crate::store::StoreError;
use crate::store::settings::{self, Kept};
use fiscal::event::{EventCode, data};
use journal::SigningKey;

/// The setting that holds since when the key cannot be opened (ms since 1970 UTC).
const LOST: &str = "key_lost_since";
/// The setting that holds how the key is kept, as the log of events was told last.
const KEPT: &str = "key_kept";

impl Workstation {
    /// Whether it is set up and its key cannot be opened: it reads, and does nothing that is signed.
    #[must_use]
    pub const fn is_locked(&self) -> bool {
        self.locked
    }

    /// Opens the key of a workstation that is set up; `None` where that cannot be done in this run,
    /// which the next one that can says in its journal.
    ///
    /// # Errors
    ///
    /// Whatever SQLite says.
    pub(super) fn seat_key(&mut self, kept: &Kept) -> Result<Option<SigningKey>, StoreError> {
        match self.open_key(kept) {
            Ok(key) => Ok(Some(key)),
            Err(Error::Store(error)) => Err(error),
            Err(error) => {
                tracing::error!(%error, "the key cannot be opened: nothing is sold in this run");
                let now_ms = self.clock.now_ms();
                self.store.write(|tx| {
                    let since: Option<i64> = settings::get(tx, LOST)?;
                    settings::set(tx, LOST, &since.unwrap_or(now_ms))
                })?;
                Ok(None)
            }
        }
    }

    /// Opens the key, once a run. A plain one is wrapped before it is used, where a token is set.
    ///
    /// # Errors
    ///
    /// [`Error::KeyStore`], [`Error::Store`].
    pub(crate) fn open_key(&mut self, kept: &Kept) -> Result<SigningKey, Error> {
        if let Some(key) = self.keystore.key() {
            return Ok(key);
        }
        let key = match kept {
            Kept::Plain { secret, key } => {
                if self.keystore.wraps() {
                    self.wrap(secret, key)?;
                }
                key.clone()
            }
            Kept::Wrapped { public_key, bytes } => {
                let secret = self.keystore.unwrap(public_key, bytes)?;
                let key = SigningKey::from_secret(&secret).map_err(|_| KeyStoreError::Altered)?;
                if key.public_key() != *public_key {
                    return Err(KeyStoreError::Altered.into());
                }
                key
            }
        };
        self.wipe();
        self.keystore.remember(&key);
        Ok(key)
    }

    /// Puts the wrapped secret in the place of the plain one, after the token showed that it gives it
    /// back.
    fn wrap(&mut self, secret: &[u8; 32], key: &SigningKey) -> Result<(), Error> {
        let iv: [u8; IV_BYTES] = self.draw();
        let public_key = key.public_key();
        let bytes = self.keystore.wrap(&public_key, secret, iv)?;
        if self.keystore.unwrap(&public_key, &bytes)? != *secret {
            return Err(KeyStoreError::Altered.into());
        }
        self.store.overwrite_deleted(true)?;
        let written = self.store.write(|tx| settings::set_wrapped_key(tx, &public_key, &bytes));
        self.store.overwrite_deleted(false)?;
        Ok(written?)
    }

    /// Takes what is left of a plain secret out of the file's free space. Where that fails (a full
    /// disk), the till sells all the same, and the next start tries again.
    fn wipe(&mut self) {
        let wiped = self.store.read(settings::has_remains).and_then(|due| {
            if due {
                self.store.wipe()?;
                self.store.write(settings::clear_remains)?;
            }
            Ok(())
        });
        if let Err(error) = wiped {
            tracing::error!(%error, "free space of the file may still hold the plain key");
        }
    }
}

impl Turn<'_> {
    /// That the key was made, and how it is kept.
    pub(super) fn key_made(&mut self, kept: &str) -> Result<(), StoreError> {
        settings::set(self.tx, KEPT, &kept)?;
        self.note(EventCode::KeyCreate, data([("key", self.key().into()), ("kept", kept.into())]))
    }

    /// That the key could not be opened before and is again, and that it is kept otherwise than it was.
    pub(super) fn key_opened(&mut self, kept: &str) -> Result<(), StoreError> {
        if settings::get::<i64>(self.tx, LOST)?.is_some() {
            settings::clear(self.tx, LOST)?;
            let members = data([("key", self.key().into()), ("kept", kept.into())]);
            self.note(EventCode::KeyLost, members)?;
        }
        let before: Option<String> = settings::get(self.tx, KEPT)?;
        let before = before.unwrap_or_else(|| crate::keystore::IN_FILE.to_owned());
        if before != kept {
            settings::set(self.tx, KEPT, &kept)?;
            let members =
                data([("what", "key".into()), ("before", before.into()), ("after", kept.into())]);
            self.note(EventCode::ConfigChange, members)?;
        }
        Ok(())
    }
}
