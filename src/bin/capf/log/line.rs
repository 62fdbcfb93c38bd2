//! An event as a line: for a person, for the journal, and for programs.
//!
//! Whatever stands in an event, and whoever chose it, it stays one line: what a terminal or a reader
//! of lines would take for more than text is escaped.

use std::error::Error;
use std::fmt::{self, Write as _};
use std::sync::{Arc, PoisonError, RwLock};

use capf::config::LogFormat;
use capf::model::{Escaped, is_unseen};
use clap::builder::styling::{AnsiColor, Effects, Style};
use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime as _, SystemTime};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

/// Writes events in the format that holds at the time.
pub(super) struct Line(pub(super) Arc<RwLock<LogFormat>>);

impl<S, N> FormatEvent<S, N> for Line
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _: &FmtContext<'_, S, N>,
        mut out: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut told = Told::default();
        event.record(&mut told);
        let level = *event.metadata().level();
        match *self.0.read().unwrap_or_else(PoisonError::into_inner) {
            LogFormat::Text => {
                let styles = Styles::of(level, out.has_ansi_escapes());
                let (dim, loud) = (styles.dim, styles.level);
                write!(out, "{dim}")?;
                SystemTime.format_time(&mut out)?;
                write!(out, "{dim:#} {loud}{level:>5}{loud:#} ")?;
                told.write(&mut out, &styles)?;
            }
            LogFormat::Journal => {
                write!(out, "<{}>", priority(level))?;
                told.write(&mut out, &Styles::default())?;
            }
            LogFormat::Json => {
                for c in json(level, told)?.to_string().chars() {
                    // What JSON leaves as it is, and a terminal does not; all are of 16 bits.
                    if is_unseen(c) {
                        write!(out, "\\u{:04x}", u32::from(c))?;
                    } else {
                        out.write_char(c)?;
                    }
                }
            }
        }
        writeln!(out)
    }
}

/// An event's priority as syslog has it, by which `journalctl --priority` selects.
fn priority(level: Level) -> u8 {
    match level {
        Level::ERROR => 3,
        Level::WARN => 4,
        Level::INFO => 6,
        _ => 7,
    }
}

/// The object has `timestamp`, `level` and `message`, and behind them the event's own fields.
fn json(level: Level, told: Told) -> Result<Value, fmt::Error> {
    let mut timestamp = String::new();
    SystemTime.format_time(&mut Writer::new(&mut timestamp))?;
    let level = level.as_str().to_lowercase();
    let mut object = Map::new();
    object.insert("timestamp".to_owned(), timestamp.into());
    object.insert("level".to_owned(), level.into());
    object.insert("message".to_owned(), told.message.into());
    for (name, value) in told.fields {
        object.insert(name.to_owned(), value.into());
    }
    Ok(object.into())
}

/// How the parts of a line look on a terminal.
#[derive(Default)]
struct Styles {
    dim: Style,
    level: Style,
    name: Style,
}

impl Styles {
    fn of(level: Level, colors: bool) -> Self {
        if !colors {
            return Self::default();
        }
        let color = match level {
            Level::ERROR => AnsiColor::Red,
            Level::WARN => AnsiColor::Yellow,
            Level::INFO => AnsiColor::Green,
            _ => AnsiColor::Blue,
        };
        Self {
            dim: Effects::DIMMED.into(),
            level: color.on_default(),
            name: Effects::ITALIC.into(),
        }
    }
}

/// What an event says.
#[derive(Default)]
struct Told {
    message: String,
    fields: Vec<(&'static str, Said)>,
}

/// The value of a field.
enum Said {
    /// Text that is a word of ours, and ends where it ends.
    Plain(String),
    /// Text that may have anything in it.
    Quoted(String),
    /// A number or a truth value.
    Value(Value),
}

impl Told {
    /// The message with the fields behind it.
    fn write(&self, out: &mut Writer<'_>, styles: &Styles) -> fmt::Result {
        write!(out, "{}", Escaped(&self.message))?;
        let (name, dim) = (styles.name, styles.dim);
        for (field, said) in &self.fields {
            write!(out, " {name}{field}{name:#}{dim}={dim:#}")?;
            match said {
                Said::Plain(text) => write!(out, "{}", Escaped(text))?,
                Said::Quoted(text) => write!(out, "{}", Escaped(&format!("{text:?}")))?,
                Said::Value(value) => write!(out, "{value}")?,
            }
        }
        Ok(())
    }

