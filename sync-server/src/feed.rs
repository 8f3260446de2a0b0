//! Changes that another process committed: another server beside this one, or the command line; and
//! changes that are gone again, because the database was set back.

use crate::anchor::Anchor;
use crate::app::App;
use std::time::Duration;

/// How often the counters are read; a change of our own is told at once, without this.
const EVERY: Duration = Duration::from_secs(1);

/// Watches every shop's change counter, wakes those who wait where one has moved, and keeps the
/// anchor file up to date. Ends when the server stops.
pub async fn watch(app: App, mut anchor: Anchor) {
    loop {
        match anchor.compare(&app).await {
            Ok(moved) => {
                for shop in &moved {
                    app.live.changed(shop);
                }
                if !moved.is_empty() {
                    anchor = written(anchor).await;
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

/// The anchor, written down beside the threads that answer.
async fn written(anchor: Anchor) -> Anchor {
    let done = tokio::task::spawn_blocking(move || {
        if let Err(error) = anchor.write() {
            tracing::error!(%error, "the anchor file could not be written");
        }
        anchor
    });
    done.await.expect("writing a file does not panic, and is not cancelled")
}
