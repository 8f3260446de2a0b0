//! The printers of this PC: how each is reached, its paper, its drawer, what comes out of it.

mod draft;
mod form;

use super::Panel;
use crate::{
    words::{self, settings},
    workstation::{Feed, match_answer},
};
use draft::Draft;
use form::Form;
use leptos::{ev::SubmitEvent, prelude::*};
use pos_api::{Answer, Command, PrinterLine, PrinterSettings, Query};
use std::time::Duration;

/// How often the printers are asked about while somebody looks at them.
const TICK: Duration = Duration::from_secs(3);

/// The printers being set.
#[derive(Clone, Copy)]
struct Rack {
    panel: Panel,
    drafts: RwSignal<Vec<Draft>>,
    /// The one that is open.
    open: RwSignal<u32>,
    lines: Feed<Vec<PrinterLine>>,
}

impl Rack {
    fn save(self, printers: Vec<PrinterSettings>) {
        let panel = self.panel;
        let said = settings::printers_kept(printers.len());
        panel.it.act_then(Command::SetPrinters(printers), move |_| {
            panel.kept(said);
            self.lines.ask(Query::Printers);
        });
    }

    fn add(self) {
        self.drafts.update(|drafts| {
            let number = drafts.iter().map(|it| it.number + 1).max().unwrap_or(0);
            let mut fresh = PrinterSettings::counter(String::new(), false);
            fresh.name = format!("imprimante {}", number + 1);
            fresh.papers = Vec::new();
            drafts.push(Draft::of(number, &fresh));
            self.open.set(number);
        });
    }

    fn remove(self, number: u32) {
        self.drafts.update(|drafts| drafts.retain(|it| it.number != number));
    }
}

/// The forms, one open at a time.
#[component]
pub(super) fn Printers(panel: Panel) -> impl IntoView {
    let now = panel.settings.peek(|settings| settings.printers.clone()).unwrap_or_default();
    let first = PrinterSettings::counter(String::new(), true);
    let now = if now.is_empty() { vec![first] } else { now };
    let drafts = (0..).zip(&now).map(|(number, printer)| Draft::of(number, printer)).collect();
    let rack = Rack {
        panel,
        drafts: RwSignal::new(drafts),
        open: RwSignal::new(0),
        lines: Feed::new(panel.it.refusal, |answer| match_answer!(answer, Answer::Printers)),
    };
    rack.lines.ask(Query::Printers);
    if let Ok(asking) = set_interval_with_handle(move || rack.lines.ask(Query::Printers), TICK) {
        on_cleanup(move || asking.clear());
    }
    let save = move |event: SubmitEvent| {
        event.prevent_default();
        let printers = rack.drafts.with_untracked(|drafts| {
            drafts.iter().map(|draft| untrack(|| draft.settings())).collect()
        });
        rack.save(printers);
    };
    view! {
        <form class="setting" autocomplete="off" on:submit=save>
            <h2>{settings::PRINTER}</h2>
            <For each=move || rack.drafts.get() key=|draft| draft.number let:draft>
                <Printer rack draft />
            </For>
            <Actions rack />
        </form>
    }
}

/// One printer: its name, how it is, and its form where it is open.
#[component]
fn Printer(rack: Rack, draft: Draft) -> impl IntoView {
    let open = Memo::new(move |_| rack.open.get() == draft.number);
    view! {
        <section class="printer" data-test="settings-printer">
            <button
                type="button"
                class="printer-head"
                data-test="settings-printer-open"
                aria-expanded=move || open.get().to_string()
                on:click=move |_| rack.open.set(draft.number)
            >
                <b>{draft.name}</b>
                <small>{move || settings::road(&draft.road.get())}</small>
            </button>
            <State rack draft />
            <Show when=move || open.get()>
                <Form draft />
                <div class="setting-actions">
                    <Test rack draft />
                    <button
                        type="button"
                        data-test="settings-printer-remove"
                        on:click=move |_| rack.remove(draft.number)
                    >
                        {words::button::REMOVE}
                    </button>
                </div>
            </Show>
        </section>
    }
}

/// How the printer of this name stands, and where what waits for it can go.
#[component]
fn State(rack: Rack, draft: Draft) -> impl IntoView {
    let line = Memo::new(move |_| {
        let name = draft.name.get();
        rack.lines.with(|lines| lines.iter().find(|it| it.settings.name == name).cloned()).flatten()
    });
    let others = move || {
        let name = draft.name.get();
        let names = rack.lines.with(|lines| {
            lines
                .iter()
                .map(|it| it.settings.name.clone())
                .filter(|it| *it != name)
                .collect::<Vec<_>>()
        });
        names.unwrap_or_default()
    };
    let waits = Memo::new(move |_| line.with(|line| line.as_ref().map_or(0, |it| it.waiting)));
    let low = move || line.with(|line| line.as_ref().is_some_and(|it| it.paper_low));
    let reroute = move |to: String| {
        let said = settings::reroute(&to);
        let send = move |_| {
            let (from, to) = (draft.name.get_untracked(), to.clone());
            rack.panel.it.act_then(Command::Reroute { from, to }, move |_| {
                rack.panel.kept(settings::REROUTED);
                rack.lines.ask(Query::Printers);
            });
        };
        view! {
            <button type="button" data-test="settings-printer-reroute" on:click=send>
                {said}
            </button>
        }
    };
    view! {
        <p class="setting-state" data-test="settings-printer-state">
            {move || line.with(|line| line.as_ref().map(|it| words::printer_stands(&it.state)))}
            " "{move || low().then_some(settings::PAPER_LOW)}
        </p>
        <Show when=move || waits.get() != 0>
            <div class="setting-actions">
                <span>{move || settings::waiting(waits.get())}</span>
                {move || others().into_iter().map(reroute).collect_view()}
            </div>
        </Show>
    }
}

#[component]
fn Test(rack: Rack, draft: Draft) -> impl IntoView {
    let test = move |_| {
        let printer = draft.name.get_untracked().trim().to_owned();
        rack.panel.it.act_then(Command::TestPrinter { printer }, move |_| {
            rack.panel.kept(settings::PRINTER_TESTED);
        });
    };
    view! {
        <button type="button" data-test="settings-printer-test" on:click=test>
            {settings::PRINTER_TEST}
        </button>
    }
}

#[component]
fn Actions(rack: Rack) -> impl IntoView {
    let notice = move |_| {
        rack.panel.it.act_then(Command::PrintNotice, move |_| {
            rack.panel.kept(settings::NOTICE_QUEUED);
        });
    };
    view! {
        <div class="setting-actions">
            <button class="primary" data-test="settings-printer-save">
                {words::button::KEEP}
            </button>
            <button type="button" data-test="settings-printer-add" on:click=move |_| rack.add()>
                {settings::PRINTER_ADD}
            </button>
            <button
                type="button"
                data-test="settings-printer-none"
                on:click=move |_| rack.save(Vec::new())
            >
                {settings::PRINTER_NONE}
            </button>
            <button type="button" data-test="settings-notice" on:click=notice>
                {settings::NOTICE}
            </button>
        </div>
    }
}
