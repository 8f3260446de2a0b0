//! What the program is started with.

use std::{
    ffi::OsString,
    net::{IpAddr, Ipv6Addr, SocketAddr},
    path::PathBuf,
};

use anyhow::{Context, Result, bail};

/// The arguments, read and checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Arguments {
    /// The folder of this workstation: journal, keys, log, and the lock that makes it one.
    pub(crate) data: PathBuf,
    pub(crate) screen: Screen,
    /// Where the shop's other workstations find this one.
    pub(crate) listen: SocketAddr,
}

/// How much of the screen the window takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Screen {
    /// All of it: nothing else is to be done on a till.
    Full,
    /// A part of it, for a demonstration or a test: width, height and top left corner, in pixels.
    Part { size: (u32, u32), at: (u32, u32) },
}

const SIZE: (u32, u32) = (1366, 768);

/// Every address of this PC, of IPv4 too, on the port that workstations listen on.
const LISTEN: SocketAddr =
    SocketAddr::new(IpAddr::V6(Ipv6Addr::UNSPECIFIED), pos_core::commands::PEER_PORT);

impl Arguments {
    /// Reads `--data DIR`, `--windowed`, `--size WxH`, `--at X,Y` (these two imply windowed) and
    /// `--listen ADDRESS:PORT`, where port 0 takes a free one.
    /// Without `--data`, the folder is the system's own for a program's data, as `variable` says.
    ///
    /// # Errors
    ///
    /// An argument that is not known, or whose value is missing or cannot be read.
    pub(crate) fn read(
        mut given: impl Iterator<Item = OsString>,
        variable: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Self> {
        let (mut data, mut windowed, mut size, mut at) = (None, false, None, None);
        let mut listen = LISTEN;
        while let Some(argument) = given.next() {
            let name = argument.to_string_lossy().into_owned();
            let mut value = || given.next().with_context(|| format!("{name} needs a value"));
            match name.as_str() {
                "--data" => data = Some(PathBuf::from(value()?)),
                "--windowed" => windowed = true,
                "--size" => size = Some(pair(&value()?, 'x')?),
                "--listen" => {
                    let address = value()?.to_string_lossy().into_owned();
                    listen = address.parse().with_context(|| format!("{address}: no address"))?;
                }
                "--at" => at = Some(pair(&value()?, ',')?),
                other => bail!("unknown argument {other}"),
            }
        }
        let part = windowed || size.is_some() || at.is_some();
        let screen = if part {
            Screen::Part { size: size.unwrap_or(SIZE), at: at.unwrap_or_default() }
        } else {
            Screen::Full
        };
        let data = data
            .or_else(|| data_folder(variable))
            .context("no folder for data on this system: say one with --data")?;
        Ok(Self { data, screen, listen })
    }
}

/// Two numbers around a separator: `1366x768`, `0,40`.
fn pair(text: &OsString, separator: char) -> Result<(u32, u32)> {
    let text = text.to_string_lossy();
    let parts = text.split_once(separator);
    parts
        .and_then(|(one, other)| Some((one.parse().ok()?, other.parse().ok()?)))
        .with_context(|| format!("{text} is not two numbers around a {separator}"))
}

/// Where the system keeps a program's data for this user.
fn data_folder(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let set = |name| variable(name).filter(|it| !it.is_empty()).map(PathBuf::from);
    let base = if cfg!(windows) {
        set("LOCALAPPDATA")
    } else {
        set("XDG_DATA_HOME").or_else(|| Some(set("HOME")?.join(".local/share")))
    };
    Some(base?.join("ocpizza"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(given: &[&str]) -> Result<Arguments> {
        let home = |name: &str| (name == "HOME").then(|| OsString::from("/home/lucie"));
        Arguments::read(given.iter().map(OsString::from), home)
    }

    #[test]
    #[cfg(not(windows))]
    fn a_shop_s_window_takes_the_whole_screen_and_the_user_s_folder() {
        let data = PathBuf::from("/home/lucie/.local/share/ocpizza");
        assert_eq!(read(&[]).unwrap(), Arguments { data, screen: Screen::Full, listen: LISTEN });
    }

    #[test]
    fn a_size_or_a_place_makes_it_windowed() {
        let screen = |given: &[&str]| read(given).unwrap().screen;
        assert_eq!(screen(&["--windowed"]), Screen::Part { size: SIZE, at: (0, 0) });
        assert_eq!(
            screen(&["--size", "1920x1080"]),
            Screen::Part { size: (1920, 1080), at: (0, 0) }
        );
        assert_eq!(screen(&["--at", "8,40"]), Screen::Part { size: SIZE, at: (8, 40) });
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        let said = |given: &[&str]| read(given).unwrap_err().to_string();
        assert_eq!(said(&["--dtaa", "x"]), "unknown argument --dtaa");
        assert_eq!(said(&["--data"]), "--data needs a value");
        assert_eq!(said(&["--size", "big"]), "big is not two numbers around a x");
    }
}
