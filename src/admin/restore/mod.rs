//! Restoring: a backup becomes an installation again.
//!
//! Everything is made sure of before anything is touched: the backup is unpacked beside the data
//! directory (`staging`), its checksums compared, its database checked page by page, and the CAPF
//! key held against its certificate. Only then does the new directory take the place of the old one,
//! in one step.

mod staging;
mod target;
#[cfg(test)]
mod tests;

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, BufWriter, Read, Seek as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use super::backup::counts;
use super::spool::unnamed_file;
use super::{AdminError, issuer_files, service_lock};
use crate::backup::{Counts, Decryption, InvalidBackup, Manifest, Part, Reader};
use crate::clock::Clock;
use crate::secret::AccountPassword;
use crate::store::{Actor, Store, StoreError, StoreUri};
use crate::transfer::{self, Access, Moved, Remote};
use staging::Staging;

pub use target::{Found, InvalidTarget, Target};

/// What is done with a backup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Restoring {
    /// It is verified, and nothing restored.
    Verify,
    /// It is restored where there is no installation.
    New,
    /// It is restored, and takes the place of an installation that is there.
    Replace,
}

/// Who restores, and with what.
#[derive(Clone, Copy)]
#[expect(missing_debug_implementations, reason = "a clock has none")]
pub struct Restorer<'a> {
    /// The clock.
    pub clock: &'a Arc<dyn Clock>,
    /// The administrator's name, for the audit trail.
    pub administrator: &'a str,
    /// The passphrase of the CAPF key in the backup, where it is known.
    pub key_passphrase: Option<&'a AccountPassword>,
}

/// A backup that was verified, and restored unless nobody wanted that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Restored {
    /// The version of capf that made the backup.
    pub capf: String,
    /// The version of the store's schema.
    pub schema: i64,
    /// When what is in it was so.
    pub made_at: Timestamp,
    /// On which machine.
    pub host: String,
    /// How much is in it.
    #[serde(flatten)]
    pub counts: Counts,
    /// How many files it has, its manifest apart.
    pub files: u64,
    /// How many bytes they have together.
    pub bytes: u64,
    /// The subject of the CAPF certificate, where there is one.
    pub capf_certificate: Option<String>,
    /// Whether its key fits it; `false` where that is not known, because the key has a passphrase
    /// that was not given.
    pub key_verified: Option<bool>,
    /// Where it was restored.
    pub data_dir: Option<PathBuf>,
    /// Where the installations are that were there before: this one's, and those that an earlier
    /// restore, which was killed, had not put aside.
    pub before: Vec<PathBuf>,
    /// Where the configuration file is that was in it.
    pub configuration: Option<PathBuf>,
}

/// Gets a backup from a server, into a file that is gone when it is closed.
pub async fn fetch(
    target: &Target,
    remote: &Remote,
    access: &Access<'_>,
    moved: Moved<'_>,
    stop: &CancellationToken,
) -> Result<File, AdminError> {
    /// More than any backup has; the disk is the limit.
    const LIMIT: u64 = 1 << 50;
    make_parent(target)?;
    let file = unnamed_file(target.parent())?;
    let mut kept = file.try_clone().map_err(|source| AdminError::Write {
        path: target.parent().to_owned(),
        source,
    })?;
    transfer::download(remote, file, LIMIT, access, moved, stop).await?;
    kept.rewind().map_err(|source| AdminError::Read {
        path: target.parent().to_owned(),
        source,
    })?;
    Ok(kept)
}

