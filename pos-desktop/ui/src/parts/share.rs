//! A ticket's link, as a QR code for the customer's telephone.

use crate::{
    bridge::Unanswered,
    parts::qr::Qr,
    words,
    workstation::{Workstation, workstation},
};
use leptos::prelude::*;
use pos_api::{Command, PaperCommand, Reply, ServerState};

/// The panel. It asks for the link as soon as it is there.
#[component]
pub(crate) fn Share(
    /// The ticket's number.
    ticket: String,
    /// Told when it is to be closed.
    closed: Callback<()>,
) -> impl IntoView {
    let it = workstation();
    let link = RwSignal::new(None::<Result<String, String>>);
    it.ask_to(Command::Paper(PaperCommand::Share { ticket }), move |answer| {
        link.try_set(Some(url(it, answer)));
    });
    let offline = Memo::new(move |_| it.safety.with(|safety| is_offline(&safety.server)));
    view! {
        <section class="share" data-test="share">
            {move || match link.get() {
                None => view! { <p class="waiting">{words::payment::QR_WAITING}</p> }.into_any(),
                Some(Ok(text)) => {
                    view! {
                        <Qr text />
                        <p>{words::payment::QR_SCAN}</p>
                        <Show when=move || offline.get() == Some(true)>
                            <p class="care" data-test="share-offline">
                                {words::payment::QR_OFFLINE}
                            </p>
                        </Show>
                    }
                        .into_any()
                }
                Some(Err(why)) => {
                    view! { <p class="form-refused" data-test="share-refused">{why}</p> }.into_any()
                }
            }}
            <button data-test="share-close" on:click=move |_| closed.run(())>
                {words::button::CLOSE}
            </button>
        </section>
    }
}

/// The link, or why there is none.
fn url(it: Workstation, answer: Result<Reply, Unanswered>) -> Result<String, String> {
    match answer {
        Ok(Reply::Link { url }) => Ok(url),
        Ok(_) => Err(words::payment::NO_LINK.to_owned()),
        Err(refusal) => Err(words::unanswered(&refusal, it.menu.latest().as_deref())),
    }
}

const fn is_offline(server: &ServerState) -> bool {
    match server {
        ServerState::Offline { .. } => true,
        ServerState::None
        | ServerState::UpToDate
        | ServerState::Behind { .. }
        | ServerState::Refused => false,
    }
}
