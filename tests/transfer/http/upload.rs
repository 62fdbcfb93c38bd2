//! Files that arrive, and files that are there already.

use std::sync::atomic::{AtomicBool, Ordering};

use capf::transfer::{Problem, Said, Sent, Step};

use super::certificates::Authority;
use super::server::{Act, Server, answer};
use super::{access, access_as, several_megabytes, upload};

#[tokio::test(flavor = "multi_thread")]
async fn several_megabytes_arrive_byte_by_byte_and_are_verified() {
    let authority = Authority::new();
    let server = Server::start(authority.server()).await;
    let bytes = several_megabytes();
    let sent = upload(
        &server.url("/csr/a.tgz"),
        &bytes,
        false,
        &access(authority.file()),
    )
    .await
    .unwrap();
    let expected = Sent {
        bytes: bytes.len() as u64,
        verified: true,
    };
    assert_eq!(sent, expected);
    assert!(server.file("/csr/a.tgz").unwrap() == bytes);
    assert_eq!(server.methods(), ["HEAD", "PUT", "HEAD"]);
    let put = &server.requests()[1];
    assert_eq!(put.header("content-type"), Some("application/gzip"));
    assert_eq!(put.header("content-length"), Some("3000017"));
    assert_eq!(put.header("authorization"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_file_arrives_empty() {
    let authority = Authority::new();
    let server = Server::start(authority.server()).await;
    let sent = upload(&server.url("/a"), b"", false, &access(authority.file())).await;
    assert_eq!(
        sent.unwrap(),
        Sent {
            bytes: 0,
            verified: true
        }
    );
    assert_eq!(server.file("/a").unwrap(), b"");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_path_and_its_query_go_as_they_stand_in_the_url() {
    let authority = Authority::new();
    let server = Server::start(authority.server()).await;
    let path = "/dav/a%20b.tgz?version=1%262";
    upload(&server.url(path), b"x", false, &access(authority.file()))
        .await
        .unwrap();
    assert_eq!(server.file(path).unwrap(), b"x");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_of_ipv6_and_a_name_both_lead_to_the_server() {
    let authority = Authority::new();
    let server = Server::start_on("[::1]:0", authority.server_named("::1"), |_| Act::Usual).await;
    let access = access(authority.file());
    upload(&server.url("/a"), b"x", false, &access)
        .await
        .unwrap();
    assert!(server.file("/a").is_some());
    let server = Server::start(authority.server_named("localhost")).await;
    let by_name = format!("https://localhost:{}/a", server.address.port());
    upload(&by_name, b"x", false, &access).await.unwrap();
    assert!(server.file("/a").is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn user_and_password_come_from_the_url_else_from_options_and_are_sent_at_once() {
    let authority = Authority::new();
    let server = Server::start(authority.server()).await;
    let access = access_as("admin", "hush", authority.file());
    let url = server.url("/a").replace("://", "://me:p%40ss@");
    upload(&url, b"x", true, &access).await.unwrap();
    upload(&server.url("/a"), b"x", true, &access)
        .await
        .unwrap();
    let given: Vec<_> = server
        .requests()
        .iter()
        .map(|request| request.header("authorization").unwrap().to_owned())
        .collect();
    // `me:p@ss` and `admin:hush`.
    let (url, options) = ("Basic bWU6cEBzcw==", "Basic YWRtaW46aHVzaA==");
    assert_eq!(given, [url, url, url, options, options, options]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_exists_is_refused_or_replaced_as_it_was_asked() {
    let authority = Authority::new();
    let server = Server::start(authority.server()).await;
    let access = access(authority.file());
    server.store("/a", b"old");
    let error = upload(&server.url("/a"), b"new", false, &access)
        .await
        .unwrap_err();
    assert_eq!(error.step, Step::Open);
    assert!(matches!(error.problem, Problem::Exists), "{error}");
    assert_eq!(server.file("/a").unwrap(), b"old");
    assert_eq!(server.methods(), ["HEAD"]);
    upload(&server.url("/a"), b"new", true, &access)
        .await
        .unwrap();
    assert_eq!(server.file("/a").unwrap(), b"new");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_whose_size_the_server_does_not_say_exists_nevertheless() {
    let authority = Authority::new();
    let server = Server::start_with(authority.server(), |request| match &request.method[..] {
        "HEAD" => Act::Say(b"HTTP/1.1 200 OK\r\n\r\n".to_vec()),
        _ => Act::Usual,
    })
    .await;
    let access = access(authority.file());
    let error = upload(&server.url("/a"), b"new", false, &access)
        .await
        .unwrap_err();
    assert!(matches!(error.problem, Problem::Exists), "{error}");
    assert!(server.is_empty());
    let sent = upload(&server.url("/a"), b"new", true, &access)
        .await
        .unwrap();
    assert!(!sent.verified);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_does_not_know_head_takes_the_file_unverified() {
    for status in ["405 Method Not Allowed", "501 Not Implemented"] {
        let authority = Authority::new();
        let server =
            Server::start_with(
                authority.server(),
                move |request| match &request.method[..] {
                    "HEAD" => Act::Say(answer(status, "", "")),
                    _ => Act::Usual,
                },
            )
            .await;
        let sent = upload(&server.url("/a"), b"x", false, &access(authority.file())).await;
        assert!(!sent.unwrap().verified);
        assert_eq!(server.file("/a").unwrap(), b"x");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_write_and_not_read_can_replace_without_being_told_that_it_is_there() {
    let authority = Authority::new();
    let server = Server::start_with(authority.server(), |request| match &request.method[..] {
        "HEAD" => Act::Say(answer("403 Forbidden", "", "")),
        _ => Act::Usual,
    })
    .await;
    let access = access(authority.file());
    // It could be there.
    let error = upload(&server.url("/a"), b"x", false, &access)
        .await
        .unwrap_err();
    assert!(error.to_string().contains("`403 Forbidden`"), "{error}");
    assert!(server.is_empty());
    let sent = upload(&server.url("/a"), b"x", true, &access)
        .await
        .unwrap();
    assert!(!sent.verified);
    assert_eq!(server.file("/a").unwrap(), b"x");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_the_server_has_only_half_of_is_an_error_and_taken_away() {
    let authority = Authority::new();
    let server = Server::start_with(authority.server(), |request| match &request.method[..] {
        "PUT" => Act::KeepHalf,
        _ => Act::Usual,
    })
    .await;
    let error = upload(&server.url("/a"), b"1234", false, &access(authority.file()))
        .await
        .unwrap_err();
    assert_eq!(error.step, Step::Verify);
    assert!(
        matches!(error.problem, Problem::Size { bytes: 4, found: 2 }),
        "{error}"
    );
    assert_eq!(error.left_behind, None);
    assert!(server.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn half_a_file_in_the_place_of_an_older_one_is_named_and_not_deleted() {
    let authority = Authority::new();
    let server = Server::start_with(authority.server(), |request| match &request.method[..] {
        "PUT" => Act::KeepHalf,
        _ => Act::Usual,
    })
    .await;
    server.store("/a", b"older");
    let error = upload(&server.url("/a"), b"1234", true, &access(authority.file()))
        .await
        .unwrap_err();
    assert_eq!(error.left_behind.as_deref(), Some("/a"));
    assert!(error.to_string().contains("delete it there"), "{error}");
    assert!(!server.methods().contains(&"DELETE".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_file_that_a_refused_upload_has_not_touched_is_not_called_left() {
    let authority = Authority::new();
    let server = Server::start_with(authority.server(), |request| match &request.method[..] {
        "PUT" => Act::Say(answer("507 Insufficient Storage", "", "")),
        _ => Act::Usual,
    })
    .await;
    server.store("/a", b"older");
    let error = upload(&server.url("/a"), b"1234", true, &access(authority.file()))
        .await
        .unwrap_err();
    assert!(
        matches!(
            error.problem,
            Problem::Said {
                kind: Said::Full,
                ..
            }
        ),
        "{error}"
    );
    assert_eq!(error.left_behind, None);
    assert_eq!(server.file("/a").unwrap(), b"older");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_longer_file_that_somebody_else_has_put_there_meanwhile_is_not_deleted() {
    let authority = Authority::new();
    let is_there = AtomicBool::new(false);
    let server = Server::start_with(
        authority.server(),
        move |request| match &request.method[..] {
            "PUT" => {
                is_there.store(true, Ordering::SeqCst);
                Act::Say(answer("500 Oops", "", ""))
            }
            "HEAD" if is_there.load(Ordering::SeqCst) => {
                Act::Say(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n".to_vec())
            }
            _ => Act::Usual,
        },
    )
    .await;
    let error = upload(&server.url("/a"), b"1234", false, &access(authority.file()))
        .await
        .unwrap_err();
    assert_eq!(error.left_behind, None, "{error}");
    assert_eq!(server.methods(), ["HEAD", "PUT", "HEAD"]);
}
