//! Certificates, taken out of files into the trust store.

use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::super::encoded::{Encoded, read_file};
use super::super::{AdminError, Installation};
use super::IssuedBy;
use crate::auth::is_capf;
use crate::model::{Certificate, TrustPurpose};
use crate::pki::{KeyKind, PublicKey};

/// Below this length, an RSA key can be found by who has much to spend (NIST SP 800-131A).
const WEAK_RSA_BITS: u16 = 2048;

/// A certificate that expires sooner than this is worth a word when it is imported.
const SOON: SignedDuration = SignedDuration::from_hours(24 * 90);

/// A certificate that was imported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ImportedAnchor {
    /// Its number, by which it is removed.
    pub id: i64,
    /// What it is trusted for.
    pub purpose: TrustPurpose,
    /// Its subject.
    pub subject: String,
    /// When it expires.
    pub not_after: Timestamp,
    /// Whose it is.
    pub issued_by: IssuedBy,
    /// Whether it was not there before.
    pub new: bool,
    /// What is odd about it, and no reason to refuse it.
    pub warnings: Vec<AnchorWarning>,
}

/// What is odd about a certificate that is trusted all the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AnchorWarning {
    /// Its key is a short one.
    WeakKey {
        /// The length of its modulus.
        bits: u16,
    },
    /// It has expired.
    Expired,
    /// It expires soon.
    ExpiresSoon {
        /// In how many days.
        days: i64,
    },
}

impl std::fmt::Display for AnchorWarning {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::WeakKey { bits } => write!(
                formatter,
                "its RSA key has {bits} bits: whoever can afford to find it makes phones of his own"
            ),
            Self::Expired => write!(formatter, "it has expired"),
            Self::ExpiresSoon { days: 0 } => write!(formatter, "it expires within a day"),
            Self::ExpiresSoon { days: 1 } => write!(formatter, "it expires in 1 day"),
            Self::ExpiresSoon { days } => write!(formatter, "it expires in {days} days"),
        }
    }
}

/// Why a certificate is not fit to be trusted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnfitAnchor {
    /// The file holds a request.
    #[error("it is a certificate signing request, not a certificate")]
    Request,
    /// The certificate may not sign others (RFC 5280, sections 4.2.1.3 and 4.2.1.9).
    #[error("`{subject}` is no CA certificate: it may not sign certificates")]
    NotACa {
        /// Its subject.
        subject: String,
    },
    /// Unified CM reserves names with `CAPF-` for CAPF's own certificate (P).
    #[error(
        "`{subject}` has `CAPF-` in its common name, which is reserved for a CAPF's own certificate"
    )]
    ReservedName {
        /// Its subject.
        subject: String,
    },
    /// It was to be another CAPF's, and is not.
    #[error("`{subject}` has no `CAPF-` in its common name, and is no CAPF's certificate")]
    NotACapf {
        /// Its subject.
        subject: String,
    },
    /// Nothing it signed can be valid any more.
    #[error("`{subject}` expired at {not_after}")]
    Expired {
        /// Its subject.
        subject: String,
        /// When it expired.
        not_after: Timestamp,
    },
}

/// What is imported, and what for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Import {
    /// CAs of LSCs, for CAPF-trust.
    Capf,
    /// The certificates of other CAPFs, of a cluster from which phones come, for CAPF-trust: the
    /// LSCs that they issued count as proof.
    OtherCapf,
    /// CAs of MICs. One that has expired is taken where the parameter `Accept Expired MIC` is True.
    Manufacturing,
}

impl Import {
    fn purpose(self) -> TrustPurpose {
        match self {
            Self::Capf | Self::OtherCapf => TrustPurpose::Capf,
            Self::Manufacturing => TrustPurpose::Manufacturing,
        }
    }
}

/// Trusts the certificates in these files: in PEM, one or several, in DER, or in a PKCS#7 bundle. If
/// one of them is not fit, none is imported.
pub async fn import(
    installation: &Installation,
    files: &[PathBuf],
    import: Import,
) -> Result<Vec<ImportedAnchor>, AdminError> {
    let parameters = installation.store().parameters().await?;
    let tolerant = import == Import::Manufacturing && parameters.accepts_expired_mic();
    let now = (!tolerant).then(|| installation.now());
    let mut anchors = Vec::new();
    for path in files {
        anchors.extend(read(path, import, now)?);
    }
    let purpose = import.purpose();
    let mut imported = Vec::with_capacity(anchors.len());
    let mut certificates = Vec::with_capacity(anchors.len());
    for certificate in anchors {
        let (subject, not_after) = (certificate.subject().to_owned(), certificate.not_after());
        let anchor = installation
            .store()
            .import_anchor(installation.actor(), purpose, certificate.clone())
            .await?;
        let warnings = warnings(&certificate, installation.now());
        imported.push(ImportedAnchor {
            id: anchor.id,
            purpose,
            subject,
            not_after,
            issued_by: IssuedBy::Unknown,
            new: anchor.new,
            warnings,
        });
        certificates.push(certificate);
    }
    // One that came first may be issued by one that came after it.
    let known = super::anchors(installation).await?;
    for (anchor, certificate) in imported.iter_mut().zip(&certificates) {
        anchor.issued_by = IssuedBy::of(certificate, &known);
    }
    Ok(imported)
}

