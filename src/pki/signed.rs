//! `SIGNED { … }` of X.509: what certificates and requests have in common.

use der::asn1::{AnyRef, BitStringRef};
use der::oid::db::rfc5912::{ECDSA_WITH_SHA_256, SHA_256_WITH_RSA_ENCRYPTION};
use der::{Decode as _, Encode as _, Sequence};
use spki::AlgorithmIdentifierRef;

/// `sha256WithRSAEncryption`, with its NULL (RFC 4055, section 5).
pub(super) const SHA256_WITH_RSA: AlgorithmIdentifierRef<'static> = AlgorithmIdentifierRef {
    oid: SHA_256_WITH_RSA_ENCRYPTION,
    parameters: Some(AnyRef::NULL),
};

/// `ecdsa-with-SHA256`, without parameters (RFC 5758, section 3.2).
pub(super) const SHA256_WITH_ECDSA: AlgorithmIdentifierRef<'static> = AlgorithmIdentifierRef {
    oid: ECDSA_WITH_SHA_256,
    parameters: None,
};

#[derive(Sequence)]
struct Signed<'a> {
    content: AnyRef<'a>,
    algorithm: AlgorithmIdentifierRef<'a>,
    signature: BitStringRef<'a>,
}

/// Puts together what was signed, how, and the signature.
pub(super) fn signed(
    content: &[u8],
    algorithm: AlgorithmIdentifierRef<'_>,
    signature: &[u8],
) -> Result<Vec<u8>, der::Error> {
    Signed {
        content: AnyRef::from_der(content)?,
        algorithm,
        signature: BitStringRef::from_bytes(signature)?,
    }
    .to_der()
}
