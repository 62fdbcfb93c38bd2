//! The log of a command that runs for long: to standard error, a line an event.

use std::io;
use std::sync::OnceLock;

use tracing_subscriber::filter::{LevelFilter, ParseError};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Registry, fmt, registry, reload};

/// What the log lets through: it is there once a process, and in the shell the next command that
/// has one may want another.
static FILTER: OnceLock<reload::Handle<EnvFilter, Registry>> = OnceLock::new();

/// Begins to log what `directives` let through: a level (`info`), or one a module
/// (`capf::server=debug,warn`).
pub(crate) fn begin(directives: &str, colors: bool) -> Result<(), ParseError> {
    let filter = EnvFilter::builder().parse(directives)?;
    let Some(handle) = FILTER.get() else {
        let (filter, handle) = reload::Layer::new(filter);
        let lines = fmt::layer()
            .with_writer(io::stderr)
            .with_ansi(colors)
            .with_target(false);
        registry().with(filter).with(lines).init();
        // Nobody else sets it: commands run one after the other.
        let _ = FILTER.set(handle);
        return Ok(());
    };
    replace(handle, filter);
    Ok(())
}

/// Ends the log, where there is one.
pub(crate) fn end() {
    if let Some(handle) = FILTER.get() {
        replace(
            handle,
            EnvFilter::default().add_directive(LevelFilter::OFF.into()),
        );
    }
}

fn replace(handle: &reload::Handle<EnvFilter, Registry>, filter: EnvFilter) {
    // It fails where the log is gone, which stays for as long as the process.
    let _ = handle.reload(filter);
}