/// Verifies a backup and restores it.
///
/// No service may run on the target. Whenever it ends, and however, the data directory is what it was
/// or what was restored. `unpacked` hears how many bytes are unpacked, of how many.
pub async fn restore(
    target: &Target,
    backup: impl Read,
    decryption: &Decryption,
    restoring: Restoring,
    who: Restorer<'_>,
    unpacked: &dyn Fn(u64, u64),
    stop: &CancellationToken,
) -> Result<Restored, AdminError> {
    let now = who.clock.now();
    if restoring == Restoring::New && target.found() == Found::Installation {
        return Err(InvalidTarget::Exists {
            path: target.directory.clone(),
        }
        .into());
    }
    make_parent(target)?;
    // Held until the end: no service may start meanwhile, or wait for its activation.
    let served = match restoring {
        Restoring::Verify => None,
        _ if target.exists() => Some([
            service_lock::take(&target.directory, service_lock::SERVICE)?,
            service_lock::take(&target.directory, service_lock::STANDBY)?,
        ]),
        _ => None,
    };
    let mut before = if restoring == Restoring::Verify {
        Vec::new()
    } else {
        staging::clear(target, now)?
    };
    let mut staging = Staging::make(target)?;
    let manifest = unpack(&staging, target, backup, decryption, unpacked, stop)?;
    let store = verified_store(&staging, target, &manifest, who.clock).await?;
    let ca = issuer_files::verify(staging.path(), who.key_passphrase)?;
    let mut restored = Restored {
        files: manifest.members.len() as u64,
        bytes: manifest.bytes(),
        key_verified: ca.as_ref().map(|(_, verified)| *verified),
        capf_certificate: ca.map(|(certificate, _)| certificate.subject().to_owned()),
        data_dir: None,
        before: Vec::new(),
        configuration: None,
        capf: manifest.capf,
        schema: manifest.schema,
        made_at: manifest.made_at,
        host: manifest.host,
        counts: manifest.counts,
    };
    if stop.is_cancelled() {
        return Err(AdminError::Stopped);
    }
    if restoring == Restoring::Verify {
        return Ok(restored);
    }
    let actor = Actor::Admin(who.administrator.to_owned());
    let what = format!(
        "restored from the backup of {} on {}",
        super::whole_seconds(restored.made_at),
        restored.host
    );
    store.note(&actor, what).await?;
    // Closing it puts what stands in its log into its file.
    drop(store);
    staging.settle(target)?;
    staging.swap(target)?;
    before.extend(staging.put_aside(target, now)?);
    staging.unmark(target)?;
    drop(served);
    let configuration = target.directory.join(Part::CONFIGURATION);
    restored.configuration = configuration.exists().then_some(configuration);
    restored.data_dir = Some(target.directory.clone());
    restored.before = before;
    Ok(restored)
}

/// Makes the directory that the data directory is to lie in.
fn make_parent(target: &Target) -> Result<(), AdminError> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(target.parent())
        .map_err(|source| AdminError::Write {
            path: target.parent().to_owned(),
            source,
        })
}

/// Unpacks the backup into the staging directory, and makes sure that it is whole.
fn unpack(
    staging: &Staging,
    target: &Target,
    backup: impl Read,
    decryption: &Decryption,
    unpacked: &dyn Fn(u64, u64),
    stop: &CancellationToken,
) -> Result<Manifest, AdminError> {
    let mut reader = Reader::open(backup, decryption)?;
    let known = Store::schema_version();
    let found = reader.manifest().schema;
    if found > known {
        return Err(StoreError::TooNew { found, known }.into());
    }
    let (mut done, of) = (0, reader.manifest().bytes());
    while let Some(member) = reader.next_member()? {
        let path = match Part::of(&member.name) {
            Some(Part::Database) => staging.path().join(&target.database),
            _ => staging.path().join(&member.name),
        };
        let failed = |source| AdminError::Write {
            path: path.clone(),
            source,
        };
        let mut file = BufWriter::with_capacity(1 << 16, make_file(&path).map_err(failed)?);
        reader.copy(|piece| {
            if stop.is_cancelled() {
                return Err(AdminError::Stopped);
            }
            done += piece.len() as u64;
            unpacked(done, of);
            file.write_all(piece).map_err(failed)
        })?;
        file.flush().map_err(failed)?;
    }
    Ok(reader.finish()?)
}

/// Makes a file that is not there, for its owner alone, and the directories that it lies in.
fn make_file(path: &Path) -> io::Result<File> {
    if let Some(parent) = path.parent() {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(parent)?;
    }
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
}

/// Opens the store, which brings one of an older program up to date, and makes sure that it is sound
/// and holds what the manifest says.
async fn verified_store(
    staging: &Staging,
    target: &Target,
    manifest: &Manifest,
    clock: &Arc<dyn Clock>,
) -> Result<Store, AdminError> {
    let uri = StoreUri::sqlite(staging.path().join(&target.database));
    let damaged = |problem| {
        AdminError::from(InvalidBackup::Member {
            name: Part::DATABASE.to_owned(),
            problem,
        })
    };
    let store = match Store::open(&uri, Arc::clone(clock)).await {
        Err(StoreError::Corrupt { .. }) => return Err(damaged("is no sound database")),
        opened => opened?,
    };
    match store.check().await {
        Err(StoreError::Corrupt { .. }) => return Err(damaged("is no sound database")),
        checked => checked?,
    }
    if counts(&store).await? != manifest.counts {
        return Err(damaged(
            "holds other numbers of phones than its manifest says",
        ));
    }
    Ok(store)
}
