//! Why a backup is refused.

use crate::archive::InvalidArchive;
use crate::model::Escaped;

/// Why a backup is not taken. It is refused whole.
#[derive(Debug, thiserror::Error)]
pub enum InvalidBackup {
    /// It is no `.tar.gz`, is damaged, or has what no backup has.
    #[error("this is no whole backup: {}", .0.problem())]
    Archive(InvalidArchive),
    /// It is encrypted, and nothing was given to decrypt it with.
    #[error("the backup is encrypted to {}", if *.passphrase { "a passphrase" } else { "an age identity" })]
    Encrypted {
        /// Whether to a passphrase.
        passphrase: bool,
    },
    /// The age file's header is damaged, or of a kind that is not known.
    #[error("the encryption of the backup cannot be understood: {problem}")]
    Encryption {
        /// What is wrong with it.
        problem: String,
    },
    /// It has a form that this program does not know.
    #[error("the backup has the form {format}, which this capf does not know")]
    Format {
        /// The form.
        format: u32,
    },
    /// The manifest is no JSON, or lacks something.
    #[error("this is no backup that capf made: its manifest makes no sense")]
    Manifest {
        /// Where, and why.
        source: serde_json::Error,
    },
    /// The manifest is larger than any is.
    #[error("this is no backup that capf made: its manifest has {bytes} bytes")]
    ManifestTooLarge {
        /// How large it claims to be.
        bytes: u64,
    },
    /// A file is not what the manifest says.
    #[error("the backup is damaged: its file `{}` {problem}", Escaped(.name))]
    Member {
        /// The file.
        name: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The archive does not begin with a manifest.
    #[error("this is no backup that capf made: it does not begin with its manifest")]
    NoManifest,
    /// It is not encrypted, although something was given to decrypt it with.
    #[error("the backup is not encrypted: whoever has had it may have changed it")]
    NotEncrypted,
    /// What was given does not decrypt it.
    #[error("{}", if *.passphrase {
        "the passphrase does not decrypt the backup"
    } else {
        "no identity that was given decrypts the backup"
    })]
    WrongKey {
        /// Whether it is encrypted to a passphrase.
        passphrase: bool,
    },
}

impl From<InvalidArchive> for InvalidBackup {
    fn from(error: InvalidArchive) -> Self {
        Self::Archive(error)
    }
}