    fn push(&mut self, field: &Field, said: Said) {
        self.fields.push((field.name(), said));
    }
}

impl From<Said> for Value {
    fn from(said: Said) -> Self {
        match said {
            Said::Plain(text) | Said::Quoted(text) => text.into(),
            Said::Value(value) => value,
        }
    }
}

impl Visit for Told {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let text = format!("{value:?}");
        if field.name() == "message" {
            self.message = text;
        } else {
            self.push(field, Said::Plain(text));
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "message" {
            value.clone_into(&mut self.message);
        } else {
            self.push(field, Said::Quoted(value.to_owned()));
        }
    }

    /// With all that led to it.
    fn record_error(&mut self, field: &Field, error: &(dyn Error + 'static)) {
        let mut text = error.to_string();
        let mut source = error.source();
        while let Some(error) = source {
            let _ = write!(text, ": {error}");
            source = error.source();
        }
        self.push(field, Said::Plain(text));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.push(field, Said::Value(value.into()));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.push(field, Said::Value(value.into()));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.push(field, Said::Value(value.into()));
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use tracing_subscriber::layer::SubscriberExt as _;

    use super::*;

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// What the log is told by `tell`.
    fn logged(format: LogFormat, colors: bool, tell: impl FnOnce()) -> String {
        let written = Written::default();
        let writer = written.clone();
        let lines = tracing_subscriber::fmt::layer()
            .with_writer(move || writer.clone())
            .with_ansi(colors)
            .event_format(Line(Arc::new(RwLock::new(format))));
        tracing::subscriber::with_default(tracing_subscriber::registry().with(lines), tell);
        let bytes = written.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    /// As the line at the end of a session is told.
    fn session_over() {
        tracing::info!(
            session = 17,
            device = tracing::field::display("SEP001122334455"),
            result = tracing::field::display("Upgrade Success"),
            lost = Some("it \"hung\" up"),
            milliseconds = 12_u64,
            "session over"
        );
    }

    #[test]
    fn a_person_reads_time_level_message_and_fields() {
        let line = logged(LogFormat::Text, false, session_over);
        let (time, rest) = line.split_once(' ').unwrap();
        assert!(time.parse::<jiff::Timestamp>().is_ok(), "{time}");
        assert_eq!(
            rest,
            " INFO session over session=17 device=SEP001122334455 result=Upgrade Success \
             lost=\"it \\\"hung\\\" up\" milliseconds=12\n"
        );
        assert!(logged(LogFormat::Text, true, session_over).contains("\u{1b}[32m INFO\u{1b}[0m"));
    }

    #[test]
    fn the_journal_is_given_the_priority_and_knows_the_time_itself() {
        let line = logged(LogFormat::Journal, false, session_over);
        assert!(
            line.starts_with("<6>session over session=17 device="),
            "{line}"
        );
        let warning = logged(LogFormat::Journal, false, || tracing::warn!("full"));
        assert_eq!(warning, "<4>full\n");
        let error = logged(LogFormat::Journal, false, || {
            let source = io::Error::other("no space left");
            tracing::error!(error = &source as &dyn Error, "cannot write a trace");
        });
        assert_eq!(error, "<3>cannot write a trace error=no space left\n");
    }

    #[test]
    fn a_program_reads_an_object_a_line() {
        let line = logged(LogFormat::Json, false, session_over);
        let mut object: Map<String, Value> = serde_json::from_str(&line).unwrap();
        let time = object.remove("timestamp").unwrap();
        assert!(time.as_str().unwrap().parse::<jiff::Timestamp>().is_ok());
        let expected = serde_json::json!({
            "level": "info", "message": "session over", "session": 17,
            "device": "SEP001122334455", "result": "Upgrade Success",
            "lost": "it \"hung\" up", "milliseconds": 12
        });
        assert_eq!(Value::from(object), expected);
    }

    #[test]
    fn nothing_that_a_phone_says_makes_a_second_line_or_moves_the_cursor() {
        let evil = "SEP\n<3>forged\r\u{1b}[2J\u{9b}31m\u{2028}\u{202e}\0";
        for format in [LogFormat::Text, LogFormat::Journal, LogFormat::Json] {
            let line = logged(format, true, || {
                tracing::warn!(
                    device = tracing::field::display(evil),
                    lost = evil,
                    whole = ?evil,
                    "no device name: {evil}"
                );
            });
            let text = line.strip_suffix('\n').unwrap();
            assert_eq!(text.lines().count(), 1, "{text:?}");
            // The colours of the line itself are the only sequences in it.
            assert!(!text.contains("\u{1b}[2J"), "{text:?}");
            for seen in ['\n', '\r', '\0', '\u{9b}', '\u{202e}'] {
                assert!(!text.contains(seen), "{seen:?} in {text:?}");
            }
        }
    }
}
