//! The house's rules, kept by reading every path in the source tree: imports go down the floors
//! (`src/lib.rs` has the map), and some packages live in one room alone.

use std::fs;
use std::iter::Peekable;
use std::path::Path;
use std::str::Chars;

/// A room, and which others it may name. Its own name and, unless `only` says otherwise, the
/// rooms of the floors below are understood.
struct Room {
    name: &'static str,
    floor: u8,
    /// The rooms of its own floor that it may name.
    beside: &'static [&'static str],
    /// Where this is not empty, the room may name these and no others.
    only: &'static [&'static str],
}

const fn room(floor: u8, name: &'static str, beside: &'static [&'static str]) -> Room {
    Room {
        name,
        floor,
        beside,
        only: &[],
    }
}

const BINARY: &str = "the binary";

const ROOMS: &[Room] = &[
    room(0, "model", &["clock", "secret", "config"]),
    room(0, "clock", &["model", "secret", "config"]),
    room(0, "secret", &["model", "clock", "config"]),
    room(0, "config", &["model", "clock", "secret"]),
    room(1, "wire", &[]),
    room(1, "archive", &[]),
    room(1, "ctl", &[]),
    room(1, "backup", &["archive"]),
    room(1, "report", &[]),
    room(2, "pki", &[]),
    room(2, "auth", &["pki"]),
    room(2, "session", &["auth", "pki"]),
    room(3, "reset", &["transfer"]),
    room(3, "store", &[]),
    room(3, "trace", &["whole_file"]),
    room(3, "transfer", &[]),
    room(3, "transport", &[]),
    room(3, "whole_file", &[]),
    room(4, "server", &[]),
    room(4, "admin", &[]),
    // A simulated phone that shares the server's judgement proves nothing about it.
    Room {
        only: &["wire", "transport", "model", "clock", "secret"],
        ..room(4, "phone_sim", &[])
    },
    Room {
        only: &[
            "server",
            "admin",
            "backup",
            "phone_sim",
            "trace",
            "transfer",
            "whole_file",
            "report",
            "reset",
            "config",
            "model",
            "clock",
            "secret",
        ],
        ..room(5, BINARY, &[])
    },
];

/// Packages, and the rooms that may name them.
const PACKAGES: &[(&str, &[&str])] = &[
    ("age", &["backup"]),
    ("clap", &[BINARY]),
    ("clap_complete", &[BINARY]),
    ("clap_mangen", &[BINARY]),
    ("comfy_table", &[BINARY]),
    ("csv", &["report"]),
    ("dialoguer", &[BINARY]),
    ("flate2", &["archive"]),
    ("hyper", &["server", "transfer"]),
    ("hyper_openssl", &["transfer"]),
    ("indicatif", &[BINARY]),
    ("listenfd", &[BINARY]),
    (
        "openssl",
        &[
            "backup",
            "pki",
            "auth",
            "transfer",
            "transport",
            "phone_sim",
            // Its one use there is TLS to a server of databases.
            "store",
        ],
    ),
    ("openssl_probe", &["transfer", "store"]),
    ("pkcs8", &["pki"]),
    ("postgres", &["store"]),
    ("postgres_openssl", &["store"]),
    ("ppp", &["server"]),
    ("prometheus_client", &["server"]),
    ("reqwest", &["transfer"]),
    ("rusqlite", &["store"]),
    ("rustyline", &[BINARY]),
    ("russh", &["transfer"]),
    ("russh_sftp", &["transfer"]),
    ("rustix", &["admin", "whole_file"]),
    ("sd_notify", &[BINARY]),
    ("suppaftp", &["transfer"]),
    ("tar", &["archive"]),
    (
        "tokio",
        &[
            "reset",
            "store",
            "transfer",
            "transport",
            "server",
            "admin",
            "phone_sim",
            BINARY,
        ],
    ),
    ("tokio_openssl", &["transfer", "transport"]),
    ("tokio_util", &["reset", "transfer", "admin", BINARY]),
    ("toml", &["config"]),
    ("url", &["transfer"]),
    ("x509_parser", &["model", "pki"]),
];

#[test]
fn imports_go_down_and_packages_stay_in_their_rooms() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    collect(&root.join("src"), &mut files);
    assert!(files.len() > ROOMS.len(), "the source tree was not found");
    let violations: Vec<String> = files
        .iter()
        .flat_map(|(path, source)| {
            let relative = path
                .strip_prefix(root)
                .expect("it was found below the root");
            violations(&relative.to_string_lossy(), source)
        })
        .collect();
    assert!(violations.is_empty(), "\n{}\n", violations.join("\n"));
}

