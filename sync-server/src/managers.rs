//! The managers' page: who may look, what they see, and how it stays live.

mod board;
mod page;
mod sign_in;
mod words;

pub use sign_in::{PASSWORD_MIN, hash_password};

use crate::app::App;
use crate::error::Error;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::map_response;
use axum::response::sse::{Event, Sse};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

/// Nothing but our own files; no script and no style in the page itself.
const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; \
                   connect-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; \
                   frame-ancestors 'none'";
/// The page is drawn anew so often even where nothing is sold: what it says of workstations ages,
/// and the browser knows that the connection lives.
const TICK: Duration = Duration::from_secs(10);
/// Changes closer together than this are shown together.
const GATHER: Duration = Duration::from_millis(200);

/// The paths of the page.
pub fn router() -> Router<App> {
    Router::new()
        .route("/", get(home))
        .route("/direct", get(direct))
        .route("/connexion", get(sign_in::form).post(sign_in::sign_in))
        .route("/deconnexion", post(sign_in::sign_out))
        .route("/static/page.css", get(css))
        .route("/static/page.js", get(js))
        .route("/static/InterVariable.woff2", get(font))
        .layer(map_response(guarded))
}

/// The headers that keep other people's code out of the page.
async fn guarded(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CSP));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    response
}

async fn home(State(app): State<App>, headers: HeaderMap) -> Result<Response, Error> {
    let Some(manager) = sign_in::signed_in(&app, &headers).await? else {
        return Ok(Redirect::to("/connexion").into_response());
    };
    let board = board::read(&app).await?;
    let page = page::home(&manager, &board).into_string();
    Ok(([(header::CACHE_CONTROL, "no-store")], Html(page)).into_response())
}

/// The board, again and again: at once, after every commit, and every ten seconds.
async fn direct(State(app): State<App>, headers: HeaderMap) -> Result<Response, Error> {
    if sign_in::signed_in(&app, &headers).await?.is_none() {
        return Err(Error::SignedOut);
    }
    // One page may wait to be sent; a browser that does not read is not written to.
    let (sender, receiver) = mpsc::channel(1);
    tokio::spawn(async move { stream(&app, &headers, &sender).await });
    let answer = Sse::new(ReceiverStream::new(receiver)).into_response();
    // nginx would gather what must go out at once.
    let unbuffered = HeaderName::from_static("x-accel-buffering");
    Ok(([(unbuffered, "no")], answer).into_response())
}

/// Sends the board until the browser leaves, the session ends or the server stops.
async fn stream(app: &App, headers: &HeaderMap, sender: &mpsc::Sender<Result<Event, Infallible>>) {
    let mut news = app.live.of_any();
    loop {
        news.mark_unchanged();
        let event = match event(app, headers).await {
            Ok(event) => event,
            Err(error) => {
                // The browser says that the connection is lost, and comes back by itself.
                tracing::warn!(%error, "the managers' page could not be drawn");
                return;
            }
        };
        let is_last = event.is_none();
        let event = event.unwrap_or_else(|| Event::default().event("signed-out").data(""));
        if sender.send(Ok(event)).await.is_err() || is_last {
            return;
        }
        tokio::select! {
            _ = news.changed() => tokio::time::sleep(GATHER).await,
            () = tokio::time::sleep(TICK) => {}
            () = sender.closed() => return,
            () = app.live.closed() => return,
        }
    }
}

/// The board as an event; `None` once nobody is signed in any more.
async fn event(app: &App, headers: &HeaderMap) -> Result<Option<Event>, Error> {
    if sign_in::signed_in(app, headers).await?.is_none() {
        return Ok(None);
    }
    let board = board::read(app).await?;
    let html = page::board(&board).into_string();
    Ok(Some(Event::default().event("board").retry(Duration::from_secs(2)).data(html)))
}

async fn css() -> impl IntoResponse {
    file("text/css; charset=utf-8", "no-cache", include_bytes!("../static/page.css"))
}

async fn js() -> impl IntoResponse {
    file("text/javascript; charset=utf-8", "no-cache", include_bytes!("../static/page.js"))
}

async fn font() -> impl IntoResponse {
    let forever = "public, max-age=31536000, immutable";
    file("font/woff2", forever, include_bytes!("../static/InterVariable.woff2"))
}

fn file(kind: &'static str, cache: &'static str, bytes: &'static [u8]) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, cache)], bytes)
}
