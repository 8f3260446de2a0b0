//! Receipts that may or may not have been printed: offered, never printed again by themselves.

use super::counter;
use crate::{words, workstation::workstation};
use leptos::prelude::*;
use pos_api::{Command, PrintJobView};

/// The bar over the tiles, for what somebody has to decide.
#[component]
pub(crate) fn JobsOffered() -> impl IntoView {
    let counter = counter();
    let offered = Memo::new(move |_| {
        let unsure = |jobs: &Vec<PrintJobView>| -> Vec<_> {
            jobs.iter().filter(|it| it.unsure).cloned().collect()
        };
        counter.it.jobs.with(unsure).unwrap_or_default()
    });
    view! {
        <Show when=move || offered.with(|jobs| !jobs.is_empty())>
            <div class="jobs-offered" data-test="jobs-offered">
                <For each=move || offered.get() key=|job| job.job let:job>
                    <Job job=job.job unsure=job.unsure said=words::job_offered(&job) />
                </For>
            </div>
        </Show>
    }
}

/// One job, and what can be done with it.
#[component]
pub(crate) fn Job(
    /// Which.
    job: i64,
    /// It may have been printed.
    unsure: bool,
    /// What is said of it.
    said: String,
) -> impl IntoView {
    let it = workstation();
    view! {
        <article class="print-job" data-test="print-job" data-job=job data-unsure=unsure.to_string()>
            <p>{said}</p>
            <button
                data-test="print-job-again"
                on:click=move |_| it.act(Command::PrintAgain { job })
            >
                {words::counter::PRINT_AGAIN}
            </button>
            <button data-test="print-job-drop" on:click=move |_| it.act(Command::DropPrint { job })>
                {words::counter::DROP_PRINT}
            </button>
        </article>
    }
}
