//! Whether a phone holds the private key of a certificate.
//!
//! Phones sign the bare digest: with RSA there is no `DigestInfo` around it under the PKCS#1
//! padding (P, R), so that no library's ordinary verification fits.

use openssl::ecdsa::EcdsaSig;
use openssl::error::ErrorStack;
use openssl::hash::{MessageDigest, hash};
use openssl::memcmp;
use openssl::pkey::PKey;
use openssl::pkey::Public;
use openssl::rsa::{Padding, Rsa};

use crate::pki::{KeyKind, PublicKey};
use crate::wire::DigestType;

/// The bytes of a type-1 padding beside the digest and the 0xff in between: `00 01 … 00`.
const FRAME: usize = 3;

/// The fewest 0xff in a type-1 padding (RFC 8017, section 9.2).
const LEAST_FILL: usize = 8;

/// The digest of this name, where phones may use it. SHA-1 and SHA-512 are P; SHA-256 has a number
/// and no phone that was seen to use it (N).
fn digest_of(digest: DigestType) -> Option<MessageDigest> {
    match digest {
        DigestType::SHA1 => Some(MessageDigest::sha1()),
        DigestType::SHA256 => Some(MessageDigest::sha256()),
        DigestType::SHA512 => Some(MessageDigest::sha512()),
        _ => None,
    }
}

/// Whether a digest of this name can be judged.
pub(super) fn is_known(digest: DigestType) -> bool {
    digest_of(digest).is_some()
}

/// Whether the private key of `key` made `signature` over `data` with `digest`.
///
/// RSA: the whole padding block is compared (D). To look at the digest at its end alone would take
/// blocks that anybody can forge where the public exponent is small. EC: ECDSA in DER over the same
/// digest (P, R).
pub(super) fn holds(key: &PublicKey, digest: DigestType, data: &[u8], signature: &[u8]) -> bool {
    let Some(digest) = digest_of(digest) else {
        return false;
    };
    let verified = match key.kind() {
        KeyKind::Rsa { .. } => rsa(key, digest, data, signature),
        KeyKind::Ec(_) => ec(key, digest, data, signature),
    };
    // What OpenSSL cannot make anything of is no signature.
    verified.unwrap_or(false)
}

fn rsa(
    key: &PublicKey,
    digest: MessageDigest,
    data: &[u8],
    signature: &[u8],
) -> Result<bool, ErrorStack> {
    let key: Rsa<Public> = Rsa::public_key_from_der(key.der())?;
    let length = key.size() as usize;
    let digest = hash(digest, data)?;
    // RFC 8017, section 8.2.2, step 1: as long as the modulus.
    if signature.len() != length || length < digest.len() + FRAME + LEAST_FILL {
        return Ok(false);
    }
    let mut block = vec![0; length];
    key.public_decrypt(signature, &mut block, Padding::NONE)?;
    let mut expected = vec![0xff; length];
    expected[..2].copy_from_slice(&[0, 1]);
    let place = length - digest.len();
    expected[place - 1] = 0;
    expected[place..].copy_from_slice(&digest);
    Ok(memcmp::eq(&block, &expected))
}

fn ec(
    key: &PublicKey,
    digest: MessageDigest,
    data: &[u8],
    signature: &[u8],
) -> Result<bool, ErrorStack> {
    let key = PKey::public_key_from_der(key.der())?.ec_key()?;
    EcdsaSig::from_der(signature)?.verify(&hash(digest, data)?, &key)
}

#[cfg(test)]
mod tests {
    use openssl::ec::{EcGroup, EcKey};
    use openssl::nid::Nid;
    use openssl::pkey::Private;

    use super::*;

    const DIGESTS: [DigestType; 3] = [DigestType::SHA1, DigestType::SHA256, DigestType::SHA512];

    fn public(spki: &[u8]) -> PublicKey {
        PublicKey::from_der(spki).unwrap()
    }

    fn bare(digest: DigestType, data: &[u8]) -> Vec<u8> {
        hash(digest_of(digest).unwrap(), data).unwrap().to_vec()
    }

    /// The private-key operation over a block as it stands.
    fn raw(key: &Rsa<Private>, block: &[u8]) -> Vec<u8> {
        let mut signature = vec![0; key.size() as usize];
        key.private_encrypt(block, &mut signature, Padding::NONE)
            .unwrap();
        signature
    }

    fn signed(key: &Rsa<Private>, digest: DigestType, data: &[u8]) -> Vec<u8> {
        let mut signature = vec![0; key.size() as usize];
        key.private_encrypt(&bare(digest, data), &mut signature, Padding::PKCS1)
            .unwrap();
        signature
    }

