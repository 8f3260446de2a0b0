//! The kitchen: what there is to make, by promised time, read at two metres.

mod card;
mod foot;
mod layout;
mod line;
mod step;

use crate::{
    keys::{self, Press},
    parts::{approval::ManagerPanel, refusal::Notice},
    screens::{
        settings::Settings,
        shop::{Errand, histories::Histories, workstations::Workstations},
    },
    sound::{self, Sound},
    words,
    workstation::{Workstation, workstation},
};
use card::Card;
use domain::id::OrderId;
use foot::Foot;
use leptos::{ev, html, prelude::*};
use pos_api::{Command, KitchenStep};
use std::collections::BTreeSet;

/// What can be open over the orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Over {
    Settings,
    Errand(Errand),
}

/// What the kitchen's parts share.
#[derive(Clone, Copy)]
struct Kitchen {
    it: Workstation,
    /// The orders, in the order they are to be made.
    orders: Memo<Vec<OrderId>>,
    /// How many of them, from the first, are whole on the screen.
    fit: RwSignal<usize>,
    /// What is open over the orders.
    over: RwSignal<Option<Over>>,
    /// Those of which it was said that they are on the screen.
    said: StoredValue<BTreeSet<OrderId>>,
}

impl Kitchen {
    fn key(self, press: &Press) -> bool {
        let (Some(digit), false) = (press.digit().and_then(|it| it.to_digit(10)), press.repeat)
        else {
            return false;
        };
        if self.over.get_untracked().is_some() || press.focus == keys::Focus::Field {
            return false;
        }
        match usize::try_from(digit).ok().and_then(|it| it.checked_sub(1)) {
            None => self.it.act(Command::UndoKitchen),
            Some(at) if at < self.fit.get_untracked() => {
                let order = self.orders.with_untracked(|orders| orders.get(at).copied());
                if let Some(order) = order {
                    self.advance(order);
                }
            }
            Some(_) => {}
        }
        true
    }

    /// Says that the first `fit` orders are on a screen somebody looks at, where that is news.
    fn say_seen(self, fit: usize) {
        let unseen = self.it.kitchen.peek(|kitchen| {
            let shown = kitchen.cards.iter().take(fit);
            shown.filter(|card| !card.seen).map(|card| card.order).collect::<Vec<_>>()
        });
        let said = self.said;
        for order in unseen.unwrap_or_default() {
            if said.try_update_value(|said| said.insert(order)) == Some(true) {
                let seen = Command::Kitchen { order, line: None, step: KitchenStep::Seen };
                // Nobody asked for it with a finger: where it is refused it is said again later.
                self.it.ask_quietly(seen, move |done| {
                    if !done {
                        said.try_update_value(|said| said.remove(&order));
                    }
                });
            }
        }
    }

    /// Back to the orders.
    fn close(self) -> Callback<()> {
        Callback::new(move |()| self.over.set(None))
    }

    /// How many orders do not fit on the screen.
    fn more(self) -> usize {
        self.orders.with(Vec::len).saturating_sub(self.fit.get())
    }

    /// Takes the next step of a whole order.
    fn advance(self, order: OrderId) {
        let steps = self.it.kitchen.peek(|kitchen| {
            kitchen.cards.iter().find(|card| card.order == order).map(step::of_card)
        });
        for command in steps.flatten().unwrap_or_default() {
            self.it.act(command);
        }
    }
}

/// The kitchen screen.
#[component]
pub(crate) fn Kitchen() -> impl IntoView {
    let it = workstation();
    let orders = Memo::new(move |_| {
        let orders = it
            .kitchen
            .with(|kitchen| kitchen.cards.iter().map(|card| card.order).collect::<Vec<_>>());
        orders.unwrap_or_default()
    });
    let kitchen = Kitchen {
        it,
        orders,
        fit: RwSignal::new(0),
        over: RwSignal::new(None),
        said: StoredValue::new(BTreeSet::new()),
    };
    provide_context(kitchen);
    keys::on_key(move |press| kitchen.key(press));
    sound_new(kitchen);
    go_on_errands(kitchen);
    view! {
        <section
            class="kitchen"
            class:has-more=move || kitchen.more() != 0
            data-test="screen-kitchen"
        >
            {move || match kitchen.over.get() {
                None => view! { <Queue kitchen /> }.into_any(),
                Some(Over::Settings) => view! { <Settings closed=kitchen.close() /> }.into_any(),
                Some(Over::Errand(errand)) => view! { <Looked kitchen errand /> }.into_any(),
            }}
            <ManagerPanel />
            <Foot kitchen />
        </section>
    }
}

