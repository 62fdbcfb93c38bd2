//! What is wrong with bytes that are no message, and with a message that does not fit into bytes.
//!
//! None of these errors holds a value that was received, so that none can leak a password.

use super::element::{Element, Tag};
use super::message::Message;
use super::signed_data::SudiData;

/// Bytes that are not one CAPF message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidMessage {
    /// The bytes begin with another protocol's id.
    #[error(
        "the protocol id is {found:#04x}; CAPF's is {:#04x}",
        Message::PROTOCOL_ID
    )]
    ProtocolId {
        /// The first byte.
        found: u8,
    },
    /// The header announces more than [`Message::MAX_BODY_LENGTH`].
    #[error(
        "the header announces {length} bytes; {} are allowed",
        Message::MAX_BODY_LENGTH
    )]
    BodyTooLong {
        /// The announced length in bytes.
        length: usize,
    },
    /// The bytes end inside the header or the body.
    #[error("the message ends after {received} of {expected} bytes")]
    Truncated {
        /// How many bytes were needed to go on.
        expected: usize,
        /// How many there were.
        received: usize,
    },
    /// Something stands behind the body.
    #[error("{length} bytes stand behind the message")]
    TrailingData {
        /// How many bytes are left over.
        length: usize,
    },
    /// The body has more than [`Message::MAX_ELEMENTS`].
    #[error("the message has more than {} elements", Message::MAX_ELEMENTS)]
    TooManyElements,
    /// An element's value is not what its tag promises.
    #[error("element {element}: {source}")]
    Element {
        /// Which element.
        element: Tag,
        /// What is wrong with it.
        source: InvalidElement,
    },
}

/// An element's value that is not what its tag promises.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidElement {
    /// The value, or an item in it, ends before its length does.
    #[error("it ends too early")]
    Truncated,
    /// The value is longer than what belongs into it.
    #[error("it has {length} bytes too many")]
    TrailingData {
        /// How many bytes are left over.
        length: usize,
    },
    /// No NUL ends the text.
    #[error("no NUL ends the text")]
    NotTerminated,
    /// A NUL stands inside the text: a reader that stops there would see another text.
    #[error("a NUL stands inside the text")]
    NulInText,
    /// The text is longer than [`Element::MAX_TEXT_LENGTH`].
    #[error(
        "the text has {length} bytes; {} are allowed",
        Element::MAX_TEXT_LENGTH
    )]
    TextTooLong {
        /// Its length in bytes, without the NUL.
        length: usize,
    },
    /// The text is not UTF-8.
    #[error("the text is not UTF-8")]
    NotUtf8,
    /// Another item stands where the certificate belongs.
    #[error("an item with tag {found} stands where the certificate, tag {expected}, belongs")]
    NoCertificate {
        /// The tag of a certificate in this element.
        expected: u8,
        /// The tag that was found.
        found: u8,
    },
    /// There is a second certificate.
    #[error("a second certificate stands where a signature belongs")]
    SecondCertificate,
    /// There are more than [`SudiData::MAX_SIGNATURES`].
    #[error("it has more than {} signatures", SudiData::MAX_SIGNATURES)]
    TooManySignatures,
}

/// A message, or a part of it, that does not fit into its length field or our limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{length} bytes do not fit into a message: {limit} are allowed")]
pub struct TooLong {
    /// How many bytes there are.
    pub length: usize,
    /// How many there may be.
    pub limit: usize,
}
