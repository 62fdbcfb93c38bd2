//! PKCS#10 requests (RFC 2986) for a phone's key, to be signed by another CA.
//!
//! The phone alone can sign, because its private key never leaves it. That it does so when asked
//! is known (P), with which bytes is not (N): `encrypt` and `sign` are our decision (D), unproven
//! on hardware.

use std::fmt;

use der::asn1::{AnyRef, ObjectIdentifier, OctetString, OctetStringRef, SetOfVec};
use der::oid::db::rfc5912::ID_SHA_256;
use der::{Decode as _, Encode as _, Sequence};
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::sha::{sha1, sha256};
use openssl::sign::Verifier;
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoOwned};
use x509_cert::name::{Name, RdnSequence};
use x509_cert::request::{CertReqInfo, ExtensionReq, Version};

use super::issuer::subject_der;
use super::profile::{inherited_names, lsc_subject, lsc_usages};
use super::signed::{SHA256_WITH_ECDSA, SHA256_WITH_RSA, signed};
use super::{KeyKind, PkiError, PublicKey};
use crate::model::{Certificate, Csr, DeviceName};

/// A request before its signature: a `CertificationRequestInfo`.
///
/// The subject is the LSC's, so that the CA's certificate names the device. Asked for are the key
/// usages without which a phone's registration fails, for CAs that copy what is asked. The LSC's
/// alternative name is not asked for (D): CAs that permit no URIs would refuse the whole request,
/// and the device name stands in the common name already.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    info: Vec<u8>,
    public_key: PublicKey,
}

/// `DigestInfo`, RFC 8017 section 9.2.
#[derive(Sequence)]
struct DigestInfo<'a> {
    algorithm: AlgorithmIdentifierRef<'a>,
    digest: &'a OctetStringRef,
}

/// id-alg-noSignature (RFC 5272, appendix C.1). Its parameters must be NULL.
const NO_SIGNATURE: AlgorithmIdentifierRef<'static> = AlgorithmIdentifierRef {
    oid: ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.6.2"),
    parameters: Some(AnyRef::NULL),
};

impl Request {
    /// A request for a phone's key, a DER `SubjectPublicKeyInfo`; C, O and OU come from the CAPF
    /// certificate `issuer`.
    pub fn new(
        device: &DeviceName,
        model: &str,
        issuer: &Certificate,
        public_key: &[u8],
    ) -> Result<Self, PkiError> {
        let public_key = PublicKey::from_der(public_key)?;
        let inherited = inherited_names(&RdnSequence::from_der(&subject_der(issuer))?)?;
        let subject = lsc_subject(&inherited, device, model, None)?;
        let usages = ExtensionReq(lsc_usages()?.into());
        let info = CertReqInfo {
            version: Version::V1,
            subject: Name::from_der(&subject.to_der()?)?,
            public_key: SubjectPublicKeyInfoOwned::from_der(public_key.der())?,
            attributes: SetOfVec::try_from([usages.try_into()?])?,
        };
        Ok(Self {
            info: info.to_der()?,
            public_key,
        })
    }

    /// The DER `CertificationRequestInfo`: what the phone signs where `CSR Proof` is `sign`.
    pub fn info(&self) -> &[u8] {
        &self.info
    }

    /// The DER `DigestInfo` of the info with SHA-256: what an RSA phone applies its private key to
    /// where `CSR Proof` is `encrypt`. With the padding of PKCS#1, block type 1, around it, that
    /// makes a `sha256WithRSAEncryption` signature.
    pub fn digest_info(&self) -> Vec<u8> {
        let digest = sha256(&self.info);
        OctetStringRef::new(&digest)
            .and_then(|digest| {
                DigestInfo {
                    algorithm: AlgorithmIdentifierRef {
                        oid: ID_SHA_256,
                        parameters: Some(AnyRef::NULL),
                    },
                    digest,
                }
                .to_der()
            })
            .expect("a digest of 32 bytes can be written in DER")
    }

    /// The request without proof that the phone holds the key: id-alg-noSignature.
    ///
    /// In the signature's place stands the SHA-1 of the info, which means nothing and which nobody
    /// is to look at (RFC 5272, appendix C.1, with erratum 8137).
    pub fn unsigned(self) -> Result<Csr, PkiError> {
        let no_signature = OctetString::new(sha1(&self.info))?.to_der()?;
        Ok(Csr::from_der(&signed(
            &self.info,
            NO_SIGNATURE,
            &no_signature,
        )?)?)
    }

    /// The request with the phone's signature, which is verified first: RSA with PKCS#1 v1.5 or
    /// ECDSA in DER, both with SHA-256.
    pub fn signed(self, signature: &[u8]) -> Result<Csr, PkiError> {
        // A signature that cannot even be read verifies no better than a wrong one.
        if !self.verifies(signature).unwrap_or(false) {
            return Err(PkiError::BadSignature);
        }
        let algorithm = match self.public_key.kind() {
            KeyKind::Rsa { .. } => SHA256_WITH_RSA,
            KeyKind::Ec(_) => SHA256_WITH_ECDSA,
        };
        Ok(Csr::from_der(&signed(&self.info, algorithm, signature)?)?)
    }

