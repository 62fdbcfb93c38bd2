//! Signatures that say which digest they are over, alone and beside a certificate.

use std::fmt;

use super::error::{InvalidElement, TooLong};
use super::reader::{Reader, write_sub};
use super::value::DigestType;

/// A signature and the digest under it: digest type, u16 length, signature. P, R
#[derive(Clone, PartialEq, Eq)]
pub struct Sha2SignedData {
    /// The digest that was signed.
    pub digest: DigestType,
    /// The signature, unjudged.
    pub signature: Vec<u8>,
}

impl Sha2SignedData {
    pub(super) fn decode(reader: &mut Reader<'_>) -> Result<Self, InvalidElement> {
        Ok(Self {
            digest: DigestType(reader.u8()?),
            signature: reader.sub()?.rest().to_vec(),
        })
    }

    pub(super) fn encode(&self, buffer: &mut Vec<u8>) -> Result<(), TooLong> {
        write_item(buffer, self.digest.0, &self.signature)
    }
}

/// Shows how long the signature is, but not the signature: whoever has it may replay it.
impl fmt::Debug for Sha2SignedData {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let length = self.signature.len();
        write!(formatter, "{}, {length} bytes", self.digest)
    }
}

/// A certificate and the signatures made with its key: three items, each with a tag, a u16 length
/// and a value. Tag 0 is the certificate, the tag of a signature is its [`DigestType`]; phones send
/// SHA-1 and SHA-512. P, R
///
/// The certificate comes first, as in every recording (R); the signatures keep their order.
#[derive(Clone, PartialEq, Eq)]
pub struct SudiData {
    /// The certificate in DER, unjudged.
    pub certificate: Vec<u8>,
    /// The signatures; the number 0 is no digest here.
    pub signatures: Vec<Sha2SignedData>,
}

impl SudiData {
    /// The most signatures that are taken (D): phones send two.
    pub const MAX_SIGNATURES: usize = 8;

    const CERTIFICATE: u8 = 0;

    pub(super) fn decode(reader: &mut Reader<'_>) -> Result<Self, InvalidElement> {
        let tag = reader.u8()?;
        if tag != Self::CERTIFICATE {
            return Err(InvalidElement::NoCertificate {
                expected: Self::CERTIFICATE,
                found: tag,
            });
        }
        let certificate = reader.sub()?.rest().to_vec();
        let mut signatures = Vec::new();
        while reader.any_left() {
            if signatures.len() == Self::MAX_SIGNATURES {
                return Err(InvalidElement::TooManySignatures);
            }
            let signature = Sha2SignedData::decode(reader)?;
            if signature.digest.0 == Self::CERTIFICATE {
                return Err(InvalidElement::SecondCertificate);
            }
            signatures.push(signature);
        }
        Ok(Self {
            certificate,
            signatures,
        })
    }

    pub(super) fn encode(&self, buffer: &mut Vec<u8>) -> Result<(), TooLong> {
        write_item(buffer, Self::CERTIFICATE, &self.certificate)?;
        self.signatures
            .iter()
            .try_for_each(|signature| signature.encode(buffer))
    }
}

impl fmt::Debug for SudiData {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let length = self.certificate.len();
        write!(formatter, "{length} bytes, {:?}", self.signatures)
    }
}

fn write_item(buffer: &mut Vec<u8>, tag: u8, value: &[u8]) -> Result<(), TooLong> {
    buffer.push(tag);
    write_sub(buffer, |buffer| {
        buffer.extend(value);
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUDI: &[u8] = &[
        0, 0, 3, 0x30, 0x01, 0xff, // the certificate
        1, 0, 2, 0xa1, 0xa2, // SHA-1
        3, 0, 1, 0xb1, // SHA-512
    ];

    fn sudi() -> SudiData {
        SudiData {
            certificate: vec![0x30, 0x01, 0xff],
            signatures: vec![
                Sha2SignedData {
                    digest: DigestType::SHA1,
                    signature: vec![0xa1, 0xa2],
                },
                Sha2SignedData {
                    digest: DigestType::SHA512,
                    signature: vec![0xb1],
                },
            ],
        }
    }

    #[test]
    fn three_items_are_a_certificate_and_two_signatures() {
        assert_eq!(SudiData::decode(&mut Reader::new(SUDI)), Ok(sudi()));
        let mut buffer = Vec::new();
        sudi().encode(&mut buffer).unwrap();
        assert_eq!(buffer, SUDI);
    }

    #[test]
    fn the_order_of_the_signatures_survives() {
        let mut turned = sudi();
        turned.signatures.reverse();
        let mut buffer = Vec::new();
        turned.encode(&mut buffer).unwrap();
        assert_eq!(SudiData::decode(&mut Reader::new(&buffer)), Ok(turned));
    }

    #[test]
    fn the_certificate_stands_first_and_alone() {
        let decode = |bytes: &[u8]| SudiData::decode(&mut Reader::new(bytes)).unwrap_err();
        assert_eq!(
            decode(&SUDI[6..]),
            InvalidElement::NoCertificate {
                expected: 0,
                found: 1
            }
        );
        assert_eq!(
            decode(&[0, 0, 0, 0, 0, 0]),
            InvalidElement::SecondCertificate
        );
        assert_eq!(decode(&[]), InvalidElement::Truncated);
    }

    #[test]
    fn signatures_are_limited_in_number() {
        let decode = |signatures: usize| {
            let bytes = [&[0, 0, 0][..], &[1, 0, 0].repeat(signatures)].concat();
            SudiData::decode(&mut Reader::new(&bytes)).map(|sudi| sudi.signatures.len())
        };
        assert_eq!(decode(SudiData::MAX_SIGNATURES), Ok(8));
        assert_eq!(
            decode(SudiData::MAX_SIGNATURES + 1),
            Err(InvalidElement::TooManySignatures)
        );
    }

    #[test]
    fn debug_shows_no_signature() {
        assert_eq!(
            format!("{:?}", sudi()),
            "3 bytes, [SHA-1, 2 bytes, SHA-512, 1 bytes]"
        );
    }
}
