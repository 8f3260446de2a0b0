//! The log of events (JET): each event that the program can have, provoked.

use crate::books::{codes, event, events, replay};
use crate::shop::{FRIDAY_19_10, Shop, menu};
use argon2::Argon2;
use argon2::password_hash::{PasswordHasher as _, SaltString};
use domain::id::OperatorCode;
use domain::order::Reason;
use domain::publication::What;
use domain::staff::{Operator, Role, StaffList};
use fiscal::Money;
use fiscal::event::EventCode;
use fiscal::record::AUTOMATIC;
use fiscal::vat::{Class, Table};
use pos_api::{
    Approval, CashReason, Code, Command, Correction, CreditReason, DayCommand, DrawerReason, Means,
    PaymentReason, Reply, Tender,
};
use pos_core::clock::SeededEntropy;
use pos_core::store::publications;
use pos_core::{Build, Workstation};
use std::collections::BTreeSet;
use std::sync::Arc;

const DAY_MS: i64 = 24 * 3_600_000;

fn euros(euros: i64) -> Money {
    Money::from_cents(euros * 100)
}

fn close(shop: &mut Shop, counted: Option<Money>) -> Result<Reply, Code> {
    shop.try_run(Command::Day(DayCommand::Close { counted, confirmed: false }))
}

fn cash(shop: &mut Shop, cents: i64, approval: Option<Approval>) -> Result<Reply, Code> {
    let amount = Money::from_cents(cents);
    shop.try_run(Command::Day(DayCommand::Cash { amount, reason: CashReason::Change, approval }))
}

fn sell(shop: &mut Shop) -> String {
    shop.type_in("MAR");
    shop.pay(5_000).unwrap().ticket
}

fn sheet(shop: &mut Shop) -> domain::shop::Shop {
    shop.till.store().read(publications::shop).unwrap().unwrap()
}

fn publish_sheet(shop: &mut Shop, change: impl FnOnce(&mut domain::shop::Shop)) {
    let mut sheet = sheet(shop);
    sheet.number += 1;
    change(&mut sheet);
    shop.publish_bytes(What::Shop, sheet.number, &sheet.encode());
    shop.till.refresh().unwrap();
}

/// The till's manager and a seller, both with the PIN 2580.
fn publish_staff(shop: &mut Shop) {
    let salt = SaltString::encode_b64(&[9; 16]).unwrap();
    let pin_hash = Argon2::default().hash_password(b"2580", &salt).unwrap().to_string();
    let person = |code: &str, role| Operator {
        code: OperatorCode::from(code),
        name: code.to_owned(),
        role,
        pin_hash: pin_hash.clone(),
    };
    let list = StaffList {
        number: 2,
        operators: vec![person("RESP", Role::Manager), person("EQ", Role::Counter)],
    };
    shop.publish_bytes(What::Staff, 2, &list.encode());
    shop.till.refresh().unwrap();
}

/// The next run is another build's.
fn start_as(shop: &mut Shop, name: &'static str, fiscal: &'static str) {
    let path = shop.folder.path().join("till.db");
    let clock = Arc::new(shop.clock.clone());
    let build = Build { name, fiscal };
    let entropy = Box::new(SeededEntropy::new(77));
    shop.till = Workstation::open_as(&path, clock, entropy, build).unwrap();
}

/// The centre published a list with a seller, who is now at the till.
fn seller(shop: &mut Shop) {
    publish_staff(shop);
    shop.run(Command::SignOut);
    shop.run(Command::SignIn { operator: "EQ".into(), pin: "2580".into() });
}

fn manager() -> Approval {
    Approval { manager: "RESP".into(), pin: "2580".into() }
}

fn credit(shop: &mut Shop, lines: Vec<pos_api::CreditLine>) {
    let ticket = sell(shop);
    shop.run(Command::Correct(Correction::CreditNote {
        ticket,
        lines,
        back: Vec::new(),
        reason: CreditReason::Complaint,
        approval: None,
    }));
}

