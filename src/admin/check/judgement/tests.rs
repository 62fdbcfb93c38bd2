use super::*;
use crate::admin::check::facts::LscExpiry;
use crate::model::{CrlRecord, TrustPurpose};
use crate::store::{RevokedLscs, WaitingCsrs};

const DAY: SignedDuration = SignedDuration::from_hours(24);
const SECOND: SignedDuration = SignedDuration::from_secs(1);

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

/// An installation in which all is well.
fn well() -> Facts {
    Facts {
        statuses: vec![(OperationStatus::UpgradeSuccess, 7)],
        lscs: LscExpiry::default(),
        first_to_expire: Vec::new(),
        overdue: 0,
        stale: 0,
        csrs: WaitingCsrs::default(),
        authorities: authorities(),
        activated: true,
        pending_parameters: 0,
        dead_nodes: Vec::new(),
    }
}

fn authorities() -> Authorities {
    Authorities {
        capf_expires: Ok(Some(now() + 1000 * DAY)),
        anchors: Vec::new(),
        crls: Vec::new(),
        revoked: RevokedLscs::default(),
    }
}

fn with(authorities: Authorities) -> Facts {
    Facts {
        authorities,
        ..well()
    }
}

/// How the subject stands, and what is said of it.
fn judged(facts: &Facts, limits: &Limits, subject: Subject) -> (State, String) {
    let findings = judge(facts, limits, now());
    let finding = findings.into_iter().find(|it| it.subject == subject);
    let finding = finding.unwrap();
    (finding.state, finding.message)
}

#[test]
fn where_all_is_well_every_finding_says_so() {
    for finding in judge(&well(), &Limits::default(), now()) {
        assert_eq!(finding.state, State::Ok, "{finding:?}");
        assert!(!finding.message.is_empty());
    }
}

#[test]
fn an_lsc_that_has_expired_or_soon_will_is_critical_and_one_that_will_later_a_warning() {
    let lscs = |expired, within_critical, within_warning| {
        let facts = Facts {
            lscs: LscExpiry {
                expired,
                within_critical,
                within_warning,
                next: Some(now() + 3 * DAY),
            },
            ..well()
        };
        judged(&facts, &Limits::default(), Subject::LscExpiry)
    };
    let (ok, message) = lscs(0, 0, 0);
    assert_eq!(ok, State::Ok);
    assert_eq!(
        message,
        "no LSC expires within 30 days, the next one on 2026-11-26"
    );
    let (warning, message) = lscs(0, 0, 1);
    assert_eq!(warning, State::Warning);
    assert_eq!(message, "1 LSC expires within 30 days");
    let (critical, message) = lscs(0, 2, 1);
    assert_eq!(critical, State::Critical);
    assert_eq!(
        message,
        "2 LSCs expire within 7 days, 3 LSCs expire within 30 days"
    );
    let (critical, message) = lscs(1, 0, 0);
    assert_eq!(critical, State::Critical);
    assert_eq!(message, "1 LSC has expired");
}

#[test]
fn failures_count_from_one_above_the_limit_and_the_most_frequent_are_named() {
    let failed = |phones| Facts {
        statuses: vec![
            (OperationStatus::UpgradeSuccess, 90),
            (OperationStatus::UpgradeFailed, 1),
            (OperationStatus::UpgradeFailedInvalidMic, phones),
            (OperationStatus::DeleteFailed, 1),
            (OperationStatus::DeleteFailedLate, 1),
        ],
        ..well()
    };
    let limits = Limits {
        failures_warning: 5,
        failures_critical: Some(10),
        ..Limits::default()
    };
    for (phones, state) in [
        (2, State::Ok),
        (3, State::Warning),
        (7, State::Warning),
        (8, State::Critical),
    ] {
        let (found, _) = judged(&failed(phones), &limits, Subject::Failures);
        assert_eq!(found, state, "{phones}");
    }
    let (_, message) = judged(&failed(7), &limits, Subject::Failures);
    assert_eq!(
        message,
        "10 of 100 phones failed (7 Upgrade Failed: Invalid MIC, 1 Upgrade Failed, 1 Delete \
         Failed, 1 more)"
    );
}

