//! Trust anchors, and the verification of what they vouch for.

mod revocation;

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use openssl::error::ErrorStack;
use openssl::stack::Stack;
use openssl::x509::store::{X509Store, X509StoreBuilder};
use openssl::x509::verify::{X509VerifyFlags, X509VerifyParam};
use openssl::x509::{X509, X509StoreContext, X509StoreContextRef};

use super::PkiError;
use super::plain::{self, PlainAnchor};
use crate::model::{Certificate, CrlEntry, RevocationReason};

pub use revocation::{Revocation, UnsignedCrl, crl_signer};

use revocation::{Revocations, has_signed};

/// The certificates that are trusted for a purpose: roots, and intermediates too, which need no
/// root beside them. A clone shares them, and any number of threads may verify at once.
#[derive(Clone)]
pub struct TrustStore {
    anchors: Arc<[Anchor]>,
    /// Those that are trusted no more, because whoever signed them has revoked them.
    revoked_anchors: Arc<[(Anchor, CrlEntry)]>,
    revocations: Arc<Revocations>,
}

#[derive(Clone)]
struct Anchor {
    certificate: Certificate,
    x509: X509,
}

/// The certificates of a [`TrustStore`], ready to vouch for any number of others at one time.
pub struct Verifier {
    trust: TrustStore,
    validity: Validity,
    plain: Vec<PlainAnchor>,
    store: X509Store,
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
    /// Its issuer has revoked it; or the issuer's own has revoked the issuer's certificate.
    #[error(
        "{} revoked at {at} ({reason})",
        if *.depth > 0 { "the certificate of its issuer was" } else { "it was" }
    )]
    Revoked {
        /// When.
        at: Timestamp,
        /// Why.
        reason: RevocationReason,
        /// Where in the path: 0 is the certificate itself, 1 its issuer.
        depth: u32,
    },
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

    /// Whether the certificate, or its issuer's, is revoked.
    pub fn is_revoked(&self) -> bool {
        matches!(self, Self::Revoked { .. })
    }

    fn revoked(entry: &CrlEntry, depth: u32) -> Self {
        Self::Revoked {
            at: entry.revoked_at,
            reason: entry.reason,
            depth,
        }
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
        let anchors = anchors
            .into_iter()
            .map(|anchor| {
                Ok(Anchor {
                    x509: X509::from_der(anchor.der())?,
                    certificate: anchor.clone(),
                })
            })
            .collect::<Result<_, PkiError>>()?;
        Ok(Self {
            anchors,
            revoked_anchors: [].into(),
            revocations: Arc::default(),
        })
    }

    /// The same store, which does not trust what these revoke: neither certificates nor anchors.
    /// They may have others among them that nobody asks for.
    #[must_use]
    pub fn revoking(self, revocations: Vec<Revocation>) -> Self {
        if revocations.is_empty() {
            return self;
        }
        let revocations = Revocations::new(revocations);
        let revoked_by = |anchor: &Anchor| {
            revocations
                .find_anchor(&anchor.certificate, &anchor.x509)
                .cloned()
        };
        let mut anchors = Vec::new();
        let mut revoked_anchors = Vec::new();
        for anchor in &*self.anchors {
            match revoked_by(anchor) {
                Some(entry) => revoked_anchors.push((anchor.clone(), entry)),
                None => anchors.push(anchor.clone()),
            }
        }
        Self {
            anchors: anchors.into(),
            revoked_anchors: revoked_anchors.into(),
            revocations: Arc::new(revocations),
        }
    }

    /// The serial numbers of the anchors, which may be revoked themselves.
    pub fn serial_numbers(&self) -> impl Iterator<Item = &str> {
        self.anchors
            .iter()
            .map(|anchor| anchor.certificate.serial_number())
    }

    /// Whether nobody is trusted.
    pub fn is_empty(&self) -> bool {
        self.anchors.is_empty()
    }

    /// Verifies one certificate, as [`Verifier::verify`] does.
    pub fn verify(
        &self,
        certificate: &Certificate,
        validity: Validity,
    ) -> Result<Verified, Untrusted> {
        self.at(validity)?.verify(certificate)
    }

    /// What verifies many certificates as quickly as it can: OpenSSL's store takes longer to be made
    /// than a signature to be verified, and its time is fixed when it is made.
    pub fn at(&self, validity: Validity) -> Result<Verifier, PkiError> {
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
        for anchor in &*self.anchors {
            // That counts references, and copies nothing.
            store.add_cert(anchor.x509.clone())?;
        }
        let plain = self
            .anchors
            .iter()
            .enumerate()
            .filter_map(|(place, anchor)| {
                PlainAnchor::of(place, &anchor.certificate, &anchor.x509, validity)
            });
        Ok(Verifier {
            trust: self.clone(),
            validity,
            plain: plain.collect(),
            store: store.build(),
        })
    }
}