/// What somebody wants to look at, over the orders.
#[component]
fn Looked(kitchen: Kitchen, errand: Errand) -> impl IntoView {
    let close = kitchen.close();
    keys::on_key(move |press| {
        let closes = press.key == "Escape";
        if closes {
            close.run(());
        }
        closes
    });
    let (title, shown) = match errand {
        Errand::Workstations => (words::workstations::TITLE, view! { <Workstations /> }.into_any()),
        Errand::Histories => (words::histories::TITLE, view! { <Histories /> }.into_any()),
    };
    view! {
        <div class="settings">
            <header>
                <h1>{title}</h1>
                <div class="settings-head">
                    <Notice />
                    <button data-test="over-close" on:click=move |_| close.run(())>
                        {words::button::CLOSE}
                    </button>
                </div>
            </header>
            {shown}
        </div>
    }
}

/// Opens what somebody wants to look at.
fn go_on_errands(kitchen: Kitchen) {
    let errand = kitchen.it.errand;
    Effect::new(move |_| {
        let Some(wanted) = errand.get() else { return };
        errand.set(None);
        kitchen.over.set(Some(Over::Errand(wanted)));
    });
}

/// The cards, and how many do not fit.
#[component]
fn Queue(kitchen: Kitchen) -> impl IntoView {
    let cards = NodeRef::<html::Div>::new();
    let measure = move || request_animation_frame(move || measure(kitchen, cards));
    Effect::new(move |_| {
        kitchen.it.kitchen.with(|_| ());
        kitchen.more();
        measure();
    });
    let resized = window_event_listener(ev::resize, move |_| measure());
    on_cleanup(move || resized.remove());
    let loaded = move || kitchen.it.kitchen.with(|_| ()).is_some();
    let empty = move || loaded() && kitchen.orders.with(Vec::is_empty);
    view! {
        <div class="kitchen-cards" node_ref=cards>
            <For each=move || kitchen.orders.get() key=|order| order.0 let:order>
                <Card kitchen order />
            </For>
        </div>
        <Show when=empty>
            <Empty kitchen />
        </Show>
        <Show when=move || kitchen.more() != 0>
            <p class="kitchen-more" data-test="kitchen-more">
                <b>{move || format!("+ {}", kitchen.more())}</b>
                <span>{words::kitchen::MORE}</span>
            </p>
        </Show>
    }
}

#[component]
fn Empty(kitchen: Kitchen) -> impl IntoView {
    let next = move || {
        kitchen
            .it
            .kitchen
            .with(|it| it.upcoming.first().cloned())
            .flatten()
            .map(|(at, pizzas)| words::kitchen::next(&at, pizzas))
    };
    view! {
        <div class="kitchen-empty" data-test="kitchen-empty">
            <p>{words::kitchen::NOTHING}</p>
            <small>{next}</small>
        </div>
    }
}

/// Lays the cards out, and says of new ones that they were seen.
fn measure(kitchen: Kitchen, cards: NodeRef<html::Div>) {
    let Some(container) = cards.try_get_untracked().flatten() else { return };
    let fit = layout::lay(&container);
    if kitchen.fit.try_get_untracked() != Some(fit) {
        kitchen.fit.set(fit);
    }
    if !document().hidden() {
        kitchen.say_seen(fit);
    }
}

/// Sounds when an order appears that was not there before.
fn sound_new(kitchen: Kitchen) {
    Effect::new(move |before: Option<Option<BTreeSet<OrderId>>>| {
        let now = kitchen.it.kitchen.with(|_| ()).map(|()| {
            kitchen.orders.with(|orders| orders.iter().copied().collect::<BTreeSet<_>>())
        })?;
        // What is there when the screen starts is no news, and looking says so.
        if let Some(Some(before)) = before
            && now.difference(&before).next().is_some()
        {
            sound::play(Sound::NewOrder);
        }
        Some(now)
    });
}
