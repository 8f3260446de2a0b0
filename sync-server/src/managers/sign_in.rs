//! Signing in and out.

use super::page;
use crate::app::{App, From};
use crate::error::Error;
use crate::store;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Argon2, password_hash};
use axum::Form;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// The fewest characters of a password (CNIL, délibération 2022-100: 12 with limited attempts).
pub const PASSWORD_MIN: usize = 12;
/// The longest that is compared; nobody types more.
const PASSWORD_MAX: usize = 1_000;
/// How long somebody stays signed in, in milliseconds: a working day of 12 hours.
const SESSION_MS: i64 = 12 * 60 * 60 * 1_000;
const COOKIE: &str = "ocpizza_session";
/// What is compared where there is no such manager, so that the answer takes as long: the hash of
/// a random password that nobody kept.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA\
                      $pPXxEYAHbXVN4xmOdYsW5Uao4VVbeSeQFt0EXtBYUWI";

/// What the form sends.
#[derive(Deserialize)]
pub(super) struct Fields {
    name: String,
    password: String,
}

/// Why somebody is not signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// Too many wrong passwords from there.
    TooManyAttempts,
    /// No such manager, or another password: which of the two is nobody's business.
    Wrong,
}

pub(super) async fn form() -> Html<String> {
    Html(page::sign_in(None, "").into_string())
}

/// Signs somebody in, or shows the form again with the reason.
pub(super) async fn sign_in(
    State(app): State<App>,
    from: From,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Result<Response, Error> {
    let now_ms = app.clock.now_ms();
    let again = |status: StatusCode, refused: Refused| {
        (status, Html(page::sign_in(Some(refused), &fields.name).into_string())).into_response()
    };
    if !app.attempts.may_guess(from.0, now_ms) {
        return Ok(again(StatusCode::TOO_MANY_REQUESTS, Refused::TooManyAttempts));
    }
    // No name has a NUL in it, and PostgreSQL takes none.
    let name = fields.name.replace('\0', "");
    let name = name.trim();
    let stored = {
        let mut tx = app.store.centre().await?;
        store::manager::password_hash(&mut tx, name).await?
    };
    let known = stored.is_some();
    let hash = stored.unwrap_or_else(|| NOBODY.into());
    if !verify(&app, fields.password.clone(), hash).await? || !known {
        return Ok(again(StatusCode::UNAUTHORIZED, Refused::Wrong));
    }
    app.attempts.right(from.0);
    let token = open_session(&app, name, now_ms).await?;
    // Behind nginx the page is always HTTPS; without it only this machine can see it.
    let is_https = headers.get("x-forwarded-proto").is_some_and(|it| it == "https");
    let secure = if is_https { "; Secure" } else { "" };
    let cookie = format!(
        "{COOKIE}={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age={}{secure}",
        SESSION_MS / 1_000
    );
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/")).into_response())
}

pub(super) async fn sign_out(
    State(app): State<App>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    if let Some(hash) = session_hash(&headers) {
        let mut tx = app.store.centre().await?;
        store::manager::close_session(&mut tx, &hash).await?;
        tx.commit().await?;
    }
    let cookie = format!("{COOKIE}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/connexion")).into_response())
}

/// Who is signed in, if anybody.
pub(super) async fn signed_in(app: &App, headers: &HeaderMap) -> Result<Option<String>, Error> {
    let Some(hash) = session_hash(headers) else {
        return Ok(None);
    };
    let mut tx = app.store.centre().await?;
    Ok(store::manager::of_session(&mut tx, &hash, app.clock.now_ms()).await?)
}

async fn open_session(app: &App, manager: &str, now_ms: i64) -> Result<String, Error> {
    let token = journal::EntryHash(random()?).hex();
    let hash = Sha256::digest(&token);
    let mut tx = app.store.centre().await?;
    let expires_ms = now_ms.saturating_add(SESSION_MS);
    store::manager::open_session(&mut tx, &hash, manager, now_ms, expires_ms).await?;
    tx.commit().await?;
    Ok(token)
}

fn session_hash(headers: &HeaderMap) -> Option<[u8; 32]> {
    let token = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|it| it.to_str().ok())
        .flat_map(|it| it.split(';'))
        .find_map(|it| it.trim().strip_prefix(COOKIE)?.strip_prefix('='))?;
    Some(Sha256::digest(token).into())
}

fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| Error::Password(password_hash::Error::Crypto))?;
    Ok(bytes)
}

/// Hashes a password, one at a time, beside the threads that answer.
///
/// # Errors
///
/// [`Error::Password`] where the machine gives no random numbers.
pub async fn hash_password(app: &App, password: String) -> Result<String, Error> {
    let salt = SaltString::encode_b64(&random::<16>()?).map_err(Error::Password)?;
    aside(app, move || {
        Argon2::default().hash_password(password.as_bytes(), &salt).map(|it| it.to_string())
    })
    .await
}

async fn verify(app: &App, password: String, hash: String) -> Result<bool, Error> {
    if PASSWORD_MAX < password.len() {
        return Ok(false);
    }
    aside(app, move || {
        let hash = PasswordHash::new(&hash)?;
        match Argon2::default().verify_password(password.as_bytes(), &hash) {
            Ok(()) => Ok(true),
            Err(password_hash::Error::Password) => Ok(false),
            Err(error) => Err(error),
        }
    })
    .await
}

async fn aside<T: Send + 'static>(
    app: &App,
    work: impl FnOnce() -> password_hash::Result<T> + Send + 'static,
) -> Result<T, Error> {
    let _turn = app.hashing.acquire().await.expect("the semaphore is never closed");
    let done = tokio::task::spawn_blocking(work).await;
    done.expect("hashing does not panic, and is not cancelled").map_err(Error::Password)
}
