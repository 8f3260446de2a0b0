//! Tickets to print.

use pos_core::print::receipt::{
    Amount, CopyMark, OrderReference, Payment, ReceiptContent, ReceiptLine, Seller, VatLine,
};

/// One margherita, paid in cash.
pub(crate) fn plain() -> ReceiptContent {
    ReceiptContent {
        seller: seller("OC Pizza Croix-Rousse"),
        ticket_number: "P01-C1-2026-000001".to_owned(),
        till: "C1".to_owned(),
        moment: "17/07/2026 19:42:05".to_owned(),
        operator: "07".to_owned(),
        operation: "VENTE".to_owned(),
        original: None,
        order: Some(OrderReference { number: "42".to_owned(), mode: "À EMPORTER".to_owned() }),
        lines: vec![line(1, "Margherita 33 cm", 1250)],
        discounts: Vec::new(),
        total_cents: 1250,
        vat: vec![VatLine {
            rate_basis_points: 1000,
            net_cents: 1136,
            vat_cents: 114,
            gross_cents: 1250,
        }],
        payments: vec![payment("Espèces", 2000)],
        change_cents: 750,
        software: "OC Pizza 0.1.0".to_owned(),
        signature_extract: "aB3d".to_owned(),
        copy: None,
        link: None,
        greeting: Some("Merci et à bientôt".to_owned()),
    }
}

/// All there can be on a ticket, and as long as it gets.
pub(crate) fn worst() -> ReceiptContent {
    let mut lines: Vec<ReceiptLine> = (1..=10)
        .map(|count| line(count, "Œufs mimosa à l’ancienne, crème fraîche d’Isigny", 1_234))
        .collect();
    lines[0].details = vec![
        "moitié Reine, moitié Quatre fromages : sans champignons, + œuf, peu de crème".to_owned(),
        "sans basilic".to_owned(),
    ];
    lines[0].discounts = vec![Amount {
        label: "Remise fidélité 10 % sur la pizza la moins chère".to_owned(),
        cents: -125,
    }];
    let mut weighed = line(1, "Salade au poids", 1_890);
    weighed.quantity_thousandths = 350;
    weighed.amount_cents = 662;
    lines.push(weighed);
    lines.push(line(100, "Anticonstitutionnellementsuperlongmotsansespace", 100_000));

    ReceiptContent {
        seller: Seller {
            address: vec![
                "Centre commercial de la Part-Dieu, niveau 2, local 214".to_owned(),
                "17 rue du Docteur-Bouchut".to_owned(),
                "69003 Lyon".to_owned(),
            ],
            ..seller("OC Pizza Lyon Part-Dieu « L’Étoile »")
        },
        lines,
        discounts: vec![Amount { label: "Remise commerciale".to_owned(), cents: -1_000 }],
        total_cents: 10_067_407,
        vat: vec![vat(550, 200_000), vat(1000, 9_000_000), vat(2000, 867_407)],
        payments: vec![
            payment("Titres-restaurant dématérialisés", 2_500),
            payment("Carte bancaire", 10_000_000),
            payment("Espèces", 65_000),
        ],
        change_cents: 93,
        copy: Some(CopyMark { number: 12, moment: "18/07/2026 11:03:59".to_owned() }),
        link: Some("https://ticket.ocpizza.fr/t/P01-C1-2026-000001".to_owned()),
        ..plain()
    }
}

/// Given back: everything below zero.
pub(crate) fn returned() -> ReceiptContent {
    let mut content = plain();
    content.operation = "AVOIR".to_owned();
    content.order = None;
    content.lines[0].quantity_thousandths = -1000;
    content.lines[0].amount_cents = -1250;
    content.total_cents = -1250;
    content.vat[0] =
        VatLine { rate_basis_points: 1000, net_cents: -1136, vat_cents: -114, gross_cents: -1250 };
    content.payments = vec![payment("Espèces", -1250)];
    content.change_cents = 0;
    content
}

pub(crate) fn seller(shop: &str) -> Seller {
    Seller {
        shop: shop.to_owned(),
        legal_entity: "OC PIZZA SAS".to_owned(),
        address: vec!["12 grande rue de la Croix-Rousse".to_owned(), "69004 Lyon".to_owned()],
        siren: "123 456 789".to_owned(),
        rcs: "Lyon".to_owned(),
        siret: "123 456 789 00012".to_owned(),
        naf: "5610C".to_owned(),
        vat_number: "FR32123456789".to_owned(),
    }
}

pub(crate) fn line(count: i64, label: &str, unit_cents: i64) -> ReceiptLine {
    ReceiptLine {
        quantity_thousandths: count * 1000,
        label: label.to_owned(),
        details: Vec::new(),
        unit_cents,
        amount_cents: count * unit_cents,
        discounts: Vec::new(),
    }
}

pub(crate) fn payment(means: &str, tendered_cents: i64) -> Payment {
    Payment { means: means.to_owned(), tendered_cents }
}

/// VAT out of an amount that includes it.
fn vat(rate_basis_points: u16, gross_cents: i64) -> VatLine {
    let net_cents = gross_cents * 10_000 / (10_000 + i64::from(rate_basis_points));
    VatLine { rate_basis_points, net_cents, vat_cents: gross_cents - net_cents, gross_cents }
}
