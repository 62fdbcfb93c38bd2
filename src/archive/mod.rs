//! `.tgz` archives in and out, streaming, with limits on what a hostile one may do.
//!
//! An archive of CSRs or certificates is flat: files beside each other, no directories, as
//! `tar czf NAME.tgz *.der` makes it. Nothing is ever unpacked onto a disk, so a name can do no
//! harm there; what is not flat is refused all the same, because whoever packed it meant
//! something else.
//!
//! [`read`] judges the archive as a whole. An error means that the archive is not to be used, and
//! the entries that were handed out before it are not either: a caller keeps what it decides until
//! `read` has returned.
//!
//! An archive of large files, which may lie in directories, is read by a [`Reader`], file by file and
//! piece by piece. It does not judge the whole before it hands out parts either.

mod extended;
mod invalid;
mod name;
mod read;
mod reader;
mod unpack;
mod write;

pub use invalid::InvalidArchive;
pub use name::InvalidName;
pub use read::{Entry, Limits, Member, Summary, read};
pub use reader::Reader;
pub use write::Writer;
