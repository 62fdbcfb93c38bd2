//! An installation for tests, with phones that wait for an offline CA.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use jiff::Timestamp;
use openssl::ec::{EcGroup, EcKey};
use openssl::nid::Nid;
use tempfile::TempDir;

use super::Installation;
use super::phone::{Settings, add};
use crate::archive::Writer;
use crate::clock::FixedClock;
use crate::model::{Certificate, CertificateOperation, Csr, DeviceName, TrustPurpose};
use crate::pki::{OutsideCa, Request};
use crate::session::Record;

pub(super) struct Fixture {
    pub(super) directory: TempDir,
    pub(super) installation: Installation,
    pub(super) ca: OutsideCa,
}

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
        let p256 = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
        let key = EcKey::generate(&p256).unwrap().public_key_to_der().unwrap();
        let csr = Request::new(&name, "CP-8861", self.ca.certificate(), &key)
            .and_then(Request::unsigned)
            .unwrap();
        let record = Record::Requested { csr: csr.clone() };
        let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
        self.installation
            .store()
            .record(&name, address, record)
            .await
            .unwrap();
        csr
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
