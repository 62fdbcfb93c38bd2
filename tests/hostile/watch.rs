//! Panics anywhere in the process, and the log.

use std::io::{self, Write};
use std::panic;
use std::sync::{Mutex, Once, PoisonError};

use tracing_subscriber::fmt::MakeWriter;

static PANICS: Mutex<Vec<String>> = Mutex::new(Vec::new());
static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// Begins to watch. A task that panics takes nobody with it, and so would not be noticed.
pub(crate) fn begin() {
    static BEGUN: Once = Once::new();
    BEGUN.call_once(|| {
        let report = panic::take_hook();
        panic::set_hook(Box::new(move |what| {
            let mut panics = PANICS.lock().unwrap_or_else(PoisonError::into_inner);
            panics.push(what.to_string());
            report(what);
        }));
        tracing_subscriber::fmt()
            .with_max_level(tracing::Level::DEBUG)
            .with_ansi(false)
            .with_writer(Log)
            .init();
    });
}

/// How often something has panicked.
pub(crate) fn panics() -> usize {
    PANICS.lock().unwrap_or_else(PoisonError::into_inner).len()
}

/// Nothing has panicked, and the service has found nothing wrong with itself: what it logged as a
/// warning is about phones, and nobody had to be cut off at its end.
pub(crate) fn all_is_well() {
    // Not held while this panics itself, which notes it there, too.
    let panics = PANICS
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .join("\n");
    assert!(panics.is_empty(), "something panicked:\n{panics}");
    let log = log();
    let bad: Vec<&str> = log
        .lines()
        .filter(|line| line.contains(" ERROR ") || line.contains("are cut off"))
        .collect();
    assert!(bad.is_empty(), "the log says:\n{}", bad.join("\n"));
}

/// All that was logged so far, by every service of the process.
pub(crate) fn log() -> String {
    let log = LOG.lock().unwrap_or_else(PoisonError::into_inner);
    String::from_utf8(log.clone()).expect("the log is UTF-8")
}

#[derive(Clone, Copy)]
struct Log;

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOG.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        *self
    }
}
