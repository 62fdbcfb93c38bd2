//! An archive, held against what `capf::archive` promises.

use std::io::{self, Read};

use capf::archive::{self, Entry, InvalidArchive, Limits, Summary};
use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::Timestamp;

/// Small, so that a small archive can go beyond them.
const LIMITS: Limits = Limits {
    entries: 4,
    entry_bytes: 1 << 10,
    total_bytes: 5 << 10,
};

/// Reads a `.tgz`. Gives its files where it is taken.
///
/// # Panics
///
/// Where the reader does not keep its promises: on names, limits and the count; that it matters not
/// in which pieces the bytes come; and that what is read can be written and read again.
pub fn read(tgz: &[u8]) -> Option<Vec<Entry>> {
    let (entries, result) = read_from(tgz, &LIMITS);
    let (in_pieces, other_result) = read_from(InPieces(tgz), &LIMITS);
    let (summary, other_summary) = match (result, other_result) {
        (Ok(summary), Ok(other)) => (summary, other),
        // What is wrong, and where, depends on how much of it was unpacked at once.
        (Err(error), Err(other)) => {
            assert!(!error.to_string().is_empty() && !other.to_string().is_empty());
            return None;
        }
        (result, other) => panic!("{result:?}, and in pieces {other:?}"),
    };
    assert_eq!((summary, &entries), (other_summary, &in_pieces));
    assert_eq!(summary.entries, entries.len() as u64);
    assert!(!entries.is_empty());
    assert!(summary.entries + summary.skipped <= LIMITS.entries);
    let (again, _) = read_from(&write(&entries)[..], &Limits::default());
    assert_eq!(again, entries);
    Some(entries)
}

/// What was handed out before the end, good or bad.
fn read_from(reader: impl Read, limits: &Limits) -> (Vec<Entry>, Result<Summary, InvalidArchive>) {
    let mut entries = Vec::new();
    let result = archive::read(reader, limits, |entry| {
        assert!(entry.bytes.len() as u64 <= limits.entry_bytes);
        let name = &entry.name;
        assert!((1..=255).contains(&name.len()), "{name:?}");
        assert!(!name.contains(['/', '\\']), "{name:?}");
        assert!(!name.contains(char::is_control), "{name:?}");
        assert!(!matches!(name.as_str(), "." | ".."), "{name:?}");
        entries.push(entry);
        Ok(())
    });
    assert!(entries.len() as u64 <= limits.entries);
    (entries, result)
}

fn write(entries: &[Entry]) -> Vec<u8> {
    let mut writer = archive::Writer::new(Vec::new(), Timestamp::UNIX_EPOCH);
    for entry in entries {
        writer
            .add(&entry.name, &entry.bytes)
            .expect("a name that was read can be written");
    }
    writer.finish().expect("memory takes what is written")
}

/// Wraps bytes in gzip, without compressing them.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::none());
    io::Write::write_all(&mut encoder, bytes).expect("memory takes what is written");
    encoder.finish().expect("memory takes what is written")
}

/// A reader that gives a few bytes at a time.
struct InPieces<'a>(&'a [u8]);

impl Read for InPieces<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let length = into.len().min(37);
        self.0.read(&mut into[..length])
    }
}

/// Archives as people pack them, and some that nobody should, as tar alone.
pub fn tars() -> Vec<Vec<u8>> {
    let certificates = crate::certificates();
    let files = |names: &[&str]| {
        let mut builder = tar::Builder::new(Vec::new());
        for (name, der) in names.iter().zip(&certificates) {
            let mut header = tar::Header::new_gnu();
            header.set_size(der.len() as u64);
            header.set_mode(0o644);
            header.set_cksum();
            builder
                .append_data(&mut header, name, &der[..])
                .expect("memory takes what is written");
        }
        builder.into_inner().expect("memory takes what is written")
    };
    let long = "n".repeat(120);
    let mut of_a_directory = header(b'5', "./", 0);
    of_a_directory.extend(files(&["./SEP001122334455.der", "._SEP001122334455.der"]));
    let record = b"28 path=SEP001122334455.der\n";
    let mut with_pax = header(b'x', "PaxHeaders/a", record.len() as u64);
    with_pax.extend(record);
    with_pax.resize(1024, 0);
    with_pax.extend(files(&["a.der"]));
    let mut with_link = header(b'2', "a.der", 0);
    with_link.extend(files(&["b.der"]));
    vec![
        files(&["SEP001122334455.der"]),
        files(&["a.der", "b.der", "a.der"]),
        files(&[&long]),
        of_a_directory,
        with_pax,
        with_link,
    ]
}

fn header(kind: u8, name: &str, size: u64) -> Vec<u8> {
    let mut header = tar::Header::new_ustar();
    header.set_path(name).expect("a short name has room");
    header.set_size(size);
    header.set_mode(0o644);
    header.set_entry_type(tar::EntryType::new(kind));
    header.set_cksum();
    header.as_bytes().to_vec()
}

/// Puts the checksum of each header right, so that changes behind it are looked at; and the magic of
/// extended headers, without which the `tar` package, and no other, takes them for files.
pub fn repair(tar: &mut [u8]) {
    let mut at = 0;
    while let Some(block) = tar
        .get_mut(at..)
        .and_then(|rest| rest.first_chunk_mut::<512>())
    {
        if block.iter().all(|byte| *byte == 0) {
            return;
        }
        let mut header = tar::Header::new_old();
        header.as_mut_bytes().copy_from_slice(block);
        let magic = match header.entry_type().as_byte() {
            b'K' | b'L' => Some(b"ustar  \0"),
            b'x' | b'g' => Some(b"ustar\x0000"),
            _ => None,
        };
        if let Some(magic) = magic {
            header.as_mut_bytes()[257..265].copy_from_slice(magic);
        }
        header.set_cksum();
        block.copy_from_slice(header.as_bytes());
        let size = header.entry_size().unwrap_or(0);
        let padded = size.checked_next_multiple_of(512).unwrap_or(u64::MAX);
        at = at
            .saturating_add(512)
            .saturating_add(usize::try_from(padded).unwrap_or(usize::MAX));
    }
}

/// The files that the `tar` package finds, without those of macOS.
///
/// # Panics
///
/// Where it finds none, or something that is no file.
pub fn other_reading(tar: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    let mut archive = tar::Archive::new(tar);
    for entry in archive.entries().expect("it is at its beginning") {
        let mut entry = entry.expect("tar reads it too");
        // A long name ends at its first NUL, for GNU's tar as for ours.
        let path = entry.path_bytes();
        let path = path.split(|byte| *byte == 0).next().unwrap_or_default();
        let path = String::from_utf8(path.to_vec()).expect("names are UTF-8");
        let kind = entry.header().entry_type();
        if kind.is_dir() && matches!(path.as_str(), "." | "./") {
            continue;
        }
        let name = path.strip_prefix("./").unwrap_or(&path).to_owned();
        if name.starts_with("._") || name == ".DS_Store" {
            continue;
        }
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).expect("tar reads it too");
        files.push((name, bytes));
    }
    files
}
