//! One capf on one machine: its data directory and its store.

use std::fs::DirBuilder;
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use nix::unistd::Uid;

use super::AdminError;
use super::issuer_files::{self, CapfCertificate};
use super::service_lock::{self, ServiceLock};
use crate::clock::Clock;
use crate::config::user_name;
use crate::model::TrustPurpose;
use crate::store::{Actor, Store, StoreUri};
use crate::trace::TraceDir;

/// An installation, open: what every use case works on.
///
/// Opening it makes what is missing: the data directory, for its owner alone, and the store. The
/// CAPF certificate is made when it is first asked for.
#[derive(Clone)]
pub struct Installation {
    data_dir: PathBuf,
    store: Store,
    clock: Arc<dyn Clock>,
    actor: Actor,
}

impl Installation {
    /// Opens the installation in `data_dir`, whose database is `store`. What is changed through
    /// it goes into the audit trail under the name of `administrator`.
    pub async fn open(
        data_dir: &Path,
        store: &str,
        clock: Arc<dyn Clock>,
        administrator: &str,
    ) -> Result<Self, AdminError> {
        let uri: StoreUri = store.parse()?;
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(data_dir)
            .map_err(|source| match source.kind() {
                ErrorKind::AlreadyExists | ErrorKind::NotADirectory => AdminError::NotDirectory {
                    path: data_dir.to_owned(),
                },
                _ => AdminError::Write {
                    path: data_dir.to_owned(),
                    source,
                },
            })?;
        let owner = data_dir.metadata().map_err(|source| AdminError::Read {
            path: data_dir.to_owned(),
            source,
        })?;
        if is_anothers(owner.uid(), Uid::effective()) {
            return Err(AdminError::AnothersDirectory {
                path: data_dir.to_owned(),
                owner: user_name(owner.uid()),
            });
        }
        Ok(Self {
            data_dir: data_dir.to_owned(),
            store: Store::open(&uri, Arc::clone(&clock)).await?,
            clock,
            actor: Actor::Admin(administrator.to_owned()),
        })
    }

    /// Opens an installation that is there to look at it: nothing is made, and nothing is written.
    pub(super) async fn open_to_read(
        data_dir: &Path,
        store: &str,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, AdminError> {
        let uri: StoreUri = store.parse()?;
        Ok(Self {
            data_dir: data_dir.to_owned(),
            store: Store::open_to_read(&uri, Arc::clone(&clock)).await?,
            clock,
            // Nothing is done in anybody's name.
            actor: Actor::Admin(String::new()),
        })
    }

    /// The directory with the installation's files.
    pub fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    /// Its database.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Its clock.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// The CAPF certificate with its key. Where there is none, it is made; and it is put into
    /// CAPF-trust where it is missing there, so that the LSCs it issued are believed for as long
    /// as phones hold them.
    pub async fn capf_certificate(&self) -> Result<CapfCertificate, AdminError> {
        let (data_dir, now) = (self.data_dir.clone(), self.now());
        // A new RSA key takes long enough to stall other work on this thread.
        let capf =
            tokio::task::spawn_blocking(move || issuer_files::load_or_create(&data_dir, now))
                .await
                .expect("making a certificate does not panic")?;
        let certificate = capf.issuer.certificate();
        let anchors = self.store.trust_anchors(Some(TrustPurpose::Capf)).await?;
        if anchors
            .iter()
            .all(|anchor| anchor.certificate != *certificate)
        {
            self.store
                .import_anchor(&self.actor, TrustPurpose::Capf, certificate.clone())
                .await?;
        }
        Ok(capf)
    }

    /// Its trace files.
    pub fn traces(&self) -> TraceDir {
        TraceDir::of(&self.data_dir)
    }

    /// Makes sure that one service works on the data directory, for as long as the lock is held.
    pub fn lock_service(&self) -> Result<ServiceLock, AdminError> {
        service_lock::take(&self.data_dir)
    }

    /// Whether a service is working on the data directory.
    pub(super) fn is_served(&self) -> Result<bool, AdminError> {
        service_lock::is_taken(&self.data_dir)
    }

    pub(super) fn actor(&self) -> &Actor {
        &self.actor
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

/// Whether root is about to leave files in a directory whose owner could not write them. Anybody
/// else is stopped by the system.
fn is_anothers(owner: u32, user: Uid) -> bool {
    user.is_root() && owner != user.as_raw()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_works_in_its_own_directories_alone() {
        let (root, capf) = (Uid::from_raw(0), Uid::from_raw(999));
        assert!(is_anothers(999, root));
        assert!(!is_anothers(0, root));
        assert!(!is_anothers(999, capf));
    }
}
