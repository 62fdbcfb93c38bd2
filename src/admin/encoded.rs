//! Certificates and requests in files as people have them: PEM or DER, one or several.

use crate::model::{Certificate, Csr, Escaped, InvalidCertificate, InvalidCsr};

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
    /// A PEM block holds something else.
    #[error("it has a PEM block `{}`, which is neither a certificate nor a request", Escaped(.label))]
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

/// Reads everything in a file, at least one thing.
pub(super) fn decode(bytes: &[u8]) -> Result<Vec<Encoded>, InvalidEncoding> {
    // Every DER certificate and request is a SEQUENCE.
    if bytes.first() == Some(&0x30) {
        return decode_der(bytes).map(|one| vec![one]);
    }
    let blocks = pem::parse_many(bytes).map_err(|error| InvalidEncoding::Pem {
        reason: error.to_string(),
    })?;
    if blocks.is_empty() {
        return Err(InvalidEncoding::Nothing);
    }
    blocks
        .iter()
        .map(|block| match block.tag() {
            "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE" => Ok(Encoded::Certificate(
                Certificate::from_der(block.contents())?,
            )),
            "CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST" => {
                Ok(Encoded::Request(Csr::from_der(block.contents())?))
            }
            label => Err(InvalidEncoding::OtherBlock {
                label: label.to_owned(),
            }),
        })
        .collect()
}

fn decode_der(bytes: &[u8]) -> Result<Encoded, InvalidEncoding> {
    match (Certificate::from_der(bytes), Csr::from_der(bytes)) {
        (Ok(certificate), _) => Ok(Encoded::Certificate(certificate)),
        (_, Ok(request)) => Ok(Encoded::Request(request)),
        // A certificate is what is expected: its error says more.
        (Err(invalid), _) => Err(invalid.into()),
    }
}
