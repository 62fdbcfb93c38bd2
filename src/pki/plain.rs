//! The usual case of verification, quickly: a certificate that an anchor itself has signed, and in
//! which neither of the two has anything that a path has to be looked at for.
//!
//! OpenSSL makes a key of its own of every certificate that it reads, for which version 3 takes ten
//! times as long as for the signature. So where all that is left to be said is whether the signature
//! holds, that alone is asked of it. Whatever is not plain, and whatever does not hold, is
//! left to OpenSSL's verification of paths, which also says what is wrong.

use jiff::Timestamp;
use openssl::hash::MessageDigest;
use openssl::pkey::{Id, PKey, Public};
use openssl::sign::Verifier;
use openssl::x509::X509;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::{ParsedExtension, X509Extension};
use x509_parser::oid_registry::{
    OID_PKCS1_SHA256WITHRSA, OID_PKCS1_SHA384WITHRSA, OID_PKCS1_SHA512WITHRSA,
    OID_SIG_ECDSA_WITH_SHA256, OID_SIG_ECDSA_WITH_SHA384, OID_SIG_ECDSA_WITH_SHA512,
    OID_X509_EXT_AUTHORITY_KEY_IDENTIFIER, OID_X509_EXT_BASIC_CONSTRAINTS,
    OID_X509_EXT_EXTENDED_KEY_USAGE, OID_X509_EXT_KEY_USAGE, OID_X509_EXT_SUBJECT_ALT_NAME,
    OID_X509_EXT_SUBJECT_KEY_IDENTIFIER, Oid,
};
use x509_parser::x509::X509Version;

use super::Validity;
use crate::model::Certificate;

/// An anchor that sets no conditions for what it signs.
pub(super) struct PlainAnchor {
    /// DER.
    subject: Vec<u8>,
    key_identifier: Option<Vec<u8>>,
    key: PKey<Public>,
    pub(super) not_after: Timestamp,
}

impl PlainAnchor {
    /// `None` where the anchor is not plain, or not valid then.
    pub(super) fn of(anchor: &Certificate, x509: &X509, validity: Validity) -> Option<Self> {
        if !is_valid(anchor, validity) {
            return None;
        }
        let key = x509.public_key().ok()?;
        anchor.read(|view| {
            let is_ca = match extension(view, &OID_X509_EXT_BASIC_CONSTRAINTS)? {
                ParsedExtension::BasicConstraints(constraints) => constraints.ca,
                _ => false,
            };
            let signs = match extension(view, &OID_X509_EXT_KEY_USAGE) {
                None => true,
                Some(ParsedExtension::KeyUsage(usage)) => usage.key_cert_sign(),
                Some(_) => false,
            };
            (is_ca && signs && is_plain(view)).then(|| Self {
                subject: view.subject().as_raw().to_vec(),
                key_identifier: match extension(view, &OID_X509_EXT_SUBJECT_KEY_IDENTIFIER) {
                    Some(ParsedExtension::SubjectKeyIdentifier(identifier)) => {
                        Some(identifier.0.to_vec())
                    }
                    _ => None,
                },
                key,
                not_after: anchor.not_after(),
            })
        })
    }

    /// Whether the certificate is plain, and this anchor has signed it. `false` says nothing.
    pub(super) fn vouches_for(&self, certificate: &Certificate, validity: Validity) -> bool {
        is_valid(certificate, validity)
            && certificate.read(|view| {
                view.issuer().as_raw() == self.subject
                    && !view.is_ca()
                    && is_plain(view)
                    && self.is_named_by(view)
                    && self.has_signed(view)
            })
    }

    /// Whether the authority key identifier, if there is one, is this anchor's.
    fn is_named_by(&self, view: &X509Certificate<'_>) -> bool {
        match extension(view, &OID_X509_EXT_AUTHORITY_KEY_IDENTIFIER) {
            None => true,
            Some(ParsedExtension::AuthorityKeyIdentifier(authority)) => {
                authority.authority_cert_issuer.is_none()
                    && authority.authority_cert_serial.is_none()
                    && authority
                        .key_identifier
                        .as_ref()
                        .map(|identifier| identifier.0)
                        == self.key_identifier.as_deref()
            }
            Some(_) => false,
        }
    }

