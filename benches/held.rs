//! Phones that wait for an outside CA: `cargo bench --bench held`.
//!
//! Ten thousand phones connect over TLS 1.2, make an EC key and are held. The server is a process
//! of its own: what a held session costs in memory is the growth of its resident set, and what
//! holding them costs is its processor time while nothing happens. Then their requests are dumped and
//! signed, and the certificates imported: timed is how long it takes from the call of `capf cert
//! import`, and from its return, until the last phone has stored its certificate and been told so.
//!
//! `CAPF_BENCH_PHONES` (10000), `CAPF_BENCH_IDLE` (seconds of idling, 20).

#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a benchmark reads its settings, prints, and fails by panicking"
)]

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use capf::admin::demo::ThirdPartyCa;
use capf::clock::{Clock as _, SystemClock};
use capf::transport::Connection;
use capf::wire::{Command, Element, Message, Reason};
use openssl::pkey::PKey;
use openssl::ssl::{SslConnector, SslMethod, SslVerifyMode, SslVersion};
use tokio::net::TcpStream;
use tokio::sync::{Notify, Semaphore};
use tokio_openssl::SslStream;

mod support;

use support::{Server, capf, count, setting};

/// How many phones shake hands at a time: as many as are accepted at once from one address.
const AT_A_TIME: usize = 64;

fn main() {
    let phones = setting("CAPF_BENCH_PHONES", 10_000);
    let idle = Duration::from_secs(setting("CAPF_BENCH_IDLE", 20) as u64);
    assert!(
        capf::server::allow_open_files(phones as u64 + 100) > phones as u64,
        "the system lets this process open too few files; `ulimit -n` raises it"
    );

    let directory = tempfile::tempdir().unwrap();
    let place = directory.path();
    let ca = ThirdPartyCa::create(SystemClock.now()).unwrap();
    let root = place.join("root.pem");
    std::fs::write(&root, ca.certificate().to_pem()).unwrap();
    capf(place, &["trust", "import", root.to_str().unwrap()]);
    capf(
        place,
        &["parameter", "set", "certificate-issuer", "offline-ca"],
    );
    let names = format!("SEP000000000000..SEP{:012X}", phones - 1);
    let settings = [
        "--operation",
        "install",
        "--key-order",
        "ec-only",
        "--ec-key-size",
        "256",
    ];
    capf(place, &[&["phone", "add", &names], &settings[..]].concat());
    let server = Server::start(place);

    let runtime = tokio::runtime::Runtime::new().unwrap();
    let fleet = Arc::new(Fleet::new());
    // The first phones fill what is filled once: pools, caches, stacks.
    let warm = phones.min(100);
    connect(&runtime, &fleet, server.address, 0..warm);
    let before = server.resident_bytes();
    connect(&runtime, &fleet, server.address, warm..phones);
    let grown = server.resident_bytes().saturating_sub(before);
    println!("{phones} phones are held over TLS 1.2");
    println!(
        "memory of the server: {:.1} KiB a session ({:.0} MiB in all)",
        count(grown) / count(phones - warm) / 1024.0,
        count(server.resident_bytes()) / 1024.0 / 1024.0
    );

    let spent = server.processor_time();
    std::thread::sleep(idle);
    let spent = server.processor_time().saturating_sub(spent);
    println!(
        "idle for {} s: {:.2} % of a core",
        idle.as_secs(),
        spent.as_secs_f64() / idle.as_secs_f64() * 100.0
    );

    let (requests, certificates) = (place.join("csrs.tgz"), place.join("certificates.tgz"));
    capf(place, &["csr", "dump", requests.to_str().unwrap()]);
    let signed = ca
        .sign(&requests, &certificates, SystemClock.now())
        .unwrap();
    assert_eq!(signed, phones as u64);
    let began = Instant::now();
    capf(place, &["cert", "import", certificates.to_str().unwrap()]);
    let imported = began.elapsed();
    runtime.block_on(fleet.all_done(phones));
    let done = began.elapsed();
    println!(
        "cert import took {:.1} s; the last phone was done {:.1} s after its call, {:.1} s after \
         its return",
        imported.as_secs_f64(),
        done.as_secs_f64(),
        done.saturating_sub(imported).as_secs_f64()
    );
}

