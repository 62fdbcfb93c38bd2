//! Servers that refuse, are silent, or are not there; uploads that are stopped.

use std::time::Duration;

use capf::transfer::{Access, Problem, Said, Step, TransferError};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::certificates::Authority;
use super::server::{Act, Request, Server, answer};
use super::{access, access_as, download, several_megabytes, upload, upload_until};

fn said(error: TransferError) -> (Step, String, Said) {
    match error.problem {
        Problem::Said { words, kind } => (error.step, words, kind),
        _ => panic!("{error}"),
    }
}

async fn server_with(
    authority: &Authority,
    script: impl Fn(&Request) -> Act + Send + Sync + 'static,
) -> Server {
    Server::start_with(authority.server(), script).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_named_before_anything_is_sent() {
    let authority = Authority::new();
    let server = server_with(&authority, |_| {
        let headers = "WWW-Authenticate: Basic realm=\"files\"\r\n";
        Act::Say(answer("401 Unauthorized", headers, ""))
    })
    .await;
    let access = access_as("admin", "hush", authority.file());
    for replace in [false, true] {
        let error = upload(&server.url("/a"), &several_megabytes(), replace, &access)
            .await
            .unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hush"));
        let (step, words, kind) = said(error);
        let expected = "401 Unauthorized, www-authenticate: Basic realm=\"files\"";
        assert_eq!(
            (step, &words[..], kind),
            (Step::Login, expected, Said::Login)
        );
    }
    assert_eq!(server.methods(), ["HEAD", "HEAD"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_server_says_instead_of_taking_the_file_is_passed_on() {
    let authority = Authority::new();
    for (status, body, expected, kind) in [
        ("401 Unauthorized", "", "401 Unauthorized", Said::Login),
        (
            "403 Forbidden",
            "read only\r\n",
            "403 Forbidden: read only",
            Said::Denied,
        ),
        ("409 Conflict", "", "409 Conflict", Said::NotFound),
        ("413 Too Big", "1 MB", "413 Too Big: 1 MB", Said::Other),
        (
            "507 Insufficient Storage",
            "",
            "507 Insufficient Storage",
            Said::Full,
        ),
        ("302 Found", "", "302 Found, location: /b", Said::Other),
        ("202 Accepted", "", "202 Accepted", Said::Other),
    ] {
        // It says so before it has read anything, and after it has read everything.
        for at_once in [true, false] {
            let server = server_with(&authority, move |request| {
                let headers = match status {
                    "302 Found" => "Location: /b\r\n",
                    _ => "Content-Type: text/plain\r\n",
                };
                let refusal = answer(status, headers, body);
                match &request.method[..] {
                    "PUT" if at_once => Act::SayAtOnce(refusal),
                    "PUT" => Act::Say(refusal),
                    _ => Act::Usual,
                }
            })
            .await;
            let error = upload(
                &server.url("/a"),
                &several_megabytes(),
                false,
                &access(authority.file()),
            )
            .await
            .unwrap_err();
            assert_eq!(error.left_behind, None);
            let (step, words, found) = said(error);
            assert_eq!((&words[..], found), (expected, kind));
            let login = status.starts_with("401");
            assert_eq!(step, if login { Step::Login } else { Step::Send });
            assert!(server.is_empty());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_takes_the_file_before_it_has_it_is_not_believed() {
    let authority = Authority::new();
    let server = server_with(&authority, |request| match &request.method[..] {
        "PUT" => Act::SayAtOnce(answer("201 Created", "", "")),
        _ => Act::Usual,
    })
    .await;
    let error = upload(
        &server.url("/a"),
        &several_megabytes(),
        false,
        &access(authority.file()),
    )
    .await
    .unwrap_err();
    assert!(matches!(error.problem, Problem::Protocol { .. }), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn endless_words_are_cut_and_do_not_hold_us_up() {
    let authority = Authority::new();
    let mut endless = b"HTTP/1.1 500 Oops\r\nContent-Type: text/plain\r\n\r\n".to_vec();
    endless.extend(b"word ".repeat(1_000_000));
    let server = server_with(&authority, move |_| Act::Say(endless.clone())).await;
    let error = download(&server.url("/a"), 10, &access(authority.file()))
        .await
        .unwrap_err();
    let (_, words, _) = said(error);
    assert!(words.starts_with("500 Oops: word word"), "{words}");
    assert!(words.len() < 500, "{words}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_http_is_called_so() {
    let authority = Authority::new();
    let server = server_with(&authority, |_| {
        Act::Say(b"220 files ready\r\n\r\n".to_vec())
    })
    .await;
    let error = upload(&server.url("/a"), b"x", false, &access(authority.file()))
        .await
        .unwrap_err();
    assert_eq!(error.step, Step::Open);
    assert!(matches!(error.problem, Problem::Protocol { .. }), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_does_not_resolve_is_said_to_be_looked_up() {
    let authority = Authority::new();
    let access = access(authority.file());
    let error = upload("https://files.invalid/a", b"x", false, &access)
        .await
        .unwrap_err();
    assert_eq!(error.step, Step::Resolve, "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_on_which_nobody_listens_is_said_to_refuse_the_connection() {
    let authority = Authority::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}/a", listener.local_addr().unwrap());
    drop(listener);
    let error = upload(&url, b"x", true, &access(authority.file()))
        .await
        .unwrap_err();
    assert_eq!(error.step, Step::Connect);
    let Problem::Io { source } = error.problem else {
        panic!("{error}");
    };
    assert_eq!(source.kind(), std::io::ErrorKind::ConnectionRefused);
}

fn impatient(authority: &Authority) -> Access<'static> {
    Access {
        timeout: Duration::from_secs(1),
        ..access(authority.file())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_accepts_and_says_nothing_is_not_waited_for() {
    let authority = Authority::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}/a", listener.local_addr().unwrap());
    let error = upload(&url, b"x", false, &impatient(&authority))
        .await
        .unwrap_err();
    assert_eq!(error.step, Step::Connect);
    assert!(
        matches!(error.problem, Problem::TimedOut { seconds: 1 }),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_falls_silent_is_not_waited_for_wherever_it_does() {
    let authority = Authority::new();
    for (method, step) in [("HEAD", Step::Open), ("PUT", Step::Send)] {
        let server = server_with(&authority, move |request| {
            if request.method == method {
                Act::Silence
            } else {
                Act::Usual
            }
        })
        .await;
        // One file fits into the buffers on the way, the other does not.
        for bytes in [b"x".to_vec(), vec![0; 30_000_000]] {
            let error = upload(&server.url("/a"), &bytes, false, &impatient(&authority))
                .await
                .unwrap_err();
            assert_eq!(error.step, step, "{error}");
            assert!(matches!(error.problem, Problem::TimedOut { .. }), "{error}");
            assert_eq!(error.left_behind, None);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_stalls_is_not_waited_for() {
    let authority = Authority::new();
    let server = server_with(&authority, |_| {
        Act::SayAndFallSilent(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabc".to_vec())
    })
    .await;
    let error = download(&server.url("/a"), 10, &impatient(&authority))
        .await
        .unwrap_err();
    assert_eq!(error.step, Step::Receive);
    assert!(matches!(error.problem, Problem::TimedOut { .. }), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_is_stopped_in_the_middle_leaves_nothing() {
    let authority = Authority::new();
    for in_place in [false, true] {
        let stop = CancellationToken::new();
        let when = stop.clone();
        let server = server_with(&authority, move |request| match &request.method[..] {
            "PUT" => {
                when.cancel();
                if in_place { Act::InPlace } else { Act::Usual }
            }
            _ => Act::Usual,
        })
        .await;
        let bytes = several_megabytes();
        let url = server.url("/a");
        let error = upload_until(&url, &bytes, false, &access(authority.file()), &stop)
            .await
            .unwrap_err();
        assert_eq!(error.step, Step::Stop);
        assert!(matches!(error.problem, Problem::Stopped), "{error}");
        assert_eq!(error.left_behind, None);
        assert!(server.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_is_stopped_while_the_server_is_asked_what_is_there() {
    let authority = Authority::new();
    let stop = CancellationToken::new();
    let when = stop.clone();
    let server = server_with(&authority, move |_| {
        when.cancel();
        Act::Silence
    })
    .await;
    let url = server.url("/a");
    let error = upload_until(&url, b"x", false, &access(authority.file()), &stop)
        .await
        .unwrap_err();
    assert_eq!(error.step, Step::Stop, "{error}");
}
