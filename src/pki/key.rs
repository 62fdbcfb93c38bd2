//! Phones' public keys: which are fit for a certificate, and how they are told apart.

use std::fmt;

use der::asn1::{ObjectIdentifier, UintRef};
use der::oid::db::rfc5912::{
    ID_EC_PUBLIC_KEY, RSA_ENCRYPTION, SECP_256_R_1, SECP_384_R_1, SECP_521_R_1,
};
use der::{Decode as _, Sequence};
use openssl::bn::BigNumContext;
use openssl::ec::{EcGroup, EcPoint};
use openssl::error::ErrorStack;
use openssl::nid::Nid;
use openssl::sha::sha256;
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};

use super::PkiError;
use crate::model::{Curve, KeyRequest};

/// A key's kind and size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// RSA.
    Rsa {
        /// The length of the modulus.
        bits: u16,
    },
    /// Elliptic curve.
    Ec(Curve),
}

impl From<KeyRequest> for KeyKind {
    fn from(request: KeyRequest) -> Self {
        match request {
            KeyRequest::Rsa(size) => Self::Rsa { bits: size.bits() },
            KeyRequest::Ec(curve) => Self::Ec(curve),
        }
    }
}

impl fmt::Display for KeyKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rsa { bits } => write!(formatter, "RSA key of {bits} bits"),
            Self::Ec(curve) => write!(formatter, "EC key of {curve} bits"),
        }
    }
}

/// A public key that is not fit for a certificate, or not the one that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidKey {
    /// The bytes are no public key, or something stands behind it.
    #[error("not one public key in DER (SubjectPublicKeyInfo)")]
    NotDer,
    /// Neither RSA nor elliptic curve.
    #[error("a key for the algorithm {algorithm}; RSA and EC keys are taken")]
    Algorithm {
        /// Its object identifier.
        algorithm: String,
    },
    /// An RSA modulus of a size that no phone makes.
    #[error(
        "an RSA key of {bits} bits; {} to {} are taken",
        PublicKey::MIN_RSA_BITS,
        PublicKey::MAX_RSA_BITS
    )]
    RsaSize {
        /// The length of its modulus.
        bits: usize,
    },
    /// An even RSA modulus: no product of two odd primes.
    #[error("an RSA key with an even modulus")]
    RsaModulus,
    /// An RSA exponent with which nothing can be verified, or only at great cost.
    #[error("an RSA key whose public exponent is not an odd number from 3 to 2^64")]
    RsaExponent,
    /// A curve that no phone uses.
    #[error("an EC key on the curve {curve}; P-256, P-384 and P-521 are taken")]
    Curve {
        /// Its object identifier, or that it has none.
        curve: String,
    },
    /// Bytes that are no uncompressed point of the curve.
    #[error("an EC key that is no uncompressed point of its curve")]
    Point,
    /// A fit key, but not what the phone was asked for.
    #[error("an {requested} was asked for, and an {made} was made")]
    NotAsRequested {
        /// What was asked for.
        requested: KeyKind,
        /// What came.
        made: KeyKind,
    },
}

/// A phone's public key that was found fit for a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    der: Box<[u8]>,
    kind: KeyKind,
}

impl PublicKey {
    /// The shortest RSA modulus: the smallest size that Unified CM offers.
    pub const MIN_RSA_BITS: u16 = 512;
    /// The longest RSA modulus: the largest size that Unified CM offers.
    pub const MAX_RSA_BITS: u16 = 4096;

    /// Reads a DER `SubjectPublicKeyInfo` (RFC 5280, section 4.1.2.7) with nothing behind it.
    ///
    /// An EC point must be uncompressed, the one form that RFC 5480 obliges everybody to know: a
    /// CA that wrote it anew in another form would make a key that no longer matches its CSR (D).
    pub fn from_der(der: &[u8]) -> Result<Self, InvalidKey> {
        let info = SubjectPublicKeyInfoRef::from_der(der).map_err(|_| InvalidKey::NotDer)?;
        let key = info
            .subject_public_key
            .as_bytes()
            .ok_or(InvalidKey::NotDer)?;
        let kind = match info.algorithm.oid {
            RSA_ENCRYPTION => rsa(&info.algorithm, key)?,
            ID_EC_PUBLIC_KEY => ec(&info.algorithm, key)?,
            other => {
                return Err(InvalidKey::Algorithm {
                    algorithm: other.to_string(),
                });
            }
        };
        Ok(Self {
            der: der.into(),
            kind,
        })
    }