#[test]
fn what_waits_is_a_warning_and_what_is_stale_only_where_it_is_asked_for() {
    let facts = Facts {
        overdue: 1,
        stale: 1,
        csrs: WaitingCsrs {
            count: 3,
            older: 1,
            oldest: Some(now() - 8 * DAY),
        },
        ..well()
    };
    let limits = Limits::default();
    let (state, message) = judged(&facts, &limits, Subject::OverdueOperations);
    assert_eq!(
        (state, &message[..]),
        (State::Warning, "1 operation overdue")
    );
    let (state, message) = judged(&facts, &limits, Subject::WaitingCsrs);
    assert_eq!(state, State::Warning);
    assert_eq!(
        message,
        "3 CSRs wait for a certificate, 1 longer than 7 days"
    );
    let (state, _) = judged(&facts, &limits, Subject::StaleLscs);
    assert_eq!(state, State::Ok);
    let asked = Limits {
        overdue_warning: 1,
        stale_warning: Some(0),
        ..limits
    };
    let (state, _) = judged(&facts, &asked, Subject::OverdueOperations);
    assert_eq!(state, State::Ok);
    let (state, _) = judged(&facts, &asked, Subject::StaleLscs);
    assert_eq!(state, State::Warning);
}

#[test]
fn the_capf_certificate_is_judged_at_each_boundary() {
    for (left, state) in [
        (90 * DAY, State::Ok),
        (90 * DAY - SECOND, State::Warning),
        (30 * DAY, State::Warning),
        (30 * DAY - SECOND, State::Critical),
        (SignedDuration::ZERO, State::Critical),
        (-SECOND, State::Critical),
    ] {
        let facts = Authorities {
            capf_expires: Ok(Some(now() + left)),
            ..authorities()
        };
        let facts = with(facts);
        let (found, message) = judged(&facts, &Limits::default(), Subject::CapfCertificate);
        assert_eq!(found, state, "{left}");
        let has_expired = message.contains("expired on");
        assert_eq!(has_expired, left.is_negative(), "{message}");
    }
    // However short the critical time is, what has expired is critical.
    let limits = Limits {
        ca_critical: SignedDuration::ZERO,
        ..Limits::default()
    };
    let facts = with(Authorities {
        capf_expires: Ok(Some(now() - SECOND)),
        ..authorities()
    });
    let (found, _) = judged(&facts, &limits, Subject::CapfCertificate);
    assert_eq!(found, State::Critical);
}

#[test]
fn a_capf_certificate_that_is_not_there_yet_is_well_and_one_that_cannot_be_read_unknown() {
    let none = with(Authorities {
        capf_expires: Ok(None),
        ..authorities()
    });
    let (state, _) = judged(&none, &Limits::default(), Subject::CapfCertificate);
    assert_eq!(state, State::Ok);
    let unreadable = with(Authorities {
        capf_expires: Err(AdminError::Read {
            path: "ca/CAPF.cer".into(),
            source: std::io::ErrorKind::PermissionDenied.into(),
        }),
        ..authorities()
    });
    let (state, message) = judged(&unreadable, &Limits::default(), Subject::CapfCertificate);
    assert_eq!(state, State::Unknown);
    assert_eq!(message, "ca/CAPF.cer cannot be read: permission denied");
}

#[test]
fn a_trust_anchor_counts_for_as_much_as_depends_on_it() {
    let anchor = |need, left: SignedDuration| {
        let facts = with(Authorities {
            anchors: vec![ExpiringAnchor {
                purpose: TrustPurpose::Capf,
                subject: "CN=Example".to_owned(),
                not_after: now() + left,
                need,
            }],
            ..authorities()
        });
        judged(&facts, &Limits::default(), Subject::TrustAnchors)
    };
    for (need, left, state) in [
        (Need::None, -DAY, State::Ok),
        (Need::Proofs, -DAY, State::Warning),
        (Need::Proofs, 80 * DAY, State::Warning),
        (Need::Lscs, 30 * DAY, State::Warning),
        (Need::Lscs, 30 * DAY - SECOND, State::Critical),
        (Need::Lscs, -DAY, State::Critical),
    ] {
        let (found, message) = anchor(need, left);
        assert_eq!(found, state, "{need:?} {left}");
        assert!(message.contains("`CN=Example` (CAPF-trust) expire"));
    }
}

