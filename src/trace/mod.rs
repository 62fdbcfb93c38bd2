//! Trace files: what was said in a session, and the certificates that a Troubleshoot fetched.
//!
//! They lie in the directory `trace` of the data directory, for their owner alone, and are text for
//! a person. No secret stands in one: of a password or a signature, that it was there and how long
//! it was.
//!
//! | file | subject |
//! |---|---|
//! | `follow` | traces as they are written |
//! | `name` | how trace files are named, and what a name says |
//! | `session` | the account of one session |
//! | `summary` | what the head of a trace says, read back |
//! | `troubleshoot` | a certificate that was fetched, for viewing |

mod follow;
mod name;
mod session;
mod summary;
mod troubleshoot;

use std::fs::{self, DirBuilder};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::model::{Certificate, CertificateKind, DeviceName};
use crate::whole_file::{FileError, WholeFile, is_unfinished};

pub use follow::Follower;
pub use name::{InvalidTraceName, TraceKind, TraceName};
pub use session::{Account, Heading, Lines};
pub use summary::Summary;
pub use troubleshoot::Fetched;

/// The directory of the trace files. It is made when the first one is written.
#[derive(Clone, Debug)]
pub struct TraceDir(PathBuf);

/// A trace file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceFile {
    /// Its name, which says whose it is and what.
    pub name: TraceName,
    /// When it was written.
    pub written_at: Timestamp,
    /// How long it is, in bytes.
    pub length: u64,
}

/// Why a trace file cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum TraceError {
    /// There is no such trace.
    #[error("there is no trace {name}")]
    Unknown {
        /// Its name.
        name: TraceName,
    },
    /// It cannot be written.
    #[error(transparent)]
    File(#[from] FileError),
    /// The system does not let it be read, or the directory be made.
    #[error("{} cannot be used", .path.display())]
    Access {
        /// The file or directory.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl TraceDir {
    /// The traces of the installation in this data directory.
    pub fn of(data_dir: &Path) -> Self {
        Self(data_dir.join("trace"))
    }

    /// Where a trace lies.
    pub fn path(&self, name: &TraceName) -> PathBuf {
        self.0.join(name.file())
    }

    /// Writes a certificate that a Troubleshoot fetched, in the place of the one of its type that
    /// was fetched from the phone before.
    pub fn write_fetched(
        &self,
        device: &DeviceName,
        kind: CertificateKind,
        certificate: &Certificate,
        fetched: &Fetched,
    ) -> Result<TraceName, TraceError> {
        let name = TraceName::fetched(device, kind);
        self.write(
            &name,
            &troubleshoot::text(device, kind, certificate, fetched),
        )?;
        Ok(name)
    }

    /// Writes the account of a session.
    pub fn write_session(&self, account: &Account) -> Result<TraceName, TraceError> {
        let name = account.name();
        self.write(&name, &account.text())?;
        Ok(name)
    }

    /// Removes a trace. One that is not there any more is no error.
    pub fn remove(&self, name: &TraceName) -> Result<(), TraceError> {
        let path = self.path(name);
        match fs::remove_file(&path) {
            Err(source) if source.kind() != ErrorKind::NotFound => {
                Err(TraceError::Access { path, source })
            }
            _ => Ok(()),
        }
    }

    /// Removes what a service that was killed left unfinished. None may be at work here.
    pub fn clear_unfinished(&self) -> Result<(), TraceError> {
        for entry in self.entries()? {
            if is_unfinished(&entry.file_name()) {
                let path = entry.path();
                fs::remove_file(&path).map_err(|source| TraceError::Access { path, source })?;
            }
        }
        Ok(())
    }

    /// Every trace, the oldest first. What else lies in the directory is passed over.
    pub fn list(&self) -> Result<Vec<TraceFile>, TraceError> {
        let mut files: Vec<_> = self.entries()?.iter().filter_map(trace_file).collect();
        files.sort_by(|one, other| {
            (one.written_at, &one.name).cmp(&(other.written_at, &other.name))
        });
        Ok(files)
    }

    /// What lies in the directory; nothing, where it has not been made yet.
    fn entries(&self) -> Result<Vec<fs::DirEntry>, TraceError> {
        let entries = match fs::read_dir(&self.0) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries,
        };
        entries
            .and_then(Iterator::collect)
            .map_err(|source| TraceError::Access {
                path: self.0.clone(),
                source,
            })
    }

    /// The text of a trace.
    pub fn read(&self, name: &TraceName) -> Result<String, TraceError> {
        let path = self.path(name);
        fs::read_to_string(&path).map_err(|source| match source.kind() {
            ErrorKind::NotFound => TraceError::Unknown { name: name.clone() },
            _ => TraceError::Access { path, source },
        })
    }

    fn write(&self, name: &TraceName, text: &str) -> Result<(), TraceError> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.0)
            .map_err(|source| TraceError::Access {
                path: self.0.clone(),
                source,
            })?;
        let path = self.path(name);
        let mut file = WholeFile::create_private(&path, true)?;
        file.write_all(text.as_bytes())
            .map_err(|source| FileError::Write { path, source })?;
        Ok(file.commit()?)
    }
}