    #[test]
    fn an_rsa_signature_holds_for_its_key_data_and_digest_and_no_other() {
        let (key, other) = (Rsa::generate(1024).unwrap(), Rsa::generate(1024).unwrap());
        let spki = public(&key.public_key_to_der().unwrap());
        for digest in DIGESTS {
            let signature = signed(&key, digest, b"data");
            assert!(holds(&spki, digest, b"data", &signature), "{digest}");
            assert!(!holds(&spki, digest, b"date", &signature));
            for another in DIGESTS.into_iter().filter(|another| *another != digest) {
                assert!(!holds(&spki, another, b"data", &signature));
            }
            let foreign = signed(&other, digest, b"data");
            assert!(!holds(&spki, digest, b"data", &foreign));
            for place in [0, 64, 127] {
                let mut flipped = signature.clone();
                flipped[place] ^= 1;
                assert!(!holds(&spki, digest, b"data", &flipped));
            }
            for odd in [&signature[1..], &[&[0], &signature[..]].concat(), &[]] {
                assert!(!holds(&spki, digest, b"data", odd));
            }
        }
        assert!(!holds(
            &spki,
            DigestType(9),
            b"data",
            &signed(&key, DIGESTS[0], b"data")
        ));
    }

    #[test]
    fn a_block_that_only_ends_in_the_digest_is_no_signature() {
        let key = Rsa::generate(1024).unwrap();
        let spki = public(&key.public_key_to_der().unwrap());
        let digest = bare(DigestType::SHA1, b"data");
        let mut good = vec![0xff; 128];
        good[..2].copy_from_slice(&[0, 1]);
        good[107] = 0;
        good[108..].copy_from_slice(&digest);
        assert!(holds(&spki, DigestType::SHA1, b"data", &raw(&key, &good)));
        // Other first bytes, junk among the padding, no zero before the digest, a padding that ends
        // early with junk behind it.
        for (place, byte) in [
            (0, 0x01),
            (1, 0x00),
            (1, 0x02),
            (2, 0x00),
            (50, 0xfe),
            (106, 0x00),
            (107, 0xff),
        ] {
            let mut bad = good.clone();
            bad[place] = byte;
            let signature = raw(&key, &bad);
            assert!(
                !holds(&spki, DigestType::SHA1, b"data", &signature),
                "{place} {byte}"
            );
        }
    }

    #[test]
    fn a_perfect_cube_forges_nothing_for_an_exponent_of_3() {
        // The cube of a small number has our bytes at its end: with e = 3 nobody needs the key.
        use openssl::bn::{BigNum, BigNumContext};
        let e = BigNum::from_u32(3).unwrap();
        let key = Rsa::generate_with_e(1024, &e).unwrap();
        let spki = public(&key.public_key_to_der().unwrap());
        // s^3 = digest (mod 2^160) has a solution for every odd digest.
        let data = (0_u32..100)
            .map(u32::to_be_bytes)
            .find(|data| bare(DigestType::SHA1, data)[19] % 2 == 1)
            .unwrap();
        let digest = BigNum::from_slice(&bare(DigestType::SHA1, &data)).unwrap();
        let mut context = BigNumContext::new().unwrap();
        let mut root = BigNum::from_u32(1).unwrap();
        let mut cube = BigNum::new().unwrap();
        for bit in 1..160 {
            cube.exp(&root, &e, &mut context).unwrap();
            if cube.is_bit_set(bit) != digest.is_bit_set(bit) {
                root.set_bit(bit).unwrap();
            }
        }
        cube.exp(&root, &e, &mut context).unwrap();
        cube.mask_bits(160).unwrap();
        assert_eq!(cube, digest, "the forger's sum is right");
        let forged = root.to_vec_padded(128).unwrap();
        assert!(!holds(&spki, DigestType::SHA1, &data, &forged));
    }

    #[test]
    fn a_digest_that_does_not_fit_a_small_key_is_no_signature_and_no_panic() {
        let key = Rsa::generate(512).unwrap();
        let spki = public(&key.public_key_to_der().unwrap());
        assert!(holds(
            &spki,
            DigestType::SHA1,
            b"data",
            &signed(&key, DigestType::SHA1, b"data")
        ));
        assert!(!holds(&spki, DigestType::SHA512, b"data", &[1; 64]));
    }

    #[test]
    fn an_ec_signature_holds_on_every_curve_and_for_its_data_alone() {
        for curve in [Nid::X9_62_PRIME256V1, Nid::SECP384R1, Nid::SECP521R1] {
            let group = EcGroup::from_curve_name(curve).unwrap();
            let key = EcKey::generate(&group).unwrap();
            let spki = public(&key.public_key_to_der().unwrap());
            for digest in DIGESTS {
                let signature = EcdsaSig::sign(&bare(digest, b"data"), &key).unwrap();
                let signature = signature.to_der().unwrap();
                assert!(holds(&spki, digest, b"data", &signature));
                assert!(!holds(&spki, digest, b"date", &signature));
                assert!(!holds(&spki, digest, b"data", &signature[..8]));
                assert!(!holds(&spki, digest, b"data", b""));
            }
            // r = s = 0, which a careless verification takes.
            assert!(!holds(
                &spki,
                DigestType::SHA1,
                b"data",
                &[0x30, 6, 2, 1, 0, 2, 1, 0]
            ));
        }
    }
}
