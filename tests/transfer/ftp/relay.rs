//! What is between a client and a server, and breaks.

use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU16, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener as Listener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

/// Where clients find it: another address of this machine, so that it can have the ports that the
/// server names.
pub(super) const ADDRESS: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

/// Hands on what comes on some ports to the same ports of the server, and cuts all connections
/// once it has handed on so many bytes. Later connections are left alone.
pub(super) struct Relay {
    left: Arc<AtomicI64>,
    accepting: Vec<JoinHandle<()>>,
}

impl Relay {
    /// On a port as it is, and on a port that leads to another one.
    pub(super) fn start(
        data: TcpListener,
        control: TcpListener,
        server: u16,
        bytes: usize,
    ) -> Self {
        let left = Arc::new(AtomicI64::new(i64::try_from(bytes).unwrap()));
        let cut = Arc::new(Notify::new());
        let data_port = data.local_addr().unwrap().port();
        let accepting = [(data, data_port), (control, server)]
            .into_iter()
            .map(|(listener, port)| {
                listener.set_nonblocking(true).unwrap();
                let listener = Listener::from_std(listener).unwrap();
                tokio::spawn(accept(listener, port, Arc::clone(&left), Arc::clone(&cut)))
            })
            .collect();
        Self { left, accepting }
    }

    /// Whether it has come to that.
    pub(super) fn has_cut(&self) -> bool {
        self.left.load(Ordering::SeqCst) <= 0
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        for accepting in &self.accepting {
            accepting.abort();
        }
    }
}

/// A listener of ours on a port that is free at the server's address, too.
pub(super) fn listener() -> TcpListener {
    // Below the ports that connections are given by themselves.
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let begin = u16::try_from(std::process::id() % 10_000).unwrap();
    loop {
        let port = 20_000 + (begin + NEXT.fetch_add(1, Ordering::SeqCst)) % 12_000;
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, port));
        if let (Ok(listener), Ok(_)) = (TcpListener::bind((ADDRESS, port)), free) {
            return listener;
        }
    }
}

async fn accept(listener: Listener, port: u16, left: Arc<AtomicI64>, cut: Arc<Notify>) {
    while let Ok((client, _)) = listener.accept().await {
        let (left, cut) = (Arc::clone(&left), Arc::clone(&cut));
        tokio::spawn(async move {
            let Ok(server) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await else {
                return;
            };
            if left.load(Ordering::SeqCst) <= 0 {
                let (mut client, mut server) = (client, server);
                let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
                return;
            }
            let is_cut = cut.notified();
            tokio::pin!(is_cut);
            is_cut.as_mut().enable();
            let (from_client, to_client) = client.into_split();
            let (from_server, to_server) = server.into_split();
            let handing_on = async {
                tokio::join!(
                    hand_on(from_client, to_server, &left, &cut),
                    hand_on(from_server, to_client, &left, &cut),
                )
            };
            tokio::select! {
                () = is_cut => {}
                _ = handing_on => {}
            }
        });
    }
}

async fn hand_on(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    left: &AtomicI64,
    cut: &Notify,
) {
    let mut chunk = [0; 1024];
    while let Ok(count @ 1..) = from.read(&mut chunk).await {
        let before = left.fetch_sub(i64::try_from(count).unwrap(), Ordering::SeqCst);
        let allowed = usize::try_from(before).unwrap_or(0).min(count);
        let written = to.write_all(&chunk[..allowed]).await;
        if allowed < count {
            cut.notify_waiters();
        }
        if written.is_err() {
            break;
        }
    }
    let _ = to.shutdown().await;
}
