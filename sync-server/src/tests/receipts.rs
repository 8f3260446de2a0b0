//! The receipt behind a QR code, and what credit notes do to the figures.

use super::{NOW_MS, World, figures, sale};
use crate::app::router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use fiscal::ticket::{Draft, Operation, Original, Payment, Ticket};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use tower::ServiceExt;

async fn look(world: &World, number: &str, token: &str) -> (StatusCode, String) {
    let request = Request::get(format!("/t/{number}/{token}")).body(Body::empty()).unwrap();
    let response = router(world.app.clone()).oneshot(request).await.unwrap();
    assert_eq!(response.headers()[header::CACHE_CONTROL], "private, no-store");
    let status = response.status();
    let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, String::from_utf8(bytes.to_vec()).unwrap().replace('\u{a0}', " "))
}

fn token(ticket: &Ticket) -> &str {
    &ticket.signature[..crate::receipt::TOKEN_CHARS]
}

/// The credit note of a sale of so many cents.
fn credit_note(original: &Ticket, cents: i64) -> Draft {
    let mut draft = sale(NOW_MS, cents);
    draft.operation = Operation::CreditNote;
    draft.reason = Some("ERREUR".into());
    draft.original = Some(Original {
        ticket_no: original.number.clone(),
        content: fiscal::ticket::Base::content_hash(&original.document),
        business_date: draft.business_date,
    });
    let back = fiscal::Money::ZERO - draft.lines[0].ttc;
    draft.lines[0].ttc = back;
    draft.payments = vec![Payment::exact(draft.payments[0].means, back)];
    draft
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn a_receipt_is_shown_to_whoever_has_its_link(
    pool: PgPoolOptions,
    options: PgConnectOptions,
) {
    let world = World::new(pool, options).await;
    let mut till = world.till("P01", "C1", 1).await;
    let opening = till.opens();
    till.delivers(&world.app, &opening).await;
    let (push, ticket) = till.issues(&sale(NOW_MS, 1_250));
    assert_eq!(look(&world, &ticket.number, token(&ticket)).await.0, StatusCode::NOT_FOUND);

    till.delivers(&world.app, &push).await;
    let (status, page) = look(&world, &ticket.number, token(&ticket)).await;
    assert_eq!(status, StatusCode::OK);
    for said in [&*ticket.number, "Margherita", "12,50 €", "Carte bancaire", &ticket.extract()] {
        assert!(page.contains(said), "{said} in {page}");
    }
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn a_link_that_is_not_whole_leads_nowhere(pool: PgPoolOptions, options: PgConnectOptions) {
    let world = World::new(pool, options).await;
    let mut till = world.till("P01", "C1", 1).await;
    let opening = till.opens();
    till.delivers(&world.app, &opening).await;
    let (push, ticket) = till.issues(&sale(NOW_MS, 1_250));
    till.delivers(&world.app, &push).await;
    let of_another = ticket.number.replace("P01", "P02");
    let number = &*ticket.number;
    let whole = token(&ticket);
    for (number, token) in [
        (number, "AAAAAAAAAAAAAAAA"),
        (number, &whole[..15]),
        (number, &ticket.signature[..17]),
        (&*of_another, whole),
        ("%25", whole),
        ("*", whole),
        ("P01-C1-0000-000001", whole),
    ] {
        let (status, page) = look(&world, number, token).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{number} {token}");
        assert!(page.contains("Ticket introuvable"));
    }
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn a_credit_note_lowers_the_total_and_is_no_ticket_sold(
    pool: PgPoolOptions,
    options: PgConnectOptions,
) {
    let world = World::new(pool, options).await;
    let mut till = world.till("P01", "C1", 1).await;
    let opening = till.opens();
    till.delivers(&world.app, &opening).await;
    let (push, ticket) = till.issues(&sale(NOW_MS, 1_250));
    till.delivers(&world.app, &push).await;
    let more = till.sells(&[990]);
    till.delivers(&world.app, &more).await;
    let (push, credit) = till.issues(&credit_note(&ticket, 1_250));
    till.delivers(&world.app, &push).await;
    assert_eq!(figures(&world).await, [("P01".into(), "2026-11-20".into(), 2, 990)]);
    let (status, page) = look(&world, &credit.number, token(&credit)).await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("Avoir") && page.contains(&ticket.number), "{page}");
}
