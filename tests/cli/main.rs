//! The command line, from outside: the binary runs in a directory of its own, and what it writes to
//! standard output and standard error is compared, with its exit code.
//!
//! No terminal is involved, so nothing asks. Where phones must have sent their keys, the library
//! puts the CSRs into the store that the binary then opens.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;

use capf::admin::Installation;
use capf::archive::Writer;
use capf::clock::{Clock as _, SystemClock};
use capf::model::{Csr, DeviceName};
use capf::pki::OutsideCa;
use openssl::ec::{EcGroup, EcKey};
use openssl::nid::Nid;
use tempfile::TempDir;

mod backup;
mod check;
mod ctl;
mod faces;
mod page;
mod parameters;
mod phones;
mod renewal;
mod report;
mod requests;
mod saved_searches;
mod service;
mod simulation;
mod upkeep;
#[path = "../support/waiting_phone.rs"]
mod waiting_phone;
mod warnings;

/// A directory of its own, and the binary in it.
struct Home(TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn command(&self, program: impl AsRef<Path>, arguments: &[&str]) -> Command {
        let mut command = Command::new(program.as_ref());
        command
            .args(arguments)
            .env_clear()
            .env("CAPF_DATA_DIR", self.path("data"))
            .current_dir(self.0.path())
            .stdin(Stdio::null());
        command
    }

    fn capf(&self, arguments: &[&str]) -> Command {
        self.command(env!("CARGO_BIN_EXE_capf"), arguments)
    }

    /// The program, running, with pipes for what it says.
    fn start(&self, arguments: &[&str]) -> Child {
        let mut command = self.capf(arguments);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().unwrap()
    }

    /// What `capf` writes when nobody reads it, and how it ends.
    fn run_unread(&self, arguments: &[&str]) -> String {
        let mut child = self.start(arguments);
        drop(child.stdout.take());
        self.shown(&child.wait_with_output().unwrap())
    }

    /// What `capf` writes and how it ends, with what differs from run to run replaced.
    fn run(&self, arguments: &[&str]) -> String {
        self.shown(&self.capf(arguments).output().unwrap())
    }

    fn shown(&self, output: &Output) -> String {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
        let separator = if stderr.is_empty() {
            ""
        } else {
            "--- stderr\n"
        };
        let status = output.status.code().unwrap();
        format!("{stdout}{separator}{stderr}--- exit code {status}\n")
            .replace(self.0.path().to_str().unwrap(), "[HOME]")
            .replace('\r', "")
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.path(name), bytes).unwrap();
    }

    /// Lets a phone, which is there already, be told to install and send a key for the offline CA.
    fn csr(&self, ca: &OutsideCa, name: &str) -> Csr {
        self.run(&["phone", "set", name, "--operation", "install"]);
        let name: DeviceName = name.parse().unwrap();
        let p256 = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
        let key = EcKey::generate(&p256).unwrap().public_key_to_der().unwrap();
        let data = self.path("data");
        let store = format!("sqlite:{}/capf.db", data.display());
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let installation = Installation::open(&data, &store, Arc::new(SystemClock), "test")
                .await
                .unwrap();
            waiting_phone::sends_key(
                installation.store(),
                &name,
                "CP-8861",
                ca.certificate(),
                &key,
            )
            .await
        })
    }

    /// A home whose phones SEP000000000001 and SEP000000000002 wait for the outside CA, which is
    /// trusted.
    fn with_csrs() -> (Self, OutsideCa, [Csr; 2]) {
        let home = Self::new();
        let ca = OutsideCa::create("Example Root", SystemClock.now()).unwrap();
        home.write("root.pem", ca.certificate().to_pem().as_bytes());
        home.run(&["trust", "import", "root.pem"]);
        home.run(&["phone", "add", "SEP000000000001..SEP000000000002"]);
        let csrs = ["SEP000000000001", "SEP000000000002"].map(|name| home.csr(&ca, name));
        (home, ca, csrs)
    }

    fn archive(&self, name: &str, files: &[(&str, &[u8])]) {
        let mut archive = Writer::new(Vec::new(), SystemClock.now());
        for (name, bytes) in files {
            archive.add(name, bytes).unwrap();
        }
        self.write(name, &archive.finish().unwrap());
    }
}

/// Replaces what differs from run to run and keeps its width, so that tables stay as they are.
fn settings() -> insta::internals::SettingsBindDropGuard {
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(
        r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z",
        "[TIME              ]",
    );
    settings.add_filter(r"\b\d{10}\b", "[DIGITS]");
    settings.add_filter(r"CAPF-[0-9a-f]{8}", "CAPF-xxxxxxxx");
    settings.add_filter(r"\b[0-9a-f]{20,}\b", "[HEX]");
    settings.bind_to_scope()
}
