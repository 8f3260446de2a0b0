//! A world: two shops of two tills and a kitchen each, the centre, and the roads between them.

use crate::centre::Centre;
use crate::count::{self, Ledgers};
use crate::ledger::Book;
use crate::net::Host;
use crate::pc::{Badge, CENTRE_PORT, Pc};
use crate::people::Cashier;
use crate::postgres::copy;
use crate::programs::Programs;
use crate::relay::{Relay, Road, Target};
use crate::wait::within;
use anyhow::{Context, Result, ensure};
use pos_api::{Answer, Command, PeerAddress, Query, Role, SetUp};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command as Program;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The shops that are played.
pub const SHOPS: [&str; 2] = ["P01", "P02"];
/// Who is in each.
const PCS: [(&str, Role); 3] = [("C1", Role::Till), ("C2", Role::Till), ("K1", Role::Kitchen)];
/// How long the menu and the staff may take to a new PC.
const PUBLISHED: Duration = Duration::from_secs(5);
/// How long all may take to hold the same entries after the last fault: what the design says.
pub const LEVEL: Duration = Duration::from_secs(30);
/// The name of the centre's files as each world begins with them.
const TEMPLATE: &str = "template";

/// What every world of a run shares.
#[derive(Debug)]
pub struct Ground {
    /// The programs.
    pub programs: Programs,
    /// The roads.
    pub relay: Relay,
    /// Where worlds have their disks, which go with this run.
    folder: PathBuf,
    /// Where logs stay.
    pub leaves: PathBuf,
}

/// A world.
#[derive(Debug)]
pub struct World {
    /// Its PCs, shop by shop.
    pub pcs: Vec<Arc<Pc>>,
    /// Its centre.
    pub centre: Centre,
    /// What each till has shown, by its PC's name.
    pub books: BTreeMap<String, Arc<Mutex<Book>>>,
    /// Whether its database was ever set back.
    pub set_back: bool,
    ground: Arc<Ground>,
    folder: PathBuf,
    centre_host: Host,
    /// From which PC to which; to the centre where there is none.
    roads: BTreeMap<(usize, Option<usize>), Vec<Road>>,
}

/// What a world came to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Totals {
    /// Tickets, in the centre and in each shop.
    pub tickets: u64,
    /// What they come to, in cents.
    pub cents: i64,
}

impl Ground {
    /// Prepares what worlds share, the centre's first files too.
    ///
    /// # Errors
    ///
    /// A program is missing, or does not do its part.
    pub fn prepare(programs: Programs) -> Result<Self> {
        let leaves = programs.leaves();
        fs::create_dir_all(leaves.join("logs"))?;
        // In memory, and of a short name: PostgreSQL's socket is in there.
        let folder = PathBuf::from("/run/storm");
        fs::create_dir_all(&folder)?;
        let it = Self { programs, relay: Relay::start()?, folder, leaves };
        let host = Host::make(TEMPLATE, 99, 1)?;
        let template = it.folder.join(TEMPLATE);
        let mut centre = Centre::start(&host, &it.programs, &template, &it.leaves.join("logs"))?;
        centre.stop()?;
        drop(centre);
        host.remove()?;
        Ok(it)
    }
}

impl World {
    /// A new world of this number (below 90; two at once have two numbers), set up and signed in.
    ///
    /// # Errors
    ///
    /// Something does not start, or refuses.
    pub fn new(ground: &Arc<Ground>, number: u8, shops: usize) -> Result<Self> {
        let folder = ground.folder.join(format!("world-{number}"));
        let logs = ground.leaves.join("logs").join(format!("world-{number}"));
        if logs.exists() {
            fs::remove_dir_all(&logs)?;
        }
        fs::create_dir_all(&folder)?;
        fs::create_dir_all(&logs)?;
        let centre_host = Host::make("centre", number, 100)?;
        copy(&ground.folder.join(TEMPLATE), &folder.join("centre"))?;
        let centre = Centre::start(&centre_host, &ground.programs, &folder.join("centre"), &logs)?;
        let mut it = Self {
            pcs: Vec::new(),
            centre,
            books: BTreeMap::new(),
            set_back: false,
            ground: Arc::clone(ground),
            folder,
            centre_host,
            roads: BTreeMap::new(),
        };
        for shop in SHOPS.iter().take(shops) {
            for (label, role) in PCS {
                it.add_pc(shop, label, role, number, &logs)?;
            }
        }
        it.build_roads()?;
        for pc in &it.pcs {
            it.set_up(pc).with_context(|| pc.name())?;
        }
        it.wait_until_level()?;
        // What it may be set back to, until it is killed for the first time.
        it.centre.postgres.stop()?;
        it.centre.postgres.remember()?;
        it.centre.postgres.resume()?;
        Ok(it)
    }

