//! `capf csr dump` to servers and `capf cert import` from them: the program itself, against the
//! servers with which each protocol is tested, with what may go wrong between the two.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking, in its helpers too"
)]

mod accounts;
mod faults;
mod identity;
mod interrupts;
mod place;
mod questions;
mod terminal;
mod trips;

#[path = "../support/authority.rs"]
mod authority;
#[path = "../support/home.rs"]
mod home;
#[path = "../support/random.rs"]
mod random;

// The servers with which the protocols are tested, of which not everything is needed here.
#[allow(dead_code, reason = "the tests of FTP need all of it")]
#[path = "../transfer/ftp/embedded.rs"]
mod ftp_server;
#[allow(dead_code, reason = "the tests of FTP need all of it")]
#[path = "../transfer/ftp/relay.rs"]
mod relay;
#[allow(dead_code, reason = "the tests of FTP need all of it")]
#[path = "../transfer/ftp/scripted.rs"]
mod scripted;

#[allow(dead_code, reason = "the tests of HTTPS need all of it")]
#[path = "../transfer/http/certificates.rs"]
mod https_certificates;
#[allow(dead_code, reason = "the tests of HTTPS need all of it")]
#[path = "../transfer/http/server.rs"]
mod https_server;
#[allow(dead_code, reason = "the tests of HTTPS need all of it")]
#[path = "../transfer/http/proxy.rs"]
mod proxy;

#[allow(dead_code, reason = "the tests of SFTP need all of it")]
#[path = "../transfer/sftp/disk.rs"]
mod disk;
#[allow(dead_code, reason = "the tests of SFTP need all of it")]
#[path = "../transfer/sftp/server.rs"]
mod sftp_server;

use std::process::Command;

use home::{Home, Said};

/// A user and a password of which no server sees anything but the two, wherever they come from.
const USER: &str = sftp_server::USER;
const PASSWORD: &str = sftp_server::PASSWORD;

/// Runs the program to its end.
fn run(command: &mut Command) -> Said {
    let said = Said::of(&command.output().unwrap());
    for text in [&said.stdout, &said.stderr] {
        assert_hides_password(text);
    }
    said
}

fn assert_hides_password(text: &str) {
    let hides = !text.contains(PASSWORD) && !text.contains(&PASSWORD.replace(' ', "%20"));
    assert!(hides, "the password is shown: {text}");
}

/// Runs a dump, or an import, that fails: its message names the place and the step and has the
/// `words`, and its last line says what to do. Every request is as it was: none has been dumped.
async fn fails(home: &Home, command: &mut Command, words: &[&str]) -> Said {
    let before = home.counts().await;
    assert_eq!((before.dumped, before.issued), (0, 0));
    let said = run(command);
    assert_eq!(said.code, Some(1), "{}", said.stderr);
    assert_eq!(said.stdout, "");
    let lines = said.lines();
    let [.., error, hint] = &lines[..] else {
        panic!("it says too little: {}", said.stderr);
    };
    assert!(
        error.starts_with("error: ") && error.contains("://"),
        "{error}"
    );
    assert!(error.contains(" failed: "), "{error}");
    assert!(hint.starts_with("hint: "), "{hint}");
    for word in words {
        assert!(
            said.stderr.contains(word),
            "`{word}` is not in: {}",
            said.stderr
        );
    }
    assert_eq!(counts(home, "pending"), before.pending);
    assert_eq!(home.counts().await, before);
    home.files();
    said
}

/// How many requests the program itself counts.
fn counts(home: &Home, state: &str) -> u64 {
    let said = run(&mut home.capf(&["csr", "count", "--format", "json"]));
    let counts: serde_json::Value = serde_json::from_str(&said.stdout).unwrap();
    counts[state].as_u64().unwrap()
}
