//! Who is let in, with what.

use std::path::PathBuf;

use capf::secret::AccountPassword;
use capf::transfer::{Access, Problem, Said, Step, TransferError};
use russh::MethodKind;
use russh::keys::{Algorithm, PrivateKey};
use tempfile::TempDir;

use super::server::{Door, PASSWORD, Server, Subsystem, USER, in_openssh_format, new_key};
use super::{Oracle, access, send, written};

/// A server that takes only a key, and that key.
async fn server_with_key(methods: Vec<MethodKind>, wants_both: bool) -> (Server, PrivateKey) {
    let key = new_key(Algorithm::Ed25519);
    let door = Door {
        methods,
        key: Some(key.public_key().clone()),
        wants_both,
        ..Door::default()
    };
    (Server::with_door(door).await, key)
}

fn key_file(key: &PrivateKey) -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = written(directory.path(), "id_ed25519", &in_openssh_format(key));
    (directory, path)
}

fn encrypted(key: &PrivateKey, passphrase: &str) -> PrivateKey {
    key.encrypt(&mut russh::keys::key::safe_rng(), passphrase)
        .unwrap()
}

async fn refused(server: &Server, access: &Access<'_>) -> TransferError {
    let error = send(&server.url("/x"), b"x", false, access)
        .await
        .unwrap_err();
    assert_eq!(error.step, Step::Login, "{error}");
    assert!(server.names().is_empty());
    error
}

