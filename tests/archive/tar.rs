//! Archives as no program makes them.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use tar::{EntryType, Header};

/// The size of tar's blocks.
const BLOCK_BYTES: usize = 512;

/// What ends an archive.
pub(super) const END: [u8; 2 * BLOCK_BYTES] = [0; 2 * BLOCK_BYTES];

/// A header that may say anything.
pub(super) fn header(kind: u8, name: &[u8], size: u64) -> Vec<u8> {
    header_with(kind, name, size, b"")
}

fn header_with(kind: u8, name: &[u8], size: u64, link: &[u8]) -> Vec<u8> {
    let mut header = Header::new_gnu();
    header.as_old_mut().name[..name.len()].copy_from_slice(name);
    header.as_old_mut().linkname[..link.len()].copy_from_slice(link);
    header.set_size(size);
    header.set_mode(0o644);
    header.set_entry_type(EntryType::new(kind));
    header.set_cksum();
    header.as_bytes().to_vec()
}

/// An entry of any kind: its header, its bytes, its padding.
pub(super) fn entry(kind: u8, name: &[u8], bytes: &[u8]) -> Vec<u8> {
    let mut entry = header(kind, name, bytes.len() as u64);
    entry.extend_from_slice(bytes);
    entry.resize(entry.len().next_multiple_of(BLOCK_BYTES), 0);
    entry
}

pub(super) fn file(name: &str, bytes: &[u8]) -> Vec<u8> {
    entry(b'0', name.as_bytes(), bytes)
}

/// A symbolic (`2`) or hard link (`1`).
pub(super) fn link(kind: u8, name: &str, target: &str) -> Vec<u8> {
    header_with(kind, name.as_bytes(), 0, target.as_bytes())
}

/// A file whose name is too long for its header, as GNU's tar has it.
pub(super) fn with_gnu_name(name: &str, bytes: &[u8]) -> Vec<u8> {
    let long = entry(b'L', b"././@LongLink", format!("{name}\0").as_bytes());
    [long, file("short", bytes)].concat()
}

/// The same as POSIX has it (pax).
pub(super) fn with_pax_name(name: &[u8], bytes: &[u8]) -> Vec<u8> {
    let rest = b" path=\n".len() + name.len();
    let length = (1..=7)
        .map(|digits| rest + digits)
        .find(|length| rest + length.to_string().len() == *length)
        .unwrap();
    let record = [length.to_string().as_bytes(), b" path=", name, b"\n"].concat();
    [entry(b'x', b"pax", &record), file("short", bytes)].concat()
}

pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A whole archive of these entries.
pub(super) fn tgz(entries: &[Vec<u8>]) -> Vec<u8> {
    gzip(&[&entries.concat()[..], &END].concat())
}
