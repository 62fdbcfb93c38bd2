//! Backups in, hostile until proved otherwise.

use std::io::Read;

use openssl::sha::Sha256;

use super::encryption::Opened;
use super::manifest::{Digest, Manifest, Member};
use super::{Decryption, InvalidBackup};
use crate::archive;

/// Reads a backup, file by file. Memory is bounded by the manifest, which is at most 16 MiB.
///
/// What was handed out is to be believed once [`Reader::finish`] has said so.
pub struct Reader<R: Read> {
    archive: archive::Reader<Opened<R>>,
    manifest: Manifest,
    /// How many files have had their turn.
    read: usize,
}

impl<R: Read> Reader<R> {
    /// Decrypts the backup and reads its manifest.
    pub fn open(reader: R, decryption: &Decryption) -> Result<Self, InvalidBackup> {
        let mut archive = archive::Reader::open(decryption.open(reader)?)?;
        let Some(first) = archive
            .next_member()?
            .filter(|first| first.name == Manifest::NAME)
        else {
            return Err(InvalidBackup::NoManifest);
        };
        if first.bytes > Manifest::MAX_BYTES {
            return Err(InvalidBackup::ManifestTooLarge { bytes: first.bytes });
        }
        let mut json = Vec::new();
        archive.copy(|piece| {
            json.extend_from_slice(piece);
            Ok::<_, InvalidBackup>(())
        })?;
        Ok(Self {
            archive,
            manifest: Manifest::from_json(&json)?,
            read: 0,
        })
    }

    /// What the backup says of itself.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Goes on to the next file; `None` behind the last.
    pub fn next_member(&mut self) -> Result<Option<Member>, InvalidBackup> {
        let expected = self.manifest.members.get(self.read);
        match (self.archive.next_member()?, expected) {
            (None, None) => Ok(None),
            (None, Some(missing)) => Err(wrong(&missing.name, "is not in it")),
            (Some(found), expected) => {
                match expected.filter(|expected| expected.name == found.name) {
                    Some(expected) if expected.bytes == found.bytes => Ok(Some(expected.clone())),
                    Some(_) => Err(wrong(
                        &found.name,
                        "has another size than its manifest says",
                    )),
                    None => Err(wrong(&found.name, "is not where its manifest says")),
                }
            }
        }
    }

    /// Hands out the bytes of the file whose turn it is, in pieces, and makes sure of its checksum.
    pub fn copy<E: From<InvalidBackup>>(
        &mut self,
        mut each: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        /// Carries an error of `each` through the archive.
        enum Ended<E> {
            Archive(archive::InvalidArchive),
            Each(E),
        }
        impl<E> From<archive::InvalidArchive> for Ended<E> {
            fn from(error: archive::InvalidArchive) -> Self {
                Self::Archive(error)
            }
        }
        let mut hash = Sha256::new();
        let copied = self.archive.copy(|piece| {
            hash.update(piece);
            each(piece).map_err(Ended::Each)
        });
        copied.map_err(|ended| match ended {
            Ended::Archive(error) => InvalidBackup::Archive(error).into(),
            Ended::Each(error) => error,
        })?;
        let member = self.manifest.members.get(self.read);
        let member = member.expect("a file's turn has come");
        self.read += 1;
        if member.sha256 != Digest::of(hash) {
            return Err(wrong(&member.name, "has another checksum than its manifest says").into());
        }
        Ok(())
    }

    /// Makes sure that the backup is whole, once [`Reader::next_member`] has said that no file
    /// follows; gives what it says of itself.
    pub fn finish(self) -> Result<Manifest, InvalidBackup> {
        self.archive.finish()?;
        Ok(self.manifest)
    }
}

fn wrong(name: &str, problem: &'static str) -> InvalidBackup {
    InvalidBackup::Member {
        name: name.to_owned(),
        problem,
    }
}
