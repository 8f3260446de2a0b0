//! Fiscal archives.

use super::{Shelf, written};
use crate::words::{self, books};
use leptos::{ev::SubmitEvent, prelude::*};
use pos_api::{ArchiveLine, BooksCommand};

/// Makes one, and lists those there are.
#[component]
pub(super) fn Archives(shelf: Shelf) -> impl IntoView {
    let folder = RwSignal::new(String::new());
    let (asked, done) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let archive = move |event: SubmitEvent| {
        event.prevent_default();
        done.set(None);
        asked.set(true);
        let folder = folder.with_untracked(|text| text.trim().to_owned());
        let folder = Some(folder).filter(|folder| !folder.is_empty());
        shelf.act(BooksCommand::Archive { folder }, move |reply| {
            done.try_set(written(&reply));
        });
    };
    let rows = move || shelf.archives.get().unwrap_or_default();
    let empty = move || shelf.archives.with(Vec::is_empty) == Some(true);
    view! {
        <form class="setting" autocomplete="off" on:submit=archive>
            <h2>{books::ARCHIVES}</h2>
            <label class="field">
                {books::FOLDER}
                <input
                    data-test="archive-folder"
                    placeholder=books::FOLDER_EXAMPLE
                    spellcheck="false"
                    bind:value=folder
                />
            </label>
            <button data-test="books-archive" disabled=shelf.busy>
                {books::ARCHIVE}
            </button>
            <Show when=move || asked.get() && shelf.busy.get()>
                <p class="waiting" data-test="books-archiving">{books::ARCHIVING}</p>
            </Show>
            {move || {
                done.get().map(|said| view! { <p class="notice" data-test="archive-file">{said}</p> })
            }}
            <ul class="archive-list" data-test="archives">
                {move || rows().into_iter().map(|line| view! { <Line line /> }).collect_view()}
            </ul>
            <Show when=empty>
                <p class="empty">{books::NO_ARCHIVES}</p>
            </Show>
        </form>
    }
}

#[component]
fn Line(line: ArchiveLine) -> impl IntoView {
    let gone = (!line.present).then(|| view! { <small class="wrong">{books::FILE_GONE}</small> });
    view! {
        <li data-test="archive-line">
            <b>{line.number}</b>
            <span>{words::period(&line.period)}</span>
            <small>{line.file}</small>
            {gone}
        </li>
    }
}
