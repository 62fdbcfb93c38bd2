//! Nobody there, nonsense, and too much of it; and what the log must not have.

use std::io;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use capf::secret::AccountPassword;
use capf::transfer::{Access, Problem, Remote, Step};
use tracing_subscriber::filter::LevelFilter;

use super::scripted::{GREETING, Script};
use crate::sending::{access, fetch, send};

#[tokio::test]
async fn a_name_that_nobody_has_fails_at_the_look_up() {
    for scheme in ["ftp", "ftps", "ftps+implicit"] {
        let remote: Remote = format!("{scheme}://nowhere.invalid/x").parse().unwrap();
        let error = send(&remote, b"x", &access(None)).await.unwrap_err();
        assert_eq!(error.step, Step::Resolve);
    }
}

#[tokio::test]
async fn a_port_on_which_nobody_listens_fails_at_the_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    for scheme in ["ftp", "ftps", "ftps+implicit"] {
        let remote: Remote = format!("{scheme}://{address}/x").parse().unwrap();
        let error = fetch(&remote, &access(None)).await.unwrap_err();
        assert_eq!(error.step, Step::Connect);
        assert!(matches!(
            &error.problem,
            Problem::Io { source } if source.kind() == io::ErrorKind::ConnectionRefused
        ));
    }
}

#[tokio::test]
async fn a_ca_file_that_is_none_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let missing = directory.path().join("ca.pem");
    let remote: Remote = "ftps://127.0.0.1:1/x".parse().unwrap();
    let error = send(&remote, b"x", &access(Some(&missing)))
        .await
        .unwrap_err();
    assert_eq!(error.step, Step::Tls);
    let text = error.to_string();
    assert!(text.contains(&missing.display().to_string()), "{text}");
}

#[tokio::test]
async fn nonsense_is_told_as_such() {
    for greeting in [
        "SSH-2.0-OpenSSH_9.2",
        "\r\n",
        "22",
        "äöü äöü",
        "\0\0\0\0\0\0\0\0",
    ] {
        let server = Script::default().reply(GREETING, greeting).start().await;
        let error = send(&server.remote("x"), b"x", &access(None))
            .await
            .unwrap_err();
        assert_eq!(error.step, Step::Connect);
        assert!(matches!(error.problem, Problem::Protocol { .. }), "{error}");
    }
}

#[tokio::test]
async fn a_reply_without_end_is_not_listened_to() {
    let megabyte = 1 << 20;
    for greeting in [
        "220 ".to_owned() + &"x".repeat(megabyte),
        "220-".to_owned() + &"and so on\r\n".repeat(megabyte / 11),
    ] {
        let server = Script::default().reply(GREETING, greeting).start().await;
        let error = send(&server.remote("x"), b"x", &access(None))
            .await
            .unwrap_err();
        assert_eq!(error.step, Step::Connect);
        assert!(matches!(error.problem, Problem::Protocol { .. }), "{error}");
        assert!(error.to_string().len() < 500);
    }
}

#[tokio::test]
async fn a_long_refusal_is_shortened_and_its_control_characters_are_shown() {
    let refusal = format!("530 \x1b[31m{}", "x".repeat(100_000));
    let server = Script::default().reply("USER", refusal).start().await;
    let error = send(&server.remote("x"), b"x", &access(None))
        .await
        .unwrap_err();
    let text = error.to_string();
    assert!(text.len() < 700 && !text.contains('\x1b'), "{text}");
}

/// What the FTP library writes to the log.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let line = String::from_utf8_lossy(bytes);
        if line.contains("CC OUT") {
            self.0.lock().unwrap().push(line.into_owned());
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_password_is_in_no_log_even_where_everything_is_logged() {
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt()
        .with_max_level(LevelFilter::TRACE)
        .with_writer(move || writer.clone())
        .init();
    let server = Script::default().start().await;
    let access = Access {
        user: Some("the-logged-one".to_owned()),
        password: Some(AccountPassword::new("pass phrase")),
        ..access(None)
    };
    send(&server.remote("x"), b"x", &access).await.unwrap();
    assert!(server.heard().contains(&"PASS pass phrase".to_owned()));
    let lines = log.0.lock().unwrap().clone();
    assert!(
        lines
            .iter()
            .any(|line| line.contains("USER the-logged-one"))
    );
    assert!(lines.iter().any(|line| line.contains("PASS")));
    assert!(
        !lines.iter().any(|line| line.contains("pass phrase")),
        "{lines:?}"
    );
}
