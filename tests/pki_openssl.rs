//! What `pki` makes, in the judgement of the `openssl` command; and what the command makes, in
//! the judgement of `pki`.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::fs;
use std::path::Path;

use capf::model::{Certificate, DeviceName};
use capf::pki::{
    Acceptance, Issuer, IssuerName, KeyFingerprint, LscOrder, OutsideCa, Rejection, Request,
    TrustStore,
};
use jiff::{SignedDuration, Timestamp};
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::sign::Signer;
use support::openssl::openssl;
use tempfile::TempDir;

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

fn device() -> DeviceName {
    "SEPB000B4BA0AEE".parse().unwrap()
}

fn issuer() -> Issuer {
    let name = IssuerName {
        country: Some("AU".to_owned()),
        organization: "stormin".to_owned(),
        organizational_unit: Some("IST".to_owned()),
        ..IssuerName::default()
    };
    Issuer::create(&name, now()).unwrap()
}

/// A key of every kind that a phone is asked for, the slow RSA sizes excepted.
fn keys() -> Vec<PKey<Private>> {
    let rsa = [512, 1024, 2048].map(|bits| PKey::from_rsa(Rsa::generate(bits).unwrap()).unwrap());
    let ec = ["prime256v1", "secp384r1", "secp521r1"].map(|curve| PKey::ec_gen(curve).unwrap());
    rsa.into_iter().chain(ec).collect()
}

fn lsc(issuer: &Issuer, key: &PKey<Private>) -> Certificate {
    let order = LscOrder {
        device: &device(),
        model: "CP-8861",
        serial_number: Some("PID:CP-8861 SN:FCH18198CNQ"),
        public_key: &key.public_key_to_der().unwrap(),
        validity_days: 1825,
    };
    issuer.issue(&order, now()).unwrap()
}

fn request(issuer: &Issuer, key: &PKey<Private>) -> Request {
    Request::new(
        &device(),
        "CP-8861",
        issuer.certificate(),
        &key.public_key_to_der().unwrap(),
    )
    .unwrap()
}

fn write(directory: &TempDir, name: &str, text: impl AsRef<[u8]>) {
    fs::write(directory.path().join(name), text).unwrap();
}

fn contains(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "`{part}` is missing in\n{text}");
    }
}

#[test]
fn lscs_verify_as_clients_and_servers() {
    let directory = TempDir::new().unwrap();
    let issuer = issuer();
    write(&directory, "CAPF.pem", issuer.certificate().to_pem());
    for key in keys() {
        write(&directory, "lsc.pem", lsc(&issuer, &key).to_pem());
        for purpose in ["sslclient", "sslserver"] {
            // The level of security is for RSA-512, which old phones have.
            let Some(run) = openssl(
                directory.path(),
                &format!(
                    "verify -CAfile CAPF.pem -attime {} -purpose {purpose} -auth_level 0 lsc.pem",
                    now().as_second()
                ),
            ) else {
                return;
            };
            assert!(run.succeeded, "{}", run.text);
        }
    }
}

#[test]
fn the_capf_certificate_and_an_lsc_read_as_their_profiles_say() {
    let directory = TempDir::new().unwrap();
    let issuer = issuer();
    let key = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
    write(&directory, "CAPF.pem", issuer.certificate().to_pem());
    write(&directory, "lsc.pem", lsc(&issuer, &key).to_pem());
    let read = |file: &str| {
        let command = format!("x509 -in {file} -noout -text -nameopt RFC2253,-dn_rev");
        openssl(directory.path(), &command)
    };
    let (Some(capf), Some(lsc)) = (read("CAPF.pem"), read("lsc.pem")) else {
        return;
    };
    let common_name = issuer.certificate().common_name().unwrap();
    contains(
        &capf.text,
        &[
            "Version: 3 (0x2)",
            "Signature Algorithm: sha256WithRSAEncryption",
            &format!("Issuer: C=AU,O=stormin,OU=IST,CN={common_name}\n"),
            &format!("Subject: C=AU,O=stormin,OU=IST,CN={common_name}\n"),
            "Not Before: Nov 23 11:00:00 2026 GMT",
            "Not After : Nov 18 12:00:00 2046 GMT",
            "(2048 bit)",
            "X509v3 Basic Constraints: critical\n                CA:TRUE, pathlen:0\n",
            "X509v3 Key Usage: critical\n                Digital Signature, Certificate Sign\n",
            "X509v3 Subject Key Identifier:",
        ],
    );
    contains(
        &lsc.text,
        &[
            "Version: 3 (0x2)",
            "Signature Algorithm: sha256WithRSAEncryption",
            &format!("Issuer: C=AU,O=stormin,OU=IST,CN={common_name}\n"),
            "PID:CP-8861 SN:FCH18198CNQ,C=AU,O=stormin,OU=IST,CN=CP-8861-SEPB000B4BA0AEE\n",
            "Not Before: Nov 23 11:00:00 2026 GMT",
            "Not After : Nov 22 12:00:00 2031 GMT",
            "X509v3 Basic Constraints: critical\n                CA:FALSE\n",
            "X509v3 Key Usage: critical\n                Digital Signature, Key Encipherment\n",
            "TLS Web Server Authentication, TLS Web Client Authentication, IPSec End System\n",
            "X509v3 Subject Alternative Name: \n                URI:SEPB000B4BA0AEE\n",
        ],
    );
    assert!(!lsc.text.contains("Authority Key Identifier"));
}

