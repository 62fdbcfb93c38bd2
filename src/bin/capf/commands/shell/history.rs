//! The lines that were typed, in a file of the user's own.

use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use capf::config::state_dir;

/// How many lines are remembered.
pub(super) const LINES: usize = 1000;

/// Where lines are remembered; `None` where there is no home. The directory is made where it is missing,
/// and the file is for its owner alone.
pub(super) fn file() -> io::Result<Option<PathBuf>> {
    let Some(directory) = state_dir() else {
        return Ok(None);
    };
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&directory)?;
    let file = directory.join("shell-history");
    keep_private(&file)?;
    Ok(Some(file))
}

fn keep_private(file: &Path) -> io::Result<()> {
    match fs::set_permissions(file, Permissions::from_mode(0o600)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        set => set,
    }
}

/// Whether a line is remembered: none is in which a secret could be, whether or not capf understands
/// it. It would be of no use without the secret.
pub(super) fn remembers(line: &str) -> bool {
    let line = line
        .to_lowercase()
        .replace(['-', '_', '\'', '"', '\\'], " ");
    let words: Vec<_> = line.split_whitespace().collect();
    let line = words.join(" ");
    let names_secret = [
        "auth string",
        "auth str",
        "authentication string",
        "passw",
        "passphrase",
        "secret",
        "token",
    ]
    .iter()
    .any(|secret| line.contains(secret));
    !names_secret && !words.iter().any(|word| holds_password(word))
}

/// Whether a word has a password in front of a server's name: `ftp://user:password@server/`.
fn holds_password(word: &str) -> bool {
    let Some((_, rest)) = word.split_once("://") else {
        return false;
    };
    // A password may hold any character, where somebody forgot to escape it.
    rest.rsplit_once('@')
        .is_some_and(|(user, _)| user.contains(':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_with_secrets_are_not_remembered() {
        for line in [
            "phone set SEP000000000001 --auth-string 12345",
            "phone set SEP000000000001 --auth-strin 12345",
            "phone add SEP000000000001 --AUTH-STRING=12345",
            "phone set SEP000000000001 \"--auth-string\" 12345",
            "phone find --where 'Authentication String is exactly 12345'",
            "phone find --where authentication-string\\ is-exactly\\ 12345",
            "csr dump ftp://files.example.com/ --password s3cret",
            "csr dump ftp://admin:s3cret@files.example.com/",
            "csr dump ftp://admin:s3/c@ret@files.example.com/",
            "--store 'postgres://capf:s3cret@db/capf' csr count",
            "parameter set 'Online CA Password' s3cret",
        ] {
            assert!(!remembers(line), "{line}");
        }
        for line in [
            "csr count",
            "phone set SEP000000000001 --auth-mode null-string",
            "csr dump sftp://admin@files.example.com:22/srv/",
            "phone find --where 'Description contains 12:30@home'",
        ] {
            assert!(remembers(line), "{line}");
        }
    }
}
