//! Certificate signing requests for an offline CA: counted, listed, taken out, deleted.

use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;

use super::{AdminError, Installation};
use crate::archive;
use crate::model::{CsrCounts, CsrRecord, CsrState};
use crate::whole_file::WholeFile;

/// How many requests are asked of the store at a time.
const PAGE: u32 = 1000;

/// The requests that a phone waits for and that have no certificate yet.
const AWAITED: &[CsrState] = &[CsrState::Pending, CsrState::Dumped];

/// How requests are encoded in an archive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// Base64 between two lines (RFC 7468): what most CAs take.
    #[default]
    Pem,
    /// The bytes as they are.
    Der,
}

/// What was taken out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Dump {
    /// The requests in the archive.
    pub csrs: u64,
    /// Those among them that had not been taken out before.
    pub new: u64,
    /// Those among them that no phone signed; each has its public key beside it.
    pub unsigned: u64,
}

/// What was deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct DeletedCsrs {
    /// The requests.
    pub csrs: u64,
    /// The certificates that no phone holds.
    pub certificates: u64,
}

/// How many requests there are, by state.
pub async fn count(installation: &Installation) -> Result<CsrCounts, AdminError> {
    Ok(installation.store().csr_counts().await?)
}

/// Hands out the requests that wait for a certificate, oldest first.
pub async fn list<E: From<AdminError>>(
    installation: &Installation,
    mut each: impl FnMut(&CsrRecord) -> Result<(), E>,
) -> Result<(), E> {
    let mut last = 0;
    loop {
        let page = installation
            .store()
            .csrs(AWAITED, last, PAGE)
            .await
            .map_err(AdminError::from)?;
        let Some(end) = page.last() else {
            return Ok(());
        };
        last = end.id;
        for record in &page {
            each(record)?;
        }
    }
}

/// Puts every request that waits for a certificate into a `.tgz` at `target`, and marks them as
/// dumped once the file is whole and on the disk. A failure before that leaves no file, and every
/// request as it was.
///
/// Each phone's request is `NAME.csr`. One that the phone did not sign has its public key beside
/// it, `NAME.pub.pem`, for CAs that take a bare key. `progress` hears how many are packed.
pub async fn dump_to_file(
    installation: &Installation,
    target: &Path,
    replace: bool,
    encoding: Encoding,
    progress: &mut dyn FnMut(u64),
) -> Result<Dump, AdminError> {
    let file = WholeFile::create(target, replace)?;
    let pack = pack(installation, file, encoding, progress)
        .await
        .map_err(|error| error.while_writing(target))?;
    pack.out.commit()?;
    pack.requests.mark_dumped(installation).await
}

/// As [`dump_to_file`], into a stream. The requests count as dumped once it took every byte.
pub async fn dump_to_stream(
    installation: &Installation,
    out: impl Write,
    encoding: Encoding,
    progress: &mut dyn FnMut(u64),
) -> Result<Dump, AdminError> {
    let pack = pack(installation, out, encoding, progress)
        .await
        .map_err(PackError::while_streaming)?;
    pack.requests.mark_dumped(installation).await
}

/// Deletes all requests, and the certificates built or imported that no phone holds.
pub async fn delete(installation: &Installation) -> Result<DeletedCsrs, AdminError> {
    let deleted = installation
        .store()
        .delete_csrs(installation.actor())
        .await?;
    Ok(DeletedCsrs {
        csrs: deleted.csrs,
        certificates: deleted.certificates,
    })
}

/// An archive that is complete, and where it went.
struct Pack<W> {
    out: W,
    requests: Packed,
}

/// The requests in an archive.
#[derive(Default)]
struct Packed {
    total: u64,
    unsigned: u64,
    pending: Vec<i64>,
}

enum PackError {
    Admin(AdminError),
    Write(io::Error),
}

async fn pack<W: Write>(
    installation: &Installation,
    out: W,
    encoding: Encoding,
    progress: &mut dyn FnMut(u64),
) -> Result<Pack<W>, PackError> {
    let mut archive = archive::Writer::new(out, installation.now());
    let mut requests = Packed::default();
    list(installation, |record: &CsrRecord| {
        add(&mut archive, record, encoding)?;
        requests.total += 1;
        if !record.csr.is_signed() {
            requests.unsigned += 1;
        }
        if record.state == CsrState::Pending {
            requests.pending.push(record.id);
        }
        progress(requests.total);
        Ok::<_, PackError>(())
    })
    .await?;
    if requests.total == 0 {
        return Err(AdminError::NoCsr.into());
    }
    let out = archive.finish()?;
    Ok(Pack { out, requests })
}

