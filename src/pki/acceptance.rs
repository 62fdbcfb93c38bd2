//! The import policy: which certificates for a phone's key are taken from another CA.

use std::fmt;

use jiff::Timestamp;
use x509_parser::certificate::X509Certificate;
use x509_parser::error::X509Error;
use x509_parser::extensions::{ParsedExtension, X509Extension};
use x509_parser::objects::{oid_registry, oid2sn};
use x509_parser::oid_registry::{
    OID_NIST_HASH_SHA256, OID_NIST_HASH_SHA384, OID_NIST_HASH_SHA512, OID_PKCS1_RSASSAPSS,
    OID_PKCS1_SHA256WITHRSA, OID_PKCS1_SHA384WITHRSA, OID_PKCS1_SHA512WITHRSA,
    OID_SIG_ECDSA_WITH_SHA256, OID_SIG_ECDSA_WITH_SHA384, OID_SIG_ECDSA_WITH_SHA512, OID_SIG_ED448,
    OID_SIG_ED25519, OID_X509_EXT_BASIC_CONSTRAINTS, Oid,
};
use x509_parser::signature_algorithm::SignatureAlgorithm;
use x509_parser::x509::AlgorithmIdentifier;

use super::{
    InvalidKey, KeyFingerprint, KeyKind, PkiError, PublicKey, TrustStore, Untrusted, Validity,
    Verifier,
};
use crate::model::{Certificate, DeviceName};

/// A certificate that may be imported, and what there is to say about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// What an administrator should know all the same.
    pub warnings: Vec<Warning>,
    /// When the validity of the trust anchor ends that issued it.
    pub issuer_not_after: Timestamp,
}

/// Something about an accepted certificate that may not be meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Warning {
    /// It has more bytes than some phones read.
    Long {
        /// How many.
        bytes: usize,
    },
    /// Its names are not the device's, which `By Existing Certificate` looks for.
    OtherName {
        /// The phone.
        device: DeviceName,
        /// What the certificate has instead.
        common_name: Option<String>,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (device, common_name) = match self {
            Self::Long { bytes } => {
                return write!(
                    formatter,
                    "the certificate has {bytes} bytes; softphones read {SOFTPHONE_BYTES} at most"
                );
            }
            Self::OtherName {
                device,
                common_name,
            } => (device, common_name),
        };
        match common_name {
            Some(name) => write!(
                formatter,
                "the common name `{}` does not end in {device}",
                name.escape_debug()
            )?,
            None => write!(formatter, "the certificate has no common name")?,
        }
        formatter.write_str(
            "; the phone is known by this certificate here, where it is on record, and nowhere else",
        )
    }
}

/// Why a certificate may not be imported, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// No message to a phone can hold it.
    #[error("it has {bytes} bytes; a phone takes {MAX_BYTES} at most")]
    TooLong {
        /// How many.
        bytes: usize,
    },
    /// It is made out to another phone.
    #[error(
        "it is made out to {named}, and its key is that of another phone; the CA must write the \
         names as they stand in the CSR"
    )]
    OtherDevice {
        /// The phone in its common name.
        named: DeviceName,
    },
    /// It is for another key.
    #[error(
        "its key is not the CSR's; the CA must sign the key that is in the CSR, \
         and the phone must not have made another since"
    )]
    OtherKey,
    /// The key is the CSR's, under an algorithm that a phone cannot use.
    #[error("its key is written as {0}; the CA must take the key over from the CSR as it is")]
    Key(InvalidKey),
    /// An extension that the rules need cannot be read, or stands there twice.
    #[error("its extension {extension} cannot be read; the CA has to issue it anew")]
    Unreadable {
        /// Which one.
        extension: &'static str,
    },
    /// It is not valid yet.
    #[error("it is valid from {not_before} on, not now; import it then, or set the clock")]
    NotYetValid {
        /// When its validity begins.
        not_before: Timestamp,
    },
    /// It is not valid any more.
    #[error("it expired at {not_after}; the CA has to issue it anew")]
    Expired {
        /// When its validity ended.
        not_after: Timestamp,
    },
    /// It is a CA's certificate.
    #[error(
        "it is a CA's certificate (basicConstraints CA:TRUE); \
         use the CA's profile for end entities"
    )]
    CertificateAuthority,
    /// Its key usage lacks what a phone's registration needs.
    #[error("its keyUsage lacks {missing}, without which the phone cannot register")]
    KeyUsage {
        /// What is missing.
        missing: &'static str,
    },
    /// Its extended key usage does not allow what a phone does.
    #[error("its extendedKeyUsage does not allow client authentication; add clientAuth to it")]
    ExtendedKeyUsage,
    /// It is signed in a way that is not safe, or not known.
    #[error("it is signed with {algorithm}; have the CA sign with SHA-256 or stronger")]
    WeakSignature {
        /// How it is signed.
        algorithm: String,
    },
    /// No trust anchor vouches for it.
    #[error(
        "it is not trusted: {0}; \
         the certificate of the CA that issued it is imported with `capf trust import`"
    )]
    Untrusted(Untrusted),
    /// Its CA has revoked it.
    #[error("{0}; the CA has to issue another")]
    Revoked(Untrusted),
}

