//! netrc files: users and passwords by server.

use std::io;
use std::path::Path;

use crate::secret::AccountPassword;

/// An account on a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Login {
    pub(super) user: String,
    pub(super) password: Option<AccountPassword>,
}

/// Why a netrc file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum InvalidNetrc {
    /// It cannot be read.
    #[error("{source}")]
    Read {
        /// Why.
        source: io::Error,
    },
}

/// The first account in the file on this server, or the `default` one; of this user where one is
/// named. A file that is not there has none.
pub(super) fn find(
    _path: &Path,
    _host: &str,
    _user: Option<&str>,
) -> Result<Option<Login>, InvalidNetrc> {
    Ok(None)
}
