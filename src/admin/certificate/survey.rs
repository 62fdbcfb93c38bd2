//! The first look at an archive: whether it is whole, and which of its certificates are rivals.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::io::{self, Read};

use tokio_util::sync::CancellationToken;

use super::super::AdminError;
use super::Verdict;
use crate::archive;
use crate::model::Certificate;
use crate::pki::KeyFingerprint;

/// How many files are looked at between two words about it.
const PACE: u64 = 1000;

/// What is known of an archive before anything in it is judged.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// The files in it.
    pub(super) files: u64,
    /// The keys that several of its certificates have.
    rivals: HashMap<Key, Rivals>,
}

/// The first half of a key's fingerprint, which no two keys have in common by chance.
type Key = [u8; 16];

/// Certificates for one key.
#[derive(Debug)]
enum Rivals {
    /// They are the same one; the file that came first, once it has come, and how it fared.
    Alike {
        first: Option<String>,
        verdict: Verdict,
    },
    /// They are not.
    Different,
}

/// How a certificate stands to the others in its archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// No other has its key, or this one comes first of the same.
    First,
    /// The same certificate has come in this file.
    Repeats(String),
    /// There is another certificate for its key.
    Rivals,
}

impl Survey {
    /// Reads the whole archive. What is kept of a file until then has 24 bytes.
    ///
    /// What only begins like a certificate can be found a rival here: where there are rivals, the
    /// archive has to be read once more ([`Survey::without_imposters`]).
    pub(super) fn of(
        archive: impl Read,
        heard: &(dyn Fn(u64) + Sync),
        stop: &CancellationToken,
    ) -> Result<Self, AdminError> {
        Self::read(archive, &|_, _| true, heard, stop)
    }

    /// Whether several files have one key.
    pub(super) fn has_rivals(&self) -> bool {
        !self.rivals.is_empty()
    }

    /// Reads the same archive again, and makes rivals of certificates alone.
    pub(super) fn without_imposters(
        &self,
        archive: impl Read,
        stop: &CancellationToken,
    ) -> Result<Self, AdminError> {
        let is_rival = |key: &Key, bytes: &[u8]| {
            self.rivals.contains_key(key) && Certificate::from_der(bytes).is_ok()
        };
        Self::read(archive, &is_rival, &|_| (), stop)
    }

    fn read(
        archive: impl Read,
        counts: &dyn Fn(&Key, &[u8]) -> bool,
        heard: &(dyn Fn(u64) + Sync),
        stop: &CancellationToken,
    ) -> Result<Self, AdminError> {
        let hasher = RandomState::new();
        let mut seen = Vec::new();
        let mut files = 0;
        let archive = UntilStopped { archive, stop };
        archive::read(archive, &archive::Limits::default(), |entry| {
            files += 1;
            if files % PACE == 0 {
                heard(files);
            }
            // What is no certificate is nobody's rival, and is rejected when its turn comes.
            if let Some(key) = Certificate::public_key_in(&entry.bytes)
                && let Ok(key) = KeyFingerprint::of(key)
                && counts(&half(&key), &entry.bytes)
            {
                seen.push((half(&key), hasher.hash_one(&entry.bytes)));
            }
            Ok(())
        })
        .map_err(|error| match error {
            _ if stop.is_cancelled() => AdminError::Stopped,
            error => error,
        })?;
        heard(files);
        Ok(Self {
            files,
            rivals: rivals(seen),
        })
    }

    /// How the certificate in `file`, of this key, stands to the others. Certificates are to be asked
    /// about in the archive's order.
    pub(super) fn standing(&mut self, key: &KeyFingerprint, file: &str) -> Standing {
        match self.rivals.get_mut(&half(key)) {
            None => Standing::First,
            Some(Rivals::Different) => Standing::Rivals,
            Some(Rivals::Alike {
                first: Some(first), ..
            }) => Standing::Repeats(first.clone()),
            Some(Rivals::Alike { first, .. }) => {
                *first = Some(file.to_owned());
                Standing::First
            }
        }
    }

    /// What the verdict on a certificate is in the end: one that repeats another fares as that did.
    pub(super) fn settled(
        &mut self,
        key: &KeyFingerprint,
        repeats: bool,
        verdict: Verdict,
    ) -> Verdict {
        match self.rivals.get_mut(&half(key)) {
            Some(Rivals::Alike { verdict: first, .. }) if repeats => *first,
            Some(Rivals::Alike { verdict: first, .. }) => {
                *first = verdict;
                verdict
            }
            Some(Rivals::Different) | None => verdict,
        }
    }
}

/// A reader that fails when it is to stop: however long an archive is, and whatever is passed over in
/// it.
struct UntilStopped<'a, R> {
    archive: R,
    stop: &'a CancellationToken,
}

impl<R: Read> Read for UntilStopped<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.stop.is_cancelled() {
            return Err(io::Error::other("it is to stop"));
        }
        self.archive.read(into)
    }
}

fn half(key: &KeyFingerprint) -> Key {
    let (half, _) = key
        .as_bytes()
        .split_first_chunk()
        .expect("a fingerprint has 32 bytes");
    *half
}

fn rivals(mut seen: Vec<(Key, u64)>) -> HashMap<Key, Rivals> {
    seen.sort_unstable();
    seen.chunk_by(|one, other| one.0 == other.0)
        .filter(|same_key| same_key.len() > 1)
        .map(|same_key| {
            let (key, first) = same_key[0];
            let rivals = if same_key.iter().all(|(_, bytes)| *bytes == first) {
                Rivals::Alike {
                    first: None,
                    verdict: Verdict::Rejected,
                }
            } else {
                Rivals::Different
            };
            (key, rivals)
        })
        .collect()
}
