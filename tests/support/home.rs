//! A place of its own for the program: a data directory with phones that wait for a CA outside.

#![allow(dead_code, reason = "no test binary needs all of it")]

use std::collections::BTreeMap;
use std::fs;
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use capf::admin::phone::{self, Settings};
use capf::admin::{ArchiveTarget, Installation, csr};
use capf::clock::{Clock as _, SystemClock};
use capf::model::{CertificateOperation, Csr, CsrCounts, DeviceName, TrustPurpose};
use capf::pki::{OutsideCa, Request};
use capf::session::Record;
use capf::store::{Actor, Claim, Recorded};
use openssl::ec::{EcGroup, EcKey};
use openssl::nid::Nid;
use openssl::sha::sha256;
use tempfile::TempDir;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

pub(crate) struct Home {
    pub(crate) installation: Installation,
    pub(crate) ca: OutsideCa,
    directory: TempDir,
}

impl Home {
    /// Trusts the CA, and knows no phone.
    pub(crate) async fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        // What leads out of the directory where the program runs leads to one of ours.
        let data = directory.path().join("here/data");
        let store = format!("sqlite:{}", data.join("capf.db").display());
        let clock = Arc::new(SystemClock);
        let installation = Installation::open(&data, &store, clock, "tester")
            .await
            .unwrap();
        let ca = OutsideCa::create("Example Root", SystemClock.now()).unwrap();
        let certificate = ca.certificate().clone();
        installation
            .store()
            .import_anchor(
                &Actor::Admin("tester".to_owned()),
                TrustPurpose::Capf,
                certificate,
            )
            .await
            .unwrap();
        Self {
            installation,
            ca,
            directory,
        }
    }

    /// So many phones have sent their keys, the requests of which nobody has taken out.
    pub(crate) async fn with_pending(count: usize) -> (Self, Vec<Csr>) {
        let home = Self::new().await;
        let csrs = home.phones(0, count).await;
        (home, csrs)
    }

    /// Two phones have sent their keys: the request of the first has been taken out.
    pub(crate) async fn with_one_dumped() -> (Self, [Csr; 2]) {
        let home = Self::new().await;
        let dumped = home.phones(0, 1).await.remove(0);
        let stop = CancellationToken::new();
        let mut packed = |_| ();
        let progress = csr::DumpProgress {
            packed: &mut packed,
            moved: &|_, _| (),
        };
        let (selection, target) = (csr::CsrSelection::default(), std::io::sink());
        let dump = csr::dump(
            &home.installation,
            &selection,
            csr::Encoding::Der,
            ArchiveTarget::Stream(Box::new(target)),
            progress,
            &stop,
        );
        // It has room for every kind of server.
        Box::pin(dump).await.unwrap();
        let pending = home.phones(1, 1).await.remove(0);
        (home, [dumped, pending])
    }

    async fn phones(&self, from: usize, count: usize) -> Vec<Csr> {
        let names: Vec<DeviceName> = (from..from + count)
            .map(|number| name(number).parse().unwrap())
            .collect();
        let mut install = Settings::default();
        install.change.operation = Some(CertificateOperation::Install);
        phone::add(&self.installation, names.clone(), &install)
            .await
            .unwrap();
        let mut sending = JoinSet::new();
        for (number, name) in names.into_iter().enumerate() {
            let csr = Request::new(&name, "CP-8861", self.ca.certificate(), &new_key())
                .and_then(Request::unsigned)
                .unwrap();
            let store = self.installation.store().clone();
            sending.spawn(async move {
                let schedule = store.scheduled(&name).await.unwrap().unwrap();
                let record = Record::Requested { csr: csr.clone() };
                let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
                let recorded = store
                    .record(&name, address, &schedule, &mut Claim::new(), record)
                    .await;
                assert_eq!(recorded.unwrap(), Recorded::Kept);
                (number, csr)
            });
        }
        let mut csrs = sending.join_all().await;
        csrs.sort_by_key(|(number, _)| *number);
        csrs.into_iter().map(|(_, csr)| csr).collect()
    }

    /// The certificate for a request, in DER.
    pub(crate) fn certificate(&self, csr: &Csr) -> Vec<u8> {
        let certificate = self.ca.sign(csr, SystemClock.now()).unwrap();
        certificate.der().to_vec()
    }

    pub(crate) async fn counts(&self) -> CsrCounts {
        csr::count(&self.installation).await.unwrap()
    }

    /// The directory where the program runs, with the data directory in it.
    pub(crate) fn here(&self) -> PathBuf {
        self.directory.path().join("here")
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.here().join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    /// The program, with nothing of this machine in its environment but where it is to look for
    /// the files of its user.
    pub(crate) fn capf(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_capf"));
        command
            .args(arguments)
            .env_clear()
            .env("CAPF_DATA_DIR", self.path("data"))
            .env("HOME", self.here())
            .current_dir(self.here())
            .stdin(Stdio::null());
        command
    }

    /// Every file here and around here with its SHA-256, but for those of the database; where the data directory has
    /// another one, that is a failure.
    pub(crate) fn files(&self) -> BTreeMap<PathBuf, [u8; 32]> {
        let mut files = BTreeMap::new();
        collect(self.directory.path(), &mut files);
        for name in ["capf.db", "capf.db-wal", "capf.db-shm"] {
            files.remove(&self.path("data").join(name));
        }
        let data = self.path("data");
        let strange = files.keys().find(|path| path.starts_with(&data));
        assert_eq!(strange, None);
        files
    }
}

fn collect(directory: &Path, files: &mut BTreeMap<PathBuf, [u8; 32]>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        // No link is followed: that there is one is seen.
        if path.symlink_metadata().unwrap().is_dir() {
            collect(&path, files);
        } else {
            let bytes = fs::read(&path).unwrap_or_default();
            files.insert(path, sha256(&bytes));
        }
    }
}

/// The name of a phone.
pub(crate) fn name(number: usize) -> String {
    format!("SEP{number:012X}")
}

fn new_key() -> Vec<u8> {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    let key = EcKey::generate(&group).unwrap();
    key.public_key_to_der().unwrap()
}

/// What a program has said, and how it has ended.
pub(crate) struct Said {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) code: Option<i32>,
}

impl Said {
    pub(crate) fn of(output: &Output) -> Self {
        Self {
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            code: output.status.code(),
        }
    }

    /// The lines of standard error.
    pub(crate) fn lines(&self) -> Vec<&str> {
        self.stderr.lines().collect()
    }
}
