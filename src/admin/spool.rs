//! What comes through a pipe, kept so that it can be read twice.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use super::AdminError;
use crate::report::InvalidTable;

/// Makes a file in `directory` that has no name any more: nobody else can open it, and it is gone
/// with the program, however that ends.
pub(super) fn unnamed_file(directory: &Path) -> Result<File, AdminError> {
    let path = path_in(directory);
    let failed = |source| AdminError::Write {
        path: path.clone(),
        source,
    };
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path)
        .map_err(failed)?;
    std::fs::remove_file(&path).map_err(failed)?;
    Ok(file)
}

fn path_in(directory: &Path) -> PathBuf {
    directory.join(format!(".spool.{}.part", std::process::id()))
}

/// Copies a table into an [`unnamed_file`].
pub(super) fn spool(directory: &Path, mut table: impl Read) -> Result<File, AdminError> {
    let mut file = unnamed_file(directory)?;
    let failed = |source| AdminError::Write {
        path: path_in(directory),
        source,
    };
    let mut buffer = vec![0; 1 << 16];
    loop {
        match table.read(&mut buffer) {
            Ok(0) => break,
            Ok(length) => file.write_all(&buffer[..length]).map_err(failed)?,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(source) => {
                return Err(super::InvalidPhones::from(InvalidTable::Read { source }).into());
            }
        }
    }
    file.rewind().map_err(failed)?;
    Ok(file)
}
