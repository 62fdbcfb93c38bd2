//! How many files, and so connections, the system lets the process have open.

use nix::sys::resource::{Resource, getrlimit, setrlimit};

/// Raises the limit towards `wanted` as far as the system lets it, and tells what it is now.
pub fn allow_open_files(wanted: u64) -> u64 {
    let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) else {
        return wanted;
    };
    let raised = wanted.min(hard).max(soft);
    if setrlimit(Resource::RLIMIT_NOFILE, raised, hard).is_ok() {
        raised
    } else {
        soft
    }
}
