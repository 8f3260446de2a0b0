//! What workstations announce in the network: `_ocpizza._tcp.local.`, by multicast DNS (RFC 6762, 6763).
//! It names the PC's label, a hash of the shop's code and a fingerprint of its key: nothing that is
//! secret or personal, and nothing that is believed.

use super::Interfaces;
use crate::runtime::Inner;
use crate::store::settings::Identity;
use journal::PublicKey;
use mdns_sd::{
    DaemonEvent, IfKind, Receiver, RecvTimeoutError, ResolvedService, ScopedIp, ServiceDaemon,
    ServiceEvent, ServiceInfo,
};
use sha2::{Digest, Sha256};
use std::net::{IpAddr, SocketAddr, SocketAddrV6};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

/// The service's type.
const SERVICE: &str = "_ocpizza._tcp.local.";
/// The most addresses that are taken of one announcement.
const MAX_ADDRESSES: usize = 8;
/// How often the thread that hears announcements looks whether the workstation has ended.
const LOOK: Duration = Duration::from_secs(1);

/// What a key is recognised by: the first 16 bytes of its SHA-256, hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::runtime) struct Fingerprint(String);

impl Fingerprint {
    pub(in crate::runtime) fn of(key: &PublicKey) -> Self {
        Self(short_hash("ocpizza/key/1\0", key.as_bytes(), 16))
    }
}

/// The first bytes of SHA-256 of a word and what it is about, hexadecimal.
fn short_hash(word: &str, of: &[u8], bytes: usize) -> String {
    let hash = Sha256::new().chain_update(word).chain_update(of).finalize();
    hex::encode(&hash[..bytes])
}

/// Somebody who announces itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::runtime) struct Announced {
    /// Of the key that it says it has.
    pub(super) fingerprint: Fingerprint,
    /// Where it says it is, sorted.
    pub(super) addresses: Vec<String>,
}

impl Announced {
    /// Whether it says it is this one.
    pub(super) fn is(&self, key: &PublicKey) -> bool {
        self.fingerprint == Fingerprint::of(key)
    }

    fn read(service: &ResolvedService) -> Option<Self> {
        let fingerprint = Fingerprint(service.get_property_val_str("key")?.to_owned());
        let port = service.get_port();
        let addresses = service.get_addresses().iter().filter_map(|ip| address(ip, port));
        let mut addresses: Vec<String> = addresses.map(|it| it.to_string()).collect();
        addresses.sort();
        addresses.truncate(MAX_ADDRESSES);
        Some(Self { fingerprint, addresses })
    }
}

/// An address that can be called; `None` where it says nothing without its network's name.
fn address(ip: &ScopedIp, port: u16) -> Option<SocketAddr> {
    let scope = match ip {
        ScopedIp::V6(ip) if ip.addr().is_unicast_link_local() => ip.scope_id().index,
        ScopedIp::V4(_) | ScopedIp::V6(_) => return Some(SocketAddr::new(ip.to_ip_addr(), port)),
        // A kind of address that this program does not know.
        _ => return None,
    };
    match ip.to_ip_addr() {
        IpAddr::V6(ip) if scope != 0 => Some(SocketAddrV6::new(ip, port, 0, scope).into()),
        IpAddr::V4(_) | IpAddr::V6(_) => None,
    }
}

/// Announces this workstation, and hears others; it ends when dropped.
pub(in crate::runtime) struct Announcing {
    daemon: ServiceDaemon,
    troubles: Receiver<DaemonEvent>,
    /// A trouble was told: a network without multicast has the same one every few seconds.
    told: bool,
    is_announced: bool,
    interfaces: Interfaces,
    hearing: Option<JoinHandle<()>>,
}

