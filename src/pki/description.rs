//! Certificates and requests, described for a person.

use jiff::Timestamp;
use serde::Serialize;

use super::{PublicKey, fingerprint};
use crate::model::{Certificate, Csr};
use crate::report::Cell;

/// What there is to know of a certificate or a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Description {
    /// Which of the two it is.
    pub kind: Kind,
    /// Its subject.
    pub subject: String,
    /// Who issued it; `None` for a request, as in all that follows.
    pub issuer: Option<String>,
    /// Its serial number, in hexadecimal.
    pub serial_number: Option<String>,
    /// The first second in which it is valid.
    pub not_before: Option<Timestamp>,
    /// The last second in which it is valid.
    pub not_after: Option<Timestamp>,
    /// Whether it may sign other certificates.
    pub is_ca: Option<bool>,
    /// What its key may be used for.
    pub key_usage: Option<String>,
    /// The key's kind and size.
    pub public_key: String,
    /// Whether a request is signed by the key in it.
    pub is_signed: Option<bool>,
    /// SHA-256 over the DER, in hexadecimal.
    pub sha256_fingerprint: String,
    /// The whole in PEM.
    pub pem: String,
}

/// A certificate, or a request for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A certificate.
    Certificate,
    /// A certificate signing request.
    Csr,
}

impl Description {
    /// Describes a certificate.
    pub fn of_certificate(certificate: &Certificate) -> Self {
        let (is_ca, key_usage) = certificate.read(|view| {
            let usage = view.key_usage().ok().flatten();
            (view.is_ca(), usage.map(|usage| usage.value.to_string()))
        });
        Self {
            kind: Kind::Certificate,
            subject: certificate.subject().to_owned(),
            issuer: Some(certificate.issuer().to_owned()),
            serial_number: Some(certificate.serial_number().to_owned()),
            not_before: Some(certificate.not_before()),
            not_after: Some(certificate.not_after()),
            is_ca: Some(is_ca),
            key_usage,
            public_key: key(certificate.public_key()),
            is_signed: None,
            sha256_fingerprint: fingerprint(certificate.der()),
            pem: certificate.to_pem(),
        }
    }

    /// Describes a request.
    pub fn of_csr(csr: &Csr) -> Self {
        Self {
            kind: Kind::Csr,
            subject: csr.subject().to_owned(),
            issuer: None,
            serial_number: None,
            not_before: None,
            not_after: None,
            is_ca: None,
            key_usage: None,
            public_key: key(csr.public_key()),
            is_signed: Some(csr.is_signed()),
            sha256_fingerprint: fingerprint(csr.der()),
            pem: csr.to_pem(),
        }
    }
}

impl Description {
    /// What is known, under its labels; without the PEM.
    pub fn fields(&self) -> Vec<(&'static str, Cell)> {
        let kind = match self.kind {
            Kind::Certificate => "Certificate",
            Kind::Csr => "Certificate Signing Request",
        };
        let mut fields = vec![
            ("Kind", kind.into()),
            ("Subject", self.subject.as_str().into()),
            ("Issuer", self.issuer.as_deref().into()),
            ("Serial Number", self.serial_number.as_deref().into()),
            ("Not Before", self.not_before.into()),
            ("Not After", self.not_after.into()),
            ("CA", self.is_ca.into()),
            ("Key Usage", self.key_usage.as_deref().into()),
            ("Public Key", self.public_key.as_str().into()),
            ("Signed", self.is_signed.into()),
            (
                "SHA-256 Fingerprint",
                self.sha256_fingerprint.as_str().into(),
            ),
        ];
        fields.retain(|(_, cell)| *cell != Cell::Empty);
        fields
    }
}

/// The key's kind and size, or why phones do not use such keys.
fn key(public_key: &[u8]) -> String {
    match PublicKey::from_der(public_key) {
        Ok(key) => key.kind().to_string(),
        Err(unfit) => unfit.to_string(),
    }
}
