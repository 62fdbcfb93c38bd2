//! The wire protocol: bytes ↔ messages, without IO.
//!
//! ```text
//! protocol id 0x55 | command | session id | body length | elements …
//!        1 byte      1 byte      4 bytes      2 bytes       tag 1 byte, length 2 bytes, value
//! ```
//!
//! All integers are big-endian. [`Message::decode`] takes exactly one message and leaves nothing
//! behind; whatever it takes, [`Message::encode`] gives back byte for byte, in ONE buffer, because
//! a phone stalls when a message reaches it in two TLS records (P).
//!
//! | file | subject |
//! |---|---|
//! | `reader` | a cursor over a slice, and the lengths that are written |
//! | `command`, `value` | the numbers: commands, reasons, kinds of certificate, key and digest |
//! | `element`, `signed_data` | the parts of a body, both directions side by side |
//! | `message` | the header, the limits, and what one asks of a message |
//! | `error` | what is wrong with bytes that are no message |
//!
//! # Standing of the facts
//!
//! CAPF has no public specification, so each fact in this room carries the letter of its source:
//!
//! - **P**: proved against real phones or a real Unified CM by a third party;
//! - **R**: recorded between two independent implementations (`fixtures/conversations/`);
//! - **N**: only a name and a number are known;
//! - **D**: our decision.
//!
//! # What is no error
//!
//! An unknown command, reason or curve is a value, printed in hexadecimal, to be judged by who can
//! (`session`). An element with an unknown tag is kept in its place (D): a newer
//! firmware must not lose its session over it. A known element with a malformed value, however, is
//! an [`InvalidMessage`].
//!
//! ```
//! use capf::wire::{Command, Element, Message, Reason, SessionId};
//!
//! let end = Message::new(Command::END_SESSION, SessionId(7)).with(Element::Reason(Reason::SUCCESS));
//! let bytes = end.encode()?;
//! assert_eq!(bytes, [0x55, 15, 0, 0, 0, 7, 0, 4, 1, 0, 1, 1]);
//! assert_eq!(Message::decode(&bytes)?, end);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod command;
mod element;
mod error;
mod message;
mod reader;
mod signed_data;
mod value;

pub use command::Command;
pub use element::{CertificateItem, Element, Tag};
pub use error::{InvalidElement, InvalidMessage, TooLong};
pub use message::{Message, SessionId};
pub use signed_data::{Sha2SignedData, SudiData};
pub use value::{AuthType, CertificateType, DigestType, KeyType, NamedCurve, Reason};
