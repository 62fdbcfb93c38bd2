//! Enumerations that are spelt in Cisco's words.

use std::fmt;

/// A word that is none of those expected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{word}` is not one of: {}", .expected.join(", "))]
pub struct UnknownWord {
    /// What was given.
    pub word: String,
    /// What would have been understood.
    pub expected: Vec<&'static str>,
}

/// Folds what a person types to what is compared: lower case, letters and digits alone, so that
/// `Upgrade Success`, `upgrade-success` and `UPGRADE_SUCCESS` are one.
pub fn folded(word: &str) -> String {
    word.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// Finds the variant whose spelling or alias `word` is.
pub(super) fn find<T: Copy>(
    word: &str,
    table: &[(T, &'static str, &str)],
) -> Result<T, UnknownWord> {
    let wanted = folded(word);
    table
        .iter()
        .find(|(_, cisco, option)| folded(cisco) == wanted || folded(option) == wanted)
        .map(|(value, ..)| *value)
        .ok_or_else(|| UnknownWord {
            word: word.to_owned(),
            expected: table.iter().map(|(_, cisco, _)| *cisco).collect(),
        })
}

/// Declares an enumeration with Cisco's spelling and the command line's word for each variant.
macro_rules! words {
    (
        $(#[$meta:meta])*
        $name:ident {
            $( $(#[$variant_meta:meta])* $variant:ident = $cisco:literal, $option:literal; )+
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $( $(#[$variant_meta])* $variant, )+
        }

        impl $name {
            /// Every value, in the order of the standard that names them.
            pub const ALL: &'static [Self] = &[$( Self::$variant, )+];

            const WORDS: &'static [(Self, &'static str, &'static str)] =
                &[$( (Self::$variant, $cisco, $option), )+];

            /// Cisco's spelling: what is shown, stored and compared.
            pub const fn as_str(self) -> &'static str {
                match self { $( Self::$variant => $cisco, )+ }
            }

            /// The command line's word for it.
            pub const fn option(self) -> &'static str {
                match self { $( Self::$variant => $option, )+ }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::model::UnknownWord;

            /// Takes Cisco's spelling or the command line's word, in any case, with spaces,
            /// hyphens or neither.
            fn from_str(word: &str) -> Result<Self, Self::Err> {
                $crate::model::words::find(word, Self::WORDS)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.pad(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    };
}
pub(super) use words;

/// Whether a character is not seen itself, and can change how others are: control characters, which
/// move a terminal's cursor, and those of Unicode's bidirectional algorithm, which turn text round.
pub fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        )
}

/// Text from a phone or a file, fit for a terminal and a log: characters that are unseen are
/// escaped, so that no name can move the cursor or forge a line.
pub(super) fn escaped(text: &str, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    use fmt::Write as _;
    for c in text.chars() {
        if is_unseen(c) {
            write!(formatter, "{}", c.escape_unicode())?;
        } else {
            formatter.write_char(c)?;
        }
    }
    Ok(())
}

/// Text of a server or a program for one line: its words with single spaces, and of many `characters`
/// the first, with `…` behind them.
pub fn shortened(text: &str, characters: usize) -> String {
    let words: Vec<_> = text.split_whitespace().collect();
    let text = words.join(" ");
    match text.char_indices().nth(characters) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// Text from a phone or a file, shown as it may be shown on a terminal and in a log.
#[derive(Clone, Copy, Debug)]
pub struct Escaped<'a>(pub &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        escaped(self.0, formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_words_are_cut_between_characters() {
        let text = shortened(&"ö ".repeat(1000), 300);
        assert_eq!(text.chars().count(), 301);
        assert!(text.ends_with('…') && text.starts_with("ö ö"), "{text}");
        assert_eq!(shortened(" a\r\n b ", 3), "a b");
    }
}