impl Announcing {
    /// Begins to hear others.
    ///
    /// # Errors
    ///
    /// Where the system lets nobody do that.
    pub(in crate::runtime) fn start(
        inner: &Arc<Inner>,
        interfaces: Interfaces,
    ) -> mdns_sd::Result<Self> {
        let daemon = ServiceDaemon::new()?;
        let troubles = daemon.monitor()?;
        match interfaces {
            Interfaces::All => {
                daemon.disable_interface(vec![IfKind::LoopbackV4, IfKind::LoopbackV6])?;
            }
            Interfaces::Loopback => {
                daemon.disable_interface(IfKind::All)?;
                daemon.enable_interface(IfKind::LoopbackV4)?;
            }
        }
        let (told, is_announced) = (false, false);
        let mut announcing =
            Self { daemon, troubles, told, is_announced, interfaces, hearing: None };
        announcing.hear(inner)?;
        Ok(announcing)
    }

    /// Looks after it: announces this workstation once it is set up and listens, and says, once, what
    /// is wrong.
    pub(in crate::runtime) fn look(
        &mut self,
        inner: &Arc<Inner>,
        seat: Option<&Identity>,
        listens: Option<SocketAddr>,
    ) {
        for trouble in self.troubles.try_iter() {
            if let (DaemonEvent::Error(error), false) = (trouble, self.told) {
                tracing::warn!(%error, "workstations are not found by multicast");
                self.told = true;
            }
        }
        let mut done = Ok(());
        if self.hearing.as_ref().is_none_or(JoinHandle::is_finished) {
            done = self.hear(inner);
        }
        if let (Some(seat), Some(listens), false) = (seat, listens, self.is_announced) {
            done = done.and_then(|()| self.announce(seat, listens));
            self.is_announced = done.is_ok();
        }
        if let (Err(error), false) = (done, self.told) {
            tracing::warn!(%error, "this workstation is not announced");
            self.told = true;
        }
    }

    fn announce(&self, seat: &Identity, listens: SocketAddr) -> mdns_sd::Result<()> {
        let Fingerprint(key) = Fingerprint::of(&seat.key.public_key());
        let shop = short_hash("ocpizza/shop/1\0", seat.shop.as_bytes(), 8);
        let name = format!("{} {}", seat.label, &key[..8]);
        let host = format!("ocpizza-{}.local.", &key[..16]);
        let texts =
            [("shop", shop.as_str()), ("label", seat.label.as_str()), ("key", key.as_str())];
        let ip = match (listens.ip(), self.interfaces) {
            (_, Interfaces::Loopback) => "127.0.0.1".to_owned(),
            (ip, Interfaces::All) if ip.is_unspecified() => String::new(),
            (ip, Interfaces::All) => ip.to_string(),
        };
        let service =
            ServiceInfo::new(SERVICE, &name, &host, ip.as_str(), listens.port(), &texts[..])?;
        let service = if ip.is_empty() { service.enable_addr_auto() } else { service };
        self.daemon.register(service)
    }

    fn hear(&mut self, inner: &Arc<Inner>) -> mdns_sd::Result<()> {
        let heard = self.daemon.browse(SERVICE)?;
        let inner = Arc::clone(inner);
        let hearing = std::thread::Builder::new()
            .name("discovery".to_owned())
            .spawn(move || hear(&inner, &heard));
        self.hearing =
            Some(hearing.map_err(|error| mdns_sd::Error::Msg(format!("no thread: {error}")))?);
        Ok(())
    }
}

impl Drop for Announcing {
    fn drop(&mut self) {
        // Says goodbye. Where it cannot, the others find out by calling.
        self.daemon.shutdown().ok();
        if let Some(hearing) = self.hearing.take() {
            // A thread that panicked has said so.
            hearing.join().ok();
        }
    }
}

fn hear(inner: &Inner, heard: &Receiver<ServiceEvent>) {
    while !inner.is_stopped() {
        match heard.recv_timeout(LOOK) {
            Ok(ServiceEvent::ServiceResolved(service)) => {
                let announced = Announced::read(&service);
                let name = service.get_fullname().to_owned();
                if announced.is_some_and(|it| inner.lan.routes.announced(name, it)) {
                    inner.changed();
                }
            }
            Ok(ServiceEvent::ServiceRemoved(_, name)) => inner.lan.routes.withdrawn(&name),
            Ok(_) | Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}
