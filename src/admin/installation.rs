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
use crate::config::{PassphraseSource, user_name};
use crate::model::{Certificate, TrustPurpose};
use crate::pki::Issuer;
use crate::secret::AccountPassword;
use crate::store::{Actor, NodeRow, Store, StoreUri};
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
    key_passphrase: PassphraseSource,
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
            key_passphrase: PassphraseSource::None,
        })
    }

    /// Opens the installation as [`Installation::open`] does, where there is one; makes none.
    pub async fn open_existing(
        data_dir: &Path,
        store: &str,
        clock: Arc<dyn Clock>,
        administrator: &str,
    ) -> Result<Self, AdminError> {
        let uri: StoreUri = store.parse()?;
        if uri.file().is_some_and(|file| !file.exists()) {
            return Err(AdminError::NoInstallation {
                data_dir: data_dir.to_owned(),
            });
        }
        Self::open(data_dir, store, clock, administrator).await
    }

    /// Opens an installation that is there to look at it: nothing is made, and nothing is written.
    pub async fn open_to_read(
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
            key_passphrase: PassphraseSource::None,
        })
    }

    /// The same installation, the passphrase of whose CAPF key is there. Where there is no key yet, it
    /// gets that passphrase.
    #[must_use]
    pub fn with_key_passphrase(mut self, source: PassphraseSource) -> Self {
        self.key_passphrase = source;
        self
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
    ///
    /// The nodes on a shared database issue by one certificate: where the others have one, none is made,
    /// and another is refused.
    pub async fn capf_certificate(&self) -> Result<CapfCertificate, AdminError> {
        let is_shared = self.store.is_shared();
        if is_shared
            && issuer_files::certificate(&self.data_dir)?.is_none()
            && let Some(common) = self.store.capf_certificate().await?
        {
            return Err(AdminError::NoCommonKey {
                subject: common.subject().to_owned(),
                data_dir: self.data_dir.clone(),
            });
        }
        let (data_dir, now) = (self.data_dir.clone(), self.now());
        let passphrase = self.key_passphrase()?;
        // A new RSA key takes long enough to stall other work on this thread.
        let capf = tokio::task::spawn_blocking(move || {
            issuer_files::load_or_create(&data_dir, passphrase.as_ref(), now)
        })
        .await
        .expect("making a certificate does not panic")?;
        let own = capf.issuer.certificate();
        if is_shared && self.store.agree_on_capf_certificate(own).await? != *own {
            return Err(AdminError::AnotherKey {
                subject: own.subject().to_owned(),
                data_dir: self.data_dir.clone(),
            });
        }
        self.trust_own(own).await?;
        Ok(capf)
    }

    /// The CAPF certificate, where one was made: that of this machine or, on one that has none, the
    /// nodes'.
    pub(super) async fn own_certificate(&self) -> Result<Option<Certificate>, AdminError> {
        match issuer_files::certificate(&self.data_dir)? {
            None if self.store.is_shared() => Ok(self.store.capf_certificate().await?),
            own => Ok(own),
        }
    }

    /// Puts the CAPF certificate into CAPF-trust where it is missing there.
    pub(super) async fn trust_own(&self, certificate: &Certificate) -> Result<(), AdminError> {
        let anchors = self.store.trust_anchors(Some(TrustPurpose::Capf)).await?;
        if anchors
            .iter()
            .all(|anchor| anchor.certificate != *certificate)
        {
            self.store
                .import_anchor(&self.actor, TrustPurpose::Capf, certificate.clone())
                .await?;
        }
        Ok(())
    }

    /// Reads the CAPF certificate and its key anew, whenever it is called; for a service, which takes
    /// another certificate while it runs.
    pub fn issuer_source(&self) -> impl Fn() -> Result<Issuer, AdminError> + Send + Sync + use<> {
        let installation = self.clone();
        move || {
            let passphrase = installation.key_passphrase()?;
            issuer_files::present(&installation.data_dir, passphrase.as_ref())
        }
    }

    /// Its trace files.
    pub fn traces(&self) -> TraceDir {
        TraceDir::of(&self.data_dir)
    }

    /// Makes sure that one service works on the data directory, and on a database that is in a file, for
    /// as long as the lock is held.
    pub fn lock_service(&self) -> Result<ServiceLock, AdminError> {
        let lock = service_lock::take(&self.data_dir, service_lock::SERVICE)?;
        Ok(match self.database_elsewhere() {
            Some(directory) => lock.and(service_lock::take(&directory, service_lock::SERVICE)?),
            None => lock,
        })
    }

    /// Makes sure that one service waits until it is activated, for as long as the lock is held.
    pub fn lock_standby(&self) -> Result<ServiceLock, AdminError> {
        service_lock::take(&self.data_dir, service_lock::STANDBY)
    }

    /// The nodes, by name. Where the database is not shared one lives at the most, on this machine:
    /// whatever one that was killed has left in the store.
    pub(super) async fn nodes(&self) -> Result<Vec<NodeRow>, AdminError> {
        let may_live = self.store.is_shared() || self.is_served()?;
        let mut nodes = self.store.nodes().await?;
        for row in &mut nodes {
            row.is_alive &= may_live;
        }
        Ok(nodes)
    }

    /// Whether a service is working on the data directory, or on a database that is in a file.
    pub(super) fn is_served(&self) -> Result<bool, AdminError> {
        let is_taken = |path: &Path| service_lock::is_taken(path, service_lock::SERVICE);
        Ok(is_taken(&self.data_dir)?
            || match self.database_elsewhere() {
                Some(directory) => is_taken(&directory)?,
                None => false,
            })
    }

    /// The directory of a database that is in a file, where that is not the data directory.
    fn database_elsewhere(&self) -> Option<PathBuf> {
        let real = |path: &Path| path.canonicalize().ok();
        let directory = real(self.store.file()?.parent()?)?;
        (real(&self.data_dir).as_ref() != Some(&directory)).then_some(directory)
    }

    /// Whether there is a service that begins when it is activated.
    pub(super) fn is_awaited(&self) -> Result<bool, AdminError> {
        service_lock::is_taken(&self.data_dir, service_lock::STANDBY)
    }

    /// The passphrase of the CAPF key, if it has one.
    pub(super) fn key_passphrase(&self) -> Result<Option<AccountPassword>, AdminError> {
        Ok(self.key_passphrase.read()?)
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
