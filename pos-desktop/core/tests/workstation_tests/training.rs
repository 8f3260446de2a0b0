//! Training: everything works, and nothing of it counts.

use crate::books::{closings, event, events, tickets};
use crate::shop::Shop;
use fiscal::Money;
use fiscal::closing::Period;
use fiscal::event::EventCode;
use pos_api::{
    Answer, Approval, BooksCommand, Buyer, Code, Command, DayCommand, PaperCommand, PaperKind,
    PrinterRoad, PrinterSettings, Query, Reply, SessionView, TrainingCommand,
};
use pos_core::store::StoreError;
use std::path::PathBuf;
use verify::inspect::Inspection;

fn start(shop: &mut Shop, pin: &str) -> Result<Reply, Code> {
    let supervisor = Approval { manager: "RESP".into(), pin: pin.into() };
    shop.try_run(Command::Training(TrainingCommand::Start { supervisor }))
}

fn end(shop: &mut Shop) -> Result<Reply, Code> {
    shop.try_run(Command::Training(TrainingCommand::End))
}

fn session(shop: &mut Shop) -> SessionView {
    let Answer::Session(session) = shop.ask(Query::Session) else { panic!() };
    session
}

fn sell(shop: &mut Shop) -> String {
    shop.type_in("MAR");
    shop.pay(5_000).unwrap().ticket
}

fn close(shop: &mut Shop) {
    shop.run(Command::Day(DayCommand::Close { counted: None, confirmed: false }));
}

#[test]
fn what_is_sold_in_training_is_marked_and_counts_nowhere() {
    let mut shop = Shop::open();
    let real = sell(&mut shop);
    assert!(!real.contains("FACTICE"));
    let live = shop.till.tip().unwrap().journal;

    assert_eq!(end(&mut shop), Err(Code::TrainingState));
    assert_eq!(start(&mut shop, "0000"), Err(Code::WrongPin { tries_left: 4 }));
    start(&mut shop, "2580").unwrap();
    assert_eq!(start(&mut shop, "2580"), Err(Code::TrainingState));
    let training = shop.till.tip().unwrap().journal;
    assert_ne!(training, live);
    let banner = session(&mut shop);
    assert_eq!((banner.training, banner.supervisor.as_deref()), (true, Some("Responsable")));
    assert_eq!(shop.orders(), [], "real orders are not shown in training");

    let first = sell(&mut shop);
    assert!(first.starts_with("FACTICE-ESSAI-C1-") && first.ends_with("-000001"), "{first}");
    let order = shop.orders().remove(0);
    assert!(order.label.starts_with("F-C1-"), "{}", order.label);
    let Answer::Receipt(receipt) = shop.ask(Query::Receipt { ticket: first }) else { panic!() };
    assert!(receipt.paper.join(" ").contains("FACTICE"), "{:?}", receipt.paper);
    let verified = shop.try_run(Command::Books(BooksCommand::Verify));
    assert_eq!(verified, Err(Code::InTraining));

    // It lasts over a start, and ends when somebody ends it.
    shop.restart();
    assert!(session(&mut shop).training);
    assert!(sell(&mut shop).ends_with("-000002"));
    end(&mut shop).unwrap();
    assert_eq!(shop.till.tip().unwrap().journal, live);
    assert!(!session(&mut shop).training);
    let shown: Vec<String> = shop.orders().into_iter().map(|it| it.label).collect();
    assert_eq!(shown.len(), 1, "{shown:?}");

    let next = sell(&mut shop);
    assert!(next.ends_with("-000002") && !next.contains("FACTICE"), "{next}");
    close(&mut shop);
    let closing = closings(&mut shop, Period::Day).remove(0);
    let sold = tickets(&mut shop).into_iter().filter(|it| !it.till.starts_with("FACTICE"));
    let sold: Money = sold.map(|it| it.total_ttc).sum();
    assert_eq!((closing.tally.sales.count, closing.tally.total), (2, sold));
    assert_eq!(closing.perpetual_algebraic, sold);

    // Both journals say when, and under whom.
    for code in [EventCode::TrainingStart, EventCode::TrainingEnd] {
        let noted: Vec<_> = events(&mut shop).into_iter().filter(|it| it.code == code).collect();
        assert_eq!(noted.len(), 2, "{}", code.symbol());
        assert!(noted.iter().all(|it| it.text("supervisor") == Some("RESP")));
        assert!(noted.iter().all(|it| it.text("journal") == Some(&training.hex())));
    }
}

