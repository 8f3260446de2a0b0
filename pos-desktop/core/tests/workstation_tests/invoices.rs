//! Invoices: a file of a ticket, numbered apart, whose buyer stands in no journal.

use crate::shop::Shop;
use domain::shop::LegalIdentity;
use fiscal::invoice::{BuyerKind, InvoiceDocument, InvoiceKind};
use fiscal::record::Record;
use pos_api::{Buyer, Code, Command, Correction, CreditReason, PaperCommand, Reply};
use pos_core::store::{StoreError, documents};
use sha2::{Digest as _, Sha256};

fn shop() -> Shop {
    let mut shop = Shop::open();
    shop.change_sheet(|sheet| {
        sheet.legal = LegalIdentity {
            legal_entity: "OC Pizza SAS au capital de 10 000 €".into(),
            address: "3 rue du Four, 75006 Paris".into(),
            siren: "732829320".into(),
            rcs: "RCS Paris".into(),
            siret: "73282932000074".into(),
            naf: "56.10C".into(),
            vat_number: "FR44732829320".into(),
        };
    });
    shop
}

fn buyer(name: &str, siren: &str) -> Buyer {
    Buyer {
        name: name.into(),
        address: "1 place de la Mairie".into(),
        town: "59000 Lille".into(),
        siren: siren.into(),
        vat_number: String::new(),
    }
}

fn invoice(shop: &mut Shop, ticket: &str, buyer: Buyer) -> Result<(String, String), Code> {
    let command = PaperCommand::Invoice { ticket: ticket.into(), buyer };
    let reply = shop.try_run(Command::Paper(command))?;
    let Reply::File { number, path } = reply else { panic!("{reply:?}") };
    Ok((number, path))
}

fn document(shop: &mut Shop, number: &str) -> InvoiceDocument {
    let body = shop.till.store().read(|tx| documents::body(tx, number)).unwrap().unwrap().1;
    Record::decode(&body).unwrap().read().unwrap()
}

#[test]
fn an_invoice_is_a_file_whose_hash_is_signed_and_counts_nothing() {
    let mut shop = shop();
    shop.type_in("REI; COC; VRG");
    let paid = shop.pay(2_000).unwrap();
    let (number, path) =
        invoice(&mut shop, &paid.ticket, buyer("Mairie de Lille", "356 000 000")).unwrap();
    assert!(number.ends_with("-F000001"), "{number}");
    let file = std::fs::read(&path).unwrap();
    assert!(file.starts_with(b"%PDF"));
    let signed = document(&mut shop, &number);
    let hash: String = Sha256::digest(&file).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(signed.file, hash);
    assert_eq!((signed.kind, signed.buyer), (InvoiceKind::Invoice, BuyerKind::Business));
    assert_eq!((signed.ticket.as_str(), signed.total_ttc), (paid.ticket.as_str(), paid.total));
    assert_eq!(shop.ticket(&paid.ticket).line.invoice.as_deref(), Some(number.as_str()));
    // Who bought stands in no entry.
    let named = shop.till.store().read(|tx| {
        let sql = "SELECT count(*) FROM body WHERE instr(body, CAST('Mairie' AS BLOB)) <> 0";
        Ok::<_, StoreError>(tx.query_row(sql, [], |row| row.get::<_, i64>(0))?)
    });
    assert_eq!(named.unwrap(), 0);

    // Again, it is the same invoice, for the same buyer, and says that it is a copy.
    let (again, copy) = invoice(&mut shop, &paid.ticket, buyer("Autre", "")).unwrap();
    assert_eq!(again, number);
    assert!(copy.ends_with("-duplicata-1.pdf"), "{copy}");
    assert_eq!(std::fs::read(&path).unwrap(), file, "the original is as it was");
    shop.type_in("REI");
    let other = shop.pay(1_090).unwrap();
    let (second, _) = invoice(&mut shop, &other.ticket, buyer("Nina", "")).unwrap();
    assert!(second.ends_with("-F000002"), "no gap: {second}");
    assert_eq!(document(&mut shop, &second).buyer, BuyerKind::Private);
}

