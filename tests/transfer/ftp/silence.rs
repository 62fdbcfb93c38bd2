//! Servers that say nothing any more.

use std::time::Duration;

use capf::transfer::{Access, Problem, Step};

use super::scripted::{COMPLETION, GREETING, SILENCE, Script};
use crate::sending::{access, bytes, fetch, send};

fn impatient() -> Access<'static> {
    Access {
        timeout: Duration::from_secs(1),
        ..access(None)
    }
}

#[tokio::test]
async fn silence_is_waited_for_at_every_step_of_an_upload_and_not_for_ever() {
    let waits = [
        ("ftp", GREETING, Step::Connect),
        ("ftps", GREETING, Step::Connect),
        ("ftps+implicit", GREETING, Step::Tls),
        ("ftps", "AUTH", Step::Tls),
        ("ftp", "USER", Step::Login),
        ("ftp", "PASS", Step::Login),
        ("ftp", "TYPE", Step::Login),
        ("ftp", "EPSV", Step::Open),
        ("ftp", "STOR", Step::Open),
        ("ftp", COMPLETION, Step::Send),
        ("ftp", "SIZE", Step::Verify),
        ("ftp", "RNFR", Step::Rename),
        ("ftp", "RNTO", Step::Rename),
    ];
    let waits = waits.map(|(scheme, after, step)| async move {
        let server = Script::default().reply(after, SILENCE).start().await;
        let remote = server.remote_over(scheme, "x");
        let error = send(&remote, b"x", &impatient()).await.unwrap_err();
        assert_eq!(error.step, step, "{scheme} {after}: {error}");
        assert!(
            matches!(error.problem, Problem::TimedOut { seconds: 1 }),
            "{scheme} {after}: {error}"
        );
    });
    let waiting: Vec<_> = waits.into_iter().map(tokio::spawn).collect();
    for wait in waiting {
        wait.await.unwrap();
    }
}

#[tokio::test]
async fn silence_after_auth_is_the_handshake_s() {
    let server = Script::default().reply("AUTH", "234 Go on.").start().await;
    let remote = server.remote_over("ftps", "x");
    let error = send(&remote, b"x", &impatient()).await.unwrap_err();
    assert_eq!(error.step, Step::Tls, "{error}");
    assert!(matches!(error.problem, Problem::TimedOut { seconds: 1 }));
}

#[tokio::test]
async fn silence_is_waited_for_at_every_step_of_a_download_and_not_for_ever() {
    for (after, step) in [
        ("SIZE", Step::Open),
        ("RETR", Step::Open),
        (COMPLETION, Step::Receive),
    ] {
        let server = Script::default().reply(after, SILENCE).start().await;
        server.holds("x", &bytes(1000));
        let error = fetch(&server.remote("x"), &impatient()).await.unwrap_err();
        assert_eq!(error.step, step, "{after}: {error}");
        assert!(matches!(error.problem, Problem::TimedOut { seconds: 1 }));
    }
}
