//! Certificate signing requests for an offline CA: counted, listed, taken out, deleted.

use std::io::{self, Write};

use jiff::Timestamp;
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use super::counted::Counted;
use super::spool::unnamed_file;
use super::{AdminError, ArchiveTarget, Installation};
use crate::archive;
use crate::model::{Criterion, CsrCounts, CsrRecord, CsrState};
use crate::store::CsrSearch;
use crate::transfer::{self, Moved};
use crate::whole_file::WholeFile;

/// How requests are encoded in an archive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// Base64 between two lines (RFC 7468): what most CAs take.
    #[default]
    Pem,
    /// The bytes as they are.
    Der,
}

/// Which of the requests that wait for a certificate; by default all.
#[derive(Clone, Debug, Default)]
pub struct CsrSelection {
    /// Those alone that have not been taken out before.
    pub only_new: bool,
    /// Those whose keys arrived then or later.
    pub since: Option<Timestamp>,
    /// Those of phones that meet all of this.
    pub criteria: Vec<Criterion>,
}

impl CsrSelection {
    fn is_all(&self) -> bool {
        !self.only_new && self.since.is_none() && self.criteria.is_empty()
    }

    fn search(&self) -> CsrSearch {
        let awaited: &[CsrState] = if self.only_new {
            &[CsrState::Pending]
        } else {
            &[CsrState::Pending, CsrState::Dumped]
        };
        CsrSearch {
            since: self.since,
            criteria: self.criteria.clone(),
            ..CsrSearch::in_states(awaited)
        }
    }
}

/// Hears how a dump goes.
pub struct DumpProgress<'a> {
    /// So many requests are in the archive.
    pub packed: &'a mut dyn FnMut(u64),
    /// So many bytes of the archive are on the server: none when it is packed, and before anybody is
    /// asked for anything.
    pub moved: Moved<'a>,
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
    /// How many bytes the archive has.
    pub bytes: u64,
    /// Whether the server that it went to has said that it holds as many bytes.
    pub verified: bool,
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
    selection: &CsrSelection,
    mut each: impl FnMut(&CsrRecord) -> Result<(), E>,
) -> Result<(), E> {
    let mut search = selection.search();
    loop {
        let page = installation
            .store()
            .csrs(&search)
            .await
            .map_err(AdminError::from)?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        search.after = last.id;
        for record in &page {
            each(record)?;
        }
    }
}

/// Puts the selected requests that wait for a certificate into a `.tgz`, and marks them as dumped
/// once its target has taken every byte. A failure before that leaves every request as it was, and
/// no file; so does `stop`.
///
/// Each phone's request is `NAME.csr`. One that the phone did not sign has its public key beside
/// it, `NAME.pub.pem`, for CAs that take a bare key. For a server the archive is made whole on this
/// machine first: so a slow network keeps no view of the database open, and the size is known.
pub async fn dump(
    installation: &Installation,
    selection: &CsrSelection,
    encoding: Encoding,
    target: ArchiveTarget<'_>,
    progress: DumpProgress<'_>,
    stop: &CancellationToken,
) -> Result<Dump, AdminError> {
    let mut packer = Packer {
        installation,
        selection,
        encoding,
        packed: progress.packed,
        stop,
    };
    let (contents, verified) = match target {
        ArchiveTarget::File { path, replace } => {
            let file = WholeFile::create(&path, replace)?;
            let failed = |source| AdminError::Write {
                path: path.clone(),
                source,
            };
            let (contents, file) = packer.pack(file, &failed).await?;
            file.commit()?;
            (contents, false)
        }
        ArchiveTarget::Stream(stream) => {
            let failed = |source| AdminError::Stream { source };
            let (contents, _) = packer.pack(stream, &failed).await?;
            (contents, false)
        }
        ArchiveTarget::Server {
            remote,
            replace,
            access,
        } => {
            let data_dir = installation.data_dir();
            let failed = |source| AdminError::Write {
                path: data_dir.to_owned(),
                source,
            };
            let file = io::BufWriter::new(unnamed_file(data_dir)?);
            let (contents, file) = packer.pack(file, &failed).await?;
            let file = file
                .into_inner()
                .map_err(|error| failed(error.into_error()))?;
            (progress.moved)(0, Some(contents.bytes));
            let sent =
                transfer::upload(&remote, file, replace, access, progress.moved, stop).await?;
            (contents, sent.verified)
        }
    };
    let new = installation
        .store()
        .mark_dumped(installation.actor(), contents.pending)
        .await?;
    Ok(Dump {
        csrs: contents.csrs,
        new,
        unsigned: contents.unsigned,
        bytes: contents.bytes,
        verified,
    })
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

/// What is in an archive.
#[derive(Default)]
struct Packed {
    csrs: u64,
    unsigned: u64,
    bytes: u64,
    /// The numbers of the requests that had not been taken out before.
    pending: Vec<i64>,
}

/// What makes an archive.
struct Packer<'a> {
    installation: &'a Installation,
    selection: &'a CsrSelection,
    encoding: Encoding,
    packed: &'a mut dyn FnMut(u64),
    stop: &'a CancellationToken,
}

