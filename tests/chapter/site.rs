//! A service, the CAs that it trusts, and phones with certificates of theirs and of others.

use std::future::pending;
use std::sync::LazyLock;

use capf::clock::{Clock as _, SystemClock};
use capf::model::{
    Certificate, CertificateKind, CertificateState, Curve, DeviceName, Phone, TrustPurpose,
};
use capf::phone_sim::{
    CapfServer, Identity, Key, KeyShape, Outcome, PhoneSim, Retry, ServerTrust, TlsProfile,
};
use capf::pki::{Issuer, IssuerName, LscOrder};
use capf::store::NewPhone;
use jiff::{SignedDuration, Timestamp};

use crate::Running;
use crate::running::{ISSUER, admin};

/// The serial number in every MIC.
pub(crate) const SERIAL_NUMBER: &str = "PID:CP-8861 SN:FCH18198CNQ";

/// The CA that signs the phones' MICs, and one that nobody knows; CAPFs of other clusters.
pub(crate) static FACTORY: LazyLock<Issuer> = LazyLock::new(issuer);
pub(crate) static OTHER_FACTORY: LazyLock<Issuer> = LazyLock::new(issuer);
pub(crate) static OTHER_CAPF: LazyLock<Issuer> = LazyLock::new(issuer);

/// Keys that are made once, because that takes its time.
pub(crate) static RSA: LazyLock<Key> = LazyLock::new(|| key(KeyShape::Rsa { bits: 2048 }));
pub(crate) static P256: LazyLock<Key> = LazyLock::new(|| key(KeyShape::Ec(Curve::P256)));
pub(crate) static P384: LazyLock<Key> = LazyLock::new(|| key(KeyShape::Ec(Curve::P384)));
static MIC: LazyLock<Key> = LazyLock::new(|| key(KeyShape::Rsa { bits: 2048 }));

fn issuer() -> Issuer {
    let long_ago = SystemClock.now() - SignedDuration::from_hours(24 * 3000);
    Issuer::create(&IssuerName::default(), long_ago).unwrap()
}

fn key(shape: KeyShape) -> Key {
    Key::generate(shape).unwrap()
}

/// A certificate for a phone, and its key.
pub(crate) fn identity(issuer: &Issuer, device: &str, key: &Key) -> Identity {
    issued_at(issuer, device, key, SystemClock.now(), 365)
}

/// The same, valid from `at` on.
pub(crate) fn issued_at(
    issuer: &Issuer,
    device: &str,
    key: &Key,
    at: Timestamp,
    days: u32,
) -> Identity {
    let order = LscOrder {
        device: &device.parse().unwrap(),
        model: "CP-8861",
        serial_number: Some(SERIAL_NUMBER),
        public_key: &key.public_key().unwrap(),
        validity_days: days,
    };
    Identity::new(issuer.issue(&order, at).unwrap(), key.clone()).unwrap()
}

/// An LSC of this CAPF for a phone, as it was installed some time.
pub(crate) fn lsc(device: &str, key: &Key) -> Identity {
    identity(&ISSUER, device, key)
}

/// A phone's MIC.
pub(crate) fn mic(device: &str) -> Identity {
    identity(&FACTORY, device, &MIC)
}

/// A running service that trusts the factory and itself.
pub(crate) struct Site {
    pub(crate) running: Running,
}

impl Site {
    pub(crate) async fn new() -> Self {
        let running = Running::start().await;
        for (purpose, anchor) in [
            (TrustPurpose::Manufacturing, FACTORY.certificate()),
            (TrustPurpose::Capf, ISSUER.certificate()),
        ] {
            running
                .store
                .import_anchor(&admin(), purpose, anchor.clone())
                .await
                .unwrap();
        }
        Self { running }
    }

    /// Makes a phone known that holds this LSC, with what `settle` schedules for it.
    pub(crate) async fn add(
        &self,
        device: &str,
        lsc: Option<&Identity>,
        settle: impl FnOnce(&mut Phone),
    ) -> DeviceName {
        let mut phone = Phone::new(device.parse().unwrap());
        "CP-8861".clone_into(&mut phone.model);
        settle(&mut phone);
        let device = phone.name.clone();
        let phone = NewPhone {
            lsc: lsc.map(|lsc| lsc.certificate().clone()),
            ..phone.into()
        };
        let added = self
            .running
            .store
            .add_phones_with_certificates(&admin(), vec![phone])
            .await
            .unwrap();
        assert_eq!(added.added, 1);
        device
    }

    /// The service, as phones know it.
    pub(crate) fn server(&self) -> CapfServer {
        let trust = ServerTrust::Certificate(self.running.authority.clone());
        let address = self.running.address.to_string();
        CapfServer::new(address, trust, TlsProfile::Modern).unwrap()
    }

    /// A phone does its session.
    pub(crate) async fn run(&self, phone: &PhoneSim) -> Outcome {
        phone.run(&self.server(), pending()).await
    }

    /// The phone's certificates on record in this state.
    pub(crate) async fn on_record(
        &self,
        device: &DeviceName,
        state: CertificateState,
    ) -> Vec<(CertificateKind, Certificate)> {
        let records = self.running.store.certificates(device).await.unwrap();
        records
            .into_iter()
            .filter(|record| record.state == state)
            .map(|record| (record.kind, record.certificate))
            .collect()
    }
}

/// A phone that does not come again by itself.
pub(crate) fn phone(device: &str) -> PhoneSim {
    PhoneSim {
        retry: Retry::NEVER,
        ..PhoneSim::new(device.parse().unwrap())
    }
}
