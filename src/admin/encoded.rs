//! Certificates and requests in files as people have them: PEM or DER, one or several, and bundles
//! of PKCS#7.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::AdminError;
use crate::model::{Certificate, Csr, Escaped, InvalidCertificate, InvalidCsr};
use crate::pki::{Description, certificates_in_pkcs7};

/// A certificate or a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Encoded {
    Certificate(Certificate),
    Request(Csr),
}

/// Why a file gives neither certificates nor requests.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidEncoding {
    /// It begins like PEM and is none.
    #[error("damaged PEM: {reason}")]
    Pem {
        /// What the parser says.
        reason: String,
    },
    /// It is text without a PEM block, or nothing at all.
    #[error("neither a certificate nor a certificate signing request, in PEM or in DER")]
    Nothing,
    /// There are several, where one is meant.
    #[error("it holds {count} certificates or requests, where one certificate is expected")]
    NotOne {
        /// How many there are.
        count: usize,
    },
    /// A request, where a certificate is meant.
    #[error("it is a certificate signing request, not the certificate that a CA makes of it")]
    NoCertificate,
    /// A certificate in a PKCS#7 bundle is none.
    #[error("a certificate in the PKCS #7 bundle cannot be read: {reason}")]
    Bundle {
        /// What is wrong with it.
        reason: String,
    },
    /// A PKCS#7 bundle that cannot be read, or that has no certificate in it.
    #[error("a PKCS #7 bundle without certificates, or a damaged one")]
    EmptyBundle,
    /// Its PEM blocks hold something else.
    #[error("its PEM holds a {}, and neither a certificate nor a request", Escaped(.label))]
    OtherBlock {
        /// What the block says it holds.
        label: String,
    },
    /// A certificate that is none.
    #[error(transparent)]
    Certificate(#[from] InvalidCertificate),
    /// A request that is none.
    #[error(transparent)]
    Request(#[from] InvalidCsr),
}

/// Reads the first certificate in a file.
pub fn read_certificate(path: &Path) -> Result<Certificate, AdminError> {
    read_file(path)?
        .into_iter()
        .find_map(|found| match found {
            Encoded::Certificate(certificate) => Some(certificate),
            Encoded::Request(_) => None,
        })
        .ok_or_else(|| AdminError::Encoding {
            path: path.to_owned(),
            source: InvalidEncoding::Nothing,
        })
}

/// Describes what comes from `source`, which is called `path`: any certificates and requests, in PEM
/// or DER; at least one.
pub fn describe(source: impl Read, path: &Path) -> Result<Vec<Description>, AdminError> {
    Ok(read(source, path)?
        .iter()
        .map(|one| match one {
            Encoded::Certificate(certificate) => Description::of_certificate(certificate),
            Encoded::Request(csr) => Description::of_csr(csr),
        })
        .collect())
}

/// Reads the certificates in a file, in PEM or DER; at least one, and nothing else.
pub(super) fn read_certificates(path: &Path) -> Result<Vec<Certificate>, AdminError> {
    only_certificates(read_file(path)?, path)
}

/// As [`read_certificates`], of what was read from the file `path`.
pub(super) fn certificates(bytes: &[u8], path: &Path) -> Result<Vec<Certificate>, AdminError> {
    only_certificates(read(bytes, path)?, path)
}

fn only_certificates(found: Vec<Encoded>, path: &Path) -> Result<Vec<Certificate>, AdminError> {
    found
        .into_iter()
        .map(|one| match one {
            Encoded::Certificate(certificate) => Ok(certificate),
            Encoded::Request(_) => Err(AdminError::Encoding {
                path: path.to_owned(),
                source: InvalidEncoding::NoCertificate,
            }),
        })
        .collect()
}

/// Reads everything in a file, at least one thing.
pub(super) fn read_file(path: &Path) -> Result<Vec<Encoded>, AdminError> {
    let source = File::open(path).map_err(|source| AdminError::Read {
        path: path.to_owned(),
        source,
    })?;
    read(source, path)
}

/// Reads everything that comes from `source`, which is called `path`; at least one thing.
pub(super) fn read(mut source: impl Read, path: &Path) -> Result<Vec<Encoded>, AdminError> {
    let mut bytes = Vec::new();
    source
        .read_to_end(&mut bytes)
        .map_err(|source| AdminError::Read {
            path: path.to_owned(),
            source,
        })?;
    decode(&bytes).map_err(|source| AdminError::Encoding {
        path: path.to_owned(),
        source,
    })
}

/// Reads the one certificate that a cell of a table holds: in PEM, in DER, or in DER as base64.
pub(super) fn decode_cell(cell: &[u8]) -> Result<Certificate, InvalidEncoding> {
    let is_base64 = |byte: &u8| {
        byte.is_ascii_alphanumeric()
            || matches!(byte, b'+' | b'/' | b'=')
            || byte.is_ascii_whitespace()
    };
    // The base64 of a SEQUENCE begins with this letter, and DER does not.
    let mut found = if cell.first() == Some(&b'M') && cell.iter().all(is_base64) {
        let (begin, end) = (
            &b"-----BEGIN CERTIFICATE-----\n"[..],
            b"\n-----END CERTIFICATE-----",
        );
        decode(&[begin, cell, end].concat())?
    } else {
        decode(cell)?
    };
    match (found.pop(), found.len()) {
        (Some(Encoded::Certificate(certificate)), 0) => Ok(certificate),
        (Some(Encoded::Request(_)), 0) => Err(InvalidEncoding::NoCertificate),
        (_, others) => Err(InvalidEncoding::NotOne { count: others + 1 }),
    }
}

fn decode(bytes: &[u8]) -> Result<Vec<Encoded>, InvalidEncoding> {
    // Every DER certificate and request is a SEQUENCE.
    if bytes.first() == Some(&0x30) {
        return decode_der(bytes);
    }
    let blocks = pem::parse_many(bytes).map_err(|error| InvalidEncoding::Pem {
        reason: error.to_string(),
    })?;
    let mut found = Vec::new();
    for block in &blocks {
        found.extend(decode_block(block)?);
    }
    match (found.is_empty(), blocks.first()) {
        (false, _) => Ok(found),
        (true, Some(other)) => Err(InvalidEncoding::OtherBlock {
            label: other.tag().to_owned(),
        }),
        (true, None) => Err(InvalidEncoding::Nothing),
    }
}

/// Nothing for a block of something else: a certificate may have its key beside it.
fn decode_block(block: &pem::Pem) -> Result<Vec<Encoded>, InvalidEncoding> {
    let bytes = block.contents();
    Ok(match block.tag() {
        "CERTIFICATE" | "X509 CERTIFICATE" => {
            vec![Encoded::Certificate(Certificate::from_der(bytes)?)]
        }
        "CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST" => {
            vec![Encoded::Request(Csr::from_der(bytes)?)]
        }
        "PKCS7" | "PKCS #7 SIGNED DATA" | "CMS" => decode_bundle(bytes)?,
        _ => Vec::new(),
    })
}

fn decode_der(bytes: &[u8]) -> Result<Vec<Encoded>, InvalidEncoding> {
    match (Certificate::from_der(bytes), Csr::from_der(bytes)) {
        (Ok(certificate), _) => Ok(vec![Encoded::Certificate(certificate)]),
        (_, Ok(request)) => Ok(vec![Encoded::Request(request)]),
        (Err(InvalidCertificate::Bundle), _) => decode_bundle(bytes),
        // A certificate is what is expected: its error says more.
        (Err(invalid), _) => Err(invalid.into()),
    }
}

/// The certificates in a PKCS#7 bundle.
fn decode_bundle(der: &[u8]) -> Result<Vec<Encoded>, InvalidEncoding> {
    let certificates = certificates_in_pkcs7(der).map_err(|error| InvalidEncoding::Bundle {
        reason: error.to_string(),
    })?;
    if certificates.is_empty() {
        return Err(InvalidEncoding::EmptyBundle);
    }
    Ok(certificates.into_iter().map(Encoded::Certificate).collect())
}

#[cfg(test)]
mod tests {
    use super::super::testing::now;
    use super::*;
    use crate::pki::OutsideCa;

    #[test]
    fn certificates_are_read_from_der_and_from_pem_with_whatever_stands_beside_them() {
        let ca = OutsideCa::create("Example CA", now()).unwrap();
        let certificate = ca.certificate();
        let one = Encoded::Certificate(certificate.clone());
        assert_eq!(decode(certificate.der()), Ok(vec![one.clone()]));
        let key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
        let pem = certificate.to_pem();
        let bundle = format!("subject=Example CA\n{pem}{key}{pem}");
        assert_eq!(decode(bundle.as_bytes()), Ok(vec![one.clone(), one]));
    }

    #[test]
    fn a_cell_holds_one_certificate_in_pem_der_or_base64() {
        let ca = OutsideCa::create("Example CA", now()).unwrap();
        let certificate = ca.certificate();
        let pem = certificate.to_pem();
        let lines: Vec<_> = pem.lines().filter(|line| !line.starts_with('-')).collect();
        for cell in [
            pem.as_bytes(),
            pem.replace('\n', " ").as_bytes(),
            certificate.der(),
            lines.join("").as_bytes(),
            lines.join("\r\n").as_bytes(),
        ] {
            assert_eq!(decode_cell(cell).as_ref(), Ok(certificate));
        }
        for (cell, says) in [
            (pem.repeat(2), "2 certificates"),
            (lines[0].to_owned(), "cut off or damaged"),
            ("MIIB!".to_owned(), "neither a certificate"),
            ("MIIB=A".to_owned(), "damaged PEM"),
            (String::new(), "neither a certificate"),
        ] {
            let error = decode_cell(cell.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(says), "{cell}: {error}");
        }
    }

    #[test]
    fn what_holds_neither_certificate_nor_request_says_what_it_is() {
        for (bytes, says) in [
            (&b""[..], "neither"),
            (b"hello", "neither"),
            (b"\x30\x03\x02\x01\x01", "not a certificate"),
            (
                b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
                "not a certificate",
            ),
            (
                b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
                "PRIVATE KEY",
            ),
        ] {
            let error = decode(bytes).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
    }
}
