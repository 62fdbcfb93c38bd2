//! What is wrong with bytes that are to be a certificate.

use x509_parser::certification_request::X509CertificationRequest;
use x509_parser::error::X509Error;
use x509_parser::nom;
use x509_parser::prelude::FromDer as _;

use super::Escaped;

/// Bytes that are not one certificate in DER.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCertificate {
    /// There are no bytes.
    #[error("empty: no certificate is in it")]
    Empty,
    /// A certificate in PEM.
    #[error("PEM where DER is expected; `openssl x509 -outform der` converts it")]
    Pem,
    /// Something else in PEM.
    #[error("a {} in PEM, where a certificate in DER is expected", Escaped(.label))]
    OtherPem {
        /// What the PEM says it holds.
        label: String,
    },
    /// A request in DER.
    #[error("a certificate signing request, not the certificate that a CA makes of it")]
    Request,
    /// PKCS #7 in DER, as Windows exports chains.
    #[error(
        "a PKCS #7 bundle, not a certificate alone; \
         `openssl pkcs7 -inform der -print_certs` takes out what is in it"
    )]
    Bundle,
    /// The bytes are no X.509 certificate.
    #[error("not a certificate in DER: {problem}")]
    NotDer {
        /// What is wrong with them.
        problem: String,
    },
    /// A certificate, and something behind it.
    #[error(
        "something stands behind the certificate (bytes: {length}); \
         each file holds one certificate alone"
    )]
    TrailingData {
        /// How many bytes are left over.
        length: usize,
    },
    /// A time that cannot be represented.
    #[error("a validity time lies outside the years 0 to 9999")]
    Time,
}

impl InvalidCertificate {
    /// What is wrong, without what differs from file to file: thousands that were rejected for one
    /// reason are counted by this.
    pub fn in_short(&self) -> &'static str {
        match self {
            Self::Empty => "empty: no certificate is in it",
            Self::Pem => "PEM where DER is expected",
            Self::OtherPem { .. } => "PEM, and no certificate",
            Self::Request => "a certificate signing request, not the certificate",
            Self::Bundle => "a PKCS #7 bundle, not a certificate alone",
            Self::NotDer { .. } => "not a certificate in DER",
            Self::TrailingData { .. } => "something stands behind the certificate",
            Self::Time => "a validity time lies outside the years 0 to 9999",
        }
    }

    /// What the bytes are that the parser takes for no certificate, as far as it can be told:
    /// people mix up files.
    pub(super) fn of(bytes: &[u8], error: &nom::Err<X509Error>) -> Self {
        /// The object identifier of signedData (RFC 5652, section 5.1), which stands at the front.
        const SIGNED_DATA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
        // As far as it reaches behind the longest SEQUENCE header that fits a file.
        let front = &bytes[..bytes.len().min(6 + SIGNED_DATA.len())];
        if bytes.is_empty() {
            Self::Empty
        } else if let Some(label) = pem_label(bytes) {
            match &label[..] {
                "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE" => Self::Pem,
                _ => Self::OtherPem { label },
            }
        } else if X509CertificationRequest::from_der(bytes).is_ok() {
            Self::Request
        } else if is_sequence(bytes)
            && front
                .windows(SIGNED_DATA.len())
                .any(|oid| oid == SIGNED_DATA)
        {
            Self::Bundle
        } else {
            Self::NotDer {
                problem: problem(bytes, error),
            }
        }
    }
}

/// What the first PEM block says it holds; there may be text in front of it.
fn pem_label(bytes: &[u8]) -> Option<String> {
    const BEGIN: &[u8] = b"-----BEGIN ";
    if is_sequence(bytes) {
        return None;
    }
    let begin = bytes
        .windows(BEGIN.len())
        .position(|window| window == BEGIN)?;
    let label = bytes[begin + BEGIN.len()..]
        .split(|byte| matches!(byte, b'-' | b'\n'))
        .next()?;
    let label = &label[..label.len().min(40)];
    Some(String::from_utf8_lossy(label).trim_end().to_owned())
}

/// Every certificate and every request is a SEQUENCE (X.690, section 8.9).
fn is_sequence(bytes: &[u8]) -> bool {
    bytes.first() == Some(&0x30)
}

/// What keeps the bytes from being read, in a person's words where the parser has its own.
pub(super) fn problem(bytes: &[u8], error: &nom::Err<X509Error>) -> String {
    match error {
        _ if !is_sequence(bytes) => "it does not begin like one".to_owned(),
        nom::Err::Incomplete(_) | nom::Err::Error(X509Error::NomError(_)) => {
            "it is cut off or damaged".to_owned()
        }
        nom::Err::Error(X509Error::Der(_)) | nom::Err::Failure(X509Error::Der(_)) => {
            "it is something else, or damaged".to_owned()
        }
        nom::Err::Error(error) | nom::Err::Failure(error) => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Certificate;

    fn said(bytes: &[u8]) -> String {
        Certificate::from_der(bytes).unwrap_err().to_string()
    }

    #[test]
    fn what_people_mix_up_with_a_certificate_is_named() {
        let hex = |text| hex::decode(text).unwrap();
        for (bytes, expected) in [
            (Vec::new(), "empty"),
            (b"hello".to_vec(), "does not begin like one"),
            (hex("30820300"), "cut off or damaged"),
            (hex("3084ffffffff00"), "cut off or damaged"),
            (hex("30803080000000000000"), "something else, or damaged"),
            (hex("3003020100"), "something else, or damaged"),
            (hex("300d06092a864886f70d010702a000"), "a PKCS #7 bundle"),
            (hex("3082030006092a864886f70d010702"), "a PKCS #7 bundle"),
            (b"-----BEGIN CERTIFICATE-----\n".to_vec(), "-outform der"),
            (
                b"\xef\xbb\xbftext\r\n-----BEGIN CERTIFICATE-----\r\n".to_vec(),
                "-outform der",
            ),
            (
                b"-----BEGIN CERTIFICATE REQUEST-----\n".to_vec(),
                "a CERTIFICATE REQUEST in PEM",
            ),
            (b"-----BEGIN \x1b[2J".to_vec(), r"a \u{1b}[2J in PEM"),
            (b"-----BEGIN ".to_vec(), "a  in PEM"),
        ] {
            let said = said(&bytes);
            assert!(said.contains(expected), "{bytes:02x?}: {said}");
        }
    }
}
