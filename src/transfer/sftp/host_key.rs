//! Whether an SSH server is the right one, by the key that it shows.

use russh::keys::ssh_key::Fingerprint;
use russh::keys::{HashAlg, PublicKey};

use crate::transfer::Remote;
use crate::transfer::access::{Access, HostKey};
use crate::transfer::error::{Failure, Problem, Step};
use crate::transfer::known_hosts::{self, KnownHosts, Verdict};

/// Succeeds where the key is the server's. One that is believed for the first time is added to the
/// first of the files; where it cannot be, it is not believed.
pub(super) fn check(
    key: &PublicKey,
    known: &KnownHosts,
    remote: &Remote,
    access: &Access<'_>,
) -> Result<(), Failure> {
    let shown = HostKey {
        host: known_hosts::name(remote.host(), remote.port()),
        algorithm: key.algorithm().as_str().to_owned(),
        fingerprint: fingerprint(key).to_string(),
    };
    let problem = match known.judge(key) {
        Verdict::Known => return Ok(()),
        Verdict::Changed { place: known } => {
            let key = Box::new(shown);
            Problem::ChangedHostKey { key, known }
        }
        Verdict::Revoked { place: known } => {
            let key = Box::new(shown);
            Problem::RevokedHostKey { key, known }
        }
        Verdict::Unknown => match &access.host_key {
            Some(expected) if is_fingerprint(expected, key) => {
                return record(key, &shown, access);
            }
            Some(expected) => Problem::OtherHostKey {
                key: Box::new(shown),
                expected: expected.clone(),
            },
            None if access.ask.believe(&shown) => return record(key, &shown, access),
            None => {
                let key = Box::new(shown);
                Problem::UnknownHostKey { key }
            }
        },
    };
    Err(Failure::new(Step::HostKey, problem))
}

fn record(key: &PublicKey, shown: &HostKey, access: &Access<'_>) -> Result<(), Failure> {
    match access.known_hosts.first() {
        Some(file) => known_hosts::add(file, &shown.host, key),
        None => Ok(()),
    }
}

fn fingerprint(key: &PublicKey) -> Fingerprint {
    key.fingerprint(HashAlg::Sha256)
}

/// Whether `text` is the key's fingerprint; the padding that some programs show does not matter.
fn is_fingerprint(text: &str, key: &PublicKey) -> bool {
    text.trim().trim_end_matches('=') == fingerprint(key).to_string()
}
