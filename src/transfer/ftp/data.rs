//! Data connections: to which address, and how far the making of one has come.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use suppaftp::{FtpError, FtpResult};
use tokio::net::TcpStream;

/// A connection that is being made, as the library wants it.
pub(super) type Dialing = Pin<Box<dyn Future<Output = FtpResult<TcpStream>> + Send + Sync>>;

/// How far a data connection has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// The server is asked where to connect to.
    Asked,
    /// The connection is made.
    Dialing(SocketAddr),
    /// It is there.
    Dialed,
}

/// Makes data connections to one server. A clone is the same one.
#[derive(Clone, Debug)]
pub(super) struct Dialer {
    /// The server's address on the control connection.
    peer: IpAddr,
    phase: Arc<Mutex<Phase>>,
}

impl Dialer {
    pub(super) fn new(peer: IpAddr) -> Self {
        Self {
            peer,
            phase: Arc::new(Mutex::new(Phase::Asked)),
        }
    }

    /// How far the connection has come that is being made, or was made last.
    pub(super) fn phase(&self) -> Phase {
        *self.phase.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins anew.
    pub(super) fn reset(&self) {
        self.is_at(Phase::Asked);
    }

    /// Connects to where the server has said.
    pub(super) fn dial(&self, told: SocketAddr) -> Dialing {
        let dialer = self.clone();
        Box::pin(async move {
            let address = SocketAddr::new(believed(told.ip(), dialer.peer), told.port());
            dialer.is_at(Phase::Dialing(address));
            let stream = TcpStream::connect(address).await.map_err(|error| {
                let text = format!("the data connection to {address}: {error}");
                FtpError::ConnectionError(io::Error::new(error.kind(), text))
            })?;
            dialer.is_at(Phase::Dialed);
            Ok(stream)
        })
    }

    fn is_at(&self, phase: Phase) {
        *self.phase.lock().unwrap_or_else(PoisonError::into_inner) = phase;
    }
}

/// The address for a data connection. A server behind NAT tells its inner address in the reply to
/// PASV (RFC 959 section 4.1.2), where nobody outside reaches it; the control connection's does.
fn believed(told: IpAddr, peer: IpAddr) -> IpAddr {
    let IpAddr::V4(address) = told else {
        return told;
    };
    let is_inner = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_unspecified();
    if is_inner { peer } else { told }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_inner_address_of_a_server_is_not_believed() {
        for (told, peer, dialed) in [
            ("192.168.1.5", "203.0.113.1", "203.0.113.1"),
            ("0.0.0.0", "203.0.113.1", "203.0.113.1"),
            ("127.0.0.1", "203.0.113.1", "203.0.113.1"),
            ("169.254.1.1", "203.0.113.1", "203.0.113.1"),
            ("10.0.0.5", "10.0.0.5", "10.0.0.5"),
            ("203.0.113.9", "203.0.113.1", "203.0.113.9"),
            ("2001:db8::1", "2001:db8::1", "2001:db8::1"),
        ] {
            let [told, peer, dialed] = [told, peer, dialed].map(|text| text.parse().unwrap());
            assert_eq!(believed(told, peer), dialed, "{told} {peer}");
        }
    }
}
