//! Declaring a workstation dead: what happens then, and a manager who decides it.

use crate::{
    screens::counter::Counter,
    words::{self, workstations},
    workstation::workstation,
};
use leptos::prelude::*;
use pos_api::{Command, MeshCommand};

/// The question.
#[component]
pub(super) fn End(
    /// Whose end it is.
    label: String,
    /// Told when it is to be closed.
    #[prop(into)]
    closed: Callback<()>,
    /// Told when it is done.
    told: Callback<()>,
) -> impl IntoView {
    let it = workstation();
    if let Some(counter) = use_context::<Counter>() {
        counter.on_back(move || closed.run(()));
    }
    let title = workstations::end_title(&label);
    let end = move |_| {
        let (dead, label) = (label.clone(), label.clone());
        let command =
            move |manager| Command::Mesh(MeshCommand::End { label: dead.clone(), manager });
        it.act_by_manager(command, move |reply| {
            if reply.is_some() {
                it.notice.set(Some(workstations::ended(&label)));
                closed.try_run(());
                told.try_run(());
            }
        });
    };
    let means = workstations::END_MEANS.map(|said| view! { <li>{said}</li> });
    view! {
        <section class="day-task" data-test="end">
            <h2>{title}</h2>
            <ul class="sentences">{means.into_iter().collect_view()}</ul>
            <p class="care">{workstations::END_IS_FOR_GOOD}</p>
            <div class="day-task-foot">
                <button data-test="end-back" on:click=move |_| closed.run(())>
                    {words::button::BACK}
                </button>
                <button class="danger" data-test="end-submit" on:click=end>
                    {workstations::END}
                </button>
            </div>
        </section>
    }
}
