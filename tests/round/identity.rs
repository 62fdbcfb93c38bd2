//! Servers that are not who they should be.

use russh::keys::{Algorithm, HashAlg};

use super::home::Home;
use super::https_certificates::Authority;
use super::https_server::Server as HttpsServer;
use super::place::Place;
use super::sftp_server::new_key;
use super::{PASSWORD, USER, fails, run};

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_host_key_is_believed_by_nobody_who_cannot_be_asked() {
    let (home, _) = Home::with_pending(1).await;
    let place = Place::sftp().await;
    let fingerprint = place.options[1].clone();
    let url = place.url("csrs.tgz");
    // `--yes` is no answer to this.
    for more in [&[][..], &["--yes"]] {
        let mut command = home.capf(&["csr", "dump", &url, "--user", USER]);
        command.args(more).env("CAPF_PASSWORD", PASSWORD);
        let believed = format!("--host-key {fingerprint}");
        let words = [
            "checking the server's host key failed",
            "which no known_hosts file has for it",
            "ssh-ed25519",
            "Compare the fingerprint with what `ssh-keygen -lf` shows",
            &believed,
        ];
        fails(&home, &mut command, &words).await;
    }
    assert!(place.names().is_empty());
    // What the hint says helps, and once is enough.
    for (file, more) in [("1.tgz", &["--host-key", &fingerprint][..]), ("2.tgz", &[])] {
        let mut command = home.capf(&["csr", "dump", &place.url(file), "--user", USER]);
        command.args(more).env("CAPF_PASSWORD", PASSWORD);
        let said = run(&mut command);
        assert_eq!(said.code, Some(0), "{}", said.stderr);
    }
    assert_eq!(place.names(), ["1.tgz", "2.tgz"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_host_key_is_refused() {
    let (home, _) = Home::with_pending(1).await;
    let place = Place::sftp().await;
    let url = place.url("csrs.tgz");
    let other = new_key(Algorithm::Ed25519);
    let fingerprint = other.public_key().fingerprint(HashAlg::Sha256).to_string();
    let host = format!("[127.0.0.1]:{}", place.address.port());
    let line = format!("{host} {}\n", other.public_key().to_openssh().unwrap());
    home.write("hosts", line.as_bytes());

    let remedy = format!("ssh-keygen -R '{host}'");
    for (option, value, words) in [
        (
            "--known-hosts",
            "hosts",
            ["hosts", "another one for it", &remedy],
        ),
        (
            "--host-key",
            &fingerprint,
            ["and not", &fingerprint, "Ask whoever runs the server"],
        ),
    ] {
        let mut command = home.capf(&["csr", "dump", &url, "--user", USER, option, value, "--yes"]);
        command.env("CAPF_PASSWORD", PASSWORD);
        let said = fails(&home, &mut command, &words).await;
        assert!(
            said.stderr
                .contains("checking the server's host key failed")
        );
    }
    assert!(place.names().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_has_expired_or_is_of_a_stranger_is_refused() {
    let (home, _) = Home::with_pending(1).await;
    let authority = Authority::new();
    for (tls, words) in [
        (
            authority.expired_server(),
            "the server's certificate has expired",
        ),
        (
            Authority::new().server(),
            "from a CA that is not trusted here",
        ),
        (
            authority.server_named("files.example.com"),
            "is not for 127.0.0.1",
        ),
    ] {
        let server = HttpsServer::start(tls).await;
        let ca_file = authority.file().display().to_string();
        for command in ["csr dump", "cert import"] {
            let (noun, verb) = command.split_once(' ').unwrap();
            let url = server.url("/csrs.tgz");
            let mut command = home.capf(&[noun, verb, &url, "--user", USER, "--ca-file", &ca_file]);
            command.env("CAPF_PASSWORD", PASSWORD);
            let words = ["setting up TLS failed", words, "--ca-file"];
            fails(&home, &mut command, &words).await;
        }
        assert!(server.requests().is_empty(), "it was told something");
    }
}
