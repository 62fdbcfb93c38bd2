//! Two nodes on one PostgreSQL: the program as its users run it, with a server of the tests' own.
//!
//! What these tests do not show: nodes on machines of their own, and a network between them.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking, in its helpers too"
)]

mod administration;
mod copy;
mod enrolment;
mod offline_ca;

#[path = "../support/place.rs"]
mod place;
#[path = "../support/postgres.rs"]
mod postgres_server;
#[path = "../support/mod.rs"]
mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};

use capf::model::Certificate;
use serde_json::Value;

use place::{Place, SERVE, Serving};
use postgres_server::Postgres;
use support::installed;

/// The nodes.
const A: &str = "capf-a";
const B: &str = "capf-b";

/// What phones are to do here, in the quickest way.
const INSTALL: &[&str] = &[
    "--operation",
    "install",
    "--key-order",
    "ec-only",
    "--ec-key-size",
    "256",
];

/// A database, and for each node a data directory with the same CAPF key.
struct Cluster {
    place: Place,
    uri: String,
}

impl Cluster {
    /// On a database of this server.
    fn on(server: &Postgres) -> Self {
        let cluster = Self {
            place: Place::new(),
            uri: server.database(),
        };
        cluster.run(A, &["ca", "show"]);
        cluster.copy_key(B);
        cluster
    }

    /// Nothing where PostgreSQL is not installed.
    fn new() -> Option<Self> {
        Some(Self::on(Postgres::shared()?))
    }

    /// Gives a node the CAPF key of the first, as an administrator does it.
    fn copy_key(&self, node: &str) {
        let to = self.place.path().join(node);
        fs::create_dir_all(&to).unwrap();
        fs::set_permissions(&to, fs::Permissions::from_mode(0o700)).unwrap();
        copy(&self.place.path().join(A).join("ca"), &to.join("ca"));
    }

    fn command(&self, node: &str, words: &[&str]) -> Command {
        let mut command = self.place.command_in(node, words);
        command.env("CAPF_STORE", &self.uri).env("CAPF_NODE", node);
        command
    }

    fn output(&self, node: &str, words: &[&str]) -> Output {
        self.command(node, words).output().unwrap()
    }

    /// Runs the program to its end, which must be a good one, and gives its standard output.
    fn run(&self, node: &str, words: &[&str]) -> String {
        let output = self.output(node, words);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "capf {words:?}: {said}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs the program to its end, which must be a failure, and gives what it says.
    fn fails(&self, node: &str, words: &[&str]) -> String {
        let output = self.output(node, words);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "capf {words:?}: {said}");
        said
    }

    fn json(&self, node: &str, words: &[&str]) -> Value {
        let words = [&["--format", "json"], words].concat();
        serde_json::from_str(&self.run(node, &words)).unwrap()
    }

    fn serve(&self, node: &str) -> Serving {
        Serving::begin(self.command(node, SERVE))
    }

    /// Adds phones that are to install an LSC.
    fn add(&self, names: &str) {
        self.run(A, &[&["phone", "add", names], INSTALL].concat());
    }

    /// The CAPF certificate.
    fn authority(&self) -> Certificate {
        let exported = self.run(A, &["ca", "export"]);
        Certificate::from_der(pem::parse(exported).unwrap().contents()).unwrap()
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}
