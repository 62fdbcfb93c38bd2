//! CAPF as the issuer: install, upgrade, troubleshoot and delete, judged by `openssl`.

use crate::Place;
use crate::support::openssl::openssl;

/// The settings that ask for a key, and how `openssl x509 -text` names one.
const KEYS: [(&[&str], &str); 2] = [
    (
        &["--key-order", "rsa-only", "--rsa-key-size", "2048"],
        "Public-Key: (2048 bit)",
    ),
    (
        &["--key-order", "ec-only", "--ec-key-size", "256"],
        "NIST CURVE: P-256",
    ),
];

#[test]
fn a_certificate_is_installed_upgraded_fetched_and_deleted() {
    let place = Place::new();
    place.authority();
    let serving = place.serve();
    let server = serving.address.to_string();
    for (number, (key, named)) in KEYS.into_iter().enumerate() {
        let name = &format!("SEP00000000020{number}")[..];
        let session = |operation: &str, status: &str| {
            place.run(&[&["phone", "set", name, "--operation", operation], key].concat());
            place.run(&[
                "phone-sim",
                "--server",
                &server,
                "--ca",
                "CAPF.pem",
                "--state-dir",
                "phones",
                name,
            ]);
            assert_eq!(place.status(name), status);
            place.lsc(name)
        };
        place.run(&["phone", "add", name, "--model", "CP-8861"]);

        let installed = session("install", "Upgrade Success").unwrap();
        judged(&place, name, named);
        let upgraded = session("install", "Upgrade Success").unwrap();
        judged(&place, name, named);
        assert_ne!(installed, upgraded);
        assert_eq!(
            session("troubleshoot", "Troubleshoot Success"),
            Some(upgraded)
        );
        assert_eq!(session("delete", "Delete Success"), None);
        place.run(&[
            "phone",
            "set",
            name,
            "--operation",
            "troubleshoot",
            "--force",
        ]);
        let output = place
            .command(&[
                "phone-sim",
                "--server",
                &server,
                "--state-dir",
                "phones",
                name,
            ])
            .output()
            .unwrap();
        // It is let go as if all were well (R); what came of it, the status says.
        assert_eq!(
            output.status.code(),
            Some(0),
            "{}",
            String::from_utf8_lossy(&output.stdout)
        );
        assert_eq!(place.status(name), "Troubleshoot Failed");
    }
}

fn judged(place: &Place, name: &str, key: &str) {
    let Some(run) = openssl(place.path(), &format!("verify -CAfile CAPF.pem {name}.pem")) else {
        return;
    };
    assert!(run.succeeded, "{}", run.text);
    let run = openssl(place.path(), &format!("x509 -in {name}.pem -noout -text")).unwrap();
    for expected in [
        key,
        &format!("CN = CP-8861-{name}"),
        "Signature Algorithm: sha256WithRSAEncryption",
        "CA:FALSE",
        "Digital Signature, Key Encipherment",
        "TLS Web Server Authentication, TLS Web Client Authentication",
    ] {
        assert!(
            run.text.contains(expected),
            "{expected} is not in\n{}",
            run.text
        );
    }
}
