//! What is between us and the server, and cuts.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// Which way the bytes go that are counted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    ToServer,
    FromServer,
}

/// Passes on what comes, until it has been so many bytes one way: then both ends are closed. The
/// connections after that one are left alone.
pub(super) struct Proxy {
    pub(super) address: SocketAddr,
    has_cut: Arc<AtomicBool>,
    task: tokio::task::JoinHandle<()>,
}

impl Proxy {
    pub(super) async fn start(server: SocketAddr, way: Way, after: usize) -> Self {
        Self::start_for(usize::MAX, server, way, after).await
    }

    /// As `start`, for so many connections, after which nobody listens.
    pub(super) async fn start_for(
        connections: usize,
        server: SocketAddr,
        way: Way,
        after: usize,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let has_cut = Arc::new(AtomicBool::new(false));
        let cut = Arc::clone(&has_cut);
        let task = tokio::spawn(async move {
            for _ in 0..connections {
                let (client, _) = listener.accept().await.unwrap();
                let server = TcpStream::connect(server).await.unwrap();
                let cut = Arc::clone(&cut);
                tokio::spawn(async move {
                    pass_on(client, server, way, after, &cut).await;
                });
            }
        });
        Self {
            address,
            has_cut,
            task,
        }
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("https://{}{path}", self.address)
    }

    pub(super) fn has_cut(&self) -> bool {
        self.has_cut.load(Ordering::SeqCst)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn pass_on(
    mut client: TcpStream,
    mut server: TcpStream,
    way: Way,
    after: usize,
    has_cut: &AtomicBool,
) {
    let mut left = [usize::MAX; 2];
    if !has_cut.load(Ordering::SeqCst) {
        left[usize::from(way == Way::FromServer)] = after;
    }
    let mut pieces = [[0; 4096]; 2];
    loop {
        let [from_client, from_server] = &mut pieces;
        let (count, direction) = tokio::select! {
            count = client.read(from_client) => (count, 0),
            count = server.read(from_server) => (count, 1),
        };
        let Ok(count @ 1..) = count else {
            return;
        };
        let passed = count.min(left[direction]);
        left[direction] -= passed;
        let to = if direction == 0 {
            &mut server
        } else {
            &mut client
        };
        if to.write_all(&pieces[direction][..passed]).await.is_err() {
            return;
        }
        if left[direction] == 0 {
            // Before anybody can notice it and connect again.
            has_cut.store(true, Ordering::SeqCst);
            return;
        }
    }
}