impl Verifier {
    /// Verifies that an anchor signed `certificate`, that every certificate from it to the anchor is
    /// valid when the verifier's [`Validity`] says, and that none of them is known to be revoked.
    /// Any number of threads may do so at once.
    ///
    /// No strength is asked of keys and digests, because old phones' MICs have neither (RSA-1024,
    /// SHA-1): whoever asks for more has to look.
    pub fn verify(&self, certificate: &Certificate) -> Result<Verified, Untrusted> {
        let issuer = match plain::signer(&self.plain, certificate, self.validity) {
            Some(anchor) => &self.trust.anchors[anchor.place].certificate,
            None => self.verify_path(certificate)?,
        };
        if let Some(entry) = self.trust.revocations.find(issuer, certificate) {
            return Err(Untrusted::revoked(entry, 0));
        }
        Ok(Verified {
            issuer_not_after: issuer.not_after(),
        })
    }

    /// As OpenSSL verifies it. Gives the anchor that signed the certificate, or, of an anchor, the
    /// certificate itself.
    fn verify_path<'a>(
        &'a self,
        certificate: &'a Certificate,
    ) -> Result<&'a Certificate, Untrusted> {
        let verdict = if self.trust.is_empty() {
            Err(Untrusted::NoAnchor)
        } else {
            let leaf = X509::from_der(certificate.der())?;
            X509StoreContext::new()?.init(
                &self.store,
                &leaf,
                Stack::new()?.as_ref(),
                |context| {
                    Ok(if context.verify_cert()? {
                        Ok(self.issuer(context).unwrap_or(certificate))
                    } else {
                        Err(Untrusted::of(context))
                    })
                },
            )?
        };
        match verdict {
            Err(error) if error.is_stranger() => {
                Err(self.revoked_issuer(certificate).unwrap_or(error))
            }
            verdict => verdict,
        }
    }

    /// The anchor that signed the certificate of a path; none where the path is an anchor's own.
    fn issuer(&self, context: &X509StoreContextRef) -> Option<&Certificate> {
        let issuer = context.chain()?.iter().nth(1)?;
        let mut anchors = self.trust.anchors.iter();
        let anchor = anchors.find(|anchor| *anchor.x509 == *issuer)?;
        Some(&anchor.certificate)
    }

    /// Says of a certificate that no anchor signed whether one did that is revoked, or is it itself.
    fn revoked_issuer(&self, certificate: &Certificate) -> Option<Untrusted> {
        self.trust
            .revoked_anchors
            .iter()
            .find_map(|(anchor, entry)| {
                if anchor.certificate == *certificate {
                    return Some(Untrusted::revoked(entry, 0));
                }
                let is_issuer = anchor.certificate.subject() == certificate.issuer()
                    && has_signed(&anchor.x509, certificate).unwrap_or(false);
                is_issuer.then(|| Untrusted::revoked(entry, 1))
            })
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Verifier({} anchors)", self.trust.anchors.len())
    }
}

impl fmt::Debug for TrustStore {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "TrustStore({} anchors)", self.anchors.len())
    }
}

#[cfg(test)]
mod tests;