fn collect(directory: &Path, files: &mut Vec<(std::path::PathBuf, String)>) {
    for entry in fs::read_dir(directory).expect("the directory can be read") {
        let path = entry.expect("the entry can be read").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let source = fs::read_to_string(&path).expect("the file can be read");
            files.push((path, source));
        }
    }
}

/// What a file (`src/model/phone.rs`) breaks, a line each.
fn violations(file: &str, source: &str) -> Vec<String> {
    let module: Vec<&str> = file
        .trim_start_matches("src/")
        .trim_end_matches(".rs")
        .split('/')
        .filter(|part| *part != "mod")
        .collect();
    // The root of the library, whose `pub mod` lines name every room.
    if module == ["lib"] {
        return Vec::new();
    }
    let name = if module[0] == "bin" {
        BINARY
    } else {
        module[0]
    };
    let Some(room) = ROOMS.iter().find(|room| room.name == name) else {
        return vec![format!("{file}: `{name}` is not in the table of rooms")];
    };
    let tokens = tokens(source);
    let rooms = rooms_named(
        &tokens,
        if name == BINARY { "capf" } else { "crate" },
        module.len(),
    )
    .into_iter()
    .filter(|(_, named)| !may_name(room, named));
    let packages = packages_named(&tokens).into_iter().filter(|(_, named)| {
        !PACKAGES
            .iter()
            .any(|(package, rooms)| package == named && rooms.contains(&name))
    });
    rooms
        .chain(packages)
        .map(|(line, named)| format!("{file}:{line}: {name} may not name {named}"))
        .collect()
}

fn may_name(room: &Room, named: &str) -> bool {
    let Some(other) = ROOMS.iter().find(|other| other.name == named) else {
        return false;
    };
    if other.name == room.name {
        true
    } else if room.only.is_empty() {
        other.floor < room.floor || room.beside.contains(&named)
    } else {
        room.only.contains(&named)
    }
}

/// Every room that a path from the crate's root names, with its line. `depth` is how many modules
/// the file lies below that root.
fn rooms_named<'a>(tokens: &'a [Token], root: &str, depth: usize) -> Vec<(usize, &'a str)> {
    let text = |index: usize| tokens.get(index).map_or("", |token| &token.text);
    let mut named = Vec::new();
    // How deep in braces each inline module that surrounds the token began.
    let mut inline: Vec<usize> = Vec::new();
    let mut braces = 0;
    let mut index = 0;
    while index < tokens.len() {
        match text(index) {
            "{" => {
                braces += 1;
                if index >= 2 && text(index - 2) == "mod" {
                    inline.push(braces);
                }
            }
            "}" => {
                inline.pop_if(|began| *began == braces);
                braces -= 1;
            }
            "super" if !continues_a_path(tokens, index) => {
                let mut up = 1;
                while text(index + 1) == "::" && text(index + 2) == "super" {
                    up += 1;
                    index += 2;
                }
                if up >= depth + inline.len() && text(index + 1) == "::" {
                    named.extend(first_segments(&tokens[index + 2..]));
                }
            }
            word if word == root && text(index + 1) == "::" && !continues_a_path(tokens, index) => {
                named.extend(first_segments(&tokens[index + 2..]));
            }
            _ => {}
        }
        index += 1;
    }
    named
}

/// The first segments of the path, or of each path in the braces, with which `tokens` begin.
fn first_segments(tokens: &[Token]) -> Vec<(usize, &str)> {
    let [first, ..] = tokens else {
        return Vec::new();
    };
    if first.text != "{" {
        return vec![(first.line, &first.text)];
    }
    let mut depth = 0;
    let mut segments = Vec::new();
    for pair in tokens.windows(2) {
        match pair[0].text.as_str() {
            "{" => depth += 1,
            "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
        if depth == 1 && matches!(pair[0].text.as_str(), "{" | ",") && pair[1].text != "}" {
            segments.push((pair[1].line, pair[1].text.as_str()));
        }
    }
    segments
}

/// Every package of the table that a path begins with, with its line.
fn packages_named(tokens: &[Token]) -> Vec<(usize, &str)> {
    tokens
        .iter()
        .enumerate()
        .filter(|(index, token)| {
            let before = index
                .checked_sub(1)
                .map_or("", |before| &tokens[before].text);
            let after = tokens.get(index + 1).map_or("", |after| &after.text);
            PACKAGES.iter().any(|(package, _)| *package == token.text)
                && (after == "::" || matches!(before, "use" | "crate"))
                && !continues_a_path(tokens, *index)
        })
        .map(|(_, token)| (token.line, token.text.as_str()))
        .collect()
}

/// Whether the token stands behind another of the same path: `b` in `a::b`, not in `use ::b`.
fn continues_a_path(tokens: &[Token], index: usize) -> bool {
    let [.., before, colons] = &tokens[..index] else {
        return false;
    };
    let is_segment = before
        .text
        .ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '>'));
    colons.text == "::" && is_segment && before.text != "use"
}

