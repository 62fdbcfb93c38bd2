//! Search criteria, as in the Find and List Phones window.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;

use super::words::{folded, words};
use super::{InvalidTime, UnknownWord, parse_time};

words! {
    /// What is searched.
    Field {
        /// The phone's name.
        DeviceName = "Device Name", "device-name";
        /// What is written about it.
        Description = "Description", "description";
        /// The model.
        DeviceType = "Device Type", "device-type";
        /// The name of the security profile.
        SecurityProfile = "Security Profile", "security-profile";
        /// The one-time string.
        AuthenticationString = "Authentication String", "authentication-string";
        /// How the phone proves itself.
        AuthenticationMode = "Authentication Mode", "authentication-mode";
        /// What came of the last operation.
        LscStatus = "LSC Status", "lsc-status";
        /// When the LSC expires.
        LscExpires = "LSC Expires", "lsc-expires";
        /// Who issued the LSC.
        LscIssuedBy = "LSC Issued by", "lsc-issued-by";
        /// When the LSC's issuer expires.
        LscIssuerExpiresBy = "LSC Issuer Expires by", "lsc-issuer-expires-by";
    }
}

impl Field {
    /// Whether the field holds a time.
    pub const fn is_date(self) -> bool {
        matches!(self, Self::LscExpires | Self::LscIssuerExpiresBy)
    }
}

words! {
    /// How it is compared. Text is compared without regard to case.
    Pattern {
        /// The value begins with the text.
        BeginsWith = "begins with", "begins-with";
        /// The text stands somewhere in the value.
        Contains = "contains", "contains";
        /// The value is the text; of a date: falls on that day (UTC).
        IsExactly = "is exactly", "is-exactly";
        /// The value ends with the text.
        EndsWith = "ends with", "ends-with";
        /// There is no value.
        IsEmpty = "is empty", "is-empty";
        /// There is a value.
        IsNotEmpty = "is not empty", "is-not-empty";
        /// The date lies before.
        IsBefore = "is before", "is-before";
        /// The date lies after.
        IsAfter = "is after", "is-after";
    }
}

impl Pattern {
    /// Whether text follows.
    pub const fn takes_text(self) -> bool {
        !matches!(self, Self::IsEmpty | Self::IsNotEmpty)
    }

    const fn fits(self, field: Field) -> bool {
        match self {
            Self::IsEmpty | Self::IsNotEmpty | Self::IsExactly => true,
            Self::IsBefore | Self::IsAfter => field.is_date(),
            Self::BeginsWith | Self::Contains | Self::EndsWith => !field.is_date(),
        }
    }
}

/// One criterion: a field, a pattern and, where the pattern asks for it, text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Criterion {
    /// What is searched.
    pub field: Field,
    /// How it is compared.
    pub pattern: Pattern,
    /// With what; empty where the pattern takes none.
    pub text: String,
}

/// Words that are no criterion.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCriterion {
    /// It begins with no known field.
    #[error("no field: {0}")]
    Field(UnknownWord),
    /// The field is followed by no known pattern.
    #[error("no pattern after `{field}`: {source}")]
    Pattern {
        /// The field.
        field: Field,
        /// What was found.
        source: UnknownWord,
    },
    /// The pattern does not go with the field.
    #[error("`{field}` cannot be compared by `{pattern}`")]
    Mismatch {
        /// The field.
        field: Field,
        /// The pattern.
        pattern: Pattern,
    },
    /// Text is missing, or stands where none belongs.
    #[error("`{pattern}` {}", if .pattern.takes_text() { "wants a text behind it" } else { "takes no text" })]
    Text {
        /// The pattern.
        pattern: Pattern,
    },
    /// The text is no date.
    #[error(transparent)]
    Date(#[from] InvalidTime),
}

impl Criterion {
    /// A field, compared in this way with this text.
    pub fn new(field: Field, pattern: Pattern, text: impl Into<String>) -> Self {
        Self {
            field,
            pattern,
            text: text.into(),
        }
    }

    /// The text as a date, for a field that holds one.
    pub fn date(&self, now: Timestamp) -> Result<Timestamp, InvalidTime> {
        parse_time(&self.text, now)
    }
}

impl FromStr for Criterion {
    type Err = InvalidCriterion;

