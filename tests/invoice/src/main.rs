//! Writes the samples into a folder: `invoice-samples FOLDER`. An invoice is `invoice-NAME.pdf` beside
//! its data, `invoice-NAME.xml`; other documents are `paper-NAME.pdf`.

use anyhow::{Context as _, Result};
use invoice_samples::{CREATED, attestation, invoices, report};
use std::fs;
use std::path::PathBuf;

fn main() -> Result<()> {
    let folder = std::env::args_os().nth(1).context("invoice-samples FOLDER")?;
    let folder = PathBuf::from(folder);
    fs::create_dir_all(&folder)?;
    for (name, invoice) in invoices() {
        let made = || format!("the invoice {name}");
        fs::write(
            folder.join(format!("invoice-{name}.xml")),
            invoice.to_cii().with_context(made)?,
        )?;
        let pdf = invoice.to_pdf(CREATED).with_context(made)?;
        fs::write(folder.join(format!("invoice-{name}.pdf")), pdf)?;
    }
    fs::write(folder.join("paper-report.pdf"), report().to_pdf(CREATED)?)?;
    fs::write(folder.join("paper-attestation.pdf"), attestation().to_pdf(CREATED)?)?;
    Ok(())
}
