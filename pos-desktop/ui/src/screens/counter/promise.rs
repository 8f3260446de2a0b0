//! When an order is promised: typed, or one of the usual times.

use super::{Counter, counter};
use crate::{
    keys::{self, Focus},
    words,
};
use leptos::{ev::SubmitEvent, prelude::*};
use pos_api::{BasketEdit, Command};

/// The id of the field.
const FIELD: &str = "promise-input";

/// How many minutes from now the quick choices are.
const QUICK: [u16; 6] = [15, 20, 30, 45, 60, 90];

/// The panel.
#[component]
pub(crate) fn Promise() -> impl IntoView {
    let counter = counter();
    let now = counter.it.basket.peek(|basket| basket.promise.clone()).flatten();
    let typed = RwSignal::new(now.unwrap_or_default());
    let set = move |promise: Option<String>| {
        let edit = Command::Basket(BasketEdit::SetPromise(promise));
        counter.it.act_then(edit, move |_| counter.close());
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let text = typed.get_untracked().trim().to_owned();
        set(Some(text).filter(|it| !it.is_empty()));
    };
    keys::on_key(move |press| escape(counter, press));
    request_animation_frame(|| keys::focus(FIELD));
    view! {
        <form class="panel" autocomplete="off" on:submit=submit>
            <h2>{words::counter::PROMISE}</h2>
            <div class="panel-actions">
                <button type="button" data-test="promise-back" on:click=move |_| counter.close()>
                    {words::button::BACK}
                </button>
                <button class="primary" data-test="promise-submit">{words::button::CONFIRM}</button>
            </div>
            <label class="field field-short">
                {words::counter::PROMISE_TAKES}
                <input
                    id=FIELD
                    data-test="promise-input"
                    placeholder=words::counter::PROMISE_EXAMPLE
                    spellcheck="false"
                    bind:value=typed
                />
            </label>
            <div class="quick">
                <button type="button" data-test="promise-asap" on:click=move |_| set(None)>
                    {words::counter::AS_SOON_AS_POSSIBLE}
                </button>
                {QUICK
                    .map(|minutes| view! { <Soon counter minutes set=Callback::new(set) /> })
                    .into_iter()
                    .collect_view()}
            </div>
        </form>
    }
}

/// A time so many minutes from now, on a five-minute mark.
#[component]
fn Soon(counter: Counter, minutes: u16, set: Callback<Option<String>>) -> impl IntoView {
    let at = Memo::new(move |_| {
        counter.it.session.with(|session| after(&session.clock, minutes)).flatten()
    });
    view! {
        <button
            type="button"
            data-test=format!("promise-in-{minutes}")
            on:click=move |_| set.run(at.get_untracked())
        >
            <b>{at}</b>
            <small>{words::counter::in_minutes(minutes)}</small>
        </button>
    }
}

/// The time `minutes` after `clock` ("19:10"), up to the next five-minute mark.
fn after(clock: &str, minutes: u16) -> Option<String> {
    let (hour, minute) = clock.split_once(':')?;
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    let then = (hour * 60 + minute + minutes).div_ceil(5) * 5 % (24 * 60);
    Some(format!("{:02}:{:02}", then / 60, then % 60))
}

/// Esc in a field of a panel goes back to the tiles.
pub(super) fn escape(counter: Counter, press: &keys::Press) -> bool {
    let back = press.key == "Escape" && press.focus == Focus::Field;
    if back {
        counter.close();
        keys::focus(keys::ORDER_LINE);
    }
    back
}

#[cfg(test)]
mod tests {
    use super::after;

    #[test]
    fn quick_times_fall_on_five_minute_marks() {
        assert_eq!(after("19:10", 15).as_deref(), Some("19:25"));
        assert_eq!(after("19:11", 15).as_deref(), Some("19:30"));
        assert_eq!(after("23:50", 30).as_deref(), Some("00:20"));
        assert_eq!(after("bientôt", 30), None);
    }
}