#[test]
fn training_goes_on_in_its_journal_and_is_archived_apart() {
    let mut shop = Shop::open();
    shop.type_in("REI G");
    start(&mut shop, "2580").unwrap();
    assert_eq!(shop.basket().lines, [], "what was keyed in is put aside");
    sell(&mut shop);
    let training = shop.till.tip().unwrap().journal;
    end(&mut shop).unwrap();
    assert_eq!(shop.basket().lines.len(), 1, "and comes back");
    let real = shop.pay(5_000).unwrap();
    start(&mut shop, "2580").unwrap();
    assert_eq!(shop.till.tip().unwrap().journal, training);
    let handed = shop.try_run(Command::HandOver { order: real.order });
    assert_eq!(handed, Err(Code::NoSuchOrder), "training touches no real order");
    end(&mut shop).unwrap();
    close(&mut shop);

    let archive = BooksCommand::Archive { folder: None };
    let Reply::File { path, .. } = shop.run(Command::Books(archive)) else { panic!() };
    let mut inspection = Inspection::new();
    verify::archives::inspect(&[PathBuf::from(&path)], &mut inspection).unwrap();
    let outcome = inspection.finish();
    assert!(outcome.is_sound(), "{:?} {:?}", outcome.report.findings, outcome.files);
    assert_eq!(outcome.report.journals.len(), 2);
    let verified = shop.run(Command::Books(BooksCommand::Verify));
    let Reply::Verified { findings, .. } = verified else { panic!() };
    assert_eq!(findings, [] as [String; 0]);
    assert_eq!(event(&mut shop, EventCode::ArchiveVerify).text("result"), Some("OK"));
}

/// The kinds of all jobs that were ever put into the printers' queue.
fn queued(shop: &mut Shop) -> Vec<String> {
    let kinds = shop.till.store().read(|tx| {
        let mut statement = tx.prepare("SELECT kind FROM print_job ORDER BY id")?;
        let kinds = statement.query_map([], |row| row.get(0))?;
        Ok::<_, StoreError>(kinds.collect::<Result<_, _>>()?)
    });
    kinds.unwrap()
}

#[test]
fn in_training_no_drawer_opens_and_no_slip_goes_to_the_kitchen() {
    let mut shop = Shop::open();
    shop.run(Command::SetPrinters(vec![PrinterSettings {
        name: "comptoir".into(),
        road: PrinterRoad::Network { host: "10.0.0.9".into() },
        wide: true,
        answers: true,
        drawer: true,
        papers: vec![PaperKind::Receipt, PaperKind::Kitchen],
    }]));
    sell(&mut shop);
    assert_eq!(queued(&mut shop), ["drawer"]);

    start(&mut shop, "2580").unwrap();
    let ticket = sell(&mut shop);
    shop.type_in("REI");
    shop.run(Command::SendToKitchen);
    assert_eq!(queued(&mut shop), ["drawer"], "nothing more");
    // A receipt may be tried: its paper says what it is.
    shop.run(Command::PrintReceipt { ticket });
    let papers = shop.till.store().read(|tx| {
        let sql = "SELECT document FROM print_job WHERE kind = 'receipt' ORDER BY id DESC LIMIT 1";
        Ok::<String, StoreError>(tx.query_row(sql, [], |row| row.get(0))?)
    });
    assert!(papers.unwrap().contains("FACTICE"));

    end(&mut shop).unwrap();
    sell(&mut shop);
    assert_eq!(queued(&mut shop), ["drawer", "receipt", "drawer"]);
}

#[test]
fn no_invoice_is_made_in_training_nor_of_what_was_sold_in_it() {
    let mut shop = Shop::open();
    let real = sell(&mut shop);
    let invoice = |ticket: &str| {
        let buyer = Buyer {
            name: "Nina".into(),
            address: String::new(),
            town: String::new(),
            siren: String::new(),
            vat_number: String::new(),
        };
        Command::Paper(PaperCommand::Invoice { ticket: ticket.to_owned(), buyer })
    };
    start(&mut shop, "2580").unwrap();
    let training = sell(&mut shop);
    for ticket in [&real, &training] {
        assert_eq!(shop.try_run(invoice(ticket)), Err(Code::InTraining));
    }
    end(&mut shop).unwrap();
    assert_eq!(shop.try_run(invoice(&training)), Err(Code::NotOwnTicket));
    assert_eq!(shop.try_run(invoice(&real)), Err(Code::NoLegalIdentity), "as before it");
}

#[test]
fn whom_training_names_is_on_no_card_of_the_shop() {
    let mut shop = Shop::open();
    start(&mut shop, "2580").unwrap();
    shop.type_in("MAR");
    shop.run(Command::Basket(pos_api::BasketEdit::SetMode(fiscal::vat::Mode::Delivery)));
    shop.run(Command::Basket(pos_api::BasketEdit::SetCustomer {
        name: "Client Factice".into(),
        phone: "0600000000".into(),
        address: "1 rue de l’Exercice".into(),
    }));
    let Reply::Order { order, .. } = shop.run(Command::Hold) else { panic!() };
    shop.run(Command::Resume { order });
    shop.pay(5_000).unwrap();
    end(&mut shop).unwrap();
    let found = shop.ask(Query::Customers { text: "0600000000".into() });
    let Answer::Customers(found) = found else { panic!() };
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn papers_of_real_sales_are_not_made_in_training_nor_the_other_way() {
    let mut shop = Shop::open();
    let printer = pos_api::PrinterSettings::counter("127.0.0.1:9".into(), false);
    shop.run(Command::SetPrinters(vec![printer]));
    let real = sell(&mut shop);
    start(&mut shop, "2580").unwrap();
    let practised = sell(&mut shop);
    let print = |ticket: &str| Command::PrintReceipt { ticket: ticket.to_owned() };
    assert_eq!(shop.try_run(print(&real)), Err(Code::NoSuchTicket));
    shop.run(print(&practised));
    end(&mut shop).unwrap();
    assert_eq!(shop.try_run(print(&practised)), Err(Code::NoSuchTicket));
    shop.run(print(&real));
}
