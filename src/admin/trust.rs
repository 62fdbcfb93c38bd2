//! The trust store: whose certificates are believed.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::Serialize;

use super::encoded::{Encoded, InvalidEncoding, decode};
use super::{AdminError, Installation};
use crate::model::{Certificate, TrustAnchor, TrustPurpose};

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
    /// Whether it was not there before.
    pub new: bool,
}

/// Why a certificate is not fit to be trusted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnfitAnchor {
    /// The file holds no certificates.
    #[error(transparent)]
    Encoding(#[from] InvalidEncoding),
    /// The file holds a request.
    #[error("it is a certificate signing request, not a certificate")]
    Request,
    /// The certificate may not sign others (RFC 5280, sections 4.2.1.3 and 4.2.1.9).
    #[error("`{subject}` is no CA certificate: it may not sign certificates")]
    NotACa {
        /// Its subject.
        subject: String,
    },
    /// Unified CM reserves names with `CAPF-` for CAPF's own certificate.
    #[error(
        "`{subject}` has `CAPF-` in its common name, which is reserved for CAPF's own certificate"
    )]
    ReservedName {
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

/// The certificates that are trusted.
pub async fn list(installation: &Installation) -> Result<Vec<TrustAnchor>, AdminError> {
    Ok(installation.store().trust_anchors(None).await?)
}

/// Trusts the certificates in these files for `purpose`. If one of them is not fit, none is
/// imported.
pub async fn import(
    installation: &Installation,
    files: &[PathBuf],
    purpose: TrustPurpose,
) -> Result<Vec<ImportedAnchor>, AdminError> {
    let mut anchors = Vec::new();
    for path in files {
        anchors.extend(read(path, installation.now())?);
    }
    let mut imported = Vec::with_capacity(anchors.len());
    for certificate in anchors {
        let (subject, not_after) = (certificate.subject().to_owned(), certificate.not_after());
        let anchor = installation
            .store()
            .import_anchor(installation.actor(), purpose, certificate)
            .await?;
        imported.push(ImportedAnchor {
            id: anchor.id,
            purpose,
            subject,
            not_after,
            new: anchor.new,
        });
    }
    Ok(imported)
}

/// Trusts a certificate no longer. `false` where none has this number.
pub async fn remove(installation: &Installation, id: i64) -> Result<bool, AdminError> {
    Ok(installation
        .store()
        .remove_anchor(installation.actor(), id)
        .await?)
}

fn read(path: &Path, now: Timestamp) -> Result<Vec<Certificate>, AdminError> {
    let bytes = std::fs::read(path).map_err(|source| AdminError::Read {
        path: path.to_owned(),
        source,
    })?;
    fit_anchors(&bytes, now).map_err(|source| AdminError::UnfitAnchor {
        path: path.to_owned(),
        source,
    })
}

fn fit_anchors(bytes: &[u8], now: Timestamp) -> Result<Vec<Certificate>, UnfitAnchor> {
    decode(bytes)?
        .into_iter()
        .map(|found| match found {
            Encoded::Certificate(certificate) => check(&certificate, now).map(|()| certificate),
            Encoded::Request(_) => Err(UnfitAnchor::Request),
        })
        .collect()
}

fn check(certificate: &Certificate, now: Timestamp) -> Result<(), UnfitAnchor> {
    let subject = || certificate.subject().to_owned();
    if !may_sign(certificate) {
        return Err(UnfitAnchor::NotACa { subject: subject() });
    }
    if certificate
        .common_name()
        .is_some_and(|name| name.contains("CAPF-"))
    {
        return Err(UnfitAnchor::ReservedName { subject: subject() });
    }
    if certificate.not_after() < now {
        return Err(UnfitAnchor::Expired {
            subject: subject(),
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
    use super::*;
    use crate::pki::{Issuer, IssuerName, OutsideCa};

    fn now() -> Timestamp {
        "2026-11-23T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn several_cas_in_one_pem_file_are_taken() {
        let pem = ["One CA", "Another CA"]
            .map(|name| {
                OutsideCa::create(name, now())
                    .unwrap()
                    .certificate()
                    .to_pem()
            })
            .concat();
        let anchors = fit_anchors(pem.as_bytes(), now()).unwrap();
        assert_eq!(anchors.len(), 2);
        assert_eq!(fit_anchors(anchors[0].der(), now()).unwrap(), anchors[..1]);
    }

    #[test]
    fn an_expired_ca_is_refused() {
        let ca = OutsideCa::create("Example CA", now()).unwrap();
        let later = ca.certificate().not_after() + jiff::SignedDuration::from_secs(1);
        assert!(matches!(
            fit_anchors(ca.certificate().der(), later),
            Err(UnfitAnchor::Expired { .. })
        ));
    }

    #[test]
    fn the_name_of_capf_is_reserved() {
        let capf = Issuer::create(&IssuerName::default(), now()).unwrap();
        assert!(matches!(
            fit_anchors(capf.certificate().der(), now()),
            Err(UnfitAnchor::ReservedName { .. })
        ));
    }

    #[test]
    fn files_without_certificates_are_refused() {
        for bytes in [
            &b""[..],
            b"hello",
            b"\x30\x03\x02\x01\x01",
            b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        ] {
            assert!(
                matches!(fit_anchors(bytes, now()), Err(UnfitAnchor::Encoding(_))),
                "{}",
                bytes.escape_ascii()
            );
        }
    }
}
