//! Accepting connections: never waits for a phone.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use socket2::{Domain, SockRef, Socket, TcpKeepalive, Type};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{sleep, timeout};

use super::metrics::{HandshakeFailure, Refusal};
use super::opening::{Arrival, TooMany};
use super::proxy::{self, NoHeader};
use super::shutdown::Ending;
use super::{Listener, Service, driver};
use crate::transport::{ServerTls, TransportError};

/// The shortest and the longest pause after a failure to accept, such as a lack of descriptors.
const BACKOFF: (Duration, Duration) = (Duration::from_millis(10), Duration::from_secs(1));

/// Idle connections are probed, so that a phone that lost its power is noticed while it is held.
const TCP_KEEPALIVE: Duration = Duration::from_mins(2);

/// How many connections may wait to be accepted: a building's phones come back at once when its
/// power does.
const BACKLOG: i32 = 1024;

/// Of the places that are free, one address may take this part for phones that have not proved yet
/// who they are: however many addresses fill their part, another still finds a place.
const SHARE: usize = 4;

/// How long a connection may wait for its turn to open. Ahead of it is what its own address sent.
const TURN_TO_OPEN: Duration = Duration::from_mins(1);

/// How long a session that was cut off may take to say so.
const LAST_WORD: Duration = Duration::from_secs(1);

/// Whether a listener on every IPv6 address serves IPv4, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stack {
    Single,
    Dual,
}

/// Binds a listener. What the system's administrator has set for dual stacks does not count: a
/// service must not listen to more, or less, than it was told.
pub(super) fn bind(address: SocketAddr, stack: Stack) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    // What is left of connections before a restart does not keep the port.
    socket.set_reuse_address(true)?;
    if address.is_ipv6() {
        socket.set_only_v6(stack == Stack::Single)?;
    }
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    TcpListener::from_std(socket.into())
}

/// Makes a listener of ours out of a socket that somebody else has bound.
pub(super) fn adopt(socket: std::net::TcpListener) -> io::Result<TcpListener> {
    if !SockRef::from(&socket).is_listener()? {
        return Err(io::Error::other(
            "the socket that was handed over does not listen",
        ));
    }
    socket.set_nonblocking(true)?;
    TcpListener::from_std(socket)
}

pub(super) async fn accept(service: Arc<Service>, listener: Listener, mut ending: Ending) {
    let tls = Arc::new(listener.tls);
    let mut pause = BACKOFF.0;
    loop {
        let accepted = tokio::select! {
            accepted = listener.socket.accept() => accepted,
            () = ending.announced() => return,
        };
        match accepted {
            Ok((stream, peer)) => {
                pause = BACKOFF.0;
                welcome(&service, &tls, stream, peer, &ending);
            }
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection; trying again in {pause:?}");
                sleep(pause).await;
                pause = (pause * 2).min(BACKOFF.1);
            }
        }
    }
}

/// Finds out whose the connection is.
fn welcome(
    service: &Arc<Service>,
    tls: &Arc<ServerTls>,
    stream: TcpStream,
    peer: SocketAddr,
    ending: &Ending,
) {
    let address = peer.ip().to_canonical();
    if service.balancers.contains(&address) {
        let (service, tls, ending) = (Arc::clone(service), Arc::clone(tls), ending.clone());
        tokio::spawn(unwrap(service, tls, stream, address, ending));
    } else {
        place(service, tls, stream, address, ending);
    }
}

/// Takes the connection out of what a load balancer at `address` has put around it.
async fn unwrap(
    service: Arc<Service>,
    tls: Arc<ServerTls>,
    mut stream: TcpStream,
    address: IpAddr,
    mut ending: Ending,
) {
    let origin = tokio::select! {
        origin = timeout(service.limits.handshake, proxy::origin(&mut stream)) => origin,
        () = ending.announced() => return,
    };
    let why = match origin {
        Ok(Ok(origin)) => {
            return place(&service, &tls, stream, origin.unwrap_or(address), &ending);
        }
        Ok(Err(error)) => Unopened::NoHeader(error),
        Err(_) => Unopened::TooSlow,
    };
    service.metrics.handshake_failed(why.kind());
    service.strangers.told(|| tracing::info!(%address, "{why}"));
}

