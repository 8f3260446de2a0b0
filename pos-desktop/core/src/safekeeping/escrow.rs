//! Who this workstation is, kept outside its file: without it a file that is damaged beyond reading
//! would take the key with it, and the shop would have one workstation less.
//!
//! The file holds what the database does and no more: the key plain, or wrapped as the token wrapped it
//! (docs/decisions/0006, 0020). It is JSON, followed by the SHA-256 of it:
//!
//! ```text
//! {"shop":"P01","label":"C1", …}
//! # sha256 <64 digits>
//! ```

use super::disk;
use crate::commands::PEERS;
use crate::runtime::KNOWN;
use crate::store::settings::{self, Centre, Identity, Kept};
use crate::store::{Store, StoreError, safekeeping};
use journal::{JournalId, PublicKey, SigningKey};
use pos_api::{PeerAddress, Role};
use rusqlite::Transaction;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

const CHECKSUM: &str = "\n# sha256 ";
/// What is kept is no identity.
const BROKEN: StoreError = StoreError::Broken("identity");
/// The most that is read: a shop has a handful of workstations.
const MAX_BYTES: u64 = 1024 * 1024;

/// What is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Escrow {
    shop: String,
    label: String,
    role: Role,
    centre: Option<CentreIs>,
    key: KeyIs,
    /// Where the shop's other workstations are.
    peers: Vec<PeerAddress>,
    /// Where they answered last, as that setting holds it.
    known: Option<String>,
    /// Whom to believe among them, until the centre's own list is here.
    members: Vec<MemberIs>,
    /// Where copies are.
    pub(super) folder: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct CentreIs {
    url: String,
    key: String,
    journal: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum KeyIs {
    Plain { secret: String },
    Wrapped { public_key: String, bytes: String },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct MemberIs {
    key: String,
    journal: String,
    label: String,
    role: Role,
}

impl Escrow {
    /// What a file holds of it; `None` before the first run is done.
    ///
    /// # Errors
    ///
    /// [`StoreError::Broken`] where something cannot be read back.
    pub(crate) fn of(tx: &Transaction<'_>) -> Result<Option<Self>, StoreError> {
        let Some(identity) = settings::identity(tx)? else {
            return Ok(None);
        };
        let key = match &identity.key {
            Kept::Plain { secret, .. } => KeyIs::Plain { secret: hex::encode(secret) },
            Kept::Wrapped { public_key, bytes } => KeyIs::Wrapped {
                public_key: hex::encode(public_key.as_bytes()),
                bytes: hex::encode(bytes),
            },
        };
        let centre = identity.centre.map(|it| CentreIs {
            url: it.url,
            key: hex::encode(it.key.as_bytes()),
            journal: it.journal.hex(),
        });
        let members = safekeeping::members(tx)?.into_iter();
        let members = members.map(|(key, journal, label, role)| MemberIs {
            key: hex::encode(key.as_bytes()),
            journal: journal.hex(),
            label,
            role,
        });
        Ok(Some(Self {
            shop: identity.shop,
            label: identity.label,
            role: identity.role,
            centre,
            key,
            peers: settings::get(tx, PEERS)?.unwrap_or_default(),
            known: safekeeping::raw_setting(tx, KNOWN)?,
            members: members.collect(),
            folder: settings::get(tx, super::FOLDER)?.unwrap_or_default(),
        }))
    }

    /// The workstation's public key; `None` where what is kept is no key.
    pub(crate) fn public_key(&self) -> Option<PublicKey> {
        match &self.key {
            KeyIs::Plain { secret } => {
                let secret: [u8; 32] = hex::decode(secret).ok()?.try_into().ok()?;
                Some(SigningKey::from_secret(&secret).ok()?.public_key())
            }
            KeyIs::Wrapped { public_key, .. } => {
                PublicKey::from_bytes(&hex::decode(public_key).ok()?).ok()
            }
        }
    }

    /// Makes a new file that holds who this is, whom it knows, and nothing else.
    ///
    /// # Errors
    ///
    /// [`StoreError::Broken`] where what is kept is no identity; whatever SQLite says.
    pub(super) fn make(&self, path: &Path) -> Result<(), StoreError> {
        let centre = match &self.centre {
            Some(it) => Some(Centre {
                url: it.url.clone(),
                key: key_of(&it.key).ok_or(BROKEN)?,
                journal: JournalId::from_hex(&it.journal).ok_or(BROKEN)?,
            }),
            None => None,
        };
        let (secret, wrapped) = match &self.key {
            KeyIs::Plain { secret } => {
                let secret = hex::decode(secret).map_err(|_| BROKEN)?;
                (<[u8; 32]>::try_from(secret).map_err(|_| BROKEN)?, None)
            }
            KeyIs::Wrapped { public_key, bytes } => {
                let wrapped = key_of(public_key).zip(hex::decode(bytes).ok()).ok_or(BROKEN)?;
                (settings::ZEROS, Some(wrapped))
            }
        };
        let (shop, label) = (self.shop.clone(), self.label.clone());
        let identity = Identity { key: (), shop, label, role: self.role, centre };
        Store::open(path)?.write(|tx| {
            settings::set_identity(tx, &identity, &secret)?;
            if let Some((public_key, bytes)) = &wrapped {
                settings::set_wrapped_key(tx, public_key, bytes)?;
                settings::clear_remains(tx)?;
            }
            self.tell(tx)
        })
    }

    /// Brings a copy of the file up to date: whom it knows, and where they are. A copy may be of before
    /// the kitchen came.
    ///
    /// # Errors
    ///
    /// As [`Self::make`].
    pub(super) fn bring_up_to_date(&self, path: &Path) -> Result<(), StoreError> {
        Store::open(path)?.write(|tx| self.tell(tx))
    }

    fn tell(&self, tx: &Transaction<'_>) -> Result<(), StoreError> {
        settings::set(tx, PEERS, &self.peers)?;
        if let Some(known) = &self.known {
            settings::clear(tx, KNOWN)?;
            safekeeping::set_if_missing(tx, KNOWN, known)?;
        }
        settings::set(tx, super::FOLDER, &self.folder)?;
        for member in &self.members {
            let journal = JournalId::from_hex(&member.journal).ok_or(BROKEN)?;
            let key = key_of(&member.key).ok_or(BROKEN)?;
            safekeeping::remember_member(tx, &key, journal, &member.label, member.role)?;
        }
        Ok(())
    }

    /// Writes it, for nobody but the till's user to read. A plain key that a wrapped one replaces is
    /// overwritten where it stands.
    ///
    /// # Errors
    ///
    /// Whatever the disk says.
    pub(crate) fn write(&self, path: &Path) -> io::Result<()> {
        let json = serde_json::to_string(self).expect("an identity is plain data");
        let text = format!("{json}{CHECKSUM}{}\n", hex::encode(Sha256::digest(json.as_bytes())));
        let part = disk::part(path);
        disk::drop_part(&part);
        let mut file = private().create_new(true).open(&part)?;
        file.write_all(text.as_bytes())?;
        drop(file);
        if matches!(self.key, KeyIs::Wrapped { .. }) {
            overwrite(path);
        }
        disk::put_in_place(&part, path)
    }

    /// Reads it back; `None` where there is none, or it is not what was written.
    pub(crate) fn read(path: &Path) -> Option<Self> {
        let found = fs::metadata(path).ok().filter(|it| it.len() <= MAX_BYTES)?;
        let text = found.is_file().then(|| fs::read_to_string(path).ok())??;
        let (json, digits) = text.trim_end().rsplit_once(CHECKSUM)?;
        if hex::encode(Sha256::digest(json.as_bytes())) != digits {
            tracing::error!(path = %path.display(), "the copy of the identity is damaged");
            return None;
        }
        serde_json::from_str(json).ok()
    }
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Zeros in the place of what stands there: best effort, as a disk may write them elsewhere.
fn overwrite(path: &Path) {
    let Ok(found) = fs::metadata(path) else {
        return;
    };
    let zeros = vec![0; usize::try_from(found.len().min(MAX_BYTES)).unwrap_or(0)];
    let done = OpenOptions::new().write(true).open(path).and_then(|mut file| {
        file.write_all(&zeros)?;
        file.sync_all()
    });
    if let Err(error) = done {
        tracing::warn!(%error, "an older copy of the identity was not overwritten");
    }
}

fn key_of(digits: &str) -> Option<PublicKey> {
    PublicKey::from_bytes(&hex::decode(digits).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::{CentreIs, Escrow, KeyIs};
    use pos_api::Role;
    use std::fs;

    fn escrow(key: KeyIs) -> Escrow {
        let centre = CentreIs {
            url: "https://centre.oc-pizza.com".into(),
            key: hex::encode([2; 33]),
            journal: hex::encode([7; 32]),
        };
        Escrow {
            shop: "P01".into(),
            label: "C1".into(),
            role: Role::Till,
            centre: Some(centre),
            key,
            peers: Vec::new(),
            known: None,
            members: Vec::new(),
            folder: "/media/cle".into(),
        }
    }

    #[test]
    fn what_is_written_is_read_back_and_what_was_altered_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("till.identity");
        assert_eq!(Escrow::read(&path), None);
        let kept = escrow(KeyIs::Plain { secret: hex::encode([9; 32]) });
        kept.write(&path).unwrap();
        assert_eq!(Escrow::read(&path).as_ref(), Some(&kept));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text.replace("C1", "C2")).unwrap();
        assert_eq!(Escrow::read(&path), None);
        fs::write(&path, &text[..20]).unwrap();
        assert_eq!(Escrow::read(&path), None);
    }

    #[test]
    fn a_wrapped_key_takes_the_plain_one_s_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("till.identity");
        escrow(KeyIs::Plain { secret: hex::encode([9; 32]) }).write(&path).unwrap();
        let wrapped =
            KeyIs::Wrapped { public_key: hex::encode([2; 33]), bytes: hex::encode([5; 60]) };
        escrow(wrapped).write(&path).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        assert!(!text.contains(&hex::encode([9; 32])) && text.contains(&hex::encode([5; 60])));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
