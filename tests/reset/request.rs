//! A web server.

use std::time::Duration;

use capf::config;

use super::https_certificates::Authority;
use super::https_server::{Act, Server, answer};
use super::{device, failure, hook};

/// Requests to the server, whose answers the CA vouches for.
fn settings(server: &Server, authority: &Authority, path: &str) -> config::Reset {
    config::Reset {
        url: Some(server.url(path)),
        ca_file: Some(authority.file()),
        ..config::Reset::default()
    }
}

fn saying(status: &'static str) -> Act {
    Act::Say(answer(
        status,
        "Content-Type: text/plain\r\n",
        "no such endpoint",
    ))
}

#[tokio::test]
async fn a_request_has_the_name_in_its_url_and_the_headers_of_the_file() {
    let authority = Authority::new();
    let server = Server::start_with(authority.server(), |_| saying("204 No Content")).await;
    let directory = tempfile::tempdir().unwrap();
    let headers = directory.path().join("headers");
    std::fs::write(&headers, "Authorization: Bearer hush\nX-Site: Zurich\n").unwrap();
    let settings = config::Reset {
        header_file: Some(headers),
        ..settings(&server, &authority, "/reset?phone={name}")
    };
    let hook = hook(&settings);
    assert!(!format!("{hook:?}").contains("hush"));
    hook.reset(&device("CSFANNA.B-C_D")).await.unwrap();
    let requests = server.requests();
    let [request] = &requests[..] else {
        panic!("{requests:?}")
    };
    assert_eq!(request.method, "POST");
    assert_eq!(request.path, "/reset?phone=CSFANNA.B-C_D");
    assert_eq!(request.header("authorization"), Some("Bearer hush"));
    assert_eq!(request.header("x-site"), Some("Zurich"));
    assert_eq!(request.header("content-length"), Some("0"));
}

#[tokio::test]
async fn the_method_can_be_chosen() {
    let authority = Authority::new();
    let server = Server::start_with(authority.server(), |_| saying("200 OK")).await;
    let settings = config::Reset {
        method: "PUT".to_owned(),
        ..settings(&server, &authority, "/{name}")
    };
    hook(&settings).reset(&device("CSFANNA")).await.unwrap();
    assert_eq!(server.methods(), ["PUT"]);
}

#[tokio::test]
async fn every_answer_but_a_success_is_a_failure_in_the_servers_words() {
    let authority = Authority::new();
    for status in [
        "302 Found",
        "401 Unauthorized",
        "404 Not Found",
        "500 Oh No",
    ] {
        let server = Server::start_with(authority.server(), move |_| saying(status)).await;
        let reason = failure(&settings(&server, &authority, "/{name}"), "CSFANNA").await;
        assert!(reason.starts_with(&server.url("/CSFANNA")), "{reason}");
        assert!(reason.contains(&status[..3]), "{reason}");
        assert!(reason.contains("no such endpoint"), "{reason}");
    }
}

#[tokio::test]
async fn a_server_that_nobody_vouches_for_hears_nothing() {
    let (authority, other) = (Authority::new(), Authority::new());
    let server = Server::start_with(authority.server(), |_| saying("200 OK")).await;
    let reason = failure(&settings(&server, &other, "/{name}"), "CSFANNA").await;
    assert!(reason.contains("a CA that is not trusted here"), "{reason}");
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_a_failure_in_the_end() {
    let authority = Authority::new();
    let server = Server::start_with(authority.server(), |_| Act::Silence).await;
    let settings = config::Reset {
        timeout: Duration::from_secs(1),
        ..settings(&server, &authority, "/{name}")
    };
    let reason = failure(&settings, "CSFANNA").await;
    assert!(reason.contains("no answer within 1 s"), "{reason}");
}

#[tokio::test]
async fn a_command_that_fails_keeps_no_request_from_being_made() {
    let authority = Authority::new();
    let server = Server::start_with(authority.server(), |_| saying("404 Not Found")).await;
    let settings = config::Reset {
        command: Some(vec!["false".to_owned()]),
        ..settings(&server, &authority, "/{name}")
    };
    let reason = failure(&settings, "CSFANNA").await;
    assert!(
        reason.starts_with("false ended with exit code 1; https://"),
        "{reason}"
    );
    assert!(reason.contains("404"), "{reason}");
}

#[test]
fn a_file_of_headers_that_cannot_be_used_is_refused_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let headers = directory.path().join("headers");
    let settings = config::Reset {
        url: Some("https://pbx.example.com/{name}".to_owned()),
        header_file: Some(headers.clone()),
        ..config::Reset::default()
    };
    let refused = || capf::reset::Hook::new(&settings).unwrap_err().to_string();
    assert!(refused().contains("cannot be read"), "{}", refused());
    std::fs::write(&headers, "hush\n").unwrap();
    let error = refused();
    assert!(
        error.contains("line 1") && !error.contains("hush"),
        "{error}"
    );
}