/// A word, `::`, or a character of its own; comments, strings and characters are left out.
struct Token {
    line: usize,
    text: String,
}

fn tokens(source: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = Source {
        chars: source.chars().peekable(),
        line: 1,
    };
    while let Some(c) = rest.next() {
        let line = rest.line;
        let mut push = |text: String| tokens.push(Token { line, text });
        match c {
            '/' if rest.peek() == Some('/') => while rest.next_if(|c| c != '\n').is_some() {},
            '/' if rest.peek() == Some('*') => rest.skip_block_comment(),
            '"' => rest.skip_string(),
            '\'' => rest.skip_character_or_lifetime(),
            ':' if rest.next_if(|c| c == ':').is_some() => push("::".to_owned()),
            c if c.is_alphanumeric() || c == '_' => {
                let mut word = String::from(c);
                while let Some(c) = rest.next_if(|c| c.is_alphanumeric() || c == '_') {
                    word.push(c);
                }
                match (word.as_str(), rest.peek()) {
                    ("r" | "br" | "cr", Some('"' | '#')) => rest.skip_raw_string(),
                    ("b" | "c", Some('"' | '\'')) => {}
                    _ => push(word),
                }
            }
            c if c.is_whitespace() => {}
            c => push(c.to_string()),
        }
    }
    tokens
}

struct Source<'a> {
    chars: Peekable<Chars<'a>>,
    line: usize,
}

impl Source<'_> {
    fn next(&mut self) -> Option<char> {
        self.next_if(|_| true)
    }

    fn next_if(&mut self, wanted: impl Fn(char) -> bool) -> Option<char> {
        let c = self.chars.next_if(|c| wanted(*c))?;
        self.line += usize::from(c == '\n');
        Some(c)
    }

    fn peek(&mut self) -> Option<char> {
        self.chars.peek().copied()
    }

    /// From the `*` that opens it; they nest.
    fn skip_block_comment(&mut self) {
        let mut depth = 0;
        let mut before = '/';
        while let Some(c) = self.next() {
            before = match (before, c) {
                ('/', '*') => {
                    depth += 1;
                    ' '
                }
                ('*', '/') => {
                    depth -= 1;
                    ' '
                }
                _ => c,
            };
            if depth == 0 {
                return;
            }
        }
    }

    /// From behind the opening quote.
    fn skip_string(&mut self) {
        while let Some(c) = self.next() {
            match c {
                '"' => return,
                '\\' => {
                    self.next();
                }
                _ => {}
            }
        }
    }

    /// From behind the `r`; what follows may also be a raw identifier.
    fn skip_raw_string(&mut self) {
        let mut hashes = 0;
        while self.next_if(|c| c == '#').is_some() {
            hashes += 1;
        }
        if self.next_if(|c| c == '"').is_none() {
            return;
        }
        while let Some(c) = self.next() {
            if c == '"' {
                let closing = (0..hashes).take_while(|_| self.next_if(|c| c == '#').is_some());
                if closing.count() == hashes {
                    return;
                }
            }
        }
    }

    /// From behind the quote: `'a'` and `'\''` are characters, `'a` is a lifetime.
    fn skip_character_or_lifetime(&mut self) {
        if self.next_if(|c| c == '\\').is_some() {
            self.next();
            while self.next().is_some_and(|c| c != '\'') {}
        } else if self.next().is_some() {
            self.next_if(|c| c == '\'');
        }
    }
}