type Provoke = fn(&mut Shop);

/// What provokes each event, on a till that was just set up with its manager signed in.
const PROVOKED: &[(EventCode, Provoke)] = &[
    (EventCode::JetInit, |_| {}),
    (EventCode::KeyCreate, |_| {}),
    (EventCode::AppStart, |_| {}),
    (EventCode::Login, |_| {}),
    (EventCode::AppStop, |shop| shop.till.stop().unwrap()),
    (EventCode::Logout, |shop| {
        shop.run(Command::SignOut);
    }),
    (EventCode::LoginLock, |shop| {
        for _ in 0..5 {
            let wrong = Command::SignIn { operator: "RESP".into(), pin: "0000".into() };
            shop.try_run(wrong).unwrap_err();
        }
    }),
    (EventCode::RightsChange, publish_staff),
    (EventCode::SessionOpen, |shop| {
        sell(shop);
    }),
    (EventCode::DrawerCount, |shop| {
        sell(shop);
        close(shop, Some(euros(50))).unwrap();
    }),
    (EventCode::DrawerOpenNoSale, |shop| {
        shop.run(Command::Day(DayCommand::OpenDrawer { reason: DrawerReason::Change }));
    }),
    (EventCode::CashIn, |shop| {
        cash(shop, 5_000, None).unwrap();
    }),
    (EventCode::CashOut, |shop| {
        cash(shop, 5_000, None).unwrap();
        cash(shop, -2_000, None).unwrap();
    }),
    (EventCode::NegativeCashAlert, |shop| {
        let refused = cash(shop, -2_000, None);
        assert_eq!(refused, Err(Code::DrawerShort { theoretical: Money::ZERO }));
    }),
    (EventCode::ManagerOverride, |shop| {
        seller(shop);
        cash(shop, 5_000, None).unwrap();
        assert_eq!(cash(shop, -2_000, None), Err(Code::NeedsManager));
        cash(shop, -2_000, Some(manager())).unwrap();
    }),
    (EventCode::XReport, |shop| {
        sell(shop);
        shop.run(Command::Day(DayCommand::ReadX));
    }),
    (EventCode::CloseDay, |shop| {
        sell(shop);
        close(shop, None).unwrap();
    }),
    (EventCode::CloseMonth, |shop| {
        sell(shop);
        close(shop, None).unwrap();
        shop.clock.advance_ms(DAY_MS);
        while sheet_month(shop) == 11 {
            sell(shop);
            close(shop, None).unwrap();
            shop.clock.advance_ms(DAY_MS);
        }
    }),
    (EventCode::CloseYear, |shop| {
        publish_sheet(shop, |sheet| sheet.fiscal_year_end_month = Some(11));
        sell(shop);
        close(shop, None).unwrap();
        let date = fiscal::time::Date::new(2026, 12, 1).unwrap().iso();
        shop.clock.advance_ms(11 * DAY_MS);
        shop.run(Command::Day(DayCommand::Open { float: euros(50), date: Some(date) }));
    }),
    (EventCode::CloseAuto, |shop| {
        sell(shop);
        shop.clock.advance_ms(DAY_MS);
        shop.restart();
    }),
    (EventCode::CloseLate, |shop| {
        sell(shop);
        shop.clock.advance_ms(DAY_MS);
        close(shop, None).unwrap();
    }),
    (EventCode::OrderCancel, |shop| {
        shop.type_in("MAR");
        let Reply::Order { order, .. } = shop.run(Command::SendToKitchen) else { panic!() };
        shop.run(Command::CancelOrder { order, reason: Reason::Gone });
    }),
    (EventCode::TicketVoid, |shop| credit(shop, Vec::new())),
    (EventCode::PaymentCorrection, |shop| {
        let ticket = sell(shop);
        let total = crate::books::tickets(shop)[0].total_ttc;
        shop.run(Command::Correct(Correction::Payment {
            ticket,
            payment: 0,
            tenders: vec![Tender::of(Means::Cheque, total)],
            reason: PaymentReason::WrongMeans,
            approval: None,
        }));
    }),
    (EventCode::CashLimitRefused, |shop| {
        for _ in 0..10 {
            shop.type_in("9 MAR; 9 REI");
        }
        let refused = shop.pay(200_000);
        assert!(matches!(refused, Err(Code::CashOverCeiling { .. })), "{refused:?}");
    }),
    (EventCode::OfflineStart, |shop| shop.till.note_centre(false).unwrap()),
    (EventCode::OfflineEnd, |shop| {
        shop.till.note_centre(false).unwrap();
        sell(shop);
        shop.clock.advance_ms(7 * 60_000);
        shop.till.note_centre(true).unwrap();
    }),
    (EventCode::SyncReject, |shop| shop.till.note_refusal("centre", "quarantined").unwrap()),
    (EventCode::IntegrityOk, |shop| shop.till.note_check(1, 9, 9, None).unwrap()),
    (EventCode::IntegrityFail, |shop| shop.till.note_check(1, 9, 9, Some((3, 2))).unwrap()),
    (EventCode::PrintFail, |shop| shop.till.note_print_failure("receipt", "NoPaper").unwrap()),
    (EventCode::ClockAnomaly, |shop| {
        shop.clock.advance_ms(-3 * 60_000);
        sell(shop);
    }),
    (EventCode::TimeZoneChange, |shop| {
        publish_sheet(shop, |sheet| sheet.timezone = "Indian/Reunion".to_owned());
    }),
    (EventCode::ConfigChange, |shop| publish_sheet(shop, |sheet| sheet.cut_hour = 5)),
    (EventCode::VatTableChange, |shop| {
        publish_sheet(shop, |sheet| sheet.vat = Some(Table::metropolitan_2026()));
    }),
    (EventCode::ProductTaxClassChange, |shop| {
        let mut menu = menu();
        menu.number += 1;
        let product = menu.products.first_mut().unwrap();
        assert_ne!(product.class, Class::Alcohol);
        product.class = Class::Alcohol;
        shop.publish(menu);
        shop.till.refresh().unwrap();
    }),
    (EventCode::SoftwareUpdateMinor, |shop| start_as(shop, "ocpizza 99", fiscal::VERSION)),
    (EventCode::SoftwareUpdateMajor, |shop| start_as(shop, "ocpizza 99", "99.0.0")),
];

