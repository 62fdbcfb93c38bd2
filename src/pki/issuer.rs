//! The CAPF CA: its certificate, its key, and what it issues.

use std::fmt;
use std::sync::Arc;

use der::{Decode as _, Encode as _};
use jiff::{SignedDuration, Timestamp};
use openssl::pkey::{PKey, Private};
use openssl::rand::rand_bytes;
use x509_cert::ext::Extension;
use x509_cert::name::{RdnSequence, RelativeDistinguishedName};

use super::draft::{Draft, subject_key_identifier};
use super::profile::{
    CLOCK_ALLOWANCE, device_name, inherited_names, issuer_extensions, lsc_extensions, lsc_subject,
};
use super::{IssuerKey, IssuerName, PkiError, PublicKey};
use crate::model::{Certificate, DeviceName, KeyRequest};

/// What every CAPF certificate's common name begins with, and no other CA's may hold (P).
pub(super) const CAPF: &str = "CAPF-";

/// The CAPF CA: the CAPF certificate and its private key. A clone shares both.
#[derive(Clone)]
pub struct Issuer(Arc<Parts>);

struct Parts {
    certificate: Certificate,
    /// Who vouches for it: its issuer first, the root last. None where it vouches for itself.
    chain: Vec<Certificate>,
    key: IssuerKey,
    /// When all of them are valid.
    valid: (Timestamp, Timestamp),
    /// The certificate's subject in DER, which every LSC names as its issuer.
    name: Vec<u8>,
    /// C, O and OU of the subject.
    inherited: Vec<RelativeDistinguishedName>,
    /// The extensions that are the same in every LSC.
    extensions: Vec<Extension>,
}

/// A CAPF certificate that is to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuerOrder {
    /// Whose it is; the common name is made.
    pub name: IssuerName,
    /// Which key it gets.
    pub key: KeyRequest,
    /// How many days it is valid.
    pub validity_days: u32,
}

impl Default for IssuerOrder {
    /// What every phone can deal with, for 20 years: so for 15 of them every LSC can have the longest
    /// validity there is, five years (D).
    fn default() -> Self {
        Self {
            name: IssuerName::default(),
            key: IssuerKey::DEFAULT,
            validity_days: Self::DEFAULT_VALIDITY_DAYS,
        }
    }
}

impl IssuerOrder {
    /// 20 years.
    pub const DEFAULT_VALIDITY_DAYS: u32 = 20 * 365;
}

/// An LSC that is to be issued.
#[derive(Clone, Copy, Debug)]
pub struct LscOrder<'a> {
    /// The phone.
    pub device: &'a DeviceName,
    /// Its model, `CP-8861`; empty where it is not known.
    pub model: &'a str,
    /// The serial number in its MIC's subject, `PID:CP-8861 SN:FCH…`.
    pub serial_number: Option<&'a str>,
    /// Its public key, a DER `SubjectPublicKeyInfo`.
    pub public_key: &'a [u8],
    /// How many days from now the LSC is valid.
    pub validity_days: u32,
}

impl Issuer {
    /// Makes a new CAPF certificate as [`Issuer::make`] does, of which everything but the name is the
    /// default.
    pub fn create(name: &IssuerName, now: Timestamp) -> Result<Self, PkiError> {
        let order = IssuerOrder {
            name: name.clone(),
            ..IssuerOrder::default()
        };
        Self::make(&order, now)
    }

    /// Makes a new CAPF certificate and its key, self-signed: CN `CAPF-` and eight hexadecimal digits,
    /// SHA-256, CA:TRUE with path length 0, digitalSignature and keyCertSign (P).
    pub fn make(order: &IssuerOrder, now: Timestamp) -> Result<Self, PkiError> {
        let key = IssuerKey::generate(order.key)?;
        let validity = SignedDuration::from_hours(24 * i64::from(order.validity_days));
        let subject = new_subject(&order.name)?;
        let certificate = self_signed(&subject, &key, validity, now)?;
        Self::new(certificate, Vec::new(), key)
    }

    /// Takes a CAPF certificate with its key as they were kept. It is self-signed and has no `chain`,
    /// or another CA signed it: then the chain leads from that CA to its root.
    ///
    /// Its key must be RSA with 2048 to 4096 bits, which every phone can verify, or on one of Cisco's
    /// curves.
    pub fn new(
        certificate: Certificate,
        chain: Vec<Certificate>,
        key: IssuerKey,
    ) -> Result<Self, PkiError> {
        if let Some(reason) = unfit(&certificate, &key) {
            return Err(PkiError::NotAnIssuer {
                subject: certificate.subject().to_owned(),
                reason,
            });
        }
        if !key.is_of(certificate.public_key())? {
            return Err(PkiError::KeyMismatch);
        }
        let name = subject_der(&certificate);
        let all = || chain.iter().chain([&certificate]);
        let from = all().map(Certificate::not_before).max();
        let to = all().map(Certificate::not_after).min();
        Ok(Self(Arc::new(Parts {
            inherited: inherited_names(&RdnSequence::from_der(&name)?)?,
            extensions: lsc_extensions()?,
            valid: (
                from.unwrap_or(certificate.not_before()),
                to.unwrap_or(certificate.not_after()),
            ),
            certificate,
            chain,
            key,
            name,
        })))
    }

