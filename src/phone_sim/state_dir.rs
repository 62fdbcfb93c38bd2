//! What phones remember from session to session.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::{Identity, PhoneSimError};
use crate::model::{AuthenticationMode, DeviceName};

/// A directory with two files for each phone, where there is what belongs into them: `NAME.pem`,
/// its private key and its LSC, and `NAME.flash`, the authentication mode in its flash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateDir(PathBuf);

/// How the file of a phone's key and LSC ends.
const LSC: &str = "pem";
/// How the file of a phone's flash ends.
const FLASH: &str = "flash";

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

    /// The file of a phone's key and LSC.
    pub fn file(&self, device: &DeviceName) -> PathBuf {
        self.path(device, LSC)
    }

    /// The file of a phone's flash.
    pub fn flash_file(&self, device: &DeviceName) -> PathBuf {
        self.path(device, FLASH)
    }

    /// The phone's LSC, if it has one.
    pub fn load(&self, device: &DeviceName) -> Result<Option<Identity>, PhoneSimError> {
        load(self.file(device), Identity::from_pem)
    }

    /// Keeps the phone's LSC in the place of the one before; durable when it returns, and never a
    /// half of it.
    pub fn save(&self, device: &DeviceName, lsc: &Identity) -> Result<(), PhoneSimError> {
        self.replace(device, LSC, &lsc.to_pem()?)
    }

    /// Forgets the phone's LSC, if it has one.
    pub fn remove(&self, device: &DeviceName) -> Result<(), PhoneSimError> {
        remove(&self.file(device))
    }

    /// The authentication mode in the phone's flash, if there is one.
    pub fn load_flash(
        &self,
        device: &DeviceName,
    ) -> Result<Option<AuthenticationMode>, PhoneSimError> {
        load(self.flash_file(device), |word| {
            let word = str::from_utf8(word).map_err(|_| PhoneSimError::Flash)?;
            word.trim().parse().map_err(|_| PhoneSimError::Flash)
        })
    }

    /// Writes the authentication mode into the phone's flash, in the place of the one before; durable
    /// when it returns, and never a half of it.
    pub fn save_flash(
        &self,
        device: &DeviceName,
        mode: AuthenticationMode,
    ) -> Result<(), PhoneSimError> {
        self.replace(device, FLASH, format!("{mode}\n").as_bytes())
    }

    /// Clears the phone's flash.
    pub fn clear_flash(&self, device: &DeviceName) -> Result<(), PhoneSimError> {
        remove(&self.flash_file(device))
    }

    fn path(&self, device: &DeviceName, ending: &str) -> PathBuf {
        self.0.join(format!("{device}.{ending}"))
    }

    fn replace(
        &self,
        device: &DeviceName,
        ending: &str,
        bytes: &[u8],
    ) -> Result<(), PhoneSimError> {
        let path = self.path(device, ending);
        // No device name begins with a dot.
        let temporary = self.0.join(format!(".{device}.{ending}"));
        let replaced = || {
            remove_if_there(&temporary)?;
            let mut file = OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(&temporary)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&temporary, &path)?;
            File::open(&self.0)?.sync_all()
        };
        replaced().map_err(|source| state_error(&path, source))
    }
}

/// What `read` makes of the file, if there is one.
fn load<T>(
    path: PathBuf,
    read: impl FnOnce(&[u8]) -> Result<T, PhoneSimError>,
) -> Result<Option<T>, PhoneSimError> {
    match fs::read(&path).map(Zeroizing::new) {
        Ok(bytes) => read(&bytes)
            .map(Some)
            .map_err(|source| PhoneSimError::StateContents {
                path,
                source: Box::new(source),
            }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(state_error(&path, source)),
    }
}

fn remove(path: &Path) -> Result<(), PhoneSimError> {
    remove_if_there(path).map_err(|source| state_error(path, source))
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
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
    fn a_flash_is_written_read_and_cleared_beside_the_lsc() {
        let directory = tempfile::tempdir().unwrap();
        let state = StateDir::open(directory.path()).unwrap();
        state.save(&device(), &identity("LSC", P256)).unwrap();
        assert_eq!(state.load_flash(&device()).unwrap(), None);
        state.clear_flash(&device()).unwrap();
        // A crash left this behind.
        fs::write(directory.path().join(".SEP001122334455.flash"), "By Nu").unwrap();
        for mode in AuthenticationMode::ALL {
            state.save_flash(&device(), *mode).unwrap();
            assert_eq!(state.load_flash(&device()).unwrap(), Some(*mode));
        }
        let path = directory.path().join("SEP001122334455.flash");
        assert_eq!(path, state.flash_file(&device()));
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 2);
        state.clear_flash(&device()).unwrap();
        assert_eq!(state.load_flash(&device()).unwrap(), None);
        assert!(state.load(&device()).unwrap().is_some());
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
        for path in [state.file(&device()), state.flash_file(&device())] {
            fs::write(path, "something else").unwrap();
        }
        for (error, named) in [
            (state.load(&device()).unwrap_err(), "SEP001122334455.pem: "),
            (
                state.load_flash(&device()).unwrap_err(),
                "SEP001122334455.flash: no authentication mode is in it",
            ),
        ] {
            assert!(matches!(error, PhoneSimError::StateContents { .. }));
            assert!(error.to_string().contains(named), "{error}");
        }
    }
}
