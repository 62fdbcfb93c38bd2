//! Programs that a test needs and a machine may not have.

#![allow(dead_code, reason = "no test binary needs all of it")]

use std::env;
use std::io::Write as _;
use std::path::PathBuf;

/// Where the program is. Gives nothing, and says so, where it is missing; where `CI` is set, that
/// is a failure.
#[expect(
    clippy::disallowed_methods,
    reason = "it is the caller's PATH that is searched"
)]
pub(crate) fn installed(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let found = env::split_paths(&path)
        .chain(["/usr/sbin", "/sbin"].map(PathBuf::from))
        .map(|directory| directory.join(program))
        .find(|file| file.is_file());
    if found.is_none() {
        skipped(&format!("there is no `{program}`"));
    }
    found
}

/// Says why a test is skipped; where `CI` is set, fails it.
#[expect(
    clippy::disallowed_methods,
    reason = "CI alone decides whether a test may be skipped"
)]
pub(crate) fn skipped(why: &str) {
    assert!(env::var_os("CI").is_none(), "{why}");
    let test = std::thread::current().name().unwrap_or_default().to_owned();
    // What a test prints in the usual way, nobody sees where it passes.
    let _ = writeln!(std::io::stderr(), "SKIPPED {test}: {why}; set CI to insist");
}
