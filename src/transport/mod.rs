//! TLS, and messages over any stream.
//!
//! TLS runs from the first byte on TCP port 3804; the phone is its client, shows no certificate, and
//! checks the server's against the CAPF certificate that its CTL or ITL file holds (P).
//!
//! | file | subject |
//! |---|---|
//! | `tls` | how both ends of TLS are set up; the one file that names the TLS library's settings |
//! | `connection` | a [`Message`](crate::wire::Message) at a time over any stream |
//! | `error` | what can go wrong |

mod connection;
mod error;
mod tls;

pub use connection::Connection;
pub use error::{ReceiveError, TransportError};
pub use tls::{ClientTls, Negotiated, ServerTls, ServerTrust, TlsProfile, TlsStream};
