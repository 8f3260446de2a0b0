//! Signatures that were made or checked before, for the simulator: it hands the same entries and
//! envelopes to many workstations, and plays each seed twice.
//!
//! Making and checking a signature are functions of their bytes alone (RFC 6979), so what is remembered
//! is what would be worked out again. Only with the feature `memo`, which `tests/sim` alone enables; a
//! thread remembers for itself.

extern crate std;

use alloc::collections::BTreeMap;
use core::cell::RefCell;
use sha2::{Digest, Sha256};
use std::thread::LocalKey;
use std::thread_local;

/// How many answers are remembered at most, of either kind; then all are forgotten.
const MOST: usize = 1 << 16;

type Known<T> = RefCell<BTreeMap<[u8; 32], T>>;

thread_local! {
    static KEYS: Known<bool> = const { RefCell::new(BTreeMap::new()) };
    static CHECKED: Known<bool> = const { RefCell::new(BTreeMap::new()) };
    static SIGNED: Known<[u8; 64]> = const { RefCell::new(BTreeMap::new()) };
}

/// Whether bytes are a key.
pub(crate) fn key(bytes: &[u8; 33], work_out: impl FnOnce() -> bool) -> bool {
    remembered(&KEYS, &[bytes], work_out)
}

/// Whether a signature is a key's, of a message.
pub(crate) fn checked(
    key: &[u8; 33],
    signature: &[u8; 64],
    message: &[u8],
    work_out: impl FnOnce() -> bool,
) -> bool {
    remembered(&CHECKED, &[key, signature, message], work_out)
}

/// The signature by a secret, of a message; whoever checks it with the `public` key finds it right.
pub(crate) fn signed(
    secret: &[u8],
    public: impl FnOnce() -> [u8; 33],
    message: &[u8],
    work_out: impl FnOnce() -> [u8; 64],
) -> [u8; 64] {
    remembered(&SIGNED, &[secret, message], || {
        let signature = work_out();
        checked(&public(), &signature, message, || true);
        signature
    })
}

/// `parts` have the same lengths in each call but for the last.
fn remembered<T: Copy>(
    known: &'static LocalKey<Known<T>>,
    parts: &[&[u8]],
    work_out: impl FnOnce() -> T,
) -> T {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    let name: [u8; 32] = hash.finalize().into();
    if let Some(answer) = known.with_borrow(|known| known.get(&name).copied()) {
        return answer;
    }
    let answer = work_out();
    known.with_borrow_mut(|known| {
        if MOST <= known.len() {
            known.clear();
        }
        known.insert(name, answer);
    });
    answer
}
