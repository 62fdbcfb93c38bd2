//! What the service writes to standard error.

use std::fs::{self, File};
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

use crate::Place;
use crate::caller::Caller;
use crate::place::{announced, eventually};

/// A name that would begin a line of its own and move the cursor, if it were written as it is.
const EVIL: &str = "SEP\n<3>forged\n{\"level\":\"error\"}\r\u{1b}[2J";

/// The service with its standard error in a file.
struct Logging {
    process: Child,
    log: PathBuf,
}

impl Logging {
    fn start(place: &Place, command: &mut Command) -> (Self, std::net::SocketAddr) {
        let log = place.path().join("log");
        let mut process = command
            .stderr(File::create(&log).unwrap())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let address = announced(&mut process);
        (Self { process, log }, address)
    }

    fn lines(&self) -> Vec<String> {
        let text = fs::read_to_string(&self.log).unwrap();
        text.lines().map(str::to_owned).collect()
    }

    fn signal(&self, signal: Signal) {
        let id = i32::try_from(self.process.id()).unwrap();
        kill(Pid::from_raw(id), signal).unwrap();
    }
}

impl Drop for Logging {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Somebody calls under that name, and the session ends.
fn calls(place: &Place, address: std::net::SocketAddr, name: &str) {
    let authority = place.authority();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let mut caller = Caller::connect(address, &authority).await.unwrap();
        caller.give_name(name).await;
        while caller.hear_if_any().await.is_some() {}
    });
}

#[test]
fn every_line_is_an_object_where_a_program_reads_them() {
    let place = Place::new();
    place.run(&["phone", "add", "SEP000000000001", "--operation", "install"]);
    let (logging, address) = Logging::start(
        &place,
        &mut place.command(&[
            "serve",
            "--listen-legacy",
            "127.0.0.1:0",
            "--log-format",
            "json",
        ]),
    );
    place.run(&[
        "phone-sim",
        "--server",
        &address.to_string(),
        "SEP000000000001",
    ]);
    calls(&place, address, EVIL);
    let of_phone = |message: &str, device: &str| {
        logging
            .lines()
            .iter()
            .map(|line| serde_json::from_str::<Value>(line).unwrap_or_else(|_| panic!("{line}")))
            .find(|line| line["message"] == message && line["device"] == device)
    };
    let over = eventually(|| of_phone("session over", "SEP000000000001"));
    assert_eq!(over["level"], "info");
    assert_eq!(over["address"], "127.0.0.1");
    assert_eq!(over["operation"], "Install/Upgrade");
    assert_eq!(over["result"], "Upgrade Success");
    assert!(
        over["milliseconds"].is_u64() && over["session"].is_u64(),
        "{over}"
    );
    assert!(over["timestamp"].as_str().unwrap().ends_with('Z'), "{over}");
    // What a terminal would be told stands in the log, too: here that old TLS has its price.
    let lines = logging.lines();
    let warns = |line: &&String| line.contains("RFC 8996") && line.contains("\"level\":\"warn\"");
    assert!(lines.iter().find(warns).is_some(), "{lines:?}");
    assert!(
        lines.iter().any(|line| line.contains("forged")),
        "{lines:?}"
    );
}

#[test]
fn why_the_service_does_not_start_is_an_object_too() {
    let (first, second) = (Place::new(), Place::new());
    let serving = first.serve();
    let taken = serving.address.to_string();
    let output = second
        .command(&[
            "serve",
            "--listen",
            &taken,
            "--log-format",
            "json",
            "--quiet",
        ])
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    let lines: Vec<Value> = said
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(output.status.code(), Some(1), "{said}");
    let error = &lines.iter().find(|line| line["level"] == "error").unwrap()["message"];
    assert!(error.as_str().unwrap().contains(&taken), "{said}");
}

#[test]
fn the_journal_is_known_by_its_stream_and_given_priorities() {
    let place = Place::new();
    let log = place.path().join("log");
    let metadata = File::create(&log).unwrap().metadata().unwrap();
    let stream = format!("{}:{}", metadata.dev(), metadata.ino());
    let (logging, address) = Logging::start(
        &place,
        place
            .command(&[
                "serve",
                "--listen-legacy",
                "127.0.0.1:0",
                "--color",
                "always",
            ])
            .env("JOURNAL_STREAM", stream),
    );
    calls(&place, address, EVIL);
    let lines = eventually(|| {
        let lines = logging.lines();
        let told = lines.iter().any(|line| line.contains("session over"));
        told.then_some(lines)
    });
    for line in &lines {
        let priority = &line[..3];
        assert!(matches!(priority, "<6>" | "<4>"), "{line:?}");
        assert!(!line.contains('\u{1b}'), "{line:?}");
    }
    assert!(
        lines.iter().any(|line| line.contains("forged")),
        "{lines:?}"
    );

    // The variable alone, inherited from a service whose journal this is not, says nothing.
    let elsewhere = place
        .command(&["serve", "--listen", "127.0.0.1:0"])
        .env("JOURNAL_STREAM", "1:2")
        .output()
        .unwrap();
    let said = String::from_utf8(elsewhere.stderr).unwrap();
    assert!(said.starts_with("error: "), "{said}");
}

#[test]
fn a_person_reads_a_line_an_event_whatever_a_phone_says() {
    let place = Place::new();
    let (logging, address) = Logging::start(
        &place,
        &mut place.command(&["--quiet", "serve", "--listen", "127.0.0.1:0"]),
    );
    calls(&place, address, EVIL);
    let lines = eventually(|| {
        let lines = logging.lines();
        let told = lines.iter().any(|line| line.contains("session over"));
        told.then_some(lines)
    });
    for line in &lines {
        let time = line.split(' ').next().unwrap();
        assert!(time.parse::<jiff::Timestamp>().is_ok(), "{line:?}");
        assert!(!line.contains('\u{1b}'), "{line:?}");
    }
}

#[test]
fn sighup_changes_the_level_to_that_of_the_file() {
    let place = Place::new();
    let file = place.path().join("capf.toml");
    fs::write(&file, "log = \"error\"\n").unwrap();
    let file_name = file.to_str().unwrap();
    let (logging, address) = Logging::start(
        &place,
        &mut place.command(&[
            "--quiet",
            "--config",
            file_name,
            "serve",
            "--listen",
            "127.0.0.1:0",
        ]),
    );
    calls(&place, address, "SEP000000000001");
    assert_eq!(logging.lines(), [""; 0]);

    fs::write(&file, "log = \"inof\"\n").unwrap();
    logging.signal(Signal::SIGHUP);
    let refused = |line: &String| line.contains("stays as it is") && line.contains("`inof`");
    eventually(|| logging.lines().into_iter().find(refused));

    fs::write(&file, "log = \"info\"\n").unwrap();
    logging.signal(Signal::SIGHUP);
    eventually(|| {
        logging
            .lines()
            .into_iter()
            .find(|line| line.contains("`info` now"))
    });
    calls(&place, address, "SEP000000000002");
    let over = |line: &String| line.contains("session over");
    eventually(|| logging.lines().into_iter().find(over));
}
