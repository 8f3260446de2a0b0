//! The real window, release build, against an empty one of the same kind on the same machine: from
//! start to the screen that sells, and from a tap to the frame that shows its answer.

use crate::row::{Row, median, ms};
use crate::sale::{open_till, target_folder};
use anyhow::{Context, Result};
use e2e::{Display, Press, Programs, Setting, Window};
use std::path::Path;
use std::time::Duration;

const SIZE: (u32, u32) = (1366, 768);
/// How often each window is started.
const STARTS: usize = 7;
/// Taps that are counted.
const TAPS: usize = 100;

pub(crate) fn measure() -> Result<Vec<Row>> {
    tokio::runtime::Runtime::new()?.block_on(compare())
}

async fn compare() -> Result<Vec<Row>> {
    let folder = tempfile::tempdir_in(target_folder()?)?;
    let programs = Programs::built()?;
    let display = Display::start(SIZE)?;
    let data = folder.path().join("till");
    std::fs::create_dir_all(&data)?;
    // The file is made and closed again before the window opens it.
    drop(open_till(&data.join(pos_core::runtime::FILE))?);

    let (ours, empty) = (programs.window()?, programs.empty_window()?);
    let (mut our_starts, mut empty_starts) = (Vec::new(), Vec::new());
    let mut taps = None;
    for turn in 0..STARTS {
        let signs_in = "[data-test='screen-sign-in'], [data-test='screen-counter']";
        let (window, took) = start(&display, &ours, folder.path(), "till", signs_in).await?;
        our_starts.push(ms(took));
        let shown = "[data-test='shown']";
        let (bare, took) = start(&display, &empty, folder.path(), "empty", shown).await?;
        empty_starts.push(ms(took));
        if turn + 1 == STARTS {
            taps = Some(tap(&window, &bare).await?);
        }
        window.close().await?;
        bare.close().await?;
    }
    let (our_start, empty_start) = (median(&mut our_starts), median(&mut empty_starts));
    let (ours, empty) = taps.context("the windows were started")?;
    Ok(vec![
        Row {
            name: "start to ready to sell",
            value: our_start,
            unit: "ms",
            against: "empty window",
            against_value: empty_start,
            ratio: our_start / empty_start,
            goal: "<= + 500 ms",
            limited_by: "the web view's start, which both have; ours adds the wasm and the file"
                .to_owned(),
        },
        Row {
            name: "tap to paint, p99",
            value: ours,
            unit: "ms",
            against: "empty window",
            against_value: empty,
            ratio: ours / empty,
            goal: "<= 50 ms",
            limited_by: "one durable commit of the basket, and the wait for the next frame; the \
                         page's clock counts whole milliseconds"
                .to_owned(),
        },
    ])
}

async fn start(
    display: &Display,
    program: &Path,
    folder: &Path,
    name: &str,
    shown: &str,
) -> Result<(Window, Duration)> {
    let setting = Setting { name, program, folder, size: SIZE, environment: &[], arguments: &[] };
    let (window, opening) = timed(Window::open(display, &setting)).await;
    let window = window?;
    let waited = window.shows(shown, "", Duration::from_secs(2)).await?;
    Ok((window, opening + waited.took))
}

async fn timed<T>(work: impl Future<Output = T>) -> (T, Duration) {
    #[expect(clippy::disallowed_methods, reason = "this is where figures are measured")]
    let began = std::time::Instant::now();
    let done = work.await;
    (done, began.elapsed())
}

/// The 99th percentile of a tap, in ours and in the empty window.
async fn tap(ours: &Window, empty: &Window) -> Result<(f64, f64)> {
    ours.press("[data-test='signin-operator-RESP']").await?;
    for digit in ["2", "5", "8", "0"] {
        ours.press(&format!("[data-test='pin-{digit}']")).await?;
    }
    ours.press("[data-test='pin-enter']").await?;
    ours.shows("[data-test='screen-counter']", "", Duration::from_secs(1)).await?;
    let (mut our_taps, mut empty_taps) = (Vec::new(), Vec::new());
    let tile = "[data-test='tile-MAR-S']";
    let quantity = "[data-test='basket-line-quantity']";
    for turn in 1..=TAPS {
        // A basket line holds 99 at most.
        let expected = turn.min(99).to_string();
        if turn < 100 {
            our_taps.push(ms(ours.time(Press::On(tile), quantity, &expected).await?));
        }
        let shown = turn.to_string();
        let took =
            empty.time(Press::On("[data-test='press']"), "[data-test='shown']", &shown).await?;
        empty_taps.push(ms(took));
    }
    Ok((percentile(&mut our_taps, 99), percentile(&mut empty_taps, 99)))
}

fn percentile(figures: &mut [f64], percent: usize) -> f64 {
    figures.sort_by(f64::total_cmp);
    let place = (figures.len() * percent).div_ceil(100).saturating_sub(1);
    figures.get(place).copied().unwrap_or(f64::NAN)
}
