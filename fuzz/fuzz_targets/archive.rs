//! Any bytes as a `.tgz`.

#![no_main]

use capf_fuzz::archive;

libfuzzer_sys::fuzz_target!(
    init: capf_fuzz::plant("archive", archive::tars().iter().map(|tar| archive::gzip(tar))),
    |bytes: &[u8]| {
        archive::read(bytes);
    }
);
