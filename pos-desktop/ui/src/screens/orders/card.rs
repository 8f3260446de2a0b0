//! An order on the board.

use crate::{
    parts::icon::{Eye, LevelSign},
    screens::counter::{Counter, Due, Middle, cancel::Reasons, paid::NoteDue},
    words,
};
use domain::id::OrderId;
use fiscal::Money;
use leptos::{either::Either, prelude::*};
use pos_api::{BasketLine, Command, OrderCard, OrderStage};

/// How many lines a card shows before it is touched.
const SHOWN: usize = 3;

/// What the parts of a card share.
#[derive(Clone, Copy)]
struct Shown {
    counter: Counter,
    order: OrderId,
    card: Memo<Option<OrderCard>>,
}

impl Shown {
    fn with<R: Default>(self, read: impl FnOnce(&OrderCard) -> R) -> R {
        self.card.with(|card| card.as_ref().map(read).unwrap_or_default())
    }

    fn due(self) -> Money {
        self.card.with(|card| card.as_ref().map_or(Money::ZERO, |card| card.due))
    }

    fn stage(self) -> OrderStage {
        self.card.with(|card| card.as_ref().map_or(OrderStage::HandedOver, |card| card.stage))
    }

    fn pay(self) {
        if let Some(card) = self.card.get_untracked() {
            let due = Due { order: Some(self.order), label: card.label, due: card.due };
            self.counter.open(Middle::Payment(due));
        }
    }

    fn resume(self) {
        let counter = self.counter;
        let resume = Command::Resume { order: self.order };
        counter.it.act_then(resume, move |_| counter.open(Middle::Grid));
    }

    fn hand_over(self) {
        let (it, order) = (self.counter.it, self.order);
        it.act_then(Command::HandOver { order }, move |_| {
            let label = it.orders.peek(|orders| {
                orders.iter().find(|card| card.order == order).map(|card| card.label.clone())
            });
            it.notice.set(label.flatten().map(|label| words::board::handed_over(&label)));
        });
    }

    fn receipt(self) {
        let ticket = self.card.with_untracked(|card| card.as_ref()?.tickets.last().cloned());
        if let Some(ticket) = ticket {
            let it = self.counter.it;
            it.act_then(Command::PrintReceipt { ticket }, move |_| {
                it.notice.set(Some(words::counter::RECEIPT_QUEUED.to_owned()));
            });
        }
    }
}

/// The card.
#[component]
pub(super) fn Card(counter: Counter, order: OrderId) -> impl IntoView {
    let card = Memo::new(move |_| {
        let found = counter
            .it
            .orders
            .with(|orders| orders.iter().find(|card| card.order == order).cloned());
        found.flatten()
    });
    let shown = Shown { counter, order, card };
    let (open, asking) = (RwSignal::new(false), RwSignal::new(false));
    let lateness = move || match shown.stage() {
        OrderStage::Upcoming | OrderStage::Kitchen | OrderStage::Ready => {
            words::lateness(shown.with(|card| card.minutes_left)).name()
        }
        OrderStage::Held | OrderStage::HandedOver | OrderStage::Cancelled => "none",
    };
    view! {
        <article
            class="order-card"
            data-test="order-card"
            data-label=move || shown.with(|card| card.label.clone())
            data-lateness=lateness
        >
            <Head shown />
            <State shown />
            <Lines shown open />
            {move || {
                if asking.get() {
                    let done = Callback::new(move |()| asking.set(false));
                    Either::Left(
                        view! {
                            <h3>{words::board::CANCEL_BECAUSE}</h3>
                            <Reasons order done />
                            <button data-test="reason-back" on:click=move |_| asking.set(false)>
                                {words::button::BACK}
                            </button>
                        },
                    )
                } else {
                    Either::Right(view! { <Actions shown asking /> })
                }
            }}
        </article>
    }
}

#[component]
fn Head(shown: Shown) -> impl IntoView {
    let late = move || {
        let closed = matches!(shown.stage(), OrderStage::HandedOver | OrderStage::Held);
        (!closed).then(|| words::minutes(shown.with(|card| card.minutes_left)))
    };
    let customer = move || {
        shown.with(|card| match (card.customer.as_str(), card.phone.as_str()) {
            ("", phone) => phone.to_owned(),
            (name, "") => name.to_owned(),
            (name, phone) => format!("{name} · {phone}"),
        })
    };
    view! {
        <header>
            <b class="card-label" data-test="card-label">
                {move || shown.with(|card| card.label.clone())}
            </b>
            <span class="card-promise" data-test="card-promise">
                {move || shown.with(|card| card.promise.clone())}
            </span>
            <span class="card-late" data-test="card-late">{late}</span>
            <span class="card-mode" data-test="card-mode">
                {move || shown.card.with(|card| card.as_ref().map(|card| words::mode(card.mode)))}
            </span>
            <span class="card-customer" data-test="card-customer">{customer}</span>
        </header>
    }
}

