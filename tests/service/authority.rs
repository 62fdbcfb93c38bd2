//! The CAPF certificate is replaced, signed by another CA and its key encrypted, while phones come and
//! go; with `openssl` as that CA and as the judge.

use serde_json::Value;

use crate::Place;
use crate::support::openssl::openssl;

/// Extensions of a CAPF certificate as a CA must give them.
const CAPF: &str = "basicConstraints=critical,CA:TRUE,pathlen:0\n\
                    keyUsage=critical,digitalSignature,keyCertSign\n\
                    subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n";

/// Makes a root and an issuing CA under it, as `root.pem` and `sub.pem`; `false` where there is no
/// `openssl`.
fn make_cas(place: &Place) -> bool {
    let extensions = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n\
                      subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n";
    std::fs::write(place.path().join("sub.ext"), extensions).unwrap();
    [
        "req -x509 -newkey rsa:2048 -nodes -keyout root.key -out root.pem -days 3650 \
         -subj /O=Example/CN=Root",
        "req -newkey rsa:2048 -nodes -keyout sub.key -out sub.csr -subj /O=Example/CN=Issuing",
        "x509 -req -in sub.csr -CA root.pem -CAkey root.key -set_serial 2 -days 3600 \
         -extfile sub.ext -out sub.pem",
    ]
    .iter()
    .all(|arguments| place.made(arguments))
}

/// Has the issuing CA sign a request, with these extensions and other options, as `signed.pem`.
fn sign(place: &Place, request: &str, extensions: &str, options: &str) {
    std::fs::write(place.path().join("capf.ext"), extensions).unwrap();
    place.made(&format!(
        "x509 -req -in {request} -CA sub.pem -CAkey sub.key -set_serial 3 -extfile capf.ext \
             -out signed.pem {options}"
    ));
}

/// A phone comes to install an LSC, and believes the server with this certificate alone.
fn enrols(place: &Place, server: &str, ca: &str, name: &str) {
    let words = ["phone-sim", "--server", server, "--ca", ca];
    let state = ["--state-dir", "phones", name];
    place.run(&[&words[..], &state].concat());
    assert_eq!(place.status(name), "Upgrade Success");
    place.lsc(name).unwrap();
}

