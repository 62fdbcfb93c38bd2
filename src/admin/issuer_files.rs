//! The CAPF certificate and its key on the disk.
//!
//! They live in one directory, `ca`, which appears under its name only when all files in it are
//! complete: two processes that start at the same moment cannot mix their keys, a power failure
//! leaves no half of a CA, and nothing that is there is ever overwritten.
//!
//! | file | is |
//! |---|---|
//! | `CAPF.cer` | the certificate in DER, as Unified CM offers it for download |
//! | `CAPF-xxxxxxxx.0` | the same in PEM, under the certificate's common name |
//! | `capf.key` | the private key in PEM, for its owner alone |

use std::fs::{DirBuilder, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::AdminError;
use crate::model::Certificate;
use crate::pki::{Issuer, IssuerName};
use crate::whole_file::sync_directory;

/// The directory of its files, in the data directory.
pub(super) const DIRECTORY: &str = "ca";
const CERTIFICATE: &str = "CAPF.cer";
const KEY: &str = "capf.key";

/// The CAPF CA as it is kept in a data directory.
#[derive(Debug)]
pub struct CapfCertificate {
    /// The certificate and its key.
    pub issuer: Issuer,
    /// The directory with its files.
    pub directory: PathBuf,
    /// Whether it was made just now, because there was none.
    pub created: bool,
}

/// Loads the CA from `data_dir`, or makes one where there is none.
pub(super) fn load_or_create(
    data_dir: &Path,
    now: Timestamp,
) -> Result<CapfCertificate, AdminError> {
    let directory = data_dir.join(DIRECTORY);
    let created = !directory.exists() && create(&directory, now)?;
    Ok(CapfCertificate {
        issuer: load(&directory)?,
        directory,
        created,
    })
}

/// The certificate of the CA in `data_dir`, where there is one.
pub(super) fn certificate(data_dir: &Path) -> Result<Option<Certificate>, AdminError> {
    let directory = data_dir.join(DIRECTORY);
    if directory.exists() {
        load_certificate(&directory).map(Some)
    } else {
        Ok(None)
    }
}

/// Loads the CA from the directory of its files: the key must fit the certificate.
pub(super) fn load(directory: &Path) -> Result<Issuer, AdminError> {
    let certificate = load_certificate(directory)?;
    let key = zeroize::Zeroizing::new(read(directory.join(KEY))?);
    Ok(Issuer::from_pem(certificate.to_pem().as_bytes(), &key)?)
}

fn load_certificate(directory: &Path) -> Result<Certificate, AdminError> {
    let path = directory.join(CERTIFICATE);
    Certificate::from_der(&read(path.clone())?)
        .map_err(|source| AdminError::CapfCertificate { path, source })
}

fn read(path: PathBuf) -> Result<Vec<u8>, AdminError> {
    std::fs::read(&path).map_err(|source| AdminError::Read { path, source })
}

/// Makes the directory whole; `false` where another process was quicker.
fn create(directory: &Path, now: Timestamp) -> Result<bool, AdminError> {
    let issuer = Issuer::create(&IssuerName::default(), now)?;
    let key = issuer.key_pem()?;
    let certificate = issuer.certificate();
    let pem_name = format!("{}.0", certificate.common_name().unwrap_or("CAPF"));
    let temporary = directory.with_file_name(format!(".{DIRECTORY}.{}.part", std::process::id()));
    let written = write(
        &temporary,
        &[
            (KEY, &key, 0o600),
            (CERTIFICATE, certificate.der(), 0o644),
            (&pem_name, certificate.to_pem().as_bytes(), 0o644),
        ],
    )
    .and_then(|()| std::fs::rename(&temporary, directory))
    .and_then(|()| sync_directory(directory));
    match written {
        Ok(()) => Ok(true),
        Err(source) => {
            // What is left of our own attempt serves nobody.
            let _ = std::fs::remove_dir_all(&temporary);
            if directory.exists() {
                return Ok(false);
            }
            Err(AdminError::Write {
                path: directory.to_owned(),
                source,
            })
        }
    }
}

fn write(directory: &Path, files: &[(&str, &[u8], u32)]) -> io::Result<()> {
    DirBuilder::new().mode(0o700).create(directory)?;
    for (name, bytes, mode) in files {
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(*mode)
            .open(directory.join(name))?;
        file.write_all(bytes)?;
        file.sync_all()?;
    }
    sync_directory(&directory.join(KEY))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn now() -> Timestamp {
        "2026-11-23T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn the_first_start_makes_a_ca_that_the_next_finds() {
        let data = tempfile::tempdir().unwrap();
        let first = load_or_create(data.path(), now()).unwrap();
        assert!(first.created);
        let mode = |name| {
            let path = first.directory.join(name);
            path.metadata().unwrap().permissions().mode() & 0o777
        };
        assert_eq!(mode(KEY), 0o600);
        assert_eq!(mode("."), 0o700);
        let name = first.issuer.certificate().common_name().unwrap();
        assert!(first.directory.join(format!("{name}.0")).exists());

        let second = load_or_create(data.path(), now()).unwrap();
        assert!(!second.created);
        assert_eq!(second.issuer.certificate(), first.issuer.certificate());
    }

    #[test]
    fn a_ca_that_is_there_is_never_overwritten() {
        let data = tempfile::tempdir().unwrap();
        let first = load_or_create(data.path(), now()).unwrap();
        // As when two processes make one at the same moment.
        assert!(!create(&first.directory, now()).unwrap());
        let second = load_or_create(data.path(), now()).unwrap();
        assert_eq!(second.issuer.certificate(), first.issuer.certificate());
        assert_eq!(std::fs::read_dir(data.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_ca_without_its_key_is_an_error_and_not_a_new_ca() {
        let data = tempfile::tempdir().unwrap();
        let first = load_or_create(data.path(), now()).unwrap();
        std::fs::remove_file(first.directory.join(KEY)).unwrap();
        let error = load_or_create(data.path(), now()).unwrap_err();
        assert!(matches!(error, AdminError::Read { path, .. } if path.ends_with(KEY)));
    }
}
