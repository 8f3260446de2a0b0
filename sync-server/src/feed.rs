//! Changes that another process committed: another server beside this one, or the command line.

use crate::app::App;
use crate::store;
use std::collections::BTreeMap;
use std::time::Duration;

/// How often the counters are read; a change of our own is told at once, without this.
const EVERY: Duration = Duration::from_secs(1);

/// Watches every shop's change counter, and wakes those who wait where one has moved. Ends when the
/// server stops.
pub async fn watch(app: App) {
    let mut known = BTreeMap::new();
    loop {
        match heads(&app).await {
            Ok(heads) => {
                for (shop, head) in heads {
                    if known.insert(shop.clone(), head).is_some_and(|before| before != head) {
                        app.live.changed(&shop);
                    }
                }
            }
            Err(error) => tracing::warn!(%error, "the change counters could not be read"),
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = app.live.closed() => return,
        }
    }
}

async fn heads(app: &App) -> sqlx::Result<Vec<(String, i64)>> {
    let mut tx = app.store.centre().await?;
    store::shop::heads(&mut tx).await
}
