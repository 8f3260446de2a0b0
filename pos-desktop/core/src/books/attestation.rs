//! The editor's individual attestation for the company that uses the till, pre-filled, as a file
//! (BOI-LETTRE-000242). It is made out to one SIREN and one major version of the fiscal core; the
//! editor's representative signs it by hand.

use super::{ATTESTATIONS, files};
use crate::error::Error;
use crate::store::publications;
use crate::workstation::{SOFTWARE, Workstation};
use fiscal::time::Date;
use paper::attestation::{Attestation, Editor, Software, Taxpayer};
use pos_api::{Code, Reply};
use serde::Deserialize;
use std::path::Path;

/// Who publishes the program, and what it does: data of the release.
const EDITOR: &str = include_str!("../../starter/editor.json");

#[derive(Deserialize)]
struct Published {
    name: String,
    address: String,
    siren: String,
    representative: String,
    capacity: String,
    /// The day from which this major version was to be had.
    marketed: Date,
    covered: Vec<String>,
    not_covered: Vec<String>,
}

/// The major version of the fiscal core: another needs another attestation.
fn root() -> &'static str {
    fiscal::VERSION.split('.').next().unwrap_or(fiscal::VERSION)
}

/// The file's name.
fn file_name(siren: &str) -> String {
    format!("attestation_{siren}_v{}.pdf", root())
}

/// The name of the attestation for a company and the fiscal core that runs, where it is there.
#[must_use]
pub fn present(folder: &Path, siren: &str) -> Option<String> {
    let name = file_name(siren);
    folder.join(ATTESTATIONS).join(&name).is_file().then_some(name)
}

/// Writes the attestation; one that is there is made anew.
///
/// # Errors
///
/// [`Code::NoLegalIdentity`] where no company is named; [`Code::Folder`].
pub fn write(workstation: &mut Workstation) -> Result<Reply, Error> {
    let shop = workstation.store.read(publications::shop)?.ok_or(Code::NoMenu)?;
    let legal = shop.legal;
    let is_siren = legal.siren.len() == 9
        && legal.siren.bytes().all(|it| it.is_ascii_digit())
        && legal.siren != "000000000";
    if !is_siren || legal.legal_entity.is_empty() {
        return Err(Code::NoLegalIdentity.into());
    }
    let published: Published =
        serde_json::from_str(EDITOR).map_err(|error| Error::Fault(format!("editor: {error}")))?;
    let licence = workstation.public_key().ok_or(Code::SetUpState)?;
    let licence = fiscal::archive::format::hex(licence.as_bytes());
    let attestation = Attestation {
        editor: Editor {
            name: published.name,
            address: published.address,
            siren: published.siren,
            representative: published.representative,
            capacity: published.capacity,
        },
        software: Software {
            name: SOFTWARE.to_owned(),
            version: fiscal::VERSION.to_owned(),
            root: root().to_owned(),
            marketed: published.marketed,
            licence: licence.get(..16).unwrap_or_default().to_owned(),
        },
        covered: published.covered,
        not_covered: published.not_covered,
        taxpayer: Taxpayer {
            name: legal.legal_entity,
            address: legal.address,
            siren: legal.siren.clone(),
        },
    };
    let bytes = attestation
        .to_pdf(workstation.moment())
        .map_err(|error| Error::Fault(format!("the attestation: {error}")))?;
    let name = file_name(&legal.siren);
    let path = files::put(&workstation.folder().join(ATTESTATIONS), &name, &bytes)?;
    Ok(Reply::File { number: name, path: path.display().to_string() })
}
