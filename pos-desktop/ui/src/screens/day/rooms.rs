//! The management, room by room.

use super::{Room, Shared, books::Books};
use crate::{
    parts::choice::Choice,
    screens::shop::{
        copies::Copies, drill::Drill, histories::Histories, workstations::Workstations,
    },
    words,
};
use leptos::prelude::*;

/// The tab.
#[component]
pub(super) fn Rooms(shared: Shared) -> impl IntoView {
    let room = move |hook: &'static str, this: Room, name: &'static str| {
        let chosen = Signal::derive(move || shared.room.get() == this);
        view! { <Choice hook chosen choose=move || shared.room.set(this)>{name}</Choice> }
    };
    view! {
        <div class="rooms">
            <nav class="day-tabs">
                {room("room-books", Room::Books, words::books::TITLE)}
                {room("room-workstations", Room::Workstations, words::workstations::TITLE)}
                {room("room-histories", Room::Histories, words::histories::TITLE)}
                {room("room-copies", Room::Copies, words::copies::TITLE)}
                {room("room-drill", Room::Drill, words::drill::TITLE)}
            </nav>
            {move || match shared.room.get() {
                Room::Books => view! { <Books shared /> }.into_any(),
                Room::Workstations => view! { <Workstations /> }.into_any(),
                Room::Histories => view! { <Histories /> }.into_any(),
                Room::Copies => view! { <Copies /> }.into_any(),
                Room::Drill => view! { <Drill /> }.into_any(),
            }}
        </div>
    }
}
