//! The service under systemd: what it tells, and the sockets that it is handed.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::{TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixDatagram;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::Place;
use crate::place::announced;

/// What is told is told soon; this is how long a loaded machine may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// systemd's end of what a service tells.
struct Notified(UnixDatagram);

impl Notified {
    /// Starts the service with a watchdog of so many milliseconds.
    fn start(place: &Place, watchdog: u32, more: &[&str]) -> (Self, Child) {
        let path = place.path().join("notify");
        let socket = UnixDatagram::bind(&path).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        let process = place
            .command(&[
                "--quiet",
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--log",
                "off",
            ])
            .args(more)
            .env("NOTIFY_SOCKET", &path)
            .env("WATCHDOG_USEC", (watchdog * 1000).to_string())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        (Self(socket), process)
    }

    /// The next thing that is told.
    fn hears(&self) -> String {
        let mut bytes = [0; 4096];
        let length = self.0.recv(&mut bytes).unwrap();
        String::from_utf8(bytes[..length].to_vec()).unwrap()
    }

    /// Listens until this is told.
    fn hears_at_last(&self, what: &str) -> String {
        loop {
            let told = self.hears();
            if told.contains(what) {
                return told;
            }
        }
    }
}

fn terminate(process: &Child) {
    let id = i32::try_from(process.id()).unwrap();
    kill(Pid::from_raw(id), Signal::SIGTERM).unwrap();
}

#[test]
fn systemd_is_told_of_the_begin_of_the_work_and_of_the_end() {
    let place = Place::new();
    let (notified, mut process) = Notified::start(&place, 400, &[]);
    let address = announced(&mut process);
    assert!(notified.hears().starts_with("READY=1\n"));
    TcpStream::connect(address).unwrap();
    for _ in 0..3 {
        assert!(notified.hears().starts_with("WATCHDOG=1\n"));
    }
    terminate(&process);
    let end = notified.hears_at_last("STOPPING=1");
    assert!(
        end.contains("STATUS=ends; sessions may finish within 10 s"),
        "{end}"
    );
    assert_eq!(process.wait().unwrap().code(), Some(0));
}

#[test]
fn a_service_whose_store_fails_does_not_tell_the_watchdog_that_it_works() {
    let place = Place::new();
    let (notified, mut process) = Notified::start(&place, 400, &[]);
    announced(&mut process);
    notified.hears_at_last("WATCHDOG=1");
    let database = rusqlite::Connection::open(place.path().join("data/capf.db")).unwrap();
    database
        .execute_batch("DROP TABLE schema_version; DROP TABLE session;")
        .unwrap();
    notified.hears_at_last("STATUS=cannot serve phones: ");
    for _ in 0..5 {
        let told = notified.hears();
        assert!(!told.contains("WATCHDOG=1"), "{told}");
    }
    process.kill().unwrap();
    process.wait().unwrap();
}

#[test]
fn a_service_that_waits_for_its_activation_is_no_failure_and_one_that_begins_anew_does_not_end() {
    let place = Place::new();
    let (notified, mut process) = Notified::start(&place, 400, &["--if-activated"]);
    for _ in 0..2 {
        let told = notified.hears();
        assert!(told.starts_with("READY=1\nWATCHDOG=1\n"), "{told}");
        assert!(
            told.contains("STATUS=waits until it is activated"),
            "{told}"
        );
    }
    place.run(&["service", "activate"]);
    notified.hears_at_last("STATUS=serves phones");
    place.run(&["service", "restart"]);
    let told = notified.hears_at_last("STATUS=begins anew");
    assert!(!told.contains("STOPPING"), "{told}");
    notified.hears_at_last("STATUS=serves phones");
    place.run(&["service", "deactivate"]);
    let told = notified.hears_at_last("STATUS=is deactivated");
    assert!(!told.contains("STOPPING"), "{told}");
    notified.hears_at_last("STATUS=waits until it is activated");
    terminate(&process);
    assert_eq!(process.wait().unwrap().code(), Some(0));
}

/// The service with this socket as systemd hands it over: descriptor 3, and its own number in the
/// environment.
fn activated(place: &Place, socket: &TcpListener, words: &[&str]) -> Child {
    let serve = place.command(&[&["--quiet", "serve", "--log", "error"], words].concat());
    let socket: OwnedFd = socket.try_clone().unwrap().into();
    Command::new("sh")
        .args([
            "-c",
            "exec 3<&0 </dev/null; export LISTEN_PID=$$ LISTEN_FDS=1; exec \"$0\" \"$@\"",
        ])
        .arg(serve.get_program())
        .args(serve.get_args())
        .current_dir(place.path())
        .stdin(socket)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
fn phones_that_call_during_a_restart_are_served_after_it() {
    let place = Place::new();
    place.run(&[
        "phone",
        "add",
        "SEP000000000001..SEP000000000002",
        "--operation",
        "install",
    ]);
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    for name in ["SEP000000000001", "SEP000000000002"] {
        // It is connected before there is a service.
        let mut phone = place
            .command(&["phone-sim", "--server", &address.to_string(), name])
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let mut service = activated(&place, &socket, &[]);
        assert_eq!(announced(&mut service), address);
        assert_eq!(phone.wait().unwrap().code(), Some(0), "{name}");
        assert_eq!(place.status(name), "Upgrade Success");
        terminate(&service);
        assert_eq!(service.wait().unwrap().code(), Some(0));
    }
}

#[test]
fn a_service_that_begins_anew_keeps_the_socket_that_it_was_handed() {
    let place = Place::new();
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    let mut service = activated(&place, &socket, &[]);
    let mut says = BufReader::new(service.stdout.take().unwrap()).lines();
    let expected = format!("listening on {address}");
    assert_eq!(says.next().unwrap().unwrap(), expected);
    place.run(&["service", "restart"]);
    assert_eq!(says.next().unwrap().unwrap(), expected);
    place.run(&["phone", "add", "SEP000000000001", "--operation", "install"]);
    place.run(&[
        "phone-sim",
        "--server",
        &address.to_string(),
        "SEP000000000001",
    ]);
    assert_eq!(place.status("SEP000000000001"), "Upgrade Success");
    terminate(&service);
    assert_eq!(service.wait().unwrap().code(), Some(0));
}

#[test]
fn a_socket_that_is_handed_over_has_the_tls_of_its_address() {
    let place = Place::new();
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    let legacy = format!("{}/1.0", socket.local_addr().unwrap());
    let mut service = activated(&place, &socket, &["--listen", &legacy]);
    // Nothing is bound a second time.
    assert_eq!(announced(&mut service), socket.local_addr().unwrap());
    terminate(&service);
    let mut said = String::new();
    service
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut said)
        .unwrap();
    service.wait().unwrap();
    assert!(said.contains("TLS 1.0 is allowed"), "{said}");
}

#[test]
fn a_socket_that_does_not_listen_is_refused() {
    let place = Place::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let connected: OwnedFd = stream.into();
    let service = activated(&place, &TcpListener::from(connected), &[]);
    let output = service.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("does not listen"), "{said}");
}
