//! The elements of a body, both directions side by side.

use std::fmt;

use super::error::{InvalidElement, TooLong};
use super::reader::{Reader, write_sub};
use super::signed_data::{Sha2SignedData, SudiData};
use super::value::{AuthType, CertificateType, DigestType, KeyType, NamedCurve, Reason};
use crate::model::number::numbers;
use crate::secret::Password;

numbers! {
    /// Which element a value is. 14, 15 and everything above 20 are unknown.
    Tag {
        /// [`Element::Reason`]. P
        REASON = 1, "Reason";
        /// [`Element::ReasonInfo`]. N
        REASON_INFO = 2, "ReasonInfo";
        /// [`Element::CertificateType`]. P
        CERTIFICATE_TYPE = 3, "CertificateType";
        /// [`Element::Certificate`]. P
        CERTIFICATE = 4, "Certificate";
        /// [`Element::CertificateId`]. N
        CERTIFICATE_ID = 5, "CertificateId";
        /// [`Element::SignedData`]. P
        SIGNED_DATA = 6, "SignedData";
        /// [`Element::Version`]. P
        VERSION = 7, "Version";
        /// [`Element::AuthType`]. P
        AUTH_TYPE = 8, "AuthType";
        /// [`Element::PublicKey`]. P
        PUBLIC_KEY = 9, "PublicKey";
        /// [`Element::KeySize`]. P
        KEY_SIZE = 10, "KeySize";
        /// [`Element::Password`]. P
        PASSWORD = 11, "Password";
        /// [`Element::RetryDelay`]. N
        RETRY_DELAY = 12, "RetryDelay";
        /// [`Element::DeviceName`]. P
        DEVICE_NAME = 13, "DeviceName";
        /// [`Element::SudiData`]. P
        SUDI_DATA = 16, "SudiData";
        /// [`Element::KeyType`]. P
        KEY_TYPE = 17, "KeyType";
        /// [`Element::Curve`]. P
        CURVE = 18, "Curve";
        /// [`Element::DigestType`]. N
        DIGEST_TYPE = 19, "DigestType";
        /// [`Element::Sha2SignedData`]. P
        SHA2_SIGNED_DATA = 20, "Sha2SignedData";
    }
}

/// One element: a tag of one byte, a u16 length and the value.
///
/// What is built here is written as it stands, and decodes again where it keeps to the limits that
/// each variant names.
#[derive(Clone, PartialEq, Eq)]
pub enum Element {
    /// Why, or whether it worked. P
    Reason(Reason),
    /// A text beside the reason, in an unknown encoding. N
    ReasonInfo(Vec<u8>),
    /// Which certificate is meant. P
    CertificateType(CertificateType),
    /// A certificate, unjudged. P, R
    Certificate(CertificateItem),
    /// Only the name is known. N
    CertificateId(Vec<u8>),
    /// A signature over the authentication data with SHA-1, unjudged. P
    SignedData(Vec<u8>),
    /// The version of the protocol: a server says 3, hardware phones 3, softphones 2. P
    Version(u8),
    /// How the phone is to prove itself. P
    AuthType(AuthType),
    /// A `SubjectPublicKeyInfo` in DER, unjudged. P
    PublicKey(Vec<u8>),
    /// The size of an RSA key in bits. P
    KeySize(u16),
    /// What the user entered, ended by a NUL; a lone NUL where nothing was entered. P
    ///
    /// A value without its NUL, with a NUL inside, or with more than
    /// [`MAX_TEXT_LENGTH`](Self::MAX_TEXT_LENGTH) bytes is refused (D).
    Password(Password),
    /// After how many seconds the phone should come back. N; that it is a u16 of seconds is D.
    RetryDelay(u16),
    /// The phone's name, ended by a NUL. P
    ///
    /// A value that is not UTF-8, without its NUL, with a NUL inside, or with more than
    /// [`MAX_TEXT_LENGTH`](Self::MAX_TEXT_LENGTH) bytes is refused (D). Whether it is a name that a
    /// device can have, [`model::DeviceName`](crate::model::DeviceName) decides.
    DeviceName(String),
    /// Which kind of key the phone is to make. P
    KeyType(KeyType),
    /// On which curve. P
    Curve(NamedCurve),
    /// The digest under a signature. N
    DigestType(DigestType),
    /// A signature over the authentication data with the digest that it names. P
    Sha2SignedData(Sha2SignedData),
    /// The proof that cannot be replayed: the session id is in what is signed. P, R
    SudiData(SudiData),
    /// An element that a newer firmware may know. It is kept, in its place (D).
    Unknown {
        /// The tag. One of the known tags is written too, so that a simulated phone can send a
        /// malformed element; decoded, it is what its tag says.
        tag: u8,
        /// The value.
        value: Vec<u8>,
    },
}

