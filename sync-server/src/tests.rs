//! The server against a real PostgreSQL, a database a test. What is here is the world they play in.

mod counting;
mod enrolling;
mod feeding;
mod loading;
mod managing;
mod pushing;
mod receipts;
mod refusing;
mod replicas;
mod setting_back;
mod storm;
mod tenants;
mod vouching;

use crate::app::{App, router};
use crate::centre::Centre;
use crate::clock::Clock;
use crate::load::{Folder, load};
use crate::store::{self, Store};
use axum::body::{Body, to_bytes};
use axum::http::{Request as HttpRequest, StatusCode, header};
use domain::shop::{LegalIdentity, Shop};
use fiscal::Money;
use fiscal::ticket::{Channel, Draft, Line, Means, Operation, Payment, Ticket, TicketSeries};
use fiscal::time::{Date, Moment};
use fiscal::vat::{Class, Mode, Rate, Territory};
use journal::{
    Batch, BootId, Draft as EntryDraft, JournalId, Keep, Kind, Opening, Pen, Purpose, RawEntry,
    SigningKey, Tick, Tip,
};
use replication::{
    Enrol, EnrolReply, Place, Push, Reply, Request, Role, Sender, open_reply, seal_request,
};
use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use tower::ServiceExt;

/// A Friday at 19:10 in Paris.
const NOW_MS: i64 = 1_795_198_200_000;

/// How many connections the server has here.
const CONNECTIONS: u32 = 4;

/// A server with two shops, and a second way into its database that no policy binds.
struct World {
    app: App,
    /// As the database's owner, who is above row-level security.
    owner: PgPool,
    options: PgConnectOptions,
}

impl World {
    async fn new(pool: PgPoolOptions, options: PgConnectOptions) -> Self {
        let centre = Centre::new(key(200)).unwrap();
        let store = Store::with(PgPoolOptions::new().max_connections(CONNECTIONS), options.clone());
        let app = App::new(store, Clock::stopped(NOW_MS), centre);
        let folder = Folder { shops: vec![shop("P01", 1), shop("P02", 1)], ..Folder::default() };
        load(&app, &folder).await.unwrap();
        let owner = pool.max_connections(2).connect_with(options.clone()).await.unwrap();
        Self { app, owner, options }
    }

    /// The same server after a crash: what it held in memory is gone.
    fn restarted(&self) -> App {
        let store =
            Store::with(PgPoolOptions::new().max_connections(CONNECTIONS), self.options.clone());
        App::new(store, self.app.clock.clone(), Centre::new(key(200)).unwrap())
    }

    /// A till of a shop, enrolled.
    async fn till(&self, shop: &str, label: &str, secret: u8) -> Till {
        let till = Till::new(shop, label, secret);
        let code = crate::admin::enrol_code(&self.app, shop, Role::Till, label).await.unwrap();
        let reply = till.enrol(&self.app, &code.shown()).await;
        assert!(matches!(reply, EnrolReply::Enrolled(_)), "{reply:?}");
        till
    }

    async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&self.owner).await.unwrap()
    }
}

/// A till as the server sees it: a key, a journal and a series of tickets.
#[derive(Clone)]
struct Till {
    shop: String,
    label: String,
    key: SigningKey,
    sender: Sender,
    pen: Pen,
    tick: Tick,
    series: Option<TicketSeries>,
}

impl Till {
    fn new(shop: &str, label: &str, secret: u8) -> Self {
        let key = key(secret);
        let boot = BootId([secret; 16]);
        Self {
            shop: shop.into(),
            label: label.into(),
            sender: Sender::new(key.clone(), boot),
            pen: Pen::new(key.clone(), boot, None),
            key,
            tick: Tick(0),
            series: None,
        }
    }

    fn journal(&self) -> JournalId {
        self.pen.tip().unwrap().journal
    }

    fn tip(&self) -> Tip {
        self.pen.tip().unwrap()
    }

    fn write(&mut self, drafts: Vec<EntryDraft>) -> Push {
        let base = self.pen.tip().map(Place::of);
        let (batch, pen) = self.pen.write(drafts, self.tick, NOW_MS);
        self.tick = batch.last_tick();
        self.pen = pen;
        push_of(base, &batch)
    }

    /// Opens a journal for a purpose.
    fn opens_for(&mut self, purpose: Purpose) -> Push {
        let opening = Opening {
            public_key: self.key.public_key(),
            shop: self.shop.clone(),
            workstation: self.label.clone(),
            purpose,
            continues: Vec::new(),
        };
        let push = self.write(vec![opening.to_draft()]);
        self.series = Some(TicketSeries::open(&self.shop, &self.label, &self.journal()));
        push
    }

