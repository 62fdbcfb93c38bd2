//! What goes well.

use std::os::unix::fs::PermissionsExt as _;

use capf::transfer::Sent;

use super::disk::Temper;
use super::server::{Door, Server};
use super::{access, fetch, send, some_bytes};

#[tokio::test(flavor = "multi_thread")]
async fn files_of_every_size_come_back_as_they_went() {
    let server = Server::start().await;
    let access = access(&server);
    for size in [0, 1, 32 * 1024 - 1, 32 * 1024, 32 * 1024 + 1, 5_000_000] {
        let bytes = some_bytes(size);
        let url = server.url(&format!("/{size}.tgz"));
        let sent = send(&url, &bytes, false, &access).await.unwrap();
        let expected = Sent {
            bytes: size as u64,
            verified: true,
        };
        assert_eq!(sent, expected);
        let path = server.path(&format!("{size}.tgz"));
        assert!(std::fs::read(&path).unwrap() == bytes, "{size}");
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o644);
        assert!(
            fetch(&url, size as u64, &access).await.unwrap() == bytes,
            "{size}"
        );
    }
    assert_eq!(server.names().len(), 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_path_behind_a_tilde_begins_where_the_login_leads() {
    let server = Server::start().await;
    let access = access(&server);
    send(&server.url("/~/a b.txt"), b"home", false, &access)
        .await
        .unwrap();
    assert_eq!(std::fs::read(server.path("home/a b.txt")).unwrap(), b"home");
    let bytes = fetch(&server.url("/home/a%20b.txt"), 4, &access)
        .await
        .unwrap();
    assert_eq!(bytes, b"home");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_has_an_ipv6_address_is_reached() {
    let door = Door {
        address: "[::1]:0",
        ..Door::default()
    };
    let server = Server::with_door(door).await;
    let access = access(&server);
    assert!(server.url("/x").starts_with("sftp://[::1]:"));
    send(&server.url("/x"), b"six", false, &access)
        .await
        .unwrap();
    assert_eq!(fetch(&server.url("/x"), 3, &access).await.unwrap(), b"six");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_gives_less_than_it_is_asked_for_gives_all_in_the_end() {
    for most in [1, 1000, 32 * 1024 - 1] {
        let server = Server::with_temper(Temper::Stingy { most }).await;
        let bytes = some_bytes(50 * most as usize + 1);
        std::fs::write(server.path("x"), &bytes).unwrap();
        let fetched = fetch(&server.url("/x"), u64::MAX, &access(&server)).await;
        assert!(fetched.unwrap() == bytes, "{most}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_replaced_with_and_without_extensions() {
    for temper in [Temper::Good, Temper::Plain] {
        let server = Server::with_temper(temper).await;
        let access = access(&server);
        for text in ["one", "two"] {
            send(&server.url("/x"), text.as_bytes(), true, &access)
                .await
                .unwrap();
            assert_eq!(std::fs::read_to_string(server.path("x")).unwrap(), text);
        }
        assert_eq!(server.names(), ["x"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nobody_may_look_a_file_is_left_and_not_called_verified() {
    let server = Server::with_temper(Temper::Blind).await;
    let sent = send(&server.url("/x"), b"blind", false, &access(&server))
        .await
        .unwrap();
    assert!(!sent.verified);
    assert_eq!(std::fs::read(server.path("x")).unwrap(), b"blind");
}
