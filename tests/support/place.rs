//! A data directory of its own, and the program run in it.

#![allow(dead_code, reason = "no test binary needs all of it")]

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use capf::model::Certificate;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use tempfile::TempDir;

use crate::support::openssl::openssl;

/// The service on a free port.
pub(crate) const SERVE: &[&str] = &[
    "--quiet",
    "serve",
    "--listen",
    "127.0.0.1:0",
    "--log",
    "error",
];

pub(crate) struct Place(TempDir);

impl Place {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// The program, with these words behind its name, on this data directory.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        self.command_in("data", words)
    }

    /// The same on another data directory of this place.
    pub(crate) fn command_in(&self, data_dir: &str, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_capf"));
        command
            .arg("--data-dir")
            .arg(self.path().join(data_dir))
            .args(words)
            .current_dir(self.path())
            .stdin(Stdio::null());
        command
    }

    /// Runs the program to its end, which must be a good one, and gives its standard output.
    pub(crate) fn run(&self, words: &[&str]) -> String {
        self.run_in("data", words)
    }

    /// The same on another data directory of this place.
    pub(crate) fn run_in(&self, data_dir: &str, words: &[&str]) -> String {
        let output = self.command_in(data_dir, words).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success(),
            "capf {words:?}: {}\n{said}",
            output.status
        );
        String::from_utf8(output.stdout).unwrap()
    }

    /// The same, with its result as JSON.
    pub(crate) fn json(&self, words: &[&str]) -> Value {
        self.json_in("data", words)
    }

    /// The same on another data directory of this place.
    pub(crate) fn json_in(&self, data_dir: &str, words: &[&str]) -> Value {
        let words = [&["--format", "json"], words].concat();
        serde_json::from_str(&self.run_in(data_dir, &words)).unwrap()
    }

    /// The phone's operation status.
    pub(crate) fn status(&self, name: &str) -> String {
        self.json(&["phone", "show", name])["operation_status"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// The LSC that the phone is known to hold, written to `NAME.pem`.
    pub(crate) fn lsc(&self, name: &str) -> Option<String> {
        let phone = self.json(&["phone", "show", name]);
        let pem = phone["lsc"]["pem"].as_str()?;
        std::fs::write(self.path().join(format!("{name}.pem")), pem).unwrap();
        Some(pem.to_owned())
    }

    /// Runs the program to its end, which must be a failure, and gives what it says on standard error.
    pub(crate) fn fails(&self, words: &[&str]) -> String {
        let output = self.command(words).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "capf {words:?}: {said}");
        said
    }

    /// Runs `openssl`, which must succeed; `false` where there is none.
    pub(crate) fn made(&self, arguments: &str) -> bool {
        match openssl(self.path(), arguments) {
            Some(run) => {
                assert!(run.succeeded, "openssl {arguments}\n{}", run.text);
                true
            }
            None => false,
        }
    }

    /// Starts the service on a free port.
    pub(crate) fn serve(&self) -> Serving {
        self.serve_in("data")
    }

    /// The same on another data directory of this place.
    pub(crate) fn serve_in(&self, data_dir: &str) -> Serving {
        Serving::begin(self.command_in(data_dir, SERVE))
    }

    /// The CAPF certificate, as a phone has it in its CTL file; written to `CAPF.pem`, too.
    pub(crate) fn authority(&self) -> Certificate {
        let exported = self.run(&["ca", "export"]);
        std::fs::write(self.path().join("CAPF.pem"), &exported).unwrap();
        Certificate::from_der(pem::parse(exported).unwrap().contents()).unwrap()
    }
}

/// A service that runs; it is killed when dropped.
pub(crate) struct Serving {
    process: Child,
    pub(crate) address: SocketAddr,
}

impl Serving {
    /// Starts a command that is a service.
    pub(crate) fn begin(mut command: Command) -> Self {
        let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
        let address = announced(&mut process);
        Self { process, address }
    }

    pub(crate) fn kill(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill(
            Pid::from_raw(i32::try_from(self.process.id()).unwrap()),
            signal,
        )
        .unwrap();
    }

    pub(crate) fn wait(&mut self) -> ExitStatus {
        self.process.wait().unwrap()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Where the service listens, as it says on its standard output.
pub(crate) fn announced(process: &mut Child) -> SocketAddr {
    let first = BufReader::new(process.stdout.take().unwrap())
        .lines()
        .next();
    let first = first
        .expect("the service ended before it listened")
        .unwrap();
    let address = first.strip_prefix("listening on ");
    address.unwrap().parse().unwrap()
}

/// What `look` finds sooner or later.
pub(crate) fn eventually<T>(mut look: impl FnMut() -> Option<T>) -> T {
    // A minute is for a loaded machine.
    for _ in 0..1200 {
        if let Some(found) = look() {
            return found;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("it did not come");
}
