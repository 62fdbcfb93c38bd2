//! What is so, before anybody judges it.

use jiff::{SignedDuration, Timestamp};

use super::{ExpiringPhone, Limits};
use crate::admin::service::Standing;
use crate::admin::{AdminError, Installation};
use crate::model::{
    Criterion, CrlRecord, Field, NodeName, OperationStatus, Pattern, TrustAnchor, TrustPurpose,
};
use crate::store::{RevokedLscs, Search, Store, StoreError, WaitingCsrs};

/// How many phones are named at most.
const NAMED: u32 = 5;

/// What is so at the time of the check.
#[derive(Debug)]
pub(super) struct Facts {
    /// How many phones have each LSC status.
    pub(super) statuses: Vec<(OperationStatus, u64)>,
    pub(super) lscs: LscExpiry,
    pub(super) first_to_expire: Vec<ExpiringPhone>,
    pub(super) overdue: u64,
    pub(super) stale: u64,
    pub(super) csrs: WaitingCsrs,
    pub(super) authorities: Authorities,
    /// Whether the service is activated.
    pub(super) activated: bool,
    /// How many parameters have another value from a restart of the service on, if one runs.
    pub(super) pending_parameters: usize,
    /// The nodes whose service was killed, or cannot reach the database, and when each was last
    /// heard of.
    pub(super) dead_nodes: Vec<(NodeName, Timestamp)>,
}

/// How those stand who vouch for certificates.
#[derive(Debug)]
pub(super) struct Authorities {
    /// When the CAPF certificate expires, where there is one yet; or why it cannot be read.
    pub(super) capf_expires: Result<Option<Timestamp>, AdminError>,
    /// The trust anchors that expire soon, or have expired.
    pub(super) anchors: Vec<ExpiringAnchor>,
    /// Their revocation lists.
    pub(super) crls: Vec<CrlRecord>,
    /// The phones that hold a revoked LSC.
    pub(super) revoked: RevokedLscs,
}

/// How many LSCs expire when; each number without those of the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct LscExpiry {
    pub(super) expired: u64,
    /// Not expired, and within the critical time.
    pub(super) within_critical: u64,
    /// Behind the critical time, and within the one of a warning.
    pub(super) within_warning: u64,
    /// When the next one expires.
    pub(super) next: Option<Timestamp>,
}

/// A trust anchor that expires soon, or has expired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ExpiringAnchor {
    pub(super) purpose: TrustPurpose,
    pub(super) subject: String,
    pub(super) not_after: Timestamp,
    /// What would suffer from it.
    pub(super) need: Need,
}

/// What depends on a trust anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    /// Nothing that is known.
    None,
    /// Phones with a pending operation are to prove themselves by a certificate, which may be one
    /// that it vouches for.
    Proofs,
    /// Phones hold LSCs, valid still, that it vouches for.
    Lscs,
}

impl Facts {
    pub(super) async fn gather(
        installation: &Installation,
        limits: &Limits,
    ) -> Result<Self, AdminError> {
        let (store, now) = (installation.store(), installation.now());
        let standing = Standing::of(installation).await?;
        let from = limits
            .ignore_expired
            .map_or(Timestamp::MIN, |age| earlier(now, age));
        Ok(Self {
            statuses: store.count_by_status(&[]).await?,
            lscs: lscs(store, limits, from, now).await?,
            first_to_expire: first_to_expire(store, from, later(now, limits.warning)).await?,
            overdue: store.count_overdue().await?,
            stale: store.count_stale().await?,
            csrs: store.waiting_csrs(earlier(now, limits.csr_age)).await?,
            authorities: Authorities::gather(installation, limits).await?,
            activated: standing.activated,
            pending_parameters: standing.pending(&store.parameters().await?).len(),
            dead_nodes: dead_nodes(store).await?,
        })
    }
}

impl Authorities {
    pub(super) async fn gather(
        installation: &Installation,
        limits: &Limits,
    ) -> Result<Self, AdminError> {
        let (store, now) = (installation.store(), installation.now());
        let capf = installation.own_certificate().await;
        let anchors = store.trust_anchors(None).await?;
        let is_own =
            |anchor: &TrustAnchor| matches!(&capf, Ok(Some(capf)) if *capf == anchor.certificate);
        let others = anchors.iter().filter(|anchor| !is_own(anchor)).collect();
        Ok(Self {
            anchors: expiring_anchors(store, others, limits, now).await?,
            crls: store.crls().await?,
            revoked: store.revoked_lscs(NAMED).await?,
            capf_expires: capf.map(|capf| capf.map(|capf| capf.not_after())),
        })
    }
}

async fn dead_nodes(store: &Store) -> Result<Vec<(NodeName, Timestamp)>, StoreError> {
    let nodes = store.nodes().await?.into_iter();
    Ok(nodes
        .filter(|row| !row.is_alive)
        .map(|row| (row.node.name, row.beat))
        .collect())
}

async fn lscs(
    store: &Store,
    limits: &Limits,
    from: Timestamp,
    now: Timestamp,
) -> Result<LscExpiry, StoreError> {
    let critical = later(now, limits.critical);
    let times = vec![from, now, critical, later(now, limits.warning)];
    let counts = store.count_expiring_between(times).await?;
    let [expired, within_critical, within_warning] = counts[..] else {
        return Ok(LscExpiry::default());
    };
    Ok(LscExpiry {
        expired,
        within_critical,
        within_warning,
        next: store.first_expiry_from(now).await?,
    })
}

