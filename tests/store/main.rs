//! The phone database: each test body runs on every engine.

#![expect(
    clippy::unwrap_used,
    reason = "in a test, what fails may panic; clippy sees only the functions marked as tests"
)]

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;

use capf::clock::{Clock as _, FixedClock};
use capf::model::{
    AuthenticationMode, Certificate, CertificateKind, CertificateOperation, CertificateState,
    Criterion, Csr, CsrCounts, CsrState, DeviceName, Field, OperationStatus, Parameter, Phone,
    PhoneChange, TrustPurpose,
};
use capf::pki::KeyFingerprint;
use capf::secret::AuthenticationString;
use capf::session::Record;
use capf::store::{
    Actor, AuditQuery, Change, Column, CsrProgress, DeletedCsrs, NewPhone, Page, Recorded, Search,
    SessionRow, Store, StoreError, StoreUri,
};
use jiff::{SignedDuration, Timestamp};
use openssl::asn1::{Asn1Integer, Asn1Time};
use openssl::bn::{BigNum, MsbOption};
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::x509::{X509Builder, X509Name, X509NameBuilder, X509ReqBuilder};

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
    };
}

mod lock;

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

/// Records it in a session of the phone; where it wants an operation, that is scheduled first.
async fn record(store: &Store, device: &DeviceName, record: Record) {
    if let Some(wanted) = record.wants() {
        let row = store.phone(device).await.unwrap().unwrap();
        if row.phone.capf.operation != wanted {
            let devices = vec![device.clone()];
            store
                .change_phones(&admin(), devices, schedule(wanted))
                .await
                .unwrap();
        }
    }
    let recorded = store.record(device, address(), record).await.unwrap();
    assert_eq!(recorded, Recorded::Kept);
}

async fn install(store: &Store, device: &DeviceName, certificate: &Certificate) {
    let certificate = certificate.clone();
    record(store, device, Record::Installed { certificate }).await;
}

