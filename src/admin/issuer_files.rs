//! The CAPF certificate and its key on the disk.
//!
//! They live in one directory, `ca`, which appears under its name only when all files in it are
//! complete: two processes that start at the same moment cannot mix their keys, and a power failure
//! leaves no half of a CA. It is replaced as a whole, in one step; what it was before is kept.
//!
//! | file | is |
//! |---|---|
//! | `CAPF.cer` | the certificate in DER, as Unified CM offers it for download |
//! | `CAPF-xxxxxxxx.0` | the same in PEM, under the certificate's common name |
//! | `chain.pem` | who vouches for it, up to the root, where another CA signed it |
//! | `capf.key` | the private key in PEM, for its owner alone |
//!
//! Beside it may lie `ca-former`, with a directory for each CA that was replaced, and `ca-request`,
//! with the key and the request for a certificate that another CA is to sign.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rustix::fs::{Mode, OFlags, openat};
use zeroize::Zeroizing;

use super::AdminError;
use super::encoded::{Encoded, certificates, read_file};
use crate::model::{Certificate, Csr};
use crate::pki::{Issuer, IssuerKey, IssuerName, PkiError};
use crate::secret::AccountPassword;
use crate::whole_file::{WholeFile, exchange, sync_directory};

/// The directory of its files, in the data directory.
const DIRECTORY: &str = "ca";
/// A CA that is complete and waits to take the place of the present one; and, for a moment, the one
/// whose place it took.
const NEXT: &str = "ca.next";
const FORMER: &str = "ca-former";
const REQUEST_DIRECTORY: &str = "ca-request";
const LOCK: &str = "ca.lock";

/// The directories, in the data directory, without which something could be missed one day.
pub(super) const DIRECTORIES: [&str; 4] = [DIRECTORY, NEXT, FORMER, REQUEST_DIRECTORY];

const CERTIFICATE: &str = "CAPF.cer";
const CHAIN: &str = "chain.pem";
const KEY: &str = "capf.key";
const REQUEST: &str = "CAPF.csr";

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

/// The public part of a CA that is kept.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub(super) certificate: Certificate,
    pub(super) chain: Vec<Certificate>,
    pub(super) key_file: PathBuf,
    pub(super) certificate_file: PathBuf,
    pub(super) key_is_encrypted: bool,
}

type Passphrase<'a> = Option<&'a AccountPassword>;

/// Loads the CA from `data_dir`, or makes one where there is none.
pub(super) fn load_or_create(
    data_dir: &Path,
    passphrase: Passphrase<'_>,
    now: Timestamp,
) -> Result<CapfCertificate, AdminError> {
    let directory = data_dir.join(DIRECTORY);
    let created = !directory.exists() && create(&directory, passphrase, now)?;
    Ok(CapfCertificate {
        issuer: load(&directory, passphrase)?,
        directory,
        created,
    })
}

