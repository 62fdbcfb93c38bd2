//! Certificates are revoked while the service runs, by CAs that are the `openssl` command.

use std::fs;
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::Duration;

use serde_json::Value;

use crate::Place;

/// What `openssl ca` needs to sign and to revoke.
const CONFIGURATION: &str = "\
[ca]
default_ca=it
[it]
database=index.txt
serial=serial
crlnumber=crlnumber
new_certs_dir=.
default_md=sha256
default_days=365
default_crl_days=30
unique_subject=no
policy=any
[any]
commonName=supplied
[phone]
basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature,keyEncipherment
extendedKeyUsage=clientAuth,serverAuth
authorityKeyIdentifier=keyid
";

const CA: &str =
    "-addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign";

/// Makes a CA, `NAME.pem`, that can revoke; `false` where there is no `openssl`.
fn make_ca(place: &Place, name: &str) -> bool {
    let here = place.path();
    fs::write(here.join("ca.cnf"), CONFIGURATION).unwrap();
    fs::write(here.join("index.txt"), "").unwrap();
    fs::write(here.join("serial"), "00C0FFEE").unwrap();
    fs::write(here.join("crlnumber"), "01").unwrap();
    place.made(&format!(
        "req -x509 -newkey rsa:2048 -nodes -keyout {name}.key -out {name}.pem -days 3650 \
         -subj /O=Example/CN={name} {CA}"
    ))
}

fn ca(place: &Place, name: &str, words: &str) {
    place.made(&format!(
        "ca -batch -config ca.cnf -keyfile {name}.key -cert {name}.pem {words}"
    ));
}

/// Publishes the CA's list as `ca.crl`, in DER.
fn publish(place: &Place, name: &str) {
    ca(place, name, "-gencrl -out crl.pem");
    place.made("crl -in crl.pem -outform der -out ca.crl");
}

/// A phone with a MIC comes, and proves itself by it; tells whether that went well.
fn comes(place: &Place, server: &str, phone: &str) -> bool {
    let mic = format!("{phone}.mic");
    let words = [
        "phone-sim",
        "--server",
        server,
        "--mic",
        &mic,
        "--auth-mode",
        "mic",
        "--retries",
        "0",
        phone,
    ];
    place.command(&words).output().unwrap().status.success()
}

fn schedule(place: &Place, phone: &str) {
    place.run(&[
        "phone",
        "set",
        phone,
        "--operation",
        "install",
        "--auth-mode",
        "mic",
    ]);
}

#[test]
fn a_phone_whose_mic_is_revoked_enrols_no_more_from_the_import_on() {
    const PHONES: [&str; 2] = ["SEP000000000001", "SEP000000000002"];
    let place = Place::new();
    if !make_ca(&place, "Factory") {
        return;
    }
    for phone in PHONES {
        place.made(&format!(
            "req -newkey rsa:2048 -nodes -keyout {phone}.key -out {phone}.csr -subj /CN=CP-8861-{phone}"
        ));
        ca(
            &place,
            "Factory",
            &format!("-extensions phone -in {phone}.csr -out {phone}.pem"),
        );
        let parts = ["key", "pem"].map(|end| fs::read(place.path().join(format!("{phone}.{end}"))));
        let [key, certificate] = parts.map(Result::unwrap);
        fs::write(
            place.path().join(format!("{phone}.mic")),
            [key, certificate].concat(),
        )
        .unwrap();
        place.run(&["phone", "add", phone, "--key-order", "ec-only"]);
        schedule(&place, phone);
    }
    publish(&place, "Factory");
    let unknown = place.fails(&["trust", "crl", "import", "ca.crl"]);
    assert!(
        unknown.contains("no trust anchor has the name of its issuer"),
        "{unknown}"
    );
    place.run(&[
        "trust",
        "import",
        "Factory.pem",
        "--purpose",
        "manufacturing",
    ]);
    let empty = place.json(&["trust", "crl", "import", "ca.crl"]);
    assert_eq!(empty[0]["entries"], 0, "{empty}");
    let serving = place.serve();
    let server = serving.address.to_string();
    for phone in PHONES {
        assert!(comes(&place, &server, phone), "{phone}");
        assert_eq!(place.status(phone), "Upgrade Success");
        schedule(&place, phone);
    }

    fs::rename(place.path().join("ca.crl"), place.path().join("old.crl")).unwrap();
    ca(
        &place,
        "Factory",
        &format!("-revoke {}.pem -crl_reason keyCompromise", PHONES[0]),
    );
    publish(&place, "Factory");
    let list = place.json(&["trust", "crl", "import", "crl.pem"]);
    assert_eq!(list[0]["added"], 1, "{list}");
    assert!(!comes(&place, &server, PHONES[0]));
    assert_eq!(place.status(PHONES[0]), "Upgrade Failed: Invalid MIC");
    assert!(comes(&place, &server, PHONES[1]));
    assert_eq!(place.status(PHONES[1]), "Upgrade Success");

    // The list of before would trust it again, and is refused; what is asked for is done.
    let older = place.fails(&["trust", "crl", "import", "old.crl"]);
    assert!(older.contains("is older than the one of"), "{older}");
    let again = place.run(&["--format", "csv", "trust", "crl", "import", "ca.crl"]);
    assert!(again.contains("There already"), "{again}");
    let listed = place.json(&["trust", "crl", "list"]);
    assert_eq!(
        (&listed[0]["entries"], &listed[0]["number"]),
        (&1.into(), &"2".into()),
        "{listed}"
    );
    place.run(&["--yes", "trust", "crl", "remove", "1"]);
    schedule(&place, PHONES[0]);
    assert!(comes(&place, &server, PHONES[0]));

    // A list goes with the CA whose it is.
    place.run(&["trust", "crl", "import", "ca.crl"]);
    place.run(&["--yes", "trust", "remove", "1"]);
    assert_eq!(place.json(&["trust", "crl", "list"]), serde_json::json!([]));
}

