//! Whatever is sold, discounted, taken back and corrected: every ticket adds up, and the series holds.

use crate::shop::Shop;
use domain::id::LineId;
use domain::order::DiscountReason;
use fiscal::Money;
use fiscal::ticket::{Document, Operation, Ticket};
use fiscal::vat::Mode;
use pos_api::{
    BasketEdit, Command, Correction, CreditLine, CreditReason, Discount, DiscountAmount, Means,
    PaymentReason, Reply, Tender,
};
use pos_core::store::StoreError;
use proptest::prelude::*;

/// What somebody does at the counter.
#[derive(Clone, Debug)]
enum Step {
    /// Sells `what` in a mode, some percent off, some cents of it by other means than cash.
    Sell { what: usize, mode: usize, percent: u8, card: i64, vouchers: i64, note: i64 },
    /// Takes back so many of a line of a ticket, or all that is left of it.
    Credit { ticket: usize, line: usize, qty_m: u32, whole: bool },
    /// Says that a payment was by another means.
    Correct { ticket: usize, payment: usize, means: usize },
}

const WHAT: [&str; 6] =
    ["REI; COC", "REI P; COC; VRG", "3 MAR; TIR", "2 REI G; SAC; 4 KET", "MAR S +OEU; JUS", "VRG"];
const MODES: [Mode; 3] = [Mode::OnSite, Mode::TakeAway, Mode::Delivery];
const MEANS: [Means; 4] = [Means::Cash, Means::Card, Means::Cheque, Means::MealVoucherCard];

fn step() -> impl Strategy<Value = Step> {
    let sell = (0..WHAT.len(), 0..MODES.len(), 0_u8..=100, 0_i64..3_000, 0_i64..3_000, 0_i64..500)
        .prop_map(|(what, mode, percent, card, vouchers, note)| Step::Sell {
            what,
            mode,
            percent,
            card,
            vouchers,
            note,
        });
    let credit = (0_usize..8, 0_usize..5, 0_u32..4, any::<bool>()).prop_map(
        |(ticket, line, quantity, whole)| Step::Credit {
            ticket,
            line,
            qty_m: quantity * 1_000,
            whole,
        },
    );
    let correct = (0_usize..8, 0_usize..3, 0..MEANS.len())
        .prop_map(|(ticket, payment, means)| Step::Correct { ticket, payment, means });
    prop_oneof![3 => sell, 2 => credit, 1 => correct]
}

fn sell(shop: &mut Shop, step: &Step) {
    let Step::Sell { what, mode, percent, card, vouchers, note } = step else { return };
    shop.type_in(WHAT[*what]);
    shop.run(Command::Basket(BasketEdit::SetMode(MODES[*mode])));
    shop.run(Command::Basket(BasketEdit::SetCustomer {
        name: "Nina".into(),
        phone: String::from("060102030") + &(vouchers % 10).to_string(),
        address: "3 rue du Four".into(),
    }));
    if *percent != 0 {
        shop.run(Command::Discount(Discount {
            order: None,
            line: None,
            amount: DiscountAmount::Percent(*percent),
            reason: DiscountReason::PromotionalOffer,
            approval: None,
        }));
    }
    let due = shop.basket().due.cents();
    let card = (*card).min(due);
    let vouchers = (*vouchers).min(due - card);
    let cash = due - card - vouchers;
    let tenders = [
        (Means::Card, card),
        (Means::MealVoucherCard, vouchers),
        (Means::Cash, if cash == 0 { 0 } else { cash + note }),
    ];
    let tenders = tenders.into_iter().filter(|(_, cents)| *cents != 0);
    let tenders: Vec<_> =
        tenders.map(|(means, cents)| Tender::of(means, Money::from_cents(cents))).collect();
    if shop.pay_for(None, tenders).is_err() {
        // Vouchers beyond what they may pay.
        let _paid = shop.pay(due.max(1)).unwrap();
    }
}

