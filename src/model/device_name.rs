//! The name under which a phone is known.

use std::fmt;
use std::str::FromStr;

use super::words::escaped;

/// The name of a device: `SEP001122334455` for a hardware phone, `CSFUSER`, `TCTUSER`, `BOTUSER`,
/// `TABUSER` for softphones.
///
/// A name is also the stem of a file name (`SEP001122334455.csr`) and part of a certificate's
/// subject, so only letters, digits, `-`, `_` and `.` are taken, and no name begins with a dot.
/// Cisco's names are not case-sensitive: they are kept in upper case.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeviceName(Box<str>);

/// Text that is not a device name.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidDeviceName {
    /// Nothing was given.
    Empty,
    /// The name is longer than [`DeviceName::MAX_LENGTH`].
    TooLong {
        /// Its length in bytes.
        length: usize,
    },
    /// A character that no device name has.
    Character {
        /// The whole name.
        name: String,
    },
    /// `SEP` is followed by a MAC address of twelve hexadecimal digits.
    NotAMacAddress {
        /// The whole name.
        name: String,
    },
}

impl fmt::Display for InvalidDeviceName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => formatter.write_str("the device name is empty"),
            Self::TooLong { length } => write!(
                formatter,
                "the device name has {length} bytes; {} are allowed",
                DeviceName::MAX_LENGTH
            ),
            Self::Character { name } => {
                formatter.write_str("the device name `")?;
                escaped(name, formatter)?;
                formatter.write_str(
                    "` may have letters, digits, `-`, `_` and, not at its beginning, `.`",
                )
            }
            Self::NotAMacAddress { name } => write!(
                formatter,
                "the device name `{name}` begins with SEP, which twelve hexadecimal digits must follow"
            ),
        }
    }
}

impl fmt::Debug for InvalidDeviceName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl DeviceName {
    /// The longest name that is taken. Unified CM's `device.name` holds as much; a common name in
    /// a certificate holds 64 (RFC 5280, ub-common-name), which leaves a model its place in front.
    pub const MAX_LENGTH: usize = 50;

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for DeviceName {
    type Err = InvalidDeviceName;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        if name.is_empty() {
            return Err(InvalidDeviceName::Empty);
        }
        if name.len() > Self::MAX_LENGTH {
            return Err(InvalidDeviceName::TooLong { length: name.len() });
        }
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        if name.starts_with('.') || !name.bytes().all(allowed) {
            return Err(InvalidDeviceName::Character {
                name: name.to_owned(),
            });
        }
        let upper = name.to_ascii_uppercase();
        if let Some(mac) = upper.strip_prefix("SEP")
            && (mac.len() != 12 || !mac.bytes().all(|byte| byte.is_ascii_hexdigit()))
        {
            return Err(InvalidDeviceName::NotAMacAddress { name: upper });
        }
        Ok(Self(upper.into_boxed_str()))
    }
}

impl fmt::Display for DeviceName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

impl fmt::Debug for DeviceName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl serde::Serialize for DeviceName {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_every_kind_are_taken_in_upper_case() {
        for (given, kept) in [
            ("SEP001122334455", "SEP001122334455"),
            ("sepaabbccddeeff", "SEPAABBCCDDEEFF"),
            ("CSFuser.one", "CSFUSER.ONE"),
            ("TCTA_B-C", "TCTA_B-C"),
        ] {
            assert_eq!(given.parse::<DeviceName>().unwrap().as_str(), kept);
        }
    }

    #[test]
    fn what_could_leave_a_directory_or_forge_a_line_is_refused() {
        let long = "A".repeat(DeviceName::MAX_LENGTH + 1);
        for bad in [
            "",
            ".",
            "..",
            "../SEP",
            "A/B",
            "A\\B",
            "A B",
            "A\nB",
            "A\0",
            "SEP00112233445",
            "SEP00112233445G",
            &long,
            "ÄÖ",
        ] {
            assert!(bad.parse::<DeviceName>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn the_error_escapes_control_characters() {
        let error = "A\u{1b}[2J\u{202e}"
            .parse::<DeviceName>()
            .unwrap_err()
            .to_string();
        assert!(
            !error.contains('\u{1b}') && !error.contains('\u{202e}'),
            "{error:?}"
        );
    }
}
