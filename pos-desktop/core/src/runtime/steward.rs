//! Keeps what the settings ask for running: the listener, a link to each peer and to the centre, the
//! printer's worker.

use super::transport::Address;
use super::{Inner, caller, listener, printing};
use crate::commands::{PEERS, PRINTER};
use crate::print::worker::Worker;
use crate::store::settings::Identity;
use crate::store::{Reader, StoreError, settings};
use pos_api::{PeerAddress, PrinterAddress, PrinterCause, PrinterView};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How often the settings are looked at though nothing changed: an address may have come to be.
const LOOK: Duration = Duration::from_secs(5);

/// What the settings ask for.
struct Wanted {
    identity: Option<Identity>,
    printer: Option<PrinterAddress>,
    peers: Vec<PeerAddress>,
}

pub(super) fn run(inner: &Arc<Inner>, mut reader: Reader, listen: SocketAddr) {
    let mut running = Running { listens: false, links: BTreeMap::new(), printer: None };
    let mut seen = 0;
    while !inner.is_stopped() {
        let wanted: Result<Wanted, StoreError> = reader.read(|tx| {
            Ok(Wanted {
                identity: settings::identity(tx)?,
                printer: settings::get::<Option<PrinterAddress>>(tx, PRINTER)?.flatten(),
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
    listens: bool,
    links: BTreeMap<Address, caller::Running>,
    printer: Option<(PrinterAddress, Worker)>,
}

impl Running {
    fn follow(&mut self, inner: &Arc<Inner>, wanted: &Wanted, listen: SocketAddr) {
        let Some(identity) = &wanted.identity else {
            return;
        };
        if !self.listens {
            match listener::start(inner, listen, &identity.key) {
                Ok(address) => {
                    self.listens = true;
                    inner.shared.change(|state| state.listens = address.to_string());
                    inner.changed();
                }
                Err(error) => tracing::warn!(%error, %listen, "cannot listen"),
            }
        }
        let peers = wanted.peers.iter().map(|peer| Address::Lan(peer.address.clone()));
        let centre = identity.centre.iter().map(|centre| Address::Centre(centre.url.clone()));
        let addresses: Vec<Address> = peers.chain(centre).collect();
        self.links.retain(|address, _| addresses.contains(address));
        for address in addresses {
            let link = || caller::start(inner, &address, identity);
            self.links.entry(address.clone()).or_insert_with(link).look();
        }
        self.follow_printer(inner, wanted.printer.as_ref());
    }

    fn follow_printer(&mut self, inner: &Arc<Inner>, wanted: Option<&PrinterAddress>) {
        let current = self.printer.as_ref().map(|(address, _)| address);
        if current != wanted {
            self.printer = None;
            let view = match wanted.map(|address| (address, printing::start(inner, address))) {
                None => PrinterView::None,
                Some((address, Ok(worker))) => {
                    self.printer = Some((address.clone(), worker));
                    PrinterView::Unknown
                }
                Some((_, Err(_))) => PrinterView::Stopped(PrinterCause::Unreachable),
            };
            let changed = inner.shared.change(|state| {
                // The worker may have reported already; what it said is newer.
                let keep = view == PrinterView::Unknown && state.printer != PrinterView::None;
                let changed = !keep && state.printer != view;
                if changed {
                    state.printer = view;
                }
                changed
            });
            if changed {
                inner.changed();
            }
        }
        if let Some((_, worker)) = &self.printer {
            worker.ring();
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
