//! PKCS#7 bundles, as Microsoft's CAs hand out a certificate with its chain (`.p7b`).

use openssl::pkcs7::Pkcs7;

use super::PkiError;
use crate::model::Certificate;

/// The certificates in a PKCS#7 bundle in DER; none where it is something else.
pub fn certificates_in_pkcs7(der: &[u8]) -> Result<Vec<Certificate>, PkiError> {
    let Ok(bundle) = Pkcs7::from_der(der) else {
        return Ok(Vec::new());
    };
    let certificates = bundle.signed().and_then(|signed| signed.certificates());
    certificates
        .into_iter()
        .flatten()
        .map(|certificate| Ok(Certificate::from_der(&certificate.to_der()?)?))
        .collect()
}