/// Records a request for the key and gives its number.
async fn request(store: &Store, device: &DeviceName, key: &Key) -> i64 {
    record(store, device, Record::Requested { csr: key.csr() }).await;
    let found = store.csrs_for_keys(vec![key.fingerprint()]).await.unwrap();
    found[0].as_ref().unwrap().id
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

/// Four phones that differ in everything that is searched.
async fn fleet(place: &Place) -> Store {
    let store = place.open().await;
    let mut first = Phone::new(device("SEP000000000001"));
    first.description = String::from("Büro Zürich");
    first.model = String::from("CP-8861");
    first.security_profile = String::from("8861 Secure");
    let mut second = Phone::new(device("SEP000000000002"));
    second.description = String::from("100% sure");
    second.model = String::from("CP-8845");
    second.capf.authentication_mode = AuthenticationMode::ExistingMic;
    second.capf.authentication_string = Some(string("1299"));
    second.operation_status = OperationStatus::UpgradeFailedInvalidMic;
    let mut third = Phone::new(device("SEPFFFFFFFFFFFF"));
    third.description = String::from("Anna's 1_x!");
    let mut fourth = Phone::new(device("CSFANNA"));
    fourth.capf.authentication_mode = AuthenticationMode::AuthenticationString;
    let phones = vec![first, second, third, fourth];
    store.add_phones(&admin(), phones).await.unwrap();

    let (key, phone) = (Key::new(), device("SEP000000000001"));
    let id = request(&store, &phone, &key).await;
    let certificate = key.certificate_by("Example, Inc.", "20310131120000Z");
    let issuer_expires = Some(time("2040-01-01T00:00:00Z"));
    let import = vec![(id, certificate.clone(), issuer_expires)];
    store.import_certificates(&admin(), import).await.unwrap();
    install(&store, &phone, &certificate).await;

    let certificate = Key::new().certificate_by("CAPF-12345678", "20290101000000Z");
    install(&store, &device("CSFANNA"), &certificate).await;
    let mut change = Change::default();
    change.change.authentication_string = Some(Some(string("12345")));
    let names = vec![device("CSFANNA")];
    store.change_phones(&admin(), names, change).await.unwrap();
    store
}

on_every_engine! {
    async fn a_phone_is_added_with_the_certificates_that_it_has(place: &Place) {
        let store = place.open_with(&["CSFTHERE"]).await;
        let (lsc, mic) = (Key::new().certificate(), Key::new().certificate());
        let with_certificates = |name: &str| NewPhone {
            phone: Phone::new(device(name)),
            lsc: Some(lsc.clone()),
            mic: Some(mic.clone()),
        };
        let new = vec![
            with_certificates("CSFTHERE"),
            with_certificates("CSFNEW"),
            NewPhone::from(Phone::new(device("CSFBARE"))),
        ];
        let added = store.add_phones_with_certificates(&admin(), new).await.unwrap();
        assert_eq!((added.added, added.existing), (2, vec![device("CSFTHERE")]));
        assert_eq!(
            trail(&store, 2).await,
            [
                "alice: CSFBARE: phone added".to_owned(),
                format!(
                    "alice: CSFNEW: phone added with its LSC, serial number {}",
                    lsc.serial_number()
                ),
            ]
        );
        let search = Search {
            criteria: vec!["LSC Expires is before 2031-02-01".parse().unwrap()],
            ..Search::default()
        };
        let page = store.find(&search).await.unwrap();
        assert_eq!(names(&page), ["CSFNEW"]);
        let shown = page.rows[0].lsc.as_ref().unwrap();
        assert_eq!(shown.serial_number, lsc.serial_number());
        assert_eq!(shown.issuer, lsc.issuer());
        let devices = ["CSFNEW", "CSFBARE", "CSFNONE", "CSFTHERE"].map(device);
        let held = store.held_lscs(devices.to_vec()).await.unwrap();
        assert_eq!(held, [Some(lsc), None, None, None]);
        assert_eq!(
            states(&store, &device("CSFNEW")).await,
            [CertificateState::Fetched, CertificateState::Held]
        );
        let known = store.known_phones(devices.to_vec()).await.unwrap();
        assert_eq!(known, ["CSFNEW", "CSFBARE", "CSFTHERE"].map(device));
    }

    async fn a_phone_is_read_as_it_was_added(place: &Place) {
        let store = place.open().await;
        let mut phone = Phone::new(device("SEP001122334455"));
        phone.description = String::from("Büro Zürich 100 %");
        phone.model = String::from("CP-8861");
        phone.security_profile = String::from("Secure _ Profile");
        phone.capf.operation = CertificateOperation::Install;
        phone.capf.authentication_mode = AuthenticationMode::AuthenticationString;
        phone.capf.authentication_string = Some(string("0123456789"));
        phone.capf.completes_by = Some(time("2027-01-31T18:00:00Z"));
        phone.operation_status = OperationStatus::OperationPending;
        phone.last_contact = Some((time("2026-11-22T08:00:00.25Z"), address()));
        let added = store.add_phones(&admin(), vec![phone.clone()]).await.unwrap();
        assert_eq!((added.added, added.existing), (1, vec![]));

        let row = store.phone(&phone.name).await.unwrap().unwrap();
        assert_eq!(row.phone, phone);
        assert_eq!((row.lsc, row.csr), (None, None));
        assert_eq!(store.phone(&device("CSFNOBODY")).await.unwrap(), None);
    }

    async fn phones_that_exist_stay_as_they_are(place: &Place) {
        let store = place.open_with(&["CSFA"]).await;
        let mut again = Phone::new(device("CSFA"));
        again.description = String::from("another");
        let phones = vec![again, Phone::new(device("CSFB"))];
        let added = store.add_phones(&admin(), phones).await.unwrap();
        assert_eq!((added.added, added.existing), (1, vec![device("CSFA")]));
        let row = store.phone(&device("CSFA")).await.unwrap().unwrap();
        assert_eq!(row.phone.description, "");
    }

    async fn an_operation_without_a_time_gets_the_parameters(place: &Place) {
        let store = place.open_with(&["CSFA", "CSFB"]).await;
        let parameter = Parameter::OperationExpires;
        store.set_parameter(&admin(), parameter, Some("3".to_owned())).await.unwrap();
        let names = vec![device("CSFA"), device("CSFX"), device("CSFB")];
        let mut change = schedule(CertificateOperation::Install);
        let changed = store.change_phones(&admin(), names, change.clone()).await.unwrap();
        assert_eq!((changed.changed, changed.unknown), (2, vec![device("CSFX")]));
        let phone = store.phone(&device("CSFA")).await.unwrap().unwrap().phone;
        assert_eq!(phone.capf.completes_by, Some(time("2026-11-26T12:00:00Z")));
        assert_eq!(phone.operation_status, OperationStatus::OperationPending);

        change.change.completes_by = Some(None);
        store.change_phones(&admin(), vec![device("CSFA")], change).await.unwrap();
        let phone = store.phone(&device("CSFA")).await.unwrap().unwrap().phone;
        assert_eq!(phone.capf.completes_by, None, "said to have none");

        let mut scheduled = Phone::new(device("CSFC"));
        scheduled.capf.operation = CertificateOperation::Delete;
        store.add_phones(&admin(), vec![scheduled]).await.unwrap();
        let phone = store.phone(&device("CSFC")).await.unwrap().unwrap().phone;
        assert_eq!(phone.capf.completes_by, Some(time("2026-11-26T12:00:00Z")));
    }

    async fn each_phone_gets_a_string_of_its_own(place: &Place) {
        let store = place.open_with(&["CSFA", "CSFB"]).await;
        let change = Change { generate_strings: true, ..Change::default() };
        let names = vec![device("CSFA"), device("CSFB")];
        store.change_phones(&admin(), names, change).await.unwrap();
        let page = store.find(&Search::default()).await.unwrap();
        let strings: BTreeSet<String> = page
            .rows
            .iter()
            .map(|row| row.phone.capf.authentication_string.as_ref().unwrap().reveal().to_owned())
            .collect();
        assert_eq!(strings.len(), 2);
    }

    async fn a_removed_phone_takes_its_requests_and_certificates_along(place: &Place) {
        let store = place.open_with(&["CSFA", "CSFB"]).await;
        let phone = device("CSFA");
        install(&store, &phone, &Key::new().certificate()).await;
        request(&store, &phone, &Key::new()).await;
        let names = vec![phone.clone(), device("CSFX")];
        let removed = store.remove_phones(&admin(), names).await.unwrap();
        assert_eq!((removed.removed, removed.unknown), (1, vec![device("CSFX")]));
        assert_eq!(store.certificates(&phone).await.unwrap(), vec![]);
        assert_eq!(store.csr_counts().await.unwrap(), CsrCounts::default());

        let error = store.record(&phone, address(), Record::Deleted).await.unwrap_err();
        assert!(matches!(error, StoreError::UnknownPhone { .. }), "{error}");
        assert!(error.to_string().contains("capf phone add"));
    }

    async fn a_capf_issued_lsc_goes_from_issued_to_held(place: &Place) {
        let store = place.open_with(&["CSFA"]).await;
        let phone = device("CSFA");
        let mut change = schedule(CertificateOperation::Install);
        change.generate_strings = true;
        store.change_phones(&admin(), vec![phone.clone()], change).await.unwrap();

        let first = Key::new().certificate();
        record(&store, &phone, Record::Issued { certificate: first.clone() }).await;
        let subject = store.subject(&phone).await.unwrap().unwrap();
        assert_eq!((subject.held, subject.imported), (None, None));
        assert_eq!(subject.phone.operation_status, OperationStatus::OperationPending);
        assert!(subject.phone.capf.authentication_string.is_some());
        assert_eq!(subject.phone.last_contact, Some((place.clock.now(), address())));

        install(&store, &phone, &first).await;
        let subject = store.subject(&phone).await.unwrap().unwrap();
        assert_eq!(subject.held.as_ref(), Some(&first));
        assert_eq!(subject.phone.operation_status, OperationStatus::UpgradeSuccess);
        assert_eq!(subject.phone.capf.operation, CertificateOperation::None);
        assert_eq!(subject.phone.capf.authentication_string, None, "used up");
        let lsc = store.phone(&phone).await.unwrap().unwrap().lsc.unwrap();
        assert_eq!(lsc.subject, first.subject());
        assert_eq!(lsc.issuer, first.issuer());
        assert_eq!(lsc.serial_number, first.serial_number());
        assert_eq!(lsc.not_before, first.not_before());
        assert_eq!(lsc.not_after, first.not_after());
        assert_eq!(lsc.issuer_not_after, None, "its issuer is not in CAPF-trust");

        let second = Key::new().certificate();
        record(&store, &phone, Record::Issued { certificate: second.clone() }).await;
        let lsc = store.phone(&phone).await.unwrap().unwrap().lsc.unwrap();
        assert_eq!(lsc.serial_number, first.serial_number(), "the phone still holds the first");
        install(&store, &phone, &second).await;
        assert_eq!(
            states(&store, &phone).await,
            [CertificateState::Held, CertificateState::Replaced]
        );
    }

    async fn a_certificate_that_a_newer_one_overtakes_is_stale(place: &Place) {
        let store = place.open_with(&["CSFA"]).await;
        let phone = device("CSFA");
        for _ in 0..2 {
            let certificate = Key::new().certificate();
            record(&store, &phone, Record::Issued { certificate }).await;
        }
        assert_eq!(
            states(&store, &phone).await,
            [CertificateState::Issued, CertificateState::Stale]
        );
        assert_eq!(store.stale_certificates().await.unwrap().len(), 1);
        assert_eq!(store.delete_stale(&admin()).await.unwrap(), 1);
        assert_eq!(states(&store, &phone).await, [CertificateState::Issued]);
    }

    async fn stale_certificates_do_not_pile_up(place: &Place) {
        let store = place.open_with(&["CSFA"]).await;
        let (phone, held) = (device("CSFA"), Key::new().certificate());
        install(&store, &phone, &held).await;
        let mut latest = Vec::new();
        for _ in 0..20 {
            let certificate = Key::new().certificate();
            latest.insert(0, certificate.clone());
            record(&store, &phone, Record::Issued { certificate }).await;
        }
        let kept = store.certificates(&phone).await.unwrap();
        let kept: Vec<_> = kept.into_iter().map(|record| record.certificate).collect();
        latest.truncate(9);
        latest.push(held);
        assert_eq!(kept, latest, "the issued one, eight stale ones, and what the phone holds");
    }

    async fn what_the_phone_stored_is_held_though_an_admin_deleted_it(place: &Place) {
        let store = place.open_with(&["CSFA"]).await;
        let phone = device("CSFA");
        let certificate = Key::new().certificate();
        record(&store, &phone, Record::Issued { certificate: certificate.clone() }).await;
        let deleted = store.delete_csrs(&admin()).await.unwrap();
        assert_eq!(deleted, DeletedCsrs { csrs: 0, certificates: 1 });
        install(&store, &phone, &certificate).await;
        assert_eq!(states(&store, &phone).await, [CertificateState::Held]);
        let deleted = store.delete_csrs(&admin()).await.unwrap();
        assert_eq!(deleted.certificates, 0, "what a phone holds stays");
    }

    async fn a_certificate_that_was_not_stored_is_stale(place: &Place) {
        let store = place.open_with(&["CSFA"]).await;
        let phone = device("CSFA");
        let key = Key::new();
        let id = request(&store, &phone, &key).await;
        let certificate = key.certificate();
        let import = vec![(id, certificate.clone(), None)];
        assert_eq!(store.import_certificates(&admin(), import).await.unwrap(), [true]);
        let install = schedule(CertificateOperation::Install);
        store.change_phones(&admin(), vec![phone.clone()], install).await.unwrap();
        let status = OperationStatus::UpgradeFailed;
        record(&store, &phone, Record::NotStored { certificate, status }).await;
        assert_eq!(states(&store, &phone).await, [CertificateState::Stale]);
        let row = store.phone(&phone).await.unwrap().unwrap();
        assert_eq!((row.phone.operation_status, row.lsc), (status, None));
        assert_eq!(row.csr.unwrap().state, CsrState::Superseded);
        let progress = store.progress(&phone, &key.fingerprint()).await.unwrap();
        assert_eq!(progress, CsrProgress::Gone);
    }

    async fn a_failure_that_comes_after_another_sessions_success_does_not_overwrite_it(place: &Place) {
        let store = place.open_with(&["CSFA"]).await;
        let phone = device("CSFA");
        let schedule = schedule(CertificateOperation::Install);
        store.change_phones(&admin(), vec![phone.clone()], schedule).await.unwrap();
        install(&store, &phone, &Key::new().certificate()).await;
        let status = OperationStatus::UpgradeFailedPhoneCommunicationFailure;
        let operation = CertificateOperation::Install;
        record(&store, &phone, Record::Failed { operation, status, ends_operation: false, is_guess: false }).await;
        let row = store.phone(&phone).await.unwrap().unwrap();
        assert_eq!(row.phone.operation_status, OperationStatus::UpgradeSuccess);
    }

    async fn a_failure_does_not_touch_what_was_scheduled_in_its_place(place: &Place) {
        let store = place.open_with(&["CSFA"]).await;
        let phone = device("CSFA");
        let install = schedule(CertificateOperation::Install);
        store.change_phones(&admin(), vec![phone.clone()], install).await.unwrap();
        for ends_operation in [false, true] {
            let operation = CertificateOperation::Delete;
            let status = OperationStatus::DeleteFailed;
            record(&store, &phone, Record::Failed { operation, status, ends_operation, is_guess: false }).await;
            let row = store.phone(&phone).await.unwrap().unwrap();
            assert_eq!(row.phone.capf.operation, CertificateOperation::Install);
            assert_eq!(row.phone.operation_status, OperationStatus::OperationPending);
        }
    }

    async fn a_phone_that_fails_alike_again_and_again_leaves_one_entry_in_the_trail(place: &Place) {
        let store = place.open_with(&["CSFA"]).await;
        let phone = device("CSFA");
        let operation = CertificateOperation::Install;
        store.change_phones(&admin(), vec![phone.clone()], schedule(operation)).await.unwrap();
        let before = trail(&store, 100).await.len();
        for _ in 0..5 {
            let status = OperationStatus::UpgradeFailedPhoneCommunicationFailure;
            record(&store, &phone, Record::Failed { operation, status, ends_operation: false, is_guess: false }).await;
        }
        assert_eq!(trail(&store, 100).await.len(), before + 1);
    }

    async fn nothing_is_issued_or_requested_for_an_operation_that_was_called_off(place: &Place) {
        let store = place.open_with(&["CSFA"]).await;
        let phone = device("CSFA");
        let (held, key) = (Key::new().certificate(), Key::new());
        install(&store, &phone, &held).await;
        for operation in [CertificateOperation::None, CertificateOperation::Delete] {
            let change = schedule(operation);
            store.change_phones(&admin(), vec![phone.clone()], change).await.unwrap();
            for wanting in [
                Record::Issued { certificate: key.certificate() },
                Record::Requested { csr: key.csr() },
            ] {
                let recorded = store.record(&phone, address(), wanting).await.unwrap();
                assert_eq!(recorded, Recorded::CalledOff);
            }
            assert_eq!(states(&store, &phone).await, [CertificateState::Held]);
            assert_eq!(store.csr_counts().await.unwrap(), CsrCounts::default());
        }
    }

    async fn a_request_is_waited_for_no_more_when_its_operation_is_called_off(place: &Place) {
        let store = place.open_with(&["CSFA"]).await;
        let (phone, key) = (device("CSFA"), Key::new());
        let id = request(&store, &phone, &key).await;
        let import = vec![(id, key.certificate(), None)];
        store.import_certificates(&admin(), import).await.unwrap();
        let change = schedule(CertificateOperation::None);
        store.change_phones(&admin(), vec![phone.clone()], change).await.unwrap();
        let progress = store.progress(&phone, &key.fingerprint()).await.unwrap();
        assert_eq!(progress, CsrProgress::Gone);
    }

    async fn a_phone_that_waits_again_after_a_failure_is_pending(place: &Place) {
        let store = place.open_with(&["CSFA"]).await;
        let phone = device("CSFA");
        request(&store, &phone, &Key::new()).await;
        let operation = CertificateOperation::Install;
        let status = OperationStatus::UpgradeFailedPhoneCommunicationFailure;
        record(&store, &phone, Record::Failed { operation, status, ends_operation: false, is_guess: false }).await;
        request(&store, &phone, &Key::new()).await;
        let row = store.phone(&phone).await.unwrap().unwrap();
        assert_eq!(row.phone.operation_status, OperationStatus::OperationPending);
    }

    async fn a_held_certificate_sent_again_and_refused_stays_held(place: &Place) {
        let store = place.open_with(&["CSFA"]).await;
        let phone = device("CSFA");
        let certificate = Key::new().certificate();
        install(&store, &phone, &certificate).await;
        let status = OperationStatus::UpgradeFailed;
        record(&store, &phone, Record::NotStored { certificate, status }).await;
        assert_eq!(states(&store, &phone).await, [CertificateState::Held]);
    }

    async fn a_deleted_lsc_leaves_the_phone_without_one(place: &Place) {
        let store = place.open_with(&["CSFA"]).await;
        let phone = device("CSFA");
        install(&store, &phone, &Key::new().certificate()).await;
        let change = schedule(CertificateOperation::Delete);
        store.change_phones(&admin(), vec![phone.clone()], change).await.unwrap();
        record(&store, &phone, Record::Deleted).await;
        let row = store.phone(&phone).await.unwrap().unwrap();
        assert_eq!(row.lsc, None);
        assert_eq!(row.phone.operation_status, OperationStatus::DeleteSuccess);
        assert_eq!(row.phone.capf.operation, CertificateOperation::None);
        assert_eq!(states(&store, &phone).await, [CertificateState::Deleted]);
        assert_eq!(store.subject(&phone).await.unwrap().unwrap().held, None);
    }

    async fn a_success_leaves_what_was_scheduled_meanwhile(place: &Place) {
        let store = place.open_with(&["CSFA"]).await;
        let phone = device("CSFA");
        let mut change = schedule(CertificateOperation::Delete);
        change.change.authentication_string = Some(Some(string("4711")));
        store.change_phones(&admin(), vec![phone.clone()], change).await.unwrap();
        install(&store, &phone, &Key::new().certificate()).await;
        let row = store.phone(&phone).await.unwrap().unwrap();
        assert!(row.lsc.is_some());
        assert_eq!(row.phone.capf.operation, CertificateOperation::Delete);
        assert_eq!(row.phone.operation_status, OperationStatus::OperationPending);
        assert_eq!(row.phone.capf.authentication_string, Some(string("4711")));
    }

    async fn what_a_troubleshoot_saw_in_the_phone_can_be_deleted_and_goes_with_it(place: &Place) {
        let store = place.open_with(&["SEP001122334455"]).await;
        let phone = device("SEP001122334455");
        let asked = |operation| Change { force: false, ..schedule(operation) };
        let (delete, troubleshoot) = (CertificateOperation::Delete, CertificateOperation::Troubleshoot);
        for operation in [delete, troubleshoot] {
            let changed = store.change_phones(&admin(), vec![phone.clone()], asked(operation)).await.unwrap();
            assert_eq!((changed.changed, changed.without_certificate), (0, vec![phone.clone()]));
        }
        let (lsc, mic) = (Key::new().certificate(), Key::new().certificate());
        let fetched = Record::Fetched { certificates: vec![(CertificateKind::Mic, mic)] };
        record(&store, &phone, fetched).await;
        for (operation, known) in [(delete, 0), (troubleshoot, 1)] {
            let changed = store.change_phones(&admin(), vec![phone.clone()], asked(operation)).await.unwrap();
            assert_eq!(changed.changed, known, "{operation}");
        }
        let fetched = Record::Fetched { certificates: vec![(CertificateKind::Lsc, lsc)] };
        record(&store, &phone, fetched).await;
        let changed = store.change_phones(&admin(), vec![phone.clone()], asked(delete)).await.unwrap();
        assert_eq!(changed.changed, 1);
        record(&store, &phone, Record::Deleted).await;
        let left = [CertificateState::Deleted, CertificateState::Fetched];
        assert_eq!(states(&store, &phone).await, left);
        let changed = store.change_phones(&admin(), vec![phone.clone()], asked(delete)).await.unwrap();
        assert_eq!(changed.changed, 0);
    }

    async fn a_troubleshoot_puts_what_it_fetched_on_record_once(place: &Place) {
        let store = place.open_with(&["CSFA"]).await;
        let phone = device("CSFA");
        let (lsc, mic) = (Key::new().certificate(), Key::new().certificate());
        install(&store, &phone, &lsc).await;
        for _ in 0..2 {
            let certificates =
                vec![(CertificateKind::Lsc, lsc.clone()), (CertificateKind::Mic, mic.clone())];
            record(&store, &phone, Record::Fetched { certificates }).await;
        }
        let certificates = store.certificates(&phone).await.unwrap();
        let seen: Vec<_> = certificates.iter().map(|record| (record.kind, record.state)).collect();
        assert_eq!(
            seen,
            [
                (CertificateKind::Mic, CertificateState::Fetched),
                (CertificateKind::Lsc, CertificateState::Held)
            ]
        );
        let row = store.phone(&phone).await.unwrap().unwrap();
        assert_eq!(row.phone.operation_status, OperationStatus::TroubleshootSuccess);
        assert_eq!(row.lsc.unwrap().serial_number, lsc.serial_number());
    }

    async fn a_failure_ends_the_operation_only_where_it_says_so(place: &Place) {
        let store = place.open_with(&["CSFA"]).await;
        let phone = device("CSFA");
        let change = schedule(CertificateOperation::Install);
        store.change_phones(&admin(), vec![phone.clone()], change).await.unwrap();
        for (status, ends_operation, operation) in [
            (
                OperationStatus::UpgradeFailedInvalidAuthenticationString,
                false,
                CertificateOperation::Install,
            ),
            (OperationStatus::UpgradeFailedLate, true, CertificateOperation::None),
        ] {
            let failed = CertificateOperation::Install;
            record(&store, &phone, Record::Failed { operation: failed, status, ends_operation, is_guess: false }).await;
            let row = store.phone(&phone).await.unwrap().unwrap();
            assert_eq!(row.phone.operation_status, status);
            assert_eq!(row.phone.capf.operation, operation);
        }
    }

    async fn an_offline_round_goes_from_pending_to_held(place: &Place) {
        let store = place.open_with(&["CSFA"]).await;
        let phone = device("CSFA");
        let key = Key::new();
        let id = request(&store, &phone, &key).await;
        let row = store.phone(&phone).await.unwrap().unwrap();
        assert_eq!(row.csr.unwrap().state, CsrState::Pending);
        assert_eq!(row.csr.unwrap().created_at, place.clock.now());
        let progress = store.progress(&phone, &key.fingerprint()).await.unwrap();
        assert_eq!(progress, CsrProgress::Waiting);

        assert_eq!(store.mark_dumped(&admin(), vec![id, id + 1]).await.unwrap(), 1);
        assert_eq!(store.mark_dumped(&admin(), vec![id]).await.unwrap(), 0, "only pending ones");
        let progress = store.progress(&phone, &key.fingerprint()).await.unwrap();
        assert_eq!(progress, CsrProgress::Waiting);

        let certificate = key.certificate();
        let expires = time("2040-01-01T00:00:00Z");
        let import = vec![(id, certificate.clone(), Some(expires))];
        assert_eq!(store.import_certificates(&admin(), import.clone()).await.unwrap(), [true]);
        assert_eq!(store.import_certificates(&admin(), import).await.unwrap(), [true], "again");
        assert_eq!(states(&store, &phone).await, [CertificateState::Issued]);
        let progress = store.progress(&phone, &key.fingerprint()).await.unwrap();
        assert_eq!(progress, CsrProgress::Imported(certificate.clone()));
        let subject = store.subject(&phone).await.unwrap().unwrap();
        assert_eq!((subject.held, subject.imported), (None, Some(certificate.clone())));

        install(&store, &phone, &certificate).await;
        let subject = store.subject(&phone).await.unwrap().unwrap();
        assert_eq!((subject.held, subject.imported), (Some(certificate), None));
        let row = store.phone(&phone).await.unwrap().unwrap();
        assert_eq!(row.csr, None, "the phone waits no more");
        assert_eq!(row.lsc.unwrap().issuer_not_after, Some(expires));
        let progress = store.progress(&phone, &key.fingerprint()).await.unwrap();
        assert_eq!(progress, CsrProgress::Gone);
    }

    async fn a_new_key_supersedes_the_request_and_its_certificate(place: &Place) {
        let store = place.open_with(&["CSFA"]).await;
        let phone = device("CSFA");
        let (old, new) = (Key::new(), Key::new());
        let id = request(&store, &phone, &old).await;
        let import = vec![(id, old.certificate(), None)];
        store.import_certificates(&admin(), import).await.unwrap();
        request(&store, &phone, &new).await;
        let counts = store.csr_counts().await.unwrap();
        let expected =
            CsrCounts { pending: 1, superseded: 1, valid: 1, invalid: 1, ..CsrCounts::default() };
        assert_eq!(counts, expected);
        assert_eq!(states(&store, &phone).await, [CertificateState::Stale]);
        assert_eq!(store.subject(&phone).await.unwrap().unwrap().imported, None);
        let progress = store.progress(&phone, &old.fingerprint()).await.unwrap();
        assert_eq!(progress, CsrProgress::Gone);
        let late = vec![(id, old.certificate(), None)];
        assert_eq!(store.import_certificates(&admin(), late).await.unwrap(), [false]);
    }

    async fn superseded_requests_do_not_pile_up(place: &Place) {
        let store = place.open_with(&["CSFA"]).await;
        for _ in 0..20 {
            request(&store, &device("CSFA"), &Key::new()).await;
        }
        let counts = store.csr_counts().await.unwrap();
        assert_eq!((counts.pending, counts.superseded), (1, 8));
    }

    async fn certificates_are_imported_together_each_with_its_verdict(place: &Place) {
        let store = place.open_with(&["CSFA", "CSFB", "CSFC"]).await;
        let (a, b, c) = (Key::new(), Key::new(), Key::new());
        let id_a = request(&store, &device("CSFA"), &a).await;
        let id_b = request(&store, &device("CSFB"), &b).await;
        let id_c = request(&store, &device("CSFC"), &c).await;
        let import = vec![
            (id_a, a.certificate(), None),
            (id_b, a.certificate(), None),
            (id_c + 1000, c.certificate(), None),
            (id_c, c.certificate(), None),
        ];
        let taken = store.import_certificates(&admin(), import).await.unwrap();
        assert_eq!(taken, [true, false, false, true], "another's key, no such request");
        let counts = store.csr_counts().await.unwrap();
        assert_eq!((counts.issued, counts.pending), (2, 1));
        assert_eq!(states(&store, &device("CSFB")).await, []);
    }

    async fn requests_are_found_by_key_in_the_order_asked(place: &Place) {
        let store = place.open_with(&["CSFA", "CSFB"]).await;
        let (a, b) = (Key::new(), Key::new());
        request(&store, &device("CSFA"), &a).await;
        request(&store, &device("CSFB"), &b).await;
        // The same key again: the one that is not superseded counts.
        request(&store, &device("CSFA"), &a).await;
        let keys = vec![b.fingerprint(), Key::new().fingerprint(), a.fingerprint()];
        let found = store.csrs_for_keys(keys).await.unwrap();
        let found: Vec<_> = found
            .into_iter()
            .map(|record| record.map(|record| (record.device, record.state)))
            .collect();
        assert_eq!(
            found,
            [
                Some((device("CSFB"), CsrState::Pending)),
                None,
                Some((device("CSFA"), CsrState::Pending))
            ]
        );
    }

    async fn requests_are_listed_by_state_a_part_at_a_time(place: &Place) {
        let names = ["CSFA", "CSFB", "CSFC", "CSFD", "CSFE"];
        let store = place.open_with(&names).await;
        let mut ids = Vec::new();
        for name in names {
            ids.push(request(&store, &device(name), &Key::new()).await);
        }
        store.mark_dumped(&admin(), vec![ids[1]]).await.unwrap();
        let mut seen = Vec::new();
        let mut after = 0;
        loop {
            let part = store.csrs(&[CsrState::Pending], after, 2).await.unwrap();
            let Some(last) = part.last() else { break };
            after = last.id;
            seen.extend(part.into_iter().map(|record| record.id));
        }
        assert_eq!(seen, [ids[0], ids[2], ids[3], ids[4]]);
        let both = [CsrState::Pending, CsrState::Dumped];
        assert_eq!(store.csrs(&both, 0, 100).await.unwrap().len(), 5);
        assert_eq!(store.csrs(&[], 0, 100).await.unwrap().len(), 0);
    }

    async fn all_requests_are_deleted_with_what_no_phone_holds(place: &Place) {
        let store = place.open_with(&["CSFA", "CSFB"]).await;
        let (a, b) = (Key::new(), Key::new());
        let id = request(&store, &device("CSFA"), &a).await;
        request(&store, &device("CSFB"), &b).await;
        store.import_certificates(&admin(), vec![(id, a.certificate(), None)]).await.unwrap();
        let deleted = store.delete_csrs(&admin()).await.unwrap();
        assert_eq!(deleted, DeletedCsrs { csrs: 2, certificates: 1 });
        assert_eq!(store.csr_counts().await.unwrap(), CsrCounts::default());
        let progress = store.progress(&device("CSFA"), &a.fingerprint()).await.unwrap();
        assert_eq!(progress, CsrProgress::Gone);
    }

    async fn parameters_are_set_and_reset(place: &Place) {
        let store = place.open().await;
        let parameter = Parameter::KeepaliveInterval;
        store.set_parameter(&admin(), parameter, Some("20".to_owned())).await.unwrap();
        store.set_parameter(&admin(), parameter, Some("30".to_owned())).await.unwrap();
        assert_eq!(store.parameters().await.unwrap().value(parameter), "30");
        store.set_parameter(&admin(), parameter, None).await.unwrap();
        assert!(!store.parameters().await.unwrap().is_set(parameter));
    }

    async fn trust_anchors_are_kept_once_a_purpose(place: &Place) {
        let store = place.open().await;
        let admin = admin();
        let anchor = Key::new().certificate_by("Example CA", "20400101000000Z");
        let import = |purpose| store.import_anchor(&admin, purpose, anchor.clone());
        let first = import(TrustPurpose::Capf).await.unwrap();
        assert!(first.new);
        let again = import(TrustPurpose::Capf).await.unwrap();
        assert_eq!((again.id, again.new), (first.id, false));
        assert!(import(TrustPurpose::Manufacturing).await.unwrap().new);
        assert_eq!(store.trust_anchors(None).await.unwrap().len(), 2);
        let capf = store.trust_anchors(Some(TrustPurpose::Capf)).await.unwrap();
        assert_eq!((capf.len(), &capf[0].certificate), (1, &anchor));
        assert_eq!(capf[0].imported_at, place.clock.now());
        assert!(store.remove_anchor(&admin, first.id).await.unwrap());
        assert!(!store.remove_anchor(&admin, first.id).await.unwrap());
    }

    async fn the_issuers_expiry_is_taken_from_capf_trust(place: &Place) {
        let store = place.open_with(&["CSFA"]).await;
        let anchor = Key::new().certificate_by("Root CA", "20400101000000Z");
        store.import_anchor(&admin(), TrustPurpose::Capf, anchor).await.unwrap();
        let lsc = Key::new().certificate_by(SUBJECT, "20310101000000Z");
        install(&store, &device("CSFA"), &lsc).await;
        let row = store.phone(&device("CSFA")).await.unwrap().unwrap();
        assert_eq!(row.lsc.unwrap().issuer_not_after, Some(time("2040-01-01T00:00:00Z")));
    }

    async fn sessions_are_saved_in_place_of_their_older_state(place: &Place) {
        let store = place.open().await;
        let mut session = SessionRow {
            id: u32::MAX,
            device: None,
            address: address(),
            state: "waiting for the name".to_owned(),
            operation: CertificateOperation::None,
            since: place.clock.now(),
        };
        store.save_sessions(vec![session.clone()]).await.unwrap();
        session.device = Some(device("CSFA"));
        session.operation = CertificateOperation::Install;
        let other = SessionRow { id: 2, ..session.clone() };
        store.save_sessions(vec![session.clone(), other.clone()]).await.unwrap();
        assert_eq!(store.sessions().await.unwrap(), [other, session.clone()]);
        store.remove_sessions(vec![2, 3]).await.unwrap();
        assert_eq!(store.sessions().await.unwrap(), [session]);
        store.clear_sessions().await.unwrap();
        assert_eq!(store.sessions().await.unwrap(), []);
    }

    async fn a_contact_is_written_before_what_follows_it(place: &Place) {
        let store = place.open_with(&["CSFA"]).await;
        place.clock.advance(SignedDuration::from_mins(5));
        store.contact(&device("CSFA"), address()).await.unwrap();
        store.contact(&device("CSFNOBODY"), address()).await.unwrap();
        store.clear_sessions().await.unwrap();
        let phone = store.phone(&device("CSFA")).await.unwrap().unwrap().phone;
        assert_eq!(phone.last_contact, Some((place.clock.now(), address())));
    }

    async fn the_audit_trail_says_who_did_what_without_secrets(place: &Place) {
        let store = place.open_with(&["CSFA"]).await;
        let mut change = schedule(CertificateOperation::Install);
        change.change.authentication_string = Some(Some(string("471147114")));
        store.change_phones(&admin(), vec![device("CSFA")], change).await.unwrap();
        let parameter = Parameter::PhonePort;
        store.set_parameter(&admin(), parameter, Some("3805".to_owned())).await.unwrap();
        record(&store, &device("CSFA"), Record::Deleted).await;
        let entries = trail(&store, 100).await;
        assert_eq!(
            entries,
            [
                "2001:db8::17: CSFA: LSC deleted",
                "alice: parameter `CAPF Phone Port` set to `3805`",
                "alice: CSFA: phone changed: Certificate Operation: Install/Upgrade; \
                 Authentication String: set; Operation Completes By: 2026-12-03T12:00:00Z",
                "alice: CSFA: phone added",
            ]
        );
        assert!(!format!("{entries:?}").contains("4711"));
        assert_eq!(trail(&store, 1).await.len(), 1);
        let of_phone = AuditQuery { device: Some(device("CSFA")), limit: 100 };
        assert_eq!(store.audit(of_phone).await.unwrap().len(), 3);
    }

    async fn debug_shows_no_secret(place: &Place) {
        let store = place.open().await;
        let mut phones = vec![Phone::new(device("CSFA")), Phone::new(device("CSFB"))];
        for phone in &mut phones {
            phone.capf.authentication_string = Some(string("471147114"));
        }
        store.add_phones(&admin(), phones).await.unwrap();
        let search = Search {
            sort: Column::Field(Field::AuthenticationString),
            limit: 1,
            ..Search::default()
        };
        let page = store.find(&search).await.unwrap();
        assert!(page.next.is_some());
        let subject = store.subject(&device("CSFA")).await.unwrap();
        for shown in [format!("{page:?}"), format!("{subject:?}"), format!("{store:?}")] {
            assert!(!shown.contains("4711"), "{shown}");
        }
    }

    async fn what_was_answered_is_there_after_reopening(place: &Place) {
        let store = place.open_with(&["CSFA"]).await;
        let certificate = Key::new().certificate();
        install(&store, &device("CSFA"), &certificate).await;
        drop(store);
        let store = place.open().await;
        let subject = store.subject(&device("CSFA")).await.unwrap().unwrap();
        assert_eq!(subject.held, Some(certificate));
    }

    async fn many_phones_record_at_once_and_one_failure_is_its_own(place: &Place) {
        let names: Vec<String> = (0..300).map(|number| format!("CSF{number:03}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let store = place.open_with(&names).await;
        let certificate = Key::new().certificate();
        let mut records = tokio::task::JoinSet::new();
        for name in names.iter().chain(&["CSFNOBODY"]) {
            let (store, device) = (store.clone(), device(name));
            let record = Record::Installed { certificate: certificate.clone() };
            records.spawn(async move { store.record(&device, address(), record).await });
        }
        let outcomes = records.join_all().await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 300);
        let held = "LSC Status is exactly Upgrade Success".parse().unwrap();
        assert_eq!(store.count(&[held]).await.unwrap(), 300);
    }

    async fn a_watch_wakes_for_admins_of_any_process(place: &Place) {
        let server = place.open_with(&["CSFA", "CSFB"]).await;
        let other_process = place.open().await;
        let mut watch = server.watch().await.unwrap();

        let change = schedule(CertificateOperation::Install);
        let names = vec![device("CSFB"), device("CSFA")];
        other_process.change_phones(&admin(), names, change.clone()).await.unwrap();
        assert_eq!(watch.changed().await.devices, [device("CSFA"), device("CSFB")]);

        // A phone's own record wakes nobody; this process's admin does.
        record(&server, &device("CSFA"), Record::Deleted).await;
        server.change_phones(&admin(), vec![device("CSFB")], change).await.unwrap();
        assert_eq!(watch.changed().await.devices, [device("CSFB")]);

        // What is committed between two looks is not lost.
        let key = Key::new();
        let id = request(&server, &device("CSFA"), &key).await;
        let import = vec![(id, key.certificate(), None)];
        other_process.import_certificates(&admin(), import).await.unwrap();
        assert_eq!(watch.changed().await.devices, [device("CSFA")]);
        let progress = server.progress(&device("CSFA"), &key.fingerprint()).await.unwrap();
        assert!(matches!(progress, CsrProgress::Imported(_)));
    }

    async fn two_processes_write_in_turn(place: &Place) {
        let stores = [place.open_with(&["CSFA"]).await, place.open().await];
        let mut changes = tokio::task::JoinSet::new();
        for number in 0..40 {
            let store = stores[number % 2].clone();
            let phone = Phone::new(device(&format!("CSFN{number}")));
            changes.spawn(async move { store.add_phones(&admin(), vec![phone]).await });
        }
        for outcome in changes.join_all().await {
            outcome.unwrap();
        }
        assert_eq!(stores[1].count(&[]).await.unwrap(), 41);
    }

    async fn processes_may_open_a_new_database_at_once(place: &Place) {
        let mut opening = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let (uri, clock) = (place.uri.clone(), place.clock.clone());
            opening.spawn(async move { Store::open(&uri, clock).await });
        }
        for store in opening.join_all().await {
            assert_eq!(store.unwrap().count(&[]).await.unwrap(), 0);
        }
    }

    async fn each_field_is_searched_by_each_pattern(place: &Place) {
        let store = fleet(place).await;
        for (criterion, expected) in [
            ("Device Name begins with sep0000", "SEP000000000001 SEP000000000002"),
            ("Device Name ends with 2", "SEP000000000002"),
            ("Device Name contains fan", "CSFANNA"),
            ("Device Name is exactly csfanna", "CSFANNA"),
            ("Device Name is empty", ""),
            ("Device Name is not empty", "CSFANNA SEP000000000001 SEP000000000002 SEPFFFFFFFFFFFF"),
            ("Description begins with büro", "SEP000000000001"),
            ("Description contains ÜRO", "SEP000000000001"),
            ("Description is exactly 100% SURE", "SEP000000000002"),
            ("Description ends with zürich", "SEP000000000001"),
            ("Description is empty", "CSFANNA"),
            ("Description is not empty", "SEP000000000001 SEP000000000002 SEPFFFFFFFFFFFF"),
            ("Description contains %", "SEP000000000002"),
            ("Description contains 0_", ""),
            ("Description ends with _x!", "SEPFFFFFFFFFFFF"),
            ("Description contains !", "SEPFFFFFFFFFFFF"),
            ("Description contains '", "SEPFFFFFFFFFFFF"),
            ("Device Type begins with cp-88", "SEP000000000001 SEP000000000002"),
            ("Device Type is empty", "CSFANNA SEPFFFFFFFFFFFF"),
            ("Security Profile contains secure", "SEP000000000001"),
            ("Security Profile is empty", "CSFANNA SEP000000000002 SEPFFFFFFFFFFFF"),
            ("Authentication String is exactly 12345", "CSFANNA"),
            ("Authentication String begins with 12", "CSFANNA SEP000000000002"),
            ("Authentication String is empty", "SEP000000000001 SEPFFFFFFFFFFFF"),
            ("Authentication String is not empty", "CSFANNA SEP000000000002"),
            ("Authentication Mode contains string", "CSFANNA SEP000000000001 SEPFFFFFFFFFFFF"),
            ("Authentication Mode is exactly by null string", "SEP000000000001 SEPFFFFFFFFFFFF"),
            ("Authentication Mode is exactly mic", "SEP000000000002"),
            ("Authentication Mode ends with to mic)", "SEP000000000002"),
            ("LSC Status begins with upgrade failed", "SEP000000000002"),
            ("LSC Status begins with Upgrade", "CSFANNA SEP000000000001 SEP000000000002"),
            ("LSC Status is exactly None", "SEPFFFFFFFFFFFF"),
            ("LSC Status contains no such status", ""),
            ("LSC Status is empty", ""),
            ("LSC Status is not empty", "CSFANNA SEP000000000001 SEP000000000002 SEPFFFFFFFFFFFF"),
            ("LSC Expires is before 2031-01-31", "CSFANNA"),
            ("LSC Expires is exactly 2031-01-31", "SEP000000000001"),
            ("LSC Expires is exactly 2031-01-31T23:00", "SEP000000000001"),
            ("LSC Expires is after 2031-01-31", ""),
            ("LSC Expires is after 2031-01-31T11:59", "SEP000000000001"),
            ("LSC Expires is after 2031-01-31T12:00", ""),
            ("LSC Expires is before 10000d", "CSFANNA SEP000000000001"),
            ("LSC Expires is empty", "SEP000000000002 SEPFFFFFFFFFFFF"),
            ("LSC Expires is not empty", "CSFANNA SEP000000000001"),
            ("LSC Issued by contains EXAMPLE", "SEP000000000001"),
            ("LSC Issued by begins with cn=capf", "CSFANNA"),
            ("LSC Issued by is empty", "SEP000000000002 SEPFFFFFFFFFFFF"),
            ("LSC Issuer Expires by is exactly 2040-01-01", "SEP000000000001"),
            ("LSC Issuer Expires by is before 2041-01-01", "SEP000000000001"),
            ("LSC Issuer Expires by is after 2039-12-31", "SEP000000000001"),
            ("LSC Issuer Expires by is empty", "CSFANNA SEP000000000002 SEPFFFFFFFFFFFF"),
        ] {
            let criteria = vec![criterion.parse::<Criterion>().unwrap()];
            let count = expected.split_whitespace().count() as u64;
            assert_eq!(store.count(&criteria).await.unwrap(), count, "{criterion}");
            let page = store.find(&Search { criteria, ..Search::default() }).await.unwrap();
            assert_eq!(names(&page).join(" "), expected, "{criterion}");
        }
    }

    async fn criteria_are_anded(place: &Place) {
        let store = fleet(place).await;
        let criteria = vec![
            "Device Type begins with CP".parse().unwrap(),
            "LSC Expires is empty".parse().unwrap(),
        ];
        let page = store.find(&Search { criteria, ..Search::default() }).await.unwrap();
        assert_eq!(names(&page), ["SEP000000000002"]);
    }

    async fn a_pattern_that_does_not_fit_is_refused(place: &Place) {
        let store = place.open().await;
        let mut criterion: Criterion = "LSC Expires is before 2031-01-31".parse().unwrap();
        criterion.field = Field::LscStatus;
        let error = store.count(&[criterion.clone()]).await.unwrap_err();
        assert!(error.to_string().contains("cannot be compared"), "{error}");
        criterion.field = Field::LscExpires;
        criterion.text = String::from("soon");
        let error = store.count(&[criterion]).await.unwrap_err();
        assert!(error.to_string().contains("no time"), "{error}");
    }

    async fn pages_neither_lose_nor_repeat_a_phone(place: &Place) {
        let store = fleet(place).await;
        // Many phones that are equal in every column but the name.
        let more = (0..23).map(|number| Phone::new(device(&format!("TCT{number}")))).collect();
        store.add_phones(&admin(), more).await.unwrap();
        let columns = Field::ALL
            .iter()
            .copied()
            .map(Column::Field)
            .chain([Column::CertificateOperation, Column::LastContact]);
        for sort in columns {
            let mut orders = Vec::new();
            for descending in [false, true] {
                let mut search = Search { sort, descending, limit: 5, ..Search::default() };
                let mut seen = Vec::new();
                loop {
                    let page = store.find(&search).await.unwrap();
                    seen.extend(names(&page));
                    search.after = page.next;
                    if search.after.is_none() {
                        break;
                    }
                }
                assert_eq!(seen.len(), 27, "{sort:?}");
                assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), 27, "{sort:?}");
                orders.push(seen);
            }
            orders[1].reverse();
            assert_eq!(orders[0], orders[1], "{sort:?}: one order, both ways");
        }
    }

    async fn phones_without_a_value_stand_before_the_others(place: &Place) {
        let store = fleet(place).await;
        for (field, descending, expected) in [
            (Field::LscExpires, false, "SEP000000000002 SEPFFFFFFFFFFFF CSFANNA SEP000000000001"),
            (Field::LscExpires, true, "SEP000000000001 CSFANNA SEPFFFFFFFFFFFF SEP000000000002"),
            (Field::Description, false, "CSFANNA SEP000000000002 SEPFFFFFFFFFFFF SEP000000000001"),
        ] {
            let sort = Column::Field(field);
            let search = Search { sort, descending, ..Search::default() };
            let page = store.find(&search).await.unwrap();
            assert_eq!(names(&page).join(" "), expected, "{field}");
        }
    }
}

