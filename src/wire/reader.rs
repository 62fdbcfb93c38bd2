//! A cursor over a slice, and the lengths that are written.

use super::error::{InvalidElement, TooLong};

/// Reads from the front of a slice. Nothing is copied and nothing is allocated here: a length that
/// lies yields an error and never a buffer of that size.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// The next `length` bytes.
    pub(super) fn take(&mut self, length: usize) -> Result<&'a [u8], InvalidElement> {
        let (taken, rest) = self
            .rest
            .split_at_checked(length)
            .ok_or(InvalidElement::Truncated)?;
        self.rest = rest;
        Ok(taken)
    }

    pub(super) fn u8(&mut self) -> Result<u8, InvalidElement> {
        let [byte] = self.array()?;
        Ok(byte)
    }

    pub(super) fn u16(&mut self) -> Result<u16, InvalidElement> {
        self.array().map(u16::from_be_bytes)
    }

    /// A u16 length, and as many bytes as it says, to be read on their own.
    pub(super) fn sub(&mut self) -> Result<Self, InvalidElement> {
        let length = self.u16()?;
        self.take(length.into()).map(Self::new)
    }

    /// Everything that is left.
    pub(super) fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.rest)
    }

    pub(super) const fn any_left(&self) -> bool {
        !self.rest.is_empty()
    }

    /// Refuses leftovers.
    pub(super) const fn finish(self) -> Result<(), InvalidElement> {
        match self.rest.len() {
            0 => Ok(()),
            length => Err(InvalidElement::TrailingData { length }),
        }
    }

    fn array<const LENGTH: usize>(&mut self) -> Result<[u8; LENGTH], InvalidElement> {
        let (array, rest) = self
            .rest
            .split_first_chunk()
            .ok_or(InvalidElement::Truncated)?;
        self.rest = rest;
        Ok(*array)
    }
}

/// Writes what `write` writes, with its u16 length in front: the counterpart of [`Reader::sub`].
pub(super) fn write_sub(
    buffer: &mut Vec<u8>,
    write: impl FnOnce(&mut Vec<u8>) -> Result<(), TooLong>,
) -> Result<(), TooLong> {
    let at = buffer.len();
    buffer.extend([0; 2]);
    write(buffer)?;
    let length = buffer.len() - at - 2;
    let field = u16::try_from(length).map_err(|_| TooLong {
        length,
        limit: u16::MAX.into(),
    })?;
    buffer[at..at + 2].copy_from_slice(&field.to_be_bytes());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_reads_from_the_front_in_big_endian() {
        let mut reader = Reader::new(&[1, 2, 3, 0, 2, 4, 5, 6, 7]);
        assert_eq!(reader.u8(), Ok(1));
        assert_eq!(reader.u16(), Ok(0x0203));
        assert_eq!(reader.sub().map(|mut sub| sub.rest()), Ok(&[4, 5][..]));
        assert_eq!(reader.take(1), Ok(&[6][..]));
        assert!(reader.any_left());
        assert_eq!(
            reader.finish(),
            Err(InvalidElement::TrailingData { length: 1 })
        );
    }

    #[test]
    fn what_is_not_there_is_not_read() {
        assert_eq!(Reader::new(&[]).u8(), Err(InvalidElement::Truncated));
        assert_eq!(Reader::new(&[1]).u16(), Err(InvalidElement::Truncated));
        assert_eq!(Reader::new(&[1]).take(2), Err(InvalidElement::Truncated));
        let mut liar = Reader::new(&[0xff, 0xff, 1]);
        assert!(matches!(liar.sub(), Err(InvalidElement::Truncated)));
    }

    #[test]
    fn a_length_that_its_field_cannot_hold_is_refused() {
        let write = |length: usize| {
            let mut buffer = Vec::new();
            write_sub(&mut buffer, |buffer| {
                buffer.resize(buffer.len() + length, 0);
                Ok(())
            })
            .map(|()| buffer[..2].to_vec())
        };
        assert_eq!(write(0xffff), Ok(vec![0xff, 0xff]));
        assert_eq!(
            write(0x1_0000),
            Err(TooLong {
                length: 0x1_0000,
                limit: 0xffff
            })
        );
    }
}
