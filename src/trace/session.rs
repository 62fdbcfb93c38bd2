//! The account of one session: what was said, and what came of it.

use std::fmt::{self, Write as _};
use std::net::IpAddr;
use std::time::Duration;

use jiff::Timestamp;

use super::TraceName;
use crate::model::{CertificateOperation, DeviceName, Escaped, OperationStatus};

/// The most lines of an account. A session has a dozen; who has more to say is cut short.
const MOST_LINES: usize = 200;

/// The longest line, in bytes, of which a phone can choose the better part.
const LONGEST_LINE: usize = 1000;

/// What a session is about, and what came of it.
#[derive(Clone, Debug)]
pub struct Heading {
    /// The session's id.
    pub session: u32,
    /// Whose session it is.
    pub device: DeviceName,
    /// The phone's address.
    pub address: IpAddr,
    /// The version of TLS and the cipher.
    pub tls: String,
    /// When it began.
    pub began_at: Timestamp,
    /// How long it took.
    pub duration: Duration,
    /// The operation that was scheduled.
    pub operation: CertificateOperation,
    /// What the operation's status became, where it became something.
    pub result: Option<OperationStatus>,
}

/// The account of a session.
#[derive(Clone, Debug)]
pub struct Account {
    heading: Heading,
    lines: Lines,
}

impl Account {
    /// The account of a session that is over.
    pub fn new(heading: Heading, lines: Lines) -> Self {
        Self { heading, lines }
    }

    pub(super) fn name(&self) -> TraceName {
        let Heading {
            session,
            device,
            began_at,
            ..
        } = &self.heading;
        TraceName::session(device, *began_at, *session)
    }

    pub(super) fn text(&self) -> String {
        let heading = &self.heading;
        let mut text = "CAPF session\n\n".to_owned();
        field(&mut text, "Device Name", &heading.device);
        field(&mut text, "Address", heading.address);
        field(&mut text, "Session", heading.session);
        field(&mut text, "TLS", &heading.tls);
        field(&mut text, "Began", format_args!("{:.3}", heading.began_at));
        let seconds = format!("{:.3} s", heading.duration.as_secs_f64());
        field(&mut text, "Duration", seconds);
        field(&mut text, "Operation", heading.operation);
        if let Some(result) = heading.result {
            field(&mut text, "Result", result);
        }
        text.push('\n');
        for line in &self.lines.0 {
            let _ = write!(text, "{:>10.3} s  {}", line.at.as_secs_f64(), line.what);
            if line.times > 1 {
                let _ = write!(text, "  ({} times)", line.times);
            }
            text.push('\n');
        }
        text
    }
}

/// The lines of an account, while the session goes on. Little memory each, and not too many: a
/// session may be held for days.
#[derive(Clone, Debug, Default)]
pub struct Lines(Vec<Line>);

#[derive(Clone, Debug)]
struct Line {
    at: Duration,
    what: String,
    times: u32,
}

impl Lines {
    /// Notes what happened `at` so long after the session's begin. The same again and again is one
    /// line.
    pub fn note(&mut self, at: Duration, what: impl fmt::Display) {
        let mut what = Escaped(&what.to_string()).to_string();
        if what.len() > LONGEST_LINE {
            what.truncate(what.floor_char_boundary(LONGEST_LINE));
            what.push('…');
        }
        if let Some(last) = self.0.last_mut()
            && last.what == what
        {
            last.times = last.times.saturating_add(1);
        } else if self.0.len() < MOST_LINES {
            what.shrink_to_fit();
            self.0.push(Line { at, what, times: 1 });
        } else if let Some(last) = self.0.last_mut() {
            "… and more, which is not written down".clone_into(&mut last.what);
        }
    }
}

/// One line of a trace's head.
pub(super) fn field(text: &mut String, label: &str, value: impl fmt::Display) {
    let _ = writeln!(text, "{:<21}{value}", format!("{label}:"));
}