#[test]
fn what_breaks_the_rules_is_found() {
    for (file, source, expected) in [
        (
            "src/model/phone.rs",
            "use crate::store::Store;",
            "src/model/phone.rs:1: model may not name store",
        ),
        (
            "src/wire/mod.rs",
            "\nuse crate::{\n    model::X, // a comment\n    report::{Y, Z},\n};",
            "src/wire/mod.rs:4: wire may not name report",
        ),
        (
            "src/pki/mod.rs",
            "fn f() -> crate::auth::Proof {}",
            "pki may not name auth",
        ),
        (
            "src/auth/mod.rs",
            "use super::session::Session;",
            "auth may not name session",
        ),
        (
            "src/auth/claim.rs",
            "use super::super::session::Session;",
            "auth may not name session",
        ),
        (
            "src/auth/claim.rs",
            "mod tests { use super::super::super::store::Store; }",
            "auth may not name store",
        ),
        (
            "src/auth/claim.rs",
            "mod tests { } use super::super::store::Store;",
            "auth may not name store",
        ),
        (
            "src/store/mod.rs",
            "use crate::transport::Connection;",
            "store may not name transport",
        ),
        (
            "src/admin/mod.rs",
            "use crate::server::Server;",
            "admin may not name server",
        ),
        (
            "src/phone_sim/mod.rs",
            "use crate::session::Record;",
            "phone_sim may not name session",
        ),
        (
            "src/bin/capf/main.rs",
            "use capf::store::Store;",
            "the binary may not name store",
        ),
        (
            "src/bin/capf/main.rs",
            "let x = capf::{model::X, pki::Issuer};",
            "the binary may not name pki",
        ),
        ("src/model/mod.rs", "use crate::*;", "model may not name *"),
        (
            "src/attic/mod.rs",
            "",
            "`attic` is not in the table of rooms",
        ),
        (
            "src/admin/mod.rs",
            "let b = tar::Builder::new();",
            "admin may not name tar",
        ),
        ("src/admin/mod.rs", "use csv;", "admin may not name csv"),
        (
            "src/admin/mod.rs",
            "use ::csv::Reader;",
            "admin may not name csv",
        ),
        (
            "src/session/mod.rs",
            "#[tokio::test] async fn f() {}",
            "session may not name tokio",
        ),
        (
            "src/session/mod.rs",
            "extern crate openssl;",
            "session may not name openssl",
        ),
        (
            "src/server/mod.rs",
            "let q = '\"'; use rusqlite::Connection; let r = '\"';",
            "server may not name rusqlite",
        ),
    ] {
        let found = violations(file, source);
        assert_eq!(found.len(), 1, "{file}: {source}: {found:?}");
        assert!(found[0].contains(expected), "{found:?}");
    }
}

#[test]
fn what_keeps_the_rules_is_left_alone() {
    for (file, source) in [
        (
            "src/model/mod.rs",
            "mod phone; pub use phone::Phone; pub(crate) use words::find; pub(super) fn f() {}",
        ),
        (
            "src/model/words.rs",
            "macro_rules! w { () => { $crate::model::UnknownWord } }",
        ),
        (
            "src/model/phone.rs",
            "/// [`crate::store::Store`]\n// use crate::store;\n/* /* */ crate::store::x */",
        ),
        (
            "src/model/phone.rs",
            r##"const A: &str = "crate::store::X\" tar::Y"; const B: &str = r#"a" crate::store::Z"#;"##,
        ),
        (
            "src/model/phone.rs",
            "fn f<'a>(x: &'a str) { let c = 'c'; let q = '\\''; let b = b'\"'; }",
        ),
        (
            "src/session/mod.rs",
            "use crate::{auth::A, pki::B, wire::C, model::D, clock::E};",
        ),
        (
            "src/auth/claim.rs",
            "use super::Refusal; mod tests { use super::super::Refusal; }",
        ),
        (
            "src/report/mod.rs",
            "mod csv; use csv::Writer; use ::csv::Reader;",
        ),
        (
            "src/store/mod.rs",
            "let tar = archive.tar; self.tar.finish(); x::tar::y();",
        ),
        (
            "src/server/mod.rs",
            "use crate::{store::{self, Store}, transport::Connection}; use tokio::select;",
        ),
        (
            "src/bin/capf/main.rs",
            "mod cli; use crate::cli::Cli; use capf::admin; use clap::Parser;",
        ),
        ("src/lib.rs", "pub mod admin; pub mod store;"),
    ] {
        let found = violations(file, source);
        assert!(found.is_empty(), "{source}: {found:?}");
    }
}
