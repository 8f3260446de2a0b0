//! `sync-server load DIR`: shops, menu, staff and customers from files, as often as one likes.

use crate::app::App;
use crate::centre::{Publication, what_str};
use crate::exchange::merge_into_shop;
use crate::store::{self, Tx};
use domain::card::Card;
use domain::catalogue::{Catalogue, Fault};
use domain::publication::What;
use domain::shop::Shop;
use domain::staff::StaffList;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What a folder holds. A file that is not there leaves everything of its sort as it is.
#[derive(Clone, Debug, Default)]
pub struct Folder {
    /// `shops.json`: a list of shops.
    pub shops: Vec<Shop>,
    /// `menu.json`: the catalogue, of every shop.
    pub menu: Option<Catalogue>,
    /// `staff.json`: who may sign in, by shop code.
    pub staff: BTreeMap<String, StaffList>,
    /// `customers.json`: cards, by shop code.
    pub customers: BTreeMap<String, Vec<Card>>,
}

/// What was done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Loaded {
    /// What now holds that did not before, in words: `P01 menu 2`.
    pub published: Vec<String>,
    /// What could not be said, in the same words: the database was set back, and the shop must be
    /// heard first ([`crate::fence`]).
    pub held: Vec<String>,
    /// How many cards were new or changed.
    pub cards: usize,
}

/// Why nothing was loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A file is there and cannot be read.
    #[error("{}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file does not say what its name promises.
    #[error("{}", path.display())]
    Json {
        /// Which.
        path: PathBuf,
        /// Where and why.
        source: serde_json::Error,
    },
    /// The menu contradicts itself.
    #[error("menu.json: {}", faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Menu {
        /// Everything that is wrong with it.
        faults: Vec<Fault>,
    },
    /// Staff or customers of a shop that does not exist.
    #[error("{file} names {shop}, which is no shop")]
    NoShop {
        /// Which file.
        file: &'static str,
        /// The code it names.
        shop: String,
    },
    /// Something changed, and its number did not rise.
    #[error(
        "{what} {number} of {shop} differs from what was published; its number must be above {latest}"
    )]
    NumberNotRisen {
        /// What.
        what: &'static str,
        /// Of which shop.
        shop: String,
        /// Its number.
        number: u32,
        /// The number that holds.
        latest: u32,
    },
    /// The database refused or did not answer.
    #[error("the database did not take it")]
    Database(#[from] sqlx::Error),
}

impl Folder {
    /// Reads a folder and checks what can be checked without a database.
    ///
    /// # Errors
    ///
    /// [`LoadError`], naming the file.
    pub fn read(folder: &Path) -> Result<Self, LoadError> {
        let it = Self {
            shops: read(&folder.join("shops.json"))?.unwrap_or_default(),
            menu: read::<Catalogue>(&folder.join("menu.json"))?.map(Catalogue::sorted),
            staff: read(&folder.join("staff.json"))?.unwrap_or_default(),
            customers: read(&folder.join("customers.json"))?.unwrap_or_default(),
        };
        let faults = it.menu.as_ref().map(Catalogue::check).unwrap_or_default();
        if faults.is_empty() { Ok(it) } else { Err(LoadError::Menu { faults }) }
    }
}

fn read<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, LoadError> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(LoadError::File { path: path.into(), source }),
    };
    serde_json::from_str(&text)
        .map(Some)
        .map_err(|source| LoadError::Json { path: path.into(), source })
}

/// Loads a folder, all of it or nothing. What is there already is left as it is.
///
/// # Errors
///
/// [`LoadError`]; nothing was changed.
pub async fn load(app: &App, folder: &Folder) -> Result<Loaded, LoadError> {
    let now_ms = app.clock.now_ms();
    let mut tx = app.store.centre().await?;
    for shop in &folder.shops {
        store::shop::save(&mut tx, &shop.code, &shop.name, now_ms).await?;
    }
    let known: Vec<String> =
        store::shop::all(&mut tx).await?.into_iter().map(|shop| shop.code).collect();
    for (file, named) in [
        ("staff.json", folder.staff.keys().collect::<Vec<_>>()),
        ("customers.json", folder.customers.keys().collect()),
    ] {
        if let Some(shop) = named.into_iter().find(|it| !known.contains(it)) {
            return Err(LoadError::NoShop { file, shop: shop.clone() });
        }
    }
    let mut loading = Loading { app, tx, now_ms, loaded: Loaded::default() };
    for shop in &folder.shops {
        loading.publish(&shop.code, What::Shop, shop.number, &shop.encode()).await?;
    }
    if let Some(menu) = &folder.menu {
        let bytes = menu.encode();
        for shop in &known {
            loading.publish(shop, What::Menu, menu.number, &bytes).await?;
        }
    }
    for (shop, staff) in &folder.staff {
        loading.publish(shop, What::Staff, staff.number, &staff.encode()).await?;
    }
    for (shop, cards) in &folder.customers {
        let cards = cards.iter().map(|card| (card.id.0, card.clone())).collect();
        let changed = merge_into_shop(&mut loading.tx, shop, cards).await?;
        loading.loaded.cards = loading.loaded.cards.saturating_add(changed);
    }
    loading.tx.commit().await?;
    for shop in &known {
        app.live.changed(shop);
    }
    Ok(loading.loaded)
}

/// A load under way.
struct Loading<'a> {
    app: &'a App,
    tx: Tx,
    now_ms: i64,
    loaded: Loaded,
}

impl Loading<'_> {
    async fn publish(
        &mut self,
        shop: &str,
        what: What,
        number: u32,
        bytes: &[u8],
    ) -> Result<(), LoadError> {
        let name = what_str(what);
        let centre = &self.app.centre;
        match centre.publish(&mut self.tx, shop, what, number, bytes, self.now_ms).await? {
            Publication::Unchanged => Ok(()),
            Publication::Published => {
                self.loaded.published.push(format!("{shop} {name} {number}"));
                Ok(())
            }
            Publication::Fenced => {
                self.loaded.held.push(format!("{shop} {name} {number}"));
                Ok(())
            }
            Publication::NumberNotRisen { latest } => {
                Err(LoadError::NumberNotRisen { what: name, shop: shop.into(), number, latest })
            }
        }
    }
}
