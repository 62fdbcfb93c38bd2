//! What is to be thought of the facts.
//!
//! What a phone needs now is critical: an LSC that has expired, or soon will, and the certificate
//! behind it. What waits for somebody is a warning. What harms nobody is told, and no more: a stale
//! LSC, or a trust anchor that has expired and that no valid LSC comes from.

use std::error::Error;
use std::path::Path;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::facts::{Authorities, ExpiringAnchor, Facts, Need};
use super::{Finding, Limits, Range, State, Subject, Unit, Value};
use crate::admin::{AdminError, whole_seconds};
use crate::model::{Escaped, OperationStatus};

/// How many LSC statuses or trust anchors are named at most.
const NAMED: usize = 3;

/// Whether a service runs where one has to; what the store knows of it, where it could be read.
pub(super) fn service(
    data_dir: &Path,
    runs: Result<bool, AdminError>,
    known: Option<&Facts>,
) -> Finding {
    let data_dir = Escaped(&data_dir.to_string_lossy()).to_string();
    let (state, message) = match runs {
        Ok(true) => {
            let pending = known.map_or(0, |facts| facts.pending_parameters);
            let message = match pending {
                0 => "the service runs".to_owned(),
                1 => "the service runs, 1 parameter takes effect when it restarts".to_owned(),
                more => format!("the service runs, {more} parameters take effect when it restarts"),
            };
            let dead = known.and_then(|facts| facts.dead_nodes.first());
            match dead {
                None => (State::Ok, message),
                Some((name, beat)) => (
                    State::Warning,
                    format!(
                        "{message}; the node {name} was last heard of at {}",
                        whole_seconds(*beat)
                    ),
                ),
            }
        }
        Ok(false) => {
            let why = match known {
                Some(facts) if !facts.activated => ": it is not activated",
                _ => "",
            };
            let message = format!("no service runs on {data_dir}{why}");
            (State::Critical, message)
        }
        Err(error) => (State::Unknown, whole(&error)),
    };
    finding(Subject::Service, state, message)
}

/// All that is found out from the facts.
pub(super) fn judge(facts: &Facts, limits: &Limits, now: Timestamp) -> Vec<Finding> {
    vec![
        lsc_expiry(facts, limits, now),
        failures(facts, limits),
        overdue(facts, limits),
        csrs(facts, limits, now),
        stale(facts, limits),
    ]
    .into_iter()
    .chain(judge_authorities(&facts.authorities, limits, now))
    .collect()
}

/// What is found out about those who vouch for certificates.
pub(super) fn judge_authorities(
    facts: &Authorities,
    limits: &Limits,
    now: Timestamp,
) -> [Finding; 3] {
    [
        capf_certificate(facts, limits, now),
        anchors(facts, limits, now),
        revocation(facts, now),
    ]
}

fn lsc_expiry(facts: &Facts, limits: &Limits, now: Timestamp) -> Finding {
    let lscs = &facts.lscs;
    let within_warning = lscs.within_critical + lscs.within_warning;
    let state = if lscs.expired + lscs.within_critical > 0 {
        State::Critical
    } else if within_warning > 0 {
        State::Warning
    } else {
        State::Ok
    };
    let expire = |count: u64, limit| {
        let verb = if count == 1 { "expires" } else { "expire" };
        format!("{} {verb} within {}", counted(count, "LSC"), span(limit))
    };
    let mut parts = Vec::new();
    if lscs.expired > 0 {
        let verb = if lscs.expired == 1 { "has" } else { "have" };
        parts.push(format!("{} {verb} expired", counted(lscs.expired, "LSC")));
    }
    if lscs.within_critical > 0 {
        parts.push(expire(lscs.within_critical, limits.critical));
    }
    if lscs.within_warning > 0 {
        parts.push(expire(within_warning, limits.warning));
    }
    if parts.is_empty() {
        parts.push(format!("no LSC expires within {}", span(limits.warning)));
        if let Some(next) = lscs.next {
            parts.push(format!("the next one on {}", day(next)));
        }
    }
    let mut values = vec![
        counter("lscs_expired", lscs.expired, None, Some(0)),
        counter("lscs_within_critical", lscs.within_critical, None, Some(0)),
        counter("lscs_within_warning", within_warning, Some(0), None),
    ];
    if let Some(next) = lscs.next {
        let limits = (limits.warning, limits.critical);
        values.push(lifetime("next_lsc_expiry", next, now, limits));
    }
    Finding {
        values,
        ..finding(Subject::LscExpiry, state, parts.join(", "))
    }
}

