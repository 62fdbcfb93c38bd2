//! What can go wrong between two ends.

use std::io;

use openssl::error::ErrorStack;
use openssl::ssl;

use crate::wire::{InvalidMessage, TooLong};

/// Why there is no connection, or why a message did not leave.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// OpenSSL does not take a setting, a certificate or a key.
    #[error("TLS cannot be set up: {source}")]
    SetUp {
        /// What OpenSSL says.
        #[from]
        source: ErrorStack,
    },
    /// The two ends could not agree, or the connection broke meanwhile.
    #[error("the TLS handshake failed: {source}")]
    Handshake {
        /// What OpenSSL says.
        source: ssl::Error,
    },
    /// The server showed another certificate than the one that is trusted.
    #[error(
        "the server's certificate is not the trusted CAPF certificate, nor issued by it: {reason}"
    )]
    Untrusted {
        /// What OpenSSL says.
        reason: &'static str,
    },
    /// Nobody answers at the address.
    #[error("no connection to {address}: {source}")]
    Unreachable {
        /// The address, as it was given.
        address: String,
        /// What the system says.
        source: io::Error,
    },
    /// The message is longer than a message can be.
    #[error(transparent)]
    TooLong(#[from] TooLong),
    /// The connection broke.
    #[error("the connection broke: {source}")]
    Io {
        /// What the system, or TLS, says.
        #[from]
        source: io::Error,
    },
}

/// Why no message came.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    /// The peer ended the connection between two messages.
    #[error("the peer closed the connection")]
    Closed,
    /// The peer ended the connection inside a message.
    #[error("the peer closed the connection inside a message, after {received} bytes of it")]
    Truncated {
        /// How many bytes of the message had come.
        received: usize,
    },
    /// What came is no message; what may follow on this connection cannot be told apart.
    #[error("what the peer sent is no message: {source}")]
    Invalid {
        /// What is wrong with it.
        #[from]
        source: InvalidMessage,
    },
    /// The connection broke.
    #[error("the connection broke: {source}")]
    Io {
        /// What the system, or TLS, says.
        #[from]
        source: io::Error,
    },
}
