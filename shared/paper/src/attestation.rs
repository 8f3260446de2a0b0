//! The individual attestation of who publishes the till's program, after the model of
//! BOI-LETTRE-000242 (CGI art. 286 I 3° bis; BOI-TVA-DECLA-30-10-30, 270 to 390).
//!
//! The first part is filled in here and signed by the publisher by hand; the second is left to the
//! company that uses the program. It is made out to one taxpayer and is kept by it. It is no
//! certificate, and nothing on it says so.

mod words;

use crate::{Block, PaperError, Report};
use fiscal::time::{Date, Moment};

/// What an attestation says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attestation {
    /// Who publishes the program.
    pub editor: Editor,
    /// The program.
    pub software: Software,
    /// What the program does that the law is about, a sentence each.
    pub covered: Vec<String>,
    /// What it does or leaves to others that the attestation says nothing about, a sentence each.
    pub not_covered: Vec<String>,
    /// For whom it is made out.
    pub taxpayer: Taxpayer,
}

/// Who publishes the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Editor {
    /// The company.
    pub name: String,
    /// On one line.
    pub address: String,
    /// Nine digits.
    pub siren: String,
    /// First and last name of its legal representative, who signs.
    pub representative: String,
    /// In what capacity: *président*, *gérante*.
    pub capacity: String,
}

/// The program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Software {
    /// Its name.
    pub name: String,
    /// The whole version of its fiscal core: `1.0.3`.
    pub version: String,
    /// What its last major version is known by: `1`. Versions that begin so are minor ones.
    pub root: String,
    /// The day from which this major version was to be had.
    pub marketed: Date,
    /// The identifier of the taxpayer's licence.
    pub licence: String,
}

/// For whom an attestation is made out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taxpayer {
    /// The company.
    pub name: String,
    /// On one line.
    pub address: String,
    /// Nine digits.
    pub siren: String,
}

impl Attestation {
    /// The form, to be printed and signed, as PDF/A-3B made at `created`.
    ///
    /// # Errors
    ///
    /// [`PaperError::NotArchivable`] where the result would not be PDF/A, which is a defect of this
    /// crate.
    pub fn to_pdf(&self, created: Moment) -> Result<Vec<u8>, PaperError> {
        self.report().to_pdf(created)
    }

    /// The form as a document.
    fn report(&self) -> Report {
        let mut blocks = self.first_part();
        blocks.push(Block::NewPage);
        blocks.extend(self.second_part());
        Report {
            title: words::TITLE.to_owned(),
            subtitle: words::SUBTITLE.to_owned(),
            stamp: None,
            blocks,
            footer: words::footer(self),
        }
    }

    fn first_part(&self) -> Vec<Block> {
        let Self { editor, software, taxpayer, .. } = self;
        let representative = format!("{}, {}", editor.representative, editor.capacity);
        let pairs = |list: &[(&str, &str)]| {
            let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
            Block::KeyValues(list.iter().map(owned).collect())
        };
        vec![
            Block::Heading(words::FIRST_PART.to_owned()),
            Block::Paragraph(words::attests(self)),
            pairs(&[
                (words::EDITOR, &editor.name),
                (words::ADDRESS, &editor.address),
                (words::SIREN, &editor.siren),
                (words::REPRESENTATIVE, &representative),
            ]),
            pairs(&[
                (words::SOFTWARE, &software.name),
                (words::VERSION, &software.version),
                (words::ROOT, &software.root),
                (words::MARKETED, &crate::words::date(software.marketed)),
                (words::LICENCE, &software.licence),
            ]),
            pairs(&[
                (words::TAXPAYER, &taxpayer.name),
                (words::ADDRESS, &taxpayer.address),
                (words::SIREN, &taxpayer.siren),
            ]),
            Block::Paragraph(words::versions(software)),
            Block::Heading(words::COVERED.to_owned()),
            Block::Paragraph(words::list(&self.covered)),
            Block::Heading(words::NOT_COVERED.to_owned()),
            Block::Paragraph(words::list(&self.not_covered)),
            Block::Notice(words::PENALTY.to_owned()),
            Block::Signature(words::SIGNED_BY_EDITOR.to_owned()),
        ]
    }

    fn second_part(&self) -> Vec<Block> {
        vec![
            Block::Heading(words::SECOND_PART.to_owned()),
            Block::Paragraph(words::acquired(&self.taxpayer, &self.software)),
            Block::Fields(words::ACQUISITION.map(str::to_owned).to_vec()),
            Block::Paragraph(words::USES.to_owned()),
            Block::Notice(words::PENALTY.to_owned()),
            Block::Signature(words::SIGNED_BY_USER.to_owned()),
            Block::Paragraph(words::KEEP.to_owned()),
        ]
    }
}

#[cfg(test)]
mod tests;
