//! Whether the server is the right one.

use std::path::PathBuf;

use capf::transfer::{Access, Problem, Step};
use russh::keys::{Algorithm, EcdsaCurve, HashAlg};
use tempfile::TempDir;

use super::server::{Door, Server, new_key};
use super::{Oracle, access, send, written};

const ECDSA: Algorithm = Algorithm::Ecdsa {
    curve: EcdsaCurve::NistP256,
};

/// A server of which nothing is known, and a file for its key that is not there yet.
async fn stranger() -> (Server, Access<'static>, TempDir, PathBuf) {
    let server = Server::start().await;
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("ssh/known_hosts");
    let access = Access {
        host_key: None,
        known_hosts: vec![file.clone()],
        ..access(&server)
    };
    (server, access, directory, file)
}

fn name(server: &Server) -> String {
    format!("[127.0.0.1]:{}", server.address.port())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_nobody_knows_is_refused_and_shown() {
    let (server, access, _directory, file) = stranger().await;
    let error = send(&server.url("/x"), b"x", false, &access)
        .await
        .unwrap_err();
    assert_eq!(error.step, Step::HostKey);
    assert!(matches!(error.problem, Problem::UnknownHostKey { .. }));
    let text = error.to_string();
    for part in [&*name(&server), "ssh-ed25519", &*server.fingerprint()] {
        assert!(text.contains(part), "{text}");
    }
    assert!(!file.exists());
    assert!(server.names().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_somebody_believes_is_asked_about_once() {
    let (server, access, _directory, file) = stranger().await;
    let oracle = Oracle {
        believes: true,
        ..Oracle::default()
    };
    let access = Access {
        ask: &oracle,
        ..access
    };
    for _ in 0..2 {
        send(&server.url("/x"), b"x", true, &access).await.unwrap();
    }
    let question = format!("{} ssh-ed25519 {}", name(&server), server.fingerprint());
    assert_eq!(oracle.questions(), [question]);
    let line = std::fs::read_to_string(file).unwrap();
    assert!(
        line.starts_with(&format!("{} ssh-ed25519 AAAA", name(&server))),
        "{line}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_whose_fingerprint_was_given_is_believed_and_kept() {
    let (server, mut access, _directory, file) = stranger().await;
    access.host_key = Some(format!("{}=", server.fingerprint()));
    send(&server.url("/x"), b"x", true, &access).await.unwrap();
    assert!(file.exists());
    // Now the file knows it.
    access.host_key = None;
    send(&server.url("/x"), b"x", true, &access).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_with_another_fingerprint_than_was_given_is_refused_and_nobody_is_asked() {
    let (server, access, _directory, file) = stranger().await;
    let oracle = Oracle {
        believes: true,
        ..Oracle::default()
    };
    let expected = new_key(Algorithm::Ed25519)
        .fingerprint(HashAlg::Sha256)
        .to_string();
    let access = Access {
        host_key: Some(expected.clone()),
        ask: &oracle,
        ..access
    };
    let error = send(&server.url("/x"), b"x", false, &access)
        .await
        .unwrap_err();
    assert_eq!(error.step, Step::HostKey);
    assert!(matches!(error.problem, Problem::OtherHostKey { .. }));
    let text = error.to_string();
    assert!(
        text.contains(&expected) && text.contains(&server.fingerprint()),
        "{text}"
    );
    assert!(oracle.questions().is_empty());
    assert!(!file.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_in_place_of_another_is_refused_whatever_anybody_believes() {
    let (server, access, directory, _) = stranger().await;
    let other = new_key(Algorithm::Ed25519)
        .public_key()
        .to_openssh()
        .unwrap();
    let file = written(
        directory.path(),
        "known_hosts",
        &format!("# a comment\n{} {other}\n", name(&server)),
    );
    let oracle = Oracle {
        believes: true,
        ..Oracle::default()
    };
    let access = Access {
        host_key: Some(server.fingerprint()),
        known_hosts: vec![file.clone()],
        ask: &oracle,
        ..access
    };
    let error = send(&server.url("/x"), b"x", false, &access)
        .await
        .unwrap_err();
    assert_eq!(error.step, Step::HostKey);
    assert!(matches!(error.problem, Problem::ChangedHostKey { .. }));
    let text = error.to_string();
    assert!(text.contains(&format!("{}:2", file.display())), "{text}");
    assert!(text.contains(&server.fingerprint()), "{text}");
    assert!(oracle.questions().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_key_is_refused() {
    let door = Door::default();
    let key = door.host_keys[0].public_key().to_openssh().unwrap();
    let server = Server::with_door(door).await;
    let directory = tempfile::tempdir().unwrap();
    let lines = format!("{} {key}\n@revoked * {key}\n", name(&server));
    let file = written(directory.path(), "known_hosts", &lines);
    let access = Access {
        known_hosts: vec![file.clone()],
        ..access(&server)
    };
    let error = send(&server.url("/x"), b"x", false, &access)
        .await
        .unwrap_err();
    assert_eq!(error.step, Step::HostKey);
    assert!(matches!(error.problem, Problem::RevokedHostKey { .. }));
    assert!(
        error.to_string().contains(&format!("{}:2", file.display())),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_keys_the_server_is_asked_for_the_one_that_is_known() {
    let door = Door {
        host_keys: vec![new_key(Algorithm::Ed25519), new_key(ECDSA)],
        ..Door::default()
    };
    let known = door.host_keys[1].public_key().to_openssh().unwrap();
    let server = Server::with_door(door).await;
    let directory = tempfile::tempdir().unwrap();
    let line = format!("{} {known}\n", name(&server));
    let access = Access {
        host_key: None,
        known_hosts: vec![written(directory.path(), "known_hosts", &line)],
        ..access(&server)
    };
    send(&server.url("/x"), b"x", false, &access).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_cannot_be_kept_is_not_believed_in_silence() {
    let (server, access, directory, _) = stranger().await;
    let in_the_way = written(directory.path(), "file", "");
    let file = in_the_way.join("known_hosts");
    let oracle = Oracle {
        believes: true,
        ..Oracle::default()
    };
    let access = Access {
        // The first is where it would be kept.
        known_hosts: vec![directory.path().join("none"), file.clone()],
        ask: &oracle,
        ..access
    };
    let error = send(&server.url("/x"), b"x", false, &access)
        .await
        .unwrap_err();
    assert_eq!(error.step, Step::HostKey);
    assert!(
        error.to_string().contains(&file.display().to_string()),
        "{error}"
    );

    let place = directory.path().join("directory");
    std::fs::create_dir(&place).unwrap();
    std::os::unix::fs::symlink("/proc/self/none", place.join("known_hosts")).unwrap();
    let access = Access {
        known_hosts: vec![place.join("known_hosts")],
        ..access
    };
    let error = send(&server.url("/x"), b"x", false, &access)
        .await
        .unwrap_err();
    assert_eq!(error.step, Step::HostKey);
    assert!(
        matches!(error.problem, Problem::Credentials { .. }),
        "{error}"
    );
    assert!(server.names().is_empty());
}
