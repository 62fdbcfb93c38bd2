//! The CAPF CA: its certificate, its key, and what it issues.

use std::fmt;
use std::sync::Arc;

use der::{Decode as _, Encode as _};
use jiff::{SignedDuration, Timestamp};
use openssl::pkey::{Id, PKey, Private};
use openssl::rand::rand_bytes;
use openssl::rsa::Rsa;
use x509_cert::ext::Extension;
use x509_cert::name::{RdnSequence, RelativeDistinguishedName};
use zeroize::Zeroizing;

use super::draft::{Draft, subject_key_identifier};
use super::profile::{
    CLOCK_ALLOWANCE, device_name, inherited_names, issuer_extensions, lsc_extensions, lsc_subject,
};
use super::{IssuerName, PkiError, PublicKey};
use crate::model::{Certificate, DeviceName};

/// The CAPF CA: the CAPF certificate and its private key. A clone shares both.
#[derive(Clone)]
pub struct Issuer(Arc<Parts>);

struct Parts {
    certificate: Certificate,
    private_key: PKey<Private>,
    /// The certificate's subject in DER, which every LSC names as its issuer.
    name: Vec<u8>,
    /// C, O and OU of the subject.
    inherited: Vec<RelativeDistinguishedName>,
    /// The extensions that are the same in every LSC.
    extensions: Vec<Extension>,
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
    /// How long a CAPF certificate is valid: 20 years, so that for 15 years every LSC can have the
    /// longest validity there is, five years (D).
    const VALIDITY: SignedDuration = SignedDuration::from_hours(20 * 365 * 24);
    const KEY_BITS: u32 = 2048;

    /// Makes a new CAPF certificate, self-signed: CN `CAPF-` and eight hexadecimal digits, RSA with
    /// 2048 bits, SHA-256, CA:TRUE with path length 0, digitalSignature and keyCertSign (P).
    pub fn create(name: &IssuerName, now: Timestamp) -> Result<Self, PkiError> {
        let mut digits = [0; 4];
        rand_bytes(&mut digits)?;
        let subject = name
            .with_common_name(&format!("CAPF-{}", hex::encode(digits)))?
            .to_der()?;
        let (certificate, private_key) = self_signed(&subject, Self::VALIDITY, now)?;
        Self::new(certificate, private_key)
    }

    /// Takes a CAPF certificate and its private key as they were kept, self-signed or signed by
    /// another CA. The key must be RSA with 2048 to 4096 bits, which every phone can verify, and
    /// must not have a passphrase.
    pub fn from_pem(certificate_pem: &[u8], key_pem: &[u8]) -> Result<Self, PkiError> {
        let mut certificates = pem::parse_many(certificate_pem).unwrap_or_default();
        certificates.retain(|block| block.tag() == "CERTIFICATE");
        let [certificate] = &certificates[..] else {
            return Err(PkiError::NotOneCertificate {
                found: certificates.len(),
            });
        };
        let certificate = Certificate::from_der(certificate.contents())?;
        // Without a callback OpenSSL would ask for a passphrase on the terminal.
        let private_key = PKey::private_key_from_pem_callback(key_pem, |_| Ok(0))
            .map_err(|source| PkiError::PrivateKey { source })?;
        Self::new(certificate, private_key)
    }

    fn new(certificate: Certificate, private_key: PKey<Private>) -> Result<Self, PkiError> {
        if let Some(reason) = unfit(&certificate, &private_key) {
            return Err(PkiError::NotAnIssuer {
                subject: certificate.subject().to_owned(),
                reason,
            });
        }
        let public_key = PKey::public_key_from_der(certificate.public_key())?;
        if !private_key.public_eq(&public_key) {
            return Err(PkiError::KeyMismatch);
        }
        let name = subject_der(&certificate);
        Ok(Self(Arc::new(Parts {
            inherited: inherited_names(&RdnSequence::from_der(&name)?)?,
            extensions: lsc_extensions()?,
            certificate,
            private_key,
            name,
        })))
    }

    /// The CAPF certificate.
    pub fn certificate(&self) -> &Certificate {
        &self.0.certificate
    }

    /// The private key as PEM (PKCS#8, in the clear), to be kept.
    pub fn key_pem(&self) -> Result<Zeroizing<Vec<u8>>, PkiError> {
        Ok(Zeroizing::new(
            self.0.private_key.private_key_to_pem_pkcs8()?,
        ))
    }

