//! `capf parameter`, `trust`, `ca` and `trace`.

use capf::clock::{Clock as _, SystemClock};
use capf::pki::OutsideCa;
use insta::assert_snapshot;

use super::{Home, settings};

#[test]
fn what_old_tls_costs_is_said_when_it_is_allowed() {
    let home = Home::new();
    assert_snapshot!(home.run(&["parameter", "set", "tls-minimum-version", "1.0", "--format", "json"]), @r#"
    {
      "name": "TLS Minimum Version",
      "value": "1.0",
      "default": "1.2",
      "is_set": true,
      "scope": "Service"
    }
    --- stderr
    warning: From the next start on, TLS 1.0 is allowed, which phones of the 7900 series need and RFC 8996 forbids. It rests on SHA-1 and MD5, and with the RSA key exchange of those phones whoever records the traffic, and comes by the CAPF key later, reads the authentication strings in it. Allow it where phones alone reach the port, and only as long as there are such phones. Phones that know TLS 1.2 or 1.3 keep to these.
    --- exit code 0
    "#);
    let back = home.run(&["parameter", "reset", "TLS Minimum Version", "--quiet"]);
    assert!(!back.contains("RFC 8996"), "{back}");
}

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
fn parameters_are_known_by_their_cisco_names() {
    let home = Home::new();
    assert_snapshot!(home.run(&["parameter", "list"]), @"
    Parameter Name                                          Parameter Value                             Suggested Value                             Parameter Type
    Certificate Issuer to Endpoint                          Cisco Certificate Authority Proxy Function  Cisco Certificate Authority Proxy Function  Service
    Duration Of Certificate Validity (in days)              1825                                        1825                                        Service
    Maximum Allowable Time For Key Generation (in minutes)  30                                          30                                          Service
    Maximum Allowable Attempts for Key Generation           3                                           3                                           Service
    CSR Proof                                               none                                        none                                        Service
    SUDI Proof Required                                     False                                       False                                       Service
    Accept Expired MIC                                      False                                       False                                       Service
    Keepalive Interval (in minutes)                         15                                          15                                          Service
    Keepalive Message                                       True                                        True                                        Service
    Maximum Concurrent Certificate Operations               0                                           0                                           Service
    Maximum Certificate Operations per Minute               0                                           0                                           Service
    Maximum Queue Time (in seconds)                         30                                          30                                          Service
    Maximum Opening Sessions per Address                    256                                         256                                         Service
    TLS Minimum Version                                     1.2                                         1.2                                         Service
    Trace Level                                             Error                                       Error                                       Service
    Maximum Number of Trace Files                           1000                                        1000                                        Service
    CAPF Operation Expires in (days)                        10                                          10                                          Enterprise
    CAPF Phone Port                                         3804                                        3804                                        Enterprise
    Enable IPv6                                             False                                       False                                       Enterprise
    --- exit code 0
    ");
    assert_snapshot!(home.run(&["parameter", "set", "Certificate Issuer to Endpoint", "offline ca"]), @"
    Parameter Name   Certificate Issuer to Endpoint
    Parameter Value  Offline CA
    Suggested Value  Cisco Certificate Authority Proxy Function
    Takes            Cisco Certificate Authority Proxy Function, Online CA, Offline CA
    Parameter Type   Service
    Help             Who issues locally significant certificates: CAPF itself, or an offline CA that signs the requests which `capf csr dump` takes out.
    --- exit code 0
    ");
    assert_snapshot!(home.run(&["parameter", "show", "certificate-issuer", "--format", "json"]), @r#"
    {
      "name": "Certificate Issuer to Endpoint",
      "value": "Offline CA",
      "default": "Cisco Certificate Authority Proxy Function",
      "is_set": true,
      "scope": "Service"
    }
    --- exit code 0
    "#);
    assert_snapshot!(home.run(&["parameter", "reset", "certificate-issuer", "--format", "csv"]), @r#"
    Parameter Name,Parameter Value,Suggested Value,Takes,Parameter Type,Help
    Certificate Issuer to Endpoint,Cisco Certificate Authority Proxy Function,Cisco Certificate Authority Proxy Function,"Cisco Certificate Authority Proxy Function, Online CA, Offline CA",Service,"Who issues locally significant certificates: CAPF itself, or an offline CA that signs the requests which `capf csr dump` takes out."
    --- exit code 0
    "#);
}

#[test]
fn cas_are_trusted_and_others_are_not() {
    let _settings = settings();
    let home = Home::new();
    let ca = OutsideCa::create("Example Root", SystemClock.now()).unwrap();
    home.write("root.der", ca.certificate().der());
    assert_snapshot!(home.run(&["trust", "import", "root.der", "--purpose", "manufacturing", "--format", "json"]), @r#"
    [
    {"id":1,"purpose":"Manufacturing","subject":"O=Example Corporate CA, CN=Example Root","not_after":"[TIME              ]","result":"Imported"}
    ]
    --- exit code 0
    "#);
    assert_snapshot!(home.run(&["trust", "import", "root.der", "--purpose", "manufacturing", "--format", "csv"]), @r#"
    ID,Purpose,Subject,Expires,Result
    1,Manufacturing,"O=Example Corporate CA, CN=Example Root",[TIME              ],There already
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
    {"id":1,"purpose":"Manufacturing","subject":"O=Example Corporate CA, CN=Example Root","serial_number":"[HEX]","not_after":"[TIME              ]","imported_at":"[TIME              ]"},
    {"id":2,"purpose":"CAPF-trust","subject":"O=capf, CN=CAPF-xxxxxxxx","serial_number":"[HEX]","not_after":"[TIME              ]","imported_at":"[TIME              ]"}
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
