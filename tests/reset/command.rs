//! Programs.

use std::io::Write as _;
use std::num::NonZeroU8;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use capf::config;
use capf::model::DeviceName;
use capf::reset::Hook;
use capf::reset::InvalidHook;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use super::{device, failure, hook};

/// A directory with a program in it, which writes what it does into files beside it.
struct Program(TempDir);

impl Program {
    /// `lines` are for sh; in them `$0` is the program's path.
    fn new(lines: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        // Another process writes it: while one has it open to write, it cannot be started, and what
        // another test starts just now would inherit that from us.
        let mut writer = Command::new("/bin/sh")
            .args(["-c", "cat > program && chmod 700 program"])
            .current_dir(directory.path())
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let text = format!("#!/bin/sh\ncd \"${{0%/*}}\"\n{lines}\n");
        writer
            .stdin
            .take()
            .unwrap()
            .write_all(text.as_bytes())
            .unwrap();
        assert!(writer.wait().unwrap().success());
        Self(directory)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    fn with(&self, arguments: &[&str]) -> config::Reset {
        command(&self.path("program"), arguments)
    }
}

fn command(program: &Path, arguments: &[&str]) -> config::Reset {
    let program = [program.to_str().unwrap()];
    let words = program.iter().chain(arguments);
    config::Reset {
        command: Some(words.map(|&word| word.to_owned()).collect()),
        ..config::Reset::default()
    }
}

const ARGUMENTS: &str = "printf '[%s]' \"$@\" > arguments";

#[tokio::test]
async fn the_name_stands_where_it_is_asked_for_or_last() {
    let program = Program::new(ARGUMENTS);
    for (arguments, name, expected) in [
        (
            &["-rx", "pjsip send notify x endpoint {name}"][..],
            "SEP001122334455",
            "[-rx][pjsip send notify x endpoint SEP001122334455]",
        ),
        (
            &["{name}", "{name}@x"],
            "CSFANNA.B-C_D",
            "[CSFANNA.B-C_D][CSFANNA.B-C_D@x]",
        ),
        (&["--reset"], "TCT-X", "[--reset][TCT-X]"),
        (&[], "BOT.1", "[BOT.1]"),
    ] {
        let hook = hook(&program.with(arguments));
        hook.reset(&device(name)).await.unwrap();
        assert_eq!(program.read("arguments"), expected);
    }
}

#[tokio::test]
async fn no_shell_reads_an_argument() {
    let program = Program::new(ARGUMENTS);
    let strange = "; touch broken; $(touch broken) `touch broken` > broken {name} ' \" \\ *";
    let hook = hook(&program.with(&[strange]));
    hook.reset(&device("CSFANNA")).await.unwrap();
    let expected = format!("[{}]", strange.replace("{name}", "CSFANNA"));
    assert_eq!(program.read("arguments"), expected);
    assert!(!program.path("broken").exists());
}

#[tokio::test]
async fn the_environment_and_the_input_are_the_same_whoever_runs_it() {
    let program = Program::new("env | sort > environment; cat > input; echo $? > read");
    hook(&program.with(&[]))
        .reset(&device("CSFANNA"))
        .await
        .unwrap();
    let environment = program.read("environment");
    // The shell adds some of its own.
    let ours: Vec<_> = environment
        .lines()
        .filter(|line| {
            !["OLDPWD=", "PWD=", "SHLVL=", "_="]
                .iter()
                .any(|own| line.starts_with(own))
        })
        .collect();
    assert_eq!(
        ours,
        [
            "CAPF_DEVICE_NAME=CSFANNA",
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        ]
    );
    assert_eq!(
        (program.read("input"), program.read("read")),
        (String::new(), "0\n".to_owned())
    );
}

#[tokio::test]
async fn a_program_that_fails_is_quoted_without_control_characters() {
    let program = Program::new("echo out; printf 'no such \\033[2Jphone\\n' >&2; exit 7");
    let reason = failure(&program.with(&[]), "CSFANNA").await;
    assert!(
        reason.contains("ended with exit code 7: no such \\u{1b}[2Jphone out"),
        "{reason}"
    );

    let program = Program::new("kill -9 $$");
    let reason = failure(&program.with(&[]), "CSFANNA").await;
    assert!(reason.ends_with("was ended by signal 9"), "{reason}");
}

#[tokio::test]
async fn a_program_that_says_so_has_failed_whatever_its_exit_code_is() {
    let program = Program::new("echo \"Unable to find endpoint $1\"");
    let mut settings = program.with(&[]);
    hook(&settings).reset(&device("CSFANNA")).await.unwrap();
    settings.failure_output = vec!["No such command".to_owned(), "Unable to".to_owned()];
    let reason = failure(&settings, "CSFANNA").await;
    assert!(
        reason.ends_with("said so: Unable to find endpoint CSFANNA"),
        "{reason}"
    );
}

#[tokio::test]
async fn a_program_that_is_not_there_or_no_program_is_a_failure() {
    let program = Program::new("");
    std::fs::write(program.path("plain"), "text").unwrap();
    for (name, says) in [("missing", "No such file"), ("plain", "Permission denied")] {
        let reason = failure(&command(&program.path(name), &[]), "CSFANNA").await;
        assert!(reason.contains(name) && reason.contains(says), "{reason}");
    }
}

#[tokio::test]
async fn a_program_that_hangs_is_killed_with_all_that_it_has_started() {
    let program = Program::new("trap '' TERM; sleep 600 & echo $! > child; wait");
    let mut settings = program.with(&[]);
    settings.timeout = Duration::from_secs(3);
    let reason = failure(&settings, "CSFANNA").await;
    assert!(
        reason.ends_with("was killed, because it did not end within 3 s"),
        "{reason}"
    );
    let child = program.read("child");
    // Whoever adopts it may take a while to ask for its status; until then it is a zombie.
    for _ in 0..1000 {
        let status = std::fs::read_to_string(format!("/proc/{}/stat", child.trim()));
        if status.map_or(true, |status| status.contains(") Z ")) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("what it has started runs on");
}

#[tokio::test]
async fn a_program_that_floods_its_outputs_comes_to_its_end() {
    let flood = "head -c 5000000 /dev/zero | tr '\\0' x";
    let program = Program::new(&format!("{flood}; {flood} >&2; exit 1"));
    let reason = failure(&program.with(&[]), "CSFANNA").await;
    assert!(
        reason.ends_with("xxx…") && reason.len() < 1000,
        "{}",
        reason.len()
    );
}

#[tokio::test]
async fn what_a_program_leaves_running_does_not_hold_us_up() {
    let program = Program::new("sleep 20 & echo $! > child");
    hook(&program.with(&[]))
        .reset(&device("CSFANNA"))
        .await
        .unwrap();
    let child = program.read("child");
    let child = child.trim();
    assert!(
        Path::new(&format!("/proc/{child}")).exists(),
        "it was killed, or waited for"
    );
    Command::new("kill").arg(child).status().unwrap();
}

/// Which phones were reset, which failed, and how many were not begun.
async fn reset_all(
    hook: &Hook,
    names: &[&str],
    stop: &CancellationToken,
    mut heard: impl FnMut(),
) -> (Vec<DeviceName>, Vec<DeviceName>, u64) {
    let (mut reset, mut failed) = (Vec::new(), Vec::new());
    let left = hook
        .reset_all(
            names.iter().map(|name| device(name)),
            stop,
            |device, outcome| {
                match outcome {
                    Ok(()) => reset.push(device),
                    Err(_) => failed.push(device),
                }
                heard();
            },
        )
        .await;
    reset.sort();
    (reset, failed, left)
}

#[tokio::test]
async fn one_that_fails_in_the_middle_stops_no_other() {
    let program = Program::new("[ \"$1\" != CSFB ]");
    let hook = hook(&program.with(&[]));
    let names = ["CSFA", "CSFB", "CSFC", "CSFD", "CSFE", "CSFF"];
    let outcome = reset_all(&hook, &names, &CancellationToken::new(), || ()).await;
    let reset = ["CSFA", "CSFC", "CSFD", "CSFE", "CSFF"].map(device);
    assert_eq!(outcome, (reset.to_vec(), vec![device("CSFB")], 0));
}

#[tokio::test]
async fn no_more_run_at_a_time_than_were_asked_for() {
    // Each sees how many others are there while it is.
    let program = Program::new("touch at.$1; sleep 0.2; ls at.* | wc -l > seen.$1; rm at.$1");
    let mut settings = program.with(&[]);
    settings.at_once = NonZeroU8::new(2).unwrap();
    let names = ["CSFA", "CSFB", "CSFC", "CSFD", "CSFE"];
    let (reset, ..) = reset_all(&hook(&settings), &names, &CancellationToken::new(), || ()).await;
    assert_eq!(reset.len(), names.len());
    for name in names {
        let seen: usize = program
            .read(&format!("seen.{name}"))
            .trim()
            .parse()
            .unwrap();
        assert!((1..=2).contains(&seen), "{seen} at a time");
    }
}

#[tokio::test]
async fn when_it_is_stopped_those_under_way_finish_and_the_rest_is_counted() {
    let program = Program::new("touch done.$1");
    let mut settings = program.with(&[]);
    settings.at_once = NonZeroU8::new(1).unwrap();
    let stop = CancellationToken::new();
    let names = ["CSFA", "CSFB", "CSFC"];
    let outcome = reset_all(&hook(&settings), &names, &stop, || stop.cancel()).await;
    assert_eq!(outcome, (vec![device("CSFA")], Vec::new(), 2));
    assert!(program.path("done.CSFA").exists() && !program.path("done.CSFB").exists());
}

#[test]
fn settings_without_a_program_are_refused() {
    let empty = config::Reset {
        command: Some(Vec::new()),
        ..config::Reset::default()
    };
    assert!(matches!(Hook::new(&empty), Err(InvalidHook::NoProgram)));
    let nothing = config::Reset::default();
    assert!(matches!(Hook::new(&nothing), Err(InvalidHook::Nothing)));
}
