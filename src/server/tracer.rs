//! Who writes the trace files, so that no session waits for a disk.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use crate::trace::{Account, TraceDir, TraceError, TraceKind, TraceName};

/// How many accounts may wait to be written; one more is not written.
const QUEUE: usize = 256;

/// The writer of the trace files. Dropping it waits until what is queued is written.
pub(super) struct Tracer {
    directory: TraceDir,
    accounts: Option<SyncSender<(Account, u32)>>,
    thread: Option<JoinHandle<()>>,
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
        if accounts.try_send((account, keep)).is_err() {
            tracing::warn!("more sessions end than traces can be written; one is not");
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
        match self.directory.list() {
            Ok(files) => {
                let names = files.into_iter().map(|file| file.name);
                self.written = names
                    .filter(|name| matches!(name.kind, TraceKind::Session { .. }))
                    .collect();
            }
            Err(error) => tracing::error!(%error, "cannot list the traces"),
        }
        for (account, keep) in queue {
            if let Err(error) = self.write(&account, keep) {
                tracing::error!(%error, "cannot write a trace");
            }
        }
    }

    fn write(&mut self, account: &Account, keep: u32) -> Result<(), TraceError> {
        self.written
            .push_back(self.directory.write_session(account)?);
        while u32::try_from(self.written.len()).unwrap_or(u32::MAX) > keep
            && let Some(oldest) = self.written.pop_front()
        {
            self.directory.remove(&oldest)?;
        }
        Ok(())
    }
}
