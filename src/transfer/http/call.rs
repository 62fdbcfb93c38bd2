//! Requests that are made for what they bring about, and move no file.

use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Body, Method};

use super::{Https, answer};
use crate::transfer::error::{Failure, Step};
use crate::transfer::{Access, Remote, Scheme, Server as _, TransferError};

/// A request to a web server for which its status is answer enough. It has no body.
///
/// `Debug` shows no header: some prove who we are.
#[derive(Clone)]
pub struct Call {
    method: Method,
    headers: HeaderMap,
}

/// What is no request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCall {
    /// The method is none.
    #[error("`{method}` is no method of HTTP; write POST, PUT or GET")]
    Method {
        /// What was given.
        method: String,
    },
    /// A line is no header. What it has is not repeated: it may be secret.
    #[error("line {line} is no header; write `Name: value`")]
    Header {
        /// Which line, from 1.
        line: usize,
    },
}

impl Call {
    /// A request with this method, and with a header for each line of `headers` that is neither empty
    /// nor begins with `#`.
    pub fn new(method: &str, headers: &str) -> Result<Self, InvalidCall> {
        let method = Method::from_bytes(method.as_bytes())
            .ok()
            .filter(|method| {
                method
                    .as_str()
                    .bytes()
                    .all(|byte| byte.is_ascii_uppercase())
            })
            .ok_or_else(|| InvalidCall::Method {
                method: method.to_owned(),
            })?;
        let lines = headers.lines().enumerate();
        let headers = lines
            .filter(|(_, text)| !text.trim().is_empty() && !text.starts_with('#'))
            .map(|(index, text)| header(text).ok_or(InvalidCall::Header { line: index + 1 }))
            .collect::<Result<_, _>>()?;
        Ok(Self { method, headers })
    }

    /// Makes the request. An answer that is no success (2xx) is an error, also where it points
    /// elsewhere: nobody goes there.
    pub async fn make(&self, url: &Remote, access: &Access<'_>) -> Result<(), TransferError> {
        self.request(url, access)
            .await
            .map_err(|failure| failure.at(url))
    }

    async fn request(&self, url: &Remote, access: &Access<'_>) -> Result<(), Failure> {
        if url.scheme() != Scheme::Https {
            return Err(Failure::protocol(
                Step::Send,
                "requests go over https alone",
            ));
        }
        let server = Https::connect(url, access).await?;
        let request = server
            .request(self.method.clone(), &server.url(url.path())?)
            .headers(self.headers.clone())
            .header(header::CONTENT_LENGTH, 0)
            .body(Body::from(""));
        let response = server.answer(request, Step::Send).await?;
        if response.status().is_success() {
            return Ok(());
        }
        Err(answer::refusal(response, Step::Send, access.timeout).await)
    }
}

impl std::fmt::Debug for Call {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            formatter,
            "Call({}, {} headers)",
            self.method,
            self.headers.len()
        )
    }
}

fn header(line: &str) -> Option<(HeaderName, HeaderValue)> {
    let (name, value) = line.split_once(':')?;
    let name = name.parse().ok()?;
    let mut value = HeaderValue::from_str(value.trim()).ok()?;
    value.set_sensitive(true);
    Some((name, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_lines_and_are_not_shown() {
        let lines = "# a token\nAuthorization: Bearer hush\n\nX-Site: Zurich: 1\r\n";
        let call = Call::new("POST", lines).unwrap();
        assert_eq!(call.headers["authorization"], "Bearer hush");
        assert_eq!(call.headers["x-site"], "Zurich: 1");
        assert_eq!(call.headers.len(), 2);
        for shown in [format!("{call:?}"), format!("{:?}", call.headers)] {
            assert!(!shown.contains("hush"), "{shown}");
        }
    }

    #[test]
    fn what_is_no_header_and_no_method_is_refused_without_being_repeated() {
        for lines in ["\nhush", "\nA B: hush", "\n: hush", "\nX: hu\u{1}sh"] {
            let error = Call::new("GET", lines).unwrap_err();
            assert_eq!(error, InvalidCall::Header { line: 2 }, "{lines:?}");
            assert!(!error.to_string().contains("hush"), "{error}");
        }
        for method in ["", "post", "POST /"] {
            assert!(Call::new(method, "").is_err(), "{method}");
        }
    }
}
