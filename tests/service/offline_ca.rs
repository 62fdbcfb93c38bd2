//! The whole Offline CA round, with `openssl` alone as the CA.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::Place;
use crate::support::openssl::openssl;

const PHONES: usize = 50;
const NAMES: &str = "SEP0000000A0001..SEP0000000A0032";

/// The extensions that the CA gives a phone.
const EXTENSIONS: &str = "basicConstraints=critical,CA:FALSE\n\
     keyUsage=critical,digitalSignature,keyEncipherment\n\
     extendedKeyUsage=serverAuth,clientAuth\n";

fn names() -> impl Iterator<Item = String> {
    (1..=PHONES).map(|number| format!("SEP0000000A{number:04X}"))
}

#[test]
fn fifty_phones_wait_for_certificates_of_a_ca_that_takes_signed_requests() {
    round("sign", |place, name| {
        sign(
            place,
            &format!(
                "x509 -req -in csrs/{name}.csr -CA ca.pem -CAkey ca.key -days 365 -extfile lsc.ext -outform der -out certs/{name}.der"
            ),
        );
    });
}

#[test]
fn fifty_phones_wait_for_certificates_of_a_ca_that_takes_bare_keys() {
    round("none", |place, name| {
        sign(
            place,
            &format!(
                "x509 -new -force_pubkey csrs/{name}.pub.pem -subj /O=Example/CN={name} -CA ca.pem -CAkey ca.key -days 365 -extfile lsc.ext -outform der -out certs/{name}.der"
            ),
        );
    });
}

fn sign(place: &Place, words: &str) {
    let run = openssl(place.path(), words).unwrap();
    assert!(run.succeeded, "{}", run.text);
}

fn round(proof: &str, sign: impl Fn(&Place, &str)) {
    let place = Place::new();
    let here = place.path();
    fs::write(here.join("lsc.ext"), EXTENSIONS).unwrap();
    let made = openssl(
        here,
        "req -x509 -newkey rsa:2048 -nodes -subj /O=Example/CN=Example_CA -addext keyUsage=critical,keyCertSign -keyout ca.key -out ca.pem -days 3650",
    );
    // Where there is no `openssl`, there is no CA: it has been said, and in CI it is a failure.
    if made.is_none() {
        return;
    }
    place.run(&["trust", "import", "ca.pem"]);
    place.run(&[
        "parameter",
        "set",
        "Certificate Issuer to Endpoint",
        "Offline CA",
    ]);
    place.run(&["parameter", "set", "CSR Proof", proof]);
    place.run(&[
        "phone",
        "add",
        NAMES,
        "--operation",
        "install",
        "--key-order",
        "ec-only",
        "--ec-key-size",
        "256",
    ]);
    let serving = place.serve();

    let phones = phones(&place, &serving.address.to_string());
    until(|| count(&place, "pending") == PHONES);
    assert_eq!(held(&place), PHONES);

    place.run(&["csr", "dump", "csrs.tgz"]);
    assert_eq!(count(&place, "dumped"), PHONES);
    unpack(here, "csrs");
    fs::create_dir(here.join("certs")).unwrap();
    for name in names() {
        sign(&place, &name);
    }
    pack(here, "certs");

    let import = place.json(&["cert", "import", "certs.tgz"]);
    let committed = Instant::now();
    assert_eq!(import["accepted"], PHONES, "{import}");
    until(|| count(&place, "issued") == 0);
    println!(
        "{PHONES} phones had their certificates {:?} after the import",
        committed.elapsed()
    );

    let output = phones.wait_with_output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
    let mut serial_numbers = BTreeSet::new();
    for name in names() {
        assert_eq!(place.status(&name), "Upgrade Success");
        place.lsc(&name).unwrap();
        let run = openssl(here, &format!("verify -CAfile ca.pem {name}.pem")).unwrap();
        assert!(run.succeeded, "{}", run.text);
        let run = openssl(here, &format!("x509 -in {name}.pem -noout -serial")).unwrap();
        serial_numbers.insert(run.text);
    }
    assert_eq!(serial_numbers.len(), PHONES);
    let counts = place.json(&["csr", "count"]);
    for state in [
        "pending",
        "dumped",
        "issued",
        "superseded",
        "valid",
        "invalid",
    ] {
        assert_eq!(counts[state], 0, "{counts}");
    }
    let found = place.json(&[
        "phone",
        "find",
        "--where",
        "LSC Status is exactly Upgrade Success",
        "--rows",
        "100",
    ]);
    assert_eq!(found.as_array().map(Vec::len), Some(PHONES), "{found}");
}

fn phones(place: &Place, server: &str) -> Child {
    let jobs = PHONES.to_string();
    place
        .command(&[
            "phone-sim",
            "--server",
            server,
            "--state-dir",
            "phones",
            "--jobs",
            &jobs,
            NAMES,
        ])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

fn count(place: &Place, state: &str) -> usize {
    let counts = place.json(&["csr", "count"]);
    usize::try_from(counts[state].as_u64().unwrap()).unwrap()
}

/// How many sessions are held, when as many are on the list as there are phones.
fn held(place: &Place) -> usize {
    let mut held = 0;
    until(|| {
        let sessions = place.json(&["session", "list"]);
        held = sessions
            .as_array()
            .unwrap()
            .iter()
            .filter(|session| session["state"] == "AWAIT CA RESP")
            .count();
        held == PHONES
    });
    let status = place.json(&["service", "status"]);
    assert_eq!(
        (&status["sessions"], &status["held"]),
        (&held.into(), &held.into())
    );
    held
}

fn until(mut is_so: impl FnMut() -> bool) {
    // Not a measure of speed: it only keeps a test that waits in vain from waiting for ever.
    let begun = Instant::now();
    while !is_so() {
        assert!(
            begun.elapsed() < Duration::from_mins(2),
            "it never came to be so"
        );
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// As the chapter says: `tar cvzf NAME.tgz *.der`.
fn pack(here: &Path, what: &str) {
    let script = format!("cd {what} && tar czf ../{what}.tgz *.der");
    assert!(
        Command::new("sh")
            .args(["-c", &script])
            .current_dir(here)
            .status()
            .unwrap()
            .success()
    );
}

fn unpack(here: &Path, what: &str) {
    fs::create_dir(here.join(what)).unwrap();
    let script = format!("tar xzf {what}.tgz -C {what}");
    assert!(
        Command::new("sh")
            .args(["-c", &script])
            .current_dir(here)
            .status()
            .unwrap()
            .success()
    );
}