    fn add_pc(
        &mut self,
        shop: &str,
        label: &str,
        role: Role,
        world: u8,
        logs: &Path,
    ) -> Result<()> {
        let number = u8::try_from(self.pcs.len() + 1)?;
        let host = Host::make(&format!("{shop}-{label}"), world, number)?;
        let program = self.ground.programs.named("workstation", label == "C2")?;
        let folder = self.folder.join(format!("{shop}-{label}"));
        let badge = Badge { shop: shop.to_owned(), label: label.to_owned(), role };
        let pc = Pc::new(badge, host, program, &folder, logs, true)?;
        if role == Role::Till {
            self.books.insert(pc.name(), Arc::default());
        }
        self.pcs.push(Arc::new(pc));
        Ok(())
    }

    fn build_roads(&mut self) -> Result<()> {
        let relay = &self.ground.relay;
        let target = self.centre.target();
        for (from, pc) in self.pcs.iter().enumerate() {
            for (to, peer) in self.pcs.iter().enumerate() {
                if from != to && pc.badge.shop == peer.badge.shop {
                    let door = pc.host.door_to(&peer.host);
                    let road = relay.open(door, Target::One(peer.listens()))?;
                    self.roads.insert((from, Some(to)), vec![road]);
                }
            }
            let door = pc.host.door_to(&self.centre_host);
            let road = relay.open(door, target.clone())?;
            // The first part of the way to the centre is on the PC itself.
            let own = relay.open_loopback(&pc.host, CENTRE_PORT, door)?;
            self.roads.insert((from, None), vec![road, own]);
        }
        Ok(())
    }

    fn set_up(&self, pc: &Pc) -> Result<()> {
        let Badge { shop, label, role } = pc.badge.clone();
        let word = match role {
            Role::Till => "till",
            Role::Kitchen => "kitchen",
        };
        let code = self.centre.enrol_code(&shop, word, &label)?;
        let server = Some(format!("http://127.0.0.1:{CENTRE_PORT}"));
        pc.start()?;
        pc.run(Command::SetUp(SetUp { server, code, role, label, pin: String::new() }))?;
        let peers = self.pcs.iter().filter(|it| it.badge.shop == shop && it.host != pc.host);
        let peers = peers
            .map(|peer| PeerAddress { address: pc.host.door_to(&peer.host).to_string() })
            .collect();
        pc.run(Command::SetPeers(peers))?;
        within("menu and staff arrive", PUBLISHED, || {
            let Answer::Session(session) = pc.query(Query::Session)? else { return Ok(None) };
            Ok((session.has_menu && !session.operators.is_empty()).then_some(()))
        })?;
        Ok(())
    }

    /// The first person of a shop's staff.
    ///
    /// # Errors
    ///
    /// It has nobody.
    pub fn cashier(shop: &str) -> Result<Cashier> {
        let people = friday::data::people();
        let person = people.get(shop).and_then(|people| people.first());
        let person = person.with_context(|| format!("{shop} has nobody"))?;
        Ok(Cashier { code: person.code.clone(), pin: person.pin.clone() })
    }

    /// Every road from and to a PC, the one to the centre too.
    pub fn roads_of(&self, place: usize) -> impl Iterator<Item = &Road> {
        let touches =
            move |(from, to): &(usize, Option<usize>)| *from == place || *to == Some(place);
        // The part on the PC itself is no wire's.
        self.roads.iter().filter(move |(ends, _)| touches(ends)).map(|(_, roads)| &roads[0])
    }

    /// A PC's road to the centre.
    #[must_use]
    pub fn road_to_centre(&self, place: usize) -> &Road {
        &self.roads[&(place, None)][0]
    }

    /// The relay, to measure with.
    #[must_use]
    pub fn relay(&self) -> &Relay {
        &self.ground.relay
    }

    /// The road from one PC to another of its shop.
    #[must_use]
    pub fn road(&self, from: usize, to: usize) -> &Road {
        &self.roads[&(from, Some(to))][0]
    }

