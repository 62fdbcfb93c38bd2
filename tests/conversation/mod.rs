//! The recorded conversations in `fixtures/conversations/`; `fixtures/README.md` describes them.

#![allow(dead_code, reason = "no test binary needs all of it")]
#![expect(clippy::panic, reason = "a fixture that cannot be read fails the test")]

use std::fs;
use std::path::{Path, PathBuf};

/// Who sent a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    /// `S>C`
    FromServer,
    /// `C>S`
    FromPhone,
}

/// One recorded session.
pub(crate) struct Conversation {
    /// The file's name without its extension.
    pub(crate) name: String,
    /// What must come of it.
    pub(crate) verdict: String,
    /// The names of its commands, in their order.
    pub(crate) flow: Vec<String>,
    /// The name of the Reason in the recorded `EndSession`.
    pub(crate) ends: String,
    /// Its messages, whole.
    pub(crate) lines: Vec<(Direction, Vec<u8>)>,
}

impl Conversation {
    /// The recorded conversation `name`.
    pub(crate) fn named(name: &str) -> Self {
        Self::read(&directory().join(name).with_extension("txt"))
    }

    fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).expect("the fixture is readable");
        let name = path
            .file_stem()
            .and_then(|stem| stem.to_str())
            .expect("the fixture's name is UTF-8");
        let stated = |line: usize, what: &str| {
            text.lines()
                .nth(line)
                .and_then(|line| line.strip_prefix(what))
                .unwrap_or_else(|| panic!("{name}: line {} is `{what}…`", line + 1))
        };
        Self {
            name: name.to_owned(),
            verdict: stated(0, "# verdict: ").to_owned(),
            flow: stated(1, "# flow: ")
                .split(", ")
                .map(str::to_owned)
                .collect(),
            ends: stated(2, "# ends: ").to_owned(),
            lines: text
                .lines()
                .filter(|line| !line.is_empty() && !line.starts_with('#'))
                .map(message)
                .collect(),
        }
    }
}

/// Every recorded conversation, in the order of their names.
pub(crate) fn all() -> Vec<Conversation> {
    let mut paths: Vec<PathBuf> = fs::read_dir(directory())
        .expect("the fixtures are there")
        .map(|entry| entry.expect("the fixtures can be listed").path())
        .collect();
    paths.sort();
    paths.iter().map(|path| Conversation::read(path)).collect()
}

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/conversations")
}

fn message(line: &str) -> (Direction, Vec<u8>) {
    let (direction, digits) = line
        .split_once(' ')
        .expect("a direction and a message stand in a line");
    let direction = match direction {
        "S>C" => Direction::FromServer,
        "C>S" => Direction::FromPhone,
        other => panic!("`{other}` is no direction"),
    };
    (direction, hex::decode(digits).expect("a message is in hex"))
}
