//! Archives out.

use std::io::{self, Read, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::Timestamp;

use super::name::{InvalidName, beneath, flat};

/// Writes a `.tgz`, entry by entry, without keeping any.
///
/// The same entries make the same bytes: each is a file that belongs to nobody, with one time for
/// all. A writer that is dropped before [`Writer::finish`] leaves an archive that no
/// reader takes for a whole one.
pub struct Writer<W: Write> {
    tar: tar::Builder<GzEncoder<Gate<W>>>,
    modified_seconds: u64,
}

impl<W: Write> Writer<W> {
    /// An archive into `out`, whose files were `modified` then (1970 where the time is before it).
    pub fn new(out: W, modified: Timestamp) -> Self {
        // Keys and signatures do not compress; what does (tar's headers and padding) does so at
        // the lowest level. The default one makes CSRs 5 % smaller and takes twice the time.
        let gzip = GzEncoder::new(Gate(Some(out)), Compression::fast());
        Self {
            tar: tar::Builder::new(gzip),
            modified_seconds: u64::try_from(modified.as_second()).unwrap_or(0),
        }
    }

    /// Adds a file of mode 0644. A name that [`super::read`] would refuse is an
    /// [`io::ErrorKind::InvalidInput`] of [`super::InvalidName`].
    pub fn add(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let name = flat(name.as_bytes()).map_err(invalid_name)?;
        let mut header = self.header(0o644, bytes.len() as u64);
        self.tar.append_data(&mut header, name, bytes)
    }

    /// Adds a file of `bytes` bytes that its owner alone may read, and that may lie in directories,
    /// from `contents`. One that ends early is an [`io::ErrorKind::UnexpectedEof`], and the archive
    /// is not to be used then; what it has beyond that is left in it.
    pub fn add_private(&mut self, path: &str, bytes: u64, contents: impl Read) -> io::Result<()> {
        let path = beneath(path.as_bytes()).map_err(invalid_name)?;
        let mut header = self.header(0o600, bytes);
        let mut contents = contents.take(bytes);
        self.tar.append_data(&mut header, path, &mut contents)?;
        if contents.limit() > 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }

    fn header(&self, mode: u32, bytes: u64) -> tar::Header {
        let mut header = tar::Header::new_gnu();
        header.set_mode(mode);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(self.modified_seconds);
        header.set_size(bytes);
        header
    }

    /// Ends the archive, flushes it, and gives back what it was written to.
    pub fn finish(mut self) -> io::Result<W> {
        self.tar.finish()?;
        let gzip = self.tar.get_mut();
        gzip.try_finish()?;
        gzip.get_mut().flush()?;
        gzip.get_mut().0.take().ok_or_else(closed)
    }
}

impl<W: Write> Drop for Writer<W> {
    /// Shuts the gate before tar and gzip, dropped in their turn, write their end marks.
    fn drop(&mut self) {
        self.tar.get_mut().get_mut().0 = None;
    }
}

/// Lets bytes through until it is shut.
struct Gate<W>(Option<W>);

impl<W: Write> Write for Gate<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.as_mut().ok_or_else(closed)?.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.as_mut().ok_or_else(closed)?.flush()
    }
}

fn invalid_name(problem: InvalidName) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, problem)
}

fn closed() -> io::Error {
    io::Error::new(io::ErrorKind::BrokenPipe, "the archive is closed")
}

#[cfg(test)]
mod tests {
    use super::super::{Entry, InvalidArchive, InvalidName, Limits, read};
    use super::*;
    use proptest::prelude::*;

    fn archive(entries: &[(String, Vec<u8>)]) -> Vec<u8> {
        let mut writer = Writer::new(Vec::new(), Timestamp::UNIX_EPOCH);
        for (name, bytes) in entries {
            writer.add(name, bytes).unwrap();
        }
        writer.finish().unwrap()
    }

    #[test]
    fn the_same_entries_make_the_same_bytes() {
        let entries = [("a.csr".to_owned(), vec![1; 700])];
        assert_eq!(archive(&entries), archive(&entries));
    }

    #[test]
    fn names_that_would_not_be_read_are_not_written() {
        let mut writer = Writer::new(Vec::new(), Timestamp::UNIX_EPOCH);
        let error = writer.add("../a.csr", b"").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
        let problem = error.get_ref().unwrap().downcast_ref::<InvalidName>();
        assert_eq!(problem, Some(&InvalidName::ParentDirectory));
    }

    #[test]
    fn what_is_dropped_unfinished_is_not_whole() {
        let mut out = Vec::new();
        let mut writer = Writer::new(&mut out, Timestamp::UNIX_EPOCH);
        writer.add("a.csr", &[1; 700]).unwrap();
        drop(writer);
        let result = read(&out[..], &Limits::default(), |_| Ok(()));
        assert!(
            matches!(
                result,
                Err(InvalidArchive::TruncatedGzip | InvalidArchive::NotGzip { .. })
            ),
            "{result:?}"
        );
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            entries in prop::collection::vec(
                ("[a-zA-Z0-9äöü_-][ -.0-\\[\\]-~]{0,200}", prop::collection::vec(any::<u8>(), 0..2000)),
                1..8,
            )
        ) {
            let mut back = Vec::new();
            let summary = read(&archive(&entries)[..], &Limits::default(), |Entry { name, bytes }| {
                back.push((name, bytes));
                Ok::<_, InvalidArchive>(())
            }).unwrap();
            prop_assert_eq!(summary.entries, entries.len() as u64);
            prop_assert_eq!(back, entries);
        }
    }
}
