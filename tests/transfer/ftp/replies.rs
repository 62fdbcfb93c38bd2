//! What servers say, and what becomes of it.

use capf::secret::AccountPassword;
use capf::transfer::{Access, Problem, Said, Step, TransferError, upload};
use tokio_util::sync::CancellationToken;

use super::scripted::{COMPLETION, END, GREETING, Script};
use crate::sending::{access, bytes, fetch, file, send};

/// The error is in these words of the server's, at this step.
fn says(error: &TransferError, step: Step, kind: Said, words: &str) {
    assert_eq!(error.step, step, "{error}");
    match &error.problem {
        Problem::Said {
            words: said,
            kind: meant,
        } => {
            assert_eq!((said.as_str(), *meant), (words, kind));
        }
        other => unreachable!("{other:?}"),
    }
}

fn admin() -> Access<'static> {
    Access {
        user: Some("admin".to_owned()),
        password: Some(AccountPassword::new("s3cret")),
        ..access(None)
    }
}

#[tokio::test]
async fn users_and_those_without_a_name_log_in() {
    let server = Script::default().start().await;
    send(&server.remote("x"), b"x", &admin()).await.unwrap();
    assert_eq!(server.heard()[..3], ["USER admin", "PASS s3cret", "TYPE I"]);

    let server = Script::default().start().await;
    send(&server.remote("x"), b"x", &access(None))
        .await
        .unwrap();
    assert_eq!(server.heard()[..2], ["USER anonymous", "PASS capf@"]);
}

#[tokio::test]
async fn a_server_that_wants_no_password_gets_none() {
    let server = Script::default()
        .reply("USER", "230 Welcome.")
        .start()
        .await;
    send(&server.remote("x"), b"x", &admin()).await.unwrap();
    assert_eq!(server.heard()[..2], ["USER admin", "TYPE I"]);
}

#[tokio::test]
async fn a_refused_login_is_told_in_the_words_of_the_server_alone() {
    let refusal = "530-Sorry.\r\n530 Not today.";
    let server = Script::default().reply("PASS", refusal).start().await;
    let error = send(&server.remote("x"), b"x", &admin()).await.unwrap_err();
    says(&error, Step::Login, Said::Login, refusal);
    let text = format!("{error} {error:?}");
    assert!(!text.contains("s3cret"), "{text}");
    assert!(!error.to_string().contains('\n'));
    assert!(server.files().is_empty());
}

#[tokio::test]
async fn a_user_without_a_password_is_not_tried() {
    let server = Script::default().start().await;
    let access = Access {
        password: None,
        ..admin()
    };
    let error = send(&server.remote("x"), b"x", &access).await.unwrap_err();
    assert_eq!(error.step, Step::Login);
    assert!(matches!(error.problem, Problem::NoCredential { .. }));
    assert_eq!(server.heard(), ["USER admin"]);
}

#[tokio::test]
async fn a_server_that_is_closed_says_so() {
    let closed = "421 Too many connections.";
    let server = Script::default().reply(GREETING, closed).start().await;
    let error = send(&server.remote("x"), b"x", &admin()).await.unwrap_err();
    says(&error, Step::Connect, Said::Other, closed);
}

#[tokio::test]
async fn a_server_that_closes_on_the_way_says_so() {
    let closing = "421 Timeout.";
    for (command, step) in [
        ("USER", Step::Login),
        ("SIZE", Step::Verify),
        ("EPSV", Step::Open),
        ("STOR", Step::Open),
        ("RNFR", Step::Rename),
    ] {
        let server = Script::default()
            .reply(command, closing)
            .reply("PASV", END)
            .start()
            .await;
        let error = send(&server.remote("x"), b"x", &admin()).await.unwrap_err();
        says(&error, step, Said::Other, closing);
    }
}

