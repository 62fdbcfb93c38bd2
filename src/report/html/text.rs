//! Texts that are not ours.

use std::fmt;

use crate::model::is_unseen;

/// Text from a phone or an administrator, to stand between tags.
///
/// Nothing in it is markup; its direction is its own and turns nothing round beside it; and
/// characters that would be unseen, or that no XML document can have, are named instead.
pub(super) struct Text<'a>(pub(super) &'a str);

impl fmt::Display for Text<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write as _;
        formatter.write_str("<bdi>")?;
        for c in self.0.chars() {
            match c {
                '&' => formatter.write_str("&amp;")?,
                '<' => formatter.write_str("&lt;")?,
                '>' => formatter.write_str("&gt;")?,
                _ if is_unseen(c) || matches!(c, '\u{fffe}' | '\u{ffff}') => {
                    write!(formatter, "<code>U+{:04X}</code>", u32::from(c))?;
                }
                _ => formatter.write_char(c)?,
            }
        }
        formatter.write_str("</bdi>")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_markup_and_nothing_is_unseen() {
        for (text, written) in [
            ("", "<bdi></bdi>"),
            ("R&D \"<b>\"", "<bdi>R&amp;D \"&lt;b&gt;\"</bdi>"),
            ("]]>", "<bdi>]]&gt;</bdi>"),
            ("\u{202e}gpj.exe", "<bdi><code>U+202E</code>gpj.exe</bdi>"),
            (
                "a\nb\0",
                "<bdi>a<code>U+000A</code>b<code>U+0000</code></bdi>",
            ),
            (
                "\u{9b}\u{ffff}",
                "<bdi><code>U+009B</code><code>U+FFFF</code></bdi>",
            ),
        ] {
            assert_eq!(Text(text).to_string(), written);
        }
    }
}