async fn accepted(server: &Server, access: &Access<'_>) {
    send(&server.url("/x"), b"x", false, access).await.unwrap();
    assert_eq!(server.names(), ["x"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_refused_with_what_the_server_takes_and_never_shown() {
    let server = Server::start().await;
    let access = Access {
        password: Some(AccountPassword::new("battery staple")),
        ..access(&server)
    };
    let error = refused(&server, &access).await;
    let Problem::NoCredential { allowed, user } = &error.problem else {
        panic!("{error}");
    };
    assert_eq!((&**allowed, &**user), ("password", USER));
    for shown in [error.to_string(), format!("{error:?}")] {
        assert!(!shown.contains("staple"), "{shown}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_user_and_password_of_the_url_go_before_others() {
    let server = Server::start().await;
    let access = Access {
        user: Some("eve".to_owned()),
        password: Some(AccountPassword::new("wrong")),
        ..access(&server)
    };
    let url = format!("sftp://{USER}:correct%20horse@{}/x", server.address);
    send(&url, b"x", false, &access).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_without_a_name_logs_in_as_who_they_are_here() {
    let server = Server::start().await;
    let access = Access {
        user: None,
        login_name: USER.to_owned(),
        ..access(&server)
    };
    accepted(&server, &access).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_nobody_gave_is_asked_for() {
    let server = Server::start().await;
    let oracle = Oracle {
        password: Some(PASSWORD),
        ..Oracle::default()
    };
    let access = Access {
        password: None,
        ask: &oracle,
        ..access(&server)
    };
    accepted(&server, &access).await;
    assert_eq!(oracle.questions(), ["password of ada on 127.0.0.1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_takes_no_passwords_is_told_none() {
    let (server, _) = server_with_key(vec![MethodKind::PublicKey], false).await;
    let oracle = Oracle {
        password: Some(PASSWORD),
        ..Oracle::default()
    };
    let access = Access {
        password: None,
        ask: &oracle,
        ..access(&server)
    };
    let error = refused(&server, &access).await;
    assert!(
        matches!(&error.problem, Problem::NoCredential { allowed, .. } if allowed == "publickey")
    );
    assert!(oracle.questions().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn questions_are_answered_with_the_password_where_the_answer_is_not_to_be_seen() {
    let door = Door {
        methods: vec![MethodKind::KeyboardInteractive],
        ..Door::default()
    };
    let server = Server::with_door(door).await;
    accepted(&server, &access(&server)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_answers_to_questions_are_refused() {
    let door = Door {
        methods: vec![MethodKind::Password, MethodKind::KeyboardInteractive],
        ..Door::default()
    };
    let server = Server::with_door(door).await;
    let access = Access {
        password: Some(AccountPassword::new("wrong")),
        ..access(&server)
    };
    let error = refused(&server, &access).await;
    let text = error.to_string();
    assert!(text.contains("password, keyboard-interactive"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_opens_without_a_password() {
    let (server, key) = server_with_key(vec![MethodKind::PublicKey], false).await;
    let (directory, path) = key_file(&key);
    let other = in_openssh_format(&new_key(Algorithm::Ed25519));
    let access = Access {
        password: None,
        // One is not there, and one is not the right one.
        keys: vec![
            directory.path().join("none"),
            written(directory.path(), "other", &other),
            path,
        ],
        ..access(&server)
    };
    accepted(&server, &access).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_and_a_password_are_given_where_both_are_wanted() {
    let (server, key) = server_with_key(vec![MethodKind::PublicKey], true).await;
    let (_directory, path) = key_file(&key);
    let access = Access {
        keys: vec![path],
        ..access(&server)
    };
    accepted(&server, &access).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_passphrase_of_a_key_is_asked_for() {
    let (server, key) = server_with_key(vec![MethodKind::PublicKey], false).await;
    let (_directory, path) = key_file(&encrypted(&key, "sesame"));
    let oracle = Oracle {
        passphrase: Some("sesame"),
        ..Oracle::default()
    };
    let access = Access {
        keys: vec![path],
        ask: &oracle,
        ..access(&server)
    };
    accepted(&server, &access).await;
    assert_eq!(oracle.questions(), ["passphrase of id_ed25519"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_stays_locked_is_named_and_the_rest_is_tried() {
    let methods = vec![MethodKind::PublicKey, MethodKind::Password];
    let (server, key) = server_with_key(methods, false).await;
    let (directory, path) = key_file(&encrypted(&key, "sesame"));
    let damaged = written(
        directory.path(),
        "id_rsa",
        "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n",
    );
    for (passphrase, reason) in [
        (None, "there is no passphrase for it"),
        (Some("open"), "the passphrase does not open it"),
    ] {
        let oracle = Oracle {
            passphrase,
            ..Oracle::default()
        };
        let access = Access {
            password: Some(AccountPassword::new("wrong")),
            keys: vec![path.clone(), damaged.clone()],
            ask: &oracle,
            ..access(&server)
        };
        let error = refused(&server, &access).await;
        assert!(matches!(error.problem, Problem::Credentials { .. }));
        let text = error.to_string();
        for part in [
            reason,
            &path.display().to_string(),
            &damaged.display().to_string(),
            "no private key that can be read here",
            "the server takes publickey, password",
        ] {
            assert!(text.contains(part), "{text}");
        }
        assert!(!text.contains("AAAA"), "{text}");
    }
    let access = Access {
        keys: vec![path, damaged],
        ..access(&server)
    };
    accepted(&server, &access).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_is_gone_is_passed_over() {
    let server = Server::start().await;
    let directory = tempfile::tempdir().unwrap();
    let access = Access {
        agent: Some(directory.path().join("agent")),
        ..access(&server)
    };
    accepted(&server, &access).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_has_seen_too_many_tries_has_the_last_word() {
    let door = Door {
        methods: vec![MethodKind::PublicKey, MethodKind::Password],
        most_attempts: 2,
        ..Door::default()
    };
    let server = Server::with_door(door).await;
    let directory = tempfile::tempdir().unwrap();
    let keys = ["a", "b", "c", "d"].map(|name| {
        let key = in_openssh_format(&new_key(Algorithm::Ed25519));
        written(directory.path(), name, &key)
    });
    let access = Access {
        keys: keys.to_vec(),
        ..access(&server)
    };
    let error = refused(&server, &access).await;
    let Problem::Said { words, kind } = &error.problem else {
        panic!("{error:?}");
    };
    assert_eq!(
        (&**words, *kind),
        ("Too many authentication attempts", Said::Login)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_sftp_is_told_from_one_that_refuses_the_user() {
    let door = Door {
        sftp: Subsystem::Nothing,
        ..Door::default()
    };
    let server = Server::with_door(door).await;
    let error = refused(&server, &access(&server)).await;
    assert!(error.to_string().contains("subsystem sftp"), "{error}");
}
