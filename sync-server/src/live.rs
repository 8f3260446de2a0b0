//! Who waits for news, and how they are told after a commit.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use tokio::sync::watch;

/// Wakes those who wait. It carries no news itself: whoever wakes reads what is committed, so that
/// a hundred changes at once are one wake.
#[derive(Debug)]
pub struct Live {
    any: watch::Sender<u64>,
    shops: Mutex<BTreeMap<String, watch::Sender<u64>>>,
    closing: watch::Sender<bool>,
}

impl Default for Live {
    fn default() -> Self {
        Self {
            any: watch::Sender::new(0),
            shops: Mutex::default(),
            closing: watch::Sender::new(false),
        }
    }
}

impl Live {
    /// Says that something of a shop was committed.
    pub fn changed(&self, shop: &str) {
        self.any.send_modify(|count| *count = count.wrapping_add(1));
        let shops = self.shops.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = shops.get(shop) {
            sender.send_modify(|count| *count = count.wrapping_add(1));
        }
    }

    /// Waits for changes of one shop, from now on.
    #[must_use]
    pub fn of_shop(&self, shop: &str) -> watch::Receiver<u64> {
        let mut shops = self.shops.lock().unwrap_or_else(PoisonError::into_inner);
        shops.entry(shop.into()).or_insert_with(|| watch::Sender::new(0)).subscribe()
    }

    /// Waits for changes of any shop, from now on.
    #[must_use]
    pub fn of_any(&self) -> watch::Receiver<u64> {
        self.any.subscribe()
    }

    /// Sends home all who wait: the server stops.
    pub fn close(&self) {
        self.closing.send_replace(true);
    }

    /// Returns once [`Self::close`] was called.
    pub async fn closed(&self) {
        let mut closing = self.closing.subscribe();
        // The sender is ours, so it outlives this wait.
        let _closed = closing.wait_for(|closing| *closing).await;
    }
}
