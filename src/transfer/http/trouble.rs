//! What went wrong before there was an answer, dug out of the libraries' chains of errors.

use std::error::Error;
use std::io;
use std::iter::successors;
use std::time::Duration;

use openssl::error::ErrorStack;

use crate::transfer::error::{Failure, Problem, Step};

/// Why a request has no answer, or the answer no end; `bytes` of the file were through.
pub(super) fn failure(
    error: &reqwest::Error,
    step: Step,
    host: &str,
    limit: Duration,
    bytes: u64,
) -> Failure {
    let is_connecting = error.is_connect();
    let step = if is_connecting { Step::Connect } else { step };
    if error.is_timeout() {
        let seconds = limit.as_secs();
        return Failure::new(step, Problem::TimedOut { seconds });
    }
    let cut = || Failure::new(step, Problem::Cut { bytes });
    if let Some((openssl, said)) = tls(error) {
        // The end of the connection without the end of TLS.
        if !is_connecting && openssl.contains("unexpected eof") {
            return cut();
        }
        let reason = in_plain_words(&said, host);
        return Failure::new(Step::Tls, Problem::Tls { reason });
    }
    if let Some(source) = find::<io::Error>(error) {
        return match source.kind() {
            io::ErrorKind::BrokenPipe
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::NotConnected
            | io::ErrorKind::UnexpectedEof
                if !is_connecting =>
            {
                cut()
            }
            kind => {
                let source = match source.raw_os_error() {
                    Some(number) => io::Error::from_raw_os_error(number),
                    None => io::Error::new(kind, source.to_string()),
                };
                Failure::io(step, source)
            }
        };
    }
    match find::<hyper::Error>(error) {
        Some(error) if error.is_incomplete_message() => cut(),
        Some(error) if error.is_parse() => Failure::protocol(step, innermost(error)),
        _ => Failure::io(step, io::Error::other(innermost(error))),
    }
}

/// The last reason of a chain, which is the first that happened.
pub(super) fn innermost(error: &(dyn Error + 'static)) -> String {
    chain(error)
        .last()
        .map(ToString::to_string)
        .unwrap_or_default()
}

/// What OpenSSL says, alone and with the verdict on the certificate.
fn tls(error: &reqwest::Error) -> Option<(String, String)> {
    let errors: Vec<_> = chain(error).collect();
    let place = errors
        .iter()
        .position(|error| error.downcast_ref::<ErrorStack>().is_some())?;
    let around = place.checked_sub(1).unwrap_or(place);
    Some((errors[place].to_string(), errors[around].to_string()))
}

fn find<E: Error + 'static>(error: &reqwest::Error) -> Option<&E> {
    chain(error).find_map(|error| error.downcast_ref())
}

fn chain<'a>(
    error: &'a (dyn Error + 'static),
) -> impl Iterator<Item = &'a (dyn Error + 'static)> + 'a {
    successors(Some(error), |&error| error.source())
}

/// What is wrong with the server's certificate, or with TLS, and behind it what OpenSSL calls it
/// (openssl-verification-options(1), `X509_STORE_CTX_get_error(3)`).
fn in_plain_words(said: &str, host: &str) -> String {
    let name_of_it = verdict(said).unwrap_or(said);
    let plain = match name_of_it {
        "certificate has expired" => "the server's certificate has expired".to_owned(),
        "certificate is not yet valid" => "the server's certificate is not valid yet".to_owned(),
        "hostname mismatch" | "IP address mismatch" => {
            format!("the server's certificate is not for {host}")
        }
        // Another key than that of the trusted CA of this name.
        "certificate signature failure"
        | "self-signed certificate"
        | "self-signed certificate in certificate chain"
        | "unable to get issuer certificate"
        | "unable to get local issuer certificate"
        | "unable to verify the first certificate" => {
            "the server's certificate is from a CA that is not trusted here".to_owned()
        }
        other if other.contains("wrong version number") => "it does not speak TLS".to_owned(),
        other if other.contains("unsupported protocol") || other.contains("protocol version") => {
            "it speaks no TLS from 1.2 on".to_owned()
        }
        other => return other.to_owned(),
    };
    match verdict(said) {
        Some(verdict) => format!("{plain} ({verdict})"),
        None => plain,
    }
}

/// The verdict on a certificate, which stands last and in parentheses.
fn verdict(said: &str) -> Option<&str> {
    let (before, verdict) = said.strip_suffix(')')?.rsplit_once('(')?;
    before
        .contains("certificate verify failed")
        .then_some(verdict)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_openssl_says_of_a_certificate_is_put_into_plain_words() {
        let said = "error:0A000086:SSL routines:tls_post_process_server_certificate:certificate \
                    verify failed:../ssl/statem/statem_clnt.c:1889: (hostname mismatch)";
        assert_eq!(
            in_plain_words(said, "files.example.com"),
            "the server's certificate is not for files.example.com (hostname mismatch)"
        );
        let other = "error:0A00010B:SSL routines:ssl3_get_record:wrong version number:a.c:3:";
        assert_eq!(in_plain_words(other, "x"), "it does not speak TLS");
        let unknown = "error:0A000410:SSL routines:x:sslv3 alert handshake failure:a.c:3:(x)";
        assert_eq!(in_plain_words(unknown, "x"), unknown);
    }
}
