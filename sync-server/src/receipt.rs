//! The receipt behind the QR code: what the till signed, to be read on a telephone, so that nothing
//! need be printed (Code de l'environnement art. L. 541-15-10 IV).
//!
//! The link is `/t/<the ticket's number>/<the first 16 characters of its signature>`. Nobody guesses
//! 96 bits of a signature, so whoever has the link was shown it by the till; the page says what the
//! ticket says, which is nothing about the customer.

mod page;

use crate::app::App;
use crate::error::Error;
use crate::store;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use fiscal::ticket::{Document, Ticket};

/// How much of the signature a link carries.
pub const TOKEN_CHARS: usize = 16;

/// Nothing but our own style.
const CSP: &str = "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; \
                   base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The path of the page.
pub fn router() -> Router<App> {
    Router::new().route("/t/{number}/{token}", get(receipt))
}

async fn receipt(
    State(app): State<App>,
    Path((number, token)): Path<(String, String)>,
) -> Result<Response, Error> {
    let found = find(&app, &number, &token).await?;
    let (status, page) = match &found {
        Some((ticket, document)) => (StatusCode::OK, page::receipt(ticket, document)),
        None => (StatusCode::NOT_FOUND, page::unknown()),
    };
    let mut answer = (status, Html(page.into_string())).into_response();
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CSP));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    headers.insert("x-robots-tag", HeaderValue::from_static("noindex"));
    Ok(answer)
}

/// The ticket of that number whose signature begins with the token.
async fn find(app: &App, number: &str, token: &str) -> Result<Option<(Ticket, Document)>, Error> {
    let Some(shop) = shop_of(number).filter(|_| token.len() == TOKEN_CHARS) else {
        return Ok(None);
    };
    let mut tx = app.store.shop(shop).await?;
    let bodies = store::receipt::bodies(&mut tx, shop, number).await?;
    Ok(bodies
        .iter()
        .filter_map(|body| Ticket::decode(body))
        .filter(|ticket| ticket.number == number && ticket.signature.starts_with(token))
        .find_map(|ticket| ticket.read().ok().map(|document| (ticket, document))))
}

/// The shop that a number names: `P01` of `P01-C1-7K3F-000042` and of `FACTICE-P01-C1-…`.
fn shop_of(number: &str) -> Option<&str> {
    let number =
        number.strip_prefix(fiscal::TRAINING).and_then(|it| it.strip_prefix('-')).unwrap_or(number);
    number.split('-').next().filter(|shop| !shop.is_empty())
}

#[cfg(test)]
mod tests {
    use super::shop_of;

    #[test]
    fn a_number_names_its_shop() {
        assert_eq!(shop_of("P01-C1-7K3F-000042"), Some("P01"));
        assert_eq!(shop_of("FACTICE-P01-C1-7K3F-000042"), Some("P01"));
        assert_eq!(shop_of(""), None);
        assert_eq!(shop_of("-"), None);
    }
}
