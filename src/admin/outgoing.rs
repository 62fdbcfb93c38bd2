//! Where an archive goes.

use std::io::Write;
use std::path::PathBuf;

use crate::transfer::{Access, Remote};

/// Where an archive goes.
pub enum ArchiveTarget<'a> {
    /// A file on this machine.
    File {
        /// Its path.
        path: PathBuf,
        /// Whether it may take the place of one that is there.
        replace: bool,
    },
    /// A file on a server.
    Server {
        /// Where it is to lie.
        remote: Remote,
        /// Whether it may take the place of one that is there.
        replace: bool,
        /// What opens the server's door.
        access: &'a Access<'a>,
    },
    /// A stream, for example standard output.
    Stream(Box<dyn Write + 'a>),
}
