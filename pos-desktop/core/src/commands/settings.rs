//! What can be set on this PC.

use crate::error::Error;
use crate::store::settings;
use crate::workstation::Workstation;
use pos_api::{Code, PeerAddress, PrinterAddress, Reply};
use std::net::ToSocketAddrs;

/// The setting that holds the receipt printer's address.
pub const PRINTER: &str = "printer";
/// The setting that holds the addresses of the shop's other workstations.
pub const PEERS: &str = "peers";

/// The port that ESC/POS printers listen on.
const PRINTER_PORT: u16 = 9100;
/// The port that workstations listen on.
pub const PEER_PORT: u16 = 7300;

pub(super) fn set_printer(
    workstation: &mut Workstation,
    address: Option<&PrinterAddress>,
) -> Result<Reply, Error> {
    let address = match address {
        None => None,
        Some(given) => {
            let host = with_port(&given.host, PRINTER_PORT).ok_or(Code::Address)?;
            Some(PrinterAddress { host, ..given.clone() })
        }
    };
    workstation.store.write(|tx| settings::set(tx, PRINTER, &address))?;
    Ok(Reply::Done)
}

pub(super) fn set_peers(
    workstation: &mut Workstation,
    peers: &[PeerAddress],
) -> Result<Reply, Error> {
    let peers = peers
        .iter()
        .map(|peer| with_port(&peer.address, PEER_PORT).map(|address| PeerAddress { address }))
        .collect::<Option<Vec<_>>>()
        .ok_or(Code::Address)?;
    workstation.store.write(|tx| settings::set(tx, PEERS, &peers))?;
    Ok(Reply::Done)
}

/// "192.168.1.50" with the usual port, or as given with another; `None` where it is no address.
fn with_port(text: &str, port: u16) -> Option<String> {
    let text = text.trim();
    let whole = if text.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok()) {
        text.to_owned()
    } else {
        format!("{text}:{port}")
    };
    let (host, _) = whole.rsplit_once(':')?;
    let is_name = |it: char| it.is_ascii_alphanumeric() || ".-".contains(it);
    let is_well_formed = !host.is_empty() && host.chars().all(is_name);
    // Digits and dots must be an address; a name is looked up each time it is called.
    let numeric = host.chars().all(|it| it.is_ascii_digit() || it == '.');
    (is_well_formed && (!numeric || whole.to_socket_addrs().is_ok())).then_some(whole)
}
