//! A certificate and the private key that belongs to it.

use zeroize::Zeroizing;

use super::{Key, PhoneSimError};
use crate::model::Certificate;

/// A certificate and the private key that belongs to it: a phone's LSC or MIC. A clone shares the
/// key.
#[derive(Clone, Debug)]
pub struct Identity {
    certificate: Certificate,
    key: Key,
}

impl Identity {
    /// Takes the two where they belong together.
    pub fn new(certificate: Certificate, key: Key) -> Result<Self, PhoneSimError> {
        if key.is_of(certificate.public_key()) {
            Ok(Self { certificate, key })
        } else {
            Err(PhoneSimError::KeyMismatch)
        }
    }

    /// Reads the first certificate and the private key out of one PEM file.
    pub fn from_pem(pem: &[u8]) -> Result<Self, PhoneSimError> {
        let blocks = pem::parse_many(pem).map_err(|_| PhoneSimError::NoCertificate)?;
        let certificate = blocks
            .iter()
            .find(|block| block.tag() == "CERTIFICATE")
            .ok_or(PhoneSimError::NoCertificate)?;
        let certificate = Certificate::from_der(certificate.contents())?;
        Self::new(certificate, Key::from_pem(pem)?)
    }

    /// The private key and the certificate as one PEM file.
    pub fn to_pem(&self) -> Result<Zeroizing<Vec<u8>>, PhoneSimError> {
        let mut pem = self.key.to_pem()?;
        // What a growing vector leaves behind is not wiped.
        let certificate = self.certificate.to_pem();
        let mut both = Zeroizing::new(Vec::with_capacity(pem.len() + certificate.len()));
        both.append(&mut pem);
        both.extend(certificate.as_bytes());
        Ok(both)
    }

    /// The certificate.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// The private key.
    pub fn key(&self) -> &Key {
        &self.key
    }
}

#[cfg(test)]
pub(super) mod tests {
    use openssl::asn1::Asn1Time;
    use openssl::hash::MessageDigest;
    use openssl::pkey::PKey;
    use openssl::x509::{X509, X509Name};

    use super::*;
    use crate::model::Curve;
    use crate::phone_sim::KeyShape;

    pub(in crate::phone_sim) const P256: KeyShape = KeyShape::Ec(Curve::P256);

    /// A self-signed certificate for `key`.
    pub(in crate::phone_sim) fn certificate(common_name: &str, key: &Key) -> Certificate {
        let signer = PKey::private_key_from_pem(&key.to_pem().unwrap()).unwrap();
        issued(common_name, &key.public_key().unwrap(), &signer)
    }

    /// A certificate for a public key, signed with whatever key is given.
    pub(in crate::phone_sim) fn issued(
        common_name: &str,
        public_key: &[u8],
        signer: &PKey<openssl::pkey::Private>,
    ) -> Certificate {
        let mut name = X509Name::builder().unwrap();
        name.append_entry_by_text("CN", common_name).unwrap();
        let name = name.build();
        let mut builder = X509::builder().unwrap();
        builder.set_version(2).unwrap();
        builder.set_subject_name(&name).unwrap();
        builder.set_issuer_name(&name).unwrap();
        let public_key = PKey::public_key_from_der(public_key).unwrap();
        builder.set_pubkey(&public_key).unwrap();
        let from = Asn1Time::from_unix(1_700_000_000).unwrap();
        let to = Asn1Time::from_unix(1_900_000_000).unwrap();
        builder.set_not_before(&from).unwrap();
        builder.set_not_after(&to).unwrap();
        builder.sign(signer, MessageDigest::sha256()).unwrap();
        Certificate::from_der(&builder.build().to_der().unwrap()).unwrap()
    }

    pub(in crate::phone_sim) fn identity(common_name: &str, shape: KeyShape) -> Identity {
        let key = Key::generate(shape).unwrap();
        Identity::new(certificate(common_name, &key), key).unwrap()
    }

    #[test]
    fn an_identity_comes_back_from_pem_whatever_stands_first() {
        let identity = identity("SEP001122334455", P256);
        let (key, certificate) = (
            identity.key().to_pem().unwrap(),
            identity.certificate().to_pem(),
        );
        for pem in [
            identity.to_pem().unwrap().to_vec(),
            [&key[..], certificate.as_bytes()].concat(),
            [certificate.as_bytes(), &key[..]].concat(),
        ] {
            let again = Identity::from_pem(&pem).unwrap();
            assert_eq!(again.certificate(), identity.certificate());
        }
    }

    #[test]
    fn what_does_not_belong_together_is_refused() {
        let (one, other) = (identity("ONE", P256), identity("OTHER", P256));
        let mixed = [
            one.certificate().to_pem().as_bytes(),
            &other.key().to_pem().unwrap()[..],
        ]
        .concat();
        assert!(matches!(
            Identity::from_pem(&mixed),
            Err(PhoneSimError::KeyMismatch)
        ));
        assert!(matches!(
            Identity::from_pem(one.certificate().to_pem().as_bytes()),
            Err(PhoneSimError::PrivateKey { .. })
        ));
        for no_certificate in [&one.key().to_pem().unwrap()[..], b"", b"no pem"] {
            assert!(matches!(
                Identity::from_pem(no_certificate),
                Err(PhoneSimError::NoCertificate)
            ));
        }
    }
}