fn sheet_month(shop: &mut Shop) -> u8 {
    shop.till.moment().local().month
}

#[test]
fn each_event_is_noted_when_it_happens_and_the_log_stays_sound() {
    for (code, provoke) in PROVOKED {
        let mut shop = Shop::open();
        provoke(&mut shop);
        let codes = codes(&mut shop);
        assert!(codes.contains(code), "{} is not among {codes:?}", code.symbol());
        // Who it was is said by a code, never by a name.
        let by: BTreeSet<_> = events(&mut shop).into_iter().map(|it| it.head.operator).collect();
        let known = |it: &String| [AUTOMATIC, "RESP", "EQ"].contains(&it.as_str());
        assert!(by.iter().all(known), "{}: {by:?}", code.symbol());
        let report = replay(&mut shop.till);
        assert!(report.is_sound(), "{}: {:?}", code.symbol(), report.findings);
    }
}

/// Events that other tests provoke, with the papers, sales and books that they belong to, and
/// events of what this program has not.
const ELSEWHERE: &[EventCode] = &[
    // Papers, discounts, lines cancelled and credit notes.
    EventCode::LineCancel,
    EventCode::Duplicate,
    EventCode::ProformaPrint,
    EventCode::NoteHandedOver,
    EventCode::ReceiptSent,
    EventCode::DiscountManual,
    EventCode::FreeItem,
    EventCode::RefundLine,
    EventCode::VoucherOverride,
    // Archives, checks, training, restored files.
    EventCode::ArchivePeriod,
    EventCode::ArchiveYear,
    EventCode::ArchiveVerify,
    EventCode::ArchiveDownload,
    EventCode::Purge,
    EventCode::FiscalExport,
    EventCode::AuditAccess,
    EventCode::TrainingStart,
    EventCode::TrainingEnd,
    EventCode::AnchorMismatch,
    EventCode::RestoreDetected,
    EventCode::RestoreAcknowledged,
    // keystore.rs
    EventCode::KeyLost,
    // Nothing does that here: prices are the menu's.
    EventCode::PriceOverride,
    EventCode::DegradedModeStart,
    EventCode::DegradedModeEnd,
    EventCode::PersonalDataErased,
];

