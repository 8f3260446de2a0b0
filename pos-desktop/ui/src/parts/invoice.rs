//! An invoice of a ticket.

use crate::{
    keys,
    words::{self, tickets},
    workstation::workstation,
};
use leptos::{ev::SubmitEvent, prelude::*};
use pos_api::{Buyer, Command, CustomerView, PaperCommand, Reply};

/// The form.
#[component]
pub(crate) fn Invoice(
    /// The ticket's number.
    ticket: String,
    /// Whom it was for, to fill it in.
    #[prop(optional)]
    customer: Option<CustomerView>,
    /// Told when it is to be closed.
    closed: Callback<()>,
) -> impl IntoView {
    let it = workstation();
    let (known_name, known_address) = customer.map(|it| (it.name, it.address)).unwrap_or_default();
    let (name, address) = (RwSignal::new(known_name), RwSignal::new(known_address));
    let town = RwSignal::new(String::new());
    let siren = RwSignal::new(String::new());
    let vat_number = RwSignal::new(String::new());
    let (sent, file) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let number = StoredValue::new(ticket);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if sent.get_untracked() {
            return;
        }
        sent.set(true);
        let read = |field: RwSignal<String>| field.get_untracked().trim().to_owned();
        let buyer = Buyer {
            name: read(name),
            address: read(address),
            town: read(town),
            siren: read(siren).replace(' ', ""),
            vat_number: read(vat_number).replace(' ', ""),
        };
        let invoice = PaperCommand::Invoice { ticket: number.get_value(), buyer };
        it.ask_to(Command::Paper(invoice), move |answer| {
            sent.try_set(false);
            match answer {
                Ok(Reply::File { number, path }) => {
                    file.try_set(Some(tickets::file(&number, &path)));
                }
                Ok(_) => closed.run(()),
                Err(refusal) => it.refused(refusal),
            }
        });
    };
    request_animation_frame(|| keys::focus("invoice-name"));
    view! {
        <form class="invoice" data-test="invoice" autocomplete="off" on:submit=submit>
            <h3>{tickets::INVOICE}</h3>
            <Field hook="invoice-name" name=tickets::BUYER_NAME text=name />
            <Field hook="invoice-address" name=tickets::BUYER_ADDRESS text=address />
            <Field hook="invoice-town" name=tickets::BUYER_TOWN text=town />
            <Field hook="invoice-siren" name=tickets::BUYER_SIREN text=siren />
            <Field hook="invoice-vat" name=tickets::BUYER_VAT text=vat_number />
            <div class="setting-actions">
                <button type="button" data-test="invoice-close" on:click=move |_| closed.run(())>
                    {words::button::CLOSE}
                </button>
                <button class="primary" data-test="invoice-submit" disabled=sent>
                    {tickets::INVOICE_SUBMIT}
                </button>
            </div>
            <Show when=move || sent.get()>
                <p class="waiting">{tickets::INVOICE_WAITING}</p>
            </Show>
            {move || {
                file.get().map(|file| view! { <p class="notice" data-test="invoice-file">{file}</p> })
            }}
        </form>
    }
}

#[component]
fn Field(hook: &'static str, name: &'static str, text: RwSignal<String>) -> impl IntoView {
    view! {
        <label class="field">
            {name}
            <input id=hook data-test=hook spellcheck="false" bind:value=text />
        </label>
    }
}
