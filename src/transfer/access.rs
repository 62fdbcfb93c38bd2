//! What opens a server's door: accounts, keys, and whom to believe.

use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::Remote;
use super::error::{Failure, Problem, Step};
use super::netrc;
use crate::model::Escaped;
use crate::secret::AccountPassword;

/// What is known before a connection is made, and whom to ask for the rest.
pub struct Access<'a> {
    /// The user, where the URL names none.
    pub user: Option<String>,
    /// The user's password, where the URL has none.
    pub password: Option<AccountPassword>,
    /// The file with users and passwords by server; it need not exist.
    pub netrc: Option<PathBuf>,
    /// The CAs that vouch for servers, in PEM; where there is none, the system's.
    pub ca_file: Option<PathBuf>,
    /// The files with the keys of SSH servers; a new one is added to the first. They need not exist.
    pub known_hosts: Vec<PathBuf>,
    /// The SHA-256 fingerprint (`SHA256:…`) that an SSH server's key must have where no file knows
    /// it.
    pub host_key: Option<String>,
    /// The private keys that prove who we are to an SSH server. They need not exist.
    pub keys: Vec<PathBuf>,
    /// The socket of an SSH agent.
    pub agent: Option<PathBuf>,
    /// Who we are to an SSH server where nobody says it.
    pub login_name: String,
    /// How long a server may take for each of its answers.
    pub timeout: Duration,
    /// Who answers questions; each connection has its own, unless they are kept ([`Remembering`]).
    pub ask: &'a (dyn Ask + Sync),
}

/// The key that an SSH server shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostKey {
    /// The server, as `known_hosts` files write it.
    pub host: String,
    /// The kind of key, for example `ssh-ed25519`.
    pub algorithm: String,
    /// SHA-256, as `ssh-keygen -l` shows it.
    pub fingerprint: String,
}

impl fmt::Display for HostKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            host,
            algorithm,
            fingerprint,
        } = self;
        let host = Escaped(host);
        write!(formatter, "{host} shows the {algorithm} key {fingerprint}")
    }
}

/// Somebody who can be asked; `None` and `false` where nobody is there.
pub trait Ask {
    /// The password of `user` on `server`.
    fn password(&self, user: &str, server: &str) -> Option<AccountPassword>;

    /// What unlocks a private key.
    fn passphrase(&self, key: &Path) -> Option<AccountPassword>;

    /// Whether a server that is met for the first time is to be believed.
    fn believe(&self, key: &HostKey) -> bool;
}

/// Nobody is there to be asked.
#[derive(Clone, Copy, Debug)]
pub struct NobodyToAsk;

impl Ask for NobodyToAsk {
    fn password(&self, _: &str, _: &str) -> Option<AccountPassword> {
        None
    }

    fn passphrase(&self, _: &Path) -> Option<AccountPassword> {
        None
    }

    fn believe(&self, _: &HostKey) -> bool {
        false
    }
}

/// Asks once, and remembers the answers: a second connection, which takes away what the first one
/// left or replaces what it found, troubles nobody.
pub struct Remembering<'a> {
    ask: &'a (dyn Ask + Sync),
    passwords: Mutex<HashMap<(String, String), AccountPassword>>,
    passphrases: Mutex<HashMap<PathBuf, AccountPassword>>,
}

impl<'a> Remembering<'a> {
    /// Asks whoever `ask` is.
    pub fn new(ask: &'a (dyn Ask + Sync)) -> Self {
        Self {
            ask,
            passwords: Mutex::default(),
            passphrases: Mutex::default(),
        }
    }
}

impl Ask for Remembering<'_> {
    fn password(&self, user: &str, server: &str) -> Option<AccountPassword> {
        let whose = (user.to_owned(), server.to_owned());
        remembered(&self.passwords, whose, || self.ask.password(user, server))
    }

    fn passphrase(&self, key: &Path) -> Option<AccountPassword> {
        let whose = key.to_owned();
        remembered(&self.passphrases, whose, || self.ask.passphrase(key))
    }

    /// A key that was believed is in a file then.
    fn believe(&self, key: &HostKey) -> bool {
        self.ask.believe(key)
    }
}

fn remembered<K: Eq + Hash>(
    answers: &Mutex<HashMap<K, AccountPassword>>,
    whose: K,
    ask: impl FnOnce() -> Option<AccountPassword>,
) -> Option<AccountPassword> {
    let mut answers = answers.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(answer) = answers.get(&whose) {
        return Some(answer.clone());
    }
    let answer = ask()?;
    answers.insert(whose, answer.clone());
    Some(answer)
}

impl Access<'_> {
    /// The user on this server, where anybody says it: the URL, else an option, else the netrc file.
    pub(super) fn user(&self, remote: &Remote) -> Result<Option<String>, Failure> {
        if let Some(user) = remote.user().or(self.user.as_deref()) {
            return Ok(Some(user.to_owned()));
        }
        Ok(self.netrc(remote, None)?.map(|login| login.user))
    }

    /// The user's password: of the URL, else of an option, else of the netrc file, else of whoever
    /// can be asked.
    pub(super) fn password(
        &self,
        remote: &Remote,
        user: &str,
    ) -> Result<Option<AccountPassword>, Failure> {
        match self.known_password(remote, user)? {
            Some(password) => Ok(Some(password)),
            None => Ok(self.ask.password(user, remote.host())),
        }
    }

    /// As [`Access::password`], without asking anybody.
    pub(super) fn known_password(
        &self,
        remote: &Remote,
        user: &str,
    ) -> Result<Option<AccountPassword>, Failure> {
        if let Some(password) = remote.password().or(self.password.as_ref()) {
            return Ok(Some(password.clone()));
        }
        Ok(self
            .netrc(remote, Some(user))?
            .and_then(|login| login.password))
    }

    fn netrc(&self, remote: &Remote, user: Option<&str>) -> Result<Option<netrc::Login>, Failure> {
        let Some(path) = &self.netrc else {
            return Ok(None);
        };
        netrc::find(path, remote.host(), user).map_err(|error| {
            Failure::new(
                Step::Login,
                Problem::Credentials {
                    path: path.display().to_string(),
                    reason: error.to_string(),
                },
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// Somebody who counts how often there was a question.
    #[derive(Default)]
    struct Patient(AtomicUsize);

    impl Ask for Patient {
        fn password(&self, user: &str, server: &str) -> Option<AccountPassword> {
            self.0.fetch_add(1, Ordering::Relaxed);
            (user != "nobody").then(|| AccountPassword::new(format!("{user} {server}")))
        }

        fn passphrase(&self, _: &Path) -> Option<AccountPassword> {
            self.0.fetch_add(1, Ordering::Relaxed);
            Some(AccountPassword::new("open"))
        }

        fn believe(&self, _: &HostKey) -> bool {
            true
        }
    }

    #[test]
    fn what_was_answered_is_not_asked_again() {
        let patient = Patient::default();
        let asked = Remembering::new(&patient);
        for _ in 0..2 {
            for (user, answer) in [("a", Some("a s")), ("b", Some("b s"))] {
                let password = asked.password(user, "s");
                assert_eq!(password.as_ref().map(AccountPassword::reveal), answer);
            }
            assert!(asked.passphrase(Path::new("key")).is_some());
        }
        assert_eq!(patient.0.load(Ordering::Relaxed), 3);
        assert!(asked.password("nobody", "s").is_none());
    }
}
