//! Who writes the trace files, so that no session waits for a disk.

use std::collections::VecDeque;
use std::error::Error;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use super::told::Told;
use crate::trace::{Account, TraceDir, TraceError, TraceKind, TraceName};

/// How many accounts may wait to be written; one more is not written.
const QUEUE: usize = 256;

/// A phone may have one part in so many of all traces before its own go first, so that a phone that
/// fails again and again does not take away those of all others.
const SHARE: usize = 20;

/// How many a phone may have in any case.
const LEAST: usize = 10;

/// The writer of the trace files. Dropping it waits until what is queued is written.
pub(super) struct Tracer {
    directory: TraceDir,
    accounts: Option<SyncSender<(Account, u32)>>,
    thread: Option<JoinHandle<()>>,
    full: Told,
}

impl Tracer {
    pub(super) fn begin(directory: TraceDir) -> Result<Self, std::io::Error> {
        let (accounts, queue) = sync_channel(QUEUE);
        let writer = Writer {
            directory: directory.clone(),
            written: VecDeque::new(),
        };
        let thread = thread::Builder::new()
            .name("trace".to_owned())
            .spawn(move || writer.run(&queue))?;
        Ok(Self {
            directory,
            accounts: Some(accounts),
            thread: Some(thread),
            full: Told::default(),
        })
    }

    pub(super) fn directory(&self) -> &TraceDir {
        &self.directory
    }

    /// Has the account written, and older ones removed until there are no more than `keep`.
    pub(super) fn write(&self, account: Account, keep: u32) {
        let Some(accounts) = &self.accounts else {
            return;
        };
        let sent = accounts.try_send((account, keep));
        if self.full.is_news(sent.is_err()) {
            tracing::warn!("more sessions end than traces can be written; some are not");
        }
    }
}

impl Drop for Tracer {
    fn drop(&mut self) {
        self.accounts = None;
        if let Some(thread) = self.thread.take() {
            // A writer that panicked has said so already.
            let _ = thread.join();
        }
    }
}

struct Writer {
    directory: TraceDir,
    /// The traces of sessions that are there, the oldest first.
    written: VecDeque<TraceName>,
}

impl Writer {
    fn run(mut self, queue: &Receiver<(Account, u32)>) {
        if let Err(error) = self.directory.clear_unfinished() {
            tracing::error!(
                error = &error as &dyn Error,
                "cannot clear unfinished traces away"
            );
        }
        match self.directory.list() {
            Ok(files) => {
                let names = files.into_iter().map(|file| file.name);
                self.written = names
                    .filter(|name| matches!(name.kind, TraceKind::Session { .. }))
                    .collect();
            }
            Err(error) => tracing::error!(error = &error as &dyn Error, "cannot list the traces"),
        }
        for (account, keep) in queue {
            if let Err(error) = self.write(&account, keep) {
                tracing::error!(error = &error as &dyn Error, "cannot write a trace");
            }
        }
    }

    fn write(&mut self, account: &Account, keep: u32) -> Result<(), TraceError> {
        let written = self.directory.write_session(account)?;
        self.written.push_back(written.clone());
        let keep = usize::try_from(keep).unwrap_or(usize::MAX);
        while self.written.len() > keep {
            let Some(oldest) = self.written.remove(self.to_go(&written, keep)) else {
                break;
            };
            self.directory.remove(&oldest)?;
        }
        Ok(())
    }

    /// The place of the trace that goes: the oldest; or the oldest of the phone that wrote last, if
    /// that has more than its share.
    fn to_go(&self, last: &TraceName, keep: usize) -> usize {
        let mut own = self
            .written
            .iter()
            .enumerate()
            .filter(|(_, name)| name.device == last.device)
            .map(|(place, _)| place);
        let oldest = own.next().unwrap_or(0);
        let has_more = own.nth((keep / SHARE).max(LEAST)).is_some();
        if has_more { oldest } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::Lines;

    fn account(device: &str, session: u32) -> Account {
        Account::example(device, session, Lines::default())
    }

    #[test]
    fn a_phone_that_fails_again_and_again_does_not_take_away_the_traces_of_others() {
        let directory = tempfile::tempdir().unwrap();
        let there = TraceDir::of(directory.path());
        let tracer = Tracer::begin(there.clone()).unwrap();
        let keep = 20;
        for session in 0..3 {
            tracer.write(account("SEP000000000001", session), keep);
        }
        for session in 3..43 {
            tracer.write(account("SEP000000000002", session), keep);
        }
        drop(tracer);
        let mut sessions: Vec<_> = there
            .list()
            .unwrap()
            .into_iter()
            .map(|file| match file.name.kind {
                TraceKind::Session { id, .. } => id,
                TraceKind::Fetched(_) => panic!("nothing was fetched"),
            })
            .collect();
        sessions.sort_unstable();
        assert_eq!(
            sessions,
            [0, 1, 2].into_iter().chain(26..43).collect::<Vec<_>>()
        );
    }
}