async fn first_to_expire(
    store: &Store,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<ExpiringPhone>, StoreError> {
    let mut criteria = vec![Criterion::new(
        Field::LscExpires,
        Pattern::IsBefore,
        until.to_string(),
    )];
    if from > Timestamp::MIN {
        // The database keeps milliseconds, and what is ignored expired before `from`.
        let before = earlier(from, SignedDuration::from_millis(1));
        criteria.push(Criterion::new(
            Field::LscExpires,
            Pattern::IsAfter,
            before.to_string(),
        ));
    }
    let search = Search {
        criteria,
        sort: Field::LscExpires.into(),
        limit: NAMED,
        ..Search::default()
    };
    let page = store.find(&search).await?;
    Ok(page
        .rows
        .into_iter()
        .filter_map(|row| {
            Some(ExpiringPhone {
                name: row.phone.name.to_string(),
                lsc_expires: row.lsc?.not_after,
            })
        })
        .collect())
}

/// Those of the anchors that expire within the time of a warning, and what depends on each.
///
/// Of several that have one name, as after a renewal, the one that lives longest speaks for all.
async fn expiring_anchors(
    store: &Store,
    mut anchors: Vec<&TrustAnchor>,
    limits: &Limits,
    now: Timestamp,
) -> Result<Vec<ExpiringAnchor>, StoreError> {
    anchors.sort_by_key(|anchor| std::cmp::Reverse(anchor.certificate.not_after()));
    let mut latest: Vec<&TrustAnchor> = Vec::new();
    for anchor in anchors {
        let has_name_of = |other: &&TrustAnchor| {
            other.purpose == anchor.purpose
                && other.certificate.subject() == anchor.certificate.subject()
        };
        if !latest.iter().any(has_name_of) {
            latest.push(anchor);
        }
    }
    let soon = later(now, limits.ca_warning);
    if latest
        .iter()
        .all(|anchor| anchor.certificate.not_after() >= soon)
    {
        return Ok(Vec::new());
    }
    let issuers = issuers_of_lscs(store, &latest, now).await?;
    let proofs = proofs_by_certificate(store).await?;
    let expiring = latest
        .into_iter()
        .filter(|anchor| anchor.certificate.not_after() < soon);
    Ok(expiring
        .map(|anchor| ExpiringAnchor {
            purpose: anchor.purpose,
            subject: anchor.certificate.subject().to_owned(),
            not_after: anchor.certificate.not_after(),
            need: match anchor.purpose {
                TrustPurpose::Capf if issuers.contains(&anchor.certificate.subject()) => Need::Lscs,
                TrustPurpose::Manufacturing if proofs => Need::Proofs,
                TrustPurpose::Capf | TrustPurpose::Manufacturing => Need::None,
            },
        })
        .collect())
}

/// The names of the anchors that issued an LSC which is valid still, or a CA that did.
async fn issuers_of_lscs<'a>(
    store: &Store,
    anchors: &[&'a TrustAnchor],
    now: Timestamp,
) -> Result<Vec<&'a str>, StoreError> {
    let mut issuers = Vec::new();
    let mut open: Vec<_> = anchors
        .iter()
        .filter(|anchor| anchor.purpose == TrustPurpose::Capf)
        .collect();
    let valid = Criterion::new(Field::LscExpires, Pattern::IsAfter, now.to_string());
    let mut needed = Vec::new();
    for anchor in &open {
        let subject = anchor.certificate.subject();
        let issued = Criterion::new(Field::LscIssuedBy, Pattern::IsExactly, subject);
        if store.count(&[issued, valid.clone()]).await? > 0 {
            needed.push(**anchor);
        }
    }
    while let Some(anchor) = needed.pop() {
        issuers.push(anchor.certificate.subject());
        open.retain(|other| {
            let vouches = other.certificate.subject() == anchor.certificate.issuer()
                && !issuers.contains(&other.certificate.subject());
            if vouches {
                needed.push(other);
            }
            !vouches
        });
    }
    Ok(issuers)
}

/// Whether a phone with a pending operation is to prove itself by a certificate, and that of one
/// whose MIC's issuer has expired would not be accepted anyway.
async fn proofs_by_certificate(store: &Store) -> Result<bool, StoreError> {
    if store.parameters().await?.accepts_expired_mic() {
        return Ok(false);
    }
    let pending = Criterion::new(
        Field::LscStatus,
        Pattern::IsExactly,
        OperationStatus::OperationPending.as_str(),
    );
    let by_certificate = Criterion::new(
        Field::AuthenticationMode,
        Pattern::BeginsWith,
        "By Existing Certificate",
    );
    Ok(store.count(&[pending, by_certificate]).await? > 0)
}

fn later(time: Timestamp, by: SignedDuration) -> Timestamp {
    time.checked_add(by).unwrap_or(Timestamp::MAX)
}

fn earlier(time: Timestamp, by: SignedDuration) -> Timestamp {
    time.checked_sub(by).unwrap_or(Timestamp::MIN)
}
