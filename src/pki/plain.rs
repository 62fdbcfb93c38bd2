//! The usual case of verification, quickly: a certificate that an anchor itself has signed, and in
//! which neither of the two has anything that a path has to be looked at for.
//!
//! OpenSSL makes a key of its own of every certificate that it reads, for which version 3.0 takes ten
//! times as long as for the signature. So where all that is left to be said is whether the signature
//! holds, that alone is asked of it. Whatever is not plain, and whatever does not hold, is
//! left to OpenSSL's verification of paths, which also says what is wrong.
//!
//! What is accepted here must be what OpenSSL would accept, so a certificate is plain only if it is
//! DER without the least licence, and has nothing in it but what is named here.

use der::asn1::ObjectIdentifier;
use der::oid::AssociatedOid;
use der::oid::db::rfc5912::{
    ECDSA_WITH_SHA_256, ECDSA_WITH_SHA_384, ECDSA_WITH_SHA_512, SHA_256_WITH_RSA_ENCRYPTION,
    SHA_384_WITH_RSA_ENCRYPTION, SHA_512_WITH_RSA_ENCRYPTION,
};
use der::{Decode as _, Encode as _, Tag, Tagged as _};
use openssl::hash::MessageDigest;
use openssl::pkey::{Id, PKey, Public};
use openssl::sign::Verifier;
use openssl::x509::X509;
use x509_cert::certificate::Version;
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::name::{DistributionPointName, GeneralName};
use x509_cert::ext::pkix::{
    AuthorityInfoAccessSyntax, AuthorityKeyIdentifier, BasicConstraints, CrlDistributionPoints,
    ExtendedKeyUsage, KeyUsage, KeyUsages, SubjectAltName, SubjectKeyIdentifier,
};
use x509_cert::name::Name;

use super::{PublicKey, Validity};
use crate::model::Certificate;

/// An anchor that sets no conditions for what it signs.
pub(super) struct PlainAnchor {
    subject: Name,
    key_identifier: Option<Vec<u8>>,
    key: PKey<Public>,
    /// Its place among all anchors.
    pub(super) place: usize,
}

impl PlainAnchor {
    /// `None` where the anchor is not plain, or not valid then.
    pub(super) fn of(
        place: usize,
        anchor: &Certificate,
        x509: &X509,
        validity: Validity,
    ) -> Option<Self> {
        if !is_valid(anchor, validity) {
            return None;
        }
        let plain = Plain::read(anchor.der())?;
        if !plain.is_ca
            || plain
                .usage
                .is_some_and(|usage| !usage.0.contains(KeyUsages::KeyCertSign))
        {
            return None;
        }
        Some(Self {
            subject: plain.certificate.tbs_certificate().subject().clone(),
            key_identifier: plain.subject_key,
            key: x509.public_key().ok()?,
            place,
        })
    }

    fn vouches_for(&self, plain: &Plain) -> bool {
        *plain.certificate.tbs_certificate().issuer() == self.subject
            // RFC 5280, section 4.2.1.1: where it names a key, it is this anchor's.
            && (plain.authority_key.is_none() || plain.authority_key == self.key_identifier)
            && self.has_signed(&plain.certificate)
    }

    fn has_signed(&self, certificate: &x509_cert::Certificate) -> bool {
        let (tbs, algorithm) = (
            certificate.tbs_certificate(),
            certificate.signature_algorithm(),
        );
        // RFC 5280, section 4.1.1.2: the two are the same.
        if algorithm != tbs.signature() {
            return false;
        }
        let Some((digest, kind)) = digest_and_key(algorithm.oid) else {
            return false;
        };
        if self.key.id() != kind {
            return false;
        }
        // What is encoded anew is what was signed, or the signature does not hold.
        let (Some(signature), Ok(tbs)) = (certificate.signature().as_bytes(), tbs.to_der()) else {
            return false;
        };
        Verifier::new(digest, &self.key)
            .and_then(|mut verifier| verifier.verify_oneshot(signature, &tbs))
            .unwrap_or(false)
    }
}