    fn opens(&mut self) -> Push {
        self.opens_for(Purpose::Live)
    }

    /// Notes that count nowhere.
    fn notes(&mut self, count: u8) -> Push {
        let notes = (0..count).map(|it| note(&[it, self.series.is_some().into()]));
        let notes = notes.collect();
        self.write(notes)
    }

    /// Sells at an instant, for so many cents each.
    fn sells_at(&mut self, at_ms: i64, cents: &[i64]) -> Push {
        let drafts = cents.iter().map(|cents| self.signs(&sale(at_ms, *cents)).0).collect();
        self.write(drafts)
    }

    /// Issues one ticket.
    fn issues(&mut self, draft: &Draft) -> (Push, Ticket) {
        let (entry, ticket) = self.signs(draft);
        (self.write(vec![entry]), ticket)
    }

    fn signs(&mut self, draft: &Draft) -> (EntryDraft, Ticket) {
        let series = self.series.take().unwrap();
        let (ticket, series) = series.issue(draft, &self.key).unwrap();
        self.series = Some(series);
        let entry = EntryDraft {
            kind: fiscal::kind::TICKET,
            kind_version: 1,
            keep: Keep::Fiscal,
            subject: None,
            body: ticket.encode(),
        };
        (entry, ticket)
    }

    fn sells(&mut self, cents: &[i64]) -> Push {
        self.sells_at(NOW_MS, cents)
    }

    async fn send(&mut self, app: &App, request: Request) -> Reply {
        let sealed = seal_request(&mut self.sender, NOW_MS, request.encode()).unwrap();
        let (status, bytes) = post(app, "/v1/replication", sealed.bytes).await;
        assert_eq!(status, StatusCode::OK);
        let opened = open_reply(&bytes, |it| *it == key(200).public_key(), sealed.hash).unwrap();
        Reply::decode(&opened.body).unwrap()
    }

    async fn push(&mut self, app: &App, push: &Push) -> Reply {
        self.send(app, Request::Push(push.clone())).await
    }

    /// Pushes what must be acknowledged.
    async fn delivers(&mut self, app: &App, push: &Push) {
        let reply = self.push(app, push).await;
        let last = push.entries.last().unwrap().hash();
        assert!(matches!(reply, Reply::Ack(ack) if ack.tip.hash == last), "{reply:?}");
    }

    async fn enrol(&self, app: &App, code: &str) -> EnrolReply {
        let request = Enrol {
            code: code.into(),
            public_key: self.key.public_key(),
            role: Role::Till,
            label: self.label.clone(),
            build: "test".into(),
        };
        let mut sender = self.sender.clone();
        let sealed = seal_request(&mut sender, NOW_MS, request.encode()).unwrap();
        let (status, bytes) = post(app, "/v1/enrol", sealed.bytes).await;
        assert_eq!(status, StatusCode::OK);
        let opened = open_reply(&bytes, |it| *it == key(200).public_key(), sealed.hash).unwrap();
        EnrolReply::decode(&opened.body).unwrap()
    }
}

async fn post(app: &App, path: &str, bytes: Vec<u8>) -> (StatusCode, Vec<u8>) {
    let request = HttpRequest::post(path)
        .header(header::CONTENT_LENGTH, bytes.len())
        .body(Body::from(bytes))
        .unwrap();
    let response = router(app.clone()).oneshot(request).await.unwrap();
    let status = response.status();
    (status, to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec())
}

fn push_of(base: Option<Place>, batch: &Batch) -> Push {
    Push {
        journal: batch.tip().journal,
        base,
        entries: batch.entries.iter().map(journal::Entry::to_raw).collect(),
        seal: batch.seal,
    }
}

fn raw(batch: &Push) -> Vec<RawEntry> {
    batch.entries.clone()
}

fn key(secret: u8) -> SigningKey {
    SigningKey::from_secret(&[secret; 32]).unwrap()
}

fn note(body: &[u8]) -> EntryDraft {
    EntryDraft {
        kind: Kind(9_999),
        kind_version: 1,
        keep: Keep::Operation,
        subject: None,
        body: body.to_vec(),
    }
}

fn shop(code: &str, number: u32) -> Shop {
    Shop {
        number,
        code: code.into(),
        name: format!("OC Pizza {code}"),
        legal: LegalIdentity {
            legal_entity: "OC Pizza, SAS".into(),
            address: "1 rue d’Ici".into(),
            siren: "000000000".into(),
            rcs: "RCS Lille".into(),
            siret: "00000000000000".into(),
            naf: "5610C".into(),
            vat_number: "FR00000000000".into(),
        },
        territory: Territory::Metropolitan,
        timezone: "Europe/Paris".into(),
        cut_hour: 4,
        lead_minutes: 20,
        preparation_minutes: 15,
        vat: None,
        fiscal_year_end_month: None,
        meal_vouchers: None,
        accepts_cheques: None,
        delivery_fee: None,
    }
}