impl Element {
    /// The longest text in bytes, without its NUL, that is taken as a device name or a password
    /// (D): more than twice the longest name that Unified CM keeps.
    pub const MAX_TEXT_LENGTH: usize = 128;

    /// Which element this is.
    pub const fn tag(&self) -> Tag {
        match self {
            Self::Reason(_) => Tag::REASON,
            Self::ReasonInfo(_) => Tag::REASON_INFO,
            Self::CertificateType(_) => Tag::CERTIFICATE_TYPE,
            Self::Certificate(_) => Tag::CERTIFICATE,
            Self::CertificateId(_) => Tag::CERTIFICATE_ID,
            Self::SignedData(_) => Tag::SIGNED_DATA,
            Self::Version(_) => Tag::VERSION,
            Self::AuthType(_) => Tag::AUTH_TYPE,
            Self::PublicKey(_) => Tag::PUBLIC_KEY,
            Self::KeySize(_) => Tag::KEY_SIZE,
            Self::Password(_) => Tag::PASSWORD,
            Self::RetryDelay(_) => Tag::RETRY_DELAY,
            Self::DeviceName(_) => Tag::DEVICE_NAME,
            Self::KeyType(_) => Tag::KEY_TYPE,
            Self::Curve(_) => Tag::CURVE,
            Self::DigestType(_) => Tag::DIGEST_TYPE,
            Self::Sha2SignedData(_) => Tag::SHA2_SIGNED_DATA,
            Self::SudiData(_) => Tag::SUDI_DATA,
            Self::Unknown { tag, .. } => Tag(*tag),
        }
    }

    /// Reads the length and the value behind `tag`.
    pub(super) fn decode(tag: Tag, body: &mut Reader<'_>) -> Result<Self, InvalidElement> {
        let mut value = body.sub()?;
        let element = match tag {
            Tag::REASON => Self::Reason(Reason(value.u8()?)),
            Tag::REASON_INFO => Self::ReasonInfo(value.rest().to_vec()),
            Tag::CERTIFICATE_TYPE => Self::CertificateType(CertificateType(value.u8()?)),
            Tag::CERTIFICATE => Self::Certificate(CertificateItem::decode(&mut value)?),
            Tag::CERTIFICATE_ID => Self::CertificateId(value.rest().to_vec()),
            Tag::SIGNED_DATA => Self::SignedData(value.rest().to_vec()),
            Tag::VERSION => Self::Version(value.u8()?),
            Tag::AUTH_TYPE => Self::AuthType(AuthType(value.u8()?)),
            Tag::PUBLIC_KEY => Self::PublicKey(value.rest().to_vec()),
            Tag::KEY_SIZE => Self::KeySize(value.u16()?),
            Tag::PASSWORD => Self::Password(Password::new(decode_text(&mut value)?)),
            Tag::RETRY_DELAY => Self::RetryDelay(value.u16()?),
            Tag::DEVICE_NAME => Self::DeviceName(decode_name(&mut value)?),
            Tag::KEY_TYPE => Self::KeyType(KeyType(value.u8()?)),
            Tag::CURVE => Self::Curve(NamedCurve(value.u8()?)),
            Tag::DIGEST_TYPE => Self::DigestType(DigestType(value.u8()?)),
            Tag::SHA2_SIGNED_DATA => Self::Sha2SignedData(Sha2SignedData::decode(&mut value)?),
            Tag::SUDI_DATA => Self::SudiData(SudiData::decode(&mut value)?),
            Tag(tag) => Self::Unknown {
                tag,
                value: value.rest().to_vec(),
            },
        };
        value.finish()?;
        Ok(element)
    }

