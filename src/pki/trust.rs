//! Trust anchors, and the verification of what they vouch for.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use openssl::error::ErrorStack;
use openssl::stack::Stack;
use openssl::x509::store::X509StoreBuilder;
use openssl::x509::verify::{X509VerifyFlags, X509VerifyParam};
use openssl::x509::{X509, X509StoreContext, X509StoreContextRef};

use super::PkiError;
use crate::model::Certificate;

/// The certificates that are trusted for a purpose: roots, and intermediates too, which need no
/// root beside them. A clone shares them, and any number of threads may verify at once.
#[derive(Clone)]
pub struct TrustStore(Arc<[Anchor]>);

struct Anchor {
    certificate: X509,
    not_after: Timestamp,
}

/// What is known of a certificate that was verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified {
    /// When the validity of the anchor ends that issued it.
    pub issuer_not_after: Timestamp,
}

/// At which time the certificates of a path must be valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validity {
    /// Each of them at this time.
    At(Timestamp),
    /// Their validity does not count.
    Any,
}

/// Why a certificate is not trusted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Untrusted {
    /// There is nobody to trust.
    #[error("no trust anchor has been imported; `capf trust import` does it")]
    NoAnchor,
    /// None of the trust anchors issued it.
    #[error("no trust anchor is its issuer")]
    UnknownIssuer,
    /// OpenSSL found something wrong with the path to an anchor.
    #[error("{reason}{}", if *.depth > 0 { " (of its issuer)" } else { "" })]
    Refused {
        /// What OpenSSL says.
        reason: String,
        /// Where in the path: 0 is the certificate itself, 1 its issuer.
        depth: u32,
    },
}

impl Untrusted {
    /// Whether nothing is wrong with the certificate but that nobody here knows its issuer.
    pub fn is_stranger(&self) -> bool {
        matches!(self, Self::NoAnchor | Self::UnknownIssuer)
    }

    fn of(context: &X509StoreContextRef) -> Self {
        let error = context.error();
        match error.as_raw() {
            // X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, …_UNABLE_TO_GET_ISSUER_CERT_LOCALLY
            18 | 20 => Self::UnknownIssuer,
            _ => Self::Refused {
                reason: error.error_string().to_owned(),
                depth: context.error_depth(),
            },
        }
    }
}

impl From<ErrorStack> for Untrusted {
    fn from(error: ErrorStack) -> Self {
        Self::Refused {
            reason: error.to_string(),
            depth: 0,
        }
    }
}

impl From<PkiError> for Untrusted {
    /// An anchor that cannot be used vouches for nobody.
    fn from(error: PkiError) -> Self {
        Self::Refused {
            reason: error.to_string(),
            depth: 1,
        }
    }
}

