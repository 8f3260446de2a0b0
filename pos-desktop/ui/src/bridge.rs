//! The way from the screens to the workstation, through the window: two calls and one event.
//!
//! Everything that crosses is JSON: the types are those of `pos-api`, and both ends are built
//! from the same sources, so an answer that cannot be read is a bug and not a refusal.

use pos_api::{Answer, Command, Failure, Query, Reply};
use serde::{Serialize, de::DeserializeOwned};
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = ["window", "__TAURI__", "core"])]
    async fn invoke(name: &str, arguments: JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_namespace = ["window", "__TAURI__", "event"], js_name = listen)]
    async fn listen_js(
        event: &str,
        handler: &Closure<dyn FnMut(JsValue)>,
    ) -> Result<JsValue, JsValue>;
}

/// Why a call has no answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Unanswered {
    /// The workstation says why.
    Failed(Failure),
    /// The window itself did not carry the call: what it said, for the log.
    Broken(String),
}

#[derive(Serialize)]
struct CommandArguments<'a> {
    command: &'a Command,
}

#[derive(Serialize)]
struct QueryArguments<'a> {
    query: &'a Query,
}

/// Asks the workstation to do something, and waits until it is done and durable.
pub(crate) async fn command(command: &Command) -> Result<Reply, Unanswered> {
    call("command", &CommandArguments { command }).await
}

/// Asks the workstation something; nothing changes.
pub(crate) async fn query(query: &Query) -> Result<Answer, Unanswered> {
    call("query", &QueryArguments { query }).await
}

/// Calls `handler` each time the workstation's state has changed, for as long as the window lives.
///
/// # Errors
///
/// What the window said, where it has no events: the page is open in a browser, for one.
pub(crate) async fn on_changed(mut handler: impl FnMut() + 'static) -> Result<(), String> {
    let handler = Closure::<dyn FnMut(JsValue)>::new(move |_event| handler());
    listen_js("changed", &handler).await.map_err(|thrown| said(&thrown))?;
    handler.forget();
    Ok(())
}

async fn call<A: Serialize, R: DeserializeOwned>(
    name: &str,
    arguments: &A,
) -> Result<R, Unanswered> {
    let arguments = arguments
        .serialize(&Serializer::json_compatible())
        .map_err(|error| Unanswered::Broken(error.to_string()))?;
    match invoke(name, arguments).await {
        Ok(reply) => serde_wasm_bindgen::from_value(reply)
            .map_err(|error| Unanswered::Broken(error.to_string())),
        Err(thrown) => Err(serde_wasm_bindgen::from_value(thrown.clone())
            .map_or_else(|_| Unanswered::Broken(said(&thrown)), Unanswered::Failed)),
    }
}

/// What a thrown value says: its text, or as it prints.
fn said(thrown: &JsValue) -> String {
    thrown.as_string().unwrap_or_else(|| format!("{thrown:?}"))
}
