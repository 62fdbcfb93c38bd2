//! `capf phone find --save`, `--saved` wherever it is taken, and `capf saved-search`.

use insta::assert_snapshot;

use super::{Home, settings};

/// The names of the phones that a command lists.
fn names(home: &Home, arguments: &[&str]) -> Vec<String> {
    let output = home.capf(arguments).args(["--format", "json"]).output();
    let listed: Vec<serde_json::Value> = serde_json::from_slice(&output.unwrap().stdout).unwrap();
    let name = |phone: &serde_json::Value| {
        phone["name"]
            .as_str()
            .or(phone["device"].as_str())
            .map(str::to_owned)
    };
    listed.iter().map(|phone| name(phone).unwrap()).collect()
}

#[test]
fn criteria_are_saved_listed_shown_replaced_and_deleted() {
    let _settings = settings();
    let home = Home::new();
    assert_snapshot!(home.run(&["saved-search", "list"]), @"
    Name  Criteria  Saved
    --- exit code 0
    ");
    assert_snapshot!(home.run(&["phone", "find", "--save", "all"]), @"
    --- stderr
    error: there are no criteria to save
    hint: Give at least one with --where or --saved.
    --- exit code 2
    ");
    let soon: &[&str] = &[
        "phone",
        "find",
        "--quiet",
        "--format",
        "csv",
        "--save",
        "expires soon",
        "--where",
    ];
    home.run(&[soon, &["lsc-expires is-before 30d"]].concat());
    assert_snapshot!(home.run(&[soon, &["lsc-expires is-before 60d"]].concat()), @"
    --- stderr
    error: this needs a confirmation, and there is no terminal to ask on
    hint: This operation will replace the saved search `expires soon`. Give --yes if that is meant.
    --- exit code 2
    ");
    let criteria: &[&str] = &["saved-search", "show", "expires soon", "--format", "csv"];
    assert_snapshot!(home.run(criteria), @"
    Field,Pattern,Text
    LSC Expires,is before,30d
    --- exit code 0
    ");
    let yes = [
        "lsc-expires is-before 60d",
        "--where",
        "description is-empty",
        "--yes",
    ];
    home.run(&[soon, &yes].concat());
    assert_snapshot!(home.run(criteria), @"
    Field,Pattern,Text
    LSC Expires,is before,60d
    Description,is empty,
    --- exit code 0
    ");
    assert_snapshot!(home.run(&["saved-search", "list"]), @"
    Name          Criteria  Saved
    expires soon  2         [TIME              ]
    --- exit code 0
    ");
    assert_snapshot!(home.run(&["saved-search", "delete", "expires soon"]), @"
    --- stderr
    error: this needs a confirmation, and there is no terminal to ask on
    hint: This operation will delete the saved search `expires soon`. Give --yes if that is meant.
    --- exit code 2
    ");
    let delete: &[&str] = &["saved-search", "delete", "expires soon", "other", "--yes"];
    assert_snapshot!(home.run(delete), @"
    Deleted 1 saved search. No such search: other.
    --- exit code 3
    ");
    assert_snapshot!(home.run(criteria), @"
    --- stderr
    error: there is no saved search `expires soon`
    hint: `capf saved-search list` lists them, and `capf phone find --save NAME` saves one.
    --- exit code 1
    ");
}

#[test]
fn saved_criteria_are_taken_wherever_criteria_are() {
    let (home, ..) = Home::with_csrs();
    home.run(&["phone", "set", "SEP000000000001", "--description", "Zurich"]);
    home.run(&["phone", "add", "CSFA", "--description", "Zurich"]);
    home.run(&[
        "phone",
        "find",
        "--where",
        "Description is exactly Zurich",
        "--save",
        "zurich",
    ]);
    let saved = ["--saved", "zurich"];
    let both = [
        "--saved",
        "zurich",
        "--where",
        "Device Name begins with CSF",
    ];
    for (command, with_saved, with_both) in [
        (
            &["phone", "find"][..],
            &["CSFA", "SEP000000000001"][..],
            &["CSFA"][..],
        ),
        (&["report"], &["CSFA", "SEP000000000001"], &["CSFA"]),
        (&["csr", "list"], &["SEP000000000001"], &[]),
    ] {
        assert_eq!(
            names(&home, &[command, &saved].concat()),
            with_saved,
            "{command:?}"
        );
        assert_eq!(
            names(&home, &[command, &both].concat()),
            with_both,
            "{command:?}"
        );
    }
    let dumped = home.run(&["csr", "dump", "csrs.tgz", "--saved", "zurich"]);
    assert!(dumped.starts_with("Dumped 1 CSR, "), "{dumped}");
    assert_snapshot!(home.run(&[&["phone", "set", "--model", "X"][..], &both].concat()), @"
    --- stderr
    error: this needs a confirmation, and there is no terminal to ask on
    hint: This operation will change 1 phone. Give --yes if that is meant.
    --- exit code 2
    ");
    assert_snapshot!(home.run(&[&["phone", "set", "--model", "X", "--yes"][..], &saved].concat()), @"
    Changed 2 phones.
    --- exit code 0
    ");
    assert_snapshot!(home.run(&["phone", "set", "CSFA", "--model", "X", "--saved", "zurich"]), @"
    --- stderr
    error: the argument '[NAME]...' cannot be used with '--saved <SEARCH>'

    Usage: capf phone set --model <MODEL> --data-dir <DIR> <NAME|--where <CRITERION>|--saved <SEARCH>|--all>

    For more information, try '--help'.
    --- exit code 2
    ");
    assert_snapshot!(home.run(&["report", "--saved", "none"]), @"
    --- stderr
    error: there is no saved search `none`
    hint: `capf saved-search list` lists them, and `capf phone find --save NAME` saves one.
    --- exit code 1
    ");
}
