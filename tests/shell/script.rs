//! Lines that nobody types.

use std::fs;
use std::io::Write as _;
use std::process::Stdio;

use super::home::{Home, Said};

/// Runs the lines from standard input.
fn run(home: &Home, options: &[&str], lines: &str) -> Said {
    let mut command = home.capf(&[&["shell"], options].concat());
    let mut shell = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = shell.stdin.take().unwrap();
    stdin.write_all(lines.as_bytes()).unwrap();
    drop(stdin);
    Said::of(&shell.wait_with_output().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_runs_line_by_line_and_says_nothing_of_its_own() {
    let home = Home::new().await;
    let lines = "\u{feff}# Two phones.\r\n\r\nphone add SEP00000000000{1,2}\n";
    let said = run(&home, &[], lines);
    assert_eq!(
        said.code,
        Some(2),
        "braces are no wildcards: {}",
        said.stderr
    );

    let lines = "phone add SEP000000000001 --description 'Reception desk' # the first\n\
        utils capf csr count --format csv\n\
        phone find --columns name,description";
    let said = run(&home, &["--format", "jsonl"], lines);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    let lines: Vec<_> = said.stdout.lines().collect();
    assert!(lines[0].starts_with(r#"{"added":1"#), "{lines:?}");
    assert_eq!(
        lines[1],
        "Pending,Dumped,Issued,Superseded,Valid CSR,Invalid CSR"
    );
    assert_eq!(
        lines[3..],
        [r#"{"name":"SEP000000000001","description":"Reception desk"}"#]
    );
    assert!(!said.stdout.contains("admin:"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_ends_at_the_first_line_that_fails() {
    let home = Home::new().await;
    let lines =
        "phone add SEP000000000001\nphone show SEP00000000000F\nphone add SEP000000000002\n";
    let said = run(&home, &[], lines);
    assert_eq!(said.code, Some(1));
    assert_eq!(
        said.lines().last(),
        Some(
            &"warning: Line 2 of standard input ended with exit code 1; no line behind it was run."
        )
    );
    assert_eq!(run(&home, &[], "phone show SEP000000000002").code, Some(1));

    fs::write(home.path("script"), lines).unwrap();
    let options = ["--keep-going", "--file", "script"];
    let said = run(&home, &options, "");
    assert_eq!(said.code, Some(1), "{}", said.stderr);
    assert_eq!(run(&home, &[], "phone show SEP000000000002").code, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_command_is_told_with_what_to_do() {
    let home = Home::new().await;
    for (line, message) in [
        ("csr list | less", "error: `|` is for a shell of the system"),
        ("csr list >file", "error: `>` is for a shell of the system"),
        ("phone show 'SEP", "error: the quote ' is not closed"),
        ("nonsense", "error: unrecognized subcommand 'nonsense'"),
        ("cs co", "error: unrecognized subcommand 'cs'"),
        ("shell", "error: this is the shell already"),
        ("show capf-server", "Usage: capf show capf-server"),
        (
            "csr count --format html",
            "error: `--format html` is for `capf report` alone",
        ),
        (
            "phone remove SEP000000000001",
            "error: this needs a confirmation",
        ),
    ] {
        let said = run(&home, &[], line);
        assert!(
            said.stderr.contains(message) || said.stdout.contains(message),
            "{line}: {}",
            said.stderr
        );
        assert_eq!(said.code, Some(2), "{line}");
    }
    let missing = run(&home, &["--file", "missing"], "");
    assert_eq!(missing.code, Some(1));
    assert!(
        missing
            .stderr
            .starts_with("error: missing cannot be read: "),
        "{}",
        missing.stderr
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn help_and_lists_are_results() {
    let home = Home::new().await;
    let said = run(
        &home,
        &[],
        "stale-lsc ?\nhelp utils capf stale-lsc delete\ncsr count --help\nexit\nnonsense",
    );
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    assert!(
        said.stdout.starts_with("Commands:\n  list"),
        "{}",
        said.stdout
    );
    assert!(
        said.stdout
            .contains("Usage: capf stale-lsc delete [OPTIONS] [ALL]"),
        "{}",
        said.stdout
    );
    assert!(
        said.stdout.contains("Usage: capf csr count [OPTIONS]"),
        "{}",
        said.stdout
    );
    assert_eq!(said.stderr, "");
}

/// The shell's own options could hold a password, and no help shows it.
#[tokio::test(flavor = "multi_thread")]
async fn options_of_the_shell_hold_for_every_line_and_are_not_shown() {
    let home = Home::new().await;
    let store = format!("sqlite:{}", home.path("s3cret.db").display());
    let said = run(
        &home,
        &["--store", &store],
        "phone add SEP000000000001\ncsr count --help",
    );
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    assert!(!said.stdout.contains("s3cret"), "{}", said.stdout);
    assert_eq!(run(&home, &[], "phone show SEP000000000001").code, Some(1));
    let line = format!("phone show SEP000000000001 --store {store}");
    assert_eq!(run(&home, &[], &line).code, Some(0));
    assert_eq!(
        run(&home, &["--store", "sqlite:/nonexistent/x"], &line).code,
        Some(0)
    );
}

/// A command that reads standard input takes what the script has behind it, as in any shell.
#[tokio::test(flavor = "multi_thread")]
async fn a_command_may_read_what_follows() {
    let home = Home::new().await;
    let lines = "phone import -\nDevice Name\nSEP000000000001\nSEP000000000002\n";
    let said = run(&home, &[], lines);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    assert_eq!(run(&home, &[], "phone show SEP000000000002").code, Some(0));
}
