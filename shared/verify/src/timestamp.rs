//! Time stamps of manifests (RFC 3161), by the openssl of the machine.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// Whether `stamp` is a time stamp of `manifest` by an authority that this machine knows, or that the
/// file of certificates `authorities` holds; none where there is no openssl to ask, or no place to put
/// the files.
#[must_use]
pub(crate) fn check(manifest: &[u8], stamp: &[u8], authorities: Option<&Path>) -> Option<bool> {
    let folder = tempfile::tempdir().ok()?;
    let (data, reply) = (folder.path().join("manifest.json"), folder.path().join("manifest.tsr"));
    fs::write(&data, manifest).ok()?;
    fs::write(&reply, stamp).ok()?;
    let mut openssl = Command::new("openssl");
    openssl.args(["ts", "-verify", "-data"]).arg(&data).arg("-in").arg(&reply);
    match authorities {
        Some(authorities) => openssl.arg("-CAfile").arg(authorities),
        None => openssl.args(["-CApath", "/etc/ssl/certs"]),
    };
    openssl.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    Some(openssl.status().ok()?.success())
}