impl From<Untrusted> for Rejection {
    fn from(untrusted: Untrusted) -> Self {
        if untrusted.is_revoked() {
            Self::Revoked(untrusted)
        } else {
            Self::Untrusted(untrusted)
        }
    }
}

impl Rejection {
    /// What is wrong, without what differs from certificate to certificate: thousands that were
    /// rejected for one reason are counted by this.
    pub fn in_short(&self) -> &'static str {
        match self {
            Self::TooLong { .. } => "it is too long for a phone",
            Self::OtherDevice { .. } => "it is made out to another phone than its key is of",
            Self::OtherKey => "its key is not the CSR's",
            Self::Key(_) => "its key is written as no phone can use it",
            Self::Unreadable { .. } => "an extension cannot be read",
            Self::NotYetValid { .. } => "it is not valid yet",
            Self::Expired { .. } => "it has expired",
            Self::CertificateAuthority => "it is a CA's certificate",
            Self::KeyUsage { .. } => "its keyUsage lacks what a phone needs",
            Self::ExtendedKeyUsage => "its extendedKeyUsage does not allow client authentication",
            Self::WeakSignature { .. } => "its signature is weak",
            Self::Untrusted(untrusted) if untrusted.is_stranger() => {
                "no trust anchor is its issuer; `capf trust import` makes one of the CA's certificate"
            }
            Self::Untrusted(_) => "it is not trusted",
            Self::Revoked(_) => "it, or its CA's certificate, is revoked",
        }
    }
}

/// The policy, with the trust anchors and the time that it judges by.
#[derive(Debug)]
pub struct Acceptance {
    verifier: Verifier,
    now: Timestamp,
}

impl Acceptance {
    /// The policy at this time. Without any anchor, nothing is accepted.
    pub fn new(trust: &TrustStore, now: Timestamp) -> Result<Self, PkiError> {
        Ok(Self {
            verifier: trust.at(Validity::At(now))?,
            now,
        })
    }

