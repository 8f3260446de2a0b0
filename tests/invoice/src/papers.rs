//! Documents that are no invoices.

use fiscal::time::Date;
use paper::attestation::{Attestation, Editor, Software, Taxpayer};
use paper::{Block, Column, Report, Table};

/// A report with every kind of block, over several pages.
#[must_use]
pub fn report() -> Report {
    let rows = (1..=70).map(|it| {
        let entry = format!("C1-{it:06}");
        vec![entry.into(), "Chaîne et signature conformes".into(), format!("{it},00").into()]
    });
    Report {
        title: "Rapport de vérification".to_owned(),
        subtitle: "Archive du 1er janvier au 31 août 2026, OC Pizza – Presqu’île".to_owned(),
        stamp: Some("FACTICE".to_owned()),
        blocks: vec![
            Block::KeyValues(vec![
                ("Archive".to_owned(), "ocpizza-2026-08.zip".to_owned()),
                ("Empreinte SHA-256".to_owned(), "9f86d081884c7d65".repeat(8)),
                ("Résultat".to_owned(), "Aucune altération n’a été trouvée.".to_owned()),
            ]),
            Block::Notice(
                "Fin non attestée : aucune ancre postérieure n’a été fournie.".to_owned(),
            ),
            Block::Heading("Ce qui a été vérifié".to_owned()),
            Block::Paragraph(
                "Chaque écriture a été relue dans l’ordre de son journal. ".repeat(12),
            ),
            Block::Table(Table {
                columns: vec![
                    Column::left("Écriture", 2),
                    Column::left("Constat", 5),
                    Column::right("Montant", 2),
                ],
                rows: rows.collect(),
                totals: vec![vec!["Total".into(), "".into(), "2\u{202f}485,00".into()]],
            }),
            Block::NewPage,
            Block::Heading("Signature".to_owned()),
            Block::Fields(vec!["Vérifié par".to_owned()]),
            Block::Signature("Signature".to_owned()),
        ],
        footer: "OC Pizza Vérificateur 0.1.0".to_owned(),
    }
}

/// An attestation.
#[must_use]
pub fn attestation() -> Attestation {
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
        covered: [
            "Enregistrement, chaînage et signature des règlements, ligne par ligne",
            "Clôtures journalières, mensuelles et annuelles, totaux perpétuels",
            "Archivage signé et vérificateur indépendant",
        ]
        .map(str::to_owned)
        .to_vec(),
        not_covered: ["Comptabilité générale", "Terminaux de paiement bancaires autonomes"]
            .map(str::to_owned)
            .to_vec(),
        taxpayer: Taxpayer {
            name: "Pizzeria du Vieux-Port SARL".to_owned(),
            address: "2 quai du Port, 13002 Marseille".to_owned(),
            siren: "404833048".to_owned(),
        },
    }
}
