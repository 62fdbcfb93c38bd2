//! The log of a command that runs for long: to standard error, a line an event.

mod line;

use std::fmt;
use std::io;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use capf::config::{LogFormat, stderr_is_the_journal};
use tracing_subscriber::filter::{LevelFilter, ParseError};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Registry, reload};

use line::Line;

use crate::ui::Ui;

/// The level where nobody says another.
pub(crate) const DEFAULT_LEVEL: &str = "info";

/// The log of this process: it is there once, and in the shell the next command that has one may
/// want another.
static LOG: OnceLock<Log> = OnceLock::new();

/// A log that has begun, whose level can be changed.
#[derive(Clone)]
pub(crate) struct Log {
    filter: reload::Handle<EnvFilter, Registry>,
    format: Arc<RwLock<LogFormat>>,
}

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
    let filter = filter(directives)?;
    let format = format.unwrap_or(if stderr_is_the_journal() {
        LogFormat::Journal
    } else {
        LogFormat::Text
    });
    if format != LogFormat::Text {
        ui.say_in_log();
    }
    if let Some(log) = LOG.get() {
        *log.format.write().unwrap_or_else(PoisonError::into_inner) = format;
        log.replace(filter);
        return Ok(log.clone());
    }
    let format = Arc::new(RwLock::new(format));
    let (filter, handle) = reload::Layer::new(filter);
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(io::stderr)
        .with_ansi(ui.colors_stderr())
        .event_format(Line(Arc::clone(&format)));
    tracing_subscriber::registry()
        .with(filter)
        .with(lines)
        .init();
    // Nobody else sets it: commands run one after the other.
    Ok(LOG
        .get_or_init(|| Log {
            filter: handle,
            format,
        })
        .clone())
}

/// Ends the log, where there is one.
pub(crate) fn end() {
    if let Some(log) = LOG.get() {
        log.replace(EnvFilter::default().add_directive(LevelFilter::OFF.into()));
    }
}

impl Log {
    /// From now on `directives` say what is logged.
    pub(crate) fn set_level(&self, directives: &str) -> Result<(), InvalidLevel> {
        self.replace(filter(directives)?);
        Ok(())
    }

    fn replace(&self, filter: EnvFilter) {
        // It fails where the log is gone, which stays for as long as the process.
        let _ = self.filter.reload(filter);
    }
}

/// A word without `=` would be taken for the name of a module: one that is no level is an error.
fn filter(directives: &str) -> Result<EnvFilter, InvalidLevel> {
    let words: Vec<&str> = directives.split(',').map(str::trim).collect();
    for word in &words {
        let is_level = word.parse::<LevelFilter>().is_ok() && !word.is_empty();
        if !word.contains('=') && !is_level {
            return Err(InvalidLevel::Word((*word).to_owned()));
        }
    }
    EnvFilter::builder()
        .parse(words.join(","))
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
