//! Why an archive is refused.

use std::io;

use super::name::InvalidName;
use crate::model::Escaped;

/// Why an archive is not taken. It is refused whole.
#[derive(Debug, thiserror::Error)]
pub enum InvalidArchive {
    /// The compressed data is damaged, or its checksum wrong.
    #[error("the archive's gzip data is damaged; transfer it again, in binary mode")]
    CorruptGzip {
        /// What the decompressor says.
        source: io::Error,
    },
    /// An entry is a device.
    #[error("the archive's entry `{}` is a device; {PACK_AGAIN}", Escaped(.name))]
    Device {
        /// The entry.
        name: String,
    },
    /// An entry is a directory other than `./`.
    #[error("the archive's entry `{}` is a directory; {PACK_AGAIN}", Escaped(.name))]
    Directory {
        /// The entry.
        name: String,
    },
    /// There is no file in it.
    #[error("the archive has no files; {PACK_AGAIN}")]
    Empty,
    /// An entry is larger than [`super::Limits::entry_bytes`].
    #[error(
        "the archive's entry `{}` has {bytes} bytes; {limit} are allowed, and a certificate has \
         fewer",
        Escaped(.name)
    )]
    EntryTooLarge {
        /// The entry.
        name: String,
        /// How large it claims to be.
        bytes: u64,
        /// How large it may be.
        limit: u64,
    },
    /// A header that describes the next entry is larger than [`super::Limits::entry_bytes`].
    #[error(
        "the archive has an extended header of {bytes} bytes; {limit} are allowed; {PACK_AGAIN}"
    )]
    ExtendedHeaderTooLarge {
        /// How large it claims to be.
        bytes: u64,
        /// How large it may be.
        limit: u64,
    },
    /// An entry is a named pipe.
    #[error("the archive's entry `{}` is a named pipe; {PACK_AGAIN}", Escaped(.name))]
    Fifo {
        /// The entry.
        name: String,
    },
    /// A header makes no sense.
    #[error("the archive is damaged or no tar inside: {problem} at byte {offset}; {PACK_AGAIN}")]
    InvalidHeader {
        /// Where the block behind it begins, in the unpacked archive.
        offset: u64,
        /// What is wrong.
        problem: &'static str,
    },
    /// An entry is a hard or a symbolic link.
    #[error("the archive's entry `{}` is a link; {PACK_AGAIN}", Escaped(.name))]
    Link {
        /// The entry.
        name: String,
    },
    /// An entry's name is not the name of a file that lies in no directory.
    #[error("the archive's entry `{}` {problem}; {PACK_AGAIN}", Escaped(.name))]
    Name {
        /// The entry, or the beginning of its name.
        name: String,
        /// What is wrong with it.
        problem: InvalidName,
    },
    /// The bytes are something else than gzip.
    #[error("this is {found}, not a .tgz archive; {PACK_AGAIN}")]
    NotGzip {
        /// What it looks like.
        found: &'static str,
    },
    /// The archive could not be read: the fault of a disk or a network, not the archive's.
    #[error("the archive could not be read")]
    Read {
        /// Why.
        source: io::Error,
    },
    /// An entry has holes (GNU sparse), from which little data makes a large file.
    #[error("the archive's entry `{}` is a sparse file; {PACK_AGAIN}", Escaped(.name))]
    Sparse {
        /// The entry.
        name: String,
    },
    /// The whole is larger than [`super::Limits::total_bytes`] when it is unpacked.
    #[error("the archive unpacks to more than {limit} bytes; split it into several")]
    TooLarge {
        /// How large it may be.
        limit: u64,
    },
    /// There are more files than [`super::Limits::entries`].
    #[error("the archive has more than {limit} files; split it into several")]
    TooManyEntries {
        /// How many there may be.
        limit: u64,
    },
    /// Something follows the archive's end.
    #[error("something follows the archive's end; {PACK_AGAIN}")]
    TrailingData,
    /// The gzip data ends early.
    #[error("the archive is cut off; transfer it again, in binary mode")]
    TruncatedGzip,
    /// The gzip data is whole, but the tar inside ends early.
    #[error("the tar inside the archive is cut off: the disk may have been full; {PACK_AGAIN}")]
    TruncatedTar,
    /// An entry is of a kind that tar has, but not for files.
    #[error(
        "the archive's entry `{}` is of tar's kind {kind:#04x}, not a file; {PACK_AGAIN}",
        Escaped(.name)
    )]
    UnknownKind {
        /// The entry.
        name: String,
        /// The byte that names its kind.
        kind: u8,
    },
}

const PACK_AGAIN: &str = "pack the files alone, in their directory: `tar czf NAME.tgz *.der`";

impl InvalidArchive {
    /// What is wrong, without the advice for whoever packs certificates.
    pub fn problem(&self) -> String {
        let mut text = self.to_string();
        if let Some(problem) = text.strip_suffix(PACK_AGAIN) {
            text.truncate(problem.trim_end_matches("; ").len());
        }
        text
    }
}
