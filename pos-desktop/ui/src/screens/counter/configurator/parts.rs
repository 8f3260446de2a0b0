//! A drawn pizza whose parts are touched, and what each of them is.

use super::Making;
use crate::{parts::pizza, screens::counter::tabs::Tabs, words};
use domain::{
    catalogue::{Catalogue, Product},
    configured::Share,
    id::{CategoryCode, ProductCode},
};
use leptos::prelude::*;

/// One part as it is drawn.
#[derive(Clone, Debug, PartialEq)]
struct Drawn {
    at: u8,
    share: (u8, u8),
    code: ProductCode,
    name: String,
    chosen: bool,
}

fn drawn(making: Making) -> Vec<Drawn> {
    let parts = making.draft.with(|draft| {
        let parts = draft.item.parts.iter().zip(draft.chosen.iter()).zip(0_u8..);
        parts
            .map(|((part, chosen), at)| Drawn {
                at,
                share: part.share.fraction(),
                code: part.product.clone(),
                name: String::new(),
                chosen: *chosen,
            })
            .collect::<Vec<_>>()
    });
    let named = making.with_menu(|menu| {
        let name = |code| menu.product(code).map(|it| it.name.clone()).unwrap_or_default();
        parts.iter().map(|part| Drawn { name: name(&part.code), ..part.clone() }).collect()
    });
    named.unwrap_or(parts)
}

/// How it is divided, and its parts.
#[component]
pub(super) fn Parts(making: Making) -> impl IntoView {
    let parts = Memo::new(move |_| drawn(making));
    let divisible = Memo::new(move |_| making.draft.with(|draft| draft.item.size.is_some()));
    view! {
        <Show when=move || divisible.get()>
            <Division making />
            <svg class="pizza pizza-touch" viewBox="0 0 100 100">
                <For
                    each=move || {
                        let parts = parts.get();
                        let shares: Vec<_> = parts.iter().map(|part| part.share).collect();
                        pizza::angles(&shares).into_iter().zip(parts).collect::<Vec<_>>()
                    }
                    key=|(_, part)| {
                        (part.at, part.share, part.code.to_string(), part.chosen)
                    }
                    children=move |(angles, part)| view! { <Slice making angles part /> }
                />
            </svg>
            <ol class="part-names" class:hidden=move || parts.with(|it| it.len() == 1)>
                <For
                    each=move || parts.get()
                    key=|part| (part.at, part.share, part.code.to_string(), part.chosen)
                    children=move |part| view! { <PartName making part /> }
                />
            </ol>
        </Show>
    }
}

/// Whole, ½, ⅓ or ¼.
#[component]
fn Division(making: Making) -> impl IntoView {
    let choice = move |parts: usize| {
        let name = match Share::of_equal(parts) {
            Some(share) if parts > 1 => share.to_string(),
            Some(_) | None => words::configurator::WHOLE.to_owned(),
        };
        view! {
            <button
                data-test=format!("config-divide-{parts}")
                aria-pressed=move || {
                    making.draft.with(|draft| draft.item.parts.len() == parts).to_string()
                }
                on:click=move |_| making.draft.update(|draft| draft.divide(parts))
            >
                {name}
            </button>
        }
    };
    view! { <div class="config-division">{(1..=4).map(choice).collect_view()}</div> }
}

#[component]
fn Slice(making: Making, angles: (f64, f64), part: Drawn) -> impl IntoView {
    let Drawn { at, code, chosen, .. } = part;
    let (x, y) = pizza::label_at(angles);
    let label = if chosen { code.to_string() } else { "?".to_owned() };
    let class = format!("slice slice-{at}");
    let meant = move || making.draft.with(|draft| draft.on == Some(at));
    let divided = move || making.draft.with_untracked(|draft| draft.item.parts.len() > 1);
    let press = move |_| {
        if divided() {
            making.draft.update(|draft| draft.touch_part(at));
        }
    };
    view! {
        <g data-test=format!("config-part-{at}") class:meant=meant on:click=press>
            <path d=pizza::slice(angles) class=class />
            <text x=x y=y>{label}</text>
        </g>
    }
}

/// A part's name, and the way to make it another.
#[component]
fn PartName(making: Making, part: Drawn) -> impl IntoView {
    let Drawn { at, share, name, chosen, .. } = part;
    let meant = move || making.draft.with(|draft| draft.on == Some(at));
    let divided = move || making.draft.with(|draft| draft.item.parts.len() > 1);
    let again = move |_| {
        making.draft.update(|draft| {
            draft.on = Some(at);
            if let Some(chosen) = draft.chosen.get_mut(usize::from(at)) {
                *chosen = false;
            }
        });
    };
    let share = words::share_name(share);
    view! {
        <li class:meant=meant>
            <span>{format!("{share} ")}{if chosen { name } else { words::configurator::TO_CHOOSE.to_owned() }}</span>
            <Show when=move || divided() && chosen>
                <button data-test=format!("config-change-{at}") on:click=again>
                    {words::configurator::ANOTHER}
                </button>
            </Show>
        </li>
    }
}

/// The pizzas that a part can be, by category.
#[component]
pub(super) fn PartProducts(making: Making) -> impl IntoView {
    let category = RwSignal::new(None::<CategoryCode>);
    let size = Memo::new(move |_| making.draft.with(|draft| draft.item.size.clone()));
    let sold = move |menu: &Catalogue, product: &Product| {
        product.is_sized() && product.price(size.get().as_ref()).is_some() && {
            let category = menu.category(&product.category);
            category.is_some() && product.available
        }
    };
    let categories = Memo::new(move |_| {
        making.with_menu(|menu| {
            let with_pizza = menu.categories.iter().filter(|category| {
                menu.in_category(&category.code).into_iter().any(|it| sold(menu, it))
            });
            with_pizza.map(|it| (it.code.clone(), it.name.clone())).collect::<Vec<_>>()
        })
    });
    // The category of the pizza that is there already comes first.
    let open = Memo::new(move |_| {
        let first =
            making.draft.with(|draft| draft.item.parts.first().map(|it| it.product.clone()));
        category.get().or_else(|| {
            making.with_menu(|menu| Some(menu.product(&first?)?.category.clone())).flatten()
        })
    });
    let products = Memo::new(move |_| {
        let open = open.get();
        let found = making.with_menu(|menu| {
            let products = open.map(|code| menu.in_category(&code)).unwrap_or_default();
            let sold = products.into_iter().filter(|it| sold(menu, it));
            sold.map(|it| (it.code.clone(), it.name.clone())).collect::<Vec<_>>()
        });
        found.unwrap_or_default()
    });
    let choose = move |code| category.set(Some(code));
    view! {
        <Tabs hook="config-part-category" categories open choose />
        <div class="part-products">
            <For
                each=move || products.get()
                key=|(code, _)| code.to_string()
                children=move |(code, name)| view! { <PartProduct making code name /> }
            />
        </div>
    }
}

#[component]
fn PartProduct(making: Making, code: ProductCode, name: String) -> impl IntoView {
    let hook = format!("config-product-{code}");
    let shown = code.to_string();
    let press = move |_| making.draft.update(|draft| draft.choose(code.clone()));
    view! {
        <button class="part-product" data-test=hook on:click=press>
            <b>{name}</b>
            <small>{shown}</small>
        </button>
    }
}