#[tokio::test]
async fn the_file_is_its_owners_alone() {
    let place = Place::sqlite();
    let store = place.open_with(&["CSFA"]).await;
    let mut files = 0;
    for entry in std::fs::read_dir(place.directory.path()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", entry.path().display());
        files += 1;
    }
    assert!(files >= 2, "the database and its log");
    drop(store);
}

#[tokio::test]
async fn a_missing_directory_is_named() {
    let place = Place::sqlite();
    let uri = StoreUri::sqlite(place.directory.path().join("missing/capf.db"));
    let error = Store::open(&uri, place.clock.clone()).await.unwrap_err();
    assert!(matches!(error, StoreError::NoDirectory { .. }));
    assert!(error.to_string().contains("missing"), "{error}");
}

#[tokio::test]
async fn what_is_no_database_is_refused() {
    let place = Place::sqlite();
    let path = place.directory.path().join("capf.db");
    std::fs::write(
        path,
        "words that are read as a database's header ".repeat(20),
    )
    .unwrap();
    assert!(Store::open(&place.uri, place.clock.clone()).await.is_err());
}

#[tokio::test]
async fn an_empty_file_becomes_a_database() {
    let place = Place::sqlite();
    std::fs::write(place.directory.path().join("capf.db"), "").unwrap();
    let store = place.open_with(&["CSFA"]).await;
    assert_eq!(store.count(&[]).await.unwrap(), 1);
}