    /// The CAPF certificate.
    pub fn certificate(&self) -> &Certificate {
        &self.0.certificate
    }

    /// Who vouches for the CAPF certificate: its issuer first, the root last. Nobody where it is
    /// self-signed.
    pub fn chain(&self) -> &[Certificate] {
        &self.0.chain
    }

    /// The private key, to be kept.
    pub fn key(&self) -> &IssuerKey {
        &self.0.key
    }

    /// The private key, for the TLS server that speaks with the CAPF certificate.
    pub fn private_key(&self) -> &PKey<Private> {
        self.0.key.pkey()
    }

    /// Issues an LSC.
    ///
    /// Its validity begins an hour before `now`, for phones whose clocks are slow, and ends
    /// `validity_days` after `now`, but both within the CAPF certificate's own, and within that of
    /// everybody who vouches for it.
    pub fn issue(&self, order: &LscOrder<'_>, now: Timestamp) -> Result<Certificate, PkiError> {
        let issuer = &*self.0;
        let (from, to) = issuer.valid;
        if now < from || now > to {
            return Err(PkiError::IssuerNotValid {
                not_before: from,
                not_after: to,
            });
        }
        let public_key = PublicKey::from_der(order.public_key)?;
        let subject = lsc_subject(
            &issuer.inherited,
            order.device,
            order.model,
            order.serial_number,
        )?;
        let mut extensions = issuer.extensions.clone();
        extensions.push(device_name(order.device)?);
        let validity = SignedDuration::from_hours(24 * i64::from(order.validity_days));
        Draft {
            issuer: &issuer.name,
            subject: &subject.to_der()?,
            public_key: public_key.der(),
            not_before: before(now, CLOCK_ALLOWANCE).max(from),
            not_after: after(now, validity).min(to),
            extensions,
        }
        .sign(issuer.key.pkey())
    }
}

impl fmt::Debug for Issuer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_tuple("Issuer")
            .field(&self.0.certificate)
            .finish()
    }
}

/// A subject with a common name that nobody else has.
pub(super) fn new_subject(name: &IssuerName) -> Result<Vec<u8>, PkiError> {
    let mut digits = [0; 4];
    rand_bytes(&mut digits)?;
    let common_name = format!("{CAPF}{}", hex::encode(digits));
    Ok(name.with_common_name(&common_name)?.to_der()?)
}

/// Makes a CA certificate for a key.
pub(super) fn self_signed(
    subject: &[u8],
    key: &IssuerKey,
    validity: SignedDuration,
    now: Timestamp,
) -> Result<Certificate, PkiError> {
    let public_key = key.public_key()?;
    let mut extensions = issuer_extensions()?;
    extensions.push(subject_key_identifier(&public_key)?);
    Draft {
        issuer: subject,
        subject,
        public_key: &public_key,
        not_before: before(now, CLOCK_ALLOWANCE),
        not_after: after(now, validity),
        extensions,
    }
    .sign(key.pkey())
}

/// A certificate's subject, in DER.
pub(super) fn subject_der(certificate: &Certificate) -> Vec<u8> {
    certificate.read(|view| view.subject().as_raw().to_vec())
}

pub(super) fn before(now: Timestamp, by: SignedDuration) -> Timestamp {
    now.checked_sub(by).unwrap_or(Timestamp::MIN)
}

pub(super) fn after(now: Timestamp, by: SignedDuration) -> Timestamp {
    now.checked_add(by).unwrap_or(Timestamp::MAX)
}

/// Why the certificate and its key cannot be CAPF's, if they cannot.
fn unfit(certificate: &Certificate, key: &IssuerKey) -> Option<&'static str> {
    if key.fit().is_none() {
        return Some("its key must be RSA with 2048 to 4096 bits, or on P-256, P-384 or P-521");
    }
    certificate.read(|view| {
        let is_ca = matches!(view.basic_constraints(), Ok(Some(found)) if found.value.ca);
        let signs = matches!(view.key_usage(), Ok(Some(found))
            if found.value.key_cert_sign() && found.value.digital_signature());
        if !is_ca {
            Some("it is no CA (basicConstraints)")
        } else if !signs {
            Some("its keyUsage must have digitalSignature and keyCertSign")
        } else {
            None
        }
    })
}

#[cfg(test)]
mod tests;
