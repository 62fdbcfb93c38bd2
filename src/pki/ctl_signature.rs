//! The signature of a CTL or ITL file, made and verified.
//!
//! It is RSA with the padding of PKCS#1, version 1.5 (P: of other kinds of key nothing is published).
//! Which bytes it covers, [`CtlFile::signed_bytes`] says.

use std::fmt;

use jiff::Timestamp;
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::sign::{Signer, Verifier};

use super::ctl_record::ctl_record;
use super::{KeyKind, PublicKey};
use crate::ctl::{
    CtlFile, HashAlgorithm, HeaderField, HeaderTag, Record, RecordTag, Role, TooLong, Value,
};
use crate::model::{Certificate, InvalidCertificate};

/// Why a trust list cannot be signed.
#[derive(Debug, thiserror::Error)]
pub enum UnsignableCtl {
    /// The file of the key does not hold one in the clear.
    #[error(
        "the key of the signer must be in PEM and without a passphrase; \
         `openssl pkey -in KEY -out NEW_KEY` takes a passphrase away"
    )]
    Key {
        /// What OpenSSL says.
        source: ErrorStack,
    },
    /// A key with which no phone verifies trust lists.
    #[error(
        "`{subject}` has {found}, and the signer of a trust list needs an RSA key of {} to {} bits",
        CtlSigner::MIN_BITS,
        PublicKey::MAX_RSA_BITS
    )]
    UnfitKey {
        /// The subject of the signer's certificate.
        subject: String,
        /// What key it has.
        found: String,
    },
    /// The key is another certificate's.
    #[error("the key does not belong to the certificate `{subject}`")]
    KeyMismatch {
        /// The certificate's subject.
        subject: String,
    },
    /// Nobody knows how to hash with it.
    #[error("the hash algorithm {0} is not known")]
    Hash(HashAlgorithm),
    /// Something does not fit.
    #[error(transparent)]
    TooLong(#[from] TooLong),
    /// OpenSSL failed at what it should be able to do.
    #[error("OpenSSL: {0}")]
    OpenSsl(#[from] ErrorStack),
}

/// Why the signature of a trust list is not good.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadCtlSignature {
    /// There is none.
    #[error("there is no signature")]
    Missing,
    /// The header says nothing of the signer, or of the hash.
    #[error("the header has no {0}")]
    MissingField(HeaderTag),
    /// No record with the role of a SAST is the signer's.
    #[error(
        "its signer is not among the records with the role System Administrator Security Token"
    )]
    UnknownSigner,
    /// The signer's record has no certificate.
    #[error("the record of its signer has no certificate")]
    NoCertificate,
    /// The signer's certificate is none.
    #[error("the certificate of its signer: {0}")]
    Certificate(#[from] InvalidCertificate),
    /// The signer's key is none that signs trust lists.
    #[error("its signer has {found}, and trust lists are signed with RSA keys")]
    UnfitKey {
        /// What key it has.
        found: String,
    },
    /// A hash that is not known.
    #[error("the hash algorithm {0} is not known")]
    UnknownHash(HashAlgorithm),
    /// It was made with another key, or over other bytes.
    #[error("it does not hold")]
    DoesNotHold,
}

/// A System Administrator Security Token: a certificate and its key, which sign trust lists.
pub struct CtlSigner {
    certificate: Certificate,
    key: PKey<Private>,
    bits: u16,
}

impl serde::Serialize for BadCtlSignature {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What a trust list is to say.
#[derive(Clone, Debug)]
pub struct CtlDraft {
    /// The records, among them the signer's.
    pub records: Vec<Record>,
    /// The name of the file.
    pub file_name: String,
    /// What the signature is made with.
    pub hash: HashAlgorithm,
}

impl CtlSigner {
    /// The shortest key: with a shorter one there is no room for SHA-512.
    const MIN_BITS: u16 = 1024;
    /// What stands for RSA in [`HeaderTag::SIGNATURE_ALGORITHM`]. D
    const RSA: u8 = 1;