#[tokio::test]
async fn a_server_without_tls_gets_no_password() {
    for refusal in ["502 No such thing.", "530 Please login with USER and PASS."] {
        let server = Script::default().reply("AUTH", refusal).start().await;
        let remote = server.remote_over("ftps", "x");
        let error = send(&remote, b"x", &admin()).await.unwrap_err();
        says(&error, Step::Tls, Said::Other, refusal);
        assert_eq!(server.heard(), ["AUTH TLS"]);
    }
}

#[tokio::test]
async fn a_server_that_speaks_no_tls_is_told() {
    let server = Script::default().start().await;
    let remote = server.remote_over("ftps+implicit", "x");
    let error = send(&remote, b"x", &admin()).await.unwrap_err();
    assert_eq!(error.step, Step::Tls);
    assert_eq!(error.problem.to_string(), "wrong version number");
}

#[tokio::test]
async fn without_epsv_there_is_pasv_and_the_address_that_we_know() {
    for refusal in [
        "500 What?",
        "502 No.",
        "522 Use 1.",
        "229 Extended, somehow",
    ] {
        let server = Script::default().reply("EPSV", refusal).start().await;
        let remote = server.remote("x");
        send(&remote, &bytes(1000), &access(None)).await.unwrap();
        assert!(fetch(&remote, &access(None)).await.unwrap() == bytes(1000));
        assert_eq!(
            server.heard().iter().filter(|line| *line == "PASV").count(),
            2
        );
    }
}

#[tokio::test]
async fn a_server_without_any_data_connection_is_told() {
    let server = Script::default()
        .reply("EPSV", "502 No.")
        .reply("PASV", "502 Neither.")
        .start()
        .await;
    let error = send(&server.remote("x"), b"x", &admin()).await.unwrap_err();
    says(&error, Step::Open, Said::Other, "502 Neither.");
}

#[tokio::test]
async fn a_data_connection_that_nobody_takes_is_named() {
    let server = Script::default()
        .reply("EPSV", "229 Extended (|||1|)")
        .start()
        .await;
    let error = send(&server.remote("x"), b"x", &admin()).await.unwrap_err();
    assert_eq!(error.step, Step::Open);
    let text = error.to_string();
    assert!(
        text.contains("the data connection to 127.0.0.1:1: "),
        "{text}"
    );
}

#[tokio::test]
async fn what_a_refusal_to_open_a_file_means_is_looked_up() {
    for (path, directory, kind) in [
        ("x", "250 Yes.", Said::Denied),
        ("a/x", "250 Yes.", Said::Denied),
        ("a/x", "550 No.", Said::NotFound),
    ] {
        let server = Script::default()
            .reply("STOR", "553 No.")
            .reply("CWD", directory)
            .start()
            .await;
        let error = send(&server.remote(path), b"x", &admin())
            .await
            .unwrap_err();
        says(&error, Step::Open, kind, "553 No.");
        assert_eq!(error.left_behind, None);
    }
    let server = Script::default().reply("RETR", "550 No.").start().await;
    let error = fetch(&server.remote("x"), &admin()).await.unwrap_err();
    says(&error, Step::Open, Said::NotFound, "550 No.");
    server.holds("x", b"x");
    let error = fetch(&server.remote("x"), &admin()).await.unwrap_err();
    says(&error, Step::Open, Said::Denied, "550 No.");
}

#[tokio::test]
async fn a_disk_that_fills_up_on_the_way_is_told_as_such() {
    for full in ["452 No space.", "552 Quota."] {
        let server = Script::default()
            .moves(100_000)
            .reply(COMPLETION, full)
            .start()
            .await;
        let error = send(&server.remote("x"), &bytes(20_000_000), &admin())
            .await
            .unwrap_err();
        says(&error, Step::Send, Said::Full, full);
        assert_eq!(error.left_behind, None);
        assert!(server.files().is_empty());
    }
}

