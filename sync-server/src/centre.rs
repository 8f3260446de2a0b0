//! The centre's own journals, one per shop: what it publishes there, and who may write.

use crate::store;
use crate::store::journal::{Branch, Opened};
use crate::store::publication::Version;
use domain::event::{Event, KIND_VERSION};
use domain::publication::{self, Published, What};
use journal::{BlobHash, BootId, Draft, JournalId, Opening, Pen, Purpose, Seq, SigningKey, Tip};
use sqlx::PgConnection;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// The label under which the centre writes in a shop.
pub const LABEL: &str = "CENTRE";

/// The hand that writes the centre's journals: its key, and this run.
#[derive(Clone, Debug)]
pub struct Centre {
    key: SigningKey,
    boot: BootId,
}

/// What a publication did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Publication {
    /// The same bytes were published last.
    Unchanged,
    /// A new version holds from now on.
    Published,
    /// The database was set back, and the shop has not been heard since: what it was told last is
    /// not known.
    Fenced,
    /// Other bytes were published under this number or a later one: workstations would not know
    /// which of the two to believe.
    NumberNotRisen {
        /// The number of the version that holds.
        latest: u32,
    },
}

impl Centre {
    /// With this key, in a run of its own.
    ///
    /// # Errors
    ///
    /// Where the machine gives no random numbers.
    pub fn new(key: SigningKey) -> Result<Self, getrandom::Error> {
        let mut boot = [0; 16];
        getrandom::fill(&mut boot)?;
        Ok(Self { key, boot: BootId(boot) })
    }

    /// What the centre signs with.
    #[must_use]
    pub const fn key(&self) -> &SigningKey {
        &self.key
    }

    /// The journal that the centre writes in for a shop, opened now where there was none. Nobody else
    /// writes for the centre in this shop until the transaction ends.
    ///
    /// # Errors
    ///
    /// Where the database refuses or does not answer.
    pub async fn journal(
        &self,
        conn: &mut PgConnection,
        shop: &str,
        now_ms: i64,
    ) -> sqlx::Result<JournalId> {
        store::centre::hold(conn, shop).await?;
        match store::centre::pen(conn, shop).await? {
            Some(id) => Ok(id),
            None => self.open(conn, shop, Vec::new(), now_ms).await,
        }
    }

    /// Opens a journal that continues these ends, and writes in it from now on. The caller holds the
    /// centre's hand in the shop.
    ///
    /// # Errors
    ///
    /// Where the database refuses or does not answer.
    pub async fn open(
        &self,
        conn: &mut PgConnection,
        shop: &str,
        continues: Vec<Tip>,
        now_ms: i64,
    ) -> sqlx::Result<JournalId> {
        let opening = Opening {
            public_key: self.key.public_key(),
            shop: shop.into(),
            workstation: LABEL.into(),
            purpose: Purpose::Centre,
            continues,
        };
        let known = store::journal::greatest_tick(conn, shop).await?;
        let pen = Pen::new(self.key.clone(), self.boot, None);
        let (batch, _) = pen.write(vec![opening.to_draft()], known, now_ms);
        let id = batch.tip().journal;
        let opened = Opened {
            id,
            public_key: &opening.public_key,
            workstation: LABEL,
            purpose: Purpose::Centre,
        };
        store::journal::open(conn, shop, opened, now_ms).await?;
        store::journal::append(conn, shop, 0, &batch).await?;
        store::shop::next_positions(conn, shop, 1).await?;
        let branch = Branch { branch: 0, parent: 0, parent_seq: Seq(0), tip: batch.tip() };
        store::journal::set_tip(conn, shop, branch, batch.last_tick()).await?;
        store::centre::set_pen(conn, shop, id).await?;
        Ok(id)
    }

    /// Writes entries in the centre's journal of a shop, unless it is fenced: what they say is then
    /// written when the fence ends, from the tables ([`crate::fence`]).
    ///
    /// # Errors
    ///
    /// Where the database refuses or does not answer.
    pub async fn write(
        &self,
        conn: &mut PgConnection,
        shop: &str,
        events: Vec<publication::Event>,
        now_ms: i64,
    ) -> sqlx::Result<()> {
        let id = self.journal(conn, shop, now_ms).await?;
        if events.is_empty() || store::fence::is_open(conn, shop).await? {
            return Ok(());
        }
        let held = store::journal::lock(conn, shop, id).await?.expect("the pen's journal is held");
        let branch = *held.branches.first().expect("a journal has an entry, so a branch");
        let drafts = events.into_iter().map(draft).collect();
        let known = store::journal::greatest_tick(conn, shop).await?;
        let pen = Pen::new(self.key.clone(), self.boot, Some(branch.tip));
        let (batch, _) = pen.write(drafts, known, now_ms);
        store::journal::append(conn, shop, branch.branch, &batch).await?;
        store::shop::next_positions(conn, shop, 1).await?;
        let branch = Branch { tip: batch.tip(), ..branch };
        store::journal::set_tip(conn, shop, branch, batch.last_tick()).await
    }