    /// Writes the tag, the length and the value.
    pub(super) fn encode(&self, buffer: &mut Vec<u8>) -> Result<(), TooLong> {
        buffer.push(self.tag().0);
        write_sub(buffer, |buffer| {
            match self {
                Self::Reason(Reason(number))
                | Self::CertificateType(CertificateType(number))
                | Self::Version(number)
                | Self::AuthType(AuthType(number))
                | Self::KeyType(KeyType(number))
                | Self::Curve(NamedCurve(number))
                | Self::DigestType(DigestType(number)) => buffer.push(*number),
                Self::KeySize(number) | Self::RetryDelay(number) => {
                    buffer.extend(number.to_be_bytes());
                }
                Self::ReasonInfo(value)
                | Self::CertificateId(value)
                | Self::SignedData(value)
                | Self::PublicKey(value)
                | Self::Unknown { value, .. } => buffer.extend(value),
                Self::Certificate(item) => item.encode(buffer)?,
                Self::Password(password) => encode_text(password.reveal(), buffer),
                Self::DeviceName(name) => encode_text(name.as_bytes(), buffer),
                Self::Sha2SignedData(signed) => signed.encode(buffer)?,
                Self::SudiData(sudi) => sudi.encode(buffer)?,
            }
            Ok(())
        })
    }
}

/// What a Certificate element holds: one item with tag 1, whose value is two bytes and the DER. P
#[derive(Clone, PartialEq, Eq)]
pub struct CertificateItem {
    /// The two bytes in front of the DER, which the item's length counts. What they mean is not
    /// known: every one on record is `00 01`, for an LSC as for a MIC (P, R), and others are taken
    /// too (D).
    pub prefix: [u8; 2],
    /// The certificate, unjudged.
    pub der: Vec<u8>,
}

impl CertificateItem {
    const TAG: u8 = 1;

    /// A certificate behind the two bytes that every one on record has.
    pub const fn new(der: Vec<u8>) -> Self {
        let prefix = [0, 1];
        Self { prefix, der }
    }

    fn decode(value: &mut Reader<'_>) -> Result<Self, InvalidElement> {
        let tag = value.u8()?;
        if tag != Self::TAG {
            return Err(InvalidElement::NoCertificate {
                expected: Self::TAG,
                found: tag,
            });
        }
        let mut item = value.sub()?;
        Ok(Self {
            prefix: [item.u8()?, item.u8()?],
            der: item.rest().to_vec(),
        })
    }

    fn encode(&self, buffer: &mut Vec<u8>) -> Result<(), TooLong> {
        buffer.push(Self::TAG);
        write_sub(buffer, |buffer| {
            buffer.extend(self.prefix);
            buffer.extend(&self.der);
            Ok(())
        })
    }
}

impl fmt::Debug for CertificateItem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} bytes", self.der.len())
    }
}

/// Shows numbers and names, and of everything longer its length: a signature may be replayed by
/// whoever has it, and nobody knows what an unknown element holds.
impl fmt::Debug for Element {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}(", self.tag())?;
        match self {
            Self::Reason(reason) => write!(formatter, "{reason}"),
            Self::ReasonInfo(text) => write!(formatter, "{}", text.escape_ascii()),
            Self::CertificateType(kind) => write!(formatter, "{kind}"),
            Self::Version(version) => write!(formatter, "{version}"),
            Self::AuthType(kind) => write!(formatter, "{kind}"),
            Self::KeySize(bits) => write!(formatter, "{bits}"),
            Self::Password(password) if password.is_empty() => formatter.write_str("empty"),
            Self::Password(_) => formatter.write_str("…"),
            Self::RetryDelay(seconds) => write!(formatter, "{seconds} s"),
            Self::DeviceName(name) => write!(formatter, "{name:?}"),
            Self::KeyType(kind) => write!(formatter, "{kind}"),
            Self::Curve(curve) => write!(formatter, "{curve}"),
            Self::DigestType(digest) => write!(formatter, "{digest}"),
            Self::Sha2SignedData(signed) => write!(formatter, "{signed:?}"),
            Self::SudiData(sudi) => write!(formatter, "{sudi:?}"),
            Self::Certificate(item) => write!(formatter, "{item:?}"),
            Self::CertificateId(value)
            | Self::SignedData(value)
            | Self::PublicKey(value)
            | Self::Unknown { value, .. } => write!(formatter, "{} bytes", value.len()),
        }?;
        formatter.write_str(")")
    }
}

