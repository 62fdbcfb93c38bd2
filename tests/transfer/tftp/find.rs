//! What is to be found under a name, asked before an upload and after it.

use std::io;
use std::time::Duration;

use capf::transfer::{Problem, Step};
use tokio::net::UdpSocket;
use tokio::time::Instant;

use super::peer::{Peer, ack, data, error, oack};
use super::trip::{Trip, put};

const REQUEST: &[u8] =
    b"\0\x01dir/file\0octet\0blksize\x001428\0tsize\x000\0timeout\x001\0windowsize\x0016\0";

/// What a server may answer that does not tell the size of files.
fn answers_that_tell_nothing() -> Vec<Vec<u8>> {
    vec![
        data(1, b"file"),
        oack("blksize 512"),
        oack("tsize many"),
        oack("tsize 4 multicast 1"),
        error(0, "Permission denied"),
        error(2, "Access violation"),
        error(4, "No reads here"),
        error(8, "No options here"),
    ]
}

#[tokio::test(start_paused = true)]
async fn the_size_is_asked_for_after_an_upload_and_that_transfer_ended_at_once() {
    let mut peer = Peer::start().await;
    let url = peer.url();
    let (sent, ()) = tokio::join!(put(&url, b"file"), async {
        peer.takes(b"file").await;
        assert_eq!(peer.request().await, REQUEST);
        peer.say(&oack("tsize 4")).await;
        peer.hears(&error(0, "Only the size was asked for")).await;
    });
    assert!(sent.unwrap().verified);
    peer.is_left_alone().await;
}

