//! A new PC is let in by a workstation of the shop, while the centre is off.

use crate::centre::Centre;
use crate::pc::{BOUND, FRIDAY_19_10, Pc, cash};
use journal::{PublicKey, SigningKey};
use pos_api::{
    Answer, Approval, Code, Command, JoinerView, JoiningView, MeshAnswer, MeshCommand, MeshQuery,
    OwnJoining, Query, Reply, Role,
};
use pos_core::runtime::tls;
use replication::join::{AskToJoin, Heard, Join, JoinRefused, JoinReply, Joined, Nonce, code};
use replication::{RequestHash, frame, seal_reply};
use std::io::{Read, Write};
use std::net::TcpListener;

fn joining(pc: &Pc) -> JoiningView {
    let Answer::Mesh(MeshAnswer::Joining(view)) = pc.ask(Query::Mesh(MeshQuery::Joining)) else {
        panic!()
    };
    view
}

fn asks(label: &str) -> Command {
    let (address, label) = (String::new(), label.to_owned());
    Command::Mesh(MeshCommand::AskToJoin { address, role: Role::Till, label })
}

/// A PC that is not set up asks; answers its key and its nonce.
fn asks_at(new: &Pc, till: &Pc, label: &str) -> (PublicKey, Nonce) {
    new.run(asks(label));
    let (key, nonce, asked) = new.with(|it| it.joining_key().unwrap());
    let from = key.public_key();
    let heard = till.with(move |it| it.hear_joiner(from, Join::Ask(asked), 0));
    assert!(matches!(heard, JoinReply::Heard(_)), "{heard:?}");
    (from, nonce)
}

fn reveal(till: &Pc, from: PublicKey, nonce: Nonce) -> JoinReply {
    till.with(move |it| it.hear_joiner(from, Join::Reveal(nonce), 1_000))
}

fn lets_in(till: &Pc, joiner: &JoinerView, pin: &str) -> Result<Reply, Code> {
    let manager = Approval { manager: "LB".into(), pin: pin.into() };
    let joiner = joiner.joiner.clone();
    till.try_run(Command::Mesh(MeshCommand::Vouch { joiner, manager }))
}

/// A PC that is not set up is let in by a manager at `till`, and takes its staff from there.
pub(crate) fn let_in(new: &Pc, till: &Pc, label: &str) {
    let (from, nonce) = asks_at(new, till, label);
    assert_eq!(reveal(till, from, nonce), JoinReply::Waits);
    let joiner = joining(till).joiners.remove(0);
    lets_in(till, &joiner, "2580").unwrap();
    let JoinReply::Joined(joined) = reveal(till, from, nonce) else { panic!() };
    let address = till.address.clone();
    new.with(move |it| it.joined(joined, Role::Till, &address).unwrap());
    new.within(BOUND, has_staff);
    new.sign_in();
}

#[test]
fn a_new_till_sells_without_the_centre_once_a_manager_has_compared_the_digits() {
    let mut centre = Centre::new();
    let till = Pc::new(&mut centre, "C1", Role::Till);
    let kitchen = Pc::new(&mut centre, "K1", Role::Kitchen);
    centre.tell(&till);
    kitchen.dial(&[&till]);
    let earlier = till.sell("REI");
    kitchen.shows(&earlier.label);

    let new = Pc::bare(2);
    assert_eq!(joining(&new).own, None);
    let (from, nonce) = asks_at(&new, &till, "C2");
    assert_eq!(joining(&new).own, Some(OwnJoining::Looking));
    assert_eq!(joining(&till).joiners, [], "no digits before both nonces are known");
    assert_eq!(reveal(&till, from, nonce), JoinReply::Waits);
    let [joiner] = joining(&till).joiners.try_into().unwrap();
    assert_eq!((joiner.label.as_str(), joiner.role, joiner.label_taken), ("C2", Role::Till, false));

    assert!(matches!(lets_in(&till, &joiner, "0000"), Err(Code::WrongPin { .. })));
    assert_eq!(reveal(&till, from, nonce), JoinReply::Waits);
    lets_in(&till, &joiner, "2580").unwrap();
    assert_eq!(lets_in(&till, &joiner, "2580"), Err(Code::NoSuchJoiner));
    let JoinReply::Joined(joined) = reveal(&till, from, nonce) else { panic!() };
    assert_eq!((joined.shop.as_str(), joined.members.len()), ("P01", 3));

    let address = till.address.clone();
    new.with(move |it| it.joined(joined, Role::Till, &address).unwrap());
    new.within(BOUND, has_staff);
    new.sign_in();
    new.within(BOUND, |it| it.orders().iter().any(|it| it.label == earlier.label).then_some(()));
    new.within(BOUND, |it| it.try_run(Command::AddTyped { text: "MAR".into() }).ok());
    // The shop's sheet, with its VAT, is another blob than the menu.
    let pays = Command::TakePayment { order: None, tenders: cash(50_000) };
    let sold = new.within(BOUND, |it| match it.try_run(pays.clone()) {
        Ok(Reply::Paid(paid)) => Some(paid),
        _ => None,
    });
    kitchen.shows(&sold.label);
    assert!(sold.label.starts_with("C2-"), "{}", sold.label);
}

