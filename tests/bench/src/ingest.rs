//! What the centre takes in, durable and with its rollups, against COPY of the same entries into a
//! bare table, in transactions of the same size, on the same cluster.

use crate::row::{Row, timed};
use crate::sale::target_folder;
use anyhow::{Context, Result, anyhow, bail, ensure};
use e2e::{Cluster, Programs, Server};
use fiscal::Money;
use fiscal::vat::Mode;
use friday::Baskets;
use journal::{BootId, RawEntry, Seq, Signature, SigningKey, Tip};
use pos_api::{Answer, BasketEdit, Command, Query, SetUp, Tender};
use pos_core::anchor;
use pos_core::clock::{MachineClock, MachineEntropy};
use pos_core::replicate;
use pos_core::runtime::{Finds, Handle, Start};
use pos_core::store::StoreError;
use replication::link::ReadOutcome;
use replication::{Place, Push, Reply, Request, Sender, open_reply, seal_request};
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Orders sold before the centre hears of any: about 15,000 entries.
const ORDERS: usize = 2_000;
/// Entries in one push and in one COPY.
const BATCH: usize = 500;

struct Run {
    base: Option<Place>,
    entries: Vec<RawEntry>,
    seal: Signature,
}

pub(crate) fn measure() -> Result<Vec<Row>> {
    let folder = tempfile::tempdir_in(target_folder()?)?;
    let runtime = tokio::runtime::Runtime::new()?;
    let cluster = Cluster::start(&folder.path().join("postgres"))?;
    let database = cluster.database("centre")?;
    let programs = Programs::built()?;
    let mut server = runtime.block_on(Server::start(
        &programs.server()?,
        &database,
        &folder.path().join("server"),
        None,
    ))?;
    load_shop(&programs, &server, folder.path())?;
    let (tip, key, runs) = sell(&runtime, &mut server, folder.path())?;
    let count: usize = runs.iter().map(|run| run.entries.len()).sum();

    let mut copied = copy_table(&database)?;
    let mut asker = Asker::new(&server, key);
    let (mut ingesting, mut copying) = (Duration::ZERO, Duration::ZERO);
    for run in &runs {
        let push = Push {
            journal: tip.journal,
            base: run.base,
            entries: run.entries.clone(),
            seal: run.seal,
        };
        let (reply, took) = timed(|| asker.ask(&Request::Push(push)));
        let reply = reply?;
        ensure!(matches!(reply, Reply::Ack(_)), "the centre answered {reply:?}");
        ingesting += took;
        let (done, took) = timed(|| copy(&mut copied, run));
        done?;
        copying += took;
    }
    let per_second =
        |took: Duration| f64::from(u32::try_from(count).unwrap_or(u32::MAX)) / took.as_secs_f64();
    let (ingest, bare) = (per_second(ingesting), per_second(copying));
    Ok(vec![Row {
        name: "the centre's ingest, durable, with rollups",
        value: ingest,
        unit: "/s",
        against: "bare COPY",
        against_value: bare,
        ratio: ingest / bare,
        goal: ">= 0.3",
        limited_by: format!(
            "{count} entries in pushes of {BATCH}: one connection, so the processor (hashes, CBOR, \
             index upkeep) and one commit a push, in turn"
        ),
    }])
}

fn load_shop(programs: &Programs, server: &Server, folder: &Path) -> Result<()> {
    let data = folder.join("data");
    let status = std::process::Command::new(programs.friday()?).arg("write").arg(&data).status()?;
    ensure!(status.success(), "the demo's data were not written");
    server.administer(&["load", data.to_str().context("the folder's name is not text")?], "")?;
    Ok(())
}

/// Enrols a till, takes the centre away, sells, and reads what the till wrote as a link would.
fn sell(
    runtime: &tokio::runtime::Runtime,
    server: &mut Server,
    folder: &Path,
) -> Result<(Tip, SigningKey, Vec<Run>)> {
    let till = enrolled_till(server, folder)?;
    server.stop();
    let mut baskets = Baskets::new(7, friday::data::menu());
    for _ in 0..ORDERS {
        let basket = baskets.draw_for(Mode::TakeAway);
        for (item, quantity) in basket.lines {
            ask(&till, Command::Basket(BasketEdit::Add { item, quantity }))?;
        }
        let tender = Tender::cash(Money::from_cents(99_900));
        ask(&till, Command::TakePayment { order: None, tenders: vec![tender] })?;
    }
    let read = till.with(|till| {
        let key = till.identity().map(|identity| identity.key.clone());
        let opened = key.zip(till.tip());
        till.store().read(move |tx| {
            let (key, tip) = opened.ok_or(StoreError::Broken("workstation"))?;
            Ok::<_, StoreError>((tip, key, runs(tx, tip)?))
        })
    });
    drop(till);
    runtime.block_on(server.resume())?;
    Ok(read.context("the till has ended")??)
}

