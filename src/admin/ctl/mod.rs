//! CTL and ITL files: read, verified, made.

mod draft;
mod verdict;
mod view;

use std::io::Read;
use std::path::Path;

use super::AdminError;

pub use crate::ctl::{CtlFile, HashAlgorithm, Role};
pub use crate::pki::BadCtlSignature;
pub use draft::{CtlOrder, InvalidCtlOrder, MadeCtl, RecordOrder, make};
pub use verdict::{CtlVerdict, InvalidNow, verify};
pub use view::{CtlView, OtherField, RecordView};

/// Reads a CTL or ITL file from `source`, which is called `path`. Of what is too long to be one, no
/// more is read than shows it.
pub fn read(source: impl Read, path: &Path) -> Result<CtlFile, AdminError> {
    let mut bytes = Vec::new();
    source
        .take(CtlFile::MAX_LENGTH as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(|source| AdminError::Read {
            path: path.to_owned(),
            source,
        })?;
    CtlFile::decode(&bytes).map_err(|source| AdminError::Ctl {
        path: path.to_owned(),
        source,
    })
}
