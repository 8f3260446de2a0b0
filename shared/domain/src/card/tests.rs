use super::{Address, Card, Field, Version};
use crate::id::CustomerId;
use alloc::string::String;
use alloc::vec::Vec;
use journal::{JournalId, Tick};
use proptest::prelude::*;

const ID: CustomerId = CustomerId([1; 16]);

fn version(tick: u64, author: u8) -> Version {
    Version { tick: Tick(tick), author: JournalId([author; 32]) }
}

fn field<T>(value: T, tick: u64) -> Field<T> {
    Field { value, version: version(tick, 1) }
}

fn card(name: &str, phone: &str) -> Card {
    Card {
        name: Some(field(name.into(), 1)),
        phone: Some(field(phone.into(), 1)),
        ..Card::empty(ID)
    }
}

fn merged(cards: impl IntoIterator<Item = Card>) -> Card {
    cards.into_iter().fold(Card::empty(ID), |mut all, it| {
        all.merge(it);
        all
    })
}

#[test]
fn fields_are_merged_one_by_one() {
    let here = Card { name: Some(field("Bernard".into(), 3)), ..card("", "0612345678") };
    let there = Card { note: Some(field("sonnette en panne".into(), 2)), ..card("Bernar", "") };
    let there = Card { phone: Some(field("0698765432".into(), 2)), ..there };
    let both = merged([here.clone(), there.clone()]);
    assert_eq!(both, merged([there, here]));
    assert_eq!(both.name.unwrap().value, "Bernard");
    assert_eq!(both.phone.unwrap().value, "0698765432");
    assert_eq!(both.note.unwrap().value, "sonnette en panne");
}

#[test]
fn an_erasure_absorbs_what_comes_later_too() {
    let erased = Card::erased(ID, version(2, 1));
    let late = Card { name: Some(field("Bernard".into(), 9)), ..card("", "06") };
    assert_eq!(merged([erased.clone(), late.clone()]), erased);
    assert_eq!(merged([late, erased.clone(), Card::erased(ID, version(5, 1))]), erased);
}

#[test]
fn a_customer_is_found_by_any_digits_or_by_name() {
    let keys = card("Mme Hélène Le Goff-Durand", "+33 6 12 34 56 78").search_keys();
    for query in ["345", "06 12", "0612345678", "+33612", "helene", "LE GOFF", "dur hel", "goff"] {
        assert!(keys.match_query(query), "{query}");
    }
    for query in ["", "99", "elene", "goff martin", "+"] {
        assert!(!keys.match_query(query), "{query}");
    }
}

#[test]
fn a_card_survives_cbor_and_json() {
    let address = Address {
        street: "3 rue du Four".into(),
        postcode: "75006".into(),
        city: "Paris".into(),
        access: "code 12A4, 3e".into(),
    };
    let it = Card { addresses: Some(field([address].into(), 4)), ..card("Bernard", "0612345678") };
    assert_eq!(Card::decode(&it.encode()).unwrap(), it);
    let json = serde_json::to_vec(&it).unwrap();
    assert_eq!(serde_json::from_slice::<Card>(&json).unwrap(), it);
}

fn any_field() -> impl Strategy<Value = Option<Field<String>>> {
    proptest::option::of(
        (0_u64..4, 1_u8..3, "[ab]")
            .prop_map(|(tick, author, value)| Field { value, version: version(tick, author) }),
    )
}

fn any_card() -> impl Strategy<Value = Card> {
    let erased = proptest::option::weighted(0.1, (0_u64..4, 1_u8..3));
    (any_field(), any_field(), erased).prop_map(|(name, phone, erased)| match erased {
        Some((tick, author)) => Card::erased(ID, version(tick, author)),
        None => Card { name, phone, ..Card::empty(ID) },
    })
}

proptest! {
    #[test]
    fn copies_merged_in_any_order_come_to_one_card(
        (cards, shuffled) in proptest::collection::vec(any_card(), 0..6)
            .prop_flat_map(|it| (Just(it.clone()), Just(it).prop_shuffle())),
    ) {
        let again: Vec<_> = shuffled.iter().chain(&cards).cloned().collect();
        prop_assert_eq!(merged(cards), merged(again));
    }
}
