//! The offline CA's round at fleet size: `cargo bench --bench offline_ca`.
//!
//! A database of phones is made that wait for a certificate of an RSA-2048 key each. The program itself
//! dumps their requests, imports the certificates that an RSA-2048 CA has signed, and imports them
//! once more; the time is the wall's, the memory the most that was resident (`VmHWM`). The dump is
//! set against `gzip -1` over the same tar, run in turn with it.
//!
//! Then the steps of an import are done one by one on one thread, over the same archive, and what
//! each takes for a certificate is set against the others; the wall is the verification of an RSA-2048
//! signature alone, on all processors.
//!
//! `CAPF_BENCH_PHONES` (100000).

#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a benchmark reads its settings, prints, and fails by panicking"
)]

#[path = "../tests/support/measured.rs"]
mod measured;
mod support;

use std::fs::File;
use std::io::Read as _;
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use capf::archive::{self, Entry, InvalidArchive, Limits};
use capf::clock::{Clock as _, SystemClock};
use capf::model::{
    CapfSettings, Certificate, CertificateOperation, Csr, CsrState, DeviceName, Phone, TrustPurpose,
};
use capf::pki::{Acceptance, KeyFingerprint, OutsideCa, Request, TrustStore};
use capf::session::Record;
use capf::store::{Actor, Claim, NewPhone, Recorded, Store, StoreUri};
use flate2::read::GzDecoder;
use measured::Measured;
use support::{count, setting};

/// How many phones are put into the database at once.
const AT_ONCE: usize = 256;

#[tokio::main]
async fn main() {
    let phones = setting("CAPF_BENCH_PHONES", 100_000);
    let directory = tempfile::tempdir().unwrap();
    let place = directory.path();
    let ca = OutsideCa::create("Bench Root", SystemClock.now()).unwrap();
    std::fs::create_dir(place.join("data")).unwrap();
    fill(place, &ca, phones).await;

    println!("{phones} phones, RSA-2048 keys and CA");
    println!("{:38}  seconds   per second  MiB", "");
    let mut dumps = Vec::new();
    let mut gzips = Vec::new();
    for _ in 0..3 {
        let (dump, peak) = capf(place, &["--yes", "csr", "dump", "csrs.tgz"]);
        dumps.push(dump);
        if gzips.is_empty() {
            unpack(place);
            row("csr dump, the first", dump, phones, Some(peak));
        }
        gzips.push(gzip(place));
    }
    dumps.remove(0);
    row("csr dump, again", median(&mut dumps), phones, None);
    row("gzip -1 of its tar", median(&mut gzips), phones, None);

    sign(place, &ca);
    std::fs::create_dir(place.join("copy")).unwrap();
    std::fs::copy(place.join("data/capf.db"), place.join("copy/capf.db")).unwrap();
    let import: &[&str] = &["cert", "import", "certs.tgz"];
    for what in ["cert import", "cert import, all are in"] {
        let (time, peak) = capf(place, import);
        row(what, time, phones, Some(peak));
    }
    let archive = std::fs::read(place.join("certs.tgz")).unwrap();
    steps(place, &ca, &archive, phones).await;
}

/// Makes phones that wait for a certificate.
async fn fill(place: &Path, ca: &OutsideCa, phones: usize) {
    let store = open(&place.join("data/capf.db")).await;
    let actor = Actor::Admin("bench".to_owned());
    store
        .import_anchor(&actor, TrustPurpose::Capf, ca.certificate().clone())
        .await
        .unwrap();
    let names: Vec<DeviceName> = (0..phones)
        .map(|phone| format!("SEP{phone:012X}").parse().unwrap())
        .collect();
    let new = names.iter().map(|name| NewPhone::from(waiting(name)));
    store
        .add_phones_with_certificates(&actor, new.collect())
        .await
        .unwrap();
    for names in names.chunks(AT_ONCE) {
        let mut recording = tokio::task::JoinSet::new();
        for name in names {
            let (store, name) = (store.clone(), name.clone());
            let csr = Request::new(&name, "CP-8861", ca.certificate(), &rsa_key())
                .and_then(Request::unsigned)
                .unwrap();
            recording.spawn(async move {
                let schedule = store.scheduled(&name).await.unwrap().unwrap();
                let record = Record::Requested { csr };
                let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
                let recorded = store
                    .record(&name, address, &schedule, &mut Claim::new(), record)
                    .await;
                assert_eq!(recorded.unwrap(), Recorded::Kept);
            });
        }
        recording.join_all().await;
    }
}

