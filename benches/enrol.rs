//! Install sessions a second, against the program itself: `cargo bench --bench enrol`.
//!
//! Each round starts from phones with an installation scheduled (RSA-2048, CAPF as the issuer) and
//! enrols them all over TLS 1.2, several at a time. The clients reuse keys made beforehand, and
//! the server is a process of its own: its processor time, read from `/proc`, is what a session
//! costs the server, whatever the clients cost on the same machine.
//!
//! The wall is two RSA-2048 signatures a session: the handshake's and the LSC's. They are timed in
//! the same run, by processor time too, on all cores at once, with the same library.
//!
//! `CAPF_BENCH_PHONES` (phones a round, 2000), `CAPF_BENCH_ROUNDS` (5), `CAPF_BENCH_CLIENTS` (16).

#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a benchmark reads its settings, prints, and fails by panicking"
)]

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::sign::Signer;

#[path = "support/phone.rs"]
mod phone;
mod support;

use support::{Server, capf, count, processor_time, setting};

fn main() {
    let phones = setting("CAPF_BENCH_PHONES", 2000);
    let rounds = setting("CAPF_BENCH_ROUNDS", 5);
    let clients = setting("CAPF_BENCH_CLIENTS", 16);

    let directory = tempfile::tempdir().unwrap();
    for round in 0..rounds {
        let last = phones - 1;
        let names = format!("SEP{round:06X}000000..SEP{round:06X}{last:06X}");
        capf(
            directory.path(),
            &["phone", "add", &names, "--operation", "install"],
        );
    }
    let keys: Vec<_> = (0..32)
        .map(|_| rsa_2048().public_key_to_der().unwrap())
        .collect();
    let server = Server::start(directory.path());

    println!("{phones} phones a round, {clients} at a time, {rounds} rounds");
    println!("round  sessions/s  server ms/session  signatures/s and core  share of the wall");
    let mut shares = Vec::new();
    let mut rates = Vec::new();
    for round in 0..rounds {
        let signatures = signatures_a_second();
        let cpu = server.processor_time();
        let started = Instant::now();
        enrol(server.address, round, phones, clients, &keys);
        let wall = started.elapsed();
        let cost = server.processor_time().saturating_sub(cpu).as_secs_f64() / count(phones);
        let rate = count(phones) / wall.as_secs_f64();
        let share = (1.0 / cost) / (signatures / 2.0);
        println!(
            "{round:5}  {rate:10.0}  {:17.3}  {signatures:21.0}  {:16.0} %",
            cost * 1e3,
            share * 100.0
        );
        shares.push(share);
        rates.push(rate);
    }
    println!(
        "median: {:.0} sessions/s with the clients on the same cores; \
         {:.0} % of the wall by the server's own processor time",
        median(rates),
        median(shares) * 100.0
    );
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn rsa_2048() -> PKey<Private> {
    PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap()
}

/// RSA-2048 signatures in a second of processor time, while every core signs: as busy as the
/// machine is in a round, when cores that share their units slow each other down.
fn signatures_a_second() -> f64 {
    let key = rsa_2048();
    let cores = std::thread::available_parallelism().unwrap().get();
    let (made, before) = (AtomicUsize::new(0), processor_time("self"));
    let started = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                while started.elapsed() < Duration::from_secs(1) {
                    let mut signer = Signer::new(MessageDigest::sha256(), &key).unwrap();
                    signer.sign_oneshot_to_vec(b"to be signed").unwrap();
                    made.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    let spent = processor_time("self").saturating_sub(before);
    count(made.into_inner()) / spent.as_secs_f64()
}

fn enrol(server: SocketAddr, round: usize, phones: usize, clients: usize, keys: &[Vec<u8>]) {
    let next = Arc::new(AtomicUsize::new(0));
    let connector = phone::connector();
    std::thread::scope(|scope| {
        for _ in 0..clients {
            let (next, connector) = (Arc::clone(&next), &connector);
            scope.spawn(move || {
                loop {
                    let phone = next.fetch_add(1, Ordering::Relaxed);
                    if phone >= phones {
                        return;
                    }
                    phone::install(
                        server,
                        connector,
                        &format!("SEP{round:06X}{phone:06X}"),
                        &keys[phone % keys.len()],
                    );
                }
            });
        }
    });
}