/// The same, of a service that is about to show another certificate.
fn enrols_at_last(place: &Place, server: &str, ca: &str, name: &str) {
    let words = [
        "phone-sim",
        "--server",
        server,
        "--ca",
        ca,
        "--retries",
        "0",
    ];
    let comes = || place.command(&words).arg(name).output().unwrap().status;
    for _ in 0..300 {
        if comes().success() {
            assert_eq!(place.status(name), "Upgrade Success");
            place.lsc(name).unwrap();
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    panic!("the service never shows its new certificate");
}

fn add(place: &Place, name: &str) {
    let key = ["--operation", "install", "--key-order", "ec-only"];
    place.run(&[&["phone", "add", name], &key[..]].concat());
}

fn regenerate(place: &Place, options: &[&str]) -> Value {
    place.json(&[&["--yes", "ca", "regenerate"], options].concat())
}

#[test]
fn a_new_capf_certificate_is_taken_at_once_and_lscs_under_the_old_one_go_on_being_proof() {
    let place = Place::new();
    let old = place.authority();
    let serving = place.serve();
    let server = serving.address.to_string();
    add(&place, "SEP000000000001");
    enrols(&place, &server, "CAPF.pem", "SEP000000000001");

    // Without `--yes` and without a terminal nothing happens.
    let asked = place.command(&["ca", "regenerate"]).output().unwrap();
    assert_eq!(asked.status.code(), Some(2));
    let said = String::from_utf8(asked.stderr).unwrap();
    assert!(said.contains("1 phone holds an LSC"), "{said}");
    assert_eq!(place.authority(), old);
    let replaced = regenerate(&place, &["--key", "ec384", "--days", "4000"]);
    assert_eq!(replaced["former_phones"], 1);
    assert_eq!(replaced["former"], old.subject());
    std::fs::rename(place.path().join("CAPF.pem"), place.path().join("old.pem")).unwrap();
    let new = place.authority();
    assert_ne!(new.subject(), old.subject());

    // A phone that knows the old one alone is kept away by TLS, once the service has the new one.
    add(&place, "SEP000000000002");
    enrols_at_last(&place, &server, "CAPF.pem", "SEP000000000002");
    let refused = place
        .command(&["phone-sim", "--server", &server, "--ca", "old.pem"])
        .args(["--retries", "0", "SEP000000000002"])
        .output()
        .unwrap();
    assert_eq!(refused.status.code(), Some(1));
    for (lsc, ca) in [
        ("SEP000000000001", "old.pem"),
        ("SEP000000000002", "CAPF.pem"),
    ] {
        place.made(&format!("verify -CAfile {ca} {lsc}.pem"));
    }

    // The LSC under the old one is the proof by which its phone is given one under the new.
    let show = place.json(&["ca", "show"]);
    assert_eq!(show["others"][0]["subject"], old.subject());
    assert_eq!(show["others"][0]["phones"], 1);
    let again = ["--operation", "install", "--auth-mode", "lsc"];
    place.run(&[&["phone", "set", "SEP000000000001"], &again[..]].concat());
    enrols(&place, &server, "CAPF.pem", "SEP000000000001");
    place.made("verify -CAfile CAPF.pem SEP000000000001.pem");
    let show = place.json(&["ca", "show"]);
    assert_eq!(show["others"][0]["phones"], 0);
    assert_eq!(show["phones"], 2);
}

#[test]
fn another_ca_signs_the_capf_certificate_and_what_is_unfit_changes_nothing() {
    let place = Place::new();
    let self_signed = place.authority();
    if !make_cas(&place) {
        return;
    }
    let serving = place.serve();
    let server = serving.address.to_string();
    let request = ["ca", "csr", "--new-key", "rsa3072", "--output", "CAPF.csr"];
    place.run(&request);
    place.made("req -in CAPF.csr -verify -noout");

    // The same key under a name that no CAPF has.
    place.made("req -new -key data/ca-request/capf.key -subj /O=Example/CN=Voice -out Voice.csr");
    let no_ca = CAPF.replace("CA:TRUE,pathlen:0", "CA:FALSE");
    let long = CAPF.replace(",pathlen:0", "");
    let whole = &["signed.pem", "sub.pem", "root.pem"][..];
    for (request, extensions, options, files, says) in [
        ("CAPF.csr", &no_ca[..], "", whole, "CA"),
        ("CAPF.csr", &long, "", whole, "path length of 0"),
        (
            "Voice.csr",
            CAPF,
            "",
            whole,
            "no `CAPF-` in its common name",
        ),
        ("CAPF.csr", CAPF, "-sha1", whole, "does not verify"),
        (
            "CAPF.csr",
            CAPF,
            "",
            &["signed.pem", "root.pem"],
            "CN=Issuing` is missing",
        ),
        (
            "CAPF.csr",
            CAPF,
            "",
            &["sub.pem"],
            "none of its 1 certificates",
        ),
    ] {
        sign(&place, request, extensions, options);
        let said = place.fails(&[&["--yes", "ca", "import"], files].concat());
        assert!(said.contains(says), "{says}: {said}");
        assert!(said.contains("Nothing was changed"), "{says}: {said}");
    }
    assert_eq!(place.authority(), self_signed);

    sign(&place, "CAPF.csr", CAPF, "-days 3000");
    place.made("crl2pkcs7 -nocrl -certfile root.pem -certfile signed.pem -certfile sub.pem -out answer.p7b",
    );
    let replaced = place.json(&["--yes", "ca", "import", "answer.p7b"]);
    assert_eq!(replaced["former"], self_signed.subject());
    let show = place.json(&["ca", "show"]);
    assert_eq!(show["chain"].as_array().unwrap().len(), 2);
    let chain = place.run(&["ca", "export", "--chain"]);
    std::fs::write(place.path().join("chain.pem"), chain).unwrap();
    add(&place, "SEP000000000003");
    // The phone's CTL file holds the root: the service shows what is between.
    enrols_at_last(&place, &server, "root.pem", "SEP000000000003");
    place.made("verify -CAfile root.pem -untrusted chain.pem SEP000000000003.pem");
}

#[test]
fn a_key_with_a_passphrase_serves_whoever_knows_it() {
    let place = Place::new();
    let certificate = place.authority();
    for (file, words) in [("one", "correct horse\n"), ("other", "battery staple\n")] {
        let path = place.path().join(file);
        std::fs::write(&path, words).unwrap();
        let mut mode = std::fs::metadata(&path).unwrap().permissions();
        std::os::unix::fs::PermissionsExt::set_mode(&mut mode, 0o600);
        std::fs::set_permissions(&path, mode).unwrap();
    }
    place.run(&["ca", "passphrase", "--new-file", "one"]);
    if !place.made("pkey -in data/ca/capf.key -passin file:one -noout") {
        return;
    }
    let wrong = openssl(
        place.path(),
        "pkey -in data/ca/capf.key -passin file:other -noout",
    );
    assert!(!wrong.unwrap().succeeded);
    assert!(place.json(&["ca", "show"])["key_encrypted"] == true);

    let listen = ["--listen", "127.0.0.1:0"];
    for without in [&[][..], &["--ca-passphrase-file", "other"]] {
        let said = place.fails(&[&["serve"], &listen[..], without].concat());
        assert!(said.contains("--ca-passphrase-file"), "{said}");
    }
    let with_it = ["--ca-passphrase-file", "one"];
    place.run(&[&with_it[..], &["ca", "passphrase", "--new-file", "other"]].concat());
    let said = place.fails(&[&with_it[..], &["--yes", "ca", "regenerate"]].concat());
    assert!(said.contains("passphrase"), "{said}");
    assert_eq!(place.authority(), certificate);

    // A new one is encrypted as the one before it.
    let with_it = ["--ca-passphrase-file", "other"];
    place.run(&[&with_it[..], &["--yes", "ca", "regenerate"]].concat());
    assert!(place.json(&["ca", "show"])["key_encrypted"] == true);
    place.made("pkey -in data/ca/capf.key -passin file:other -noout");
    place.run(&[&with_it[..], &["--yes", "ca", "passphrase", "--remove"]].concat());
    place.made("pkey -in data/ca/capf.key -noout");
    assert!(place.json(&["ca", "show"])["key_encrypted"] == false);
}
