//! TFTP to tftpd-hpa.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use capf::transfer::{Problem, Said, Step};

use crate::installed::installed;
use crate::root::is_root;
use crate::tftp_server::{BLOCK, SmallDisk, TftpServer, directory, free, refused};
use crate::tftp_trip::{bytes, get, put};

/// Other packages have an `in.tftpd` too, which may come first in the PATH.
fn program() -> Option<PathBuf> {
    let usual = PathBuf::from("/usr/sbin/in.tftpd");
    if usual.is_file() {
        return Some(usual);
    }
    installed("in.tftpd")
}

/// It gives up root's rights, and starts with them alone.
async fn start_at(address: &str, directory: &Path, options: &[&str]) -> Option<TftpServer> {
    let program = program()?;
    if !is_root() {
        return None;
    }
    let address = free(address);
    let mut command = Command::new(program);
    command
        .args(["--foreground", "--create", "--secure", "--address"])
        .arg(address.to_string())
        .args(options)
        .arg(directory);
    Some(TftpServer::start(command, directory, address).await)
}

async fn start(directory: &Path, options: &[&str]) -> Option<TftpServer> {
    start_at("127.0.0.1", directory, options).await
}

#[tokio::test(flavor = "multi_thread")]
async fn files_of_every_length_go_and_come_back() {
    for address in ["127.0.0.1", "::1"] {
        let directory = directory();
        let Some(server) = start_at(address, directory.path(), &[]).await else {
            return;
        };
        for length in [0, 1, BLOCK * 4, 5_000_000] {
            server.takes_and_gives(length).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn curl_gets_what_was_sent() {
    let directory = directory();
    let Some(server) = start(directory.path(), &[]).await else {
        return;
    };
    let file = bytes(300_000);
    put(&server.url("file"), &file).await.unwrap();
    if let Some(got) = server.curl("file") {
        assert!(got == file);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_option_may_be_refused() {
    for option in ["blksize", "tsize", "timeout"] {
        let directory = directory();
        let Some(server) = start(directory.path(), &["--refuse", option]).await else {
            return;
        };
        for length in [0, 512 * 4, 100_000] {
            if option == "tsize" {
                server.takes_and_gives_unverified(length).await;
            } else {
                server.takes_and_gives(length).await;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_refuses_every_option_takes_and_gives() {
    let directory = directory();
    let options = ["blksize", "tsize", "timeout"].map(|option| ["--refuse", option]);
    let Some(server) = start(directory.path(), options.as_flattened()).await else {
        return;
    };
    for length in [0, 512 * 4, 100_000] {
        server.takes_and_gives_unverified(length).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_more_blocks_than_there_are_numbers_is_whole() {
    let directory = directory();
    let Some(server) = start(directory.path(), &[]).await else {
        return;
    };
    server.takes_and_gives(100_000_000).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_more_small_blocks_than_there_are_numbers_is_whole() {
    let directory = directory();
    let Some(server) = start(directory.path(), &["--refuse", "blksize"]).await else {
        return;
    };
    server.takes_and_gives(34_000_000).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_there_is_replaced_only_if_that_is_asked_for() {
    for address in ["127.0.0.1", "::1"] {
        let directory = directory();
        let Some(server) = start_at(address, directory.path(), &[]).await else {
            return;
        };
        server.keeps_what_it_has().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn half_a_file_is_named() {
    let directory = directory();
    let Some(server) = start(directory.path(), &[]).await else {
        return;
    };
    server.is_left_with_half_a_file().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_and_what_is_forbidden_are_named() {
    let directory = directory();
    let Some(server) = start(directory.path(), &[]).await else {
        return;
    };
    let error = get(&server.url("none")).await.unwrap_err();
    refused(&error, Step::Open, Said::NotFound, "`1 File not found`");

    let error = put(&server.url("none/file"), b"file").await.unwrap_err();
    refused(&error, Step::Open, Said::NotFound, "`1 File not found`");

    // It has a code of its own for this, and does not use it.
    server.hide("secret", b"secret");
    let error = get(&server.url("secret")).await.unwrap_err();
    refused(&error, Step::Open, Said::Other, "`0 Permission denied`");
    let error = put(&server.url("secret"), b"file").await.unwrap_err();
    refused(&error, Step::Open, Said::Other, "`0 Permission denied`");
    assert_eq!(fs::read(server.file("secret")).unwrap(), b"secret");
}

/// The server acknowledges every block; what it has in the end tells.
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_that_the_server_does_not_notice_is_noticed() {
    if !is_root() {
        return;
    }
    let Some(small) = SmallDisk::mount() else {
        return;
    };
    let Some(server) = start(small.path(), &[]).await else {
        return;
    };
    let file = bytes(1_000_000);
    let error = put(&server.url("file"), &file).await.unwrap_err();
    assert_eq!(error.step, Step::Verify, "{error}");
    let Problem::Size { bytes, found } = error.problem else {
        panic!("{error}");
    };
    let there = fs::metadata(server.file("file")).unwrap().len();
    assert_eq!((bytes, found), (1_000_000, there));
    assert!(there <= 65536);
    assert_eq!(error.left_behind.as_deref(), Some("file"));
}
