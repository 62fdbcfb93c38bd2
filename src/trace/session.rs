//! The account of one session: what was said, and what came of it.

use std::collections::VecDeque;
use std::fmt::{self, Write as _};
use std::net::IpAddr;
use std::time::Duration;

use jiff::Timestamp;

use super::TraceName;
use crate::model::{CertificateOperation, DeviceName, Escaped, OperationStatus};

/// The most lines of an account's begin, and of its end. A session has a dozen lines; of who has
/// more to say, the middle is left out.
const MOST_LINES: usize = 40;

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
    /// Why it came to no end, where it did not.
    pub lost: Option<String>,
}

/// The account of a session.
#[derive(Clone, Debug)]
pub struct Account {
    pub(super) heading: Heading,
    lines: Lines,
}

impl Account {
    /// The account of a session that is over.
    pub fn new(heading: Heading, lines: Lines) -> Self {
        Self { heading, lines }
    }

    /// The account of a session of this phone.
    #[cfg(test)]
    pub(crate) fn example(device: &str, session: u32, lines: Lines) -> Self {
        let heading = Heading {
            session,
            device: device.parse().unwrap(),
            address: "192.0.2.7".parse().unwrap(),
            tls: String::new(),
            began_at: Timestamp::UNIX_EPOCH,
            duration: Duration::ZERO,
            operation: CertificateOperation::Install,
            result: None,
            lost: None,
        };
        Self::new(heading, lines)
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
        if let Some(lost) = &heading.lost {
            field(&mut text, "Lost", one_line(lost));
        }
        text.push('\n');
        let lines = &self.lines;
        for line in &lines.first {
            let _ = writeln!(text, "{line}");
        }
        if lines.left_out > 0 {
            let _ = writeln!(
                text,
                "              … {} lines are left out",
                lines.left_out
            );
        }
        for line in &lines.last {
            let _ = writeln!(text, "{line}");
        }
        text
    }
}

/// The lines of an account, while the session goes on. Little memory each, and not too many: a
/// session may be held for days.
#[derive(Clone, Debug, Default)]
pub struct Lines {
    first: Vec<Line>,
    last: VecDeque<Line>,
    left_out: u32,
}

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
        let mut what = one_line(&what.to_string());
        let last = self.last.back_mut().or(self.first.last_mut());
        if let Some(last) = last
            && last.what == what
        {
            last.times = last.times.saturating_add(1);
            return;
        }
        what.shrink_to_fit();
        let line = Line { at, what, times: 1 };
        if self.first.len() < MOST_LINES {
            self.first.push(line);
            return;
        }
        if self.last.len() == MOST_LINES {
            self.last.pop_front();
            self.left_out = self.left_out.saturating_add(1);
        }
        self.last.push_back(line);
    }
}

impl fmt::Display for Line {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{:>10.3} s  {}",
            self.at.as_secs_f64(),
            self.what
        )?;
        if self.times > 1 {
            write!(formatter, "  ({} times)", self.times)?;
        }
        Ok(())
    }
}

/// What a phone may have chosen, as one line that is not too long.
fn one_line(what: &str) -> String {
    let mut what = Escaped(what).to_string();
    if what.len() > LONGEST_LINE {
        what.truncate(what.floor_char_boundary(LONGEST_LINE));
        what.push('…');
    }
    what
}

/// One line of a trace's head.
pub(super) fn field(text: &mut String, label: &str, value: impl fmt::Display) {
    let _ = writeln!(text, "{:<21}{value}", format!("{label}:"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_long_account_the_begin_and_the_end_are_kept() {
        let mut lines = Lines::default();
        for number in 0..200_u64 {
            lines.note(Duration::from_secs(number), format_args!("line {number}"));
        }
        lines.note(Duration::from_secs(200), "line 199");
        let text = Account::example("SEP001122334455", 17, lines).text();
        for part in [
            "     0.000 s  line 0\n",
            "    39.000 s  line 39\n              … 120 lines are left out\n   160.000 s  line 160\n",
            "   199.000 s  line 199  (2 times)\n",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
        assert!(!text.contains("line 40"));
    }
}
