//! TFTP to atftpd, which knows windows.

use std::fs;
use std::path::Path;
use std::process::Command;

use capf::transfer::{Said, Step};

use crate::installed::installed;
use crate::root::is_root;
use crate::tftp_server::{BLOCK, SmallDisk, TftpServer, directory, free, refused};
use crate::tftp_trip::{bytes, get, put};

/// It gives up root's rights, and starts with them alone.
async fn start(directory: &Path, options: &[&str]) -> Option<TftpServer> {
    let program = installed("atftpd")?;
    if !is_root() {
        return None;
    }
    let address = free("127.0.0.1");
    let mut command = Command::new(program);
    command
        .args(["--daemon", "--no-fork", "--bind-address"])
        .arg(address.ip().to_string())
        .arg("--port")
        .arg(address.port().to_string())
        .args(options)
        .arg(directory);
    Some(TftpServer::start(command, directory, address).await)
}

#[tokio::test(flavor = "multi_thread")]
async fn files_of_every_length_go_and_come_back() {
    let directory = directory();
    let Some(server) = start(directory.path(), &[]).await else {
        return;
    };
    for length in [0, 1, BLOCK * 16, 5_000_000] {
        server.takes_and_gives(length).await;
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
async fn a_server_that_knows_no_options_takes_and_gives() {
    let directory = directory();
    let options = [
        "--no-blksize",
        "--no-tsize",
        "--no-timeout",
        "--no-windowsize",
    ];
    for without in options.chunks(1).chain([&options[..]]) {
        let Some(server) = start(directory.path(), without).await else {
            return;
        };
        for length in [0, 512 * 4, 100_000] {
            if without.contains(&"--no-tsize") {
                server.takes_and_gives_unverified(length).await;
            } else {
                server.takes_and_gives(length).await;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_there_is_replaced_only_if_that_is_asked_for() {
    let directory = directory();
    let Some(server) = start(directory.path(), &[]).await else {
        return;
    };
    server.keeps_what_it_has().await;
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

    server.hide("secret", b"secret");
    let error = put(&server.url("secret"), b"file").await.unwrap_err();
    // It agrees on the options before it looks.
    refused(&error, Step::Send, Said::Denied, "`2 Access violation`");
    assert_eq!(error.left_behind, None, "it is not ours");
    assert_eq!(fs::read(server.file("secret")).unwrap(), b"secret");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_named() {
    if !is_root() {
        return;
    }
    let Some(small) = SmallDisk::mount() else {
        return;
    };
    let Some(server) = start(small.path(), &[]).await else {
        return;
    };
    let error = put(&server.url("file"), &bytes(1_000_000))
        .await
        .unwrap_err();
    refused(&error, Step::Send, Said::Full, "`3 ");
    let is_there = fs::exists(small.path().join("file")).unwrap();
    assert_eq!(error.left_behind.is_some(), is_there, "{error}");
}
