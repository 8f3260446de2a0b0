//! Keeps what the settings ask for running: the listener, what is announced, and a link to every
//! workstation of the shop that can be found, and to the centre.

use super::discovery::{self, Announcing, Finds};
use super::transport::Address;
use super::{Inner, caller, listener};
use crate::commands::PEERS;
use crate::keystore::Keystore;
use crate::replicate;
use crate::store::settings::Identity;
use crate::store::{Reader, StoreError, settings};
use pos_api::PeerAddress;
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// How often the settings are looked at though nothing changed: an address may have come to be.
pub(super) const LOOK: Duration = Duration::from_secs(5);

/// What the settings ask for.
struct Wanted {
    identity: Option<Identity>,
    peers: Vec<PeerAddress>,
    members: BTreeSet<journal::PublicKey>,
}

pub(super) fn run(inner: &Arc<Inner>, mut reader: Reader, keystore: &Keystore, listen: SocketAddr) {
    let mut running = Running::default();
    let mut seen = 0;
    if inner.finds != Finds::Typed {
        match reader.read(|tx| Ok::<_, StoreError>((discovery::known(tx)?, replicate::peers(tx)?)))
        {
            Ok((known, peers)) => {
                inner.lan.routes.set_members(discovery::members(&peers));
                inner.lan.routes.recall(known);
            }
            Err(error) => tracing::error!(%error, "where the others were is not known any more"),
        }
    }
    while !inner.is_stopped() {
        let wanted: Result<Wanted, StoreError> = reader.read(|tx| {
            // Without its key it speaks to nobody.
            let opened = settings::identity(tx)?.zip(keystore.key());
            Ok(Wanted {
                identity: opened.map(|(identity, key)| identity.with_key(key)),
                peers: settings::get(tx, PEERS)?.unwrap_or_default(),
                members: discovery::members(&replicate::peers(tx)?),
            })
        });
        match wanted {
            Ok(wanted) => running.follow(inner, wanted, listen),
            Err(error) => tracing::error!(%error, "the settings cannot be read"),
        }
        seen = inner.changes.wait_after(seen, LOOK);
    }
}

#[derive(Default)]
struct Running {
    announcing: Option<Announcing>,
    /// It was said that this cannot be done.
    told: bool,
    listens: Option<listener::Listening>,
    links: BTreeMap<Address, caller::Running>,
}

impl Running {
    fn follow(&mut self, inner: &Arc<Inner>, wanted: Wanted, listen: SocketAddr) {
        let Wanted { identity, peers, members } = wanted;
        // A new PC hears of a shop that it may be let into.
        self.announce(inner, identity.as_ref());
        let Some(identity) = identity else {
            return;
        };
        let routes = &inner.lan.routes;
        routes.set_members(members);
        routes.set_typed(&peers);
        self.listen(inner, &identity, listen);
        self.knock(inner, &identity);
        let members = routes.members().into_iter().map(Address::Member);
        let members = members.filter(|address| match address {
            Address::Member(key) => !routes.ways_to(key).is_empty(),
            Address::At(_) | Address::Centre(_) => false,
        });
        let centre = identity.centre.iter().map(|centre| Address::Centre(centre.url.clone()));
        let addresses: Vec<Address> = members.chain(centre).collect();
        // A link whose thread ended (the file could not be read just then) is started anew.
        self.links.retain(|address, link| addresses.contains(address) && link.runs());
        let news = routes.news();
        for address in addresses {
            let link = || caller::start(inner, &address, &identity);
            let link = self.links.entry(address.clone()).or_insert_with(link);
            link.look();
            if matches!(&address, Address::Member(key) if news.contains(key)) {
                link.found();
            }
        }
        show(inner);
        remember(inner);
    }

    fn listen(&mut self, inner: &Arc<Inner>, identity: &Identity, listen: SocketAddr) {
        if self.listens.is_some() {
            return;
        }
        match listener::start(inner, listen, &identity.key) {
            Ok(listening) => {
                let address = listening.address;
                self.listens = Some(listening);
                inner.lan.port.store(address.port(), Ordering::Relaxed);
                inner.shared.change(|state| state.listens = address.to_string());
                inner.changed();
            }
            Err(error) => tracing::warn!(%error, %listen, "cannot listen"),
        }
    }

    fn announce(&mut self, inner: &Arc<Inner>, identity: Option<&Identity>) {
        let Finds::Announced(interfaces) = inner.finds else {
            return;
        };
        if self.announcing.is_none() {
            match Announcing::start(inner, interfaces) {
                Ok(announcing) => self.announcing = Some(announcing),
                Err(error) if !self.told => {
                    tracing::warn!(%error, "nothing is announced, and nobody heard");
                    self.told = true;
                }
                Err(_) => {}
            }
        }
        if let Some(announcing) = &mut self.announcing {
            announcing.look(inner, identity, self.listens.as_ref().map(|it| it.address));
        }
    }

    /// Finds out who is at the addresses that people typed. Each waits alone: nobody may be there.
    fn knock(&self, inner: &Arc<Inner>, identity: &Identity) {
        for address in inner.lan.routes.to_knock_at() {
            let (inner, key) = (Arc::downgrade(inner), identity.key.clone());
            std::thread::spawn(move || {
                let Some(lan) = inner.upgrade().map(|inner| Arc::clone(&inner.lan)) else {
                    return;
                };
                let answered = lan.open_at(&address, &key).is_ok();
                lan.routes.was_knocked_at(&address);
                if let (true, Some(inner)) = (answered, inner.upgrade()) {
                    inner.changes.bump();
                }
            });
        }
    }
}

/// Shows where each is found.
fn show(inner: &Inner) {
    let routes = &inner.lan.routes;
    let way = |key| routes.ways_to(&key).into_iter().next().map(|way| (key, way));
    let found: BTreeMap<_, _> = routes.members().into_iter().filter_map(way).collect();
    let changed = inner.shared.change(|state| {
        let changed = state.found != found;
        state.found = found;
        changed
    });
    if changed {
        inner.changed();
    }
}

/// Writes down where they answered.
fn remember(inner: &Inner) {
    if inner.finds == Finds::Typed {
        return;
    }
    let Some(known) = inner.lan.routes.unwritten() else {
        return;
    };
    let now_ms = inner.clock.now_ms();
    let written = inner.ask(false, move |workstation| {
        workstation.store().write(|tx| discovery::remember(tx, known, now_ms))
    });
    if let Some(Err(error)) = written {
        tracing::error!(%error, "where the others are was not written down");
        inner.lan.routes.is_unwritten();
    }
}

/// A moment on a clock that only goes forward, and that nobody can put back.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deadline(Instant);

impl Deadline {
    #[expect(clippy::disallowed_methods, reason = "a wait is bounded here")]
    pub(super) fn after(patience: Duration) -> Self {
        Self(Instant::now() + patience)
    }

    #[expect(clippy::disallowed_methods, reason = "a wait is bounded here")]
    pub(super) fn left(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }

    pub(super) fn is_over(self) -> bool {
        self.left().is_zero()
    }
}

/// A clock that only goes forward, from when something began.
#[derive(Debug)]
pub(super) struct Began(Instant);

impl Began {
    #[expect(clippy::disallowed_methods, reason = "a wait is measured by a clock nobody puts back")]
    pub(super) fn now() -> Self {
        Self(Instant::now())
    }

    /// In milliseconds.
    pub(super) fn elapsed_ms(&self) -> u64 {
        u64::try_from(self.0.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}
