use super::*;
use std::net::TcpListener;

fn key(seed: u8) -> SigningKey {
    SigningKey::from_secret(&[seed; 32]).unwrap()
}

/// A call and its answer, over TCP.
fn connected(
    client: &SigningKey,
    trusts: PublicKey,
    server: &SigningKey,
) -> (io::Result<(Calling, PublicKey)>, io::Result<Caller>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let config = listening(server).unwrap();
    let answering = std::thread::spawn(move || answer(listener.accept().unwrap().0, config));
    let called = call(stream, client, move |key| *key == trusts, 7300);
    (called, answering.join().unwrap())
}

/// What is answered to bytes that are no greeting of ours, until the connection is closed.
fn answered_to(bytes: &[u8]) -> Vec<u8> {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let config = listening(&key(1)).unwrap();
    let answering =
        std::thread::spawn(move || answer(listener.accept().unwrap().0, config).is_err());
    stream.write_all(bytes).unwrap();
    let mut said = Vec::new();
    // What was not read may make the close a reset.
    stream.read_to_end(&mut said).ok();
    assert!(answering.join().unwrap(), "nobody was let in");
    said
}

#[test]
fn both_prove_their_keys_and_then_hear_each_other() {
    let (client, server) = (key(1), key(2));
    let (called, answered) = connected(&client, server.public_key(), &server);
    let (mut calling, there) = called.unwrap();
    let Caller { stream: mut answering, key: from, listens } = answered.unwrap();
    assert_eq!((there, from, listens), (server.public_key(), client.public_key(), 7300));
    assert_eq!(calling.conn.protocol_version(), Some(rustls::ProtocolVersion::TLSv1_3));
    calling.write_all(b"question").unwrap();
    let mut heard = [0; 8];
    answering.read_exact(&mut heard).unwrap();
    assert_eq!(&heard, b"question");
}

#[test]
fn whoever_has_another_key_gets_nothing() {
    let (client, server, between) = (key(1), key(2), key(3));
    let (called, answered) = connected(&client, server.public_key(), &between);
    assert!(called.is_err());
    assert!(answered.is_err(), "not even who calls");
}

#[test]
fn an_older_tls_is_refused() {
    let mut hello = vec![0x03, 0x03];
    hello.extend([7; 32]);
    // No session; one suite of TLS 1.2; no compression.
    hello.extend([0, 0, 2, 0xc0, 0x2b, 1, 0, 0, 28]);
    // Raw public keys, of the client and the server; ECDSA over SHA-256; P-256.
    hello.extend([0, 19, 0, 2, 1, 2, 0, 20, 0, 2, 1, 2]);
    hello.extend([0, 13, 0, 4, 0, 2, 4, 3, 0, 10, 0, 4, 0, 2, 0, 23]);
    let message = [&[1, 0, 0, u8::try_from(hello.len()).unwrap()], &hello[..]].concat();
    let length = u8::try_from(message.len()).unwrap();
    let record = [&[0x16, 0x03, 0x01, 0, length], &message[..]].concat();
    // An alert, fatal: protocol_version (RFC 8446, 6.2).
    assert_eq!(answered_to(&record), [0x15, 0x03, 0x03, 0, 2, 2, 70]);
}

#[test]
fn whoever_speaks_plain_is_not_answered() {
    let envelope = replication::frame::encode(b"an envelope, as it was sent before").unwrap();
    for plain in [&envelope[..], b"GET / HTTP/1.1\r\n\r\n", &[0; 64], &[0xff; 64]] {
        let said = answered_to(plain);
        assert!(said.is_empty() || said[0] == 0x15, "an alert at most: {said:?}");
    }
}

#[test]
fn a_key_is_shown_and_recognised() {
    for seed in 1..=64 {
        let key = key(seed).public_key();
        let shown = spki(&key);
        assert_eq!(key_in(&shown), Some(key));
        assert_eq!(key_in(&shown[..shown.len() - 1]), None);
        assert_eq!(key_in(&shown[1..]), None);
    }
}

#[test]
fn signatures_are_written_as_der_has_it() {
    assert_eq!(integer(&[0; 32]), [2, 1, 0]);
    assert_eq!(integer(&[0, 0, 0x7f]), [2, 1, 0x7f]);
    assert_eq!(integer(&[0, 0x80, 0]), [2, 3, 0, 0x80, 0]);
    let all = der(&Signature([0xff; 64]));
    assert_eq!(all.len(), 72);
    assert_eq!(all[..5], [0x30, 70, 2, 33, 0]);
}
