//! One line to make: the drawn pizza, the recipe in grams, and what differs from it, huge.

use super::{Kitchen, step};
use crate::{parts::pizza::PizzaPicture, words};
use domain::{
    configured::Amount,
    id::{LineId, OrderId},
};
use leptos::{either::Either, prelude::*};
use pos_api::{Attention, ChangeView, Command, KitchenCard, KitchenLine, LineStage, PartView};

/// The line.
#[component]
pub(super) fn Line(
    kitchen: Kitchen,
    order: OrderId,
    card: Memo<Option<KitchenCard>>,
    line: LineId,
) -> impl IntoView {
    let shown = Memo::new(move |_| {
        card.with(|card| card.as_ref()?.lines.iter().find(|it| it.line == line).cloned())
    });
    let stage = move || match shown.with(|it| it.as_ref().map(|it| it.stage)) {
        Some(LineStage::Started) => "started",
        Some(LineStage::Ready) => "ready",
        Some(LineStage::Waiting) | None => "waiting",
    };
    let cancelled = move || {
        shown.with(|it| it.as_ref().and_then(|it| it.attention) == Some(Attention::Cancelled))
    };
    // What is made does not change while it is made, except by a line of its own: what is drawn
    // follows the line's content, and not its stage.
    let content = Memo::new(move |_| {
        shown.with(|it| {
            it.as_ref().map(|it| KitchenLine {
                stage: LineStage::Waiting,
                by: String::new(),
                attention: None,
                ..it.clone()
            })
        })
    });
    view! {
        <article
            class="kitchen-line"
            data-test="kitchen-line"
            data-stage=stage
            class:cancelled=cancelled
        >
            {move || content.get().map(|line| view! { <What line /> })}
            <State kitchen order shown />
        </article>
    }
}

/// What is to be made.
#[component]
fn What(line: KitchenLine) -> impl IntoView {
    let KitchenLine { quantity, size, parts, changes, .. } = line;
    let divided = parts.len() > 1;
    let drawn: Vec<_> = parts.iter().map(|part| (part.share, String::new())).collect();
    let picture = (!size.is_empty()).then(|| view! { <PizzaPicture parts=drawn /> });
    let sizes = (!size.is_empty()).then(|| {
        view! { <b class="kitchen-size" data-test="kitchen-line-size">{size}</b> }
    });
    let several = (quantity > 1).then(|| view! { <b class="kitchen-times">{quantity}" ×"</b> });
    let names = parts.iter().map(|part| {
        let name = if divided {
            format!("{} {}", words::share_name(part.share), part.name)
        } else {
            part.name.clone()
        };
        view! { <span>{name}</span> }
    });
    let names = names.collect_view();
    let changes = changes.iter().map(|change| change_view(change, &parts)).collect_view();
    let recipes = parts.iter().map(|part| view! { <Recipe part=part.clone() divided /> });
    view! {
        <div class="kitchen-what">
            {picture}
            <p class="kitchen-name" data-test="kitchen-line-name">{several}{names}</p>
            {sizes}
        </div>
        <div class="kitchen-changes">{changes}</div>
        {recipes.collect_view()}
    }
}

/// A difference from the recipe: what is removed is struck out and said, what is added reversed.
fn change_view(change: &ChangeView, parts: &[PartView]) -> impl IntoView + use<> {
    let amount = match (change.amount, change.added) {
        (Amount::None, _) => "without",
        (Amount::Light, _) => "light",
        (Amount::Normal, _) => "added",
        (Amount::Extra, false) => "extra",
        (Amount::Extra, true) => "added",
    };
    let name = change.name.clone();
    let name = if change.amount == Amount::None {
        Either::Left(view! { <s>{name}</s> })
    } else {
        Either::Right(view! { <span>{name}</span> })
    };
    let grams = (change.grams > 0).then(|| view! { <small>{change.grams}</small> });
    let on = change.part.and_then(|at| parts.get(usize::from(at))).map(|part| {
        let share = words::share_name(part.share);
        view! { <small class="kitchen-change-on">{format!("{share} {}", part.name)}</small> }
    });
    let said = words::change(change);
    view! {
        <p class="kitchen-change" data-test="kitchen-change" data-amount=amount>
            <em>{said}</em>
            {(!said.ends_with('’')).then_some(" ")}
            {name}
            {grams}
            {on}
        </p>
    }
}

/// The grams of one part, in the order they go on.
#[component]
fn Recipe(part: PartView, divided: bool) -> impl IntoView {
    let of = divided.then(|| {
        let share = words::share_name(part.share);
        view! { <b>{format!("{share} {} ", part.name)}</b> }
    });
    let uses = part.recipe.into_iter().map(|(name, amount)| {
        view! { <span>{name}" "<b>{amount}</b></span> }
    });
    view! { <p class="kitchen-recipe" data-test="kitchen-recipe">{of}{uses.collect_view()}</p> }
}

/// How far it is, who is at it, what must be noticed, and the line's own step.
#[component]
fn State(kitchen: Kitchen, order: OrderId, shown: Memo<Option<KitchenLine>>) -> impl IntoView {
    let step = Memo::new(move |_| shown.with(|line| line.as_ref().and_then(step::of_line)));
    let alone = Memo::new(move |_| {
        kitchen
            .it
            .kitchen
            .with(|it| it.cards.iter().any(|card| card.order == order && card.lines.len() == 1))
    });
    let said = move || {
        shown.with(|line| {
            line.as_ref().map(|line| match (line.stage, line.by.as_str()) {
                // The button that begins it says so.
                (LineStage::Waiting, _) => String::new(),
                (stage, "") => words::line_stage(stage).to_owned(),
                (stage, by) => format!("{} · {by}", words::line_stage(stage)),
            })
        })
    };
    let allergens = move || {
        let allergens = shown.with(|line| line.as_ref().map(|line| line.allergens));
        allergens.filter(|it| !it.is_empty()).map(|allergens| {
            let said = words::allergens(allergens);
            view! { <b class="kitchen-allergens" data-test="kitchen-allergens">{said}</b> }
        })
    };
    let attention = move || {
        shown.with(|line| line.as_ref()?.attention).map(|attention| {
            let said = words::attention(attention);
            view! { <p class="kitchen-attention" data-test="kitchen-attention">{said}</p> }
        })
    };
    let press = move |_| {
        let line = shown.with_untracked(|line| line.as_ref().map(|line| line.line));
        if let (Some(step), Some(line)) = (step.get_untracked(), line) {
            kitchen.it.act(Command::Kitchen { order, line: Some(line), step });
        }
    };
    view! {
        {attention}
        <div class="kitchen-state">
            <p>
                {allergens}
                <span>{said}</span>
            </p>
            <Show when=move || step.get().is_some() && alone.get() != Some(true)>
                <button class="kitchen-line-step" data-test="kitchen-line-step" on:click=press>
                    {move || step.get().map(words::kitchen::step)}
                </button>
            </Show>
        </div>
    }
}
