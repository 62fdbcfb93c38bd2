//! Phones that come from elsewhere: from the database of capfd, and from the report of another capf.

use std::process::Output;

use insta::assert_snapshot;

use crate::Place;
use crate::capfd::Capfd;

impl Place {
    /// What the program writes and how it ends.
    fn shown(&self, words: &[&str]) -> String {
        Self::shown_of(self.command(words).output().unwrap())
    }

    fn shown_of(output: Output) -> String {
        let Output {
            status,
            stdout,
            stderr,
        } = output;
        let [stdout, stderr] = [stdout, stderr].map(|text| String::from_utf8(text).unwrap());
        let code = status.code().unwrap();
        let shown = format!("{stdout}--- stderr\n{stderr}--- exit code {code}\n");
        assert!(!shown.contains("hunter2"), "no password is repeated");
        shown.replace('\r', "")
    }

    /// A database of capfd with a bit of everything.
    fn capfd(&self) -> Capfd {
        let capfd = Capfd::create(self.path().join("capfd.db"));
        capfd.write_ca(&self.path().join("old-ca.pem"));
        let first = capfd.issue("SEP000000000001", 30);
        let second = capfd.issue("SEP000000000002", 3000);
        capfd.add(&[
            ("device_name", &"SEP000000000001"),
            ("operation", &"none"),
            ("authentication", &"certificate"),
            ("key_size", &2048),
            ("certificate", &first.pem()),
            ("serial_number", &first.serial_number()),
        ]);
        capfd.add(&[
            ("device_name", &"SEP000000000002"),
            ("operation", &"install"),
            ("authentication", &"password"),
            ("password", &"4711"),
            ("curve_name", &"secp384r1"),
            ("certificate", &second.pem()),
        ]);
        capfd.add(&[
            ("device_name", &"SEP000000000003"),
            ("authentication", &"no password"),
            ("password", &"hunter2"),
        ]);
        capfd.add(&[
            ("device_name", &"SEP000000000004"),
            ("authentication", &"password"),
            ("password", &"hunter2"),
        ]);
        capfd.add(&[
            ("device_name", &"SEP000000000005"),
            ("certificate", &first.pem()),
            ("serial_number", &"1f"),
        ]);
        capfd.add(&[("device_name", &"\u{1b}[2J")]);
        capfd
    }
}

fn settings() -> insta::internals::SettingsBindDropGuard {
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r"\b[0-9a-f]{20,}\b", "[HEX]");
    settings.add_filter(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z", "[TIME]");
    settings.bind_to_scope()
}

