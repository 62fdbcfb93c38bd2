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

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::super::{Counts, Encryption, Recipient, Writer};
    use super::*;
    use crate::secret::AccountPassword;

    const FILES: [(&str, &[u8]); 3] = [
        ("capf.db", &[7; 1300]),
        ("ca/capf.key", b"key"),
        ("trace/SEP001122334455-LSC.txt", b""),
    ];

    fn manifest(files: &[(&str, &[u8])]) -> Manifest {
        let members = files
            .iter()
            .map(|(name, bytes)| Member::of(*name, *bytes).unwrap());
        Manifest::new(
            4,
            Timestamp::UNIX_EPOCH,
            "host".to_owned(),
            Counts::default(),
            members.collect(),
        )
    }

    /// A backup of which the manifest says something else than what is in it.
    fn written(manifest: &Manifest, files: &[(&str, &[u8])], encryption: &Encryption) -> Vec<u8> {
        let mut archive =
            archive::Writer::new(encryption.seal(Vec::new()).unwrap(), manifest.made_at);
        let json = manifest.to_json();
        for (name, bytes) in [(Manifest::NAME, &json[..])].iter().chain(files) {
            archive
                .add_private(name, bytes.len() as u64, *bytes)
                .unwrap();
        }
        archive.finish().unwrap().finish().unwrap()
    }

    fn backup(encryption: &Encryption) -> Vec<u8> {
        let manifest = manifest(&FILES);
        let mut writer = Writer::new(Vec::new(), encryption, &manifest).unwrap();
        for (_, bytes) in FILES {
            writer.add(bytes).unwrap();
        }
        assert!(writer.next_member().is_none());
        writer.finish().unwrap()
    }

    fn read(
        backup: &[u8],
        decryption: &Decryption,
    ) -> Result<Vec<(String, Vec<u8>)>, InvalidBackup> {
        let mut reader = Reader::open(backup, decryption)?;
        let mut files = Vec::new();
        while let Some(member) = reader.next_member()? {
            let mut bytes = Vec::new();
            reader.copy(|piece| {
                bytes.extend_from_slice(piece);
                Ok::<_, InvalidBackup>(())
            })?;
            files.push((member.name, bytes));
        }
        assert_eq!(reader.finish()?, manifest(&FILES));
        Ok(files)
    }

    fn refusal(manifest: &Manifest, files: &[(&str, &[u8])]) -> String {
        let backup = written(manifest, files, &Encryption::Open);
        read(&backup, &Decryption::Open).unwrap_err().to_string()
    }

    /// A pair of age keys that is nobody's.
    fn key() -> (Recipient, Decryption) {
        let identity = age::x25519::Identity::generate();
        let recipient = identity.to_public().to_string().parse().unwrap();
        let file = age::secrecy::ExposeSecret::expose_secret(&identity.to_string()).to_owned();
        let file = format!("# created: today\n\n{file}\n");
        (recipient, Decryption::identities(&file).unwrap())
    }

    fn passphrase(text: &str) -> AccountPassword {
        AccountPassword::new(text)
    }

    #[test]
    fn what_is_written_is_read() {
        let files = FILES.map(|(name, bytes)| (name.to_owned(), bytes.to_vec()));
        let (recipient, identity) = key();
        let (other, other_identity) = key();
        for (encryption, decryption) in [
            (Encryption::Open, Decryption::Open),
            (
                Encryption::Recipients(vec![recipient.clone(), other.clone()]),
                identity,
            ),
            (
                Encryption::Recipients(vec![recipient, other]),
                other_identity,
            ),
            (
                Encryption::Passphrase(passphrase("correct horse")),
                Decryption::Passphrase(passphrase("correct horse")),
            ),
        ] {
            assert_eq!(read(&backup(&encryption), &decryption).unwrap(), files);
        }
    }

    #[test]
    fn what_does_not_decrypt_it_is_told_from_damage() {
        let (recipient, identity) = key();
        let (_, other) = key();
        let to_key = backup(&Encryption::Recipients(vec![recipient]));
        let to_passphrase = backup(&Encryption::Passphrase(passphrase("correct horse")));
        let right = Decryption::Passphrase(passphrase("correct horse"));
        let wrong = Decryption::Passphrase(passphrase("battery staple"));
        for (backup, decryption, said) in [
            (&to_key, &Decryption::Open, "encrypted to an age identity"),
            (&to_key, &right, "encrypted to an age identity"),
            (&to_key, &other, "no identity that was given"),
            (&to_passphrase, &Decryption::Open, "to a passphrase"),
            (&to_passphrase, &identity, "to a passphrase"),
            (&to_passphrase, &wrong, "the passphrase does not decrypt"),
            (&backup(&Encryption::Open), &identity, "not encrypted"),
        ] {
            let error = read(backup, decryption).unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
        }
    }

    #[test]
    fn a_backup_that_is_cut_off_or_changed_anywhere_is_refused() {
        let files = FILES.map(|(name, bytes)| (name.to_owned(), bytes.to_vec()));
        let (recipient, identity) = key();
        for (encryption, decryption) in [
            (Encryption::Open, Decryption::Open),
            (Encryption::Recipients(vec![recipient]), identity),
        ] {
            let whole = backup(&encryption);
            for length in 0..whole.len() {
                assert!(read(&whole[..length], &decryption).is_err(), "{length}");
            }
            for index in 0..whole.len() {
                let mut changed = whole.clone();
                changed[index] ^= 1;
                // Some bits of gzip say nothing, such as the time in its header.
                match read(&changed, &decryption) {
                    Ok(read) if matches!(decryption, Decryption::Open) => assert_eq!(read, files),
                    read => assert!(read.is_err(), "{index}"),
                }
            }
            let longer = [&whole[..], b"x"].concat();
            assert!(read(&longer, &decryption).is_err());
        }
    }

    #[test]
    fn what_is_not_what_the_manifest_says_is_refused() {
        let whole = manifest(&FILES);
        let [database, key, trace] = FILES;
        for (files, said) in [
            (
                vec![database, key],
                "`trace/SEP001122334455-LSC.txt` is not in it",
            ),
            (vec![key, database, trace], "`ca/capf.key` is not where"),
            (
                vec![database, key, trace, ("ca/x", b"")],
                "`ca/x` is not where",
            ),
            (
                vec![database, ("ca/capf.key", b"ke"), trace],
                "another size",
            ),
            (
                vec![database, ("ca/capf.key", b"kex"), trace],
                "another checksum",
            ),
        ] {
            let error = refusal(&whole, &files);
            assert!(error.contains(said), "{error}");
        }
    }

    #[test]
    fn a_manifest_that_names_what_no_backup_has_is_refused() {
        let [database, key, _] = FILES;
        for (files, said) in [
            (vec![key], "`capf.db` is not in it"),
            (vec![database, key, key], "`ca/capf.key` is in it twice"),
            (
                vec![database, ("serve.lock", b"")],
                "`serve.lock` is nothing",
            ),
            (
                vec![database, ("capf.db-wal", b"x")],
                "`capf.db-wal` is nothing",
            ),
        ] {
            let error = refusal(&manifest(&files), &files);
            assert!(error.contains(said), "{error}");
        }
        // Whatever the manifest says, the archive has no such name.
        let outside = [database, ("ca/../../x", b"x")];
        let backup =
            std::panic::catch_unwind(|| written(&manifest(&outside), &outside, &Encryption::Open));
        assert!(backup.is_err(), "the writer has none either");
    }

    #[test]
    fn what_is_no_backup_is_told_from_one_of_another_form() {
        let files = archive::Writer::new(Vec::new(), Timestamp::UNIX_EPOCH);
        let without = files.finish().unwrap();
        let error = read(&without, &Decryption::Open).unwrap_err();
        assert!(matches!(error, InvalidBackup::NoManifest), "{error}");

        let mut next = serde_json::to_value(manifest(&FILES)).unwrap();
        next["format"] = 2.into();
        for (json, said) in [
            (next.to_string(), "the form 2"),
            ("{}".to_owned(), "makes no sense"),
            (r#"{"format": 1}"#.to_owned(), "makes no sense"),
        ] {
            let mut writer = archive::Writer::new(Vec::new(), Timestamp::UNIX_EPOCH);
            writer
                .add_private(Manifest::NAME, json.len() as u64, json.as_bytes())
                .unwrap();
            let backup = writer.finish().unwrap();
            let error = read(&backup, &Decryption::Open).unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
        }
        for (bytes, said) in [
            (&b"PK\x03\x04"[..], "a ZIP archive"),
            (b"", "nothing at all"),
            (b"-----BEGIN AGE ENCRYPTED FILE-----\n", "in letters"),
            (b"age-encryption.org/v1\n", "cut off"),
            (b"age-encryption.org/v9\n", "version of age"),
        ] {
            let error = read(bytes, &key().1)
                .or_else(|_| read(bytes, &Decryption::Open))
                .unwrap_err();
            let text = match &error {
                InvalidBackup::Encrypted { .. } => read(bytes, &key().1).unwrap_err().to_string(),
                _ => error.to_string(),
            };
            assert!(text.contains(said), "{text}");
        }
    }
}
