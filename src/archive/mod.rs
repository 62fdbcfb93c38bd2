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

mod extended;
mod invalid;
mod name;
mod read;
mod unpack;
mod write;

pub use invalid::InvalidArchive;
pub use name::InvalidName;
pub use read::{Entry, Limits, Summary, read};
pub use write::Writer;