/// The anchor that has signed the certificate, if that is plain. `None` says nothing.
pub(super) fn signer<'a>(
    anchors: &'a [PlainAnchor],
    certificate: &Certificate,
    validity: Validity,
) -> Option<&'a PlainAnchor> {
    if anchors.is_empty() || !is_valid(certificate, validity) {
        return None;
    }
    // What OpenSSL would read of it, and what it would not do without.
    PublicKey::from_der(certificate.public_key()).ok()?;
    let plain = Plain::read(certificate.der()).filter(|plain| !plain.is_ca)?;
    anchors.iter().find(|anchor| anchor.vouches_for(&plain))
}

fn is_valid(certificate: &Certificate, validity: Validity) -> bool {
    match validity {
        // In its last second, OpenSSL takes a certificate for expired.
        Validity::At(time) => certificate.not_before() <= time && time < certificate.not_after(),
        Validity::Any => true,
    }
}

/// A certificate that asks for no more than a look at its signature.
struct Plain {
    certificate: x509_cert::Certificate,
    is_ca: bool,
    usage: Option<KeyUsage>,
    subject_key: Option<Vec<u8>>,
    authority_key: Option<Vec<u8>>,
}

impl Plain {
    /// `None` where it is not plain: of version 3, in strict DER, with names in plain strings, and
    /// with no extension but those that set no conditions, each once and as its type has it.
    fn read(der: &[u8]) -> Option<Self> {
        let certificate = x509_cert::Certificate::from_der(der).ok()?;
        let tbs = certificate.tbs_certificate();
        if tbs.version() != Version::V3
            || tbs.issuer_unique_id().is_some()
            || tbs.subject_unique_id().is_some()
            || !has_plain_strings(tbs.subject())
        {
            return None;
        }
        let extensions = tbs
            .extensions()
            .map_or(&[][..], |extensions| &extensions[..]);
        let is_repeated = |place: usize| {
            let before = &extensions[..place];
            before
                .iter()
                .any(|other| other.extn_id == extensions[place].extn_id)
        };
        if !(0..extensions.len()).all(|place| is_plain(&extensions[place]) && !is_repeated(place)) {
            return None;
        }
        let constraints: Option<BasicConstraints> = find(extensions);
        let usage: Option<KeyUsage> = find(extensions);
        let subject_key: Option<SubjectKeyIdentifier> = find(extensions);
        let authority_key: Option<AuthorityKeyIdentifier> = find(extensions);
        Some(Self {
            is_ca: constraints.is_some_and(|constraints| constraints.ca),
            usage,
            subject_key: subject_key.map(|key| key.0.into_bytes().into_vec()),
            authority_key: authority_key
                .and_then(|authority| authority.key_identifier)
                .map(|key| key.into_bytes().into_vec()),
            certificate,
        })
    }
}

fn find<'a, T: AssociatedOid + der::Decode<'a>>(extensions: &'a [Extension]) -> Option<T> {
    let extension = extensions
        .iter()
        .find(|extension| extension.extn_id == T::OID)?;
    T::from_der(extension.extn_value.as_bytes()).ok()
}

