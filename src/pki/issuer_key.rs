//! The CAPF private key: how it is made, kept, and what it signs.

use std::fmt;

use der::Encode as _;
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkcs5::pbkdf2_hmac;
use openssl::pkey::{Id, PKey, PKeyRef, Private};
use openssl::rand::rand_bytes;
use openssl::rsa::Rsa;
use openssl::sign::Signer;
use openssl::symm::{Cipher, encrypt};
use pem::Pem;
use pkcs8::EncryptedPrivateKeyInfoRef;
use pkcs8::der::asn1::OctetStringRef;
use pkcs8::pkcs5::pbes2::{EncryptionScheme, Kdf, Parameters, Pbkdf2Params};
use spki::AlgorithmIdentifierRef;
use zeroize::Zeroizing;

use super::signed::{SHA256_WITH_ECDSA, SHA256_WITH_RSA, signed};
use super::{KeyKind, PkiError, PublicKey};
use crate::model::{Curve, KeyRequest};
use crate::secret::AccountPassword;

/// The rounds of PBKDF2 with HMAC-SHA-256 between a passphrase and the key's cipher (D): some tenths
/// of a second at each start, and as much at each guess.
const ROUNDS: u32 = 600_000;

/// The private key of a CAPF CA. OpenSSL wipes it from memory when the last clone goes.
#[derive(Clone)]
pub struct IssuerKey(PKey<Private>);

impl IssuerKey {
    /// The shortest RSA key that a CA may have.
    const MIN_RSA_BITS: u16 = 2048;

    /// The key that every phone can deal with (P).
    pub const DEFAULT: KeyRequest = KeyRequest::Rsa(crate::model::RsaKeySize::Bits2048);

    /// Makes a key: RSA with 2048 bits and more, or on one of Cisco's curves.
    pub fn generate(kind: KeyRequest) -> Result<Self, PkiError> {
        let key = match kind {
            KeyRequest::Rsa(size) if size.bits() < Self::MIN_RSA_BITS => {
                return Err(PkiError::WeakIssuerKey { bits: size.bits() });
            }
            KeyRequest::Rsa(size) => PKey::from_rsa(Rsa::generate(size.bits().into())?)?,
            KeyRequest::Ec(curve) => {
                let nid = match curve {
                    Curve::P256 => Nid::X9_62_PRIME256V1,
                    Curve::P384 => Nid::SECP384R1,
                    Curve::P521 => Nid::SECP521R1,
                };
                PKey::from_ec_key(EcKey::generate(&*EcGroup::from_curve_name(nid)?)?)?
            }
        };
        Ok(Self(key))
    }

    /// Reads a key in PEM; an encrypted one with its passphrase. The passphrase of a key in the clear
    /// does not count.
    pub fn from_pem(pem: &[u8], passphrase: Option<&AccountPassword>) -> Result<Self, PkiError> {
        let mut asked = false;
        // Without a callback OpenSSL would ask on the terminal.
        let read = PKey::private_key_from_pem_callback(pem, |buffer| {
            asked = true;
            let text = passphrase.map_or(&[][..], |text| text.reveal().as_bytes());
            Ok(buffer.get_mut(..text.len()).map_or(0, |buffer| {
                buffer.copy_from_slice(text);
                text.len()
            }))
        });
        match read {
            Ok(key) => Ok(Self(key)),
            Err(_) if asked && passphrase.is_none() => Err(PkiError::NoPassphrase),
            Err(_) if asked => Err(PkiError::WrongPassphrase),
            Err(source) => Err(PkiError::PrivateKey { source }),
        }
    }

    /// The key in PEM, to be kept: PKCS#8, in the clear or, with a passphrase, encrypted with AES-256
    /// (PBES2, RFC 8018).
    pub fn to_pem(
        &self,
        passphrase: Option<&AccountPassword>,
    ) -> Result<Zeroizing<Vec<u8>>, PkiError> {
        let Some(passphrase) = passphrase else {
            return Ok(Zeroizing::new(self.0.private_key_to_pem_pkcs8()?));
        };
        let clear = Zeroizing::new(self.0.private_key_to_pkcs8()?);
        let (mut salt, mut iv) = ([0; 16], [0; 16]);
        rand_bytes(&mut salt)?;
        rand_bytes(&mut iv)?;
        let mut key = Zeroizing::new([0; 32]);
        let rounds = usize::try_from(ROUNDS).unwrap_or(usize::MAX);
        let (text, digest) = (passphrase.reveal().as_bytes(), MessageDigest::sha256());
        pbkdf2_hmac(text, &salt, rounds, digest, &mut *key)?;
        let encrypted = encrypt(Cipher::aes_256_cbc(), &*key, Some(&iv), &clear)?;
        let parameters = Parameters {
            kdf: Kdf::Pbkdf2(Pbkdf2Params::hmac_sha256(ROUNDS, &salt).map_err(|_| scheme())?),
            encryption: EncryptionScheme::Aes256Cbc { iv },
        };
        let info = EncryptedPrivateKeyInfoRef {
            encryption_algorithm: parameters.into(),
            encrypted_data: OctetStringRef::new(&encrypted)?,
        };
        let pem = Pem::new("ENCRYPTED PRIVATE KEY", info.to_der()?);
        Ok(Zeroizing::new(pem::encode(&pem).into_bytes()))
    }

