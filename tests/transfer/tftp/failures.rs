//! Transfers that fail: where, in whose words, and what the server hears of it.

use std::time::Duration;

use capf::transfer::{Problem, Said, Step};
use tokio::net::UdpSocket;

use super::peer::{Peer, ack, data, error, oack};
use super::trip::{Trip, bytes, get, put};

#[tokio::test(start_paused = true)]
async fn a_refusal_is_passed_on_with_what_it_means() {
    for (code, kind) in [
        (1, Said::NotFound),
        (2, Said::Denied),
        (3, Said::Full),
        (6, Said::Exists),
        (7, Said::Other),
        (99, Said::Other),
    ] {
        let mut peer = Peer::start().await;
        let url = peer.url();
        let (sent, ()) = tokio::join!(put(&url, b"file"), async {
            peer.request().await;
            peer.say(&error(code, "So it is")).await;
        });
        let error = sent.unwrap_err();
        assert_eq!(error.step, Step::Open);
        assert!(error.to_string().contains(&format!("`{code} So it is`")));
        let Problem::Said { kind: said, .. } = error.problem else {
            panic!("{error}");
        };
        assert_eq!(said, kind);
    }
}

#[tokio::test(start_paused = true)]
async fn an_error_in_the_middle_of_an_upload_is_passed_on() {
    let mut peer = Peer::start().await;
    let (url, file) = (peer.url(), bytes(1000));
    let (sent, ()) = tokio::join!(put(&url, &file), async {
        peer.request().await;
        peer.say(&ack(0)).await;
        peer.hears(&data(1, &file[..512])).await;
        // Not every server ends its text.
        peer.say(b"\0\x05\0\x03No space left on device").await;
    });
    let error = sent.unwrap_err();
    assert_eq!(error.step, Step::Send);
    assert!(
        error.to_string().contains("`3 No space left on device`"),
        "{error}"
    );
    let is_full = matches!(
        error.problem,
        Problem::Said {
            kind: Said::Full,
            ..
        }
    );
    assert!(is_full);
}