    fn verifies(&self, signature: &[u8]) -> Result<bool, ErrorStack> {
        let key = PKey::public_key_from_der(self.public_key.der())?;
        Verifier::new(MessageDigest::sha256(), &key)?.verify_oneshot(signature, &self.info)
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Request")
            .field("info", &hex::encode(&self.info))
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use openssl::pkey::Private;
    use openssl::rsa::{Padding, Rsa};
    use openssl::sign::Signer;
    use x509_parser::prelude::{FromDer as _, X509CertificationRequest};

    use super::*;
    use crate::pki::{Issuer, IssuerName};

    fn rsa(bits: u32) -> PKey<Private> {
        PKey::from_rsa(Rsa::generate(bits).unwrap()).unwrap()
    }

    /// One CAPF for all tests: keys take their time.
    static ISSUER: LazyLock<Issuer> = LazyLock::new(|| {
        let name = IssuerName {
            country: Some("AU".to_owned()),
            ..IssuerName::default()
        };
        Issuer::create(&name, "2026-11-23T12:00:00Z".parse().unwrap()).unwrap()
    });

    fn request(key: &PKey<Private>) -> Request {
        Request::new(
            &"SEPB000B4BA0AEE".parse().unwrap(),
            "CP-8861",
            ISSUER.certificate(),
            &key.public_key_to_der().unwrap(),
        )
        .unwrap()
    }

    fn signature(key: &PKey<Private>, digest: MessageDigest, data: &[u8]) -> Vec<u8> {
        Signer::new(digest, key)
            .unwrap()
            .sign_oneshot_to_vec(data)
            .unwrap()
    }

    #[test]
    fn a_request_asks_for_an_lscs_subject_and_key_usages() {
        let key = rsa(1024);
        let csr = request(&key).unsigned().unwrap();
        assert_eq!(csr.subject(), "C=AU, O=capf, CN=CP-8861-SEPB000B4BA0AEE");
        assert_eq!(csr.public_key(), key.public_key_to_der().unwrap());
        let (_, view) = X509CertificationRequest::from_der(csr.der()).unwrap();
        let extensions: Vec<_> = view
            .requested_extensions()
            .unwrap()
            .map(|extension| format!("{extension:?}"))
            .collect();
        assert_eq!(extensions.len(), 2);
        assert!(extensions[0].starts_with("KeyUsage(KeyUsage { flags: 5 }"));
        assert!(extensions[1].contains("client_auth: true"));
    }

    #[test]
    fn a_signature_by_rsa_and_by_every_curve_is_taken() {
        let mut keys = vec![rsa(512), rsa(2048)];
        for curve in ["prime256v1", "secp384r1", "secp521r1"] {
            keys.push(PKey::ec_gen(curve).unwrap());
        }
        for key in keys {
            let request = request(&key);
            let signature = signature(&key, MessageDigest::sha256(), request.info());
            assert!(request.signed(&signature).unwrap().is_signed());
        }
    }

    #[test]
    fn the_private_key_operation_over_the_digest_info_makes_a_signature() {
        let key = rsa(2048);
        let request = request(&key);
        let mut signature = vec![0; key.size()];
        key.rsa()
            .unwrap()
            .private_encrypt(&request.digest_info(), &mut signature, Padding::PKCS1)
            .unwrap();
        assert!(request.signed(&signature).unwrap().is_signed());
    }

    #[test]
    fn the_digest_info_is_that_of_pkcs1() {
        let request = request(&rsa(512));
        let expected = [
            // RFC 8017, section 9.2, note 1
            &hex::decode("3031300d060960864801650304020105000420").unwrap()[..],
            &sha256(request.info()),
        ]
        .concat();
        assert_eq!(request.digest_info(), expected);
    }

    #[test]
    fn a_signature_that_does_not_verify_is_refused() {
        for key in [rsa(1024), PKey::ec_gen("prime256v1").unwrap()] {
            let request = request(&key);
            let good = signature(&key, MessageDigest::sha256(), request.info());
            let mut flipped = good.clone();
            flipped[20] ^= 1;
            let bad = [
                flipped,
                signature(&key, MessageDigest::sha1(), request.info()),
                signature(&key, MessageDigest::sha256(), b"something else"),
                signature(&rsa(1024), MessageDigest::sha256(), request.info()),
                good[1..].to_vec(),
                [&good[..], &[0]].concat(),
                vec![],
                vec![0xff; 9000],
            ];
            for signature in bad {
                let result = request.clone().signed(&signature);
                assert!(matches!(result, Err(PkiError::BadSignature)));
            }
        }
    }

    #[test]
    fn a_request_without_a_signature_says_so() {
        let request = request(&rsa(512));
        let digest = sha1(request.info());
        let csr = request.unsigned().unwrap();
        assert!(!csr.is_signed());
        // AlgorithmIdentifier { id-alg-noSignature, NULL }, BIT STRING { OCTET STRING }
        let tail = [
            &hex::decode("300c06082b060105050706020500031700").unwrap()[..],
            &[4, 20],
            &digest,
        ]
        .concat();
        assert!(csr.der().ends_with(&tail));
    }

    #[test]
    fn there_is_no_request_for_an_unfit_key() {
        let device = "SEPB000B4BA0AEE".parse().unwrap();
        let result = Request::new(&device, "", ISSUER.certificate(), b"no key");
        assert!(matches!(result, Err(PkiError::InvalidKey(_))));
    }
}
