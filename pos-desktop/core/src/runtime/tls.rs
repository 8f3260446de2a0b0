//! TLS 1.3 between the shop's workstations, pinned to their keys: each side shows its P-256 key as it is
//! (RFC 7250, a raw public key) and proves that it has its secret. No certificate, no authority, no
//! name and no date is believed, because none is asked for.
//!
//! Inside, the caller first says the port where it listens itself (two bytes, big-endian, 0 for none),
//! so that it can be called, too; then frames follow one another.

use super::steward::Deadline;
use journal::{PublicKey, Signature, SigningKey};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{AlwaysResolvesClientRawPublicKeys, Resumption};
use rustls::crypto::{
    CryptoProvider, WebPkiSupportedAlgorithms, ring, verify_tls13_signature_with_raw_key,
};
use rustls::pki_types::{CertificateDer, ServerName, SubjectPublicKeyInfoDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::server::{AlwaysResolvesServerRawPublicKeys, NoServerSessionStorage};
use rustls::sign::CertifiedKey;
use rustls::time_provider::TimeProvider;
use rustls::{
    CertificateError, ClientConfig, ClientConnection, DigitallySignedStruct, DistinguishedName,
    Error, ServerConfig, ServerConnection, SignatureAlgorithm, SignatureScheme, StreamOwned,
};
use std::fmt;
use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

/// How long a handshake may take, all of it: a few milliseconds of work, and the line.
pub const HANDSHAKE: Duration = Duration::from_secs(5);

/// What both sides say they speak inside (ALPN). Whatever changes it without being understood by those
/// who do not know it gets another number.
const PROTOCOL: &[u8] = b"ocpizza/1";

/// A DER SubjectPublicKeyInfo of P-256 (RFC 5480), up to the uncompressed point.
const SPKI: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

/// What is open at the caller's end.
pub type Calling = StreamOwned<ClientConnection, Timed>;
/// What is open at the listener's end.
pub type Answering = StreamOwned<ServerConnection, Timed>;

/// A TCP connection whose reads and writes wait so long each, or all together until a moment.
#[derive(Debug)]
pub struct Timed {
    stream: TcpStream,
    until: Option<Deadline>,
}

impl Timed {
    fn new(stream: TcpStream) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        Ok(Self { stream, until: None })
    }

    /// From now on each read and each write waits so long at most.
    ///
    /// # Errors
    ///
    /// Where the connection is gone.
    pub fn wait_each(&mut self, patience: Duration) -> io::Result<()> {
        self.until = None;
        self.stream.set_read_timeout(Some(patience))?;
        self.stream.set_write_timeout(Some(patience))
    }

    /// From now on all reads and writes together take so long at most: a byte now and then keeps
    /// nothing open.
    pub fn wait_in_all(&mut self, patience: Duration) {
        self.until = Some(Deadline::after(patience));
    }

    /// Where the other end is.
    ///
    /// # Errors
    ///
    /// Where the connection is gone.
    pub fn peer(&self) -> io::Result<SocketAddr> {
        self.stream.peer_addr()
    }

    fn left(&self) -> io::Result<Option<Duration>> {
        match self.until.map(Deadline::left) {
            Some(left) if left.is_zero() => Err(io::Error::from(io::ErrorKind::TimedOut)),
            left => Ok(left),
        }
    }
}

impl Read for Timed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(left) = self.left()? {
            self.stream.set_read_timeout(Some(left))?;
        }
        self.stream.read(buffer)
    }
}

impl Write for Timed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Some(left) = self.left()? {
            self.stream.set_write_timeout(Some(left))?;
        }
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

