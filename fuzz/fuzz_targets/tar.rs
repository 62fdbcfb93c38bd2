//! Any bytes as a tar inside gzip, whose checksums, gzip's and tar's, are right.
//!
//! An archive that is taken must have one reading alone: the files that are handed out are those
//! that the `tar` package finds, which shares no code with the reader but that of single headers.

#![no_main]

use capf_fuzz::archive;

libfuzzer_sys::fuzz_target!(
    init: capf_fuzz::plant("tar", archive::tars()),
    |bytes: &[u8]| {
        let mut tar = bytes.to_vec();
        archive::repair(&mut tar);
        let Some(entries) = archive::read(&archive::gzip(&tar)) else {
            return;
        };
        let ours = entries.into_iter().map(|entry| (entry.name, entry.bytes));
        assert_eq!(ours.collect::<Vec<_>>(), archive::other_reading(&tar));
    }
);
