//! What a backup says of itself.

use std::fmt;
use std::io::{self, Read};

use jiff::Timestamp;
use openssl::sha::Sha256;
use serde::{Deserialize, Serialize};

use super::InvalidBackup;

/// The form that this module describes.
const FORMAT: u32 = 1;

/// The first file of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The version of the form; another one is not read.
    format: u32,
    /// The version of capf that made the backup.
    pub capf: String,
    /// The version of the store's schema.
    pub schema: i64,
    /// When the backup was made.
    pub made_at: Timestamp,
    /// On which machine.
    pub host: String,
    /// How much is in the store.
    pub counts: Counts,
    /// The files behind it, in their order.
    pub members: Vec<Member>,
}

/// How much is in the store.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// The phones.
    pub phones: u64,
    /// Those of them that hold an LSC.
    pub lscs: u64,
    /// The requests that wait for a certificate.
    pub csrs: u64,
    /// The certificates of the trust store.
    pub trust_anchors: u64,
}

/// A file of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Its path in the archive, and in the data directory.
    pub name: String,
    /// How many bytes it has.
    pub bytes: u64,
    /// Its SHA-256.
    pub sha256: Digest,
}

/// What a file of a backup is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The store.
    Database,
    /// Of the CAPF certificate and its key, of former ones, or of one that is to come.
    Ca,
    /// The configuration file.
    Configuration,
    /// A trace file.
    Trace,
}

impl Part {
    /// The name of the store.
    pub const DATABASE: &str = "capf.db";
    /// The name of the configuration file.
    pub const CONFIGURATION: &str = "capf.toml";

    /// What a file of this name is; `None` where no backup has one.
    pub fn of(name: &str) -> Option<Self> {
        match name.split_once('/') {
            None if name == Self::DATABASE => Some(Self::Database),
            None if name == Self::CONFIGURATION => Some(Self::Configuration),
            Some(("ca" | "ca.next" | "ca-former" | "ca-request", _)) => Some(Self::Ca),
            Some(("trace", _)) => Some(Self::Trace),
            _ => None,
        }
    }
}

/// A SHA-256, in lower-case hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Digest(String);

impl Digest {
    /// The digest of what was hashed.
    pub(super) fn of(hash: Sha256) -> Self {
        Self(hex::encode(hash.finish()))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl Member {
    /// A file of this name with these contents, which are read to their end.
    pub fn of(name: impl Into<String>, mut contents: impl Read) -> io::Result<Self> {
        let mut hash = Sha256::new();
        let mut bytes = 0;
        let mut buffer = vec![0; 1 << 16];
        loop {
            match contents.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => {
                    hash.update(&buffer[..count]);
                    bytes += count as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Self {
            name: name.into(),
            bytes,
            sha256: Digest::of(hash),
        })
    }
}

impl Manifest {
    /// Its name in the archive.
    pub(super) const NAME: &str = "manifest.json";
    /// The most bytes that it may have: enough for a hundred thousand files.
    pub(super) const MAX_BYTES: u64 = 16 << 20;

    /// A manifest of these files, made by this program.
    pub fn new(
        schema: i64,
        made_at: Timestamp,
        host: String,
        counts: Counts,
        members: Vec<Member>,
    ) -> Self {
        Self {
            format: FORMAT,
            capf: env!("CARGO_PKG_VERSION").to_owned(),
            schema,
            made_at,
            host,
            counts,
            members,
        }
    }

    /// How many bytes its files have together.
    pub fn bytes(&self) -> u64 {
        let bytes = self.members.iter().map(|member| member.bytes);
        bytes.fold(0, u64::saturating_add)
    }

    pub(super) fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec_pretty(self).expect("it has nothing that JSON lacks")
    }

    pub(super) fn from_json(json: &[u8]) -> Result<Self, InvalidBackup> {
        #[derive(Deserialize)]
        struct Form {
            format: u32,
        }
        let malformed = |source| InvalidBackup::Manifest { source };
        // What another form has in its manifest is not known.
        let Form { format } = serde_json::from_slice(json).map_err(malformed)?;
        if format != FORMAT {
            return Err(InvalidBackup::Format { format });
        }
        let manifest: Self = serde_json::from_slice(json).map_err(malformed)?;
        manifest.check_names()?;
        Ok(manifest)
    }

    /// Makes sure that there is one database and nothing that no backup has.
    fn check_names(&self) -> Result<(), InvalidBackup> {
        let mut names: Vec<_> = self.members.iter().map(|member| &member.name).collect();
        names.sort();
        let twice = names.windows(2).find(|pair| pair[0] == pair[1]);
        let strange = names.iter().find(|name| Part::of(name).is_none());
        let wrong = |name: &str, problem| {
            Err(InvalidBackup::Member {
                name: name.to_owned(),
                problem,
            })
        };
        match (twice, strange) {
            (Some(pair), _) => wrong(pair[0], "is in it twice"),
            (_, Some(name)) => wrong(name, "is nothing that a backup has"),
            _ if names.iter().all(|name| *name != Part::DATABASE) => {
                wrong(Part::DATABASE, "is not in it")
            }
            _ => Ok(()),
        }
    }
}
