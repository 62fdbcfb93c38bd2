//! How trace files are named, and what a name says.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::model::{CertificateKind, DeviceName, Escaped};

/// The name of a trace: `SEP001122334455-LSC`, `SEP001122334455-20261123T120000Z-17`.
///
/// No name that is given by hand leads out of the directory: a device name has no slash in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TraceName {
    /// Whose trace it is.
    pub device: DeviceName,
    /// What it is a trace of.
    pub kind: TraceKind,
}

/// What a trace is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TraceKind {
    /// A certificate that a Troubleshoot fetched.
    Fetched(FetchedKind),
    /// A session.
    Session {
        /// When it began.
        began_at: Timestamp,
        /// Its id.
        id: u32,
    },
}

/// Which of a phone's certificates was fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FetchedKind(CertificateKind);

/// Text that is no name of a trace.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is no name of a trace, such as SEP001122334455-LSC", Escaped(.text))]
pub struct InvalidTraceName {
    /// What was given.
    pub text: String,
}

/// What follows the name.
const SUFFIX: &str = ".txt";

/// The time in a name, to the second, so that names sort by it.
const TIME: &str = "%Y%m%dT%H%M%SZ";

impl TraceName {
    pub(super) fn fetched(device: &DeviceName, kind: CertificateKind) -> Self {
        Self {
            device: device.clone(),
            kind: TraceKind::Fetched(FetchedKind(kind)),
        }
    }

    pub(super) fn session(device: &DeviceName, began_at: Timestamp, id: u32) -> Self {
        let began_at = Timestamp::from_second(began_at.as_second()).unwrap_or(began_at);
        Self {
            device: device.clone(),
            kind: TraceKind::Session { began_at, id },
        }
    }

    /// The file's name.
    pub(super) fn file(&self) -> String {
        format!("{self}{SUFFIX}")
    }

    pub(super) fn of_file(file: &str) -> Option<Self> {
        file.strip_suffix(SUFFIX)?.parse().ok()
    }
}

impl TraceKind {
    /// The kind in a word: `LSC`, `MIC` or `Session`.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Fetched(FetchedKind(kind)) => kind.as_str(),
            Self::Session { .. } => "Session",
        }
    }
}

impl fmt::Display for TraceName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let device = &self.device;
        match self.kind {
            TraceKind::Fetched(FetchedKind(kind)) => write!(formatter, "{device}-{kind}"),
            TraceKind::Session { began_at, id } => {
                write!(formatter, "{device}-{}-{id}", began_at.strftime(TIME))
            }
        }
    }
}

impl FromStr for TraceName {
    type Err = InvalidTraceName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text).ok_or_else(|| InvalidTraceName {
            text: text.to_owned(),
        })
    }
}

/// Reads from the end, because device names may have hyphens.
fn parse(text: &str) -> Option<TraceName> {
    let (before, last) = text.rsplit_once('-')?;
    if let Ok(id) = last.parse() {
        let (device, time) = before.rsplit_once('-')?;
        let time = DateTime::strptime(TIME, time).ok()?;
        return Some(TraceName {
            device: device.parse().ok()?,
            kind: TraceKind::Session {
                began_at: TimeZone::UTC.to_timestamp(time).ok()?,
                id,
            },
        });
    }
    Some(TraceName::fetched(
        &before.parse().ok()?,
        last.parse().ok()?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_back_whatever_hyphens_the_device_has() {
        let began_at = "2026-11-23T12:00:00.5Z".parse().unwrap();
        for device in ["SEP001122334455", "A-B", "A-LSC", "A-20261123T120000Z-17"] {
            let device = device.parse().unwrap();
            for name in [
                TraceName::fetched(&device, CertificateKind::Lsc),
                TraceName::fetched(&device, CertificateKind::Mic),
                TraceName::session(&device, began_at, u32::MAX),
            ] {
                assert_eq!(name.to_string().parse(), Ok(name.clone()));
                assert_eq!(TraceName::of_file(&name.file()), Some(name));
            }
        }
    }

    #[test]
    fn what_leads_elsewhere_is_no_name() {
        for text in [
            "",
            "-LSC",
            "SEP001122334455",
            "../SEP001122334455-LSC",
            "a/b-LSC",
            "SEP001122334455-XYZ",
            "SEP001122334455-17",
            "SEP001122334455-20261323T120000Z-17",
        ] {
            assert!(text.parse::<TraceName>().is_err(), "{text}");
        }
    }
}
