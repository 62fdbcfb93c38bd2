//! Searches that are kept, to be used again: the "records from a prior query" of Unified CM.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Serialize, Serializer};

use super::Criterion;
use super::words::escaped;

/// The name of a saved search: 1 to 64 characters, none of them a control character, and no space
/// at either end. `Display` escapes what could disturb a terminal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SearchName(String);

/// Text that is no name of a saved search.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the name of a saved search has 1 to {} characters, and no control characters",
    SearchName::LONGEST
)]
pub struct InvalidSearchName;

impl SearchName {
    /// The most characters of a name.
    pub const LONGEST: usize = 64;

    /// The name as it is kept.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for SearchName {
    type Err = InvalidSearchName;

    /// Takes a name; space around it is left away.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let name = text.trim();
        let fits = (1..=Self::LONGEST).contains(&name.chars().count());
        if fits && !name.chars().any(char::is_control) {
            Ok(Self(name.to_owned()))
        } else {
            Err(InvalidSearchName)
        }
    }
}

impl fmt::Display for SearchName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        escaped(&self.0, formatter)
    }
}

impl Serialize for SearchName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// Criteria under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedSearch {
    /// The name.
    pub name: SearchName,
    /// What a phone must meet: all of it. A time that counts from now does so when the search is
    /// used.
    pub criteria: Vec<Criterion>,
    /// When it was saved.
    pub saved_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_short_and_stands_on_one_line() {
        let name = |text: &str| text.parse::<SearchName>().map(|name| name.0);
        assert_eq!(name(" Zürich, failed "), Ok("Zürich, failed".to_owned()));
        assert!(name(&"ü".repeat(64)).is_ok());
        for text in ["", "  ", "two\nlines", "\u{1b}[2J", &"x".repeat(65)] {
            assert_eq!(name(text), Err(InvalidSearchName), "{text:?}");
        }
    }
}
