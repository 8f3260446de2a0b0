//! The centre of the demonstration, with its data.

use std::{path::Path, process::Command};

use anyhow::{Context, Result, ensure};

use crate::{Cluster, Database, Programs, Server};

/// When the programs' clocks start: a Friday, as the evening begins.
pub const EVENING: &str = "2026-11-20T19:10:00+01:00";

/// The shop that is played.
pub const SHOP: &str = "P01";

/// Somebody who may see the managers' page.
#[derive(Clone, Copy, Debug)]
pub struct Manager {
    /// The name to sign in with.
    pub name: &'static str,
    /// Like the PINs of the demo's staff, published: no real centre may have this manager.
    pub password: &'static str,
}

/// The manager of the demonstration.
const MANAGER: Manager = Manager { name: "claire", password: "pizza-du-vendredi-soir" };

/// The server on a PostgreSQL of its own. Fields are dropped in order: the server first.
#[derive(Debug)]
pub struct Centre {
    /// The server.
    pub server: Server,
    /// Its database, to be looked at from outside.
    pub database: Database,
    /// Who may see the managers' page.
    pub manager: Manager,
    _cluster: Cluster,
}

impl Centre {
    /// Starts it with its files in `folder`, and loads the demo's shops, menu, staff and customers.
    ///
    /// # Errors
    ///
    /// A program is missing, does not start or refuses: its log in the folder says why.
    pub async fn start(programs: &Programs, folder: &Path) -> Result<Self> {
        let cluster = Cluster::start(&folder.join("postgres"))?;
        let database = cluster.database("ocpizza")?;
        let own = folder.join("server");
        let server = Server::start(&programs.server()?, &database, &own, Some(EVENING)).await?;

        let data = folder.join("data");
        let status = Command::new(programs.friday()?).arg("write").arg(&data).status()?;
        ensure!(status.success(), "the demo's data were not written: {status}");
        let data = data.to_str().context("the target folder's name is not text")?;
        server.administer(&["load", data], "")?;
        server.administer(&["manager", "add", "--name", MANAGER.name], MANAGER.password)?;
        Ok(Self { server, database, manager: MANAGER, _cluster: cluster })
    }

    /// The one-time code with which a PC becomes the shop's `label`, `till` or `kitchen` by its role.
    ///
    /// # Errors
    ///
    /// The server refuses.
    pub fn enrol_code(&self, role: &str, label: &str) -> Result<String> {
        let words = ["enrol-code", "--shop", SHOP, "--role", role, "--label", label];
        self.server.administer(&words, "")
    }
}
