//! Whom an order is for: typed, or one of the customers already known.

use super::{Counter, counter, promise::escape};
use crate::{
    keys, words,
    workstation::{Feed, match_answer},
};
use leptos::{ev::SubmitEvent, prelude::*};
use pos_api::{Answer, BasketEdit, Command, CustomerView, Query};

/// The id of the field that is typed into first: the telephone tells who it is.
const FIRST: &str = "customer-phone";

/// What is typed so far.
#[derive(Clone, Copy)]
struct Typed {
    name: RwSignal<String>,
    phone: RwSignal<String>,
    address: RwSignal<String>,
}

impl Typed {
    fn edit(self) -> BasketEdit {
        let text = |text: RwSignal<String>| text.get_untracked().trim().to_owned();
        let (name, phone, address) = (text(self.name), text(self.phone), text(self.address));
        BasketEdit::SetCustomer { name, phone, address }
    }

    /// What customers are looked for by: the telephone, else the name.
    fn sought(self) -> Option<String> {
        let long = |text: String| Some(text).filter(|it| it.trim().chars().count() >= 2);
        long(self.phone.get()).or_else(|| long(self.name.get()))
    }
}

/// The panel.
#[component]
pub(crate) fn Customer() -> impl IntoView {
    let counter = counter();
    let now = counter.it.basket.peek(|basket| basket.customer.clone()).flatten();
    let now = now.unwrap_or(CustomerView {
        id: None,
        name: String::new(),
        phone: String::new(),
        address: String::new(),
    });
    let typed = Typed {
        name: RwSignal::new(now.name),
        phone: RwSignal::new(now.phone),
        address: RwSignal::new(now.address),
    };
    let set = move |edit| counter.it.act_then(Command::Basket(edit), move |_| counter.close());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        set(typed.edit());
    };
    let nobody = move |_| {
        let none = String::new;
        set(BasketEdit::SetCustomer { name: none(), phone: none(), address: none() });
    };
    keys::on_key(move |press| escape(counter, press));
    request_animation_frame(|| keys::focus(FIRST));
    view! {
        <form class="panel" autocomplete="off" on:submit=submit>
            <h2>{words::counter::CUSTOMER}</h2>
            <div class="panel-actions">
                <button type="button" data-test="customer-back" on:click=move |_| counter.close()>
                    {words::button::BACK}
                </button>
                <button type="button" data-test="customer-none" on:click=nobody>
                    {words::counter::NO_CUSTOMER}
                </button>
                <button class="primary" data-test="customer-submit">{words::button::CONFIRM}</button>
            </div>
            <div class="panel-fields">
                <Field id=FIRST name=words::counter::PHONE text=typed.phone mode="tel" />
                <Field id="customer-name" name=words::counter::NAME text=typed.name mode="text" />
                <Field id="customer-address" name=words::counter::ADDRESS text=typed.address mode="text" />
            </div>
            <Found counter typed />
        </form>
    }
}

#[component]
fn Field(
    id: &'static str,
    name: &'static str,
    text: RwSignal<String>,
    mode: &'static str,
) -> impl IntoView {
    view! {
        <label class="field" class:field-wide=id == "customer-address">
            {name}
            <input id=id data-test=id inputmode=mode spellcheck="false" bind:value=text />
        </label>
    }
}

/// Customers already known by these digits or letters.
#[component]
fn Found(counter: Counter, typed: Typed) -> impl IntoView {
    let found = Feed::new(counter.it.refusal, |answer| match_answer!(answer, Answer::Customers));
    Effect::new(move |_| match typed.sought() {
        Some(text) => found.ask(Query::Customers { text }),
        None => found.clear(),
    });
    let shown = move || {
        let known = found.get().unwrap_or_default().into_iter();
        known.filter_map(|it| Some((it.id?, it))).collect::<Vec<_>>()
    };
    view! {
        <div class="found">
            <For each=shown key=|(id, it)| (id.0, it.name.clone(), it.address.clone()) let((id, known))>
                {
                    let choose = Command::Basket(BasketEdit::ChooseCustomer(id));
                    let press = move |_| {
                        counter.it.act_then(choose.clone(), move |_| counter.close());
                    };
                    view! {
                        <button
                            type="button"
                            class="found-customer"
                            data-test="customer-found"
                            on:click=press
                        >
                            <b>{known.name}</b>
                            <span>{known.phone}</span>
                            <small>{known.address}</small>
                        </button>
                    }
                }
            </For>
        </div>
    }
}
