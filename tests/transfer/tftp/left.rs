//! What an upload that fails may have left under the file's name, and whether the error says so.

use capf::transfer::{Step, TransferError};

use super::peer::{Peer, ack, data, error, oack};
use super::trip::{Trip, bytes, put};

/// An upload of two blocks, of which the server acknowledges the first and then ends it; asked what
/// is to be found then, it answers this.
async fn failed_in_the_middle(code: u8, answer: Option<&[u8]>) -> TransferError {
    let mut peer = Peer::start().await;
    let (url, file) = (peer.url(), bytes(1000));
    let (sent, ()) = tokio::join!(put(&url, &file), async {
        peer.request().await;
        peer.say(&ack(0)).await;
        peer.hears(&data(1, &file[..512])).await;
        peer.say(&ack(1)).await;
        peer.hears(&data(2, &file[512..])).await;
        peer.say(&error(code, "So it is")).await;
        if let Some(answer) = answer {
            peer.tells(answer).await;
        }
    });
    sent.unwrap_err()
}

/// The same, ended instead of its first block being acknowledged.
async fn failed_at_once(code: u8) -> TransferError {
    let mut peer = Peer::start().await;
    let url = peer.url();
    let (sent, ()) = tokio::join!(put(&url, b"file"), async {
        peer.request().await;
        peer.say(&oack("tsize 4")).await;
        peer.hears(&data(1, b"file")).await;
        peer.say(&error(code, "So it is")).await;
    });
    sent.unwrap_err()
}

#[tokio::test(start_paused = true)]
async fn half_a_file_that_may_be_there_is_named() {
    let (found, unknown) = (oack("tsize 512"), error(0, "Permission denied"));
    for code in [0, 2, 3, 6] {
        for answer in [None, Some(&found[..]), Some(&unknown)] {
            let error = failed_in_the_middle(code, answer).await;
            assert_eq!(error.step, Step::Send);
            assert_eq!(error.left_behind.as_deref(), Some("dir/file"), "{error}");
            let says = "dir/file is left on the server, delete it there";
            assert!(error.to_string().ends_with(says), "{error}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn half_a_file_that_the_server_has_deleted_is_not_named() {
    let nothing = error(1, "File not found");
    let error = failed_in_the_middle(3, Some(&nothing)).await;
    assert_eq!(error.left_behind, None);
}

#[tokio::test(start_paused = true)]
async fn a_file_that_was_made_without_a_block_is_named() {
    for code in [0, 3] {
        let error = failed_at_once(code).await;
        assert_eq!(error.step, Step::Send);
        assert_eq!(error.left_behind.as_deref(), Some("dir/file"), "{error}");
    }
}

/// Some servers agree on the options before they look: what is there is not ours to be deleted.
#[tokio::test(start_paused = true)]
async fn a_file_that_the_server_has_not_opened_is_not_named() {
    for code in [1, 2, 6] {
        let error = failed_at_once(code).await;
        assert_eq!(error.step, Step::Send);
        assert_eq!(error.left_behind, None, "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_upload_that_was_refused_leaves_nothing_and_asks_nothing() {
    for code in [1, 2, 3, 6] {
        let mut peer = Peer::start().await;
        let url = peer.url();
        let (sent, ()) = tokio::join!(put(&url, b"file"), async {
            peer.request().await;
            peer.say(&error(code, "So it is")).await;
        });
        let error = sent.unwrap_err();
        assert_eq!(error.step, Step::Open);
        assert_eq!(error.left_behind, None, "{error}");
        peer.is_left_alone().await;
    }
}

#[tokio::test(start_paused = true)]
async fn an_upload_whose_options_we_refuse_has_begun() {
    let mut peer = Peer::start().await;
    let url = peer.url();
    let (sent, ()) = tokio::join!(put(&url, b"file"), async {
        peer.request().await;
        peer.say(&oack("multicast 1")).await;
        peer.hears_error(8).await;
        peer.tells(&oack("tsize 0")).await;
    });
    let error = sent.unwrap_err();
    assert_eq!(error.step, Step::Open);
    assert_eq!(error.left_behind.as_deref(), Some("dir/file"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_never_answers_has_nothing() {
    let peer = Peer::start().await;
    let error = put(&peer.url(), b"file").await.unwrap_err();
    assert_eq!(error.step, Step::Connect);
    assert_eq!(error.left_behind, None, "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_stops_answering_has_half_a_file() {
    let mut peer = Peer::start().await;
    let url = peer.url();
    let (sent, ()) = tokio::join!(put(&url, b"file"), async {
        peer.request().await;
        peer.say(&ack(0)).await;
    });
    let error = sent.unwrap_err();
    assert_eq!(error.step, Step::Send);
    assert_eq!(error.left_behind.as_deref(), Some("dir/file"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn an_upload_that_is_stopped_in_the_middle_names_the_half() {
    let nothing = error(1, "File not found");
    for (answer, left_behind) in [(oack("tsize 512"), Some("dir/file")), (nothing, None)] {
        let mut peer = Peer::start().await;
        let (url, file) = (peer.url(), bytes(1000));
        let trip = Trip::new();
        let (sent, ()) = tokio::join!(trip.put(&url, &file), async {
            peer.request().await;
            peer.say(&ack(0)).await;
            peer.hears(&data(1, &file[..512])).await;
            trip.stop.cancel();
            peer.hears(&error(0, "The transfer was given up")).await;
            peer.tells(&answer).await;
        });
        let error = sent.unwrap_err();
        assert_eq!(error.step, Step::Stop);
        assert_eq!(error.left_behind.as_deref(), left_behind, "{error}");
    }
}
