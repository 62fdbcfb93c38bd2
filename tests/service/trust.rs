//! Chains of CAs as people have them, and who suffers when one goes.

use std::fs;

use crate::Place;

const ROOT: &str = "req -x509 -newkey rsa:1024 -nodes -keyout root.key -out root.pem -days 3650 \
                    -subj /O=Example/CN=Root -addext keyUsage=critical,keyCertSign,cRLSign";

/// Makes a root with a short key and, under it, a CA that ends in 20 days; `false` where there is no
/// `openssl`.
fn make_chain(place: &Place) -> bool {
    let extensions = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n";
    fs::write(place.path().join("sub.ext"), extensions).unwrap();
    [
        ROOT,
        "req -newkey rsa:2048 -nodes -keyout sub.key -out sub.csr -subj /O=Example/CN=Issuing",
        "x509 -req -in sub.csr -CA root.pem -CAkey root.key -set_serial 2 -days 20 \
         -extfile sub.ext -out sub.pem",
        "crl2pkcs7 -nocrl -certfile root.pem -certfile sub.pem -outform der -out chain.p7b",
        "crl2pkcs7 -nocrl -certfile root.pem -certfile sub.pem -out chain.pem",
    ]
    .iter()
    .all(|arguments| place.made(arguments))
}

#[test]
fn a_bundle_is_trusted_whole_and_said_to_be_a_chain() {
    for bundle in ["chain.p7b", "chain.pem"] {
        let place = Place::new();
        if !make_chain(&place) {
            return;
        }
        let output = place
            .command(&["--format", "json", "trust", "import", bundle])
            .output()
            .unwrap();
        assert!(output.status.success());
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(
            said.contains("O=Example, CN=Root: its RSA key has 1024 bits"),
            "{said}"
        );
        assert!(
            said.contains("O=Example, CN=Issuing: it expires in 19 days"),
            "{said}"
        );
        let imported: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let issuers = |rows: &serde_json::Value| {
            let rows = rows.as_array().unwrap().iter();
            rows.map(|row| {
                (
                    row["id"].clone(),
                    row["subject"].clone(),
                    row["issued_by"].clone(),
                )
            })
            .collect::<Vec<_>>()
        };
        let root = (1.into(), "O=Example, CN=Root".into(), "itself".into());
        let sub = (2.into(), "O=Example, CN=Issuing".into(), 1.into());
        assert_eq!(issuers(&imported), [root, sub.clone()]);
        // A second import finds both; a list of what ends soon has the one.
        let again = place.run(&["--format", "csv", "trust", "import", bundle, "sub.pem"]);
        assert_eq!(again.matches("There already").count(), 3, "{again}");
        let soon = place.json(&["trust", "list", "--expiring", "90d"]);
        assert_eq!(issuers(&soon), [sub], "{soon}");
        assert_eq!(
            (&soon[0]["days_left"], &soon[0]["lscs"]),
            (&19.into(), &0.into())
        );
        let shown = place.json(&["trust", "show", "2"]);
        assert_eq!(shown["issuer"], "O=Example, CN=Root", "{shown}");
        assert_eq!(
            place
                .command(&["trust", "show", "3"])
                .output()
                .unwrap()
                .status
                .code(),
            Some(1)
        );
    }
}

#[test]
fn whoever_removes_a_ca_is_told_who_depends_on_it() {
    let place = Place::new();
    if !make_chain(&place) {
        return;
    }
    place.run(&["trust", "import", "sub.pem"]);
    place.run(&["trust", "import", "root.pem", "--purpose", "manufacturing"]);
    for arguments in [
        "req -newkey rsa:2048 -nodes -keyout lsc.key -out lsc.csr -subj /CN=SEP000000000001",
        "x509 -req -in lsc.csr -CA sub.pem -CAkey sub.key -set_serial 7 -days 10 -out lsc.pem",
    ] {
        place.made(arguments);
    }
    let lsc = fs::read_to_string(place.path().join("lsc.pem")).unwrap();
    let phones = format!(
        "Device Name,Certificate Operation,Authentication Mode,LSC\n\
         SEP000000000001,install,lsc,\"{lsc}\"\nSEP000000000002,install,mic,\n"
    );
    fs::write(place.path().join("phones.csv"), phones).unwrap();
    place.run(&["phone", "import", "phones.csv"]);
    let asked = |id| {
        let output = place.command(&["trust", "remove", id]).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8(output.stderr).unwrap()
    };
    let said = asked("1");
    for part in [
        "remove O=Example, CN=Issuing from CAPF-trust. 1 phone holds an LSC that it issued",
        "1 phone with a pending operation is to prove itself",
    ] {
        assert!(said.contains(part), "{said}");
    }
    let said = asked("2");
    assert!(
        said.contains("2 phones with a pending operation are to prove"),
        "{said}"
    );
    // One of the same name and key vouches as well, so that nobody suffers.
    place.made(
        "x509 -req -in sub.csr -CA root.pem -CAkey root.key -set_serial 3 -days 400 \
         -extfile sub.ext -out renewed.pem",
    );
    place.run(&["trust", "import", "renewed.pem"]);
    let said = asked("1");
    assert!(!said.contains("phone"), "{said}");
}
