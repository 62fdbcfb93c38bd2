//! What is wrong with bytes that are no CTL or ITL file, and with a file that does not fit into bytes.

use super::file::CtlFile;
use super::tag::{HeaderTag, RecordTag};

/// Bytes that are not a CTL or ITL file. Offsets count from the first byte of the file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCtl {
    /// The bytes do not begin as such a file does.
    #[error(
        "it is no CTL or ITL file: at byte {offset} stands tag {found:#04x}, where {expected} belongs"
    )]
    NotCtl {
        /// Where.
        offset: usize,
        /// The tag that was found.
        found: u8,
        /// The tag that belongs there.
        expected: HeaderTag,
    },
    /// Something ends before its length does.
    #[error("at byte {offset}: of {needed} bytes that belong there, there are {left}")]
    Truncated {
        /// Where the bytes were to begin.
        offset: usize,
        /// How many belong there.
        needed: usize,
        /// How many there are.
        left: usize,
    },
    /// A field of two bytes has another length.
    #[error("at byte {offset}: {field} has {length} bytes, not 2")]
    Length {
        /// Where the field begins.
        offset: usize,
        /// Its name.
        field: &'static str,
        /// How many bytes it has.
        length: usize,
    },
    /// A header or a record is shorter than the fields that say how long it is.
    #[error("at byte {offset}: {field} says {length} bytes, and it has itself {least}")]
    TooShort {
        /// Where the field begins.
        offset: usize,
        /// Its name.
        field: &'static str,
        /// What it says.
        length: u16,
        /// How many bytes there are already.
        least: usize,
    },
    /// Something else stands where a record begins.
    #[error(
        "at byte {offset} stands tag {found:#04x}, where a record begins with {}",
        RecordTag::RECORD_LENGTH
    )]
    NoRecord {
        /// Where.
        offset: usize,
        /// The tag that was found.
        found: u8,
    },
    /// Fields stand in fields, and so on, deeper than the format has it.
    #[error(
        "at byte {offset}: fields are nested deeper than {} times",
        CtlFile::MAX_DEPTH
    )]
    TooDeep {
        /// Where the deepest begins.
        offset: usize,
    },
    /// The file is longer than [`CtlFile::MAX_LENGTH`].
    #[error(
        "it has more than {} bytes, and no phone takes such a file",
        CtlFile::MAX_LENGTH
    )]
    TooLarge,
}

/// A field, a record or a header that does not fit into its length of two bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{length} bytes do not fit into a field, record or header: {} is the limit",
    u16::MAX
)]
pub struct TooLong {
    /// How many bytes there are.
    pub length: usize,
}
