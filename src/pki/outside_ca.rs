//! A third-party CA for the demo and the tests.

use std::fmt;

use der::oid::db::rfc5280::{ID_KP_CLIENT_AUTH, ID_KP_SERVER_AUTH};
use der::{Decode as _, Encode as _};
use jiff::{SignedDuration, Timestamp};
use openssl::x509::X509Req;
use x509_cert::request::CertReq;

use super::draft::Draft;
use super::issuer::{after, before, self_signed, subject_der};
use super::profile::{CLOCK_ALLOWANCE, no_ca, usages};
use super::{IssuerKey, IssuerName, PkiError};
use crate::model::{Certificate, Csr};

/// A company's CA that knows nothing of CAPF: a root that signs what it is given.
pub struct OutsideCa {
    certificate: Certificate,
    key: IssuerKey,
}

impl OutsideCa {
    const VALIDITY: SignedDuration = SignedDuration::from_hours(10 * 365 * 24);
    const CERTIFICATE_VALIDITY: SignedDuration = SignedDuration::from_hours(365 * 24);

    /// Makes a root with this common name under `O=Example Corporate CA`, valid for ten years.
    pub fn create(common_name: &str, now: Timestamp) -> Result<Self, PkiError> {
        let name = IssuerName {
            organization: "Example Corporate CA".to_owned(),
            ..IssuerName::default()
        };
        let subject = name.with_common_name(common_name)?.to_der()?;
        let key = IssuerKey::generate(IssuerKey::DEFAULT)?;
        let certificate = self_signed(&subject, &key, Self::VALIDITY, now)?;
        Ok(Self { certificate, key })
    }

    /// The root's certificate.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// Signs the CSR's key for a year, under the CSR's subject, for clients and servers.
    ///
    /// A signed CSR must verify. One without a signature is taken too, as by a CA whose operator
    /// trusts where the file came from.
    pub fn sign(&self, csr: &Csr, now: Timestamp) -> Result<Certificate, PkiError> {
        if csr.is_signed() {
            let request = X509Req::from_der(csr.der())?;
            if !request.verify(&*request.public_key()?)? {
                return Err(PkiError::BadSignature);
            }
        }
        let mut extensions = vec![no_ca()?];
        extensions.extend(usages(vec![ID_KP_CLIENT_AUTH, ID_KP_SERVER_AUTH])?);
        Draft {
            issuer: &subject_der(&self.certificate),
            subject: &CertReq::from_der(csr.der())?.info.subject.to_der()?,
            public_key: csr.public_key(),
            not_before: before(now, CLOCK_ALLOWANCE),
            not_after: after(now, Self::CERTIFICATE_VALIDITY),
            extensions,
        }
        .sign(self.key.pkey())
    }
}

impl fmt::Debug for OutsideCa {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_tuple("OutsideCa")
            .field(&self.certificate)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use openssl::hash::MessageDigest;
    use openssl::pkey::PKey;
    use openssl::sign::Signer;

    use super::*;
    use crate::pki::{Acceptance, Issuer, KeyFingerprint, Request, TrustStore};

    #[test]
    fn signed_and_unsigned_requests_get_certificates_that_are_accepted() {
        let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        let ca = OutsideCa::create("Example Root", now).unwrap();
        assert_eq!(
            ca.certificate().subject(),
            "O=Example Corporate CA, CN=Example Root"
        );
        let trust = TrustStore::new([ca.certificate()]).unwrap();
        let issuer = Issuer::create(&IssuerName::default(), now).unwrap();
        let device = "SEPB000B4BA0AEE".parse().unwrap();
        let key = PKey::ec_gen("prime256v1").unwrap();
        let spki = key.public_key_to_der().unwrap();
        let request = Request::new(&device, "CP-8861", issuer.certificate(), &spki).unwrap();
        let signature = Signer::new(MessageDigest::sha256(), &key)
            .unwrap()
            .sign_oneshot_to_vec(request.info())
            .unwrap();
        for csr in [
            request.clone().unsigned().unwrap(),
            request.signed(&signature).unwrap(),
        ] {
            let certificate = ca.sign(&csr, now).unwrap();
            assert_eq!(certificate.subject(), csr.subject());
            assert_eq!(certificate.not_after().to_string(), "2027-11-23T12:00:00Z");
            let accepted = Acceptance::new(&trust, now)
                .and_then(|policy| {
                    Ok(policy.judge(&certificate, &device, &KeyFingerprint::of(&spki)?))
                })
                .unwrap()
                .unwrap();
            assert_eq!(accepted.warnings, []);
            assert_eq!(accepted.issuer_not_after, ca.certificate().not_after());
        }
    }

    #[test]
    fn a_request_with_a_wrong_signature_is_refused() {
        let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        let ca = OutsideCa::create("Example Root", now).unwrap();
        let key = PKey::ec_gen("prime256v1").unwrap();
        let device = "SEPB000B4BA0AEE".parse().unwrap();
        let spki = key.public_key_to_der().unwrap();
        let request = Request::new(&device, "", ca.certificate(), &spki).unwrap();
        let signature = Signer::new(MessageDigest::sha256(), &key)
            .unwrap()
            .sign_oneshot_to_vec(request.info())
            .unwrap();
        let mut der = request.signed(&signature).unwrap().der().to_vec();
        *der.last_mut().unwrap() ^= 1;
        let forged = Csr::from_der(&der).unwrap();
        assert!(matches!(ca.sign(&forged, now), Err(PkiError::BadSignature)));
    }
}