#[test]
fn signed_requests_verify() {
    let directory = TempDir::new().unwrap();
    let issuer = issuer();
    for key in keys() {
        let request = request(&issuer, &key);
        let signature = Signer::new(MessageDigest::sha256(), &key)
            .unwrap()
            .sign_oneshot_to_vec(request.info())
            .unwrap();
        write(
            &directory,
            "phone.csr",
            request.signed(&signature).unwrap().to_pem(),
        );
        let Some(run) = openssl(directory.path(), "req -in phone.csr -verify -noout -text") else {
            return;
        };
        assert!(run.succeeded, "{}", run.text);
        contains(
            &run.text,
            &[
                "verify OK",
                "CP-8861-SEPB000B4BA0AEE",
                "Digital Signature, Key Encipherment",
                "TLS Web Server Authentication, TLS Web Client Authentication, IPSec End System",
            ],
        );
    }
}

#[test]
fn unsigned_requests_are_read_but_do_not_verify() {
    let directory = TempDir::new().unwrap();
    let issuer = issuer();
    for key in keys() {
        let csr = request(&issuer, &key).unsigned().unwrap();
        write(&directory, "phone.csr", csr.to_pem());
        let Some(read) = openssl(directory.path(), "req -in phone.csr -noout -text") else {
            return;
        };
        assert!(read.succeeded, "{}", read.text);
        contains(
            &read.text,
            &[
                "CP-8861-SEPB000B4BA0AEE",
                "Digital Signature, Key Encipherment",
            ],
        );
        let verified = openssl(directory.path(), "req -in phone.csr -verify -noout").unwrap();
        assert!(!verified.text.contains("verify OK"), "{}", verified.text);
    }
}

#[test]
fn the_outside_cas_certificates_verify() {
    let directory = TempDir::new().unwrap();
    let ca = OutsideCa::create("Example Root", now()).unwrap();
    write(&directory, "root.pem", ca.certificate().to_pem());
    let issuer = issuer();
    for key in keys() {
        let csr = request(&issuer, &key).unsigned().unwrap();
        let certificate = ca.sign(&csr, now()).unwrap();
        write(&directory, "phone.pem", certificate.to_pem());
        let command = format!(
            "verify -CAfile root.pem -attime {} -purpose sslclient -auth_level 0 phone.pem",
            now().as_second()
        );
        let Some(run) = openssl(directory.path(), &command) else {
            return;
        };
        assert!(run.succeeded, "{}", run.text);
    }
}

/// Makes a root with the command and lets it certify the bare key of an unsigned request.
fn certified_by_the_command(directory: &Path, options: &str) -> Option<(Certificate, Certificate)> {
    let read = |name: &str| {
        let der = fs::read(directory.join(name)).unwrap();
        Certificate::from_der(&der).unwrap()
    };
    for command in [
        "req -x509 -newkey rsa:2048 -nodes -keyout root.key -out root.pem -subj /CN=Root",
        "x509 -in root.pem -outform der -out root.der",
        &format!(
            "x509 -new -force_pubkey phone.pub -subj /CN=SEPB000B4BA0AEE -days 30 \
             -CA root.pem -CAkey root.key {options} -outform der -out phone.der"
        ),
    ] {
        let run = openssl(directory, command)?;
        assert!(run.succeeded, "openssl {command}\n{}", run.text);
    }
    Some((read("root.der"), read("phone.der")))
}

#[test]
fn certificates_of_an_openssl_ca_are_accepted_with_rsassa_pss_too_but_not_with_sha_1() {
    let directory = TempDir::new().unwrap();
    let key = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
    let csr = request(&issuer(), &key).unsigned().unwrap();
    write(&directory, "phone.pub", csr.public_key_pem());
    for (options, strong) in [
        ("-sha256", true),
        ("-sha384 -sigopt rsa_padding_mode:pss", true),
        ("-sha256 -sigopt rsa_padding_mode:pss", true),
        ("-sha1 -sigopt rsa_padding_mode:pss", false),
        ("-sha1", false),
    ] {
        let Some((root, certificate)) = certified_by_the_command(directory.path(), options) else {
            return;
        };
        let trust = TrustStore::new([&root]).unwrap();
        // The command knows no time but the system's.
        let then = certificate.not_before() + SignedDuration::from_hours(1);
        let key = KeyFingerprint::of(csr.public_key()).unwrap();
        let policy = Acceptance::new(&trust, then).unwrap();
        match policy.judge(&certificate, &device(), &key) {
            Ok(accepted) => {
                assert!(strong, "{options}");
                assert_eq!(accepted.warnings, []);
                assert_eq!(accepted.issuer_not_after, root.not_after());
            }
            Err(Rejection::WeakSignature { .. }) => assert!(!strong, "{options}"),
            Err(rejection) => panic!("{options}: {rejection}"),
        }
    }
}
