//! Archives in, hostile until proved otherwise.

use std::borrow::Cow;
use std::io::Read;

use tar::{EntryType, Header};

use super::extended::Extended;
use super::invalid::InvalidArchive;
use super::name::{InvalidName, flat, is_from_macos};
use super::unpack::{Unpacked, checksum_is_right};

/// How much of an archive is taken. Each limit holds while the archive streams by: what it claims
/// about itself is not believed, and never allocated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most files.
    pub entries: u64,
    /// The most bytes of one file, and of one extended header.
    pub entry_bytes: u64,
    /// The most bytes of the whole archive when it is unpacked, headers and padding included.
    pub total_bytes: u64,
}

impl Default for Limits {
    /// Enough for the certificates of a million phones: of 64 KiB at most each, where an RSA-4096
    /// certificate has about 2 KiB, and of 4 GiB together.
    fn default() -> Self {
        Self {
            entries: 1_000_000,
            entry_bytes: 64 << 10,
            total_bytes: 4 << 30,
        }
    }
}

/// A file of an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name: flat, UTF-8, without control characters.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// What an archive had in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// The files that were handed out.
    pub entries: u64,
    /// The files that macOS had added on its own (`._NAME`, `.DS_Store`), which were not.
    pub skipped: u64,
}

/// Reads a `.tgz`, and hands each file in its turn to `each`.
///
/// Memory is bounded by one entry. `Ok` says that the archive was whole: its checksums were right,
/// it had its end mark, nothing followed, and there was at least one file. The caller keeps what it
/// decided about entries until then. An error of `each` ends the reading and is returned.
///
/// Names may occur twice, as tar allows. `./` in front of a name and the entry `./` itself are
/// there when somebody has packed `.`, and do no harm; what macOS adds is passed over.
pub fn read<R, E>(
    reader: R,
    limits: &Limits,
    mut each: impl FnMut(Entry) -> Result<(), E>,
) -> Result<Summary, E>
where
    R: Read,
    E: From<InvalidArchive>,
{
    let mut unpacked = Unpacked::open(reader, limits.total_bytes)?;
    let mut summary = Summary::default();
    while let Some(member) = next_file(&mut unpacked, limits.entry_bytes, flat)? {
        if summary.entries + summary.skipped == limits.entries {
            return Err(InvalidArchive::TooManyEntries {
                limit: limits.entries,
            }
            .into());
        }
        if is_from_macos(&member.name) {
            unpacked.skip(member.bytes)?;
            summary.skipped += 1;
            continue;
        }
        if member.bytes > limits.entry_bytes {
            return Err(InvalidArchive::EntryTooLarge {
                name: member.name,
                bytes: member.bytes,
                limit: limits.entry_bytes,
            }
            .into());
        }
        let bytes = unpacked.take(member.bytes)?;
        summary.entries += 1;
        each(Entry {
            name: member.name,
            bytes,
        })?;
    }
    unpacked.expect_end()?;
    if summary.entries == 0 {
        return Err(InvalidArchive::Empty.into());
    }
    Ok(summary)
}

/// A file of which the header has been read, and the bytes have not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// How many bytes it has.
    pub bytes: u64,
}

/// Takes a name that an entry may have.
pub(super) type Naming = fn(&[u8]) -> Result<&str, InvalidName>;

/// Reads headers up to the next file's; `None` at the archive's end mark. An extended header has no
/// more than `limit` bytes.
pub(super) fn next_file<R: Read>(
    unpacked: &mut Unpacked<R>,
    limit: u64,
    naming: Naming,
) -> Result<Option<Member>, InvalidArchive> {
    let mut extended = Extended::default();
    loop {
        let block = unpacked.block()?.ok_or(InvalidArchive::TruncatedTar)?;
        if block.iter().all(|byte| *byte == 0) {
            if extended.awaits_entry {
                return Err(unpacked.invalid_header("no file follows an extended header"));
            }
            return Ok(None);
        }
        let header = Header::from_byte_slice(&block);
        if !checksum_is_right(header) {
            return Err(unpacked.invalid_header("a header's checksum is wrong"));
        }
        let bytes = header
            .entry_size()
            .map_err(|_| unpacked.invalid_header("a header's size is no number"))?;
        let kind = header.entry_type();
        if Extended::has(kind) {
            if bytes > limit {
                return Err(InvalidArchive::ExtendedHeaderTooLarge { bytes, limit });
            }
            let data = unpacked.take(bytes)?;
            extended
                .learn(kind, data)
                .map_err(|problem| unpacked.invalid_header(problem))?;
            continue;
        }
        let Extended { name, sparse, .. } = std::mem::take(&mut extended);
        let name = name.map_or_else(|| header.path_bytes(), Cow::Owned);
        let kind = if sparse { EntryType::GNUSparse } else { kind };
        match file_name(kind, &name, naming)? {
            Some(name) => return Ok(Some(Member { name, bytes })),
            None => unpacked.skip(bytes)?,
        }
    }
}