#[tokio::test]
async fn an_upload_counts_only_once_the_server_has_said_so() {
    let refusal = "451 The disk has failed.";
    let server = Script::default().reply(COMPLETION, refusal).start().await;
    let error = send(&server.remote("x"), b"x", &admin()).await.unwrap_err();
    says(&error, Step::Send, Said::Other, refusal);
    assert!(server.files().is_empty());

    let server = Script::default().reply(COMPLETION, END).start().await;
    let error = send(&server.remote("x"), b"xyz", &admin())
        .await
        .unwrap_err();
    assert_eq!(error.step, Step::Send);
    assert!(matches!(error.problem, Problem::Cut { bytes: 3 }));
    assert!(server.files().is_empty());
}

#[tokio::test]
async fn an_upload_that_is_shorter_on_the_server_is_taken_away() {
    // It lies: the data connection has ended early.
    let server = Script::default().moves(10).start().await;
    let error = send(&server.remote("x"), &bytes(1000), &admin())
        .await
        .unwrap_err();
    assert_eq!(error.step, Step::Verify, "{error}");
    assert!(matches!(
        error.problem,
        Problem::Size {
            bytes: 1000,
            found: 10
        }
    ));
    assert!(server.files().is_empty());
}

#[tokio::test]
async fn what_cannot_be_taken_away_is_named() {
    let server = Script::default()
        .reply("RNTO", "553 No.")
        .reply("DELE", "550 No.")
        .reply("SIZE", "213 1")
        .start()
        .await;
    let error = send(&server.remote("x"), b"x", &admin()).await.unwrap_err();
    let left = error.left_behind.expect("it is named");
    assert!(left.starts_with("x."), "{left}");
}

#[tokio::test]
async fn a_server_that_cannot_tell_sizes_takes_files_and_gives_them() {
    let server = Script::default().reply("SIZE", "502 What?").start().await;
    let remote = server.remote("x");
    let sent = send(&remote, b"xyz", &access(None)).await.unwrap();
    assert!(!sent.verified);
    assert_eq!(server.files()["x"], b"xyz");
    assert_eq!(fetch(&remote, &access(None)).await.unwrap(), b"xyz");
}

#[tokio::test]
async fn a_server_that_renames_to_no_name_that_is_there_replaces_a_file_nevertheless() {
    let server = Script::default().keeps_files().start().await;
    server.holds("x", b"old");
    send(&server.remote("x"), b"new", &access(None))
        .await
        .unwrap();
    let files = server.files();
    assert_eq!(files.len(), 1);
    assert_eq!(files["x"], b"new");
}

#[tokio::test]
async fn a_refused_rename_leaves_what_was_there() {
    let server = Script::default()
        .reply("RNFR", "550 Not for you.")
        .start()
        .await;
    let (remote, access, stop) = (server.remote("x"), access(None), CancellationToken::new());
    let error = upload(&remote, file(b"new"), false, &access, &|_, _| {}, &stop)
        .await
        .unwrap_err();
    says(&error, Step::Rename, Said::Other, "550 Not for you.");
    assert!(server.files().is_empty());
}

#[tokio::test]
async fn a_download_is_complete_only_once_the_server_has_said_so() {
    let aborted = "426 Aborted.";
    for (reply, moved) in [(aborted, 500), (aborted, 1000)] {
        let server = Script::default()
            .moves(moved)
            .reply(COMPLETION, reply)
            .start()
            .await;
        server.holds("x", &bytes(1000));
        let error = fetch(&server.remote("x"), &admin()).await.unwrap_err();
        says(&error, Step::Receive, Said::Other, aborted);
    }
    for script in [
        // Too few, whatever the server says.
        Script::default().moves(999),
        // All of them, for all we know, and no word from the server.
        Script::default().reply(COMPLETION, END),
        Script::default()
            .reply(COMPLETION, END)
            .reply("SIZE", "502 What?")
            .moves(999),
    ] {
        let server = script.start().await;
        server.holds("x", &bytes(1000));
        let error = fetch(&server.remote("x"), &admin()).await.unwrap_err();
        assert_eq!(error.step, Step::Receive);
        let Problem::Cut { bytes: 999 | 1000 } = error.problem else {
            unreachable!("{error}");
        };
    }
}