fn add<W: Write>(
    archive: &mut archive::Writer<W>,
    CsrRecord { device, csr, .. }: &CsrRecord,
    encoding: Encoding,
) -> io::Result<()> {
    let name = format!("{device}.csr");
    match encoding {
        Encoding::Pem => archive.add(&name, csr.to_pem().as_bytes())?,
        Encoding::Der => archive.add(&name, csr.der())?,
    }
    if !csr.is_signed() {
        let key = csr.public_key_pem();
        archive.add(&format!("{device}.pub.pem"), key.as_bytes())?;
    }
    Ok(())
}

impl Packed {
    async fn mark_dumped(self, installation: &Installation) -> Result<Dump, AdminError> {
        let (csrs, unsigned) = (self.total, self.unsigned);
        let new = installation
            .store()
            .mark_dumped(installation.actor(), self.pending)
            .await?;
        Ok(Dump {
            csrs,
            new,
            unsigned,
        })
    }
}

impl PackError {
    fn while_writing(self, target: &Path) -> AdminError {
        match self {
            Self::Admin(error) => error,
            Self::Write(source) => AdminError::Write {
                path: target.to_owned(),
                source,
            },
        }
    }

    fn while_streaming(self) -> AdminError {
        match self {
            Self::Admin(error) => error,
            Self::Write(source) => AdminError::Stream { source },
        }
    }
}

impl From<AdminError> for PackError {
    fn from(error: AdminError) -> Self {
        Self::Admin(error)
    }
}

impl From<io::Error> for PackError {
    fn from(error: io::Error) -> Self {
        Self::Write(error)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::Fixture;
    use super::*;
    use crate::archive::{Entry, InvalidArchive, Limits};

    /// A disk that is full after so many bytes.
    struct Full(usize);

    impl Write for Full {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 = self
                .0
                .checked_sub(bytes.len())
                .ok_or(io::ErrorKind::StorageFull)?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn entries(archive: &[u8]) -> Vec<Entry> {
        let mut entries = Vec::new();
        archive::read(archive, &Limits::default(), |entry| {
            entries.push(entry);
            Ok::<_, InvalidArchive>(())
        })
        .unwrap();
        entries
    }

    #[tokio::test]
    async fn a_dump_holds_every_request_and_the_keys_of_those_without_a_signature() {
        let fixture = Fixture::new().await;
        let csr = fixture.csr("CSFONE").await;
        fixture.csr("CSFTWO").await;
        let target = fixture.directory.path().join("csrs.tgz");
        let mut heard = Vec::new();
        let dump = dump_to_file(
            &fixture.installation,
            &target,
            false,
            Encoding::Pem,
            &mut |count| heard.push(count),
        )
        .await
        .unwrap();
        assert_eq!((dump.csrs, dump.new, dump.unsigned), (2, 2, 2));
        assert_eq!(heard, [1, 2]);
        let entries = entries(&std::fs::read(&target).unwrap());
        let names: Vec<_> = entries.iter().map(|entry| &entry.name[..]).collect();
        assert_eq!(
            names,
            [
                "CSFONE.csr",
                "CSFONE.pub.pem",
                "CSFTWO.csr",
                "CSFTWO.pub.pem"
            ]
        );
        assert_eq!(entries[0].bytes, csr.to_pem().as_bytes());
        assert_eq!(entries[1].bytes, csr.public_key_pem().as_bytes());
        assert_eq!(count(&fixture.installation).await.unwrap().dumped, 2);
    }

    #[tokio::test]
    async fn what_was_dumped_before_is_in_the_next_dump_too() {
        let fixture = Fixture::new().await;
        let csr = fixture.csr("CSFONE").await;
        for new in [1, 0] {
            let mut out = Vec::new();
            let dump = dump_to_stream(&fixture.installation, &mut out, Encoding::Der, &mut |_| ())
                .await
                .unwrap();
            assert_eq!((dump.csrs, dump.new), (1, new));
            assert_eq!(entries(&out)[0].bytes, csr.der());
        }
    }

    #[tokio::test]
    async fn a_dump_that_fails_leaves_every_request_pending() {
        let fixture = Fixture::new().await;
        fixture.csr("CSFONE").await;
        for room in [0, 100, 300] {
            let error = dump_to_stream(
                &fixture.installation,
                Full(room),
                Encoding::Pem,
                &mut |_| (),
            )
            .await
            .unwrap_err();
            assert!(matches!(error, AdminError::Stream { .. }), "{error}");
            assert_eq!(count(&fixture.installation).await.unwrap().pending, 1);
        }
    }

    #[tokio::test]
    async fn without_requests_there_is_no_file() {
        let fixture = Fixture::new().await;
        let target = fixture.directory.path().join("csrs.tgz");
        let error = dump_to_file(
            &fixture.installation,
            &target,
            false,
            Encoding::Pem,
            &mut |_| (),
        )
        .await
        .unwrap_err();
        assert!(matches!(error, AdminError::NoCsr));
        assert!(!target.exists());
    }
}
