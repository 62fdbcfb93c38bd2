//! Backups at fleet size, and what they cost the phones: `cargo bench --bench backup`.
//!
//! A service with a fleet (`support/fleet.rs`, seeded) enrols phones at a steady rate (RSA-2048, CAPF
//! as the issuer, over TLS 1.2), by clients that reuse their keys. For as long as each,
//!
//! - nothing else goes on;
//! - `capf backup` runs, one after the other;
//! - the database alone is copied as that does it, one copy after the other;
//! - the database is written into a new file with `VACUUM INTO`, the other way to have a copy of one
//!   state, one after the other.
//!
//! How long a session took, from the connection to the good end, is shown for each: half of them, 99
//! in a hundred, all; and how late the last one was begun. Then the backup is restored.
//!
//! `CAPF_BENCH_PHONES` (the fleet, 100000), `CAPF_BENCH_RATE` (enrolments a second, 200),
//! `CAPF_BENCH_SECONDS` (15), `CAPF_BENCH_CLIENTS` (16).

#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a benchmark reads its settings, prints, and fails by panicking"
)]

#[path = "support/filled.rs"]
mod filled;
#[path = "support/fleet.rs"]
mod fleet;
#[path = "../tests/support/measured.rs"]
mod measured;
#[path = "support/phone.rs"]
mod phone;
#[path = "../tests/support/random.rs"]
mod random;
mod support;

use std::net::SocketAddr;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use capf::clock::SystemClock;
use capf::store::{Store, StoreUri};
use openssl::rsa::Rsa;
use support::{Server, capf, setting};

const SEED: u64 = 7;

/// What goes on beside the phones.
#[derive(Clone, Copy, Debug)]
enum Beside {
    Nothing,
    Backup,
    Copy,
    Vacuum,
}

#[tokio::main]
async fn main() {
    let fleet = setting("CAPF_BENCH_PHONES", 100_000);
    let rate = setting("CAPF_BENCH_RATE", 200);
    let seconds = setting("CAPF_BENCH_SECONDS", 15);
    let clients = setting("CAPF_BENCH_CLIENTS", 16);

    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    std::fs::create_dir(&data).unwrap();
    let uri = StoreUri::sqlite(data.join("capf.db"));
    let store = Store::open(&uri, Arc::new(SystemClock)).await.unwrap();
    filled::fill(&store, SEED, fleet).await;
    drop(store);
    let phones = rate * seconds;
    for round in 0..4 {
        let last = phones - 1;
        let names = format!("SEP0FF{round:03X}000000..SEP0FF{round:03X}{last:06X}");
        capf(&data, &["phone", "add", &names, "--operation", "install"]);
    }
    let bytes = std::fs::metadata(data.join("capf.db")).unwrap().len();
    println!("a fleet of {fleet}, {} MiB", bytes >> 20);

    let server = Server::start(&data);
    println!("beside   copies  s each  enrolled  ms: median     99 %      all  late, ms");
    let kinds = [
        Beside::Nothing,
        Beside::Backup,
        Beside::Copy,
        Beside::Vacuum,
    ];
    for (round, beside) in kinds.into_iter().enumerate() {
        let over = AtomicBool::new(false);
        let (copies, load) = std::thread::scope(|scope| {
            let copies = scope.spawn(|| copy(beside, directory.path(), &data, &over));
            let load = enrol(server.address, round, (phones, rate), clients);
            over.store(true, Ordering::Relaxed);
            (copies.join().unwrap(), load)
        });
        println!("{beside:8?} {copies}  {load}");
    }
    drop(server);

    let mut restore = Command::new(env!("CARGO_BIN_EXE_capf"));
    restore
        .arg("--data-dir")
        .arg(directory.path().join("restored"))
        .arg("restore")
        .arg(directory.path().join("capf.tar.gz"))
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let restored = measured::run(&mut restore);
    assert!(restored.status.success());
    println!(
        "restored in {:.1} s, {} MiB resident at the most",
        restored.time.as_secs_f64(),
        restored.peak / 1024
    );
}

/// Copies the database again and again; tells how often, and how long one took.
fn copy(beside: Beside, directory: &Path, data: &Path, over: &AtomicBool) -> String {
    let (mut copies, mut peak) = (0, 0);
    let started = Instant::now();
    while !over.load(Ordering::Relaxed) {
        match beside {
            Beside::Nothing => return format!("{:>6}  {:>6}", "-", "-"),
            Beside::Backup => {
                let mut backup = Command::new(env!("CARGO_BIN_EXE_capf"));
                backup
                    .args(["--yes", "--data-dir"])
                    .arg(data)
                    .arg("backup")
                    .arg(directory.join("capf.tar.gz"))
                    .stdout(Stdio::null())
                    .stderr(Stdio::null());
                let made = measured::run(&mut backup);
                assert!(made.status.success());
                peak = peak.max(made.peak);
            }
            Beside::Copy => {
                let into = directory.join("copy.db");
                let _ = std::fs::remove_file(&into);
                let runtime = tokio::runtime::Runtime::new().unwrap();
                let whole = runtime.block_on(async {
                    let uri = StoreUri::sqlite(data.join("capf.db"));
                    let store = Store::open(&uri, Arc::new(SystemClock)).await.unwrap();
                    let go_on = |_, _| ControlFlow::Continue(());
                    store.copy_into(&into, go_on).await.unwrap()
                });
                assert!(whole);
            }
            Beside::Vacuum => {
                let into = directory.join("vacuum.db");
                let _ = std::fs::remove_file(&into);
                let database = rusqlite::Connection::open(data.join("capf.db")).unwrap();
                let into = into.to_str().unwrap();
                database.execute("VACUUM INTO ?1", [into]).unwrap();
            }
        }
        copies += 1;
    }
    let each = started.elapsed().as_secs_f64() / f64::from(copies);
    let memory = match peak {
        0 => String::new(),
        peak => format!(" ({} MiB resident)", peak / 1024),
    };
    format!("{copies:6}  {each:6.2}{memory}")
}

/// Enrols phones, each at its time; tells how long that took them.
fn enrol(
    server: SocketAddr,
    round: usize,
    (phones, rate): (usize, usize),
    clients: usize,
) -> String {
    let keys: Vec<_> = (0..32)
        .map(|_| Rsa::generate(2048).unwrap().public_key_to_der().unwrap())
        .collect();
    let connector = phone::connector();
    let next = AtomicUsize::new(0);
    let times = Mutex::new(Vec::new());
    let late = Mutex::new(Duration::ZERO);
    let started = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..clients {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= phones {
                        return;
                    }
                    let due = Duration::from_secs(1) * u32::try_from(number).unwrap()
                        / u32::try_from(rate).unwrap();
                    std::thread::sleep(due.saturating_sub(started.elapsed()));
                    let began = Instant::now();
                    let name = format!("SEP0FF{round:03X}{number:06X}");
                    phone::install(server, &connector, &name, &keys[number % keys.len()]);
                    times.lock().unwrap().push(began.elapsed());
                    let mut late = late.lock().unwrap();
                    *late = (began - started).saturating_sub(due).max(*late);
                }
            });
        }
    });
    let mut times = times.into_inner().unwrap();
    times.sort_unstable();
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    format!(
        "{:8}  {:10.0}  {:7.0}  {:7.0}  {:8.0}",
        times.len(),
        ms(times[times.len() / 2]),
        ms(times[times.len() * 99 / 100]),
        ms(times[times.len() - 1]),
        ms(late.into_inner().unwrap()),
    )
}