    /// Takes a certificate and its private key, which is in PEM.
    pub fn new(certificate: Certificate, key_pem: &[u8]) -> Result<Self, UnsignableCtl> {
        // Without a callback OpenSSL would ask for a passphrase on the terminal.
        let key = PKey::private_key_from_pem_callback(key_pem, |_| Ok(0))
            .map_err(|source| UnsignableCtl::Key { source })?;
        let subject = || certificate.subject().to_owned();
        let unfit = |found: String| UnsignableCtl::UnfitKey {
            subject: subject(),
            found,
        };
        let bits = match rsa_bits(&certificate) {
            Ok(bits) if bits >= Self::MIN_BITS => bits,
            Ok(bits) => return Err(unfit(format!("an {}", KeyKind::Rsa { bits }))),
            Err(found) => return Err(unfit(found)),
        };
        let public_key = PKey::public_key_from_der(certificate.public_key())?;
        if !key.public_eq(&public_key) {
            return Err(UnsignableCtl::KeyMismatch { subject: subject() });
        }
        Ok(Self {
            certificate,
            key,
            bits,
        })
    }

    /// Its certificate.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// Makes the file that `draft` describes, at `now`.
    pub fn sign(&self, draft: CtlDraft, now: Timestamp) -> Result<CtlFile, UnsignableCtl> {
        let digest = digest(draft.hash).ok_or(UnsignableCtl::Hash(draft.hash))?;
        let mut file = CtlFile {
            version: CtlFile::VERSION,
            header: self.header(&draft, now),
            records: draft.records,
        };
        file.pad()?;
        let mut signer = Signer::new(digest, &self.key)?;
        signer.update(&file.signed_bytes()?)?;
        file.set_signature(signer.sign_to_vec()?);
        Ok(file)
    }

    /// The header, with room for a signature.
    fn header(&self, draft: &CtlDraft, now: Timestamp) -> Vec<HeaderField> {
        let value = |tag, bytes: &[u8]| HeaderField::Value(tag, bytes.into());
        let own = ctl_record(Role::SAST, "", &self.certificate);
        let of_own = |tag, from| {
            let value = own
                .find(from)
                .expect("a record that we make has every field");
            HeaderField::Value(tag, value.clone())
        };
        let seconds = u32::try_from(now.as_second().max(0)).unwrap_or(u32::MAX);
        // The index of the key's size counts in 1024 bits. D
        let modulus = u8::try_from(self.bits.div_ceil(1024)).expect("it is 4 at most");
        vec![
            HeaderField::Group(
                HeaderTag::SIGNER_ID,
                vec![
                    of_own(HeaderTag::SIGNER_NAME, RecordTag::SUBJECT_NAME),
                    of_own(HeaderTag::SERIAL_NUMBER, RecordTag::SERIAL_NUMBER),
                    of_own(HeaderTag::ISSUER_NAME, RecordTag::ISSUER_NAME),
                ],
            ),
            HeaderField::Group(
                HeaderTag::SIGNATURE_INFO,
                vec![
                    value(HeaderTag::HASH_ALGORITHM, &[draft.hash.0]),
                    HeaderField::Group(
                        HeaderTag::SIGNATURE_ALGORITHM_INFO,
                        vec![
                            value(HeaderTag::SIGNATURE_ALGORITHM, &[Self::RSA]),
                            value(HeaderTag::SIGNATURE_MODULUS, &[modulus]),
                        ],
                    ),
                ],
            ),
            value(HeaderTag::SIGNATURE, &vec![0; self.key.size()]),
            HeaderField::Value(HeaderTag::FILE_NAME, Value::of_text(&draft.file_name)),
            value(HeaderTag::TIMESTAMP, &seconds.to_be_bytes()),
        ]
    }
}

impl fmt::Debug for CtlSigner {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "CtlSigner({:?})", self.certificate)
    }
}

/// Which record is the signer's: the first SAST's that has the issuer and the serial number which
/// the header names.
pub fn ctl_signer(file: &CtlFile) -> Result<usize, BadCtlSignature> {
    let named = |tag| file.find(tag).ok_or(BadCtlSignature::MissingField(tag));
    let issuer = named(HeaderTag::ISSUER_NAME)?;
    let serial_number = named(HeaderTag::SERIAL_NUMBER)?;
    file.records
        .iter()
        .position(|record| {
            record.role() == Some(Role::SAST)
                && record.find(RecordTag::ISSUER_NAME) == Some(issuer)
                && record.find(RecordTag::SERIAL_NUMBER) == Some(serial_number)
        })
        .ok_or(BadCtlSignature::UnknownSigner)
}

