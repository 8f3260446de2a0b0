//! The order line: a whole order in codes, with a live echo of what it means.
//!
//! What is typed is codes if the workstation understands it, and else the beginning of a name: then
//! the tiles show what has that name, and Enter puts the first one's code on the line.

use super::{Counter, Middle, counter, search};
use crate::{
    bridge::Unanswered,
    keys::{self, Focus, ORDER_LINE, Press},
    words::{self, money},
};
use domain::typed::{Problem, ProblemKind, Suggestion};
use leptos::prelude::*;
use pos_api::{Code, Command, EchoItem, EchoView, Failure, Query};

/// The line and its echo.
#[component]
pub(crate) fn OrderLine() -> impl IntoView {
    let counter = counter();
    Effect::new(move |_| {
        let text = counter.line.get();
        if !text.is_empty() {
            counter.show_line();
        }
        if text.trim().is_empty() {
            counter.echo.clear();
        } else {
            let cursor = Some(keys::caret(ORDER_LINE, &text));
            counter.echo.ask(Query::Echo { text, cursor });
        }
    });
    keys::on_key(move |press| key(counter, press));
    request_animation_frame(|| keys::focus(ORDER_LINE));
    view! {
        <div class="order-line">
            <input
                id=ORDER_LINE
                data-test="order-line"
                placeholder=words::counter::ORDER_LINE_TAKES
                autocomplete="off"
                spellcheck="false"
                readonly=move || counter.middle.with(Middle::takes_digits)
                bind:value=counter.line
            />
            <Echo counter />
        </div>
    }
}

/// What a key does to the line; `true` where it did.
fn key(counter: Counter, press: &Press) -> bool {
    let typing = counter.line.with_untracked(|line| !line.trim().is_empty());
    match press.key.as_str() {
        "Escape" if counter.line.with_untracked(|line| !line.is_empty()) => {
            counter.line.set(String::new());
        }
        "Escape" if counter.middle.with_untracked(|middle| *middle != Middle::Grid) => {
            counter.close();
        }
        "Enter" if typing && press.focus != Focus::Field && !press.repeat => enter(counter),
        _ => return write(counter, press),
    }
    true
}

/// Sends a printable key to the line, whatever has the focus.
fn write(counter: Counter, press: &Press) -> bool {
    let Some(character) = press.character() else { return false };
    let own = match press.focus {
        // The browser writes it.
        Focus::OrderLine | Focus::Field => true,
        Focus::Button => character == ' ',
        Focus::Elsewhere => false,
    };
    if own || counter.takes_digits() {
        return false;
    }
    counter.line.update(|line| line.push(character));
    keys::focus(ORDER_LINE);
    true
}

/// Adds what the line says; where it says nothing but a part of a name, takes the first product of
/// that name.
fn enter(counter: Counter) {
    let text = counter.line.get_untracked();
    counter.it.notice.set(None);
    counter.it.ask_to(Command::AddTyped { text: text.clone() }, move |answer| match answer {
        // What was typed since stays.
        Ok(_) => counter.line.update(|line| {
            if let Some(rest) = line.strip_prefix(&text) {
                *line = rest.to_owned();
            }
        }),
        Err(refusal) => match first_named(counter, &refusal, &text) {
            Some(code) => counter.line.set(format!("{code} ")),
            None => counter.it.refused(refusal),
        },
    });
}

/// The code of the first product of that name, where the line was not understood as codes.
fn first_named(counter: Counter, refusal: &Unanswered, text: &str) -> Option<String> {
    let Unanswered::Failed(Failure { code: Code::Typed { .. }, .. }) = refusal else {
        return None;
    };
    let found = counter
        .it
        .menu
        .peek(|menu| search::named(menu, text).first().map(|product| product.code.to_string()));
    found.flatten()
}

/// In words, what Enter will add.
#[component]
fn Echo(counter: Counter) -> impl IntoView {
    let said = move || {
        let text = counter.line.get_untracked();
        counter.echo.with(|echo| view! { <Said counter echo=echo.clone() text /> })
    };
    view! {
        <div class="echo" data-test="echo" aria-live="polite">
            {said}
        </div>
    }
}

