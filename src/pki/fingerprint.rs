//! Fingerprints that people compare.

use openssl::hash::{MessageDigest, hash};
use openssl::sha::{sha1, sha256};

/// The SHA-256 fingerprint of a certificate or request in DER, in lower-case hexadecimal: what
/// `openssl x509 -fingerprint -sha256` shows, without its colons.
pub fn fingerprint(der: &[u8]) -> String {
    hex::encode(sha256(der))
}

/// SHA-1 in lower-case hexadecimal, where Cisco's phones and Unified CM show or compare it.
pub fn sha1_hex(bytes: &[u8]) -> String {
    hex::encode(sha1(bytes))
}

/// MD5 in lower-case hexadecimal, which older phones show of their trust lists; `None` where the
/// system forbids it (FIPS 140).
pub fn md5_hex(bytes: &[u8]) -> Option<String> {
    hash(MessageDigest::md5(), bytes).ok().map(hex::encode)
}
