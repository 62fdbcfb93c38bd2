//! CTL and ITL files of another program in our judgement, and ours in the judgement of two: that
//! program (`fixtures/ctl/itl.py`) and the `openssl` command.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use capf::admin::ctl::{CtlOrder, CtlView, HashAlgorithm, MadeCtl, RecordOrder, Role, make, read};
use capf::ctl::CtlFile;
use capf::pki::{Issuer, IssuerName, OutsideCa};
use jiff::Timestamp;
use support::openssl::openssl;

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

fn fixture(name: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    root.join("fixtures/ctl").join(name)
}

/// A file with two tokens, a call agent and a CAPF.
fn made(directory: &Path, hash: HashAlgorithm) -> MadeCtl {
    let path = |name: &str| directory.join(name);
    let token = Issuer::create(&IssuerName::default(), now()).unwrap();
    fs::write(path("token.pem"), token.certificate().to_pem()).unwrap();
    fs::write(path("token.key"), token.key().to_pem(None).unwrap()).unwrap();
    let other = OutsideCa::create("Other", now()).unwrap();
    fs::write(path("other.der"), other.certificate().der()).unwrap();
    let record = |role, host: &str| RecordOrder {
        role,
        host: host.to_owned(),
        certificate: path("other.der"),
    };
    let order = CtlOrder {
        file_name: "ITLFile.tlv".to_owned(),
        signer_certificate: path("token.pem"),
        signer_key: path("token.key"),
        hash,
        capf_host: "capf.example.com".to_owned(),
        records: vec![record(Role::CCM_TFTP, "192.0.2.10"), record(Role::SAST, "")],
    };
    let capf = Issuer::create(&IssuerName::default(), now()).unwrap();
    make(&order, capf.certificate(), now()).unwrap()
}

#[test]
fn a_file_of_another_program_is_read_as_that_program_says() {
    let bytes = fs::read(fixture("ITLFile.tlv")).unwrap();
    let file = read(&bytes[..], Path::new("ITLFile.tlv")).unwrap();
    assert_eq!(file.encode().unwrap(), bytes);
    let said = serde_json::to_value(CtlView::of(&file).unwrap()).unwrap();
    let json = fs::read(fixture("ITLFile.json")).unwrap();
    let expected: serde_json::Value = serde_json::from_slice(&json).unwrap();
    assert_eq!(said, expected);
}

#[test]
fn a_file_that_was_changed_somewhere_does_no_harm_and_is_not_good() {
    let whole = fs::read(fixture("ITLFile.tlv")).unwrap();
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << (at % 8);
        if let Ok(file) = CtlFile::decode(&bytes) {
            assert_eq!(file.encode().unwrap(), bytes);
            let view = CtlView::of(&file).unwrap();
            assert!(!view.signature_is_valid, "byte {at}");
        }
    }
}

#[test]
fn a_file_of_ours_is_good_in_the_judgement_of_another_program() {
    for (hash, name) in [
        (HashAlgorithm::SHA1, "sha1"),
        (HashAlgorithm::SHA256, "sha256"),
        (HashAlgorithm::SHA512, "sha512"),
    ] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("ours.tlv");
        let mut bytes = made(directory.path(), hash).bytes;
        fs::write(&path, &bytes).unwrap();
        let Some(said) = check(&path) else { return };
        let expected = format!("ITLFile.tlv: {name}, roles 0 0 4 2\n");
        assert_eq!(said, Ok(expected));
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        fs::write(&path, &bytes).unwrap();
        assert!(check(&path).unwrap().is_err(), "a changed file is good");
    }
}

/// What the other program says of a file. `None` where there is no Python, which is said; where `CI`
/// is set, that is a failure.
#[expect(clippy::panic, reason = "a test fails by panicking")]
fn check(path: &Path) -> Option<Result<String, String>> {
    let run = Command::new("python3")
        .args([&fixture("itl.py"), Path::new("check"), path])
        .stdin(Stdio::null())
        .output();
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    match run {
        Ok(output) if output.status.success() => Some(Ok(text(&output.stdout))),
        Ok(output) => Some(Err(text(&output.stderr))),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            support::installed::skipped("there is no `python3`");
            None
        }
        Err(error) => panic!("python3: {error}"),
    }
}

#[test]
fn the_openssl_command_verifies_our_signature() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    let bytes = made(directory.path(), HashAlgorithm::SHA512).bytes;
    let file = CtlFile::decode(&bytes).unwrap();
    let signature = file.signature().unwrap().bytes();
    // The field of the signature, found where its tag, its length and its value stand.
    let field = [&[12, 1, 0], signature].concat();
    let at = bytes.windows(field.len()).position(|part| part == field);
    let (before, behind) = bytes.split_at(at.unwrap());
    fs::write(path("signed"), [before, &behind[field.len()..]].concat()).unwrap();
    fs::write(path("signature"), signature).unwrap();
    let public = "x509 -in token.pem -noout -pubkey -out public.pem";
    let Some(written) = openssl(directory.path(), public) else {
        return;
    };
    assert!(written.succeeded, "{}", written.text);
    let verify = "dgst -sha512 -verify public.pem -signature signature";
    let verified = openssl(directory.path(), &format!("{verify} signed")).unwrap();
    assert_eq!(verified.text, "Verified OK\n");
    let refused = openssl(directory.path(), &format!("{verify} signature")).unwrap();
    assert!(!refused.succeeded, "{}", refused.text);
}
