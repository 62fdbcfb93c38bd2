//! A line as it is typed: split into words as a shell splits it, without what only a shell does.

use std::mem;

/// What stands in a line, as far as it goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Line {
    /// The words, without their quotes.
    pub(super) words: Vec<Word>,
    /// What is wrong with it as a whole; of the first part that is there may yet come a whole.
    pub(super) fault: Option<Fault>,
    /// Whether it ends in a comment.
    ends_in_comment: bool,
}

/// A word, and where it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) text: String,
    /// Its first byte in the line.
    start: usize,
    /// The byte behind its last.
    end: usize,
}

/// Why a line is no command.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Fault {
    #[error("the quote {0} is not closed")]
    Unclosed(char),
    #[error("nothing stands behind the \\ at the end")]
    Escape,
    #[error("`{0}` is for a shell of the system: here a line is one command, without pipes")]
    Operator(&'static str),
}

impl Fault {
    /// What to do about it.
    pub(super) fn next_step(&self) -> &'static str {
        match self {
            Self::Unclosed(_) => {
                "Close it, or put a \\ in front of it if it is meant as it stands."
            }
            Self::Escape => "A command stands on one line.",
            Self::Operator(_) => {
                "Put quotes around it if it is meant as it stands. `capf report --output FILE` \
                 writes to a file; for pipes, run `capf` in a shell of the system."
            }
        }
    }
}

impl Line {
    /// Splits a line: at white space that no quotes and no backslash protect. What follows a `#` that
    /// begins a word is a comment.
    pub(super) fn parse(text: &str) -> Self {
        let mut line = Self::default();
        let mut word: Option<Word> = None;
        let mut characters = text.char_indices().peekable();
        while let Some((start, c)) = characters.next() {
            let next = characters.peek().map(|(_, c)| *c);
            if c.is_whitespace() {
                line.words.extend(word.take());
                continue;
            }
            if c == '#' && word.is_none() {
                line.ends_in_comment = true;
                break;
            }
            if let Some(operator) = operator(c, next, word.is_none()) {
                line.fault.get_or_insert(Fault::Operator(operator));
            }
            let word = word.get_or_insert_with(|| Word {
                start,
                ..Word::default()
            });
            match c {
                '\'' | '"' => {
                    let closed = loop {
                        match characters.next() {
                            None => break false,
                            Some((_, end)) if end == c => break true,
                            Some((_, '\\')) if c == '"' => {
                                let escaped = characters.next_if(|(_, c)| matches!(c, '"' | '\\'));
                                word.text.push(escaped.map_or('\\', |(_, c)| c));
                            }
                            Some((_, c)) => word.text.push(c),
                        }
                    };
                    if !closed {
                        line.fault.get_or_insert(Fault::Unclosed(c));
                    }
                }
                '\\' => match characters.next() {
                    None => {
                        line.fault.get_or_insert(Fault::Escape);
                    }
                    Some((_, c)) => word.text.push(c),
                },
                c => word.text.push(c),
            }
            word.end = characters.peek().map_or(text.len(), |(next, _)| *next);
        }
        line.words.extend(word);
        line
    }

    /// The words of a whole line.
    pub(super) fn into_words(self) -> Result<Vec<String>, Fault> {
        match self.fault {
            Some(fault) => Err(fault),
            None => Ok(texts(self.words)),
        }
    }

    /// Takes what is typed of a line up to the cursor: the words that are complete, the one that is
    /// being typed, and where it begins. Where no word can be typed there is none.
    pub(super) fn at_cursor(typed: &str) -> Option<(Vec<String>, String, usize)> {
        let mut line = Self::parse(typed);
        if line.ends_in_comment || matches!(line.fault, Some(Fault::Operator(_))) {
            return None;
        }
        let last = line.words.pop_if(|word| word.end == typed.len());
        let last = last.unwrap_or_else(|| Word {
            start: typed.len(),
            ..Word::default()
        });
        Some((texts(line.words), last.text, last.start))
    }

    /// Whether a `?` that is typed behind this asks what can come next, and is no part of a word: of
    /// a quoted one, or of a URL.
    pub(super) fn takes_question(typed: &str) -> bool {
        let line = Self::parse(typed);
        let is_plain =
            |word: &Word| !typed[word.start..].contains(['\'', '"', '\\', ':', '/', '?']);
        !line.ends_in_comment
            && line.fault.is_none()
            && line
                .words
                .last()
                .is_none_or(|word| word.end < typed.len() || is_plain(word))
    }
}

fn texts(words: Vec<Word>) -> Vec<String> {
    words.into_iter().map(|word| word.text).collect()
}