    /// Whether this is the key that was asked for. An RSA key may be longer than asked.
    pub fn satisfies(&self, request: KeyRequest) -> Result<(), InvalidKey> {
        let requested = KeyKind::from(request);
        let satisfied = match (self.kind, requested) {
            (KeyKind::Rsa { bits }, KeyKind::Rsa { bits: wanted }) => bits >= wanted,
            (made, requested) => made == requested,
        };
        if satisfied {
            Ok(())
        } else {
            Err(InvalidKey::NotAsRequested {
                requested,
                made: self.kind,
            })
        }
    }

    /// The DER `SubjectPublicKeyInfo`, as the phone sent it.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Its kind and size.
    pub fn kind(&self) -> KeyKind {
        self.kind
    }
}

/// `RSAPublicKey`, RFC 8017 appendix A.1.1.
#[derive(Sequence)]
struct RsaPublicKey<'a> {
    modulus: UintRef<'a>,
    public_exponent: UintRef<'a>,
}

/// Judges an RSA key. The parameters must be NULL (RFC 3279, section 2.3.1); none at all are
/// tolerated, as OpenSSL does.
fn rsa(algorithm: &AlgorithmIdentifierRef<'_>, key: &[u8]) -> Result<KeyKind, InvalidKey> {
    if algorithm
        .parameters
        .is_some_and(|parameters| !parameters.is_null())
    {
        return Err(InvalidKey::NotDer);
    }
    let key = RsaPublicKey::from_der(key).map_err(|_| InvalidKey::NotDer)?;
    let modulus = key.modulus.as_bytes();
    let unused = modulus.first().map_or(0, |byte| byte.leading_zeros());
    let length = (modulus.len() * 8).saturating_sub(unused as usize);
    let bits = u16::try_from(length)
        .ok()
        .filter(|bits| (PublicKey::MIN_RSA_BITS..=PublicKey::MAX_RSA_BITS).contains(bits))
        .ok_or(InvalidKey::RsaSize { bits: length })?;
    if !is_odd(modulus) {
        return Err(InvalidKey::RsaModulus);
    }
    let exponent = key.public_exponent.as_bytes();
    if exponent.len() > 8 || !is_odd(exponent) || exponent == [1] {
        return Err(InvalidKey::RsaExponent);
    }
    Ok(KeyKind::Rsa { bits })
}

fn is_odd(big_endian: &[u8]) -> bool {
    big_endian.last().is_some_and(|byte| byte % 2 == 1)
}

/// Judges an EC key (RFC 5480, section 2): a named curve, and a point that lies on it.
fn ec(algorithm: &AlgorithmIdentifierRef<'_>, key: &[u8]) -> Result<KeyKind, InvalidKey> {
    let oid = algorithm.parameters_oid().map_err(|_| InvalidKey::Curve {
        curve: "without a name".to_owned(),
    })?;
    let (curve, nid, field_length) = named_curve(oid).ok_or_else(|| InvalidKey::Curve {
        curve: oid.to_string(),
    })?;
    let uncompressed = key.first() == Some(&4) && key.len() == 1 + 2 * field_length;
    if uncompressed && is_point(nid, key).is_ok() {
        Ok(KeyKind::Ec(curve))
    } else {
        Err(InvalidKey::Point)
    }
}

/// The curve, its number in OpenSSL, and the length of a coordinate in bytes.
fn named_curve(oid: ObjectIdentifier) -> Option<(Curve, Nid, usize)> {
    match oid {
        SECP_256_R_1 => Some((Curve::P256, Nid::X9_62_PRIME256V1, 32)),
        SECP_384_R_1 => Some((Curve::P384, Nid::SECP384R1, 48)),
        SECP_521_R_1 => Some((Curve::P521, Nid::SECP521R1, 66)),
        _ => None,
    }
}

/// OpenSSL takes no bytes as a point that do not lie on the curve.
fn is_point(curve: Nid, key: &[u8]) -> Result<(), ErrorStack> {
    let group = EcGroup::from_curve_name(curve)?;
    let mut context = BigNumContext::new()?;
    EcPoint::from_bytes(&group, key, &mut context).map(drop)
}

/// What a certificate, a CSR and a phone's key are matched by: SHA-256 over the content of the
/// `subjectPublicKey` BIT STRING.
///
/// The algorithm's parameters are left out, because a CA may write them anew (NULL or nothing).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyFingerprint([u8; 32]);

impl KeyFingerprint {
    /// The fingerprint of a DER `SubjectPublicKeyInfo`, of whatever algorithm.
    pub fn of(spki_der: &[u8]) -> Result<Self, PkiError> {
        let info = SubjectPublicKeyInfoRef::from_der(spki_der).map_err(|_| InvalidKey::NotDer)?;
        Ok(Self(sha256(info.subject_public_key.raw_bytes())))
    }

