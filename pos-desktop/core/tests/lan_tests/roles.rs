//! A till falls silent as one does whose cable is pulled, and the other takes the money of its order.
#![expect(clippy::print_stdout, reason = "how long it took is measured")]

use crate::centre::Centre;
use crate::pc::{BOUND, Pc, cash, now};
use domain::id::OrderId;
use pos_api::{
    Answer, Code, Command, MeshAnswer, MeshQuery, OrderCard, PeerAddress, Query, Reply, Role,
};
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

/// The other till takes the money within 5 s (docs/SYNC.md, Roles); here within ten times that,
/// on a machine that may be loaded.
const TAKES: Duration = Duration::from_secs(50);

/// A cable: it carries what goes to an address, until it is pulled. Then both ends hear nothing more,
/// not even that there is nobody.
struct Cable {
    address: SocketAddr,
    pulled: Arc<AtomicBool>,
}

impl Cable {
    fn to(address: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let pulled = Arc::new(AtomicBool::new(false));
        let cable = Self { address: listener.local_addr().unwrap(), pulled: Arc::clone(&pulled) };
        let address = address.to_owned();
        thread::spawn(move || {
            for near in listener.incoming() {
                let near = near.unwrap();
                if pulled.load(Ordering::Acquire) {
                    // Held open, and nobody is there.
                    carry_nothing(near);
                } else {
                    let far = TcpStream::connect(&address).unwrap();
                    for (from, to) in [(&near, &far), (&far, &near)] {
                        let ends = (from.try_clone().unwrap(), to.try_clone().unwrap());
                        let pulled = Arc::clone(&pulled);
                        thread::spawn(move || carry(ends.0, ends.1, &pulled));
                    }
                }
            }
        });
        cable
    }

    fn pull(&self) {
        self.pulled.store(true, Ordering::Release);
    }
}

fn carry(mut from: TcpStream, mut to: TcpStream, pulled: &AtomicBool) {
    let mut bytes = [0; 4096];
    while let Ok(count) = from.read(&mut bytes) {
        if pulled.load(Ordering::Acquire) {
            return carry_nothing(from);
        }
        if count == 0 || to.write_all(&bytes[..count]).is_err() {
            break;
        }
    }
    // The other end may have gone first.
    to.shutdown(Shutdown::Both).ok();
}

/// Takes what comes, for ever, and answers nothing.
fn carry_nothing(mut stream: TcpStream) {
    thread::spawn(move || io::copy(&mut stream, &mut io::sink()));
}

fn arbiter(pc: &Pc) -> String {
    let Answer::Mesh(MeshAnswer::Workstations(view)) = pc.ask(Query::Mesh(MeshQuery::Workstations))
    else {
        panic!()
    };
    view.arbiter
}

fn card(pc: &Pc, order: OrderId) -> Option<OrderCard> {
    pc.orders().into_iter().find(|card| card.order == order)
}

/// Two tills, the second linked to the first by a cable; the first is the arbiter, and has an open
/// order that the second holds as well.
fn two_tills() -> (Pc, Pc, Cable, OrderId) {
    let mut centre = Centre::new();
    let one = Pc::new(&mut centre, "C1", Role::Till);
    let other = Pc::new(&mut centre, "C2", Role::Till);
    let cable = Cable::to(&one.address);
    let peers = vec![PeerAddress { address: cable.address.to_string() }];
    other.run(Command::SetPeers(peers));
    centre.tell(&one);
    for pc in [&one, &other] {
        pc.within(TAKES, |pc| (arbiter(pc) == "C1").then_some(()));
    }
    one.run(Command::AddTyped { text: "REI G".into() });
    let Reply::Order { order, .. } = one.run(Command::SendToKitchen) else { panic!() };
    other.within(BOUND, |pc| card(pc, order));
    one.within(BOUND, |pc| (pc.safety().alone == 0).then_some(()));
    (one, other, cable, order)
}

#[test]
fn a_till_that_lives_gives_leave_at_once() {
    let (one, other, _cable, order) = two_tills();
    let begun = now();
    other.pay(Some(order), 5_000);
    let took = begun.elapsed();
    println!("leave was asked and given, and the money taken, in {} ms", took.as_millis());
    one.within(BOUND, |pc| card(pc, order).filter(|card| card.tickets.len() == 1));
    let again = Command::TakePayment { order: Some(order), tenders: cash(5_000) };
    assert_eq!(one.try_run(again).unwrap_err(), Code::OrderClosed);
}

#[test]
fn a_till_that_falls_silent_loses_its_role_and_the_other_takes_the_money() {
    let (_one, other, cable, order) = two_tills();
    cable.pull();
    let begun = now();
    other.pay(Some(order), 5_000);
    let took = begun.elapsed();
    println!("the money of a silent till's order was taken after {} ms", took.as_millis());
    assert!(took < TAKES, "{took:?}");
    assert_eq!(arbiter(&other), "C2");
}
