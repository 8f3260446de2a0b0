//! The relay: every connection between two machines goes through it, and it does to them what this
//! kernel cannot: delay, jitter, so that connections overtake each other, stalls and resets. The bytes
//! of one connection stay whole and in order, as TCP promises.

use crate::net::Host;
use anyhow::{Context, Result};
use friday::Dice;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until, timeout};

/// How long the far end may take to answer a connection.
const CONNECT: Duration = Duration::from_secs(2);
/// How much is read at once, in bytes.
const CHUNK: usize = 16 * 1024;
/// How many chunks may be under way in a connection, each way: more is not taken from its sender.
const UNDER_WAY: usize = 64;

/// What a road does to what travels on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weather {
    /// The shortest time that a chunk takes.
    pub delay: Duration,
    /// What chance adds to it, at most, chunk by chunk: connections overtake each other.
    pub jitter: Duration,
    /// Nothing arrives. What was sent waits.
    pub stalled: bool,
    /// Counts up: connections that are open when it does are cut.
    pub resets: u32,
}

impl Weather {
    /// Nothing is done.
    pub const FAIR: Self =
        Self { delay: Duration::ZERO, jitter: Duration::ZERO, stalled: false, resets: 0 };

    fn due(&self, dice: &mut Dice) -> Instant {
        let spread = u32::try_from(self.jitter.as_micros()).unwrap_or(u32::MAX - 1);
        Instant::now() + self.delay + Duration::from_micros(u64::from(dice.between(0, spread)))
    }
}

/// A way from a machine to another, and its weather.
#[derive(Clone, Debug)]
pub struct Road {
    weather: watch::Sender<Weather>,
}

impl Road {
    /// Changes the weather; what is open lives on.
    pub fn set(&self, delay: Duration, jitter: Duration) {
        self.weather.send_modify(|it| (it.delay, it.jitter) = (delay, jitter));
    }

    /// Nothing arrives any more, and nobody is told.
    pub fn stall(&self) {
        self.weather.send_modify(|it| it.stalled = true);
    }

    /// What waits goes on.
    pub fn go_on(&self) {
        self.weather.send_modify(|it| it.stalled = false);
    }

    /// Every connection is cut; what waited in it is gone.
    pub fn reset(&self) {
        self.weather.send_modify(|it| it.resets += 1);
    }

    /// No delay, no stall.
    pub fn clear(&self) {
        self.weather.send_modify(|it| *it = Weather { resets: it.resets, ..Weather::FAIR });
    }
}

/// Where a road leads.
#[derive(Clone, Debug)]
pub enum Target {
    /// To one address.
    One(SocketAddr),
    /// To the next of several: replicas behind one door. One that does not take the connection is
    /// passed over.
    Each(Vec<SocketAddr>, Arc<AtomicUsize>),
    /// From a machine's own loopback, over its wire, to a door of the relay's.
    Over(Host, SocketAddr),
}

/// Runs all roads of all worlds.
#[derive(Debug)]
pub struct Relay {
    runtime: Runtime,
    connections: Arc<AtomicU64>,
}

impl Relay {
    /// Starts it.
    ///
    /// # Errors
    ///
    /// The system gives no threads.
    pub fn start() -> Result<Self> {
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        Ok(Self { runtime, connections: Arc::default() })
    }

    /// Opens a road: whoever connects to `door` reaches `target`.
    ///
    /// # Errors
    ///
    /// Somebody listens there already.
    pub fn open(&self, door: SocketAddr, target: Target) -> Result<Road> {
        let door = std::net::TcpListener::bind(door).with_context(|| format!("open {door}"))?;
        self.carry(door, target)
    }

    /// Opens a road from a machine's own loopback: `port` there leads to `door`, over its wire.
    ///
    /// # Errors
    ///
    /// Somebody listens there already.
    pub fn open_loopback(&self, host: &Host, port: u16, door: SocketAddr) -> Result<Road> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let own = host.there(|| Ok(std::net::TcpListener::bind(address)?))?;
        self.carry(own, Target::Over(host.clone(), door))
    }

    /// Echoes what is sent to `address` on a machine: what a round trip takes is measured with it.
    ///
    /// # Errors
    ///
    /// Somebody listens there already.
    pub fn echo(&self, host: &Host, address: SocketAddr) -> Result<()> {
        let own = host.there(|| Ok(std::net::TcpListener::bind(address)?))?;
        own.set_nonblocking(true)?;
        self.runtime.spawn(async move {
            let listener = TcpListener::from_std(own)?;
            loop {
                let (mut stream, _) = listener.accept().await?;
                stream.set_nodelay(true)?;
                tokio::spawn(async move {
                    let (mut read, mut write) = stream.split();
                    tokio::io::copy(&mut read, &mut write).await
                });
            }
            #[expect(unreachable_code, reason = "it says what the errors above are")]
            Ok::<_, io::Error>(())
        });
        Ok(())
    }

    fn carry(&self, door: std::net::TcpListener, target: Target) -> Result<Road> {
        door.set_nonblocking(true)?;
        let (weather, seen) = watch::channel(Weather::FAIR);
        let connections = Arc::clone(&self.connections);
        self.runtime.spawn(async move {
            let door = TcpListener::from_std(door)?;
            let mut ended = seen.clone();
            loop {
                let near = tokio::select! {
                    near = door.accept() => near?.0,
                    // The road's owner is gone, and with it the world it was in.
                    _ = ended.wait_for(|_| false) => return Ok(()),
                };
                let number = connections.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(connection(near, target.clone(), seen.clone(), number));
            }
            #[expect(unreachable_code, reason = "it says what the errors above are")]
            Ok::<_, io::Error>(())
        });
        Ok(Road { weather })
    }
}

