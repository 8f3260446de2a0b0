//! What has run out in a shop, and what is about to: "86", with its countdown.

use crate::id::{IngredientCode, ProductCode, SizeCode};
use crate::order::Stamp;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::fmt;
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Something that can run out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, Serialize, Deserialize)]
pub enum Item {
    /// A product, whatever it is made of. Counted in pieces.
    #[n(0)]
    Product(#[n(0)] ProductCode),
    /// An ingredient. Counted in its unit.
    #[n(1)]
    Ingredient(#[n(0)] IngredientCode),
    /// The balls of dough of a size. Counted in pieces.
    #[n(2)]
    Dough(#[n(0)] SizeCode),
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Product(code) => code.fmt(f),
            Self::Ingredient(code) => code.fmt(f),
            Self::Dough(size) => write!(f, "dough {size}"),
        }
    }
}

/// Somebody said how much there is left of something.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct LeftSet {
    /// Of what.
    #[n(0)]
    pub item: Item,
    /// How much: zero is "86", `None` is enough again.
    #[n(1)]
    pub left: Option<u32>,
}

/// Something that changes what is left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Move {
    /// Somebody said how much there is.
    Said(LeftSet),
    /// An order took some.
    Took {
        /// Of what.
        item: Item,
        /// How much, as the item is counted.
        amount: u32,
    },
}

/// What is left of what is being counted down. What is not in it is there in plenty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Availability {
    left: Vec<(Item, u32)>,
}

impl Availability {
    /// What moves come to, whatever order they are given in: what somebody says holds from its
    /// place in (tick, journal, seq) on.
    #[must_use]
    pub fn fold(moves: impl IntoIterator<Item = (Stamp, Move)>) -> Self {
        let mut moves: Vec<_> = moves.into_iter().collect();
        // What is taken in the same entry's place as something is said was not yet counted.
        moves.sort_by(|(a, one), (b, other)| a.cmp(b).then_with(|| rank(one).cmp(&rank(other))));
        let mut left: BTreeMap<Item, u32> = BTreeMap::new();
        for (_, it) in moves {
            match it {
                Move::Said(LeftSet { item, left: Some(count) }) => {
                    left.insert(item, count);
                }
                Move::Said(LeftSet { item, left: None }) => {
                    left.remove(&item);
                }
                Move::Took { item, amount } => {
                    if let Some(count) = left.get_mut(&item) {
                        *count = count.saturating_sub(amount);
                    }
                }
            }
        }
        Self { left: left.into_iter().collect() }
    }

    /// How much is left of what is being counted down.
    #[must_use]
    pub fn left(&self, item: &Item) -> Option<u32> {
        let at = self.left.binary_search_by(|(it, _)| it.cmp(item)).ok()?;
        self.left.get(at).map(|(_, left)| *left)
    }

    /// Whether there is none left.
    #[must_use]
    pub fn is_out(&self, item: &Item) -> bool {
        self.left(item) == Some(0)
    }

    /// Everything being counted down.
    pub fn iter(&self) -> impl Iterator<Item = (&Item, u32)> {
        self.left.iter().map(|(item, left)| (item, *left))
    }
}

/// Two people who say something at one place: the smaller count holds, being said last.
fn rank(it: &Move) -> (u8, core::cmp::Reverse<u32>) {
    match it {
        Move::Said(LeftSet { left, .. }) => (0, core::cmp::Reverse(left.unwrap_or(u32::MAX))),
        Move::Took { amount, .. } => (1, core::cmp::Reverse(*amount)),
    }
}

#[cfg(test)]
mod tests {
    use super::{Availability, Item, LeftSet, Move};
    use crate::samples::stamp;

    #[test]
    fn a_countdown_starts_where_it_was_said_and_ends_at_none() {
        let dough = Item::Dough("S".into());
        let took = |amount| Move::Took { item: dough.clone(), amount };
        let said = |left| Move::Said(LeftSet { item: dough.clone(), left });
        let moves = [
            (stamp(1), took(5)),
            (stamp(2), said(Some(8))),
            (stamp(3), took(3)),
            (stamp(4), took(9)),
        ];
        let left =
            |upto: usize| Availability::fold(moves.iter().take(upto).rev().cloned()).left(&dough);
        assert_eq!([left(1), left(2), left(3), left(4)], [None, Some(8), Some(5), Some(0)]);
        let plenty = Availability::fold([(stamp(5), said(None)), (stamp(2), said(Some(0)))]);
        assert!(!plenty.is_out(&dough));
    }
}
