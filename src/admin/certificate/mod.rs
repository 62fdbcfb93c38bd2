//! Certificates from an offline CA: imported for the phones whose keys they certify.
//!
//! An archive is read twice. The first time shows whether it is whole, and which certificates are
//! for one key; nothing is taken of one that is not whole. The second time a batch after the other
//! goes through matching, judgement and commit, which overlap, on all processors: memory does not
//! grow with the number of phones, waiting phones are served from the first batch on, and an
//! import can be stopped between two batches.

mod candidate;
mod reason;
mod survey;

use std::collections::{HashMap, VecDeque};
use std::fs::File;
use std::io::{self, Read, Seek as _, Write as _};
use std::sync::Arc;

use serde::Serialize;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::spool::unnamed_file;
use super::{AdminError, Installation};
use crate::archive::{self, Entry, InvalidArchive};
use crate::model::{DeviceName, TrustPurpose};
use crate::pki::TrustStore;
use crate::transfer::{self, Access, Moved, Remote};

pub use reason::{Reason, Remark};

use candidate::{Candidate, Judge};
use survey::Survey;

/// How many certificates are judged and committed together: enough to change each page of an index
/// once, where a smaller batch would change most of them again.
const BATCH_FILES: usize = 2000;
/// How many bytes they may have together: a batch of larger files has fewer.
const BATCH_BYTES: usize = 2 << 20;

/// The largest archive that is taken from a server: no compressed one of what an archive may hold
/// has more.
const DOWNLOAD_BYTES: u64 = 4 << 30;

/// How many batches wait, read, to be judged.
const READ_AHEAD: usize = 1;

/// Where an archive comes from.
pub enum Archive {
    /// A file, which can be read twice.
    File(File),
    /// A pipe, whose bytes are kept beside the database until the import is over.
    Stream(Box<dyn Read + Send>),
}

/// Hears how an import goes.
pub trait ImportListener {
    /// So many files have been looked at for the first time.
    fn checked(&mut self, files: u64);

    /// What came of a file, once it stands; `files` are in the archive.
    fn decided(&mut self, entry: &ImportEntry, files: u64);
}

/// Nobody listens.
impl ImportListener for () {
    fn checked(&mut self, _: u64) {}

    fn decided(&mut self, _: &ImportEntry, _: u64) {}
}

/// What came of an import.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CertificateImport {
    /// The files whose certificate was taken.
    pub accepted: u64,
    /// The files whose certificate had been imported before.
    pub unchanged: u64,
    /// The files whose certificate was not taken.
    pub rejected: u64,
    /// The files that nobody looked at, because the import was stopped.
    pub left: u64,
    /// Why files were rejected, the most frequent reason first.
    pub reasons: Vec<ReasonCount>,
}

/// A reason for which files were rejected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReasonCount {
    /// The reason, without what differs from file to file.
    pub reason: &'static str,
    /// How many files.
    pub files: u64,
}

/// What came of one file of an import.
#[derive(Debug, Serialize)]
pub struct ImportEntry {
    /// Its name in the archive.
    pub file: String,
    /// The phone that made the key, where one is known.
    pub device: Option<DeviceName>,
    /// The certificate's serial number, where the file is a certificate.
    pub serial_number: Option<String>,
    /// Whether it was taken.
    pub verdict: Verdict,
    /// Why not.
    pub reason: Option<Reason>,
    /// What is odd about it, and no reason to reject it.
    pub warnings: Vec<Remark>,
}

/// Whether a certificate was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It was taken.
    Accepted,
    /// It had been taken before: it waits for its phone, or the phone holds it.
    Unchanged,
    /// It was not.
    Rejected,
}

