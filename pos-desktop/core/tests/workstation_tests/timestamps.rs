//! Time stamps of archives: by an authority that `openssl` plays, over HTTP on this machine.

use crate::books::event;
use crate::shop::Shop;
use fiscal::archive::format::{MANIFEST_FILE, TIMESTAMP_FILE};
use fiscal::event::EventCode;
use pos_api::{BooksCommand, Command, DayCommand, Reply};
use pos_core::store::settings;
use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Cursor, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process;
use std::thread;
use tempfile::TempDir;
use verify::fault::{FileFault, Note};
use verify::inspect::{Inspection, Outcome};

/// A root, the certificate that it gave to who stamps, and how stamps are made.
const CONFIGURATION: &str = "
[req]
distinguished_name = name
prompt = no
[name]
CN = Autorité d'essai
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
[stamps]
basicConstraints = CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[tsa]
serial = serial
signer_cert = tsa.pem
certs = root.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.3.6.1.4.1.99999.1
digests = sha256
ess_cert_id_alg = sha256
";

/// An authority with a root of its own, which no machine knows.
struct Authority {
    folder: TempDir,
}

impl Authority {
    fn new() -> Self {
        let it = Self { folder: tempfile::tempdir().unwrap() };
        fs::write(it.file("tsa.cnf"), CONFIGURATION).unwrap();
        fs::write(it.file("serial"), "01\n").unwrap();
        let key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -config tsa.cnf";
        it.openssl(&format!(
            "req -x509 {key} -extensions root -days 2 -keyout root.key -out root.pem"
        ));
        it.openssl(&format!("req -new {key} -subj /CN=Horodatage -keyout tsa.key -out tsa.csr"));
        it.openssl(
            "x509 -req -in tsa.csr -CA root.pem -CAkey root.key -set_serial 2 -days 2 \
             -extfile tsa.cnf -extensions stamps -out tsa.pem",
        );
        it
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn root(&self) -> PathBuf {
        self.file("root.pem")
    }

    fn openssl(&self, arguments: &str) {
        let mut openssl = process::Command::new("openssl");
        openssl.args(arguments.split_whitespace()).current_dir(self.folder.path());
        let done = openssl.output().expect("openssl is here: apt-get install openssl");
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "openssl {arguments}: {said}");
    }

    /// What it answers to a query.
    fn stamp(&self, query: &[u8]) -> Vec<u8> {
        fs::write(self.file("query.tsq"), query).unwrap();
        self.openssl("ts -reply -config tsa.cnf -section tsa -queryfile query.tsq -out reply.tsr");
        fs::read(self.file("reply.tsr")).unwrap()
    }

    /// Answers one query over HTTP; where, and itself when that is done.
    fn serve_one(self) -> (String, thread::JoinHandle<Self>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/tsa", listener.local_addr().unwrap());
        let serving = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let stamp = self.stamp(&query(&stream));
            let length = stamp.len();
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: application/timestamp-reply\r\n\
                 Content-Length: {length}\r\nConnection: close\r\n\r\n"
            );
            stream.write_all(&[head.as_bytes(), &stamp].concat()).unwrap();
            self
        });
        (url, serving)
    }
}

/// The body of a request.
fn query(stream: &TcpStream) -> Vec<u8> {
    let mut reader = BufReader::new(stream);
    let mut length = None;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let line = line.trim().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length:") {
            length = Some(value.trim().parse().unwrap());
        }
    }
    let mut body = vec![0; length.expect("a query says how long it is")];
    reader.read_exact(&mut body).unwrap();
    body
}

/// An archive of a day, in a shop whose archives are stamped at `url`.
fn archive(url: &str) -> (Shop, PathBuf) {
    let mut shop = Shop::open();
    let authority = BTreeMap::from([("url", url)]);
    shop.till.store().write(|tx| settings::set(tx, "timestamp", &authority)).unwrap();
    shop.type_in("MAR; REI G");
    shop.pay(5_000).unwrap();
    shop.run(Command::Day(DayCommand::Close { counted: None, confirmed: true }));
    let command = Command::Books(BooksCommand::Archive { folder: None });
    let Reply::File { path, .. } = shop.run(command) else { panic!() };
    assert_eq!(event(&mut shop, EventCode::ArchiveVerify).text("result"), Some("OK"));
    (shop, path.into())
}

