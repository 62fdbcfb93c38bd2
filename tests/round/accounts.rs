//! Who we are to a server: the three ways in which it can be said.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use super::home::Home;
use super::place::Place;
use super::scripted::Script;
use super::{PASSWORD, USER, fails, run};

/// The command `csr dump` to three files, with the account each time from elsewhere: the URL, an
/// option and the environment, the netrc file.
fn dumps(home: &Home, base: &str, options: &[String]) -> [Command; 3] {
    let url = |account: &str, file: &str| base.replace("://", &format!("://{account}")) + file;
    let password = PASSWORD.replace(' ', "%20");
    let in_url = url(&format!("{USER}:{password}@"), "1.tgz");
    let netrc = home.write(
        "accounts",
        format!("machine 127.0.0.1 login {USER} password \"{PASSWORD}\"\n").as_bytes(),
    );
    fs::set_permissions(&netrc, fs::Permissions::from_mode(0o600)).unwrap();
    let mut commands = [
        home.capf(&["csr", "dump", &in_url]),
        home.capf(&["csr", "dump", &url("", "2.tgz"), "--user", USER]),
        home.capf(&["csr", "dump", &url("", "3.tgz"), "--netrc", "accounts"]),
    ];
    commands[1].env("CAPF_PASSWORD", PASSWORD);
    for command in &mut commands {
        command.args(options);
    }
    commands
}

#[tokio::test(flavor = "multi_thread")]
async fn the_account_is_in_the_url_or_in_the_environment_or_in_the_netrc_file() {
    for place in [Place::sftp().await, Place::https().await] {
        let (home, _) = Home::with_pending(1).await;
        for mut command in dumps(&home, &place.url(""), &place.options) {
            let said = run(&mut command);
            assert_eq!(said.code, Some(0), "{}", said.stderr);
            assert!(!said.stderr.contains(USER), "{}", said.stderr);
        }
        assert_eq!(place.names(), ["1.tgz", "2.tgz", "3.tgz"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ftp_server_hears_the_account_from_all_three() {
    let (home, _) = Home::with_pending(1).await;
    for way in 0..3 {
        let server = Script::default().start().await;
        let base = format!("ftp://{}/", server.address);
        let [mut command] = dumps(&home, &base, &[])
            .into_iter()
            .skip(way)
            .take(1)
            .collect::<Vec<_>>()
            .try_into()
            .unwrap();
        let said = run(&mut command);
        assert_eq!(said.code, Some(0), "{}", said.stderr);
        let heard = server.heard();
        for line in [format!("USER {USER}"), format!("PASS {PASSWORD}")] {
            assert!(heard.contains(&line), "{heard:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_is_refused_changes_nothing() {
    let (home, _) = Home::with_pending(1).await;
    let hint = "hint: Check the user and the password";
    for (place, words) in [
        (Place::sftp().await, "there is none that it accepts for ada"),
        (Place::https().await, "401 Unauthorized"),
    ] {
        let url = place.url("csrs.tgz");
        for command in [["csr", "dump", &url], ["cert", "import", &url]] {
            let mut command = place.capf_as_nobody(&home, &command);
            command.args(["--user", USER]).env("CAPF_PASSWORD", "wrong");
            let words = [words, "logging in failed", hint];
            let said = fails(&home, &mut command, &words).await;
            assert!(!said.stderr.contains("wrong"), "{}", said.stderr);
        }
        assert!(place.names().is_empty());
    }
    let server = Script::default()
        .reply("PASS", "530 Not today.")
        .start()
        .await;
    let url = format!("ftp://{}/csrs.tgz", server.address);
    for command in [["csr", "dump", &url], ["cert", "import", &url]] {
        let mut command = home.capf(&command);
        command
            .args(["--user", USER])
            .env("CAPF_PASSWORD", PASSWORD);
        let words = [
            "the server said `530 Not today.`",
            "logging in failed",
            hint,
        ];
        fails(&home, &mut command, &words).await;
    }
    assert!(server.files().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_netrc_file_that_others_may_read_is_not_used() {
    let (home, _) = Home::with_pending(1).await;
    let place = Place::sftp().await;
    let [_, _, mut command] = dumps(&home, &place.url(""), &place.options);
    let open = fs::Permissions::from_mode(0o644);
    fs::set_permissions(home.path("accounts"), open).unwrap();
    fails(
        &home,
        &mut command,
        &["accounts cannot be used", "chmod 600"],
    )
    .await;
    assert!(place.names().is_empty());
}
