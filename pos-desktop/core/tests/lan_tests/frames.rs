use crate::centre::Centre;
use crate::pc::{BOUND, FRIDAY_19_10, Pc};
use journal::{BootId, Draft, Keep, Kind, Pen, SigningKey, Tip};
use pos_api::Role;
use pos_core::runtime::tls::{self, Calling};
use replication::{
    Place, Push, Quarantine, Quarantined, Refusal, Reply, Request, RequestHash, Sealed, Sender,
    frame, open_reply, seal_request,
};
use std::io::{Read, Write};
use std::net::TcpStream;

/// A kitchen, and a till of its shop that is played by the test, byte by byte.
struct Wire {
    kitchen: Pc,
    stream: Calling,
    key: SigningKey,
    tip: Tip,
    sender: Sender,
}

impl Wire {
    fn new() -> Self {
        let mut centre = Centre::new();
        let till = Pc::new(&mut centre, "C1", Role::Till);
        let kitchen = Pc::new(&mut centre, "K1", Role::Kitchen);
        centre.tell(&till);
        let (key, tip) = till.with(|it| (it.identity().unwrap().key.clone(), it.tip().unwrap()));
        till.dial(&[&kitchen]);
        till.within(BOUND, |pc| (pc.safety().alone == 0).then_some(()));
        let tip = till.with(|it| it.tip().unwrap()).max(tip);
        drop(till.end());
        let stream = connect(&kitchen, &key);
        let sender = Sender::new(key.clone(), BootId([9; 16]));
        Self { kitchen, stream, key, tip, sender }
    }

    fn seal(&mut self, request: &Request) -> Sealed {
        seal_request(&mut self.sender, FRIDAY_19_10, request.encode()).unwrap()
    }

    fn exchange(&mut self, envelope: &[u8]) -> Reply {
        self.stream.write_all(&frame::encode(envelope).unwrap()).unwrap();
        let mut prefix = [0; frame::PREFIX_BYTES];
        self.stream.read_exact(&mut prefix).unwrap();
        let mut reply = vec![0; frame::length(prefix).unwrap()];
        self.stream.read_exact(&mut reply).unwrap();
        let opened = open_reply(&reply, |_| true, RequestHash::of(envelope)).unwrap();
        Reply::decode(&opened.body).unwrap()
    }

    fn push(&mut self, push: Push) -> Reply {
        let sealed = self.seal(&Request::Push(push));
        self.exchange(&sealed.bytes)
    }

    /// The till's next entries, as they should be.
    fn next(&self, body: &[u8]) -> Push {
        let draft = || Draft {
            kind: Kind(60_000),
            kind_version: 1,
            keep: Keep::Trace,
            subject: None,
            body: body.to_vec(),
        };
        let known = self
            .kitchen
            .with(|it| it.store().read(pos_core::store::journals::greatest_tick).unwrap());
        let pen = Pen::new(self.key.clone(), BootId([9; 16]), Some(self.tip));
        let (batch, _) = pen.write(vec![draft(), draft()], known, FRIDAY_19_10);
        Push {
            journal: self.tip.journal,
            base: Some(Place::of(self.tip)),
            entries: batch.entries.iter().map(journal::Entry::to_raw).collect(),
            seal: batch.seal,
        }
    }

    fn held(&self) -> Tip {
        let journal = self.tip.journal;
        self.kitchen.with(move |it| {
            it.store().read(|tx| pos_core::store::journals::find(tx, journal)).unwrap()[0].tip
        })
    }

    /// After whatever was refused, what is right is taken.
    fn goes_on(&mut self) {
        assert_eq!(self.held(), self.tip, "nothing of it entered the journal");
        let right = self.next(b"right");
        assert!(matches!(self.push(right.clone()), Reply::Ack(_)));
        assert!(matches!(self.push(right), Reply::Ack(_)), "twice is as once");
        assert_eq!(self.held().seq.0, self.tip.seq.0 + 2);
    }
}

fn connect(pc: &Pc, key: &SigningKey) -> Calling {
    let stream = TcpStream::connect(&pc.address).unwrap();
    let (mut calling, _) = tls::call(stream, key, |_| true, 0).unwrap();
    calling.sock.wait_each(BOUND).unwrap();
    calling
}