/// The CA in `data_dir`, which is there.
pub(super) fn present(data_dir: &Path, passphrase: Passphrase<'_>) -> Result<Issuer, AdminError> {
    load(&data_dir.join(DIRECTORY), passphrase)
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

/// What everybody may know of the CA in `data_dir`, where there is one. Its key is not needed.
pub(super) fn kept(data_dir: &Path) -> Result<Option<Kept>, AdminError> {
    let path = data_dir.join(DIRECTORY);
    if !path.exists() {
        return Ok(None);
    }
    let directory = Directory::open(&path)?;
    Ok(Some(Kept {
        certificate: directory.certificate()?,
        chain: directory.chain()?,
        key_is_encrypted: is_encrypted(&directory.key()?),
        key_file: path.join(KEY),
        certificate_file: path.join(CERTIFICATE),
    }))
}

/// Makes sure that the CA in a data directory, where there is one, is whole: its key must fit its
/// certificate. A key whose passphrase nobody knows is left untried, and `false` says so.
pub(super) fn verify(
    data_dir: &Path,
    passphrase: Passphrase<'_>,
) -> Result<Option<(Certificate, bool)>, AdminError> {
    let Some(kept) = kept(data_dir)? else {
        return Ok(None);
    };
    match present(data_dir, passphrase) {
        Ok(issuer) => Ok(Some((issuer.certificate().clone(), true))),
        Err(AdminError::Pki(PkiError::NoPassphrase | PkiError::WrongPassphrase)) => {
            Ok(Some((kept.certificate, false)))
        }
        Err(error) => Err(error),
    }
}

fn load(directory: &Path, passphrase: Passphrase<'_>) -> Result<Issuer, AdminError> {
    let directory = Directory::open(directory)?;
    let key = IssuerKey::from_pem(&directory.key()?, passphrase)?;
    Ok(Issuer::new(
        directory.certificate()?,
        directory.chain()?,
        key,
    )?)
}

fn load_certificate(directory: &Path) -> Result<Certificate, AdminError> {
    Directory::open(directory)?.certificate()
}

/// The directory of one CA, open: it stays the same when another takes its name.
struct Directory {
    opened: OwnedFd,
    path: PathBuf,
}

impl Directory {
    fn open(path: &Path) -> Result<Self, AdminError> {
        let flags = OFlags::DIRECTORY | OFlags::RDONLY | OFlags::CLOEXEC;
        match rustix::fs::open(path, flags, Mode::empty()) {
            Ok(opened) => Ok(Self {
                opened,
                path: path.to_owned(),
            }),
            Err(error) => Err(AdminError::Read {
                path: path.to_owned(),
                source: error.into(),
            }),
        }
    }

    fn certificate(&self) -> Result<Certificate, AdminError> {
        Certificate::from_der(&self.read(CERTIFICATE)?).map_err(|source| {
            AdminError::CapfCertificate {
                path: self.path.join(CERTIFICATE),
                source,
            }
        })
    }

    /// None where there is no chain.
    fn chain(&self) -> Result<Vec<Certificate>, AdminError> {
        match self.read(CHAIN) {
            Ok(pem) => certificates(&pem, &self.path.join(CHAIN)),
            Err(AdminError::Read { source, .. }) if source.kind() == ErrorKind::NotFound => {
                Ok(Vec::new())
            }
            Err(error) => Err(error),
        }
    }

    fn key(&self) -> Result<Zeroizing<Vec<u8>>, AdminError> {
        self.read(KEY)
    }

    fn read(&self, name: &str) -> Result<Zeroizing<Vec<u8>>, AdminError> {
        // Room for any of them, so that no copy of a key is left behind where one grew.
        let mut bytes = Zeroizing::new(Vec::with_capacity(16 * 1024));
        let flags = OFlags::RDONLY | OFlags::CLOEXEC;
        openat(&self.opened, name, flags, Mode::empty())
            .map_err(io::Error::from)
            .and_then(|opened| File::from(opened).read_to_end(&mut bytes))
            .map(|_| bytes)
            .map_err(|source| AdminError::Read {
                path: self.path.join(name),
                source,
            })
    }
}

fn is_encrypted(key_pem: &[u8]) -> bool {
    let label = b"ENCRYPTED";
    key_pem.windows(label.len()).any(|window| window == label)
}

/// Makes the directory whole; `false` where another process was quicker.
fn create(
    directory: &Path,
    passphrase: Passphrase<'_>,
    now: Timestamp,
) -> Result<bool, AdminError> {
    let issuer = Issuer::create(&IssuerName::default(), now)?;
    let temporary = directory.with_file_name(format!(".{DIRECTORY}.{}.part", std::process::id()));
    let written = write_issuer(&temporary, &issuer, passphrase);
    let written = written.and_then(|()| {
        std::fs::rename(&temporary, directory)
            .and_then(|()| sync_directory(directory))
            .map_err(failed(directory))
    });
    match written {
        Ok(()) => Ok(true),
        Err(error) => {
            // What is left of our own attempt serves nobody.
            let _ = std::fs::remove_dir_all(&temporary);
            if directory.exists() {
                return Ok(false);
            }
            Err(error)
        }
    }
}

/// Held by whoever changes the CA. The system gives it up with the process.
#[derive(Debug)]
pub(super) struct Changing {
    data_dir: PathBuf,
    _lock: File,
}

impl Changing {
    /// Waits until nobody else is changing the CA.
    pub(super) fn begin(data_dir: &Path) -> Result<Self, AdminError> {
        let path = data_dir.join(LOCK);
        OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(&path)
            .and_then(|lock| lock.lock().map(|()| lock))
            .map(|lock| Self {
                data_dir: data_dir.to_owned(),
                _lock: lock,
            })
            .map_err(failed(&path))
    }

    /// Puts another CA into the place of the present one, in one step: whoever looks, and whatever
    /// fails, finds the old one or the new one whole. Says where the old one is kept.
    pub(super) fn replace(
        &self,
        issuer: &Issuer,
        passphrase: Passphrase<'_>,
        now: Timestamp,
    ) -> Result<PathBuf, AdminError> {
        let (directory, next) = (self.data_dir.join(DIRECTORY), self.data_dir.join(NEXT));
        // What an attempt has left that was cut off: it was the old one, or might have been the new.
        self.keep_former(now)?;
        let part = self.data_dir.join(format!(".{NEXT}.part"));
        remove_if_there(&part)?;
        write_issuer(&part, issuer, passphrase)?;
        std::fs::rename(&part, &next)
            .and_then(|()| sync_directory(&next))
            .map_err(failed(&next))?;
        exchange(&next, &directory)
            .and_then(|()| sync_directory(&directory))
            .map_err(failed(&directory))?;
        // From here on the new one is in force.
        let kept = self.keep_former(now)?;
        Ok(kept.unwrap_or(next))
    }

    /// Gives the CA that was replaced its place among the former ones.
    fn keep_former(&self, now: Timestamp) -> Result<Option<PathBuf>, AdminError> {
        let next = self.data_dir.join(NEXT);
        if !next.exists() {
            return Ok(None);
        }
        let former = self.data_dir.join(FORMER);
        make_directory(&former)?;
        let certificate = load_certificate(&next)?;
        let name = format!(
            "{}-{}",
            file_name(&certificate),
            now.strftime("%Y%m%dT%H%M%SZ")
        );
        let mut place = former.join(&name);
        let mut number = 1;
        while place.exists() {
            number += 1;
            place = former.join(format!("{name}-{number}"));
        }
        std::fs::rename(&next, &place)
            .and_then(|()| sync_directory(&place))
            .and_then(|()| sync_directory(&next))
            .map_err(failed(&place))?;
        Ok(Some(place))
    }

    /// Keeps the key, and one that waits for its certificate, under another passphrase or under none.
    pub(super) fn change_passphrase(
        &self,
        present: Passphrase<'_>,
        new: Passphrase<'_>,
    ) -> Result<(), AdminError> {
        for name in [REQUEST_DIRECTORY, DIRECTORY] {
            let directory = self.data_dir.join(name);
            let path = directory.join(KEY);
            if path.exists() {
                let key = IssuerKey::from_pem(&Directory::open(&directory)?.key()?, present)?;
                let mut file = WholeFile::create_private(&path, true)?;
                file.write_all(&key.to_pem(new)?).map_err(failed(&path))?;
                file.commit()?;
            }
        }
        Ok(())
    }

    /// Keeps a key and the request for it until its certificate comes. An earlier one is forgotten.
    pub(super) fn keep_request(
        &self,
        key: &IssuerKey,
        csr: &Csr,
        passphrase: Passphrase<'_>,
    ) -> Result<(), AdminError> {
        let directory = self.data_dir.join(REQUEST_DIRECTORY);
        let part = self.data_dir.join(format!(".{REQUEST_DIRECTORY}.part"));
        remove_if_there(&part)?;
        write(
            &part,
            &[
                (KEY, &key.to_pem(passphrase)?, 0o600),
                (REQUEST, csr.to_pem().as_bytes(), 0o644),
            ],
        )?;
        remove_if_there(&directory)?;
        std::fs::rename(&part, &directory)
            .and_then(|()| sync_directory(&directory))
            .map_err(failed(&directory))
    }

    /// The key that waits for its certificate, if one does.
    pub(super) fn requested_key(
        &self,
        passphrase: Passphrase<'_>,
    ) -> Result<Option<IssuerKey>, AdminError> {
        let directory = self.data_dir.join(REQUEST_DIRECTORY);
        if !directory.join(KEY).exists() {
            return Ok(None);
        }
        Ok(Some(IssuerKey::from_pem(
            &Directory::open(&directory)?.key()?,
            passphrase,
        )?))
    }

    /// The certificate of the present CA.
    pub(super) fn present(&self) -> Result<Certificate, AdminError> {
        load_certificate(&self.data_dir.join(DIRECTORY))
    }

    /// Forgets the request that has brought this certificate, if one has.
    pub(super) fn forget_request(&self, certificate: &Certificate) -> Result<(), AdminError> {
        let directory = self.data_dir.join(REQUEST_DIRECTORY);
        if !directory.join(REQUEST).exists() {
            return Ok(());
        }
        let found = read_file(&directory.join(REQUEST))?;
        let is_its = found.iter().any(|one| {
            matches!(one, Encoded::Request(csr) if csr.public_key() == certificate.public_key())
        });
        if is_its {
            remove_if_there(&directory)?;
        }
        Ok(())
    }
}

fn remove_if_there(directory: &Path) -> Result<(), AdminError> {
    match std::fs::remove_dir_all(directory) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(failed(directory)(error)),
        _ => Ok(()),
    }
}

