//! What the metadata of a Factur-X invoice says (Factur-X 1.07, 6.2.2): which attachment is its
//! data, in which profile. PDF/A knows no such words, so the metadata also explains them.

use quick_xml::events::{BytesEnd, BytesStart, BytesText, Event};
use quick_xml::{Reader, Writer};

/// The name that the attached data must have.
pub(crate) const ATTACHMENT: &str = "factur-x.xml";

const SPACE: &str = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#";
const BAG: &str = "rdf:Bag";
const SCHEMAS: &str = "pdfaExtension:schemas";

/// The properties, their values, and what they are.
const PROPERTIES: [(&str, &str, &str); 4] = [
    ("DocumentFileName", ATTACHMENT, "name of the embedded XML invoice file"),
    ("DocumentType", "INVOICE", "INVOICE"),
    ("Version", "1.0", "version of the Factur-X XML schema"),
    ("ConformanceLevel", "EN 16931", "conformance level of the embedded Factur-X data"),
];

/// krilla's metadata with the block of Factur-X. The explanation goes into the list of such that
/// krilla writes for PDF/A-3, since there may be only one.
pub(crate) fn with_invoice(xmp: &str) -> String {
    let mut reader = Reader::from_str(xmp);
    let mut writer = Writer::new(Vec::new());
    let mut in_schemas = false;
    let mut explained = false;
    loop {
        let event = reader.read_event().expect("krilla's metadata is XML");
        if event == Event::Eof {
            break;
        }
        if let Event::Start(it) = &event {
            in_schemas |= it.name().as_ref() == SCHEMAS;
        }
        if let Event::End(it) = &event {
            match it.name().as_ref() {
                // The lists inside are of kind rdf:Seq.
                BAG if in_schemas => {
                    explain(&mut writer);
                    explained = true;
                }
                SCHEMAS => in_schemas = false,
                "rdf:RDF" => say(&mut writer),
                _ => {}
            }
        }
        put(&mut writer, event);
    }
    assert!(explained, "krilla explains its own properties under PDF/A-3");
    String::from_utf8(writer.into_inner()).expect("what was written is UTF-8")
}

/// The properties themselves.
fn say(writer: &mut Writer<Vec<u8>>) {
    let about = [("rdf:about", ""), ("xmlns:fx", SPACE)];
    let name = "rdf:Description";
    put(writer, Event::Start(BytesStart::new(name).with_attributes(about)));
    for (property, value, _) in PROPERTIES {
        leaf(writer, &format!("fx:{property}"), value);
    }
    put(writer, Event::End(BytesEnd::new(name)));
}

/// What the properties are.
fn explain(writer: &mut Writer<Vec<u8>>) {
    let item = BytesStart::new("rdf:li").with_attributes([("rdf:parseType", "Resource")]);
    put(writer, Event::Start(item.clone()));
    leaf(writer, "pdfaSchema:schema", "Factur-X PDFA Extension Schema");
    leaf(writer, "pdfaSchema:namespaceURI", SPACE);
    leaf(writer, "pdfaSchema:prefix", "fx");
    let around = ["pdfaSchema:property", "rdf:Seq"];
    for name in around {
        put(writer, Event::Start(BytesStart::new(name)));
    }
    for (property, _, what) in PROPERTIES {
        put(writer, Event::Start(item.clone()));
        leaf(writer, "pdfaProperty:name", property);
        leaf(writer, "pdfaProperty:valueType", "Text");
        leaf(writer, "pdfaProperty:category", "external");
        leaf(writer, "pdfaProperty:description", what);
        put(writer, Event::End(BytesEnd::new("rdf:li")));
    }
    for name in around.into_iter().rev() {
        put(writer, Event::End(BytesEnd::new(name)));
    }
    put(writer, Event::End(BytesEnd::new("rdf:li")));
}

fn leaf(writer: &mut Writer<Vec<u8>>, name: &str, text: &str) {
    put(writer, Event::Start(BytesStart::new(name)));
    put(writer, Event::Text(BytesText::new(text)));
    put(writer, Event::End(BytesEnd::new(name)));
}

fn put(writer: &mut Writer<Vec<u8>>, event: Event<'_>) {
    writer.write_event(event).expect("writing into memory does not fail");
}
