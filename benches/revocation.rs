//! A large revocation list, and what it costs the phones: `cargo bench --bench revocation`.
//!
//! The `openssl` command publishes a list of many certificates, and one that has a hundred more.
//! `capf trust crl import` takes the first, and the second in its place. Then phones' certificates are
//! looked up, as each session does, before and after: what a session asks of the store, by existing
//! certificate, with a serial number that is on no list; the median of many, and the time within which
//! 99 in a hundred are answered.
//!
//! `CAPF_BENCH_REVOKED` (certificates on the list, 100000), `CAPF_BENCH_LOOKUPS` (20000).

#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a benchmark reads its settings, prints, and fails by panicking"
)]

#[path = "../tests/support/installed.rs"]
mod installed;
#[path = "../tests/support/openssl.rs"]
mod openssl;
mod support;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use capf::clock::SystemClock;
use capf::store::{Store, StoreUri};
use openssl::openssl;
use support::{capf, setting};

const CONFIGURATION: &str = "[ca]\ndefault_ca=it\n[it]\ndatabase=index.txt\ncrlnumber=crlnumber\n\
                             default_md=sha256\ndefault_crl_days=30\n";
const PHONE: &str = "SEP000000000001";

#[tokio::main]
async fn main() {
    let revoked = setting("CAPF_BENCH_REVOKED", 100_000);
    let lookups = setting("CAPF_BENCH_LOOKUPS", 20_000);
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path();
    make_ca(here);
    let data = here.join("data");
    let file = |name: &str| here.join(name).display().to_string();
    capf(
        &data,
        &[
            "trust",
            "import",
            &file("ca.pem"),
            "--purpose",
            "manufacturing",
        ],
    );
    let words = ["--operation", "install", "--auth-mode", "mic"];
    capf(&data, &[&["phone", "add", PHONE], &words[..]].concat());
    let before = look_up(&data, lookups).await;
    for (name, count) in [("first.crl", revoked), ("second.crl", revoked + 100)] {
        publish(here, name, count);
        let bytes = fs::metadata(here.join(name)).unwrap().len();
        let began = Instant::now();
        capf(&data, &["trust", "crl", "import", &file(name)]);
        println!(
            "{count} certificates, {} KiB: imported in {:.2} s",
            bytes / 1024,
            began.elapsed().as_secs_f64()
        );
    }
    let after = look_up(&data, lookups).await;
    for (when, times) in [("without a list", before), ("with it", after)] {
        let at = |percent: usize| times[(times.len() - 1) * percent / 100].as_micros();
        println!(
            "what a session asks, {when}: {} us in the median, {} us for 99 in a hundred",
            at(50),
            at(99)
        );
    }
}

fn run(directory: &Path, arguments: &str) {
    let run = openssl(directory, arguments).expect("the list is made with `openssl`");
    assert!(run.succeeded, "{}", run.text);
}

fn make_ca(directory: &Path) {
    fs::write(directory.join("ca.cnf"), CONFIGURATION).unwrap();
    fs::write(directory.join("crlnumber"), "01").unwrap();
    run(
        directory,
        "req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 3650 -subj /CN=Factory \
         -addext keyUsage=critical,keyCertSign,cRLSign",
    );
}

/// Serial numbers as a CA draws them, spread over 128 bits, and always the same.
fn publish(directory: &Path, name: &str, count: usize) {
    let mut index = String::new();
    for number in 0..count as u128 {
        let serial = (number + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835) >> 1;
        writeln!(
            index,
            "R\t351231235959Z\t261101000000Z,keyCompromise\t{serial:032X}\tunknown\t/CN=x"
        )
        .unwrap();
    }
    fs::write(directory.join("index.txt"), index).unwrap();
    run(
        directory,
        "ca -gencrl -config ca.cnf -keyfile ca.key -cert ca.pem -out crl.pem",
    );
    run(
        directory,
        &format!("crl -in crl.pem -outform der -out {name}"),
    );
}

/// How long each of many sessions would wait, the quickest first.
async fn look_up(data: &Path, lookups: usize) -> Vec<Duration> {
    let uri = StoreUri::sqlite(data.join("capf.db"));
    let store = Store::open(&uri, Arc::new(SystemClock)).await.unwrap();
    let device = PHONE.parse().unwrap();
    let mut times = Vec::with_capacity(lookups);
    for number in 0..lookups {
        let shown = vec![format!("{:032x}", number as u128 * 0x1234_5678_9ABC_DEF1)];
        let began = Instant::now();
        let subject = store.subject(&device, shown).await.unwrap().unwrap();
        times.push(began.elapsed());
        assert!(subject.revocations.is_empty());
    }
    times.sort_unstable();
    times
}