fn has_staff(pc: &Pc) -> Option<()> {
    let Answer::Session(session) = pc.ask(Query::Session) else { panic!() };
    (!session.operators.is_empty()).then_some(())
}

#[test]
fn the_digits_are_the_same_on_both_screens_and_others_for_whoever_stands_between() {
    let mut centre = Centre::new();
    let till = Pc::new(&mut centre, "C1", Role::Till);
    let new = Pc::bare(2);
    new.run(asks("C2"));
    let (key, nonce, asked) = new.with(|it| it.joining_key().unwrap());
    let (from, own) = (key.public_key(), till.with(|it| it.public_key().unwrap()));
    let asked_again = asked.clone();
    let ask = move |it: &mut pos_core::Workstation| it.hear_joiner(from, Join::Ask(asked), 0);
    let JoinReply::Heard(heard) = till.with(ask) else { panic!() };
    let again = till.with(move |it| it.hear_joiner(from, Join::Ask(asked_again), 0));
    assert_eq!(again, JoinReply::Heard(heard.clone()), "asked twice is asked once");

    let other = JoinReply::Refused(JoinRefused::Nonce);
    assert_eq!(reveal(&till, from, Nonce([0; 16])), other, "another than it committed to");
    assert_eq!(reveal(&till, own, nonce), other, "another key");
    reveal(&till, from, nonce);
    let shown = joining(&till).joiners.remove(0).code;
    assert_eq!(shown, code(&from, &own, nonce, heard.nonce));
}

#[test]
fn whoever_is_turned_away_or_has_a_label_that_is_taken_stays_outside() {
    let mut centre = Centre::new();
    let till = Pc::new(&mut centre, "C1", Role::Till);
    let kitchen = Pc::new(&mut centre, "K1", Role::Kitchen);
    centre.tell(&till);
    let new = Pc::bare(2);
    let (from, nonce) = asks_at(&new, &till, "K1");
    reveal(&till, from, nonce);
    let [joiner] = joining(&till).joiners.try_into().unwrap();
    assert!(joiner.label_taken);
    assert_eq!(lets_in(&till, &joiner, "2580"), Err(Code::LabelTaken));
    let joiner = joiner.joiner;
    till.run(Command::Mesh(MeshCommand::TurnAway { joiner }));
    assert_eq!(reveal(&till, from, nonce), JoinReply::Refused(JoinRefused::TurnedAway));
    assert_eq!(joining(&till).joiners, []);
    drop(kitchen);

    assert_eq!(new.try_run(asks("")), Err(Code::SetUpInput));
    assert_eq!(new.try_run(asks("TOO LONG")), Err(Code::SetUpInput));
    new.run(Command::Mesh(MeshCommand::StopAsking));
    assert_eq!(joining(&new).own, None);
    assert_eq!(till.try_run(asks("C9")), Err(Code::SetUpState));
}

/// One that was let in, and that the centre has not listed, vouches for nobody.
#[test]
fn only_whom_the_centre_listed_vouches() {
    let mut centre = Centre::new();
    let till = Pc::new(&mut centre, "C1", Role::Till);
    let new = Pc::bare(2);
    let (from, nonce) = asks_at(&new, &till, "C2");
    reveal(&till, from, nonce);
    let joiner = joining(&till).joiners.remove(0);
    lets_in(&till, &joiner, "2580").unwrap();
    let JoinReply::Joined(joined) = reveal(&till, from, nonce) else { panic!() };
    let joined: Joined = joined;
    new.with(move |it| it.joined(joined, Role::Till, "127.0.0.1:1").unwrap());

    let third = Pc::bare(3);
    third.run(asks("C3"));
    let (key, _, asked) = third.with(|it| it.joining_key().unwrap());
    let from = key.public_key();
    let answer = new.with(move |it| it.hear_joiner(from, Join::Ask(asked), 0));
    assert_eq!(answer, JoinReply::Refused(JoinRefused::NotHere));
}

