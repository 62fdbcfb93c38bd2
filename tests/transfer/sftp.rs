//! SFTP, against a server of the library that the client is made of: what OpenSSH does alike is
//! tested with OpenSSH, and here is what it does only in bad times.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking, in its helpers too"
)]

mod disk;
mod faults;
mod host_keys;
mod logins;
mod proxy;
mod server;
mod trips;

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use capf::secret::AccountPassword;
use capf::transfer::{Access, Ask, HostKey, NobodyToAsk};

use crate::random::Random;
use crate::sending::{fetch_from as fetch, send_to as send};
use server::{PASSWORD, Server, USER};

/// What is known of a server whose key is given, and of its user's password.
fn access(server: &Server) -> Access<'static> {
    Access {
        user: Some(USER.to_owned()),
        password: Some(AccountPassword::new(PASSWORD)),
        netrc: None,
        ca_file: None,
        known_hosts: Vec::new(),
        host_key: Some(server.fingerprint()),
        keys: Vec::new(),
        agent: None,
        login_name: "nobody".to_owned(),
        timeout: Duration::from_secs(20),
        ask: &NobodyToAsk,
    }
}

/// Bytes that do not repeat themselves.
fn some_bytes(count: usize) -> Vec<u8> {
    let mut random = Random::new(count as u64);
    (0..count).map(|_| random.byte()).collect()
}

/// Somebody who has answers, and remembers the questions.
#[derive(Default)]
struct Oracle {
    password: Option<&'static str>,
    passphrase: Option<&'static str>,
    believes: bool,
    questions: Mutex<Vec<String>>,
}

impl Oracle {
    fn questions(&self) -> Vec<String> {
        self.questions.lock().unwrap().clone()
    }

    fn hears(&self, question: String) {
        self.questions.lock().unwrap().push(question);
    }
}

impl Ask for Oracle {
    fn password(&self, user: &str, server: &str) -> Option<AccountPassword> {
        self.hears(format!("password of {user} on {server}"));
        self.password.map(AccountPassword::new)
    }

    fn passphrase(&self, key: &Path) -> Option<AccountPassword> {
        let name = key.file_name().unwrap().to_string_lossy().into_owned();
        self.hears(format!("passphrase of {name}"));
        self.passphrase.map(AccountPassword::new)
    }

    fn believe(&self, key: &HostKey) -> bool {
        let HostKey {
            host,
            algorithm,
            fingerprint,
        } = key;
        self.hears(format!("{host} {algorithm} {fingerprint}"));
        self.believes
    }
}

/// A file with these lines in a directory of the server's.
fn written(directory: &Path, name: &str, text: &str) -> PathBuf {
    let path = directory.join(name);
    std::fs::write(&path, text).unwrap();
    path
}
