//! What a test may do as root alone.

use std::path::Path;

use crate::installed::skipped;

/// Whether the tests run as root; if not, says that a test is skipped.
pub(crate) fn is_root() -> bool {
    // Whose the process is, is whose its own directory below /proc is.
    let owner = std::fs::metadata(Path::new("/proc/self"));
    let is_root = owner.is_ok_and(|owner| std::os::unix::fs::MetadataExt::uid(&owner) == 0);
    if !is_root {
        skipped("it takes root");
    }
    is_root
}
