//! Keys as OpenSSH makes them, in files and in its agent.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use capf::transfer::{Access, Problem, Said, Step};

use super::{Passphrase, Sshd, access, key_made_by, run, send};
use crate::installed::installed;

#[tokio::test(flavor = "multi_thread")]
async fn keys_of_every_kind_and_format_open() {
    let Some(sshd) = Sshd::start("") else {
        return;
    };
    for (number, options) in [
        "-t ed25519",
        "-t ecdsa -b 256",
        "-t ecdsa -b 384",
        "-t ecdsa -b 521",
        "-t rsa -b 2048",
        "-t rsa -b 2048 -m PEM",
        "-t rsa -b 2048 -m PKCS8",
        "-t ecdsa -m PEM",
        "-t ecdsa -m PKCS8",
        "-t ed25519 -N sesame",
        "-t rsa -b 2048 -N sesame",
        "-t rsa -b 2048 -m PEM -N sesame",
        "-t rsa -b 2048 -m PKCS8 -N sesame",
    ]
    .into_iter()
    .enumerate()
    {
        let key = key_made_by(&sshd.path(""), &format!("key_{number}"), options);
        sshd.admit(&key);
        let access = Access {
            ask: &Passphrase("sesame"),
            ..access(&sshd, &key)
        };
        let sent = send(&sshd.url("files/x"), b"x", true, &access).await;
        assert!(sent.is_ok(), "{options}: {}", sent.unwrap_err());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_not_admitted_is_refused() {
    let Some(sshd) = Sshd::start("") else {
        return;
    };
    let key = key_made_by(&sshd.path(""), "key", "-t ed25519");
    let error = send(&sshd.url("files/x"), b"x", false, &access(&sshd, &key))
        .await
        .unwrap_err();
    assert_eq!(error.step, Step::Login);
    let Problem::NoCredential { allowed, .. } = &error.problem else {
        panic!("{error:?}");
    };
    assert_eq!(allowed, "publickey");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_has_seen_too_many_keys_has_the_last_word() {
    let Some(sshd) = Sshd::start("MaxAuthTries 2") else {
        return;
    };
    let keys: Vec<_> = (0..4)
        .map(|number| key_made_by(&sshd.path(""), &format!("key_{number}"), "-t ed25519"))
        .collect();
    let access = Access {
        keys,
        ..access(&sshd, Path::new(""))
    };
    let error = send(&sshd.url("files/x"), b"x", false, &access)
        .await
        .unwrap_err();
    assert_eq!(error.step, Step::Login);
    let Problem::Said { words, kind } = &error.problem else {
        panic!("{error:?}");
    };
    assert_eq!(*kind, Said::Login);
    assert!(
        words.contains("Too many authentication failures"),
        "{words}"
    );
}

/// OpenSSH's agent; it ends when it is dropped.
struct Agent {
    child: Child,
    socket: PathBuf,
}

impl Agent {
    fn start(socket: PathBuf) -> Option<Self> {
        installed("ssh-agent")?;
        installed("ssh-add")?;
        let mut child = Command::new("ssh-agent")
            .args(["-D", "-a"])
            .arg(&socket)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        // It says where it listens when it does.
        let stdout = child.stdout.take().unwrap();
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).unwrap();
        assert!(line.contains("SSH_AUTH_SOCK"), "{line}");
        Some(Self { child, socket })
    }

    fn learn(&self, key: &Path) {
        let status = Command::new("ssh-add")
            .args(["-q".as_ref(), key])
            .env("SSH_AUTH_SOCK", &self.socket)
            .stdin(Stdio::null())
            .status();
        assert!(status.unwrap().success());
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keys_of_an_agent_open() {
    let Some(sshd) = Sshd::start("") else {
        return;
    };
    let Some(agent) = Agent::start(sshd.path("agent")) else {
        return;
    };
    for (name, options) in [("ed25519", "-t ed25519"), ("rsa", "-t rsa -b 2048")] {
        let key = key_made_by(&sshd.path(""), name, options);
        agent.learn(&key);
        sshd.admit(&key);
        let access = Access {
            keys: Vec::new(),
            agent: Some(agent.socket.clone()),
            ..access(&sshd, Path::new(""))
        };
        send(&sshd.url("files/x"), b"x", true, &access)
            .await
            .unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_of_an_agent_open() {
    let Some(sshd) = Sshd::start("") else {
        return;
    };
    let Some(agent) = Agent::start(sshd.path("agent")) else {
        return;
    };
    let authority = key_made_by(&sshd.path(""), "authority", "-t ed25519");
    let key = key_made_by(&sshd.path(""), "key", "-t ed25519");
    let public = key.with_extension("pub");
    let [authority, public] = [&authority, &public].map(|path| path.to_str().unwrap());
    run(
        "ssh-keygen",
        &[
            "-q",
            "-s",
            authority,
            "-I",
            "test",
            "-n",
            &super::me(),
            public,
        ],
    );
    let authority = std::fs::read_to_string(format!("{authority}.pub")).unwrap();
    std::fs::write(
        sshd.path("authorized_keys"),
        format!("cert-authority {authority}"),
    )
    .unwrap();
    agent.learn(&key);
    let access = Access {
        keys: Vec::new(),
        agent: Some(agent.socket.clone()),
        ..access(&sshd, Path::new(""))
    };
    send(&sshd.url("files/x"), b"x", true, &access)
        .await
        .unwrap();
}
