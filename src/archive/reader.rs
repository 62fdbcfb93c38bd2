//! Archives in, piece by piece.

use std::io::Read;

use super::invalid::InvalidArchive;
use super::name::beneath;
use super::read::{Member, next_file};
use super::unpack::Unpacked;

/// The most bytes of an extended header: a long name's.
const EXTENDED_HEADER_BYTES: u64 = 4 << 10;

/// Reads a `.tgz` of files that may be large and may lie in directories. Memory is bounded by a
/// block; how many files and bytes are taken is for the caller to say.
pub struct Reader<R: Read> {
    unpacked: Unpacked<R>,
    /// How many bytes of the file whose turn it is have not been handed out.
    left: u64,
}

impl<R: Read> Reader<R> {
    /// Begins to read.
    pub fn open(reader: R) -> Result<Self, InvalidArchive> {
        Ok(Self {
            unpacked: Unpacked::open(reader, u64::MAX)?,
            left: 0,
        })
    }

    /// Goes on to the next file; `None` at the archive's end mark. What was not read of the file
    /// before is passed over.
    pub fn next_member(&mut self) -> Result<Option<Member>, InvalidArchive> {
        self.unpacked.skip(std::mem::take(&mut self.left))?;
        let member = next_file(&mut self.unpacked, EXTENDED_HEADER_BYTES, beneath)?;
        self.left = member.as_ref().map_or(0, |member| member.bytes);
        Ok(member)
    }

    /// Hands out the bytes of the file whose turn it is, in pieces. An error of `each` ends the
    /// reading and is returned; the archive is of no use then.
    pub fn copy<E: From<InvalidArchive>>(
        &mut self,
        each: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let bytes = std::mem::take(&mut self.left);
        self.unpacked.each_block(bytes, each)
    }

    /// Makes sure that the archive is whole, once [`Reader::next_member`] has said that no file
    /// follows: its checksums are right, and nothing stands behind its end mark.
    pub fn finish(mut self) -> Result<(), InvalidArchive> {
        self.unpacked.expect_end()
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::super::Writer;
    use super::*;

    fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = Writer::new(Vec::new(), Timestamp::UNIX_EPOCH);
        for (path, bytes) in files {
            writer
                .add_private(path, bytes.len() as u64, *bytes)
                .unwrap();
        }
        writer.finish().unwrap()
    }

    #[test]
    fn files_come_in_pieces_and_what_nobody_wants_is_passed_over() {
        let large = vec![7; 1300];
        let archive = archive(&[("capf.db", &large), ("ca/capf.key", b"key"), ("x", b"")]);
        let mut reader = Reader::open(&archive[..]).unwrap();
        let mut names = Vec::new();
        let mut read = Vec::new();
        while let Some(member) = reader.next_member().unwrap() {
            if member.name.starts_with("ca/") {
                reader
                    .copy(|piece| {
                        read.extend_from_slice(piece);
                        Ok::<_, InvalidArchive>(())
                    })
                    .unwrap();
            }
            names.push((member.name, member.bytes));
        }
        reader.finish().unwrap();
        assert_eq!(read, b"key");
        let expected = [("capf.db", 1300), ("ca/capf.key", 3), ("x", 0)];
        assert_eq!(
            names,
            expected.map(|(name, bytes)| (name.to_owned(), bytes))
        );
    }

    #[test]
    fn a_file_that_ends_early_makes_no_archive() {
        let mut writer = Writer::new(Vec::new(), Timestamp::UNIX_EPOCH);
        let error = writer.add_private("x", 5, &b"four"[..]).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::UnexpectedEof);
    }

    #[test]
    fn a_path_out_of_the_archive_is_neither_written_nor_read() {
        let mut writer = Writer::new(Vec::new(), Timestamp::UNIX_EPOCH);
        for path in ["../x", "/x", "a//b"] {
            let error = writer.add_private(path, 0, &b""[..]).unwrap_err();
            assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput, "{path}");
        }
    }

    #[test]
    fn an_archive_that_is_cut_off_anywhere_is_not_whole() {
        let archive = archive(&[("capf.db", &[7; 1300]), ("ca/capf.key", b"key")]);
        for length in 0..archive.len() {
            let whole = Reader::open(&archive[..length]).and_then(|mut reader| {
                while reader.next_member()?.is_some() {}
                reader.finish()
            });
            assert!(whole.is_err(), "{length}");
        }
    }
}
