//! A new PC asks to be let in: a band over whatever is shown.

use super::Errand;
use crate::{
    words::joining,
    workstation::{Workstation, workstation},
};
use leptos::prelude::*;
use pos_api::{Command, JoinerView, MeshCommand};

/// Whether somebody asks, tracked.
pub(crate) fn is_asked(it: Workstation) -> bool {
    it.joining.with(|joining| !joining.joiners.is_empty()) == Some(true)
}

/// The band, for the first who asks; the others come after.
#[component]
pub(crate) fn Asked(
    /// Whether somebody is there who may answer.
    #[prop(into)]
    attended: Signal<bool>,
) -> impl IntoView {
    let it = workstation();
    let first =
        Memo::new(move |_| it.joining.with(|joining| joining.joiners.first().cloned()).flatten());
    let more = Memo::new(move |_| {
        it.joining.with(|joining| joining.joiners.len()).unwrap_or(0).saturating_sub(1)
    });
    view! {
        {move || {
            first
                .get()
                .map(|joiner| {
                    view! {
                        <section class="band" data-test="joiner" role="alert">
                            <Said joiner=joiner.clone() more />
                            <Show when=move || attended.get()>
                                <Ways joiner=joiner.clone() />
                            </Show>
                            <Show when=move || !attended.get()>
                                <p>{joining::SIGN_IN_FIRST}</p>
                            </Show>
                        </section>
                    }
                })
        }}
    }
}

#[component]
fn Said(joiner: JoinerView, more: Memo<usize>) -> impl IntoView {
    let JoinerView { label, role, code, label_taken, .. } = joiner;
    let what =
        if label_taken { joining::label_taken(&label) } else { joining::SAME_CODE.to_owned() };
    let others = move || Some(more.get()).filter(|more| *more > 0).map(joining::more);
    view! {
        <p class="band-said">
            <b>{joining::asks(&label, role)}</b>
            <span data-test="joiner-what">{what} " " {others}</span>
        </p>
        <b class="band-code" data-test="joiner-code">{code}</b>
    }
}

/// What can be answered.
#[component]
fn Ways(joiner: JoinerView) -> impl IntoView {
    let it = workstation();
    let JoinerView { joiner, label, label_taken, .. } = joiner;
    let (asks, named) = (StoredValue::new(joiner), StoredValue::new(label));
    let let_in = move |_| {
        // The band may be gone by the time a manager has typed the PIN.
        let (joiner, label) = (asks.get_value(), named.get_value());
        let command =
            move |manager| Command::Mesh(MeshCommand::Vouch { joiner: joiner.clone(), manager });
        it.act_by_manager(command, move |reply| {
            if reply.is_some() {
                it.notice.set(Some(joining::let_in(&label)));
            }
        });
    };
    let turn_away = move |_| {
        let label = named.get_value();
        let command = Command::Mesh(MeshCommand::TurnAway { joiner: asks.get_value() });
        it.act_then(command, move |_| it.notice.set(Some(joining::turned_away(&label))));
    };
    let first = if label_taken {
        let look = move |_| it.errand.set(Some(Errand::Workstations));
        view! {
            <button class="primary" data-test="joiner-workstations" on:click=look>
                {joining::SEE_WORKSTATIONS}
            </button>
        }
        .into_any()
    } else {
        view! {
            <button class="primary" data-test="joiner-let-in" on:click=let_in>
                {joining::LET_IN}
            </button>
        }
        .into_any()
    };
    view! {
        <div class="band-ways">
            {first}
            <button data-test="joiner-turn-away" on:click=turn_away>
                {joining::TURN_AWAY}
            </button>
        </div>
    }
}