impl Packer<'_> {
    /// Writes the archive into `out` and gives that back; `failed` says of an error where it was.
    async fn pack<W: Write>(
        &mut self,
        out: W,
        failed: &dyn Fn(io::Error) -> AdminError,
    ) -> Result<(Packed, W), AdminError> {
        let out = Counted::new(out);
        let mut archive = archive::Writer::new(out, self.installation.now());
        let mut packed = Packed::default();
        let (encoding, tell, stop) = (self.encoding, &mut self.packed, self.stop);
        list(self.installation, self.selection, |record: &CsrRecord| {
            if stop.is_cancelled() {
                return Err(AdminError::Stopped);
            }
            add(&mut archive, record, encoding).map_err(failed)?;
            packed.csrs += 1;
            if !record.csr.is_signed() {
                packed.unsigned += 1;
            }
            if record.state == CsrState::Pending {
                packed.pending.push(record.id);
            }
            tell(packed.csrs);
            Ok(())
        })
        .await?;
        if packed.csrs == 0 {
            return Err(AdminError::NoCsr {
                selected: !self.selection.is_all(),
            });
        }
        let Counted { out, bytes } = archive.finish().map_err(failed)?;
        packed.bytes = bytes;
        Ok((packed, out))
    }
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

#[cfg(test)]
mod tests {
    use super::super::testing::{Fixture, now};
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

    async fn dump_to(
        fixture: &Fixture,
        target: ArchiveTarget<'_>,
        selection: &CsrSelection,
        encoding: Encoding,
        heard: &mut Vec<u64>,
    ) -> Result<Dump, AdminError> {
        let progress = DumpProgress {
            packed: &mut |count| heard.push(count),
            moved: &|_, _| (),
        };
        dump(
            &fixture.installation,
            selection,
            encoding,
            target,
            progress,
            &CancellationToken::new(),
        )
        .await
    }

    async fn dumped(fixture: &Fixture, selection: &CsrSelection) -> (Dump, Vec<Entry>) {
        let mut out = Vec::new();
        let target = ArchiveTarget::Stream(Box::new(&mut out));
        let dump = dump_to(fixture, target, selection, Encoding::Der, &mut Vec::new())
            .await
            .unwrap();
        assert_eq!(dump.bytes, out.len() as u64);
        (dump, entries(&out))
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
        let file = ArchiveTarget::File {
            path: target.clone(),
            replace: false,
        };
        let all = CsrSelection::default();
        let dump = dump_to(&fixture, file, &all, Encoding::Pem, &mut heard)
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
            let (dump, entries) = dumped(&fixture, &CsrSelection::default()).await;
            assert_eq!((dump.csrs, dump.new), (1, new));
            assert_eq!(entries[0].bytes, csr.der());
        }
    }

    #[tokio::test]
    async fn a_dump_that_fails_leaves_every_request_pending() {
        let fixture = Fixture::new().await;
        fixture.csr("CSFONE").await;
        for room in [0, 100, 300] {
            let target = ArchiveTarget::Stream(Box::new(Full(room)));
            let all = CsrSelection::default();
            let error = dump_to(&fixture, target, &all, Encoding::Pem, &mut Vec::new())
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
        let file = ArchiveTarget::File {
            path: target.clone(),
            replace: false,
        };
        let all = CsrSelection::default();
        let error = dump_to(&fixture, file, &all, Encoding::Pem, &mut Vec::new())
            .await
            .unwrap_err();
        assert!(matches!(error, AdminError::NoCsr { selected: false }));
        assert!(!target.exists());
    }

    #[tokio::test]
    async fn what_is_selected_alone_is_dumped_and_marked() {
        let fixture = Fixture::new().await;
        for name in ["CSFONE", "CSFTWO", "TCTTHREE"] {
            fixture.csr(name).await;
        }
        let names = async |selection: &CsrSelection| {
            let (_, entries) = dumped(&fixture, selection).await;
            let names = entries.into_iter().map(|entry| entry.name);
            names
                .filter_map(|name| Some(name.strip_suffix(".csr")?.to_owned()))
                .collect::<Vec<_>>()
        };
        let softphones = CsrSelection {
            criteria: vec!["Device Name begins with CSF".parse().unwrap()],
            ..CsrSelection::default()
        };
        assert_eq!(names(&softphones).await, ["CSFONE", "CSFTWO"]);
        let new = CsrSelection {
            only_new: true,
            ..CsrSelection::default()
        };
        assert_eq!(names(&new).await, ["TCTTHREE"]);
        let counts = count(&fixture.installation).await.unwrap();
        assert_eq!((counts.pending, counts.dumped), (0, 3));
        let since = |since| CsrSelection {
            since: Some(since),
            ..CsrSelection::default()
        };
        assert_eq!(names(&since(now())).await.len(), 3);
        for selection in [new, since(Timestamp::MAX)] {
            let error = dump_to(
                &fixture,
                ArchiveTarget::Stream(Box::new(io::sink())),
                &selection,
                Encoding::Pem,
                &mut Vec::new(),
            )
            .await
            .unwrap_err();
            assert!(matches!(error, AdminError::NoCsr { selected: true }));
        }
    }

    #[tokio::test]
    async fn a_dump_that_is_stopped_leaves_no_file_and_every_request_pending() {
        let fixture = Fixture::new().await;
        fixture.csr("CSFONE").await;
        let target = fixture.directory.path().join("csrs.tgz");
        let stop = CancellationToken::new();
        stop.cancel();
        let error = dump(
            &fixture.installation,
            &CsrSelection::default(),
            Encoding::Pem,
            ArchiveTarget::File {
                path: target.clone(),
                replace: false,
            },
            DumpProgress {
                packed: &mut |_| (),
                moved: &|_, _| (),
            },
            &stop,
        )
        .await
        .unwrap_err();
        assert!(matches!(error, AdminError::Stopped), "{error}");
        assert!(!target.exists());
        assert_eq!(count(&fixture.installation).await.unwrap().pending, 1);
    }
}