#[tokio::test(start_paused = true)]
async fn an_error_in_the_middle_of_a_download_is_passed_on() {
    let mut peer = Peer::start().await;
    let (url, file) = (peer.url(), bytes(512));
    let (got, ()) = tokio::join!(get(&url), async {
        peer.request().await;
        peer.say(&data(1, &file)).await;
        peer.hears(&ack(1)).await;
        peer.say(&error(0, "I/O error")).await;
    });
    let error = got.unwrap_err();
    assert_eq!(error.step, Step::Receive);
    assert!(error.to_string().contains("`0 I/O error`"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_never_answers_is_told_from_one_that_stops_answering() {
    let mut peer = Peer::start().await;
    let (url, file) = (peer.url(), bytes(1000));
    let silent = put(&url, &file).await.unwrap_err();
    assert_eq!(silent.step, Step::Connect);
    assert!(matches!(silent.problem, Problem::TimedOut { seconds: 30 }));
    // What was sent to it.
    let first = peer.request().await;
    for _ in 0..4 {
        assert_eq!(peer.request().await, first);
    }

    let mut peer = Peer::start().await;
    let url = peer.url();
    let (stops, ()) = tokio::join!(put(&url, &file), async {
        peer.request().await;
        peer.say(&ack(0)).await;
        peer.hears(&data(1, &file[..512])).await;
    });
    let stops = stops.unwrap_err();
    assert_eq!(stops.step, Step::Send);
    assert!(matches!(stops.problem, Problem::TimedOut { seconds: 30 }));
    let mut heard = peer.hear().await;
    while heard == data(1, &file[..512]) {
        heard = peer.hear().await;
    }
    assert_eq!(heard, error(0, "The transfer was given up"));
}

#[tokio::test(start_paused = true)]
async fn a_download_that_stops_in_the_middle_is_no_short_file() {
    let mut peer = Peer::start().await;
    let (url, file) = (peer.url(), bytes(512));
    let (got, ()) = tokio::join!(get(&url), async {
        peer.request().await;
        peer.say(&data(1, &file)).await;
        peer.hears(&ack(1)).await;
    });
    let error = got.unwrap_err();
    assert_eq!(error.step, Step::Receive);
    assert!(matches!(error.problem, Problem::TimedOut { .. }), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_download_that_is_shorter_than_announced_is_no_file() {
    let mut peer = Peer::start().await;
    let url = peer.url();
    let (got, ()) = tokio::join!(get(&url), async {
        peer.request().await;
        peer.say(&oack("tsize 5")).await;
        peer.hears(&ack(0)).await;
        peer.say(&data(1, b"file")).await;
        peer.hears(&ack(1)).await;
    });
    let error = got.unwrap_err();
    assert!(
        matches!(error.problem, Problem::Cut { bytes: 4 }),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_download_over_the_limit_is_refused_as_soon_as_it_is_known() {
    let limited = Trip {
        limit: 3,
        ..Trip::new()
    };
    for announced in [true, false] {
        let mut peer = Peer::start().await;
        let url = peer.url();
        let (got, ()) = tokio::join!(limited.get(&url), async {
            peer.request().await;
            let answer = if announced {
                oack("tsize 4")
            } else {
                data(1, b"file")
            };
            peer.say(&answer).await;
            peer.hears_error(0).await;
        });
        let error = got.unwrap_err();
        assert!(
            matches!(error.problem, Problem::TooLarge { limit: 3 }),
            "{error}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_block_that_is_larger_than_agreed_ends_the_transfer() {
    let mut peer = Peer::start().await;
    let url = peer.url();
    let (got, ()) = tokio::join!(get(&url), async {
        peer.request().await;
        peer.say(&data(1, &bytes(513))).await;
        peer.hears_error(4).await;
    });
    let error = got.unwrap_err();
    assert!(matches!(error.problem, Problem::Protocol { .. }), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_transfer_that_is_stopped_tells_the_server() {
    let mut peer = Peer::start().await;
    let (url, file) = (peer.url(), bytes(1000));
    let trip = Trip::new();
    let (sent, ()) = tokio::join!(trip.put(&url, &file), async {
        peer.request().await;
        peer.say(&ack(0)).await;
        peer.hears(&data(1, &file[..512])).await;
        trip.stop.cancel();
        peer.hears(&error(0, "The transfer was given up")).await;
    });
    let error = sent.unwrap_err();
    assert_eq!(error.step, Step::Stop);
    assert!(matches!(error.problem, Problem::Stopped), "{error}");
}

#[tokio::test]
async fn a_port_on_which_nobody_listens_is_named_at_once() {
    for any in ["127.0.0.1:0", "[::1]:0"] {
        let free = UdpSocket::bind(any).await.unwrap();
        let url = format!("tftp://{}/file", free.local_addr().unwrap());
        drop(free);
        let error = put(&url, b"file").await.unwrap_err();
        assert_eq!(error.step, Step::Connect);
        let Problem::Io { source } = &error.problem else {
            panic!("{error}");
        };
        assert_eq!(source.kind(), std::io::ErrorKind::ConnectionRefused);
    }
}

#[tokio::test]
async fn a_server_that_dies_in_the_middle_is_named_at_once() {
    let mut peer = Peer::start().await;
    let url = peer.url();
    let (got, ()) = tokio::join!(get(&url), async {
        peer.request().await;
        peer.say(&oack("tsize 4")).await;
        peer.hears(&ack(0)).await;
        // Our acknowledgement of the block finds nobody.
        peer.say(&data(1, &bytes(512))).await;
        drop(peer);
    });
    let error = got.unwrap_err();
    assert_eq!(error.step, Step::Receive);
    assert!(matches!(error.problem, Problem::Io { .. }), "{error}");
}

#[tokio::test]
async fn a_name_that_does_not_resolve_is_named() {
    let trip = Trip::patient(Duration::from_secs(10));
    let error = trip.get("tftp://nowhere.invalid/file").await.unwrap_err();
    assert_eq!(error.step, Step::Resolve);
    assert!(error.to_string().contains("nowhere.invalid"), "{error}");
}

#[tokio::test]
async fn a_path_that_fits_into_no_request_is_refused() {
    let mut peer = Peer::start().await;
    let url = format!("{}{}", peer.url(), "x".repeat(512));
    for trip in [Trip::new(), Trip::new().careful()] {
        let error = trip.put(&url, b"file").await.unwrap_err();
        assert_eq!(error.step, Step::Open);
        assert!(error.to_string().contains("bytes longer"), "{error}");
    }

    // The longest that fits: a request of 512 bytes. It is the first that comes.
    let url = format!("{}{}", peer.url(), "x".repeat(512 - 62));
    let (sent, ()) = tokio::join!(put(&url, b"file"), async {
        assert_eq!(peer.request().await.len(), 512);
        peer.say(&error_of_full_disk()).await;
    });
    sent.unwrap_err();
}

fn error_of_full_disk() -> Vec<u8> {
    error(3, "Disk full")
}