#[component]
fn Said(counter: Counter, echo: EchoView, text: String) -> impl IntoView {
    let EchoView { items, promise, mode, problems, total, ready, .. } = echo;
    let priced = !items.is_empty();
    let menu = counter.it.menu.latest();
    let items = items.into_iter().map(|item| {
        let refused = item
            .refused
            .as_ref()
            .map(|refused| words::configuration_refused(refused, menu.as_deref()));
        view! { <Item item refused /> }
    });
    let problems =
        problems.into_iter().map(|problem| view! { <Pointed counter problem text=text.clone() /> });
    view! {
        {items.collect_view()}
        {promise.map(|at| view! { <span class="echo-when">{words::counter::typed_promise(&at)}</span> })}
        {mode.map(|mode| view! { <span class="echo-when">{words::mode(mode)}</span> })}
        {problems.collect_view()}
        {priced.then(|| view! { <b class="echo-total" data-test="echo-total">{money(total)}</b> })}
        {ready.then(|| view! { <kbd>{words::button::ENTER_KEY}</kbd> })}
    }
}

#[component]
fn Item(item: EchoItem, refused: Option<String>) -> impl IntoView {
    let EchoItem { quantity, label, details, unit, .. } = item;
    let details = details.join(" · ");
    view! {
        <span class="echo-item" data-test="echo-item">
            <b>{quantity} " " {label}</b>
            {(!details.is_empty()).then(|| format!(" {details}"))}
            {unit.map(|unit| format!(" {}", money(unit)))}
            {refused.map(|said| view! { <em class="echo-refused">" " {said}</em> })}
        </span>
    }
}

/// A word that is not understood, and the codes nearest to it.
#[component]
fn Pointed(counter: Counter, problem: Problem, text: String) -> impl IntoView {
    let (start, end) = (problem.span.start, problem.span.end);
    let word = text.get(start..end).unwrap_or_default();
    let (said, unfinished) =
        (words::problem(problem.kind, word), problem.kind == ProblemKind::Unfinished);
    let nearest = problem.nearest.into_iter().map(move |it| {
        view! { <Nearest counter suggestion=it span=(start, end) /> }
    });
    view! {
        <span class="echo-unknown" class:echo-unfinished=unfinished data-test="echo-unknown">
            {(!unfinished).then_some(said)}
            {nearest.collect_view()}
        </span>
    }
}

/// A code that may have been meant; a touch puts it in the word's place.
#[component]
fn Nearest(counter: Counter, suggestion: Suggestion, span: (usize, usize)) -> impl IntoView {
    let Suggestion { code, name, .. } = suggestion;
    let put = code.clone();
    let press = move |_| {
        let (start, end) = span;
        counter.line.update(|line| {
            let fits =
                line.is_char_boundary(start) && line.is_char_boundary(end) && end <= line.len();
            if fits {
                let word = line[start..end].to_owned();
                line.replace_range(start..end, &replaced(&word, &put));
            }
        });
        keys::focus(ORDER_LINE);
    };
    let title = words::counter::meaning(&code, &name);
    view! {
        <button class="suggestion" data-test="echo-suggestion" title=title on:click=press>
            <b>{code}</b>
            " "
            {name}
        </button>
    }
}

/// The word with its code changed and its sign kept: "-BAZ" becomes "-BAS".
fn replaced(word: &str, code: &str) -> String {
    let sign: String = word.chars().take_while(|it| "+-~=".contains(*it)).collect();
    format!("{sign}{code}")
}

#[cfg(test)]
mod tests {
    use super::replaced;

    #[test]
    fn a_suggestion_keeps_the_sign_of_the_word() {
        assert_eq!(replaced("-BAZ", "BAS"), "-BAS");
        assert_eq!(replaced("++MOX", "MOZ"), "++MOZ");
        assert_eq!(replaced("MRA", "MAR"), "MAR");
    }
}