fn waiting(name: &DeviceName) -> Phone {
    let mut phone = Phone::new(name.clone());
    phone.capf = CapfSettings {
        operation: CertificateOperation::Install,
        ..phone.capf
    };
    phone
}

/// An RSA-2048 `SubjectPublicKeyInfo` with a modulus that nobody knows the factors of.
fn rsa_key() -> Vec<u8> {
    let mut modulus = [0; 256];
    getrandom::fill(&mut modulus).unwrap();
    modulus[0] |= 0x80;
    modulus[255] |= 1;
    let number = |bytes: &[u8]| openssl::bn::BigNum::from_slice(bytes).unwrap();
    let key =
        openssl::rsa::Rsa::from_public_components(number(&modulus), number(&[1, 0, 1])).unwrap();
    key.public_key_to_der().unwrap()
}

async fn open(path: &Path) -> Store {
    let uri = StoreUri::sqlite(path.to_owned());
    Store::open(&uri, Arc::new(SystemClock)).await.unwrap()
}

/// Runs the program; tells how long it took, and how many KiB it had resident at most.
fn capf(place: &Path, words: &[&str]) -> (Duration, u64) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_capf"));
    command
        .args(words)
        .env("CAPF_DATA_DIR", place.join("data"))
        .current_dir(place)
        .stdout(Stdio::null())
        .stderr(File::create(place.join("stderr")).unwrap());
    let Measured { status, time, peak } = measured::run(&mut command);
    let said = std::fs::read_to_string(place.join("stderr")).unwrap();
    assert!(status.success(), "{words:?}: {said}");
    (time, peak)
}

fn unpack(place: &Path) {
    let mut tar = Vec::new();
    GzDecoder::new(File::open(place.join("csrs.tgz")).unwrap())
        .read_to_end(&mut tar)
        .unwrap();
    std::fs::write(place.join("csrs.tar"), tar).unwrap();
}

fn gzip(place: &Path) -> Duration {
    let started = Instant::now();
    let status = Command::new("gzip")
        .args(["-1", "-k", "-f", "csrs.tar"])
        .current_dir(place)
        .status()
        .unwrap();
    assert!(status.success());
    started.elapsed()
}

/// Signs every request of the dump, on all processors.
fn sign(place: &Path, ca: &OutsideCa) {
    let mut csrs = Vec::new();
    let dump = File::open(place.join("csrs.tgz")).unwrap();
    archive::read(dump, &Limits::default(), |Entry { name, bytes }| {
        if let Some(device) = name.strip_suffix(".csr") {
            let der = pem::parse(&bytes).unwrap().into_contents();
            csrs.push((device.to_owned(), Csr::from_der(&der).unwrap()));
        }
        Ok::<_, InvalidArchive>(())
    })
    .unwrap();
    let now = SystemClock.now();
    let share = csrs.len().div_ceil(processors());
    let signed: Vec<(String, Certificate)> = std::thread::scope(|scope| {
        let threads: Vec<_> = csrs
            .chunks(share)
            .map(|csrs| {
                scope.spawn(move || {
                    let signed = csrs
                        .iter()
                        .map(|(device, csr)| (format!("{device}.der"), ca.sign(csr, now).unwrap()));
                    signed.collect::<Vec<_>>()
                })
            })
            .collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap())
            .collect()
    });
    let file = File::create(place.join("certs.tgz")).unwrap();
    let mut archive = archive::Writer::new(file, now);
    for (name, certificate) in signed {
        archive.add(&name, certificate.der()).unwrap();
    }
    archive.finish().unwrap();
}

