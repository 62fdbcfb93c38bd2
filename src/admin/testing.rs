//! An installation for tests, with phones that wait for an offline CA.

use std::cell::Cell;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use jiff::Timestamp;
use tempfile::TempDir;

use super::Installation;
use super::phone::{Settings, add};
use crate::archive::Writer;
use crate::clock::FixedClock;
use crate::model::{Certificate, CertificateOperation, Csr, DeviceName, TrustPurpose};
use crate::pki::{OutsideCa, Request};
use crate::session::Record;
use crate::store::{Claim, Recorded};

pub(super) struct Fixture {
    pub(super) directory: TempDir,
    pub(super) installation: Installation,
    pub(super) ca: OutsideCa,
    keys_made: Cell<usize>,
}

/// A P-256 `SubjectPublicKeyInfo` up to its point (RFC 5480, section 2).
const P256: &str = "3059301306072a8648ce3d020106082a8648ce3d030107034200";
/// Points of keys that nobody has the private part of.
const POINTS: [(&str, &str); 4] = [
    (
        "7503c0e47e07c982bc7887608b133bee7ba23448910b286c755ab135feee7328",
        "f5362d54e027a20ee458067a40b2f7cf4944376064dc38a337e0c8c66cdbae7b",
    ),
    (
        "2f300d8fc219457964b163f9372a9053d8bab85fa83a3d5b2ac78fb24f2506d8",
        "d8f9a5448b60689025baf784856f8e4c250d443d75087836847b822ce0cc4165",
    ),
    (
        "4b9cf0ce6fceaeea01d037dc7bfe5167ed171a781fe54d4bf1c97e091f210d54",
        "2aa848071a913b5d4c5c1ce1a505cc82561a653d3d871c6b09fc65db8daa8ecb",
    ),
    (
        "6f20181187ae6b2a9c74a4b0d2db1c0bcae7e3e5d8005ee85d8de30186b1e78c",
        "156d79a318abd1411761940f99738c29c34386162941f0a283fcca77ab528342",
    ),
];

impl Fixture {
    /// A new installation that trusts an outside CA.
    pub(super) async fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let store = format!("sqlite:{}/capf.db", directory.path().display());
        let clock = Arc::new(FixedClock::new(now()));
        let installation = Installation::open(directory.path(), &store, clock, "tester")
            .await
            .unwrap();
        let ca = OutsideCa::create("Example Root", now()).unwrap();
        installation
            .store()
            .import_anchor(
                installation.actor(),
                TrustPurpose::Capf,
                ca.certificate().clone(),
            )
            .await
            .unwrap();
        Self {
            directory,
            installation,
            ca,
            keys_made: Cell::new(0),
        }
    }

    /// The request of a phone, which is added where it is missing, for a key that it has just made.
    pub(super) async fn csr(&self, name: &str) -> Csr {
        let name: DeviceName = name.parse().unwrap();
        let mut install = Settings::default();
        install.change.operation = Some(CertificateOperation::Install);
        add(&self.installation, vec![name.clone()], &install)
            .await
            .unwrap();
        let key = self.new_key();
        let csr = Request::new(&name, "CP-8861", self.ca.certificate(), &key)
            .and_then(Request::unsigned)
            .unwrap();
        let record = Record::Requested { csr: csr.clone() };
        let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let store = self.installation.store();
        let schedule = store.scheduled(&name).await.unwrap().unwrap();
        let recorded = store
            .record(&name, address, &schedule, &mut Claim::new(), record)
            .await
            .unwrap();
        assert_eq!(recorded, Recorded::Kept);
        csr
    }

    /// The phone says that it has stored the certificate.
    pub(super) async fn confirm(&self, name: &DeviceName, lsc: &Certificate) {
        let record = Record::Installed {
            certificate: lsc.clone(),
        };
        let store = self.installation.store();
        let schedule = store.scheduled(name).await.unwrap().unwrap();
        let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let recorded = store
            .record(name, address, &schedule, &mut Claim::new(), record)
            .await
            .unwrap();
        assert_eq!(recorded, Recorded::Kept);
    }

    /// A key that no phone here has made before; there are as many as a test needs.
    pub(super) fn new_key(&self) -> Vec<u8> {
        let (x, y) = POINTS[self.keys_made.replace(self.keys_made.get() + 1)];
        hex::decode(format!("{P256}04{x}{y}")).unwrap()
    }

    pub(super) fn sign(&self, csr: &Csr) -> Certificate {
        self.ca.sign(csr, now()).unwrap()
    }
}

/// A `.tgz` of these files.
pub(super) fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = Writer::new(Vec::new(), now());
    for (name, bytes) in files {
        archive.add(name, bytes).unwrap();
    }
    archive.finish().unwrap()
}

pub(super) fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}
