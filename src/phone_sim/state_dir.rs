//! What phones remember from session to session.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::{Identity, PhoneSimError};
use crate::model::DeviceName;

/// A directory with a file for each phone that has an LSC: `NAME.pem`, its private key and its LSC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateDir(PathBuf);

impl StateDir {
    /// Takes the directory, and makes it where it is not there.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, PhoneSimError> {
        let path = path.into();
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&path)
            .map_err(|source| state_error(&path, source))?;
        Ok(Self(path))
    }

    /// The file of a phone.
    pub fn file(&self, device: &DeviceName) -> PathBuf {
        self.0.join(format!("{device}.pem"))
    }

    /// The phone's LSC, if it has one.
    pub fn load(&self, device: &DeviceName) -> Result<Option<Identity>, PhoneSimError> {
        let path = self.file(device);
        match fs::read(&path).map(Zeroizing::new) {
            Ok(pem) => {
                Identity::from_pem(&pem)
                    .map(Some)
                    .map_err(|source| PhoneSimError::StateContents {
                        path,
                        source: Box::new(source),
                    })
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(state_error(&path, source)),
        }
    }

    /// Keeps the phone's LSC in the place of the one before; durable when it returns, and never a
    /// half of it.
    pub fn save(&self, device: &DeviceName, lsc: &Identity) -> Result<(), PhoneSimError> {
        let path = self.file(device);
        let pem = lsc.to_pem()?;
        self.replace(device, &path, &pem)
            .map_err(|source| state_error(&path, source))
    }

    /// Forgets the phone's LSC, if it has one.
    pub fn remove(&self, device: &DeviceName) -> Result<(), PhoneSimError> {
        let path = self.file(device);
        match fs::remove_file(&path) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                Err(state_error(&path, source))
            }
            _ => Ok(()),
        }
    }

    fn replace(&self, device: &DeviceName, path: &Path, pem: &[u8]) -> io::Result<()> {
        // No device name begins with a dot.
        let temporary = self.0.join(format!(".{device}.pem"));
        match fs::remove_file(&temporary) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&temporary)?;
        file.write_all(pem)?;
        file.sync_all()?;
        fs::rename(&temporary, path)?;
        File::open(&self.0)?.sync_all()
    }
}

fn state_error(path: &Path, source: io::Error) -> PhoneSimError {
    PhoneSimError::State {
        path: path.to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::super::identity::tests::{P256, identity};
    use super::*;

    fn device() -> DeviceName {
        "SEP001122334455".parse().unwrap()
    }

    #[test]
    fn an_lsc_is_kept_replaced_and_forgotten() {
        let directory = tempfile::tempdir().unwrap();
        let state = StateDir::open(directory.path().join("a/b")).unwrap();
        assert!(state.load(&device()).unwrap().is_none());
        state.remove(&device()).unwrap();
        for name in ["FIRST", "SECOND"] {
            let lsc = identity(name, P256);
            state.save(&device(), &lsc).unwrap();
            let kept = state.load(&device()).unwrap().unwrap();
            assert_eq!(kept.certificate(), lsc.certificate());
        }
        let path = directory.path().join("a/b/SEP001122334455.pem");
        assert_eq!(path, state.file(&device()));
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(
            fs::read_dir(directory.path().join("a/b")).unwrap().count(),
            1
        );
        state.remove(&device()).unwrap();
        assert!(state.load(&device()).unwrap().is_none());
    }

    #[test]
    fn what_a_crash_left_behind_is_in_nobodys_way() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join(".SEP001122334455.pem"), "half").unwrap();
        let state = StateDir::open(directory.path()).unwrap();
        state.save(&device(), &identity("LSC", P256)).unwrap();
        assert!(state.load(&device()).unwrap().is_some());
    }

    #[test]
    fn a_file_that_is_something_else_is_an_error_that_names_it() {
        let directory = tempfile::tempdir().unwrap();
        let state = StateDir::open(directory.path()).unwrap();
        fs::write(state.file(&device()), "something else").unwrap();
        let error = state.load(&device()).unwrap_err();
        assert!(matches!(error, PhoneSimError::StateContents { .. }));
        assert!(error.to_string().contains("SEP001122334455.pem: "));
    }
}
