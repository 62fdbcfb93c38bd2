//! Backups: an installation in one file, while its service runs.
//!
//! What is to be in it is gathered first (`material`), so that the file is written from what stands
//! still, and written then under a temporary name: one that fails or is stopped leaves none, and the
//! one before as it was.

mod material;
mod rotation;

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use super::counted::Counted;
use super::spool::unnamed_file;
use super::{AdminError, ArchiveTarget, Installation};
use crate::backup::{Counts, Encryption, Writer};
use crate::transfer::{self, Access, Moved, Remote};
use crate::whole_file::WholeFile;
use material::Material;

pub(super) use material::counts;
pub use rotation::{file_name, keep_latest};

/// What is to be in a backup, besides the store and the CAPF certificate with its key.
#[derive(Clone, Copy, Debug, Default)]
pub struct Extent<'a> {
    /// The configuration file.
    pub configuration: Option<&'a Path>,
    /// Whether the trace files are.
    pub traces: bool,
}

/// Hears how a backup goes.
#[derive(Clone, Copy)]
pub struct BackupProgress<'a> {
    /// So many pages of the store are copied, of how many.
    pub copied: &'a dyn Fn(u64, u64),
    /// So many bytes are in the backup, of how many.
    pub packed: &'a dyn Fn(u64, u64),
    /// So many bytes of the backup are on the server: none when it is packed, and before anybody is
    /// asked for anything.
    pub moved: Moved<'a>,
}

/// A backup that was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Backup {
    /// When what is in it was so.
    pub made_at: Timestamp,
    /// How much is in it.
    #[serde(flatten)]
    pub counts: Counts,
    /// How many files, its manifest apart.
    pub files: u64,
    /// How many bytes it has.
    pub bytes: u64,
    /// Whether it is encrypted.
    pub encrypted: bool,
    /// Whether the server that it went to has said that it holds as many bytes.
    pub verified: bool,
}

/// Backs the installation up: one state of its store, whoever works with it meanwhile.
///
/// A failure leaves no backup, and so does `stop`. One backup is made at a time.
pub async fn back_up(
    installation: &Installation,
    extent: Extent<'_>,
    encryption: &Encryption,
    target: ArchiveTarget<'_>,
    progress: BackupProgress<'_>,
    stop: &CancellationToken,
) -> Result<Backup, AdminError> {
    // What cannot be written to is better known before the work.
    let target = Opened::new(target)?;
    let material = Material::gather(installation, extent, progress.copied, stop).await?;
    let packer = Packer {
        material: &material,
        encryption,
        packed: progress.packed,
        stop,
    };
    let (bytes, verified) = match target {
        Opened::File(file, path) => {
            let failed = |source| AdminError::Write {
                path: path.clone(),
                source,
            };
            let (file, bytes) = packer.pack(file, &failed)?;
            file.commit()?;
            (bytes, false)
        }
        Opened::Stream(stream) => {
            let failed = |source| AdminError::Stream { source };
            (packer.pack(stream, &failed)?.1, false)
        }
        Opened::Server(remote, replace, access) => {
            let data_dir = installation.data_dir();
            let failed = |source| AdminError::Write {
                path: data_dir.to_owned(),
                source,
            };
            let file = io::BufWriter::new(unnamed_file(data_dir)?);
            let (file, bytes) = packer.pack(file, &failed)?;
            let file = file
                .into_inner()
                .map_err(|error| failed(error.into_error()))?;
            (progress.moved)(0, Some(bytes));
            let sent =
                transfer::upload(&remote, file, replace, access, progress.moved, stop).await?;
            (bytes, sent.verified)
        }
    };
    let manifest = &material.manifest;
    Ok(Backup {
        made_at: manifest.made_at,
        counts: manifest.counts,
        files: manifest.members.len() as u64,
        bytes,
        encrypted: !matches!(encryption, Encryption::Open),
        verified,
    })
}

/// A target, ready to be written to.
enum Opened<'a> {
    File(WholeFile, PathBuf),
    Server(Remote, bool, &'a Access<'a>),
    Stream(Box<dyn Write + 'a>),
}

impl<'a> Opened<'a> {
    fn new(target: ArchiveTarget<'a>) -> Result<Self, AdminError> {
        Ok(match target {
            ArchiveTarget::File { path, replace } => {
                let file = WholeFile::create_private(&path, replace)?;
                rotation::clear_unfinished(&path)?;
                Self::File(file, path)
            }
            ArchiveTarget::Server {
                remote,
                replace,
                access,
            } => Self::Server(remote, replace, access),
            ArchiveTarget::Stream(stream) => Self::Stream(stream),
        })
    }
}

/// What makes the file.
struct Packer<'a> {
    material: &'a Material,
    encryption: &'a Encryption,
    packed: &'a dyn Fn(u64, u64),
    stop: &'a CancellationToken,
}

impl Packer<'_> {
    /// Writes the backup into `out`; gives that back, and how many bytes it got. `failed` says of an
    /// error of `out` where it was.
    fn pack<W: Write>(
        &self,
        out: W,
        failed: &dyn Fn(io::Error) -> AdminError,
    ) -> Result<(W, u64), AdminError> {
        let failed = |error: io::Error| {
            if self.stop.is_cancelled() {
                AdminError::Stopped
            } else {
                failed(error)
            }
        };
        let manifest = &self.material.manifest;
        let mut writer =
            Writer::new(Counted::new(out), self.encryption, manifest).map_err(failed)?;
        let mut told = Told {
            packer: self,
            bytes: 0,
            of: manifest.bytes(),
        };
        while let Some(member) = writer.next_member() {
            let file = self.material.open(member)?;
            writer
                .add(Watched {
                    file,
                    told: &mut told,
                })
                .map_err(failed)?;
        }
        let Counted { out, bytes } = writer.finish().map_err(failed)?;
        Ok((out, bytes))
    }
}

/// How far the backup is.
struct Told<'a> {
    packer: &'a Packer<'a>,
    bytes: u64,
    of: u64,
}

/// A file on its way into the backup.
struct Watched<'a, 'b, R> {
    file: R,
    told: &'a mut Told<'b>,
}

impl<R: Read> Read for Watched<'_, '_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.told.packer.stop.is_cancelled() {
            return Err(io::Error::other("it was stopped"));
        }
        let count = self.file.read(into)?;
        self.told.bytes += count as u64;
        (self.told.packer.packed)(self.told.bytes, self.told.of);
        Ok(count)
    }
}
