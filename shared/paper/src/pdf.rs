//! Pages as PDF/A-3B.

mod revise;
mod xmp;

use crate::PaperError;
use crate::font::{Colour, Placed, Run, Weight};
use crate::sheet::{HEIGHT, Mark, Sheet, WIDTH};
use crate::words::PROGRAM;
use fiscal::time::Moment;
use krilla::color::rgb;
use krilla::configure::{Archival, Configuration, ConfigurationBuilder};
use krilla::embed::{AssociationKind, EmbeddedFile, MimeType};
use krilla::error::KrillaError;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::{DateTime, Metadata};
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::text::{Font, GlyphId, KrillaGlyph};
use krilla::{Document, SerializeSettings};

/// What a PDF says of itself, unseen.
pub(crate) struct About<'a> {
    pub(crate) title: &'a str,
    pub(crate) description: &'a str,
    pub(crate) author: &'a str,
    pub(crate) created: Moment,
    /// The data of a Factur-X invoice.
    pub(crate) attachment: Option<String>,
}

/// The pages as a PDF/A-3B file.
///
/// # Errors
///
/// [`PaperError::NotArchivable`] where they break a rule of that format.
pub(crate) fn write(sheets: &[Sheet], about: &About<'_>) -> Result<Vec<u8>, PaperError> {
    let mut document = Document::new_with(SerializeSettings {
        configuration: configuration(),
        ..SerializeSettings::default()
    });
    document.set_metadata(metadata(about));
    if let Some(xml) = &about.attachment {
        attach(&mut document, xml, about.created);
    }
    let faces = Faces::open();
    for sheet in sheets {
        let size = PageSettings::from_wh(WIDTH, HEIGHT).expect("A4 is larger than nothing");
        let mut page = document.start_page_with(size);
        let mut surface = page.surface();
        for mark in &sheet.marks {
            draw(&mut surface, mark, &faces);
        }
        surface.finish();
        page.finish();
    }
    let bytes = document.finish().map_err(|it| refused(&it))?;
    match about.attachment {
        Some(_) => Ok(revise::metadata(bytes, xmp::with_invoice)),
        None => Ok(bytes),
    }
}

fn refused(error: &KrillaError) -> PaperError {
    PaperError::NotArchivable(format!("{error:?}"))
}

fn configuration() -> Configuration {
    ConfigurationBuilder::new()
        .with_archival_validator(Archival::A3_B)
        .finish()
        .expect("one validator does not contradict itself")
}

fn metadata(about: &About<'_>) -> Metadata {
    let mut metadata = Metadata::new()
        .title(about.title.to_owned())
        .description(about.description.to_owned())
        .creator(PROGRAM.to_owned())
        .producer(PROGRAM.to_owned())
        .language("fr-FR".to_owned())
        .creation_date(date_time(about.created));
    if !about.author.is_empty() {
        metadata = metadata.authors(vec![about.author.to_owned()]);
    }
    metadata
}

/// Years before 0 and after 9999 are shown as those.
fn date_time(moment: Moment) -> DateTime {
    let civil = moment.local();
    let year = u16::try_from(civil.year.clamp(0, 9_999)).expect("it was clamped");
    let hours = i8::try_from((moment.offset_min / 60).clamp(-23, 23)).expect("it was clamped");
    let minutes = u8::try_from(moment.offset_min.unsigned_abs() % 60).expect("it is below 60");
    DateTime::new(year)
        .month(civil.month)
        .day(civil.day)
        .hour(civil.hour)
        .minute(civil.minute)
        .second(civil.second)
        .utc_offset_hour(hours)
        .utc_offset_minute(minutes)
}

/// Attaches the invoice's data under the name and relation that Factur-X asks for: `Alternative`,
/// because page and data say the same.
fn attach(document: &mut Document, xml: &str, created: Moment) {
    let file = EmbeddedFile {
        path: xmp::ATTACHMENT.to_owned(),
        mime_type: MimeType::new("text/xml"),
        description: Some("Factur-X".to_owned()),
        association_kind: AssociationKind::Alternative,
        data: xml.as_bytes().to_vec().into(),
        modification_date: Some(date_time(created)),
        compress: Some(true),
        location: None,
    };
    document.embed_file(file).expect("no other file of this name is attached");
}

struct Faces {
    regular: Font,
    semi_bold: Font,
}

impl Faces {
    fn open() -> Self {
        let face = |weight: Weight| {
            Font::new(weight.bytes().into(), 0).expect("the fonts of this crate can be read")
        };
        Self { regular: face(Weight::Regular), semi_bold: face(Weight::SemiBold) }
    }

    fn of(&self, weight: Weight) -> Font {
        match weight {
            Weight::Regular => self.regular.clone(),
            Weight::SemiBold => self.semi_bold.clone(),
        }
    }
}

fn draw(surface: &mut Surface<'_>, mark: &Mark, faces: &Faces) {
    match mark {
        Mark::Text { x, y, run } => draw_run(surface, Point::from_xy(*x, *y), run, faces),
        Mark::Fill { x, y, width, height, colour } => {
            let Some(rectangle) = Rect::from_xywh(*x, *y, *width, *height) else { return };
            let mut path = PathBuilder::new();
            path.push_rect(rectangle);
            if let Some(path) = path.finish() {
                surface.set_fill(Some(fill(*colour)));
                surface.draw_path(&path);
            }
        }
    }
}

fn draw_run(surface: &mut Surface<'_>, at: Point, run: &Run, faces: &Faces) {
    let glyph = |it: &Placed| {
        let id = GlyphId::new(it.id);
        KrillaGlyph::new(id, it.advance, it.x, it.y, 0.0, it.shows.clone(), None)
    };
    let glyphs: Vec<KrillaGlyph> = run.glyphs.iter().map(glyph).collect();
    if glyphs.is_empty() {
        return;
    }
    surface.set_fill(Some(fill(run.style.colour)));
    let face = faces.of(run.style.weight);
    surface.draw_glyphs(at, &glyphs, face, &run.text, run.style.size, false);
}

fn fill(colour: Colour) -> Fill {
    let Colour(red, green, blue) = colour;
    Fill {
        paint: rgb::Color::new(red, green, blue).into(),
        opacity: NormalizedF32::ONE,
        ..Fill::default()
    }
}
