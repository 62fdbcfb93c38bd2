//! What an SFTP server answers where it does not do what it was asked (version 3, section 7).

use russh_sftp::protocol::{Status, StatusCode};

use super::clipped;
use crate::transfer::error::{Failure, Said, Step};

/// A refusal, in the server's words.
pub(super) fn said(step: Step, status: &Status) -> Failure {
    Failure::said(step, kind(status), words(status))
}

/// The code and its words.
pub(super) fn words(status: &Status) -> String {
    let code = status.status_code;
    let number = code as u32;
    if status.error_message.is_empty() {
        format!("{number} {code}")
    } else {
        format!("{number} {}", clipped(&status.error_message))
    }
}

/// Version 3 has few codes; what else a server means, it says in words.
fn kind(status: &Status) -> Said {
    let words = status.error_message.to_ascii_lowercase();
    match status.status_code {
        StatusCode::NoSuchFile => Said::NotFound,
        StatusCode::PermissionDenied => Said::Denied,
        StatusCode::Failure if words.contains("space") || words.contains("quota") => Said::Full,
        StatusCode::Failure if words.contains("exists") => Said::Exists,
        _ => Said::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(status_code: StatusCode, words: &str) -> Status {
        Status {
            id: 1,
            status_code,
            error_message: words.to_owned(),
            language_tag: String::new(),
        }
    }

    #[test]
    fn what_a_code_leaves_open_the_words_tell() {
        for (code, words, expected) in [
            (StatusCode::NoSuchFile, "", Said::NotFound),
            (
                StatusCode::PermissionDenied,
                "Permission denied",
                Said::Denied,
            ),
            (StatusCode::Failure, "Failure", Said::Other),
            (
                StatusCode::Failure,
                "write: No space left on device",
                Said::Full,
            ),
            (StatusCode::Failure, "Disk quota exceeded", Said::Full),
            (StatusCode::Failure, "File already exists", Said::Exists),
            (StatusCode::OpUnsupported, "no space", Said::Other),
        ] {
            assert_eq!(kind(&status(code, words)), expected, "{words}");
        }
    }

    #[test]
    fn the_code_stands_before_the_words() {
        assert_eq!(words(&status(StatusCode::Failure, "Failure")), "4 Failure");
        assert_eq!(words(&status(StatusCode::NoSuchFile, "")), "2 No such file");
        assert_eq!(
            words(&status(StatusCode::Failure, &"x".repeat(9999))).len(),
            502
        );
    }
}
