//! The two typefaces, and text as glyphs.

use rustybuzz::ttf_parser::Tag;
use rustybuzz::{Direction, Face, Feature, UnicodeBuffer};
use std::ops::Range;

/// How heavy letters are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weight {
    Regular,
    SemiBold,
}

impl Weight {
    /// The font's file.
    pub(crate) fn bytes(self) -> &'static [u8] {
        match self {
            Self::Regular => include_bytes!("../fonts/Inter-Regular.ttf"),
            Self::SemiBold => include_bytes!("../fonts/Inter-SemiBold.ttf"),
        }
    }
}

/// A colour, red, green and blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Colour(pub(crate) u8, pub(crate) u8, pub(crate) u8);

impl Colour {
    pub(crate) const INK: Self = Self(0x1b, 0x1d, 0x1a);
    pub(crate) const QUIET: Self = Self(0x55, 0x58, 0x4f);
    pub(crate) const RULE: Self = Self(0xdd, 0xd8, 0xce);
    pub(crate) const EDGE: Self = Self(0x8a, 0x84, 0x78);
    pub(crate) const TINT: Self = Self(0xf6, 0xf3, 0xec);
    pub(crate) const ACCENT: Self = Self(0x17, 0x6b, 0x43);
    pub(crate) const ALARM: Self = Self(0xb3, 0x26, 0x1e);
}

/// How a piece of text looks. `size` is in points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Style {
    pub(crate) weight: Weight,
    pub(crate) size: f32,
    pub(crate) colour: Colour,
}

impl Style {
    pub(crate) const TITLE: Self = Self::semi_bold(20.0);
    pub(crate) const HEADING: Self = Self::semi_bold(12.0);
    pub(crate) const BODY: Self = Self::regular(9.0);
    pub(crate) const STRONG: Self = Self::semi_bold(9.0);
    pub(crate) const SMALL: Self = Self::regular(7.5).in_colour(Colour::QUIET);
    pub(crate) const LABEL: Self = Self::semi_bold(7.5).in_colour(Colour::QUIET);

    pub(crate) const fn regular(size: f32) -> Self {
        Self { weight: Weight::Regular, size, colour: Colour::INK }
    }

    pub(crate) const fn semi_bold(size: f32) -> Self {
        Self { weight: Weight::SemiBold, size, colour: Colour::INK }
    }

    pub(crate) const fn in_colour(self, colour: Colour) -> Self {
        Self { colour, ..self }
    }

    /// From one line to the next.
    pub(crate) fn leading(self) -> f32 {
        (self.size * 1.4).round()
    }

    /// From the top of a line to what its letters stand on: the capitals are in the middle.
    pub(crate) fn baseline(self) -> f32 {
        (self.leading() + self.size * 0.727) / 2.0
    }
}

/// A glyph of a [`Run`]; lengths are in parts of the font's size.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Placed {
    pub(crate) id: u32,
    /// The bytes of the run's text that it shows.
    pub(crate) shows: Range<usize>,
    pub(crate) advance: f32,
    pub(crate) x: f32,
    pub(crate) y: f32,
}

/// Text on one line, ready to be drawn.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Run {
    pub(crate) text: String,
    pub(crate) style: Style,
    pub(crate) glyphs: Vec<Placed>,
    /// In points.
    pub(crate) width: f32,
}

/// The typefaces, opened.
pub(crate) struct Fonts {
    regular: Face<'static>,
    semi_bold: Face<'static>,
}

impl Fonts {
    pub(crate) fn open() -> Self {
        let face = |weight: Weight| {
            Face::from_slice(weight.bytes(), 0).expect("the fonts of this crate can be read")
        };
        Self { regular: face(Weight::Regular), semi_bold: face(Weight::SemiBold) }
    }

