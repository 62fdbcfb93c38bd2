//! What a server's replies mean (RFC 959 section 4.2).

use std::io;

use suppaftp::types::Response;
use suppaftp::{FtpError, Status};

use super::super::error::{Failure, Problem, Said, Step};

/// How many bytes of a reply are kept.
const KEPT: usize = 500;

/// The server's words, with the code in front; all lines of them, up to a limit.
pub(super) fn words(response: &Response) -> String {
    let text = String::from_utf8_lossy(&response.body);
    let text = text.trim_end();
    match text.get(..text.floor_char_boundary(KEPT)) {
        Some(kept) if kept.len() < text.len() => format!("{kept}…"),
        _ => text.to_owned(),
    }
}

/// What is meant, as far as the code alone tells it: 550 may be anything about a file.
pub(super) fn kind(status: Status) -> Said {
    match status {
        Status::LoginNeedAccount
        | Status::InvalidCredentials
        | Status::NotLoggedIn
        | Status::StoringNeedAccount => Said::Login,
        Status::RequestedActionNotTaken | Status::ExceededStorage => Said::Full,
        Status::BadFilename => Said::Denied,
        _ => Said::Other,
    }
}

/// A refusal as a failure; during TLS's set-up no code is about users or files.
pub(super) fn refusal(step: Step, response: &Response) -> Failure {
    let kind = match step {
        Step::Tls => Said::Other,
        _ => kind(response.status),
    };
    Failure::said(step, kind, words(response))
}

/// What went wrong with the control connection at this step.
pub(super) fn failure(step: Step, error: FtpError) -> Failure {
    match error {
        FtpError::UnexpectedResponse(response) => refusal(step, &response),
        FtpError::ConnectionError(source) if source.kind() == io::ErrorKind::InvalidData => {
            Failure::protocol(step, source.to_string())
        }
        FtpError::ConnectionError(source) => Failure::io(step, source),
        FtpError::SecureError(reason) => {
            // The library wraps its own error once more where it changes to TLS.
            let reason = reason.strip_prefix("Secure error: ").unwrap_or(&reason);
            let reason = reason.to_owned();
            Failure::new(Step::Tls, Problem::Tls { reason })
        }
        FtpError::BadResponse => Failure::protocol(step, "what it sent is no FTP reply"),
        error @ (FtpError::InvalidAddress(_) | FtpError::DataConnectionAlreadyOpen) => {
            Failure::protocol(step, error.to_string())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transfer::{Remote, TransferError};

    fn response(code: u32, body: &str) -> Response {
        Response::new(Status::from(code), body.as_bytes().to_vec())
    }

    fn at_home(failure: Failure) -> TransferError {
        failure.at(&"ftp://host/x".parse::<Remote>().unwrap())
    }

    #[test]
    fn all_lines_of_a_reply_are_kept_up_to_a_limit() {
        let short = response(530, "530-Sorry.\r\n530 Go away.\r\n");
        assert_eq!(words(&short), "530-Sorry.\r\n530 Go away.");
        let long = words(&response(530, &format!("530 {}", "ä".repeat(1000))));
        assert!(long.len() <= KEPT + '…'.len_utf8(), "{}", long.len());
        assert!(long.ends_with("ä…"));
    }

    #[test]
    fn codes_say_what_is_meant_where_they_can() {
        for (code, meant) in [
            (430, Said::Login),
            (530, Said::Login),
            (332, Said::Login),
            (452, Said::Full),
            (552, Said::Full),
            (553, Said::Denied),
            (550, Said::Other),
            (421, Said::Other),
            (999, Said::Other),
        ] {
            assert_eq!(kind(Status::from(code)), meant, "{code}");
        }
    }

    #[test]
    fn a_refusal_of_tls_is_not_one_of_the_user() {
        let refused = response(530, "530 Please login with USER and PASS.\r\n");
        let error = at_home(refusal(Step::Tls, &refused));
        assert!(matches!(
            error.problem,
            Problem::Said {
                kind: Said::Other,
                ..
            }
        ));
        let error = at_home(refusal(Step::Login, &refused));
        assert!(matches!(
            error.problem,
            Problem::Said {
                kind: Said::Login,
                ..
            }
        ));
    }

    #[test]
    fn an_error_of_tls_says_the_reason_alone() {
        for wrapped in ["bad certificate", "Secure error: bad certificate"] {
            let error = FtpError::SecureError(wrapped.to_owned());
            let error = at_home(failure(Step::Connect, error));
            assert_eq!(error.step, Step::Tls);
            assert_eq!(error.problem.to_string(), "bad certificate");
        }
    }
}
