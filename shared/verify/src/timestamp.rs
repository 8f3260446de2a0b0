//! Time stamps of manifests (RFC 3161), by the openssl of the machine.

use std::fs;
use std::process::{Command, Stdio};

/// Whether `stamp` is a time stamp of `manifest` by an authority that this machine knows, or that the
/// file named by `OCPIZZA_TSA_CA` holds; none where there is no openssl to ask, or no place to put
/// the files.
#[must_use]
pub(crate) fn check(manifest: &[u8], stamp: &[u8]) -> Option<bool> {
    let folder = tempfile::tempdir().ok()?;
    let (data, reply) = (folder.path().join("manifest.json"), folder.path().join("manifest.tsr"));
    fs::write(&data, manifest).ok()?;
    fs::write(&reply, stamp).ok()?;
    let mut openssl = Command::new("openssl");
    openssl.args(["ts", "-verify", "-data"]).arg(&data).arg("-in").arg(&reply);
    match std::env::var_os("OCPIZZA_TSA_CA") {
        Some(authority) => openssl.arg("-CAfile").arg(authority),
        None => openssl.args(["-CApath", "/etc/ssl/certs"]),
    };
    openssl.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    Some(openssl.status().ok()?.success())
}
