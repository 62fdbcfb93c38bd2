//! HTTPS.

mod certificates;
mod cut;
mod download;
mod proxy;
mod server;
mod tls;
mod trouble;
mod upload;

use std::io::{Read as _, Seek as _};
use std::path::PathBuf;

use capf::secret::AccountPassword;
use capf::transfer::{self, Access, Remote, Sent, TransferError};
use tokio_util::sync::CancellationToken;

use crate::sending;

/// Longer than every buffer on the way.
fn several_megabytes() -> Vec<u8> {
    sending::bytes(3_000_017)
}

/// Nobody is known; `ca_file` vouches for the server.
fn access(ca_file: PathBuf) -> Access<'static> {
    Access {
        ca_file: Some(ca_file),
        ..sending::access(None)
    }
}

fn access_as(user: &str, password: &str, ca_file: PathBuf) -> Access<'static> {
    Access {
        user: Some(user.to_owned()),
        password: Some(AccountPassword::new(password)),
        ..access(ca_file)
    }
}

async fn upload(
    url: &str,
    bytes: &[u8],
    replace: bool,
    access: &Access<'_>,
) -> Result<Sent, TransferError> {
    upload_until(url, bytes, replace, access, &CancellationToken::new()).await
}

async fn upload_until(
    url: &str,
    bytes: &[u8],
    replace: bool,
    access: &Access<'_>,
    stop: &CancellationToken,
) -> Result<Sent, TransferError> {
    let target: Remote = url.parse().unwrap();
    let file = sending::file(bytes);
    transfer::upload(&target, file, replace, access, &|_, _| {}, stop).await
}

async fn download(url: &str, limit: u64, access: &Access<'_>) -> Result<Vec<u8>, TransferError> {
    let source: Remote = url.parse().unwrap();
    let mut file = tempfile::tempfile().unwrap();
    let stop = CancellationToken::new();
    let ours = file.try_clone().unwrap();
    let count = transfer::download(&source, ours, limit, access, &|_, _| {}, &stop).await?;
    let mut bytes = Vec::new();
    file.rewind().unwrap();
    file.read_to_end(&mut bytes).unwrap();
    assert_eq!(count, bytes.len() as u64);
    Ok(bytes)
}