/// Calls: whoever answers has proved to have a key that `trusts` takes, else nothing of ours was sent
/// but the greeting that everybody sends. `listens` is the port where the caller listens itself, 0
/// where it does not.
///
/// # Errors
///
/// Whatever goes wrong on the way; another key, or another protocol.
pub fn call(
    stream: TcpStream,
    key: &SigningKey,
    trusts: impl Fn(&PublicKey) -> bool + Send + Sync + 'static,
    listens: u16,
) -> io::Result<(Calling, PublicKey)> {
    let provider = Arc::new(ring::default_provider());
    let pinned = Arc::new(Pinned::new(&provider, trusts));
    let mut config = ClientConfig::builder_with_details(provider, Arc::new(NoTime))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(io::Error::other)?
        .dangerous()
        .with_custom_certificate_verifier(pinned)
        .with_client_cert_resolver(Arc::new(AlwaysResolvesClientRawPublicKeys::new(shown(key))));
    config.alpn_protocols = vec![PROTOCOL.to_vec()];
    // Every connection proves both keys anew.
    config.resumption = Resumption::disabled();
    // An address is never sent as a name.
    let nobody = ServerName::from(IpAddr::from(Ipv4Addr::UNSPECIFIED));
    let mut connection =
        ClientConnection::new(Arc::new(config), nobody).map_err(io::Error::other)?;
    let mut stream = Timed::new(stream)?;
    stream.wait_in_all(HANDSHAKE);
    while connection.is_handshaking() {
        connection.complete_io(&mut stream)?;
    }
    let key = proven(connection.peer_certificates(), connection.alpn_protocol())?;
    let mut calling = StreamOwned::new(connection, stream);
    calling.write_all(&listens.to_be_bytes())?;
    calling.flush()?;
    Ok((calling, key))
}

/// What a listener needs for every connection.
///
/// # Errors
///
/// Where this build's cryptography cannot do TLS 1.3.
pub fn listening(key: &SigningKey) -> io::Result<Arc<ServerConfig>> {
    let provider = Arc::new(ring::default_provider());
    // Who may speak is decided by what is answered: a new PC that asks to be let in is nobody yet.
    let anyone = Arc::new(Pinned::new(&provider, |_| true));
    let mut config = ServerConfig::builder_with_details(provider, Arc::new(NoTime))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(io::Error::other)?
        .with_client_cert_verifier(anyone)
        .with_cert_resolver(Arc::new(AlwaysResolvesServerRawPublicKeys::new(shown(key))));
    config.alpn_protocols = vec![PROTOCOL.to_vec()];
    config.send_tls13_tickets = 0;
    config.session_storage = Arc::new(NoServerSessionStorage {});
    Ok(Arc::new(config))
}

/// Somebody who called, and proved to have a key.
pub struct Caller {
    /// What is open.
    pub stream: Answering,
    /// The key.
    pub key: PublicKey,
    /// The port where it listens itself; 0 where it does not.
    pub listens: u16,
}

/// Answers a call, within [`HANDSHAKE`] or not at all.
///
/// # Errors
///
/// Whatever goes wrong on the way, another protocol included.
pub fn answer(stream: TcpStream, config: Arc<ServerConfig>) -> io::Result<Caller> {
    let mut connection = ServerConnection::new(config).map_err(io::Error::other)?;
    let mut stream = Timed::new(stream)?;
    stream.wait_in_all(HANDSHAKE);
    while connection.is_handshaking() {
        connection.complete_io(&mut stream)?;
    }
    let key = proven(connection.peer_certificates(), connection.alpn_protocol())?;
    let mut stream = StreamOwned::new(connection, stream);
    let mut listens = [0; 2];
    stream.read_exact(&mut listens)?;
    Ok(Caller { stream, key, listens: u16::from_be_bytes(listens) })
}

/// Whose key was proved, in a handshake that has ended.
fn proven(shown: Option<&[CertificateDer<'_>]>, protocol: Option<&[u8]>) -> io::Result<PublicKey> {
    if protocol != Some(PROTOCOL) {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "another protocol"));
    }
    shown
        .and_then(<[_]>::first)
        .and_then(|shown| key_in(shown))
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "no key was shown"))
}

/// A key as TLS shows it.
fn spki(key: &PublicKey) -> Vec<u8> {
    let point = p256::ecdsa::VerifyingKey::from_sec1_bytes(key.as_bytes())
        .expect("a public key is a point of the curve")
        .to_sec1_point(false);
    [&SPKI, point.as_bytes()].concat()
}

