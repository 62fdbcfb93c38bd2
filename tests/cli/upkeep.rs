//! `capf trust`, `ca` and `trace`.

use capf::clock::{Clock as _, SystemClock};
use capf::pki::OutsideCa;
use insta::assert_snapshot;

use super::{Home, settings};

#[test]
fn a_trace_that_is_not_there_is_an_error_that_names_the_list() {
    let home = Home::new();
    assert_snapshot!(home.run(&["trace", "list"]), @"
    Trace  Device Name  Type  Written  Bytes
    --- exit code 0
    ");
    assert_snapshot!(home.run(&["trace", "show", "SEP000000000001-LSC"]), @"
    --- stderr
    error: there is no trace SEP000000000001-LSC
    hint: `capf trace list` lists them.
    --- exit code 1
    ");
    assert_snapshot!(home.run(&["trace", "show", "../../etc/passwd"]), @"
    --- stderr
    error: invalid value '../../etc/passwd' for '<NAME>': `../../etc/passwd` is no name of a trace, such as SEP001122334455-LSC

    For more information, try '--help'.
    --- exit code 2
    ");
}

#[test]
fn cas_are_trusted_and_others_are_not() {
    let _settings = settings();
    let home = Home::new();
    let ca = OutsideCa::create("Example Root", SystemClock.now()).unwrap();
    home.write("root.der", ca.certificate().der());
    assert_snapshot!(home.run(&["trust", "import", "root.der", "--purpose", "manufacturing", "--format", "json"]), @r#"
    [
    {"id":1,"purpose":"Manufacturing","subject":"O=Example Corporate CA, CN=Example Root","issued_by":"itself","not_after":"[TIME              ]","result":"Imported"}
    ]
    --- exit code 0
    "#);
    assert_snapshot!(home.run(&["trust", "import", "root.der", "--purpose", "manufacturing", "--format", "csv"]), @r#"
    ID,Purpose,Subject,Issued By,Expires,Result
    1,Manufacturing,"O=Example Corporate CA, CN=Example Root",itself,[TIME              ],There already
    --- exit code 0
    "#);
    home.write(
        "capf.pem",
        &home.capf(&["ca", "export"]).output().unwrap().stdout,
    );
    assert_snapshot!(home.run(&["trust", "import", "root.der", "capf.pem"]), @"
    --- stderr
    error: capf.pem: `O=capf, CN=CAPF-xxxxxxxx` has `CAPF-` in its common name, which is reserved for a CAPF's own certificate
    hint: Nothing was imported. If it is another cluster's CAPF, and the LSCs of its phones are to count as proof, give --other-capf.
    --- exit code 1
    ");
    assert_snapshot!(home.run(&["trust", "list", "--format", "json"]), @r#"
    [
    {"id":1,"purpose":"Manufacturing","subject":"O=Example Corporate CA, CN=Example Root","serial_number":"[HEX]","issued_by":"itself","not_after":"[TIME              ]","days_left":3649,"lscs":null,"imported_at":"[TIME              ]"},
    {"id":2,"purpose":"CAPF-trust","subject":"O=capf, CN=CAPF-xxxxxxxx","serial_number":"[HEX]","issued_by":"itself","not_after":"[TIME              ]","days_left":7299,"lscs":0,"imported_at":"[TIME              ]"}
    ]
    --- exit code 0
    "#);
    assert_snapshot!(home.run(&["trust", "remove", "2"]), @"
    --- stderr
    error: `O=capf, CN=CAPF-xxxxxxxx` is this CAPF's own certificate, by which the LSCs that it issued are proof
    hint: Nothing was removed. To withdraw an LSC, let its phone delete it: `capf phone set NAME --operation delete`.
    --- exit code 1
    ");
    let listed = home.run(&["trust", "list"]);
    assert!(listed.contains("CAPF-"), "{listed}");
    assert_snapshot!(home.run(&["trust", "remove", "1", "--yes"]), @"
    Removed trusted certificate 1.
    --- exit code 0
    ");
    assert_snapshot!(home.run(&["trust", "remove", "1", "--yes"]), @"
    --- stderr
    error: there is no trusted certificate 1
    hint: `capf trust list` shows them with their numbers.
    --- exit code 1
    ");
}

#[test]
fn the_capf_certificate_is_made_once() {
    let _settings = settings();
    let home = Home::new();
    assert_snapshot!(home.run(&["ca", "show"]), @"
    Kind                         Certificate
    Subject                      O=capf, CN=CAPF-xxxxxxxx
    Issuer                       O=capf, CN=CAPF-xxxxxxxx
    Serial Number                [HEX]
    Not Before                   [TIME              ]
    Not After                    [TIME              ]
    CA                           Yes
    Key Usage                    Digital Signature, Key Cert Sign
    Public Key                   RSA key of 2048 bits
    SHA-256 Fingerprint          [HEX]
    SHA-1 Fingerprint            [HEX]
    Phones with an LSC under it  0
    File                         [HOME]/data/ca/CAPF.cer
    Key File                     [HOME]/data/ca/capf.key
    Key Encrypted                No
    --- stderr
    Made the CAPF certificate O=capf, CN=CAPF-xxxxxxxx.
    --- exit code 0
    ");
    let der = home
        .capf(&["ca", "export", "--der"])
        .output()
        .unwrap()
        .stdout;
    assert_eq!(der, std::fs::read(home.path("data/ca/CAPF.cer")).unwrap());
    assert_snapshot!(home.run(&["cert", "show", "data/ca/CAPF.cer"]), @"
    Kind                 Certificate
    Subject              O=capf, CN=CAPF-xxxxxxxx
    Issuer               O=capf, CN=CAPF-xxxxxxxx
    Serial Number        [HEX]
    Not Before           [TIME              ]
    Not After            [TIME              ]
    CA                   Yes
    Key Usage            Digital Signature, Key Cert Sign
    Public Key           RSA key of 2048 bits
    SHA-256 Fingerprint  [HEX]
    --- exit code 0
    ");
    std::fs::remove_file(home.path("data/ca/capf.key")).unwrap();
    assert_snapshot!(home.run(&["ca", "show"]), @"
    --- stderr
    error: [HOME]/data/ca/capf.key cannot be read: No such file or directory (os error 2)
    --- exit code 1
    ");
}
