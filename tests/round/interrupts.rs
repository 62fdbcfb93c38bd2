//! Ctrl-C in the middle.

use std::io::Read as _;
use std::process::{Child, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

use super::disk::Temper;
use super::home::{Home, Said};
use super::https_server::Act;
use super::place::Place;
use super::scripted::{COMPLETION, SILENCE, Script};
use super::trips::certificates;
use super::{PASSWORD, USER, run};

/// How many certificates are committed together.
const BATCH: u64 = 1000;

fn interrupt(process: &Child) {
    let id = Pid::from_raw(process.id().try_into().unwrap());
    kill(id, Signal::SIGINT).unwrap();
}

/// Waits until it is so; a test that waits in vain does not do so for ever.
async fn until(mut is_so: impl AsyncFnMut() -> bool) {
    for _ in 0..6000 {
        if is_so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it never came to be so");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_is_interrupted_keeps_what_is_in_and_goes_on_where_it_is_run_again() {
    let count = 4 * BATCH;
    let (home, csrs) = Home::with_pending(usize::try_from(count).unwrap()).await;
    home.write("certs.tgz", &certificates(&home, &csrs));
    let command = ["cert", "import", "certs.tgz", "--format", "json"];
    let mut importing = home
        .capf(&command)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // What came of the first batch is more than fits the pipe: until it is read, nothing goes on.
    until(async || home.counts().await.issued >= BATCH).await;
    interrupt(&importing);
    let mut stdout = String::new();
    importing
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut stdout)
        .unwrap();
    let output = importing.wait_with_output().unwrap();
    let said = Said {
        stdout,
        ..Said::of(&output)
    };

    assert_eq!(said.code, Some(3), "{}", said.stderr);
    let result: Value = serde_json::from_str(&said.stdout).unwrap();
    let (accepted, left) = (&result["accepted"], &result["left"]);
    let (accepted, left) = (accepted.as_u64().unwrap(), left.as_u64().unwrap());
    assert!(
        accepted >= BATCH && accepted.is_multiple_of(BATCH) && left > 0,
        "{accepted}"
    );
    assert_eq!(accepted + left, count);
    assert_eq!(result["entries"].as_array().unwrap().len() as u64, accepted);
    let counts = home.counts().await;
    assert_eq!((counts.issued, counts.pending), (accepted, left));

    let said = run(&mut home.capf(&["cert", "import", "certs.tgz"]));
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    let expected = format!("{left} certificates accepted, 0 rejected, {accepted} in already.\n");
    assert_eq!(said.stdout, expected);
    assert_eq!(home.counts().await.issued, count);
    home.files();
}

/// Interrupts a dump that has come so far; makes sure that it has changed nothing.
async fn interrupted(home: &Home, place: &Place, mut is_waiting: impl FnMut() -> bool) {
    let url = place.url("csrs.tgz");
    let mut command = place.capf(home, &["csr", "dump", &url]);
    let dumping = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    until(async || is_waiting()).await;
    let line = std::fs::read(format!("/proc/{}/cmdline", dumping.id())).unwrap();
    let line = String::from_utf8(line).unwrap();
    assert!(line.contains(&url), "{line}");
    assert!(
        !line.contains(PASSWORD),
        "whoever calls ps sees the password"
    );
    interrupt(&dumping);
    assert_stopped(home, &Said::of(&dumping.wait_with_output().unwrap())).await;
}

async fn assert_stopped(home: &Home, said: &Said) {
    assert_eq!(
        (said.code, &said.stdout[..]),
        (Some(1), ""),
        "{}",
        said.stderr
    );
    let lines = said.lines();
    let [.., error, hint] = &lines[..] else {
        panic!("it says too little: {}", said.stderr);
    };
    assert!(
        error.contains("the transfer failed: it was stopped"),
        "{error}"
    );
    assert_eq!(*hint, "hint: Nothing was changed here.");
    let counts = home.counts().await;
    assert_eq!((counts.pending, counts.dumped), (1, 0));
    home.files();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dump_to_a_slow_server_that_is_interrupted_leaves_nothing() {
    let (home, _) = Home::with_pending(1).await;
    let place = Place::sftp_with(Temper::FallsSilent).await;
    interrupted(&home, &place, || !place.names().is_empty()).await;
    assert!(place.names().is_empty());

    let (tell, told) = std::sync::mpsc::channel();
    let place = Place::https_with(move |request| match &request.method[..] {
        "PUT" => {
            tell.send(()).unwrap();
            Act::Silence
        }
        _ => Act::Usual,
    })
    .await;
    interrupted(&home, &place, || told.try_recv().is_ok()).await;
    assert!(place.names().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dump_over_ftp_that_is_interrupted_before_its_end_is_confirmed_leaves_nothing() {
    let (home, _) = Home::with_pending(1).await;
    let server = Script::default().reply(COMPLETION, SILENCE).start().await;
    let url = format!("ftp://{}/csrs.tgz", server.address);
    let dumping = home
        .capf(&["csr", "dump", &url, "--user", USER])
        .env("CAPF_PASSWORD", PASSWORD)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    until(async || !server.files().is_empty()).await;
    assert!(!server.files().contains_key("csrs.tgz"));
    interrupt(&dumping);
    assert_stopped(&home, &Said::of(&dumping.wait_with_output().unwrap())).await;
    assert!(server.files().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_interrupt_does_not_wait_for_the_server() {
    let (home, _) = Home::with_pending(1).await;
    let script = Script::default()
        .reply(COMPLETION, SILENCE)
        .reply("DELE", SILENCE);
    let server = script.start().await;
    let url = format!("ftp://{}/csrs.tgz", server.address);
    let dumping = home
        .capf(&["csr", "dump", &url])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    until(async || !server.files().is_empty()).await;
    interrupt(&dumping);
    let heard = |command| server.heard().iter().any(|line| line.starts_with(command));
    until(async || heard("DELE")).await;
    interrupt(&dumping);
    let status = dumping.wait_with_output().unwrap().status;
    assert_eq!(status.code(), Some(130));
    let counts = home.counts().await;
    assert_eq!((counts.pending, counts.dumped), (1, 0));
    home.files();
}