/// What is due, whether the kitchen has seen it, and what somebody has to look at.
#[component]
fn State(shown: Shown) -> impl IntoView {
    let due = move || words::board::due(shown.due());
    let seen = move || shown.with(|card| card.seen && card.stage != OrderStage::Held);
    let unseen = move || shown.with(|card| card.unseen_alert);
    let double = move || shown.with(|card| card.possible_double);
    view! {
        <p class="card-state">
            <b data-test="card-due" class:paid-up=move || shown.due() == Money::ZERO>{due}</b>
            <Show when=seen>
                <span class="card-seen" data-test="card-seen">
                    <Eye />
                    {words::board::SEEN}
                </span>
            </Show>
            <small>{move || shown.with(|card| card.taken_by.clone())}</small>
        </p>
        <Show when=unseen>
            <p class="card-alert">
                <LevelSign level="danger" />
                {words::board::UNSEEN}
            </p>
        </Show>
        <Show when=move || shown.with(|card| card.credited)>
            <p class="card-alert">{words::board::CREDITED}</p>
        </Show>
        <Show when=move || shown.with(|card| card.note_due)>
            <NoteDue order=shown.order />
        </Show>
        <Show when=double>
            <p class="card-alert">
                <LevelSign level="danger" />
                {words::board::PAID_TWICE}
            </p>
        </Show>
    }
}

#[component]
fn Lines(shown: Shown, open: RwSignal<bool>) -> impl IntoView {
    let line = |line: &BasketLine| {
        let details = line.details.join(" · ");
        view! {
            <li>
                <b>{line.quantity}" "{line.label.clone()}</b>
                {(!details.is_empty()).then(|| view! { <small>" "{details}</small> })}
            </li>
        }
    };
    let lines = move || {
        let most = if open.get() { usize::MAX } else { SHOWN };
        shown.card.with(|card| {
            card.as_ref().map(|card| card.lines.iter().take(most).map(line).collect_view())
        })
    };
    let more = move || shown.with(|card| card.lines.len()).saturating_sub(SHOWN);
    let says = move || {
        if open.get() {
            words::board::FEWER_LINES.to_owned()
        } else {
            words::board::more_lines(u64::try_from(more()).unwrap_or(u64::MAX))
        }
    };
    view! {
        <ul class="card-lines" data-test="card-lines">{lines}</ul>
        <Show when=move || more() != 0>
            <button class="quiet" on:click=move |_| open.update(|it| *it = !*it)>
                {says}
            </button>
        </Show>
    }
}

#[component]
fn Actions(shown: Shown, asking: RwSignal<bool>) -> impl IntoView {
    let due = move || shown.due() != Money::ZERO;
    let open = move || match shown.stage() {
        OrderStage::Held | OrderStage::Upcoming | OrderStage::Kitchen | OrderStage::Ready => true,
        OrderStage::HandedOver | OrderStage::Cancelled => false,
    };
    let ready = move || shown.stage() == OrderStage::Ready;
    let ticket = move || shown.with(|card| !card.tickets.is_empty());
    view! {
        <footer class="card-actions">
            <Show when=move || open() && due()>
                <button class="primary" data-test="card-pay" on:click=move |_| shown.pay()>
                    {move || words::counter::take(shown.due())}
                </button>
            </Show>
            <Show when=ready>
                <button
                    class:primary=move || !due()
                    data-test="card-hand-over"
                    on:click=move |_| shown.hand_over()
                >
                    {words::board::HAND_OVER}
                </button>
            </Show>
            <Show when=open>
                <button data-test="card-resume" on:click=move |_| shown.resume()>
                    {words::board::RESUME}
                </button>
            </Show>
            <Show when=ticket>
                <button data-test="card-receipt" on:click=move |_| shown.receipt()>
                    {words::board::RECEIPT}
                </button>
            </Show>
            <Show when=move || open() && due()>
                <button class="danger" data-test="card-cancel" on:click=move |_| asking.set(true)>
                    {words::button::CANCEL}
                </button>
            </Show>
        </footer>
    }
}
