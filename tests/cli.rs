//! The command line, from outside: the binary runs in a directory of its own, and what it writes to
//! standard output and standard error is compared, with its exit code.
//!
//! No terminal is involved, so nothing asks. Where phones must have sent their keys, the library
//! puts the CSRs into the store that the binary then opens.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use capf::admin::Installation;
use capf::archive::Writer;
use capf::clock::{Clock as _, SystemClock};
use capf::model::{Csr, DeviceName};
use capf::pki::{OutsideCa, Request};
use capf::session::Record;
use capf::store::Recorded;
use insta::assert_snapshot;
use openssl::ec::{EcGroup, EcKey};
use openssl::nid::Nid;
use tempfile::TempDir;

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
        let csr = Request::new(&name, "CP-8861", ca.certificate(), &key)
            .and_then(Request::unsigned)
            .unwrap();
        let record = Record::Requested { csr: csr.clone() };
        let data = self.path("data");
        let store = format!("sqlite:{}/capf.db", data.display());
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let installation = Installation::open(&data, &store, Arc::new(SystemClock), "test")
                .await
                .unwrap();
            let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
            let recorded = installation
                .store()
                .record(&name, address, record)
                .await
                .unwrap();
            assert_eq!(recorded, Recorded::Kept);
        });
        csr
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

