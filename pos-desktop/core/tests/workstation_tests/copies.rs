//! Originals and copies, papers before payment, links; and the screen of tickets.

use crate::shop::Shop;
use domain::order::Reason;
use fiscal::Money;
use fiscal::copy::{Duplicate, Medium, Provisional, ProvisionalKind};
use fiscal::event::EventCode;
use fiscal::record::{Document, Record};
use fiscal::vat::Mode;
use pos_api::{
    Answer, BasketEdit, Code, Command, Correction, CreditReason, DayCommand, PaperCommand, Query,
    Reply, Tender, TicketLine,
};
use pos_core::store::StoreError;

const DAY_MS: i64 = 24 * 3_600_000;

fn with_printer() -> Shop {
    let mut shop = Shop::open();
    let printer = pos_api::PrinterSettings::counter("127.0.0.1:9".into(), false);
    shop.run(Command::SetPrinters(vec![printer]));
    shop
}

/// Every signed document of a series, in order.
fn records<D: Document>(shop: &mut Shop) -> Vec<D> {
    let bodies: Vec<Vec<u8>> = shop
        .till
        .store()
        .read(|tx| {
            let mut statement = tx.prepare(
                "SELECT body FROM entry JOIN body USING (journal, branch, seq)
                  WHERE kind = ?1 ORDER BY tick, seq",
            )?;
            let rows = statement.query_map([D::SERIES.kind().0], |row| row.get(0))?;
            Ok::<_, StoreError>(rows.collect::<Result<_, _>>()?)
        })
        .unwrap();
    bodies.iter().map(|body| Record::decode(body).unwrap().read().unwrap()).collect()
}

/// The papers that were queued, as text.
fn papers(shop: &mut Shop) -> Vec<String> {
    let papers = shop.till.store().read(|tx| {
        let mut statement = tx.prepare("SELECT document FROM print_job ORDER BY id")?;
        let rows = statement.query_map([], |row| row.get(0))?;
        Ok::<_, StoreError>(rows.collect::<Result<_, _>>()?)
    });
    papers.unwrap()
}

fn tickets(shop: &mut Shop, text: &str, date: Option<&str>) -> Vec<TicketLine> {
    let query = Query::Tickets { text: text.into(), date: date.map(str::to_owned) };
    let Answer::Tickets(tickets) = shop.ask(query) else { panic!() };
    tickets
}

#[test]
fn the_first_paper_is_the_original_and_copies_are_counted_and_signed() {
    let mut shop = with_printer();
    shop.type_in("REI");
    let paid = shop.pay(1_090).unwrap();
    for _ in 0..4 {
        shop.run(Command::PrintReceipt { ticket: paid.ticket.clone() });
    }
    let copies: Vec<Duplicate> = records(&mut shop);
    assert_eq!(copies.iter().map(|it| it.copy).collect::<Vec<_>>(), [1, 2, 3]);
    assert!(copies.iter().all(|it| it.original == paid.ticket && it.medium == Medium::Paper));
    assert_eq!(copies[2].head.seq, 3);
    assert_eq!(shop.events(EventCode::Duplicate).len(), 3);
    assert_eq!(shop.ticket(&paid.ticket).duplicates, 3);
    let papers = papers(&mut shop);
    assert!(!papers[0].contains("DUPLICATA") && papers[3].contains("DUPLICATA"), "{papers:?}");
}

#[test]
fn what_is_asked_for_on_another_day_is_a_copy() {
    let mut shop = with_printer();
    shop.type_in("REI");
    let paid = shop.pay(1_090).unwrap();
    shop.run(Command::Day(DayCommand::Close { counted: None, confirmed: false }));
    shop.clock.advance_ms(DAY_MS);
    shop.run(Command::PrintReceipt { ticket: paid.ticket.clone() });
    assert_eq!(records::<Duplicate>(&mut shop).len(), 1);
}

#[test]
fn without_a_printer_or_a_centre_nothing_is_signed() {
    let mut shop = Shop::open();
    shop.type_in("REI");
    let paid = shop.pay(1_090).unwrap();
    let print = Command::PrintReceipt { ticket: paid.ticket.clone() };
    assert_eq!(shop.try_run(print), Err(Code::NoPrinter));
    let share = Command::Paper(PaperCommand::Share { ticket: paid.ticket });
    assert_eq!(shop.try_run(share), Err(Code::NoCentre));
    let note = PaperCommand::Provisional { order: paid.order, note: true };
    assert_eq!(shop.try_run(Command::Paper(note)), Err(Code::NoPrinter));
    assert!(records::<Duplicate>(&mut shop).is_empty());
    assert!(records::<Provisional>(&mut shop).is_empty());
}

