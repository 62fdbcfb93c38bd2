//! What the two sides agree on before the first block.

use capf::transfer::{Problem, Step};
use tokio::time::Instant;

use super::peer::{Peer, ack, data, error, oack};
use super::trip::{bytes, get, put};
use super::windows::FIRST_PAUSE;

#[tokio::test(start_paused = true)]
async fn an_upload_asks_for_every_option_and_sends_blocks_as_agreed() {
    let mut peer = Peer::start().await;
    let (url, file) = (peer.url(), bytes(1428 + 1));
    let (sent, ()) = tokio::join!(put(&url, &file), async {
        let request = peer.request().await;
        assert_eq!(
            request,
            b"\0\x02dir/file\0octet\0blksize\x001428\0tsize\x001429\0timeout\x001\0windowsize\x0016\0",
        );
        peer.say(&oack("blksize 1428 tsize 1429 timeout 1 windowsize 16"))
            .await;
        peer.hears(&data(1, &file[..1428])).await;
        peer.hears(&data(2, &file[1428..])).await;
        peer.say(&ack(2)).await;
    });
    let sent = sent.unwrap();
    assert_eq!((sent.bytes, sent.verified), (1429, false));
}

#[tokio::test(start_paused = true)]
async fn a_download_asks_for_the_size_and_takes_blocks_as_agreed() {
    let mut peer = Peer::start().await;
    let (url, file) = (peer.url(), bytes(20));
    let (got, ()) = tokio::join!(get(&url), async {
        let request = peer.request().await;
        assert_eq!(
            request,
            b"\0\x01dir/file\0octet\0blksize\x001428\0tsize\x000\0timeout\x001\0windowsize\x0016\0",
        );
        peer.say(&oack("tsize 20 windowsize 2 blksize 8")).await;
        peer.hears(&ack(0)).await;
        peer.say(&data(1, &file[..8])).await;
        peer.say(&data(2, &file[8..16])).await;
        peer.hears(&ack(2)).await;
        peer.say(&data(3, &file[16..])).await;
        peer.hears(&ack(3)).await;
    });
    assert_eq!(got.unwrap(), file);
}

#[tokio::test(start_paused = true)]
async fn a_server_without_options_gets_blocks_of_512_one_at_a_time() {
    let mut peer = Peer::start().await;
    let (url, file) = (peer.url(), bytes(1024));
    let (sent, ()) = tokio::join!(put(&url, &file), async {
        peer.request().await;
        peer.say(&ack(0)).await;
        for block in [1, 2] {
            let end = usize::from(block) * 512;
            peer.hears(&data(block, &file[end - 512..end])).await;
            peer.say(&ack(block)).await;
        }
        // The file fills its last block.
        peer.hears(&data(3, b"")).await;
        peer.say(&ack(3)).await;
    });
    assert_eq!(sent.unwrap().bytes, 1024);
}

#[tokio::test(start_paused = true)]
async fn a_server_without_options_may_begin_with_the_first_block() {
    let mut peer = Peer::start().await;
    let (url, file) = (peer.url(), bytes(512));
    let (got, ()) = tokio::join!(get(&url), async {
        peer.request().await;
        peer.say(&data(1, &file)).await;
        peer.hears(&ack(1)).await;
        peer.say(&data(2, b"")).await;
        peer.hears(&ack(2)).await;
    });
    assert_eq!(got.unwrap(), file);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_may_mean_the_options_is_asked_again_without() {
    for code in [0, 4, 8] {
        let mut peer = Peer::start().await;
        let url = peer.url();
        let (got, ()) = tokio::join!(get(&url), async {
            peer.request().await;
            let before = peer.client();
            peer.say(&error(code, "options?")).await;
            assert_eq!(peer.request().await, b"\0\x01dir/file\0octet\0");
            assert_ne!(peer.client(), before, "the first transfer is over");
            peer.say(&data(1, b"file")).await;
            peer.hears(&ack(1)).await;
        });
        assert_eq!(got.unwrap(), b"file", "{code}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_refuses_without_options_too_is_believed() {
    let mut peer = Peer::start().await;
    let url = peer.url();
    let (got, ()) = tokio::join!(put(&url, b"file"), async {
        for text in ["options?", "no uploads"] {
            peer.request().await;
            peer.say(&error(0, text)).await;
        }
    });
    let error = got.unwrap_err();
    assert_eq!(error.step, Step::Open);
    assert!(error.to_string().contains("`0 no uploads`"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn options_that_were_not_asked_for_end_the_transfer() {
    for (options, says) in [
        ("blksize 1429", "1429 for blksize"),
        ("windowsize 17", "17 for windowsize"),
        ("multicast 1", "multicast"),
        ("blksize many", "`many`"),
        ("blksize", "ends early"),
    ] {
        let mut peer = Peer::start().await;
        let url = peer.url();
        let (sent, ()) = tokio::join!(put(&url, b"file"), async {
            peer.request().await;
            peer.say(&oack(options)).await;
            peer.hears_error(8).await;
        });
        let error = sent.unwrap_err();
        assert_eq!(error.step, Step::Open);
        assert!(matches!(error.problem, Problem::Protocol { .. }), "{error}");
        assert!(error.to_string().contains(says), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn options_that_answer_a_request_without_them_end_the_transfer() {
    let mut peer = Peer::start().await;
    let url = peer.url();
    let (got, ()) = tokio::join!(get(&url), async {
        peer.request().await;
        peer.say(&error(8, "no options")).await;
        peer.request().await;
        peer.say(&oack("blksize 512")).await;
        peer.hears_error(8).await;
    });
    let error = got.unwrap_err();
    assert!(error.to_string().contains("none were asked for"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn an_answer_to_the_options_that_got_lost_is_answered_again() {
    let mut peer = Peer::start().await;
    let url = peer.url();
    let began = Instant::now();
    let (got, ()) = tokio::join!(get(&url), async {
        peer.request().await;
        for _ in 0..2 {
            peer.say(&oack("tsize 4")).await;
            peer.hears(&ack(0)).await;
        }
        assert!(began.elapsed() < FIRST_PAUSE);
        peer.say(&data(1, b"file")).await;
        peer.hears(&ack(1)).await;
    });
    assert_eq!(got.unwrap(), b"file");
}