/// Carries one connection to its end. Its own errors are what an end looks like to either side.
async fn connection(
    near: TcpStream,
    target: Target,
    mut weather: watch::Receiver<Weather>,
    number: u64,
) -> io::Result<()> {
    let resets = weather.borrow_and_update().resets;
    let cut = weather.clone();
    let carried = async {
        // A road on which nothing arrives opens no connection either.
        wait_until_it_goes_on(&mut weather).await;
        let far = connect(&target).await?;
        near.set_nodelay(true)?;
        far.set_nodelay(true)?;
        let (near_read, near_write) = near.into_split();
        let (far_read, far_write) = far.into_split();
        let there = pump(near_read, far_write, weather.clone(), Dice::new(number, 0));
        let back = pump(far_read, near_write, weather.clone(), Dice::new(number, 1));
        tokio::try_join!(there, back).map(drop)
    };
    tokio::select! {
        ended = carried => ended,
        () = reset(cut, resets) => Ok(()),
    }
}

/// Until the connections that were open at `resets` are to be cut, or the road's world is gone.
async fn reset(mut weather: watch::Receiver<Weather>, resets: u32) {
    // An error says that the world is gone: cut, too.
    weather.wait_for(|it| it.resets != resets).await.map(drop).ok();
}

async fn wait_until_it_goes_on(weather: &mut watch::Receiver<Weather>) {
    // An error says that the world is gone: whoever waits is cut by `reset`.
    weather.wait_for(|it| !it.stalled).await.map(drop).ok();
}

async fn connect(target: &Target) -> io::Result<TcpStream> {
    match target {
        Target::One(address) => connect_to(TcpSocket::new_v4()?, *address).await,
        Target::Each(addresses, turn) => {
            let mut failed = io::Error::from(io::ErrorKind::NotConnected);
            for _ in addresses {
                let next = turn.fetch_add(1, Ordering::Relaxed) % addresses.len();
                match connect_to(TcpSocket::new_v4()?, addresses[next]).await {
                    Ok(stream) => return Ok(stream),
                    Err(error) => failed = error,
                }
            }
            Err(failed)
        }
        Target::Over(host, address) => {
            // A socket belongs to the machine it was made on, whoever uses it.
            let host = host.clone();
            let made = tokio::task::spawn_blocking(move || {
                host.there(|| Ok(TcpSocket::new_v4()?)).map_err(io::Error::other)
            });
            connect_to(made.await.map_err(io::Error::other)??, *address).await
        }
    }
}

async fn connect_to(socket: TcpSocket, address: SocketAddr) -> io::Result<TcpStream> {
    timeout(CONNECT, socket.connect(address)).await?
}

/// Carries one direction: each chunk arrives when it is due, after those before it.
async fn pump(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut weather: watch::Receiver<Weather>,
    mut dice: Dice,
) -> io::Result<()> {
    let (send, mut under_way) = mpsc::channel::<(Instant, Vec<u8>)>(UNDER_WAY);
    let forecast = weather.clone();
    let taken = async move {
        loop {
            let mut chunk = Vec::with_capacity(CHUNK);
            if from.read_buf(&mut chunk).await? == 0 {
                return Ok::<_, io::Error>(());
            }
            let due = forecast.borrow().due(&mut dice);
            if send.send((due, chunk)).await.is_err() {
                return Ok(());
            }
        }
    };
    let given = async move {
        while let Some((due, chunk)) = under_way.recv().await {
            if Instant::now() < due {
                sleep_until(due).await;
            }
            wait_until_it_goes_on(&mut weather).await;
            to.write_all(&chunk).await?;
        }
        to.shutdown().await
    };
    tokio::try_join!(taken, given).map(drop)
}
