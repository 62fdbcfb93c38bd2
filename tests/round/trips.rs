//! Requests out, certificates in.

use std::collections::BTreeMap;

use capf::archive::{self, Entry, InvalidArchive, Limits, Writer};
use capf::clock::{Clock as _, SystemClock};
use capf::model::Csr;
use serde_json::{Value, json};

use super::home::{Home, Said, name};
use super::place::Place;
use super::run;

const PHONES: usize = 3;

/// The files of an archive.
fn unpacked(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    archive::read(bytes, &Limits::default(), |Entry { name, bytes }| {
        assert_eq!(files.insert(name, bytes), None);
        Ok::<_, InvalidArchive>(())
    })
    .unwrap();
    files
}

/// An archive of the certificates for these requests.
pub(super) fn certificates(home: &Home, csrs: &[Csr]) -> Vec<u8> {
    let mut archive = Writer::new(Vec::new(), SystemClock.now());
    for (number, csr) in csrs.iter().enumerate() {
        let file = format!("{number}.der");
        archive.add(&file, &home.certificate(csr)).unwrap();
    }
    archive.finish().unwrap()
}

fn assert_warned_once_if(is_clear_text: bool, said: &Said) {
    let warnings = said.stderr.matches("warning: ").count();
    assert_eq!(warnings, usize::from(is_clear_text), "{}", said.stderr);
    assert_eq!(said.stderr.matches("clear text").count(), warnings);
}

async fn round(place: Place, is_clear_text: bool) {
    let (home, csrs) = Home::with_pending(PHONES).await;
    let url = place.url("csrs.tgz");

    let said = run(&mut place.capf(&home, &["csr", "dump", &url, "--format", "json"]));
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    assert_warned_once_if(is_clear_text, &said);
    let dumped = place.read_whole("csrs.tgz", b"");
    let mut result: Value = serde_json::from_str(&said.stdout).unwrap();
    let expected = json!({
        "csrs": PHONES, "new": PHONES, "unsigned": PHONES, "bytes": dumped.len(), "verified": true
    });
    if place.scheme == "tftp" {
        // Not every server can be asked, and this one may not have written the file yet.
        assert!(result["verified"].is_boolean());
        result["verified"] = true.into();
    }
    assert_eq!(result, expected);
    let files = unpacked(&dumped);
    assert_eq!(files.len(), 2 * PHONES);
    for (number, csr) in csrs.iter().enumerate() {
        let request = &files[&format!("{}.csr", name(number))];
        assert_eq!(request, csr.to_pem().as_bytes());
    }
    assert_eq!(place.names(), ["csrs.tgz"]);
    assert_eq!(home.counts().await.dumped, PHONES as u64);

    let again = ["csr", "dump", &url, "--encoding", "der"];
    // Of a TFTP server nobody knows what it does with a file that is there.
    if place.scheme != "tftp" {
        let said = run(&mut place.capf(&home, &again));
        assert_eq!(said.code, Some(1), "{}", said.stderr);
        let hint = said.lines().pop().unwrap();
        assert!(hint.starts_with("hint: ") && hint.contains("--yes"));
        assert!(place.read("csrs.tgz").as_ref() == Some(&dumped));
    }
    let said = run(place.capf(&home, &again).arg("--yes"));
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    let sentence = "Dumped 3 CSRs, 0 of them for the first time.\n";
    assert_eq!(said.stdout, sentence);
    let replaced = unpacked(&place.read_whole("csrs.tgz", &dumped));
    assert_eq!(replaced[&format!("{}.csr", name(0))], csrs[0].der());
    assert_eq!(place.names(), ["csrs.tgz"]);

    place.write("certs.tgz", &certificates(&home, &csrs));
    let url = place.url("certs.tgz");
    let said = run(&mut place.capf(&home, &["cert", "import", &url]));
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    assert_warned_once_if(is_clear_text, &said);
    assert_eq!(said.stdout, "3 certificates accepted, 0 rejected.\n");
    assert_eq!(home.counts().await.issued, PHONES as u64);
    home.files();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_round_over_ftp() {
    round(Place::ftp(), true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_round_over_tftp() {
    round(Place::tftp().await, true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_round_over_sftp() {
    round(Place::sftp().await, false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_round_over_https() {
    round(Place::https().await, false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_gets_a_file_that_says_when_it_was_dumped() {
    let (home, _) = Home::with_pending(1).await;
    for place in [
        Place::ftp(),
        Place::tftp().await,
        Place::sftp().await,
        Place::https().await,
    ] {
        let said = run(&mut place.capf(&home, &["csr", "dump", &place.url("")]));
        assert_eq!(said.code, Some(0), "{}", said.stderr);
        let [file] = &place.names()[..] else {
            panic!("{:?}", place.names());
        };
        let time = file
            .strip_prefix("csrs-")
            .and_then(|rest| rest.strip_suffix(".tgz"));
        let time = time.unwrap().as_bytes();
        assert_eq!((time.len(), time[8], time[15]), (16, b'T', b'Z'), "{file}");
        let digits = time.iter().filter(|byte| byte.is_ascii_digit()).count();
        assert_eq!(digits, 14, "{file}");
        // The note says where it is.
        assert!(said.stderr.contains(file.as_str()), "{}", said.stderr);
    }
}
