//! Whom we believe.

use std::fs;

use capf::transfer::{Access, Problem, Step, TransferError};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::certificates::Authority;
use super::server::Server;
use super::{access, access_as, upload};

async fn refused(server: &Server, access: &Access<'_>) -> TransferError {
    let error = upload(&server.url("/a"), b"x", false, access)
        .await
        .unwrap_err();
    assert_eq!(error.step, Step::Tls, "{error}");
    assert!(server.requests().is_empty());
    error
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_that_are_not_to_be_trusted_are_refused_in_plain_words() {
    let authority = Authority::new();
    for (tls, words) in [
        (
            authority.expired_server(),
            "the server's certificate has expired (certificate has expired)",
        ),
        (
            authority.server_named("files.example.com"),
            "the server's certificate is not for 127.0.0.1 (IP address mismatch)",
        ),
        (
            Authority::new().server(),
            "the server's certificate is from a CA that is not trusted here (",
        ),
    ] {
        let server = Server::start(tls).await;
        let error = refused(&server, &access_as("me", "hush", authority.file())).await;
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_for_another_name_than_the_urls_is_refused() {
    let authority = Authority::new();
    let server = Server::start(authority.server_named("files.example.com")).await;
    let url = format!("https://localhost:{}/a", server.address.port());
    let error = upload(&url, b"x", false, &access(authority.file()))
        .await
        .unwrap_err();
    let words = "the server's certificate is not for localhost (hostname mismatch)";
    assert!(error.to_string().contains(words), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_file_of_cas_the_systems_are_trusted_and_no_other() {
    let authority = Authority::new();
    let server = Server::start(authority.server()).await;
    let access = Access {
        ca_file: None,
        ..access(authority.file())
    };
    let error = refused(&server, &access).await;
    assert!(error.to_string().contains("not trusted here"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_cas_that_is_of_no_use_is_named() {
    let authority = Authority::new();
    let server = Server::start(authority.server()).await;
    let directory = tempfile::tempdir().unwrap();
    let empty = directory.path().join("empty.pem");
    fs::write(&empty, "").unwrap();
    let broken = directory.path().join("broken.pem");
    fs::write(
        &broken,
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    )
    .unwrap();
    for file in [empty, broken, directory.path().join("missing.pem")] {
        let error = refused(&server, &access(file.clone())).await;
        let Problem::Credentials { path, reason } = error.problem else {
            panic!("{error}");
        };
        assert_eq!(path, file.display().to_string());
        assert!(!reason.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_several_cas_is_read_to_its_end() {
    let authority = Authority::new();
    let server = Server::start(authority.server()).await;
    let directory = tempfile::tempdir().unwrap();
    let both = directory.path().join("both.pem");
    let [first, second] =
        [Authority::new(), authority].map(|authority| fs::read(authority.file()).unwrap());
    fs::write(&both, [first, second].concat()).unwrap();
    upload(&server.url("/a"), b"x", false, &access(both))
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_does_not_speak_tls_is_told_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}/a", listener.local_addr().unwrap());
    let heard = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut heard = vec![0; 4096];
        let count = stream.read(&mut heard).await.unwrap();
        heard.truncate(count);
        let no = b"HTTP/1.1 400 Bad Request\r\n\r\n";
        stream.write_all(no).await.unwrap();
        stream.read_to_end(&mut heard).await.ok();
        heard
    });
    let authority = Authority::new();
    let access = access_as("me", "hush", authority.file());
    let error = upload(&url, b"x", false, &access).await.unwrap_err();
    assert_eq!(error.step, Step::Tls, "{error}");
    assert!(error.to_string().contains("does not speak TLS"), "{error}");
    let heard = String::from_utf8_lossy(&heard.await.unwrap()).into_owned();
    assert!(!heard.contains("HEAD"), "{heard}");
}
