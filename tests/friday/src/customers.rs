//! Customers of a shop, drawn.

use crate::dice::Dice;
use crate::people::somebody;
use domain::card::{Card, Field, Version};
use domain::id::CustomerId;
use journal::{JournalId, Tick};
use std::collections::BTreeSet;

/// How many customers each shop of the demo has: 2,000 in its five.
pub const PER_SHOP: usize = 400;

const NOTES: &[&str] = &[
    "Sonnette en panne",
    "Chien dans la cour",
    "Toujours sans oignons",
    "Allergie aux fruits à coque",
    "Préfère être rappelé avant la livraison",
    "Paie souvent avec un billet de 50 €",
];

/// So many customers of the shop of this place in the list of shops, in an order of no meaning.
/// No two of them have one telephone number.
///
/// # Panics
///
/// Where more are asked for than there are numbers to give: 9,999.
#[must_use]
pub fn customers(seed: u64, shop: usize, count: usize) -> Vec<Card> {
    assert!(count < 10_000, "there are not so many numbers that ring nowhere");
    let mut dice = Dice::new(seed, shop as u64);
    // As if one imported list had written all cards: any later change by a till is newer.
    let version = Version { tick: Tick(1), author: JournalId(dice.bytes()) };
    let mut taken = BTreeSet::new();
    let mut cards = Vec::with_capacity(count);
    while cards.len() < count {
        let card = card(&mut dice, shop, version);
        let phone = card.phone.as_ref().map(|it| it.value.clone());
        if taken.insert(phone) {
            cards.push(card);
        }
    }
    cards
}

fn card(dice: &mut Dice, shop: usize, version: Version) -> Card {
    let id = CustomerId(dice.bytes());
    let first = somebody(dice, shop);
    let mut addresses = vec![first.address];
    if dice.percent(12) {
        addresses.push(somebody(dice, shop).address);
    }
    // Who has only ever fetched pizzas has given no address.
    let delivered = dice.percent(80);
    let note = dice.percent(8).then(|| (*dice.pick(NOTES)).to_owned());
    Card {
        name: Some(Field { value: first.name, version }),
        phone: Some(Field { value: first.phone, version }),
        addresses: delivered.then_some(Field { value: addresses, version }),
        note: note.map(|value| Field { value, version }),
        ..Card::empty(id)
    }
}
