//! Connections that are cut after any number of bytes.

use capf::transfer::{Problem, Step};

use super::certificates::Authority;
use super::proxy::{Proxy, Way};
use super::server::{Act, Server};
use super::{access, download, upload};
use crate::random::Random;
use crate::sending::bytes;

/// TLS and the requests before the file have fewer.
const BEFORE_THE_FILE: usize = 4000;

const LENGTH: usize = 400_000;

/// Uploads over connections that are cut, twenty times, to a server that puts files where they
/// belong in this way. What was there before is `old`.
async fn uploads_that_are_cut(in_place: bool, old: Option<&[u8]>) {
    let authority = Authority::new();
    let access = access(authority.file());
    let bytes = bytes(LENGTH);
    for seed in 0..20 {
        let server =
            Server::start_with(
                authority.server(),
                move |request| match &request.method[..] {
                    "PUT" if in_place => Act::InPlace,
                    _ => Act::Usual,
                },
            )
            .await;
        if let Some(old) = old {
            server.store("/a", old);
        }
        let after = 1 + Random::new(seed).below(LENGTH);
        let proxy = Proxy::start(server.address, Way::ToServer, after).await;
        let error = upload(&proxy.url("/a"), &bytes, old.is_some(), &access)
            .await
            .unwrap_err();
        assert!(proxy.has_cut());
        if after > BEFORE_THE_FILE {
            assert_eq!(error.step, Step::Send, "{error}");
            assert!(matches!(error.problem, Problem::Cut { .. }), "{error}");
        }
        match old {
            None => {
                assert!(server.is_empty(), "seed {seed}: {error}");
                assert_eq!(error.left_behind, None, "seed {seed}");
            }
            Some(old) if server.file("/a").as_deref() == Some(old) => {
                assert_eq!(error.left_behind, None, "seed {seed}");
            }
            Some(_) => {
                assert!(in_place);
                assert_eq!(error.left_behind.as_deref(), Some("/a"), "seed {seed}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_is_cut_leaves_nothing() {
    uploads_that_are_cut(false, None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn half_a_file_of_a_server_that_writes_in_place_is_deleted() {
    uploads_that_are_cut(true, None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_file_stays_when_its_replacement_is_cut() {
    uploads_that_are_cut(false, Some(b"old")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn half_a_file_in_the_place_of_an_older_one_is_named() {
    uploads_that_are_cut(true, Some(b"old")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_be_left_on_a_server_that_is_gone_is_named() {
    let authority = Authority::new();
    let server = Server::start_with(authority.server(), |request| match &request.method[..] {
        "PUT" => Act::InPlace,
        _ => Act::Usual,
    })
    .await;
    // The look before the upload, and the upload.
    let proxy = Proxy::start_for(2, server.address, Way::ToServer, LENGTH / 2).await;
    let error = upload(
        &proxy.url("/a"),
        &bytes(LENGTH),
        false,
        &access(authority.file()),
    )
    .await
    .unwrap_err();
    assert_eq!(error.left_behind.as_deref(), Some("/a"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_that_is_cut_is_never_a_short_file() {
    let authority = Authority::new();
    let access = access(authority.file());
    let server = Server::start(authority.server()).await;
    server.store("/a", &bytes(LENGTH));
    for seed in 0..20 {
        let after = 1 + Random::new(seed).below(LENGTH);
        let proxy = Proxy::start(server.address, Way::FromServer, after).await;
        let error = download(&proxy.url("/a"), 1 << 20, &access)
            .await
            .unwrap_err();
        assert!(proxy.has_cut());
        if after > BEFORE_THE_FILE {
            assert_eq!(error.step, Step::Receive, "{error}");
            assert!(matches!(error.problem, Problem::Cut { .. }), "{error}");
        }
    }
}
