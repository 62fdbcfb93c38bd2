//! The check of an installation with phones, from outside.

use std::net::{IpAddr, Ipv4Addr};

use super::*;
use crate::admin::testing::{self, Fixture};
use crate::clock::FixedClock;
use crate::model::{
    AuthenticationMode, Certificate, CertificateOperation, OperationStatus, Phone, TrustPurpose,
};
use crate::pki::{Issuer, IssuerName, LscOrder, OutsideCa};
use crate::session::Record;
use crate::store::{Actor, Claim, NewPhone, Recorded};

const DAY: SignedDuration = SignedDuration::from_hours(24);
const SECOND: SignedDuration = SignedDuration::from_secs(1);

fn admin() -> Actor {
    Actor::Admin("tester".to_owned())
}

/// How it stands at this time.
async fn at(fixture: &Fixture, time: Timestamp, limits: &Limits) -> Verdict {
    let data_dir = fixture.directory.path();
    let store = format!("sqlite:{}/capf.db", data_dir.display());
    check(data_dir, &store, Arc::new(FixedClock::new(time)), limits).await
}

fn state(verdict: &Verdict, subject: Subject) -> State {
    let found = verdict.findings.iter().find(|it| it.subject == subject);
    found.unwrap_or_else(|| panic!("{verdict:?}")).state
}

/// An LSC of this issuer for a year.
fn lsc(issuer: &Issuer, phone: &Phone, fixture: &Fixture) -> Certificate {
    let order = LscOrder {
        device: &phone.name,
        model: "CP-8861",
        serial_number: None,
        public_key: &fixture.new_key(),
        validity_days: 365,
    };
    issuer.issue(&order, testing::now()).unwrap()
}

/// Phones that hold LSCs of this issuer.
async fn holders(fixture: &Fixture, issuer: &Issuer, names: &[&str]) -> Vec<Certificate> {
    let phones: Vec<NewPhone> = names
        .iter()
        .map(|name| {
            let phone = Phone::new(name.parse().unwrap());
            let lsc = Some(lsc(issuer, &phone, fixture));
            NewPhone {
                lsc,
                ..phone.into()
            }
        })
        .collect();
    let lscs = phones
        .iter()
        .filter_map(|phone| phone.lsc.clone())
        .collect();
    let store = fixture.installation.store();
    store
        .add_phones_with_certificates(&admin(), phones)
        .await
        .unwrap();
    lscs
}

fn issuer() -> Issuer {
    Issuer::create(&IssuerName::default(), testing::now()).unwrap()
}

#[tokio::test]
async fn an_lsc_is_judged_at_each_boundary_and_named() {
    let fixture = Fixture::new().await;
    let lscs = holders(&fixture, &issuer(), &["SEP000000000001"]).await;
    let end = lscs[0].not_after();
    let limits = Limits::default();
    for (left, expected) in [
        (30 * DAY, State::Ok),
        (30 * DAY - SECOND, State::Warning),
        (7 * DAY, State::Warning),
        (7 * DAY - SECOND, State::Critical),
        (SignedDuration::ZERO, State::Critical),
        (-SECOND, State::Critical),
    ] {
        let verdict = at(&fixture, end - left, &limits).await;
        let found = state(&verdict, Subject::LscExpiry);
        assert_eq!(found, expected, "{left}: {verdict:?}");
        let named: Vec<_> = verdict.phones.iter().map(|phone| &phone.name[..]).collect();
        let expected: &[&str] = if found == State::Ok {
            &[]
        } else {
            &["SEP000000000001"]
        };
        assert_eq!(named, expected, "{left}");
        let has_expired = verdict.headline().contains("1 LSC has expired");
        assert_eq!(has_expired, left.is_negative(), "{}", verdict.headline());
    }
    let forgiving = Limits {
        ignore_expired: Some(10 * DAY),
        ..limits
    };
    for (ago, expected) in [(10 * DAY, State::Critical), (10 * DAY + SECOND, State::Ok)] {
        let verdict = at(&fixture, end + ago, &forgiving).await;
        assert_eq!(state(&verdict, Subject::LscExpiry), expected, "{ago}");
        assert_eq!(verdict.phones.is_empty(), expected == State::Ok);
    }
}

#[tokio::test]
async fn an_anchor_counts_while_a_valid_lsc_rests_on_it_and_none_of_its_name_lives_longer() {
    let fixture = Fixture::new().await;
    let store = fixture.installation.store();
    let issuer = issuer();
    let anchor = issuer.certificate().clone();
    let purpose = TrustPurpose::Capf;
    let imported = store.import_anchor(&admin(), purpose, anchor.clone()).await;
    // The fixture's own anchor expires sooner, and nothing depends on it.
    let early = anchor.not_after() - DAY;
    let limits = Limits::default();
    let unused = at(&fixture, early, &limits).await;
    assert_eq!(state(&unused, Subject::TrustAnchors), State::Ok);

    let lscs = holders(&fixture, &issuer, &["SEP000000000001"]).await;
    // Its LSC has expired long before, and is critical by itself alone.
    let late = at(&fixture, early, &limits).await;
    assert_eq!(state(&late, Subject::TrustAnchors), State::Ok);
    // While the LSC is valid, it is as if the anchor expired with it.
    let far = Limits {
        ca_warning: anchor.not_after().duration_since(lscs[0].not_after()) + DAY,
        ..limits
    };
    let used = at(&fixture, lscs[0].not_after() - SECOND, &far).await;
    assert_eq!(state(&used, Subject::TrustAnchors), State::Warning);
    store
        .remove_anchor(&admin(), imported.unwrap().id)
        .await
        .unwrap();
    let gone = at(&fixture, lscs[0].not_after() - SECOND, &far).await;
    assert_eq!(state(&gone, Subject::TrustAnchors), State::Ok);
}

