//! `sync-server`: the centre, and what its administrator does by hand.

use anyhow::{Context as _, Result, bail};
use replication::Role;
use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;
use sync_server::anchor::Anchor;
use sync_server::app::{App, router};
use sync_server::centre::{self, Centre};
use sync_server::config::Config;
use sync_server::load::{self, Folder};
use sync_server::store::{self, Store};
use sync_server::{admin, feed};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

const USAGE: &str = "\
usage: sync-server serve
       sync-server load DIR
       sync-server enrol-code --shop P01 --role till|kitchen --label C1
       sync-server revoke --shop P01 --label C1
       sync-server health
       sync-server go-on --shop P01            (a centre that was set back waits no longer)
       sync-server manager add --name NAME     (the password on standard input)

environment: DATABASE_URL, LISTEN (127.0.0.1:8080), KEY_FILE (sync-server.key),
             ANCHOR_FILE (sync-server.anchor, beside the key),
             OCPIZZA_CLOCK (demonstrations only: 2026-11-20T19:10:00+01:00), RUST_LOG";

/// What is logged unless `RUST_LOG` says otherwise. PostgreSQL's notices are about what is there
/// already.
const LOG: &str = "info,sqlx::postgres::notice=warn";

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Where not even this can be said, the exit code says it.
            let _told = writeln!(std::io::stderr(), "{error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<()> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(LOG));
    tracing_subscriber::fmt().json().with_env_filter(filter).with_writer(std::io::stderr).init();
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["serve"] => serve().await,
        ["load", folder] => load(Path::new(folder)).await,
        ["enrol-code", ref options @ ..] => enrol_code(&read_options(options)?).await,
        ["revoke", ref options @ ..] => revoke(&read_options(options)?).await,
        ["health"] => health().await,
        ["go-on", ref options @ ..] => go_on(&read_options(options)?).await,
        ["manager", "add", ref options @ ..] => add_manager(&read_options(options)?).await,
        _ => bail!(USAGE),
    }
}

/// Options, each with its value: `--shop P01`.
struct Options<'a>(BTreeMap<&'a str, &'a str>);

fn read_options<'a>(words: &[&'a str]) -> Result<Options<'a>> {
    let mut options = BTreeMap::new();
    for pair in words.chunks(2) {
        match *pair {
            [name, value] if name.starts_with("--") => options.insert(&name[2..], value),
            _ => bail!(USAGE),
        };
    }
    Ok(Options(options))
}

impl<'a> Options<'a> {
    fn get(&self, name: &str) -> Result<&'a str> {
        self.0.get(name).copied().with_context(|| format!("--{name} is missing\n{USAGE}"))
    }
}

/// Connects to a database of this program's schema, whichever command it is for, and sees whether it
/// was set back.
async fn open() -> Result<(App, Anchor)> {
    let config = Config::read(|name| std::env::var(name).ok())?;
    let options = config.database_url.parse().context("DATABASE_URL")?;
    store::migrate(options).await.context("the database could not be brought up to date")?;
    let key =
        centre::key(&config.key_file).with_context(|| config.key_file.display().to_string())?;
    let options = config.database_url.parse().context("DATABASE_URL")?;
    let app = App::new(Store::new(options), config.clock.clone(), Centre::new(key)?);
    let mut anchor = Anchor::open(&config.anchor_file)
        .with_context(|| config.anchor_file.display().to_string())?;
    anchor.compare(&app).await?;
    Ok((app, anchor))
}

async fn serve() -> Result<()> {
    let (app, anchor) = open().await?;
    anchor.write().context("ANCHOR_FILE")?;
    let listen = Config::read(|name| std::env::var(name).ok())?.listen;
    let listener = TcpListener::bind(listen).await.context("LISTEN")?;
    tracing::info!(listen = %listener.local_addr()?, "the server answers");
    let service = router(app.clone()).into_make_service_with_connect_info::<SocketAddr>();
    let mut term = signal(SignalKind::terminate())?;
    let mut int = signal(SignalKind::interrupt())?;
    tokio::spawn(feed::watch(app.clone(), anchor));
    let stopping = app.clone();
    axum::serve(listener, service)
        .with_graceful_shutdown(async move {
            tokio::select! {
                _ = term.recv() => {}
                _ = int.recv() => {}
            }
            tracing::info!("the server stops: what is under way is finished");
            stopping.live.close();
        })
        .await?;
    app.store.close().await;
    Ok(())
}

async fn load(folder: &Path) -> Result<()> {
    let folder = Folder::read(folder)?;
    let (app, _) = open().await?;
    let loaded = load::load(&app, &folder).await?;
    for line in &loaded.published {
        say(line)?;
    }
    for line in &loaded.held {
        say(&format!("{line} waits: the database was set back, and the shop must be heard first"))?;
    }
    say(&format!("{} published, {} cards", loaded.published.len(), loaded.cards))
}

async fn enrol_code(options: &Options<'_>) -> Result<()> {
    let role = match options.get("role")? {
        "till" => Role::Till,
        "kitchen" => Role::Kitchen,
        other => bail!("{other} is no role: till or kitchen"),
    };
    let (app, _) = open().await?;
    let code = admin::enrol_code(&app, options.get("shop")?, role, options.get("label")?).await?;
    say(&code.shown())
}

async fn revoke(options: &Options<'_>) -> Result<()> {
    let (app, _) = open().await?;
    admin::revoke(&app, options.get("shop")?, options.get("label")?).await?;
    Ok(())
}

/// What whoever looks after the server must know of the database; what a server has to do at this
/// moment, its own `/healthz` says.
async fn health() -> Result<()> {
    let (app, _) = open().await?;
    for line in admin::health(&app).await? {
        say(&line)?;
    }
    Ok(())
}

async fn go_on(options: &Options<'_>) -> Result<()> {
    let (app, _) = open().await?;
    admin::go_on(&app, options.get("shop")?).await?;
    Ok(())
}

async fn add_manager(options: &Options<'_>) -> Result<()> {
    let mut password = String::new();
    std::io::stdin().take(4_096).read_to_string(&mut password).context("standard input")?;
    let (app, _) = open().await?;
    let password = password.trim_end_matches(['\r', '\n']).into();
    admin::add_manager(&app, options.get("name")?, password).await?;
    Ok(())
}

/// A command's result, on standard output: the log goes elsewhere.
fn say(line: &str) -> Result<()> {
    writeln!(std::io::stdout(), "{line}").context("standard output")
}
