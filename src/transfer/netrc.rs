//! netrc files: users and passwords by server, in the words of ftp(1) and with the quotes of curl.

use std::fs::File;
use std::io::{self, Read as _};
use std::iter::Peekable;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::str::Chars;

use zeroize::Zeroizing;

use crate::secret::AccountPassword;

/// The most bytes that such a file may have.
const LIMIT: u64 = 1 << 20;

/// An account on a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Login {
    pub(super) user: String,
    pub(super) password: Option<AccountPassword>,
}

/// Why a netrc file cannot be used. What is in the file is not repeated: any word of a damaged file
/// may be a password.
#[derive(Debug, thiserror::Error)]
pub enum InvalidNetrc {
    /// It cannot be read.
    #[error("{source}")]
    Read {
        /// Why.
        source: io::Error,
    },
    /// It is far larger than such files are.
    #[error("it has more than {limit} bytes")]
    TooLarge {
        /// How many it may have.
        limit: u64,
    },
    /// Others than its owner may read the password in it.
    #[error("others may read the password in it; run `chmod 600 {}`", .path.display())]
    Open {
        /// The file.
        path: PathBuf,
    },
    /// It is not what a netrc file is.
    #[error("line {line}: {reason}")]
    Damaged {
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        reason: &'static str,
    },
}

/// The first account in the file on this server, or the `default` one; of this user where one is
/// named. A file that is not there has none.
///
/// Names of servers are compared without case. An entry without a user is every user's.
pub(super) fn find(
    path: &Path,
    host: &str,
    user: Option<&str>,
) -> Result<Option<Login>, InvalidNetrc> {
    let read_error = |source| InvalidNetrc::Read { source };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(read_error(error)),
    };
    let mode = file.metadata().map_err(read_error)?.permissions().mode();
    let mut bytes = Zeroizing::new(Vec::new());
    let mut limited = file.take(LIMIT + 1);
    limited.read_to_end(&mut bytes).map_err(read_error)?;
    if bytes.len() as u64 > LIMIT {
        return Err(InvalidNetrc::TooLarge { limit: LIMIT });
    }
    let found = find_in(text(&bytes)?, host, user)?;
    let has_password = found.as_ref().is_some_and(|login| login.password.is_some());
    if has_password && mode & 0o077 != 0 {
        let path = path.to_owned();
        return Err(InvalidNetrc::Open { path });
    }
    Ok(found)
}

fn text(bytes: &[u8]) -> Result<&str, InvalidNetrc> {
    str::from_utf8(bytes).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        let line = before.split(|byte| *byte == b'\n').count();
        damaged(line, "it is not UTF-8")
    })
}

fn find_in(text: &str, host: &str, user: Option<&str>) -> Result<Option<Login>, InvalidNetrc> {
    let entries = entries(text)?;
    let of_host = entries
        .iter()
        .filter(|entry| matches!(&entry.host, Some(name) if name.eq_ignore_ascii_case(host)));
    let default = entries.iter().filter(|entry| entry.host.is_none());
    Ok(of_host.chain(default).find_map(|entry| entry.login(user)))
}

/// What follows a `machine` or `default`.
struct Entry {
    /// `None` for every server.
    host: Option<String>,
    user: Option<String>,
    password: Option<AccountPassword>,
}

impl Entry {
    fn login(&self, user: Option<&str>) -> Option<Login> {
        let user = match (user, self.user.as_deref()) {
            (Some(wanted), Some(user)) if wanted != user => return None,
            (Some(user), _) | (None, Some(user)) => user.to_owned(),
            (None, None) => return None,
        };
        let password = self.password.clone();
        Some(Login { user, password })
    }
}