fn unpacked(path: &Path) -> BTreeMap<String, Vec<u8>> {
    verify::archive::read(Cursor::new(fs::read(path).unwrap())).unwrap().into_iter().collect()
}

fn inspect(path: &Path, root: Option<PathBuf>) -> Outcome {
    let mut inspection = Inspection::new();
    if let Some(root) = root {
        inspection.trust(root);
    }
    verify::archives::inspect(&[path.to_owned()], &mut inspection).unwrap();
    inspection.finish()
}

fn faults(outcome: &Outcome) -> Vec<FileFault> {
    outcome.files.iter().map(|(_, fault)| fault.clone()).collect()
}

/// What is found in an archive one file of which was changed.
fn altered(
    path: &Path,
    root: PathBuf,
    name: &str,
    change: impl Fn(&mut Vec<u8>),
) -> Vec<FileFault> {
    let mut files = unpacked(path);
    change(files.get_mut(name).unwrap());
    let folder = tempfile::tempdir().unwrap();
    let altered = folder.path().join("altered.zip");
    let files: Vec<_> = files.into_iter().collect();
    verify::archive::write(fs::File::create(&altered).unwrap(), &files).unwrap();
    faults(&inspect(&altered, Some(root)))
}

#[test]
fn an_archive_carries_a_stamp_of_its_manifest_and_of_nothing_else() {
    let (url, serving) = Authority::new().serve_one();
    let (_shop, path) = archive(&url);
    let authority = serving.join().unwrap();
    assert!(unpacked(&path).contains_key(TIMESTAMP_FILE));

    let outcome = inspect(&path, Some(authority.root()));
    assert!(outcome.is_sound(), "{:?} {:?}", outcome.report.findings, outcome.files);
    assert!(outcome.notes.iter().any(|(_, note)| *note == Note::TimeStampHolds));

    // Nobody has heard of that authority, or trusts another one.
    assert_eq!(faults(&inspect(&path, None)), [FileFault::TimeStamp]);
    assert_eq!(faults(&inspect(&path, Some(Authority::new().root()))), [FileFault::TimeStamp]);

    // The last byte is of the authority's signature.
    let stamp = altered(&path, authority.root(), TIMESTAMP_FILE, |it| *it.last_mut().unwrap() ^= 1);
    assert_eq!(stamp, [FileFault::TimeStamp]);
    let manifest = altered(&path, authority.root(), MANIFEST_FILE, |it| {
        let text = String::from_utf8(it.clone()).unwrap();
        let later = text.replacen("\"octets\":3", "\"octets\":4", 1);
        assert_ne!(text, later, "the first file has three thousand bytes and some");
        *it = later.into_bytes();
    });
    for fault in [FileFault::ManifestSignature, FileFault::TimeStamp] {
        assert!(manifest.contains(&fault), "{manifest:?}");
    }

    // A stamp that is right, and of other bytes.
    let digest = fiscal::archive::format::sha256(b"another manifest");
    authority.openssl(&format!("ts -query -sha256 -cert -digest {digest} -out other.tsq"));
    let other = authority.stamp(&fs::read(authority.file("other.tsq")).unwrap());
    let stamp = altered(&path, authority.root(), TIMESTAMP_FILE, |it| it.clone_from(&other));
    assert_eq!(stamp, [FileFault::TimeStamp]);
}

#[test]
fn an_archive_is_made_though_nobody_stamps() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (_shop, path) = archive(&format!("http://{closed}/tsa"));
    assert!(!unpacked(&path).contains_key(TIMESTAMP_FILE));
    assert!(inspect(&path, None).is_sound());
}
