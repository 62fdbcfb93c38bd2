//! What is typed at the prompt, and what comes of it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::ExitStatus;

use super::home::Home;
use super::terminal::Terminal;

const PROMPT: &str = "admin:";
const CTRL_C: &str = "\u{3}";
const CTRL_D: &str = "\u{4}";

fn start(home: &Home) -> Terminal {
    Terminal::start(&mut home.capf(&["shell"]))
}

/// Leaves the shell.
fn leave(mut terminal: Terminal) -> (ExitStatus, String) {
    terminal.answer(PROMPT, "exit");
    terminal.end()
}

/// What has been remembered, without the mark of its format in the first line.
fn history(home: &Home) -> Vec<String> {
    let file = home.path(".local/state/capf/shell-history");
    let mode = |path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&file), 0o600);
    assert_eq!(mode(&file.parent().unwrap().to_owned()), 0o700);
    let text = fs::read_to_string(file).unwrap();
    text.lines().skip(1).map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_are_taken_as_on_unified_cm() {
    let (home, _) = Home::with_pending(2).await;
    let mut terminal = start(&home);
    terminal.answer(PROMPT, "utils capf csr count");
    terminal.wait_for("Pending      2");
    terminal.answer(PROMPT, "ut ca cs co --format csv");
    terminal.wait_for("2,0,0,0,2,0");
    terminal.answer(PROMPT, "phone show SEP00000000000F");
    terminal.wait_for("exit code 1");
    terminal.press_at(PROMPT, CTRL_D);
    let (status, shown) = terminal.end();
    assert_eq!(status.code(), Some(1), "{shown}");
    assert_eq!(
        history(&home),
        [
            "utils capf csr count",
            "ut ca cs co --format csv",
            "phone show SEP00000000000F"
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn tab_completes_and_a_question_mark_lists() {
    let home = Home::new().await;
    let run = |arguments: &[&str]| {
        let output = home.capf(arguments).output().unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    };
    run(&[
        "phone",
        "add",
        "SEP0000000000A1",
        "SEP0000000000A2",
        "CSFALICE",
    ]);
    run(&[
        "phone",
        "find",
        "--where",
        "Device Name is exactly CSFALICE",
        "--save",
        "only alice",
    ]);
    let mut terminal = start(&home);
    for (keys, result) in [
        ("stale-lsc d\tal\t--y\t\r", "Deleted 0 stale LSCs."),
        // Two phones begin so, and the third is none of them.
        (
            "phone set sep0\t1 --description Lobby\r",
            "Changed 1 phone.",
        ),
        (
            "phone set sep0\t1..se\t2 --description Lobby\r",
            "Changed 2 phones.",
        ),
        ("phone find --saved on\t\r", "1 to 1 of 1 phone."),
        (
            "phone find --where Dev\tT\tis ex\tLobby' --all\r",
            "No phone was found.",
        ),
        ("parameter set cert\ti\t'Off\t\r", "Offline CA"),
        // What is behind the cursor stays there.
        ("stale-lsc ?list\r", "LSC Subject"),
        ("list\u{1}stale-lsc ?\r", "LSC Subject"),
        ("ph?\u{15}csr count --format csv\r", "0,0,0,0,0,0"),
    ] {
        terminal.press_at(PROMPT, keys);
        terminal.wait_for(result);
    }
    let (status, shown) = leave(terminal);
    assert_eq!(status.code(), Some(0), "{shown}");
    // How far the columns are apart depends on what else there is.
    let words: Vec<_> = shown.split_whitespace().collect();
    let words = words.join(" ");
    for listed in [
        "Commands: list List the stale LSCs",
        "Commands: phone Phones and",
    ] {
        assert!(words.contains(listed), "{listed}: {shown}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_with_secrets_are_not_remembered() {
    let home = Home::new().await;
    let mut terminal = start(&home);
    let secret = "phone add SEP000000000001 --auth-mode auth-string --auth-string 4711471147";
    terminal.answer(PROMPT, secret);
    terminal.wait_for("Added 1 phone.");
    terminal.answer(PROMPT, "csr dump ftp://admin:s3cret@127.0.0.1:1/x.tgz");
    terminal.wait_for("exit code");
    terminal.answer(PROMPT, " csr count --format csv");
    terminal.wait_for("0,0,0,0,0,0");
    // Up brings the last line that is remembered.
    terminal.answer(PROMPT, "session list");
    terminal.press_at(PROMPT, "\u{1b}[A\r");
    let (status, shown) = leave(terminal);
    assert_eq!(status.code(), Some(0), "{shown}");
    assert_eq!(history(&home), ["session list", "exit"]);

    // It is there the next time, whoever may have been allowed to read it meanwhile.
    let file = home.path(".local/state/capf/shell-history");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let mut terminal = start(&home);
    terminal.press_at(PROMPT, "\u{1b}[A\u{1b}[A\r");
    terminal.wait_for("Session ID");
    leave(terminal);
    assert_eq!(
        history(&home),
        ["session list", "exit", "session list", "exit"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_ask_as_they_do_outside() {
    let (home, _) = Home::with_pending(1).await;
    let mut terminal = start(&home);
    terminal.answer(PROMPT, "utils capf csr dump");
    terminal.answer(
        "Where are the CSRs to go (local|ftp|ftps|sftp|tftp|https)? [local] ",
        "",
    );
    terminal.answer("Enter the directory [.] ", "");
    terminal.answer("Enter the file name [csrs-", "mine.tgz");
    terminal.wait_for("Dumped 1 CSR");
    terminal.answer(PROMPT, "utils capf set keep_alive");
    terminal.answer("Enter the keepalive interval in minutes (5-60) [15] ", "20");
    terminal.answer(PROMPT, "utils capf csr delete");
    terminal.answer("Do you wish to proceed (yes|no)? ", "no");
    terminal.wait_for("exit code 1");
    // Ctrl-C is no answer, and ends the command alone.
    terminal.answer(PROMPT, "utils capf csr delete");
    terminal.press_at("Do you wish to proceed (yes|no)? ", CTRL_C);
    terminal.wait_for("exit code");
    // What is typed at the prompt it throws away.
    terminal.press_at(PROMPT, "nonsense\u{3}");
    terminal.answer(PROMPT, "csr count --format csv");
    terminal.wait_for("0,1,0,0,1,0");
    let (status, shown) = leave(terminal);
    assert_eq!(status.code(), Some(0), "{shown}");
    assert!(home.path("mine.tgz").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_ends_the_command_and_not_the_shell() {
    let home = Home::new().await;
    let mut terminal = start(&home);
    // Twice: what belongs to the process is there already.
    for _ in 0..2 {
        terminal.answer(PROMPT, "serve --listen 127.0.0.1:0");
        terminal.wait_for("listening on 127.0.0.1:");
        terminal.interrupt();
    }
    // This one does not heed it: nothing listens there, and it would wait for long.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}/x.tgz", silent.local_addr().unwrap());
    terminal.answer(PROMPT, &format!("cert import {url} --dry-run"));
    let _connection = silent.accept().unwrap();
    terminal.interrupt();
    terminal.wait_for("exit code");
    terminal.answer(PROMPT, "csr count --format csv");
    terminal.wait_for("0,0,0,0,0,0");
    let (status, shown) = leave(terminal);
    assert_eq!(status.code(), Some(0), "{shown}");
}
