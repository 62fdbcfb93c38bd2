//! Who vouches for a certificate, each kind by itself.

use crate::model::{Certificate, TrustAnchor, TrustPurpose};
use crate::pki::{PkiError, Revocation, TrustStore, Untrusted, Validity, Verifier};

/// Whether this is a CAPF's own certificate, by its name: `CAPF-` is reserved for them, so that no
/// third-party CA comes into CAPF-trust under such a name (P).
pub fn is_capf(certificate: &Certificate) -> bool {
    certificate
        .common_name()
        .is_some_and(|name| name.contains("CAPF-"))
}

/// Who vouches for a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Voucher {
    /// A CAPF, which issues LSCs and nothing else, each under the name of its phone.
    Capf,
    /// A third-party CA in CAPF-trust, which issues who knows what to whom.
    OutsideCa,
    /// A manufacturing CA.
    Factory,
}

impl Voucher {
    fn of(anchor: &TrustAnchor) -> Self {
        match anchor.purpose {
            TrustPurpose::Manufacturing => Self::Factory,
            TrustPurpose::Capf if is_capf(&anchor.certificate) => Self::Capf,
            TrustPurpose::Capf => Self::OutsideCa,
        }
    }
}

/// The trust anchors. They are made ready at their first use and once a session, however many
/// certificates are shown in it: that costs more than what they are asked.
pub(super) struct Vouchers<'a> {
    anchors: &'a [TrustAnchor],
    revocations: &'a [Revocation],
    ready: Vec<(Voucher, Validity, Verifier)>,
}

impl<'a> Vouchers<'a> {
    pub(super) fn new(anchors: &'a [TrustAnchor], revocations: &'a [Revocation]) -> Self {
        Self {
            anchors,
            revocations,
            ready: Vec::new(),
        }
    }

    /// Whether one of these vouches for the certificate.
    pub(super) fn verify(
        &mut self,
        voucher: Voucher,
        certificate: &Certificate,
        validity: Validity,
    ) -> Result<(), Untrusted> {
        let mut ready = self.ready.iter();
        let place = ready.position(|(of, at, _)| (*of, *at) == (voucher, validity));
        let place = if let Some(place) = place {
            place
        } else {
            let verifier = self.verifier(voucher, validity)?;
            self.ready.push((voucher, validity, verifier));
            self.ready.len() - 1
        };
        self.ready[place].2.verify(certificate).map(drop)
    }

    fn verifier(&self, voucher: Voucher, validity: Validity) -> Result<Verifier, PkiError> {
        let anchors = self.anchors.iter();
        let trusted = anchors.filter(|anchor| Voucher::of(anchor) == voucher);
        TrustStore::new(trusted.map(|anchor| &anchor.certificate))?
            .revoking(self.revocations.to_vec())
            .at(validity)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::{Issuer, IssuerName, OutsideCa};

    #[test]
    fn anchors_are_made_ready_once_and_each_for_its_own_kind() {
        let now = "2026-11-23T12:00:00Z".parse().unwrap();
        let capf = Issuer::create(&IssuerName::default(), now).unwrap();
        let outside = OutsideCa::create("Example CA", now).unwrap();
        let anchor = |purpose, certificate: &Certificate| TrustAnchor {
            id: 1,
            purpose,
            certificate: certificate.clone(),
            imported_at: now,
        };
        let anchors = [
            anchor(TrustPurpose::Capf, capf.certificate()),
            anchor(TrustPurpose::Capf, outside.certificate()),
        ];
        let mut vouchers = Vouchers::new(&anchors, &[]);
        let at = Validity::At(now);
        for _ in 0..3 {
            for (voucher, certificate, other) in [
                (Voucher::Capf, capf.certificate(), outside.certificate()),
                (
                    Voucher::OutsideCa,
                    outside.certificate(),
                    capf.certificate(),
                ),
            ] {
                assert_eq!(vouchers.verify(voucher, certificate, at), Ok(()));
                assert!(vouchers.verify(voucher, other, at).is_err());
            }
            let factory = vouchers.verify(Voucher::Factory, capf.certificate(), at);
            assert_eq!(factory, Err(Untrusted::NoAnchor));
        }
        assert_eq!(vouchers.ready.len(), 3);
    }
}
