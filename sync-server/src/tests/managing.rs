//! The managers' page: who may look, what it says, and that it is live.

use super::World;
use crate::admin::{self, AdminError};
use crate::app::{App, router};
use axum::body::{Body, to_bytes};
use axum::http::{Request, Response, StatusCode, header};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use std::time::Duration;
use tokio_stream::StreamExt;
use tower::ServiceExt;

const PASSWORD: &str = "quatre fromages";

async fn ask(app: &App, request: Request<Body>) -> Response<Body> {
    router(app.clone()).oneshot(request).await.unwrap()
}

async fn get(app: &App, path: &str, cookie: &str) -> Response<Body> {
    ask(app, Request::get(path).header(header::COOKIE, cookie).body(Body::empty()).unwrap()).await
}

async fn text(response: Response<Body>) -> String {
    let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    String::from_utf8(bytes.to_vec()).unwrap().replace(['\u{a0}', '\u{202f}'], " ")
}

async fn try_to_sign_in(app: &App, name: &str, password: &str) -> Response<Body> {
    let form = format!("name={name}&password={}", password.replace(' ', "+"));
    let request = Request::post("/connexion")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(form))
        .unwrap();
    ask(app, request).await
}

/// Signs a new manager in, and returns the cookie.
async fn sign_in(world: &World) -> String {
    admin::add_manager(&world.app, "Louise", PASSWORD.into()).await.unwrap();
    let response = try_to_sign_in(&world.app, "Louise", PASSWORD).await;
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    let cookie = response.headers()[header::SET_COOKIE].to_str().unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    cookie.split(';').next().unwrap().into()
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn nobody_looks_without_signing_in(pool: PgPoolOptions, options: PgConnectOptions) {
    let world = World::new(pool, options).await;
    for cookie in ["", "ocpizza_session=", "ocpizza_session=0000", "other=1"] {
        let response = get(&world.app, "/", cookie).await;
        assert_eq!(response.status(), StatusCode::SEE_OTHER);
        assert_eq!(response.headers()[header::LOCATION], "/connexion");
        assert_eq!(get(&world.app, "/direct", cookie).await.status(), StatusCode::UNAUTHORIZED);
    }
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn a_wrong_password_is_told_from_a_wrong_name_by_nobody(
    pool: PgPoolOptions,
    options: PgConnectOptions,
) {
    let world = World::new(pool, options).await;
    admin::add_manager(&world.app, "Louise", PASSWORD.into()).await.unwrap();
    let mut pages = Vec::new();
    for (name, password) in [("Louise", "quatre saisons"), ("Marcel", PASSWORD)] {
        let response = try_to_sign_in(&world.app, name, password).await;
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
        pages.push(text(response).await.replace(name, "NAME"));
    }
    assert_eq!(pages[0], pages[1]);
    assert!(pages[0].contains("ne vont pas ensemble"));
    for _ in 0..8 {
        try_to_sign_in(&world.app, "Louise", "quatre saisons").await;
    }
    let response = try_to_sign_in(&world.app, "Louise", PASSWORD).await;
    assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn passwords_that_come_together_are_counted_before_they_are_compared(
    pool: PgPoolOptions,
    options: PgConnectOptions,
) {
    let world = World::new(pool, options).await;
    let mut guesses = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let app = world.app.clone();
        guesses.spawn(async move { try_to_sign_in(&app, "Louise", "pizza 12345").await.status() });
    }
    let answers = guesses.join_all().await;
    let compared = answers.iter().filter(|it| **it == StatusCode::UNAUTHORIZED).count();
    let refused = answers.iter().filter(|it| **it == StatusCode::TOO_MANY_REQUESTS).count();
    assert_eq!((compared, refused), (10, 10));
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn short_passwords_are_refused(pool: PgPoolOptions, options: PgConnectOptions) {
    let world = World::new(pool, options).await;
    let refused = admin::add_manager(&world.app, "Louise", "pizza".into()).await;
    assert!(matches!(refused, Err(AdminError::PasswordTooShort)));
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn a_session_ends_by_itself_by_hand_and_with_the_password(
    pool: PgPoolOptions,
    options: PgConnectOptions,
) {
    let world = World::new(pool, options).await;
    let cookie = sign_in(&world).await;
    assert_eq!(get(&world.app, "/", &cookie).await.status(), StatusCode::OK);
    let out = Request::post("/deconnexion").header(header::COOKIE, &cookie);
    ask(&world.app, out.body(Body::empty()).unwrap()).await;
    assert_eq!(get(&world.app, "/", &cookie).await.status(), StatusCode::SEE_OTHER);

    let cookie = sign_in(&world).await;
    world.app.clock.advance(Duration::from_secs(12 * 3_600));
    assert_eq!(get(&world.app, "/", &cookie).await.status(), StatusCode::SEE_OTHER);

    let cookie = sign_in(&world).await;
    admin::add_manager(&world.app, "Louise", "une autre pizza".into()).await.unwrap();
    assert_eq!(get(&world.app, "/", &cookie).await.status(), StatusCode::SEE_OTHER);
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn the_page_shows_each_shop_and_all_together(pool: PgPoolOptions, options: PgConnectOptions) {
    let world = World::new(pool, options).await;
    let cookie = sign_in(&world).await;
    let page = text(get(&world.app, "/", &cookie).await).await;
    assert!(page.contains("Aucune vente aujourd’hui") && page.contains("Aucun poste inscrit"));

    let mut tills = [world.till("P01", "C1", 1).await, world.till("P02", "C1", 2).await];
    for (till, cents) in tills.iter_mut().zip([[100_000, 23_450], [999, 1]]) {
        let pushes = [till.opens(), till.sells(&cents)];
        for push in &pushes {
            till.delivers(&world.app, push).await;
        }
    }
    let page = text(get(&world.app, "/", &cookie).await).await;
    let section = |shop: &str| {
        let start = page.find(&format!("data-shop=\"{shop}\"")).unwrap();
        let section = &page[start..];
        section[..section.find("</section>").unwrap()].to_owned()
    };
    assert!(section("P01").contains("1 234,50 €") && section("P01").contains("617,25 €"));
    assert!(section("P01").contains("data-figure=\"last\">19 h 10<"));
    assert!(section("P02").contains("10,00 €") && section("P02").contains("5,00 €"));
    assert!(section("all").contains("1 244,50 €"));
    assert!(section("all").contains("data-figure=\"tickets\" data-count=\"4\">4<"));
    assert!(section("P01").contains("data-hour=\"19\" data-cents=\"123450\""));
    assert!(section("P01").contains("vu il y a"));
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn the_page_tells_silence_and_forks(pool: PgPoolOptions, options: PgConnectOptions) {
    let world = World::new(pool, options).await;
    let mut till = world.till("P01", "C1", 1).await;
    let opening = till.opens();
    till.delivers(&world.app, &opening).await;
    let mut restored = till.clone();
    let sold = till.sells(&[500]);
    till.delivers(&world.app, &sold).await;
    restored.sender = till.sender.clone();
    let other = restored.sells(&[600]);
    restored.push(&world.app, &other).await;
    world.app.clock.advance(Duration::from_secs(300));

    let cookie = sign_in(&world).await;
    let page = text(get(&world.app, "/", &cookie).await).await;
    assert!(page.contains("muet depuis 5 min"), "{page}");
    assert!(page.contains("deux suites différentes"), "{page}");
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn the_page_loads_nothing_from_elsewhere(pool: PgPoolOptions, options: PgConnectOptions) {
    let world = World::new(pool, options).await;
    let cookie = sign_in(&world).await;
    let response = get(&world.app, "/", &cookie).await;
    let csp = response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
    assert!(csp.contains("script-src 'self'") && !csp.contains("unsafe"), "{csp}");
    let page = text(response).await;
    assert!(!page.contains("style=") && !page.contains("onclick") && !page.contains("http"));
    for path in ["page.css", "page.js", "InterVariable.woff2"] {
        assert!(page.contains(path));
        let response = get(&world.app, &format!("/static/{path}"), "").await;
        assert_eq!(response.status(), StatusCode::OK);
    }
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn a_sale_reaches_an_open_page(pool: PgPoolOptions, options: PgConnectOptions) {
    let world = World::new(pool, options).await;
    let cookie = sign_in(&world).await;
    let mut till = world.till("P01", "C1", 1).await;
    let opening = till.opens();
    till.delivers(&world.app, &opening).await;

    let response = get(&world.app, "/direct", &cookie).await;
    assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
    let mut events = response.into_body().into_data_stream();
    let first = events.next().await.unwrap().unwrap();
    assert!(String::from_utf8_lossy(&first).contains("Aucune vente"));

    let sold = till.sells(&[4_242]);
    till.delivers(&world.app, &sold).await;
    let next = events.next().await.unwrap().unwrap();
    assert!(String::from_utf8_lossy(&next).contains("data-cents=\"4242\""));

    world.app.live.close();
    assert!(events.next().await.is_none(), "a stopping server sends everybody home");
}
