//! The server as a whole: what every request needs, and which path leads where.

use crate::attempts::Attempts;
use crate::centre::Centre;
use crate::clock::Clock;
use crate::live::Live;
use crate::runs::Runs;
use crate::store::Store;
use crate::{enrol, exchange, managers, receipt};
use axum::Router;
use axum::extract::{ConnectInfo, DefaultBodyLimit, FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use replication::{Replays, frame};
use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::ops::Deref;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Semaphore;
use tower_http::timeout::TimeoutLayer;

/// The longest that any request takes: a listen waits 25 s, and everything else is far quicker.
const LONGEST: Duration = Duration::from_secs(30);

/// What every request needs. Cheap to clone.
#[derive(Clone, Debug)]
pub struct App(Arc<Shared>);

/// See [`App`].
#[derive(Debug)]
pub struct Shared {
    /// The database.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// The hand that writes the centre's journals.
    pub centre: Centre,
    /// Who waits for news.
    pub live: Live,
    /// Which requests were heard.
    pub replays: Mutex<Replays>,
    /// Which run of each journal was heard last.
    pub runs: Runs,
    /// Who guesses codes and passwords.
    pub attempts: Attempts,
    /// One password at a time: Argon2 takes 19 MiB and a processor each.
    pub hashing: Semaphore,
}

impl Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl App {
    /// A server that has heard nothing yet.
    #[must_use]
    pub fn new(store: Store, clock: Clock, centre: Centre) -> Self {
        Self(Arc::new(Shared {
            store,
            clock,
            centre,
            live: Live::default(),
            replays: Mutex::default(),
            runs: Runs::default(),
            attempts: Attempts::default(),
            hashing: Semaphore::new(1),
        }))
    }
}

/// Everything the server answers to.
pub fn router(app: App) -> Router {
    Router::new()
        .route("/v1/replication", post(exchange::exchange))
        .route("/v1/enrol", post(enrol::enrol))
        .layer(DefaultBodyLimit::max(frame::MAX_BYTES))
        .merge(managers::router())
        .merge(receipt::router())
        .route("/healthz", get(healthz))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, LONGEST))
        .with_state(app)
}

/// Whether the server is of any use: its database answers.
async fn healthz(State(app): State<App>) -> (StatusCode, &'static str) {
    match app.store.answers().await {
        Ok(()) => (StatusCode::OK, "ok\n"),
        Err(error) => {
            tracing::warn!(%error, "the database does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "database\n")
        }
    }
}

/// Where a request comes from: behind a proxy on this machine, what the proxy says.
#[derive(Clone, Copy, Debug)]
pub struct From(pub IpAddr);

impl<S: Sync> FromRequestParts<S> for From {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let peer = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |ConnectInfo(peer)| peer.ip());
        let said = if peer.is_loopback() { forwarded(&parts.headers) } else { None };
        Ok(Self(said.unwrap_or(peer)))
    }
}

/// The last address is the one our own proxy saw; those before it are anybody's word.
fn forwarded(headers: &HeaderMap) -> Option<IpAddr> {
    headers.get("x-forwarded-for")?.to_str().ok()?.rsplit(',').next()?.trim().parse().ok()
}