/// What is no part of a word to a shell, and means something.
fn operator(c: char, next: Option<char>, begins_word: bool) -> Option<&'static str> {
    match c {
        '|' => Some("|"),
        '>' => Some(">"),
        '<' => Some("<"),
        ';' => Some(";"),
        '`' => Some("`"),
        '$' if next == Some('(') => Some("$("),
        // Within a word it is a part of a URL.
        '&' if begins_word || next.is_none_or(char::is_whitespace) => Some("&"),
        _ => None,
    }
}

/// The text as a word of a line, in quotes if it needs them.
pub(super) fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./:=@%+,~?*[]{}^!".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// The first part of a word that goes on: in a quote that is open, if it needs one.
pub(super) fn begun(text: &str) -> String {
    let mut word = quoted(text);
    if word.ends_with('\'') {
        word.pop();
    }
    mem::take(&mut word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Result<Vec<String>, Fault> {
        Line::parse(line).into_words()
    }

    #[test]
    fn lines_are_split_as_a_shell_splits_them() {
        for (line, expected) in [
            ("", &[][..]),
            ("  csr\tcount ", &["csr", "count"]),
            ("# nothing", &[]),
            ("csr count # of all", &["csr", "count"]),
            ("a#b '#c'", &["a#b", "#c"]),
            (
                "--where 'LSC Status is empty'",
                &["--where", "LSC Status is empty"],
            ),
            (r#""a 'b' \"c\" \d \\""#, &[r#"a 'b' "c" \d \"#]),
            (r"'a\'b", &[r"a\b"]),
            (r"it\'s a\ b", &["it's", "a b"]),
            ("'' \"\"", &["", ""]),
            ("a''b\"c d\"e", &["abc de"]),
            ("'|' \\> \";\" '$('", &["|", ">", ";", "$("]),
            (
                "https://a/?b=c&d=e * ~ $HOME",
                &["https://a/?b=c&d=e", "*", "~", "$HOME"],
            ),
            ("Zürich 東", &["Zürich", "東"]),
        ] {
            assert_eq!(words(line).unwrap(), expected, "{line}");
        }
    }

    #[test]
    fn what_is_no_command_is_refused() {
        for (line, expected) in [
            ("csr list | less", Fault::Operator("|")),
            ("csr list|less", Fault::Operator("|")),
            ("report >file", Fault::Operator(">")),
            ("phone import <file", Fault::Operator("<")),
            ("csr count; csr list", Fault::Operator(";")),
            ("serve &", Fault::Operator("&")),
            ("csr count && csr list", Fault::Operator("&")),
            ("phone show $(cat name)", Fault::Operator("$(")),
            ("phone show `cat name`", Fault::Operator("`")),
            ("phone show 'a", Fault::Unclosed('\'')),
            ("phone show \"a'", Fault::Unclosed('"')),
            ("phone show a\\", Fault::Escape),
        ] {
            assert_eq!(words(line), Err(expected), "{line}");
        }
    }

    #[test]
    fn what_is_quoted_is_read_back() {
        for text in [
            "", "a", "a b", "it's", "|", "#", "a\"b", "\\", "Zürich", "a/?b=c&d", "&",
        ] {
            assert_eq!(words(&quoted(text)).unwrap(), [text], "{text}");
            let (complete, word, start) = Line::at_cursor(&begun(text)).unwrap();
            assert_eq!((complete.len(), &word[..], start), (0, text, 0), "{text}");
        }
        assert_eq!(quoted("SEP000000000001"), "SEP000000000001");
    }

    #[test]
    fn the_word_at_the_cursor_is_found() {
        for (typed, complete, word, start) in [
            ("", &[][..], "", 0),
            ("cs", &[], "cs", 0),
            ("csr ", &["csr"], "", 4),
            (
                "phone find --saved 'exp",
                &["phone", "find", "--saved"],
                "exp",
                19,
            ),
            ("a \"b c", &["a"], "b c", 2),
            ("é b\\ ", &["é"], "b ", 3),
        ] {
            let found = Line::at_cursor(typed).unwrap();
            assert_eq!(
                found,
                (
                    complete.iter().map(ToString::to_string).collect(),
                    word.to_owned(),
                    start
                )
            );
        }
        assert_eq!(Line::at_cursor("csr # a"), None);
        assert_eq!(Line::at_cursor("csr list | l"), None);
    }

    #[test]
    fn a_question_mark_asks_unless_it_is_part_of_a_word() {
        for typed in ["", "csr ", "cs", "cert import ", "phone find 'a b' "] {
            assert!(Line::takes_question(typed), "{typed}");
        }
        for typed in [
            "'a",
            "cert import https://a/",
            "phone show a\\",
            "# a",
            "'a b'",
        ] {
            assert!(!Line::takes_question(typed), "{typed}");
        }
    }
}
