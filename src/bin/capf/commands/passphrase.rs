//! Passphrases that lie in files, for commands that nobody is there to answer.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use capf::secret::AccountPassword;
use zeroize::Zeroizing;

use crate::command_error::CommandError;

/// Reads a passphrase: the file's first line.
pub(super) fn read(path: &Path) -> Result<AccountPassword, CommandError> {
    let text = read_secret(path)?;
    let line = text.lines().next().unwrap_or_default();
    if line.is_empty() {
        return Err(CommandError::failed(format!(
            "the first line of {} is empty, and no passphrase",
            path.display()
        )));
    }
    Ok(AccountPassword::new(line))
}

/// Reads a small file of text that is secret.
pub(super) fn read_secret(path: &Path) -> Result<Zeroizing<String>, CommandError> {
    /// More than any passphrase, and any file of keys.
    const LIMIT: u64 = 1 << 20;
    let mut text = Zeroizing::new(String::new());
    File::open(path)
        .and_then(|file| file.take(LIMIT).read_to_string(&mut text))
        .map_err(|error| {
            CommandError::failed(format!("{} cannot be read: {error}", path.display()))
        })?;
    Ok(text)
}
