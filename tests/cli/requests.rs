//! `capf csr` and `capf cert`: requests go out and certificates come in.

use std::process::Output;

use capf::clock::{Clock as _, SystemClock};
use insta::assert_snapshot;

use super::{Home, settings};

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
    two.der    SEP000000000002  Rejected  stale: since this CSR was dumped, the phone has made a new key (dump again) or refused a certificate for this one (schedule its operation anew)
    notes.txt                   Rejected  not a certificate in DER: it does not begin like one
    0 certificates accepted, 2 rejected.
    --- exit code 1
    ");
    assert_snapshot!(home.run(&["cert", "import", "part.tgz", "--dry-run"]), @"
    File     Device Name      Verdict   Remark
    two.der  SEP000000000002  Rejected  stale: since this CSR was dumped, the phone has made a new key (dump again) or refused a certificate for this one (schedule its operation anew)
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
    {"entries":[
    {"file":"one.der","device":"SEP000000000001","serial_number":"[HEX]","verdict":"accepted","reason":null,"warnings":[]},
    {"file":"two.der","device":"SEP000000000002","serial_number":"[HEX]","verdict":"rejected","reason":"stale: since this CSR was dumped, the phone has made a new key (dump again) or refused a certificate for this one (schedule its operation anew)","warnings":[]}
    ],"accepted":1,"unchanged":0,"rejected":1,"left":0,"reasons":[{"reason":"stale: the phone has made a new key, or refused a certificate","files":1}]}
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
