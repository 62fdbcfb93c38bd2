//! Device names as an administrator gives them: one by one, or a range at a time.

use std::str::FromStr;

use crate::model::{DeviceName, InvalidDeviceName};

/// One device name, or every name from a first to a last.
///
/// A range is written `SEP000000000001..SEP000000000032`: what differs at the end of the two names
/// is counted in hexadecimal, as MAC addresses are, and both ends belong to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceNames {
    prefix: String,
    width: usize,
    first: u64,
    last: u64,
}

/// Text that is neither a device name nor a range of them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidDeviceNames {
    /// One of the names is none.
    #[error(transparent)]
    Name(#[from] InvalidDeviceName),
    /// The two names do not differ in hexadecimal digits at their end alone.
    #[error(
        "`{first}` and `{last}` make no range: they may differ in hexadecimal digits at their end \
         alone, as in SEP000000000001..SEP000000000032"
    )]
    NoRange {
        /// The first name.
        first: DeviceName,
        /// The last name.
        last: DeviceName,
    },
    /// The range ends before it begins.
    #[error("`{last}` comes before `{first}`: write the lower name first")]
    Backwards {
        /// The first name.
        first: DeviceName,
        /// The last name.
        last: DeviceName,
    },
    /// The range is longer than [`DeviceNames::MAX_LENGTH`].
    #[error(
        "the range holds {length} names; {} are allowed at a time",
        DeviceNames::MAX_LENGTH
    )]
    TooLong {
        /// How many names it holds.
        length: u64,
    },
}

impl DeviceNames {
    /// The longest range that is taken.
    pub const MAX_LENGTH: u64 = 1_000_000;

    /// How many names there are.
    pub fn length(&self) -> u64 {
        self.last - self.first + 1
    }

    /// The names, in their order.
    pub fn iter(&self) -> impl Iterator<Item = DeviceName> {
        (self.first..=self.last).map(|number| self.name(number))
    }

    fn name(&self, number: u64) -> DeviceName {
        let Self { prefix, width, .. } = self;
        let name = if *width == 0 {
            prefix.clone()
        } else {
            format!("{prefix}{number:0width$X}")
        };
        name.parse()
            .expect("hexadecimal digits between two device names make a device name")
    }

    /// All names of all ranges, each once, in the order in which they were given.
    pub fn expand(ranges: &[Self]) -> Result<Vec<DeviceName>, InvalidDeviceNames> {
        let length = ranges.iter().map(Self::length).sum();
        if length > Self::MAX_LENGTH {
            return Err(InvalidDeviceNames::TooLong { length });
        }
        let mut seen = std::collections::HashSet::new();
        Ok(ranges
            .iter()
            .flat_map(Self::iter)
            .filter(|name| seen.insert(name.clone()))
            .collect())
    }
}

impl FromStr for DeviceNames {
    type Err = InvalidDeviceNames;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let Some((first, last)) = text.split_once("..") else {
            let name: DeviceName = text.parse()?;
            return Ok(Self {
                prefix: name.as_str().to_owned(),
                width: 0,
                first: 0,
                last: 0,
            });
        };
        let (first, last): (DeviceName, DeviceName) = (first.parse()?, last.parse()?);
        let prefix = first
            .as_str()
            .bytes()
            .zip(last.as_str().bytes())
            .take_while(|(one, other)| one == other)
            .count();
        let number = |name: &DeviceName| {
            let digits = &name.as_str()[prefix..];
            digits
                .bytes()
                .all(|byte| byte.is_ascii_hexdigit())
                .then(|| u64::from_str_radix(digits, 16).ok())
                .flatten()
        };
        let width = first.as_str().len() - prefix;
        let ends = (first.as_str().len() == last.as_str().len())
            .then(|| Some((number(&first)?, number(&last)?)))
            .flatten();
        let (low, high) = match ends {
            Some(ends) => ends,
            None if first == last => (0, 0),
            None => return Err(InvalidDeviceNames::NoRange { first, last }),
        };
        if low > high {
            return Err(InvalidDeviceNames::Backwards { first, last });
        }
        // `high - low` may be all of u64: count without the last name.
        if high - low >= Self::MAX_LENGTH {
            return Err(InvalidDeviceNames::TooLong {
                length: (high - low).saturating_add(1),
            });
        }
        Ok(Self {
            prefix: first.as_str()[..prefix].to_owned(),
            width,
            first: low,
            last: high,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        let names: DeviceNames = text.parse().unwrap();
        assert_eq!(names.length(), names.iter().count() as u64);
        names.iter().map(|name| name.to_string()).collect()
    }

    #[test]
    fn a_range_counts_in_hexadecimal_and_holds_both_ends() {
        let names = read("SEP000000000008..sep000000000011");
        assert_eq!(names.len(), 10);
        assert_eq!(names[0], "SEP000000000008");
        assert_eq!(names[2], "SEP00000000000A");
        assert_eq!(names[9], "SEP000000000011");
    }

    #[test]
    fn one_name_is_itself() {
        assert_eq!(read("SEP000000000008"), ["SEP000000000008"]);
        assert_eq!(read("CSFUSER.ONE"), ["CSFUSER.ONE"]);
        assert_eq!(read("CSFZ..CSFZ"), ["CSFZ"]);
    }

    #[test]
    fn what_makes_no_range_is_refused() {
        for (text, says) in [
            ("SEP000000000002..SEP000000000001", "lower name first"),
            ("CSFUSER1..CSFUSER10", "make no range"),
            ("CSFANNA..CSFZOE", "make no range"),
            ("SEP000000000000..SEPFFFFFFFFFFFF", "1000000 are allowed"),
            ("SEP000000000000..", "empty"),
            (
                "A0000000000000000000..AFFFFFFFFFFFFFFFFFFF",
                "make no range",
            ),
        ] {
            let error = text.parse::<DeviceNames>().unwrap_err().to_string();
            assert!(error.contains(says), "{text}: {error}");
        }
    }

    #[test]
    fn names_given_twice_are_taken_once_and_the_bound_holds_for_all_together() {
        let read = |text: &str| text.parse::<DeviceNames>().unwrap();
        let names = [
            read("SEP000000000001..SEP000000000003"),
            read("SEP000000000002"),
        ];
        assert_eq!(DeviceNames::expand(&names).unwrap().len(), 3);
        let half = read("SEP000000000000..SEP000000090000");
        assert!(matches!(
            DeviceNames::expand(&[half.clone(), half]),
            Err(InvalidDeviceNames::TooLong { .. })
        ));
    }
}