/// One pizza to take away, paid by card.
fn sale(at_ms: i64, cents: i64) -> Draft {
    let amount = Money::from_cents(cents);
    let moment = Moment { utc_ms: at_ms, offset_min: 60 };
    Draft {
        operation: Operation::Sale,
        original: None,
        reason: None,
        order: "042".into(),
        channel: Channel::Counter,
        mode: Mode::TakeAway,
        operator: "LB".into(),
        moment,
        business_date: moment.business_date(4),
        issuer: shop("P01", 1).issuer("OC Pizza", "test"),
        lines: vec![Line {
            line: [7; 8],
            label: "Margherita".into(),
            details: vec!["Standard".into()],
            sku: "MAR".into(),
            qty_m: 1_000,
            unit_ttc: amount,
            discount: Money::ZERO,
            discount_reason: None,
            ttc: amount,
            class: Class::ImmediateFood,
            rate: Rate(1_000),
        }],
        payments: vec![Payment::exact(Means::Card, amount)],
        cash_taken_before: Money::ZERO,
    }
}

fn today() -> Date {
    Date::parse("2026-11-20").unwrap()
}

/// The figures as the database has them: shop, day, tickets, cents.
async fn figures(world: &World) -> Vec<(String, String, i64, i64)> {
    sqlx::query_as("SELECT shop, day::text, tickets, ttc_cents FROM rollup_day ORDER BY shop, day")
        .fetch_all(&world.owner)
        .await
        .unwrap()
}

/// The figures as the entries give them, read from their bytes by nothing of the server's.
async fn figures_from_entries(world: &World) -> Vec<(String, String, i64, i64)> {
    use std::collections::BTreeMap;
    let rows: Vec<(String, Vec<u8>)> = sqlx::query_as(
        "SELECT entry.shop, body.bytes
           FROM entry
           JOIN journal ON journal.shop = entry.shop AND journal.id = entry.journal
           JOIN body ON body.shop = entry.shop AND body.hash = entry.body_hash
          WHERE kind = 16 AND purpose = 'live'",
    )
    .fetch_all(&world.owner)
    .await
    .unwrap();
    let mut days: BTreeMap<(String, String), (i64, i64)> = BTreeMap::new();
    for (shop, bytes) in rows {
        let document = fiscal::ticket::Ticket::decode(&bytes).unwrap().read().unwrap();
        let sum = days.entry((shop, document.business_date.iso())).or_default();
        sum.0 += 1;
        sum.1 += document.total_ttc.cents();
    }
    days.into_iter().map(|((shop, day), (tickets, cents))| (shop, day, tickets, cents)).collect()
}

/// Every entry of the database: journal, branch, place, hash.
async fn entries(world: &World) -> Vec<(Vec<u8>, i16, i64, Vec<u8>)> {
    sqlx::query_as("SELECT journal, branch, seq, hash FROM entry ORDER BY journal, branch, seq")
        .fetch_all(&world.owner)
        .await
        .unwrap()
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn the_server_is_healthy_while_its_database_answers(
    pool: PgPoolOptions,
    options: PgConnectOptions,
) {
    let world = World::new(pool, options).await;
    let ask = || HttpRequest::get("/healthz").body(Body::empty()).unwrap();
    let response = router(world.app.clone()).oneshot(ask()).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    world.app.store.close().await;
    let response = router(world.app.clone()).oneshot(ask()).await.unwrap();
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn what_is_stored_cannot_be_changed_even_by_the_owner(
    pool: PgPoolOptions,
    options: PgConnectOptions,
) {
    let world = World::new(pool, options).await;
    for sql in [
        "UPDATE entry SET wall_ms = 0",
        "DELETE FROM entry",
        "TRUNCATE entry",
        "UPDATE body SET bytes = ''",
        "DELETE FROM body",
        "DELETE FROM seal",
    ] {
        let error = sqlx::query(sql).execute(&world.owner).await.unwrap_err();
        assert!(error.to_string().contains("append only"), "{sql}: {error}");
    }
}

/// The tips that the server holds of a shop, by asking the database.
async fn tips(world: &World, shop: &str) -> Vec<Tip> {
    let mut tx = world.app.store.shop(shop).await.unwrap();
    store::journal::tips(&mut tx, shop).await.unwrap()
}
