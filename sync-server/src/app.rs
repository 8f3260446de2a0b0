//! The server as a whole: what every request needs, and which path leads where.

use crate::attempts::Attempts;
use crate::centre::Centre;
use crate::clock::Clock;
use crate::gate::{BODIES_KIB, BODY_RETRY, Gate, Load, SMALL_BYTES};
use crate::live::Live;
use crate::store::{self, Store};
use crate::{enrol, exchange, managers, receipt};
use axum::Router;
use axum::extract::{ConnectInfo, DefaultBodyLimit, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
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
    /// How much is written at once.
    pub gate: Gate,
    /// The memory that bodies may take, in KiB.
    pub bodies: Arc<Semaphore>,
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
        let gate = Gate::of_pool(store.connections());
        Self(Arc::new(Shared {
            store,
            clock,
            centre,
            live: Live::default(),
            replays: Mutex::default(),
            gate,
            bodies: Arc::new(Semaphore::new(BODIES_KIB)),
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
        .layer(from_fn_with_state(app.clone(), weigh_body))
        .layer(DefaultBodyLimit::max(frame::MAX_BYTES))
        .merge(managers::router())
        .merge(receipt::router())
        .route("/healthz", get(healthz))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, LONGEST))
        .with_state(app)
}

/// Reads no body for which there is no memory. Behind nginx, which gathers a body before it sends
/// it on, a slow line holds no memory here.
async fn weigh_body(State(app): State<App>, request: Request, next: Next) -> Response {
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|it| it.to_str().ok()?.parse().ok()).unwrap_or(frame::MAX_BYTES);
    let kib = length.min(frame::MAX_BYTES).div_ceil(1_024);
    let kib = if length <= SMALL_BYTES { 0 } else { u32::try_from(kib).unwrap_or(u32::MAX) };
    let Ok(_weight) = Arc::clone(&app.bodies).try_acquire_many_owned(kib) else {
        tracing::info!("a body was not read: too many at once");
        let after = [(header::RETRY_AFTER, BODY_RETRY.as_secs().to_string())];
        return (StatusCode::SERVICE_UNAVAILABLE, after).into_response();
    };
    next.run(request).await
}

/// Whether the server is of any use: its database answers. What goes on besides is for whoever
/// looks after it.
async fn healthz(State(app): State<App>) -> (StatusCode, String) {
    let Load { running, waiting, refused } = app.gate.load();
    match fenced(&app).await {
        Ok(fenced) => {
            let fenced = if fenced.is_empty() { "none".into() } else { fenced.join(" ") };
            let load = format!("writing {running}, waiting {waiting}, told to wait {refused}");
            (StatusCode::OK, format!("ok\n{load}\nfenced: {fenced}\n"))
        }
        Err(error) => {
            tracing::warn!(%error, "the database does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "database\n".into())
        }
    }
}

async fn fenced(app: &App) -> sqlx::Result<Vec<String>> {
    let mut tx = app.store.centre().await?;
    let shops = store::fence::shops(&mut tx).await?;
    Ok(shops.into_iter().map(|(shop, _)| shop).collect())
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
