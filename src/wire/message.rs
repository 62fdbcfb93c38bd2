//! A message: the header, the limits, and what one asks of it.

use std::fmt;

use super::command::Command;
use super::element::{Element, Tag};
use super::error::{InvalidMessage, TooLong};
use super::reader::{Reader, write_sub};
use super::signed_data::{Sha2SignedData, SudiData};
use super::value::{CertificateType, DigestType, KeyType, NamedCurve, Reason};
use crate::secret::Password;

/// The number of a session: the server chooses it, counting up from connection to connection, and
/// every later message of both sides repeats it. P
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SessionId(pub u32);

impl fmt::Display for SessionId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, formatter)
    }
}

/// One CAPF message.
///
/// Its elements stand in the order of the sender; no code may rely on that order, because clients
/// differ in it (P). Where an element stands twice, the first counts (D).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// What it is for.
    pub command: Command,
    /// To which session it belongs.
    pub session_id: SessionId,
    /// What it says, in the order of the sender.
    pub elements: Vec<Element>,
}

/// The first element of one kind, seen as something else.
macro_rules! first {
    ($message:expr, $pattern:pat => $value:expr) => {
        $message.elements.iter().find_map(|element| match element {
            $pattern => Some($value),
            _ => None,
        })
    };
}

impl fmt::Display for Message {
    /// The command, and what the message says.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.command)?;
        match &self.says()[..] {
            "" => Ok(()),
            says => write!(formatter, " {says}"),
        }
    }
}

impl Message {
    /// The first byte of every message. P
    pub const PROTOCOL_ID: u8 = 0x55;

    /// The length in bytes of what stands in front of the elements. P
    pub const HEADER_LENGTH: usize = 8;

    /// The longest body in bytes that is taken or sent (D): the length field could say 65,535, but
    /// the longest body on record has 2,818, and softphones read 4,096 at most (P). With its header
    /// it fits one TLS record of 2^14 bytes (RFC 5246, section 6.2.1), as a phone wants it (P).
    pub const MAX_BODY_LENGTH: usize = 16 * 1024 - Self::HEADER_LENGTH;

    /// The most elements that are taken (D): 18 kinds are known, and phones send eight.
    pub const MAX_ELEMENTS: usize = 64;

    /// A message without elements.
    pub const fn new(command: Command, session_id: SessionId) -> Self {
        Self {
            command,
            session_id,
            elements: Vec::new(),
        }
    }

    /// The same message with `element` behind the others.
    #[must_use]
    pub fn with(mut self, element: Element) -> Self {
        self.elements.push(element);
        self
    }

    /// Reads exactly one message.
    ///
    /// Values are copied out of `bytes` and nothing is allocated on the word of a length field, so
    /// memory is bounded by what was received and by [`MAX_ELEMENTS`](Self::MAX_ELEMENTS).
    pub fn decode(bytes: &[u8]) -> Result<Self, InvalidMessage> {
        let truncated = |expected| InvalidMessage::Truncated {
            expected,
            received: bytes.len(),
        };
        let (header, body) = bytes
            .split_first_chunk()
            .ok_or_else(|| truncated(Self::HEADER_LENGTH))?;
        let length = Self::body_length(header)?;
        if body.len() < length {
            return Err(truncated(Self::HEADER_LENGTH + length));
        }
        if body.len() > length {
            return Err(InvalidMessage::TrailingData {
                length: body.len() - length,
            });
        }
        let [_, command, session_id @ .., _, _] = *header;
        Ok(Self {
            command: Command(command),
            session_id: SessionId(u32::from_be_bytes(session_id)),
            elements: decode_elements(body)?,
        })
    }

    /// How many bytes follow `header`, so that a connection knows how much to read.
    ///
    /// Another protocol's id and a length above [`MAX_BODY_LENGTH`](Self::MAX_BODY_LENGTH) are
    /// refused here, before anything is allocated.
    pub fn body_length(header: &[u8; Self::HEADER_LENGTH]) -> Result<usize, InvalidMessage> {
        let [protocol_id, .., high, low] = *header;
        if protocol_id != Self::PROTOCOL_ID {
            return Err(InvalidMessage::ProtocolId { found: protocol_id });
        }
        let length = usize::from(u16::from_be_bytes([high, low]));
        if length > Self::MAX_BODY_LENGTH {
            return Err(InvalidMessage::BodyTooLong { length });
        }
        Ok(length)
    }

