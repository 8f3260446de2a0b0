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
    let mut known = Known::default();
    loop {
        match heads(&app).await {
            Ok(heads) => {
                for shop in known.moved(heads) {
                    app.live.changed(&shop);
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

/// Where the counters stood when they were last read.
#[derive(Debug, Default)]
struct Known(BTreeMap<String, i64>);

impl Known {
    /// Which shops' counters have moved since. Of a shop seen for the first time nobody knows, and
    /// whoever waits for it has read it later than this program started.
    fn moved(&mut self, heads: Vec<(String, i64)>) -> Vec<String> {
        heads
            .into_iter()
            .filter(|(shop, head)| {
                self.0.insert(shop.clone(), *head).is_some_and(|before| before != *head)
            })
            .map(|(shop, _)| shop)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Known;

    #[test]
    fn only_counters_that_moved_wake_anybody() {
        let mut known = Known::default();
        let heads = |p01, p02| vec![("P01".into(), p01), ("P02".into(), p02)];
        assert_eq!(known.moved(heads(5, 7)), [""; 0]);
        assert_eq!(known.moved(heads(5, 8)), ["P02"]);
        assert_eq!(known.moved(heads(6, 8)), ["P01"]);
    }
}
