//! Fingerprints that people compare.

use openssl::sha::sha256;

/// The SHA-256 fingerprint of a certificate or request in DER, in lower-case hexadecimal: what
/// `openssl x509 -fingerprint -sha256` shows, without its colons.
pub fn fingerprint(der: &[u8]) -> String {
    hex::encode(sha256(der))
}

/// The fingerprint that older tools and phones show for a certificate: SHA-1 over its DER, in
/// lower-case hexadecimal.
pub fn sha1_fingerprint(der: &[u8]) -> String {
    hex::encode(openssl::sha::sha1(der))
}