#[test]
fn a_credit_note_of_what_was_invoiced_has_an_invoice_of_its_own() {
    let mut shop = shop();
    shop.type_in("REI");
    let paid = shop.pay(1_090).unwrap();
    let credit = Command::Correct(Correction::CreditNote {
        ticket: paid.ticket.clone(),
        lines: Vec::new(),
        back: Vec::new(),
        reason: CreditReason::Complaint,
        approval: None,
    });
    let Reply::Corrected { ticket: note, .. } = shop.run(credit) else { panic!() };
    let nina = || buyer("Nina", "");
    assert_eq!(invoice(&mut shop, &note, nina()), Err(Code::NotOwnTicket), "of no invoice");
    let (first, _) = invoice(&mut shop, &paid.ticket, nina()).unwrap();
    let (second, _) = invoice(&mut shop, &note, nina()).unwrap();
    let signed = document(&mut shop, &second);
    assert_eq!((signed.kind, signed.original), (InvoiceKind::CreditNote, Some(first)));
    assert_eq!(signed.total_ttc, -paid.total);
}

#[test]
fn an_invoice_is_refused_for_these_reasons_and_takes_no_number() {
    let mut shop = Shop::open();
    shop.type_in("REI");
    let paid = shop.pay(1_090).unwrap();
    for (name, siren, code) in [
        (" ", "", Code::Buyer),
        ("Nina", "123456789", Code::Buyer),
        ("Nina", "35600000", Code::Buyer),
        ("Nina", "35600000O", Code::Buyer),
        // The starter's sheet names nobody.
        ("Nina", "", Code::NoLegalIdentity),
    ] {
        let refused = invoice(&mut shop, &paid.ticket, buyer(name, siren));
        assert_eq!(refused, Err(code), "{name} {siren}");
    }
    assert_eq!(invoice(&mut shop, "X", buyer("Nina", "")), Err(Code::NoSuchTicket));
    assert_eq!(shop.ticket(&paid.ticket).line.invoice, None);
}

#[test]
fn what_is_taken_back_of_an_invoice_is_invoiced_in_the_same_turn() {
    let mut shop = shop();
    shop.type_in("REI; COC");
    let paid = shop.pay(1_290).unwrap();
    let (first, _) =
        invoice(&mut shop, &paid.ticket, buyer("Mairie de Lille", "356000000")).unwrap();
    let line = domain::id::LineId(shop.document(&paid.ticket).lines[0].line);
    let credit = Command::Correct(Correction::CreditNote {
        ticket: paid.ticket,
        lines: vec![pos_api::CreditLine { line, qty_m: 1_000 }],
        back: Vec::new(),
        reason: CreditReason::Complaint,
        approval: None,
    });
    let Reply::Corrected { ticket: note, total } = shop.run(credit) else { panic!() };
    let number = shop.ticket(&note).line.invoice.unwrap();
    let signed = document(&mut shop, &number);
    assert_eq!((signed.kind, signed.buyer), (InvoiceKind::CreditNote, BuyerKind::Business));
    assert_eq!((signed.original, signed.total_ttc), (Some(first), total));
    let path = shop.folder.path().join("factures").join(format!("{number}.pdf"));
    let hash = Sha256::digest(std::fs::read(path).unwrap());
    assert_eq!(signed.file, hash.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
}

#[test]
fn an_address_on_one_line_keeps_nobody_from_an_invoice() {
    let mut shop = shop();
    shop.change_sheet(|sheet| sheet.legal.address = "3 rue du Four 75006 Paris".into());
    shop.type_in("REI");
    let paid = shop.pay(1_090).unwrap();
    let (number, _) = invoice(&mut shop, &paid.ticket, buyer("Nina", "")).unwrap();
    assert_eq!(document(&mut shop, &number).total_ttc, paid.total);
}