/// Hands the connection to a task of its own, if there is a place for it.
fn place(
    service: &Arc<Service>,
    tls: &Arc<ServerTls>,
    stream: TcpStream,
    address: IpAddr,
    ending: &Ending,
) {
    let (serves_ipv6, opening) = service
        .settings
        .read(|parameters| (parameters.ipv6_is_enabled(), parameters.opening_sessions()));
    if address.is_ipv6() && !serves_ipv6 {
        service.metrics.refused(Refusal::Ipv6);
        service.strangers.told(|| {
            tracing::warn!(
                %address,
                "a connection over IPv6 is closed, because the parameter `Enable IPv6` is False"
            );
        });
        return;
    }
    let share = (service.connections.available_permits() / SHARE).max(1);
    let arrival = match service.openings.enter(address, opening, share) {
        Ok(arrival) => arrival,
        Err(TooMany { is_first }) => {
            service.metrics.refused(Refusal::AddressShare);
            if is_first {
                tracing::warn!(
                    %address,
                    "{share} connections of this address are opening or wait for it (`Maximum \
                     Opening Sessions per Address` is {opening}), which is its share of the free \
                     places; more are closed"
                );
            }
            return;
        }
    };
    let permit = Arc::clone(&service.connections).try_acquire_owned();
    if service.full.is_news(permit.is_err()) {
        tracing::warn!(
            %address,
            "{} connections are open, which is the limit; more are closed",
            service.limits.connections
        );
    }
    let Ok(permit) = permit else {
        service.metrics.refused(Refusal::Full);
        return;
    };
    service.metrics.accepted();
    if let Err(error) = prepare(&stream) {
        tracing::debug!(%error, "cannot set socket options");
    }
    let (service, tls, ending) = (Arc::clone(service), Arc::clone(tls), ending.clone());
    let guest = Guest {
        address,
        arrival,
        permit,
    };
    tokio::spawn(serve(service, tls, stream, guest, ending));
}

fn prepare(stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let keepalive = TcpKeepalive::new().with_time(TCP_KEEPALIVE);
    SockRef::from(stream).set_tcp_keepalive(&keepalive)
}

/// Who is connected, and what is given up when it goes.
struct Guest {
    address: IpAddr,
    arrival: Arrival,
    permit: OwnedSemaphorePermit,
}

/// Why there is no session.
#[derive(Debug, thiserror::Error)]
enum Unopened {
    #[error("its turn to open did not come: too many connections of its address are before it")]
    NoTurn,
    #[error("TLS handshake failed: {0}")]
    Failed(TransportError),
    #[error("TLS handshake not finished in time")]
    TooSlow,
    #[error("a connection of a load balancer is closed: {0}")]
    NoHeader(NoHeader),
}

impl Unopened {
    fn kind(&self) -> HandshakeFailure {
        match self {
            Self::NoTurn => HandshakeFailure::NoTurn,
            Self::Failed(_) | Self::NoHeader(_) => HandshakeFailure::Failed,
            Self::TooSlow => HandshakeFailure::TooSlow,
        }
    }
}

async fn serve(
    service: Arc<Service>,
    tls: Arc<ServerTls>,
    stream: TcpStream,
    guest: Guest,
    mut ending: Ending,
) {
    let Guest {
        address,
        arrival,
        permit,
    } = guest;
    let opens = async {
        let Ok(opening) = timeout(TURN_TO_OPEN, arrival.turn()).await else {
            return Err(Unopened::NoTurn);
        };
        match timeout(service.limits.handshake, tls.accept(stream)).await {
            Ok(Ok(connection)) => Ok((connection, opening)),
            Ok(Err(error)) => Err(Unopened::Failed(error)),
            Err(_) => Err(Unopened::TooSlow),
        }
    };
    let opened = tokio::select! {
        opened = opens => opened,
        () = ending.announced() => return,
    };
    // A handshake keeps much on the stack of this future; a held session should not.
    match opened {
        Ok((connection, opening)) => {
            let mut cut_off = ending.clone();
            let tls = connection.negotiated();
            tokio::select! {
                () = Box::pin(driver::drive(&service, connection, tls, (address, opening), ending)) => {}
                () = async { cut_off.over().await; sleep(LAST_WORD).await } => {}
            }
        }
        Err(why) => {
            service.metrics.handshake_failed(why.kind());
            service.strangers.told(|| tracing::info!(%address, "{why}"));
        }
    }
    drop(permit);
}
