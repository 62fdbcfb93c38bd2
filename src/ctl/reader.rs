//! A cursor that knows where in the file it is, and the lengths that are written.

use super::error::{InvalidCtl, TooLong};

/// Reads from the front of a slice of the file. Nothing is copied and nothing is allocated here: a
/// length that lies yields an error and never a buffer of that size.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
    offset: usize,
}

impl<'a> Reader<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self {
            rest: bytes,
            offset: 0,
        }
    }

    /// How many bytes of the file stand before the next.
    pub(super) const fn offset(&self) -> usize {
        self.offset
    }

    pub(super) const fn any_left(&self) -> bool {
        !self.rest.is_empty()
    }

    /// The next `length` bytes.
    pub(super) fn take(&mut self, length: usize) -> Result<&'a [u8], InvalidCtl> {
        let (taken, rest) = self
            .rest
            .split_at_checked(length)
            .ok_or(InvalidCtl::Truncated {
                offset: self.offset,
                needed: length,
                left: self.rest.len(),
            })?;
        self.rest = rest;
        self.offset += length;
        Ok(taken)
    }

    pub(super) fn u8(&mut self) -> Result<u8, InvalidCtl> {
        self.take(1).map(|taken| taken[0])
    }

    pub(super) fn u16(&mut self) -> Result<u16, InvalidCtl> {
        self.take(2)
            .map(|taken| u16::from_be_bytes([taken[0], taken[1]]))
    }

    /// The next `length` bytes, to be read on their own.
    pub(super) fn sub(&mut self, length: usize) -> Result<Self, InvalidCtl> {
        let offset = self.offset;
        self.take(length).map(|rest| Self { rest, offset })
    }

    /// The length and the value of a field of two bytes, behind its tag.
    pub(super) fn pair(&mut self, field: &'static str) -> Result<[u8; 2], InvalidCtl> {
        let offset = self.offset.saturating_sub(1);
        let length = self.u16()?.into();
        if length != 2 {
            return Err(InvalidCtl::Length {
                offset,
                field,
                length,
            });
        }
        self.u16().map(u16::to_be_bytes)
    }
}

/// Writes a tag, and what `write` writes with its u16 length in front.
pub(super) fn write_field(
    buffer: &mut Vec<u8>,
    tag: u8,
    write: impl FnOnce(&mut Vec<u8>) -> Result<(), TooLong>,
) -> Result<(), TooLong> {
    buffer.extend([tag, 0, 0]);
    let start = buffer.len();
    write(buffer)?;
    let length = buffer.len() - start;
    buffer[start - 2..start].copy_from_slice(&short(length)?);
    Ok(())
}

/// A length in its two bytes.
pub(super) fn short(length: usize) -> Result<[u8; 2], TooLong> {
    u16::try_from(length)
        .map(u16::to_be_bytes)
        .map_err(|_| TooLong { length })
}