    /// The private key, for the TLS server that speaks with the CAPF certificate.
    pub fn private_key(&self) -> &PKey<Private> {
        &self.0.private_key
    }

    /// Issues an LSC.
    ///
    /// Its validity begins an hour before `now`, for phones whose clocks are slow, and ends
    /// `validity_days` after `now`, but both within the CAPF certificate's own.
    pub fn issue(&self, order: &LscOrder<'_>, now: Timestamp) -> Result<Certificate, PkiError> {
        let issuer = &*self.0;
        let (from, to) = (
            issuer.certificate.not_before(),
            issuer.certificate.not_after(),
        );
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
        .sign(&issuer.private_key)
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

/// Makes a key and a CA certificate for it.
pub(super) fn self_signed(
    subject: &[u8],
    validity: SignedDuration,
    now: Timestamp,
) -> Result<(Certificate, PKey<Private>), PkiError> {
    let private_key = PKey::from_rsa(Rsa::generate(Issuer::KEY_BITS)?)?;
    let public_key = private_key.public_key_to_der()?;
    let mut extensions = issuer_extensions()?;
    extensions.push(subject_key_identifier(&public_key)?);
    let certificate = Draft {
        issuer: subject,
        subject,
        public_key: &public_key,
        not_before: before(now, CLOCK_ALLOWANCE),
        not_after: after(now, validity),
        extensions,
    }
    .sign(&private_key)?;
    Ok((certificate, private_key))
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
fn unfit(certificate: &Certificate, private_key: &PKey<Private>) -> Option<&'static str> {
    if private_key.id() != Id::RSA || !(Issuer::KEY_BITS..=4096).contains(&private_key.bits()) {
        return Some("its key must be RSA with 2048 to 4096 bits");
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
mod tests {
    use std::sync::LazyLock;

    use openssl::symm::Cipher;
    use x509_parser::extensions::{GeneralName, ParsedExtension};

    use super::*;
    use crate::pki::{InvalidKey, TrustStore, Validity};

    fn now() -> Timestamp {
        "2026-11-23T12:00:00Z".parse().unwrap()
    }

    /// One CAPF for all tests: keys take their time.
    static ISSUER: LazyLock<Issuer> = LazyLock::new(new_issuer);

    fn issuer() -> Issuer {
        ISSUER.clone()
    }

    fn new_issuer() -> Issuer {
        let name = IssuerName {
            country: Some("AU".to_owned()),
            organization: "stormin".to_owned(),
            organizational_unit: Some("IST".to_owned()),
            state: Some("NSW".to_owned()),
            locality: Some("Sydney".to_owned()),
        };
        Issuer::create(&name, now()).unwrap()
    }

    fn key() -> Vec<u8> {
        PKey::ec_gen("prime256v1")
            .unwrap()
            .public_key_to_der()
            .unwrap()
    }

    fn order<'a>(device: &'a DeviceName, public_key: &'a [u8]) -> LscOrder<'a> {
        LscOrder {
            device,
            model: "CP-8861",
            serial_number: Some("PID:CP-8861 SN:FCH18198CNQ"),
            public_key,
            validity_days: 365,
        }
    }

    fn device() -> DeviceName {
        "SEPB000B4BA0AEE".parse().unwrap()
    }

    #[test]
    fn the_capf_certificate_is_what_phones_expect() {
        let issuer = issuer();
        let certificate = issuer.certificate();
        let common_name = certificate.common_name().unwrap();
        let digits = common_name.strip_prefix("CAPF-").unwrap();
        assert_eq!(digits.len(), 8);
        assert!(
            digits
                .bytes()
                .all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
        );
        assert_eq!(
            certificate.subject(),
            format!("C=AU, O=stormin, OU=IST, CN={common_name}, ST=NSW, L=Sydney")
        );
        assert_eq!(certificate.issuer(), certificate.subject());
        assert_eq!(certificate.not_before().to_string(), "2026-11-23T11:00:00Z");
        assert_eq!(certificate.not_after().to_string(), "2046-11-18T12:00:00Z");
        certificate.read(|view| {
            let constraints = view.basic_constraints().unwrap().unwrap();
            assert!(constraints.critical && constraints.value.ca);
            assert_eq!(constraints.value.path_len_constraint, Some(0));
            let usage = view.key_usage().unwrap().unwrap();
            assert!(usage.critical);
            assert_eq!(usage.value.flags, 0b10_0001);
            assert!(view.extensions().iter().any(|extension| matches!(
                extension.parsed_extension(),
                ParsedExtension::SubjectKeyIdentifier(_)
            )));
            assert_eq!(view.raw_serial().len(), 16);
        });
    }

    #[test]
    fn an_lsc_is_what_phones_expect() {
        let issuer = issuer();
        let (device, key) = (device(), key());
        let lsc = issuer.issue(&order(&device, &key), now()).unwrap();
        assert_eq!(
            lsc.subject(),
            "serialNumber=PID:CP-8861 SN:FCH18198CNQ, C=AU, O=stormin, OU=IST, \
             CN=CP-8861-SEPB000B4BA0AEE"
        );
        assert_eq!(lsc.issuer(), issuer.certificate().subject());
        assert_eq!(lsc.public_key(), key);
        assert_eq!(lsc.not_after().to_string(), "2027-11-23T12:00:00Z");
        assert_ne!(lsc.serial_number(), issuer.certificate().serial_number());
        lsc.read(|view| {
            assert_eq!(view.version().0, 2);
            assert_eq!(
                view.signature_algorithm.algorithm.to_id_string(),
                "1.2.840.113549.1.1.11"
            );
            let constraints = view.basic_constraints().unwrap().unwrap();
            assert!(constraints.critical && !constraints.value.ca);
            let usage = view.key_usage().unwrap().unwrap();
            assert!(usage.critical);
            assert_eq!(usage.value.flags, 0b101);
            let extended = view.extended_key_usage().unwrap().unwrap();
            assert!(!extended.critical && extended.value.server_auth && extended.value.client_auth);
            assert_eq!(extended.value.other[0].to_id_string(), "1.3.6.1.5.5.7.3.5");
            let names = view.subject_alternative_name().unwrap().unwrap();
            assert_eq!(
                names.value.general_names,
                [GeneralName::URI("SEPB000B4BA0AEE")]
            );
            // These four and no authority key identifier.
            assert_eq!(view.extensions().len(), 4);
        });
    }

    #[test]
    fn an_lsc_chains_to_the_capf_certificate() {
        let issuer = issuer();
        let (device, key) = (device(), key());
        let lsc = issuer.issue(&order(&device, &key), now()).unwrap();
        let trust = TrustStore::new([issuer.certificate()]).unwrap();
        assert!(trust.verify(&lsc, Validity::At(now())).is_ok());
    }

    #[test]
    fn every_kind_of_key_gets_an_lsc() {
        let issuer = issuer();
        let device = device();
        let mut keys = vec![Rsa::generate(512).unwrap().public_key_to_der().unwrap()];
        for curve in ["prime256v1", "secp384r1", "secp521r1"] {
            keys.push(PKey::ec_gen(curve).unwrap().public_key_to_der().unwrap());
        }
        for key in keys {
            let lsc = issuer.issue(&order(&device, &key), now()).unwrap();
            assert_eq!(lsc.public_key(), key);
        }
    }

    #[test]
    fn an_unfit_key_gets_no_lsc() {
        let ed25519 = PKey::generate_ed25519().unwrap();
        let result = issuer().issue(
            &order(&device(), &ed25519.public_key_to_der().unwrap()),
            now(),
        );
        assert!(matches!(
            result,
            Err(PkiError::InvalidKey(InvalidKey::Algorithm { .. }))
        ));
    }

    #[test]
    fn an_lsc_is_valid_an_hour_ago_but_never_outside_the_capf_certificates_validity() {
        let issuer = issuer();
        let (device, key) = (device(), key());
        let order = LscOrder {
            validity_days: 1825,
            ..order(&device, &key)
        };
        let (from, to) = (
            issuer.certificate().not_before(),
            issuer.certificate().not_after(),
        );
        let later = now() + SignedDuration::from_hours(48);
        let lsc = issuer.issue(&order, later).unwrap();
        assert_eq!(lsc.not_before(), later - SignedDuration::from_hours(1));
        assert_eq!(
            lsc.not_after(),
            later + SignedDuration::from_hours(1825 * 24)
        );

        let first = issuer.issue(&order, from).unwrap();
        assert_eq!(first.not_before(), from);
        let last = issuer.issue(&order, to).unwrap();
        assert_eq!(last.not_after(), to);

        let second = SignedDuration::from_secs(1);
        for outside in [from - second, to + second] {
            assert!(matches!(
                issuer.issue(&order, outside),
                Err(PkiError::IssuerNotValid { .. })
            ));
        }
    }

    #[test]
    fn an_issuer_comes_back_from_pem_and_issues_under_the_same_name() {
        let issuer = issuer();
        let pem = issuer.certificate().to_pem();
        let again = Issuer::from_pem(pem.as_bytes(), &issuer.key_pem().unwrap()).unwrap();
        assert_eq!(again.certificate(), issuer.certificate());
        let (device, key) = (device(), key());
        let lsc = again.issue(&order(&device, &key), now()).unwrap();
        let trust = TrustStore::new([issuer.certificate()]).unwrap();
        assert!(trust.verify(&lsc, Validity::At(now())).is_ok());
    }

    #[test]
    fn a_key_that_belongs_to_another_certificate_is_refused() {
        let (one, other) = (issuer(), new_issuer());
        let result = Issuer::from_pem(
            one.certificate().to_pem().as_bytes(),
            &other.key_pem().unwrap(),
        );
        assert!(matches!(result, Err(PkiError::KeyMismatch)));
    }

    #[test]
    fn what_is_not_one_certificate_and_one_clear_key_is_refused() {
        let issuer = issuer();
        let certificate = issuer.certificate().to_pem();
        let key = issuer.key_pem().unwrap();
        for (pem, expected) in [("", 0), ("no pem", 0), (&certificate.repeat(2)[..], 2)] {
            assert!(matches!(
                Issuer::from_pem(pem.as_bytes(), &key),
                Err(PkiError::NotOneCertificate { found }) if found == expected
            ));
        }
        let locked = issuer
            .private_key()
            .private_key_to_pem_pkcs8_passphrase(Cipher::aes_256_cbc(), b"secret")
            .unwrap();
        for key in [&locked[..], b"", certificate.as_bytes()] {
            assert!(matches!(
                Issuer::from_pem(certificate.as_bytes(), key),
                Err(PkiError::PrivateKey { .. })
            ));
        }
    }

    #[test]
    fn a_certificate_that_may_not_sign_or_has_another_kind_of_key_is_refused() {
        let (private_key, public_key) = {
            let key = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
            let public = key.public_key_to_der().unwrap();
            (key, public)
        };
        let issuer = issuer();
        let refused = |public_key: &[u8], private_key: &PKey<Private>, extensions| {
            let certificate = Draft {
                issuer: &issuer.0.name,
                subject: &issuer.0.name,
                public_key,
                not_before: now(),
                not_after: now(),
                extensions,
            }
            .sign(issuer.private_key())
            .unwrap();
            let result = Issuer::from_pem(
                certificate.to_pem().as_bytes(),
                &private_key.private_key_to_pem_pkcs8().unwrap(),
            );
            matches!(result, Err(PkiError::NotAnIssuer { .. }))
        };
        let fit = issuer_extensions().unwrap();
        assert!(!refused(&public_key, &private_key, fit.clone()));
        assert!(refused(&public_key, &private_key, fit[..1].to_vec()));
        assert!(refused(&public_key, &private_key, fit[1..].to_vec()));
        assert!(refused(
            &public_key,
            &private_key,
            lsc_extensions().unwrap()
        ));

        let ec = PKey::ec_gen("prime256v1").unwrap();
        assert!(refused(&ec.public_key_to_der().unwrap(), &ec, fit.clone()));
        let short = PKey::from_rsa(Rsa::generate(1024).unwrap()).unwrap();
        assert!(refused(&short.public_key_to_der().unwrap(), &short, fit));
    }

    #[test]
    fn debug_shows_no_key() {
        let issuer = issuer();
        let text = format!("{issuer:?}");
        assert!(text.starts_with("Issuer(Certificate(C=AU"), "{text}");
        assert!(text.len() < 200, "{text}");
    }

    #[test]
    fn an_issuer_issues_in_many_threads_at_once() {
        let issuer = issuer();
        let (device, key) = (device(), key());
        let trust = TrustStore::new([issuer.certificate()]).unwrap();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..10 {
                        let lsc = issuer.issue(&order(&device, &key), now()).unwrap();
                        trust.verify(&lsc, Validity::At(now())).unwrap();
                    }
                });
            }
        });
    }
}