    /// A fingerprint that was kept.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The fingerprint, to be kept.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for KeyFingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "KeyFingerprint({})", hex::encode(self.0))
    }
}

#[cfg(test)]
mod tests {
    use der::Encode as _;
    use der::asn1::{AnyRef, BitStringRef};
    use openssl::pkey::PKey;
    use openssl::rsa::Rsa;
    use proptest::prelude::*;

    use super::*;
    use crate::model::RsaKeySize;

    fn spki(oid: ObjectIdentifier, parameters: Option<AnyRef<'_>>, key: &[u8]) -> Vec<u8> {
        SubjectPublicKeyInfoRef {
            algorithm: AlgorithmIdentifierRef { oid, parameters },
            subject_public_key: BitStringRef::from_bytes(key).unwrap(),
        }
        .to_der()
        .unwrap()
    }

    fn rsa_key(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
        let key = RsaPublicKey {
            modulus: UintRef::new(modulus).unwrap(),
            public_exponent: UintRef::new(exponent).unwrap(),
        };
        spki(RSA_ENCRYPTION, Some(AnyRef::NULL), &key.to_der().unwrap())
    }

    /// An odd number of `bits` bits, which is enough for a modulus that nobody factors.
    fn modulus(bits: usize) -> Vec<u8> {
        let mut bytes = vec![0xff; bits.div_ceil(8)];
        bytes[0] >>= (8 - bits % 8) % 8;
        bytes
    }

    fn ec_spki(curve: &str) -> Vec<u8> {
        PKey::ec_gen(curve).unwrap().public_key_to_der().unwrap()
    }

    #[test]
    fn rsa_keys_of_512_to_4096_bits_are_taken_odd_sizes_too() {
        for bits in [512_u16, 513, 1024, 2047, 2048, 4096] {
            let der = rsa_key(&modulus(bits.into()), &[1, 0, 1]);
            let key = PublicKey::from_der(&der).unwrap();
            assert_eq!(key.kind(), KeyKind::Rsa { bits });
            assert_eq!(key.der(), der);
        }
        let made = Rsa::generate(512).unwrap().public_key_to_der().unwrap();
        assert!(PublicKey::from_der(&made).is_ok());
    }

    #[test]
    fn rsa_keys_of_other_sizes_are_refused() {
        for bits in [8, 511, 4097, 16384, 524_288] {
            assert_eq!(
                PublicKey::from_der(&rsa_key(&modulus(bits), &[3])),
                Err(InvalidKey::RsaSize { bits })
            );
        }
        assert_eq!(
            PublicKey::from_der(&rsa_key(&[0], &[3])),
            Err(InvalidKey::RsaSize { bits: 0 })
        );
    }

    #[test]
    fn an_rsa_exponent_is_odd_at_least_3_and_at_most_64_bits_long() {
        let modulus = modulus(1024);
        for good in [&[3][..], &[17], &[1, 0, 1], &[0xff; 8]] {
            assert!(PublicKey::from_der(&rsa_key(&modulus, good)).is_ok());
        }
        for bad in [
            &[0][..],
            &[1],
            &[2],
            &[1, 0, 0],
            &[1, 0, 0, 0, 0, 0, 0, 0, 1],
        ] {
            assert_eq!(
                PublicKey::from_der(&rsa_key(&modulus, bad)),
                Err(InvalidKey::RsaExponent),
                "{bad:?}"
            );
        }
    }

    #[test]
    fn an_even_rsa_modulus_is_refused() {
        let mut even = modulus(1024);
        even[127] = 0xfe;
        assert_eq!(
            PublicKey::from_der(&rsa_key(&even, &[3])),
            Err(InvalidKey::RsaModulus)
        );
    }

    #[test]
    fn negative_rsa_numbers_are_refused() {
        // SEQUENCE { INTEGER -1, INTEGER 3 }
        let negative = [0x30, 6, 2, 1, 0xff, 2, 1, 3];
        let der = spki(RSA_ENCRYPTION, Some(AnyRef::NULL), &negative);
        assert_eq!(PublicKey::from_der(&der), Err(InvalidKey::NotDer));
    }

    #[test]
    fn keys_on_ciscos_three_curves_are_taken_and_no_others() {
        for (name, curve) in [
            ("prime256v1", Curve::P256),
            ("secp384r1", Curve::P384),
            ("secp521r1", Curve::P521),
        ] {
            let key = PublicKey::from_der(&ec_spki(name)).unwrap();
            assert_eq!(key.kind(), KeyKind::Ec(curve));
        }
        for name in ["secp256k1", "secp224r1"] {
            assert!(matches!(
                PublicKey::from_der(&ec_spki(name)),
                Err(InvalidKey::Curve { .. })
            ));
        }
    }

