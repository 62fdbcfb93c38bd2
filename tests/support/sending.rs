//! Files to servers and back, the way `capf` moves them.

#![allow(dead_code, reason = "no test binary needs all of it")]

use std::fs::{self, File};
use std::path::Path;
use std::time::Duration;

use capf::transfer::{Access, NobodyToAsk, Remote, Sent, TransferError, download, upload};
use tokio_util::sync::CancellationToken;

/// Nothing but patience, and the CAs of a file.
pub(crate) fn access(ca_file: Option<&Path>) -> Access<'static> {
    Access {
        user: None,
        password: None,
        netrc: None,
        ca_file: ca_file.map(Path::to_owned),
        known_hosts: Vec::new(),
        host_key: None,
        keys: Vec::new(),
        agent: None,
        login_name: "tester".to_owned(),
        timeout: Duration::from_secs(30),
        ask: &NobodyToAsk,
    }
}

/// Bytes of every value, in no simple order.
pub(crate) fn bytes(count: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_u32;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_be_bytes()[0]
    };
    (0..count).map(|_| next()).collect()
}

/// A file with this content, which has no name any more.
pub(crate) fn file(content: &[u8]) -> File {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("source");
    fs::write(&path, content).unwrap();
    File::open(path).unwrap()
}

/// Uploads the content in place of whatever is there.
pub(crate) async fn send(
    remote: &Remote,
    content: &[u8],
    access: &Access<'_>,
) -> Result<Sent, TransferError> {
    put(remote, content, true, access).await
}

/// Uploads the content to a URL.
pub(crate) async fn send_to(
    url: &str,
    content: &[u8],
    replace: bool,
    access: &Access<'_>,
) -> Result<Sent, TransferError> {
    put(&url.parse().unwrap(), content, replace, access).await
}

async fn put(
    remote: &Remote,
    content: &[u8],
    replace: bool,
    access: &Access<'_>,
) -> Result<Sent, TransferError> {
    let stop = CancellationToken::new();
    upload(remote, file(content), replace, access, &|_, _| {}, &stop).await
}

/// Downloads a file of up to a gigabyte.
pub(crate) async fn fetch(remote: &Remote, access: &Access<'_>) -> Result<Vec<u8>, TransferError> {
    get(remote, 1 << 30, access).await
}

/// Downloads a file of up to `limit` bytes from a URL.
pub(crate) async fn fetch_from(
    url: &str,
    limit: u64,
    access: &Access<'_>,
) -> Result<Vec<u8>, TransferError> {
    get(&url.parse().unwrap(), limit, access).await
}

async fn get(remote: &Remote, limit: u64, access: &Access<'_>) -> Result<Vec<u8>, TransferError> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("target");
    let target = File::create_new(&path).unwrap();
    let stop = CancellationToken::new();
    let count = download(remote, target, limit, access, &|_, _| {}, &stop).await?;
    let content = fs::read(&path).unwrap();
    assert_eq!(content.len() as u64, count);
    Ok(content)
}

/// The names in a directory, sorted.
pub(crate) fn names(directory: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}