fn make_directory(directory: &Path) -> Result<(), AdminError> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)
        .map_err(failed(directory))
}

/// What a file is called after a certificate: its common name, as far as that can stand in a path.
pub(super) fn file_name(certificate: &Certificate) -> String {
    certificate.common_name().unwrap_or("CAPF").replace(
        |letter: char| !letter.is_ascii_alphanumeric() && letter != '-',
        "_",
    )
}

fn write_issuer(
    directory: &Path,
    issuer: &Issuer,
    passphrase: Passphrase<'_>,
) -> Result<(), AdminError> {
    let (certificate, key) = (issuer.certificate(), issuer.key().to_pem(passphrase)?);
    let (pem, chain) = (certificate.to_pem(), to_pem(issuer.chain()));
    let pem_name = format!("{}.0", file_name(certificate));
    let mut files = vec![
        (KEY, &key[..], 0o600),
        (CERTIFICATE, certificate.der(), 0o644),
        (&pem_name, pem.as_bytes(), 0o644),
    ];
    if !chain.is_empty() {
        files.push((CHAIN, chain.as_bytes(), 0o644));
    }
    write(directory, &files)
}

/// Certificates in PEM, one behind the other.
pub(super) fn to_pem(certificates: &[Certificate]) -> String {
    certificates.iter().map(Certificate::to_pem).collect()
}

/// Writes a new directory, and returns when everything is on the disk.
fn write(directory: &Path, files: &[(&str, &[u8], u32)]) -> Result<(), AdminError> {
    let write = || {
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
    };
    write().map_err(failed(directory))
}

fn failed(path: &Path) -> impl Fn(io::Error) -> AdminError + use<> {
    let path = path.to_owned();
    move |source| AdminError::Write {
        path: path.clone(),
        source,
    }
}

#[cfg(test)]
mod tests;
