//! The anchor file: what the database had come to, outside the database. A database that lacks what
//! the file names was set back.
//!
//! It names each shop's change counter, and the ends of the centre's own journals. It is replaced as
//! a whole, at most once a second, so it may be a second behind, and never ahead of what was
//! committed. Each server beside another keeps one of its own.

use crate::app::App;
use crate::error::Error;
use crate::fence::{self, ANCHOR};
use crate::store::{self, fence::Named};
use journal::{EntryHash, JournalId, Seq, Tick, Tip};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// What the file says, by shop.
type Content = BTreeMap<String, Shop>;

/// A shop, as the file has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Shop {
    head: i64,
    ends: Vec<End>,
}

/// An end of a journal of the centre's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct End {
    journal: String,
    seq: u64,
    hash: String,
    tick: u64,
}

impl End {
    fn of(named: Named) -> Self {
        let Named { tip, tick } = named;
        Self { journal: tip.journal.hex(), seq: tip.seq.0, hash: tip.hash.hex(), tick: tick.0 }
    }

    fn named(&self) -> Option<Named> {
        let journal = JournalId(EntryHash::from_hex(&self.journal)?.0);
        let tip = Tip { journal, seq: Seq(self.seq), hash: EntryHash::from_hex(&self.hash)? };
        Some(Named { tip, tick: Tick(self.tick) })
    }
}

/// The file, and what it says.
#[derive(Clone, Debug)]
pub struct Anchor {
    path: PathBuf,
    known: Content,
    /// Whether the database was compared with what the file said at the start.
    compared: bool,
}

impl Anchor {
    /// Reads the file. Where there is none, this is the first start; one that cannot be read is set
    /// aside, for people to look at.
    ///
    /// # Errors
    ///
    /// Where the file is there and cannot be opened or set aside.
    pub fn open(path: &Path) -> io::Result<Self> {
        let known = match fs::read(path) {
            Ok(bytes) => match serde_json::from_slice(&bytes) {
                Ok(known) => known,
                Err(error) => {
                    tracing::error!(%error, "the anchor file cannot be read, and is set aside");
                    fs::rename(path, path.with_extension("unreadable"))?;
                    Content::new()
                }
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => Content::new(),
            Err(error) => return Err(error),
        };
        Ok(Self { path: path.into(), known, compared: false })
    }

    /// Compares the database with what is known of it, fences what was set back, and takes note of
    /// where it now stands. Returns the shops whose change counters have moved; at the first time
    /// none has.
    ///
    /// # Errors
    ///
    /// [`Error`]; what is known stays as it was.
    pub async fn compare(&mut self, app: &App) -> Result<Vec<String>, Error> {
        let heads = heads(app).await?;
        let first = !self.compared;
        let mut moved = Vec::new();
        for (shop, head) in &heads {
            match self.known.get(shop) {
                Some(known) if known.head == *head && !first => {}
                Some(known) => {
                    compare(app, shop, known, *head).await?;
                    moved.push(shop.clone());
                }
                None => moved.push(shop.clone()),
            }
        }
        if first {
            for shop in self.known.keys().filter(|it| heads.iter().all(|(shop, _)| shop != *it)) {
                tracing::error!(shop, "the anchor file knows a shop that the database lacks");
            }
        }
        if first || !moved.is_empty() {
            self.known = read(app).await?;
        }
        self.compared = true;
        Ok(if first { Vec::new() } else { moved })
    }

    /// Writes down what is known: whole or not at all.
    ///
    /// # Errors
    ///
    /// Where the file cannot be written.
    pub fn write(&self) -> io::Result<()> {
        let beside = self.path.with_extension(format!("{}.new", std::process::id()));
        let mut file = File::create(&beside)?;
        file.write_all(&serde_json::to_vec(&self.known)?)?;
        file.sync_all()?;
        fs::rename(&beside, &self.path)
    }
}

async fn heads(app: &App) -> Result<Vec<(String, i64)>, Error> {
    let mut tx = app.store.centre().await?;
    Ok(store::shop::heads(&mut tx).await?)
}

/// The counters first: what is committed meanwhile is named without being counted, which fences
/// nobody.
async fn read(app: &App) -> Result<Content, Error> {
    let mut tx = app.store.centre().await?;
    let heads = store::shop::heads(&mut tx).await?;
    let mut content: Content =
        heads.into_iter().map(|(shop, head)| (shop, Shop { head, ends: Vec::new() })).collect();
    for (shop, named) in store::fence::anchored(&mut tx).await? {
        content.entry(shop).or_default().ends.push(End::of(named));
    }
    Ok(content)
}

async fn compare(app: &App, shop: &str, known: &Shop, head: i64) -> Result<(), Error> {
    let named: Vec<Named> = known.ends.iter().filter_map(End::named).collect();
    let tips: Vec<Tip> = named.iter().map(|it| it.tip).collect();
    let mut tx = app.store.shop(shop).await?;
    let unheld = store::fence::unheld(&mut tx, shop, &tips).await?;
    let lost: Vec<Named> = named.into_iter().filter(|it| unheld.contains(&it.tip)).collect();
    let now_ms = app.clock.now_ms();
    if !lost.is_empty() {
        fence::raise(&mut tx, shop, &lost, ANCHOR, now_ms).await?;
    } else if head < known.head {
        // Nothing of the centre's own is missing: only the shop's entries, which it pushes again.
        let token = format!("{} after {}", head, known.head);
        fence::set_back(&mut tx, shop, &token, now_ms).await?;
        tracing::error!(shop, "the database was set back: the shop sends again what is missing");
    } else {
        return Ok(());
    }
    tx.commit().await?;
    Ok(())
}
