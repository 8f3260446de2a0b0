//! What OC Pizza's words mean, and what is decided with them: catalogue, configured product, order,
//! kitchen, customer card, staff and shop.
//!
//! Nothing here acts: no clock, no randomness, no files. Ids and `now` are arguments. What happened
//! is an [`event::Event`] with a [`order::Stamp`]; every state is a fold of the *set* of events,
//! read in the order (tick, journal, seq), whatever the order they arrived in.
//!
//! `docs/DOMAIN.md` is the dictionary of the words used here.
#![no_std]
#![warn(missing_docs, clippy::arithmetic_side_effects, clippy::float_arithmetic)]
#![cfg_attr(
    test,
    expect(
        clippy::arithmetic_side_effects,
        reason = "a test whose sums overflow fails, as it should"
    )
)]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod card;
pub mod catalogue;
pub mod configured;
pub mod event;
pub mod formule;
pub mod id;
pub mod kitchen;
pub mod mesh;
pub mod order;
pub mod publication;
mod refusal;
pub mod shop;
pub mod staff;
pub mod stock;
pub mod text;
pub mod typed;

#[cfg(test)]
mod samples;
