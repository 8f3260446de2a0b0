//! What can be set on this PC.

use crate::error::Error;
use crate::store::settings;
use crate::workstation::Workstation;
use pos_api::{Code, PeerAddress, PrinterRoad, PrinterSettings, Reply};
use std::collections::BTreeSet;
use std::net::ToSocketAddrs;

/// The setting that holds the printers: a list of [`PrinterSettings`].
pub const PRINTERS: &str = "printers";
/// The setting that holds the addresses of the shop's other workstations.
pub const PEERS: &str = "peers";

/// The port that ESC/POS printers listen on.
const PRINTER_PORT: u16 = 9100;
/// The port that workstations listen on.
pub const PEER_PORT: u16 = 7300;

/// The speeds that receipt printers can be set to, in bits a second.
const BAUDS: [u32; 5] = [9_600, 19_200, 38_400, 57_600, 115_200];

/// The longest name of a printer, in characters: it stands on a button.
const NAME_LIMIT: usize = 24;
/// The longest name of a device or of a spooler's queue, in bytes: what CUPS takes.
const DEVICE_LIMIT: usize = 127;

pub(super) fn set_printers(
    workstation: &mut Workstation,
    printers: &[PrinterSettings],
) -> Result<Reply, Error> {
    let mut names = BTreeSet::new();
    let mut papers = BTreeSet::new();
    let mut kept = Vec::with_capacity(printers.len());
    for printer in printers {
        let name = printer.name.trim().to_owned();
        let is_name = (1..=NAME_LIMIT).contains(&name.chars().count());
        let each_once = printer.papers.iter().all(|paper| papers.insert(*paper));
        if !is_name || !each_once || !names.insert(name.clone()) {
            return Err(Code::Printers.into());
        }
        let road = well_formed(&printer.road).ok_or(Code::Address)?;
        kept.push(PrinterSettings { name, road, ..printer.clone() });
    }
    if 1 < kept.iter().filter(|printer| printer.drawer).count() {
        return Err(Code::Printers.into());
    }
    workstation.store.write(|tx| settings::set(tx, PRINTERS, &kept))?;
    Ok(Reply::Done)
}

/// The road as it is kept; `None` where it leads nowhere.
fn well_formed(road: &PrinterRoad) -> Option<PrinterRoad> {
    match road {
        PrinterRoad::Network { host } => {
            with_port(host, PRINTER_PORT).map(|host| PrinterRoad::Network { host })
        }
        PrinterRoad::Usb { device } => {
            let device = plain(device, "/._-")?;
            device.starts_with("/dev/").then_some(PrinterRoad::Usb { device })
        }
        PrinterRoad::Serial { device, baud } => {
            let device = plain(device, "/._-")?;
            BAUDS.contains(baud).then_some(PrinterRoad::Serial { device, baud: *baud })
        }
        PrinterRoad::Spooler { queue } => {
            let queue = plain(queue, "._-")?;
            // It becomes an argument, and must not be taken for an option.
            (!queue.starts_with('-')).then_some(PrinterRoad::Spooler { queue })
        }
    }
}

/// A name of letters, digits and those signs, without a way up in it.
fn plain(name: &str, signs: &str) -> Option<String> {
    let name = name.trim();
    let known = |it: char| it.is_ascii_alphanumeric() || signs.contains(it);
    let is_plain =
        (1..=DEVICE_LIMIT).contains(&name.len()) && name.chars().all(known) && !name.contains("..");
    is_plain.then(|| name.to_owned())
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