    /// Judges a certificate that a CA has made for the key of a phone's CSR. Any number of threads
    /// may do so at once.
    ///
    /// It must be for that key, fit into a message, be made out to no other phone, be valid now, be no CA's, allow what a phone uses it for, be signed
    /// with SHA-256 or stronger, and chain to a trust anchor. Its name is not judged, because a
    /// CA may write names as it likes, but a common name without the device name is worth a warning.
    pub fn judge(
        &self,
        certificate: &Certificate,
        device: &DeviceName,
        csr_key: &KeyFingerprint,
    ) -> Result<Accepted, Rejection> {
        let bytes = certificate.der().len();
        if bytes > MAX_BYTES {
            return Err(Rejection::TooLong { bytes });
        }
        let kind = key_of_csr(certificate, csr_key)?;
        valid_at(certificate, self.now)?;
        let other_name = certificate.read(|view| {
            no_ca(view)?;
            key_usage(view, kind)?;
            extended_key_usage(view)?;
            signature(&view.signature_algorithm)?;
            if certificate.is_named(view, device) {
                return Ok(None);
            }
            other_name(certificate, device).map(Some)
        })?;
        let verified = self.verifier.verify(certificate)?;
        let long = (bytes > SOFTPHONE_BYTES).then_some(Warning::Long { bytes });
        Ok(Accepted {
            warnings: other_name.into_iter().chain(long).collect(),
            issuer_not_after: verified.issuer_not_after,
        })
    }
}

fn key_of_csr(certificate: &Certificate, csr_key: &KeyFingerprint) -> Result<KeyKind, Rejection> {
    let key = KeyFingerprint::of(certificate.public_key()).map_err(|_| Rejection::OtherKey)?;
    if key != *csr_key {
        return Err(Rejection::OtherKey);
    }
    // The same bits under another algorithm (RSASSA-PSS, a further curve) are another key.
    PublicKey::from_der(certificate.public_key())
        .map(|key| key.kind())
        .map_err(Rejection::Key)
}

fn valid_at(certificate: &Certificate, now: Timestamp) -> Result<(), Rejection> {
    let (not_before, not_after) = (certificate.not_before(), certificate.not_after());
    if now < not_before {
        Err(Rejection::NotYetValid { not_before })
    } else if now > not_after {
        Err(Rejection::Expired { not_after })
    } else {
        Ok(())
    }
}

fn unreadable(extension: &'static str) -> impl Fn(X509Error) -> Rejection {
    move |_| Rejection::Unreadable { extension }
}

fn no_ca(view: &X509Certificate<'_>) -> Result<(), Rejection> {
    // The parser's own `basic_constraints` takes what it cannot read for nothing.
    let extension = view
        .get_extension_unique(&OID_X509_EXT_BASIC_CONSTRAINTS)
        .map_err(unreadable("basicConstraints"))?;
    match extension.map(X509Extension::parsed_extension) {
        Some(ParsedExtension::BasicConstraints(constraints)) if constraints.ca => {
            Err(Rejection::CertificateAuthority)
        }
        Some(ParsedExtension::BasicConstraints(_)) | None => Ok(()),
        Some(_) => Err(Rejection::Unreadable {
            extension: "basicConstraints",
        }),
    }
}

/// digitalSignature and keyEncipherment are what Cisco asks of every LSC (P); with an EC key,
/// which cannot encipher a key, the second is not insisted on (D).
fn key_usage(view: &X509Certificate<'_>, kind: KeyKind) -> Result<(), Rejection> {
    let Some(usage) = view.key_usage().map_err(unreadable("keyUsage"))? else {
        return Ok(());
    };
    let missing = if !usage.value.digital_signature() {
        "digitalSignature"
    } else if matches!(kind, KeyKind::Rsa { .. }) && !usage.value.key_encipherment() {
        "keyEncipherment"
    } else {
        return Ok(());
    };
    Err(Rejection::KeyUsage { missing })
}

fn extended_key_usage(view: &X509Certificate<'_>) -> Result<(), Rejection> {
    let usage = view
        .extended_key_usage()
        .map_err(unreadable("extendedKeyUsage"))?;
    match usage {
        Some(usage) if !usage.value.client_auth && !usage.value.any => {
            Err(Rejection::ExtendedKeyUsage)
        }
        _ => Ok(()),
    }
}