#[tokio::test(start_paused = true)]
async fn a_question_that_got_lost_is_asked_again() {
    let mut peer = Peer::start().await;
    let url = peer.url();
    let (sent, ()) = tokio::join!(put(&url, b"file"), async {
        peer.takes(b"file").await;
        assert_eq!(peer.request().await, REQUEST);
        peer.tells(&oack("tsize 4")).await;
    });
    assert!(sent.unwrap().verified);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_cannot_tell_the_size_is_no_failure() {
    for answer in answers_that_tell_nothing() {
        let mut peer = Peer::start().await;
        let url = peer.url();
        let (sent, ()) = tokio::join!(put(&url, b"file"), async {
            peer.takes(b"file").await;
            peer.tells(&answer).await;
        });
        assert!(!sent.unwrap().verified, "{}", answer.escape_ascii());
        peer.is_left_alone().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_silent_after_an_upload_is_no_failure() {
    let mut peer = Peer::start().await;
    let url = peer.url();
    let (sent, ()) = tokio::join!(put(&url, b"file"), peer.takes(b"file"));
    assert!(!sent.unwrap().verified);
}

#[tokio::test]
async fn a_server_that_is_gone_after_an_upload_is_no_failure() {
    let mut peer = Peer::start().await;
    let url = peer.url();
    let (sent, ()) = tokio::join!(put(&url, b"file"), async {
        peer.takes(b"file").await;
        drop(peer);
    });
    assert!(!sent.unwrap().verified);
}

#[tokio::test(start_paused = true)]
async fn a_file_that_is_still_being_written_is_waited_for() {
    let mut peer = Peer::start().await;
    let url = peer.url();
    let (sent, ()) = tokio::join!(put(&url, b"file"), async {
        peer.takes(b"file").await;
        peer.tells(&error(1, "File not found")).await;
        for size in [0, 2, 4] {
            peer.tells(&oack(&format!("tsize {size}"))).await;
        }
    });
    assert!(sent.unwrap().verified);
}

#[tokio::test(start_paused = true)]
async fn a_file_that_stays_smaller_is_named() {
    for (answer, size, patience) in [
        (oack("tsize 3"), 3, 30),
        (oack("tsize 3"), 3, 1),
        (error(1, "File not found"), 0, 30),
    ] {
        let mut peer = Peer::start().await;
        let url = peer.url();
        let trip = Trip::patient(Duration::from_secs(patience));
        let began = Instant::now();
        let telling = async {
            peer.takes(b"file").await;
            loop {
                peer.tells(&answer).await;
            }
        };
        let error = tokio::select! {
            outcome = trip.put(&url, b"file") => outcome.unwrap_err(),
            () = telling => unreachable!("it has no end"),
        };
        // The tests' own clock moves only where the client waits.
        let most = Duration::from_millis(2100).min(trip.timeout + Duration::from_millis(100));
        assert!(began.elapsed() <= most, "{:?}", began.elapsed());
        assert_eq!(error.step, Step::Verify);
        let Problem::Size { bytes, found } = error.problem else {
            panic!("{error}");
        };
        assert_eq!((bytes, found), (4, size));
        let is_there = size > 0;
        assert_eq!(error.left_behind.is_some(), is_there);
    }
}

#[tokio::test(start_paused = true)]
async fn a_file_that_is_larger_is_named_at_once() {
    let mut peer = Peer::start().await;
    let url = peer.url();
    let (sent, ()) = tokio::join!(put(&url, b"file"), async {
        peer.takes(b"file").await;
        // What is to be said of it, and whether it is still there to be left behind.
        for _ in 0..2 {
            peer.tells(&oack("tsize 5")).await;
        }
    });
    let error = sent.unwrap_err();
    assert_eq!(error.step, Step::Verify);
    assert!(
        matches!(error.problem, Problem::Size { bytes: 4, found: 5 }),
        "{error}"
    );
    assert_eq!(error.left_behind.as_deref(), Some("dir/file"));
    peer.is_left_alone().await;
}

#[tokio::test(start_paused = true)]
async fn a_file_that_is_there_already_is_left_alone() {
    for size in [0, 4] {
        let mut peer = Peer::start().await;
        let url = peer.url();
        let careful = Trip::new().careful();
        let told = oack(&format!("tsize {size}"));
        let (sent, ()) = tokio::join!(careful.put(&url, b"file"), peer.tells(&told));
        let error = sent.unwrap_err();
        assert_eq!(error.step, Step::Open);
        assert!(matches!(error.problem, Problem::Exists), "{error}");
        assert_eq!(error.left_behind, None);
        peer.is_left_alone().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_name_that_is_free_or_of_which_nothing_can_be_told_takes_an_upload() {
    let free = error(1, "File not found");
    for answer in answers_that_tell_nothing().into_iter().chain([free]) {
        let mut peer = Peer::start().await;
        let url = peer.url();
        let careful = Trip::new().careful();
        let (sent, ()) = tokio::join!(careful.put(&url, b"file"), async {
            peer.tells(&answer).await;
            // No error of ours comes before its block: an error is not answered.
            peer.takes(b"file").await;
            peer.tells(&oack("tsize 4")).await;
        });
        assert!(sent.unwrap().verified, "{}", answer.escape_ascii());
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_answers_uploads_alone_takes_one() {
    let mut peer = Peer::start().await;
    let url = peer.url();
    let careful = Trip::new().careful();
    let (sent, ()) = tokio::join!(careful.put(&url, b"file"), async {
        for _ in 0..2 {
            assert_eq!(peer.request().await, REQUEST);
        }
        peer.takes(b"file").await;
    });
    assert!(!sent.unwrap().verified);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_never_answers_is_the_uploads_failure() {
    let mut peer = Peer::start().await;
    let careful = Trip::new().careful();
    let began = Instant::now();
    let error = careful.put(&peer.url(), b"file").await.unwrap_err();
    assert_eq!(error.step, Step::Connect);
    assert!(matches!(error.problem, Problem::TimedOut { seconds: 30 }));
    assert_eq!(error.left_behind, None);
    assert!(began.elapsed() < Duration::from_secs(33));
    for kind in [1, 1, 2] {
        assert_eq!(peer.request().await[..2], [0, kind]);
    }
}

#[tokio::test]
async fn a_server_on_which_nobody_listens_is_the_uploads_failure() {
    let free = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let url = format!("tftp://{}/file", free.local_addr().unwrap());
    drop(free);
    let error = Trip::new().careful().put(&url, b"file").await.unwrap_err();
    assert_eq!(error.step, Step::Connect);
    let Problem::Io { source } = &error.problem else {
        panic!("{error}");
    };
    assert_eq!(source.kind(), io::ErrorKind::ConnectionRefused);
}

#[tokio::test(start_paused = true)]
async fn an_upload_that_is_stopped_while_its_size_is_asked_for_names_the_file() {
    let mut peer = Peer::start().await;
    let url = peer.url();
    let trip = Trip::new();
    let (sent, ()) = tokio::join!(trip.put(&url, b"file"), async {
        peer.takes(b"file").await;
        peer.request().await;
        trip.stop.cancel();
        peer.tells(&oack("tsize 4")).await;
    });
    let error = sent.unwrap_err();
    assert_eq!(error.step, Step::Stop);
    assert_eq!(error.left_behind.as_deref(), Some("dir/file"));
}

#[tokio::test(start_paused = true)]
async fn an_acknowledgement_is_no_answer_to_a_question() {
    let mut peer = Peer::start().await;
    let url = peer.url();
    let (sent, ()) = tokio::join!(put(&url, b"file"), async {
        peer.takes(b"file").await;
        peer.request().await;
        peer.say(&ack(0)).await;
        peer.say(&oack("tsize 4")).await;
        peer.hears_error(0).await;
    });
    assert!(sent.unwrap().verified);
}
