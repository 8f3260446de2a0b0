//! The shop's other workstations, by address.

use super::Panel;
use crate::words;
use leptos::{ev::SubmitEvent, prelude::*};
use pos_api::{Command, PeerAddress};

/// An address being written, by a number of its own.
type Written = (u32, RwSignal<String>);

/// The list of addresses.
#[component]
pub(super) fn Peers(panel: Panel) -> impl IntoView {
    let now = panel.settings.peek(|settings| settings.peers.clone()).unwrap_or_default();
    let written: Vec<Written> =
        (0..).zip(now).map(|(number, peer)| (number, RwSignal::new(peer.address))).collect();
    let peers = RwSignal::new(written);
    let add = move |_| {
        peers.update(|peers| {
            let number = peers.iter().map(|(number, _)| number + 1).max().unwrap_or(0);
            peers.push((number, RwSignal::new(String::new())));
        });
    };
    let save = move |event: SubmitEvent| {
        event.prevent_default();
        let addresses = peers.with_untracked(|peers| {
            let texts = peers.iter().map(|(_, text)| text.get_untracked().trim().to_owned());
            texts.filter(|text| !text.is_empty()).map(|address| PeerAddress { address }).collect()
        });
        panel.it.act_then(Command::SetPeers(addresses), move |_| {
            panel.kept(words::settings::PEERS_KEPT);
        });
    };
    view! {
        <form class="setting" autocomplete="off" on:submit=save>
            <h2>{words::settings::PEERS}</h2>
            <p class="setting-state">
                {words::settings::PEERS_FROM}
            </p>
            <For each=move || peers.get() key=|(number, _)| *number let((number, text))>
                <Peer peers number text />
            </For>
            <div class="setting-actions">
                <button type="button" data-test="settings-peer-add" on:click=add>
                    {words::settings::PEER_ADD}
                </button>
                <button class="primary" data-test="settings-peers-save">{words::button::KEEP}</button>
            </div>
        </form>
    }
}

#[component]
fn Peer(peers: RwSignal<Vec<Written>>, number: u32, text: RwSignal<String>) -> impl IntoView {
    let remove = move |_| peers.update(|peers| peers.retain(|(it, _)| *it != number));
    view! {
        <div class="setting-peer">
            <input
                data-test="settings-peer"
                aria-label=words::settings::PEER_ADDRESS
                placeholder="192.168.1.21:7300"
                spellcheck="false"
                bind:value=text
            />
            <button type="button" data-test="settings-peer-remove" on:click=remove>
                {words::button::REMOVE}
            </button>
        </div>
    }
}
