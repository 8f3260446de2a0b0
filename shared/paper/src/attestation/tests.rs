use super::{Attestation, Editor, Software, Taxpayer};
use crate::Block;
use fiscal::time::{Date, Moment};

fn attestation() -> Attestation {
    Attestation {
        editor: Editor {
            name: "OC Pizza Logiciels SAS".to_owned(),
            address: "1 rue de la République, 69001 Lyon".to_owned(),
            siren: "732829320".to_owned(),
            representative: "Hélène Çelik".to_owned(),
            capacity: "présidente".to_owned(),
        },
        software: Software {
            name: "OC Pizza Caisse".to_owned(),
            version: "1.0.3".to_owned(),
            root: "1".to_owned(),
            marketed: Date { year: 2026, month: 9, day: 1 },
            licence: "L-2026-0042".to_owned(),
        },
        covered: vec!["Enregistrement des règlements".to_owned()],
        not_covered: vec!["Comptabilité générale".to_owned()],
        taxpayer: Taxpayer {
            name: "Pizzeria du Vieux-Port SARL".to_owned(),
            address: "2 quai du Port, 13002 Marseille".to_owned(),
            siren: "404833048".to_owned(),
        },
    }
}

/// Everything that is written on the form.
fn text() -> String {
    let report = attestation().report();
    let mut text = vec![report.title, report.subtitle, report.footer];
    for block in report.blocks {
        match block {
            Block::Heading(it)
            | Block::Paragraph(it)
            | Block::Notice(it)
            | Block::Signature(it) => {
                text.push(it);
            }
            Block::KeyValues(pairs) => text.extend(pairs.into_iter().flat_map(|(a, b)| [a, b])),
            Block::Fields(names) => text.extend(names),
            Block::Table(_) | Block::NewPage => {}
        }
    }
    text.join("\n")
}

#[test]
fn it_holds_every_field_of_the_model() {
    let text = text();
    for field in [
        "Hélène Çelik",
        "présidente",
        "OC Pizza Logiciels SAS",
        "OC Pizza Caisse",
        "1.0.3",
        "«\u{a0}1\u{a0}»",
        "01/09/2026",
        "L-2026-0042",
        "Enregistrement des règlements",
        "Comptabilité générale",
        "Pizzeria du Vieux-Port SARL",
        "404833048",
        "Logiciel acquis le",
        "Acquis auprès de",
        "depuis le",
        "Volet 1",
        "Volet 2",
        "45\u{202f}000\u{a0}€",
    ] {
        assert!(text.contains(field), "{field} is not in:\n{text}");
    }
}

#[test]
fn it_does_not_pass_for_a_certificate() {
    let text = text().to_lowercase();
    for word in ["nf525", "nf 525", "certifi", "infocert"] {
        assert!(!text.contains(word), "{word}");
    }
}

#[test]
fn it_is_made() {
    let created = Moment { utc_ms: 1_789_000_000_000, offset_min: 120 };
    assert!(attestation().to_pdf(created).unwrap().starts_with(b"%PDF-1.7"));
}
