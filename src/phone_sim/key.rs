//! A phone's private key: making it, and what is signed with it.

use std::fmt;

use openssl::ec::{EcGroup, EcKey};
use openssl::ecdsa::EcdsaSig;
use openssl::hash::{MessageDigest, hash};
use openssl::nid::Nid;
use openssl::pkey::{Id, PKey, Private};
use openssl::rsa::{Padding, Rsa};
use openssl::sign::Signer;
use zeroize::Zeroizing;

use super::PhoneSimError;
use crate::model::Curve;
use crate::wire::{DigestType, KeyType, Message, NamedCurve};

/// The kind and the size of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyShape {
    /// RSA.
    Rsa {
        /// The size of the modulus in bits.
        bits: u16,
    },
    /// Elliptic curve.
    Ec(Curve),
}

impl KeyShape {
    /// The sizes in bits that phones make.
    const RSA_BITS: std::ops::RangeInclusive<u16> = 512..=4096;

    /// What a `KeyGenerateRequest` asks for; `None` where no phone could make it. Unified CM sends a
    /// version-2 client a `KeySize` alone (P).
    pub(super) fn asked(request: &Message) -> Option<Self> {
        match request.key_type().unwrap_or(KeyType::RSA) {
            KeyType::RSA => request
                .key_size()
                .filter(|bits| Self::RSA_BITS.contains(bits))
                .map(|bits| Self::Rsa { bits }),
            KeyType::EC => request.curve().and_then(NamedCurve::to_model).map(Self::Ec),
            _ => None,
        }
    }
}

/// A private key. A clone shares it.
#[derive(Clone)]
pub struct Key(PKey<Private>);

impl Key {
    /// Makes a key. An RSA key takes seconds where it is long: not for an async task.
    pub fn generate(shape: KeyShape) -> Result<Self, PhoneSimError> {
        let key = match shape {
            KeyShape::Rsa { bits } => PKey::from_rsa(Rsa::generate(bits.into())?)?,
            KeyShape::Ec(curve) => {
                let group = EcGroup::from_curve_name(nid(curve))?;
                PKey::from_ec_key(EcKey::generate(&group)?)?
            }
        };
        Ok(Self(key))
    }

    /// The first private key in `pem`, which must not have a passphrase.
    pub fn from_pem(pem: &[u8]) -> Result<Self, PhoneSimError> {
        // Without a callback OpenSSL would ask for a passphrase on the terminal.
        PKey::private_key_from_pem_callback(pem, |_| Ok(0))
            .map(Self)
            .map_err(|source| PhoneSimError::PrivateKey { source })
    }

    /// The key as PEM (PKCS#8, in the clear).
    pub fn to_pem(&self) -> Result<Zeroizing<Vec<u8>>, PhoneSimError> {
        Ok(Zeroizing::new(self.0.private_key_to_pem_pkcs8()?))
    }

    /// The public key, a DER `SubjectPublicKeyInfo`.
    pub fn public_key(&self) -> Result<Vec<u8>, PhoneSimError> {
        Ok(self.0.public_key_to_der()?)
    }

    /// Whether `public_key`, a DER `SubjectPublicKeyInfo`, is this key's.
    pub(super) fn is_of(&self, public_key: &[u8]) -> bool {
        PKey::public_key_from_der(public_key).is_ok_and(|public| self.0.public_eq(&public))
    }

    /// What the key is, where it is one that a phone can have.
    pub fn shape(&self) -> Option<KeyShape> {
        if self.is_rsa() {
            let bits = u16::try_from(self.0.bits()).ok()?;
            return Some(KeyShape::Rsa { bits });
        }
        let named = self.0.ec_key().ok()?.group().curve_name();
        Curve::ALL
            .iter()
            .find(|curve| Some(nid(**curve)) == named)
            .map(|curve| KeyShape::Ec(*curve))
    }

    pub(super) fn is_rsa(&self) -> bool {
        self.0.id() == Id::RSA
    }

    /// The private-key operation with PKCS#1 type-1 padding over `data` as it stands: what phones
    /// are documented to do (P). RSA only; `data` must be 11 bytes shorter than the modulus.
    pub(super) fn encrypt(&self, data: &[u8]) -> Result<Vec<u8>, PhoneSimError> {
        self.private_operation(data, Padding::PKCS1)
    }

    fn private_operation(&self, data: &[u8], padding: Padding) -> Result<Vec<u8>, PhoneSimError> {
        let rsa = self.0.rsa()?;
        let mut block = vec![0; rsa.size() as usize];
        rsa.private_encrypt(data, &mut block, padding)?;
        Ok(block)
    }

    /// A phone's signature over `data` in a proof: with RSA the bare digest, without a `DigestInfo`,
    /// under PKCS#1 type-1 padding; with EC an ECDSA signature in DER. P, R
    pub(super) fn prove(&self, digest: DigestType, data: &[u8]) -> Result<Vec<u8>, PhoneSimError> {
        let digest = hash(message_digest(digest)?, data)?;
        if self.is_rsa() {
            self.encrypt(&digest)
        } else {
            Ok(EcdsaSig::sign(&digest, &*self.0.ec_key()?)?.to_der()?)
        }
    }