#[tokio::test]
async fn a_database_of_a_newer_program_is_left_alone() {
    let place = Place::sqlite();
    drop(place.open_with(&["CSFA"]).await);
    let newer = rusqlite::Connection::open(place.directory.path().join("capf.db")).unwrap();
    newer
        .execute("INSERT INTO schema_version (version) VALUES (99)", [])
        .unwrap();
    let error = Store::open(&place.uri, place.clock.clone())
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::TooNew { found: 99, .. }));
    assert!(error.to_string().contains("newer capf"), "{error}");
    newer
        .execute("DELETE FROM schema_version WHERE version = 99", [])
        .unwrap();
    assert_eq!(place.open().await.count(&[]).await.unwrap(), 1);
}

#[tokio::test]
async fn a_value_that_no_version_writes_is_an_error_and_no_panic() {
    let place = Place::sqlite();
    let store = place.open_with(&["CSFA"]).await;
    let other = rusqlite::Connection::open(place.directory.path().join("capf.db")).unwrap();
    for damage in [
        "UPDATE phone SET operation = 77",
        "UPDATE phone SET operation = 'text'",
        "UPDATE phone SET operation = 1, authentication_string = 'abc'",
        "UPDATE phone SET authentication_string = '', last_contact = 9223372036854775807",
    ] {
        other.execute(damage, []).unwrap();
        let error = store.phone(&device("CSFA")).await.unwrap_err();
        assert!(
            matches!(error, StoreError::Corrupt { .. }),
            "{damage}: {error}"
        );
    }
}
