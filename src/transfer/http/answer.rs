//! What a server's answers say (RFC 9110 section 15).

use std::time::Duration;

use hyper::ext::ReasonPhrase;
use reqwest::header::{self, HeaderMap, HeaderName};
use reqwest::{Response, StatusCode, Url, Version};
use tokio::time::{Instant, timeout_at};

use crate::model::shortened;
use crate::transfer::error::{Failure, Said, Step};

/// How many characters of a server's explanation are passed on.
const EXPLANATION: usize = 300;

/// How many bytes of it are read.
const READ: usize = 8 * 1024;

/// How many bytes the body has, where the server says so.
pub(super) fn content_length(headers: &HeaderMap) -> Option<u64> {
    headers
        .get(header::CONTENT_LENGTH)?
        .to_str()
        .ok()?
        .parse()
        .ok()
}

/// Whether the body comes in chunks, the last of which says that it is the last (RFC 9112 section
/// 7.1).
pub(super) fn is_chunked(response: &Response) -> bool {
    let codings = response.headers().get_all(header::TRANSFER_ENCODING);
    let last = codings
        .iter()
        .next_back()
        .and_then(|value| value.to_str().ok());
    let last = last.and_then(|codings| codings.rsplit(',').next());
    response.version() == Version::HTTP_11
        && last.is_some_and(|coding| coding.trim().eq_ignore_ascii_case("chunked"))
}

/// Where the server points to instead of giving the file itself.
pub(super) fn redirection(response: &Response) -> Option<Url> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let location = response.headers().get(header::LOCATION)?.to_str().ok()?;
    response.url().join(location).ok()
}

/// The server's no: its status, and whatever else of its words helps.
pub(super) async fn refusal(response: Response, step: Step, limit: Duration) -> Failure {
    let status = response.status();
    let (step, kind) = meaning(status, step);
    let mut words = status_line(&response);
    // What it takes instead of what it was given.
    if status == StatusCode::UNAUTHORIZED {
        append_header(&mut words, &response, &header::WWW_AUTHENTICATE);
    }
    if status.is_redirection() {
        append_header(&mut words, &response, &header::LOCATION);
    }
    // The title of many a page is the status again.
    if let Some(explanation) = explanation(response, limit).await
        && explanation != words
    {
        words = format!("{words}: {explanation}");
    }
    Failure::said(step, kind, words)
}

fn meaning(status: StatusCode, step: Step) -> (Step, Said) {
    match status {
        StatusCode::UNAUTHORIZED => (Step::Login, Said::Login),
        StatusCode::FORBIDDEN | StatusCode::METHOD_NOT_ALLOWED => (step, Said::Denied),
        // A conflict is a directory that is not there (RFC 4918 section 9.7.1).
        StatusCode::NOT_FOUND | StatusCode::GONE | StatusCode::CONFLICT => (step, Said::NotFound),
        StatusCode::PRECONDITION_FAILED => (step, Said::Exists),
        StatusCode::INSUFFICIENT_STORAGE => (step, Said::Full),
        _ => (step, Said::Other),
    }
}

fn status_line(response: &Response) -> String {
    let status = response.status();
    let phrase = match response.extensions().get::<ReasonPhrase>() {
        Some(phrase) => shortened(&String::from_utf8_lossy(phrase.as_bytes()), EXPLANATION),
        None => status.canonical_reason().unwrap_or_default().to_owned(),
    };
    format!("{} {phrase}", status.as_u16())
        .trim_end()
        .to_owned()
}

fn append_header(words: &mut String, response: &Response, name: &HeaderName) {
    if let Some(value) = response.headers().get(name) {
        let value = shortened(&String::from_utf8_lossy(value.as_bytes()), EXPLANATION);
        *words = format!("{words}, {name}: {value}");
    }
}

/// The body, where it is meant to be read by people: plain text, or the title of a page.
async fn explanation(mut response: Response, limit: Duration) -> Option<String> {
    let kind = response
        .headers()
        .get(header::CONTENT_TYPE)?
        .to_str()
        .ok()?;
    let kind = kind.split(';').next()?.trim().to_ascii_lowercase();
    let is_page = kind == "text/html";
    if !is_page && kind != "text/plain" {
        return None;
    }
    let until = Instant::now() + limit;
    let mut body = Vec::new();
    // What was read before it broke off is better than nothing.
    while let Ok(Ok(Some(chunk))) = timeout_at(until, response.chunk()).await {
        let room = READ - body.len();
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if body.len() == READ {
            break;
        }
    }
    let text = String::from_utf8_lossy(&body);
    let text = shortened(if is_page { title(&text)? } else { &text }, EXPLANATION);
    (!text.is_empty()).then_some(text)
}

fn title(page: &str) -> Option<&str> {
    // ASCII alone changes, so that what is found has the same place in both.
    let lowercase = page.to_ascii_lowercase();
    let tag = lowercase.find("<title")?;
    let begin = tag + lowercase[tag..].find('>')? + 1;
    let end = begin + lowercase[begin..].find('<')?;
    Some(&page[begin..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_its_title() {
        for (page, expected) in [
            (
                "<html><head><title>413 Too\n Large</title></head>",
                Some("413 Too\n Large"),
            ),
            ("<TITLE lang='de'>Nein</TITLE>", Some("Nein")),
            ("<title>never closed", None),
            ("<title", None),
            ("İ<title>ö</title>", Some("ö")),
            ("<p>text</p>", None),
        ] {
            assert_eq!(title(page), expected, "{page}");
        }
    }

    #[test]
    fn what_a_status_means_is_what_the_protocol_says() {
        for (status, expected) in [
            (401, (Step::Login, Said::Login)),
            (403, (Step::Send, Said::Denied)),
            (409, (Step::Send, Said::NotFound)),
            (412, (Step::Send, Said::Exists)),
            (413, (Step::Send, Said::Other)),
            (507, (Step::Send, Said::Full)),
        ] {
            let status = StatusCode::from_u16(status).unwrap();
            assert_eq!(meaning(status, Step::Send), expected, "{status}");
        }
    }

    #[test]
    fn a_length_that_is_no_number_is_none() {
        for (value, expected) in [("12", Some(12)), ("", None), ("-1", None), ("1, 1", None)] {
            let headers = HeaderMap::from_iter([(header::CONTENT_LENGTH, value.parse().unwrap())]);
            assert_eq!(content_length(&headers), expected, "{value}");
        }
    }
}
