//! A file's way to a server and back, through the public API.

#![allow(dead_code, reason = "no test binary needs all of it")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs::File;
use std::io::{Read as _, Seek as _, Write as _};
use std::time::Duration;

use capf::transfer::{Access, Moved, NobodyToAsk, Sent, TransferError, download, upload};
use tokio_util::sync::CancellationToken;

/// Larger than every file here.
const NO_LIMIT: u64 = 1 << 40;

/// Uploads and downloads that wait as long for a server, and replace what is there.
#[derive(Clone)]
pub(crate) struct Trip {
    pub(crate) timeout: Duration,
    pub(crate) limit: u64,
    pub(crate) replace: bool,
    pub(crate) stop: CancellationToken,
}

impl Trip {
    pub(crate) fn new() -> Self {
        Self::patient(Duration::from_secs(30))
    }

    pub(crate) fn patient(timeout: Duration) -> Self {
        Self {
            timeout,
            limit: NO_LIMIT,
            replace: true,
            stop: CancellationToken::new(),
        }
    }

    pub(crate) async fn put(&self, url: &str, bytes: &[u8]) -> Result<Sent, TransferError> {
        self.put_telling(url, bytes, &|_, _| ()).await
    }

    async fn put_telling(
        &self,
        url: &str,
        bytes: &[u8],
        moved: Moved<'_>,
    ) -> Result<Sent, TransferError> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        let target = url.parse().unwrap();
        let access = self.access();
        // Boxed, as the download is: a future of all protocols is large.
        let uploading = upload(&target, file, self.replace, &access, moved, &self.stop);
        Box::pin(uploading).await
    }

    pub(crate) async fn get(&self, url: &str) -> Result<Vec<u8>, TransferError> {
        let mut file = tempfile::tempfile().unwrap();
        let source = url.parse().unwrap();
        let taken = file.try_clone().unwrap();
        let access = self.access();
        let moved = &|_, _| ();
        let downloading = download(&source, taken, self.limit, &access, moved, &self.stop);
        let count = Box::pin(downloading).await?;
        let bytes = contents(&mut file);
        assert_eq!(bytes.len() as u64, count);
        Ok(bytes)
    }

    /// The same, but what is there is not replaced.
    pub(crate) fn careful(self) -> Self {
        Self {
            replace: false,
            ..self
        }
    }

    fn access(&self) -> Access<'static> {
        Access {
            user: None,
            password: None,
            netrc: None,
            ca_file: None,
            known_hosts: Vec::new(),
            host_key: None,
            keys: Vec::new(),
            agent: None,
            login_name: "nobody".to_owned(),
            timeout: self.timeout,
            ask: &NobodyToAsk,
        }
    }
}

/// Uploads with a patience that does not matter.
pub(crate) async fn put(url: &str, bytes: &[u8]) -> Result<Sent, TransferError> {
    Trip::new().put(url, bytes).await
}

/// Downloads with a patience that does not matter.
pub(crate) async fn get(url: &str) -> Result<Vec<u8>, TransferError> {
    Trip::new().get(url).await
}

/// Uploads, and stops it as soon as so many bytes are on their way.
pub(crate) async fn stopped_after(url: &str, bytes: &[u8], count: u64) -> TransferError {
    let trip = Trip::new();
    let stop = |moved, _| {
        if moved >= count {
            trip.stop.cancel();
        }
    };
    trip.put_telling(url, bytes, &stop).await.unwrap_err()
}

fn contents(file: &mut File) -> Vec<u8> {
    let mut bytes = Vec::new();
    file.rewind().unwrap();
    file.read_to_end(&mut bytes).unwrap();
    bytes
}

/// Bytes of which no two blocks are alike.
pub(crate) fn bytes(length: usize) -> Vec<u8> {
    (0_u64..)
        .flat_map(|number| number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes())
        .take(length)
        .collect()
}
