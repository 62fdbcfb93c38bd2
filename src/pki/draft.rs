//! A certificate before its signature.

use std::time::Duration;

use der::asn1::{AnyRef, OctetString};
use der::{DateTime, Decode as _, Encode as _, Sequence};
use jiff::Timestamp;
use openssl::pkey::{PKeyRef, Private};
use openssl::rand::rand_bytes;
use openssl::sha::sha1;
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};
use x509_cert::certificate::Version;
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::SubjectKeyIdentifier;
use x509_cert::serial_number::SerialNumber;
use x509_cert::time::{Time, Validity};

use super::PkiError;
use super::issuer_key::{algorithm, sign};
use super::profile::extension;
use crate::model::Certificate;

/// What a certificate says. Names and key are DER that is taken over byte for byte.
pub(super) struct Draft<'a> {
    pub(super) issuer: &'a [u8],
    pub(super) subject: &'a [u8],
    pub(super) public_key: &'a [u8],
    pub(super) not_before: Timestamp,
    pub(super) not_after: Timestamp,
    pub(super) extensions: Vec<Extension>,
}

/// `TBSCertificate`, RFC 5280 section 4.1, with the parts borrowed that are at hand in DER.
#[derive(Sequence)]
struct TbsCertificate<'a> {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    version: Version,
    serial_number: SerialNumber,
    signature: AlgorithmIdentifierRef<'a>,
    issuer: AnyRef<'a>,
    validity: Validity,
    subject: AnyRef<'a>,
    subject_public_key_info: AnyRef<'a>,
    #[asn1(context_specific = "3", tag_mode = "EXPLICIT")]
    extensions: Vec<Extension>,
}

impl Draft<'_> {
    /// Signs the draft, under a serial number of its own.
    pub(super) fn sign(self, key: &PKeyRef<Private>) -> Result<Certificate, PkiError> {
        let tbs = TbsCertificate {
            version: Version::V3,
            serial_number: random_serial_number()?,
            signature: algorithm(key),
            issuer: AnyRef::from_der(self.issuer)?,
            validity: Validity::new(time(self.not_before)?, time(self.not_after)?),
            subject: AnyRef::from_der(self.subject)?,
            subject_public_key_info: AnyRef::from_der(self.public_key)?,
            extensions: self.extensions,
        }
        .to_der()?;
        Ok(Certificate::from_der(&sign(&tbs, key)?)?)
    }
}

/// A random number of 128 bits. The topmost is clear and the next set, so that it is positive and
/// always takes the 16 bytes that Unified CM's take (P).
fn random_serial_number() -> Result<SerialNumber, PkiError> {
    let mut bytes = [0; 16];
    rand_bytes(&mut bytes)?;
    bytes[0] = bytes[0] & 0x7f | 0x40;
    Ok(SerialNumber::new(&bytes)?)
}

/// A time as certificates have it, in whole seconds: `UTCTime` up to 2049, `GeneralizedTime` from
/// then on (RFC 5280, section 4.1.2.5).
fn time(timestamp: Timestamp) -> Result<Time, der::Error> {
    let seconds = u64::try_from(timestamp.as_second())
        .map_err(|_| der::Error::from(der::ErrorKind::DateTime))?;
    DateTime::from_unix_duration(Duration::from_secs(seconds)).map(Time::from)
}

/// The subject key identifier: SHA-1 over the key (RFC 5280, section 4.2.1.2, method 1).
pub(super) fn subject_key_identifier(public_key: &[u8]) -> Result<Extension, PkiError> {
    let key = SubjectPublicKeyInfoRef::from_der(public_key)?.subject_public_key;
    let identifier = OctetString::new(sha1(key.raw_bytes()))?;
    Ok(extension(false, &SubjectKeyIdentifier(identifier))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serial_numbers_are_positive_have_16_bytes_and_differ() {
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..1000 {
            let serial = random_serial_number().unwrap();
            assert_eq!(serial.as_bytes().len(), 16);
            assert!((0x40..0x80).contains(&serial.as_bytes()[0]));
            assert!(seen.insert(serial.as_bytes().to_vec()));
        }
    }

    #[test]
    fn times_change_their_form_in_2050_and_lose_fractions_of_a_second() {
        let form = |text: &str| time(text.parse().unwrap()).unwrap();
        assert!(matches!(form("2049-12-31T23:59:59.9Z"), Time::UtcTime(_)));
        assert!(matches!(form("2050-01-01T00:00:00Z"), Time::GeneralTime(_)));
        assert_eq!(
            form("2026-11-23T12:00:00.999Z").to_string(),
            "2026-11-23T12:00:00Z"
        );
        assert!(time(Timestamp::MIN).is_err());
    }
}
