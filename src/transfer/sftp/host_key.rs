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
    let problem = match (known.judge(key), &access.host_key) {
        (Verdict::Known, _) => return Ok(()),
        (Verdict::Changed { place }, _) => Problem::ChangedHostKey {
            host: shown.host,
            algorithm: shown.algorithm,
            fingerprint: shown.fingerprint,
            known: place,
        },
        (Verdict::Revoked { place }, _) => Problem::RevokedHostKey {
            host: shown.host,
            algorithm: shown.algorithm,
            fingerprint: shown.fingerprint,
            known: place,
        },
        (Verdict::Unknown, Some(expected)) if is_fingerprint(expected, key) => {
            return record(key, &shown, access);
        }
        (Verdict::Unknown, Some(expected)) => Problem::OtherHostKey {
            host: shown.host,
            algorithm: shown.algorithm,
            fingerprint: shown.fingerprint,
            expected: expected.clone(),
        },
        (Verdict::Unknown, None) if access.ask.believe(&shown) => {
            return record(key, &shown, access);
        }
        (Verdict::Unknown, None) => Problem::UnknownHostKey {
            host: shown.host,
            algorithm: shown.algorithm,
            fingerprint: shown.fingerprint,
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
