//! A new PC that asks a workstation of the shop to be let in, and waits for a person there.

use crate::{keys, words::joining, workstation::workstation};
use leptos::prelude::*;
use pos_api::{Command, MeshCommand, OwnJoining};

/// How far it is. Once it is let in, the session says so and another screen comes.
#[component]
pub(super) fn Asking() -> impl IntoView {
    let it = workstation();
    let own = Memo::new(move |_| it.joining.with(|joining| joining.own.clone()).flatten());
    let stop = move || it.act(Command::Mesh(MeshCommand::StopAsking));
    keys::on_key(move |press| {
        let stops = press.key == "Escape";
        if stops {
            stop();
        }
        stops
    });
    let stop_said = move || match own.get() {
        Some(OwnJoining::TurnedAway) => joining::AGAIN,
        Some(OwnJoining::Looking | OwnJoining::Asked { .. }) | None => joining::STOP,
    };
    view! {
        <div class="form asking" data-test="joining">
            <h1>{joining::TITLE}</h1>
            {move || match own.get() {
                None => ().into_any(),
                Some(OwnJoining::Looking) => {
                    view! {
                        <p class="waiting" data-test="joining-looking" role="status">
                            {joining::LOOKING}
                        </p>
                        <p>{joining::LOOKING_HELP}</p>
                    }
                        .into_any()
                }
                Some(OwnJoining::Asked { by, code }) => view! { <Code by code /> }.into_any(),
                Some(OwnJoining::TurnedAway) => {
                    view! {
                        <p class="form-refused" data-test="joining-turned-away" role="alert">
                            {joining::TURNED_AWAY}
                        </p>
                        <p>{joining::TURNED_AWAY_HELP}</p>
                    }
                        .into_any()
                }
            }}
            <button data-test="joining-stop" on:click=move |_| stop()>
                {stop_said}
            </button>
        </div>
    }
}

/// What both screens show.
#[component]
fn Code(by: String, code: String) -> impl IntoView {
    view! {
        <p class="asking-with" data-test="joining-by">{joining::compare_with(&by)}</p>
        <p class="asking-code" data-test="joining-code" role="status">{code}</p>
        <p>{joining::ASKED_HELP}</p>
    }
}
