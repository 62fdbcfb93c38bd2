//! Files to servers and from them: FTP, FTPS, SFTP, TFTP and HTTPS; and requests to web servers that
//! move no file ([`Call`]).
//!
//! A [`Remote`] is where a file lies, [`Access`] is what proves who we are and who the server is. Each
//! protocol is one file that knows how to put, get, measure, rename and delete; what an upload
//! promises is written once, here:
//!
//! - Nobody finds half a file under the right name. Where the protocol can rename, the bytes go to a
//!   temporary name first; where it cannot (TFTP, HTTPS), the server alone answers for it.
//! - A file that is there already is not replaced unless that was asked for, where the server can be
//!   asked for it.
//! - The size is compared after the upload, where the server can tell it.
//! - What fails or is stopped is taken away again, and what could not be is named.

mod access;
mod error;
mod ftp;
mod http;
mod known_hosts;
mod netrc;
mod reach;
mod remote;
mod sftp;
mod stream;
mod tftp;
mod tls;

use std::fs::File;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

pub use access::{Access, Ask, HostKey, NobodyToAsk, Remembering};
pub use error::{Found, Problem, Said, Step, TransferError};
pub use http::{Call, InvalidCall};
pub use netrc::InvalidNetrc;
pub use remote::{InvalidRemote, Remote, Scheme};

use error::Failure;
use stream::{Incoming, Outgoing};

/// How long a server may take to let us delete what an upload has left.
const CLEANING: Duration = Duration::from_secs(10);

/// Hears how many bytes have been moved, of how many where that is known.
pub type Moved<'a> = &'a (dyn Fn(u64, Option<u64>) + Sync);

/// What came of an upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    /// How many bytes the file has.
    pub bytes: u64,
    /// Whether the server has said that it holds as many.
    pub verified: bool,
}

/// A connection to a server, ready to take and give files.
///
/// A path is as [`Remote::path`] has it. What a server says is kept in the [`Failure`].
trait Server: Sized {
    /// Whether a file can be renamed.
    const RENAMES: bool;