fn enrolled_till(server: &Server, folder: &Path) -> Result<Handle> {
    let words = ["enrol-code", "--shop", "P01", "--role", "till", "--label", "C1"];
    let code = server.administer(&words, "")?;
    let data = folder.join("till");
    std::fs::create_dir_all(&data)?;
    let till = Handle::start(Start {
        anchor: Some(anchor::beside(&data)),
        folder: data,
        clock: Arc::new(MachineClock::true_time()),
        entropy: Box::new(MachineEntropy),
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        finds: Finds::Typed,
        on_change: Box::new(|| {}),
    })?;
    ask(
        &till,
        Command::SetUp(SetUp {
            server: Some(server.url()),
            code,
            role: pos_api::Role::Till,
            label: "C1".to_owned(),
            pin: String::new(),
        }),
    )?;
    let mut seen = 0;
    for _ in 0..1_000 {
        let Ok(Answer::Session(session)) = till.query(Query::Session) else {
            bail!("the till does not answer");
        };
        if session.has_menu && !session.operators.is_empty() {
            break;
        }
        seen = till.wait_for_change(seen, Duration::from_millis(100));
    }
    let people = friday::data::people();
    let person = people
        .get("P01")
        .and_then(|people| people.iter().find(|it| it.role == domain::staff::Role::Manager))
        .context("P01 has a manager")?;
    let sign_in = Command::SignIn { operator: person.code.clone(), pin: person.pin.clone() };
    ask(&till, sign_in)?;
    Ok(till)
}

fn ask(till: &Handle, command: Command) -> Result<pos_api::Reply> {
    till.command(command).map_err(|failure| anyhow!("refused: {failure:?}"))
}

/// The whole journal in runs of [`BATCH`].
fn runs(tx: &rusqlite::Transaction<'_>, tip: Tip) -> Result<Vec<Run>, StoreError> {
    let mut runs = Vec::new();
    let mut after = None;
    while let ReadOutcome::Run(run) = replicate::read(tx, tip, after, BATCH)? {
        let base = after;
        let last = run.entries.last().expect("a run has entries").hash();
        let count = u64::try_from(run.entries.len()).expect("a run is short");
        let seq = Seq(after.map_or(0, |place: Place| place.seq.0) + count);
        after = Some(Place { seq, hash: last });
        runs.push(Run { base, entries: run.entries, seal: run.seal });
    }
    Ok(runs)
}

/// A workstation, as far as the centre can tell.
struct Asker {
    url: String,
    sender: Sender,
    agent: ureq::Agent,
}

impl Asker {
    fn new(server: &Server, key: SigningKey) -> Self {
        let sender = Sender::new(key, BootId([7; 16]));
        Self { url: server.url(), sender, agent: ureq::Agent::new_with_defaults() }
    }

    fn ask(&mut self, request: &Request) -> Result<Reply> {
        let reply = self.post("/v1/replication", request.encode())?;
        Reply::decode(&reply).context("the centre's answer")
    }

    fn post(&mut self, path: &str, body: Vec<u8>) -> Result<Vec<u8>> {
        let sealed = seal_request(&mut self.sender, 0, body)?;
        let reply = self
            .agent
            .post(format!("{}{path}", self.url))
            .send(sealed.bytes)?
            .body_mut()
            .read_to_vec()?;
        Ok(open_reply(&reply, |_| true, sealed.hash)?.body)
    }
}

fn copy_table(database: &e2e::Database) -> Result<postgres::Client> {
    let mut client = postgres::Client::connect(database.url(), postgres::NoTls)?;
    client.batch_execute(
        "CREATE TABLE bare_copy (seq bigint, header bytea, body bytea, seal bytea)",
    )?;
    Ok(client)
}

fn copy(client: &mut postgres::Client, run: &Run) -> Result<()> {
    let first = run.base.map_or(1, |base| base.seq.0 + 1);
    let mut writer = client.copy_in("COPY bare_copy FROM STDIN")?;
    let last = run.entries.len() - 1;
    for (index, entry) in run.entries.iter().enumerate() {
        let hex = |bytes: &[u8]| {
            let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            format!("\\\\x{digits}")
        };
        let body = entry.body.as_deref().map_or_else(|| "\\N".to_owned(), hex);
        let seal = if index == last { hex(run.seal.as_bytes()) } else { "\\N".to_owned() };
        let seq = first + u64::try_from(index)?;
        writeln!(writer, "{seq}\t{}\t{body}\t{seal}", hex(&entry.header))?;
    }
    writer.finish()?;
    Ok(())
}
