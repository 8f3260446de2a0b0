//! A customer's card: the personal data, which no entry ever holds.
//!
//! Cards are not in journals because they must be erasable. Two copies are merged field by field;
//! an erasure absorbs every field, of whatever version, for ever.

use crate::id::CustomerId;
use crate::text;
use alloc::string::String;
use alloc::vec::Vec;
use journal::mutant::{self, Mutant};
use journal::{JournalId, Tick};
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// When and by whom a field was written. The greater one holds.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, Serialize, Deserialize,
)]
pub struct Version {
    /// The writer's tick.
    #[n(0)]
    pub tick: Tick,
    /// The writer's journal.
    #[n(1)]
    pub author: JournalId,
}

/// A field of a card.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Field<T> {
    /// What it says.
    #[n(0)]
    pub value: T,
    /// Since when.
    #[n(1)]
    pub version: Version,
}

/// Where a customer lives.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, Serialize, Deserialize)]
pub struct Address {
    /// Number and street.
    #[n(0)]
    pub street: String,
    /// Five digits.
    #[n(1)]
    pub postcode: String,
    /// The town.
    #[n(2)]
    pub city: String,
    /// Building, floor, door code: what the courier needs at the door.
    #[n(3)]
    pub access: String,
}

/// What we know of a customer.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Card {
    /// Whose.
    #[n(0)]
    pub id: CustomerId,
    /// The name, as they give it.
    #[n(1)]
    pub name: Option<Field<String>>,
    /// The phone number, as they give it.
    #[n(2)]
    pub phone: Option<Field<String>>,
    /// Where they have things delivered, the usual one first.
    #[n(3)]
    pub addresses: Option<Field<Vec<Address>>>,
    /// What staff should know: "sonnette en panne".
    #[n(4)]
    pub note: Option<Field<String>>,
    /// When the card was erased. No field is ever kept beside it.
    #[n(5)]
    pub erased: Option<Version>,
}

impl Card {
    /// A card on which nothing is written.
    #[must_use]
    pub const fn empty(id: CustomerId) -> Self {
        Self { id, name: None, phone: None, addresses: None, note: None, erased: None }
    }

    /// The card with everything on it forgotten, for ever.
    #[must_use]
    pub fn erased(id: CustomerId, version: Version) -> Self {
        Self { erased: Some(version), ..Self::empty(id) }
    }

    /// Takes in another copy of the card. Copies merged in any order, any number of times, come to
    /// the same card.
    pub fn merge(&mut self, other: Self) {
        if let Some(version) = self.erased.into_iter().chain(other.erased).min() {
            *self = Self::erased(self.id, version);
            return;
        }
        newer(&mut self.name, other.name);
        newer(&mut self.phone, other.phone);
        newer(&mut self.addresses, other.addresses);
        newer(&mut self.note, other.note);
    }

    /// What the card is found by.
    #[must_use]
    pub fn search_keys(&self) -> SearchKeys {
        let text = |field: &Option<Field<String>>| {
            field.as_ref().map_or("", |it| it.value.as_str()).trim().into()
        };
        let (name, phone): (String, String) = (text(&self.name), text(&self.phone));
        SearchKeys { name: text::fold(&name), digits: text::phone_digits(&phone) }
    }

    /// The bytes that are stored and sent.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        minicbor::to_vec(self).expect("memory takes any card")
    }

    /// Reads a card.
    ///
    /// # Errors
    ///
    /// [`crate::catalogue::BrokenBlob`] where the bytes are not a card.
    pub fn decode(bytes: &[u8]) -> Result<Self, crate::catalogue::BrokenBlob> {
        minicbor::decode(bytes).map_err(|_| crate::catalogue::BrokenBlob("card"))
    }
}

/// What a card is found by, for an index.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchKeys {
    /// The name in capitals without accents.
    pub name: String,
    /// The phone's digits as dialled in France.
    pub digits: String,
}

impl SearchKeys {
    /// Whether somebody who types `query` may mean this card: any run of digits of the phone, or
    /// the beginning of each word of the name, in any order.
    #[must_use]
    pub fn match_query(&self, query: &str) -> bool {
        let query = query.trim();
        let is_number = |it: char| it.is_ascii_digit() || " .-+()/".contains(it);
        if query.contains(|it: char| it.is_ascii_digit()) && query.chars().all(is_number) {
            return self.digits.contains(&text::phone_digits(query));
        }
        let folded = text::fold(query);
        let mut words = folded.split_whitespace().peekable();
        words.peek().is_some()
            && words.all(|word| {
                self.name.split(|it: char| !it.is_alphanumeric()).any(|part| part.starts_with(word))
            })
    }
}

fn newer<T: Ord>(mine: &mut Option<Field<T>>, theirs: Option<Field<T>>) {
    let Some(theirs) = theirs else {
        return;
    };
    // The same version with another value is a fork of its author: the greater value, everywhere.
    let is_newer = mine
        .as_ref()
        .is_none_or(|mine| (mine.version, &mine.value) < (theirs.version, &theirs.value));
    if is_newer || mutant::is(Mutant::CardsByArrival) {
        *mine = Some(theirs);
    }
}

#[cfg(test)]
mod tests;