/// Whether the extension is one that sets no conditions, and as its type has it.
fn is_plain(extension: &Extension) -> bool {
    /// What Microsoft's CAs say of their template and of application policies, which OpenSSL does
    /// not read.
    const FROM_MICROSOFT: [ObjectIdentifier; 3] = [
        ObjectIdentifier::new_unwrap("1.3.6.1.4.1.311.20.2"),
        ObjectIdentifier::new_unwrap("1.3.6.1.4.1.311.21.7"),
        ObjectIdentifier::new_unwrap("1.3.6.1.4.1.311.21.10"),
    ];
    let (id, value) = (extension.extn_id, extension.extn_value.as_bytes());
    match id {
        _ if id == BasicConstraints::OID => BasicConstraints::from_der(value)
            // A length without a CA is a contradiction, at which OpenSSL stops.
            .is_ok_and(|constraints| constraints.ca || constraints.path_len_constraint.is_none()),
        _ if id == KeyUsage::OID => {
            KeyUsage::from_der(value).is_ok_and(|usage| !usage.0.is_empty())
        }
        _ if id == ExtendedKeyUsage::OID => ExtendedKeyUsage::from_der(value)
            .is_ok_and(|usage| !usage.0.is_empty() && usage.0.iter().all(is_minimal)),
        _ if id == SubjectAltName::OID => SubjectAltName::from_der(value)
            .is_ok_and(|names| !names.0.is_empty() && names.0.iter().all(is_plain_name)),
        // The others are not looked at where they are critical, and OpenSSL knows none as such.
        _ if extension.critical => false,
        _ if id == SubjectKeyIdentifier::OID => SubjectKeyIdentifier::from_der(value).is_ok(),
        _ if id == AuthorityKeyIdentifier::OID => AuthorityKeyIdentifier::from_der(value)
            .is_ok_and(|authority| {
                authority.key_identifier.is_some()
                    && authority.authority_cert_issuer.is_none()
                    && authority.authority_cert_serial_number.is_none()
            }),
        _ if id == AuthorityInfoAccessSyntax::OID => AuthorityInfoAccessSyntax::from_der(value)
            .is_ok_and(|access| {
                access.0.iter().all(|place| {
                    is_minimal(&place.access_method) && is_plain_name(&place.access_location)
                })
            }),
        _ if id == CrlDistributionPoints::OID => {
            CrlDistributionPoints::from_der(value).is_ok_and(|points| {
                points.0.iter().all(|point| {
                    point.reasons.is_none()
                        && point.crl_issuer.is_none()
                        && matches!(
                            &point.distribution_point,
                            Some(DistributionPointName::FullName(names))
                                if names.iter().all(is_plain_name)
                        )
                })
            })
        }
        id => FROM_MICROSOFT.contains(&id),
    }
}

fn is_plain_name(name: &GeneralName) -> bool {
    match name {
        GeneralName::DnsName(_)
        | GeneralName::Rfc822Name(_)
        | GeneralName::UniformResourceIdentifier(_) => true,
        GeneralName::IpAddress(address) => matches!(address.as_bytes().len(), 4 | 16),
        GeneralName::DirectoryName(_)
        | GeneralName::EdiPartyName(_)
        | GeneralName::OtherName(_)
        | GeneralName::RegisteredId(_) => false,
    }
}

/// Whether every part of the name is text of a kind that CAs write, and valid as such.
fn has_plain_strings(name: &Name) -> bool {
    name.iter().all(|attribute| {
        let value = &attribute.value;
        is_minimal(&attribute.oid)
            && match value.tag() {
                Tag::Utf8String => std::str::from_utf8(value.value()).is_ok(),
                Tag::PrintableString | Tag::Ia5String => value.value().is_ascii(),
                _ => false,
            }
    })
}

/// Whether no number in the identifier has a leading zero (X.690, section 8.19.2), which the parser
/// lets pass.
fn is_minimal(id: &ObjectIdentifier) -> bool {
    let bytes = id.as_bytes();
    let begins = |place: usize| place == 0 || bytes[place - 1] & 0x80 == 0;
    (0..bytes.len()).all(|place| bytes[place] != 0x80 || !begins(place))
}

/// How a signature is verified, and with which kind of key.
fn digest_and_key(algorithm: ObjectIdentifier) -> Option<(MessageDigest, Id)> {
    Some(match algorithm {
        SHA_256_WITH_RSA_ENCRYPTION => (MessageDigest::sha256(), Id::RSA),
        SHA_384_WITH_RSA_ENCRYPTION => (MessageDigest::sha384(), Id::RSA),
        SHA_512_WITH_RSA_ENCRYPTION => (MessageDigest::sha512(), Id::RSA),
        ECDSA_WITH_SHA_256 => (MessageDigest::sha256(), Id::EC),
        ECDSA_WITH_SHA_384 => (MessageDigest::sha384(), Id::EC),
        ECDSA_WITH_SHA_512 => (MessageDigest::sha512(), Id::EC),
        _ => return None,
    })
}
