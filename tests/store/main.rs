//! The phone database: each test body runs on every engine.

#![expect(
    clippy::unwrap_used,
    reason = "in a test, what fails may panic; clippy sees only the functions marked as tests"
)]

use std::net::IpAddr;
use std::sync::Arc;

use capf::clock::FixedClock;
use capf::model::{
    CapfSettings, Certificate, CertificateOperation, CertificateState, Csr, DeviceName, Phone,
    PhoneChange,
};
use capf::pki::KeyFingerprint;
use capf::secret::AuthenticationString;
use capf::session::Record;
use capf::store::{Actor, AuditQuery, Change, Claim, Page, Recorded, Store, StoreUri};
use jiff::Timestamp;
use openssl::asn1::{Asn1Integer, Asn1Time};
use openssl::bn::{BigNum, MsbOption};
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::x509::{X509Builder, X509Name, X509NameBuilder, X509ReqBuilder};
use postgres_server::Postgres;

/// Runs each test body once an engine, on a database of its own.
macro_rules! on_every_engine {
    ( $( async fn $name:ident($place:ident: &Place) $body:block )+ ) => {
        $( async fn $name($place: &Place) $body )+

        mod sqlite {
            $(
                #[tokio::test]
                async fn $name() {
                    super::$name(&super::Place::sqlite()).await;
                }
            )+
        }

        mod postgres {
            $(
                #[tokio::test]
                async fn $name() {
                    if let Some(place) = super::Place::postgres() {
                        super::$name(&place).await;
                    }
                }
            )+
        }
    };
}

#[path = "../support/authority.rs"]
mod authority;
#[path = "../support/installed.rs"]
mod installed;
#[path = "../support/postgres.rs"]
mod postgres_server;

mod census;
mod crl;
mod database;
mod enrolment;
mod lock;
mod nodes;
mod phones;
mod renewal;
mod requests;
mod search;
mod server;
mod service;
mod settings;
mod trail;

/// Where a test keeps its database, and what time it is there.
struct Place {
    directory: tempfile::TempDir,
    uri: StoreUri,
    clock: Arc<FixedClock>,
}

impl Place {
    fn sqlite() -> Self {
        let directory = tempfile::tempdir().unwrap();
        Self {
            uri: StoreUri::sqlite(directory.path().join("capf.db")),
            clock: Arc::new(FixedClock::new(time("2026-11-23T12:00:00Z"))),
            directory,
        }
    }

    /// Nothing where PostgreSQL is not installed.
    fn postgres() -> Option<Self> {
        let uri = Postgres::shared()?.database().parse().unwrap();
        Some(Self {
            uri,
            ..Self::sqlite()
        })
    }

    async fn open(&self) -> Store {
        Store::open(&self.uri, self.clock.clone()).await.unwrap()
    }

    /// A store with phones of these names.
    async fn open_with(&self, names: &[&str]) -> Store {
        let store = self.open().await;
        let phones = names.iter().map(|name| Phone::new(device(name))).collect();
        store.add_phones(&admin(), phones).await.unwrap();
        store
    }
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn device(name: &str) -> DeviceName {
    name.parse().unwrap()
}

fn admin() -> Actor {
    Actor::Admin("alice".to_owned())
}

fn address() -> IpAddr {
    "2001:db8::17".parse().unwrap()
}

fn string(digits: &str) -> AuthenticationString {
    AuthenticationString::new(digits).unwrap()
}

fn schedule(operation: CertificateOperation) -> Change {
    Change {
        change: PhoneChange {
            operation: Some(operation),
            ..PhoneChange::default()
        },
        // What a phone has is not what these tests are about.
        force: true,
        ..Change::default()
    }
}

/// A phone's key.
struct Key(PKey<Private>);

impl Key {
    fn new() -> Self {
        let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
        Self(PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap())
    }

    fn fingerprint(&self) -> KeyFingerprint {
        KeyFingerprint::of(&self.0.public_key_to_der().unwrap()).unwrap()
    }

    fn csr(&self) -> Csr {
        let mut builder = X509ReqBuilder::new().unwrap();
        builder.set_subject_name(&common_name(SUBJECT)).unwrap();
        builder.set_pubkey(&self.0).unwrap();
        builder.sign(&self.0, MessageDigest::sha256()).unwrap();
        Csr::from_der(&builder.build().to_der().unwrap()).unwrap()
    }

    fn certificate(&self) -> Certificate {
        self.certificate_by("Example CA", "20310131120000Z")
    }