fn warnings(certificate: &Certificate, now: Timestamp) -> Vec<AnchorWarning> {
    let key = PublicKey::from_der(certificate.public_key()).map(|key| key.kind());
    let weak = match key {
        Ok(KeyKind::Rsa { bits }) if bits < WEAK_RSA_BITS => Some(AnchorWarning::WeakKey { bits }),
        _ => None,
    };
    let left = certificate.not_after().duration_since(now);
    let ends = if left.is_negative() {
        Some(AnchorWarning::Expired)
    } else if left < SOON {
        let days = left.as_hours() / 24;
        Some(AnchorWarning::ExpiresSoon { days })
    } else {
        None
    };
    weak.into_iter().chain(ends).collect()
}

fn read(
    path: &Path,
    import: Import,
    now: Option<Timestamp>,
) -> Result<Vec<Certificate>, AdminError> {
    fit_anchors(read_file(path)?, import, now).map_err(|source| AdminError::UnfitAnchor {
        path: path.to_owned(),
        source,
    })
}

fn fit_anchors(
    found: Vec<Encoded>,
    import: Import,
    now: Option<Timestamp>,
) -> Result<Vec<Certificate>, UnfitAnchor> {
    found
        .into_iter()
        .map(|found| match found {
            Encoded::Certificate(certificate) => {
                check(&certificate, import, now).map(|()| certificate)
            }
            Encoded::Request(_) => Err(UnfitAnchor::Request),
        })
        .collect()
}

/// Whether the certificate is fit; where there is no time, it may have expired.
fn check(
    certificate: &Certificate,
    import: Import,
    now: Option<Timestamp>,
) -> Result<(), UnfitAnchor> {
    let subject = certificate.subject().to_owned();
    if !may_sign(certificate) {
        return Err(UnfitAnchor::NotACa { subject });
    }
    let is_capf = is_capf(certificate);
    match import {
        Import::OtherCapf if !is_capf => return Err(UnfitAnchor::NotACapf { subject }),
        Import::Capf | Import::Manufacturing if is_capf => {
            return Err(UnfitAnchor::ReservedName { subject });
        }
        _ => {}
    }
    if now.is_some_and(|now| certificate.not_after() < now) {
        return Err(UnfitAnchor::Expired {
            subject,
            not_after: certificate.not_after(),
        });
    }
    Ok(())
}

fn may_sign(certificate: &Certificate) -> bool {
    certificate.read(|view| {
        let signs = view
            .key_usage()
            .is_ok_and(|usage| usage.is_none_or(|usage| usage.value.key_cert_sign()));
        view.is_ca() && signs
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::Fixture;
    use super::*;
    use crate::pki::{Issuer, IssuerName, OutsideCa};

    fn now() -> Timestamp {
        "2026-11-23T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn a_ca_is_fit_until_it_expires() {
        let ca = OutsideCa::create("Example CA", now()).unwrap();
        let not_after = ca.certificate().not_after();
        assert_eq!(
            check(ca.certificate(), Import::Capf, Some(not_after)),
            Ok(())
        );
        let later = not_after + SignedDuration::from_secs(1);
        assert!(matches!(
            check(ca.certificate(), Import::Capf, Some(later)),
            Err(UnfitAnchor::Expired { .. })
        ));
        // Whether that counts is decided by who asks.
        assert_eq!(check(ca.certificate(), Import::Manufacturing, None), Ok(()));
    }

    #[test]
    fn the_name_of_capf_is_reserved() {
        let capf = Issuer::create(&IssuerName::default(), now()).unwrap();
        for import in [Import::Capf, Import::Manufacturing] {
            assert!(matches!(
                check(capf.certificate(), import, Some(now())),
                Err(UnfitAnchor::ReservedName { .. })
            ));
        }
        let other = Import::OtherCapf;
        assert_eq!(check(capf.certificate(), other, Some(now())), Ok(()));
        let ca = OutsideCa::create("Example CA", now()).unwrap();
        assert!(matches!(
            check(ca.certificate(), other, Some(now())),
            Err(UnfitAnchor::NotACapf { .. })
        ));
    }

    #[tokio::test]
    async fn a_phones_certificate_is_no_anchor_and_neither_is_its_request() {
        let fixture = Fixture::new().await;
        let csr = fixture.csr("CSFONE").await;
        assert!(matches!(
            check(&fixture.sign(&csr), Import::Capf, Some(now())),
            Err(UnfitAnchor::NotACa { .. })
        ));
        assert_eq!(
            fit_anchors(vec![Encoded::Request(csr)], Import::Capf, Some(now())),
            Err(UnfitAnchor::Request)
        );
    }
}
