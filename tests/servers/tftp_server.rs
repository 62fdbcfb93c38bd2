//! What the tests of both TFTP servers need.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking, in its helpers too"
)]

use std::fs::{self, Permissions};
use std::net::{SocketAddr, UdpSocket};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use capf::transfer::{Problem, Said, Sent, Step, TransferError};

use crate::installed::{installed, skipped};
use crate::tftp_trip::{Trip, bytes, get, put, stopped_after};

/// The block size that is agreed on with a server that knows the option.
pub(crate) const BLOCK: usize = 1428;

/// A directory that everybody may write to: the servers are nobody in particular.
pub(crate) fn directory() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    fs::set_permissions(directory.path(), Permissions::from_mode(0o777)).unwrap();
    directory
}

/// A port of this address that nobody has.
pub(crate) fn free(address: &str) -> SocketAddr {
    let any = UdpSocket::bind((address, 0)).unwrap();
    any.local_addr().unwrap()
}

/// A server of a directory, until it is dropped.
pub(crate) struct TftpServer {
    child: Child,
    directory: PathBuf,
    address: SocketAddr,
}

impl TftpServer {
    /// Starts the program, and waits until it answers.
    pub(crate) async fn start(mut command: Command, directory: &Path, address: SocketAddr) -> Self {
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let server = Self {
            child,
            directory: directory.to_owned(),
            address,
        };
        for _ in 0..1000 {
            let error = get(&server.url("is-it-there")).await.unwrap_err();
            if error.step != Step::Connect {
                return server;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{command:?} does not answer");
    }

    pub(crate) fn url(&self, name: &str) -> String {
        format!("tftp://{}/{name}", self.address)
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    /// Puts a file there that the server may neither read nor write.
    pub(crate) fn hide(&self, name: &str, bytes: &[u8]) {
        fs::write(self.file(name), bytes).unwrap();
        fs::set_permissions(self.file(name), Permissions::from_mode(0o600)).unwrap();
    }

    /// Uploads a file of this length, and gets it back. The server says its size.
    pub(crate) async fn takes_and_gives(&self, length: usize) {
        assert!(self.goes_and_comes(length).await.verified);
    }

    /// The same, but the server does not say the size.
    pub(crate) async fn takes_and_gives_unverified(&self, length: usize) {
        assert!(!self.goes_and_comes(length).await.verified);
    }

    async fn goes_and_comes(&self, length: usize) -> Sent {
        let (name, file) = (format!("{length}.tgz"), bytes(length));
        let sent = put(&self.url(&name), &file).await.unwrap();
        assert_eq!(sent.bytes, length as u64);
        self.has(&name, &file).await;
        let got = get(&self.url(&name)).await.unwrap();
        assert!(got == file, "{length}");
        sent
    }

    /// Keeps the file that it has unless another is to replace it.
    pub(crate) async fn keeps_what_it_has(&self) {
        let url = self.url("kept");
        let careful = Trip::new().careful();
        assert!(careful.put(&url, b"first").await.unwrap().verified);
        let error = careful.put(&url, b"second").await.unwrap_err();
        assert_eq!(error.step, Step::Open, "{error}");
        assert!(matches!(error.problem, Problem::Exists), "{error}");
        assert_eq!(error.left_behind, None);
        assert_eq!(fs::read(self.file("kept")).unwrap(), b"first");
        assert!(put(&url, b"second").await.unwrap().verified);
        assert_eq!(fs::read(self.file("kept")).unwrap(), b"second");
    }

    /// Gets the beginning of a file, which is then stopped, and is named.
    pub(crate) async fn is_left_with_half_a_file(&self) {
        let (url, file) = (self.url("half"), bytes(50_000_000));
        let error = stopped_after(&url, &file, 1_000_000).await;
        assert_eq!(error.step, Step::Stop, "{error}");
        assert_eq!(error.left_behind.as_deref(), Some("half"));
        let half = fs::read(self.file("half")).unwrap();
        assert!(!half.is_empty() && half.len() < file.len());
        assert!(file.starts_with(&half));
    }

    /// Waits until a file has these bytes: a server that does not say the size may acknowledge the
    /// last before it writes it.
    pub(crate) async fn has(&self, name: &str, bytes: &[u8]) {
        for _ in 0..1000 {
            if fs::read(self.file(name)).unwrap() == bytes {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{name} has other bytes");
    }

    /// What curl gets.
    pub(crate) fn curl(&self, name: &str) -> Option<Vec<u8>> {
        let output = Command::new(installed("curl")?)
            .args(["--silent", "--show-error", &self.url(name)])
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        Some(output.stdout)
    }
}

impl Drop for TftpServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A file system of 64 kB that everybody may write to, until it is dropped.
pub(crate) struct SmallDisk {
    directory: tempfile::TempDir,
}

impl SmallDisk {
    pub(crate) fn mount() -> Option<Self> {
        let small = Self {
            directory: directory(),
        };
        let status = Command::new(installed("mount")?)
            .args(["-t", "tmpfs", "-o", "size=64k,mode=777", "tmpfs"])
            .arg(small.path())
            .status()
            .unwrap();
        if !status.success() {
            skipped("no file system may be mounted");
            return None;
        }
        Some(small)
    }

    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.path()).status();
    }
}

/// The server said no at this step, and meant this.
pub(crate) fn refused(error: &TransferError, step: Step, kind: Said, words: &str) {
    assert_eq!(error.step, step, "{error}");
    let Problem::Said { kind: said, .. } = error.problem else {
        panic!("{error}");
    };
    assert_eq!(said, kind, "{error}");
    assert!(error.to_string().contains(words), "{error}");
}
