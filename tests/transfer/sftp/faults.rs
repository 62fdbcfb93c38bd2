//! What goes wrong, and what is left of it.

use std::borrow::Cow;
use std::io::Write as _;
use std::net::SocketAddr;
use std::time::Duration;

use capf::transfer::{Access, Problem, Said, Step, TransferError, upload};
use russh::{Preferred, cipher};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::disk::Temper;
use super::proxy::{Way, cut_after};
use super::server::{Door, Server, Subsystem};
use super::{access, fetch, send, some_bytes};
use crate::random::Random;

#[track_caller]
fn assert_said(error: &TransferError, expected_step: Step, expected_kind: Said, part: &str) {
    let Problem::Said { words, kind } = &error.problem else {
        panic!("{error:?}");
    };
    assert_eq!(
        (error.step, *kind),
        (expected_step, expected_kind),
        "{error}"
    );
    assert!(words.contains(part), "{error}");
    assert_eq!(error.left_behind, None);
}

async fn server_with(temper: Temper) -> (Server, Access<'static>) {
    let server = Server::with_temper(temper).await;
    let access = access(&server);
    (server, access)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_that_is_not_there_is_named_in_the_servers_words() {
    let (server, access) = server_with(Temper::Good).await;
    let error = send(&server.url("/none/x"), b"x", false, &access)
        .await
        .unwrap_err();
    assert_said(&error, Step::Open, Said::NotFound, "2 No such file");
    let error = fetch(&server.url("/none/x"), 9, &access).await.unwrap_err();
    assert_said(&error, Step::Open, Said::NotFound, "2 No such file");
    assert!(server.names().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_that_is_not_ours_is_named_in_the_servers_words() {
    let (server, access) = server_with(Temper::Good).await;
    let error = send(&server.url("/forbidden"), b"x", false, &access)
        .await
        .unwrap_err();
    assert_said(&error, Step::Open, Said::Denied, "3 not for you");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_told_and_nothing_is_left() {
    let (server, access) = server_with(Temper::Full { space: 1_000_000 }).await;
    let bytes = some_bytes(5_000_000);
    let error = send(&server.url("/x"), &bytes, false, &access)
        .await
        .unwrap_err();
    assert_said(&error, Step::Send, Said::Full, "4 No space left on device");
    assert!(server.names().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_there_is_not_touched() {
    let (server, access) = server_with(Temper::Good).await;
    std::fs::write(server.path("x"), "old").unwrap();
    let error = send(&server.url("/x"), b"new", false, &access)
        .await
        .unwrap_err();
    assert_eq!(error.step, Step::Open);
    assert!(matches!(error.problem, Problem::Exists));
    assert_eq!(std::fs::read(server.path("x")).unwrap(), b"old");
    assert_eq!(server.names(), ["x"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_appears_while_another_is_sent_is_not_touched() {
    for temper in [Temper::Good, Temper::RenamesOver] {
        let (server, access) = server_with(temper).await;
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"new").unwrap();
        let target = server.url("/x").parse().unwrap();
        // The first bytes are read when the server has been asked for the name.
        let appears = |_, _| std::fs::write(server.path("x"), "old").unwrap();
        let stop = CancellationToken::new();
        let error = upload(&target, file, false, &access, &appears, &stop)
            .await
            .unwrap_err();
        assert_eq!(error.step, Step::Rename);
        assert!(matches!(error.problem, Problem::Exists), "{error}");
        assert_eq!(std::fs::read(server.path("x")).unwrap(), b"old");
        assert_eq!(server.names(), ["x"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_appears_while_another_gets_its_name_is_not_touched() {
    let (server, access) = server_with(Temper::Raced).await;
    let error = send(&server.url("/x"), b"new", false, &access)
        .await
        .unwrap_err();
    assert_eq!(error.step, Step::Rename);
    assert!(matches!(error.problem, Problem::Exists), "{error}");
    assert_eq!(std::fs::read(server.path("x")).unwrap(), b"old");
    assert_eq!(server.names(), ["x"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_another_size_than_was_sent_is_taken_away() {
    let (server, access) = server_with(Temper::Exaggerates { by: 1 }).await;
    let error = send(&server.url("/x"), b"four", false, &access)
        .await
        .unwrap_err();
    assert_eq!(error.step, Step::Verify);
    assert!(matches!(
        error.problem,
        Problem::Size { bytes: 4, found: 5 }
    ));
    assert!(server.names().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_of_another_version_is_told() {
    let (server, access) = server_with(Temper::OfALaterVersion).await;
    let error = send(&server.url("/x"), b"x", false, &access)
        .await
        .unwrap_err();
    assert_eq!(error.step, Step::Login);
    assert!(error.to_string().contains("version 6"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_falls_silent_is_not_waited_for_without_end() {
    let (server, mut access) = server_with(Temper::FallsSilent).await;
    access.timeout = Duration::from_secs(2);
    let error = send(&server.url("/x"), b"x", false, &access)
        .await
        .unwrap_err();
    assert_eq!(error.step, Step::Send);
    assert!(
        matches!(error.problem, Problem::TimedOut { seconds: 2 }),
        "{error}"
    );
    assert_eq!(error.left_behind, None);
    assert!(server.names().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_is_stopped_leaves_nothing() {
    let (server, access) = server_with(Temper::Good).await;
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(&some_bytes(3_000_000)).unwrap();
    let target = server.url("/x").parse().unwrap();
    let stop = CancellationToken::new();
    let half = |moved, _| {
        if moved > 2_500_000 {
            stop.cancel();
        }
    };
    let error = upload(&target, file, false, &access, &half, &stop)
        .await
        .unwrap_err();
    assert_eq!(error.step, Step::Stop);
    assert!(matches!(error.problem, Problem::Stopped));
    assert_eq!(error.left_behind, None);
    assert!(server.names().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_over_the_limit_is_refused_before_it_comes() {
    let (server, access) = server_with(Temper::Good).await;
    std::fs::write(server.path("x"), "12345").unwrap();
    let error = fetch(&server.url("/x"), 4, &access).await.unwrap_err();
    assert_eq!(error.step, Step::Receive);
    assert!(matches!(error.problem, Problem::TooLarge { limit: 4 }));
    assert_eq!(
        fetch(&server.url("/x"), 5, &access).await.unwrap(),
        b"12345"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_shorter_than_was_announced_is_no_file() {
    let (server, access) = server_with(Temper::Exaggerates { by: 7 }).await;
    std::fs::write(server.path("x"), "12345").unwrap();
    let error = fetch(&server.url("/x"), 99, &access).await.unwrap_err();
    assert_eq!(error.step, Step::Receive);
    assert!(
        matches!(error.problem, Problem::Cut { bytes: 5 }),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wire_that_is_cut_anywhere_leaves_all_or_nothing() {
    let bytes = some_bytes(300_000);
    for seed in 0..20 {
        let (server, access) = server_with(Temper::Good).await;
        let mut random = Random::new(seed);
        // What is sent is a little more than the file, and most of what is answered comes early.
        let (way, most) = if seed % 2 == 0 {
            (Way::ToServer, 305_000)
        } else {
            (Way::ToClient, 5000)
        };
        let limit = random.below(most);
        let proxy = cut_after(server.address, way, limit).await;
        let outcome = send(&format!("sftp://{proxy}/x"), &bytes, false, &access).await;
        let context = format!("{way:?} after {limit} bytes: {outcome:?}");
        match outcome {
            // The answer to the renaming may be what is cut off.
            Err(error) if error.step == Step::Rename && server.path("x").exists() => {
                assert!(
                    std::fs::read(server.path("x")).unwrap() == bytes,
                    "{context}"
                );
                assert_eq!(server.names(), ["x"], "{context}");
            }
            Err(error) => {
                assert!(server.names().is_empty(), "{:?} {context}", server.names());
                assert_eq!(error.left_behind, None, "{context}");
                let is_cut = matches!(error.problem, Problem::Cut { .. } | Problem::Io { .. });
                assert!(is_cut, "{context}");
                if let Problem::Cut { bytes } = error.problem
                    && way == Way::ToServer
                {
                    assert!(bytes <= limit as u64, "{context}");
                }
            }
            Ok(sent) => {
                assert!(sent.verified, "{context}");
                assert!(
                    std::fs::read(server.path("x")).unwrap() == bytes,
                    "{context}"
                );
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_that_is_cut_anywhere_is_no_file() {
    let (server, access) = server_with(Temper::Good).await;
    let bytes = some_bytes(300_000);
    std::fs::write(server.path("x"), &bytes).unwrap();
    for seed in 0..20 {
        let limit = Random::new(seed).below(300_000);
        let proxy = cut_after(server.address, Way::ToClient, limit).await;
        let error = fetch(&format!("sftp://{proxy}/x"), u64::MAX, &access)
            .await
            .unwrap_err();
        let is_cut = matches!(error.problem, Problem::Cut { .. } | Problem::Io { .. });
        assert!(is_cut, "after {limit} bytes: {error:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_nobody_has_fails_before_a_connection() {
    let (_server, access) = server_with(Temper::Good).await;
    let error = send("sftp://nobody.invalid/x", b"x", false, &access)
        .await
        .unwrap_err();
    assert_eq!(error.step, Step::Resolve);
    assert!(matches!(error.problem, Problem::Io { .. }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_on_which_nobody_listens_is_told() {
    let (_server, access) = server_with(Temper::Good).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let error = send(&format!("sftp://{address}/x"), b"x", false, &access)
        .await
        .unwrap_err();
    assert_eq!(error.step, Step::Connect);
    assert!(matches!(error.problem, Problem::Io { .. }));
}

/// Says `words` to whoever connects, and nothing more.
async fn server_that_says(words: &'static [u8], and_leaves: bool) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let mut open = Vec::new();
        loop {
            let (mut socket, _) = listener.accept().await.unwrap();
            socket.write_all(words).await.unwrap();
            if !and_leaves {
                open.push(socket);
            }
        }
    });
    address
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_says_nothing_is_not_waited_for_without_end() {
    let (_server, mut access) = server_with(Temper::Good).await;
    access.timeout = Duration::from_millis(300);
    for words in [
        &b""[..],
        b"220 files.example.com\r\n",
        b"SSH-2.0-Silence\r\n",
    ] {
        let address = server_that_says(words, false).await;
        let url = format!("sftp://{address}/x");
        let error = send(&url, b"x", false, &access).await.unwrap_err();
        assert_eq!(error.step, Step::Connect);
        assert!(matches!(error.problem, Problem::TimedOut { .. }), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_speaks_something_else_is_refused() {
    let (_server, access) = server_with(Temper::Good).await;
    for words in [
        &b""[..],
        b"SSH-2.0-Gone\r\n",
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        &[0x41; 9999],
    ] {
        let address = server_that_says(words, true).await;
        let url = format!("sftp://{address}/x");
        let error = send(&url, b"x", false, &access).await.unwrap_err();
        assert_eq!(error.step, Step::Connect, "{error}");
        assert!(error.to_string().len() < 700, "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_with_no_cipher_in_common_is_told_with_what_both_have() {
    let door = Door {
        preferred: Preferred {
            cipher: Cow::Borrowed(&[cipher::AES_256_CBC]),
            ..Preferred::DEFAULT
        },
        ..Door::default()
    };
    let server = Server::with_door(door).await;
    let error = send(&server.url("/x"), b"x", false, &access(&server))
        .await
        .unwrap_err();
    assert_eq!(error.step, Step::Connect);
    let text = error.to_string();
    for part in ["no cipher in common", "has aes256-cbc", "aes256-ctr"] {
        assert!(text.contains(part), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_babbles_where_it_should_speak_sftp_is_refused() {
    let version = b"\0\0\0\x05\x02\0\0\0\x03";
    let no_space = b"\0\0\0\x11\x65\0\0\0\x01\0\0\0\x0e\0\0\0\0\0\0\0\0";
    let mut random = Random::new(1);
    let noise: Vec<u8> = (0..5000).map(|_| random.byte()).collect();
    for words in [
        // A shell that greets.
        b"Welcome to files.example.com!\n".to_vec(),
        // More than a packet may have.
        b"\xff\xff\xff\xff".to_vec(),
        // A version that ends early.
        b"\0\0\0\x03\x02\0\0".to_vec(),
        // A code of version 5: SSH_FX_NO_SPACE_ON_FILESYSTEM.
        [&version[..], no_space].concat(),
        [&version[..], version].concat(),
        [&version[..], &noise].concat(),
    ] {
        let door = Door {
            sftp: Subsystem::Says(words.clone()),
            ..Door::default()
        };
        let server = Server::with_door(door).await;
        let url = server.url("/x");
        let mut access = access(&server);
        access.timeout = Duration::from_secs(3);
        for error in [
            send(&url, b"x", true, &access).await.unwrap_err(),
            fetch(&url, 9, &access).await.unwrap_err(),
        ] {
            // An answer that comes before its question is passed over, and none comes after it.
            let is_refused = matches!(
                error.problem,
                Problem::Protocol { .. } | Problem::TimedOut { .. }
            );
            assert!(is_refused, "{}: {error:?}", words.escape_ascii());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn noise_in_place_of_ssh_is_refused() {
    let (_server, mut access) = server_with(Temper::Good).await;
    access.timeout = Duration::from_secs(5);
    for seed in 0..20 {
        let mut random = Random::new(seed);
        let noise: Vec<u8> = (0..random.below(3000)).map(|_| random.byte()).collect();
        // The length of a packet that is near what there is gets further than most.
        let words = [b"SSH-2.0-Noise\r\n\0\0\x01", &noise[..]].concat();
        let address = server_that_says(words.leak(), true).await;
        let url = format!("sftp://{address}/x");
        let error = send(&url, b"x", false, &access).await.unwrap_err();
        assert_eq!(error.step, Step::Connect, "{seed}: {error}");
        assert!(
            !matches!(error.problem, Problem::TimedOut { .. }),
            "{seed}: {error}"
        );
    }
}
