//! `capf phone` and `capf report`.

use insta::assert_snapshot;
use nix::sys::signal::Signal;
use nix::unistd::Pid;

use super::{Home, settings};

#[test]
fn phones_are_added_found_shown_changed_and_removed() {
    let _settings = settings();
    let home = Home::new();
    assert_snapshot!(home.run(&[
        "phone", "add", "SEP000000000009..SEP00000000000b", "--model", "CP-8861",
        "--operation", "install", "--auth-mode", "auth-string", "--auth-string", "generate",
    ]), @"
    Added 3 phones.
    --- exit code 0
    ");
    assert_snapshot!(home.run(&["phone", "add", "sep00000000000a", "CSFANNA"]), @"
    Added 1 phone. There already: SEP00000000000A.
    --- exit code 3
    ");
    assert_snapshot!(home.run(&[
        "phone", "find", "--where", "device name begins with SEP", "--sort", "device-name",
        "--desc", "--rows", "2",
    ]), @"
    Device Name      Description  Device Type  Security Profile  Authentication Mode       Authentication String  Certificate Operation  LSC Status         LSC Expires  Last Contact
    SEP00000000000B               CP-8861                        By Authentication String  ****                   Install/Upgrade        Operation Pending  NA
    SEP00000000000A               CP-8861                        By Authentication String  ****                   Install/Upgrade        Operation Pending  NA
    --- stderr
    1 to 2 of 3 phones.
    --- exit code 0
    ");
    assert_snapshot!(home.run(&["phone", "find", "--rows", "2", "--page", "3", "--format", "json"]), @"
    []
    --- stderr
    This page is empty; 4 phones were found.
    --- exit code 0
    ");
    assert_snapshot!(home.run(&["phone", "show", "SEP00000000000A", "--format", "json"]), @r#"
    {
      "name": "SEP00000000000A",
      "description": null,
      "model": "CP-8861",
      "security_profile": null,
      "device_security_mode": "Non Secure",
      "operation": "Install/Upgrade",
      "operation_status": "Operation Pending",
      "authentication_mode": "By Authentication String",
      "authentication_string": "[DIGITS]",
      "key_order": "RSA Only",
      "rsa_key_size": 2048,
      "ec_key_size": 384,
      "completes_by": "[TIME              ]",
      "lsc": null,
      "csr": null,
      "locked_until": null,
      "last_contact": null,
      "address": null
    }
    --- exit code 0
    "#);
    assert_snapshot!(home.run(&["phone", "show", "CSFANNA"]), @"
    Device Name                   CSFANNA
    Description
    Device Type
    Security Profile
    Device Security Mode          Non Secure
    Certificate Operation         No Pending Operation
    Authentication Mode           By Null String
    Authentication String
    Key Order                     RSA Only
    RSA Key Size (Bits)           2048
    EC Key Size (Bits)            384
    Operation Completes By
    Certificate Operation Status  None
    LSC Subject
    LSC Issued by
    LSC Serial Number
    LSC Valid From
    LSC Expires
    CSR State
    CSR Created
    Locked Until
    Last Contact
    Address
    --- exit code 0
    ");
    assert_snapshot!(home.run(&["phone", "set", "CSFANNA", "CSFBERT", "--key-order", "ec-preferred"]), @"
    Changed 1 phone. No such phone: CSFBERT.
    --- exit code 3
    ");
    assert_snapshot!(home.run(&["phone", "set", "CSFBERT", "--key-order", "ec-only"]), @"
    Changed 0 phones. No such phone: CSFBERT.
    --- exit code 1
    ");
    assert_snapshot!(home.run(&["phone", "remove", "CSFANNA", "--yes"]), @"
    Removed 1 phone.
    --- exit code 0
    ");
    assert_snapshot!(home.run(&["phone", "show", "CSFANNA"]), @"
    --- stderr
    error: there is no phone CSFANNA
    hint: `capf phone find` lists phones, and `capf phone add` adds them.
    --- exit code 1
    ");
}

#[test]
fn a_file_of_phones_is_imported_whole_or_not_at_all() {
    let home = Home::new();
    home.write(
        "phones.csv",
        b"Device Name,Description,Certificate Operation\n\
          SEP000000000001,Reception,install\n\
          SEP00000000002,Workshop,install\n\
          SEP000000000003,,sideways\n",
    );
    assert_snapshot!(home.run(&["phone", "import", "phones.csv"]), @"
    --- stderr
    error: line 3: the device name `SEP00000000002` begins with SEP, which twelve hexadecimal digits must follow
    line 4: `sideways` is not one of: No Pending Operation, Install/Upgrade, Delete, Troubleshoot
    hint: No phone was added. Correct these lines and import the file again.
    --- exit code 1
    ");
    assert_snapshot!(home.run(&["phone", "find"]), @"
    Device Name  Description  Device Type  Security Profile  Authentication Mode  Authentication String  Certificate Operation  LSC Status  LSC Expires  Last Contact
    --- stderr
    No phone was found.
    --- exit code 0
    ");
    home.write(
        "phones.csv",
        b"Device Name,Description,Certificate Operation\n\
          SEP000000000001,Reception,install\n\
          SEP000000000002,Workshop,\n",
    );
    assert_snapshot!(home.run(&["phone", "import", "phones.csv"]), @"
    Added 2 phones.
    --- exit code 0
    ");
    assert_snapshot!(home.run(&["phone", "import", "phones.csv"]), @"
    Added 0 phones. There already: SEP000000000001, SEP000000000002.
    --- exit code 1
    ");
    home.write("phones.csv", b"Device Name,Colour\n");
    assert_snapshot!(home.run(&["phone", "import", "phones.csv"]), @"
    --- stderr
    error: the column `Colour` means nothing here
    hint: No phone was added. `capf phone import --help` lists the columns.
    --- exit code 1
    ");
}

#[test]
fn the_deadlock_of_a_secure_phone_that_waits_for_a_string_is_explained_before_it_is_scheduled() {
    let home = Home::new();
    let deadlock: &[&str] = &[
        "--operation",
        "install",
        "--auth-mode",
        "auth-string",
        "--auth-string",
        "4711",
        "--device-security-mode",
        "encrypted",
    ];
    let with = |verb, more: &[&str]| {
        let arguments: Vec<_> = ["phone", verb, "SEP000000000001"]
            .into_iter()
            .chain(deadlock.iter().copied())
            .chain(more.iter().copied())
            .collect();
        home.run(&arguments)
    };
    assert_snapshot!(with("add", &[]), @"
    --- stderr
    error: this needs a confirmation, and there is no terminal to ask on
    hint: By Authentication String with a Device Security Mode of Authenticated or Encrypted is a deadlock for a phone without an LSC: it cannot register without one, and a phone that has not registered does not contact CAPF by itself. Somebody would have to enter the string on the phone. Choose null-string or mic, or install the LSC in the mode non-secure first. This concerns 1 phone: SEP000000000001. Give --yes if that is meant.
    --- exit code 2
    ");
    assert_snapshot!(home.run(&["phone", "find"]), @"
    Device Name  Description  Device Type  Security Profile  Authentication Mode  Authentication String  Certificate Operation  LSC Status  LSC Expires  Last Contact
    --- stderr
    No phone was found.
    --- exit code 0
    ");
    home.run(&["phone", "add", "SEP000000000001"]);
    let refused = with("set", &[]);
    assert!(
        refused.contains("is a deadlock") && refused.ends_with("--- exit code 2\n"),
        "{refused}"
    );
    let shown = home.run(&["phone", "show", "SEP000000000001", "--format", "csv"]);
    assert!(shown.contains("No Pending Operation"), "{shown}");
    assert_snapshot!(with("set", &["--yes"]), @"
    Changed 1 phone.
    --- exit code 0
    ");
    // In the mode that registers without an LSC it is none.
    assert_snapshot!(home.run(&["phone", "set", "SEP000000000001", "--device-security-mode", "non-secure", "--operation", "install"]), @"
    Changed 1 phone.
    --- exit code 0
    ");
}

#[test]
fn delete_and_troubleshoot_are_refused_for_a_phone_without_a_certificate_unless_forced() {
    let home = Home::new();
    assert_snapshot!(home.run(&["phone", "add", "CSFA", "--operation", "delete"]), @"
    --- stderr
    error: Delete cannot be scheduled: the phone is new here, and no certificate of it is known
    hint: Give --force if the phone has one.
    --- exit code 1
    ");
    home.run(&["phone", "add", "CSFA", "CSFB"]);
    assert_snapshot!(home.run(&["phone", "set", "CSFA", "CSFB", "--operation", "troubleshoot"]), @"
    Changed 0 phones. No certificate is known of: CSFA, CSFB.
    --- stderr
    warning: Delete and Troubleshoot make no sense for a phone of which no certificate is known; give --force where the phone has one all the same.
    --- exit code 1
    ");
    assert_snapshot!(home.run(&["phone", "set", "--all", "--yes", "--operation", "delete", "--format", "json"]), @r#"
    {
      "changed": 0,
      "unknown": [],
      "without_certificate": [
        "CSFA",
        "CSFB"
      ]
    }
    --- stderr
    warning: Delete and Troubleshoot make no sense for a phone of which no certificate is known; give --force where the phone has one all the same.
    --- exit code 1
    "#);
    assert_snapshot!(home.run(&["phone", "find", "--where", "LSC Status is exactly Operation Pending"]), @"
    Device Name  Description  Device Type  Security Profile  Authentication Mode  Authentication String  Certificate Operation  LSC Status  LSC Expires  Last Contact
    --- stderr
    No phone was found.
    --- exit code 0
    ");
    assert_snapshot!(home.run(&["phone", "set", "CSFA", "--operation", "troubleshoot", "--force"]), @"
    Changed 1 phone.
    --- exit code 0
    ");
    assert_snapshot!(home.run(&["phone", "add", "CSFC", "--operation", "delete", "--force"]), @"
    Added 1 phone.
    --- exit code 0
    ");
}

#[test]
fn a_report_is_an_import() {
    let _settings = settings();
    let home = Home::new();
    home.run(&[
        "phone",
        "add",
        "SEP000000000001",
        "--description",
        "Reception, ground floor",
        "--operation",
        "install",
        "--auth-mode",
        "auth-string",
        "--auth-string",
        "4711",
        "--completes-by",
        "2030-01-31",
    ]);
    assert_snapshot!(home.run(&["report", "--format", "csv", "--output", "report.csv"]), @"--- exit code 0");
    assert_snapshot!(home.run(&["report", "--format", "csv", "--output", "report.csv"]), @"
    --- stderr
    error: this needs a confirmation, and there is no terminal to ask on
    hint: This operation will replace report.csv. Give --yes if that is meant.
    --- exit code 2
    ");
    assert_snapshot!(std::fs::read_to_string(home.path("report.csv")).unwrap(), @r#"
    Device Name,Description,Device Type,Security Profile,Device Security Mode,Authentication Mode,Authentication String,Certificate Operation,LSC Status,Operation Completes By,Key Order,RSA Key Size (Bits),EC Key Size (Bits),LSC Subject,LSC Serial Number,LSC Issued by,LSC Expires,LSC Issuer Expires by,CSR State,Last Contact,Address
    SEP000000000001,"Reception, ground floor",,,Non Secure,By Authentication String,4711,Install/Upgrade,Operation Pending,[TIME              ],RSA Only,2048,384,,,NA,NA,NA,,,
    "#);
    let other = Home::new();
    other.write(
        "report.csv",
        &std::fs::read(home.path("report.csv")).unwrap(),
    );
    other.run(&["phone", "import", "report.csv"]);
    let report: &[&str] = &["report", "--format", "json"];
    assert_eq!(other.run(report), home.run(report));
}

#[test]
fn a_report_that_is_broken_off_leaves_no_file() {
    let home = Home::new();
    home.run(&["phone", "add", "SEP000000000000..SEP000000003fff"]);
    std::fs::create_dir(home.path("reports")).unwrap();
    let files = || std::fs::read_dir(home.path("reports")).unwrap().count();
    let mut child = home.start(&["report", "--output", "reports/report.csv"]);
    while files() == 0 && child.try_wait().unwrap().is_none() {
        std::thread::yield_now();
    }
    let process = Pid::from_raw(child.id().try_into().unwrap());
    nix::sys::signal::kill(process, Signal::SIGINT).unwrap();
    assert_snapshot!(home.shown(&child.wait_with_output().unwrap()), @"
    --- stderr
    error: it was stopped
    hint: Nothing was changed.
    --- exit code 1
    ");
    assert_eq!(files(), 0);
}

#[test]
fn an_import_that_is_broken_off_says_how_many_phones_are_in() {
    let home = Home::new();
    home.run(&["phone", "find"]);
    let names: Vec<_> = (0..30_000).map(|number| format!("CSF{number}\n")).collect();
    home.write("phones.csv", format!("name\n{}", names.concat()).as_bytes());
    let mut child = home.start(&["phone", "import", "phones.csv"]);
    let counted = || home.run(&["phone", "find", "--rows", "1", "--format", "json"]);
    while counted().starts_with("[]") && child.try_wait().unwrap().is_none() {}
    let process = Pid::from_raw(child.id().try_into().unwrap());
    nix::sys::signal::kill(process, Signal::SIGINT).unwrap();
    let said = home.shown(&child.wait_with_output().unwrap());
    let (_, count) = said.split_once("it ended early, when ").unwrap();
    let (count, _) = count
        .split_once(" phones had been added: it was stopped")
        .unwrap();
    assert!(counted().contains(&format!("of {count} phones")), "{said}");
    assert!(said.ends_with("--- exit code 1\n"), "{said}");
}

#[test]
fn a_description_and_a_device_type_have_up_to_128_characters() {
    let home = Home::new();
    let [fits, too_long] = [128, 129].map(|length| "ü".repeat(length));
    for option in ["--description", "--model"] {
        let said = home.run(&["phone", "add", "CSFA", option, &too_long]);
        assert!(
            said.contains("it has 129 characters, and at most 128 are taken"),
            "{said}"
        );
        assert!(said.ends_with("--- exit code 2\n"), "{said}");
        let name = option.replace("--", "CSF");
        let said = home.run(&["phone", "add", &name, option, &fits]);
        assert!(said.ends_with("--- exit code 0\n"), "{said}");
        let shown = home.run(&["phone", "show", &name]);
        assert!(shown.contains(&fits), "{shown}");
    }
    let csv =
        format!("name,description,model\nCSFA,{too_long},\nCSFB,,{too_long}\nCSFC,{fits},{fits}\n");
    home.write("phones.csv", csv.as_bytes());
    assert_snapshot!(home.run(&["phone", "import", "phones.csv"]), @"
    --- stderr
    error: line 2: the description: it has 129 characters, and at most 128 are taken
    line 3: the device type: it has 129 characters, and at most 128 are taken
    hint: No phone was added. Correct these lines and import the file again.
    --- exit code 1
    ");
}
