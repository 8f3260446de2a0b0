//! What can be set of one printer.

use super::draft::Draft;
use crate::{parts::choice::Choice, words::settings};
use leptos::prelude::*;
use pos_api::{PaperKind, PrinterRoad};

const PAPERS: [PaperKind; 5] = [
    PaperKind::Receipt,
    PaperKind::Kitchen,
    PaperKind::Provisional,
    PaperKind::Closing,
    PaperKind::Label,
];

const BAUDS: [u32; 5] = [9_600, 19_200, 38_400, 57_600, 115_200];

/// The form.
#[component]
pub(super) fn Form(draft: Draft) -> impl IntoView {
    let place = move || settings::road_place(&draft.road.get());
    let serial = move || matches!(draft.road.get(), PrinterRoad::Serial { .. });
    view! {
        <label class="field">
            {settings::PRINTER_NAME}
            <input data-test="settings-printer-name" maxlength="24" bind:value=draft.name />
        </label>
        <Roads draft />
        <label class="field">
            {move || place().0}
            <input
                data-test="settings-printer-host"
                placeholder=move || place().1
                spellcheck="false"
                bind:value=draft.place
            />
        </label>
        <Show when=serial>
            <Bauds draft />
        </Show>
        <Switches draft />
        <Papers draft />
    }
}

#[component]
fn Roads(draft: Draft) -> impl IntoView {
    let empty = String::new;
    let roads = [
        PrinterRoad::Network { host: empty() },
        PrinterRoad::Usb { device: empty() },
        PrinterRoad::Serial { device: empty(), baud: 0 },
        PrinterRoad::Spooler { queue: empty() },
    ];
    let choice = move |road: PrinterRoad| {
        let (hook, name) = (settings::road_hook(&road), settings::road(&road));
        let chosen = Signal::derive(move || settings::road(&draft.road.get()) == name);
        view! { <Choice hook chosen choose=move || draft.road.set(road.clone())>{name}</Choice> }
    };
    view! {
        <h3>{settings::PRINTER_ROAD}</h3>
        <div class="segments">{roads.map(choice).into_iter().collect_view()}</div>
    }
}

#[component]
fn Bauds(draft: Draft) -> impl IntoView {
    let choice = move |baud: u32| {
        let chosen = Signal::derive(move || draft.baud.get() == baud);
        view! {
            <Choice hook=format!("settings-baud-{baud}") chosen choose=move || draft.baud.set(baud)>
                {baud}
            </Choice>
        }
    };
    view! {
        <h3>{settings::BAUD}</h3>
        <div class="segments bauds">{BAUDS.map(choice).into_iter().collect_view()}</div>
    }
}

/// Paper, drawer, and whether it answers.
#[component]
fn Switches(draft: Draft) -> impl IntoView {
    let width = move |hook: &'static str, this: bool, name: &'static str| {
        let chosen = Signal::derive(move || draft.wide.get() == this);
        view! { <Choice hook chosen choose=move || draft.wide.set(this)>{name}</Choice> }
    };
    let (drawer, answers) = (draft.drawer, draft.answers);
    view! {
        <div class="segments">
            {width("settings-printer-80", true, settings::PAPER_80)}
            {width("settings-printer-58", false, settings::PAPER_58)}
        </div>
        <div class="segments">
            <Choice
                hook="settings-printer-drawer"
                chosen=drawer
                choose=move || drawer.update(|it| *it = !*it)
            >
                {move || settings::drawer(drawer.get())}
            </Choice>
            <Choice
                hook="settings-printer-answers"
                chosen=answers
                choose=move || answers.update(|it| *it = !*it)
            >
                {settings::PRINTER_ANSWERS}
            </Choice>
        </div>
    }
}

#[component]
fn Papers(draft: Draft) -> impl IntoView {
    let choice = move |paper: PaperKind| {
        let chosen = Signal::derive(move || draft.papers.with(|papers| papers.contains(&paper)));
        view! {
            <Choice hook=settings::paper_hook(paper) chosen choose=move || draft.turn(paper)>
                {settings::paper(paper)}
            </Choice>
        }
    };
    view! {
        <h3>{settings::PAPERS}</h3>
        <div class="reasons">{PAPERS.map(choice).into_iter().collect_view()}</div>
    }
}