    /// Reads `FIELD PATTERN [TEXT]` in one text, Cisco's words, any case, spaces or hyphens.
    fn from_str(words: &str) -> Result<Self, Self::Err> {
        let (field, rest) = leading(words, Field::ALL, Field::as_str).ok_or_else(|| {
            InvalidCriterion::Field(UnknownWord {
                word: words.to_owned(),
                expected: Field::ALL.iter().map(|field| field.as_str()).collect(),
            })
        })?;
        let (pattern, rest) = leading(rest, Pattern::ALL, Pattern::as_str).ok_or_else(|| {
            InvalidCriterion::Pattern {
                field,
                source: UnknownWord {
                    word: rest.trim().to_owned(),
                    expected: Pattern::ALL
                        .iter()
                        .filter(|pattern| pattern.fits(field))
                        .map(|pattern| pattern.as_str())
                        .collect(),
                },
            }
        })?;
        if !pattern.fits(field) {
            return Err(InvalidCriterion::Mismatch { field, pattern });
        }
        let text = rest.trim();
        if text.is_empty() == pattern.takes_text() {
            return Err(InvalidCriterion::Text { pattern });
        }
        if field.is_date() && pattern.takes_text() {
            parse_time(text, Timestamp::UNIX_EPOCH)?;
        }
        Ok(Self {
            field,
            pattern,
            text: text.to_owned(),
        })
    }
}

impl fmt::Display for Criterion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.field, self.pattern)?;
        if self.pattern.takes_text() {
            write!(formatter, " {}", self.text)?;
        }
        Ok(())
    }
}

/// The longest of `values` whose words begin `text`, and what stands behind them.
fn leading<'a, T: Copy>(
    text: &'a str,
    values: &[T],
    spelling: fn(T) -> &'static str,
) -> Option<(T, &'a str)> {
    values
        .iter()
        .filter_map(|value| {
            let wanted = folded(spelling(*value));
            rest_after(text, &wanted).map(|rest| (*value, rest, wanted.len()))
        })
        .max_by_key(|(.., length)| *length)
        .map(|(value, rest, _)| (value, rest))
}

/// What stands behind `wanted` (folded) at the beginning of `text`, if a word ends there.
fn rest_after<'a>(text: &'a str, wanted: &str) -> Option<&'a str> {
    let mut wanted = wanted.chars();
    let mut next = wanted.next();
    for (at, c) in text.char_indices() {
        let Some(expected) = next else {
            return (!c.is_alphanumeric()).then(|| &text[at..]);
        };
        if c.is_alphanumeric() {
            if !c.to_lowercase().eq([expected]) {
                return None;
            }
            next = wanted.next();
        } else if !matches!(c, ' ' | '-' | '_') {
            return None;
        }
    }
    next.is_none().then_some("")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &str) -> Result<String, String> {
        words
            .parse::<Criterion>()
            .map(|c| c.to_string())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn ciscos_words_are_read_in_any_case_with_spaces_or_hyphens() {
        for (given, read_as) in [
            (
                "LSC Status begins with Upgrade Failed",
                "LSC Status begins with Upgrade Failed",
            ),
            (
                "authentication-string is-exactly 12345",
                "Authentication String is exactly 12345",
            ),
            (
                "lsc-expires is-before 2027-01-31",
                "LSC Expires is before 2027-01-31",
            ),
            (
                "LSC ISSUED BY contains Example, Inc.",
                "LSC Issued by contains Example, Inc.",
            ),
            ("description is empty", "Description is empty"),
            ("Description is not empty", "Description is not empty"),
            (
                "lsc issuer expires by is after 2027-01-31",
                "LSC Issuer Expires by is after 2027-01-31",
            ),
        ] {
            assert_eq!(read(given), Ok(read_as.to_owned()));
        }
    }

    #[test]
    fn what_does_not_fit_together_is_refused_with_what_would() {
        for (given, says) in [
            ("colour is exactly red", "Device Name"),
            ("LSC Status", "begins with"),
            ("LSC Status is before 2027-01-31", "cannot be compared"),
            ("LSC Expires contains 2027", "cannot be compared"),
            ("LSC Expires is before soon", "no time"),
            ("Description contains", "wants a text"),
            ("Description is empty now", "takes no text"),
            ("Descriptions contain x", "no field"),
        ] {
            let error = read(given).unwrap_err();
            assert!(error.contains(says), "{given}: {error}");
        }
    }
}
