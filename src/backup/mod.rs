//! The form of a backup: what an installation is, in one file.
//!
//! A backup is a `.tar.gz`, in an age file (<https://age-encryption.org/v1>) where it is encrypted;
//! `age --decrypt` and `tar` unpack it without us. Its first file is `manifest.json`, a [`Manifest`],
//! which names the others in their order:
//!
//! | file | is |
//! |---|---|
//! | `capf.db` | the store, whichever engine kept it, as an SQLite database |
//! | `ca/…` | the CAPF certificate and its key |
//! | `capf.toml` | the configuration file, where one was named |
//! | `trace/…` | the trace files, where they were wanted |
//!
//! [`Reader`] takes nothing that the manifest does not name: another order, name, size, checksum or
//! kind of entry, and whatever stands behind the last one, makes the backup an [`InvalidBackup`].

mod encryption;
mod invalid;
mod manifest;
mod read;
mod write;

pub use encryption::{
    Decryption, Encryption, Identity, InvalidIdentities, InvalidRecipient, Recipient,
};
pub use invalid::InvalidBackup;
pub use manifest::{Counts, Digest, Manifest, Member, Part};
pub use read::Reader;
pub use write::Writer;