fn entries(text: &str) -> Result<Vec<Entry>, InvalidNetrc> {
    let mut words = Words {
        rest: text.chars().peekable(),
        line: 1,
    };
    let mut entries: Vec<Entry> = Vec::new();
    while let Some(word) = words.next()? {
        let line = words.line;
        match word.as_str() {
            "machine" => entries.push(Entry {
                host: Some(words.value("`machine` needs a name")?.to_string()),
                user: None,
                password: None,
            }),
            "default" => entries.push(Entry {
                host: None,
                user: None,
                password: None,
            }),
            "login" => {
                let user = words.value("`login` needs a user")?.to_string();
                last(&mut entries, line)?.user = Some(user);
            }
            "password" => {
                let value = words.value("`password` needs one, in quotes if it begins with #")?;
                last(&mut entries, line)?.password = Some(AccountPassword::new(value.as_str()));
            }
            // A second password, for servers of another age.
            "account" => {
                words.value("`account` needs a value")?;
            }
            "macdef" => {
                words.value("`macdef` needs a name")?;
                words.skip_macro();
            }
            _ => return Err(damaged(line, "a word means nothing in its place")),
        }
    }
    Ok(entries)
}

fn last(entries: &mut [Entry], line: usize) -> Result<&mut Entry, InvalidNetrc> {
    let alone = damaged(line, "no `machine` and no `default` is before it");
    entries.last_mut().ok_or(alone)
}

fn damaged(line: usize, reason: &'static str) -> InvalidNetrc {
    InvalidNetrc::Damaged { line, reason }
}

/// The words of the file, without its comments.
struct Words<'a> {
    rest: Peekable<Chars<'a>>,
    line: usize,
}