/// The trace in a directory's entry; none where it is something else, or gone meanwhile.
fn trace_file(entry: &fs::DirEntry) -> Option<TraceFile> {
    let name = TraceName::of_file(entry.file_name().to_str()?)?;
    let metadata = entry.metadata().ok().filter(fs::Metadata::is_file)?;
    Some(TraceFile {
        name,
        written_at: metadata.modified().ok()?.try_into().ok()?,
        length: metadata.len(),
    })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::pki::{Issuer, IssuerName};

    fn device(name: &str) -> DeviceName {
        name.parse().unwrap()
    }

    fn now() -> Timestamp {
        "2026-11-23T12:00:00Z".parse().unwrap()
    }

    fn fetched() -> Fetched {
        Fetched {
            at: now(),
            address: "192.0.2.7".parse().unwrap(),
            session: 17,
        }
    }

    #[test]
    fn a_certificate_that_was_fetched_is_read_as_text_and_holds_its_pem() {
        let directory = tempfile::tempdir().unwrap();
        let traces = TraceDir::of(directory.path());
        assert_eq!(traces.list().unwrap(), []);
        let issuer = Issuer::create(&IssuerName::default(), now()).unwrap();
        let phone = device("SEP001122334455");
        for kind in [CertificateKind::Lsc, CertificateKind::Mic] {
            let name = traces
                .write_fetched(&phone, kind, issuer.certificate(), &fetched())
                .unwrap();
            let text = traces.read(&name).unwrap();
            for part in [
                "SEP001122334455",
                kind.as_str(),
                "192.0.2.7",
                issuer.certificate().subject(),
                issuer.certificate().serial_number(),
                &issuer.certificate().to_pem(),
            ] {
                assert!(text.contains(part), "{part} in {text}");
            }
            let mode = fs::metadata(traces.path(&name))
                .unwrap()
                .permissions()
                .mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        let names: Vec<_> = traces
            .list()
            .unwrap()
            .iter()
            .map(|file| file.name.to_string())
            .collect();
        assert_eq!(names, ["SEP001122334455-LSC", "SEP001122334455-MIC"]);
    }

    #[test]
    fn what_is_no_trace_is_passed_over_and_what_is_not_there_is_an_error() {
        let directory = tempfile::tempdir().unwrap();
        let traces = TraceDir::of(directory.path());
        fs::create_dir_all(directory.path().join("trace/SEP001122334455-LSC.txt")).unwrap();
        for name in [
            "notes.txt",
            ".SEP001122334455-LSC.txt.0123456789abcdef.part",
            "x-LSC.txt.bak",
        ] {
            fs::write(directory.path().join("trace").join(name), "text").unwrap();
        }
        assert_eq!(traces.list().unwrap(), []);
        traces.clear_unfinished().unwrap();
        let left = fs::read_dir(directory.path().join("trace")).unwrap();
        assert_eq!(left.count(), 3, "what was unfinished is gone");
        let name: TraceName = "CSFONE-MIC".parse().unwrap();
        let error = traces.read(&name).unwrap_err();
        assert_eq!(error.to_string(), "there is no trace CSFONE-MIC");
        traces.remove(&name).unwrap();
    }
}