#[test]
fn a_crl_that_is_overdue_and_a_revoked_lsc_are_warnings() {
    let list = |next_update| CrlRecord {
        id: 1,
        issuer: "CN=Example".to_owned(),
        number: None,
        this_update: now() - DAY,
        next_update,
        imported_at: now() - DAY,
        entries: 3,
        revoked_lscs: 0,
    };
    let found = |next_update, phones: &[&str]| {
        let facts = Authorities {
            crls: vec![list(next_update)],
            revoked: RevokedLscs {
                count: phones.len() as u64,
                phones: phones.iter().map(|name| name.parse().unwrap()).collect(),
            },
            ..authorities()
        };
        judged(&with(facts), &Limits::default(), Subject::Revocation)
    };
    let said = |message: &str| message.to_owned();
    let well = (State::Ok, said("1 CRL, none overdue"));
    assert_eq!(found(None, &[]), well);
    assert_eq!(found(Some(now()), &[]), well);
    let (state, message) = found(Some(now() - SECOND), &[]);
    assert_eq!(state, State::Warning);
    assert_eq!(
        message,
        "the CRL of `CN=Example` was due anew on 2026-11-23"
    );
    let names = ["CSFA", "CSFB", "CSFC", "CSFD"];
    let (state, message) = found(None, &names);
    assert_eq!(state, State::Warning);
    assert_eq!(
        message,
        "4 phones hold a revoked LSC (CSFA, CSFB, CSFC, 1 more)"
    );
}

#[test]
fn a_service_that_has_to_run_and_does_not_is_critical() {
    let data_dir = Path::new("/data");
    let found = |runs, known: Option<&Facts>| {
        let finding = service(data_dir, Ok(runs), known);
        (finding.state, finding.message)
    };
    let said = |message: &str| message.to_owned();
    assert_eq!(found(true, None), (State::Ok, said("the service runs")));
    let down = (State::Critical, said("no service runs on /data"));
    assert_eq!(found(false, None), down);
    assert_eq!(found(false, Some(&well())), down);
    let inactive = Facts {
        activated: false,
        ..well()
    };
    let why = said("no service runs on /data: it is not activated");
    assert_eq!(found(false, Some(&inactive)), (State::Critical, why));
    // Whoever serves without ceremony need not activate anything.
    assert_eq!(found(true, Some(&inactive)).1, "the service runs");
    let waits = Facts {
        pending_parameters: 1,
        ..well()
    };
    let why = said("the service runs, 1 parameter takes effect when it restarts");
    assert_eq!(found(true, Some(&waits)), (State::Ok, why));
    let halved = Facts {
        dead_nodes: vec![("capf-b".parse().unwrap(), now())],
        ..well()
    };
    let why = said("the service runs; the node capf-b was last heard of at 2026-11-23T12:00:00Z");
    assert_eq!(found(true, Some(&halved)), (State::Warning, why));
}

#[test]
fn a_number_is_out_of_its_range_where_the_state_says_so() {
    let facts = Facts {
        lscs: LscExpiry {
            expired: 0,
            within_critical: 0,
            within_warning: 2,
            next: Some(now() + 20 * DAY),
        },
        ..well()
    };
    let findings = judge(&facts, &Limits::default(), now());
    let values: Vec<_> = findings[0]
        .values
        .iter()
        .map(|value| {
            let range = |range: Option<Range>| range.map(|range| range.to_string());
            (
                value.label,
                value.value,
                range(value.warning),
                range(value.critical),
            )
        })
        .collect();
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(
        values,
        [
            ("lscs_expired", 0, None, text("0")),
            ("lscs_within_critical", 0, None, text("0")),
            ("lscs_within_warning", 2, text("0"), None),
            (
                "next_lsc_expiry",
                1_728_000,
                text("2592000:"),
                text("604800:")
            ),
        ]
    );
}

#[test]
fn limits_are_said_in_the_largest_whole_unit() {
    for (seconds, said) in [
        (86_400, "1 day"),
        (30 * 86_400, "30 days"),
        (36 * 3600, "36 hours"),
        (5400, "90 minutes"),
        (61, "61 seconds"),
        (0, "0 seconds"),
    ] {
        assert_eq!(span(SignedDuration::from_secs(seconds)), said);
    }
}
