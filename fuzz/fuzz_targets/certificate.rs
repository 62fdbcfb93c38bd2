//! Any bytes as what an administrator or a phone gives: a certificate, a request, a public key, in
//! DER or in a file with PEM.

#![no_main]

use std::path::Path;
use std::sync::LazyLock;

use capf::admin::describe;
use capf::model::{Certificate, Csr, DeviceName};
use capf::pki::{Acceptance, KeyFingerprint, PublicKey, Request, TrustStore};
use jiff::Timestamp;

/// Stands for the CAPF certificate.
static AUTHORITY: LazyLock<Certificate> = LazyLock::new(|| {
    let der = &capf_fuzz::certificates()[0];
    Certificate::from_der(der).expect("a recorded certificate can be read")
});

libfuzzer_sys::fuzz_target!(
    init: capf_fuzz::plant("certificate", seeds()),
    |bytes: &[u8]| {
        match describe(bytes, Path::new("a.pem")) {
            Ok(descriptions) => {
                assert!(!descriptions.is_empty());
                for description in descriptions {
                    fit_for_a_terminal(&description.subject);
                    fit_for_a_terminal(&description.public_key);
                }
            }
            Err(error) => drop(error.to_string()),
        }
        match Certificate::from_der(bytes) {
            Ok(certificate) => judge(bytes, &certificate),
            Err(error) => drop(error.to_string()),
        }
        match Csr::from_der(bytes) {
            Ok(csr) => {
                assert_eq!(csr.der(), bytes);
                fit_for_a_terminal(&format!("{csr:?}"));
                look_at_key(csr.public_key());
            }
            Err(error) => drop(error.to_string()),
        }
        look_at_key(bytes);
    }
);

fn seeds() -> Vec<Vec<u8>> {
    let certificates = capf_fuzz::certificates();
    let keys = capf_fuzz::public_keys();
    let requests: Vec<_> = keys.iter().map(|key| request(key).der().to_vec()).collect();
    let pem = Certificate::from_der(&certificates[0])
        .expect("a recorded certificate can be read")
        .to_pem();
    [certificates, keys, requests, vec![pem.into_bytes()]].concat()
}

fn device() -> DeviceName {
    "SEP001122334455".parse().expect("it is a name")
}

fn request(key: &[u8]) -> Csr {
    Request::new(&device(), "CP-8861", &AUTHORITY, key)
        .and_then(Request::unsigned)
        .expect("a request can be made for a key that was found fit")
}

/// What is done with a certificate that a phone hands over, or that an administrator imports.
fn judge(der: &[u8], certificate: &Certificate) {
    assert_eq!(certificate.der(), der);
    fit_for_a_terminal(certificate.subject());
    fit_for_a_terminal(certificate.issuer());
    fit_for_a_terminal(&format!("{certificate:?}"));
    look_at_key(certificate.public_key());
    drop((
        certificate.belongs_to(&device()),
        certificate.subject_serial_number(),
    ));
    let now: Timestamp = "2026-11-23T12:00:00Z".parse().expect("it is a time");
    for anchor in [certificate, &AUTHORITY] {
        let Ok(trust) = TrustStore::new([anchor]) else {
            continue;
        };
        let Ok(policy) = Acceptance::new(&trust, now) else {
            continue;
        };
        let Ok(key) = KeyFingerprint::of(certificate.public_key()) else {
            continue;
        };
        match policy.judge(certificate, &device(), &key) {
            Ok(accepted) => {
                assert!(certificate.not_before() <= now && now <= certificate.not_after());
                PublicKey::from_der(certificate.public_key()).expect("its key is fit for a phone");
                for warning in accepted.warnings {
                    fit_for_a_terminal(&warning.to_string());
                }
            }
            Err(rejection) => drop(rejection.to_string()),
        }
    }
    // As the CAPF certificate, whose names go into those that it issues.
    let _ = Request::new(&device(), "", certificate, AUTHORITY.public_key());
}

fn look_at_key(der: &[u8]) {
    match PublicKey::from_der(der) {
        Ok(key) => {
            assert_eq!(key.der(), der);
            let csr = request(der);
            assert_eq!(csr.public_key(), der);
            assert!(!csr.is_signed());
            let fingerprint = KeyFingerprint::of(der).expect("a fit key has a fingerprint");
            assert_eq!(KeyFingerprint::of(csr.public_key()).ok(), Some(fingerprint));
        }
        Err(error) => fit_for_a_terminal(&error.to_string()),
    }
}

fn fit_for_a_terminal(text: &str) {
    assert!(!text.contains(char::is_control), "{text:?}");
}