/// The key that was shown; `None` where it is none of P-256. That its point is on the curve is found
/// where the signature by it is checked.
fn key_in(spki: &[u8]) -> Option<PublicKey> {
    let point: &[u8; 65] = spki.strip_prefix(&SPKI)?.try_into().ok()?;
    let [4, coordinates @ ..] = point else { return None };
    let (x, y) = coordinates.split_at(32);
    let sign = 2 | (y.last()? & 1);
    PublicKey::from_bytes(&[&[sign], x].concat()).ok()
}

/// The own key, as it is shown and proved. What it signs here begins with 64 spaces (RFC 8446, 4.4.3),
/// which nothing else that it signs does.
#[derive(Clone, Debug)]
struct Own(SigningKey);

fn shown(key: &SigningKey) -> Arc<CertifiedKey> {
    let spki = CertificateDer::from(spki(&key.public_key()));
    Arc::new(CertifiedKey::new(vec![spki], Arc::new(Own(key.clone()))))
}

impl rustls::sign::SigningKey for Own {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn rustls::sign::Signer>> {
        let can = offered.contains(&SignatureScheme::ECDSA_NISTP256_SHA256);
        can.then(|| Box::new(self.clone()) as Box<dyn rustls::sign::Signer>)
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::ECDSA
    }
}

impl rustls::sign::Signer for Own {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        Ok(der(&self.0.sign(message)))
    }

    fn scheme(&self) -> SignatureScheme {
        SignatureScheme::ECDSA_NISTP256_SHA256
    }
}

/// A signature as TLS has it: a DER sequence of two integers.
fn der(signature: &Signature) -> Vec<u8> {
    let (r, s) = signature.as_bytes().split_at(32);
    let integers = [integer(r), integer(s)].concat();
    [vec![0x30, short(integers.len())], integers].concat()
}

/// A positive number of at most 32 bytes, big-endian, as a DER integer.
fn integer(number: &[u8]) -> Vec<u8> {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    let number = &number[zeros.min(number.len() - 1)..];
    // A first bit that is set would make it negative.
    let sign: &[u8] = if number[0] & 0x80 == 0 { &[] } else { &[0] };
    [&[0x02, short(sign.len() + number.len())], sign, number].concat()
}

fn short(length: usize) -> u8 {
    u8::try_from(length).expect("a P-256 signature has 72 bytes at most")
}

/// Believes whoever proves to have a key that it takes.
struct Pinned {
    trusts: Box<dyn Fn(&PublicKey) -> bool + Send + Sync>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl Pinned {
    fn new(
        provider: &CryptoProvider,
        trusts: impl Fn(&PublicKey) -> bool + Send + Sync + 'static,
    ) -> Self {
        let algorithms = provider.signature_verification_algorithms;
        Self { trusts: Box::new(trusts), algorithms }
    }

    fn believes(&self, shown: &CertificateDer<'_>) -> Result<(), Error> {
        let key = key_in(shown).ok_or(CertificateError::BadEncoding)?;
        if (self.trusts)(&key) {
            Ok(())
        } else {
            Err(CertificateError::ApplicationVerificationFailure.into())
        }
    }

    fn verify(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let spki = SubjectPublicKeyInfoDer::from(shown.as_ref());
        verify_tls13_signature_with_raw_key(message, &spki, signed, &self.algorithms)
    }
}

impl fmt::Debug for Pinned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pinned")
    }
}

/// TLS 1.2 is never offered; whoever asks all the same is refused.
const NO_TLS12: Error =
    Error::PeerIncompatible(rustls::PeerIncompatible::ServerDoesNotSupportTls12Or13);

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        shown: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.believes(shown).map(|()| ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(NO_TLS12)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verify(message, shown, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ECDSA_NISTP256_SHA256]
    }

    fn requires_raw_public_keys(&self) -> bool {
        true
    }
}

impl ClientCertVerifier for Pinned {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        shown: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        self.believes(shown).map(|()| ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(NO_TLS12)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verify(message, shown, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ECDSA_NISTP256_SHA256]
    }

    fn requires_raw_public_keys(&self) -> bool {
        true
    }
}

/// No date is believed, so that none is asked for: a PC's clock may stand before 1970.
#[derive(Debug)]
struct NoTime;

impl TimeProvider for NoTime {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(Duration::ZERO))
    }
}

#[cfg(test)]
mod tests;
