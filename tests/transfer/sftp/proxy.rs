//! A wire that is cut.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

/// Which bytes are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    ToServer,
    ToClient,
}

/// Passes on what the first connection says until so many bytes have gone that way, and everything
/// that later ones say. Gives the address to connect to.
pub(crate) async fn cut_after(server: SocketAddr, way: Way, bytes: usize) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let mut limits = [Some(bytes)].into_iter();
        loop {
            let (client, _) = listener.accept().await.unwrap();
            let server = TcpStream::connect(server).await.unwrap();
            tokio::spawn(carry(client, server, way, limits.next().flatten()));
        }
    });
    address
}

async fn carry(client: TcpStream, server: TcpStream, way: Way, limit: Option<usize>) {
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let limit_of = |this| limit.filter(|_| way == this).unwrap_or(usize::MAX);
    // Where one ends, both are dropped.
    tokio::select! {
        () = pass(from_client, to_server, limit_of(Way::ToServer)) => (),
        () = pass(from_server, to_client, limit_of(Way::ToClient)) => (),
    }
}

async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut left: usize) {
    let mut buffer = [0; 16 * 1024];
    loop {
        let most = left.min(buffer.len());
        if most == 0 {
            return;
        }
        match from.read(&mut buffer[..most]).await {
            Ok(count) if count > 0 => {
                left -= count;
                if to.write_all(&buffer[..count]).await.is_err() {
                    return;
                }
            }
            _ => return,
        }
    }
}
