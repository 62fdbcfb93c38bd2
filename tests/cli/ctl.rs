//! `capf ctl`, and `capf phone config`.

use capf::clock::{Clock as _, SystemClock};
use capf::pki::{Issuer, IssuerName};
use insta::assert_snapshot;

use super::{Home, settings};

/// A file of another program; `fixtures/README.md` tells of it.
const FIXTURE: &[u8] = include_bytes!("../../fixtures/ctl/ITLFile.tlv");

/// A home with a token, and what `capf ctl build` is told of it.
fn with_token() -> (Home, [&'static str; 4]) {
    let home = Home::new();
    let token = Issuer::create(&IssuerName::default(), SystemClock.now()).unwrap();
    home.write("token.pem", token.certificate().to_pem().as_bytes());
    home.write("token.key", &token.key().to_pem(None).unwrap());
    let signer = ["--signer-cert", "token.pem", "--signer-key", "token.key"];
    (home, signer)
}

#[test]
fn a_file_is_shown_whole() {
    let home = Home::new();
    home.write("ITLFile.tlv", FIXTURE);
    assert_snapshot!(home.run(&["ctl", "show", "ITLFile.tlv"]), @"
    Version                 1.2
    File Name               ITLFile.tlv
    Timestamp               2026-01-01T00:00:00Z
    Signer                  CN=Token 1;O=Example;C=CH
    Signer's Issuer         CN=Token 1;O=Example;C=CH
    Signer's Serial Number  83e9080000005545
    Hash Algorithm          SHA-256
    Signature Algorithm     1
    Signature Modulus       2
    Signature               Valid
    MD5                     198eafb6b9b461963b126558b03e9b2c
    SHA-1                   d041622f6a2b3024c141514035ef547703919f39
    Other Fields            28: 0102
    Records                 5

    Record               1
    Role                 System Administrator Security Token
    Signer               No
    Subject              CN=Token 2;O=Example;C=CH
    Issuer               CN=Token 2;O=Example;C=CH
    Serial Number        3cf927000000afa2
    Not Before           2026-11-26T07:23:35Z
    Not After            2076-11-13T07:23:35Z
    SHA-256 Fingerprint  7b2afab848e0fe32ef32271b44e622c01be4b89d01b1b439c8b557e66e9b998c

    Record               2
    Role                 System Administrator Security Token
    Signer               Yes
    Subject              CN=Token 1;O=Example;C=CH
    Issuer               CN=Token 1;O=Example;C=CH
    Serial Number        83e9080000005545
    Not Before           2026-11-26T07:23:34Z
    Not After            2076-11-13T07:23:34Z
    SHA-256 Fingerprint  4637e0ed6925e0c1fdbb1563c8ef523fe0ae672b3acb4dc2f1a0aba96dc9eefc

    Record               3
    Role                 CAPF
    Signer               No
    DNS Name             10.48.47.153
    IP Address           10.48.47.153
    Subject              CN=CAPF-e9037b69;O=Example;C=CH
    Issuer               CN=CAPF-e9037b69;O=Example;C=CH
    Serial Number        795916c154af310c0faeea972e081b31
    Not Before           2026-11-26T07:23:35Z
    Not After            2076-11-13T07:23:35Z
    SHA-256 Fingerprint  874c7545996b173d376ef44722ad4ff13d2a4d2346e2551f0087421561f7ab3e

    Record      4
    Role        CCM+TFTP
    Signer      No
    DNS Name    10.48.47.154
    IP Address  10.48.47.154

    Record                      5
    Role                        0x1234
    Signer                      No
    DNS Name                    pub
    Certificate Hash            a8c249472b182d16f4f493159c6c423d14fb994e
    Certificate Hash Algorithm  SHA-1
    Other Fields                200: 77686174
    --- exit code 0
    ");
    assert_snapshot!(home.run(&["ctl", "show", "ITLFile.tlv", "--format", "csv"]), @"
    Record,Role,Signer,DNS Name,IP Address,Subject,Issuer,Serial Number,Not Before,Not After,SHA-256 Fingerprint,Certificate Hash,Certificate Hash Algorithm,Problem,Other Fields
    1,System Administrator Security Token,No,,,CN=Token 2;O=Example;C=CH,CN=Token 2;O=Example;C=CH,3cf927000000afa2,2026-11-26T07:23:35Z,2076-11-13T07:23:35Z,7b2afab848e0fe32ef32271b44e622c01be4b89d01b1b439c8b557e66e9b998c,,,,
    2,System Administrator Security Token,Yes,,,CN=Token 1;O=Example;C=CH,CN=Token 1;O=Example;C=CH,'83e9080000005545,2026-11-26T07:23:34Z,2076-11-13T07:23:34Z,4637e0ed6925e0c1fdbb1563c8ef523fe0ae672b3acb4dc2f1a0aba96dc9eefc,,,,
    3,CAPF,No,10.48.47.153,10.48.47.153,CN=CAPF-e9037b69;O=Example;C=CH,CN=CAPF-e9037b69;O=Example;C=CH,795916c154af310c0faeea972e081b31,2026-11-26T07:23:35Z,2076-11-13T07:23:35Z,874c7545996b173d376ef44722ad4ff13d2a4d2346e2551f0087421561f7ab3e,,,,
    4,CCM+TFTP,No,10.48.47.154,10.48.47.154,,,,,,,,,,
    5,0x1234,No,pub,,,,,,,,a8c249472b182d16f4f493159c6c423d14fb994e,SHA-1,,200: 77686174
    --- exit code 0
    ");
    let expected = include_str!("../../fixtures/ctl/ITLFile.json");
    assert_eq!(
        home.run(&["ctl", "show", "ITLFile.tlv", "--format", "json"]),
        format!("{expected}--- exit code 0\n")
    );
    assert!(
        !home.path("data").exists(),
        "showing a file needs no installation"
    );
}

#[test]
fn a_signature_that_is_not_good_is_warned_of() {
    let home = Home::new();
    let mut changed = FIXTURE.to_vec();
    let last = changed.len() - 1;
    changed[last] ^= 1;
    home.write("changed.tlv", &changed);
    let shown = home.run(&["ctl", "show", "changed.tlv"]);
    assert!(shown.contains("Not valid: it does not hold"), "{shown}");
    assert!(shown.contains("has not been proved"), "{shown}");
    assert!(shown.ends_with("--- exit code 0\n"), "{shown}");
}

#[test]
fn what_is_no_such_file_is_an_error_that_says_where() {
    let home = Home::new();
    home.write("cut.tlv", &FIXTURE[..600]);
    home.write("config.xml", b"<device/>");
    assert_snapshot!(home.run(&["ctl", "show", "cut.tlv"]), @"
    --- stderr
    error: cut.tlv: at byte 393: of 1449 bytes that belong there, there are 207
    hint: CTLFile.tlv, ITLFile.tlv or a phone's own file is meant, as the TFTP server has it.
    --- exit code 1
    ");
    assert_snapshot!(home.run(&["ctl", "verify", "config.xml"]), @"
    --- stderr
    error: config.xml: it is no CTL or ITL file: at byte 0 stands tag 0x3c, where VERSION belongs
    hint: CTLFile.tlv, ITLFile.tlv or a phone's own file is meant, as the TFTP server has it.
    --- exit code 1
    ");
    assert_snapshot!(home.run(&["ctl", "show", "/dev/zero"]), @"
    --- stderr
    error: /dev/zero: it has more than 1048576 bytes, and no phone takes such a file
    hint: CTLFile.tlv, ITLFile.tlv or a phone's own file is meant, as the TFTP server has it.
    --- exit code 1
    ");
}

#[test]
fn a_file_that_is_built_makes_phones_believe_this_capf() {
    let _settings = settings();
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r"Length( +)\d+", "Length${1}[LENGTH]");
    let _settings = settings.bind_to_scope();
    let (home, signer) = with_token();
    home.write("ITLFile.tlv", FIXTURE);
    assert_snapshot!(home.run(&["ctl", "verify", "ITLFile.tlv"]), @"
    --- stderr
    error: there is no CAPF certificate yet that could be in the file
    hint: `capf ca show` makes it; then build the file anew with it.
    --- exit code 1
    ");
    home.run(&["ca", "show"]);
    assert_snapshot!(home.run(&["ctl", "verify", "ITLFile.tlv"]), @"
    CAPF Certificate            O=capf, CN=CAPF-xxxxxxxx
    In the File                 No
    Valid Now                   Yes
    Other CAPFs                 CN=CAPF-xxxxxxxx;O=Example;C=CH
    Signature Valid             Yes
    Certificates Not Valid Now  0
    --- stderr
    warning: Phones that hold this file will not connect to this CAPF. Put its certificate into the file: build it anew with `capf ctl build`, or give the certificate (`capf ca export`) to the program that makes the file. Sign it with a token that the phones know, and reset them.
    --- exit code 1
    ");
    let build = [&["ctl", "build", "ITLFile.tlv"][..], &signer].concat();
    assert_snapshot!(home.run(&build), @"
    --- stderr
    error: this needs a confirmation, and there is no terminal to ask on
    hint: This operation will replace ITLFile.tlv. Give --yes if that is meant.
    --- exit code 2
    ");
    let record = "tftp@192.0.2.10=token.pem";
    let more = [
        "--yes",
        "--record",
        record,
        "--hash",
        "sha-256",
        "--file-name",
        "CTLFile.tlv",
    ];
    assert_snapshot!(home.run(&[&build[..], &more].concat()), @"
    File Name       CTLFile.tlv
    Length          [LENGTH]
    Records         3
    Signer          O=capf, CN=CAPF-xxxxxxxx
    Hash Algorithm  SHA-256
    MD5             [HEX]
    SHA-1           [HEX]
    --- exit code 0
    ");
    assert_snapshot!(home.run(&["ctl", "verify", "ITLFile.tlv", "--format", "json"]), @r#"
    {
      "capf_certificate": "O=capf, CN=CAPF-xxxxxxxx",
      "is_in_file": true,
      "is_valid_now": true,
      "other_capfs": [],
      "signature_is_valid": true,
      "signature_problem": null,
      "invalid_now": []
    }
    --- exit code 0
    "#);
    let rows = home.run(&["ctl", "show", "ITLFile.tlv", "--format", "csv"]);
    let roles: Vec<_> = rows.lines().map(|row| row.split(',').nth(1)).collect();
    assert_eq!(roles[1], Some("System Administrator Security Token"));
    assert_eq!(roles[2..4], [Some("CAPF"), Some("TFTP")]);
}

#[test]
fn a_file_that_cannot_be_built_leaves_none() {
    let (home, signer) = with_token();
    let other = Issuer::create(&IssuerName::default(), SystemClock.now()).unwrap();
    home.write("a.pem", other.certificate().to_pem().as_bytes());
    let third = Issuer::create(&IssuerName::default(), SystemClock.now()).unwrap();
    home.write("b.pem", third.certificate().to_pem().as_bytes());
    let run = |more: &[&str]| {
        let build = [&["ctl", "build", "new.tlv"][..], more].concat();
        home.run(&[&build[..], &["--quiet"]].concat())
    };
    let sasts = ["--record", "sast=a.pem", "--record", "sast=b.pem"];
    assert_snapshot!(run(&[&signer[..], &sasts].concat()), @"
    --- stderr
    error: 3 certificates would have the role System Administrator Security Token, with the signer's; phones take 2
    hint: Give fewer --record sast=…; the signer needs none.
    --- exit code 2
    ");
    assert_snapshot!(run(&[&signer[..], &["--record", "proxy=a.pem"]].concat()), @"
    --- stderr
    error: invalid value 'proxy=a.pem' for '--record <ROLE[@HOST]=FILE>': `proxy` is not one of: sast, ccm, ccm+tftp, tftp, capf, app-server, tvs

    For more information, try '--help'.
    --- exit code 2
    ");
    assert_snapshot!(run(&[&signer[..], &["--record", "tvs"]].concat()), @"
    --- stderr
    error: invalid value 'tvs' for '--record <ROLE[@HOST]=FILE>': ROLE=FILE or ROLE@HOST=FILE is meant

    For more information, try '--help'.
    --- exit code 2
    ");
    let mixed = run(&["--signer-cert", "a.pem", "--signer-key", "token.key"]);
    assert!(
        mixed.contains("the key does not belong to the certificate"),
        "{mixed}"
    );
    assert!(mixed.ends_with("--- exit code 1\n"), "{mixed}");
    let no_key = run(&["--signer-cert", "a.pem", "--signer-key", "a.pem"]);
    assert!(no_key.contains("without a passphrase"), "{no_key}");
    assert!(!home.path("new.tlv").exists());
}

#[test]
fn a_phone_is_told_of_capf_in_its_configuration_file() {
    let home = Home::new();
    home.run(&["phone", "add", "SEP001122334455", "--auth-mode", "lsc"]);
    let config = [
        "phone",
        "config",
        "SEP001122334455",
        "--server",
        "192.0.2.1",
    ];
    let more = ["--server", "[2001:db8::1]:13804"];
    assert_snapshot!(home.run(&[&config[..], &more].concat()), @"
    <deviceSecurityMode>1</deviceSecurityMode>
    <capfAuthMode>3</capfAuthMode>
    <capfList>
      <capf>
        <phonePort>3804</phonePort>
        <processNodeName>192.0.2.1</processNodeName>
      </capf>
      <capf>
        <phonePort>13804</phonePort>
        <processNodeName>2001:db8::1</processNodeName>
      </capf>
    </capfList>
    <certHash></certHash>
    --- exit code 0
    ");
    home.run(&["parameter", "set", "CAPF Phone Port", "3805"]);
    assert_snapshot!(home.run(&[&config[..], &["--format", "json"]].concat()), @r#"
    {
      "device_security_mode": 1,
      "capf_auth_mode": 3,
      "capf_list": [
        {
          "process_node_name": "192.0.2.1",
          "phone_port": 3805
        }
      ],
      "cert_hash": ""
    }
    --- exit code 0
    "#);
    assert_snapshot!(home.run(&[&config[..], &more, &["--format", "csv"]].concat()), @"
    deviceSecurityMode,capfAuthMode,capfList,certHash
    1,3,192.0.2.1:3805 [2001:db8::1]:13804,
    --- exit code 0
    ");
    let five = ["--server", "a"].repeat(5);
    assert_snapshot!(home.run(&[&config[..], &five].concat()), @"
    --- stderr
    error: a phone takes up to 5 CAPF servers, and 6 were given
    hint: Give fewer --server.
    --- exit code 2
    ");
    assert_snapshot!(home.run(&["phone", "config", "SEP000000000009", "--server", "a"]), @"
    --- stderr
    error: there is no phone SEP000000000009
    hint: `capf phone find` lists phones, and `capf phone add` adds them.
    --- exit code 1
    ");
    assert_snapshot!(home.run(&["phone", "config", "SEP001122334455", "--server", "a:b"]), @"
    --- stderr
    error: invalid value 'a:b' for '--server <HOST[:PORT]>': its port is not a number from 1 to 65535; an IPv6 address stands in brackets

    For more information, try '--help'.
    --- exit code 2
    ");
}
