//! Archives of certificates, from outside: hostile ones are refused whole, and of mixed ones the
//! good certificates go in. The binary reads each from its standard input.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use capf::admin::Installation;
use capf::clock::SystemClock;
use capf::model::{Certificate, CertificateOperation, Csr, DeviceName, PhoneChange, TrustPurpose};
use capf::store::Actor;
use flate2::Compression;
use flate2::write::GzEncoder;
use openssl::asn1::{Asn1Integer, Asn1Time};
use openssl::bn::{BigNum, MsbOption};
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private, Public};
use openssl::x509::extension::{BasicConstraints, ExtendedKeyUsage, KeyUsage};
use openssl::x509::{X509, X509Builder, X509Name};
use serde_json::Value;
use tar::EntryType;
use tempfile::TempDir;

#[path = "support/waiting_phone.rs"]
mod waiting_phone;

/// A CA that writes what it likes.
struct Authority {
    name: X509Name,
    key: PKey<Private>,
}

/// What is written into a certificate; by default what is right.
struct Profile {
    is_ca: bool,
    key_usage: fn(&mut KeyUsage) -> &mut KeyUsage,
    extended_key_usage: fn(&mut ExtendedKeyUsage) -> &mut ExtendedKeyUsage,
    /// Seconds from 1970 to the end of its validity.
    not_after: i64,
    digest: fn() -> MessageDigest,
}

impl Default for Profile {
    fn default() -> Self {
        Self {
            is_ca: false,
            key_usage: |usage| usage.digital_signature().key_encipherment(),
            extended_key_usage: ExtendedKeyUsage::client_auth,
            not_after: i64::from(i32::MAX),
            digest: MessageDigest::sha256,
        }
    }
}

impl Authority {
    fn new(common_name: &str) -> Self {
        Self {
            name: name(common_name),
            key: PKey::ec_gen("prime256v1").unwrap(),
        }
    }

    fn root(&self) -> Certificate {
        let public = self.key.public_key_to_der().unwrap();
        let profile = Profile {
            is_ca: true,
            key_usage: KeyUsage::key_cert_sign,
            extended_key_usage: |usage| usage.other("2.5.29.37.0"),
            ..Profile::default()
        };
        Certificate::from_der(&self.issue(&self.name, &public, &profile)).unwrap()
    }

    fn sign(&self, csr: &Csr, profile: &Profile) -> Vec<u8> {
        let common_name = csr.subject().trim_start_matches("CN=");
        self.issue(&name(common_name), csr.public_key(), profile)
    }

    fn issue(&self, subject: &X509Name, public_key: &[u8], profile: &Profile) -> Vec<u8> {
        let mut builder = X509Builder::new().unwrap();
        builder.set_version(2).unwrap();
        let mut serial = BigNum::new().unwrap();
        serial.rand(100, MsbOption::MAYBE_ZERO, false).unwrap();
        let serial = Asn1Integer::from_bn(&serial).unwrap();
        builder.set_serial_number(&serial).unwrap();
        builder.set_subject_name(subject).unwrap();
        builder.set_issuer_name(&self.name).unwrap();
        let public_key: PKey<Public> = PKey::public_key_from_der(public_key).unwrap();
        builder.set_pubkey(&public_key).unwrap();
        let [not_before, not_after] =
            [0, profile.not_after].map(|seconds| Asn1Time::from_unix(seconds).unwrap());
        builder.set_not_before(&not_before).unwrap();
        builder.set_not_after(&not_after).unwrap();
        let mut constraints = BasicConstraints::new();
        if profile.is_ca {
            constraints.ca();
        }
        let usage = (profile.key_usage)(&mut KeyUsage::new()).build().unwrap();
        let extended = (profile.extended_key_usage)(&mut ExtendedKeyUsage::new()).build();
        for extension in [constraints.build().unwrap(), usage, extended.unwrap()] {
            builder.append_extension(extension).unwrap();
        }
        builder.sign(&self.key, (profile.digest)()).unwrap();
        builder.build().to_der().unwrap()
    }
}

fn name(common_name: &str) -> X509Name {
    let mut name = X509Name::builder().unwrap();
    name.append_entry_by_text("CN", common_name).unwrap();
    name.build()
}

/// Phones that wait for certificates of a CA that is trusted.
struct Waiting {
    directory: TempDir,
    ca: Authority,
    csrs: Vec<Csr>,
}

impl Waiting {
    fn new(phones: u64) -> Self {
        let waiting = Self {
            directory: tempfile::tempdir().unwrap(),
            ca: Authority::new("Example CA"),
            csrs: Vec::new(),
        };
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let csrs = runtime.block_on(waiting.record(phones));
        Self { csrs, ..waiting }
    }

