//! What a paper says, for any printer: no columns, no bytes, no fonts.

use serde::{Deserialize, Serialize};

/// The version of what a document can say and how [`super::layout`] puts it on paper.
///
/// A document of an older version still prints as it did; one of a newer version is refused.
pub const RENDERER_VERSION: u16 = 1;

/// A paper, from top to bottom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    renderer: u16,
    items: Vec<Item>,
}

/// One thing on the paper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Item {
    /// A paragraph, wrapped between words.
    Text {
        /// What it says.
        text: String,
        /// Where it stands.
        #[serde(default)]
        align: Align,
        /// How it looks.
        #[serde(default)]
        style: Style,
        /// Columns left free at the left of every line of it.
        #[serde(default)]
        indent: u8,
    },
    /// A label at the left, wrapped, and an amount at the right of its first line.
    Row {
        /// At the left.
        label: String,
        /// At the right; never wrapped.
        amount: String,
        /// How both look.
        #[serde(default)]
        style: Style,
        /// Columns left free before the label.
        #[serde(default)]
        indent: u8,
        /// Columns left free before the label's second line and those after.
        #[serde(default)]
        hang: u8,
    },
    /// One line of a table: the first cell at the left, the others right-aligned in columns of one
    /// width. Where one does not fit, each gets a line.
    Cells {
        /// From left to right; two at least.
        cells: Vec<String>,
    },
    /// A line across the paper.
    Rule,
    /// A QR code, in the middle.
    Qr {
        /// What it says. In ASCII as a rule: encoders and readers differ on the rest.
        data: String,
    },
    /// Blank lines.
    Feed {
        /// How many.
        lines: u8,
    },
    /// The paper is fed to the blade and cut but for one point.
    Cut,
    /// The cash drawer is opened.
    Drawer,
}

/// Where a line stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Align {
    /// At the left edge.
    #[default]
    Left,
    /// In the middle.
    Centre,
    /// At the right edge.
    Right,
}

/// How text looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Style {
    /// Emphasised.
    pub bold: bool,
    /// Underlined.
    pub underline: bool,
    /// How large.
    pub size: Size,
}

impl Style {
    /// As the printer prints by itself.
    pub const PLAIN: Self = Self { bold: false, underline: false, size: Size::Normal };
    /// Emphasised, of normal size.
    pub const BOLD: Self = Self { bold: true, ..Self::PLAIN };
    /// Emphasised and twice as high: as many columns, seen first.
    pub const BOLD_TALL: Self = Self { size: Size::Tall, ..Self::BOLD };
    /// Emphasised, twice as high and as wide.
    pub const BOLD_LARGE: Self = Self { size: Size::Large, ..Self::BOLD };
}

/// How large text is, against the printer's normal characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Size {
    /// One column wide, one line high.
    #[default]
    Normal,
    /// One column wide, two lines high.
    Tall,
    /// Two columns wide, two lines high.
    Large,
}

impl Size {
    /// Columns of normal width a character takes: 1 or 2.
    #[must_use]
    pub fn width(self) -> u8 {
        match self {
            Self::Normal | Self::Tall => 1,
            Self::Large => 2,
        }
    }

    /// Lines of normal height a character takes: 1 or 2.
    #[must_use]
    pub fn height(self) -> u8 {
        match self {
            Self::Normal => 1,
            Self::Tall | Self::Large => 2,
        }
    }
}

/// A document in the queue that cannot be read: damaged, or written by a newer till.
#[derive(Debug, thiserror::Error)]
pub enum UnreadableDocument {
    /// It is not a document.
    #[error("a queued document is damaged")]
    Damaged(#[from] serde_json::Error),
    /// Its renderer is not known here.
    #[error("a queued document needs renderer {0}, this till has {RENDERER_VERSION}")]
    TooNew(u16),
}

impl Document {
    /// A paper saying `items`, by the present renderer.
    #[must_use]
    pub fn new(items: Vec<Item>) -> Self {
        Self { renderer: RENDERER_VERSION, items }
    }

    /// Nothing but the drawer's pulse.
    #[must_use]
    pub fn drawer() -> Self {
        Self::new(vec![Item::Drawer])
    }

    /// What it says, from top to bottom.
    #[must_use]
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// As it is kept in the queue: the same document is always the same text.
    #[must_use]
    pub fn to_stored(&self) -> String {
        serde_json::to_string(self).expect("a document has nothing JSON cannot say")
    }

    /// Reads one back from the queue.
    ///
    /// # Errors
    ///
    /// [`UnreadableDocument`], the newer renderer first.
    pub fn from_stored(stored: &str) -> Result<Self, UnreadableDocument> {
        #[derive(Deserialize)]
        struct Made {
            renderer: u16,
        }
        let Made { renderer } = serde_json::from_str(stored)?;
        if RENDERER_VERSION < renderer {
            return Err(UnreadableDocument::TooNew(renderer));
        }
        Ok(serde_json::from_str(stored)?)
    }
}

impl Item {
    /// A plain paragraph at the left.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text { text: text.into(), align: Align::Left, style: Style::PLAIN, indent: 0 }
    }

    /// A paragraph in the middle.
    #[must_use]
    pub fn centred(text: impl Into<String>, style: Style) -> Self {
        Self::Text { text: text.into(), align: Align::Centre, style, indent: 0 }
    }

    /// A plain label and amount.
    #[must_use]
    pub fn row(label: impl Into<String>, amount: impl Into<String>) -> Self {
        Self::Row {
            label: label.into(),
            amount: amount.into(),
            style: Style::PLAIN,
            indent: 0,
            hang: 2,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_comes_back_from_the_queue_as_it_went_in() {
        let document = Document::new(vec![
            Item::centred("OC Pizza", Style::BOLD_LARGE),
            Item::row("Reine", "12,50"),
            Item::Cells { cells: vec!["10 %".to_owned(), "1,25".to_owned()] },
            Item::Qr { data: "https://example.org/t/1".to_owned() },
            Item::Feed { lines: 2 },
            Item::Cut,
            Item::Drawer,
        ]);
        let stored = document.to_stored();
        let back = Document::from_stored(&stored).unwrap();
        assert_eq!(back, document);
        assert_eq!(back.to_stored(), stored);
    }

    #[test]
    fn a_document_of_a_newer_till_is_refused_even_where_it_says_things_unknown_here() {
        let newer = r#"{"renderer":2,"items":["confetti"]}"#;
        assert!(matches!(Document::from_stored(newer), Err(UnreadableDocument::TooNew(2))));
        let damaged = r#"{"renderer":1,"items":["confetti"]}"#;
        assert!(matches!(Document::from_stored(damaged), Err(UnreadableDocument::Damaged(_))));
    }
}