impl Words<'_> {
    /// The word behind another, which may be on the next line.
    fn value(&mut self, missing: &'static str) -> Result<Zeroizing<String>, InvalidNetrc> {
        let line = self.line;
        // Where a comment is in its place, it may be meant as the value.
        self.skip_space();
        if self.rest.peek() == Some(&'#') {
            return Err(damaged(self.line, missing));
        }
        self.next()?.ok_or(damaged(line, missing))
    }

    fn next(&mut self) -> Result<Option<Zeroizing<String>>, InvalidNetrc> {
        loop {
            self.skip_space();
            match self.rest.peek() {
                None => return Ok(None),
                Some('#') => while self.take_if(|c| c != '\n').is_some() {},
                Some('"') => return self.quoted().map(Some),
                Some(_) => {
                    let mut word = Zeroizing::new(String::new());
                    while let Some(c) = self.take_if(|c| !c.is_ascii_whitespace()) {
                        word.push(c);
                    }
                    return Ok(Some(word));
                }
            }
        }
    }

    /// From the opening quote to the closing one, on the same line.
    fn quoted(&mut self) -> Result<Zeroizing<String>, InvalidNetrc> {
        let unclosed = damaged(self.line, "a quote is not closed");
        let mut word = Zeroizing::new(String::new());
        self.take_if(|c| c == '"');
        loop {
            match self.take_if(|c| c != '\n') {
                None => return Err(unclosed),
                Some('"') => return Ok(word),
                Some('\\') => match self.take_if(|c| c != '\n') {
                    None => return Err(unclosed),
                    Some('n') => word.push('\n'),
                    Some('r') => word.push('\r'),
                    Some('t') => word.push('\t'),
                    Some(c) => word.push(c),
                },
                Some(c) => word.push(c),
            }
        }
    }

    /// A macro ends at an empty line.
    fn skip_macro(&mut self) {
        while self.take_if(|c| c != '\n').is_some() {}
        self.take_if(|c| c == '\n');
        loop {
            let mut is_empty = true;
            while let Some(c) = self.take_if(|c| c != '\n') {
                is_empty &= c == '\r';
            }
            if self.take_if(|c| c == '\n').is_none() || is_empty {
                return;
            }
        }
    }

    fn skip_space(&mut self) {
        while self.take_if(|c| c.is_ascii_whitespace()).is_some() {}
    }

    fn take_if(&mut self, wanted: impl Fn(char) -> bool) -> Option<char> {
        let c = self.rest.next_if(|c| wanted(*c))?;
        self.line += usize::from(c == '\n');
        Some(c)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::Permissions;

    /// What is found, as `user:password`.
    fn found(text: &str, host: &str, user: Option<&str>) -> Option<String> {
        let login = find_in(text, host, user).unwrap()?;
        let password = login.password.map(|password| password.reveal().to_owned());
        Some(format!(
            "{}:{}",
            login.user,
            password.as_deref().unwrap_or("-")
        ))
    }

    fn file(text: &[u8], mode: u32) -> (tempfile::TempDir, PathBuf) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("netrc");
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        (directory, path)
    }

    #[test]
    fn the_first_entry_of_the_server_counts_and_the_default_last() {
        let text = "default login anybody password d\n\
                    machine a.example login one password 1\n\
                    machine b.example\n\tlogin two\n\tpassword 2\n\taccount x\n\
                    machine a.example login three password 3\n";
        for (host, user, expected) in [
            ("a.example", None, "one:1"),
            ("A.Example", None, "one:1"),
            ("b.example", None, "two:2"),
            ("a.example", Some("three"), "three:3"),
            ("a.example", Some("anybody"), "anybody:d"),
            ("c.example", None, "anybody:d"),
        ] {
            assert_eq!(
                found(text, host, user).as_deref(),
                Some(expected),
                "{host} {user:?}"
            );
        }
        assert_eq!(found(text, "a.example", Some("nobody")), None);
        assert_eq!(found("machine a login b", "c", None), None);
    }

    #[test]
    fn an_entry_without_a_user_is_every_users_and_one_without_a_password_is_found() {
        let text = "machine a password p\nmachine b login u";
        assert_eq!(found(text, "a", Some("me")).as_deref(), Some("me:p"));
        assert_eq!(found(text, "a", None), None);
        assert_eq!(found(text, "b", None).as_deref(), Some("u:-"));
    }

    #[test]
    fn quotes_comments_and_macros_are_read_as_curl_reads_them() {
        let text = "# machine a login commented password out\n\
                    machine a login \"a b\" password \"q\\\"\\\\#\\t\" # machine b\n\
                    macdef init\n  machine b login macro password m\n\r\n\
                    machine b login u password p#q\n\
                    macdef last\n  machine c login macro password m";
        assert_eq!(found(text, "a", None).as_deref(), Some("a b:q\"\\#\t"));
        assert_eq!(found(text, "b", None).as_deref(), Some("u:p#q"));
        assert_eq!(found(text, "c", None), None);
    }

    #[test]
    fn a_damaged_file_names_the_line_and_no_word_of_it() {
        for (text, line) in [
            ("machine a\nlogin u\npassword hush hush", 3),
            ("\n\nlogin u", 3),
            ("machine a login u\n\npassword", 3),
            ("machine a login u password\n#hush", 2),
            ("machine a\nlogin \"hush\n\" password x", 2),
            ("machine a password \"hush\\", 1),
            ("machine", 1),
        ] {
            let error = find_in(text, "a", None).unwrap_err().to_string();
            assert!(
                error.starts_with(&format!("line {line}: ")),
                "{text}: {error}"
            );
            assert!(!error.contains("hush"), "{error}");
        }
        let (_directory, path) = file(b"machine a\nlogin \xff", 0o600);
        let error = find(&path, "a", None).unwrap_err().to_string();
        assert_eq!(error, "line 2: it is not UTF-8");
    }

    #[test]
    fn a_password_that_others_may_read_is_refused_with_the_command_that_helps() {
        let text = b"machine a login u password p\nmachine b login v";
        for mode in [0o644, 0o640, 0o604] {
            let (_directory, path) = file(text, mode);
            let error = find(&path, "a", None).unwrap_err().to_string();
            let command = format!("`chmod 600 {}`", path.display());
            assert!(error.contains(&command), "{error}");
            // No password of that file would be used.
            assert!(find(&path, "b", None).unwrap().is_some());
            assert_eq!(find(&path, "c", None).unwrap(), None);
        }
        let (_directory, path) = file(text, 0o600);
        assert_eq!(find(&path, "a", None).unwrap().unwrap().user, "u");
    }

    #[test]
    fn a_file_that_is_not_there_has_no_accounts_and_one_that_cannot_be_read_is_an_error() {
        let directory = tempfile::tempdir().unwrap();
        let missing = directory.path().join("netrc");
        assert_eq!(find(&missing, "a", None).unwrap(), None);
        let error = find(directory.path(), "a", None).unwrap_err();
        assert!(matches!(error, InvalidNetrc::Read { .. }));
    }

    #[test]
    fn a_file_that_is_far_too_large_is_not_read_to_its_end() {
        let (_directory, path) = file(&b"machine a\n".repeat(200_000), 0o600);
        let error = find(&path, "a", None).unwrap_err();
        assert!(matches!(error, InvalidNetrc::TooLarge { .. }));
    }
}