    fn face(&self, weight: Weight) -> &Face<'static> {
        match weight {
            Weight::Regular => &self.regular,
            Weight::SemiBold => &self.semi_bold,
        }
    }

    /// `text` on one line. What the typeface has no letter for is a question mark: PDF/A forbids
    /// the empty box, and a name half shown is better than no invoice.
    pub(crate) fn run(&self, text: &str, style: Style) -> Run {
        let face = self.face(style.weight);
        let text: String = text.chars().filter_map(|it| legible(face, it)).collect();
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(&text);
        buffer.set_direction(Direction::LeftToRight);
        buffer.guess_segment_properties();
        let shaped = rustybuzz::shape(face, &tabular(&text), buffer);

        let em = f32::from(face.units_per_em_u16());
        let infos = shaped.glyph_infos();
        let mut glyphs = Vec::with_capacity(infos.len());
        for (at, (info, position)) in infos.iter().zip(shaped.glyph_positions()).enumerate() {
            let start = info.cluster;
            let next = infos.iter().skip(at).find(|it| it.cluster != start);
            let end = next.map_or(text.len(), |it| index(it.cluster));
            glyphs.push(Placed {
                id: info.glyph_id,
                shows: index(start)..end,
                advance: units(position.x_advance) / em,
                x: units(position.x_offset) / em,
                y: units(position.y_offset) / em,
            });
        }
        let width = glyphs.iter().map(|it| it.advance).sum::<f32>() * style.size;
        Run { text, style, glyphs, width }
    }

    /// How wide `text` is on one line, in points.
    pub(crate) fn width(&self, text: &str, style: Style) -> f32 {
        self.run(text, style).width
    }
}

/// The em of a face, which fonts limit to 16 384.
trait Em {
    fn units_per_em_u16(&self) -> u16;
}

impl Em for Face<'_> {
    fn units_per_em_u16(&self) -> u16 {
        u16::try_from(self.units_per_em()).expect("an em is at most 16 384 units")
    }
}

/// Digits of one width, so that amounts stand under each other; what is between them as it is, since
/// the feature would space hyphens out too.
fn tabular(text: &str) -> Vec<Feature> {
    let digits = text.char_indices().filter(|(_, it)| it.is_ascii_digit());
    let clusters = digits.filter_map(|(at, _)| u32::try_from(at).ok());
    let tag = Tag::from_bytes(b"tnum");
    // `Feature::new` takes a range and leaves its last letter out; the fields mean what they say.
    clusters.map(|start| Feature { tag, value: 1, start, end: start + 1 }).collect()
}

/// Font units fit in 16 bits by the format, and so does any advance of one glyph.
fn units(it: i32) -> f32 {
    f32::from(i16::try_from(it).expect("a glyph is narrower than 32 768 units"))
}

fn index(cluster: u32) -> usize {
    usize::try_from(cluster).expect("a line of text is shorter than 4 GiB")
}

/// The letter that stands for `letter`: none for what only steers (soft hyphens, joiners, marks of
/// direction), a space for other control characters.
fn legible(face: &Face<'_>, letter: char) -> Option<char> {
    match letter {
        '\u{ad}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}' => None,
        '\u{2028}' | '\u{2029}' => Some(' '),
        it if it.is_control() => Some(' '),
        it if face.glyph_index(it).is_some() => Some(it),
        _ => Some('?'),
    }
}

#[cfg(test)]
mod tests {
    use super::{Fonts, Style};

    #[test]
    fn french_has_all_its_letters() {
        let text = "ÀÂÇÉÈÊËÎÏÔŒÙÛÜŸàâæçéèêëîïôœùûüÿ « 1\u{202f}234,50\u{a0}€ » – — … ’ n° m² ½";
        assert_eq!(Fonts::open().run(text, Style::BODY).text, text);
    }

    #[test]
    fn what_has_no_letter_is_a_question_mark_and_what_steers_is_nothing() {
        let run = Fonts::open().run("a\u{200b}b\tc\u{feff} 披萨 \u{202e}d\u{0}", Style::BODY);
        assert_eq!(run.text, "ab c ?? d ");
        assert!(run.glyphs.iter().all(|it| it.id != 0));
    }

    #[test]
    fn digits_are_of_one_width() {
        let fonts = Fonts::open();
        assert_eq!(fonts.width("11,11", Style::BODY), fonts.width("80,60", Style::BODY));
    }

    #[test]
    fn an_accent_that_stands_apart_is_shown_on_its_letter() {
        let run = Fonts::open().run("e\u{301}te\u{301}", Style::BODY);
        assert!(run.glyphs.iter().all(|it| it.id != 0));
        assert_eq!(run.glyphs.first().map(|it| it.shows.clone()), Some(0..3));
    }
}