/// Imports a `.tgz` of certificates: each is matched by its public key to the request that it
/// answers, judged by [`Acceptance`](crate::pki::Acceptance), and put on record for its phone, which waits for it.
///
/// An archive that is not whole is refused whole; a file in it that is no acceptable certificate
/// is rejected alone. What is accepted is committed a batch at a time, in the archive's order;
/// where an import ends early, running it again takes up the rest. `dry_run` commits nothing.
///
/// Two certificates for one key are both rejected, because nothing says which is meant; the same
/// certificate under two names is taken once.
pub async fn import(
    installation: &Installation,
    archive: Archive,
    dry_run: bool,
    listener: &mut dyn ImportListener,
    stop: &CancellationToken,
) -> Result<CertificateImport, AdminError> {
    let (file, survey) = look(installation, archive, listener, stop).await?;
    let mut import = Import {
        installation,
        dry_run,
        listener,
        survey,
        summary: CertificateImport::default(),
        reasons: HashMap::new(),
    };
    match import.run(file, stop).await {
        Ok(()) => Ok(import.finish()),
        Err(error) if import.summary.accepted > 0 && !dry_run => Err(AdminError::Interrupted {
            count: import.summary.accepted,
            what: "certificates had been imported",
            source: Box::new(error),
        }),
        Err(error) => Err(error),
    }
}

/// Gets an archive from a server.
pub async fn fetch(
    installation: &Installation,
    source: &Remote,
    access: &Access<'_>,
    moved: Moved<'_>,
    stop: &CancellationToken,
) -> Result<Archive, AdminError> {
    let mut file = unnamed_file(installation.data_dir())?;
    let copy = file
        .try_clone()
        .map_err(|source| InvalidArchive::Read { source })?;
    transfer::download(source, copy, DOWNLOAD_BYTES, access, moved, stop).await?;
    rewind(&mut file)?;
    Ok(Archive::File(file))
}

fn rewind(file: &mut File) -> Result<(), InvalidArchive> {
    file.rewind()
        .map_err(|source| InvalidArchive::Read { source })
}

/// Reads the archive for the first time, and makes sure that it can be read again.
async fn look(
    installation: &Installation,
    archive: Archive,
    listener: &mut dyn ImportListener,
    stop: &CancellationToken,
) -> Result<(File, Survey), AdminError> {
    let (tell, mut told) = mpsc::unbounded_channel();
    let data_dir = installation.data_dir().to_owned();
    let until = stop.clone();
    let survey = move || {
        let heard = |files| {
            // Whoever gave the import up hears nothing more.
            let _ = tell.send(files);
        };
        let (mut file, mut survey) = match archive {
            Archive::File(file) => {
                let survey = Survey::of(&file, &heard, &until)?;
                (file, survey)
            }
            Archive::Stream(source) => {
                let mut copy = unnamed_file(&data_dir)?;
                let copying = Copying {
                    source,
                    copy: &mut copy,
                };
                let survey = Survey::of(copying, &heard, &until)?;
                (copy, survey)
            }
        };
        rewind(&mut file)?;
        if survey.has_rivals() {
            survey = survey.without_imposters(&file, &until)?;
            rewind(&mut file)?;
        }
        Ok((file, survey))
    };
    let (give, looked) = oneshot::channel();
    // A thread that waits for a pipe must keep no command that was stopped from ending, as one of the
    // runtime's would.
    std::thread::spawn(move || give.send(survey()));
    loop {
        tokio::select! {
            () = stop.cancelled() => return Err(AdminError::Stopped),
            files = told.recv() => match files {
                Some(files) => listener.checked(files),
                None => break,
            },
        }
    }
    looked.await.unwrap_or(Err(AdminError::Unfinished))
}

/// A reader whose bytes are kept.
struct Copying<'a> {
    source: Box<dyn Read + Send>,
    copy: &'a mut File,
}

impl Read for Copying<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(into)?;
        self.copy.write_all(&into[..count])?;
        Ok(count)
    }
}

/// An import under way.
struct Import<'a> {
    installation: &'a Installation,
    dry_run: bool,
    listener: &'a mut dyn ImportListener,
    survey: Survey,
    summary: CertificateImport,
    reasons: HashMap<&'static str, u64>,
}

