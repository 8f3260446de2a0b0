//! Options that a customer takes some of.

use super::Making;
use crate::words;
use domain::{
    catalogue::{ChoiceGroup, ChoiceOption},
    id::SizeCode,
};
use leptos::prelude::*;

/// Each group of what touches are about.
#[component]
pub(super) fn Choices(making: Making) -> impl IntoView {
    let groups = Memo::new(move |_| {
        let found = making.with_menu(|menu| {
            making.draft.with(|draft| {
                let mut groups: Vec<ChoiceGroup> = Vec::new();
                for group in draft.products(menu).into_iter().flat_map(|it| &it.choices) {
                    if !groups.iter().any(|it| it.code == group.code) {
                        groups.push(group.clone());
                    }
                }
                groups
            })
        });
        found.unwrap_or_default()
    });
    view! {
        <For
            each=move || groups.get()
            key=|group| group.code.to_string()
            children=move |group| view! { <Group making group /> }
        />
    }
}

#[component]
fn Group(making: Making, group: ChoiceGroup) -> impl IntoView {
    let title = words::configurator::choices(&group.name, group.min, group.max);
    let options = group.options.clone();
    let shared = StoredValue::new(group);
    let size = making.draft.with_untracked(|draft| draft.item.size.clone());
    view! {
        <div class="choice-group">
            <h3>{title}</h3>
            {options
                .into_iter()
                .map(|option| {
                    view! { <Choosable making group=shared option size=size.clone() /> }
                })
                .collect_view()}
        </div>
    }
}

#[component]
fn Choosable(
    making: Making,
    group: StoredValue<ChoiceGroup>,
    option: ChoiceOption,
    size: Option<SizeCode>,
) -> impl IntoView {
    let hook = group.with_value(|group| format!("config-option-{}-{}", group.code, option.code));
    let price = option.price.get(size.as_ref()).filter(|price| price.cents() != 0);
    let (code, this) = (option.code.clone(), option.code);
    let taken = move || {
        group.with_value(|group| making.draft.with(|draft| draft.takes(&group.code, &this)))
    };
    let press = move |_| {
        group.with_value(|group| making.draft.update(|draft| draft.toggle(group, &code)));
    };
    view! {
        <button class="chip" data-test=hook aria-pressed=move || taken().to_string() on:click=press>
            <span>{option.name}</span>
            {price.map(|price| view! { <small>{price.french()}</small> })}
        </button>
    }
}
