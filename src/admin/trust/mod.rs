//! The trust store: whose certificates are believed, and what they have revoked.

pub mod crl;
mod import;

use jiff::{SignedDuration, Timestamp};
use serde::{Serialize, Serializer};

use super::{AdminError, Installation};
use crate::auth::is_capf;
use crate::model::{
    Certificate, Criterion, Field, IssuerMode, OperationStatus, Pattern, TrustAnchor, TrustPurpose,
};
use crate::pki::Description;
use crate::store::StoreError;

pub use import::{AnchorWarning, Import, ImportedAnchor, UnfitAnchor, import};

/// Who issued a certificate that is trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IssuedBy {
    /// It is a root: its own key signed it.
    Itself,
    /// Another that is trusted, of this number.
    Anchor(i64),
    /// Somebody whose certificate is not here. It is trusted all the same.
    Unknown,
}

impl IssuedBy {
    /// By names alone: it is a help for people, and nothing rests on it.
    fn of(certificate: &Certificate, anchors: &[TrustAnchor]) -> Self {
        if certificate.issuer() == certificate.subject() {
            return Self::Itself;
        }
        anchors
            .iter()
            .find(|anchor| anchor.certificate.subject() == certificate.issuer())
            .map_or(Self::Unknown, |anchor| Self::Anchor(anchor.id))
    }
}

impl Serialize for IssuedBy {
    /// A number, `itself` or nothing.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Itself => serializer.serialize_str("itself"),
            Self::Anchor(id) => serializer.serialize_i64(*id),
            Self::Unknown => serializer.serialize_none(),
        }
    }
}

/// A certificate that is trusted, and what rests on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trusted {
    /// The certificate.
    pub anchor: TrustAnchor,
    /// Whether it is this CAPF's own.
    pub is_own: bool,
    /// Whose it is.
    pub issued_by: IssuedBy,
    /// For how many whole days it is valid still; fewer than none once it has expired.
    pub days_left: i64,
    /// How many phones hold an LSC that it issued, by its name; `None` of a manufacturing CA, whose
    /// MICs are in the phones whether they are known or not.
    pub lscs: Option<u64>,
}

/// What a person asks about one certificate that is trusted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TrustedDetails {
    /// Its number.
    pub id: i64,
    /// What it is trusted for.
    pub purpose: TrustPurpose,
    /// When it was imported.
    pub imported_at: Timestamp,
    /// Whose it is.
    pub issued_by: IssuedBy,
    /// For how many whole days it is valid still.
    pub days_left: i64,
    /// What rests on it.
    #[serde(flatten)]
    pub dependents: Dependents,
    /// The certificate.
    #[serde(flatten)]
    pub description: Description,
}

/// Who would suffer if a certificate were trusted no longer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Dependents {
    /// Phones that hold an LSC which it issued: it would be proof no more.
    pub lscs: u64,
    /// Phones with a pending operation that are to prove themselves by a certificate which it issued,
    /// or, of a manufacturing CA, may have issued.
    pub proofs: u64,
    /// CSRs that wait for a certificate, where LSCs come from offline CAs and this one is the last
    /// that is trusted.
    pub csrs: u64,
}

