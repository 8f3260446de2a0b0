use super::*;
use crate::runtime::discovery::announce::Fingerprint;
use journal::SigningKey;

fn key(seed: u8) -> PublicKey {
    SigningKey::from_secret(&[seed; 32]).unwrap().public_key()
}

fn shop(finds: Finds) -> Routes {
    let routes = Routes::new(finds);
    routes.set_members(BTreeSet::from([key(1), key(2)]));
    routes
}

fn typed(routes: &Routes, addresses: &[&str]) {
    let peers = addresses.iter().map(|it| PeerAddress { address: (*it).to_owned() });
    routes.set_typed(&peers.collect::<Vec<_>>());
}

fn says(key: &PublicKey, addresses: &[&str]) -> Announced {
    let addresses = addresses.iter().map(|it| (*it).to_owned()).collect();
    Announced { fingerprint: Fingerprint::of(key), addresses }
}

fn ways(routes: &Routes, key: &PublicKey) -> Vec<String> {
    routes.ways_to(key).into_iter().map(|(address, found)| format!("{address} {found:?}")).collect()
}

#[test]
fn a_typed_address_is_whoever_s_that_proved_to_be_there() {
    let routes = shop(Finds::Known);
    typed(&routes, &["a:1"]);
    assert_eq!(routes.to_knock_at(), ["a:1"]);
    assert!(routes.to_knock_at().is_empty(), "somebody knocks there already");
    routes.failed("a:1");
    routes.was_knocked_at("a:1");
    assert_eq!(routes.to_knock_at(), ["a:1"]);
    routes.answered("a:1", None, key(1));
    routes.was_knocked_at("a:1");
    assert!(routes.to_knock_at().is_empty());
    assert_eq!(routes.news(), BTreeSet::from([key(1)]));
    assert_eq!(ways(&routes, &key(1)), ["a:1 Typed"]);
    assert!(ways(&routes, &key(2)).is_empty());
}

#[test]
fn an_address_that_changes_hands_goes_with_the_key() {
    let routes = shop(Finds::Known);
    typed(&routes, &["a:1"]);
    routes.answered("a:1", None, key(1));
    routes.answered("a:1", None, key(2));
    assert!(ways(&routes, &key(1)).is_empty());
    assert_eq!(ways(&routes, &key(2)), ["a:1 Typed"]);
}

#[test]
fn what_answered_last_comes_first_and_what_failed_last_comes_last() {
    let routes = shop(Finds::Announced(Interfaces::Loopback));
    let it = says(&key(1), &["n:1", "n:2"]);
    assert!(routes.announced("C1".into(), it.clone()));
    assert!(!routes.announced("C1".into(), it), "it was known");
    routes.called(key(1), "c:1".into());
    assert_eq!(ways(&routes, &key(1)), ["n:1 Announced", "n:2 Announced", "c:1 Called"]);
    routes.failed("n:1");
    routes.failed("n:2");
    routes.answered("c:1", None, key(1));
    assert_eq!(ways(&routes, &key(1)), ["c:1 Called", "n:1 Announced", "n:2 Announced"]);
    routes.withdrawn("C1");
    assert_eq!(ways(&routes, &key(1)), ["c:1 Called"]);
}

#[test]
fn where_they_answered_is_remembered_newest_first() {
    let routes = shop(Finds::Known);
    for address in ["a:1", "b:1", "c:1", "d:1", "e:1", "a:1"] {
        routes.answered(address, None, key(1));
    }
    let unwritten = routes.unwritten().unwrap();
    let addresses: Vec<&str> = unwritten.iter().map(|(_, address)| address.as_str()).collect();
    assert_eq!(addresses, ["a:1", "e:1", "d:1", "c:1"]);
    assert_eq!(routes.unwritten(), None, "nothing changed");
    routes.answered("a:1", None, key(1));
    assert_eq!(routes.unwritten(), None, "nothing changed");
}

#[test]
fn a_shop_that_types_finds_by_nothing_else() {
    let routes = shop(Finds::Typed);
    typed(&routes, &["a:1"]);
    routes.answered("a:1", None, key(1));
    routes.called(key(1), "c:1".into());
    assert_eq!(routes.news(), BTreeSet::from([key(1)]), "it is alive");
    assert_eq!(ways(&routes, &key(1)), ["a:1 Typed"]);
    typed(&routes, &[]);
    assert!(ways(&routes, &key(1)).is_empty());
    assert_eq!(routes.unwritten(), None);
}

#[test]
fn whoever_is_no_longer_of_the_shop_is_forgotten() {
    let routes = shop(Finds::Known);
    routes.answered("a:1", None, key(1));
    routes.called(key(2), "c:1".into());
    routes.set_members(BTreeSet::from([key(1)]));
    assert!(!routes.is_member(&key(2)));
    assert!(ways(&routes, &key(2)).is_empty());
    let unwritten = routes.unwritten().unwrap();
    assert_eq!(unwritten, [(key(1), "a:1".to_owned())]);
    routes.called(key(3), "c:1".into());
    assert!(ways(&routes, &key(3)).is_empty(), "it never was");
}

#[test]
fn a_crowd_that_announces_itself_fills_nothing() {
    let routes = shop(Finds::Announced(Interfaces::Loopback));
    for number in 0..MAX_ANNOUNCED {
        assert!(routes.announced(number.to_string(), says(&key(9), &["x:1"])));
    }
    assert!(!routes.announced("one more".into(), says(&key(9), &["x:1"])));
    assert!(ways(&routes, &key(1)).is_empty());
}
