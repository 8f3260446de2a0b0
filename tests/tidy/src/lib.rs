//! What the architecture's tests need to look at the work tree: its files, its Rust without
//! comments, texts or tests, and licence expressions.
//!
//! The rules themselves are in `tests/tidy`, each with a message that says what to do. They read
//! what git tracks or would track, so that a rule is broken before the commit and not after it.

pub mod licence;
pub mod rust;
pub mod tree;