    fn data(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    async fn record(&self, phones: u64) -> Vec<Csr> {
        let store = format!("sqlite:{}/capf.db", self.data().display());
        let clock = Arc::new(SystemClock);
        let installation = Installation::open(&self.data(), &store, clock, "test")
            .await
            .unwrap();
        let root = self.ca.root();
        let actor = Actor::Admin("test".to_owned());
        let anchor = (TrustPurpose::Capf, root.clone());
        let store = installation.store();
        store
            .import_anchor(&actor, anchor.0, anchor.1)
            .await
            .unwrap();
        let names: Vec<DeviceName> = (0..phones)
            .map(|number| format!("CSF{number}").parse().unwrap())
            .collect();
        let settings = capf::admin::phone::Settings {
            change: PhoneChange {
                operation: Some(CertificateOperation::Install),
                ..PhoneChange::default()
            },
            ..capf::admin::phone::Settings::default()
        };
        capf::admin::phone::add(&installation, names.clone(), &settings)
            .await
            .unwrap();
        let mut csrs = Vec::new();
        for name in names {
            let key = PKey::ec_gen("prime256v1").unwrap();
            let key = key.public_key_to_der().unwrap();
            csrs.push(waiting_phone::sends_key(store, &name, "", &root, &key).await);
        }
        csrs
    }

    fn good(&self, phone: usize) -> Vec<u8> {
        self.ca.sign(&self.csrs[phone], &Profile::default())
    }

    fn capf(&self, arguments: &[&str], input: &[u8]) -> Output {
        let mut process = Command::new(env!("CARGO_BIN_EXE_capf"))
            .arg("--data-dir")
            .arg(self.data())
            .args(["--format", "json"])
            .args(arguments)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // It does not read on where it has seen enough.
        let _ = process.stdin.take().unwrap().write_all(input);
        process.wait_with_output().unwrap()
    }

    fn import(&self, archive: &[u8]) -> (Option<i32>, Value) {
        let output = self.capf(&["cert", "import", "-"], archive);
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
        let result = serde_json::from_slice(&output.stdout).unwrap();
        (output.status.code(), result)
    }

    fn counts(&self) -> Value {
        serde_json::from_slice(&self.capf(&["csr", "count"], b"").stdout).unwrap()
    }

    /// Imports an archive that is refused whole, and gives what is said of it.
    fn refusal(&self, archive: &[u8]) -> String {
        let before = self.counts();
        let output = self.capf(&["cert", "import", "-"], archive);
        assert_eq!(output.status.code(), Some(1));
        assert!(output.stdout.is_empty());
        assert_eq!(self.counts(), before, "something was imported");
        String::from_utf8(output.stderr).unwrap()
    }
}

fn gzip(tar: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(tar).unwrap();
    gzip.finish().unwrap()
}

/// One entry as tar lays it out, under a name that tar's own writer might not take.
fn entry(kind: EntryType, name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut header = tar::Header::new_gnu();
    header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
    header.set_size(bytes.len() as u64);
    header.set_entry_type(kind);
    header.set_mode(0o644);
    header.set_cksum();
    let mut out = [&header.as_bytes()[..], bytes].concat();
    out.resize(out.len().next_multiple_of(512), 0);
    out
}

fn tgz(entries: &[Vec<u8>]) -> Vec<u8> {
    gzip(&[entries.concat(), vec![0; 1024]].concat())
}

fn archive(files: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let entries: Vec<_> = files
        .iter()
        .map(|(name, bytes)| entry(EntryType::Regular, name, bytes))
        .collect();
    tgz(&entries)
}

/// Imports these files around a good certificate of the first phone, which alone goes in; each
/// other one is rejected for its reason.
fn expect_reasons(waiting: &Waiting, files: &[(&str, Vec<u8>, &str)]) {
    let mut all: Vec<_> = files
        .iter()
        .map(|(name, bytes, _)| (*name, bytes.clone()))
        .collect();
    all.insert(1, ("good.der", waiting.good(0)));
    let (code, result) = waiting.import(&archive(&all));
    assert_eq!(code, Some(3));
    assert_eq!(result["accepted"], 1);
    assert_eq!(result["rejected"], files.len());
    for entry in result["entries"].as_array().unwrap() {
        let reason = entry["reason"].as_str().unwrap_or("accepted");
        let expected = files
            .iter()
            .find(|(name, ..)| entry["file"] == *name)
            .map_or("accepted", |(.., expected)| expected);
        assert!(reason.contains(expected), "{}: {reason}", entry["file"]);
        assert_eq!(entry["warnings"], Value::Array(Vec::new()), "{reason}");
    }
    let counts = waiting.counts();
    assert_eq!(counts["issued"], 1);
    assert_eq!(counts["pending"], waiting.csrs.len() - 1);
}

#[test]
fn of_a_mixed_archive_the_good_certificate_goes_in_and_each_other_one_has_its_reason() {
    let waiting = Waiting::new(9);
    let right = Profile::default;
    let stranger = Authority::new("Strange CA");
    let key = PKey::ec_gen("prime256v1").unwrap();
    let unknown = key.public_key_to_der().unwrap();
    let mut forged = waiting.good(7);
    *forged.last_mut().unwrap() ^= 1;
    let bad = [
        (
            "it is a CA's",
            Profile {
                is_ca: true,
                ..right()
            },
        ),
        (
            "it expired at 1970-01-01",
            Profile {
                not_after: 1,
                ..right()
            },
        ),
        (
            "keyUsage lacks digitalSignature",
            Profile {
                key_usage: KeyUsage::key_encipherment,
                ..right()
            },
        ),
        (
            "does not allow client authentication",
            Profile {
                extended_key_usage: ExtendedKeyUsage::server_auth,
                ..right()
            },
        ),
        (
            "SHA-256 or stronger",
            Profile {
                digest: MessageDigest::sha1,
                ..right()
            },
        ),
    ];
    let names = [
        "ca.der",
        "expired.der",
        "usage.der",
        "extended.der",
        "sha1.der",
    ];
    let mut files: Vec<_> = (1..)
        .zip(names)
        .zip(&bad)
        .map(|((phone, name), (expected, profile))| {
            (
                name,
                waiting.ca.sign(&waiting.csrs[phone], profile),
                *expected,
            )
        })
        .collect();
    files.extend([
        (
            "stranger.der",
            stranger.sign(&waiting.csrs[6], &right()),
            "it is not trusted",
        ),
        ("forged.der", forged, "it is not trusted"),
        (
            "unknown.der",
            waiting.ca.issue(&name("CSF0"), &unknown, &right()),
            "no phone waits",
        ),
        (
            "root.der",
            waiting.ca.root().der().to_vec(),
            "no phone waits",
        ),
        ("self.der", stranger.root().der().to_vec(), "no phone waits"),
        ("one.der", waiting.good(8), "two certificates for this key"),
        (
            "other.der",
            waiting.good(8),
            "two certificates for this key",
        ),
    ]);
    expect_reasons(&waiting, &files);
}

#[test]
fn files_that_are_no_certificate_alone_are_named_for_what_they_are() {
    let waiting = Waiting::new(1);
    let good = waiting.good(0);
    let pem = X509::from_der(&good).unwrap().to_pem().unwrap();
    let csr = &waiting.csrs[0];
    expect_reasons(
        &waiting,
        &[
            (
                "cut.der",
                good[..good.len() - 1].to_vec(),
                "cut off or damaged",
            ),
            (
                "longer.der",
                [&good[..], b"\n"].concat(),
                "something stands behind",
            ),
            (
                "twice.der",
                [&good[..], &good].concat(),
                "something stands behind",
            ),
            ("good.pem", pem, "PEM where DER is expected"),
            (
                "csr.der",
                csr.der().to_vec(),
                "a certificate signing request",
            ),
            (
                "csr.pem",
                csr.to_pem().into_bytes(),
                "a CERTIFICATE REQUEST in PEM",
            ),
            ("empty.der", Vec::new(), "empty"),
            ("readme.txt", b"hello".to_vec(), "does not begin like one"),
        ],
    );
}

#[test]
fn a_hostile_archive_is_refused_whole_though_a_good_certificate_stands_in_front() {
    let waiting = Waiting::new(1);
    let good = entry(EntryType::Regular, "good.der", &waiting.good(0));
    for (kind, name, expected) in [
        (
            EntryType::Regular,
            "../x.der",
            "`../x.der` leads out of the archive",
        ),
        (EntryType::Regular, "/etc/x.der", "has an absolute path"),
        (EntryType::Regular, "certs/x.der", "lies in a directory"),
        (
            EntryType::Regular,
            "\u{1b}[2J.der",
            r"`\u{1b}[2J.der` has a control character",
        ),
        (EntryType::Symlink, "x.der", "`x.der` is a link"),
        (EntryType::Link, "x.der", "`x.der` is a link"),
        (EntryType::Fifo, "x.der", "is a named pipe"),
        (EntryType::Block, "x.der", "is a device"),
        (EntryType::Directory, "x", "is a directory"),
        (EntryType::GNUSparse, "x.der", "is a sparse file"),
    ] {
        let hostile = entry(kind, name, b"");
        let said = waiting.refusal(&tgz(&[good.clone(), hostile]));
        assert!(said.contains(expected), "{said}");
    }
    let large = entry(EntryType::Regular, "x.der", &vec![0; 1 << 20]);
    let said = waiting.refusal(&tgz(&[good.clone(), large]));
    assert!(said.contains("1048576 bytes; 65536 are allowed"), "{said}");
    let said = waiting.refusal(&tgz(&[]));
    assert!(said.contains("the archive has no files"), "{said}");

    let whole = tgz(&[good]);
    for length in [
        0,
        1,
        2,
        9,
        10,
        whole.len() / 2,
        whole.len() - 8,
        whole.len() - 1,
    ] {
        let said = waiting.refusal(&whole[..length]);
        assert!(
            said.contains("cut off") || said.contains("not a .tgz"),
            "{said}"
        );
    }
    let said = waiting.refusal(&[&whole[..], b"more"].concat());
    assert!(said.contains("something follows"), "{said}");
    for no_gzip in [&b"PK\x03\x04"[..], b"hello", &waiting.good(0)] {
        let said = waiting.refusal(no_gzip);
        assert!(said.contains("not a .tgz"), "{said}");
    }

    assert_eq!(
        waiting.import(&whole).0,
        Some(0),
        "it was good without them"
    );
}
