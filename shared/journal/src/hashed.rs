//! Signatures that cost one hash, for the simulator: a third of its time went into arithmetic of P-256,
//! which the tests of this crate look at, and which does not depend on who sends what when.
//!
//! Whoever has the public key can make one, so they tell altered bytes and a wrong key from right ones
//! and hold off nobody. Only with the feature `hashed-signatures`, which `tests/sim` alone enables, and only
//! in a process that switches them on: whatever is compiled together with the simulator signs for good.

extern crate std;

use crate::key::{PublicKey, Signature};
use alloc::collections::BTreeMap;
use core::cell::RefCell;
use core::sync::atomic::{AtomicBool, Ordering};
use sha2::{Digest, Sha256};
use std::thread_local;

static ON: AtomicBool = AtomicBool::new(false);

/// Has this process sign with hashes from now on, and believe nothing else.
pub fn switch_on() {
    ON.store(true, Ordering::Relaxed);
}

pub(crate) fn is_on() -> bool {
    ON.load(Ordering::Relaxed)
}

/// How many keys are remembered at most; then all are forgotten.
const MOST: usize = 1 << 12;

thread_local! {
    static POINTS: RefCell<BTreeMap<[u8; 33], bool>> = const { RefCell::new(BTreeMap::new()) };
}

/// What stands where a signature of `message` by the secret of `key` would.
pub(crate) fn sign(key: &PublicKey, message: &[u8]) -> Signature {
    let hash = Sha256::new().chain_update(key.as_bytes()).chain_update(message).finalize();
    let mut bytes = [0; 64];
    bytes[..32].copy_from_slice(&hash);
    bytes[32..].copy_from_slice(&hash);
    Signature(bytes)
}

/// Whether bytes are a key, which is a root modulo p the first time.
pub(crate) fn is_known_point(bytes: &[u8; 33], is_point: impl FnOnce(&[u8; 33]) -> bool) -> bool {
    POINTS.with_borrow_mut(|points| {
        if MOST <= points.len() {
            points.clear();
        }
        *points.entry(*bytes).or_insert_with(|| is_point(bytes))
    })
}
