//! Changing the metadata of a PDF that is already written.
//!
//! krilla writes XMP metadata and lets nobody add to it. PDF has its own means for a change
//! (ISO 32000-1, 7.5.6, incremental updates): a new version of the object, a cross-reference
//! section that names it, and a trailer that points to the one before, all after the old end. What
//! was written stays as it was. The form of the file is krilla's own and known, so what is looked
//! for must be there.

use std::fmt::Write as _;

/// `pdf` with its metadata replaced by what `change` makes of it.
pub(crate) fn metadata(mut pdf: Vec<u8>, change: impl FnOnce(&str) -> String) -> Vec<u8> {
    let tail = Tail::of(&pdf);
    let (start, end) = stream(&pdf, tail.metadata);
    let old = std::str::from_utf8(pdf.get(start..end).expect("a stream is within its file"))
        .expect("krilla's metadata is UTF-8 and not compressed");
    let new = change(old);

    if pdf.last() != Some(&b'\n') {
        pdf.push(b'\n');
    }
    let object = pdf.len();
    let mut revision = String::new();
    let number = tail.metadata;
    let length = new.len();
    write!(
        revision,
        "{number} 0 obj\n<</Length {length}/Type/Metadata/Subtype/XML>>\nstream\n{new}\nendstream\n\
         endobj\n"
    )
    .expect(TEXT);
    let xref = object + revision.len();
    let Tail { entries, previous, .. } = tail;
    write!(
        revision,
        "xref\n{number} 1\n{object:010} 00000 n\r\ntrailer\n<<{entries}/Prev {previous}>>\n\
         startxref\n{xref}\n%%EOF\n"
    )
    .expect(TEXT);
    pdf.extend_from_slice(revision.as_bytes());
    pdf
}

const TEXT: &str = "writing into a text does not fail";
/// What is between the trailer's entries and the place of the cross-reference section.
const END: &[u8] = b">>\nstartxref\n";
const KNOWN: &str = "krilla ends its files with a trailer of this form";

/// What the end of a file says.
struct Tail {
    /// The entries of the trailer.
    entries: String,
    /// Where its cross-reference section is.
    previous: usize,
    /// The number of the metadata's object.
    metadata: u32,
}

impl Tail {
    fn of(pdf: &[u8]) -> Self {
        let trailer = last(pdf, b"trailer\n<<").expect(KNOWN) + b"trailer\n<<".len();
        let text = pdf.get(trailer..).expect("what was found is within the file");
        let end = find(text, END).expect(KNOWN);
        let entries = std::str::from_utf8(text.get(..end).expect(KNOWN)).expect(KNOWN).to_owned();
        let previous = number(text.get(end + END.len()..).expect(KNOWN));
        let catalog = last(pdf, b"/Type/Catalog").expect("a PDF has a catalog");
        let catalog = pdf.get(catalog..trailer).expect("the catalog is before the trailer");
        let metadata = find(catalog, b"/Metadata ").expect("PDF/A has metadata");
        let metadata = number(catalog.get(metadata + b"/Metadata ".len()..).expect(KNOWN));
        let metadata = u32::try_from(metadata).expect("object numbers are small");
        Self { entries, previous, metadata }
    }
}

/// Where the bytes of an object's stream are; its length stands in the object itself.
fn stream(pdf: &[u8], object: u32) -> (usize, usize) {
    let head = format!("\n{object} 0 obj\n");
    let object = last(pdf, head.as_bytes()).expect("the metadata's object is in the file");
    let rest = pdf.get(object..).expect("what was found is within the file");
    let length = find(rest, b"/Length ").expect("a stream has a length") + b"/Length ".len();
    let length = number(rest.get(length..).expect("the length follows its name"));
    let start = find(rest, b"stream\n").expect("metadata is a stream") + b"stream\n".len();
    (object + start, object + start + length)
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|it| it == what)
}

fn last(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).rposition(|it| it == what)
}

/// The number that a text begins with.
fn number(text: &[u8]) -> usize {
    let digits = text.iter().take_while(|it| it.is_ascii_digit());
    digits.fold(0, |sum, it| sum * 10 + usize::from(it - b'0'))
}
