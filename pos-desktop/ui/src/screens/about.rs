//! « À propos »: versions, the company, the attestation, the key.

use crate::{
    words::{self, about},
    workstation::{Feed, match_answer, workstation},
};
use leptos::prelude::*;
use pos_api::{AboutView, Answer, Query};

/// The panel.
#[component]
pub(crate) fn About(
    /// Told when it is to be closed.
    closed: Callback<()>,
) -> impl IntoView {
    let it = workstation();
    let about = Feed::new(it.refusal, |answer| match_answer!(answer, Answer::About));
    about.ask(Query::About);
    view! {
        <div class="settings about" data-test="screen-about">
            <header>
                <h1>{about::TITLE}</h1>
                <button data-test="about-close" on:click=move |_| closed.run(())>
                    {words::button::BACK}
                    <kbd>{words::button::ESCAPE_KEY}</kbd>
                </button>
            </header>
            {move || match about.get() {
                None => view! { <p class="waiting">{about::WAITING}</p> }.into_any(),
                Some(about) => view! { <Details about /> }.into_any(),
            }}
        </div>
    }
}

#[component]
fn Details(about: AboutView) -> impl IntoView {
    let company = if about.company.is_empty() {
        view! { <dd class="wrong">{about::NO_COMPANY}</dd> }.into_any()
    } else {
        about.company.into_iter().map(|it| view! { <dd>{it}</dd> }).collect_view().into_any()
    };
    let attestation = match about.attestation {
        Some(file) => view! { <dd data-test="about-attestation">{file}</dd> }.into_any(),
        None => {
            view! { <dd class="wrong" data-test="about-attestation">{about::NO_ATTESTATION}</dd> }
                .into_any()
        }
    };
    view! {
        <section class="setting about-list">
            <dl>
                <dt>{about::VERSION}</dt>
                <dd data-test="about-version">{about.version}</dd>
                <dt>{about::FISCAL}</dt>
                <dd data-test="about-fiscal">{about.fiscal_version}</dd>
                <dt>{about::BUILD}</dt>
                <dd>{about.build}</dd>
                <dt>{about::ATTESTATION}</dt>
                {attestation}
                <dt>{about::FOLDER}</dt>
                <dd>{about.folder}</dd>
            </dl>
            <dl>
                <dt>{about::COMPANY}</dt>
                {company}
                <dt>{about::KEY}</dt>
                <dd class="key" data-test="about-key">{about.public_key}</dd>
            </dl>
        </section>
    }
}