fn processors() -> usize {
    std::thread::available_parallelism().unwrap().get()
}

/// The steps of an import, one by one.
async fn steps(place: &Path, ca: &OutsideCa, archive: &[u8], phones: usize) {
    let mut entries = Vec::with_capacity(phones);
    let mut took = Vec::new();
    let started = Instant::now();
    archive::read(archive, &Limits::default(), |entry| {
        entries.push(entry);
        Ok::<_, InvalidArchive>(())
    })
    .unwrap();
    took.push(("gunzip and untar", started.elapsed()));

    let started = Instant::now();
    let certificates: Vec<_> = entries
        .iter()
        .map(|entry| {
            let certificate = Certificate::from_der(&entry.bytes).unwrap();
            let key = KeyFingerprint::of(certificate.public_key()).unwrap();
            (key, certificate)
        })
        .collect();
    took.push(("parse", started.elapsed()));

    let store = open(&place.join("copy/capf.db")).await;
    let started = Instant::now();
    let mut matches = Vec::with_capacity(phones);
    for batch in certificates.chunks(1000) {
        let keys = batch.iter().map(|(key, _)| *key).collect();
        matches.extend(store.match_keys(keys).await.unwrap());
    }
    took.push(("match", started.elapsed()));

    let trust = TrustStore::new([ca.certificate()]).unwrap();
    let policy = Acceptance::new(&trust, SystemClock.now()).unwrap();
    let started = Instant::now();
    let mut orders = Vec::with_capacity(phones);
    for ((key, certificate), found) in certificates.iter().zip(&matches) {
        let csr = found.csr.as_ref().unwrap();
        assert_eq!(csr.state, CsrState::Dumped);
        let accepted = policy.judge(certificate, &csr.device, key).unwrap();
        let until = Some(accepted.issuer_not_after);
        orders.push((csr.id, certificate.clone(), until));
    }
    took.push(("verify", started.elapsed()));

    let actor = Actor::Admin("bench".to_owned());
    let started = Instant::now();
    for batch in orders.chunks(2000) {
        let taken = store
            .import_certificates(&actor, batch.to_vec())
            .await
            .unwrap();
        assert!(taken.into_iter().all(|taken| taken));
    }
    took.push(("commit", started.elapsed()));

    let total: Duration = took.iter().map(|(_, time)| *time).sum();
    println!("\n{:38}  µs each  share", "on one thread");
    for (what, time) in &took {
        println!(
            "{what:38}  {:7.1}  {:4.0} %",
            time.as_secs_f64() * 1e6 / count(phones),
            100.0 * time.as_secs_f64() / total.as_secs_f64()
        );
    }
    let wall = wall();
    println!(
        "{:38}  {wall:.0} a second",
        "RSA-2048 signatures verified, all cores"
    );
}

/// How many RSA-2048 signatures can be verified in a second on all processors.
fn wall() -> f64 {
    let output = Command::new("openssl")
        .args(["speed", "-seconds", "3", "-mr", "-multi"])
        .arg(processors().to_string())
        .arg("rsa2048")
        .stderr(Stdio::null())
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    // `+F2:2:2048:SIGNATURES A SECOND:VERIFICATIONS A SECOND`, as OpenSSL 3 says it.
    let line = text.lines().rfind(|line| line.starts_with("+F2:")).unwrap();
    line.split(':').next_back().unwrap().parse().unwrap()
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn row(what: &str, time: Duration, phones: usize, peak: Option<u64>) {
    let peak = peak.map_or_else(String::new, |kibibytes| (kibibytes / 1024).to_string());
    println!(
        "{what:38}  {:7.2}  {:11.0}  {peak:>3}",
        time.as_secs_f64(),
        count(phones) / time.as_secs_f64()
    );
}