/// How far the phones are.
struct Fleet {
    connector: SslConnector,
    shakes: Semaphore,
    held: AtomicUsize,
    done: AtomicUsize,
    progress: Notify,
}

impl Fleet {
    fn new() -> Self {
        let mut connector = SslConnector::builder(SslMethod::tls_client()).unwrap();
        connector.set_verify(SslVerifyMode::NONE);
        connector
            .set_max_proto_version(Some(SslVersion::TLS1_2))
            .unwrap();
        Self {
            connector: connector.build(),
            shakes: Semaphore::new(AT_A_TIME),
            held: AtomicUsize::new(0),
            done: AtomicUsize::new(0),
            progress: Notify::new(),
        }
    }

    async fn all_done(&self, phones: usize) {
        self.reached(&self.done, phones).await;
    }

    async fn reached(&self, counter: &AtomicUsize, phones: usize) {
        while counter.load(Ordering::Acquire) < phones {
            // A look now and then is enough, where the last word was missed.
            let _ = tokio::time::timeout(Duration::from_millis(20), self.progress.notified()).await;
        }
    }

    /// One phone, from its call to the end of its session.
    async fn phone(self: Arc<Self>, server: SocketAddr, number: usize) {
        let shake = self.shakes.acquire().await.unwrap();
        let socket = TcpStream::connect(server).await.unwrap();
        let mut ssl = self.connector.configure().unwrap();
        ssl.set_verify_hostname(false);
        ssl.set_use_server_name_indication(false);
        let mut stream = SslStream::new(ssl.into_ssl("capf").unwrap(), socket).unwrap();
        Pin::new(&mut stream).connect().await.unwrap();
        let mut connection = Connection::new(stream);
        let session_id = connection.receive().await.unwrap().session_id;
        let message = |command, elements| Message {
            command,
            session_id,
            elements,
        };
        let name = Element::DeviceName(format!("SEP{number:012X}"));
        let introduction = vec![Element::Reason(Reason::SUCCESS), Element::Version(3), name];
        connection
            .send(&message(Command::AUTH_RESPONSE, introduction))
            .await
            .unwrap();
        let request = connection.receive().await.unwrap();
        assert_eq!(request.command, Command::KEY_GENERATE_REQUEST, "{request}");
        let key = PKey::ec_gen("prime256v1").unwrap();
        let key = Element::PublicKey(key.public_key_to_der().unwrap());
        connection
            .send(&message(Command::KEY_GENERATE_RESPONSE, vec![key]))
            .await
            .unwrap();
        drop(shake);
        self.held.fetch_add(1, Ordering::Release);
        self.progress.notify_one();

        let request = loop {
            let request = connection.receive().await.unwrap();
            if request.command != Command::REQUEST_IN_PROGRESS {
                break request;
            }
        };
        assert!(request.certificate().is_some(), "{request}");
        let stored = vec![Element::Reason(Reason::SUCCESS)];
        connection
            .send(&message(Command::STORE_CERTIFICATE_RESPONSE, stored))
            .await
            .unwrap();
        let end = connection.receive().await.unwrap();
        assert_eq!(end.reason(), Some(Reason::SUCCESS));
        self.done.fetch_add(1, Ordering::Release);
        self.progress.notify_one();
    }
}

/// Lets these phones connect, and waits until all of them are held.
fn connect(
    runtime: &tokio::runtime::Runtime,
    fleet: &Arc<Fleet>,
    server: SocketAddr,
    phones: std::ops::Range<usize>,
) {
    let last = phones.end;
    for number in phones {
        runtime.spawn(Arc::clone(fleet).phone(server, number));
    }
    runtime.block_on(fleet.reached(&fleet.held, last));
    // Their requests are on record once the server has answered nothing for a while.
    std::thread::sleep(Duration::from_secs(2));
}