    /// Connects, makes sure that it is the right server, and logs in.
    async fn connect(remote: &Remote, access: &Access<'_>) -> Result<Self, Failure>;

    /// Writes a file. Returns once the server has said that it has every byte.
    async fn put(&mut self, path: &str, source: &mut Outgoing<'_>) -> Result<(), Failure>;

    /// Reads a file.
    async fn get(&mut self, path: &str, sink: &mut Incoming<'_>) -> Result<(), Failure>;

    /// What is to be found under a name. It is no failure that a server cannot tell.
    async fn find(&mut self, path: &str) -> Result<Found, Failure>;

    /// Gives a file another name, in whose place there may be one already if `replace` says so.
    async fn rename(&mut self, from: &str, to: &str, replace: bool) -> Result<(), Failure>;

    /// Deletes a file.
    async fn delete(&mut self, path: &str) -> Result<(), Failure>;

    /// Takes away what a [`Server::put`] has left under the file's own name that failed or was
    /// stopped in the middle, but nothing that was there before. Tells whether something is left.
    ///
    /// Asked only of servers that cannot rename.
    async fn take_back(&mut self, _path: &str) -> bool {
        false
    }

    /// Says goodbye. Whatever goes wrong now does not matter any more.
    async fn close(self);
}

/// Puts all of `file` (from its beginning) where `target` says; what is there already is replaced
/// only if `replace` says so.
///
/// When this returns an error, nothing new is to be found under the target's name, as far as the
/// server can be believed, and nothing under a temporary one unless the error says so.
pub async fn upload(
    target: &Remote,
    file: File,
    replace: bool,
    access: &Access<'_>,
    moved: Moved<'_>,
    stop: &CancellationToken,
) -> Result<Sent, TransferError> {
    let mut source = Outgoing::new(file, moved)
        .await
        .map_err(|failure| failure.at(target))?;
    let source = &mut source;
    // Boxed, because a connection to a server is large, and the commands that may have one are not.
    match target.scheme() {
        Scheme::Ftp | Scheme::Ftps | Scheme::FtpsImplicit => {
            Box::pin(upload_over::<ftp::Ftp>(
                target, source, replace, access, stop,
            ))
            .await
        }
        Scheme::Https => {
            Box::pin(upload_over::<http::Https>(
                target, source, replace, access, stop,
            ))
            .await
        }
        Scheme::Sftp => {
            Box::pin(upload_over::<sftp::Sftp>(
                target, source, replace, access, stop,
            ))
            .await
        }
        Scheme::Tftp => {
            Box::pin(upload_over::<tftp::Tftp>(
                target, source, replace, access, stop,
            ))
            .await
        }
    }
}

/// Gets the file that `source` names into `file`; tells how many bytes it has. A file of more than
/// `limit` bytes is refused.
pub async fn download(
    source: &Remote,
    file: File,
    limit: u64,
    access: &Access<'_>,
    moved: Moved<'_>,
    stop: &CancellationToken,
) -> Result<u64, TransferError> {
    let mut sink = Incoming::new(file, limit, moved);
    let sink = &mut sink;
    match source.scheme() {
        Scheme::Ftp | Scheme::Ftps | Scheme::FtpsImplicit => {
            Box::pin(download_over::<ftp::Ftp>(source, sink, access, stop)).await
        }
        Scheme::Https => Box::pin(download_over::<http::Https>(source, sink, access, stop)).await,
        Scheme::Sftp => Box::pin(download_over::<sftp::Sftp>(source, sink, access, stop)).await,
        Scheme::Tftp => Box::pin(download_over::<tftp::Tftp>(source, sink, access, stop)).await,
    }
}

async fn upload_over<S: Server>(
    target: &Remote,
    source: &mut Outgoing<'_>,
    replace: bool,
    access: &Access<'_>,
    stop: &CancellationToken,
) -> Result<Sent, TransferError> {
    let mut server = unless_stopped(stop, S::connect(target, access))
        .await
        .map_err(|failure| failure.at(target))?;
    if !replace {
        let found = unless_stopped(stop, server.find(target.path())).await;
        let found = found.map_err(|failure| failure.at(target))?;
        if matches!(found, Found::File { .. } | Found::FileOfUnknownSize) {
            server.close().await;
            return Err(Failure::new(Step::Open, Problem::Exists).at(target));
        }
    }
    let path = if S::RENAMES {
        temporary(target.path())
    } else {
        target.path().to_owned()
    };
    let outcome = unless_stopped(
        stop,
        put_and_verify(&mut server, &path, target, replace, source),
    )
    .await;
    match outcome {
        Ok(sent) => {
            server.close().await;
            Ok(sent)
        }
        Err(failure) => {
            let left_behind = if S::RENAMES {
                // The connection may be in the middle of anything.
                drop(server);
                !cleaned::<S>(target, &path, access).await
            } else {
                server.take_back(&path).await
            };
            Err(failure.leaving(left_behind.then_some(path)).at(target))
        }
    }
}

async fn put_and_verify<S: Server>(
    server: &mut S,
    path: &str,
    target: &Remote,
    replace: bool,
    source: &mut Outgoing<'_>,
) -> Result<Sent, Failure> {
    server.put(path, source).await?;
    let bytes = source.length();
    let verified = match server.find(path).await? {
        Found::File { bytes: found } if found == bytes => true,
        Found::File { bytes: found } => {
            return Err(Failure::new(Step::Verify, Problem::Size { bytes, found }));
        }
        Found::Nothing => {
            return Err(Failure::new(
                Step::Verify,
                Problem::Size { bytes, found: 0 },
            ));
        }
        Found::FileOfUnknownSize | Found::Unknown => false,
    };
    if S::RENAMES {
        server.rename(path, target.path(), replace).await?;
    }
    Ok(Sent { bytes, verified })
}

async fn download_over<S: Server>(
    source: &Remote,
    sink: &mut Incoming<'_>,
    access: &Access<'_>,
    stop: &CancellationToken,
) -> Result<u64, TransferError> {
    let outcome = unless_stopped(stop, async {
        let mut server = S::connect(source, access).await?;
        server.get(source.path(), sink).await?;
        sink.finish().await?;
        server.close().await;
        Ok(())
    })
    .await;
    outcome.map_err(|failure| failure.at(source))?;
    Ok(sink.bytes())
}

/// Deletes what an upload has left, over a connection of its own. Tells whether it is gone.
async fn cleaned<S: Server>(target: &Remote, path: &str, access: &Access<'_>) -> bool {
    let cleaning = async {
        let mut server = S::connect(target, access).await?;
        let gone = match server.delete(path).await {
            Ok(()) => true,
            Err(_) => matches!(server.find(path).await, Ok(Found::Nothing)),
        };
        server.close().await;
        Ok::<_, Failure>(gone)
    };
    matches!(tokio::time::timeout(CLEANING, cleaning).await, Ok(Ok(true)))
}

async fn unless_stopped<T>(
    stop: &CancellationToken,
    work: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    tokio::select! {
        biased;
        () = stop.cancelled() => Err(Failure::new(Step::Stop, Problem::Stopped)),
        outcome = work => outcome,
    }
}

/// A name beside `path` that nobody else uses.
fn temporary(path: &str) -> String {
    // A number that is taken already is as good as random here: the server says so.
    let random = getrandom::u32().unwrap_or_default();
    format!("{path}.{random:08x}.part")
}
