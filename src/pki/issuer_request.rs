//! The request by which another CA makes CAPF its subordinate.

use der::asn1::SetOfVec;
use der::{Decode as _, Encode as _};
use openssl::x509::X509;
use spki::SubjectPublicKeyInfoOwned;
use x509_cert::name::Name;
use x509_cert::request::{CertReqInfo, ExtensionReq, Version};

use super::issuer::{new_subject, subject_der};
use super::issuer_key::sign;
use super::profile::issuer_request_extensions;
use super::{Issuer, IssuerKey, IssuerName, PkiError};
use crate::model::{Certificate, Csr};

impl Issuer {
    /// A request for this CAPF certificate's key, under its name.
    pub fn request(&self) -> Result<Csr, PkiError> {
        request(&subject_der(self.certificate()), self.key())
    }
}

/// A request for a key that has no certificate yet, under a common name of its own.
pub fn new_issuer_request(name: &IssuerName, key: &IssuerKey) -> Result<Csr, PkiError> {
    request(&new_subject(name)?, key)
}

fn request(subject: &[u8], key: &IssuerKey) -> Result<Csr, PkiError> {
    let extensions = ExtensionReq(issuer_request_extensions()?);
    let info = CertReqInfo {
        version: Version::V1,
        subject: Name::from_der(subject)?,
        public_key: SubjectPublicKeyInfoOwned::from_der(&key.public_key()?)?,
        attributes: SetOfVec::try_from([extensions.try_into()?])?,
    };
    Ok(Csr::from_der(&sign(&info.to_der()?, key.pkey())?)?)
}

/// The name under which OpenSSL looks for a CA in a directory (`-CApath`), without its `.0`: a hash of
/// the subject, in eight hexadecimal digits.
pub fn subject_hash(certificate: &Certificate) -> Result<String, PkiError> {
    let hash = X509::from_der(certificate.der())?.subject_name_hash();
    Ok(format!("{hash:08x}"))
}