    /// The whole message in ONE buffer, which must leave in one write: a phone's client stalls
    /// when the header and the body arrive in two TLS records. P
    pub fn encode(&self) -> Result<Vec<u8>, TooLong> {
        let mut buffer = vec![Self::PROTOCOL_ID, self.command.0];
        buffer.extend(self.session_id.0.to_be_bytes());
        write_sub(&mut buffer, |buffer| {
            self.elements
                .iter()
                .try_for_each(|element| element.encode(buffer))
        })?;
        let length = buffer.len() - Self::HEADER_LENGTH;
        if length > Self::MAX_BODY_LENGTH {
            return Err(TooLong {
                length,
                limit: Self::MAX_BODY_LENGTH,
            });
        }
        Ok(buffer)
    }

    /// The elements, as a trace shows them: of all that is secret or long, how long it is.
    pub fn says(&self) -> String {
        let elements: Vec<_> = self
            .elements
            .iter()
            .map(|element| format!("{element:?}"))
            .collect();
        elements.join(", ")
    }

    /// Why, or whether it worked.
    pub fn reason(&self) -> Option<Reason> {
        first!(self, Element::Reason(reason) => *reason)
    }

    /// The version of the protocol.
    pub fn version(&self) -> Option<u8> {
        first!(self, Element::Version(version) => *version)
    }

    /// The name that the phone gives itself.
    pub fn device_name(&self) -> Option<&str> {
        first!(self, Element::DeviceName(name) => name.as_str())
    }

    /// What the phone's user entered.
    pub fn password(&self) -> Option<&Password> {
        first!(self, Element::Password(password) => password)
    }

    /// A `SubjectPublicKeyInfo` in DER.
    pub fn public_key(&self) -> Option<&[u8]> {
        first!(self, Element::PublicKey(der) => der.as_slice())
    }

    /// A certificate in DER.
    pub fn certificate(&self) -> Option<&[u8]> {
        first!(self, Element::Certificate(item) => item.der.as_slice())
    }

    /// Which certificate is meant.
    pub fn certificate_type(&self) -> Option<CertificateType> {
        first!(self, Element::CertificateType(kind) => *kind)
    }

    /// A signature over the authentication data with SHA-1.
    pub fn signed_data(&self) -> Option<&[u8]> {
        first!(self, Element::SignedData(signature) => signature.as_slice())
    }

    /// A signature over the authentication data with the digest that it names.
    pub fn sha2_signed_data(&self) -> Option<&Sha2SignedData> {
        first!(self, Element::Sha2SignedData(signed) => signed)
    }

    /// The certificate and signatures that cannot be replayed.
    pub fn sudi_data(&self) -> Option<&SudiData> {
        first!(self, Element::SudiData(sudi) => sudi)
    }

    /// The size of an RSA key in bits.
    pub fn key_size(&self) -> Option<u16> {
        first!(self, Element::KeySize(bits) => *bits)
    }

    /// Which kind of key.
    pub fn key_type(&self) -> Option<KeyType> {
        first!(self, Element::KeyType(kind) => *kind)
    }

    /// On which curve.
    pub fn curve(&self) -> Option<NamedCurve> {
        first!(self, Element::Curve(curve) => *curve)
    }

    /// The digest under a signature.
    pub fn digest_type(&self) -> Option<DigestType> {
        first!(self, Element::DigestType(digest) => *digest)
    }

    /// The elements that nobody here knows, for the trace: tag and value.
    pub fn unknown_elements(&self) -> impl Iterator<Item = (u8, &[u8])> {
        self.elements.iter().filter_map(|element| match element {
            Element::Unknown { tag, value } => Some((*tag, value.as_slice())),
            _ => None,
        })
    }
}

