//! What `capf phone` warns of, and does all the same.

use capf::clock::{Clock as _, SystemClock};
use capf::pki::OutsideCa;
use insta::assert_snapshot;

use super::Home;

#[test]
fn an_authentication_mode_in_which_nobody_is_trusted_is_warned_of() {
    let home = Home::new();
    assert_snapshot!(home.run(&["phone", "add", "CSFA", "--auth-mode", "lsc"]), @"
    Added 1 phone.
    --- stderr
    warning: No manufacturing CA is trusted, so a phone that shows its MIC will be refused; `capf trust import --purpose manufacturing` imports the CA that signed it.
    --- exit code 0
    ");
    let ca = OutsideCa::create("Example Manufacturing CA", SystemClock.now()).unwrap();
    home.write("mic.der", ca.certificate().der());
    home.run(&["trust", "import", "mic.der", "--purpose", "manufacturing"]);
    assert_snapshot!(home.run(&["phone", "set", "CSFA", "--auth-mode", "mic"]), @"
    Changed 1 phone.
    --- exit code 0
    ");
}

#[test]
fn an_operation_that_can_come_to_nothing_is_warned_of() {
    let home = Home::new();
    let string: &[&str] = &["--operation", "install", "--auth-mode", "auth-string"];
    let past: &[&str] = &["--operation", "install", "--completes-by", "2020-01-31"];
    let with =
        |verb, name, settings: &[&str]| home.run(&[&["phone", verb, name], settings].concat());
    assert_snapshot!(with("add", "CSFA", string), @"
    Added 1 phone.
    --- stderr
    warning: By Authentication String, and no string is set: there is nothing that the user could enter. `capf phone set NAME --auth-string generate` sets one. This concerns 1 phone: CSFA.
    --- exit code 0
    ");
    assert_snapshot!(with("add", "CSFB", past), @"
    Added 1 phone.
    --- stderr
    warning: Operation Completes By is past, so that the operation will be refused; `capf phone set NAME --completes-by 10d` sets it anew. This concerns 1 phone: CSFB.
    --- exit code 0
    ");
    assert_snapshot!(with("set", "CSFA", past), @"
    Changed 1 phone.
    --- stderr
    warning: By Authentication String, and no string is set: there is nothing that the user could enter. `capf phone set NAME --auth-string generate` sets one. This concerns 1 phone: CSFA.
    warning: Operation Completes By is past, so that the operation will be refused; `capf phone set NAME --completes-by 10d` sets it anew. This concerns 1 phone: CSFA.
    --- exit code 0
    ");
    assert_snapshot!(with("set", "CSFB", string), @"
    Changed 1 phone.
    --- stderr
    warning: By Authentication String, and no string is set: there is nothing that the user could enter. `capf phone set NAME --auth-string generate` sets one. This concerns 1 phone: CSFB.
    --- exit code 0
    ");
    assert_snapshot!(with("set", "CSFA", &["--auth-string", "generate", "--completes-by", "10d"]), @"
    Changed 1 phone.
    --- exit code 0
    ");
    assert_snapshot!(with("set", "CSFB", &["--auth-mode", "null-string"]), @"
    Changed 1 phone.
    --- exit code 0
    ");
    // What is there already is not touched, and nothing is said of it.
    assert_snapshot!(with("add", "CSFA", string), @"
    Added 0 phones. There already: CSFA.
    --- exit code 1
    ");
}

#[test]
fn an_operation_that_can_come_to_nothing_comes_in_with_a_warning() {
    let home = Home::new();
    home.run(&["phone", "add", "CSFA"]);
    home.write(
        "phones.csv",
        b"Device Name,Certificate Operation,Authentication Mode,Completes By,Device Security Mode\n\
          CSFA,install,By Authentication String,2020-01-31,Encrypted\n\
          CSFC,install,By Authentication String,,Encrypted\n\
          CSFD,delete,,,\n\
          CSFE,troubleshoot,,2020-01-31,\n\
          CSFF,,By Authentication String,2020-01-31,\n",
    );
    assert_snapshot!(home.run(&["phone", "import", "phones.csv", "--dry-run"]), @"
    Would add 4 phones. There already: CSFA.
    --- stderr
    warning: By Authentication String, and no string is set: there is nothing that the user could enter. `capf phone set NAME --auth-string generate` sets one. This concerns 1 phone: CSFC.
    warning: Operation Completes By is past, so that the operation will be refused; `capf phone set NAME --completes-by 10d` sets it anew. This concerns 1 phone: CSFE.
    warning: Delete and Troubleshoot make no sense for a phone of which no certificate is known. `capf phone set NAME --operation none` calls them off where there is none. This concerns 2 phones: CSFD, CSFE.
    warning: By Authentication String with a Device Security Mode of Authenticated or Encrypted is a deadlock for a phone without an LSC: it cannot register without one, and a phone that has not registered does not contact CAPF by itself. Somebody would have to enter the string on the phone. Choose null-string or mic, or install the LSC in the mode non-secure first. This concerns 1 phone: CSFC.
    --- exit code 3
    ");
    let dry_run = home.run(&[
        "phone",
        "import",
        "phones.csv",
        "--dry-run",
        "--format",
        "json",
    ]);
    assert!(dry_run.contains(r#""dry_run": true"#), "{dry_run}");
    assert_snapshot!(home.run(&["phone", "import", "phones.csv", "--format", "json"]), @r#"
    {
      "dry_run": false,
      "added": 4,
      "existing": [
        "CSFA"
      ],
      "untrusted_issuers": [],
      "missing_lscs": 0,
      "foreign_lscs": [],
      "without_string": [
        "CSFC"
      ],
      "overdue": [
        "CSFE"
      ],
      "without_certificate": [
        "CSFD",
        "CSFE"
      ],
      "deadlocked": [
        "CSFC"
      ],
      "unfit_model": []
    }
    --- stderr
    warning: By Authentication String, and no string is set: there is nothing that the user could enter. `capf phone set NAME --auth-string generate` sets one. This concerns 1 phone: CSFC.
    warning: Operation Completes By is past, so that the operation will be refused; `capf phone set NAME --completes-by 10d` sets it anew. This concerns 1 phone: CSFE.
    warning: Delete and Troubleshoot make no sense for a phone of which no certificate is known. `capf phone set NAME --operation none` calls them off where there is none. This concerns 2 phones: CSFD, CSFE.
    warning: By Authentication String with a Device Security Mode of Authenticated or Encrypted is a deadlock for a phone without an LSC: it cannot register without one, and a phone that has not registered does not contact CAPF by itself. Somebody would have to enter the string on the phone. Choose null-string or mic, or install the LSC in the mode non-secure first. This concerns 1 phone: CSFC.
    --- exit code 3
    "#);
}

#[test]
fn a_device_type_that_cannot_stand_in_an_lsc_is_warned_of() {
    let home = Home::new();
    // With `-CSFA` behind it, it has 64 characters.
    let fits = "M".repeat(59);
    let too_long = format!("{fits}M");
    let with = |verb, model: &str| home.run(&["phone", verb, "CSFA", "--model", model]);
    assert_snapshot!(with("add", &too_long), @"
    Added 1 phone.
    --- stderr
    warning: The device type does not fit into the common name of an LSC, which has up to 64 characters with the name of the phone, and no control characters: LSCs will be issued without it. This concerns 1 phone: CSFA.
    --- exit code 0
    ");
    assert_snapshot!(with("set", &fits), @"
    Changed 1 phone.
    --- exit code 0
    ");
    assert_snapshot!(with("set", "CP\n8861"), @"
    Changed 1 phone.
    --- stderr
    warning: The device type does not fit into the common name of an LSC, which has up to 64 characters with the name of the phone, and no control characters: LSCs will be issued without it. This concerns 1 phone: CSFA.
    --- exit code 0
    ");
    assert_snapshot!(home.run(&["phone", "set", "CSFA", "--operation", "install"]), @"
    Changed 1 phone.
    --- exit code 0
    ");
    home.write(
        "phones.csv",
        format!("name,model\nCSFB,{too_long}\n").as_bytes(),
    );
    assert_snapshot!(home.run(&["phone", "import", "phones.csv"]), @"
    Added 1 phone.
    --- stderr
    warning: The device type does not fit into the common name of an LSC, which has up to 64 characters with the name of the phone, and no control characters: LSCs will be issued without it. This concerns 1 phone: CSFB.
    --- exit code 0
    ");
}
