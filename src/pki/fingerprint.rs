//! Fingerprints that people compare.

use openssl::sha::sha256;

/// The SHA-256 fingerprint of a certificate or request in DER, in lower-case hexadecimal: what
/// `openssl x509 -fingerprint -sha256` shows, without its colons.
pub fn fingerprint(der: &[u8]) -> String {
    hex::encode(sha256(der))
}
