//! Elements within elements.

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

/// XML that is being written.
pub(super) struct Xml(Writer<Vec<u8>>);

impl Xml {
    pub(super) fn begin() -> Self {
        let mut xml = Self(Writer::new_with_indent(Vec::new(), b' ', 2));
        xml.put(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
        xml
    }

    pub(super) fn end(self) -> String {
        let mut text = String::from_utf8(self.0.into_inner()).expect("what was written is UTF-8");
        text.push('\n');
        text
    }

    pub(super) fn open_with(&mut self, name: &str, attributes: &[(&str, &str)]) {
        let start = BytesStart::new(name).with_attributes(attributes.iter().copied());
        self.put(Event::Start(start));
    }

    pub(super) fn close(&mut self, name: &str) {
        self.put(Event::End(BytesEnd::new(name)));
    }

    /// An element and what is within.
    pub(super) fn within(&mut self, name: &str, inside: impl FnOnce(&mut Self)) {
        self.open_with(name, &[]);
        inside(self);
        self.close(name);
    }

    pub(super) fn leaf(&mut self, name: &str, text: &str) {
        self.leaf_with(name, &[], text);
    }

    /// An element of text. Characters that XML 1.0 does not have are left out, and line ends and
    /// tabulators are spaces.
    pub(super) fn leaf_with(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) {
        let text: String = text.chars().filter_map(allowed).collect();
        self.open_with(name, attributes);
        self.put(Event::Text(BytesText::new(text.trim())));
        self.close(name);
    }

    /// An element of text, if there is any: an empty element says something that is not so.
    pub(super) fn leaf_unless_empty(&mut self, name: &str, text: &str) {
        if !text.trim().is_empty() {
            self.leaf(name, text);
        }
    }

    fn put(&mut self, event: Event<'_>) {
        self.0.write_event(event).expect("writing into memory does not fail");
    }
}

fn allowed(letter: char) -> Option<char> {
    match letter {
        '\t' | '\n' | '\r' => Some(' '),
        '\u{fffe}' | '\u{ffff}' => None,
        it if it.is_control() => None,
        it => Some(it),
    }
}
