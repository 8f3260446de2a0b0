//! A value that may depend on the size.

use crate::id::SizeCode;
use alloc::collections::BTreeMap;
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// One value for all sizes (and for what has none), or one for each size.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub enum PerSize<T> {
    /// The same whatever the size.
    #[n(0)]
    Flat(#[n(0)] T),
    /// By size; a size that is not there has no value.
    #[n(1)]
    BySize(#[n(0)] BTreeMap<SizeCode, T>),
}

impl<T: Copy> PerSize<T> {
    /// The value for a size, or for a product that has no sizes.
    #[must_use]
    pub fn get(&self, size: Option<&SizeCode>) -> Option<T> {
        match self {
            Self::Flat(value) => Some(*value),
            Self::BySize(values) => values.get(size?).copied(),
        }
    }
}

impl<T> PerSize<T> {
    /// Every value there is.
    pub fn values(&self) -> impl Iterator<Item = &T> {
        let (flat, by_size) = match self {
            Self::Flat(value) => (Some(value), None),
            Self::BySize(values) => (None, Some(values.values())),
        };
        flat.into_iter().chain(by_size.into_iter().flatten())
    }
}
