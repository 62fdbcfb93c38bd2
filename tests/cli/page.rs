//! `capf report --format html`.

use std::os::unix::fs::PermissionsExt as _;

use insta::assert_snapshot;

use super::Home;

fn home() -> Home {
    let home = Home::new();
    home.run(&[
        "phone",
        "add",
        "SEP000000000001",
        "--description",
        "Reception <ground floor>",
        "--operation",
        "install",
        "--auth-mode",
        "auth-string",
        "--auth-string",
        "4711471147",
    ]);
    home
}

#[test]
fn a_page_goes_to_standard_output_or_to_a_file() {
    let home = home();
    let criterion = "Authentication String is exactly 4711471147";
    let page: &[&str] = &["report", "--format", "html", "--where", criterion];
    let output = home.capf(page).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(output.stderr, b"");
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(shown.starts_with("<!DOCTYPE html>\n"));
    assert!(shown.ends_with("</html>\n"));
    assert!(shown.contains("<bdi>SEP000000000001</bdi>"));
    assert!(shown.contains("<bdi>Reception &lt;ground floor&gt;</bdi>"));
    assert!(!shown.contains("4711471147"));

    let to_file = [page, &["--output", "report.html"]].concat();
    assert_snapshot!(home.run(&to_file), @"--- exit code 0");
    assert_snapshot!(home.run(&to_file), @"
    --- stderr
    error: this needs a confirmation, and there is no terminal to ask on
    hint: This operation will replace report.html. Give --yes if that is meant.
    --- exit code 2
    ");
    let written = std::fs::read_to_string(home.path("report.html")).unwrap();
    assert!(written.starts_with("<!DOCTYPE html>\n") && written.ends_with("</html>\n"));
    // Others may read it as they may read any new file.
    home.write("new", b"");
    let mode = |name| home.path(name).metadata().unwrap().permissions().mode();
    assert_eq!(mode("report.html"), mode("new"));
}

#[test]
fn a_page_is_the_reports_alone_and_has_no_lscs() {
    let home = home();
    assert_snapshot!(home.run(&["phone", "remove", "SEP000000000001", "--yes", "--format", "html"]), @"
    --- stderr
    error: `--format html` is for `capf report` alone
    hint: Leave it out, or give another format.
    --- exit code 2
    ");
    assert_snapshot!(home.run(&["report", "--format", "html", "--with-lsc"]), @"
    --- stderr
    error: a page does not hold the LSCs themselves
    hint: Leave out --with-lsc, or give --format csv.
    --- exit code 2
    ");
    let environment = home.capf(&["report"]).env("CAPF_FORMAT", "html").output();
    assert!(environment.unwrap().stdout.starts_with(b"<!DOCTYPE html>"));
}

#[test]
fn a_page_that_nobody_reads_is_no_failure() {
    let home = Home::new();
    home.run(&["phone", "add", "SEP000000000000..SEP000000000fff"]);
    assert_snapshot!(home.run_unread(&["report", "--format", "html"]), @"--- exit code 0");
}
