//! Customers' cards as peers ask for them and push them, on a file that may have been set back.

use crate::shop::Shop;
use domain::card::{Card, Field, Version};
use domain::id::CustomerId;
use journal::{BootId, JournalId, SigningKey, Tick};
use pos_core::replicate::Peer;
use replication::{CardRecord, Cards, CardsPage, Hello, PROTOCOL, Reply, Request};

fn peer() -> Peer {
    Peer { key: SigningKey::from_secret(&[9; 32]).unwrap().public_key(), is_centre: false }
}

/// A page with one card, which goes from one place of the peer's list to another.
fn page(customer: u8, after: u64, through: u64) -> Request {
    let id = CustomerId([customer; 16]);
    let version = Version { tick: Tick(customer.into()), author: JournalId([1; 32]) };
    let name = Some(Field { value: "Cliente".to_owned(), version });
    let card = Card { name, ..Card::empty(id) }.encode();
    let records = vec![CardRecord { position: through, card }];
    Request::CardsPush(CardsPage { records, through, more: false, after: Some(after) })
}

fn places(shop: &mut Shop) -> Vec<u64> {
    let reply = shop.till.answer(peer(), Request::Cards(Cards { after: 0 }));
    let Reply::Cards(page) = reply else { panic!("{reply:?}") };
    page.records.iter().map(|it| it.position).collect()
}

#[test]
fn cards_that_follow_what_is_not_here_are_merged_and_do_not_count() {
    let mut shop = Shop::open();
    let ack = |through| Reply::CardsAck { through };
    assert_eq!(shop.till.answer(peer(), page(1, 0, 4)), ack(4));
    assert_eq!(shop.till.answer(peer(), page(2, 9, 12)), ack(4), "set back since it had 9");
    assert_eq!(places(&mut shop).len(), 2);
    let hello = Hello {
        protocol: PROTOCOL,
        journal: None,
        boot: BootId([3; 16]),
        build: String::new(),
        tips: Vec::new(),
        cards: 12,
    };
    let reply = shop.till.answer(peer(), Request::Hello(hello));
    let Reply::Welcome(welcome) = reply else { panic!("{reply:?}") };
    assert_eq!(welcome.cards_merged, Some(4), "it is sent the rest");
}

#[test]
fn each_run_goes_on_in_a_part_of_the_list_that_no_other_run_can_have_used() {
    let mut shop = Shop::open();
    shop.till.answer(peer(), page(1, 0, 1));
    let file = shop.folder.path().join("till.db");
    let copy = shop.folder.path().join("copy.db");
    std::fs::copy(&file, &copy).unwrap();
    for suffix in ["-wal", "-shm"] {
        let [from, to] = [&file, &copy].map(|it| format!("{}{suffix}", it.display()));
        std::fs::copy(from, to).unwrap();
    }
    shop.till.answer(peer(), page(2, 1, 2));
    let before = places(&mut shop);
    // The copy takes the file's place, and a card that is not in it another card's.
    let mut set_back = crate::shop::start(&copy, &shop.clock, 77);
    set_back.answer(peer(), page(3, 1, 3));
    std::mem::swap(&mut shop.till, &mut set_back);
    let after = places(&mut shop);
    assert_eq!(before.first(), after.first());
    assert!(before.last() < after.last() || after.last() < before.first(), "{before:?} {after:?}");
    assert!(2 < before.last().unwrap().abs_diff(*after.last().unwrap()), "{before:?} {after:?}");
}
