//! A network that loses, doubles, reorders, and goes away.

use std::net::SocketAddr;
use std::time::Duration;

use capf::transfer::{Problem, Step};
use tokio::net::UdpSocket;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::embedded::{Embedded, has};
use super::peer::{Peer, ack, data, oack};
use super::trip::{Trip, bytes};
use crate::random::Random;

/// What a network does to the packets that go through it, both ways.
struct Network {
    random: Random,
    /// Of a hundred packets.
    lost: usize,
    doubled: usize,
    delayed: usize,
    /// After how many packets nothing comes through any more.
    cut: Option<usize>,
    lost_in_a_row: usize,
    /// What is let through behind the next packet.
    behind: Option<(Vec<u8>, Side)>,
}

#[derive(Clone, Copy)]
enum Side {
    Client,
    Server,
}

impl Network {
    fn bad(seed: u64) -> Self {
        Self {
            lost: 5,
            doubled: 5,
            delayed: 5,
            ..Self::cut_after(None, seed)
        }
    }

    fn cut_after(cut: Option<usize>, seed: u64) -> Self {
        Self {
            random: Random::new(seed),
            lost: 0,
            doubled: 0,
            delayed: 0,
            cut,
            lost_in_a_row: 0,
            behind: None,
        }
    }

    /// What comes out when this packet goes in.
    fn pass(&mut self, packet: Vec<u8>, to: Side) -> Vec<(Vec<u8>, Side)> {
        if let Some(left) = &mut self.cut {
            if *left == 0 {
                return Vec::new();
            }
            *left -= 1;
        }
        let dice = self.random.below(100);
        // So that no run of bad luck is one that a client may give up at.
        if dice < self.lost && self.lost_in_a_row < 2 {
            self.lost_in_a_row += 1;
            return Vec::new();
        }
        self.lost_in_a_row = 0;
        let dice = self.random.below(100);
        let mut out = vec![(packet, to)];
        if dice < self.doubled {
            out.push(out[0].clone());
        } else if dice < self.doubled + self.delayed && self.behind.is_none() {
            self.behind = out.pop();
            return out;
        }
        out.extend(self.behind.take());
        out
    }
}

/// Stands between one client and a server, which both see it in the other's place.
struct Proxy {
    url: String,
    passing: JoinHandle<()>,
}

impl Proxy {
    async fn start(server: SocketAddr, mut network: Network) -> Self {
        let front = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let back = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let url = format!("tftp://{}/file", front.local_addr().unwrap());
        let passing = tokio::spawn(async move {
            let (mut client, mut transfer) = (None, None);
            let (mut left, mut right) = (vec![0; 4096], vec![0; 4096]);
            loop {
                let (packet, to) = tokio::select! {
                    received = front.recv_from(&mut left) => {
                        let (length, from) = received.unwrap();
                        // Its next transfer is another of the server's, too.
                        if client.replace(from) != Some(from) {
                            transfer = None;
                        }
                        (left[..length].to_vec(), Side::Server)
                    }
                    received = back.recv_from(&mut right) => {
                        let (length, from) = received.unwrap();
                        transfer.get_or_insert(from);
                        (right[..length].to_vec(), Side::Client)
                    }
                };
                for (packet, to) in network.pass(packet, to) {
                    let is_request = matches!(packet[..2], [0, 1 | 2]);
                    let sent = match (to, client, transfer) {
                        (Side::Server, _, _) if is_request => back.send_to(&packet, server).await,
                        (Side::Server, _, Some(transfer)) => back.send_to(&packet, transfer).await,
                        (Side::Client, Some(client), _) => front.send_to(&packet, client).await,
                        _ => continue,
                    };
                    sent.unwrap();
                }
            }
        });
        Self { url, passing }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.passing.abort();
    }
}

