//! Blocks that are lost, doubled, or too many for their numbers.

use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::time::{Instant, sleep};

use super::peer::{Peer, ack, data, oack, receive};
use super::trip::{Trip, bytes, get, put};

/// What a client waits until it sends again: what is heard sooner on the tests' own clock, which
/// moves while everybody waits, is an answer.
pub(crate) const FIRST_PAUSE: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn an_acknowledgement_that_comes_twice_sends_nothing_twice() {
    let mut peer = Peer::start().await;
    let (url, file) = (peer.url(), bytes(512 * 3));
    let (sent, ()) = tokio::join!(put(&url, &file), async {
        peer.request().await;
        peer.say(&ack(0)).await;
        for (block, payload) in (1..).zip(file.chunks(512)) {
            peer.hears(&data(block, payload)).await;
            for _ in 0..3 {
                peer.say(&ack(block)).await;
            }
        }
        peer.hears(&data(4, b"")).await;
        peer.say(&ack(4)).await;
    });
    sent.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_server_that_missed_a_block_gets_the_window_from_there() {
    let mut peer = Peer::start().await;
    let (url, file) = (peer.url(), bytes(8 * 6 + 1));
    let block = |number: u16| {
        let rest = &file[usize::from(number - 1) * 8..];
        data(number, &rest[..rest.len().min(8)])
    };
    let (sent, ()) = tokio::join!(put(&url, &file), async {
        peer.request().await;
        peer.say(&oack("blksize 8 windowsize 4")).await;
        for number in [1, 2, 3, 4] {
            peer.hears(&block(number)).await;
        }
        peer.say(&ack(2)).await;
        for number in [3, 4, 5, 6] {
            peer.hears(&block(number)).await;
        }
        // From before, and of what was never sent.
        for old in [1, 2, 7, 65535] {
            peer.say(&ack(old)).await;
        }
        peer.say(&ack(6)).await;
        peer.hears(&block(7)).await;
        peer.say(&ack(7)).await;
    });
    sent.unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_is_not_acknowledged_is_sent_again() {
    let mut peer = Peer::start().await;
    let (url, file) = (peer.url(), bytes(12));
    let (sent, ()) = tokio::join!(put(&url, &file), async {
        let request = peer.request().await;
        assert_eq!(peer.request().await, request);
        peer.say(&oack("blksize 8 windowsize 2")).await;
        for _ in 0..3 {
            peer.hears(&data(1, &file[..8])).await;
            peer.hears(&data(2, &file[8..])).await;
        }
        peer.say(&ack(2)).await;
    });
    sent.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_slow_server_has_its_time_for_every_block() {
    let mut peer = Peer::start().await;
    let (url, file) = (peer.url(), bytes(512 * 4 + 1));
    let (sent, ()) = tokio::join!(put(&url, &file), async {
        peer.request().await;
        peer.say(&ack(0)).await;
        for (number, payload) in (1..).zip(file.chunks(512)) {
            while peer.hear().await != data(number, payload) {}
            sleep(Duration::from_secs(20)).await;
            peer.say(&ack(number)).await;
        }
    });
    sent.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_gap_is_told_at_once_and_once() {
    let mut peer = Peer::start().await;
    let (url, file) = (peer.url(), bytes(8 * 4));
    let began = Instant::now();
    let block = |number: u16| {
        let end = usize::from(number) * 8;
        data(number, &file[end - 8..end])
    };
    let (got, ()) = tokio::join!(get(&url), async {
        peer.request().await;
        peer.say(&oack("blksize 8 windowsize 4")).await;
        peer.hears(&ack(0)).await;
        for number in [1, 3, 4] {
            peer.say(&block(number)).await;
        }
        peer.hears(&ack(1)).await;
        assert!(began.elapsed() < FIRST_PAUSE);
        for number in [2, 3, 4] {
            peer.say(&block(number)).await;
        }
        peer.say(&data(5, b"")).await;
        peer.hears(&ack(5)).await;
    });
    assert_eq!(got.unwrap(), file);
}

#[tokio::test(start_paused = true)]
async fn a_block_that_comes_again_is_acknowledged_again_and_not_taken_twice() {
    let mut peer = Peer::start().await;
    let (url, file) = (peer.url(), bytes(600));
    let began = Instant::now();
    let (got, ()) = tokio::join!(get(&url), async {
        peer.request().await;
        for _ in 0..3 {
            peer.say(&data(1, &file[..512])).await;
            peer.hears(&ack(1)).await;
        }
        assert!(began.elapsed() < FIRST_PAUSE);
        peer.say(&data(2, &file[512..])).await;
        peer.hears(&ack(2)).await;
    });
    assert_eq!(got.unwrap(), file);
}

#[tokio::test(start_paused = true)]
async fn the_last_block_is_acknowledged_again_for_a_moment() {
    let mut peer = Peer::start().await;
    let url = peer.url();
    let (got, ()) = tokio::join!(get(&url), async {
        peer.request().await;
        for _ in 0..3 {
            peer.say(&data(1, b"file")).await;
            peer.hears(&ack(1)).await;
        }
    });
    assert_eq!(got.unwrap(), b"file");
}

/// More blocks than there are numbers for, of 8 bytes.
const MANY: u32 = 70_000;

#[tokio::test(flavor = "multi_thread")]
async fn block_numbers_begin_again_at_zero_in_an_upload() {
    let mut peer = Peer::start().await;
    let (url, file) = (peer.url(), bytes(MANY as usize * 8));
    let (sent, got) = tokio::join!(put(&url, &file), async {
        peer.request().await;
        peer.say(&oack("blksize 8 windowsize 16")).await;
        let mut got = Vec::new();
        let mut newest: u16 = 0;
        let mut count: u32 = 0;
        loop {
            let packet = peer.hear().await;
            if packet[..4] != data(newest.wrapping_add(1), b"") {
                continue;
            }
            got.extend_from_slice(&packet[4..]);
            newest = newest.wrapping_add(1);
            count += 1;
            let is_last = packet.len() < 12;
            if is_last || count.is_multiple_of(16) {
                peer.say(&ack(newest)).await;
            }
            if is_last {
                peer.tells(&oack(&format!("tsize {}", got.len()))).await;
                break got;
            }
        }
    });
    assert!(sent.unwrap().verified);
    assert!(got == file);
}

#[tokio::test(flavor = "multi_thread")]
async fn block_numbers_begin_again_at_zero_in_a_download() {
    let mut peer = Peer::start().await;
    let (url, file) = (peer.url(), bytes(MANY as usize * 8));
    let (got, ()) = tokio::join!(get(&url), async {
        peer.request().await;
        peer.say(&oack("blksize 8 windowsize 16")).await;
        peer.hears(&ack(0)).await;
        let blocks: Vec<&[u8]> = file.chunks(8).chain([&[][..]]).collect();
        let mut number: u16 = 0;
        for window in blocks.chunks(16) {
            for payload in window {
                number = number.wrapping_add(1);
                peer.say(&data(number, payload)).await;
            }
            while peer.hear().await != ack(number) {}
        }
    });
    assert!(got.unwrap() == file);
}

#[tokio::test(start_paused = true)]
async fn whoever_has_no_part_in_the_transfer_is_told_so() {
    let mut peer = Peer::start().await;
    let stranger = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let url = peer.url();
    let (got, ()) = tokio::join!(get(&url), async {
        peer.request().await;
        peer.say(&oack("blksize 8")).await;
        peer.hears(&ack(0)).await;
        stranger
            .send_to(&data(1, b"strange"), peer.client())
            .await
            .unwrap();
        let (answer, _) = receive(&stranger).await;
        assert_eq!(answer[..4], [0, 5, 0, 5]);
        // The network's word that a stranger is not there any more is no word about the server.
        let gone = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        gone.send_to(&data(1, b"strange"), peer.client())
            .await
            .unwrap();
        drop(gone);
        sleep(Duration::from_millis(500)).await;
        peer.say(&data(1, b"file")).await;
        peer.hears(&ack(1)).await;
    });
    assert_eq!(got.unwrap(), b"file");
}

#[tokio::test]
async fn packets_without_news_do_not_keep_a_transfer_alive() {
    let mut peer = Peer::start().await;
    let url = peer.url();
    let trip = Trip::patient(Duration::from_millis(300));
    let sending = trip.put(&url, b"file");
    let flood = async {
        peer.request().await;
        loop {
            peer.say(&ack(0)).await;
            peer.say(b"\0\x09nonsense").await;
            tokio::task::yield_now().await;
        }
    };
    let error = tokio::select! {
        outcome = sending => outcome.unwrap_err(),
        () = flood => unreachable!("it has no end"),
    };
    assert_eq!(error.step, capf::transfer::Step::Send);
}