fn failures(facts: &Facts, limits: &Limits) -> Finding {
    let phones = facts.statuses.iter().map(|(_, phones)| phones).sum();
    let mut failed: Vec<(OperationStatus, u64)> = facts
        .statuses
        .iter()
        .copied()
        .filter(|(status, _)| status.is_failure())
        .collect();
    failed.sort_by_key(|(_, phones)| std::cmp::Reverse(*phones));
    let count = failed.iter().map(|(_, phones)| phones).sum();
    let state = if limits.failures_critical.is_some_and(|most| count > most) {
        State::Critical
    } else {
        warning_above(count, Some(limits.failures_warning))
    };
    let message = if count == 0 {
        "no phone has failed".to_owned()
    } else {
        let named = failed
            .iter()
            .take(NAMED)
            .map(|(status, phones)| format!("{phones} {status}"));
        format!(
            "{count} of {} failed ({})",
            counted(phones, "phone"),
            abridged(named, failed.len())
        )
    };
    let (warning, critical) = (Some(limits.failures_warning), limits.failures_critical);
    Finding {
        values: vec![
            counter("phones", phones, None, None),
            counter("phones_failed", count, warning, critical),
        ],
        ..finding(Subject::Failures, state, message)
    }
}

fn overdue(facts: &Facts, limits: &Limits) -> Finding {
    let message = match facts.overdue {
        0 => "no operation is overdue".to_owned(),
        count => format!("{} overdue", counted(count, "operation")),
    };
    let warning = Some(limits.overdue_warning);
    Finding {
        values: vec![counter("operations_overdue", facts.overdue, warning, None)],
        ..finding(
            Subject::OverdueOperations,
            warning_above(facts.overdue, warning),
            message,
        )
    }
}

fn csrs(facts: &Facts, limits: &Limits, now: Timestamp) -> Finding {
    let csrs = &facts.csrs;
    let message = match (csrs.older, csrs.count) {
        (0, 0) => "no CSR waits for a certificate".to_owned(),
        (0, count) => format!(
            "{} for a certificate, none longer than {}",
            waiting(count),
            span(limits.csr_age)
        ),
        (older, count) => format!(
            "{} for a certificate, {older} longer than {}",
            waiting(count),
            span(limits.csr_age)
        ),
    };
    let mut values = vec![
        counter("csrs_waiting", csrs.count, None, None),
        counter("csrs_waiting_too_long", csrs.older, Some(0), None),
    ];
    if let Some(oldest) = csrs.oldest {
        values.push(Value {
            label: "oldest_csr_age",
            value: now.duration_since(oldest).as_secs().max(0),
            unit: Unit::Seconds,
            warning: Some(Range::UpTo(limits.csr_age.as_secs().unsigned_abs())),
            critical: None,
        });
    }
    Finding {
        values,
        ..finding(
            Subject::WaitingCsrs,
            warning_above(csrs.older, Some(0)),
            message,
        )
    }
}

fn waiting(count: u64) -> String {
    let verb = if count == 1 { "waits" } else { "wait" };
    format!("{} {verb}", counted(count, "CSR"))
}

fn stale(facts: &Facts, limits: &Limits) -> Finding {
    let message = match facts.stale {
        0 => "no LSC is stale".to_owned(),
        count => format!("{}, which no phone took", counted(count, "stale LSC")),
    };
    Finding {
        values: vec![counter(
            "stale_lscs",
            facts.stale,
            limits.stale_warning,
            None,
        )],
        ..finding(
            Subject::StaleLscs,
            warning_above(facts.stale, limits.stale_warning),
            message,
        )
    }
}

fn capf_certificate(facts: &Authorities, limits: &Limits, now: Timestamp) -> Finding {
    let subject = Subject::CapfCertificate;
    let expires = match &facts.capf_expires {
        Ok(Some(expires)) => *expires,
        Ok(None) => {
            let message = "there is no CAPF certificate yet; the service makes it at its start";
            return finding(subject, State::Ok, message.to_owned());
        }
        Err(error) => return finding(subject, State::Unknown, whole(error)),
    };
    let bounds = (limits.ca_warning, limits.ca_critical);
    Finding {
        values: vec![lifetime("capf_certificate_expiry", expires, now, bounds)],
        ..finding(
            subject,
            expiry_state(expires, now, bounds),
            format!("the CAPF certificate {}", expiry(expires, now)),
        )
    }
}

fn anchors(facts: &Authorities, limits: &Limits, now: Timestamp) -> Finding {
    let bounds = (limits.ca_warning, limits.ca_critical);
    let state_of = |anchor: &ExpiringAnchor| match anchor.need {
        Need::None => State::Ok,
        Need::Proofs => State::Warning,
        Need::Lscs => expiry_state(anchor.not_after, now, bounds),
    };
    let mut known: Vec<_> = facts
        .anchors
        .iter()
        .map(|anchor| (state_of(anchor), anchor))
        .collect();
    known.sort_by_key(|(state, anchor)| (std::cmp::Reverse(state.weight()), anchor.not_after));
    let message = if known.is_empty() {
        format!("no trust anchor expires within {}", span(limits.ca_warning))
    } else {
        let named = known.iter().take(NAMED).map(|(_, anchor)| {
            let need = match anchor.need {
                Need::None => "nothing known depends on it",
                Need::Proofs => "phones may have to prove themselves by it",
                Need::Lscs => "phones hold LSCs that rest on it",
            };
            format!(
                "the trust anchor `{}` ({}) {}: {need}",
                Escaped(&anchor.subject),
                anchor.purpose,
                expiry(anchor.not_after, now),
            )
        });
        abridged(named, known.len())
    };
    finding(
        Subject::TrustAnchors,
        State::worst(known.iter().map(|(state, _)| *state)),
        message,
    )
}

