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

/// Where the counters stood when they were last read; `None` before the first time.
#[derive(Debug, Default)]
struct Known(Option<BTreeMap<String, i64>>);

impl Known {
    /// Which shops' counters have moved since, new shops' among them. At the first reading none
    /// has: whoever waits has read more than this program knew when it started.
    fn moved(&mut self, heads: Vec<(String, i64)>) -> Vec<String> {
        let heads: BTreeMap<String, i64> = heads.into_iter().collect();
        let before = self.0.replace(heads.clone());
        let Some(before) = before else {
            return Vec::new();
        };
        heads
            .into_iter()
            .filter(|(shop, head)| before.get(shop) != Some(head))
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
        assert_eq!(known.moved(heads(6, 8)), [""; 0]);
    }

    #[test]
    fn a_shop_that_was_loaded_meanwhile_wakes_the_page() {
        let mut known = Known::default();
        assert_eq!(known.moved(Vec::new()), [""; 0]);
        assert_eq!(known.moved(vec![("P01".into(), 1)]), ["P01"]);
    }
}