fn decode_elements(body: &[u8]) -> Result<Vec<Element>, InvalidMessage> {
    let mut body = Reader::new(body);
    let mut elements = Vec::new();
    while let Ok(tag) = body.u8().map(Tag) {
        if elements.len() == Message::MAX_ELEMENTS {
            return Err(InvalidMessage::TooManyElements);
        }
        let element =
            Element::decode(tag, &mut body).map_err(|source| InvalidMessage::Element {
                element: tag,
                source,
            })?;
        elements.push(element);
    }
    Ok(elements)
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::super::{AuthType, CertificateItem};
    use super::*;
    use crate::model::Curve;

    const SESSION: SessionId = SessionId(0x0102_0304);

    fn message(command: Command) -> Message {
        Message::new(command, SESSION)
    }

    /// Each message of the flows, and the bytes that it is. The public key and the certificates
    /// are two bytes here: the wire does not look into them.
    fn flows() -> Vec<(Message, &'static str)> {
        vec![
            (
                message(Command::AUTH_REQUEST)
                    .with(Element::Version(3))
                    .with(Element::AuthType(AuthType::NONE)),
                "55 01 01020304 0008  07 0001 03  08 0001 00",
            ),
            (
                message(Command::AUTH_RESPONSE)
                    .with(Element::Version(2))
                    .with(Element::DeviceName("CSF1".into()))
                    .with(Element::Reason(Reason::SUCCESS)),
                "55 02 01020304 0010  07 0001 02  0d 0005 4353463100  01 0001 01",
            ),
            (
                message(Command::AUTH_RESPONSE)
                    .with(Element::Reason(Reason::SUCCESS))
                    .with(Element::Password(Password::new(b"0471")))
                    .with(Element::DeviceName("SEP1".into()))
                    .with(Element::Unknown {
                        tag: 14,
                        value: vec![0xca, 0xfe],
                    }),
                "55 02 01020304 0019  01 0001 01  0b 0005 3034373100  0d 0005 5345503100  0e 0002 cafe",
            ),
            (
                message(Command::KEY_GENERATE_REQUEST).with(Element::KeySize(2048)),
                "55 03 01020304 0005  0a 0002 0800",
            ),
            (
                message(Command::KEY_GENERATE_REQUEST)
                    .with(Element::KeyType(KeyType::EC))
                    .with(Element::Curve(Curve::P384.into())),
                "55 03 01020304 0008  11 0001 01  12 0001 01",
            ),
            (message(Command::REQUEST_IN_PROGRESS), "55 11 01020304 0000"),
            (
                message(Command::KEY_GENERATE_RESPONSE).with(Element::PublicKey(vec![0x30, 0])),
                "55 04 01020304 0005  09 0002 3000",
            ),
            (
                message(Command::STORE_CERTIFICATE_REQUEST)
                    .with(Element::CertificateType(CertificateType::LSC))
                    .with(Element::Certificate(CertificateItem::new(vec![0x30, 0]))),
                "55 09 01020304 000e  03 0001 01  04 0007 01 0004 0001 3000",
            ),
            (
                message(Command::STORE_CERTIFICATE_RESPONSE).with(Element::Reason(Reason::SUCCESS)),
                "55 0a 01020304 0004  01 0001 01",
            ),
            (
                message(Command::FETCH_CERTIFICATE_REQUEST),
                "55 0b 01020304 0000",
            ),
            (
                message(Command::FETCH_CERTIFICATE_RESPONSE)
                    .with(Element::Reason(Reason::SUCCESS))
                    .with(Element::Certificate(CertificateItem::new(vec![0x30, 0]))),
                "55 0c 01020304 000e  01 0001 01  04 0007 01 0004 0001 3000",
            ),
            (
                message(Command::DELETE_CERTIFICATE_REQUEST),
                "55 0d 01020304 0000",
            ),
            (
                message(Command::DELETE_CERTIFICATE_RESPONSE)
                    .with(Element::Reason(Reason::DECLINED)),
                "55 0e 01020304 0004  01 0001 07",
            ),
            (
                message(Command::ENCRYPT_REQUEST).with(Element::SignedData(vec![0x30, 0])),
                "55 05 01020304 0005  06 0002 3000",
            ),
            (
                message(Command::SIGN_CERTIFICATE_REQUEST)
                    .with(Element::DigestType(DigestType::SHA256))
                    .with(Element::SignedData(vec![0x30, 0])),
                "55 16 01020304 0009  13 0001 02  06 0002 3000",
            ),
            (
                message(Command::END_SESSION).with(Element::Reason(Reason::UNKNOWN_DEVICE)),
                "55 0f 01020304 0004  01 0001 09",
            ),
            (message(Command(0xee)), "55 ee 01020304 0000"),
        ]
    }

    fn bytes(digits: &str) -> Vec<u8> {
        hex::decode(digits.replace(' ', "")).unwrap()
    }

    #[test]
    fn each_message_is_these_bytes() {
        for (message, digits) in flows() {
            assert_eq!(message.encode(), Ok(bytes(digits)), "{message:?}");
            assert_eq!(Message::decode(&bytes(digits)), Ok(message));
        }
    }

    #[test]
    fn a_message_cut_anywhere_and_one_with_a_byte_too_many_are_refused() {
        for (_, digits) in flows() {
            let mut whole = bytes(digits);
            for end in 0..whole.len() {
                assert!(
                    matches!(
                        Message::decode(&whole[..end]),
                        Err(InvalidMessage::Truncated { received, .. }) if received == end
                    ),
                    "{digits} cut at {end}"
                );
            }
            whole.push(0);
            assert_eq!(
                Message::decode(&whole),
                Err(InvalidMessage::TrailingData { length: 1 })
            );
        }
    }

    #[test]
    fn the_header_alone_says_how_much_to_read() {
        let header = |digits| bytes(digits).try_into().unwrap();
        assert_eq!(
            Message::body_length(&header("55 01 00000000 3ff8")),
            Ok(Message::MAX_BODY_LENGTH)
        );
        assert_eq!(
            Message::body_length(&header("55 01 00000000 3ff9")),
            Err(InvalidMessage::BodyTooLong { length: 0x3ff9 })
        );
        assert_eq!(
            Message::body_length(&header("16 03 01000000 0000")),
            Err(InvalidMessage::ProtocolId { found: 0x16 })
        );
    }

    #[test]
    fn no_body_longer_than_the_limit_is_sent() {
        let of = |length| message(Command::AUTH_REQUEST).with(Element::PublicKey(vec![0; length]));
        let most = Message::MAX_BODY_LENGTH - 3;
        assert!(Message::decode(&of(most).encode().unwrap()).is_ok());
        assert_eq!(
            of(most + 1).encode(),
            Err(TooLong {
                length: Message::MAX_BODY_LENGTH + 1,
                limit: Message::MAX_BODY_LENGTH
            })
        );
        assert_eq!(
            of(0x1_0000).encode(),
            Err(TooLong {
                length: 0x1_0000,
                limit: 0xffff
            })
        );
    }

    #[test]
    fn elements_are_limited_in_number() {
        let mut many = message(Command::AUTH_RESPONSE);
        many.elements = vec![Element::Version(3); Message::MAX_ELEMENTS];
        assert_eq!(Message::decode(&many.encode().unwrap()), Ok(many.clone()));
        assert_eq!(
            Message::decode(&many.with(Element::Version(3)).encode().unwrap()),
            Err(InvalidMessage::TooManyElements)
        );
    }

    #[test]
    fn an_element_that_reaches_beyond_the_body_is_refused() {
        for digits in [
            "55 02 00000000 0001  07",
            "55 02 00000000 0002  07 00",
            "55 02 00000000 0003  07 0001",
            "55 02 00000000 0004  07 ffff 03",
        ] {
            assert_eq!(
                Message::decode(&bytes(digits)),
                Err(InvalidMessage::Element {
                    element: Tag::VERSION,
                    source: crate::wire::InvalidElement::Truncated
                }),
                "{digits}"
            );
        }
    }

    #[test]
    fn the_first_of_two_counts_and_unknown_elements_are_listed() {
        let message = message(Command::AUTH_RESPONSE)
            .with(Element::Unknown {
                tag: 15,
                value: vec![1],
            })
            .with(Element::DeviceName("SEP1".into()))
            .with(Element::DeviceName("SEP2".into()))
            .with(Element::Unknown {
                tag: 200,
                value: vec![],
            });
        assert_eq!(message.device_name(), Some("SEP1"));
        assert_eq!(message.password(), None);
        let unknown: Vec<_> = message.unknown_elements().collect();
        assert_eq!(unknown, [(15, &[1][..]), (200, &[])]);
    }

    #[test]
    fn neither_debug_nor_an_error_shows_the_password() {
        let secret = "40718293";
        let good = message(Command::AUTH_RESPONSE)
            .with(Element::Password(Password::new(secret.as_bytes())));
        let shown = format!("{good:?}");
        assert!(shown.contains("Password(…)") && !shown.contains(secret));

        let malformed = message(Command::AUTH_RESPONSE).with(Element::Unknown {
            tag: Tag::PASSWORD.0,
            value: secret.as_bytes().to_vec(),
        });
        let error = Message::decode(&malformed.encode().unwrap()).unwrap_err();
        assert_eq!(error.to_string(), "element Password: no NUL ends the text");
        let shown = format!("{error:?}");
        assert!(
            !shown.contains(secret) && !shown.contains("52, 48"),
            "{shown}"
        );
    }

    fn any_bytes() -> impl Strategy<Value = Vec<u8>> {
        vec(any::<u8>(), 0..64)
    }

    fn any_signed(digests: std::ops::RangeInclusive<u8>) -> impl Strategy<Value = Sha2SignedData> {
        (digests, any_bytes()).prop_map(|(digest, signature)| Sha2SignedData {
            digest: DigestType(digest),
            signature,
        })
    }

    fn any_sudi() -> impl Strategy<Value = SudiData> {
        let signatures = vec(any_signed(1..=u8::MAX), 0..=SudiData::MAX_SIGNATURES);
        (any_bytes(), signatures).prop_map(|(certificate, signatures)| SudiData {
            certificate,
            signatures,
        })
    }

    fn any_element() -> impl Strategy<Value = Element> {
        let unknown_tag = any::<u8>().prop_filter("a known tag", |tag| Tag(*tag).name().is_none());
        prop_oneof![
            any::<u8>().prop_map(|number| Element::Reason(Reason(number))),
            any_bytes().prop_map(Element::ReasonInfo),
            any::<u8>().prop_map(|number| Element::CertificateType(CertificateType(number))),
            (any::<[u8; 2]>(), any_bytes())
                .prop_map(|(prefix, der)| Element::Certificate(CertificateItem { prefix, der })),
            any_bytes().prop_map(Element::CertificateId),
            any_bytes().prop_map(Element::SignedData),
            any::<u8>().prop_map(Element::Version),
            any::<u8>().prop_map(|number| Element::AuthType(AuthType(number))),
            any_bytes().prop_map(Element::PublicKey),
            any::<u16>().prop_map(Element::KeySize),
            vec(1..=u8::MAX, 0..=Element::MAX_TEXT_LENGTH)
                .prop_map(|password| Element::Password(Password::new(&password))),
            any::<u16>().prop_map(Element::RetryDelay),
            "[^\\x00]{0,32}".prop_map(Element::DeviceName),
            any_sudi().prop_map(Element::SudiData),
            any::<u8>().prop_map(|number| Element::KeyType(KeyType(number))),
            any::<u8>().prop_map(|number| Element::Curve(NamedCurve(number))),
            any::<u8>().prop_map(|number| Element::DigestType(DigestType(number))),
            any_signed(0..=u8::MAX).prop_map(Element::Sha2SignedData),
            (unknown_tag, any_bytes()).prop_map(|(tag, value)| Element::Unknown { tag, value }),
        ]
    }

    prop_compose! {
        fn any_message()(
            command in any::<u8>(),
            session_id in any::<u32>(),
            elements in vec(any_element(), 0..16),
        ) -> Message {
            Message {
                command: Command(command),
                session_id: SessionId(session_id),
                elements,
            }
        }
    }

    proptest! {
        #[test]
        fn any_message_comes_back_as_itself(message in any_message()) {
            let bytes = message.encode().unwrap();
            prop_assert_eq!(Message::decode(&bytes), Ok(message));
        }

        #[test]
        fn what_decodes_encodes_to_the_same_bytes(
            elements in vec((0..24_u8, vec(0..4_u8, 0..8)), 0..4),
        ) {
            let mut raw = message(Command::AUTH_RESPONSE);
            raw.elements = elements
                .into_iter()
                .map(|(tag, value)| Element::Unknown { tag, value })
                .collect();
            let bytes = raw.encode().unwrap();
            if let Ok(message) = Message::decode(&bytes) {
                prop_assert_eq!(message.encode(), Ok(bytes));
            }
        }
    }
}