    /// The public key, a DER `SubjectPublicKeyInfo`.
    pub fn public_key(&self) -> Result<Vec<u8>, PkiError> {
        Ok(self.0.public_key_to_der()?)
    }

    /// The key's kind and size, if a CAPF certificate may have such a key.
    pub(super) fn fit(&self) -> Option<KeyKind> {
        let kind = PublicKey::from_der(&self.0.public_key_to_der().ok()?)
            .ok()?
            .kind();
        match kind {
            KeyKind::Rsa { bits } if bits < Self::MIN_RSA_BITS => None,
            kind => Some(kind),
        }
    }

    pub(super) fn is_of(&self, public_key: &[u8]) -> Result<bool, PkiError> {
        Ok(self.0.public_eq(&*PKey::public_key_from_der(public_key)?))
    }

    pub(super) fn pkey(&self) -> &PKey<Private> {
        &self.0
    }
}

/// The parameters are ours, so this says no more than that DER cannot hold them.
fn scheme() -> der::Error {
    der::ErrorKind::Failed.into()
}

impl fmt::Debug for IssuerKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("IssuerKey(…)")
    }
}

/// How a key signs: with SHA-256, whatever its kind, as Unified CM's CAPF does (P).
pub(super) fn algorithm(key: &PKeyRef<Private>) -> AlgorithmIdentifierRef<'static> {
    if key.id() == Id::EC {
        SHA256_WITH_ECDSA
    } else {
        SHA256_WITH_RSA
    }
}

/// Signs what names the key's [`algorithm`] already, or need not.
pub(super) fn sign(content: &[u8], key: &PKeyRef<Private>) -> Result<Vec<u8>, PkiError> {
    let signature = Signer::new(MessageDigest::sha256(), key)?.sign_oneshot_to_vec(content)?;
    Ok(signed(content, algorithm(key), &signature)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::RsaKeySize;

    fn passphrase(text: &str) -> AccountPassword {
        AccountPassword::new(text)
    }

    #[test]
    fn a_key_comes_back_with_its_passphrase_alone() {
        let key = IssuerKey::generate(KeyRequest::Ec(Curve::P256)).unwrap();
        let right = passphrase("correct horse");
        let pem = key.to_pem(Some(&right)).unwrap();
        assert!(pem.starts_with(b"-----BEGIN ENCRYPTED PRIVATE KEY-----"));
        let back = IssuerKey::from_pem(&pem, Some(&right)).unwrap();
        assert_eq!(back.public_key().unwrap(), key.public_key().unwrap());
        for wrong in ["correct horsf", "", &"x".repeat(5000)] {
            assert!(matches!(
                IssuerKey::from_pem(&pem, Some(&passphrase(wrong))),
                Err(PkiError::WrongPassphrase)
            ));
        }
        assert!(matches!(
            IssuerKey::from_pem(&pem, None),
            Err(PkiError::NoPassphrase)
        ));
    }

    #[test]
    fn a_key_in_the_clear_needs_no_passphrase_and_minds_none() {
        let key = IssuerKey::generate(KeyRequest::Ec(Curve::P384)).unwrap();
        let pem = key.to_pem(None).unwrap();
        for given in [None, Some(passphrase("anything"))] {
            let back = IssuerKey::from_pem(&pem, given.as_ref()).unwrap();
            assert_eq!(back.public_key().unwrap(), key.public_key().unwrap());
        }
    }

    #[test]
    fn what_is_no_key_is_told_from_one_that_is_locked() {
        for bad in [
            "",
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        ] {
            assert!(matches!(
                IssuerKey::from_pem(bad.as_bytes(), None),
                Err(PkiError::PrivateKey { .. })
            ));
        }
    }

    #[test]
    fn a_ca_gets_no_short_key_and_shows_none() {
        assert!(matches!(
            IssuerKey::generate(KeyRequest::Rsa(RsaKeySize::Bits1024)),
            Err(PkiError::WeakIssuerKey { bits: 1024 })
        ));
        let key = IssuerKey::generate(KeyRequest::Ec(Curve::P521)).unwrap();
        assert_eq!(format!("{key:?}"), "IssuerKey(…)");
        assert_eq!(key.fit(), Some(KeyKind::Ec(Curve::P521)));
    }
}