    fn certificate_by(&self, issuer: &str, not_after: &str) -> Certificate {
        let mut serial_number = BigNum::new().unwrap();
        serial_number.rand(64, MsbOption::ONE, false).unwrap();
        let serial_number = Asn1Integer::from_bn(&serial_number).unwrap();
        let not_before = Asn1Time::from_str("20260101000000Z").unwrap();
        let not_after = Asn1Time::from_str(not_after).unwrap();
        let mut builder = X509Builder::new().unwrap();
        builder.set_serial_number(&serial_number).unwrap();
        builder.set_subject_name(&common_name(SUBJECT)).unwrap();
        builder.set_issuer_name(&common_name(issuer)).unwrap();
        builder.set_pubkey(&self.0).unwrap();
        builder.set_not_before(&not_before).unwrap();
        builder.set_not_after(&not_after).unwrap();
        builder.sign(&self.0, MessageDigest::sha256()).unwrap();
        Certificate::from_der(&builder.build().to_der().unwrap()).unwrap()
    }
}

/// The subject of every certificate and request here.
const SUBJECT: &str = "CP-8861-SEP001122334455";

fn common_name(text: &str) -> X509Name {
    let mut name = X509NameBuilder::new().unwrap();
    name.append_entry_by_nid(Nid::COMMONNAME, text).unwrap();
    name.build()
}

/// What is scheduled for the phone.
async fn scheduled(store: &Store, device: &DeviceName) -> CapfSettings {
    store.scheduled(device).await.unwrap().unwrap()
}

/// What comes of a record in a session that was begun for what is scheduled.
async fn tell(store: &Store, device: &DeviceName, record: Record) -> Recorded {
    let begun_for = scheduled(store, device).await;
    tell_under(store, device, &begun_for, record).await
}

/// What comes of a record in a session that was begun for this.
async fn tell_under(
    store: &Store,
    device: &DeviceName,
    begun_for: &CapfSettings,
    record: Record,
) -> Recorded {
    store
        .record(device, address(), begun_for, &mut Claim::new(), record)
        .await
        .unwrap()
}

/// An administrator schedules an operation.
async fn order(store: &Store, device: &DeviceName, operation: CertificateOperation) {
    make(store, device, schedule(operation)).await;
}

/// An administrator schedules an operation that waits for this string.
async fn order_with_string(
    store: &Store,
    device: &DeviceName,
    operation: CertificateOperation,
    digits: &str,
) {
    let mut change = schedule(operation);
    change.change.authentication_string = Some(Some(string(digits)));
    make(store, device, change).await;
}

async fn make(store: &Store, device: &DeviceName, change: Change) {
    let devices = vec![device.clone()];
    store
        .change_phones(&admin(), devices, change)
        .await
        .unwrap();
}

/// Records it in a session of the phone; where that needs an installation, it is scheduled first.
async fn record(store: &Store, device: &DeviceName, record: Record) {
    let install = CertificateOperation::Install;
    if record.needs_schedule() && scheduled(store, device).await.operation != install {
        order(store, device, install).await;
    }
    assert_eq!(tell(store, device, record).await, Recorded::Kept);
}

async fn install(store: &Store, device: &DeviceName, certificate: &Certificate) {
    let certificate = certificate.clone();
    record(store, device, Record::Installed { certificate }).await;
}

/// Records a request for the key and gives its number.
async fn request(store: &Store, device: &DeviceName, key: &Key) -> i64 {
    record(store, device, Record::Requested { csr: key.csr() }).await;
    let found = store.match_keys(vec![key.fingerprint()]).await.unwrap();
    found[0].csr.as_ref().unwrap().id
}

/// The states of a phone's certificates, newest first.
async fn states(store: &Store, device: &DeviceName) -> Vec<CertificateState> {
    let certificates = store.certificates(device).await.unwrap();
    certificates.iter().map(|record| record.state).collect()
}

/// What the audit trail says, newest first, as `who: device: what`.
async fn trail(store: &Store, limit: u32) -> Vec<String> {
    let query = AuditQuery {
        device: None,
        limit,
    };
    let entries = store.audit(query).await.unwrap();
    entries
        .into_iter()
        .map(|entry| match entry.device {
            Some(device) => format!("{}: {device}: {}", entry.actor, entry.what),
            None => format!("{}: {}", entry.actor, entry.what),
        })
        .collect()
}

fn names(page: &Page) -> Vec<String> {
    page.rows
        .iter()
        .map(|row| row.phone.name.to_string())
        .collect()
}