/// Runs `tar` in the place.
fn tar(place: &Place, words: &[&str]) {
    let tar = Command::new("tar")
        .args(words)
        .current_dir(place.path())
        .status();
    assert!(tar.unwrap().success());
}

const COMPANYS: [&str; 2] = ["SEP000000000001", "SEP000000000002"];

/// Has the company's CA sign the certificates of two phones that wait, and revoke the first; gives the
/// phones, which go on waiting, and how the import ended.
fn import_with_a_revoked_one(place: &Place, server: &str) -> (Child, Output) {
    let phones = place
        .command(&[
            "phone-sim",
            "--server",
            server,
            "--state-dir",
            "phones",
            "--retries",
            "1",
        ])
        .args(COMPANYS)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    while place.json(&["csr", "count"])["pending"] != 2 {
        sleep(Duration::from_millis(50));
    }
    place.run(&["csr", "dump", "csrs.tgz"]);
    tar(place, &["xzf", "csrs.tgz"]);
    fs::create_dir(place.path().join("certs")).unwrap();
    for phone in COMPANYS {
        let words = format!("-extensions phone -notext -in {phone}.csr -out {phone}.signed");
        ca(place, "Company", &words);
        place.made(&format!(
            "x509 -in {phone}.signed -outform der -out certs/{phone}.der"
        ));
    }
    let revoke = format!("-revoke {}.signed -crl_reason superseded", COMPANYS[0]);
    ca(place, "Company", &revoke);
    publish(place, "Company");
    place.run(&["trust", "crl", "import", "ca.crl"]);
    tar(place, &["czf", "certs.tgz", "-C", "certs", "."]);
    let words = ["--format", "json", "cert", "import", "certs.tgz"];
    (phones, place.command(&words).output().unwrap())
}

#[test]
fn a_revoked_certificate_is_not_imported_and_a_revoked_lsc_is_told() {
    let place = Place::new();
    if !make_ca(&place, "Company") {
        return;
    }
    place.run(&["trust", "import", "Company.pem"]);
    place.run(&[
        "parameter",
        "set",
        "Certificate Issuer to Endpoint",
        "Offline CA",
    ]);
    place.run(&["parameter", "set", "CSR Proof", "sign"]);
    for phone in COMPANYS {
        place.run(&[
            "phone",
            "add",
            phone,
            "--operation",
            "install",
            "--key-order",
            "ec-only",
        ]);
    }
    let serving = place.serve();
    let server = serving.address.to_string();
    let (mut phones, output) = import_with_a_revoked_one(&place, &server);
    assert_eq!(output.status.code(), Some(3));
    let import: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        (&import["accepted"], &import["rejected"]),
        (&1.into(), &1.into()),
        "{import}"
    );
    let reason = "it, or its CA's certificate, is revoked";
    assert_eq!(import["reasons"][0]["reason"], reason, "{import}");
    while place.status(COMPANYS[1]) != "Upgrade Success" {
        sleep(Duration::from_millis(50));
    }
    phones.kill().unwrap();
    phones.wait().unwrap();

    // The one that was taken is revoked afterwards: whoever imports the list is told, and `check` tells.
    ca(
        &place,
        "Company",
        &format!("-revoke {}.signed", COMPANYS[1]),
    );
    publish(&place, "Company");
    let output = place
        .command(&["trust", "crl", "import", "ca.crl"])
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("1 phone holds a revoked LSC: SEP000000000002."),
        "{said}"
    );
    let check = place.command(&["check"]).output().unwrap();
    let check = String::from_utf8(check.stdout).unwrap();
    let warning = "[WARNING] 1 phone holds a revoked LSC (SEP000000000002)";
    assert!(check.contains(warning), "{check}");
    // And it is proof no more.
    place.run(&[
        "phone",
        "set",
        COMPANYS[1],
        "--operation",
        "install",
        "--auth-mode",
        "lsc",
    ]);
    let words = [
        "phone-sim",
        "--server",
        &server,
        "--state-dir",
        "phones",
        "--auth-mode",
        "lsc",
    ];
    let output = place
        .command(&words)
        .args(["--retries", "0", COMPANYS[1]])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(place.status(COMPANYS[1]), "Upgrade Failed: Invalid LSC");
}
