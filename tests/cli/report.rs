//! The formats of `capf report` and the rows of `capf phone find`.

use std::path::PathBuf;

use insta::assert_snapshot;
use serde_json::{Value, json};

use super::{Home, settings};

fn fixture(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "fixtures/report", name]
        .iter()
        .collect()
}

/// A home with the phones of fixtures/report.
fn with_fleet() -> Home {
    let home = Home::new();
    home.run(&["trust", "import", fixture("ca.pem").to_str().unwrap()]);
    let imported = home.run(&["phone", "import", fixture("fleet.csv").to_str().unwrap()]);
    assert!(imported.starts_with("Added 5 phones.\n"), "{imported}");
    home
}

fn stdout(home: &Home, arguments: &[&str]) -> String {
    let output = home.capf(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn lines(home: &Home, arguments: &[&str]) -> Vec<Value> {
    let written = stdout(home, &[arguments, &["--format", "jsonl"]].concat());
    let values = written
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    values.collect()
}

#[test]
fn every_format_is_as_the_fixtures_have_it() {
    let home = with_fleet();
    for (file, options) in [
        ("report.txt", &[][..]),
        ("report.json", &["--format", "json"]),
        ("report.jsonl", &["--format", "jsonl"]),
        ("with-lsc.csv", &["--format", "csv", "--with-lsc"]),
        (
            "semicolon.csv",
            &["--format", "csv", "--delimiter", ";", "--bom"],
        ),
    ] {
        let expected = std::fs::read_to_string(fixture(file)).unwrap();
        let written = stdout(&home, &[&["report"], options].concat());
        assert_eq!(written, expected, "{file}");
    }
}

#[test]
fn every_csv_report_with_its_strings_is_an_import_that_changes_nothing() {
    let home = with_fleet();
    let report = ["report", "--with-lsc", "--format"];
    let expected = stdout(&home, &[&report[..], &["json"]].concat());
    for options in [
        &[][..],
        &["--bom", "--delimiter", ";"],
        &["--delimiter", "\\t"],
    ] {
        let csv = stdout(&home, &[&report[..], &["csv"], options].concat());
        let other = Home::new();
        other.run(&["trust", "import", fixture("ca.pem").to_str().unwrap()]);
        other.write("report.csv", csv.as_bytes());
        let imported = other.run(&["phone", "import", "report.csv"]);
        assert!(imported.starts_with("Added 5 phones.\n"), "{imported}");
        assert_eq!(
            stdout(&other, &[&report[..], &["json"]].concat()),
            expected,
            "{options:?}"
        );
    }
}

#[test]
fn authentication_strings_are_shown_where_they_were_asked_for() {
    let home = with_fleet();
    let shown = |arguments: &[&str]| {
        let where_set = ["--where", "authentication string is exactly 4711"];
        let phones = lines(&home, &[arguments, &where_set].concat());
        phones[0]["authentication_string"].clone()
    };
    let columns = ["--columns", "name,Authentication String"];
    let show = ["--authentication-strings", "show"];
    let hide = ["--authentication-strings", "hide"];
    for command in [
        &["report"][..],
        &["phone", "find"],
        &["phone", "find", "--all"],
    ] {
        assert_eq!(shown(command), json!("****"), "{command:?}");
        assert_eq!(
            shown(&[command, &columns].concat()),
            json!("4711"),
            "{command:?}"
        );
        assert_eq!(
            shown(&[command, &show].concat()),
            json!("4711"),
            "{command:?}"
        );
        assert_eq!(
            shown(&[command, &columns, &hide].concat()),
            json!("****"),
            "{command:?}"
        );
    }
    assert_eq!(shown(&["report", "--with-lsc"]), json!("4711"));
    let unset = lines(
        &home,
        &["report", "--where", "authentication string is empty"],
    );
    assert!(
        unset
            .iter()
            .all(|phone| phone["authentication_string"].is_null())
    );
    assert_eq!(unset.len(), 2);

    let in_file = |options: &[&str]| {
        let output = ["--format", "csv", "--output", "report.csv", "--yes"];
        stdout(&home, &[&["report"], options, &output].concat());
        std::fs::read_to_string(home.path("report.csv")).unwrap()
    };
    assert!(in_file(&[]).contains(",4711,"));
    assert!(in_file(&hide).contains(",****,"));
    // What is hidden must not become somebody's string.
    let other = Home::new();
    other.write("report.csv", in_file(&hide).as_bytes());
    assert_snapshot!(other.run(&["phone", "import", "report.csv"]), @"
    --- stderr
    error: line 2: the authentication string is hidden (`****`): the report has to be made with the strings shown
    line 4: the authentication string is hidden (`****`): the report has to be made with the strings shown
    line 7: the authentication string is hidden (`****`): the report has to be made with the strings shown
    hint: No phone was added. Correct these lines and import the file again.
    --- exit code 1
    ");
}

#[test]
fn columns_are_chosen_by_key_or_label_and_come_in_their_order() {
    let home = with_fleet();
    assert_snapshot!(home.run(&[
        "report", "--columns", "lsc-expires,Device Name,LSC_ISSUER_EXPIRES_BY", "--format", "csv",
    ]), @"
    LSC Expires,Device Name,LSC Issuer Expires by
    2031-01-01T00:00:00Z,CSFANNA,Unknown
    NA,CSFBERT,NA
    NA,SEP001122334455,NA
    2031-01-01T00:00:00Z,SEP001122334456,2126-01-01T00:00:00Z
    NA,TCTRTL,NA
    --- exit code 0
    ");
    assert_snapshot!(home.run(&["phone", "find", "--columns", "address,name", "--rows", "2"]), @"
    Address    Device Name
    192.0.2.7  CSFANNA
               CSFBERT
    --- stderr
    1 to 2 of 5 phones.
    --- exit code 0
    ");
    // A row of one empty cell is a row.
    let only = [
        "--where",
        "Device Name is exactly CSFANNA",
        "--format",
        "csv",
    ];
    assert_snapshot!(home.run(&[&["report", "--columns", "csr_state"], &only[..]].concat()), @r#"
    CSR State
    ""
    --- exit code 0
    "#);
    assert_snapshot!(home.run(&["report", "--columns", "name,colour"]), @"
    --- stderr
    error: invalid value 'colour' for '--columns <COLUMN,...>'
      [possible values: name, description, model, security_profile, device_security_mode, authentication_mode, authentication_string, operation, operation_status, completes_by, key_order, rsa_key_size, ec_key_size, lsc_subject, lsc_serial_number, lsc_issued_by, lsc_expires, lsc_issuer_expires_by, csr_state, last_contact, address, lsc_certificate]

    For more information, try '--help'.
    --- exit code 2
    ");
    assert_snapshot!(home.run(&["report", "--columns", "name,Device Name"]), @"
    --- stderr
    error: the column `name` is asked for twice
    --- exit code 2
    ");
    let lsc = lines(
        &home,
        &["report", "--columns", "lsc_certificate,name", "--with-lsc"],
    );
    assert_eq!(lsc[0].as_object().unwrap().len(), 2);
    assert!(
        lsc[0]["lsc_certificate"]
            .as_str()
            .unwrap()
            .starts_with("MII")
    );
}

#[test]
fn text_is_written_verbatim_for_programs() {
    let home = with_fleet();
    assert_snapshot!(home.run(&[
        "report", "--columns", "lsc_serial_number,description", "--format", "csv", "--verbatim",
        "--where", "device name begins with CSF",
    ]), @"
    LSC Serial Number,Description
    0123,'+49 30 123
    ,1e10
    --- exit code 0
    ");
    assert_snapshot!(home.run(&["report", "--delimiter", "|"]), @"
    --- stderr
    error: invalid value '|' for '--delimiter <CHAR>'
      [possible values: comma, semicolon, tab]

    For more information, try '--help'.
    --- exit code 2
    ");
}

#[test]
fn all_phones_that_are_found_are_listed_without_pages() {
    let home = Home::new();
    home.run(&["phone", "add", "SEP000000000000..SEP000000000bff"]);
    home.run(&["phone", "add", "CSFA", "--description", "last"]);
    let all = lines(
        &home,
        &["phone", "find", "--all", "--sort", "description", "--desc"],
    );
    assert_eq!(all.len(), 0xc01);
    assert_eq!(all[0]["name"], "CSFA");
    assert_eq!(all[1]["name"], "SEP000000000BFF");
    assert_eq!(all[0xc00]["name"], "SEP000000000000");
    assert_snapshot!(home.run(&["phone", "find", "--all", "--where", "description is exactly last", "--columns", "name"]), @"
    Device Name
    CSFA
    --- stderr
    1 phone.
    --- exit code 0
    ");
    assert_snapshot!(home.run(&["phone", "find", "--all", "--where", "description is exactly none", "--format", "jsonl"]), @"
    --- stderr
    No phone was found.
    --- exit code 0
    ");
    assert_snapshot!(home.run(&["phone", "find", "--all", "--page", "2"]), @"
    --- stderr
    error: the argument '--all' cannot be used with '--page <N>'

    Usage: capf phone find --all --data-dir <DIR>

    For more information, try '--help'.
    --- exit code 2
    ");
}

#[test]
fn json_lines_are_written_everywhere() {
    let _settings = settings();
    let home = Home::new();
    assert_snapshot!(home.run(&["csr", "count", "--format", "jsonl"]), @r#"
    {"pending":0,"dumped":0,"issued":0,"superseded":0,"valid":0,"invalid":0}
    --- exit code 0
    "#);
    assert_snapshot!(home.run(&["csr", "list", "--format", "jsonl"]), @"--- exit code 0");
    let parameters = lines(&home, &["parameter", "list"]);
    assert!(parameters.len() > 10);
}
