//! Time stamps of archives' manifests (RFC 3161) by an authority that the shop chose: `openssl ts`
//! makes the query, HTTP carries it. No shop has one unless it is set ([`TIMESTAMP`]), and an archive
//! is made whether the authority answers or not.

use crate::store::{StoreError, settings};
use rusqlite::Transaction;
use serde::{Deserialize, Serialize};
use std::process::{Command, Stdio};
use std::time::Duration;

/// The setting that holds an [`Authority`].
pub(crate) const TIMESTAMP: &str = "timestamp";
/// How long the authority may take to answer.
const PATIENCE: Duration = Duration::from_secs(15);
/// The most that it answers, in bytes.
const MOST_BYTES: u64 = 64 * 1024;

/// Who stamps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Authority {
    /// Where: `https://…`
    pub(crate) url: String,
    /// The program that makes the query, where it is not the `openssl` of the path.
    #[serde(default)]
    pub(crate) openssl: Option<String>,
}

/// Who stamps in this shop, if anybody does.
///
/// # Errors
///
/// Whatever SQLite says.
pub(super) fn authority(tx: &Transaction<'_>) -> Result<Option<Authority>, StoreError> {
    settings::get(tx, TIMESTAMP)
}

/// The authority's stamp of these bytes, as it came; none where there is none to be had, which the
/// log says.
pub(super) fn stamp(authority: &Authority, manifest: &[u8]) -> Option<Vec<u8>> {
    match ask(authority, manifest) {
        Ok(stamp) => Some(stamp),
        Err(why) => {
            tracing::error!(%why, url = %authority.url, "an archive has no time stamp");
            None
        }
    }
}

fn ask(authority: &Authority, manifest: &[u8]) -> Result<Vec<u8>, String> {
    let digest = fiscal::archive::format::sha256(manifest);
    let openssl = authority.openssl.clone().unwrap_or_else(|| "openssl".to_owned());
    let query = Command::new(openssl)
        .args(["ts", "-query", "-sha256", "-cert", "-digest", &digest])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .map_err(|error| error.to_string())?;
    if !query.status.success() || query.stdout.is_empty() {
        return Err("openssl made no query".to_owned());
    }
    let agent: ureq::Agent =
        ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).build().into();
    agent
        .post(&authority.url)
        .content_type("application/timestamp-query")
        .send(query.stdout)
        .map_err(|error| error.to_string())?
        .body_mut()
        .with_config()
        .limit(MOST_BYTES)
        .read_to_vec()
        .map_err(|error| error.to_string())
}
