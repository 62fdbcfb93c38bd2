//! The gzip around the tar: members, blocks, and the limit on the whole.

use std::io::{self, BufRead as _, BufReader, Chain, Cursor, Read};

use flate2::bufread::GzDecoder;
use tar::Header;

use super::invalid::InvalidArchive;

/// The size of tar's blocks: a header is one, and an entry's bytes are padded to whole ones.
pub(super) const BLOCK_BYTES: usize = 512;
pub(super) type Block = [u8; BLOCK_BYTES];

/// The tar inside the gzip, as it streams by.
pub(super) struct Unpacked<R: Read> {
    /// The gzip member that is being read; one after the other makes one file (RFC 1952, 2.2).
    member: Option<GzDecoder<Input<R>>>,
    /// How many bytes have come out so far.
    bytes: u64,
    limit: u64,
}

type Input<R> = BufReader<Chain<Cursor<Vec<u8>>, Watched<R>>>;

impl<R: Read> Unpacked<R> {
    pub(super) fn open(reader: R, limit: u64) -> Result<Self, InvalidArchive> {
        let mut reader = Watched {
            reader,
            failed: false,
        };
        let mut head = Vec::with_capacity(BLOCK_BYTES);
        reader
            .by_ref()
            .take(BLOCK_BYTES as u64)
            .read_to_end(&mut head)
            .map_err(|source| InvalidArchive::Read { source })?;
        if !head.starts_with(GZIP_MAGIC) {
            return Err(InvalidArchive::NotGzip {
                found: looks_like(&head),
            });
        }
        let input = BufReader::with_capacity(32 << 10, Cursor::new(head).chain(reader));
        Ok(Self {
            member: Some(GzDecoder::new(input)),
            bytes: 0,
            limit,
        })
    }

    /// Reads as `Read` does; 0 is the end of the last gzip member, with its checksum right.
    fn read(&mut self, into: &mut [u8]) -> Result<usize, InvalidArchive> {
        while let Some(member) = &mut self.member {
            let count = member
                .read(into)
                .map_err(|source| because(source, member.get_ref()))?;
            if count > 0 {
                self.bytes += count as u64;
                if self.bytes > self.limit {
                    return Err(InvalidArchive::TooLarge { limit: self.limit });
                }
                return Ok(count);
            }
            self.member = match self.member.take() {
                Some(ended) => next_member(ended.into_inner())?,
                None => None,
            };
        }
        Ok(0)
    }

    /// The next block, or `None` where the tar ends between two.
    pub(super) fn block(&mut self) -> Result<Option<Block>, InvalidArchive> {
        let mut block = [0; BLOCK_BYTES];
        let mut filled = 0;
        while filled < BLOCK_BYTES {
            match self.read(&mut block[filled..])? {
                0 if filled == 0 => return Ok(None),
                0 => return Err(InvalidArchive::TruncatedTar),
                count => filled += count,
            }
        }
        Ok(Some(block))
    }

    /// The `bytes` of an entry, its padding consumed: memory grows with what arrives.
    pub(super) fn take(&mut self, bytes: u64) -> Result<Vec<u8>, InvalidArchive> {
        let mut taken = Vec::new();
        self.each_block(bytes, |part| {
            taken.extend_from_slice(part);
            Ok::<_, InvalidArchive>(())
        })?;
        Ok(taken)
    }

    pub(super) fn skip(&mut self, bytes: u64) -> Result<(), InvalidArchive> {
        self.each_block(bytes, |_| Ok(()))
    }

    /// Hands out the `bytes` of an entry, a block at a time, its padding consumed.
    pub(super) fn each_block<E: From<InvalidArchive>>(
        &mut self,
        bytes: u64,
        mut each: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut left = bytes;
        while left > 0 {
            let block = self.block()?.ok_or(InvalidArchive::TruncatedTar)?;
            let part = usize::try_from(left).map_or(BLOCK_BYTES, |left| left.min(BLOCK_BYTES));
            each(&block[..part])?;
            left -= part as u64;
        }
        Ok(())
    }

    /// The error for a block that has just come out and makes no sense.
    pub(super) fn invalid_header(&self, problem: &'static str) -> InvalidArchive {
        InvalidArchive::InvalidHeader {
            offset: self.bytes,
            problem,
        }
    }

    /// Behind the end mark there is padding, and the end of the gzip data.
    pub(super) fn expect_end(&mut self) -> Result<(), InvalidArchive> {
        let mut bytes = [0; BLOCK_BYTES];
        loop {
            let count = self.read(&mut bytes)?;
            if count == 0 {
                return Ok(());
            }
            if bytes[..count].iter().any(|byte| *byte != 0) {
                return Err(InvalidArchive::TrailingData);
            }
        }
    }
}

/// The first bytes of gzip data (RFC 1952, 2.3.1).
const GZIP_MAGIC: &[u8] = &[0x1f, 0x8b];

/// Opens the gzip member behind one that has ended, if there is one.
fn next_member<R: Read>(
    mut input: Input<R>,
) -> Result<Option<GzDecoder<Input<R>>>, InvalidArchive> {
    let rest = input
        .fill_buf()
        .map_err(|source| InvalidArchive::Read { source })?;
    match rest.first() {
        None => Ok(None),
        Some(first) if *first == GZIP_MAGIC[0] => Ok(Some(GzDecoder::new(input))),
        Some(_) => Err(InvalidArchive::TrailingData),
    }
}

/// Tells a fault of the reader from a fault of the data.
fn because<R: Read>(source: io::Error, input: &Input<R>) -> InvalidArchive {
    let (_, reader) = input.get_ref().get_ref();
    if reader.failed {
        InvalidArchive::Read { source }
    } else if source.kind() == io::ErrorKind::UnexpectedEof {
        InvalidArchive::TruncatedGzip
    } else {
        InvalidArchive::CorruptGzip { source }
    }
}

pub(super) fn checksum_is_right(header: &Header) -> bool {
    let mut copy = header.clone();
    copy.set_cksum();
    matches!((header.cksum(), copy.cksum()), (Ok(stated), Ok(right)) if stated == right)
}

/// What a person may have given in place of a `.tgz`.
fn looks_like(head: &[u8]) -> &'static str {
    match head {
        [] => "nothing at all",
        [b'P', b'K', 3, 4, ..] => "a ZIP archive",
        [b'B', b'Z', b'h', ..] => "a bzip2 archive",
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => "an xz archive",
        [0x30, 0x81..=0x84, ..] => "a single DER file",
        _ if head.starts_with(b"-----BEGIN ") => "a PEM file",
        _ if head.len() == BLOCK_BYTES && checksum_is_right(Header::from_byte_slice(head)) => {
            "a plain tar that is not compressed"
        }
        _ => "something else",
    }
}

/// A reader that remembers whether it has failed.
struct Watched<R> {
    reader: R,
    failed: bool,
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.reader.read(into) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => {
                    self.failed |= result.is_err();
                    return result;
                }
            }
        }
    }
}