fn signature(algorithm: &AlgorithmIdentifier<'_>) -> Result<(), Rejection> {
    // The parser prints what it does not know, so it is asked about nothing else.
    let hash = if algorithm.algorithm == OID_PKCS1_RSASSAPSS
        && let Ok(SignatureAlgorithm::RSASSA_PSS(parameters)) = algorithm.try_into()
    {
        Some(parameters.hash_algorithm_oid().to_owned())
    } else {
        None
    };
    let strong = match &hash {
        Some(hash) => STRONG_HASHES.contains(hash),
        None => STRONG_SIGNATURES.contains(&algorithm.algorithm),
    };
    if strong {
        return Ok(());
    }
    let name = |oid: &Oid<'_>| {
        oid2sn(oid, oid_registry()).map_or_else(|_| oid.to_id_string(), str::to_owned)
    };
    let mut text = name(&algorithm.algorithm);
    if let Some(hash) = &hash {
        text = format!("{text} with {}", name(hash));
    }
    Err(Rejection::WeakSignature { algorithm: text })
}

const STRONG_SIGNATURES: [Oid<'static>; 8] = [
    OID_PKCS1_SHA256WITHRSA,
    OID_PKCS1_SHA384WITHRSA,
    OID_PKCS1_SHA512WITHRSA,
    OID_SIG_ECDSA_WITH_SHA256,
    OID_SIG_ECDSA_WITH_SHA384,
    OID_SIG_ECDSA_WITH_SHA512,
    OID_SIG_ED25519,
    OID_SIG_ED448,
];

const STRONG_HASHES: [Oid<'static>; 3] = [
    OID_NIST_HASH_SHA256,
    OID_NIST_HASH_SHA384,
    OID_NIST_HASH_SHA512,
];

fn other_name(certificate: &Certificate, device: &DeviceName) -> Result<Warning, Rejection> {
    match certificate.common_name().and_then(hardware_phone) {
        Some(named) if named != *device => Err(Rejection::OtherDevice { named }),
        _ => Ok(Warning::OtherName {
            device: device.clone(),
            common_name: certificate.common_name().map(str::to_owned),
        }),
    }
}

/// The phone that a common name ends in, where it is `SEP` with a MAC address: what is no such name
/// may mean anything.
fn hardware_phone(common_name: &str) -> Option<DeviceName> {
    let name = common_name.rsplit('-').next()?;
    let address = name.strip_prefix("SEP")?;
    let is_address = address.len() == 12 && address.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_address.then(|| name.parse().ok()).flatten()
}

/// What a message to a phone has room for beside its other elements.
const MAX_BYTES: usize = 12 << 10;