#[tokio::test]
async fn a_manufacturers_anchor_counts_while_a_phone_is_to_prove_itself_by_a_certificate() {
    let fixture = Fixture::new().await;
    let store = fixture.installation.store();
    let manufacturer = OutsideCa::create("Example Manufacturing", testing::now()).unwrap();
    let anchor = manufacturer.certificate().clone();
    let after = anchor.not_after() + SECOND;
    store
        .import_anchor(&admin(), TrustPurpose::Manufacturing, anchor)
        .await
        .unwrap();
    let verdict = at(&fixture, after, &Limits::default()).await;
    assert_eq!(state(&verdict, Subject::TrustAnchors), State::Ok);
    let mut phone = Phone::new("SEP000000000001".parse().unwrap());
    phone.capf.operation = CertificateOperation::Install;
    phone.capf.authentication_mode = AuthenticationMode::ExistingMic;
    phone.operation_status = OperationStatus::OperationPending;
    store.add_phones(&admin(), vec![phone]).await.unwrap();
    let verdict = at(&fixture, after, &Limits::default()).await;
    assert_eq!(state(&verdict, Subject::TrustAnchors), State::Warning);
}

#[tokio::test]
async fn failures_and_what_waits_or_is_overdue_are_counted() {
    let fixture = Fixture::new().await;
    let store = fixture.installation.store();
    fixture.csr("SEP000000000001").await;
    fixture.csr("SEP000000000002").await;
    let limits = Limits::default();
    for (later, csrs, overdue) in [
        (7 * DAY, State::Ok, State::Ok),
        (7 * DAY + SECOND, State::Warning, State::Ok),
        // The parameter's time, from when the operation was scheduled.
        (10 * DAY, State::Warning, State::Ok),
        (10 * DAY + SECOND, State::Warning, State::Warning),
    ] {
        let verdict = at(&fixture, testing::now() + later, &limits).await;
        assert_eq!(state(&verdict, Subject::WaitingCsrs), csrs, "{later}");
        assert_eq!(
            state(&verdict, Subject::OverdueOperations),
            overdue,
            "{later}"
        );
        assert_eq!(state(&verdict, Subject::Failures), State::Ok);
    }
    let name = "SEP000000000001".parse().unwrap();
    let schedule = store.scheduled(&name).await.unwrap().unwrap();
    let record = Record::Failed {
        operation: CertificateOperation::Install,
        status: OperationStatus::UpgradeFailed,
        is_refusal: false,
        ends_operation: false,
    };
    let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let recorded = store
        .record(&name, address, &schedule, &mut Claim::new(), record)
        .await;
    assert_eq!(recorded.unwrap(), Recorded::Kept);
    let verdict = at(&fixture, testing::now(), &limits).await;
    assert_eq!(state(&verdict, Subject::Failures), State::Warning);
    assert_eq!(verdict.state, State::Warning);
}

#[tokio::test]
async fn whether_a_service_runs_is_asked_first_and_holds_where_the_store_cannot_be_read() {
    let limits = Limits {
        service: true,
        ..Limits::default()
    };
    let fixture = Fixture::new().await;
    let lock = fixture.installation.lock_service().unwrap();
    let verdict = at(&fixture, testing::now(), &limits).await;
    assert_eq!(verdict.state, State::Ok, "{verdict:?}");
    drop(lock);
    let nowhere = fixture.directory.path().join("nowhere");
    let store = format!("sqlite:{}/capf.db", nowhere.display());
    let clock = Arc::new(FixedClock::new(testing::now()));
    let verdict = check(&nowhere, &store, clock, &limits).await;
    let subjects: Vec<_> = verdict.findings.iter().map(|it| it.subject).collect();
    assert_eq!(subjects, [Subject::Service, Subject::Store]);
    assert_eq!(verdict.state, State::Critical);
    assert!(!nowhere.exists(), "a check makes nothing");
}

#[tokio::test]
async fn the_capf_certificate_is_no_trust_anchor_of_others() {
    let fixture = Fixture::new().await;
    let capf = fixture.installation.capf_certificate().await.unwrap();
    let end = capf.issuer.certificate().not_after();
    holders(&fixture, &capf.issuer, &["SEP000000000001"]).await;
    let verdict = at(&fixture, end - DAY, &Limits::default()).await;
    assert_eq!(state(&verdict, Subject::CapfCertificate), State::Critical);
    assert_eq!(state(&verdict, Subject::TrustAnchors), State::Ok);
}

fn finding(state: State, message: &str) -> Finding {
    Finding {
        subject: Subject::Failures,
        state,
        message: message.to_owned(),
        values: Vec::new(),
    }
}

#[test]
fn the_worst_counts_and_is_said_first() {
    let verdict = Verdict::of(
        vec![
            finding(State::Ok, "well"),
            finding(State::Unknown, "unknown"),
            finding(State::Warning, "bad"),
            finding(State::Critical, "worst"),
        ],
        Vec::new(),
    );
    assert_eq!(verdict.state, State::Critical);
    assert_eq!(verdict.headline(), "worst; bad; unknown");
}

#[test]
fn what_is_known_to_be_wrong_counts_for_more_than_what_is_not_known() {
    assert_eq!(
        State::worst([State::Warning, State::Unknown]),
        State::Warning
    );
    assert_eq!(State::worst([State::Ok, State::Unknown]), State::Unknown);
    assert_eq!(State::worst([]), State::Ok);
}

#[test]
fn states_have_the_numbers_of_the_guidelines() {
    let states = [State::Ok, State::Warning, State::Critical, State::Unknown];
    assert_eq!(states.map(State::exit_code), [0, 1, 2, 3]);
}
