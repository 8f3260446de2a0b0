//! What the server is told by its environment.

use crate::clock::{Clock, NotATime};
use std::net::SocketAddr;
use std::path::PathBuf;

/// How to run.
#[derive(Clone, Debug)]
pub struct Config {
    /// `DATABASE_URL`: `postgres://…`.
    pub database_url: String,
    /// `LISTEN`: where nginx, or in a demo the browser, finds the server. 127.0.0.1:8080.
    pub listen: SocketAddr,
    /// `KEY_FILE`: the server's secret, made at the first start. `sync-server.key`.
    pub key_file: PathBuf,
    /// `ANCHOR_FILE`: what tells a database that was set back. Beside the key file, as
    /// `sync-server.anchor`; never on the database's own disk.
    pub anchor_file: PathBuf,
    /// `OCPIZZA_CLOCK`: the time at which the clock starts. For demonstrations; otherwise the
    /// machine's clock.
    pub clock: Clock,
}

/// A variable that is missing or makes no sense.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// It must be given.
    #[error("{name} is not set")]
    Missing {
        /// The variable.
        name: &'static str,
    },
    /// `LISTEN` is no address.
    #[error("LISTEN is not an address such as 127.0.0.1:8080")]
    Listen(#[from] std::net::AddrParseError),
    /// `OCPIZZA_CLOCK` is no time.
    #[error("OCPIZZA_CLOCK")]
    Clock(#[from] NotATime),
}

impl Config {
    /// Reads the environment, or whatever stands for it.
    ///
    /// # Errors
    ///
    /// [`ConfigError`], naming the variable.
    pub fn read(var: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let database_url =
            var("DATABASE_URL").ok_or(ConfigError::Missing { name: "DATABASE_URL" })?;
        let listen = var("LISTEN").unwrap_or_else(|| "127.0.0.1:8080".into()).parse()?;
        let key_file: PathBuf = var("KEY_FILE").unwrap_or_else(|| "sync-server.key".into()).into();
        let anchor_file =
            var("ANCHOR_FILE").map_or_else(|| key_file.with_extension("anchor"), PathBuf::from);
        let clock = match var("OCPIZZA_CLOCK") {
            Some(start) => Clock::starting_at(&start)?,
            None => Clock::machine(),
        };
        Ok(Self { database_url, listen, key_file, anchor_file, clock })
    }
}

#[cfg(test)]
mod tests {
    use super::{Config, ConfigError};

    fn read(pairs: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::read(|name| {
            pairs.iter().find(|(it, _)| *it == name).map(|(_, value)| String::from(*value))
        })
    }

    #[test]
    fn only_the_database_must_be_named() {
        let config = read(&[("DATABASE_URL", "postgres://x")]).unwrap();
        assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
        assert_eq!(config.anchor_file, std::path::Path::new("sync-server.anchor"));
        assert!(matches!(read(&[]), Err(ConfigError::Missing { name: "DATABASE_URL" })));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let url = ("DATABASE_URL", "postgres://x");
        assert!(matches!(read(&[url, ("LISTEN", "8080")]), Err(ConfigError::Listen(_))));
        assert!(matches!(read(&[url, ("OCPIZZA_CLOCK", "19h")]), Err(ConfigError::Clock(_))));
    }
}
