//! What somebody can do who sits between two workstations, or calls one of them.

use crate::centre::Centre;
use crate::pc::{BOUND, FRIDAY_19_10, Pc};
use crate::relay::Relay;
use journal::{BootId, SigningKey};
use pos_api::{BasketEdit, Command, Role};
use pos_core::runtime::tls::{self, Caller, Calling};
use replication::{
    Poke, Refusal, Reply, Request, RequestHash, Sender, frame, open_reply, seal_request,
};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

/// A till and a kitchen of one shop, that know each other and are not connected yet.
fn till_and_kitchen() -> (Centre, Pc, Pc) {
    let mut centre = Centre::new();
    let till = Pc::new(&mut centre, "C1", Role::Till);
    let kitchen = Pc::new(&mut centre, "K1", Role::Kitchen);
    centre.tell(&till);
    (centre, till, kitchen)
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_secret(&[seed; 32]).unwrap()
}

fn call(pc: &Pc, key: &SigningKey) -> Calling {
    let server = pc.with(|it| it.public_key().unwrap());
    let stream = TcpStream::connect(&pc.address).unwrap();
    let (mut calling, _) = tls::call(stream, key, move |it| *it == server, 0).unwrap();
    calling.sock.wait_each(BOUND).unwrap();
    calling
}

/// What is answered to the first request of a run of `key`; `None` where the connection ends instead.
fn ask(calling: &mut Calling, key: &SigningKey, run: u8) -> Option<Reply> {
    let mut sender = Sender::new(key.clone(), BootId([run; 16]));
    let poke = Request::Poke(Poke { tips: Vec::new(), cards: 0 });
    let sealed = seal_request(&mut sender, FRIDAY_19_10, poke.encode()).unwrap();
    calling.write_all(&frame::encode(&sealed.bytes).unwrap()).ok()?;
    let mut prefix = [0; frame::PREFIX_BYTES];
    calling.read_exact(&mut prefix).ok()?;
    let mut reply = vec![0; frame::length(prefix).unwrap()];
    calling.read_exact(&mut reply).ok()?;
    let opened = open_reply(&reply, |_| true, RequestHash::of(&sealed.bytes)).unwrap();
    Some(Reply::decode(&opened.body).unwrap())
}

#[test]
fn nothing_that_travels_can_be_read() {
    let (_centre, till, kitchen) = till_and_kitchen();
    let relay = Relay::to(&kitchen.address);
    till.dial_at(&[&relay.address]);
    till.run(Command::AddTyped { text: "MAR".into() });
    let name = "Madame Vandenbroucke".to_owned();
    let phone = "03 20 11 22 33".to_owned();
    till.run(Command::Basket(BasketEdit::SetCustomer {
        name: name.clone(),
        phone,
        address: "3 rue des Fossés".into(),
    }));
    till.run(Command::SendToKitchen);
    let paid = till.sell("REI G");
    kitchen.shows(&paid.label);
    till.within(BOUND, |pc| (pc.safety().alone == 0).then_some(()));
    assert!(5_000 < relay.seen(), "it went through there: {} bytes", relay.seen());
    let journal = till.with(|it| it.tip().unwrap().journal);
    let told = [name.as_bytes(), b"0320112233", b"Foss", paid.label.as_bytes(), b"Margherita"];
    for word in told.into_iter().chain([journal.as_bytes()]) {
        assert!(!relay.saw(word), "{}", String::from_utf8_lossy(word));
    }
}

#[test]
fn somebody_in_between_with_a_key_of_his_own_is_told_nothing() {
    let (_centre, till, kitchen) = till_and_kitchen();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    till.dial_at(&[&listener.local_addr().unwrap().to_string()]);
    // He answers every call with his key, and asks for the caller's.
    for _ in 0..2 {
        let config = tls::listening(&key(66)).unwrap();
        let answered = tls::answer(listener.accept().unwrap().0, config);
        assert!(answered.is_err(), "not even who called");
    }
    drop(listener);
    till.dial(&[&kitchen]);
    kitchen.shows(&till.sell("MAR").label);
}

#[test]
fn altered_bytes_end_the_connection_and_nothing_else() {
    let (_centre, till, kitchen) = till_and_kitchen();
    let relay = Relay::to(&kitchen.address);
    till.dial_at(&[&relay.address]);
    for _ in 0..3 {
        kitchen.shows(&till.sell("MAR").label);
        relay.alter();
        kitchen.shows(&till.sell("MAR").label);
        till.within(BOUND, |_| (!relay.is_altering()).then_some(()));
    }
    till.within(BOUND, |pc| (pc.safety().alone == 0).then_some(()));
}

#[test]
fn a_stranger_is_told_that_it_is_one_and_may_not_say_much() {
    let (_centre, till, kitchen) = till_and_kitchen();
    let stranger = key(5);
    let mut calling = call(&kitchen, &stranger);
    assert_eq!(ask(&mut calling, &stranger, 1), Some(Reply::Refused(Refusal::UnknownSender)));
    calling.write_all(&100_000_u32.to_be_bytes()).unwrap();
    assert!(matches!(calling.read(&mut [0]), Ok(0) | Err(_)), "closed");
    // Silence ends it, too, and a member's key proves nothing for another's words.
    let mut silent = call(&kitchen, &stranger);
    assert!(matches!(silent.read(&mut [0]), Ok(0) | Err(_)), "closed");
    let member = till.with(|it| it.identity().unwrap().key.clone());
    let mut calling = call(&kitchen, &stranger);
    assert_eq!(ask(&mut calling, &member, 2), Some(Reply::Refused(Refusal::UnknownSender)));
    let mut calling = call(&kitchen, &member);
    assert!(matches!(ask(&mut calling, &member, 3), Some(Reply::Poke(_))));
}

#[test]
fn strangers_that_take_their_time_do_not_keep_the_shop_s_own_out() {
    let (_centre, till, kitchen) = till_and_kitchen();
    let stranger = key(5);
    let begun: Vec<TcpStream> = (0..20)
        .map(|_| {
            let mut stream = TcpStream::connect(&kitchen.address).unwrap();
            // The beginning of a greeting of 512 bytes.
            stream.write_all(&[0x16, 3, 1, 2, 0]).unwrap();
            stream
        })
        .collect();
    let proved: Vec<Calling> = (0..20).map(|_| call(&kitchen, &stranger)).collect();
    let member = till.with(|it| it.identity().unwrap().key.clone());
    let own: Vec<Calling> = (1..=20)
        .map(|run| {
            let mut calling = call(&kitchen, &member);
            assert!(matches!(ask(&mut calling, &member, run), Some(Reply::Poke(_))));
            calling
        })
        .collect();
    till.dial(&[&kitchen]);
    kitchen.shows(&till.sell("MAR").label);
    drop((begun, proved, own));
}

#[test]
fn who_answers_learns_where_the_caller_listens() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (_centre, till, kitchen) = till_and_kitchen();
    // The kitchen's key, on another listener: the till cannot tell, and tells it its port.
    let key = kitchen.with(|it| it.identity().unwrap().key.clone());
    drop(kitchen.end());
    till.dial_at(&[&listener.local_addr().unwrap().to_string()]);
    let config = tls::listening(&key).unwrap();
    let Caller { key, listens, .. } = tls::answer(listener.accept().unwrap().0, config).unwrap();
    assert_eq!(key, till.with(|it| it.public_key().unwrap()));
    assert!(till.address.ends_with(&format!(":{listens}")), "{}", till.address);
}