#[test]
fn phones_of_capfd_are_added_and_those_that_are_not_are_named() {
    let _settings = settings();
    let place = Place::new();
    let _capfd = place.capfd();
    let dry_run = place.shown(&["migrate", "capfd", "capfd.db", "--dry-run"]);
    assert_snapshot!(dry_run, @r"
    Row  Device Name      Verdict   Remark
    3    SEP000000000003  Added     its password is no authentication string of 4 to 10 digits; it was left behind, because By Null String asks for none
    4    SEP000000000004  Rejected  its password is no authentication string of 4 to 10 digits
    5    SEP000000000005  Rejected  its certificate has the serial number [HEX], and the database says `1f`
    6    \u{1b}[2J        Rejected  the device name `\u{1b}[2J` may have letters, digits, `-`, `_` and, not at its beginning, `.`
    3 phones would be added, 3 rejected.
    --- stderr
    Issued by CAs that are not in CAPF-trust: 2 LSCs. `capf trust import` with a CA's certificate, or `capf trust import --other-capf` with another CAPF's, makes its LSCs count as proof:
      CN=Old capfd (2)
    --- exit code 3
    ");
    assert_eq!(place.json(&["report"]), serde_json::json!([]));

    place.run(&["phone", "add", "SEP000000000002", "--model", "CP-8861"]);
    let csv = place.shown(&["migrate", "capfd", "capfd.db", "--format", "csv"]);
    assert_snapshot!(csv, @r#"
    Row,Device Name,Verdict,Reason,Warnings
    2,SEP000000000002,There already,"it is there already, and stays as it is",
    3,SEP000000000003,Added,,"its password is no authentication string of 4 to 10 digits; it was left behind, because By Null String asks for none"
    4,SEP000000000004,Rejected,its password is no authentication string of 4 to 10 digits,
    5,SEP000000000005,Rejected,"its certificate has the serial number [HEX], and the database says `1f`",
    6,\u{1b}[2J,Rejected,"the device name `\u{1b}[2J` may have letters, digits, `-`, `_` and, not at its beginning, `.`",
    --- stderr
    Issued by CAs that are not in CAPF-trust: 1 LSC. `capf trust import` with a CA's certificate, or `capf trust import --other-capf` with another CAPF's, makes its LSCs count as proof:
      CN=Old capfd (1)
    --- exit code 3
    "#);
    let known = place.json(&["phone", "show", "SEP000000000002"]);
    assert_eq!(known["model"], "CP-8861");
    assert_eq!(known["lsc"], serde_json::Value::Null);
}

#[test]
fn where_the_issuer_is_trusted_nothing_is_said_of_it_and_the_lists_know_when_it_expires() {
    let _settings = settings();
    let place = Place::new();
    let _capfd = place.capfd();
    place.run(&["trust", "import", "old-ca.pem"]);
    place.run(&["phone", "add", "SEP000000000001"]);
    assert_snapshot!(place.shown(&["migrate", "capfd", "capfd.db"]), @r"
    Row  Device Name      Verdict   Remark
    3    SEP000000000003  Added     its password is no authentication string of 4 to 10 digits; it was left behind, because By Null String asks for none
    4    SEP000000000004  Rejected  its password is no authentication string of 4 to 10 digits
    5    SEP000000000005  Rejected  its certificate has the serial number [HEX], and the database says `1f`
    6    \u{1b}[2J        Rejected  the device name `\u{1b}[2J` may have letters, digits, `-`, `_` and, not at its beginning, `.`
    2 phones added, 3 rejected. There already: SEP000000000001.
    --- stderr
    --- exit code 3
    ");
    let show = ["phone", "show", "SEP000000000002"];
    assert_snapshot!(place.run(&show), @"
    Device Name                   SEP000000000002
    Description
    Device Type
    Security Profile
    Device Security Mode          Non Secure
    Certificate Operation         Install/Upgrade
    Authentication Mode           By Authentication String
    Authentication String         4711
    Key Order                     EC Only
    RSA Key Size (Bits)           2048
    EC Key Size (Bits)            384
    Operation Completes By        [TIME]
    Certificate Operation Status  Operation Pending
    LSC Subject                   CN=SEP000000000002
    LSC Issued by                 CN=Old capfd
    LSC Serial Number             [HEX]
    LSC Valid From                [TIME]
    LSC Expires                   [TIME]
    CSR State
    CSR Created
    Locked Until
    Last Contact
    Address
    ");
    let criterion = "lsc-issuer-expires-by is not empty";
    let known = place.json(&["phone", "find", "--where", criterion]);
    assert_eq!(known[0]["name"], "SEP000000000002");
}

#[test]
fn what_came_of_a_migration_is_there_for_programs() {
    let _settings = settings();
    let place = Place::new();
    let _capfd = place.capfd();
    place.run(&["phone", "add", "SEP000000000001"]);
    let dry_run = place.shown(&[
        "migrate",
        "capfd",
        "capfd.db",
        "--format",
        "json",
        "--dry-run",
    ]);
    assert!(dry_run.contains(r#""dry_run": true"#), "{dry_run}");
    assert_snapshot!(place.shown(&["migrate", "capfd", "capfd.db", "--format", "json"]), @r#"
    {
      "dry_run": false,
      "added": 2,
      "existing": 1,
      "rejected": 3,
      "entries": [
        {
          "row": 1,
          "device": "SEP000000000001",
          "verdict": "existing",
          "reason": "it is there already, and stays as it is",
          "warnings": []
        },
        {
          "row": 3,
          "device": "SEP000000000003",
          "verdict": "added",
          "reason": null,
          "warnings": [
            "its password is no authentication string of 4 to 10 digits; it was left behind, because By Null String asks for none"
          ]
        },
        {
          "row": 4,
          "device": "SEP000000000004",
          "verdict": "rejected",
          "reason": "its password is no authentication string of 4 to 10 digits",
          "warnings": []
        },
        {
          "row": 5,
          "device": "SEP000000000005",
          "verdict": "rejected",
          "reason": "its certificate has the serial number [HEX], and the database says `1f`",
          "warnings": []
        },
        {
          "row": 6,
          "device": "\\u{1b}[2J",
          "verdict": "rejected",
          "reason": "the device name `\\u{1b}[2J` may have letters, digits, `-`, `_` and, not at its beginning, `.`",
          "warnings": []
        }
      ],
      "untrusted_issuers": [
        {
          "issuer": "CN=Old capfd",
          "lscs": 1
        }
      ],
      "missing_columns": []
    }
    --- stderr
    Issued by CAs that are not in CAPF-trust: 1 LSC. `capf trust import` with a CA's certificate, or `capf trust import --other-capf` with another CAPF's, makes its LSCs count as proof:
      CN=Old capfd (1)
    --- exit code 3
    "#);
}

#[test]
fn what_cannot_be_migrated_says_what_to_do() {
    let place = Place::new();
    std::fs::write(place.path().join("phones.csv"), "device_name\nCSFA\n").unwrap();
    assert_snapshot!(place.shown(&["migrate", "capfd", "phones.csv"]), @"
    --- stderr
    error: phones.csv is no SQLite database
    hint: Name the SQLite file in which capfd keeps its phones, in the table `devices`.
    --- exit code 1
    ");
    assert_snapshot!(place.shown(&["migrate", "capfd", "data/capf.db"]), @"
    --- stderr
    error: data/capf.db is no database of capfd: it has no table `devices`
    hint: Name the SQLite file in which capfd keeps its phones, in the table `devices`.
    --- exit code 1
    ");
    assert_snapshot!(place.shown(&["migrate", "capfd", "none.db"]), @"
    --- stderr
    error: none.db cannot be read: No such file or directory (os error 2)
    --- exit code 1
    ");
}

#[test]
fn a_phone_goes_on_with_the_lsc_that_it_brought() {
    let place = Place::new();
    let capfd = Capfd::create(place.path().join("capfd.db"));
    let phones = place.path().join("phones");
    std::fs::create_dir(&phones).unwrap();
    for (name, operation, days) in [
        ("SEP000000000001", "fetch", 30),
        ("SEP000000000002", "delete", 300),
        ("SEP000000000003", "install", 3000),
    ] {
        let lsc = capfd.issue(name, days);
        lsc.write_with_key(&phones.join(format!("{name}.pem")));
        capfd.add(&[
            ("device_name", &name),
            ("operation", &operation),
            ("authentication", &"password"),
            ("password", &"4711"),
            ("curve_name", &"prime256v1"),
            ("certificate", &lsc.pem()),
        ]);
    }
    place.run(&["migrate", "capfd", "capfd.db"]);
    let expiring = |time: &str| {
        let criterion = format!("lsc-expires is-before {time}");
        let phones = place.json(&["phone", "find", "--where", &criterion]);
        phones.as_array().unwrap().len()
    };
    assert_eq!(
        [
            expiring("10d"),
            expiring("60d"),
            expiring("600d"),
            expiring("6000d")
        ],
        [0, 1, 2, 3]
    );
    let brought =
        ["1", "2", "3"].map(|digit| place.lsc(&format!("SEP00000000000{digit}")).unwrap());

    let serving = place.serve();
    let server = serving.address.to_string();
    let sessions = place.run(&[
        "phone-sim",
        "--server",
        &server,
        "--state-dir",
        "phones",
        "--auth-string",
        "4711",
        "SEP000000000001..SEP000000000003",
    ]);
    for (name, status) in [
        ("SEP000000000001", "Troubleshoot Success"),
        ("SEP000000000002", "Delete Success"),
        ("SEP000000000003", "Upgrade Success"),
    ] {
        assert_eq!(place.status(name), status, "{sessions}");
    }
    assert_eq!(place.lsc("SEP000000000001").as_ref(), Some(&brought[0]));
    assert_eq!(place.lsc("SEP000000000002"), None);
    assert!(
        place
            .lsc("SEP000000000003")
            .is_some_and(|lsc| lsc != brought[2])
    );
    // The one that was brought and is still held.
    assert_eq!(expiring("60d"), 1);
}

#[test]
fn a_report_with_the_lscs_makes_everything_in_it_known_elsewhere() {
    let (old, new) = (Place::new(), Place::new());
    let _capfd = old.capfd();
    for place in [&old, &new] {
        let ca = std::fs::copy(old.path().join("old-ca.pem"), place.path().join("ca.pem"));
        ca.unwrap();
        place.run(&["trust", "import", "ca.pem"]);
    }
    let migrated = old.shown(&["migrate", "capfd", "capfd.db"]);
    assert!(migrated.contains("3 phones added"), "{migrated}");
    old.run(&[
        "phone",
        "add",
        "CSFANNA",
        "--description",
        "Anna, \"the\" first\nline",
    ]);
    let report = ["report", "--with-lsc"];
    let csv = old.run(&[&report[..], &["--format", "csv"]].concat());
    std::fs::write(new.path().join("report.csv"), csv).unwrap();
    assert_snapshot!(new.shown(&["migrate", "csv", "report.csv", "--dry-run"]), @"
    Would add 4 phones.
    --- stderr
    --- exit code 0
    ");
    assert_snapshot!(new.shown(&["migrate", "csv", "report.csv"]), @"
    Added 4 phones.
    --- stderr
    --- exit code 0
    ");
    assert_eq!(new.json(&report), old.json(&report));

    let other = Place::new();
    let with_strings = ["--authentication-strings", "show"];
    let csv = old.run(&[&["report", "--format", "csv"], &with_strings[..]].concat());
    std::fs::write(other.path().join("report.csv"), csv).unwrap();
    assert_snapshot!(other.shown(&["phone", "import", "report.csv"]), @"
    Added 4 phones.
    --- stderr
    Of 2 phones the file tells that there is an LSC, and does not hold it, so it is not known here. A report `--with-lsc` holds them.
    --- exit code 0
    ");
}

#[test]
fn an_lsc_that_is_made_out_to_another_is_taken_with_a_warning() {
    let place = Place::new();
    let capfd = Capfd::create(place.path().join("capfd.db"));
    let csv = format!(
        "name,lsc\nCSFANNA,\"{}\"\n",
        capfd.issue("CSFBERT", 30).pem()
    );
    let file = place.path().join("phones.csv");
    std::fs::write(&file, csv).unwrap();
    let pipe = std::fs::File::open(file).unwrap();
    let mut command = place.command(&["migrate", "csv", "-"]);
    let output = command.stdin(pipe).output().unwrap();
    assert_snapshot!(Place::shown_of(output), @"
    Added 1 phone.
    --- stderr
    warning: the LSCs of these phones are made out to other names; make sure that they are theirs: CSFANNA
    Issued by CAs that are not in CAPF-trust: 1 LSC. `capf trust import` with a CA's certificate, or `capf trust import --other-capf` with another CAPF's, makes its LSCs count as proof:
      CN=Old capfd (1)
    --- exit code 0
    ");
    assert_eq!(place.status("CSFANNA"), "Upgrade Success");
}