/// Verifies the signature with the certificate that the signer has in the file itself. Whether
/// anybody should trust the signer is for a phone to know, by the trust list that it has.
pub fn verify_ctl(file: &CtlFile) -> Result<(), BadCtlSignature> {
    let signature = file.signature().ok_or(BadCtlSignature::Missing)?;
    let record = &file.records[ctl_signer(file)?];
    let certificate = record
        .find(RecordTag::CERTIFICATE)
        .ok_or(BadCtlSignature::NoCertificate)?;
    let certificate = Certificate::from_der(certificate.bytes())?;
    // OpenSSL is given no key of a size that would keep it busy.
    rsa_bits(&certificate).map_err(|found| BadCtlSignature::UnfitKey { found })?;
    let tag = HeaderTag::HASH_ALGORITHM;
    let number = file.find(tag).and_then(Value::number);
    let number = number.ok_or(BadCtlSignature::MissingField(tag))?;
    let hash = HashAlgorithm(u8::try_from(number).unwrap_or(0));
    let digest = digest(hash).ok_or(BadCtlSignature::UnknownHash(hash))?;
    let signed = file
        .signed_bytes()
        .map_err(|_| BadCtlSignature::DoesNotHold)?;
    let holds = PKey::public_key_from_der(certificate.public_key())
        .and_then(|key| Verifier::new(digest, &key)?.verify_oneshot(signature.bytes(), &signed))
        .unwrap_or(false);
    if holds {
        Ok(())
    } else {
        Err(BadCtlSignature::DoesNotHold)
    }
}

/// The hash of a certificate that stands in a record in its place; `None` where nobody knows how to
/// hash so.
pub fn ctl_hash(hash: HashAlgorithm, der: &[u8]) -> Option<Vec<u8>> {
    let hashed = openssl::hash::hash(digest(hash)?, der).ok()?;
    Some(hashed.to_vec())
}

/// The size of a certificate's RSA key, or what it has instead of one that is fit.
fn rsa_bits(certificate: &Certificate) -> Result<u16, String> {
    match PublicKey::from_der(certificate.public_key()) {
        Ok(key) => match key.kind() {
            KeyKind::Rsa { bits } => Ok(bits),
            other @ KeyKind::Ec(_) => Err(format!("an {other}")),
        },
        Err(unfit) => Err(unfit.to_string()),
    }
}

