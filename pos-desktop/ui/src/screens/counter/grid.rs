//! Categories and tiles: a tap on a size adds it.

use super::{Counter, Middle, counter, draft::Draft, search, tabs::Tabs};
use crate::{
    keys,
    words::{self, money},
};
use domain::{
    catalogue::{Base, Catalogue, Product},
    configured::Configured,
    id::{CategoryCode, ProductCode, SizeCode},
};
use fiscal::Money;
use leptos::{either::Either, prelude::*};
use pos_api::{BasketEdit, Command};
use std::sync::Arc;

/// What a tile shows, and what a tap on it adds.
#[derive(Clone, Debug, PartialEq)]
struct Tile {
    code: ProductCode,
    name: String,
    /// Prices by size; empty for what has none.
    sizes: Vec<(SizeCode, Money)>,
    /// The price of what has no sizes.
    price: Option<Money>,
    /// Something has to be chosen before it can be sold.
    asks: bool,
}

impl Tile {
    fn of(menu: &Catalogue, product: &Product) -> Self {
        let (sizes, price) = match &product.base {
            Base::Simple { price, .. } => (Vec::new(), Some(*price)),
            Base::Sized { prices, .. } => {
                let priced = menu.sizes.iter().filter_map(|size| {
                    prices.get(&size.code).map(|price| (size.code.clone(), *price))
                });
                (priced.collect(), None)
            }
        };
        Self {
            code: product.code.clone(),
            name: product.name.clone(),
            sizes,
            price,
            asks: product.choices.iter().any(|group| group.min > 0),
        }
    }
}

/// Categories, and the tiles of the one that is open or of what is being searched.
#[component]
pub(crate) fn Grid() -> impl IntoView {
    let counter = counter();
    let searched = Memo::new(move |_| {
        let text = counter.line.get();
        let codes = counter.echo.with(|echo| !echo.items.is_empty() || echo.problems.is_empty());
        (codes == Some(false)).then_some(text)
    });
    let tiles = Memo::new(move |_| {
        let category = counter.category.get();
        counter.it.menu.with(|menu| match searched.get() {
            Some(text) => {
                search::named(menu, &text).into_iter().map(|it| Tile::of(menu, it)).collect()
            }
            None => in_category(menu, category.as_ref()),
        })
    });
    let none = move || tiles.with(|tiles| tiles.as_ref().is_some_and(Vec::is_empty));
    view! {
        <Show when=move || counter.it.menu.with(|_| ()).is_some() fallback=MenuWaiting>
            <Categories counter />
            <div class="tiles">
                <For each=move || tiles.get().unwrap_or_default() key=|it| it.code.to_string() let:tile>
                    <ProductTile counter tile />
                </For>
                <Show when=none>
                    <p class="empty" data-test="search-none">
                        {words::counter::NO_SUCH_NAME}
                    </p>
                </Show>
            </div>
        </Show>
    }
}

fn in_category(menu: &Arc<Catalogue>, category: Option<&CategoryCode>) -> Vec<Tile> {
    let first = menu.categories.first().map(|it| &it.code);
    let category = category.or(first);
    let products = category.map(|code| menu.in_category(code)).unwrap_or_default();
    products.into_iter().map(|it| Tile::of(menu, it)).collect()
}

#[component]
fn MenuWaiting() -> impl IntoView {
    view! {
        <p class="empty" data-test="menu-waiting">
            {words::counter::MENU_WAITING}
        </p>
    }
}

#[component]
fn Categories(counter: Counter) -> impl IntoView {
    let categories = Memo::new(move |_| {
        counter.it.menu.with(|menu| {
            let shown = menu.categories.iter().filter(|it| !menu.in_category(&it.code).is_empty());
            shown.map(|it| (it.code.clone(), it.name.clone())).collect::<Vec<_>>()
        })
    });
    let first = Memo::new(move |_| {
        categories
            .with(|all| all.as_ref().and_then(|all| all.first()).map(|(code, _)| code.clone()))
    });
    let open = Memo::new(move |_| counter.category.get().or_else(|| first.get()));
    let choose = move |code| {
        counter.category.set(Some(code));
        counter.line.set(String::new());
    };
    view! { <Tabs hook="category" categories open choose /> }
}

#[component]
fn ProductTile(counter: Counter, tile: Tile) -> impl IntoView {
    let Tile { code, name, sizes, price, asks } = tile;
    let opens = asks || !sizes.is_empty();
    let (product, hook) = (code.clone(), format!("tile-{code}"));
    let press = move |_| {
        if opens {
            configure(counter, &product, None);
        } else {
            add(counter, &product, None);
        }
    };
    let zones = if sizes.is_empty() {
        Either::Left(price.map(|price| view! { <span class="tile-price">{money(price)}</span> }))
    } else {
        let code = code.clone();
        let zone =
            move |(size, price)| view! { <Zone counter code=code.clone() size price asks /> };
        Either::Right(view! {
            <div class="tile-sizes">{sizes.into_iter().map(zone).collect_view()}</div>
        })
    };
    view! {
        <div class="tile" class:tile-simple=price.is_some()>
            <button class="tile-name" data-test=hook on:click=press>
                <b>{name}</b>
                <small>{code.to_string()}</small>
            </button>
            {zones}
        </div>
    }
}

/// One size of a tile.
#[component]
fn Zone(
    counter: Counter,
    code: ProductCode,
    size: SizeCode,
    price: Money,
    asks: bool,
) -> impl IntoView {
    let hook = format!("tile-{code}-{size}");
    let named = size.to_string();
    let press = move |_| {
        if asks {
            configure(counter, &code, Some(&size));
        } else {
            add(counter, &code, Some(&size));
        }
    };
    view! {
        <button data-test=hook on:click=press>
            <b>{named}</b>
            <span>{price.french()}</span>
        </button>
    }
}

/// Adds one, as the menu has it.
fn add(counter: Counter, product: &ProductCode, size: Option<&SizeCode>) {
    counter.line.set(String::new());
    counter.it.notice.set(None);
    let item = Configured::whole(product.clone(), size.cloned());
    counter.it.act(Command::Basket(BasketEdit::Add { item, quantity: 1 }));
    keys::focus(keys::ORDER_LINE);
}

fn configure(counter: Counter, product: &ProductCode, size: Option<&SizeCode>) {
    let draft = counter.it.menu.peek(|menu| Draft::new(menu, product, size)).flatten();
    if let Some(draft) = draft {
        counter.line.set(String::new());
        counter.open(Middle::Configure(draft));
    }
}