    /// The shops that are played, each with its PCs.
    pub fn shops(&self) -> BTreeMap<&str, Vec<&Pc>> {
        let mut shops: BTreeMap<&str, Vec<&Pc>> = BTreeMap::new();
        for pc in &self.pcs {
            shops.entry(pc.badge.shop.as_str()).or_default().push(pc);
        }
        shops
    }

    /// Waits until everybody holds the same entries; answers how long it took.
    ///
    /// # Errors
    ///
    /// They do not: what differs.
    pub fn wait_until_level(&self) -> Result<Duration> {
        let ledgers = Ledgers::of(&self.centre.postgres, self.set_back);
        let mut differs = String::new();
        let level = within("everybody holds the same", LEVEL, || {
            for (shop, pcs) in self.shops() {
                if let Some(what) = count::difference(&pcs, shop, &ledgers)? {
                    differs = what;
                    return Ok(None);
                }
            }
            Ok(Some(()))
        });
        let ((), took) = level.with_context(|| differs)?;
        Ok(took)
    }

    /// Counts every shop.
    ///
    /// # Errors
    ///
    /// What is lost, doubled, or not to the cent.
    pub fn count(&self) -> Result<Totals> {
        let ledgers = Ledgers::of(&self.centre.postgres, self.set_back);
        let mut totals = Totals::default();
        for (shop, pcs) in self.shops() {
            let mut books = BTreeMap::new();
            for pc in pcs.iter().filter(|pc| pc.badge.role == Role::Till) {
                let book = self.books[&pc.name()].lock().unwrap_or_else(PoisonError::into_inner);
                books.insert(pc.badge.label.clone(), book.clone());
            }
            let (tickets, cents) = count::count(&pcs, shop, &mut books, &ledgers)?;
            for (label, book) in books {
                let known = &self.books[&format!("{shop}-{label}")];
                *known.lock().unwrap_or_else(PoisonError::into_inner) = book;
            }
            totals.tickets += u64::try_from(tickets)?;
            totals.cents += cents;
        }
        Ok(totals)
    }

    /// Ends every workstation at once, when all hold the same, and has the inspector's program read their
    /// files.
    ///
    /// # Errors
    ///
    /// A file is not believed: what is wrong with it.
    pub fn end(&self) -> Result<()> {
        self.wait_until_level()?;
        // Not in order: each would write that it ended, to nobody who is still there.
        for pc in &self.pcs {
            pc.kill()?;
        }
        self.shops().values().try_for_each(|pcs| self.inspect(pcs))
    }

    /// Has the inspector's program read the files of a shop's PCs, each with the others as witnesses.
    ///
    /// # Errors
    ///
    /// A file is not believed: what is wrong with it.
    pub fn inspect(&self, pcs: &[&Pc]) -> Result<()> {
        let verifier = self.ground.programs.named("ocpizza-verify", false)?;
        for pc in pcs {
            let mut verify = Program::new(&verifier);
            verify.arg(pc.file());
            for peer in pcs.iter().filter(|peer| peer.host != pc.host) {
                verify.arg("--peer").arg(peer.file());
            }
            let output = verify.output()?;
            let said = String::from_utf8_lossy(&output.stdout);
            let wrong: Vec<&str> = said.lines().filter(|line| line.starts_with('[')).collect();
            let erred = String::from_utf8_lossy(&output.stderr);
            ensure!(
                output.status.success(),
                "ocpizza-verify on {}'s file: {} {erred}",
                pc.name(),
                wrong.join(" ")
            );
        }
        Ok(())
    }

    /// Keeps the workstations' files for whoever looks into a failure; answers where.
    ///
    /// # Errors
    ///
    /// The disk is full.
    pub fn keep(&self, name: &str) -> Result<PathBuf> {
        let folder = self.ground.leaves.join(name);
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        for pc in &self.pcs {
            pc.kill()?;
            copy(&pc.data(), &folder.join(pc.name())).ok();
        }
        let logs = self.folder.file_name().unwrap_or_default();
        copy(&self.ground.leaves.join("logs").join(logs), &folder.join("logs"))?;
        Ok(folder)
    }

    /// Takes it away.
    ///
    /// # Errors
    ///
    /// Something still runs in it.
    pub fn remove(mut self) -> Result<()> {
        self.roads.clear();
        for pc in &self.pcs {
            pc.kill()?;
            pc.unmount()?;
            pc.host.remove()?;
        }
        self.centre.stop()?;
        self.centre_host.remove()?;
        Ok(fs::remove_dir_all(&self.folder)?)
    }
}
