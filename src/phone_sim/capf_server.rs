//! Where the server is, and whether it is the right one.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

use super::ip_mode::route;
use super::outcome::Journal;
use super::{End, PhoneSim};
use crate::transport::{
    ClientTls, Connection, Negotiated, ServerTrust, TlsProfile, TlsStream, TransportError,
};

/// A CAPF server that phones connect to. A clone shares its settings.
#[derive(Clone, Debug)]
pub struct CapfServer {
    /// Each `HOST:PORT`.
    addresses: Vec<String>,
    tls: ClientTls,
}

/// What a phone can connect to: a server, or a test's script in the place of one.
pub(super) trait Reachable {
    type Stream: AsyncRead + AsyncWrite + Unpin;

    /// Connects as `phone` does, with a word in the journal about each address.
    async fn reach(
        &self,
        phone: &PhoneSim,
        journal: &mut Journal,
    ) -> Result<Link<Self::Stream>, End>;
}

/// A connection to the server, and which one it is.
#[derive(Debug)]
pub(super) struct Link<S> {
    pub(super) connection: Connection<S>,
    /// The server's address, and what TLS came to; a test's script has neither.
    pub(super) over: Option<(SocketAddr, Negotiated)>,
}

impl CapfServer {
    /// How long a phone waits for TCP and TLS at one address (D): a handshake with a 79xx took about
    /// two seconds (P), and a server whose phones all come at once has them wait.
    const HANDSHAKE_LIMIT: Duration = Duration::from_mins(1);

    /// The server at `address`, `HOST:PORT`; whom the phones believe, and which generation of phones
    /// they are. A host may have addresses of both versions of IP.
    pub fn new(
        address: impl Into<String>,
        trust: ServerTrust,
        profile: TlsProfile,
    ) -> Result<Self, TransportError> {
        Ok(Self {
            addresses: vec![address.into()],
            tls: ClientTls::new(trust, profile)?,
        })
    }

    /// The same server, which is at `address`, `HOST:PORT`, too.
    #[must_use]
    pub fn and_at(mut self, address: impl Into<String>) -> Self {
        self.addresses.push(address.into());
        self
    }

    /// Connects to it as `phone` does: over IPv6 where both have it, and over IPv4 where this fails.
    pub async fn connect(&self, phone: &PhoneSim) -> Result<Connection<TlsStream<TcpStream>>, End> {
        let link = self.reach(phone, &mut Journal::new()).await?;
        Ok(link.connection)
    }

    /// TCP and TLS. A server that closes before TLS is there has not been connected to.
    async fn connect_to(
        &self,
        address: SocketAddr,
    ) -> Result<Connection<TlsStream<TcpStream>>, TransportError> {
        let connecting = async {
            let stream = TcpStream::connect(address)
                .await
                .map_err(|source| unreachable(address.to_string(), source))?;
            self.tls.connect(stream).await
        };
        timeout(Self::HANDSHAKE_LIMIT, connecting)
            .await
            .unwrap_or_else(|_| {
                Err(unreachable(
                    address.to_string(),
                    io::ErrorKind::TimedOut.into(),
                ))
            })
    }

    /// All addresses that the server has. A name that cannot be resolved is one address less.
    async fn resolve(&self, journal: &mut Journal) -> Result<Vec<SocketAddr>, End> {
        let mut resolved = Vec::new();
        let mut failures = Vec::new();
        for address in &self.addresses {
            match lookup_host(address).await {
                Ok(found) => resolved.extend(found),
                Err(error) => failures.push(unreachable(address.clone(), error).to_string()),
            }
        }
        if resolved.is_empty() {
            return Err(End::CommunicationFailure(failures.join("; ")));
        }
        for failure in failures {
            journal.note(failure);
        }
        Ok(resolved)
    }
}

impl Reachable for CapfServer {
    type Stream = TlsStream<TcpStream>;

    async fn reach(
        &self,
        phone: &PhoneSim,
        journal: &mut Journal,
    ) -> Result<Link<Self::Stream>, End> {
        let capf = self.resolve(journal).await?;
        let mut route = route(phone.ip_mode, phone.ip_addresses, &capf).into_iter();
        let Some(mut address) = route.next() else {
            return Err(cannot_connect(phone, &capf));
        };
        loop {
            let failure = match self.connect_to(address).await {
                Ok(connection) => {
                    journal.connected(address);
                    let over = Some((address, connection.negotiated()));
                    return Ok(Link { connection, over });
                }
                // Whoever is there is reached, and another address of it is not tried.
                Err(error @ TransportError::Untrusted { .. }) => {
                    return Err(End::ServerUntrusted(error.to_string()));
                }
                Err(error @ TransportError::SetUp { .. }) => {
                    return Err(End::PhoneFailed(error.to_string()));
                }
                Err(error) => error,
            };
            let Some(next) = route.next() else {
                return Err(End::CommunicationFailure(failure.to_string()));
            };
            journal.note(format_args!(
                "cannot connect to {address} ({failure}); the phone tries {next}"
            ));
            address = next;
        }
    }
}

fn unreachable(address: String, source: io::Error) -> TransportError {
    TransportError::Unreachable { address, source }
}

fn cannot_connect(phone: &PhoneSim, capf: &[SocketAddr]) -> End {
    let capf: Vec<String> = capf.iter().map(ToString::to_string).collect();
    End::CannotConnect(format!(
        "in IP mode {} and with {} it has no way to {}",
        phone.ip_mode,
        phone.ip_addresses,
        capf.join(" or ")
    ))
}
