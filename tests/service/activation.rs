//! The service under an init system: it waits until it is activated, begins anew, and waits again.

use std::io::{BufRead as _, BufReader, Lines};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, ChildStdout, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::Place;

/// A service whose every line is read; it is killed when dropped.
struct Serving {
    process: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Serving {
    fn start(place: &Place, options: &[&str]) -> Self {
        let words = [&["--quiet", "serve", "--log", "error"], options].concat();
        let mut process = place
            .command(&words)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        Self { process, lines }
    }

    /// Waits until the service says where it listens.
    fn address(&mut self) -> String {
        let line = self.lines.next().expect("the service ended").unwrap();
        line.strip_prefix("listening on ").unwrap().to_owned()
    }

    fn signal(&self, signal: Signal) {
        let process = Pid::from_raw(i32::try_from(self.process.id()).unwrap());
        kill(process, signal).unwrap();
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Waits until the service stands so.
fn stands(place: &Place, status: &str) {
    for _ in 0..600 {
        if place.json(&["service", "status"])["status"] == status {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    panic!("the service is never {status}");
}

/// A phone comes, and installs an LSC.
fn enrols(place: &Place, server: &str, name: &str) {
    place.run(&[
        "phone",
        "add",
        name,
        "--operation",
        "install",
        "--key-order",
        "ec-only",
    ]);
    place.run(&["phone-sim", "--server", server, "--ca", "CAPF.pem", name]);
    assert_eq!(place.status(name), "Upgrade Success");
}

/// A port on which nobody listens, out of those that the system gives to nobody by itself; each time
/// another one.
fn free_port() -> String {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let base = 10_000 + u16::try_from(std::process::id() % 200).unwrap() * 100;
    let mut ports = std::iter::repeat_with(|| base + NEXT.fetch_add(1, Ordering::Relaxed) % 100);
    let is_free = |port: &u16| TcpListener::bind((Ipv4Addr::UNSPECIFIED, *port)).is_ok();
    ports.find(is_free).unwrap().to_string()
}

#[test]
fn a_service_that_waits_serves_while_it_is_activated() {
    let place = Place::new();
    place.authority();
    let options = ["--if-activated", "--listen", "127.0.0.1:0"];
    let mut serving = Serving::start(&place, &options);
    stands(&place, "Waiting");
    assert_eq!(
        place.json(&["parameter", "show", "phone-port"])["status"],
        "Inactive"
    );

    let second = place
        .command(&[&["serve"], &options[..]].concat())
        .output()
        .unwrap();
    assert_eq!(second.status.code(), Some(1));

    let view = place.json(&["service", "activate"]);
    assert_eq!(view["status"], "Started", "{view}");
    let address = serving.address();
    assert_eq!(view["nodes"][0]["addresses"][0], address);
    assert_eq!(
        place.json(&["parameter", "show", "phone-port"])["status"],
        "Active"
    );
    enrols(&place, &address, "SEP000000000001");

    let view = place.json(&["service", "restart"]);
    assert_eq!(view["status"], "Started", "{view}");
    enrols(&place, &serving.address(), "SEP000000000002");

    let view = place.json(&["service", "deactivate"]);
    assert_eq!(view["status"], "Waiting", "{view}");
    assert_eq!(place.json(&["service", "activate"])["status"], "Started");
    enrols(&place, &serving.address(), "SEP000000000003");

    place.run(&["service", "deactivate"]);
    serving.signal(Signal::SIGTERM);
    assert_eq!(serving.process.wait().unwrap().code(), Some(0));
    stands(&place, "Not Running");
}

#[test]
fn a_service_that_somebody_starts_serves_without_activation_and_ends_when_it_is_deactivated() {
    let place = Place::new();
    place.authority();
    let mut serving = Serving::start(&place, &["--listen", "127.0.0.1:0"]);
    let address = serving.address();
    stands(&place, "Started");
    assert_eq!(place.json(&["service", "status"])["activated"], false);
    assert_eq!(
        place.json(&["parameter", "show", "phone-port"])["status"],
        "Active"
    );
    enrols(&place, &address, "SEP000000000001");
    place.run(&["service", "deactivate"]);
    assert_eq!(serving.process.wait().unwrap().code(), Some(0));
    assert!(TcpStream::connect(&address).is_err());
}

#[test]
fn what_takes_effect_at_restart_is_pending_until_then() {
    let place = Place::new();
    place.authority();
    let (first, second) = (free_port(), free_port());
    place.run(&["parameter", "set", "phone-port", &first]);
    let mut serving = Serving::start(&place, &[]);
    assert_eq!(serving.address(), format!("0.0.0.0:{first}"));
    stands(&place, "Started");

    let set = place.json(&["parameter", "set", "phone-port", &second]);
    assert_eq!(
        (&set["value"], &set["value_until_restart"]),
        (&second.as_str().into(), &first.as_str().into())
    );
    let pending = &place.json(&["service", "status"])["pending"][0];
    assert_eq!(pending["name"], "CAPF Phone Port");
    let check = place.command(&["check", "--service"]).output().unwrap();
    let check = String::from_utf8(check.stdout).unwrap();
    assert!(
        check.contains("1 parameter takes effect when it restarts"),
        "{check}"
    );
    enrols(&place, &format!("127.0.0.1:{first}"), "SEP000000000001");

    place.run(&["service", "restart"]);
    assert_eq!(serving.address(), format!("0.0.0.0:{second}"));
    assert_eq!(
        place.json(&["service", "status"])["pending"],
        serde_json::json!([])
    );
    assert!(TcpStream::connect(format!("127.0.0.1:{first}")).is_err());
    enrols(&place, &format!("127.0.0.1:{second}"), "SEP000000000002");
}

#[test]
fn a_service_that_cannot_begin_anew_is_missed() {
    let place = Place::new();
    let holder = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).unwrap();
    let taken = holder.local_addr().unwrap().port().to_string();
    let first = free_port();
    place.run(&["parameter", "set", "phone-port", &first]);
    let mut serving = Serving::start(&place, &[]);
    serving.address();
    stands(&place, "Started");
    place.run(&["parameter", "set", "phone-port", &taken]);
    let output = place.command(&["service", "restart"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("it is not there any more"), "{said}");
    assert_eq!(serving.process.wait().unwrap().code(), Some(1));
}

#[test]
fn one_service_works_on_a_database_in_a_file_from_whatever_data_directory() {
    let place = Place::new();
    let _serving = place.serve();
    let store = format!("sqlite:{}", place.path().join("data/capf.db").display());
    let second = place
        .command_in(
            "other",
            &["--store", &store, "serve", "--listen", "127.0.0.1:0"],
        )
        .output()
        .unwrap();
    assert_eq!(second.status.code(), Some(1));
    let said = String::from_utf8(second.stderr).unwrap();
    assert!(said.contains("a service is running on"), "{said}");
    let status = place.json_in("other", &["--store", &store, "service", "status"]);
    assert_eq!(status["status"], "Started");
}