/// Does a step; one that is refused changes nothing.
fn take(shop: &mut Shop, step: &Step) {
    let sold: Vec<Ticket> = tickets(shop);
    let correction = match step {
        Step::Sell { .. } => {
            sell(shop, step);
            assert_eq!(tickets(shop).len(), sold.len() + 1, "what was paid is a ticket: {step:?}");
            return;
        }
        Step::Credit { ticket, line, qty_m, whole } => {
            let Some(ticket) = sold.get(*ticket) else { return };
            let document: Document = ticket.read().unwrap();
            let lines = document.lines.get(*line).map(|it| LineId(it.line));
            let lines = lines.map(|line| CreditLine { line, qty_m: *qty_m });
            let lines = if *whole { Vec::new() } else { lines.into_iter().collect() };
            Correction::CreditNote {
                ticket: ticket.number.clone(),
                lines,
                back: Vec::new(),
                reason: CreditReason::Mistake,
                approval: None,
            }
        }
        Step::Correct { ticket, payment, means } => {
            let Some(ticket) = sold.get(*ticket) else { return };
            let document: Document = ticket.read().unwrap();
            let Some(wrong) = document.payments.get(*payment) else { return };
            Correction::Payment {
                ticket: ticket.number.clone(),
                payment: *payment,
                tenders: vec![Tender::of(MEANS[*means], wrong.amount)],
                reason: PaymentReason::WrongMeans,
                approval: None,
            }
        }
    };
    match shop.try_run(Command::Correct(correction)) {
        Ok(Reply::Corrected { .. }) => {
            assert_eq!(tickets(shop).len(), sold.len() + 1, "so is what corrects it: {step:?}");
        }
        Ok(other) => panic!("{other:?}"),
        Err(code) => {
            assert_ne!(code, pos_api::Code::Unexpected, "{step:?}");
            assert_eq!(tickets(shop).len(), sold.len(), "{step:?}");
        }
    }
}

/// Every ticket of the till, in order.
fn tickets(shop: &mut Shop) -> Vec<Ticket> {
    let bodies = shop.till.store().read(|tx| {
        let mut statement = tx.prepare(
            "SELECT body FROM entry JOIN body USING (journal, branch, seq)
              WHERE kind = 16 ORDER BY seq",
        )?;
        let rows = statement.query_map([], |row| row.get(0))?;
        Ok::<_, StoreError>(rows.collect::<Result<Vec<Vec<u8>>, _>>()?)
    });
    bodies.unwrap().iter().map(|body| Ticket::decode(body).unwrap()).collect()
}

fn sum(amounts: impl Iterator<Item = Money>) -> Money {
    amounts.sum()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn lines_rates_and_payments_add_up_on_every_ticket(
        steps in prop::collection::vec(step(), 1..10),
    ) {
        let mut shop = Shop::open();
        for step in &steps {
            take(&mut shop, step);
        }
        let key = shop.till.public_key().unwrap();
        let mut previous: Option<String> = None;
        let mut given_back: std::collections::BTreeMap<String, Money> = Default::default();
        for ticket in tickets(&mut shop) {
            ticket.check(&key, previous.as_deref()).unwrap();
            previous = Some(ticket.signature.clone());
            let it = ticket.read().unwrap();
            prop_assert_eq!(sum(it.lines.iter().map(|it| it.ttc)), it.total_ttc);
            prop_assert_eq!(sum(it.vat.iter().map(|it| it.ht + it.vat)), it.total_ttc);
            prop_assert_eq!(sum(it.payments.iter().map(|it| it.amount)), it.total_ttc);
            match it.operation {
                Operation::Sale => {
                    given_back.insert(it.ticket_no, it.total_ttc);
                }
                Operation::CreditNote => {
                    let left = given_back.get_mut(&it.original.unwrap().ticket_no).unwrap();
                    *left += it.total_ttc;
                    prop_assert!(Money::ZERO <= *left, "more was given back than was sold");
                }
                Operation::PaymentCorrection => prop_assert_eq!(it.total_ttc, Money::ZERO),
            }
        }
    }
}
