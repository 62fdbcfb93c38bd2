//! What is asked on a terminal.

use std::fs;

use super::disk::Temper;
use super::home::Home;
use super::place::Place;
use super::scripted::Script;
use super::terminal::Terminal;
use super::trips::certificates;
use super::{PASSWORD, USER, assert_hides_password};

const WHERE_TO: &str = "Where are the CSRs to go (local|ftp|ftps|sftp|tftp|https)? [local] ";
const WHERE_FROM: &str = "Where are the certificates (local|ftp|ftps|sftp|tftp|https)? [local] ";
const PROCEED: &str = "Do you wish to proceed (yes|no)? ";

#[tokio::test(flavor = "multi_thread")]
async fn a_dump_asks_where_to_and_a_file_that_is_there_is_asked_about() {
    let (home, _) = Home::with_pending(2).await;
    fs::create_dir(home.path("out")).unwrap();
    let ask = |last: Option<&str>| {
        let mut terminal = Terminal::start(&mut home.capf(&["csr", "dump"]));
        // What makes no sense is asked again.
        terminal.answer(WHERE_TO, "gopher");
        terminal.wait_for("answer local, ftp, ftps, sftp, tftp or https");
        terminal.answer(WHERE_TO, "");
        terminal.answer("Enter the directory [.] ", "out");
        terminal.answer("Enter the file name [csrs-", "mine.tgz");
        if let Some(last) = last {
            terminal.wait_for("WARNING: This operation will replace out/mine.tgz.");
            terminal.answer(PROCEED, last);
        }
        terminal.end()
    };
    let (status, shown) = ask(None);
    assert_eq!(status.code(), Some(0), "{shown}");
    assert!(
        shown.contains("Dumped 2 CSRs, 2 of them for the first time."),
        "{shown}"
    );
    let file = home.path("out/mine.tgz");
    fs::write(&file, "another").unwrap();
    let (status, shown) = ask(Some("no"));
    assert_eq!(status.code(), Some(1), "{shown}");
    assert_eq!(fs::read(&file).unwrap(), b"another");
    let (status, shown) = ask(Some("yes"));
    assert_eq!(status.code(), Some(0), "{shown}");
    assert_ne!(fs::read(&file).unwrap(), b"another");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_asks_where_from() {
    let (home, csrs) = Home::with_pending(2).await;
    home.write("certs.tgz", &certificates(&home, &csrs));
    let mut terminal = Terminal::start(&mut home.capf(&["cert", "import"]));
    terminal.answer(WHERE_FROM, "local");
    terminal.answer("Enter the directory [.] ", "");
    terminal.answer("Enter the file name [certs.tgz] ", "");
    let (status, shown) = terminal.end();
    assert_eq!(status.code(), Some(0), "{shown}");
    assert!(
        shown.contains("2 certificates accepted, 0 rejected."),
        "{shown}"
    );
    assert_eq!(home.counts().await.issued, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dump_over_ftp_asks_for_a_password_and_does_not_show_it() {
    let (home, _) = Home::with_pending(1).await;
    let server = Script::default().start().await;
    let mut terminal = Terminal::start(&mut home.capf(&["csr", "dump"]));
    terminal.answer(WHERE_TO, "ftp");
    let address = server.address.to_string();
    terminal.answer("Enter the server's name or address ", &address);
    terminal.answer("Enter the user, or nothing ", USER);
    terminal.answer("Enter the directory ", "sub");
    terminal.answer("Enter the file name [csrs-", "mine.tgz");
    terminal.wait_for("warning: FTP is clear text");
    terminal.answer(&format!("Password for {USER} on 127.0.0.1:"), PASSWORD);
    let (status, shown) = terminal.end();
    assert_eq!(status.code(), Some(0), "{shown}");
    assert!(shown.contains("Dumped 1 CSR, 1 of them"), "{shown}");
    assert_hides_password(&shown);
    assert_eq!(shown.matches("Password for").count(), 1, "{shown}");
    for line in [format!("USER {USER}"), format!("PASS {PASSWORD}")] {
        assert!(server.heard().contains(&line), "{:?}", server.heard());
    }
    assert_eq!(server.files().keys().collect::<Vec<_>>(), ["sub/mine.tgz"]);
}

/// Whether there is something to replace is known once the server has been asked.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_on_the_server_is_replaced_by_whoever_says_yes_and_no_other() {
    let (home, _) = Home::with_pending(1).await;
    let server = Script::default().start().await;
    server.holds("mine.tgz", b"another");
    let url = format!("ftp://{}/mine.tgz", server.address);
    for (answer, code) in [("no", 1), ("yes", 0)] {
        let mut command = home.capf(&["csr", "dump", &url, "--user", USER]);
        command.env("CAPF_PASSWORD", PASSWORD);
        let mut terminal = Terminal::start(&mut command);
        terminal.wait_for(&format!("This operation will replace {url}."));
        terminal.answer(PROCEED, answer);
        let (status, shown) = terminal.end();
        assert_eq!(status.code(), Some(code), "{shown}");
        let is_old = server.files()["mine.tgz"] == b"another";
        assert_eq!(is_old, answer == "no");
        assert_eq!(home.counts().await.dumped, u64::from(answer == "yes"));
        assert_eq!(server.files().len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_over_ftp_asks_for_a_password_and_does_not_show_it() {
    let (home, csrs) = Home::with_pending(1).await;
    let server = Script::default().start().await;
    server.holds("certs.tgz", &certificates(&home, &csrs));
    let mut terminal = Terminal::start(&mut home.capf(&["cert", "import"]));
    terminal.answer(WHERE_FROM, "ftp");
    let address = server.address.to_string();
    terminal.answer("Enter the server's name or address ", &address);
    terminal.answer("Enter the user, or nothing ", USER);
    terminal.answer("Enter the directory ", "");
    terminal.answer("Enter the file name [certs.tgz] ", "");
    terminal.answer(&format!("Password for {USER} on 127.0.0.1:"), PASSWORD);
    let (status, shown) = terminal.end();
    assert_eq!(status.code(), Some(0), "{shown}");
    assert_hides_password(&shown);
    assert!(server.heard().contains(&format!("PASS {PASSWORD}")));
    assert_eq!(home.counts().await.issued, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_ssh_server_is_believed_by_whoever_says_yes_and_no_other() {
    let (home, _) = Home::with_pending(1).await;
    let place = Place::sftp_with(Temper::Good).await;
    let url = place.url("csrs.tgz");
    let fingerprint = &place.options[1];
    for (answer, code) in [("no", 1), ("yes", 0)] {
        // `--yes` would be no answer, and takes no question away.
        let mut command = home.capf(&["csr", "dump", &url, "--user", USER, "--yes"]);
        let mut terminal = Terminal::start(&mut command);
        terminal.wait_for("The authenticity of host '[127.0.0.1]:");
        terminal.wait_for(fingerprint);
        terminal.answer(PROCEED, answer);
        if code == 0 {
            terminal.answer(&format!("Password for {USER} on 127.0.0.1:"), PASSWORD);
        }
        let (status, shown) = terminal.end();
        assert_eq!(status.code(), Some(code), "{shown}");
        assert_eq!(place.names().len(), usize::from(code == 0), "{shown}");
    }
    assert!(home.path(".ssh/known_hosts").exists());
}