fn digest(hash: HashAlgorithm) -> Option<MessageDigest> {
    Some(match hash {
        HashAlgorithm::SHA1 => MessageDigest::sha1(),
        HashAlgorithm::SHA256 => MessageDigest::sha256(),
        HashAlgorithm::SHA512 => MessageDigest::sha512(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use openssl::rsa::Rsa;

    use super::*;
    use crate::pki::{Issuer, IssuerName, OutsideCa};

    fn now() -> Timestamp {
        "2026-11-23T12:00:00Z".parse().unwrap()
    }

    /// An issuer stands for a token: all that counts is that it has an RSA key.
    fn token() -> Issuer {
        Issuer::create(&IssuerName::default(), now()).unwrap()
    }

    fn signer(token: &Issuer) -> CtlSigner {
        CtlSigner::new(
            token.certificate().clone(),
            &token.key().to_pem(None).unwrap(),
        )
        .unwrap()
    }

    fn signed(token: &Issuer, hash: HashAlgorithm) -> CtlFile {
        let other = OutsideCa::create("Other", now()).unwrap();
        let draft = CtlDraft {
            records: vec![
                ctl_record(Role::CAPF, "192.0.2.1", other.certificate()),
                ctl_record(Role::SAST, "", token.certificate()),
            ],
            file_name: "ITLFile.tlv".to_owned(),
            hash,
        };
        signer(token).sign(draft, now()).unwrap()
    }

    #[test]
    fn what_is_signed_verifies_with_each_hash_also_when_it_has_been_written() {
        let token = token();
        for (hash, _) in HashAlgorithm::OPTIONS {
            let file = signed(&token, hash);
            let bytes = file.encode().unwrap();
            let read = CtlFile::decode(&bytes).unwrap();
            assert_eq!(read, file);
            assert_eq!(verify_ctl(&read), Ok(()));
            assert_eq!(ctl_signer(&read), Ok(1));
            let header_length = usize::from(u16::from_be_bytes([bytes[8], bytes[9]]));
            assert_eq!(header_length % 4, 0);
            assert_eq!(bytes[header_length], 1, "a record begins behind the header");
        }
    }

    #[test]
    fn a_signature_covers_every_byte_but_its_own() {
        let token = token();
        let bytes = signed(&token, HashAlgorithm::SHA512).encode().unwrap();
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            if let Ok(file) = CtlFile::decode(&changed) {
                assert!(verify_ctl(&file).is_err(), "byte {at}");
            }
        }
    }

    #[test]
    fn what_is_missing_for_a_verdict_is_named() {
        let token = token();
        let good = signed(&token, HashAlgorithm::SHA256);
        let mut file = good.clone();
        file.header.remove(2);
        assert_eq!(verify_ctl(&file), Err(BadCtlSignature::Missing));
        let mut file = good.clone();
        file.header.remove(1);
        let missing = BadCtlSignature::MissingField(HeaderTag::HASH_ALGORITHM);
        assert_eq!(verify_ctl(&file), Err(missing));
        let mut file = good.clone();
        file.header.remove(0);
        let missing = BadCtlSignature::MissingField(HeaderTag::ISSUER_NAME);
        assert_eq!(verify_ctl(&file), Err(missing));
        let mut file = good.clone();
        file.records.pop();
        assert_eq!(verify_ctl(&file), Err(BadCtlSignature::UnknownSigner));
        let mut file = good.clone();
        let record = &mut file.records[1];
        record
            .fields
            .retain(|field| field.tag != RecordTag::CERTIFICATE);
        assert_eq!(verify_ctl(&file), Err(BadCtlSignature::NoCertificate));
        let mut file = good;
        let hash = HashAlgorithm(9);
        let field = HeaderField::Value(HeaderTag::HASH_ALGORITHM, [hash.0].into());
        file.header[1] = HeaderField::Group(HeaderTag::SIGNATURE_INFO, vec![field]);
        assert_eq!(verify_ctl(&file), Err(BadCtlSignature::UnknownHash(hash)));
    }

    #[test]
    fn a_signer_has_its_own_rsa_key_in_the_clear() {
        let (token, other) = (token(), token());
        let certificate = token.certificate().clone();
        let refused = |certificate: &Certificate, pem: &[u8]| {
            CtlSigner::new(certificate.clone(), pem)
                .unwrap_err()
                .to_string()
        };
        let error = refused(&certificate, &other.key().to_pem(None).unwrap());
        assert!(error.contains("does not belong"), "{error}");
        let error = refused(&certificate, b"no key");
        assert!(error.contains("without a passphrase"), "{error}");
        let cipher = openssl::symm::Cipher::aes_128_cbc();
        let key = token.private_key();
        let locked = key.private_key_to_pem_pkcs8_passphrase(cipher, b"secret");
        let error = refused(&certificate, &locked.unwrap());
        assert!(error.contains("without a passphrase"), "{error}");
    }

    #[test]
    fn keys_that_are_too_short_or_not_rsa_sign_nothing() {
        let short = PKey::from_rsa(Rsa::generate(512).unwrap()).unwrap();
        let ec = PKey::ec_gen("prime256v1").unwrap();
        for (key, found) in [(short, "an RSA key of 512 bits"), (ec, "an EC key")] {
            let order = crate::pki::LscOrder {
                device: &"SEP001122334455".parse().unwrap(),
                model: "",
                serial_number: None,
                public_key: &key.public_key_to_der().unwrap(),
                validity_days: 1,
            };
            let certificate = token().issue(&order, now()).unwrap();
            let pem = key.private_key_to_pem_pkcs8().unwrap();
            let error = CtlSigner::new(certificate, &pem).unwrap_err().to_string();
            assert!(error.contains(found), "{error}");
        }
    }
}
