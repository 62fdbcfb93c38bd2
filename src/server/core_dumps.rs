//! No memory of the service in files.

use nix::sys::resource::{Resource, setrlimit};

/// Lets the system write no core dump of this process, in which the CAPF key and what phones have
/// entered would lie about. Where it refuses, the log says so.
pub fn forbid_core_dumps() {
    if let Err(error) = setrlimit(Resource::RLIMIT_CORE, 0, 0) {
        tracing::warn!(%error, "core dumps cannot be forbidden");
    }
}
