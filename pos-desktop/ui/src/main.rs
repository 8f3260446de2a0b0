//! The screens of a workstation. They decide nothing: they ask the workstation and show its answers.

mod bridge;

use leptos::{prelude::*, task::spawn_local};
use serde::Deserialize;

fn main() {
    console_error_panic_hook::set_once();
    mount_to_body(Hello);
}

/// What this page understands of the workstation's answers.
#[derive(Clone, Deserialize)]
struct Running {
    version: String,
    commands: u32,
}

/// The first page: which workstation answers behind this window.
#[component]
fn Hello() -> impl IntoView {
    let running = LocalResource::new(|| bridge::query::<_, Running, String>(&"running"));
    let refused = RwSignal::new(String::new());
    spawn_local(async move {
        if let Err(said) = bridge::on_changed(move || running.refetch()).await {
            refused.set(said);
        }
    });
    let press = move |_click| {
        spawn_local(async move {
            let answered = bridge::command::<_, (), String>(&"count").await;
            refused.set(answered.err().map_or_else(String::new, |error| format!("{error:?}")));
        });
    };
    view! {
        <main>
            <h1>"OC Pizza"</h1>
            <p id="workstation">
                {move || match running.get() {
                    None => "Le poste démarre".to_owned(),
                    Some(Ok(it)) => {
                        format!("Poste prêt, version {}, {} commandes", it.version, it.commands)
                    }
                    Some(Err(error)) => format!("Le poste ne répond pas : {error:?}"),
                }}
            </p>
            <button id="press" on:click=press>
                "Appeler le poste"
            </button>
            <p id="refused">{refused}</p>
        </main>
    }
}