    #[test]
    fn a_point_that_is_not_on_the_curve_is_refused() {
        let mut der = ec_spki("prime256v1");
        *der.last_mut().unwrap() ^= 1;
        assert_eq!(PublicKey::from_der(&der), Err(InvalidKey::Point));
    }

    #[test]
    fn infinity_and_compressed_points_are_refused() {
        let p256 = AnyRef::from(&SECP_256_R_1);
        let good = ec_spki("prime256v1");
        let (x, odd) = (&good[27..59], good[90] % 2);
        let compressed = [&[2 + odd], x].concat();
        for point in [&[][..], &[0], &[4], &compressed] {
            assert_eq!(
                PublicKey::from_der(&spki(ID_EC_PUBLIC_KEY, Some(p256), point)),
                Err(InvalidKey::Point)
            );
        }
    }

    #[test]
    fn other_algorithms_are_refused() {
        let ed25519 = PKey::generate_ed25519().unwrap();
        assert_eq!(
            PublicKey::from_der(&ed25519.public_key_to_der().unwrap()),
            Err(InvalidKey::Algorithm {
                algorithm: "1.3.101.112".to_owned()
            })
        );
    }

    #[test]
    fn garbage_cut_keys_and_keys_with_something_behind_are_refused() {
        for whole in [rsa_key(&modulus(1024), &[3]), ec_spki("secp384r1")] {
            for length in 0..whole.len() {
                assert!(PublicKey::from_der(&whole[..length]).is_err());
            }
            let longer = [&whole[..], &[0]].concat();
            assert_eq!(PublicKey::from_der(&longer), Err(InvalidKey::NotDer));
        }
        assert_eq!(
            PublicKey::from_der(b"-----BEGIN PUBLIC KEY-----"),
            Err(InvalidKey::NotDer)
        );
    }

    #[test]
    fn a_request_is_satisfied_by_its_kind_its_curve_and_no_smaller_rsa_key() {
        let rsa = PublicKey::from_der(&rsa_key(&modulus(2048), &[3])).unwrap();
        let ec = PublicKey::from_der(&ec_spki("secp384r1")).unwrap();
        assert_eq!(rsa.satisfies(KeyRequest::Rsa(RsaKeySize::Bits1024)), Ok(()));
        assert_eq!(rsa.satisfies(KeyRequest::Rsa(RsaKeySize::Bits2048)), Ok(()));
        assert_eq!(ec.satisfies(KeyRequest::Ec(Curve::P384)), Ok(()));
        assert!(
            rsa.satisfies(KeyRequest::Rsa(RsaKeySize::Bits3072))
                .is_err()
        );
        assert!(rsa.satisfies(KeyRequest::Ec(Curve::P384)).is_err());
        assert!(ec.satisfies(KeyRequest::Ec(Curve::P256)).is_err());
        assert!(ec.satisfies(KeyRequest::Rsa(RsaKeySize::Bits512)).is_err());
    }

    #[test]
    fn a_fingerprint_does_not_depend_on_the_parameters() {
        let key = RsaPublicKey {
            modulus: UintRef::new(&[0xff; 128]).unwrap(),
            public_exponent: UintRef::new(&[3]).unwrap(),
        }
        .to_der()
        .unwrap();
        let with = spki(RSA_ENCRYPTION, Some(AnyRef::NULL), &key);
        let without = spki(RSA_ENCRYPTION, None, &key);
        let fingerprint = KeyFingerprint::of(&with).unwrap();
        assert_eq!(fingerprint, KeyFingerprint::of(&without).unwrap());
        assert_eq!(
            fingerprint,
            KeyFingerprint::from_bytes(*fingerprint.as_bytes())
        );
        assert_ne!(
            fingerprint,
            KeyFingerprint::of(&ec_spki("prime256v1")).unwrap()
        );
        assert!(KeyFingerprint::of(b"no key").is_err());
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = PublicKey::from_der(&bytes);
            let _ = KeyFingerprint::of(&bytes);
        }

        #[test]
        fn no_mutation_of_a_key_panics(place in 0_usize..120, value: u8, rsa: bool) {
            let mut der = if rsa { rsa_key(&[0xff; 64], &[1, 0, 1]) } else { ec_spki("secp384r1") };
            let place = place % der.len();
            der[place] = value;
            let _ = PublicKey::from_der(&der);
            let _ = KeyFingerprint::of(&der);
        }
    }
}
