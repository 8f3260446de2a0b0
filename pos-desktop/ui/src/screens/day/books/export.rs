//! Files for the accountant, the purge, and the attestation.

use super::{Shelf, written};
use crate::words::books;
use leptos::prelude::*;
use pos_api::{BooksCommand, Export, Reply};

const EXPORTS: [Export; 4] = [Export::Fec, Export::EReporting, Export::Sales, Export::Remittances];

/// The exports, with their dates.
#[component]
pub(super) fn Exports(shelf: Shelf) -> impl IntoView {
    let today = shelf.shared.it.session.peek(|session| session.date.clone()).unwrap_or_default();
    let first = today.get(..8).map_or_else(String::new, |month| format!("{month}01"));
    let (from, to) = (RwSignal::new(first), RwSignal::new(today));
    let (asked, done) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let button = move |what: Export| {
        let write = move |_| {
            done.set(None);
            asked.set(true);
            let read = |field: RwSignal<String>| field.get_untracked().trim().to_owned();
            let export = BooksCommand::Export { what, from: read(from), to: read(to) };
            shelf.act(export, move |reply| {
                asked.try_set(false);
                done.try_set(written(&reply));
            });
        };
        view! {
            <button data-test=books::export_hook(what) disabled=shelf.busy on:click=write>
                {books::export(what)}
            </button>
        }
    };
    view! {
        <section class="setting">
            <h2>{books::EXPORTS}</h2>
            <div class="dates">
                <label class="field">
                    {books::FROM}
                    <input data-test="export-from" placeholder="2026-11-01" bind:value=from />
                </label>
                <label class="field">
                    {books::TO}
                    <input data-test="export-to" placeholder="2026-11-30" bind:value=to />
                </label>
            </div>
            <div class="setting-actions">{EXPORTS.map(button).into_iter().collect_view()}</div>
            <Show when=move || asked.get() && shelf.busy.get()>
                <p class="waiting" data-test="books-exporting">{books::EXPORTING}</p>
            </Show>
            {move || {
                done.get().map(|said| view! { <p class="notice" data-test="export-file">{said}</p> })
            }}
        </section>
    }
}

/// The purge and the attestation.
#[component]
pub(super) fn Other(shelf: Shelf) -> impl IntoView {
    let (asked, done) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let purge = move |_| {
        done.set(None);
        asked.set(true);
        shelf.act(BooksCommand::Purge, move |reply| {
            asked.try_set(false);
            if let Reply::Purged { count } = reply {
                done.try_set(Some(books::purged(count)));
            }
        });
    };
    let attest = move |_| {
        done.set(None);
        shelf.act(BooksCommand::Attestation, move |reply| {
            done.try_set(written(&reply));
        });
    };
    view! {
        <section class="setting">
            <h2>{books::OTHER}</h2>
            <p class="setting-state">{books::PURGE_EXPLAINED}</p>
            <div class="setting-actions">
                <button data-test="books-purge" disabled=shelf.busy on:click=purge>
                    {books::PURGE}
                </button>
                <button data-test="books-attestation" disabled=shelf.busy on:click=attest>
                    {books::ATTESTATION}
                </button>
            </div>
            <Show when=move || asked.get() && shelf.busy.get()>
                <p class="waiting" data-test="books-purging">{books::PURGING}</p>
            </Show>
            {move || {
                done.get().map(|said| view! { <p class="notice" data-test="books-done">{said}</p> })
            }}
        </section>
    }
}
