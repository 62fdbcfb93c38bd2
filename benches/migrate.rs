//! Phones that come from elsewhere, as many as a large company has: `cargo bench --bench migrate`.
//!
//! A database of capfd is made, whose phones all have an LSC. The program itself takes them over,
//! each time with a new store: with an issuer that it does not know, with one that it knows (every
//! LSC is verified then), once more where they all are there, and from the CSV of its own report.
//! The time is the wall's, the memory the most that was resident, read from `/proc`.
//!
//! `CAPF_BENCH_PHONES` (100000).

#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a benchmark reads its settings, prints, and fails by panicking"
)]

use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};

#[path = "../tests/support/measured.rs"]
mod measured;
#[path = "../tests/support/capfd.rs"]
mod support;

use measured::Measured;
use support::Capfd;

fn main() {
    let phones: u64 = std::env::var("CAPF_BENCH_PHONES")
        .ok()
        .and_then(|phones| phones.parse().ok())
        .unwrap_or(100_000);
    let directory = tempfile::tempdir().unwrap();
    let place = directory.path();
    let capfd = Capfd::create(place.join("capfd.db"));
    capfd.write_ca(&place.join("ca.pem"));
    capfd.database.execute_batch("BEGIN").unwrap();
    for phone in 0..phones {
        let name = format!("SEP{phone:012X}");
        let lsc = capfd.issue(&name, 365);
        capfd.add(&[
            ("device_name", &name),
            ("operation", &"none"),
            ("authentication", &"certificate"),
            ("curve_name", &"prime256v1"),
            ("certificate", &lsc.pem()),
            ("serial_number", &lsc.serial_number()),
        ]);
    }
    capfd.database.execute_batch("COMMIT").unwrap();

    println!("{phones} phones with LSCs");
    println!("{:45}  seconds  phones/s  MiB", "");
    let migrate: &[&str] = &["migrate", "capfd", "capfd.db"];
    let measured = |what: &str, data: &str, words: &[&str], code: i32| {
        measure(place, what, data, words, code, phones);
    };
    measured("migrate capfd, unknown issuer", "unknown", migrate, 0);
    run(place, "known", &["trust", "import", "ca.pem"]);
    measured("migrate capfd, known issuer", "known", migrate, 0);
    measured("migrate capfd, all are there", "known", migrate, 1);
    let dry_run = [migrate, &["--dry-run"]].concat();
    measured("migrate capfd --dry-run", "dry", &dry_run, 0);
    let report = [
        "report",
        "--with-lsc",
        "--format",
        "csv",
        "--output",
        "report.csv",
    ];
    measured("report --with-lsc", "known", &report, 0);
    measured("migrate csv", "csv", &["migrate", "csv", "report.csv"], 0);
}

fn capf(place: &Path, data: &str, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_capf"));
    command
        .args(words)
        .env("CAPF_DATA_DIR", place.join(data))
        .current_dir(place)
        .stdout(Stdio::null())
        .stderr(File::create(place.join("stderr")).unwrap());
    command
}

fn run(place: &Path, data: &str, words: &[&str]) {
    assert!(capf(place, data, words).status().unwrap().success());
}

#[expect(clippy::cast_precision_loss, reason = "counts are small")]
fn measure(place: &Path, what: &str, data: &str, words: &[&str], code: i32, phones: u64) {
    let Measured { status, time, peak } = measured::run(&mut capf(place, data, words));
    let seconds = time.as_secs_f64();
    let said = std::fs::read_to_string(place.join("stderr")).unwrap();
    assert_eq!(status.code(), Some(code), "{words:?}: {said}");
    println!(
        "{what:45}  {seconds:7.1}  {:8.0}  {:3}",
        phones as f64 / seconds,
        peak / 1024
    );
}
