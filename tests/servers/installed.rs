//! Whether the programs of the tests are here.

use std::path::PathBuf;

/// Where `program` is. Gives nothing, and says so, where it is missing; where `CI` is set, that is a
/// failure.
#[expect(
    clippy::disallowed_methods,
    reason = "CI alone decides whether a test may be skipped, and the shell where programs are"
)]
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
pub(crate) fn installed(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    // Servers are not on the path of everybody.
    let found = std::env::split_paths(&path)
        .chain(["/usr/sbin", "/sbin"].map(PathBuf::from))
        .map(|directory| directory.join(program))
        .find(|file| file.is_file());
    if found.is_none() {
        assert!(
            std::env::var_os("CI").is_none(),
            "there is no `{program}`, and where CI is set nothing is skipped"
        );
        eprintln!("SKIPPED: there is no `{program}`; install it, or set CI to insist");
    }
    found
}