    fn has_signed(&self, view: &X509Certificate<'_>) -> bool {
        let algorithm = &view.signature_algorithm;
        // RFC 5280, section 4.1.1.2: the two are the same.
        if *algorithm != view.tbs_certificate.signature {
            return false;
        }
        let Some((digest, kind)) = digest_and_key(&algorithm.algorithm) else {
            return false;
        };
        if self.key.id() != kind || view.signature_value.unused_bits != 0 {
            return false;
        }
        Verifier::new(digest, &self.key)
            .and_then(|mut verifier| {
                verifier.verify_oneshot(&view.signature_value.data, view.tbs_certificate.as_ref())
            })
            .unwrap_or(false)
    }
}

fn is_valid(certificate: &Certificate, validity: Validity) -> bool {
    match validity {
        // In its last second, OpenSSL takes a certificate for expired.
        Validity::At(time) => certificate.not_before() <= time && time < certificate.not_after(),
        Validity::Any => true,
    }
}

/// Whether nothing in the certificate asks for more than a look at its signature: version 3, and no
/// extension but those that set no conditions, each once, and readable.
fn is_plain(view: &X509Certificate<'_>) -> bool {
    const PLAIN: [Oid<'static>; 6] = [
        OID_X509_EXT_AUTHORITY_KEY_IDENTIFIER,
        OID_X509_EXT_BASIC_CONSTRAINTS,
        OID_X509_EXT_EXTENDED_KEY_USAGE,
        OID_X509_EXT_KEY_USAGE,
        OID_X509_EXT_SUBJECT_ALT_NAME,
        OID_X509_EXT_SUBJECT_KEY_IDENTIFIER,
    ];
    let extensions = view.extensions();
    let is_known = |extension: &X509Extension<'_>| {
        PLAIN.contains(&extension.oid)
            && !matches!(
                extension.parsed_extension(),
                ParsedExtension::ParseError { .. } | ParsedExtension::Unparsed
            )
    };
    // What says nothing that a path depends on: where revocation lists lie, a Microsoft CA's template.
    let is_passed_over = |extension: &X509Extension<'_>| {
        !extension.critical
            && [
                "1.3.6.1.5.5.7.1.1",
                "2.5.29.31",
                "1.3.6.1.4.1.311.20.2",
                "1.3.6.1.4.1.311.21.7",
                "1.3.6.1.4.1.311.21.10",
            ]
            .contains(&&extension.oid.to_id_string()[..])
    };
    view.version() == X509Version::V3
        && extensions.iter().enumerate().all(|(place, extension)| {
            (is_known(extension) || is_passed_over(extension))
                && extensions[..place]
                    .iter()
                    .all(|before| before.oid != extension.oid)
        })
}

fn extension<'a>(view: &'a X509Certificate<'_>, oid: &Oid<'_>) -> Option<&'a ParsedExtension<'a>> {
    view.extensions()
        .iter()
        .find(|extension| extension.oid == *oid)
        .map(X509Extension::parsed_extension)
}

/// How a signature is verified, and with which kind of key.
fn digest_and_key(algorithm: &Oid<'_>) -> Option<(MessageDigest, Id)> {
    let known = [
        (OID_PKCS1_SHA256WITHRSA, MessageDigest::sha256(), Id::RSA),
        (OID_PKCS1_SHA384WITHRSA, MessageDigest::sha384(), Id::RSA),
        (OID_PKCS1_SHA512WITHRSA, MessageDigest::sha512(), Id::RSA),
        (OID_SIG_ECDSA_WITH_SHA256, MessageDigest::sha256(), Id::EC),
        (OID_SIG_ECDSA_WITH_SHA384, MessageDigest::sha384(), Id::EC),
        (OID_SIG_ECDSA_WITH_SHA512, MessageDigest::sha512(), Id::EC),
    ];
    let found = known.into_iter().find(|(oid, ..)| oid == algorithm)?;
    Some((found.1, found.2))
}
