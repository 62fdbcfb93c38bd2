//! Where the server is, and whether it is the right one.

use std::io;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::transport::{ClientTls, Connection, ServerTrust, TlsProfile, TlsStream, TransportError};

/// A CAPF server that phones connect to. A clone shares its settings.
#[derive(Clone, Debug)]
pub struct CapfServer {
    address: String,
    tls: ClientTls,
}

impl CapfServer {
    /// How long a phone waits for TCP and TLS (D): a handshake with a 79xx took about two seconds
    /// (P), and a server whose phones all come at once has them wait.
    const HANDSHAKE_LIMIT: Duration = Duration::from_mins(1);

    /// The server at `address`, `HOST:PORT`; whom the phones believe, and which generation of phones
    /// they are.
    pub fn new(
        address: impl Into<String>,
        trust: ServerTrust,
        profile: TlsProfile,
    ) -> Result<Self, TransportError> {
        Ok(Self {
            address: address.into(),
            tls: ClientTls::new(trust, profile)?,
        })
    }

    /// Connects to it.
    pub async fn connect(&self) -> Result<Connection<TlsStream<TcpStream>>, TransportError> {
        let connecting = async {
            let stream = TcpStream::connect(&self.address)
                .await
                .map_err(|source| self.unreachable(source))?;
            self.tls.connect(stream).await
        };
        timeout(Self::HANDSHAKE_LIMIT, connecting)
            .await
            .unwrap_or_else(|_| Err(self.unreachable(io::ErrorKind::TimedOut.into())))
    }

    fn unreachable(&self, source: io::Error) -> TransportError {
        TransportError::Unreachable {
            address: self.address.clone(),
            source,
        }
    }
}
