//! Finding phones, and the CAPF report, at fleet size: `cargo bench --bench search`.
//!
//! Databases of three sizes are made of one fleet (`support/fleet.rs`, seeded). On each, the first
//! page of several searches is asked of the store, as is how many phones they find, and how many
//! have each LSC status: the median of 21 askings, in milliseconds. Then the program itself lists a
//! first page, and writes the whole report as CSV, in turn with `sqlite3 -csv` selecting the same
//! columns from the same file: the medians of the wall's time, and the most that was resident
//! (`VmHWM`).
//!
//! `CAPF_BENCH_PHONES` (`10000,100000,1000000`); `CAPF_BENCH_KEEP`, a directory in which the databases
//! are kept and looked for; `CAPF_BENCH_POSTGRES=1`: each database is copied into PostgreSQL, which has to
//! be installed, and the same is asked there.

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
#[path = "../tests/support/installed.rs"]
mod installed;
#[path = "../tests/support/measured.rs"]
mod measured;
#[path = "../tests/support/postgres.rs"]
mod postgres_server;
#[path = "../tests/support/random.rs"]
mod random;

use std::fs::File;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use capf::clock::SystemClock;
use capf::model::{Criterion, Field};
use capf::store::{Column, Search, Store, StoreUri};
use measured::Measured;
use postgres_server::{Postgres, execute};

const SEED: u64 = 5;

/// What is searched: words, criteria, and by what is sorted.
const SEARCHES: &[(&str, &[&str], Column, bool)] = &[
    (
        "LSC Status, one in a thousand",
        &["LSC Status is exactly Upgrade Failed: Invalid MIC"],
        Column::Field(Field::DeviceName),
        false,
    ),
    (
        "LSC Status, four in five",
        &["LSC Status is exactly Upgrade Success"],
        Column::Field(Field::DeviceName),
        false,
    ),
    (
        "LSC Status, all failures",
        &["LSC Status contains Failed"],
        Column::Field(Field::DeviceName),
        false,
    ),
    (
        "LSC Status, all of Upgrade",
        &["LSC Status begins with Upgrade"],
        Column::Field(Field::DeviceName),
        false,
    ),
    (
        "Authentication String, exactly",
        &["Authentication String is exactly 12345678"],
        Column::Field(Field::DeviceName),
        false,
    ),
    (
        "Authentication String, a beginning",
        &["Authentication String begins with 123"],
        Column::Field(Field::DeviceName),
        false,
    ),
    (
        "Authentication String, not empty",
        &["Authentication String is not empty"],
        Column::Field(Field::DeviceName),
        false,
    ),
    (
        "Description contains, rare",
        &["Description contains yves o'neill x4711"],
        Column::Field(Field::DeviceName),
        false,
    ),
    (
        "Description contains, one in a hundred",
        &["Description contains zürich, meeting"],
        Column::Field(Field::DeviceName),
        false,
    ),
    (
        "Description contains, frequent",
        &["Description contains meeting"],
        Column::Field(Field::DeviceName),
        false,
    ),
    (
        "Description contains, never",
        &["Description contains no such thing"],
        Column::Field(Field::DeviceName),
        false,
    ),
    (
        "Description contains two characters",
        &["Description contains 東京"],
        Column::Field(Field::DeviceName),
        false,
    ),
    (
        "Device Name ends with",
        &["Device Name ends with 4711"],
        Column::Field(Field::DeviceName),
        false,
    ),
    (
        "all, sorted by LSC Expires",
        &[],
        Column::Field(Field::LscExpires),
        false,
    ),
    (
        "all, sorted by Device Type, downwards",
        &[],
        Column::Field(Field::DeviceType),
        true,
    ),
    (
        "all, sorted by last contact, downwards",
        &[],
        Column::LastContact,
        true,
    ),
    (
        "LSC Expires, sorted by it",
        &["LSC Expires is before 60d"],
        Column::Field(Field::LscExpires),
        false,
    ),
    (
        "LSC Expires, sorted by name",
        &["LSC Expires is before 60d"],
        Column::Field(Field::DeviceName),
        false,
    ),
    (
        "three criteria, sorted by LSC Expires",
        &[
            "LSC Status contains Failed",
            "Description contains zürich",
            "Device Type is exactly CP-8861",
        ],
        Column::Field(Field::LscExpires),
        false,
    ),
    (
        "two that exclude each other",
        &["LSC Status is exactly None", "LSC Expires is not empty"],
        Column::Field(Field::DeviceName),
        false,
    ),
];

#[tokio::main]
async fn main() {
    let sizes = std::env::var("CAPF_BENCH_PHONES").unwrap_or("10000,100000,1000000".to_owned());
    let sizes: Vec<usize> = sizes.split(',').map(|size| size.parse().unwrap()).collect();
    let scratch = tempfile::tempdir().unwrap();
    let kept = std::env::var("CAPF_BENCH_KEEP").ok().map(PathBuf::from);
    let place = kept.as_deref().unwrap_or(scratch.path());

    let server = std::env::var_os("CAPF_BENCH_POSTGRES")
        .map(|_| Postgres::start().expect("PostgreSQL has to be installed"));
    let engines = if server.is_some() { 2 } else { 1 };

    let mut table: Vec<(String, Vec<String>)> = Vec::new();
    let databases = sizes
        .iter()
        .flat_map(|phones| (0..engines).map(move |it| (*phones, it)));
    let mut heads = Vec::new();
    for (phones, engine) in databases {
        let data = place.join(phones.to_string());
        let server = server.as_ref().filter(|_| engine == 1);
        let figures = measure(&data, phones, server).await;
        let engine = ["SQLite", "PostgreSQL"][engine];
        heads.push(format!("{phones}, {engine}"));
        if table.is_empty() {
            table = figures
                .iter()
                .map(|(what, _)| (what.clone(), Vec::new()))
                .collect();
        }
        for ((_, row), (_, figure)) in table.iter_mut().zip(figures) {
            row.push(figure);
        }
    }
    row("phones", &heads);
    for (what, figures) in table {
        row(&what, &figures);
    }
}