impl Dependents {
    /// Whether nobody would.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

/// The certificates that are trusted, without more.
pub async fn anchors(installation: &Installation) -> Result<Vec<TrustAnchor>, AdminError> {
    Ok(installation.store().trust_anchors(None).await?)
}

/// The certificates that are trusted; where it says so, those alone that expire within that time or
/// have expired.
pub async fn list(
    installation: &Installation,
    expiring: Option<SignedDuration>,
) -> Result<Vec<Trusted>, AdminError> {
    let now = installation.now();
    let until = expiring.map(|within| now.checked_add(within).unwrap_or(Timestamp::MAX));
    let own = installation.own_certificate().await.ok().flatten();
    let all = anchors(installation).await?;
    let mut listed = Vec::new();
    for anchor in &all {
        let not_after = anchor.certificate.not_after();
        if until.is_some_and(|until| not_after > until) {
            continue;
        }
        listed.push(Trusted {
            is_own: anchor.purpose == TrustPurpose::Capf
                && own.as_ref() == Some(&anchor.certificate),
            issued_by: IssuedBy::of(&anchor.certificate, &all),
            days_left: days(not_after, now),
            lscs: match anchor.purpose {
                TrustPurpose::Capf => Some(count(installation, &[issued_by(anchor)]).await?),
                TrustPurpose::Manufacturing => None,
            },
            anchor: anchor.clone(),
        });
    }
    Ok(listed)
}

/// Whole days from `now` to `time`; of a time that is past, fewer than none.
fn days(time: Timestamp, now: Timestamp) -> i64 {
    time.duration_since(now).as_secs().div_euclid(24 * 60 * 60)
}

/// What there is to know of the certificate with this number, where there is one.
pub async fn show(
    installation: &Installation,
    id: i64,
) -> Result<Option<TrustedDetails>, AdminError> {
    let all = anchors(installation).await?;
    let Some(anchor) = all.iter().find(|anchor| anchor.id == id) else {
        return Ok(None);
    };
    Ok(Some(TrustedDetails {
        id,
        purpose: anchor.purpose,
        imported_at: anchor.imported_at,
        issued_by: IssuedBy::of(&anchor.certificate, &all),
        days_left: days(anchor.certificate.not_after(), installation.now()),
        dependents: dependents(installation, anchor, &all).await?,
        description: Description::of_certificate(&anchor.certificate),
    }))
}

/// The certificate with this number, where there is one, and what rests on it.
///
/// This CAPF's own is an [`AdminError::OwnCertificate`]: without it the LSCs that it issued prove
/// nothing, and the next start would put it back.
pub async fn removable(
    installation: &Installation,
    id: i64,
) -> Result<Option<(TrustAnchor, Dependents)>, AdminError> {
    let all = anchors(installation).await?;
    let Some(anchor) = all.iter().find(|anchor| anchor.id == id) else {
        return Ok(None);
    };
    if anchor.purpose == TrustPurpose::Capf
        && installation.own_certificate().await?.as_ref() == Some(&anchor.certificate)
    {
        return Err(AdminError::OwnCertificate {
            subject: anchor.certificate.subject().to_owned(),
        });
    }
    let dependents = dependents(installation, anchor, &all).await?;
    Ok(Some((anchor.clone(), dependents)))
}

/// Trusts a certificate no longer, where it is [`removable`], nor the revocation lists of its key if it
/// is the last that has it. `false` where none has this number.
pub async fn remove(installation: &Installation, id: i64) -> Result<bool, AdminError> {
    if removable(installation, id).await?.is_none() {
        return Ok(false);
    }
    Ok(installation
        .store()
        .remove_anchor(installation.actor(), id)
        .await?)
}

/// What rests on an anchor, and on no other: one of the same name and key, as after a renewal, does as
/// well.
async fn dependents(
    installation: &Installation,
    anchor: &TrustAnchor,
    all: &[TrustAnchor],
) -> Result<Dependents, AdminError> {
    let is_twin = |other: &TrustAnchor| {
        other.id != anchor.id
            && other.purpose == anchor.purpose
            && other.certificate.subject() == anchor.certificate.subject()
            && other.certificate.public_key() == anchor.certificate.public_key()
    };
    if all.iter().any(is_twin) {
        return Ok(Dependents::default());
    }
    let pending = [
        Criterion::new(
            Field::LscStatus,
            Pattern::IsExactly,
            OperationStatus::OperationPending.as_str(),
        ),
        Criterion::new(
            Field::AuthenticationMode,
            Pattern::BeginsWith,
            "By Existing Certificate",
        ),
    ];
    match anchor.purpose {
        TrustPurpose::Manufacturing => Ok(Dependents {
            proofs: count(installation, &pending).await?,
            ..Dependents::default()
        }),
        TrustPurpose::Capf => {
            let [status, mode] = pending;
            Ok(Dependents {
                lscs: count(installation, &[issued_by(anchor)]).await?,
                proofs: count(installation, &[issued_by(anchor), status, mode]).await?,
                csrs: csrs(installation, anchor, all).await?,
            })
        }
    }
}

async fn csrs(
    installation: &Installation,
    anchor: &TrustAnchor,
    all: &[TrustAnchor],
) -> Result<u64, AdminError> {
    let is_outside =
        |one: &TrustAnchor| one.purpose == TrustPurpose::Capf && !is_capf(&one.certificate);
    let is_last = is_outside(anchor)
        && !all
            .iter()
            .any(|other| other.id != anchor.id && is_outside(other));
    let store = installation.store();
    if !is_last || store.parameters().await?.issuer_mode() != IssuerMode::OfflineCa {
        return Ok(0);
    }
    Ok(store.waiting_csrs(Timestamp::MIN).await?.count)
}

fn issued_by(anchor: &TrustAnchor) -> Criterion {
    Criterion::new(
        Field::LscIssuedBy,
        Pattern::IsExactly,
        anchor.certificate.subject(),
    )
}

async fn count(installation: &Installation, criteria: &[Criterion]) -> Result<u64, StoreError> {
    installation.store().count(criteria).await
}
