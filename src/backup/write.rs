//! Backups out.

use std::io::{self, Read, Write};

use super::Encryption;
use super::encryption::Sealed;
use super::manifest::{Manifest, Member};
use crate::archive;

/// Writes a backup, file by file, without keeping any. One that is dropped before
/// [`Writer::finish`] leaves what no [`super::Reader`] takes for a whole backup.
pub struct Writer<'a, W: Write> {
    archive: archive::Writer<Sealed<W>>,
    /// The files whose turn is yet to come.
    members: std::slice::Iter<'a, Member>,
}

impl<'a, W: Write> Writer<'a, W> {
    /// Begins a backup of the files that the manifest names, encrypted as `encryption` says, into `out`.
    pub fn new(out: W, encryption: &Encryption, manifest: &'a Manifest) -> io::Result<Self> {
        let mut archive = archive::Writer::new(encryption.seal(out)?, manifest.made_at);
        let json = manifest.to_json();
        archive.add_private(Manifest::NAME, json.len() as u64, &json[..])?;
        Ok(Self {
            archive,
            members: manifest.members.iter(),
        })
    }

    /// The file whose turn it is.
    pub fn next_member(&self) -> Option<&'a Member> {
        self.members.as_slice().first()
    }

    /// Adds the file whose turn it is. One that is shorter than the manifest says is an
    /// [`io::ErrorKind::UnexpectedEof`], after which the backup is of no use.
    pub fn add(&mut self, contents: impl Read) -> io::Result<()> {
        let member = self.members.next().expect("a file's turn has come");
        self.archive
            .add_private(&member.name, member.bytes, contents)
    }

    /// Ends the backup, flushes it, and gives back what it was written to.
    pub fn finish(self) -> io::Result<W> {
        let mut out = self.archive.finish()?.finish()?;
        out.flush()?;
        Ok(out)
    }
}
