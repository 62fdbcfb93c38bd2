//! Certificate signing requests (PKCS#10, RFC 2986).

use std::fmt;

use jiff::Timestamp;
use x509_parser::certification_request::X509CertificationRequest;
use x509_parser::prelude::FromDer as _;

use super::DeviceName;
use super::certificate::name_text;
use super::invalid_certificate::problem;
use super::words::words;

words! {
    /// How far a request came.
    CsrState {
        /// Made, and not yet taken out.
        Pending = "Pending", "pending";
        /// Taken out by a dump; its certificate is awaited.
        Dumped = "Dumped", "dumped";
        /// Its certificate was imported; the phone has not confirmed it yet.
        Issued = "Issued", "issued";
        /// The phone has made another key since.
        Superseded = "Superseded", "superseded";
    }
}

words! {
    /// How a request proves that the phone holds the private key (the parameter `CSR Proof`).
    ///
    /// `encrypt` and `sign` are our decision (D) on messages of which only names and numbers are
    /// known (N): unproven on hardware.
    CsrProof {
        /// The phone signs a `DigestInfo` that it is sent (`EncryptRequest`); RSA only.
        Encrypt = "encrypt", "encrypt";
        /// The phone signs the request that it is sent (`SignCertificateRequest`).
        Sign = "sign", "sign";
        /// No proof of possession: id-alg-noSignature (RFC 5272, appendix C.1).
        None = "none", "none";
    }
}

/// A PKCS#10 request: its DER, and what one asks of it most.
#[derive(Clone, PartialEq, Eq)]
pub struct Csr {
    der: Box<[u8]>,
    subject: String,
    public_key: std::ops::Range<usize>,
    signed: bool,
}

/// Bytes that are not one request in DER.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCsr {
    /// The bytes are no request.
    #[error("not a certificate signing request in DER: {problem}")]
    NotDer {
        /// What is wrong with them.
        problem: String,
    },
    /// A request, and something behind it.
    #[error("{length} bytes stand behind the request")]
    TrailingData {
        /// How many bytes are left over.
        length: usize,
    },
}

/// id-alg-noSignature, RFC 5272 appendix C.1.
const NO_SIGNATURE: &str = "1.3.6.1.5.5.7.6.2";

impl Csr {
    /// Reads one request in DER with nothing behind it.
    pub fn from_der(der: &[u8]) -> Result<Self, InvalidCsr> {
        let (rest, view) =
            X509CertificationRequest::from_der(der).map_err(|error| InvalidCsr::NotDer {
                problem: problem(der, &error),
            })?;
        if !rest.is_empty() {
            return Err(InvalidCsr::TrailingData { length: rest.len() });
        }
        let info = &view.certification_request_info;
        let key = info.subject_pki.raw;
        // The key is a slice of `der`, so its place is the distance between the two.
        let start = key.as_ptr() as usize - der.as_ptr() as usize;
        Ok(Self {
            subject: name_text(&info.subject),
            public_key: start..start + key.len(),
            signed: view.signature_algorithm.algorithm.to_id_string() != NO_SIGNATURE,
            der: der.into(),
        })
    }

    /// The request's bytes.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The request as PEM (RFC 7468).
    pub fn to_pem(&self) -> String {
        pem::encode_config(
            &pem::Pem::new("CERTIFICATE REQUEST", self.der.to_vec()),
            pem::EncodeConfig::new().set_line_ending(pem::LineEnding::LF),
        )
    }

    /// The subject that is asked for.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The DER `SubjectPublicKeyInfo`.
    pub fn public_key(&self) -> &[u8] {
        &self.der[self.public_key.clone()]
    }

    /// The DER `SubjectPublicKeyInfo` as PEM, for CAs that take a bare key.
    pub fn public_key_pem(&self) -> String {
        pem::encode_config(
            &pem::Pem::new("PUBLIC KEY", self.public_key()),
            pem::EncodeConfig::new().set_line_ending(pem::LineEnding::LF),
        )
    }

    /// Whether the phone signed it; a request without a signature proves no possession of the key.
    pub fn is_signed(&self) -> bool {
        self.signed
    }
}

impl fmt::Debug for Csr {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Csr({}, signed: {})", self.subject, self.signed)
    }
}

/// A request with its place in the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CsrRecord {
    /// Its number in the store; later ones are higher.
    pub id: i64,
    /// Whose key it is for.
    pub device: DeviceName,
    /// How far it came.
    pub state: CsrState,
    /// When the phone's key arrived.
    pub created_at: Timestamp,
    /// The request.
    pub csr: Csr,
}

/// How many requests there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct CsrCounts {
    /// Made, and not yet taken out.
    pub pending: u64,
    /// Taken out; their certificates are awaited.
    pub dumped: u64,
    /// Certificate imported, not yet confirmed by the phone.
    pub issued: u64,
    /// The phone has made another key since.
    pub superseded: u64,
    /// Requests whose phone still waits for a certificate of this key: pending, dumped or issued.
    pub valid: u64,
    /// Requests that no phone waits for any more: superseded.
    pub invalid: u64,
}
