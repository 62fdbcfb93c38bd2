//! Every form of the `utils capf` commands in Cisco's documents, on the command line and in the shell.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::{Command, Stdio};

use super::home::{Home, Said};

/// The form, and the exit code where nobody can be asked: 2 where Unified CM asks for what is missing.
const FORMS: &[(&str, i32)] = &[
    // Security Guide, "Certificate Authority Proxy Function".
    ("utils capf csr count", 0),
    ("utils capf csr list", 0),
    ("utils capf csr dump", 2),
    ("utils capf csr delete", 0),
    ("utils capf cert import", 2),
    ("utils capf set keep_alive", 2),
    ("utils capt set keep_alive", 2),
    ("utils capf stale-lsc list", 0),
    ("utils capf stale-lsc delete all", 0),
    // Command Line Interface Reference Guide.
    ("utils capf stale-lsc delete", 0),
    // Release Notes 12.5(1).
    ("utils capf stale-lsc view", 0),
    // With what is asked for on Unified CM.
    ("utils capf csr dump csrs.tgz", 0),
    ("utils capf cert import certs.tgz", 0),
    ("utils capf set keep_alive 30", 0),
    ("utils capf set keep-alive 5", 0),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_documented_form_is_taken_by_the_link_and_in_the_shell() {
    for (form, code) in FORMS {
        let words: Vec<_> = form.split(' ').collect();
        let (linked, in_shell) = (prepared().await, prepared().await);

        symlink(env!("CARGO_BIN_EXE_capf"), linked.path("utils")).unwrap();
        let mut command = linked.capf(&[]);
        let mut utils = Command::new(linked.path("utils"));
        utils.args(&words[1..]).arg("--yes").stdin(Stdio::null());
        for (name, value) in command.get_envs() {
            utils.env(name, value.unwrap());
        }
        utils.current_dir(command.get_current_dir().unwrap());
        let linked = Said::of(&utils.output().unwrap());
        assert_eq!(linked.code, Some(*code), "{form}: {}", linked.stderr);

        fs::write(in_shell.path("script"), form).unwrap();
        command = in_shell.capf(&["shell", "--yes", "--file", "script"]);
        let shell = Said::of(&command.output().unwrap());
        assert_eq!(shell.code, Some(*code), "{form}: {}", shell.stderr);
        assert_eq!(
            without_times(&shell.stdout),
            without_times(&linked.stdout),
            "{form}"
        );
        // What is asked for on a terminal is named where there is none.
        assert_eq!(
            shell.stderr.contains("There is no terminal to ask on"),
            *code == 2,
            "{form}"
        );
    }
}

/// A home with a phone that waits, and its certificate.
async fn prepared() -> Home {
    let (home, csrs) = Home::with_pending(1).await;
    let mut archive = capf::archive::Writer::new(Vec::new(), jiff::Timestamp::UNIX_EPOCH);
    archive
        .add("phone.der", &home.certificate(&csrs[0]))
        .unwrap();
    home.write("certs.tgz", &archive.finish().unwrap());
    home
}

fn without_times(text: &str) -> String {
    let is_time = |word: &&str| word.len() == 20 && word.ends_with('Z');
    let words = text.split_whitespace().filter(|word| !is_time(word));
    words.collect::<Vec<_>>().join(" ")
}