impl TrustStore {
    /// A store of these anchors.
    pub fn new<'a>(anchors: impl IntoIterator<Item = &'a Certificate>) -> Result<Self, PkiError> {
        anchors
            .into_iter()
            .map(|anchor| {
                Ok(Anchor {
                    certificate: X509::from_der(anchor.der())?,
                    not_after: anchor.not_after(),
                })
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Whether nobody is trusted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Verifies that an anchor signed `certificate`, and that every certificate from it to the
    /// anchor is valid when `validity` says.
    ///
    /// No strength is asked of keys and digests, because old phones' MICs have neither (RSA-1024,
    /// SHA-1): whoever asks for more has to look. Nor is revocation checked.
    pub fn verify(
        &self,
        certificate: &Certificate,
        validity: Validity,
    ) -> Result<Verified, Untrusted> {
        if self.is_empty() {
            return Err(Untrusted::NoAnchor);
        }
        let leaf = X509::from_der(certificate.der())?;
        let trusted = self.at(validity)?;
        X509StoreContext::new()?.init(
            &trusted.build(),
            &leaf,
            Stack::new()?.as_ref(),
            |context| {
                Ok(if context.verify_cert()? {
                    Ok(self.verified(context, certificate))
                } else {
                    Err(Untrusted::of(context))
                })
            },
        )?
    }

    /// OpenSSL's store takes its time when it is built, so there is one a verification; that
    /// counts references to the anchors and copies nothing.
    fn at(&self, validity: Validity) -> Result<X509StoreBuilder, ErrorStack> {
        let mut parameters = X509VerifyParam::new()?;
        let mut flags = X509VerifyFlags::PARTIAL_CHAIN;
        match validity {
            Validity::At(time) => parameters.set_time(time.as_second()),
            Validity::Any => flags |= X509VerifyFlags::NO_CHECK_TIME,
        }
        parameters.set_flags(flags)?;
        parameters.set_auth_level(0);
        let mut store = X509StoreBuilder::new()?;
        store.set_param(&parameters)?;
        for anchor in &*self.0 {
            store.add_cert(anchor.certificate.clone())?;
        }
        Ok(store)
    }

    fn verified(&self, context: &X509StoreContextRef, certificate: &Certificate) -> Verified {
        let issuer = context.chain().and_then(|chain| chain.iter().nth(1));
        let anchor =
            issuer.and_then(|issuer| self.0.iter().find(|anchor| *anchor.certificate == *issuer));
        Verified {
            // A path of one certificate is an anchor's own.
            issuer_not_after: anchor.map_or(certificate.not_after(), |anchor| anchor.not_after),
        }
    }
}

impl fmt::Debug for TrustStore {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "TrustStore({} anchors)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::super::draft::Draft;
    use super::super::issuer::subject_der;
    use super::super::profile::issuer_extensions;
    use super::*;
    use crate::model::DeviceName;
    use crate::pki::{Issuer, IssuerName, LscOrder};

    fn now() -> Timestamp {
        "2026-11-23T12:00:00Z".parse().unwrap()
    }

    fn issuer() -> Issuer {
        Issuer::create(&IssuerName::default(), now()).unwrap()
    }

    fn lsc(issuer: &Issuer) -> Certificate {
        let key = openssl::pkey::PKey::ec_gen("prime256v1").unwrap();
        let device: DeviceName = "SEP001122334455".parse().unwrap();
        let order = LscOrder {
            device: &device,
            model: "",
            serial_number: None,
            public_key: &key.public_key_to_der().unwrap(),
            validity_days: 10,
        };
        issuer.issue(&order, now()).unwrap()
    }

    #[test]
    fn a_certificate_is_trusted_through_its_issuer_and_no_other() {
        let (ours, other) = (issuer(), issuer());
        let lsc = lsc(&ours);
        let both = TrustStore::new([other.certificate(), ours.certificate()]).unwrap();
        assert_eq!(
            both.verify(&lsc, Validity::At(now())),
            Ok(Verified {
                issuer_not_after: ours.certificate().not_after()
            })
        );
        let wrong = TrustStore::new([other.certificate()]).unwrap();
        assert_eq!(
            wrong.verify(&lsc, Validity::At(now())),
            Err(Untrusted::UnknownIssuer)
        );
        // One that vouches for itself alone is unknown too.
        assert_eq!(
            wrong.verify(ours.certificate(), Validity::At(now())),
            Err(Untrusted::UnknownIssuer)
        );
    }

    #[test]
    fn an_empty_store_trusts_nobody() {
        let empty = TrustStore::new([]).unwrap();
        assert!(empty.is_empty());
        assert_eq!(
            empty.verify(&lsc(&issuer()), Validity::At(now())),
            Err(Untrusted::NoAnchor)
        );
    }

    #[test]
    fn an_anchor_vouches_for_itself_and_may_be_given_twice() {
        let issuer = issuer();
        let trust = TrustStore::new([issuer.certificate(), issuer.certificate()]).unwrap();
        assert!(!trust.is_empty());
        assert_eq!(
            trust
                .verify(issuer.certificate(), Validity::At(now()))
                .unwrap(),
            Verified {
                issuer_not_after: issuer.certificate().not_after()
            }
        );
    }

    #[test]
    fn the_given_time_decides_not_the_systems() {
        let issuer = issuer();
        let lsc = lsc(&issuer);
        let trust = TrustStore::new([issuer.certificate()]).unwrap();
        let second = SignedDuration::from_secs(1);
        for valid in [lsc.not_before() + second, lsc.not_after() - second] {
            assert!(trust.verify(&lsc, Validity::At(valid)).is_ok(), "{valid}");
        }
        let refused = |time| {
            trust
                .verify(&lsc, Validity::At(time))
                .unwrap_err()
                .to_string()
        };
        assert!(refused(lsc.not_before() - second).contains("not yet valid"));
        assert!(refused(lsc.not_after() + second).contains("has expired"));
        assert!(trust.verify(&lsc, Validity::Any).is_ok());
    }

    #[test]
    fn an_expired_issuer_is_told_from_an_expired_certificate() {
        let issuer = issuer();
        let end = issuer.certificate().not_after();
        let key = openssl::pkey::PKey::ec_gen("prime256v1").unwrap();
        let long_lived = Draft {
            issuer: &subject_der(issuer.certificate()),
            subject: &subject_der(issuer.certificate()),
            public_key: &key.public_key_to_der().unwrap(),
            not_before: now(),
            not_after: end + SignedDuration::from_hours(2),
            extensions: vec![],
        }
        .sign(issuer.private_key())
        .unwrap();
        let trust = TrustStore::new([issuer.certificate()]).unwrap();
        assert_eq!(
            trust.verify(
                &long_lived,
                Validity::At(end + SignedDuration::from_hours(1))
            ),
            Err(Untrusted::Refused {
                reason: "certificate has expired".to_owned(),
                depth: 1
            })
        );
    }

    #[test]
    fn an_intermediate_needs_no_root_beside_it() {
        let (root, spare) = (issuer(), issuer());
        let intermediate = Draft {
            issuer: &subject_der(root.certificate()),
            subject: &subject_der(spare.certificate()),
            public_key: spare.certificate().public_key(),
            not_before: now(),
            not_after: now() + SignedDuration::from_hours(24),
            extensions: issuer_extensions().unwrap(),
        }
        .sign(root.private_key())
        .unwrap();
        let trust = TrustStore::new([&intermediate]).unwrap();
        let later = now() + SignedDuration::from_hours(1);
        assert_eq!(
            trust.verify(&lsc(&spare), Validity::At(later)),
            Ok(Verified {
                issuer_not_after: intermediate.not_after()
            })
        );
    }

    #[test]
    fn a_forged_signature_is_refused() {
        let issuer = issuer();
        let mut der = lsc(&issuer).der().to_vec();
        *der.last_mut().unwrap() ^= 1;
        let forged = Certificate::from_der(&der).unwrap();
        let trust = TrustStore::new([issuer.certificate()]).unwrap();
        assert_eq!(
            trust
                .verify(&forged, Validity::At(now()))
                .unwrap_err()
                .to_string(),
            "certificate signature failure"
        );
    }

    #[test]
    fn an_lsc_vouches_for_nobody() {
        let issuer = issuer();
        let lsc = lsc(&issuer);
        let trust = TrustStore::new([&lsc]).unwrap();
        assert!(
            trust
                .verify(issuer.certificate(), Validity::At(now()))
                .is_err()
        );
    }
}
