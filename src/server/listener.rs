//! Accepting connections: never waits for a phone.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{sleep, timeout};

use super::shutdown::Ending;
use super::{Listener, Service, driver};
use crate::transport::ServerTls;

/// The shortest and the longest pause after a failure to accept, such as a lack of descriptors.
const BACKOFF: (Duration, Duration) = (Duration::from_millis(10), Duration::from_secs(1));

/// Idle connections are probed, so that a phone that lost its power is noticed while it is held.
const TCP_KEEPALIVE: Duration = Duration::from_mins(2);

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

/// Hands the connection to a task of its own, if there is a place for it.
fn welcome(
    service: &Arc<Service>,
    tls: &Arc<ServerTls>,
    stream: TcpStream,
    peer: SocketAddr,
    ending: &Ending,
) {
    let Ok(permit) = Arc::clone(&service.connections).try_acquire_owned() else {
        tracing::warn!(
            address = %peer.ip(),
            "{} connections are open, which is the limit; this one is closed",
            service.limits.connections
        );
        return;
    };
    if let Err(error) = prepare(&stream) {
        tracing::debug!(%error, "cannot set socket options");
    }
    let (service, tls, ending) = (Arc::clone(service), Arc::clone(tls), ending.clone());
    tokio::spawn(serve(service, tls, stream, peer, permit, ending));
}

fn prepare(stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let keepalive = socket2::TcpKeepalive::new().with_time(TCP_KEEPALIVE);
    socket2::SockRef::from(stream).set_tcp_keepalive(&keepalive)
}

async fn serve(
    service: Arc<Service>,
    tls: Arc<ServerTls>,
    stream: TcpStream,
    peer: SocketAddr,
    permit: OwnedSemaphorePermit,
    mut ending: Ending,
) {
    let address = peer.ip().to_canonical();
    let handshake = timeout(service.limits.handshake, tls.accept(stream));
    let connection = tokio::select! {
        connection = handshake => connection,
        () = ending.announced() => return,
    };
    // A handshake keeps much on the stack of this future; a held session should not.
    match connection {
        Ok(Ok(connection)) => {
            let mut cut_off = ending.clone();
            tokio::select! {
                () = Box::pin(driver::drive(&service, connection, address, ending)) => {}
                () = cut_off.over() => {}
            }
        }
        Ok(Err(error)) => tracing::info!(%address, %error, "TLS handshake failed"),
        Err(_) => tracing::info!(%address, "TLS handshake not finished in time"),
    }
    drop(permit);
}
