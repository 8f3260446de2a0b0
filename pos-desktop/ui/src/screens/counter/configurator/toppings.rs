//! What is in the recipe, and what can be added.

use super::Making;
use crate::{screens::counter::draft::Draft, words};
use domain::{catalogue::Catalogue, configured::Amount, id::IngredientCode};
use fiscal::Money;
use leptos::prelude::*;

/// What is in the recipe of what touches are about: a chip each, that goes round the amounts.
#[component]
pub(super) fn Recipe(making: Making) -> impl IntoView {
    let chips = Memo::new(move |_| {
        let found = making.with_menu(|menu| making.draft.with(|draft| in_recipe(menu, draft)));
        found.unwrap_or_default()
    });
    let about = move || {
        making.draft.with(|draft| words::configurator::recipe(draft.on, draft.item.parts.len() > 1))
    };
    view! {
        <Show when=move || chips.with(|chips| !chips.is_empty())>
            <h3>{about}</h3>
            <div class="chips">
                <For
                    each=move || chips.get()
                    key=|(code, _)| code.to_string()
                    children=move |(code, name)| view! { <Chip making code name /> }
                />
            </div>
        </Show>
    }
}

fn in_recipe(menu: &Catalogue, draft: &Draft) -> Vec<(IngredientCode, String)> {
    let mut found: Vec<(IngredientCode, String)> = Vec::new();
    for it in draft.products(menu).into_iter().flat_map(|product| product.recipe()) {
        if let Some(ingredient) = menu.ingredient(&it.ingredient)
            && !found.iter().any(|(code, _)| *code == ingredient.code)
        {
            found.push((ingredient.code.clone(), ingredient.name.clone()));
        }
    }
    found
}

#[component]
fn Chip(making: Making, code: IngredientCode, name: String) -> impl IntoView {
    let (this, hook) = (code.clone(), format!("config-chip-{code}"));
    let amount = Memo::new(move |_| {
        making.draft.with(|draft| draft.amount(&this)).unwrap_or(Amount::Normal)
    });
    let state = move || match amount.get() {
        Amount::None => "without",
        Amount::Light => "light",
        Amount::Normal => "normal",
        Amount::Extra => "extra",
    };
    let said = move || (amount.get() != Amount::Normal).then(|| words::amount(amount.get()));
    view! {
        <button
            class="chip"
            data-test=hook
            data-amount=state
            on:click=move |_| making.draft.update(|draft| draft.cycle(&code))
        >
            {move || said().map(|said| view! { <em>{said}" "</em> })}
            <span>{name}</span>
        </button>
    }
}

/// What can be added, with its price for this size.
#[component]
pub(super) fn Additions(making: Making) -> impl IntoView {
    let additions = Memo::new(move |_| {
        let found = making.with_menu(|menu| making.draft.with(|draft| addable(menu, draft)));
        found.unwrap_or_default()
    });
    view! {
        <Show when=move || additions.with(|it| !it.is_empty())>
            <h3>{words::configurator::ADD}</h3>
            <div class="chips additions">
                <For
                    each=move || additions.get()
                    key=|(code, _, price)| (code.to_string(), price.cents())
                    children=move |(code, name, price)| {
                        view! { <Addition making code name price /> }
                    }
                />
            </div>
        </Show>
    }
}

fn addable(menu: &Catalogue, draft: &Draft) -> Vec<(IngredientCode, String, Money)> {
    let products = draft.products(menu);
    let size = draft.item.size.as_ref();
    if size.is_none() {
        return Vec::new();
    }
    let mut found: Vec<_> = menu
        .ingredients
        .iter()
        .filter(|it| it.available && !products.iter().all(|product| product.has(&it.code)))
        .filter_map(|it| {
            let price = it.added.as_ref()?.price.get(size)?;
            Some((it.code.clone(), it.name.clone(), price))
        })
        .collect();
    found.sort_by_key(|(_, name, _)| domain::text::fold(name));
    found
}

#[component]
fn Addition(making: Making, code: IngredientCode, name: String, price: Money) -> impl IntoView {
    let (this, hook) = (code.clone(), format!("config-add-{code}"));
    let amount = Memo::new(move |_| making.draft.with(|draft| draft.amount(&this)));
    let sign = move || match amount.get() {
        None | Some(Amount::None | Amount::Light) => "",
        Some(Amount::Normal) => "+ ",
        Some(Amount::Extra) => "+ + ",
    };
    let on = move || !sign().is_empty();
    view! {
        <button
            class="chip addition"
            data-test=hook
            data-on=move || on().to_string()
            on:click=move |_| making.draft.update(|draft| draft.add(&code))
        >
            <em>{sign}</em>
            <span>{name}</span>
            <small>{price.french()}</small>
        </button>
    }
}