impl Import<'_> {
    /// Lets a batch after the other through. While one is committed, the next ones are judged, and
    /// those behind them read.
    async fn run(&mut self, file: File, stop: &CancellationToken) -> Result<(), AdminError> {
        let judge = Arc::new(judge(self.installation).await?);
        let at_once = std::thread::available_parallelism().map_or(1, usize::from) + 1;
        let mut unread = batches(file);
        let mut judged: VecDeque<JoinHandle<_>> = VecDeque::with_capacity(at_once);
        // An error of a later batch counts when those before it are in.
        let mut end = Ok(());
        loop {
            while judged.len() < at_once
                && end.is_ok()
                && let Some(batch) = unread.recv().await
            {
                let judge = Arc::clone(&judge);
                match batch {
                    Ok(batch) => {
                        judged.push_back(tokio::spawn(async move { judge.judge(batch).await }));
                    }
                    Err(error) => end = Err(error),
                }
            }
            let Some(next) = judged.pop_front() else {
                return end;
            };
            let batch = next.await.unwrap_or(Err(AdminError::Unfinished))?;
            self.take(batch).await?;
            if stop.is_cancelled() {
                return Ok(());
            }
        }
    }

    async fn take(&mut self, mut batch: Vec<Candidate>) -> Result<(), AdminError> {
        for candidate in &mut batch {
            candidate.compare(&mut self.survey);
        }
        if !self.dry_run {
            candidate::commit(self.installation, &mut batch).await?;
        }
        for candidate in batch {
            let entry = candidate.into_entry(&mut self.survey);
            let counter = match entry.verdict {
                Verdict::Accepted => &mut self.summary.accepted,
                Verdict::Unchanged => &mut self.summary.unchanged,
                Verdict::Rejected => &mut self.summary.rejected,
            };
            *counter += 1;
            if let Some(reason) = &entry.reason {
                *self.reasons.entry(reason.in_short()).or_default() += 1;
            }
            self.listener.decided(&entry, self.survey.files);
        }
        Ok(())
    }

    fn finish(self) -> CertificateImport {
        let mut summary = self.summary;
        let done = summary.accepted + summary.unchanged + summary.rejected;
        summary.left = self.survey.files - done;
        summary.reasons = self
            .reasons
            .into_iter()
            .map(|(reason, files)| ReasonCount { reason, files })
            .collect();
        summary
            .reasons
            .sort_by_key(|count| (std::cmp::Reverse(count.files), count.reason));
        summary
    }
}

async fn judge(installation: &Installation) -> Result<Judge, AdminError> {
    let store = installation.store();
    let anchors = store.trust_anchors(Some(TrustPurpose::Capf)).await?;
    let trust = TrustStore::new(anchors.iter().map(|anchor| &anchor.certificate))?;
    Ok(Judge {
        store: store.clone(),
        trust,
        now: installation.now(),
    })
}

/// Reads the archive on a thread of its own.
fn batches(file: File) -> mpsc::Receiver<Result<Vec<Entry>, AdminError>> {
    let (hand_over, batches) = mpsc::channel(READ_AHEAD);
    tokio::task::spawn_blocking(move || {
        let mut batch = Vec::new();
        let mut bytes = 0;
        let outcome = archive::read(file, &archive::Limits::default(), |entry| {
            bytes += entry.bytes.len();
            batch.push(entry);
            if batch.len() == BATCH_FILES || bytes >= BATCH_BYTES {
                bytes = 0;
                // Nobody takes it any more: the import has ended.
                return hand_over
                    .blocking_send(Ok(std::mem::take(&mut batch)))
                    .map_err(|_| AdminError::Stopped);
            }
            Ok(())
        });
        // An import that has ended hears nothing more.
        let _ = hand_over.blocking_send(outcome.map(|_| batch));
    });
    batches
}

#[cfg(test)]
mod tests;