#[test]
fn an_order_that_was_shown_and_dropped_leaves_all_three_traces() {
    let mut shop = with_printer();
    shop.type_in("REI; COC");
    let Reply::Order { order, label } = shop.run(Command::SendToKitchen) else { panic!() };
    shop.run(Command::Paper(PaperCommand::Provisional { order, note: false }));
    shop.run(Command::CancelOrder { order, reason: Reason::Gone });

    let shown: Vec<Provisional> = records(&mut shop);
    assert_eq!((shown[0].kind, shown[0].total_ttc.cents()), (ProvisionalKind::Provisional, 1_290));
    let noted = shop.events(EventCode::ProformaPrint);
    assert_eq!(noted[0].text("order"), Some(label.as_str()));
    let kinds = shop.till.store().read(|tx| {
        let mut statement =
            tx.prepare("SELECT kind FROM entry WHERE subject = ?1 ORDER BY tick, seq")?;
        let rows = statement.query_map([order.0], |row| row.get::<_, u16>(0))?;
        Ok::<_, StoreError>(rows.collect::<Result<Vec<_>, _>>()?)
    });
    let kinds = kinds.unwrap();
    for kind in
        [domain::event::kind::OPENED, fiscal::kind::PROVISIONAL, domain::event::kind::CANCELLED]
    {
        assert!(kinds.contains(&kind.0), "{kind:?} of {kinds:?}");
    }
    let cancelled = shop.events(EventCode::OrderCancel);
    assert_eq!(cancelled[0].number("amount"), Some(1_290));
    assert!(papers(&mut shop)[0].contains("DOCUMENT PROVISOIRE"));
    let again = PaperCommand::Provisional { order, note: false };
    assert_eq!(shop.try_run(Command::Paper(again)), Err(Code::OrderClosed));
}

#[test]
fn a_note_is_due_for_a_service_of_25_euros() {
    let mut shop = with_printer();
    for (mode, text, due) in [
        // 24,90 and 25,00.
        (Mode::OnSite, "REI; 4 JUS; 8 KET", false),
        (Mode::OnSite, "REI; 4 JUS; 5 KET; 2 DBB", true),
        (Mode::TakeAway, "3 REI", false),
    ] {
        shop.type_in(text);
        shop.run(Command::Basket(BasketEdit::SetMode(mode)));
        let Reply::Order { order, .. } = shop.run(Command::SendToKitchen) else { panic!() };
        let card = shop.orders().into_iter().find(|it| it.order == order).unwrap();
        assert_eq!(card.note_due, due, "{text}: {:?}", card.due);
        let note = || Command::Paper(PaperCommand::Provisional { order, note: true });
        if due {
            shop.run(note());
        }
        let tenders = vec![Tender::cash(card.due)];
        assert_eq!(shop.pay_for(Some(order), tenders).unwrap().note_due, due);
        // Who pays first is handed the same note after it.
        if due {
            shop.run(note());
        }
    }
    assert_eq!(shop.events(EventCode::NoteHandedOver).len(), 2);
    let notes = records::<Provisional>(&mut shop);
    assert!(notes.iter().all(|it| it.kind == ProvisionalKind::Note));
    assert_eq!(notes[0].total_ttc, notes[1].total_ttc);
}

#[test]
fn tickets_are_found_by_day_number_and_order() {
    let mut shop = Shop::open();
    let mut sold = Vec::new();
    for _ in 0..3 {
        shop.type_in("REI");
        sold.push(shop.pay(1_090).unwrap());
        shop.clock.advance_ms(60_000);
    }
    shop.run(Command::Correct(Correction::CreditNote {
        ticket: sold[1].ticket.clone(),
        lines: Vec::new(),
        back: Vec::new(),
        reason: CreditReason::Mistake,
        approval: None,
    }));
    let all = tickets(&mut shop, "", None);
    assert_eq!(all.len(), 4);
    assert_eq!(all[1].number, sold[2].ticket, "newest first");
    assert_eq!(all[1].time, "2026-11-20 19:12");
    assert_eq!(all[2].credited, Money::from_cents(1_090));
    let by_order = tickets(&mut shop, "c1-003", Some("2026-11-20"));
    assert_eq!(by_order.iter().map(|it| &it.number).collect::<Vec<_>>(), [&sold[2].ticket]);
    assert_eq!(tickets(&mut shop, "000002", None)[0].number, sold[1].ticket);
    assert!(tickets(&mut shop, "", Some("2026-11-19")).is_empty());
    let bad = Query::Tickets { text: String::new(), date: Some("hier".into()) };
    assert_eq!(shop.window.ask(bad).unwrap_err().code, Code::Period);
    let none = Query::Ticket { number: "X".into() };
    assert_eq!(shop.window.ask(none).unwrap_err().code, Code::NoSuchTicket);
}
