//! A whole server, as a package has it.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use async_tftp::server::TftpServerBuilder;
use capf::transfer::{Problem, Said, Step};
use tokio::task::JoinHandle;

use super::trip::{Trip, bytes, get, put};

/// A server of a directory, until it is dropped.
pub(crate) struct Embedded {
    directory: tempfile::TempDir,
    address: SocketAddr,
    serving: JoinHandle<()>,
}

impl Embedded {
    pub(crate) async fn start(address: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let server = TftpServerBuilder::with_dir_rw(directory.path())
            .unwrap()
            .bind(address.parse().unwrap())
            .build()
            .await
            .unwrap();
        let address = server.listen_addr().unwrap();
        let serving = tokio::spawn(async move { server.serve().await.unwrap() });
        Self {
            directory,
            address,
            serving,
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn url(&self, name: &str) -> String {
        format!("tftp://{}/{name}", self.address)
    }
}

impl Drop for Embedded {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Waits until a file has these bytes: this server acknowledges the last before it writes it.
pub(crate) async fn has(file: &Path, bytes: &[u8]) {
    for _ in 0..1000 {
        if std::fs::read(file).is_ok_and(|found| found == bytes) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{} has other bytes", file.display());
}

#[tokio::test(flavor = "multi_thread")]
async fn files_of_every_length_go_and_come_back() {
    for address in ["127.0.0.1:0", "[::1]:0"] {
        let server = Embedded::start(address).await;
        for length in [0, 1, 1427, 1428, 1429, 1428 * 16, 3_000_000] {
            let (name, file) = (format!("{length}.tgz"), bytes(length));
            let trip = Trip::patient(Duration::from_secs(3));
            let sent = trip.put(&server.url(&name), &file).await.unwrap();
            assert_eq!((sent.bytes, sent.verified), (length as u64, true));
            has(&server.file(&name), &file).await;
            let got = trip.get(&server.url(&name)).await.unwrap();
            assert!(got == file, "{length}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_tried_at_each_of_its_addresses() {
    let server = Embedded::start("127.0.0.1:0").await;
    // Where it has an IPv6 address too, nobody listens there.
    let url = format!("tftp://localhost:{}/x", server.address().port());
    put(&url, b"file").await.unwrap();
    has(&server.file("x"), b"file").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_there_is_replaced_only_if_that_is_asked_for() {
    let server = Embedded::start("127.0.0.1:0").await;
    let url = server.url("file");
    let careful = Trip::new().careful();
    careful.put(&url, b"first").await.unwrap();
    has(&server.file("file"), b"first").await;

    let error = careful.put(&url, b"second").await.unwrap_err();
    assert_eq!(error.step, Step::Open);
    assert!(matches!(error.problem, Problem::Exists), "{error}");
    assert_eq!(error.left_behind, None);
    assert_eq!(std::fs::read(server.file("file")).unwrap(), b"first");

    put(&url, b"second").await.unwrap();
    has(&server.file("file"), b"second").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_not_there_is_named() {
    let server = Embedded::start("127.0.0.1:0").await;
    let error = get(&server.url("none")).await.unwrap_err();
    assert_eq!(error.step, Step::Open);
    let is_not_found = matches!(
        error.problem,
        Problem::Said {
            kind: Said::NotFound,
            ..
        }
    );
    assert!(is_not_found, "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_that_is_not_there_is_no_place_for_an_upload() {
    let server = Embedded::start("127.0.0.1:0").await;
    let url = server.url("none/file");
    let error = put(&url, b"file").await.unwrap_err();
    assert_eq!(error.step, Step::Open);
    assert!(matches!(error.problem, Problem::Said { .. }), "{error}");
}
