//! The man pages and completions in the repository are those that the binary makes.
//!
//! After a change of the command line, write them anew:
//!
//! ```text
//! cargo run -- util man man
//! for shell in bash fish zsh; do cargo run -- util completions $shell > completions/capf.$shell; done
//! ```

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};

fn capf(arguments: &[&str]) -> Output {
    let output = Command::new(env!("CARGO_BIN_EXE_capf"))
        .args(arguments)
        .env_clear()
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    output
}

fn files(directory: &Path) -> BTreeMap<String, String> {
    std::fs::read_dir(directory)
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            let text = std::fs::read_to_string(entry.path()).unwrap();
            (entry.file_name().into_string().unwrap(), text)
        })
        .collect()
}

#[test]
fn the_man_pages_are_those_of_this_command_line() {
    let directory = tempfile::tempdir().unwrap();
    capf(&["util", "man", directory.path().to_str().unwrap()]);
    let (made, kept) = (
        files(directory.path()),
        files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("man")),
    );
    assert_eq!(
        made.keys().collect::<Vec<_>>(),
        kept.keys().collect::<Vec<_>>(),
        "see the top of this file"
    );
    for (name, text) in made {
        assert!(
            text == kept[&name],
            "{name} is old; see the top of this file"
        );
    }
}

#[test]
fn the_completions_are_those_of_this_command_line() {
    let kept = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("completions"));
    assert_eq!(kept.len(), 3);
    for shell in ["bash", "fish", "zsh"] {
        let made = String::from_utf8(capf(&["util", "completions", shell]).stdout).unwrap();
        let name = format!("capf.{shell}");
        assert!(
            made == kept[&name],
            "{name} is old; see the top of this file"
        );
    }
}
