//! What its issuer has revoked.

use std::collections::HashMap;

use openssl::pkey::PKey;
use openssl::x509::{X509, X509Crl};

use super::super::PkiError;
use crate::model::{Certificate, Crl, CrlEntry};

/// A certificate that its issuer has revoked, in a list that the issuer signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revocation {
    /// The issuer's name.
    pub issuer: String,
    /// The key that signed the list: a DER `SubjectPublicKeyInfo`.
    pub issuer_key: Box<[u8]>,
    /// What the list says of the certificate.
    pub entry: CrlEntry,
}

/// Why a list is not believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnsignedCrl {
    /// No trust anchor has its issuer's name.
    #[error("no trust anchor has the name of its issuer")]
    UnknownIssuer,
    /// There are anchors of its issuer's name, and none of their keys signed it.
    #[error("its signature was not made by the key of the trust anchor that has its issuer's name")]
    BadSignature,
    /// The anchor that signed it may sign no lists (RFC 5280, section 4.2.1.3).
    #[error("its issuer's certificate does not allow signing CRLs (keyUsage cRLSign)")]
    MayNotSign,
    /// Two parsers do not agree on what stands in it.
    #[error("its list of certificates is damaged")]
    Damaged,
}

/// Finds the anchor that signed the list.
pub fn crl_signer<'a>(
    crl: &Crl,
    anchors: impl IntoIterator<Item = &'a Certificate>,
) -> Result<&'a Certificate, UnsignedCrl> {
    let parsed = X509Crl::from_der(crl.der()).map_err(|_| UnsignedCrl::Damaged)?;
    let revoked = parsed
        .get_revoked()
        .map_or(0, openssl::stack::StackRef::len);
    if revoked != crl.entries().len() {
        return Err(UnsignedCrl::Damaged);
    }
    let mut named = anchors
        .into_iter()
        .filter(|anchor| anchor.subject() == crl.issuer())
        .peekable();
    if named.peek().is_none() {
        return Err(UnsignedCrl::UnknownIssuer);
    }
    let signer = named
        .find(|anchor| {
            PKey::public_key_from_der(anchor.public_key())
                .and_then(|key| parsed.verify(&key))
                .unwrap_or(false)
        })
        .ok_or(UnsignedCrl::BadSignature)?;
    let may_sign = signer.read(|view| {
        view.key_usage()
            .is_ok_and(|usage| usage.is_none_or(|usage| usage.value.crl_sign()))
    });
    if may_sign {
        Ok(signer)
    } else {
        Err(UnsignedCrl::MayNotSign)
    }
}

/// The revocations that are known, by serial number.
#[derive(Default)]
pub(super) struct Revocations(HashMap<String, Vec<Revocation>>);

impl Revocations {
    pub(super) fn new(revocations: Vec<Revocation>) -> Self {
        let mut known: HashMap<_, Vec<_>> = HashMap::new();
        for revocation in revocations {
            let serial_number = revocation.entry.serial_number.clone();
            known.entry(serial_number).or_default().push(revocation);
        }
        Self(known)
    }

    /// Whether `issuer`, which signed the certificate, has revoked it.
    pub(super) fn find(
        &self,
        issuer: &Certificate,
        certificate: &Certificate,
    ) -> Option<&CrlEntry> {
        self.named(certificate)
            .find(|revocation| *revocation.issuer_key == *issuer.public_key())
            .map(|revocation| &revocation.entry)
    }

    /// Whether whoever signed this anchor has revoked it; who that is need not be trusted for the
    /// same purpose.
    pub(super) fn find_anchor(&self, anchor: &Certificate, x509: &X509) -> Option<&CrlEntry> {
        self.named(anchor)
            .find(|revocation| {
                PKey::public_key_from_der(&revocation.issuer_key)
                    .and_then(|key| x509.verify(&key))
                    .unwrap_or(false)
            })
            .map(|revocation| &revocation.entry)
    }

    /// What has the certificate's serial number and its issuer's name.
    fn named(&self, certificate: &Certificate) -> impl Iterator<Item = &Revocation> {
        self.0
            .get(certificate.serial_number())
            .into_iter()
            .flatten()
            .filter(|revocation| revocation.issuer == certificate.issuer())
    }
}

/// Whether the holder of the anchor's key signed the certificate.
pub(super) fn has_signed(anchor: &X509, certificate: &Certificate) -> Result<bool, PkiError> {
    let certificate = X509::from_der(certificate.der())?;
    Ok(certificate.verify(&*anchor.public_key()?)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn anchor(pem: &[u8]) -> Certificate {
        Certificate::from_der(pem::parse(pem).unwrap().contents()).unwrap()
    }

    #[test]
    fn a_list_is_believed_where_the_key_of_an_anchor_signed_it_that_may() {
        let der = include_bytes!("../../../fixtures/crl/ca.crl");
        let crl = Crl::from_der(der).unwrap();
        let ca = anchor(include_bytes!("../../../fixtures/crl/ca.pem"));
        let namesake = anchor(include_bytes!("../../../fixtures/crl/other.pem"));
        let unallowed = anchor(include_bytes!("../../../fixtures/crl/nosign.pem"));
        assert_eq!(crl_signer(&crl, [&namesake, &ca]), Ok(&ca));
        for (anchors, refusal) in [
            (vec![], UnsignedCrl::UnknownIssuer),
            (vec![&namesake], UnsignedCrl::BadSignature),
            (vec![&unallowed], UnsignedCrl::MayNotSign),
        ] {
            assert_eq!(crl_signer(&crl, anchors), Err(refusal));
        }
        // An entry that was changed after it was signed.
        let mut forged = der.to_vec();
        let place = forged.windows(2).position(|pair| pair == [0x1a, 0x2b]);
        forged[place.unwrap()] ^= 1;
        let forged = Crl::from_der(&forged).unwrap();
        assert_eq!(crl_signer(&forged, [&ca]), Err(UnsignedCrl::BadSignature));
    }
}
