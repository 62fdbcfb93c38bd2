//! `capf check`: each state with its exit code, and nothing written.

use insta::assert_snapshot;

use super::Home;

/// A home whose phones have failed, but for one.
fn with_failures(count: u32) -> Home {
    let home = Home::new();
    let failed = (0..count).map(|number| format!("SEP0000000000{number:02},Upgrade Failed\n"));
    let csv = ["Device Name,LSC Status\nSEP0000000000FF,None\n".to_owned()]
        .into_iter()
        .chain(failed)
        .collect::<String>();
    home.write("phones.csv", csv.as_bytes());
    home.run(&["phone", "import", "phones.csv"]);
    home
}

#[test]
fn where_all_is_well_it_ends_with_0() {
    let home = with_failures(0);
    assert_snapshot!(home.run(&["check"]), @"
    CAPF OK - no LSC expires within 30 days|lscs_expired=0;;0;0 lscs_within_critical=0;;0;0 lscs_within_warning=0;0;;0 phones=1;;;0 phones_failed=0;0;;0 operations_overdue=0;0;;0 csrs_waiting=0;;;0 csrs_waiting_too_long=0;0;;0 stale_lscs=0;;;0 lscs_revoked=0;0;;0 crls_overdue=0;0;;0
    [OK] no LSC expires within 30 days
    [OK] no phone has failed
    [OK] no operation is overdue
    [OK] no CSR waits for a certificate
    [OK] no LSC is stale
    [OK] there is no CAPF certificate yet; the service makes it at its start
    [OK] no trust anchor expires within 90 days
    [OK] no CRL was imported
    --- exit code 0
    ");
}

#[test]
fn a_warning_ends_with_1_and_what_is_critical_with_2() {
    let home = with_failures(3);
    assert_snapshot!(home.run(&["check", "--format", "csv"]), @"
    Subject,State,Message
    lsc_expiry,OK,no LSC expires within 30 days
    failures,WARNING,3 of 4 phones failed (3 Upgrade Failed)
    overdue_operations,OK,no operation is overdue
    waiting_csrs,OK,no CSR waits for a certificate
    stale_lscs,OK,no LSC is stale
    capf_certificate,OK,there is no CAPF certificate yet; the service makes it at its start
    trust_anchors,OK,no trust anchor expires within 90 days
    revocation,OK,no CRL was imported
    --- exit code 1
    ");
    let critical = home.run(&["check", "--failures-critical", "2", "--service"]);
    let first = critical.lines().next().unwrap();
    assert!(
        first.starts_with(
            "CAPF CRITICAL - no service runs on [HOME]/data: it is not activated; 3 of 4 phones \
             failed (3 Upgrade Failed)|"
        ),
        "{first}"
    );
    assert!(first.contains(" phones_failed=3;0;2;0 "), "{first}");
    assert!(critical.ends_with("--- exit code 2\n"), "{critical}");
}

#[test]
fn json_has_every_finding_under_stable_keys() {
    let home = with_failures(1);
    let output = home.capf(&["check", "--format", "json"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["state"], "WARNING");
    assert_eq!(json["message"], "1 of 2 phones failed (1 Upgrade Failed)");
    assert_eq!(json["phones"], serde_json::json!([]));
    assert_eq!(
        json["findings"][1],
        serde_json::json!({
            "subject": "failures",
            "state": "WARNING",
            "message": "1 of 2 phones failed (1 Upgrade Failed)",
            "values": [
                {"label": "phones", "value": 2, "unit": "count", "warning": null, "critical": null},
                {"label": "phones_failed", "value": 1, "unit": "count", "warning": "0",
                 "critical": null},
            ],
        })
    );
}

#[test]
fn what_cannot_be_found_out_ends_with_3_and_one_line() {
    let home = Home::new();
    assert_snapshot!(home.run(&["check"]), @"
    CAPF UNKNOWN - cannot open the database [HOME]/data/capf.db: No such file or directory (os error 2); check its path and who may read and write there
    --- exit code 3
    ");
    assert!(!home.path("data").exists(), "a check makes nothing");
    assert_snapshot!(home.run(&["check", "--store", "postgres://u:p@127.0.0.1:1/capf"]), @"
    CAPF UNKNOWN - the database server cannot be used; check that it runs, and the place, user and password in its URI: error connecting to server: Connection refused (os error 111)
    --- exit code 3
    ");
    assert_snapshot!(home.run(&["check", "--config", "missing.toml"]), @"
    CAPF UNKNOWN - the configuration file `missing.toml` cannot be read: No such file or directory (os error 2)
    --- exit code 3
    ");
    home.write("empty.db", b"");
    let old = home.run(&["check", "--store", "sqlite:empty.db"]);
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r"needs version \d+", "needs version [N]");
    settings.bind(|| {
        assert_snapshot!(old, @"
        CAPF UNKNOWN - the database has schema version 0, and this program needs version [N]; the next start of `capf serve`, or any other command that may write it, brings it up to date
        --- exit code 3
        ");
    });
    home.write("text.db", &[b'x'; 4096]);
    let torn = home.run(&["check", "--store", "sqlite:text.db"]);
    assert!(torn.starts_with("CAPF UNKNOWN - ") && torn.ends_with("--- exit code 3\n"));
    assert_eq!(torn.lines().count(), 2, "{torn}");
}

#[test]
fn a_wrong_command_line_ends_with_3_for_a_check_alone() {
    let home = Home::new();
    assert_snapshot!(home.run(&["--quiet", "check", "--warning", "soon"]), @"
    CAPF UNKNOWN - invalid value 'soon' for '--warning <DURATION>': `soon` is no duration; write 30d, 36h, 90m or 45s, or a number of days
    --- exit code 3
    ");
    assert_snapshot!(home.run(&["check", "now"]), @"
    CAPF UNKNOWN - unexpected argument 'now' found
    --- exit code 3
    ");
    assert_snapshot!(home.run(&["check", "--warning", "7d", "--critical", "8d"]), @"
    CAPF UNKNOWN - --critical is longer than the time of the warning, which would never come
    --- exit code 3
    ");
    let output = home
        .capf(&["check"])
        .env("CAPF_FORMAT", "tables")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(3));
    let elsewhere = home.run(&["phone", "find", "check", "--wrong"]);
    assert!(elsewhere.ends_with("--- exit code 2\n"), "{elsewhere}");
    let help = home.run(&["check", "--help"]);
    assert!(help.ends_with("--- exit code 0\n"), "{help}");
}

#[test]
fn a_check_leaves_no_trace_in_the_data_directory() {
    let home = with_failures(1);
    let listed = || {
        let mut files: Vec<_> = std::fs::read_dir(home.path("data"))
            .unwrap()
            .map(|entry| {
                let entry = entry.unwrap();
                let modified = entry.metadata().unwrap().modified().unwrap();
                (entry.file_name(), modified)
            })
            .collect();
        files.sort();
        files
    };
    let before = listed();
    home.run(&["check", "--service"]);
    assert_eq!(listed(), before);
}
