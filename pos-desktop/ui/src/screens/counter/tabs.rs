//! The categories of the menu, a button each.

use domain::id::CategoryCode;
use leptos::prelude::*;

/// A row of them.
#[component]
pub(super) fn Tabs(
    /// What each button's hook begins with.
    hook: &'static str,
    /// Codes and names; `None` before there is a menu.
    categories: Memo<Option<Vec<(CategoryCode, String)>>>,
    /// The one whose products are shown.
    open: Memo<Option<CategoryCode>>,
    /// Told of the one that is to be shown.
    #[prop(into)]
    choose: Callback<CategoryCode>,
) -> impl IntoView {
    let tab = move |(code, name): (CategoryCode, String)| {
        let (this, hook) = (code.clone(), format!("{hook}-{code}"));
        view! {
            <button
                data-test=hook
                aria-pressed=move || open.with(|open| open.as_ref() == Some(&this)).to_string()
                on:click=move |_| choose.run(code.clone())
            >
                {name}
            </button>
        }
    };
    view! {
        <div class="categories">
            <For
                each=move || categories.get().unwrap_or_default()
                key=|(code, _)| code.to_string()
                children=tab
            />
        </div>
    }
}
