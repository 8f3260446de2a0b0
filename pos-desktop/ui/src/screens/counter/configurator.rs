//! Putting a product together, in the place of the tiles: size, parts, recipe, additions.

mod choices;
mod parts;
mod toppings;

use super::{Counter, counter, draft::Draft};
use crate::{
    keys::{self, Focus},
    words,
    workstation::{Feed, match_answer},
};
use choices::Choices;
use domain::catalogue::Catalogue;
use leptos::{either::Either, prelude::*};
use parts::{PartProducts, Parts};
use pos_api::{Answer, BasketEdit, Command, PriceView, Query};
use std::sync::Arc;
use toppings::{Additions, Recipe};

/// What the configurator's parts share.
#[derive(Clone, Copy)]
struct Making {
    counter: Counter,
    draft: RwSignal<Draft>,
    price: Feed<PriceView>,
}

impl Making {
    /// The menu, tracked.
    fn with_menu<R>(self, read: impl FnOnce(&Arc<Catalogue>) -> R) -> Option<R> {
        self.counter.it.menu.with(read)
    }

    /// Puts it into the basket, or in its line's place.
    fn submit(self) {
        let sellable = self.price.peek(|price| price.unit.is_some()) == Some(true);
        if !sellable || self.draft.with_untracked(|draft| draft.unchosen().is_some()) {
            return;
        }
        let Draft { item, quantity, line, .. } = self.draft.get_untracked();
        let it = self.counter.it;
        it.notice.set(None);
        match line {
            None => it.act(Command::Basket(BasketEdit::Add { item, quantity })),
            Some(line) => {
                it.act(Command::Basket(BasketEdit::Replace { line, item }));
                it.act(Command::Basket(BasketEdit::SetQuantity { line, quantity }));
            }
        }
        self.counter.close();
    }

    fn remove(self) {
        if let Some(line) = self.draft.with_untracked(|draft| draft.line) {
            let edit = BasketEdit::SetQuantity { line, quantity: 0 };
            self.counter.it.act(Command::Basket(edit));
        }
        self.counter.close();
    }
}

/// The configurator.
#[component]
pub(crate) fn Configurator(draft: Draft) -> impl IntoView {
    let counter = counter();
    let draft = RwSignal::new(draft);
    let price = Feed::new(counter.it.refusal, |answer| match_answer!(answer, Answer::Price));
    let making = Making { counter, draft, price };
    let item = Memo::new(move |_| draft.with(|draft| draft.item.clone()));
    Effect::new(move |_| price.ask(Query::Price { item: item.get() }));
    keys::on_key(move |press| {
        let mine = press.key == "Enter"
            && press.focus != Focus::Button
            && counter.line.with_untracked(String::is_empty);
        if mine && !press.repeat {
            making.submit();
        }
        mine
    });
    let choosing = Memo::new(move |_| draft.with(|draft| draft.unchosen().is_some()));
    view! {
        <div class="configurator" data-test="configurator">
            <div class="config-left">
                <Sizes making />
                <Parts making />
            </div>
            <div class="config-right">
                {move || {
                    if choosing.get() {
                        Either::Left(view! { <PartProducts making /> })
                    } else {
                        Either::Right(
                            view! {
                                <Choices making />
                                <Recipe making />
                                <Additions making />
                            },
                        )
                    }
                }}
            </div>
            <Foot making />
        </div>
    }
}

/// The sizes that the product is sold in.
#[component]
fn Sizes(making: Making) -> impl IntoView {
    let sizes = move || {
        let codes =
            making.draft.with(|draft| draft.item.parts.first().map(|it| it.product.clone()));
        let sizes = making.with_menu(|menu| {
            let product = menu.product(codes.as_ref()?)?;
            let sold = menu.sizes.iter().filter(|size| product.price(Some(&size.code)).is_some());
            Some(sold.cloned().collect::<Vec<_>>())
        });
        sizes.flatten().unwrap_or_default()
    };
    view! {
        <div class="config-sizes">
            <For
                each=sizes
                key=|size| size.code.to_string()
                children=move |size| {
                    let (this, hook) = (size.code.clone(), format!("config-size-{}", size.code));
                    let pressed = move || {
                        making.draft.with(|draft| draft.item.size.as_ref() == Some(&this)).to_string()
                    };
                    let code = size.code.clone();
                    view! {
                        <button
                            data-test=hook
                            aria-pressed=pressed
                            on:click=move |_| making.draft.update(|it| it.resize(code.clone()))
                        >
                            <b>{size.code.to_string()}</b>
                            <small>{size.name}</small>
                        </button>
                    }
                }
            />
        </div>
    }
}

/// What it is now, how many, and the way in and out.
#[component]
fn Foot(making: Making) -> impl IntoView {
    let refused = Memo::new(move |_| {
        making.price.with(|price| price.refused.clone()).flatten().map(|refused| {
            let menu = making.counter.it.menu.latest();
            words::configuration_refused(&refused, menu.as_deref())
        })
    });
    let label = move || {
        making.price.with(|price| {
            let details = price.details.join(" · ");
            if details.is_empty() {
                price.label.clone()
            } else {
                format!("{} · {details}", price.label)
            }
        })
    };
    let allergens = move || making.price.with(|price| words::allergens(price.allergens));
    let editing = making.draft.with_untracked(|draft| draft.line.is_some());
    let remove = editing.then(|| {
        view! {
            <button class="danger" data-test="config-remove" on:click=move |_| making.remove()>
                {words::button::REMOVE}
            </button>
        }
    });
    view! {
        <div class="config-foot">
            <div class="config-says">
                <p class="config-label">{label}</p>
                <p class="config-allergens" data-test="config-allergens">{allergens}</p>
                <p class="config-refused" data-test="config-refused" role="alert">{refused}</p>
            </div>
            <div class="config-actions">
                <button data-test="config-back" on:click=move |_| making.counter.close()>
                    {words::button::BACK}
                </button>
                {remove}
                <HowMany making />
                <Submit making editing />
            </div>
        </div>
    }
}

#[component]
fn HowMany(making: Making) -> impl IntoView {
    let change = move |by| making.draft.update(|draft| draft.count(by));
    view! {
        <div class="stepper">
            <button data-test="config-less" aria-label=words::button::ONE_LESS on:click=move |_| change(-1)>
                "−"
            </button>
            <b>{move || making.draft.with(|draft| draft.quantity)}</b>
            <button data-test="config-more" aria-label=words::button::ONE_MORE on:click=move |_| change(1)>
                "+"
            </button>
        </div>
    }
}

#[component]
fn Submit(making: Making, editing: bool) -> impl IntoView {
    let amount = move || {
        let quantity = making.draft.with(|draft| draft.quantity);
        making.price.with(|price| price.unit.map(|unit| unit.times(quantity))).flatten()
    };
    let unchosen = move || making.draft.with(|draft| draft.unchosen().is_some());
    view! {
        <button
            class="primary"
            data-test="config-submit"
            disabled=move || amount().is_none() || unchosen()
            on:click=move |_| making.submit()
        >
            {move || words::configurator::submit(editing, amount().filter(|_| !unchosen()))}
        </button>
    }
}