/// Runs with many seeds at once: most of the time is spent waiting.
async fn with_seeds<F: Future<Output = ()> + Send + 'static>(count: u64, run: impl Fn(u64) -> F) {
    let runs: Vec<_> = (0..count).map(|seed| tokio::spawn(run(seed))).collect();
    for run in runs {
        run.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_one_block_at_a_time_through_a_bad_network_is_whole() {
    with_seeds(4, |seed| async move {
        let server = Embedded::start("127.0.0.1:0").await;
        let proxy = Proxy::start(server.address(), Network::bad(seed)).await;
        let file = bytes(100_000);
        let trip = Trip::patient(Duration::from_secs(5));
        trip.put(&proxy.url, &file).await.unwrap();
        has(&server.file("file"), &file).await;
    })
    .await;
}

/// Takes an upload in windows, and tells of each gap.
async fn take_in_windows(mut peer: Peer, sender: oneshot::Sender<Vec<u8>>) {
    const WINDOW: u16 = 16;
    peer.request().await;
    let mut answer = oack("blksize 1428 windowsize 16");
    peer.say(&answer).await;
    let (mut got, mut newest, mut unacknowledged) = (Vec::new(), 0_u16, 0);
    let mut sender = Some(sender);
    loop {
        let silence = Duration::from_millis(200);
        match tokio::time::timeout(silence, peer.hear()).await {
            Ok(packet) if packet[..4] == data(newest + 1, b"") => {
                got.extend_from_slice(&packet[4..]);
                newest += 1;
                unacknowledged += 1;
                let is_last = packet.len() < 4 + 1428;
                if is_last && let Some(sender) = sender.take() {
                    sender.send(std::mem::take(&mut got)).unwrap();
                }
                if !is_last && unacknowledged < WINDOW {
                    continue;
                }
            }
            // A block from before, or behind a gap that it has been told of.
            Ok(_) if answer == ack(newest) => continue,
            Ok(_) | Err(_) => {}
        }
        if newest > 0 {
            answer = ack(newest);
        }
        unacknowledged = 0;
        peer.say(&answer).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_in_windows_through_a_bad_network_is_whole() {
    with_seeds(8, |seed| async move {
        let peer = Peer::start().await;
        let proxy = Proxy::start(peer.address(), Network::bad(seed)).await;
        let file = bytes(500_000);
        let trip = Trip::patient(Duration::from_secs(5));
        let (sender, taken) = oneshot::channel();
        let server = tokio::spawn(take_in_windows(peer, sender));
        trip.put(&proxy.url, &file).await.unwrap();
        assert!(taken.await.unwrap() == file, "{seed}");
        server.abort();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_through_a_bad_network_is_whole() {
    with_seeds(4, |seed| async move {
        let server = Embedded::start("127.0.0.1:0").await;
        let proxy = Proxy::start(server.address(), Network::bad(seed)).await;
        let file = bytes(500_000);
        std::fs::write(server.file("file"), &file).unwrap();
        let trip = Trip::patient(Duration::from_secs(5));
        let got = trip.get(&proxy.url).await.unwrap();
        assert!(got == file, "{seed}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_that_goes_away_leaves_no_half_of_anything() {
    with_seeds(20, |seed| async move {
        let server = Embedded::start("127.0.0.1:0").await;
        let file = bytes(100_000);
        std::fs::write(server.file("file"), &file).unwrap();
        // Fewer than a transfer of this file has, with its 70 blocks.
        let cut = Random::new(seed).below(70);
        let network = Network::cut_after(Some(cut), seed);
        let proxy = Proxy::start(server.address(), network).await;
        let trip = Trip::patient(Duration::from_secs(1));
        let (outcome, step) = if seed % 2 == 0 {
            (trip.put(&proxy.url, &file).await.map(|_| ()), Step::Send)
        } else {
            (trip.get(&proxy.url).await.map(|_| ()), Step::Receive)
        };
        let error = outcome.unwrap_err();
        let step = if cut < 2 { Step::Connect } else { step };
        assert_eq!(error.step, step, "{cut}: {error}");
        let left_behind = (step == Step::Send).then_some("file");
        assert_eq!(error.left_behind.as_deref(), left_behind, "{cut}");
        assert!(
            matches!(error.problem, Problem::TimedOut { seconds: 1 }),
            "{cut}: {error}"
        );
    })
    .await;
}
