//! The receipt printer: where it is, its paper, its drawer, a test.

use super::Panel;
use crate::{parts::choice::Choice, words};
use leptos::{ev::SubmitEvent, prelude::*};
use pos_api::{Command, PrinterRoad, PrinterSettings};

/// The printer's form.
#[component]
pub(super) fn Printer(panel: Panel) -> impl IntoView {
    let now = panel.settings.peek(|settings| settings.printers.first().cloned()).flatten();
    let now = now.unwrap_or_else(|| PrinterSettings::counter(String::new(), true));
    let host = match &now.road {
        PrinterRoad::Network { host } => host.clone(),
        PrinterRoad::Usb { .. } | PrinterRoad::Serial { .. } | PrinterRoad::Spooler { .. } => {
            String::new()
        }
    };
    let (host, wide, drawer) =
        (RwSignal::new(host), RwSignal::new(now.wide), RwSignal::new(now.drawer));
    let save = move |event: SubmitEvent| {
        event.prevent_default();
        let host = host.get_untracked().trim().to_owned();
        let (wide, drawer) = (wide.get_untracked(), drawer.get_untracked());
        let printer = PrinterSettings { wide, ..PrinterSettings::counter(host, drawer) };
        panel.it.act_then(Command::SetPrinters(vec![printer]), move |_| {
            panel.kept(words::settings::PRINTER_KEPT);
        });
    };
    let state = move || panel.it.safety.with(|safety| words::printer_stands(&safety.printer));
    view! {
        <form class="setting" autocomplete="off" on:submit=save>
            <h2>{words::settings::PRINTER}</h2>
            <p class="setting-state">{state}</p>
            <label class="field">
                {words::settings::PRINTER_ADDRESS}
                <input
                    data-test="settings-printer-host"
                    placeholder="192.168.1.50"
                    spellcheck="false"
                    bind:value=host
                />
            </label>
            <Paper wide drawer />
            <Actions panel />
        </form>
    }
}

#[component]
fn Paper(wide: RwSignal<bool>, drawer: RwSignal<bool>) -> impl IntoView {
    let width = move |hook, this, name: &'static str| {
        let chosen = Signal::derive(move || wide.get() == this);
        view! { <Choice hook chosen choose=move || wide.set(this)>{name}</Choice> }
    };
    view! {
        <div class="segments">
            {width("settings-printer-80", true, words::settings::PAPER_80)}
            {width("settings-printer-58", false, words::settings::PAPER_58)}
        </div>
        <button
            type="button"
            data-test="settings-printer-drawer"
            aria-pressed=move || drawer.get().to_string()
            on:click=move |_| drawer.update(|it| *it = !*it)
        >
            {move || words::settings::drawer(drawer.get())}
        </button>
    }
}

#[component]
fn Actions(panel: Panel) -> impl IntoView {
    let none = move |_| {
        panel.it.act_then(Command::SetPrinters(Vec::new()), move |_| {
            panel.kept(words::settings::PRINTER_NONE_KEPT);
        });
    };
    let test = move |_| {
        let names = |settings: &pos_api::SettingsView| settings.printers.first().cloned();
        let printer = panel.settings.peek(names).flatten();
        let printer = printer.map_or_else(String::new, |printer| printer.name);
        panel.it.act_then(Command::TestPrinter { printer }, move |_| {
            panel.kept(words::settings::PRINTER_TESTED);
        });
    };
    view! {
        <div class="setting-actions">
            <button class="primary" data-test="settings-printer-save">{words::button::KEEP}</button>
            <button type="button" data-test="settings-printer-test" on:click=test>
                {words::settings::PRINTER_TEST}
            </button>
            <button type="button" data-test="settings-printer-none" on:click=none>
                {words::settings::PRINTER_NONE}
            </button>
        </div>
    }
}
