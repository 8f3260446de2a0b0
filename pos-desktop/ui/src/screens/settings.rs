//! This PC's settings: printer, neighbours, sounds, and what it is.

mod peers;
mod printers;
mod sounds;

use crate::{
    keys,
    parts::{choice::Choice, keyboard::keyboard, refusal::Notice},
    screens::{
        about,
        counter::{Counter, jobs::Job},
        shop::Errand,
    },
    words,
    workstation::{Feed, Workstation, match_answer, workstation},
};
use leptos::prelude::*;
use peers::Peers;
use pos_api::{Answer, Query, SettingsView};
use printers::Printers;
use sounds::Sounds;

/// What the settings' parts share.
#[derive(Clone, Copy)]
struct Panel {
    it: Workstation,
    settings: Feed<SettingsView>,
}

impl Panel {
    /// Asks again, after something was set.
    fn refresh(self) {
        self.settings.ask(Query::Settings);
    }

    /// Says that it is kept.
    fn kept(self, said: &str) {
        self.it.notice.set(Some(said.to_owned()));
        self.refresh();
    }
}

/// The settings.
#[component]
pub(crate) fn Settings(
    /// Told when they are to be closed, where they are open over something.
    #[prop(optional)]
    closed: Option<Callback<()>>,
) -> impl IntoView {
    let it = workstation();
    let settings = Feed::new(it.refusal, |answer| match_answer!(answer, Answer::Settings));
    let panel = Panel { it, settings };
    panel.refresh();
    it.jobs.ask(Query::PrintJobs);
    let about = RwSignal::new(false);
    keys::on_key(move |press| {
        let close = closed.filter(|_| press.key == "Escape" && !about.get_untracked());
        close.inspect(|close| close.run(())).is_some()
    });
    let back = Callback::new(move |()| about.set(false));
    view! {
        {move || {
            if about.get() {
                view! { <OverSettings back /> }.into_any()
            } else {
                view! { <Mine panel about closed /> }.into_any()
            }
        }}
    }
}

/// « À propos », closed by Esc before anything else.
#[component]
fn OverSettings(back: Callback<()>) -> impl IntoView {
    if let Some(counter) = use_context::<Counter>() {
        counter.on_back(move || back.run(()));
    }
    view! { <about::About closed=back /> }
}

/// What can be set.
#[component]
fn Mine(panel: Panel, about: RwSignal<bool>, closed: Option<Callback<()>>) -> impl IntoView {
    let close = closed.map(|closed| {
        view! {
            <Notice />
            <button data-test="settings-close" on:click=move |_| closed.run(())>
                {words::button::CLOSE}
            </button>
        }
    });
    let loaded = move || panel.settings.with(|_| ()).is_some();
    view! {
        <div class="settings" data-test="screen-settings">
            <header>
                <h1>{words::settings::TITLE}</h1>
                <div class="settings-head">
                    <button
                        data-test="settings-workstations"
                        on:click=move |_| panel.it.errand.set(Some(Errand::Workstations))
                    >
                        {words::workstations::TITLE}
                    </button>
                    <button data-test="settings-about" on:click=move |_| about.set(true)>
                        {words::about::TITLE}
                    </button>
                    {close}
                </div>
            </header>
            <Show when=loaded>
                <div class="settings-columns">
                    <div>
                        <Printers panel />
                        <Jobs panel />
                    </div>
                    <div>
                        <Peers panel />
                        <Touch />
                    </div>
                    <div>
                        <Sounds />
                        <ThisPc panel />
                    </div>
                </div>
            </Show>
        </div>
    }
}

/// Receipts that are not simply printed.
#[component]
fn Jobs(panel: Panel) -> impl IntoView {
    let jobs = move || panel.it.jobs.get().unwrap_or_default();
    view! {
        <section class="setting">
            <h2>{words::settings::JOBS}</h2>
            <For each=jobs key=|job| words::job_offered(job) let:job>
                <Job job=job.job unsure=job.unsure said=words::job_offered(&job) />
            </For>
            <Show when=move || jobs().is_empty()>
                <p class="empty">{words::settings::NO_JOBS}</p>
            </Show>
        </section>
    }
}

/// Whether a touch in a field draws a keyboard.
#[component]
fn Touch() -> impl IntoView {
    let keyboard = keyboard();
    let choice = move |hook, wanted, name: &'static str| {
        let chosen = Signal::derive(move || keyboard.wanted() == wanted);
        view! { <Choice hook chosen choose=move || keyboard.want(wanted)>{name}</Choice> }
    };
    view! {
        <section class="setting">
            <h2>{words::settings::KEYBOARD}</h2>
            <div class="segments">
                {choice("keyboard-auto", true, words::settings::KEYBOARD_BY_TOUCH)}
                {choice("keyboard-never", false, words::settings::KEYBOARD_NEVER)}
            </div>
        </section>
    }
}

/// What this PC is.
#[component]
fn ThisPc(panel: Panel) -> impl IntoView {
    let with = move |read: fn(&SettingsView) -> String| panel.settings.with(read);
    let station = move || {
        panel.it.session.with(|session| {
            session.enrolled.as_ref().map(|it| format!("{} · {}", it.label, it.shop_name))
        })
    };
    let server = move || {
        with(|it| it.server.clone().unwrap_or_else(|| words::settings::NO_CENTRE.to_owned()))
    };
    view! {
        <section class="setting">
            <h2>{words::settings::ABOUT}</h2>
            <dl>
                <dt>{words::settings::NAME}</dt>
                <dd>{station}</dd>
                <dt>{words::settings::LISTENS}</dt>
                <dd data-test="settings-listens">{move || with(|it| it.listens.clone())}</dd>
                <dt>{words::settings::CENTRE}</dt>
                <dd data-test="settings-server">{server}</dd>
                <dt>{words::settings::VERSION}</dt>
                <dd data-test="settings-version">{move || with(|it| it.version.clone())}</dd>
            </dl>
        </section>
    }
}
