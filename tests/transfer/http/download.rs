//! Files that come.

use capf::transfer::{Problem, Said, Step};

use super::certificates::Authority;
use super::server::{Act, Server, answer};
use super::{access, access_as, download, several_megabytes};

const LIMIT: u64 = 10_000_000;

async fn server_that_says(authority: &Authority, bytes: &'static [u8]) -> Server {
    Server::start_with(authority.server(), |_| Act::Say(bytes.to_vec())).await
}

#[tokio::test(flavor = "multi_thread")]
async fn several_megabytes_and_nothing_at_all_come_byte_by_byte() {
    let authority = Authority::new();
    let server = Server::start(authority.server()).await;
    for bytes in [several_megabytes(), Vec::new()] {
        server.store("/a", &bytes);
        let came = download(&server.url("/a"), LIMIT, &access(authority.file())).await;
        assert!(came.unwrap() == bytes);
    }
    assert_eq!(server.methods(), ["GET", "GET"]);
    assert_eq!(
        server.requests()[0].header("accept-encoding"),
        Some("identity")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_compressed_file_is_not_decompressed() {
    let authority = Authority::new();
    let said =
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\n\x1f\x8b\x08";
    let server = server_that_says(&authority, said).await;
    let came = download(&server.url("/a.tgz"), LIMIT, &access(authority.file())).await;
    assert_eq!(came.unwrap(), b"\x1f\x8b\x08");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_without_a_length_is_whole_where_its_end_is_said() {
    let authority = Authority::new();
    let said =
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n";
    let server = server_that_says(&authority, said).await;
    let came = download(&server.url("/a"), LIMIT, &access(authority.file())).await;
    assert_eq!(came.unwrap(), b"abc");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_ends_early_is_an_error() {
    let authority = Authority::new();
    for said in [
        &b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabc"[..],
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabc",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
    ] {
        let server = server_that_says(&authority, said).await;
        let error = download(&server.url("/a"), LIMIT, &access(authority.file()))
            .await
            .unwrap_err();
        assert_eq!(error.step, Step::Receive, "{error}");
        assert!(
            matches!(error.problem, Problem::Cut { bytes: 3 }),
            "{error}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_the_end_of_the_connection_alone_would_end_is_refused() {
    let authority = Authority::new();
    for said in [
        &b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabc"[..],
        b"HTTP/1.0 200 OK\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nabc",
    ] {
        let server = server_that_says(&authority, said).await;
        let error = download(&server.url("/a"), LIMIT, &access(authority.file()))
            .await
            .unwrap_err();
        assert_eq!(error.step, Step::Receive, "{error}");
        assert!(matches!(error.problem, Problem::Protocol { .. }), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_over_the_limit_is_refused_announced_or_not() {
    let authority = Authority::new();
    let chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
    for said in [answer("200 OK", "", "abc"), chunked.to_vec()] {
        let server = Server::start_with(authority.server(), move |_| Act::Say(said.clone())).await;
        let access = access(authority.file());
        let error = download(&server.url("/a"), 2, &access).await.unwrap_err();
        assert!(
            matches!(error.problem, Problem::TooLarge { limit: 2 }),
            "{error}"
        );
        assert_eq!(
            download(&server.url("/a"), 3, &access).await.unwrap(),
            b"abc"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_not_there_is_said_in_the_servers_words() {
    let authority = Authority::new();
    let page = "<html><head><title>No such file</title></head><p>hidden</p></html>";
    let headers = "Content-Type: text/html; charset=utf-8\r\n";
    let said = answer("404 Nowhere", headers, page);
    let server = Server::start_with(authority.server(), move |_| Act::Say(said.clone())).await;
    let error = download(&server.url("/a"), LIMIT, &access(authority.file()))
        .await
        .unwrap_err();
    assert_eq!(error.step, Step::Open);
    let Problem::Said { words, kind } = error.problem else {
        panic!("{error}");
    };
    assert_eq!(
        (&words[..], kind),
        ("404 Nowhere: No such file", Said::NotFound)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_whole_file_is_refused() {
    let authority = Authority::new();
    for status in [
        "204 No Content",
        "206 Partial Content",
        "300 Multiple Choices",
    ] {
        let said = answer(status, "", "");
        let server = Server::start_with(authority.server(), move |_| Act::Say(said.clone())).await;
        let error = download(&server.url("/a"), LIMIT, &access(authority.file()))
            .await
            .unwrap_err();
        assert!(error.to_string().contains(status), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirection_is_followed_within_the_server_with_the_password_and_not_without_end() {
    let authority = Authority::new();
    let server = Server::start_with(authority.server(), |request| match &request.path[..] {
        "/old" => Act::Say(answer("302 Found", "Location: new?x\r\n", "")),
        "/loop" => Act::Say(answer("308 Permanent Redirect", "Location: /loop\r\n", "")),
        _ => Act::Usual,
    })
    .await;
    server.store("/new?x", b"abc");
    let access = access_as("admin", "hush", authority.file());
    let came = download(&server.url("/old"), LIMIT, &access).await.unwrap();
    assert_eq!(came, b"abc");
    assert!(server.requests()[1].header("authorization").is_some());
    let error = download(&server.url("/loop"), LIMIT, &access)
        .await
        .unwrap_err();
    assert!(error.to_string().contains("redirected 5 times"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirection_to_another_server_or_out_of_tls_is_told_and_not_followed() {
    let authority = Authority::new();
    let other = Server::start(authority.server()).await;
    other.store("/a", b"abc");
    for place in [other.url("/a"), "http://127.0.0.1/a".to_owned()] {
        let said = answer("302 Found", &format!("Location: {place}\r\n"), "");
        let server = Server::start_with(authority.server(), move |_| Act::Say(said.clone())).await;
        let access = access_as("admin", "hush", authority.file());
        let error = download(&server.url("/a"), LIMIT, &access)
            .await
            .unwrap_err();
        let words = format!("`302 Found, location: {place}`");
        assert!(error.to_string().contains(&words), "{error}");
    }
    assert!(other.requests().is_empty());
}
