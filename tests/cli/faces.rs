//! What every command has in common: formats, options, questions and errors.

use insta::assert_snapshot;

use super::Home;

#[test]
fn a_result_has_a_face_for_every_format() {
    let home = Home::new();
    assert_snapshot!(home.run(&["csr", "count"]), @"
    Pending      0
    Dumped       0
    Issued       0
    Superseded   0
    Valid CSR    0
    Invalid CSR  0
    --- exit code 0
    ");
    assert_snapshot!(home.run(&["csr", "count", "--format", "json"]), @r#"
    {
      "pending": 0,
      "dumped": 0,
      "issued": 0,
      "superseded": 0,
      "valid": 0,
      "invalid": 0
    }
    --- exit code 0
    "#);
    assert_snapshot!(home.run(&["csr", "count", "--format", "csv"]), @"
    Pending,Dumped,Issued,Superseded,Valid CSR,Invalid CSR
    0,0,0,0,0,0
    --- exit code 0
    ");
    let by_environment = home
        .capf(&["csr", "count"])
        .env("CAPF_FORMAT", "csv")
        .output();
    assert_eq!(
        home.shown(&by_environment.unwrap()),
        home.run(&["csr", "count", "--format", "csv"])
    );
}

#[test]
fn options_come_from_the_environment_too() {
    let home = Home::new();
    home.run(&["phone", "add", "CSFA", "CSFB"]);
    for (yes, code) in [("1", 0), ("true", 0), ("0", 2), ("", 2)] {
        let output = home
            .capf(&["phone", "set", "--all"])
            .env("CAPF_YES", yes)
            .env("CAPF_KEY_ORDER", "ec-only")
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(code), "{yes}");
    }
    let phone = home.run(&["phone", "show", "CSFB", "--format", "json"]);
    assert!(phone.contains("EC Only"), "{phone}");
}

#[test]
fn without_a_terminal_nothing_asks() {
    let (home, ..) = Home::with_csrs();
    assert_snapshot!(home.run(&["phone", "set", "--all", "--rsa-key-size", "1024"]), @"
    --- stderr
    error: this needs a confirmation, and there is no terminal to ask on
    hint: This operation will change 2 phones. Give --yes if that is meant.
    --- exit code 2
    ");
    assert_snapshot!(home.run(&["phone", "remove", "SEP000000000001"]), @"
    --- stderr
    error: this needs a confirmation, and there is no terminal to ask on
    hint: This operation will remove SEP000000000001, its CSRs and its certificates. Give --yes if that is meant.
    --- exit code 2
    ");
    assert_snapshot!(home.run(&["csr", "delete"]), @"
    --- stderr
    error: this needs a confirmation, and there is no terminal to ask on
    hint: This operation will delete all CSRs, and the certificates built and imported that no phone holds. Give --yes if that is meant.
    --- exit code 2
    ");
    assert_snapshot!(home.run(&["stale-lsc", "delete", "all"]), @"
    --- stderr
    error: this needs a confirmation, and there is no terminal to ask on
    hint: This operation will delete all stale LSCs. Give --yes if that is meant.
    --- exit code 2
    ");
    assert_snapshot!(home.run(&["trust", "remove", "1"]), @"
    --- stderr
    error: this needs a confirmation, and there is no terminal to ask on
    hint: This operation will remove O=Example Corporate CA, CN=Example Root from CAPF-trust. Give --yes if that is meant.
    --- exit code 2
    ");
    assert_snapshot!(home.run(&["csr", "dump"]), @"
    --- stderr
    error: TARGET is missing
    hint: There is no terminal to ask on: give it on the command line.
    --- exit code 2
    ");
    assert_snapshot!(home.run(&["cert", "import"]), @"
    --- stderr
    error: SOURCE is missing
    hint: There is no terminal to ask on: give it on the command line.
    --- exit code 2
    ");
    assert_snapshot!(home.run(&["set", "keep_alive"]), @"
    --- stderr
    error: MINUTES is missing
    hint: There is no terminal to ask on: give it on the command line.
    --- exit code 2
    ");
    assert_snapshot!(home.run(&["phone", "set", "--all", "--rsa-key-size", "1024", "--yes"]), @"
    Changed 2 phones.
    --- exit code 0
    ");
    assert_snapshot!(home.run(&["csr", "delete", "--yes"]), @"
    Deleted 2 CSRs and 0 certificates.
    --- exit code 0
    ");
}

#[test]
fn what_makes_no_sense_is_a_usage_error() {
    let home = Home::new();
    assert_snapshot!(home.run(&["phone", "add", "SEP00"]), @"
    --- stderr
    error: invalid value 'SEP00' for '<NAME>...': the device name `SEP00` begins with SEP, which twelve hexadecimal digits must follow

    For more information, try '--help'.
    --- exit code 2
    ");
    assert_snapshot!(home.run(&["phone", "add", "CSFA", "--operation", "sideways"]), @"
    --- stderr
    error: invalid value 'sideways' for '--operation <OPERATION>'
      [possible values: none, install, delete, troubleshoot]

    For more information, try '--help'.
    --- exit code 2
    ");
    assert_snapshot!(home.run(&["phone", "add", "CSFA", "--auth-string", "123"]), @"
    --- stderr
    error: invalid value '123' for '--auth-string <DIGITS|generate>': an authentication string has 4 to 10 digits

    For more information, try '--help'.
    --- exit code 2
    ");
    assert_snapshot!(home.run(&["phone", "add", "CSFA", "--completes-by", "soon"]), @"
    --- stderr
    error: invalid value 'soon' for '--completes-by <TIME>': `soon` is no time; write 2027-01-31, 2027-01-31T18:00, 2027:01:31:18:00 as Unified CM does, or how long from now or ago: 90m, 36h, 10d

    For more information, try '--help'.
    --- exit code 2
    ");
    assert_snapshot!(home.run(&["phone", "set", "CSFA"]), @"
    --- stderr
    error: nothing to set was given
    hint: Give at least one setting; `capf phone set --help` lists them.
    --- exit code 2
    ");
    assert_snapshot!(home.run(&["phone", "set", "CSFA", "--all", "--model", "x"]), @"
    --- stderr
    error: the argument '[NAME]...' cannot be used with '--all'

    Usage: capf phone set --model <MODEL> --data-dir <DIR> <NAME|--where <CRITERION>|--saved <SEARCH>|--all>

    For more information, try '--help'.
    --- exit code 2
    ");
    assert_snapshot!(home.run(&["phone", "find", "--where", "LSC Status is before 2027-01-31"]), @"
    --- stderr
    error: invalid value 'LSC Status is before 2027-01-31' for '--where <CRITERION>': `LSC Status` cannot be compared by `is before`

    For more information, try '--help'.
    --- exit code 2
    ");
    assert_snapshot!(home.run(&["set", "keep_alive", "61"]), @"
    --- stderr
    error: `Keepalive Interval (in minutes)` takes a whole number from 5 to 60, not `61`
    --- exit code 2
    ");
    assert_snapshot!(home.run(&["parameter", "set", "certificate-issuer", "online-ca"]), @"
    --- stderr
    error: `Certificate Issuer to Endpoint` cannot be `Online CA` yet: this version has no client for an online CA
    --- exit code 2
    ");
    assert_snapshot!(home.run(&["csr", "dump", "gopher://u:secret@server/csrs.tgz"]), @"
    --- stderr
    error: invalid value 'gopher://u:secret@server/csrs.tgz' for '[TARGET]': `gopher` is not known here; write ftp, ftps, sftp, tftp or https

    For more information, try '--help'.
    --- exit code 2
    ");
    assert_snapshot!(home.run(&["csr", "dump", "tftp://u:secret@server/csrs.tgz"]), @"
    --- stderr
    error: invalid value 'tftp://u:secret@server/csrs.tgz' for '[TARGET]': tftp has no users and passwords

    For more information, try '--help'.
    --- exit code 2
    ");
    assert_snapshot!(home.run(&["phone", "import", "ftp://server/phones.csv"]), @"
    --- stderr
    error: invalid value 'ftp://server/phones.csv' for '<FILE>': a file on this machine is meant, or `-`: `csr dump`, `cert import`, `backup` and `restore` alone take URLs

    For more information, try '--help'.
    --- exit code 2
    ");
    assert_snapshot!(home.run(&["csr", "dump", "--since", "soon", "csrs.tgz"]), @"
    --- stderr
    error: invalid value 'soon' for '--since <TIME>': `soon` is no time; write 2027-01-31, 2027-01-31T18:00, 2027:01:31:18:00 as Unified CM does, or how long from now or ago: 90m, 36h, 10d

    For more information, try '--help'.
    --- exit code 2
    ");
    assert_snapshot!(home.run(&["csr", "dump", "--only-new", "csrs.tgz"]), @"
    --- stderr
    error: there is no CSR to dump among those that are selected
    hint: `capf csr list` takes the same options and shows what they select.
    --- exit code 1
    ");
    assert_snapshot!(home.run(&["csr", "count", "--store", "postgres://capf:secret@127.0.0.1:1/capf"]), @"
    --- stderr
    error: the database server cannot be used; check that it runs, and the place, user and password in its URI: error connecting to server: Connection refused (os error 111)
    --- exit code 1
    ");
}

#[test]
fn the_link_utils_takes_what_is_typed_on_unified_cm() {
    let home = Home::new();
    assert_snapshot!(home.run(&["util", "link", "."]), @"
    --- stderr
    Made ./utils.
    --- exit code 0
    ");
    assert_snapshot!(home.run(&["util", "link", "."]), @"
    --- stderr
    ./utils is there already.
    --- exit code 0
    ");
    let utils = |arguments: &[&str]| {
        let output = home.command(home.path("utils"), arguments).output();
        home.shown(&output.unwrap())
    };
    assert_eq!(
        utils(&["capf", "csr", "count"]),
        home.run(&["csr", "count"])
    );
    assert_snapshot!(utils(&["capf", "set", "keep_alive", "20"]), @"
    Parameter Name       Keepalive Interval (in minutes)
    Parameter Value      20
    Value until Restart
    Suggested Value      15
    Takes                5 to 60 minutes
    Takes Effect         At once
    Parameter Type       Service
    Status               Inactive
    Known from           Unified CM has it as `utils capf set keep_alive`, since 12.5(1)
    Help                 How many minutes pass between two keepalives on a session that waits for its certificate, so that firewalls keep the connection.
    --- exit code 0
    ");
    assert_snapshot!(utils(&["capf", "stale-lsc", "delete", "all", "--yes"]), @"
    Deleted 0 stale LSCs.
    --- exit code 0
    ");
}

#[test]
fn a_reader_that_leaves_is_no_failure() {
    let home = Home::new();
    home.run(&["phone", "add", "SEP000000000000..SEP000000000fff"]);
    assert_snapshot!(home.run_unread(&["report", "--format", "csv"]), @"--- exit code 0");
}

#[test]
fn a_reader_that_leaves_makes_no_success_of_what_failed() {
    let (home, ..) = Home::with_csrs();
    home.run(&["csr", "dump", "csrs.tgz"]);
    home.run(&["phone", "add", "CSFA"]);
    for (arguments, code) in [
        (&["cert", "import", "csrs.tgz"][..], 1),
        (&["phone", "add", "CSFA", "CSFB"], 3),
        (&["phone", "add", "CSFA", "--format", "json"], 1),
        (
            &[
                "phone", "set", "CSFNONE", "--model", "CSF", "--format", "csv",
            ],
            1,
        ),
        (&["phone", "remove", "CSFNONE", "--yes"], 1),
        (&["phone", "find"], 0),
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let ended = home.capf(arguments).stdout(writer).status().unwrap();
        assert_eq!(ended.code(), Some(code), "{arguments:?}");
    }
}

#[test]
fn what_cannot_be_read_or_written_is_named() {
    let (home, ..) = Home::with_csrs();
    for (arguments, expected) in [
        (&["cert", "import", "."][..], ". is a directory"),
        (&["phone", "import", "."], ". is a directory"),
        (
            &["cert", "show", "none.der"],
            "none.der cannot be read: No such",
        ),
        (&["cert", "import", ""], "it names no file"),
        (
            &["csr", "dump", "none/csrs.tgz"],
            "none/csrs.tgz cannot be written",
        ),
        (
            &["csr", "dump", "/dev/full", "--yes"],
            "/dev/full is no regular file",
        ),
        (
            &["csr", "count", "--data-dir", "root.pem"],
            "root.pem is not a directory",
        ),
        (
            &["trust", "import", "."],
            ". cannot be read: Is a directory",
        ),
    ] {
        let said = home.run(arguments);
        assert!(said.starts_with("--- stderr\nerror: "), "{said}");
        assert!(said.contains(expected), "{said}");
    }
    let full = std::fs::File::create("/dev/full").unwrap();
    let output = home.capf(&["csr", "dump", "-"]).stdout(full).output();
    let said = home.shown(&output.unwrap());
    assert!(said.contains("cannot be written: No space left"), "{said}");
    let counts = home.run(&["csr", "count", "--format", "csv"]);
    assert!(
        counts.contains("\n2,0,0,0,2,0\n"),
        "none is dumped: {counts}"
    );
}

#[test]
fn a_damaged_database_is_named() {
    let home = Home::new();
    home.run(&["phone", "find"]);
    home.write("data/capf.db", &[b'x'; 8192]);
    assert_snapshot!(home.run(&["phone", "find"]), @"
    --- stderr
    error: the database sqlite:[HOME]/data/capf.db holds what cannot be read: file is not a database; restore it from a backup
    --- exit code 1
    ");
}

#[test]
fn where_nothing_is_found_nothing_is_asked() {
    let home = Home::new();
    assert_snapshot!(home.run(&["phone", "set", "--where", "Device Type is exactly x", "--operation", "install"]), @"
    Changed 0 phones.
    --- exit code 0
    ");
}

#[test]
fn what_is_written_about_a_phone_cannot_move_the_cursor() {
    let home = Home::new();
    home.run(&[
        "phone",
        "add",
        "CSFA",
        "--description",
        "\u{1b}[2Jgone\u{202e}",
    ]);
    assert_snapshot!(home.run(&["phone", "find"]), @r#"
    Device Name  Description            Device Type  Security Profile  Authentication Mode  Authentication String  Certificate Operation  LSC Status  LSC Expires  Last Contact
    CSFA         \u{1b}[2Jgone\u{202e}                                 By Null String                              No Pending Operation   None        NA
    --- stderr
    1 to 1 of 1 phone.
    --- exit code 0
    "#);
}

#[test]
fn the_settings_of_a_file_are_taken() {
    let home = Home::new();
    home.write("capf.toml", b"store = \"sqlite:other.db\"\n");
    home.run(&["phone", "add", "CSFA", "--config", "capf.toml"]);
    assert!(home.path("other.db").exists());
    home.write("capf.toml", b"stoer = \"sqlite:other.db\"\n");
    assert_snapshot!(home.run(&["phone", "find", "--config", "capf.toml"]), @r#"
    --- stderr
    error: the configuration file `capf.toml` cannot be understood: TOML parse error at line 1, column 1
      |
    1 | stoer = "sqlite:other.db"
      | ^^^^^
    unknown field `stoer`, expected one of `data-dir`, `store`, `node`, `listen`, `listen-legacy`, `balancer`, `max-connections`, `metrics`, `ca-passphrase-file`, `log`, `log-format`, `reset`
    --- exit code 1
    "#);
    assert_snapshot!(home.run(&["phone", "find", "--config", "none.toml"]), @"
    --- stderr
    error: the configuration file `none.toml` cannot be read: No such file or directory (os error 2)
    --- exit code 1
    ");
}
