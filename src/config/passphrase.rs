//! Where the passphrase of the CAPF key comes from.

use std::fs::File;
use std::io::Read as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use crate::secret::AccountPassword;

/// The environment variable with the passphrase itself.
pub(super) const PASSPHRASE_VARIABLE: &str = "CAPF_CA_PASSPHRASE";

/// What the credential of a systemd unit is called that holds the passphrase.
const PASSPHRASE_CREDENTIAL: &str = "capf-key-passphrase";

/// Where the passphrase of the CAPF key is. It is read when the key is, and not before: commands that
/// need no key need no passphrase.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum PassphraseSource {
    /// The key has none.
    #[default]
    None,
    /// It is what stands in this file.
    File(PathBuf),
    /// It was given.
    Given(AccountPassword),
}

/// A passphrase that cannot be had, or is none.
#[derive(Debug, thiserror::Error)]
pub enum InvalidPassphrase {
    /// The file cannot be read.
    #[error("the file with the passphrase, {}, cannot be read", .file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Users of this machine whom it does not concern may read the file.
    #[error("the file with the passphrase, {}, may be read by everybody", .file.display())]
    Exposed {
        /// The file.
        file: PathBuf,
    },
    /// The text cannot be a passphrase.
    #[error(
        "a passphrase has 1 to {} bytes of UTF-8 in one line",
        PassphraseSource::LONGEST
    )]
    Text,
}

impl PassphraseSource {
    /// The most bytes of a passphrase: OpenSSL takes no more than 1024.
    pub const LONGEST: usize = 512;

    /// Decides where it is: what an option names goes before the environment, that before the
    /// configuration file, and that before a credential of systemd's.
    pub(super) fn resolve(
        option: Option<PathBuf>,
        variable: Option<String>,
        file: Option<PathBuf>,
        credentials: Option<PathBuf>,
    ) -> Self {
        if let Some(option) = option {
            return Self::File(option);
        }
        if let Some(text) = variable {
            return Self::Given(AccountPassword::new(text));
        }
        let credential = || {
            credentials
                .map(|directory| directory.join(PASSPHRASE_CREDENTIAL))
                .filter(|credential| credential.exists())
        };
        file.or_else(credential).map_or(Self::None, Self::File)
    }

    /// Takes text that an administrator has entered as a passphrase, if it can be one.
    pub fn entered(text: &str) -> Result<AccountPassword, InvalidPassphrase> {
        check(text)
    }

    /// The passphrase, if the key has one.
    pub fn read(&self) -> Result<Option<AccountPassword>, InvalidPassphrase> {
        match self {
            Self::None => Ok(None),
            Self::Given(text) => check(text.reveal()).map(Some),
            Self::File(file) => read(file).map(Some),
        }
    }
}

fn read(path: &Path) -> Result<AccountPassword, InvalidPassphrase> {
    let failed = |source| InvalidPassphrase::Read {
        file: path.to_owned(),
        source,
    };
    let file = File::open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    if metadata.is_file() && metadata.mode() & 0o007 != 0 {
        return Err(InvalidPassphrase::Exposed {
            file: path.to_owned(),
        });
    }
    let mut text = zeroize::Zeroizing::new(String::with_capacity(PassphraseSource::LONGEST + 3));
    // Two bytes for a line's end, and one that tells that there is more.
    let most = u64::try_from(PassphraseSource::LONGEST + 3).unwrap_or(u64::MAX);
    file.take(most).read_to_string(&mut text).map_err(failed)?;
    let line = text.strip_suffix('\n').unwrap_or(&text);
    check(line.strip_suffix('\r').unwrap_or(line))
}

/// Takes the text as a passphrase, if it can be one.
fn check(text: &str) -> Result<AccountPassword, InvalidPassphrase> {
    let fits = (1..=PassphraseSource::LONGEST).contains(&text.len());
    if fits && !text.contains(['\0', '\n', '\r']) {
        Ok(AccountPassword::new(text))
    } else {
        Err(InvalidPassphrase::Text)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn an_option_goes_before_the_environment_that_before_the_file_and_that_before_a_credential() {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join(PASSPHRASE_CREDENTIAL), "c").unwrap();
        let path = |name: &str| Some(PathBuf::from(name));
        let credentials = || Some(directory.path().to_owned());
        let file = |name: &str| PassphraseSource::File(name.into());
        let resolve = PassphraseSource::resolve;
        let variable = Some("v".to_owned());
        assert_eq!(
            resolve(path("o"), variable.clone(), path("f"), credentials()),
            file("o")
        );
        assert_eq!(
            resolve(None, variable, path("f"), credentials()),
            PassphraseSource::Given(AccountPassword::new("v"))
        );
        assert_eq!(resolve(None, None, path("f"), credentials()), file("f"));
        assert_eq!(
            resolve(None, None, None, credentials()),
            PassphraseSource::File(directory.path().join(PASSPHRASE_CREDENTIAL))
        );
        // Credentials of other names say nothing.
        assert_eq!(
            resolve(None, None, None, path("/nonexistent")),
            PassphraseSource::None
        );
    }

    #[test]
    fn a_file_is_one_line_that_not_everybody_may_read() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("passphrase");
        let read = |text: &str, mode| {
            std::fs::write(&path, text).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            PassphraseSource::File(path.clone()).read()
        };
        let longest = "x".repeat(PassphraseSource::LONGEST);
        for (text, passphrase) in [
            ("correct horse\n", "correct horse"),
            ("correct horse\r\n", "correct horse"),
            (" spaces ", " spaces "),
            (&format!("{longest}\r\n"), &longest),
        ] {
            let read = read(text, 0o640).unwrap().unwrap();
            assert_eq!(read.reveal(), passphrase);
        }
        for bad in [
            "",
            "\n",
            "two\nlines\n",
            &format!("{longest}x"),
            &format!("{longest}\r\nx"),
        ] {
            assert!(
                matches!(read(bad, 0o600), Err(InvalidPassphrase::Text)),
                "{bad:?}"
            );
        }
        assert!(matches!(
            read("secret\n", 0o644),
            Err(InvalidPassphrase::Exposed { .. })
        ));
        let missing = PassphraseSource::File("/nonexistent/passphrase".into());
        assert!(matches!(
            missing.read(),
            Err(InvalidPassphrase::Read { .. })
        ));
    }

    #[test]
    fn it_is_not_shown() {
        let given = PassphraseSource::Given(AccountPassword::new("secret"));
        assert!(!format!("{given:?}").contains("secret"));
    }
}