    /// Publishes a blob to a shop, unless it is the one that holds.
    ///
    /// # Errors
    ///
    /// Where the database refuses or does not answer.
    pub async fn publish(
        &self,
        conn: &mut PgConnection,
        shop: &str,
        what: What,
        number: u32,
        bytes: &[u8],
        now_ms: i64,
    ) -> sqlx::Result<Publication> {
        let name = what_str(what);
        let sha256 = BlobHash::of(bytes);
        self.journal(conn, shop, now_ms).await?;
        if store::fence::is_open(conn, shop).await? {
            return Ok(Publication::Fenced);
        }
        if let Some(latest) = store::publication::latest(conn, shop, name).await? {
            if latest.sha256 == sha256 {
                // Taken back from a shop, it may have come without its bytes.
                store::publication::give(conn, shop, sha256, bytes).await?;
                return Ok(Publication::Unchanged);
            }
            if number <= latest.number {
                return Ok(Publication::NumberNotRisen { latest: latest.number });
            }
        }
        store::publication::give(conn, shop, sha256, bytes).await?;
        store::publication::set_latest(conn, shop, name, Version { number, sha256 }).await?;
        let event = publication::Event::Published(Published { what, sha256, number });
        self.write(conn, shop, vec![event], now_ms).await?;
        Ok(Publication::Published)
    }
}

/// What is published, as the database has it.
#[must_use]
pub const fn what_str(what: What) -> &'static str {
    match what {
        What::Menu => "menu",
        What::Staff => "staff",
        What::Shop => "shop",
    }
}

fn draft(event: publication::Event) -> Draft {
    let event = Event::Publication(event);
    Draft {
        kind: event.kind(),
        kind_version: KIND_VERSION,
        keep: event.keep(),
        subject: None,
        body: event.encode(),
    }
}

/// A key file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// It can be neither read nor made.
    #[error("the key file cannot be read or written")]
    File(#[from] io::Error),
    /// It does not hold a key: 64 hexadecimal digits. It is left as it is.
    #[error("the key file does not hold a key; put the right one back, nothing was changed")]
    NotAKey,
    /// The machine gives no random numbers.
    #[error("the machine gives no random numbers")]
    NoRandom(#[from] getrandom::Error),
}

/// Reads the server's key, and makes one at the first start, readable by its owner alone.
///
/// # Errors
///
/// [`KeyFileError`]. A file that holds no key is never overwritten: workstations believe the centre
/// by its key, and each would have to be enrolled again.
pub fn key(path: &Path) -> Result<SigningKey, KeyFileError> {
    match fs::read_to_string(path) {
        Ok(text) => read_key(&text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            make_key(path)?;
            read_key(&fs::read_to_string(path)?)
        }
        Err(error) => Err(error.into()),
    }
}

fn read_key(text: &str) -> Result<SigningKey, KeyFileError> {
    // 32 bytes in hexadecimal, which the journal crate reads already.
    let secret = journal::EntryHash::from_hex(text.trim()).ok_or(KeyFileError::NotAKey)?;
    SigningKey::from_secret(&secret.0).map_err(|_| KeyFileError::NotAKey)
}

/// Writes a new key beside the place and links it there: whole or not at all, and where two start
/// at once the first one's is kept.
fn make_key(path: &Path) -> Result<(), KeyFileError> {
    let mut secret = [0; 32];
    loop {
        getrandom::fill(&mut secret)?;
        if SigningKey::from_secret(&secret).is_ok() {
            break;
        }
    }
    let beside = path.with_extension(format!("{}.new", std::process::id()));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
    writeln!(file, "{}", journal::EntryHash(secret).hex())?;
    file.sync_all()?;
    let linked = fs::hard_link(&beside, path);
    fs::remove_file(&beside)?;
    match linked {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error.into()),
        Ok(()) | Err(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::{KeyFileError, key};
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn the_first_start_makes_a_key_and_the_second_finds_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("server.key");
        let made = key(&path).unwrap().public_key();
        assert_eq!(key(&path).unwrap().public_key(), made);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left there");
    }

    #[test]
    fn a_file_that_holds_no_key_is_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("server.key");
        fs::write(&path, "oops").unwrap();
        assert!(matches!(key(&path), Err(KeyFileError::NotAKey)));
        assert_eq!(fs::read_to_string(&path).unwrap(), "oops");
    }
}
