//! What an entry of an archive may be called.

/// The longest name in bytes: what a file system takes.
const MAX_LENGTH: usize = 255;

/// What is wrong with an entry's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidName {
    /// It begins with `/`.
    #[error("has an absolute path")]
    Absolute,
    /// It has a character that would move a terminal's cursor or end a line.
    #[error("has a control character in its name")]
    ControlCharacter,
    /// There is nothing, or nothing but `./`.
    #[error("has no name")]
    Empty,
    /// It has a `/`, or the `\` of an archive from Windows.
    #[error("lies in a directory")]
    InDirectory,
    /// It is not UTF-8.
    #[error("has a name that is not UTF-8")]
    NotUtf8,
    /// It has `..` for one of its parts.
    #[error("leads out of the archive with `..`")]
    ParentDirectory,
    /// It has more than 255 bytes.
    #[error("has a name longer than {MAX_LENGTH} bytes")]
    TooLong,
}

/// Takes the name of a file that lies in no directory. A `./` in front is dropped: it is there when
/// somebody has packed `.`.
pub(super) fn flat(name: &[u8]) -> Result<&str, InvalidName> {
    if name.len() > MAX_LENGTH {
        return Err(InvalidName::TooLong);
    }
    let name = str::from_utf8(name).map_err(|_| InvalidName::NotUtf8)?;
    if name.starts_with('/') {
        return Err(InvalidName::Absolute);
    }
    let name = name.strip_prefix("./").unwrap_or(name);
    if name.is_empty() || name == "." {
        return Err(InvalidName::Empty);
    }
    if name.split(['/', '\\']).any(|part| part == "..") {
        return Err(InvalidName::ParentDirectory);
    }
    if name.contains(['/', '\\']) {
        return Err(InvalidName::InDirectory);
    }
    if name.contains(char::is_control) {
        return Err(InvalidName::ControlCharacter);
    }
    Ok(name)
}

/// Takes the path of a file below the place where the archive is unpacked: flat names, separated by
/// slashes.
pub(super) fn beneath(path: &[u8]) -> Result<&str, InvalidName> {
    if path.len() > MAX_LENGTH {
        return Err(InvalidName::TooLong);
    }
    for name in path.split(|byte| *byte == b'/') {
        match flat(name) {
            Ok(_) => {}
            Err(InvalidName::Empty) if path.starts_with(b"/") => return Err(InvalidName::Absolute),
            Err(problem) => return Err(problem),
        }
    }
    str::from_utf8(path).map_err(|_| InvalidName::NotUtf8)
}

/// Whether the file is what macOS adds on its own: a file's attributes, beside it as `._NAME`
/// (`AppleDouble`), or the Finder's view of a directory.
pub(super) fn is_from_macos(name: &str) -> bool {
    name.starts_with("._") || name == ".DS_Store"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flat_names_are_taken_without_the_dot_in_front() {
        for (given, taken) in [
            ("SEP001122334455.der", "SEP001122334455.der"),
            ("./SEP001122334455.der", "SEP001122334455.der"),
            ("...der", "...der"),
            ("Zertifikat für Zürich.der", "Zertifikat für Zürich.der"),
        ] {
            assert_eq!(flat(given.as_bytes()), Ok(taken), "{given}");
        }
    }

    #[test]
    fn a_path_leads_down_alone() {
        for path in ["capf.db", "ca/capf.key", "a/b/c"] {
            assert_eq!(beneath(path.as_bytes()), Ok(path));
        }
        for (path, problem) in [
            ("", InvalidName::Empty),
            (".", InvalidName::Empty),
            ("ca/", InvalidName::Empty),
            ("ca//capf.key", InvalidName::Empty),
            ("./capf.db", InvalidName::Empty),
            ("ca/./capf.key", InvalidName::Empty),
            ("/etc/passwd", InvalidName::Absolute),
            ("..", InvalidName::ParentDirectory),
            ("ca/../../x", InvalidName::ParentDirectory),
            ("ca\\capf.key", InvalidName::InDirectory),
            ("ca/\r", InvalidName::ControlCharacter),
        ] {
            assert_eq!(beneath(path.as_bytes()), Err(problem), "{path:?}");
        }
        assert_eq!(beneath(b"ca/\xff"), Err(InvalidName::NotUtf8));
        let long = "a/".repeat(MAX_LENGTH);
        assert_eq!(beneath(long.as_bytes()), Err(InvalidName::TooLong));
    }

    #[test]
    fn other_names_are_refused_for_what_is_wrong_with_them() {
        for (name, problem) in [
            (&b""[..], InvalidName::Empty),
            (b".", InvalidName::Empty),
            (b"./", InvalidName::Empty),
            (b"/a.der", InvalidName::Absolute),
            (b"..", InvalidName::ParentDirectory),
            (b"../a.der", InvalidName::ParentDirectory),
            (b"a/../../b.der", InvalidName::ParentDirectory),
            (b"..\\a.der", InvalidName::ParentDirectory),
            (b"a/b.der", InvalidName::InDirectory),
            (b".//a.der", InvalidName::InDirectory),
            (b"C:\\a.der", InvalidName::InDirectory),
            (b"a\x1b[2J.der", InvalidName::ControlCharacter),
            (b"a\0.der", InvalidName::ControlCharacter),
            (b"\xff.der", InvalidName::NotUtf8),
            (&[b'a'; MAX_LENGTH + 1], InvalidName::TooLong),
        ] {
            assert_eq!(flat(name), Err(problem), "{}", name.escape_ascii());
        }
    }
}