#[test]
fn no_event_is_forgotten() {
    for code in EventCode::ALL {
        let here = PROVOKED.iter().filter(|(provoked, _)| provoked == code).count();
        let elsewhere = ELSEWHERE.iter().filter(|other| *other == code).count();
        assert_eq!(here + elsewhere, 1, "{}", code.symbol());
    }
}

#[test]
fn a_start_says_whether_the_run_before_ended_in_order() {
    let mut shop = Shop::open();
    let unclean = |shop: &mut Shop| event(shop, EventCode::AppStart).number("unclean");
    assert_eq!(unclean(&mut shop), Some(0));
    shop.restart();
    assert_eq!(unclean(&mut shop), Some(1), "the program was killed");
    shop.till.stop().unwrap();
    shop.restart();
    assert_eq!(unclean(&mut shop), Some(0));
}

#[test]
fn a_change_is_noted_once_and_not_again_at_the_next_start() {
    let mut shop = Shop::open();
    publish_sheet(&mut shop, |sheet| {
        sheet.cut_hour = 5;
        sheet.lead_minutes += 1;
    });
    shop.till.refresh().unwrap();
    shop.restart();
    let changes: Vec<_> =
        events(&mut shop).into_iter().filter(|it| it.code == EventCode::ConfigChange).collect();
    assert_eq!(changes.len(), 1, "{changes:?}");
    assert_eq!(changes[0].text("what"), Some("cut_hour"));
    assert_eq!((changes[0].text("before"), changes[0].text("after")), (Some("4"), Some("5")));
}

#[test]
fn an_absence_of_the_centre_names_its_entries_and_its_length() {
    let mut shop = Shop::open();
    shop.till.note_centre(true).unwrap();
    assert!(!codes(&mut shop).contains(&EventCode::OfflineEnd), "it was never away");
    let before = shop.till.tip().unwrap().seq.0;
    shop.till.note_centre(false).unwrap();
    sell(&mut shop);
    shop.restart();
    shop.till.note_centre(false).unwrap();
    let last = shop.till.tip().unwrap().seq.0;
    shop.clock.advance_ms(7 * 60_000);
    shop.till.note_centre(true).unwrap();
    let starts = codes(&mut shop).into_iter().filter(|it| *it == EventCode::OfflineStart);
    assert_eq!(starts.count(), 1, "it was away once");
    let end = event(&mut shop, EventCode::OfflineEnd);
    let said = ["from", "to", "minutes"].map(|name| end.number(name).unwrap());
    let place = |seq: u64| i64::try_from(seq).unwrap();
    assert_eq!(said, [place(before + 1), place(last), 7]);
}

#[test]
fn a_clock_that_goes_back_two_minutes_is_being_set_right() {
    let mut shop = Shop::open();
    for (by_ms, noted) in [(-120_000, 0), (-120_001, 1), (36 * 3_600_000, 1), (36 * 3_600_001, 2)] {
        shop.clock.advance_ms(by_ms);
        shop.run(Command::SignOut);
        shop.sign_in();
        let codes = codes(&mut shop);
        let anomalies = codes.iter().filter(|it| **it == EventCode::ClockAnomaly).count();
        assert_eq!(anomalies, noted, "{by_ms} ms");
    }
    assert!(FRIDAY_19_10 < shop.till.moment().utc_ms);
}