#[test]
fn a_result_has_three_faces() {
    let home = Home::new();
    assert_snapshot!(home.run(&["csr", "count"]), @"
    Pending      0
    Dumped       0
    Issued       0
    Superseded   0
    Valid CSR    0
    Invalid CSR  0
    --- exit code 0
    ");
    assert_snapshot!(home.run(&["csr", "count", "--format", "json"]), @r#"
    {
      "pending": 0,
      "dumped": 0,
      "issued": 0,
      "superseded": 0,
      "valid": 0,
      "invalid": 0
    }
    --- exit code 0
    "#);
    assert_snapshot!(home.run(&["csr", "count", "--format", "csv"]), @"
    Pending,Dumped,Issued,Superseded,Valid CSR,Invalid CSR
    0,0,0,0,0,0
    --- exit code 0
    ");
    let by_environment = home
        .capf(&["csr", "count"])
        .env("CAPF_FORMAT", "csv")
        .output();
    assert_eq!(
        home.shown(&by_environment.unwrap()),
        home.run(&["csr", "count", "--format", "csv"])
    );
}

#[test]
fn options_come_from_the_environment_too() {
    let home = Home::new();
    home.run(&["phone", "add", "CSFA", "CSFB"]);
    for (yes, code) in [("1", 0), ("true", 0), ("0", 2), ("", 2)] {
        let output = home
            .capf(&["phone", "set", "--all"])
            .env("CAPF_YES", yes)
            .env("CAPF_KEY_ORDER", "ec-only")
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(code), "{yes}");
    }
    let phone = home.run(&["phone", "show", "CSFB", "--format", "json"]);
    assert!(phone.contains("EC Only"), "{phone}");
}

#[test]
fn phones_are_added_found_shown_changed_and_removed() {
    let _settings = settings();
    let home = Home::new();
    assert_snapshot!(home.run(&[
        "phone", "add", "SEP000000000009..SEP00000000000b", "--model", "CP-8861",
        "--operation", "install", "--auth-mode", "auth-string", "--auth-string", "generate",
    ]), @"
    Added 3 phones.
    --- exit code 0
    ");
    assert_snapshot!(home.run(&["phone", "add", "sep00000000000a", "CSFANNA"]), @"
    Added 1 phone. There already: SEP00000000000A.
    --- exit code 3
    ");
    assert_snapshot!(home.run(&[
        "phone", "find", "--where", "device name begins with SEP", "--sort", "device-name",
        "--desc", "--rows", "2",
    ]), @"
    Device Name      Description  Device Type  Security Profile  Authentication Mode       Authentication String  Certificate Operation  LSC Status         LSC Expires  Last Contact
    SEP00000000000B               CP-8861                        By Authentication String  [DIGITS]             Install/Upgrade        Operation Pending
    SEP00000000000A               CP-8861                        By Authentication String  [DIGITS]             Install/Upgrade        Operation Pending
    --- stderr
    1 to 2 of 3 phones.
    --- exit code 0
    ");
    assert_snapshot!(home.run(&["phone", "find", "--rows", "2", "--page", "3", "--format", "json"]), @"
    []
    --- stderr
    This page is empty; 4 phones were found.
    --- exit code 0
    ");
    assert_snapshot!(home.run(&["phone", "show", "SEP00000000000A", "--format", "json"]), @r#"
    {
      "name": "SEP00000000000A",
      "description": "",
      "model": "CP-8861",
      "security_profile": "",
      "device_security_mode": "Non Secure",
      "operation": "Install/Upgrade",
      "operation_status": "Operation Pending",
      "authentication_mode": "By Authentication String",
      "authentication_string": "[DIGITS]",
      "key_order": "RSA Only",
      "rsa_key_size": 2048,
      "ec_key_size": 384,
      "completes_by": "[TIME              ]",
      "lsc": null,
      "csr": null,
      "locked_until": null,
      "last_contact": null,
      "address": null
    }
    --- exit code 0
    "#);
    assert_snapshot!(home.run(&["phone", "show", "CSFANNA"]), @"
    Device Name                   CSFANNA
    Description
    Device Type
    Security Profile
    Device Security Mode          Non Secure
    Certificate Operation         No Pending Operation
    Authentication Mode           By Null String
    Authentication String
    Key Order                     RSA Only
    RSA Key Size (Bits)           2048
    EC Key Size (Bits)            384
    Operation Completes By
    Certificate Operation Status  None
    LSC Subject
    LSC Issued by
    LSC Serial Number
    LSC Valid From
    LSC Expires
    CSR State
    CSR Created
    Locked Until
    Last Contact
    Address
    --- exit code 0
    ");
    assert_snapshot!(home.run(&["phone", "set", "CSFANNA", "CSFBERT", "--key-order", "ec-preferred"]), @"
    Changed 1 phone. No such phone: CSFBERT.
    --- exit code 3
    ");
    assert_snapshot!(home.run(&["phone", "set", "CSFBERT", "--key-order", "ec-only"]), @"
    Changed 0 phones. No such phone: CSFBERT.
    --- exit code 1
    ");
    assert_snapshot!(home.run(&["phone", "remove", "CSFANNA", "--yes"]), @"
    Removed 1 phone.
    --- exit code 0
    ");
    assert_snapshot!(home.run(&["phone", "show", "CSFANNA"]), @"
    --- stderr
    error: there is no phone CSFANNA
    hint: `capf phone find` lists phones, and `capf phone add` adds them.
    --- exit code 1
    ");
}

#[test]
fn without_a_terminal_nothing_asks() {
    let (home, ..) = Home::with_csrs();
    assert_snapshot!(home.run(&["phone", "set", "--all", "--rsa-key-size", "1024"]), @"
    --- stderr
    error: this needs a confirmation, and there is no terminal to ask on
    hint: This operation will change 2 phones. Give --yes if that is meant.
    --- exit code 2
    ");
    assert_snapshot!(home.run(&["phone", "remove", "SEP000000000001"]), @"
    --- stderr
    error: this needs a confirmation, and there is no terminal to ask on
    hint: This operation will remove SEP000000000001, its CSRs and its certificates. Give --yes if that is meant.
    --- exit code 2
    ");
    assert_snapshot!(home.run(&["csr", "delete"]), @"
    --- stderr
    error: this needs a confirmation, and there is no terminal to ask on
    hint: This operation will delete all CSRs, and the certificates built and imported that no phone holds. Give --yes if that is meant.
    --- exit code 2
    ");
    assert_snapshot!(home.run(&["stale-lsc", "delete", "all"]), @"
    --- stderr
    error: this needs a confirmation, and there is no terminal to ask on
    hint: This operation will delete all stale LSCs. Give --yes if that is meant.
    --- exit code 2
    ");
    assert_snapshot!(home.run(&["trust", "remove", "1"]), @"
    --- stderr
    error: this needs a confirmation, and there is no terminal to ask on
    hint: This operation will remove O=Example Corporate CA, CN=Example Root from CAPF-trust. Give --yes if that is meant.
    --- exit code 2
    ");
    assert_snapshot!(home.run(&["csr", "dump"]), @"
    --- stderr
    error: TARGET is missing
    hint: There is no terminal to ask on: give it on the command line.
    --- exit code 2
    ");
    assert_snapshot!(home.run(&["cert", "import"]), @"
    --- stderr
    error: SOURCE is missing
    hint: There is no terminal to ask on: give it on the command line.
    --- exit code 2
    ");
    assert_snapshot!(home.run(&["set", "keep_alive"]), @"
    --- stderr
    error: MINUTES is missing
    hint: There is no terminal to ask on: give it on the command line.
    --- exit code 2
    ");
    assert_snapshot!(home.run(&["phone", "set", "--all", "--rsa-key-size", "1024", "--yes"]), @"
    Changed 2 phones.
    --- exit code 0
    ");
    assert_snapshot!(home.run(&["csr", "delete", "--yes"]), @"
    Deleted 2 CSRs and 0 certificates.
    --- exit code 0
    ");
}

#[test]
fn what_makes_no_sense_is_a_usage_error() {
    let home = Home::new();
    assert_snapshot!(home.run(&["phone", "add", "SEP00"]), @"
    --- stderr
    error: invalid value 'SEP00' for '<NAME>...': the device name `SEP00` begins with SEP, which twelve hexadecimal digits must follow

    For more information, try '--help'.
    --- exit code 2
    ");
    assert_snapshot!(home.run(&["phone", "add", "CSFA", "--operation", "sideways"]), @"
    --- stderr
    error: invalid value 'sideways' for '--operation <OPERATION>'
      [possible values: none, install, delete, troubleshoot]

    For more information, try '--help'.
    --- exit code 2
    ");
    assert_snapshot!(home.run(&["phone", "add", "CSFA", "--auth-string", "123"]), @"
    --- stderr
    error: invalid value '123' for '--auth-string <DIGITS|generate>': an authentication string has 4 to 10 digits

    For more information, try '--help'.
    --- exit code 2
    ");
    assert_snapshot!(home.run(&["phone", "add", "CSFA", "--completes-by", "soon"]), @"
    --- stderr
    error: invalid value 'soon' for '--completes-by <TIME>': `soon` is no time; write 2027-01-31, 2027-01-31T18:00, 2027:01:31:18:00 as Unified CM does, or how long from now: 90m, 36h, 10d

    For more information, try '--help'.
    --- exit code 2
    ");
    assert_snapshot!(home.run(&["phone", "set", "CSFA"]), @"
    --- stderr
    error: nothing to set was given
    hint: Give at least one setting; `capf phone set --help` lists them.
    --- exit code 2
    ");
    assert_snapshot!(home.run(&["phone", "set", "CSFA", "--all", "--model", "x"]), @"
    --- stderr
    error: the argument '[NAME]...' cannot be used with '--all'

    Usage: capf phone set --model <MODEL> --data-dir <DIR> <NAME|--where <CRITERION>|--all>

    For more information, try '--help'.
    --- exit code 2
    ");
    assert_snapshot!(home.run(&["phone", "find", "--where", "LSC Status is before 2027-01-31"]), @"
    --- stderr
    error: invalid value 'LSC Status is before 2027-01-31' for '--where <CRITERION>': `LSC Status` cannot be compared by `is before`

    For more information, try '--help'.
    --- exit code 2
    ");
    assert_snapshot!(home.run(&["set", "keep_alive", "61"]), @"
    --- stderr
    error: `Keepalive Interval (in minutes)` takes a whole number from 5 to 60, not `61`
    --- exit code 2
    ");
    assert_snapshot!(home.run(&["parameter", "set", "certificate-issuer", "online-ca"]), @"
    --- stderr
    error: `Certificate Issuer to Endpoint` cannot be `Online CA` yet: this version has no client for an online CA
    --- exit code 2
    ");
    assert_snapshot!(home.run(&["csr", "dump", "ftp://server/csrs.tgz"]), @"
    --- stderr
    error: invalid value 'ftp://server/csrs.tgz' for '[TARGET]': this version reads and writes files on this machine alone, and `-`

    For more information, try '--help'.
    --- exit code 2
    ");
    assert_snapshot!(home.run(&["csr", "count", "--store", "postgres://capf:secret@db/capf"]), @"
    --- stderr
    error: PostgreSQL is not in this version; write sqlite:PATH
    --- exit code 2
    ");
}

#[test]
fn requests_go_out() {
    let _settings = settings();
    let (home, ..) = Home::with_csrs();
    assert_snapshot!(home.run(&["csr", "list"]), @"
    Device Name      State    Created               Signed  Subject
    SEP000000000001  Pending  [TIME              ]  No      O=Example Corporate CA, CN=CP-8861-SEP000000000001
    SEP000000000002  Pending  [TIME              ]  No      O=Example Corporate CA, CN=CP-8861-SEP000000000002
    --- exit code 0
    ");
    assert_snapshot!(home.run(&["csr", "dump", "csrs.tgz"]), @"
    Dumped 2 CSRs, 2 of them for the first time.
    --- stderr
    CSRs that their phones did not sign prove no possession of the key; a CA that insists on it takes the NAME.pub.pem beside them, or needs another `CSR Proof`.
    --- exit code 0
    ");
    assert_snapshot!(home.run(&["csr", "dump", "csrs.tgz"]), @"
    --- stderr
    error: this needs a confirmation, and there is no terminal to ask on
    hint: This operation will replace csrs.tgz. Give --yes if that is meant.
    --- exit code 2
    ");
    assert_snapshot!(home.run(&["csr", "dump", "csrs.tgz", "--yes", "--quiet"]), @"
    Dumped 2 CSRs, 0 of them for the first time.
    --- exit code 0
    ");
}

#[test]
fn certificates_come_in_and_each_is_judged() {
    let _settings = settings();
    let (home, ca, [one, two]) = Home::with_csrs();
    home.run(&["csr", "dump", "csrs.tgz"]);
    let [one, two] = [one, two].map(|csr| ca.sign(&csr, SystemClock.now()).unwrap());
    let new_key = home.csr(&ca, "SEP000000000002");
    home.archive(
        "bad.tgz",
        &[("two.der", two.der()), ("notes.txt", b"hello")],
    );
    home.archive(
        "part.tgz",
        &[("one.der", one.der()), ("two.der", two.der())],
    );
    let two = ca.sign(&new_key, SystemClock.now()).unwrap();
    home.archive("good.tgz", &[("two.der", two.der())]);

    assert_snapshot!(home.run(&["cert", "import", "bad.tgz"]), @"
    File       Device Name      Verdict   Remark
    two.der    SEP000000000002  Rejected  stale: the phone has made a new key since this CSR was dumped; dump again
    notes.txt                   Rejected  not a certificate in DER: it does not begin like one
    0 certificates accepted, 2 rejected.
    --- exit code 1
    ");
    assert_snapshot!(home.run(&["cert", "import", "part.tgz", "--dry-run"]), @"
    File     Device Name      Verdict   Remark
    two.der  SEP000000000002  Rejected  stale: the phone has made a new key since this CSR was dumped; dump again
    1 certificate would be accepted, 1 rejected.
    --- exit code 3
    ");
    assert_snapshot!(home.run(&["csr", "count"]), @"
    Pending      1
    Dumped       1
    Issued       0
    Superseded   1
    Valid CSR    2
    Invalid CSR  1
    --- exit code 0
    ");
    assert_snapshot!(home.run(&["cert", "import", "part.tgz", "--format", "json"]), @r#"
    {
      "accepted": 1,
      "rejected": 1,
      "entries": [
        {
          "file": "one.der",
          "device": "SEP000000000001",
          "serial_number": "[HEX]",
          "verdict": "accepted",
          "reason": null,
          "warnings": []
        },
        {
          "file": "two.der",
          "device": "SEP000000000002",
          "serial_number": "[HEX]",
          "verdict": "rejected",
          "reason": "stale: the phone has made a new key since this CSR was dumped; dump again",
          "warnings": []
        }
      ]
    }
    --- exit code 3
    "#);
    assert_snapshot!(home.run(&["cert", "import", "good.tgz"]), @"
    1 certificate accepted, 0 rejected.
    --- exit code 0
    ");
    assert_snapshot!(home.run(&["csr", "count"]), @"
    Pending      0
    Dumped       0
    Issued       2
    Superseded   1
    Valid CSR    2
    Invalid CSR  1
    --- exit code 0
    ");
    assert_snapshot!(home.run(&["csr", "dump", "csrs.tgz", "--yes"]), @"
    --- stderr
    error: there is no CSR to dump
    hint: Schedule Install/Upgrade on phones while the parameter `Certificate Issuer to Endpoint` is `Offline CA`; `capf csr count` shows when their keys have arrived.
    --- exit code 1
    ");
    assert_snapshot!(home.run(&["stale-lsc", "list"]), @"
    Device Name  LSC Subject  LSC Serial Number  LSC Issued by  LSC Expires  Recorded
    --- exit code 0
    ");
    assert_eq!(
        home.run(&["stale-lsc", "view"]),
        home.run(&["stale-lsc", "list"])
    );
}

#[test]
fn what_is_no_archive_of_certificates_is_not_imported() {
    let (home, ..) = Home::with_csrs();
    home.run(&["csr", "dump", "csrs.tgz"]);
    assert_snapshot!(home.run(&["cert", "import", "csrs.tgz"]), @"
    File                     Device Name  Verdict   Remark
    SEP000000000001.csr                   Rejected  a CERTIFICATE REQUEST in PEM, where a certificate in DER is expected
    SEP000000000001.pub.pem               Rejected  a PUBLIC KEY in PEM, where a certificate in DER is expected
    SEP000000000002.csr                   Rejected  a CERTIFICATE REQUEST in PEM, where a certificate in DER is expected
    SEP000000000002.pub.pem               Rejected  a PUBLIC KEY in PEM, where a certificate in DER is expected
    0 certificates accepted, 4 rejected.
    --- exit code 1
    ");
    assert_snapshot!(home.run(&["cert", "import", "root.pem"]), @"
    --- stderr
    error: this is a PEM file, not a .tgz archive; pack the files alone, in their directory: `tar czf NAME.tgz *.der`
    --- exit code 1
    ");
}

#[test]
fn an_archive_goes_to_standard_output_and_comes_from_standard_input() {
    let (home, ca, [one, _]) = Home::with_csrs();
    let dump = home.capf(&["csr", "dump", "-"]).output().unwrap();
    assert_snapshot!(home.shown(&Output { stdout: Vec::new(), ..dump.clone() }), @"
    --- stderr
    Dumped 2 CSRs, 2 of them for the first time.
    CSRs that their phones did not sign prove no possession of the key; a CA that insists on it takes the NAME.pub.pem beside them, or needs another `CSR Proof`.
    --- exit code 0
    ");
    let mut names = Vec::new();
    capf::archive::read(
        &dump.stdout[..],
        &capf::archive::Limits::default(),
        |entry| {
            names.push(entry.name);
            Ok::<_, capf::archive::InvalidArchive>(())
        },
    )
    .unwrap();
    assert_eq!(names.len(), 4, "{names:?}");

    let certificate = ca.sign(&one, SystemClock.now()).unwrap();
    home.archive("in.tgz", &[("one.der", certificate.der())]);
    let source = std::fs::File::open(home.path("in.tgz")).unwrap();
    let import = home.capf(&["cert", "import", "-"]).stdin(source).output();
    assert_snapshot!(home.shown(&import.unwrap()), @"
    1 certificate accepted, 0 rejected.
    --- exit code 0
    ");
}

#[test]
fn the_link_utils_takes_what_is_typed_on_unified_cm() {
    let home = Home::new();
    assert_snapshot!(home.run(&["util", "link", "."]), @"
    --- stderr
    Made ./utils.
    --- exit code 0
    ");
    assert_snapshot!(home.run(&["util", "link", "."]), @"
    --- stderr
    ./utils is there already.
    --- exit code 0
    ");
    let utils = |arguments: &[&str]| {
        let output = home.command(home.path("utils"), arguments).output();
        home.shown(&output.unwrap())
    };
    assert_eq!(
        utils(&["capf", "csr", "count"]),
        home.run(&["csr", "count"])
    );
    assert_snapshot!(utils(&["capf", "set", "keep_alive", "20"]), @"
    Parameter Name   Keepalive Interval (in minutes)
    Parameter Value  20
    Suggested Value  15
    Takes            5 to 60
    Parameter Type   Service
    Help             How many minutes pass between two keepalives on a session that waits for its certificate, so that firewalls keep the connection.
    --- exit code 0
    ");
    assert_snapshot!(utils(&["capf", "stale-lsc", "delete", "all", "--yes"]), @"
    Deleted 0 stale LSCs.
    --- exit code 0
    ");
}

#[test]
fn a_reader_that_leaves_is_no_failure() {
    let home = Home::new();
    home.run(&["phone", "add", "SEP000000000000..SEP000000000fff"]);
    let mut child = home
        .capf(&["report", "--format", "csv"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_snapshot!(home.shown(&output), @"--- exit code 0");
}

#[test]
fn a_file_of_phones_is_imported_whole_or_not_at_all() {
    let home = Home::new();
    home.write(
        "phones.csv",
        b"Device Name,Description,Certificate Operation\n\
          SEP000000000001,Reception,install\n\
          SEP00000000002,Workshop,install\n\
          SEP000000000003,,sideways\n",
    );
    assert_snapshot!(home.run(&["phone", "import", "phones.csv"]), @"
    --- stderr
    error: line 3: the device name `SEP00000000002` begins with SEP, which twelve hexadecimal digits must follow
    line 4: `sideways` is not one of: No Pending Operation, Install/Upgrade, Delete, Troubleshoot
    hint: No phone was added. Correct these lines and import the file again.
    --- exit code 1
    ");
    assert_snapshot!(home.run(&["phone", "find"]), @"
    Device Name  Description  Device Type  Security Profile  Authentication Mode  Authentication String  Certificate Operation  LSC Status  LSC Expires  Last Contact
    --- stderr
    No phone was found.
    --- exit code 0
    ");
    home.write(
        "phones.csv",
        b"Device Name,Description,Certificate Operation\n\
          SEP000000000001,Reception,install\n\
          SEP000000000002,Workshop,\n",
    );
    assert_snapshot!(home.run(&["phone", "import", "phones.csv"]), @"
    Added 2 phones.
    --- exit code 0
    ");
    assert_snapshot!(home.run(&["phone", "import", "phones.csv"]), @"
    Added 0 phones. There already: SEP000000000001, SEP000000000002.
    --- exit code 1
    ");
    home.write("phones.csv", b"Device Name,Colour\n");
    assert_snapshot!(home.run(&["phone", "import", "phones.csv"]), @"
    --- stderr
    error: the column `Colour` means nothing here
    hint: No phone was added. `capf phone import --help` lists the columns.
    --- exit code 1
    ");
}

#[test]
fn an_authentication_mode_in_which_nobody_is_trusted_is_warned_of() {
    let home = Home::new();
    assert_snapshot!(home.run(&["phone", "add", "CSFA", "--auth-mode", "lsc"]), @"
    Added 1 phone.
    --- stderr
    warning: No manufacturing CA is trusted, so a phone that shows its MIC will be refused; `capf trust import --purpose manufacturing` imports the CA that signed it.
    --- exit code 0
    ");
    let ca = OutsideCa::create("Example Manufacturing CA", SystemClock.now()).unwrap();
    home.write("mic.der", ca.certificate().der());
    home.run(&["trust", "import", "mic.der", "--purpose", "manufacturing"]);
    assert_snapshot!(home.run(&["phone", "set", "CSFA", "--auth-mode", "mic"]), @"
    Changed 1 phone.
    --- exit code 0
    ");
}

#[test]
fn the_deadlock_of_a_secure_phone_that_waits_for_a_string_is_explained_before_it_is_scheduled() {
    let home = Home::new();
    let deadlock: &[&str] = &[
        "--operation",
        "install",
        "--auth-mode",
        "auth-string",
        "--auth-string",
        "4711",
        "--device-security-mode",
        "encrypted",
    ];
    let with = |verb, more: &[&str]| {
        let arguments: Vec<_> = ["phone", verb, "SEP000000000001"]
            .into_iter()
            .chain(deadlock.iter().copied())
            .chain(more.iter().copied())
            .collect();
        home.run(&arguments)
    };
    assert_snapshot!(with("add", &[]), @"
    --- stderr
    error: this needs a confirmation, and there is no terminal to ask on
    hint: By Authentication String with a Device Security Mode of Authenticated or Encrypted is a deadlock for a phone without an LSC: it cannot register without one, and a phone that has not registered does not contact CAPF by itself. Somebody would have to enter the string on the phone. Choose null-string or mic, or install the LSC in the mode non-secure first. This concerns 1 phone: SEP000000000001. Give --yes if that is meant.
    --- exit code 2
    ");
    assert_snapshot!(home.run(&["phone", "find"]), @"
    Device Name  Description  Device Type  Security Profile  Authentication Mode  Authentication String  Certificate Operation  LSC Status  LSC Expires  Last Contact
    --- stderr
    No phone was found.
    --- exit code 0
    ");
    home.run(&["phone", "add", "SEP000000000001"]);
    let refused = with("set", &[]);
    assert!(
        refused.contains("is a deadlock") && refused.ends_with("--- exit code 2\n"),
        "{refused}"
    );
    let shown = home.run(&["phone", "show", "SEP000000000001", "--format", "csv"]);
    assert!(shown.contains("No Pending Operation"), "{shown}");
    assert_snapshot!(with("set", &["--yes"]), @"
    Changed 1 phone.
    --- exit code 0
    ");
    // In the mode that registers without an LSC it is none.
    assert_snapshot!(home.run(&["phone", "set", "SEP000000000001", "--device-security-mode", "non-secure", "--operation", "install"]), @"
    Changed 1 phone.
    --- exit code 0
    ");
}

#[test]
fn delete_and_troubleshoot_are_refused_for_a_phone_without_a_certificate_unless_forced() {
    let home = Home::new();
    assert_snapshot!(home.run(&["phone", "add", "CSFA", "--operation", "delete"]), @"
    --- stderr
    error: Delete cannot be scheduled: the phone is new here, and no certificate of it is known
    hint: Give --force if the phone has one.
    --- exit code 1
    ");
    home.run(&["phone", "add", "CSFA", "CSFB"]);
    assert_snapshot!(home.run(&["phone", "set", "CSFA", "CSFB", "--operation", "troubleshoot"]), @"
    Changed 0 phones. No certificate is known of: CSFA, CSFB.
    --- stderr
    warning: Delete and Troubleshoot make no sense for a phone of which no certificate is known; give --force where the phone has one all the same.
    --- exit code 1
    ");
    assert_snapshot!(home.run(&["phone", "set", "--all", "--yes", "--operation", "delete", "--format", "json"]), @r#"
    {
      "changed": 0,
      "unknown": [],
      "without_certificate": [
        "CSFA",
        "CSFB"
      ]
    }
    --- stderr
    warning: Delete and Troubleshoot make no sense for a phone of which no certificate is known; give --force where the phone has one all the same.
    --- exit code 1
    "#);
    assert_snapshot!(home.run(&["phone", "find", "--where", "LSC Status is exactly Operation Pending"]), @"
    Device Name  Description  Device Type  Security Profile  Authentication Mode  Authentication String  Certificate Operation  LSC Status  LSC Expires  Last Contact
    --- stderr
    No phone was found.
    --- exit code 0
    ");
    assert_snapshot!(home.run(&["phone", "set", "CSFA", "--operation", "troubleshoot", "--force"]), @"
    Changed 1 phone.
    --- exit code 0
    ");
    assert_snapshot!(home.run(&["phone", "add", "CSFC", "--operation", "delete", "--force"]), @"
    Added 1 phone.
    --- exit code 0
    ");
}

#[test]
fn what_old_tls_costs_is_said_when_it_is_allowed() {
    let home = Home::new();
    assert_snapshot!(home.run(&["parameter", "set", "tls-minimum-version", "1.0", "--format", "json"]), @r#"
    {
      "name": "TLS Minimum Version",
      "value": "1.0",
      "default": "1.2",
      "is_set": true,
      "scope": "Service"
    }
    --- stderr
    warning: From the next start on, TLS 1.0 is allowed, which phones of the 7900 series need and RFC 8996 forbids. It rests on SHA-1 and MD5, and with the RSA key exchange of those phones whoever records the traffic, and comes by the CAPF key later, reads the authentication strings in it. Allow it where phones alone reach the port, and only as long as there are such phones. Phones that know TLS 1.2 or 1.3 keep to these.
    --- exit code 0
    "#);
    let back = home.run(&["parameter", "reset", "TLS Minimum Version", "--quiet"]);
    assert!(!back.contains("RFC 8996"), "{back}");
}

#[test]
fn a_trace_that_is_not_there_is_an_error_that_names_the_list() {
    let home = Home::new();
    assert_snapshot!(home.run(&["trace", "list"]), @"
    Trace  Device Name  Type  Written  Bytes
    --- exit code 0
    ");
    assert_snapshot!(home.run(&["trace", "show", "SEP000000000001-LSC"]), @"
    --- stderr
    error: there is no trace SEP000000000001-LSC
    hint: `capf trace list` lists them.
    --- exit code 1
    ");
    assert_snapshot!(home.run(&["trace", "show", "../../etc/passwd"]), @"
    --- stderr
    error: invalid value '../../etc/passwd' for '<NAME>': `../../etc/passwd` is no name of a trace, such as SEP001122334455-LSC

    For more information, try '--help'.
    --- exit code 2
    ");
}

#[test]
fn a_report_is_an_import() {
    let _settings = settings();
    let home = Home::new();
    home.run(&[
        "phone",
        "add",
        "SEP000000000001",
        "--description",
        "Reception, ground floor",
        "--operation",
        "install",
        "--auth-mode",
        "auth-string",
        "--auth-string",
        "4711",
        "--completes-by",
        "2030-01-31",
    ]);
    assert_snapshot!(home.run(&["report", "--format", "csv", "--output", "report.csv"]), @"--- exit code 0");
    assert_snapshot!(home.run(&["report", "--format", "csv", "--output", "report.csv"]), @"
    --- stderr
    error: this needs a confirmation, and there is no terminal to ask on
    hint: This operation will replace report.csv. Give --yes if that is meant.
    --- exit code 2
    ");
    assert_snapshot!(std::fs::read_to_string(home.path("report.csv")).unwrap(), @r#"
    Device Name,Description,Device Type,Security Profile,Device Security Mode,Authentication Mode,Authentication String,Certificate Operation,LSC Status,Operation Completes By,Key Order,RSA Key Size (Bits),EC Key Size (Bits),LSC Subject,LSC Serial Number,LSC Issued by,LSC Expires,LSC Issuer Expires by,CSR State,Last Contact,Address
    SEP000000000001,"Reception, ground floor",,,Non Secure,By Authentication String,4711,Install/Upgrade,Operation Pending,[TIME              ],RSA Only,2048,384,,,,,,,,
    "#);
    let other = Home::new();
    other.write(
        "report.csv",
        &std::fs::read(home.path("report.csv")).unwrap(),
    );
    other.run(&["phone", "import", "report.csv"]);
    let report: &[&str] = &["report", "--format", "json"];
    assert_eq!(other.run(report), home.run(report));
}

#[test]
fn parameters_are_known_by_their_cisco_names() {
    let home = Home::new();
    assert_snapshot!(home.run(&["parameter", "list"]), @"
    Parameter Name                                          Parameter Value                             Suggested Value                             Parameter Type
    Certificate Issuer to Endpoint                          Cisco Certificate Authority Proxy Function  Cisco Certificate Authority Proxy Function  Service
    Duration Of Certificate Validity (in days)              1825                                        1825                                        Service
    Maximum Allowable Time For Key Generation (in minutes)  30                                          30                                          Service
    Maximum Allowable Attempts for Key Generation           3                                           3                                           Service
    CSR Proof                                               none                                        none                                        Service
    SUDI Proof Required                                     False                                       False                                       Service
    Accept Expired MIC                                      False                                       False                                       Service
    Keepalive Interval (in minutes)                         15                                          15                                          Service
    Keepalive Message                                       True                                        True                                        Service
    Maximum Concurrent Certificate Operations               0                                           0                                           Service
    Maximum Certificate Operations per Minute               0                                           0                                           Service
    Maximum Queue Time (in seconds)                         30                                          30                                          Service
    Maximum Opening Sessions per Address                    256                                         256                                         Service
    TLS Minimum Version                                     1.2                                         1.2                                         Service
    Trace Level                                             Error                                       Error                                       Service
    Maximum Number of Trace Files                           1000                                        1000                                        Service
    CAPF Operation Expires in (days)                        10                                          10                                          Enterprise
    CAPF Phone Port                                         3804                                        3804                                        Enterprise
    Enable IPv6                                             False                                       False                                       Enterprise
    --- exit code 0
    ");
    assert_snapshot!(home.run(&["parameter", "set", "Certificate Issuer to Endpoint", "offline ca"]), @"
    Parameter Name   Certificate Issuer to Endpoint
    Parameter Value  Offline CA
    Suggested Value  Cisco Certificate Authority Proxy Function
    Takes            Cisco Certificate Authority Proxy Function, Online CA, Offline CA
    Parameter Type   Service
    Help             Who issues locally significant certificates: CAPF itself, or an offline CA that signs the requests which `capf csr dump` takes out.
    --- exit code 0
    ");
    assert_snapshot!(home.run(&["parameter", "show", "certificate-issuer", "--format", "json"]), @r#"
    {
      "name": "Certificate Issuer to Endpoint",
      "value": "Offline CA",
      "default": "Cisco Certificate Authority Proxy Function",
      "is_set": true,
      "scope": "Service"
    }
    --- exit code 0
    "#);
    assert_snapshot!(home.run(&["parameter", "reset", "certificate-issuer", "--format", "csv"]), @r#"
    Parameter Name,Parameter Value,Suggested Value,Takes,Parameter Type,Help
    Certificate Issuer to Endpoint,Cisco Certificate Authority Proxy Function,Cisco Certificate Authority Proxy Function,"Cisco Certificate Authority Proxy Function, Online CA, Offline CA",Service,"Who issues locally significant certificates: CAPF itself, or an offline CA that signs the requests which `capf csr dump` takes out."
    --- exit code 0
    "#);
}

#[test]
fn cas_are_trusted_and_others_are_not() {
    let _settings = settings();
    let home = Home::new();
    let ca = OutsideCa::create("Example Root", SystemClock.now()).unwrap();
    home.write("root.der", ca.certificate().der());
    assert_snapshot!(home.run(&["trust", "import", "root.der", "--purpose", "manufacturing", "--format", "json"]), @r#"
    [
    {"id":1,"purpose":"Manufacturing","subject":"O=Example Corporate CA, CN=Example Root","not_after":"[TIME              ]","result":"Imported"}
    ]
    --- exit code 0
    "#);
    assert_snapshot!(home.run(&["trust", "import", "root.der", "--purpose", "manufacturing", "--format", "csv"]), @r#"
    ID,Purpose,Subject,Expires,Result
    1,Manufacturing,"O=Example Corporate CA, CN=Example Root",[TIME              ],There already
    --- exit code 0
    "#);
    home.write(
        "capf.pem",
        &home.capf(&["ca", "export"]).output().unwrap().stdout,
    );
    assert_snapshot!(home.run(&["trust", "import", "root.der", "capf.pem"]), @"
    --- stderr
    error: capf.pem: `O=capf, CN=CAPF-xxxxxxxx` has `CAPF-` in its common name, which is reserved for a CAPF's own certificate
    hint: Nothing was imported. If it is another cluster's CAPF, and the LSCs of its phones are to count as proof, give --other-capf.
    --- exit code 1
    ");
    assert_snapshot!(home.run(&["trust", "list", "--format", "json"]), @r#"
    [
    {"id":1,"purpose":"Manufacturing","subject":"O=Example Corporate CA, CN=Example Root","serial_number":"[HEX]","not_after":"[TIME              ]","imported_at":"[TIME              ]"},
    {"id":2,"purpose":"CAPF-trust","subject":"O=capf, CN=CAPF-xxxxxxxx","serial_number":"[HEX]","not_after":"[TIME              ]","imported_at":"[TIME              ]"}
    ]
    --- exit code 0
    "#);
    assert_snapshot!(home.run(&["trust", "remove", "1", "--yes"]), @"
    Removed trusted certificate 1.
    --- exit code 0
    ");
    assert_snapshot!(home.run(&["trust", "remove", "1", "--yes"]), @"
    --- stderr
    error: there is no trusted certificate 1
    hint: `capf trust list` shows them with their numbers.
    --- exit code 1
    ");
}

#[test]
fn the_capf_certificate_is_made_once() {
    let _settings = settings();
    let home = Home::new();
    assert_snapshot!(home.run(&["ca", "show"]), @"
    Kind                 Certificate
    Subject              O=capf, CN=CAPF-xxxxxxxx
    Issuer               O=capf, CN=CAPF-xxxxxxxx
    Serial Number        [HEX]
    Not Before           [TIME              ]
    Not After            [TIME              ]
    CA                   Yes
    Key Usage            Digital Signature, Key Cert Sign
    Public Key           RSA key of 2048 bits
    SHA-256 Fingerprint  [HEX]
    --- stderr
    Made the CAPF certificate O=capf, CN=CAPF-xxxxxxxx in [HOME]/data/ca.
    --- exit code 0
    ");
    let der = home
        .capf(&["ca", "export", "--der"])
        .output()
        .unwrap()
        .stdout;
    assert_eq!(der, std::fs::read(home.path("data/ca/CAPF.cer")).unwrap());
    assert_snapshot!(home.run(&["cert", "show", "data/ca/CAPF.cer"]), @"
    Kind                 Certificate
    Subject              O=capf, CN=CAPF-xxxxxxxx
    Issuer               O=capf, CN=CAPF-xxxxxxxx
    Serial Number        [HEX]
    Not Before           [TIME              ]
    Not After            [TIME              ]
    CA                   Yes
    Key Usage            Digital Signature, Key Cert Sign
    Public Key           RSA key of 2048 bits
    SHA-256 Fingerprint  [HEX]
    --- exit code 0
    ");
    std::fs::remove_file(home.path("data/ca/capf.key")).unwrap();
    assert_snapshot!(home.run(&["ca", "show"]), @"
    --- stderr
    error: [HOME]/data/ca/capf.key cannot be read: No such file or directory (os error 2)
    --- exit code 1
    ");
}

#[test]
fn a_request_is_shown_too() {
    let _settings = settings();
    let (home, _, [one, _]) = Home::with_csrs();
    home.write("one.csr", one.to_pem().as_bytes());
    assert_snapshot!(home.run(&["cert", "show", "one.csr"]), @"
    Kind                 Certificate Signing Request
    Subject              O=Example Corporate CA, CN=CP-8861-SEP000000000001
    Public Key           EC key of 256 bits
    Signed               No
    SHA-256 Fingerprint  [HEX]
    --- exit code 0
    ");
    home.write("nothing", b"hello");
    assert_snapshot!(home.run(&["cert", "show", "nothing"]), @"
    --- stderr
    error: nothing: neither a certificate nor a certificate signing request, in PEM or in DER
    --- exit code 1
    ");
}

#[test]
fn what_cannot_be_read_or_written_is_named() {
    let (home, ..) = Home::with_csrs();
    for (arguments, expected) in [
        (&["cert", "import", "."][..], ". is a directory"),
        (&["phone", "import", "."], ". is a directory"),
        (
            &["cert", "show", "none.der"],
            "none.der cannot be read: No such",
        ),
        (&["cert", "import", ""], "it names no file"),
        (&["csr", "dump", "."], ". does not name a file"),
        (&["csr", "dump", ".."], ".. does not name a file"),
        (&["csr", "dump", "data"], "data is a directory"),
        (
            &["csr", "dump", "none/csrs.tgz"],
            "none/csrs.tgz cannot be written",
        ),
        (
            &["csr", "dump", "/dev/full", "--yes"],
            "/dev/full is no regular file",
        ),
        (
            &["csr", "count", "--data-dir", "root.pem"],
            "root.pem is not a directory",
        ),
        (
            &["trust", "import", "."],
            ". cannot be read: Is a directory",
        ),
    ] {
        let said = home.run(arguments);
        assert!(said.starts_with("--- stderr\nerror: "), "{said}");
        assert!(said.contains(expected), "{said}");
    }
    let full = std::fs::File::create("/dev/full").unwrap();
    let output = home.capf(&["csr", "dump", "-"]).stdout(full).output();
    let said = home.shown(&output.unwrap());
    assert!(said.contains("cannot be written: No space left"), "{said}");
    let counts = home.run(&["csr", "count", "--format", "csv"]);
    assert!(
        counts.contains("\n2,0,0,0,2,0\n"),
        "none is dumped: {counts}"
    );
}

#[test]
fn a_simulated_phone_tries_again_where_nobody_answers() {
    let home = Home::new();
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let server = nobody.local_addr().unwrap().to_string();
    drop(nobody);
    let shown = home.run(&[
        "phone-sim",
        "--server",
        &server,
        "--retries",
        "2",
        "--retry-interval",
        "0",
        "--format",
        "json",
        "CSFA",
    ]);
    assert!(shown.contains(r#""succeeded":false"#), "{shown}");
    assert!(shown.contains(r#""attempts":3"#), "{shown}");
    assert!(shown.contains(&format!("no connection to {server}: Connection refused")));
    assert_eq!(shown.matches(" WARN ").count(), 2, "{shown}");
    assert!(shown.ends_with("--- exit code 1\n"), "{shown}");
    assert_snapshot!(home.run(&["phone-sim", "--server", "capf.example", "CSFA"]), @"
    --- stderr
    error: invalid value 'capf.example' for '--server <HOST:PORT>': write HOST:PORT, for example 192.0.2.1:3804 or [2001:db8::1]:3804

    For more information, try '--help'.
    --- exit code 2
    ");
}

#[test]
fn where_nothing_is_found_nothing_is_asked() {
    let home = Home::new();
    assert_snapshot!(home.run(&["phone", "set", "--where", "Device Type is exactly x", "--operation", "install"]), @"
    Changed 0 phones.
    --- exit code 0
    ");
}

#[test]
fn the_demonstration_leaves_what_it_did_in_a_fresh_directory() {
    let home = Home::new();
    for directory in ["capf-demo-1", "capf-demo-2"] {
        let output = home
            .capf(&["demo", "--phones", "3", "--quiet"])
            .env("TMPDIR", home.0.path())
            .output()
            .unwrap();
        let said = home.shown(&output);
        assert!(said.starts_with("3 of 3 phones have installed"), "{said}");
        assert!(said.ends_with("--- exit code 0\n"), "{said}");
        for file in ["csrs.tgz", "certificates.tgz", "phones/SEP0000DE300003.pem"] {
            assert!(home.path(directory).join(file).exists(), "{file}");
        }
    }
    assert!(!home.path("data").exists(), "nothing else was touched");
}

#[test]
fn what_is_written_about_a_phone_cannot_move_the_cursor() {
    let home = Home::new();
    home.run(&[
        "phone",
        "add",
        "CSFA",
        "--description",
        "\u{1b}[2Jgone\u{202e}",
    ]);
    assert_snapshot!(home.run(&["phone", "find"]), @r#"
    Device Name  Description            Device Type  Security Profile  Authentication Mode  Authentication String  Certificate Operation  LSC Status  LSC Expires  Last Contact
    CSFA         \u{1b}[2Jgone\u{202e}                                 By Null String                              No Pending Operation   None
    --- stderr
    1 to 1 of 1 phone.
    --- exit code 0
    "#);
}

#[test]
fn the_settings_of_a_file_are_taken() {
    let home = Home::new();
    home.write("capf.toml", b"store = \"sqlite:other.db\"\n");
    home.run(&["phone", "add", "CSFA", "--config", "capf.toml"]);
    assert!(home.path("other.db").exists());
    home.write("capf.toml", b"stoer = \"sqlite:other.db\"\n");
    assert_snapshot!(home.run(&["phone", "find", "--config", "capf.toml"]), @r#"
    --- stderr
    error: the configuration file `capf.toml` cannot be understood: TOML parse error at line 1, column 1
      |
    1 | stoer = "sqlite:other.db"
      | ^^^^^
    unknown field `stoer`, expected one of `data-dir`, `store`, `listen`, `listen-legacy`, `max-connections`
    --- exit code 1
    "#);
    assert_snapshot!(home.run(&["phone", "find", "--config", "none.toml"]), @"
    --- stderr
    error: the configuration file `none.toml` cannot be read: No such file or directory (os error 2)
    --- exit code 1
    ");
}
