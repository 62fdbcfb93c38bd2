//! The `openssl` command, as a judge that shares no code with ours.

#![allow(dead_code, reason = "no test binary needs all of it")]

use std::io::ErrorKind;
use std::path::Path;
use std::process::{Command, Stdio};

use super::installed;

/// What a run of the command said, on both its outputs.
pub(crate) struct Run {
    /// Whether its exit status was 0.
    pub(crate) succeeded: bool,
    /// Its standard output, and its standard error behind it.
    pub(crate) text: String,
}

/// Runs `openssl` with the words of `arguments` in `directory`. Gives nothing, and says so, where
/// the command is missing; where `CI` is set, that is a failure.
#[expect(clippy::panic, reason = "a test fails by panicking")]
pub(crate) fn openssl(directory: &Path, arguments: &str) -> Option<Run> {
    let output = Command::new("openssl")
        .args(arguments.split_whitespace())
        .current_dir(directory)
        .stdin(Stdio::null())
        .output();
    match output {
        Ok(output) => Some(Run {
            succeeded: output.status.success(),
            text: [output.stdout, output.stderr]
                .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
                .concat(),
        }),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            installed::skipped("there is no `openssl` command");
            None
        }
        Err(error) => panic!("`openssl {arguments}`: {error}"),
    }
}
