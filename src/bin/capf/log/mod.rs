//! The log of a command that runs for long: to standard error, a line an event.

mod line;

use std::fmt;
use std::io;

use capf::config::{LogFormat, stderr_is_the_journal};
use tracing_subscriber::filter::{LevelFilter, ParseError};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Registry, reload};

use line::Line;

use crate::ui::Ui;

/// The level where nobody says another.
pub(crate) const DEFAULT_LEVEL: &str = "info";

/// A log that has begun, whose level can be changed.
pub(crate) struct Log(reload::Handle<EnvFilter, Registry>);

/// Text that is no level.
#[derive(Debug)]
pub(crate) enum InvalidLevel {
    /// A word that is none.
    Word(String),
    /// One for a module that cannot be understood.
    Directive(ParseError),
}

/// Begins to log what `directives` let through: a level (`info`), or one a module
/// (`capf::server=debug,warn`). Where no format is given, it is the one for what standard error is.
/// In a format for programs, what the terminal is told goes into the log, too.
pub(crate) fn begin(
    directives: &str,
    format: Option<LogFormat>,
    ui: &Ui,
) -> Result<Log, InvalidLevel> {
    let (filter, handle) = reload::Layer::new(filter(directives)?);
    let format = format.unwrap_or(if stderr_is_the_journal() {
        LogFormat::Journal
    } else {
        LogFormat::Text
    });
    if format != LogFormat::Text {
        ui.say_in_log();
    }
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(io::stderr)
        .with_ansi(format == LogFormat::Text && ui.colors_stderr())
        .event_format(Line(format));
    tracing_subscriber::registry()
        .with(filter)
        .with(lines)
        .init();
    Ok(Log(handle))
}

impl Log {
    /// From now on `directives` say what is logged.
    pub(crate) fn set_level(&self, directives: &str) -> Result<(), InvalidLevel> {
        let filter = filter(directives)?;
        // It fails where the log is gone, and then nobody misses it.
        let _ = self.0.reload(filter);
        Ok(())
    }
}

/// A word without `=` would be taken for the name of a module: one that is no level is an error.
fn filter(directives: &str) -> Result<EnvFilter, InvalidLevel> {
    for word in directives.split(',').map(str::trim) {
        let is_level = word.parse::<LevelFilter>().is_ok() && !word.is_empty();
        if !word.contains('=') && !is_level {
            return Err(InvalidLevel::Word(word.to_owned()));
        }
    }
    EnvFilter::builder()
        .parse(directives)
        .map_err(InvalidLevel::Directive)
}

impl fmt::Display for InvalidLevel {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) => write!(
                formatter,
                "`{word}` is no level; write error, warn, info or debug"
            ),
            Self::Directive(error) => write!(formatter, "{error}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_level_is_refused() {
        for good in [
            "info",
            "WARN",
            "off",
            "capf::server=debug,warn",
            "error, capf=trace",
        ] {
            assert!(filter(good).is_ok(), "{good}");
        }
        for bad in ["", "inof", "info,", "capf=inof", "debug;warn"] {
            assert!(filter(bad).is_err(), "{bad}");
        }
    }
}