/// The same by the program itself, over the network: asked, shown on both screens, let in.
#[test]
fn the_program_asks_by_itself_and_both_screens_show_the_same_digits() {
    let mut centre = Centre::new();
    let till = Pc::new(&mut centre, "C1", Role::Till);
    let new = Pc::bare(2);
    let (address, label) = (till.address.clone(), "C2".to_owned());
    new.run(Command::Mesh(MeshCommand::AskToJoin { address, role: Role::Till, label }));
    let joiner = till.within(BOUND, |pc| joining(pc).joiners.pop());
    let asked = OwnJoining::Asked { by: "C1".to_owned(), code: joiner.code.clone() };
    new.within(BOUND, |pc| (joining(pc).own == Some(asked.clone())).then_some(()));
    lets_in(&till, &joiner, "2580").unwrap();
    new.within(BOUND, has_staff);
    assert_eq!(joining(&new).own, None);
    new.sign_in();
    assert_eq!(joining(&till).joiners, []);

    // Another is turned away, and says so.
    let other = Pc::bare(3);
    let (address, label) = (till.address.clone(), "C3".to_owned());
    other.run(Command::Mesh(MeshCommand::AskToJoin { address, role: Role::Till, label }));
    let JoinerView { joiner, .. } = till.within(BOUND, |pc| joining(pc).joiners.pop());
    till.run(Command::Mesh(MeshCommand::TurnAway { joiner }));
    other.within(BOUND, |pc| (joining(pc).own == Some(OwnJoining::TurnedAway)).then_some(()));
}

/// Somebody who says that he vouches.
struct Voucher {
    listener: TcpListener,
    key: SigningKey,
}

impl Voucher {
    fn new() -> (Self, String) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        (Self { listener, key: SigningKey::from_secret(&[77; 32]).unwrap() }, address)
    }

    /// Takes the next call, answers what it is asked first, and breaks off at what is asked then.
    fn hear(&self, nonce: Nonce) -> (Join, Option<Join>) {
        let config = tls::listening(&self.key).unwrap();
        let mut caller = tls::answer(self.listener.accept().unwrap().0, config).unwrap();
        caller.stream.sock.wait_each(BOUND).unwrap();
        let (asked, hash) = read(&mut caller.stream).unwrap();
        let heard = JoinReply::Heard(Heard { label: "C1".into(), nonce });
        let sealed = seal_reply(&self.key, hash, FRIDAY_19_10, heard.encode()).unwrap();
        caller.stream.write_all(&frame::encode(&sealed).unwrap()).unwrap();
        caller.stream.flush().unwrap();
        (asked, read(&mut caller.stream).map(|(join, _)| join))
    }
}

fn read(stream: &mut impl Read) -> Option<(Join, RequestHash)> {
    let mut prefix = [0; frame::PREFIX_BYTES];
    stream.read_exact(&mut prefix).ok()?;
    let mut envelope = vec![0; frame::length(prefix).unwrap()];
    stream.read_exact(&mut envelope).ok()?;
    let (_, join) = pos_core::joining::open(&envelope).unwrap();
    Some((join, RequestHash::of(&envelope)))
}

/// Whoever has seen the new PC's nonce could look for one of his own that makes the digits of another
/// screen: he gets to say his once.
#[test]
fn who_has_heard_the_nonce_cannot_choose_another() {
    let (between, address) = Voucher::new();
    let new = Pc::bare(2);
    new.run(Command::Mesh(MeshCommand::AskToJoin {
        address,
        role: Role::Till,
        label: "C2".into(),
    }));
    let (Join::Ask(first), Some(Join::Reveal(nonce))) = between.hear(Nonce([1; 16])) else {
        panic!()
    };
    assert_eq!(first.commitment, nonce.commitment());
    let (Join::Ask(again), revealed) = between.hear(Nonce([2; 16])) else { panic!() };
    assert_eq!(again.commitment, first.commitment, "the same asking");
    assert_eq!(revealed, None, "not with another answer");
    let (Join::Ask(anew), Some(Join::Reveal(other))) = between.hear(Nonce([3; 16])) else {
        panic!()
    };
    assert_ne!(anew.commitment, first.commitment);
    assert_ne!(other, nonce);
}

/// The digits are known to whoever asks as soon as it is answered: it cannot ask until they suit.
#[test]
fn digits_cannot_be_asked_for_again_and_again() {
    let mut centre = Centre::new();
    let till = Pc::new(&mut centre, "C1", Role::Till);
    let from = SigningKey::from_secret(&[78; 32]).unwrap().public_key();
    let ask = |number: u8, at_ms: u64| {
        let commitment = Nonce([number; 16]).commitment();
        let (label, build) = ("C2".to_owned(), String::new());
        let asked = AskToJoin { label, role: replication::Role::Till, build, commitment };
        till.with(move |it| it.hear_joiner(from, Join::Ask(asked), at_ms))
    };
    let heard = (0..100).filter(|number| matches!(ask(*number, 0), JoinReply::Heard(_))).count();
    assert_eq!(heard, 16);
    assert_eq!(ask(200, 1_000), JoinReply::Refused(JoinRefused::TooMany));
    assert!(matches!(ask(200, 120_000), JoinReply::Heard(_)));
}