/// What a softphone reads of a message (P), but for what stands before the certificate in it.
const SOFTPHONE_BYTES: usize = 4000;

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use der::Encode as _;
    use der::asn1::{ObjectIdentifier, OctetString};
    use der::oid::db::rfc5280::{
        ANY_EXTENDED_KEY_USAGE, ID_KP_CLIENT_AUTH, ID_KP_EMAIL_PROTECTION, ID_KP_SERVER_AUTH,
    };
    use jiff::SignedDuration;
    use openssl::asn1::{Asn1Integer, Asn1Time};
    use openssl::bn::BigNum;
    use openssl::hash::MessageDigest;
    use openssl::pkey::{PKey, Private};
    use openssl::rsa::Rsa;
    use openssl::x509::{X509, X509Name};
    use x509_cert::ext::Extension;
    use x509_cert::ext::pkix::{ExtendedKeyUsage, KeyUsage, KeyUsages};
    use x509_parser::prelude::FromDer as _;

    use super::super::draft::Draft;
    use super::super::issuer::{self_signed, subject_der};
    use super::super::issuer_key::IssuerKey;
    use super::super::profile::{extension, issuer_extensions, lsc_extensions, no_ca};
    use super::*;
    use crate::pki::IssuerName;

    /// One CA for all tests: keys take their time.
    static CA: LazyLock<(Certificate, PKey<Private>)> = LazyLock::new(ca);

    /// A phone's key, and what the CA writes into the certificate for it.
    struct Case {
        key: Vec<u8>,
        common_name: &'static str,
        extensions: Vec<Extension>,
    }

    fn accept(
        certificate: &Certificate,
        device: &DeviceName,
        csr_public_key: &[u8],
        trust: &TrustStore,
        time: Timestamp,
    ) -> Result<Accepted, Rejection> {
        let key = KeyFingerprint::of(csr_public_key).unwrap();
        Acceptance::new(trust, time)
            .unwrap()
            .judge(certificate, device, &key)
    }

    fn now() -> Timestamp {
        "2026-11-23T12:00:00Z".parse().unwrap()
    }

    fn device() -> DeviceName {
        "SEPB000B4BA0AEE".parse().unwrap()
    }

    fn days(count: i64) -> SignedDuration {
        SignedDuration::from_hours(24 * count)
    }

    fn rsa_spki() -> Vec<u8> {
        Rsa::generate(1024).unwrap().public_key_to_der().unwrap()
    }

    fn ec_spki() -> Vec<u8> {
        PKey::ec_gen("prime256v1")
            .unwrap()
            .public_key_to_der()
            .unwrap()
    }

    fn ca() -> (Certificate, PKey<Private>) {
        let name = IssuerName::default().with_common_name("Root").unwrap();
        let key = IssuerKey::generate(IssuerKey::DEFAULT).unwrap();
        let certificate = self_signed(&name.to_der().unwrap(), &key, days(3650), now()).unwrap();
        (certificate, key.pkey().clone())
    }

    impl Case {
        fn new(key: Vec<u8>) -> Self {
            Self {
                key,
                common_name: "CP-8861-SEPB000B4BA0AEE",
                extensions: lsc_extensions().unwrap(),
            }
        }

        fn with(extensions: impl IntoIterator<Item = Extension>) -> Self {
            Self {
                extensions: extensions.into_iter().collect(),
                ..Self::new(rsa_spki())
            }
        }

        fn certificate(&self) -> Certificate {
            let name = IssuerName::default()
                .with_common_name(self.common_name)
                .unwrap();
            Draft {
                issuer: &subject_der(&CA.0),
                subject: &name.to_der().unwrap(),
                public_key: &self.key,
                not_before: now() - days(1),
                not_after: now() + days(1),
                extensions: self.extensions.clone(),
            }
            .sign(&CA.1)
            .unwrap()
        }

        fn judge(&self) -> Result<Accepted, Rejection> {
            self.judge_at(now())
        }

        fn judge_at(&self, time: Timestamp) -> Result<Accepted, Rejection> {
            let trust = TrustStore::new([&CA.0]).unwrap();
            accept(&self.certificate(), &device(), &self.key, &trust, time)
        }
    }

    fn key_usage(usage: impl Into<der::flagset::FlagSet<KeyUsages>>) -> Extension {
        extension(true, &KeyUsage(usage.into())).unwrap()
    }

    fn extended(purposes: &[ObjectIdentifier]) -> Extension {
        extension(false, &ExtendedKeyUsage(purposes.to_vec())).unwrap()
    }

    #[test]
    fn a_certificate_like_an_lsc_is_accepted_and_its_issuers_end_is_told() {
        for key in [rsa_spki(), ec_spki()] {
            let case = Case::new(key);
            assert_eq!(
                case.judge(),
                Ok(Accepted {
                    warnings: vec![],
                    issuer_not_after: CA.0.not_after()
                })
            );
        }
    }

    #[test]
    fn a_certificate_without_extensions_that_forbid_anything_is_accepted() {
        assert!(Case::with([no_ca().unwrap()]).judge().is_ok());
    }

    #[test]
    fn another_key_is_rejected() {
        let case = Case::new(ec_spki());
        let trust = TrustStore::new([&CA.0]).unwrap();
        assert_eq!(
            accept(&case.certificate(), &device(), &ec_spki(), &trust, now()),
            Err(Rejection::OtherKey)
        );
    }

    #[test]
    fn the_same_key_with_its_null_left_out_is_the_same_key() {
        let case = Case::new(rsa_spki());
        let trust = TrustStore::new([&CA.0]).unwrap();
        let info = spki::SubjectPublicKeyInfoOwned::try_from(&case.key[..]).unwrap();
        let without = spki::SubjectPublicKeyInfoOwned {
            algorithm: spki::AlgorithmIdentifierOwned {
                parameters: None,
                ..info.algorithm
            },
            ..info
        };
        let csr_key = without.to_der().unwrap();
        assert_ne!(csr_key, case.key);
        assert!(accept(&case.certificate(), &device(), &csr_key, &trust, now()).is_ok());
    }

    #[test]
    fn the_same_bits_under_another_algorithm_are_rejected() {
        let mut case = Case::new(rsa_spki());
        let csr_key = case.key.clone();
        // rsaEncryption 1.2.840.113549.1.1.1 becomes id-RSASSA-PSS 1.2.840.113549.1.1.10
        let oid = hex::decode("06092a864886f70d010101").unwrap();
        let place = case
            .key
            .windows(oid.len())
            .position(|window| window == oid)
            .unwrap();
        case.key[place + oid.len() - 1] = 10;
        let trust = TrustStore::new([&CA.0]).unwrap();
        assert!(matches!(
            accept(&case.certificate(), &device(), &csr_key, &trust, now()),
            Err(Rejection::Key(InvalidKey::Algorithm { .. }))
        ));
    }

    #[test]
    fn a_certificate_outside_its_validity_is_rejected() {
        let case = Case::new(ec_spki());
        assert!(
            case.judge_at(now() + days(1) - SignedDuration::from_secs(1))
                .is_ok()
        );
        assert!(matches!(
            case.judge_at(now() + days(2)),
            Err(Rejection::Expired { .. })
        ));
        assert!(matches!(
            case.judge_at(now() - days(2)),
            Err(Rejection::NotYetValid { .. })
        ));
    }

    #[test]
    fn a_ca_is_rejected() {
        let case = Case::with(issuer_extensions().unwrap());
        assert_eq!(case.judge(), Err(Rejection::CertificateAuthority));
    }

    #[test]
    fn a_key_usage_without_digital_signature_is_rejected() {
        for key in [rsa_spki(), ec_spki()] {
            let mut case = Case::new(key);
            case.extensions = vec![key_usage(KeyUsages::KeyEncipherment)];
            assert_eq!(
                case.judge(),
                Err(Rejection::KeyUsage {
                    missing: "digitalSignature"
                })
            );
        }
    }

    #[test]
    fn a_key_usage_without_key_encipherment_is_rejected_for_rsa_alone() {
        let usage = [key_usage(KeyUsages::DigitalSignature)];
        let mut case = Case::with(usage.clone());
        assert_eq!(
            case.judge(),
            Err(Rejection::KeyUsage {
                missing: "keyEncipherment"
            })
        );
        case = Case::new(ec_spki());
        case.extensions = usage.into();
        assert!(case.judge().is_ok());
    }

    #[test]
    fn an_extended_key_usage_must_allow_client_authentication() {
        for purposes in [
            &[ID_KP_CLIENT_AUTH][..],
            &[ID_KP_SERVER_AUTH, ID_KP_CLIENT_AUTH],
            &[ANY_EXTENDED_KEY_USAGE],
        ] {
            assert!(Case::with([extended(purposes)]).judge().is_ok());
        }
        for purposes in [
            &[ID_KP_SERVER_AUTH][..],
            &[ID_KP_SERVER_AUTH, ID_KP_EMAIL_PROTECTION],
        ] {
            assert_eq!(
                Case::with([extended(purposes)]).judge(),
                Err(Rejection::ExtendedKeyUsage)
            );
        }
    }

    #[test]
    fn an_extension_that_cannot_be_read_or_stands_there_twice_is_rejected() {
        let garbage = |like: Extension| Extension {
            extn_value: OctetString::new(*b"?").unwrap(),
            ..like
        };
        let usage = key_usage(KeyUsages::DigitalSignature | KeyUsages::KeyEncipherment);
        let purposes = extended(&[ID_KP_CLIENT_AUTH]);
        for (like, name) in [
            (no_ca().unwrap(), "basicConstraints"),
            (usage, "keyUsage"),
            (purposes, "extendedKeyUsage"),
        ] {
            for extensions in [vec![garbage(like.clone())], vec![like.clone(), like]] {
                assert_eq!(
                    Case::with(extensions).judge(),
                    Err(Rejection::Unreadable { extension: name })
                );
            }
        }
    }

    #[test]
    fn a_certificate_of_an_unknown_ca_is_rejected() {
        let case = Case::new(ec_spki());
        let (other, _) = ca();
        for trust in [
            TrustStore::new([&other]).unwrap(),
            TrustStore::new([]).unwrap(),
        ] {
            assert!(matches!(
                accept(&case.certificate(), &device(), &case.key, &trust, now()),
                Err(Rejection::Untrusted(_))
            ));
        }
    }

    #[test]
    fn a_common_name_without_the_device_name_is_a_warning() {
        let mut case = Case::new(ec_spki());
        for good in [
            "SEPB000B4BA0AEE",
            "sepb000b4ba0aee",
            "Cisco 8861-SEPB000B4BA0AEE",
        ] {
            case.common_name = good;
            assert_eq!(case.judge().unwrap().warnings, [], "{good}");
        }
        for other in [
            "Phone 17",
            "XSEPB000B4BA0AEE",
            "SEPB000B4BA0AEE.example.com",
        ] {
            case.common_name = other;
            let warnings = case.judge().unwrap().warnings;
            assert_eq!(
                warnings,
                [Warning::OtherName {
                    device: device(),
                    common_name: Some(other.to_owned())
                }]
            );
            assert!(warnings[0].to_string().contains(other));
        }
    }

    #[test]
    fn a_certificate_for_another_phones_name_is_rejected() {
        let mut case = Case::new(ec_spki());
        for other in ["SEPB000B4BA0AEF", "Cisco 8861-SEPB000B4BA0AEF"] {
            case.common_name = other;
            let named = "SEPB000B4BA0AEF".parse().unwrap();
            assert_eq!(
                case.judge(),
                Err(Rejection::OtherDevice { named }),
                "{other}"
            );
        }
    }

    #[test]
    fn what_is_long_is_a_warning_and_what_no_message_holds_is_rejected() {
        let sized = |bytes| {
            let mut case = Case::new(ec_spki());
            case.extensions.push(Extension {
                extn_id: ObjectIdentifier::new_unwrap("1.2.3.4"),
                critical: false,
                extn_value: OctetString::new(vec![0; bytes]).unwrap(),
            });
            case.judge()
        };
        assert_eq!(sized(2000).unwrap().warnings, []);
        let warnings = sized(SOFTPHONE_BYTES).unwrap().warnings;
        assert!(matches!(warnings[..], [Warning::Long { .. }]));
        assert!(warnings[0].to_string().contains("softphones"));
        assert!(matches!(sized(MAX_BYTES), Err(Rejection::TooLong { .. })));
    }

    /// A CA with any key and any digest; it signs a certificate for `spki`.
    fn signed_with(
        ca: &PKey<Private>,
        digest: MessageDigest,
        spki: &[u8],
    ) -> (Certificate, Certificate) {
        let build = |key: &openssl::pkey::PKeyRef<openssl::pkey::Public>, name: &str| {
            let named = |name: &str| {
                let mut builder = X509Name::builder().unwrap();
                builder.append_entry_by_text("CN", name).unwrap();
                builder.build()
            };
            let mut builder = X509::builder().unwrap();
            builder.set_version(2).unwrap();
            let serial = Asn1Integer::from_bn(&BigNum::from_u32(7).unwrap()).unwrap();
            builder.set_serial_number(&serial).unwrap();
            builder.set_issuer_name(&named("Root")).unwrap();
            builder.set_subject_name(&named(name)).unwrap();
            builder.set_pubkey(key).unwrap();
            let time = |day: SignedDuration| Asn1Time::from_unix((now() + day).as_second());
            builder.set_not_before(&time(days(-1)).unwrap()).unwrap();
            builder.set_not_after(&time(days(1)).unwrap()).unwrap();
            if name == "Root" {
                let constraints = openssl::x509::extension::BasicConstraints::new()
                    .ca()
                    .build()
                    .unwrap();
                builder.append_extension(constraints).unwrap();
            }
            builder.sign(ca, digest).unwrap();
            Certificate::from_der(&builder.build().to_der().unwrap()).unwrap()
        };
        let public = PKey::public_key_from_der(&ca.public_key_to_der().unwrap()).unwrap();
        let phone = PKey::public_key_from_der(spki).unwrap();
        (build(&public, "Root"), build(&phone, "SEPB000B4BA0AEE"))
    }

    #[test]
    fn signatures_with_sha_256_or_stronger_are_accepted_and_weaker_ones_are_not() {
        let rsa = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
        let ec = PKey::ec_gen("secp384r1").unwrap();
        let ed25519 = PKey::generate_ed25519().unwrap();
        let spki = ec_spki();
        for (ca, digest, weak) in [
            (&rsa, MessageDigest::md5(), Some("md5WithRSAEncryption")),
            (&rsa, MessageDigest::sha1(), Some("sha1WithRSAEncryption")),
            (
                &rsa,
                MessageDigest::sha224(),
                Some("sha224WithRSAEncryption"),
            ),
            (&rsa, MessageDigest::sha256(), None),
            (&rsa, MessageDigest::sha384(), None),
            (&rsa, MessageDigest::sha512(), None),
            (&ec, MessageDigest::sha1(), Some("1.2.840.10045.4.1")),
            (&ec, MessageDigest::sha256(), None),
            (&ec, MessageDigest::sha384(), None),
            (&ec, MessageDigest::sha512(), None),
            (&ed25519, MessageDigest::null(), None),
        ] {
            let (root, certificate) = signed_with(ca, digest, &spki);
            let trust = TrustStore::new([&root]).unwrap();
            let judgement = accept(&certificate, &device(), &spki, &trust, now());
            match (judgement, weak) {
                (Ok(_), None) => {}
                (Err(Rejection::WeakSignature { algorithm }), Some(name)) => {
                    assert_eq!(algorithm, name);
                }
                (judgement, weak) => panic!("{judgement:?} where {weak:?}"),
            }
        }
    }

    #[test]
    fn rsassa_pss_is_as_strong_as_its_hash() {
        let judged = |parameters: &str| {
            let algorithm = hex::decode(parameters).unwrap();
            let (_, algorithm) = AlgorithmIdentifier::from_der(&algorithm).unwrap();
            signature(&algorithm)
        };
        // id-RSASSA-PSS, SEQUENCE { [0] { sha256, NULL } }
        let sha256 = "301e06092a864886f70d01010a3011a00f300d06096086480165030402010500";
        assert_eq!(judged(sha256), Ok(()));
        // The empty SEQUENCE means SHA-1; without one it is not RSASSA-PSS at all.
        for weak in [
            "300d06092a864886f70d01010a3000",
            "300b06092a864886f70d01010a",
        ] {
            assert!(matches!(
                judged(weak),
                Err(Rejection::WeakSignature { algorithm }) if algorithm.starts_with("rsassa-pss")
            ));
        }
    }

    #[test]
    fn every_rejection_says_what_to_do() {
        for (rejection, word) in [
            (Rejection::OtherKey, "must sign the key"),
            (Rejection::CertificateAuthority, "profile"),
            (Rejection::ExtendedKeyUsage, "add clientAuth"),
            (
                Rejection::Untrusted(Untrusted::NoAnchor),
                "capf trust import",
            ),
        ] {
            assert!(rejection.to_string().contains(word), "{rejection}");
        }
    }
}