/// A text up to its NUL, which must be the value's last byte and its only one. Every client that
/// was recorded sends it, and the byte counts in the log of an IOS server have room for it (P, R).
fn decode_text<'a>(value: &mut Reader<'a>) -> Result<&'a [u8], InvalidElement> {
    let Some((0, text)) = value.rest().split_last() else {
        return Err(InvalidElement::NotTerminated);
    };
    if text.len() > Element::MAX_TEXT_LENGTH {
        return Err(InvalidElement::TextTooLong { length: text.len() });
    }
    if text.contains(&0) {
        return Err(InvalidElement::NulInText);
    }
    Ok(text)
}

fn decode_name(value: &mut Reader<'_>) -> Result<String, InvalidElement> {
    let text = decode_text(value)?;
    let name = str::from_utf8(text).map_err(|_| InvalidElement::NotUtf8)?;
    Ok(name.to_owned())
}

fn encode_text(text: &[u8], buffer: &mut Vec<u8>) {
    buffer.extend(text);
    buffer.push(0);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(bytes: &[u8]) -> Result<Element, InvalidElement> {
        let mut body = Reader::new(bytes);
        let tag = Tag(body.u8()?);
        let element = Element::decode(tag, &mut body)?;
        body.finish()?;
        Ok(element)
    }

    fn encode(element: &Element) -> Vec<u8> {
        let mut buffer = Vec::new();
        element.encode(&mut buffer).unwrap();
        buffer
    }

    fn text(tag: Tag, text: &[u8]) -> Result<Element, InvalidElement> {
        let length = u16::try_from(text.len()).unwrap().to_be_bytes();
        decode(&[&[tag.0][..], &length, text].concat())
    }

    fn one_of_each() -> Vec<(Element, &'static [u8])> {
        let signed = Sha2SignedData {
            digest: DigestType::SHA512,
            signature: vec![0xb1, 0xb2],
        };
        let sudi = SudiData {
            certificate: vec![0x30, 0],
            signatures: vec![signed.clone()],
        };
        vec![
            (Element::Reason(Reason::DECLINED), &[1, 0, 1, 7]),
            (Element::ReasonInfo(b"no".to_vec()), &[2, 0, 2, b'n', b'o']),
            (
                Element::CertificateType(CertificateType::MIC),
                &[3, 0, 1, 2],
            ),
            (
                Element::Certificate(CertificateItem::new(vec![0x30, 0])),
                &[4, 0, 7, 1, 0, 4, 0, 1, 0x30, 0],
            ),
            (
                Element::Certificate(CertificateItem {
                    prefix: [0, 2],
                    der: vec![0x30, 0],
                }),
                &[4, 0, 7, 1, 0, 4, 0, 2, 0x30, 0],
            ),
            (Element::CertificateId(vec![9]), &[5, 0, 1, 9]),
            (Element::SignedData(vec![1, 2]), &[6, 0, 2, 1, 2]),
            (Element::Version(3), &[7, 0, 1, 3]),
            (Element::AuthType(AuthType::NONE), &[8, 0, 1, 0]),
            (Element::PublicKey(vec![0x30, 0]), &[9, 0, 2, 0x30, 0]),
            (Element::KeySize(2048), &[10, 0, 2, 0x08, 0]),
            (
                Element::Password(Password::new(b"47")),
                &[11, 0, 3, b'4', b'7', 0],
            ),
            (Element::Password(Password::new(b"")), &[11, 0, 1, 0]),
            (Element::RetryDelay(300), &[12, 0, 2, 1, 0x2c]),
            (
                Element::DeviceName("BOT".into()),
                &[13, 0, 4, b'B', b'O', b'T', 0],
            ),
            (
                Element::SudiData(sudi),
                &[16, 0, 10, 0, 0, 2, 0x30, 0, 3, 0, 2, 0xb1, 0xb2],
            ),
            (Element::KeyType(KeyType::EC), &[17, 0, 1, 1]),
            (Element::Curve(NamedCurve::P384), &[18, 0, 1, 1]),
            (Element::DigestType(DigestType::SHA256), &[19, 0, 1, 2]),
            (
                Element::Sha2SignedData(signed),
                &[20, 0, 5, 3, 0, 2, 0xb1, 0xb2],
            ),
            (
                Element::Unknown {
                    tag: 0xee,
                    value: vec![],
                },
                &[0xee, 0, 0],
            ),
        ]
    }

    #[test]
    fn each_element_is_these_bytes() {
        for (element, bytes) in one_of_each() {
            assert_eq!(encode(&element), bytes, "{element:?}");
            assert_eq!(decode(bytes), Ok(element));
        }
    }

    #[test]
    fn every_known_tag_has_its_element() {
        let tags: Vec<u8> = one_of_each()
            .iter()
            .map(|(element, _)| element.tag().0)
            .collect();
        for number in 0..=u8::MAX {
            assert!(
                Tag(number).name().is_none() || tags.contains(&number),
                "{number}"
            );
        }
    }

    #[test]
    fn a_number_of_another_length_is_refused() {
        for (element, bytes) in one_of_each() {
            let fixed = match element {
                Element::KeySize(_) | Element::RetryDelay(_) => 2,
                Element::Reason(_)
                | Element::CertificateType(_)
                | Element::Version(_)
                | Element::AuthType(_)
                | Element::KeyType(_)
                | Element::Curve(_)
                | Element::DigestType(_) => 1,
                _ => continue,
            };
            let longer = [&[bytes[0], 0, fixed + 1], &bytes[3..], &[0]].concat();
            assert_eq!(
                decode(&longer),
                Err(InvalidElement::TrailingData { length: 1 })
            );
            let shorter = [&[bytes[0], 0, fixed - 1], &bytes[3..bytes.len() - 1]].concat();
            assert_eq!(decode(&shorter), Err(InvalidElement::Truncated));
        }
    }

    #[test]
    fn a_certificate_is_one_item_that_begins_with_two_bytes() {
        assert_eq!(
            decode(&[4, 0, 5, 2, 0, 2, 0, 1]),
            Err(InvalidElement::NoCertificate {
                expected: 1,
                found: 2
            })
        );
        assert_eq!(
            decode(&[4, 0, 6, 1, 0, 2, 0, 1, 0x30]),
            Err(InvalidElement::TrailingData { length: 1 })
        );
        assert_eq!(
            decode(&[4, 0, 4, 1, 0, 1, 0]),
            Err(InvalidElement::Truncated)
        );
    }

    #[test]
    fn a_text_ends_with_its_only_nul() {
        for tag in [Tag::DEVICE_NAME, Tag::PASSWORD] {
            assert_eq!(text(tag, b""), Err(InvalidElement::NotTerminated));
            assert_eq!(text(tag, b"SEP"), Err(InvalidElement::NotTerminated));
            assert_eq!(text(tag, b"SEP\0A\0"), Err(InvalidElement::NulInText));
            assert_eq!(text(tag, b"SEP\0\0"), Err(InvalidElement::NulInText));
        }
    }

    #[test]
    fn a_text_is_limited_in_length() {
        let longest = [&[b'1'; Element::MAX_TEXT_LENGTH][..], &[0]].concat();
        let longer = [&[b'1'][..], &longest].concat();
        for tag in [Tag::DEVICE_NAME, Tag::PASSWORD] {
            assert!(text(tag, &longest).is_ok());
            assert_eq!(
                text(tag, &longer),
                Err(InvalidElement::TextTooLong { length: 129 })
            );
        }
    }

    #[test]
    fn a_device_name_is_utf8_and_a_password_need_not_be() {
        assert_eq!(
            text(Tag::DEVICE_NAME, b"\xff\0"),
            Err(InvalidElement::NotUtf8)
        );
        assert_eq!(
            text(Tag::PASSWORD, b"\xff\0"),
            Ok(Element::Password(Password::new(b"\xff")))
        );
    }

    #[test]
    fn debug_shows_no_secret_and_no_control_character() {
        let shown = |element: Element| format!("{element:?}");
        assert_eq!(
            shown(Element::Password(Password::new(b"4711"))),
            "Password(…)"
        );
        assert_eq!(
            shown(Element::Password(Password::new(b""))),
            "Password(empty)"
        );
        assert_eq!(
            shown(Element::SignedData(vec![7; 256])),
            "SignedData(256 bytes)"
        );
        assert_eq!(
            shown(Element::Unknown {
                tag: 0x2a,
                value: b"4711".to_vec()
            }),
            "0x2a(4 bytes)"
        );
        for element in [
            Element::DeviceName("\u{1b}[2J".into()),
            Element::ReasonInfo(b"\x1b[2J".to_vec()),
        ] {
            assert!(!shown(element).contains('\u{1b}'));
        }
    }
}
