//! A Friday evening at a till that nobody sits at, so that the shop is alive.

use std::{
    sync::mpsc::{self, Receiver, RecvTimeoutError, Sender},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow};
use e2e::Person;
use friday::{Evening, Station};
use pos_api::{Command, Reply};
use pos_core::runtime::Handle;

use super::installed::{Post, done};

/// Whose evening it is.
const SEED: u64 = 2026;

/// From 18:00, which evenings count from, to 19:10, when the demonstration's clocks start.
const BEGUN_MS: u64 = 70 * 60_000;

/// How long before the first customer comes: who opens the shop is to see something happen.
const FIRST_MS: u64 = 5_000;

/// The evening, while it is played.
pub(super) struct Played {
    end: Sender<()>,
    player: JoinHandle<()>,
}

/// Starts the till and plays the evening at it, as fast as it goes by.
pub(super) fn begin(post: &Post) -> Result<Played> {
    let handle = post.start()?;
    let Person { code, pin } = Person::MATHILDE;
    done(&handle, Command::SignIn { operator: code.to_owned(), pin: pin.to_owned() })?;
    let (end, ended) = mpsc::channel();
    let player = thread::spawn(move || play(&handle, &ended));
    Ok(Played { end, player })
}

impl Played {
    /// Stops it, and the till.
    pub(super) fn end(self) -> Result<()> {
        self.end.send(()).context("the evening ended by itself")?;
        self.player.join().map_err(|_| anyhow!("the evening panicked"))
    }
}

/// What is refused is told to the evening, which goes on: the kitchen is the person's who looks on,
/// so an order may not be ready when somebody comes for it.
fn play(handle: &Handle, ended: &Receiver<()>) {
    let mut evening = Evening::new(SEED, friday::data::menu(), 1).starting_at(BEGUN_MS);
    let began_ms = evening.next_ms().unwrap_or(BEGUN_MS).saturating_sub(FIRST_MS);
    let started = now();
    while let Some(at_ms) = evening.next_ms() {
        let due = Duration::from_millis(at_ms.saturating_sub(began_ms));
        let wait = due.saturating_sub(started.elapsed());
        match ended.recv_timeout(wait) {
            Err(RecvTimeoutError::Timeout) => {}
            Ok(()) | Err(RecvTimeoutError::Disconnected) => return,
        }
        let Some(step) = evening.next_step() else { break };
        match step.at {
            Station::Kitchen => evening.hear(&Reply::Done),
            Station::Till => match handle.command(step.command) {
                Ok(reply) => evening.hear(&reply),
                Err(_) => evening.refused(),
            },
        }
    }
    // The till stays open: its orders are still to be seen.
    let _told = ended.recv();
}

#[expect(clippy::disallowed_methods, reason = "the evening goes by as the machine's clock does")]
fn now() -> Instant {
    Instant::now()
}