/// A list that is overdue goes on counting, but not what its CA has revoked since; and a phone whose
/// LSC is revoked is refused wherever it shows it.
fn revocation(facts: &Authorities, now: Timestamp) -> Finding {
    let overdue: Vec<_> = facts
        .crls
        .iter()
        .filter_map(|list| Some((list, list.next_update.filter(|next| *next < now)?)))
        .collect();
    let mut parts = Vec::new();
    if facts.revoked.count > 0 {
        let named = facts.revoked.phones.iter().take(NAMED);
        let count = facts.revoked.count;
        let verb = if count == 1 { "holds" } else { "hold" };
        parts.push(format!(
            "{} {verb} a revoked LSC ({})",
            counted(count, "phone"),
            abridged(
                named.map(ToString::to_string),
                usize::try_from(count).unwrap_or(usize::MAX)
            )
        ));
    }
    if !overdue.is_empty() {
        let named = overdue.iter().take(NAMED).map(|(list, next)| {
            format!(
                "the CRL of `{}` was due anew on {}",
                Escaped(&list.issuer),
                day(*next)
            )
        });
        parts.push(abridged(named, overdue.len()));
    }
    let state = if parts.is_empty() {
        State::Ok
    } else {
        State::Warning
    };
    if parts.is_empty() {
        parts.push(match facts.crls.len() {
            0 => "no CRL was imported".to_owned(),
            count => format!("{}, none overdue", counted(count as u64, "CRL")),
        });
    }
    Finding {
        values: vec![
            counter("lscs_revoked", facts.revoked.count, Some(0), None),
            counter("crls_overdue", overdue.len() as u64, Some(0), None),
        ],
        ..finding(Subject::Revocation, state, parts.join(", "))
    }
}

/// An error with what led to it, in one line.
pub(super) fn whole(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let cause = error.to_string();
        if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
        source = error.source();
    }
    Escaped(&text).to_string()
}

fn finding(subject: Subject, state: State, message: String) -> Finding {
    Finding {
        subject,
        state,
        message,
        values: Vec::new(),
    }
}

fn warning_above(count: u64, most: Option<u64>) -> State {
    if most.is_some_and(|most| count > most) {
        State::Warning
    } else {
        State::Ok
    }
}

/// What is to be thought of a certificate that expires then. It is valid in its last second.
fn expiry_state(
    expires: Timestamp,
    now: Timestamp,
    (warning, critical): (SignedDuration, SignedDuration),
) -> State {
    let left = expires.duration_since(now);
    if left.is_negative() || left < critical {
        State::Critical
    } else if left < warning {
        State::Warning
    } else {
        State::Ok
    }
}

fn expiry(expires: Timestamp, now: Timestamp) -> String {
    let verb = if expires < now {
        "expired on"
    } else {
        "expires on"
    };
    format!("{verb} {}", day(expires))
}

fn counter(label: &'static str, count: u64, warning: Option<u64>, critical: Option<u64>) -> Value {
    Value {
        label,
        value: i64::try_from(count).unwrap_or(i64::MAX),
        unit: Unit::Count,
        warning: warning.map(Range::UpTo),
        critical: critical.map(Range::UpTo),
    }
}

/// How long a certificate is valid still; below 0 where it has expired.
fn lifetime(
    label: &'static str,
    expires: Timestamp,
    now: Timestamp,
    (warning, critical): (SignedDuration, SignedDuration),
) -> Value {
    Value {
        label,
        value: expires.duration_since(now).as_secs(),
        unit: Unit::Seconds,
        warning: Some(Range::From(warning.as_secs())),
        critical: Some(Range::From(critical.as_secs())),
    }
}

/// The first of so many things, and how many are left out.
fn abridged(named: impl Iterator<Item = String>, all: usize) -> String {
    let mut named: Vec<_> = named.collect();
    if all > named.len() {
        named.push(format!("{} more", all - named.len()));
    }
    named.join(", ")
}

fn counted(count: u64, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

/// The day of a time, in UTC.
fn day(time: Timestamp) -> String {
    TimeZone::UTC.to_datetime(time).date().to_string()
}

/// A limit as an administrator writes it: in the largest unit that gives a whole number.
fn span(limit: SignedDuration) -> String {
    let seconds = limit.as_secs().unsigned_abs();
    let units = [(86_400, "day"), (3600, "hour"), (60, "minute")];
    let whole = units
        .into_iter()
        .find(|(unit, _)| seconds > 0 && seconds.is_multiple_of(*unit));
    match whole {
        Some((unit, noun)) => counted(seconds / unit, noun),
        None => counted(seconds, "second"),
    }
}

#[cfg(test)]
mod tests;
