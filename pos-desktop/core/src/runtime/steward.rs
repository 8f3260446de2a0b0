//! Keeps what the settings ask for running: the listener, and a link to each peer and to the centre.

use super::transport::Address;
use super::{Inner, caller, listener};
use crate::commands::PEERS;
use crate::keystore::Keystore;
use crate::store::settings::Identity;
use crate::store::{Reader, StoreError, settings};
use pos_api::PeerAddress;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How often the settings are looked at though nothing changed: an address may have come to be.
pub(super) const LOOK: Duration = Duration::from_secs(5);

/// What the settings ask for.
struct Wanted {
    identity: Option<Identity>,
    peers: Vec<PeerAddress>,
}

pub(super) fn run(inner: &Arc<Inner>, mut reader: Reader, keystore: &Keystore, listen: SocketAddr) {
    let mut running = Running { listens: None, links: BTreeMap::new() };
    let mut seen = 0;
    while !inner.is_stopped() {
        let wanted: Result<Wanted, StoreError> = reader.read(|tx| {
            // Without its key it speaks to nobody.
            let opened = settings::identity(tx)?.zip(keystore.key());
            Ok(Wanted {
                identity: opened.map(|(identity, key)| identity.with_key(key)),
                peers: settings::get(tx, PEERS)?.unwrap_or_default(),
            })
        });
        match wanted {
            Ok(wanted) => running.follow(inner, &wanted, listen),
            Err(error) => tracing::error!(%error, "the settings cannot be read"),
        }
        seen = inner.changes.wait_after(seen, LOOK);
    }
}

struct Running {
    listens: Option<listener::Listening>,
    links: BTreeMap<Address, caller::Running>,
}

impl Running {
    fn follow(&mut self, inner: &Arc<Inner>, wanted: &Wanted, listen: SocketAddr) {
        let Some(identity) = &wanted.identity else {
            return;
        };
        if self.listens.is_none() {
            match listener::start(inner, listen, &identity.key) {
                Ok(listening) => {
                    let address = listening.address.to_string();
                    self.listens = Some(listening);
                    inner.shared.change(|state| state.listens = address);
                    inner.changed();
                }
                Err(error) => tracing::warn!(%error, %listen, "cannot listen"),
            }
        }
        let peers = wanted.peers.iter().map(|peer| Address::Lan(peer.address.clone()));
        let centre = identity.centre.iter().map(|centre| Address::Centre(centre.url.clone()));
        let addresses: Vec<Address> = peers.chain(centre).collect();
        // A link whose thread ended (the file could not be read just then) is started anew.
        self.links.retain(|address, link| addresses.contains(address) && link.runs());
        for address in addresses {
            let link = || caller::start(inner, &address, identity);
            self.links.entry(address.clone()).or_insert_with(link).look();
        }
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