fn row(what: &str, figures: &[String]) {
    print!("{what:45}");
    for figure in figures {
        print!("{figure:>20}");
    }
    println!();
}

async fn measure(data: &Path, phones: usize, server: Option<&Postgres>) -> Vec<(String, String)> {
    let database = data.join("capf.db");
    let mut figures = Vec::new();
    if !database.exists() {
        std::fs::create_dir_all(data).unwrap();
        let started = Instant::now();
        filled::fill(&open(&database).await, SEED, phones).await;
        println!(
            "made {phones} phones in {:.0} s",
            started.elapsed().as_secs_f64()
        );
    }
    let sqlite = StoreUri::sqlite(&database);
    let uri = match server {
        None => sqlite.to_string(),
        Some(server) => {
            let uri = server.database();
            let began = Instant::now();
            let to = uri.parse().unwrap();
            let copied = Store::copy(&sqlite, &to, |_, _| ControlFlow::Continue(())).await;
            let rows = copied.unwrap().unwrap();
            println!(
                "copied {rows} rows in {:.1} s",
                began.elapsed().as_secs_f64()
            );
            execute(&uri, "ANALYZE");
            uri
        }
    };
    let store = Store::open(&uri.parse().unwrap(), Arc::new(SystemClock))
        .await
        .unwrap();
    figures.push(("the file of SQLite, MiB".to_owned(), {
        let bytes = std::fs::metadata(&database).unwrap().len();
        (bytes >> 20).to_string()
    }));
    figures.push(("ms: first page / count".to_owned(), String::new()));
    for (what, criteria, sort, descending) in SEARCHES {
        let criteria: Vec<Criterion> = criteria.iter().map(|it| it.parse().unwrap()).collect();
        let search = Search {
            criteria: criteria.clone(),
            sort: *sort,
            descending: *descending,
            ..Search::default()
        };
        let page = median(async || drop(store.find(&search).await.unwrap())).await;
        let count = median(async || assert!(store.count(&criteria).await.is_ok())).await;
        figures.push((format!("  {what}"), format!("{} / {}", ms(page), ms(count))));
    }
    let census = median(async || drop(store.count_by_status(&[]).await.unwrap())).await;
    figures.push(("  how many have each LSC Status".to_owned(), ms(census)));
    drop(store);
    programs(data, &uri, &mut figures);
    figures
}

/// The program itself, and `sqlite3`.
fn programs(data: &Path, uri: &str, figures: &mut Vec<(String, String)>) {
    let find: &[&str] = &[
        "phone",
        "find",
        "--where",
        "LSC Status is exactly Upgrade Success",
    ];
    let report: &[&str] = &["report", "--format", "csv"];
    let mut times = [const { Vec::new() }; 3];
    let mut peaks = [0; 3];
    for _ in 0..5 {
        let commands = [capf(data, uri, find), capf(data, uri, report), sqlite(data)];
        for (index, mut command) in commands.into_iter().enumerate() {
            let Measured { status, time, peak } = measured::run(&mut command);
            assert!(status.success(), "{command:?}");
            times[index].push(time);
            peaks[index] = peaks[index].max(peak);
        }
    }
    for (what, (times, peak)) in [
        "capf phone find",
        "capf report --format csv",
        "sqlite3 -csv",
    ]
    .iter()
    .zip(times.iter_mut().zip(peaks))
    {
        times.sort_unstable();
        figures.push((
            format!("{what}, ms; MiB"),
            format!("{}; {}", ms(times[times.len() / 2]), peak / 1024),
        ));
    }
}

fn capf(data: &Path, uri: &str, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_capf"));
    command
        .args(words)
        .env("CAPF_DATA_DIR", data)
        .env("CAPF_STORE", uri)
        .stdout(File::create(data.join("out")).unwrap())
        .stderr(Stdio::null());
    command
}

/// The columns of the report, as they are kept.
fn sqlite(data: &Path) -> Command {
    let mut command = Command::new("sqlite3");
    command
        .arg("-csv")
        .arg(data.join("capf.db"))
        .arg(
            "SELECT name, description, model, security_profile, device_security_mode,
                 authentication_mode, authentication_string, operation, operation_status,
                 completes_by, key_order, rsa_key_size, ec_key_size, lsc_subject,
                 lsc_serial_number, lsc_issuer, lsc_not_after, lsc_issuer_not_after, csr.state,
                 last_contact, last_address
             FROM phone
             LEFT JOIN csr ON csr.id = (SELECT MAX(id) FROM csr WHERE device = phone.name)
             ORDER BY name",
        )
        .stdout(File::create(data.join("out")).unwrap());
    command
}

async fn open(path: &Path) -> Store {
    let uri = StoreUri::sqlite(path.to_owned());
    Store::open(&uri, Arc::new(SystemClock)).await.unwrap()
}

async fn median(mut work: impl AsyncFnMut()) -> Duration {
    let mut times = Vec::new();
    for _ in 0..21 {
        let started = Instant::now();
        work().await;
        times.push(started.elapsed());
    }
    times.sort_unstable();
    times[times.len() / 2]
}

fn ms(time: Duration) -> String {
    format!("{:.1}", time.as_secs_f64() * 1e3)
}