/// The name of a file, or `None` for the directory `./`, which says nothing.
fn file_name(
    kind: EntryType,
    raw: &[u8],
    naming: Naming,
) -> Result<Option<String>, InvalidArchive> {
    // For an error: whatever it is, and no longer than a person can read.
    let name = String::from_utf8_lossy(&raw[..raw.len().min(100)]).into_owned();
    match kind {
        EntryType::Regular | EntryType::Continuous => match naming(raw) {
            Ok(name) => Ok(Some(name.to_owned())),
            Err(problem) => Err(InvalidArchive::Name { name, problem }),
        },
        EntryType::Directory if matches!(raw, b"." | b"./") => Ok(None),
        EntryType::Directory => Err(InvalidArchive::Directory { name }),
        EntryType::Link | EntryType::Symlink => Err(InvalidArchive::Link { name }),
        EntryType::Char | EntryType::Block => Err(InvalidArchive::Device { name }),
        EntryType::Fifo => Err(InvalidArchive::Fifo { name }),
        EntryType::GNUSparse => Err(InvalidArchive::Sparse { name }),
        other => Err(InvalidArchive::UnknownKind {
            name,
            kind: other.as_byte(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use proptest::prelude::*;

    use super::super::InvalidName;
    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    /// One entry as tar lays it out; the header is free to lie about the size.
    fn entry_of_size(kind: u8, name: &[u8], bytes: &[u8], size: u64) -> Vec<u8> {
        let mut header = Header::new_gnu();
        header.as_old_mut().name[..name.len()].copy_from_slice(name);
        header.set_size(size);
        header.set_mode(0o644);
        header.set_entry_type(EntryType::new(kind));
        header.set_cksum();
        let mut out = header.as_bytes().to_vec();
        out.extend_from_slice(bytes);
        out.resize(out.len().next_multiple_of(512), 0);
        out
    }

    fn entry(kind: u8, name: &[u8], bytes: &[u8]) -> Vec<u8> {
        entry_of_size(kind, name, bytes, bytes.len() as u64)
    }

    fn file(name: &str, bytes: &[u8]) -> Vec<u8> {
        entry(b'0', name.as_bytes(), bytes)
    }

    fn tgz(entries: &[Vec<u8>]) -> Vec<u8> {
        gzip(&[entries.concat(), vec![0; 1024]].concat())
    }

    fn pax(key: &str, value: &str) -> Vec<u8> {
        let rest = key.len() + value.len() + 3;
        let length = (1..=3)
            .map(|digits| rest + digits)
            .find(|length| length.to_string().len() + rest == *length)
            .unwrap();
        entry(b'x', b"pax", format!("{length} {key}={value}\n").as_bytes())
    }

    fn read_within(
        archive: &[u8],
        limits: &Limits,
    ) -> Result<(Summary, Vec<Entry>), InvalidArchive> {
        let mut entries = Vec::new();
        let summary = read(archive, limits, |entry| {
            entries.push(entry);
            Ok::<_, InvalidArchive>(())
        })?;
        Ok((summary, entries))
    }

    fn names(archive: &[u8]) -> Vec<String> {
        let (_, entries) = read_within(archive, &Limits::default()).unwrap();
        entries.into_iter().map(|entry| entry.name).collect()
    }

    fn refusal(archive: &[u8]) -> InvalidArchive {
        read_within(archive, &Limits::default()).unwrap_err()
    }

    macro_rules! assert_refused {
        ($archive:expr, $pattern:pat) => {
            let error = refusal(&$archive);
            assert!(matches!(error, $pattern), "{error:?}");
        };
    }

    #[test]
    fn files_are_read_in_their_order() {
        let archive = tgz(&[file("b.der", &[7; 513]), file("a.der", b"")]);
        let (summary, entries) = read_within(&archive, &Limits::default()).unwrap();
        assert_eq!((summary.entries, summary.skipped), (2, 0));
        assert_eq!(entries[0].bytes, [7; 513]);
        assert_eq!(entries[1].name, "a.der");
    }

    #[test]
    fn what_tar_makes_of_a_dot_is_read() {
        let archive = tgz(&[entry(b'5', b"./", b""), file("./a.der", b"1")]);
        assert_eq!(names(&archive), ["a.der"]);
    }

    #[test]
    fn what_macos_adds_is_passed_over() {
        let archive = tgz(&[
            file("./._a.der", &vec![0; 1 << 17]),
            pax("LIBARCHIVE.xattr.com.apple.provenance", "a\nb=\n"),
            file("a.der", b"1"),
            file(".DS_Store", b"2"),
        ]);
        let (summary, entries) = read_within(&archive, &Limits::default()).unwrap();
        assert_eq!((summary.entries, summary.skipped), (1, 2));
        assert_eq!(entries[0].name, "a.der");
    }

    #[test]
    fn long_names_of_both_kinds_are_read() {
        let long = "n".repeat(200);
        let gnu = entry(b'L', b"././@LongLink", format!("{long}\0").as_bytes());
        let archive = tgz(&[
            gnu,
            file("nnn", b"1"),
            pax("path", &format!("./{long}")),
            file("nnn", b"2"),
        ]);
        assert_eq!(names(&archive), [long.clone(), long]);
    }

    #[test]
    fn gzip_members_behind_each_other_are_one_archive() {
        let tar = [file("a.der", &[1; 700]), vec![0; 1024]].concat();
        for cut in [1, 512, 600, tar.len() - 1] {
            let (front, back) = tar.split_at(cut);
            let archive = [gzip(front), gzip(b""), gzip(back)].concat();
            assert_eq!(names(&archive), ["a.der"], "{cut}");
        }
    }

    #[test]
    fn links_devices_pipes_and_directories_are_refused() {
        for (kind, expected) in [
            (b'1', "a link"),
            (b'2', "a link"),
            (b'3', "a device"),
            (b'4', "a device"),
            (b'5', "a directory"),
            (b'6', "a named pipe"),
            (b'S', "a sparse file"),
            (b'V', "kind 0x56"),
        ] {
            let error = refusal(&tgz(&[entry(kind, b"evil", b"")])).to_string();
            assert!(
                error.contains("`evil`") && error.contains(expected),
                "{error}"
            );
        }
    }

    #[test]
    fn a_sparse_file_in_pax_records_is_refused() {
        let archive = tgz(&[pax("GNU.sparse.realsize", "1000000"), file("a.der", b"1")]);
        assert_refused!(archive, InvalidArchive::Sparse { .. });
    }

    #[test]
    fn names_that_are_not_flat_are_refused_wherever_they_stand() {
        for (name, expected) in [
            ("/etc/passwd", InvalidName::Absolute),
            ("../a.der", InvalidName::ParentDirectory),
            ("certs/a.der", InvalidName::InDirectory),
            ("", InvalidName::Empty),
            ("a\u{1b}]0;.der", InvalidName::ControlCharacter),
        ] {
            let long = entry(b'L', b"././@LongLink", name.as_bytes());
            for archive in [
                tgz(&[file(name, b"1")]),
                tgz(&[long, file("a.der", b"1")]),
                tgz(&[pax("path", name), file("a.der", b"1")]),
            ] {
                let error = refusal(&archive);
                assert!(
                    matches!(error, InvalidArchive::Name { problem, .. } if problem == expected),
                    "{error:?}"
                );
                assert!(!error.to_string().contains('\u{1b}'));
            }
        }
        let not_utf8 = refusal(&tgz(&[entry(b'0', b"\xff.der", b"1")]));
        assert!(matches!(
            not_utf8,
            InvalidArchive::Name {
                problem: InvalidName::NotUtf8,
                ..
            }
        ));
    }

    #[test]
    fn a_long_name_has_its_limit() {
        let long = entry(b'L', b"././@LongLink", &[b'n'; 256]);
        assert_refused!(
            tgz(&[long, file("n", b"1")]),
            InvalidArchive::Name {
                problem: InvalidName::TooLong,
                ..
            }
        );
    }

    #[test]
    fn an_extended_header_has_its_limit_whatever_it_claims() {
        for kind in [b'L', b'K', b'x', b'g'] {
            let archive = tgz(&[entry_of_size(kind, b"big", b"", u64::MAX >> 1)]);
            assert_refused!(archive, InvalidArchive::ExtendedHeaderTooLarge { .. });
        }
    }

    #[test]
    fn extended_headers_that_make_no_sense_are_refused() {
        for records in [
            "6 a=b",
            "99 a=b\n",
            "0 a=b\n",
            "6 aab\n",
            "x a=b\n",
            "a=b\n",
            "9 size=1\n",
        ] {
            let archive = tgz(&[entry(b'x', b"pax", records.as_bytes()), file("a", b"1")]);
            assert_refused!(archive, InvalidArchive::InvalidHeader { .. });
        }
        let global = tgz(&[entry(b'g', b"pax", b"10 path=a\n"), file("b", b"1")]);
        assert_refused!(global, InvalidArchive::InvalidHeader { .. });
    }

    #[test]
    fn an_extended_header_that_no_file_follows_is_refused() {
        for dangling in [
            entry(b'L', b"././@LongLink", b"name"),
            entry(b'K', b"././@LongLink", b"target"),
            pax("path", "name"),
        ] {
            let archive = tgz(&[file("a.der", b"1"), dangling]);
            assert_refused!(archive, InvalidArchive::InvalidHeader { .. });
        }
        let global = entry(b'g', b"pax", b"14 comment=ab\n");
        assert_eq!(names(&tgz(&[file("a.der", b"1"), global])), ["a.der"]);
    }

    #[test]
    fn a_header_with_a_wrong_checksum_is_refused() {
        let mut lying = file("a.der", b"1");
        lying[0] = b'b';
        assert_refused!(tgz(&[lying]), InvalidArchive::InvalidHeader { .. });
    }

    #[test]
    fn each_limit_holds_at_its_value() {
        let archive = tgz(&[file("a", &[1; 1000]), file("b", &[2; 1000])]);
        let limits = Limits {
            entries: 2,
            entry_bytes: 1000,
            total_bytes: 2 * (512 + 1024) + 1024,
        };
        assert!(read_within(&archive, &limits).is_ok());
        for (limits, expected) in [
            (
                Limits {
                    entries: 1,
                    ..limits
                },
                "more than 1 files",
            ),
            (
                Limits {
                    entry_bytes: 999,
                    ..limits
                },
                "1000 bytes; 999 are allowed",
            ),
            (
                Limits {
                    total_bytes: limits.total_bytes - 1,
                    ..limits
                },
                "unpacks to more than",
            ),
        ] {
            let error = read_within(&archive, &limits).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }

    #[test]
    fn a_bomb_is_left_at_the_limit() {
        let limits = Limits {
            total_bytes: 1 << 20,
            ..Limits::default()
        };
        let zeros = vec![0; 16 << 20];
        let behind_the_end = gzip(&zeros);
        let in_a_skipped_file = tgz(&[file("._a.der", &zeros)]);
        for bomb in [behind_the_end, in_a_skipped_file] {
            assert!((bomb.len() as u64) < limits.total_bytes);
            let error = read_within(&bomb, &limits).unwrap_err();
            assert!(matches!(error, InvalidArchive::TooLarge { .. }));
        }
    }

    #[test]
    fn a_size_that_is_only_claimed_is_not_allocated() {
        let archive = tgz(&[entry_of_size(b'0', b"a.der", b"1", 1 << 40)]);
        let limits = Limits {
            entry_bytes: u64::MAX,
            ..Limits::default()
        };
        let error = read_within(&archive, &limits).unwrap_err();
        assert!(matches!(error, InvalidArchive::TruncatedTar), "{error:?}");
    }

    #[test]
    fn an_archive_without_files_is_refused() {
        assert_refused!(tgz(&[]), InvalidArchive::Empty);
        assert_refused!(tgz(&[entry(b'5', b"./", b"")]), InvalidArchive::Empty);
    }

    #[test]
    fn a_tar_that_was_cut_before_it_was_compressed_is_refused() {
        let tar = [file("a.der", &[1; 700]), vec![0; 512]].concat();
        for length in 0..tar.len() {
            assert_refused!(gzip(&tar[..length]), InvalidArchive::TruncatedTar);
        }
        assert_eq!(names(&gzip(&tar)), ["a.der"], "one zero block is an end");
    }

    #[test]
    fn an_archive_is_refused_cut_at_any_length() {
        let archive = tgz(&[file("a.der", &[1; 700]), file("b.der", b"2")]);
        for length in 0..archive.len() {
            let error = refusal(&archive[..length]);
            assert!(
                matches!(
                    error,
                    InvalidArchive::TruncatedGzip | InvalidArchive::NotGzip { .. }
                ),
                "{length}: {error:?}"
            );
        }
    }

    #[test]
    fn what_follows_the_end_is_refused() {
        let archive = tgz(&[file("a.der", b"1")]);
        for more in [&b"garbage"[..], &[0], &archive] {
            let longer = [&archive[..], more].concat();
            assert_refused!(longer, InvalidArchive::TrailingData);
        }
        let in_the_tar = gzip(&[file("a.der", b"1"), vec![0; 1024], vec![1]].concat());
        assert_refused!(in_the_tar, InvalidArchive::TrailingData);
    }

    #[test]
    fn a_wrong_checksum_is_noticed_behind_the_last_file() {
        let mut archive = tgz(&[file("a.der", b"1")]);
        let crc = archive.len() - 8;
        archive[crc] ^= 1;
        assert_refused!(archive, InvalidArchive::CorruptGzip { .. });
    }

    #[test]
    fn what_is_no_gzip_is_named() {
        let tar = [file("a.der", b"1"), vec![0; 1024]].concat();
        for (bytes, expected) in [
            (&tar[..], "a plain tar"),
            (b"", "nothing at all"),
            (b"PK\x03\x04...", "a ZIP archive"),
            (b"-----BEGIN CERTIFICATE-----", "a PEM file"),
            (&[0x30, 0x82, 3, 0], "a single DER file"),
            (&[0x1f], "something else"),
        ] {
            let error = refusal(bytes).to_string();
            assert!(
                error.contains(expected) && error.contains("tar czf"),
                "{error}"
            );
        }
    }

    #[test]
    fn a_fault_of_the_reader_is_not_the_archives() {
        struct Failing;
        impl Read for Failing {
            fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
                Err(std::io::ErrorKind::UnexpectedEof.into())
            }
        }
        let archive = tgz(&[file("a.der", &[1; 700])]);
        for length in [0, 1, 15, archive.len() - 1, archive.len()] {
            let result = read(archive[..length].chain(Failing), &Limits::default(), |_| {
                Ok(())
            });
            assert!(
                matches!(result, Err(InvalidArchive::Read { .. })),
                "{length}: {result:?}"
            );
        }
    }

    #[test]
    fn the_caller_can_stop() {
        #[derive(Debug, thiserror::Error)]
        enum Error {
            #[error("stopped")]
            Stopped,
            #[error(transparent)]
            Archive(#[from] InvalidArchive),
        }
        let archive = tgz(&[file("a.der", b"1"), file("b.der", b"2")]);
        let mut seen = 0;
        let result = read(&archive[..], &Limits::default(), |_| {
            seen += 1;
            Err(Error::Stopped)
        });
        assert!(matches!(result, Err(Error::Stopped)));
        assert_eq!(seen, 1);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(
            tar in prop::collection::vec(any::<u8>(), 0..2000),
            flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        ) {
            let limits = Limits::default();
            let _ = read_within(&gzip(&tar), &limits);
            let entries = [file("a.der", &tar), pax("path", "b"), file("c", b"")].concat();
            let mut mutated = [entries, vec![0; 1024]].concat();
            for (index, byte) in &flips {
                *index.get_mut(&mut mutated[..]) = *byte;
            }
            let _ = read_within(&gzip(&mutated), &limits);
            let mut compressed = gzip(&mutated);
            for (index, byte) in &flips {
                *index.get_mut(&mut compressed[..]) = *byte;
            }
            let _ = read_within(&compressed, &limits);
        }
    }
}