#[test]
fn a_stranger_is_told_that_it_is_one() {
    let mut wire = Wire::new();
    let mut stranger = Sender::new(SigningKey::from_secret(&[3; 32]).unwrap(), BootId([1; 16]));
    let request = Request::Push(wire.next(b"x"));
    let sealed = seal_request(&mut stranger, FRIDAY_19_10, request.encode()).unwrap();
    assert_eq!(wire.exchange(&sealed.bytes), Reply::Refused(Refusal::UnknownSender));
    wire.goes_on();
}

#[test]
fn a_wrong_signature_is_refused() {
    let mut wire = Wire::new();
    let request = Request::Push(wire.next(b"x"));
    let mut sealed = wire.seal(&request);
    let last = sealed.bytes.last_mut().unwrap();
    *last ^= 1;
    assert_eq!(wire.exchange(&sealed.bytes), Reply::Refused(Refusal::BadSignature));
    wire.goes_on();
}

#[test]
fn a_request_heard_before_is_refused() {
    let mut wire = Wire::new();
    let poke = Request::Poke(replication::Poke { tips: Vec::new(), cards: 0 });
    let sealed = wire.seal(&poke);
    assert!(matches!(wire.exchange(&sealed.bytes), Reply::Poke(_)));
    assert_eq!(wire.exchange(&sealed.bytes), Reply::Refused(Refusal::Replayed));
    wire.goes_on();
}

#[test]
fn bytes_that_are_no_envelope_are_refused() {
    let mut wire = Wire::new();
    assert_eq!(wire.exchange(b"\x00not an envelope"), Reply::Refused(Refusal::Unreadable));
    let sealed = wire.seal(&Request::Poke(replication::Poke { tips: Vec::new(), cards: 0 }));
    let cut = &sealed.bytes[..sealed.bytes.len() / 2];
    assert_eq!(wire.exchange(cut), Reply::Refused(Refusal::Unreadable));
    wire.goes_on();
}

#[test]
fn an_entry_of_10_mb_closes_the_connection_and_nothing_else() {
    let mut wire = Wire::new();
    wire.stream.write_all(&10_000_000_u32.to_be_bytes()).unwrap();
    assert!(matches!(wire.stream.read(&mut [0]), Ok(0) | Err(_)), "closed");
    wire.stream = connect(&wire.kitchen, &wire.key);
    wire.goes_on();
}

#[test]
fn an_entry_larger_than_any_may_be_is_refused() {
    let mut wire = Wire::new();
    let mut push = wire.next(b"x");
    push.entries[0].body = Some(vec![0; journal::MAX_BODY_BYTES + 1]);
    assert_eq!(wire.push(push), Reply::Refused(Refusal::TooLarge));
    wire.goes_on();
}

#[test]
fn an_altered_or_cut_entry_is_put_aside_with_its_bytes() {
    let mut wire = Wire::new();
    let mut altered = wire.next(b"right");
    altered.entries[0].body = Some(b"wrong".to_vec());
    let mut header = wire.next(b"right");
    header.entries[1].header[10] ^= 1;
    let mut cut = wire.next(b"right");
    let half = cut.entries[1].header.len() / 2;
    cut.entries[1].header.truncate(half);
    let mut unsealed = wire.next(b"right");
    unsealed.entries.pop();
    let mut bodiless = wire.next(b"right");
    bodiless.entries[0].body = None;
    for push in [altered, header, cut, unsealed, bodiless] {
        let seq = wire.tip.seq.next();
        let why = Quarantine::NotBelieved;
        assert_eq!(wire.push(push), Reply::Quarantined(Quarantined { seq, why }));
    }
    wire.goes_on();
}

#[test]
fn entries_that_follow_what_is_not_here_are_asked_for_from_the_beginning() {
    let mut wire = Wire::new();
    let mut push = wire.next(b"x");
    push.base = Some(Place { seq: wire.tip.seq, hash: journal::EntryHash([1; 32]) });
    assert!(matches!(wire.push(push.clone()), Reply::Need { .. }));
    push.journal = journal::JournalId([2; 32]);
    assert!(matches!(wire.push(push), Reply::Need { .. }), "of a journal nobody heard of too");
    wire.goes_on();
}
