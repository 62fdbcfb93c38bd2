//! The log of a command that runs for long: to standard error, a line an event.

use std::io;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::ParseError;

/// Begins to log what `directives` let through: a level (`info`), or one a module
/// (`capf::server=debug,warn`).
pub(crate) fn begin(directives: &str, colors: bool) -> Result<(), ParseError> {
    let filter = EnvFilter::builder().parse(directives)?;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(colors)
        .with_target(false)
        .init();
    Ok(())
}