    /// The same with the bare digest at the end of the block, and junk in front of it: a forgery that
    /// is believed by who compares the last bytes alone. RSA only; for tests of a server.
    pub(super) fn prove_behind_junk(
        &self,
        digest: DigestType,
        data: &[u8],
    ) -> Result<Vec<u8>, PhoneSimError> {
        let digest = hash(message_digest(digest)?, data)?;
        // As a number the block must be less than the modulus.
        let mut block = vec![0x5a; self.0.rsa()?.size() as usize];
        block[0] = 0;
        let begin = block.len().saturating_sub(digest.len()).max(1);
        block.truncate(begin);
        block.extend_from_slice(&digest);
        self.private_operation(&block, Padding::NONE)
    }

    /// A signature over `data` as X.509 has it: PKCS#1 v1.5 with its `DigestInfo`, or ECDSA.
    pub(super) fn sign(&self, digest: DigestType, data: &[u8]) -> Result<Vec<u8>, PhoneSimError> {
        let mut signer = Signer::new(message_digest(digest)?, &self.0)?;
        Ok(signer.sign_oneshot_to_vec(data)?)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Key").field(&self.shape()).finish()
    }
}

const fn nid(curve: Curve) -> Nid {
    match curve {
        Curve::P256 => Nid::X9_62_PRIME256V1,
        Curve::P384 => Nid::SECP384R1,
        Curve::P521 => Nid::SECP521R1,
    }
}

fn message_digest(digest: DigestType) -> Result<MessageDigest, PhoneSimError> {
    match digest {
        DigestType::SHA1 => Ok(MessageDigest::sha1()),
        DigestType::SHA256 => Ok(MessageDigest::sha256()),
        DigestType::SHA512 => Ok(MessageDigest::sha512()),
        digest => Err(PhoneSimError::UnknownDigest { digest }),
    }
}

#[cfg(test)]
mod tests {
    use openssl::sign::Verifier;

    use super::*;
    use crate::wire::{Command, Element, SessionId};

    #[test]
    fn a_request_names_the_key_and_what_no_phone_can_make_is_none() {
        let asked = |elements: &[Element]| {
            KeyShape::asked(&Message {
                command: Command::KEY_GENERATE_REQUEST,
                session_id: SessionId(1),
                elements: elements.to_vec(),
            })
        };
        let size = Element::KeySize;
        let kind = Element::KeyType;
        let curve = |curve| Element::Curve(NamedCurve(curve));
        let rsa = |bits| Some(KeyShape::Rsa { bits });
        assert_eq!(asked(&[size(2048)]), rsa(2048));
        assert_eq!(asked(&[size(512), kind(KeyType::RSA)]), rsa(512));
        assert_eq!(asked(&[size(4097)]), None);
        assert_eq!(asked(&[size(511)]), None);
        assert_eq!(asked(&[]), None);
        assert_eq!(
            asked(&[kind(KeyType::EC), curve(1)]),
            Some(KeyShape::Ec(Curve::P384))
        );
        assert_eq!(asked(&[kind(KeyType::EC), curve(3)]), None);
        assert_eq!(asked(&[kind(KeyType::EC), size(2048)]), None);
        assert_eq!(asked(&[kind(KeyType(2)), size(2048)]), None);
    }

    #[test]
    fn a_key_has_the_shape_that_was_asked_and_comes_back_from_pem() {
        let curves = Curve::ALL.iter().map(|curve| KeyShape::Ec(*curve));
        let sizes = [512, 1024].map(|bits| KeyShape::Rsa { bits });
        for shape in curves.chain(sizes) {
            let key = Key::generate(shape).unwrap();
            assert_eq!(key.shape(), Some(shape));
            let again = Key::from_pem(&key.to_pem().unwrap()).unwrap();
            assert!(again.is_of(&key.public_key().unwrap()));
        }
    }

    #[test]
    fn encrypting_a_digest_info_is_a_standard_signature() {
        // RFC 8017, section 9.2, note 1: DigestInfo for SHA-256.
        let info = hex::decode("3031300d060960864801650304020105000420").unwrap();
        let digest = hash(MessageDigest::sha256(), b"a request").unwrap();
        let key = Key::generate(KeyShape::Rsa { bits: 1024 }).unwrap();
        let signature = key.encrypt(&[&info[..], &digest].concat()).unwrap();
        assert_eq!(
            signature,
            key.sign(DigestType::SHA256, b"a request").unwrap()
        );
        let mut verifier = Verifier::new(MessageDigest::sha256(), &key.0).unwrap();
        assert!(verifier.verify_oneshot(&signature, b"a request").unwrap());
    }

    #[test]
    fn what_does_not_fit_into_the_key_is_refused() {
        let key = Key::generate(KeyShape::Rsa { bits: 512 }).unwrap();
        assert!(key.encrypt(&[0; 53]).is_ok());
        assert!(key.encrypt(&[0; 54]).is_err());
        assert!(key.prove(DigestType::SHA512, b"").is_err());
        assert!(key.prove(DigestType(9), b"").is_err());
        let key = Key::generate(KeyShape::Ec(Curve::P256)).unwrap();
        assert!(key.encrypt(&[0; 32]).is_err());
    }

    #[test]
    fn debug_shows_the_shape_alone() {
        let key = Key::generate(KeyShape::Ec(Curve::P256)).unwrap();
        assert_eq!(format!("{key:?}"), "Key(Some(Ec(P256)))");
    }
}
