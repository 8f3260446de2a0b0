//! A numeric pad to be touched.

use leptos::prelude::*;

/// What a key of the pad does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PadKey {
    /// Writes a digit.
    Digit(char),
    /// Writes two zeros.
    DoubleZero,
    /// Writes the comma.
    Comma,
    /// Takes the last character away.
    Back,
}

impl PadKey {
    fn written(self) -> String {
        match self {
            Self::Digit(digit) => digit.to_string(),
            Self::DoubleZero => "00".to_owned(),
            Self::Comma => ",".to_owned(),
            Self::Back => "⌫".to_owned(),
        }
    }

    fn hook(self) -> String {
        match self {
            Self::Digit(digit) => format!("pad-{digit}"),
            Self::DoubleZero => "pad-00".to_owned(),
            Self::Comma => "pad-comma".to_owned(),
            Self::Back => "pad-back".to_owned(),
        }
    }
}

/// Three columns as on a telephone's keypad, with 00 and a comma.
#[component]
pub(crate) fn AmountPad(
    /// Told of each key.
    #[prop(into)]
    press: Callback<PadKey>,
) -> impl IntoView {
    let rows = ["123", "456", "789"].map(|row| row.chars().map(PadKey::Digit).collect::<Vec<_>>());
    let last = [PadKey::DoubleZero, PadKey::Digit('0'), PadKey::Comma];
    let keys = rows.into_iter().flatten().chain(last).chain([PadKey::Back]);
    view! {
        <div class="pad">
            {keys
                .map(|key| {
                    view! {
                        <button
                            data-test=key.hook()
                            class:pad-wide=key == PadKey::Back
                            on:click=move |_| press.run(key)
                        >
                            {key.written()}
                        </button>
                    }
                })
                .collect_view()}
        </div>
    }
}
