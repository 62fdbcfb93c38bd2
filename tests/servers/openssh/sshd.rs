//! A server that the test has started, and what it needs of the machine.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use nix::unistd::{User, getuid};
use tempfile::TempDir;

use super::key_made_by;
use crate::installed::{installed, skipped};

/// How often a port is tried: another test may take it before the server does.
const TRIES: usize = 5;

/// It ends when it is dropped.
pub(super) struct Sshd {
    child: Child,
    port: u16,
    directory: TempDir,
}

impl Sshd {
    /// Starts it with these lines more in its configuration. Gives nothing where it is not
    /// installed.
    pub(super) fn start(lines: &str) -> Option<Self> {
        let program = installed("sshd")?;
        installed("ssh-keygen")?;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path();
        // Other users have to get through, too.
        open_to_all(path);
        std::fs::create_dir(path.join("files")).unwrap();
        key_made_by(path, "host_key", "-t ed25519");
        key_made_by(path, "client_key", "-t ed25519");
        std::fs::copy(path.join("client_key.pub"), path.join("authorized_keys")).unwrap();
        if getuid().is_root() {
            // Where the distribution's service would have it made.
            std::fs::create_dir_all("/run/sshd").unwrap();
        }
        for _ in 0..TRIES {
            let port = free_port();
            let config = path.join("sshd_config");
            std::fs::write(&config, configuration(path, port, lines)).unwrap();
            let mut child = Command::new(&program)
                .args(["-D", "-e", "-f"])
                .arg(&config)
                .stdin(Stdio::null())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            if listens(&mut child) {
                return Some(Self {
                    child,
                    port,
                    directory,
                });
            }
            child.wait().unwrap();
        }
        panic!("sshd does not start");
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(super) fn url(&self, name: &str) -> String {
        format!(
            "sftp://127.0.0.1:{}{}",
            self.port,
            self.path(name).display()
        )
    }

    pub(super) fn known_hosts(&self) -> PathBuf {
        self.path("known_hosts")
    }

    /// The key with which everybody may log in who is the user of this test.
    pub(super) fn client_key(&self) -> PathBuf {
        self.path("client_key")
    }

    /// Lets another key in.
    pub(super) fn admit(&self, key: &Path) {
        let key = std::fs::read(key.with_extension("pub")).unwrap();
        std::fs::write(self.path("authorized_keys"), key).unwrap();
    }

    pub(super) fn host_key(&self) -> String {
        std::fs::read_to_string(self.path("host_key.pub")).unwrap()
    }

    /// As `ssh-keygen` shows it.
    pub(super) fn fingerprint(&self) -> String {
        let key = self.path("host_key.pub");
        let shown = run("ssh-keygen", &["-l", "-f", key.to_str().unwrap()]);
        shown.split(' ').nth(1).unwrap().to_owned()
    }
}

impl Drop for Sshd {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn configuration(directory: &Path, port: u16, lines: &str) -> String {
    let directory = directory.display();
    // The first line of a kind counts.
    format!(
        "{lines}\n\
         Port {port}\n\
         ListenAddress ::1\n\
         ListenAddress 127.0.0.1\n\
         HostKey {directory}/host_key\n\
         AuthorizedKeysFile {directory}/authorized_keys\n\
         PidFile none\n\
         StrictModes no\n\
         UsePAM no\n\
         PermitRootLogin yes\n\
         PasswordAuthentication no\n\
         KbdInteractiveAuthentication no\n\
         Subsystem sftp internal-sftp\n"
    )
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// Waits until the server says that it listens on the last of its addresses, or has ended.
fn listens(child: &mut Child) -> bool {
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let listens = lines.any(|line| line.unwrap().contains("listening on 127.0.0.1"));
    // What it says further on must not fill the pipe.
    std::thread::spawn(move || lines.for_each(drop));
    listens
}

pub(super) fn me() -> String {
    User::from_uid(getuid()).unwrap().unwrap().name
}

/// Runs a program that must succeed; gives what it said.
pub(super) fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr]
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .concat();
    assert!(output.status.success(), "{program} {arguments:?}: {text}");
    text
}

/// Has OpenSSH's own client do something, that knows the server from our file alone.
pub(super) fn sftp(sshd: &Sshd, command: &str) {
    let batch = sshd.path("batch");
    std::fs::write(&batch, format!("{command}\n")).unwrap();
    let known_hosts = format!("UserKnownHostsFile={}", sshd.known_hosts().display());
    run(
        "sftp",
        &[
            "-F",
            "none",
            "-b",
            batch.to_str().unwrap(),
            "-o",
            &known_hosts,
            "-o",
            "GlobalKnownHostsFile=none",
            "-o",
            "StrictHostKeyChecking=yes",
            "-i",
            sshd.client_key().to_str().unwrap(),
            "-P",
            &sshd.port().to_string(),
            &format!("{}@127.0.0.1", me()),
        ],
    );
}

/// Whether the test may do what only root can do; where it may not, it says so, and where `CI` is
/// set, that is a failure.
pub(super) fn is_root(why: &str) -> bool {
    let is_root = getuid().is_root();
    if !is_root {
        skipped(&format!("root is needed {why}"));
    }
    is_root
}

/// A small disk; it is taken away when it is dropped.
pub(super) struct Disk(PathBuf);

impl Disk {
    pub(super) fn mount(place: &Path, options: &str) -> Option<Self> {
        if !is_root("to mount a small disk") {
            return None;
        }
        let place_text = place.to_str().unwrap();
        run(
            "mount",
            &["-t", "tmpfs", "-o", options, "tmpfs", place_text],
        );
        Some(Self(place.to_owned()))
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        run("umount", &["--lazy", self.0.to_str().unwrap()]);
    }
}

/// A user of this machine; they leave when they are dropped.
pub(super) struct Account(String);

impl Account {
    pub(super) fn create(password: &str, home: &Path) -> Option<Self> {
        if !is_root("to create a user") {
            return None;
        }
        let name = format!("capf-test-{}", std::process::id());
        let home_text = home.to_str().unwrap();
        run(
            "useradd",
            &[
                "--create-home",
                "--home-dir",
                home_text,
                "--shell",
                "/bin/sh",
                &name,
            ],
        );
        let account = Self(name);
        let mut child = Command::new("chpasswd")
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let line = format!("{}:{password}\n", account.0);
        child
            .stdin
            .take()
            .unwrap()
            .write_all(line.as_bytes())
            .unwrap();
        assert!(child.wait().unwrap().success());
        Some(account)
    }

    pub(super) fn name(&self) -> &str {
        &self.0
    }
}

impl Drop for Account {
    fn drop(&mut self) {
        // A session may not have ended yet.
        run("userdel", &["--force", &self.0]);
    }
}

fn open_to_all(directory: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(directory, std::fs::Permissions::from_mode(0o755)).unwrap();
}
