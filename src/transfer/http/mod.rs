//! HTTPS: files with PUT and GET (RFC 9110), as `WebDAV` servers, object stores and plain web
//! servers with an upload directory take them.
//!
//! HTTP/1.1 alone is spoken: there, a body that is cut short can be told from a whole one by the
//! end of the connection. Proxies are not used, not even those that the environment names: it is
//! read in [`crate::config`] alone. No body is ever decompressed: what is stored is what comes.
//!
//! User and password go to no other server than the one in the URL, and over TLS alone (RFC 7617).

mod answer;
mod call;
mod client;
mod trouble;

pub use call::{Call, InvalidCall};

use std::pin::pin;
use std::time::Duration;

use reqwest::header::{self, HeaderValue};
use reqwest::{Body, Client, Method, RequestBuilder, Response, StatusCode, Url};
use tokio::io::{AsyncWriteExt as _, DuplexStream};
use tokio::time::timeout;
use tokio_util::io::ReaderStream;

use super::access::Access;
use super::error::{Failure, Found, Step};
use super::reach::{resolve, within};
use super::stream::{Incoming, Outgoing};
use super::{CLEANING, Remote, Server};
use crate::secret::AccountPassword;

/// How many bytes are read from the file at a time.
const PIECE: usize = 64 * 1024;

/// How many times a GET follows where the same server points to.
const REDIRECTS: usize = 5;

/// A server, with what is known of the file on it. Every request has a connection of its own.
pub(super) struct Https {
    client: Client,
    /// `https://host:port`.
    origin: String,
    host: String,
    login: Option<(String, Option<AccountPassword>)>,
    timeout: Duration,
    /// What it had under the name before an upload, once that was asked.
    before: Option<Seen>,
    /// The upload, once it has begun.
    upload: Option<Upload>,
}

struct Upload {
    /// How many bytes it has.
    length: u64,
    /// Whether the server has said that it has them.
    is_taken: bool,
}

/// What the server has under a name, and what changes with it (RFC 9110 section 8.8).
#[derive(Clone, PartialEq, Eq)]
struct Seen {
    found: Found,
    validators: [Option<HeaderValue>; 2],
}

/// What came of a look.
enum Look {
    Seen(Seen),
    /// The server does not say it to us.
    Refused(StatusCode, Failure),
}

impl Server for Https {
    const RENAMES: bool = false;

    /// Looks the server's name up. Connections are made by the requests.
    async fn connect(remote: &Remote, access: &Access<'_>) -> Result<Self, Failure> {
        let origin = format!("https://{}", remote.authority());
        let addresses = resolve(remote, access.timeout).await?;
        let client = client::client(remote, &addresses, access).await?;
        let login = match access.user(remote)? {
            Some(user) => {
                let password = access.password(remote, &user)?;
                Some((user, password))
            }
            None => None,
        };
        Ok(Self {
            client,
            origin,
            host: remote.host().to_owned(),
            login,
            timeout: access.timeout,
            before: None,
            upload: None,
        })
    }

    async fn put(&mut self, path: &str, source: &mut Outgoing<'_>) -> Result<(), Failure> {
        if self.before.is_none() {
            self.before = Some(self.look_before(path).await?);
        }
        let length = source.length();
        let (pipe, body) = tokio::io::duplex(PIECE);
        let body = ReaderStream::with_capacity(body, PIECE);
        let request = self
            .request(Method::PUT, &self.url(path)?)
            .header(header::CONTENT_TYPE, "application/gzip")
            .header(header::CONTENT_LENGTH, length)
            .body(Body::wrap_stream(body));
        let is_taken = false;
        self.upload = Some(Upload { length, is_taken });
        let sent = {
            let mut answer = pin!(request.send());
            tokio::select! {
                biased;
                fed = feed(pipe, source, self.patience()) => {
                    fed?;
                    within(self.patience(), Step::Send, answer).await?
                }
                // It may refuse before everything is sent.
                early = &mut answer => early,
            }
        };
        let response = sent.map_err(|error| self.failure(&error, Step::Send, source.sent()))?;
        match response.status() {
            StatusCode::OK | StatusCode::CREATED | StatusCode::NO_CONTENT => {
                if source.sent() < length {
                    let what = "it took the file before it had all of it";
                    return Err(Failure::protocol(Step::Send, what));
                }
                let is_taken = true;
                self.upload = Some(Upload { length, is_taken });
                Ok(())
            }
            _ => Err(answer::refusal(response, Step::Send, self.timeout).await),
        }
    }

    async fn get(&mut self, path: &str, sink: &mut Incoming<'_>) -> Result<(), Failure> {
        let mut response = self.follow(path).await?;
        if response.status() != StatusCode::OK {
            return Err(answer::refusal(response, Step::Open, self.timeout).await);
        }
        match answer::content_length(response.headers()) {
            Some(bytes) => sink.announce(bytes)?,
            None if answer::is_chunked(&response) => {}
            None => {
                let what = "the end of the file cannot be told from a connection that is cut: it \
                            has neither Content-Length nor chunks";
                return Err(Failure::protocol(Step::Receive, what));
            }
        }
        loop {
            let chunk = within(self.timeout, Step::Receive, response.chunk()).await?;
            match chunk {
                Ok(Some(bytes)) => sink.take(&bytes).await?,
                Ok(None) => return Ok(()),
                Err(error) => return Err(self.failure(&error, Step::Receive, sink.bytes())),
            }
        }
    }

    /// Asks with HEAD.
    async fn find(&mut self, path: &str) -> Result<Found, Failure> {
        match (self.look(path).await?, &self.upload) {
            (Look::Seen(seen), None) => {
                let found = seen.found;
                self.before = Some(seen);
                Ok(found)
            }
            (Look::Seen(seen), Some(_)) => Ok(seen.found),
            // Who may write need not be allowed to read.
            (Look::Refused(..), Some(Upload { is_taken: true, .. })) => Ok(Found::Unknown),
            (Look::Refused(_, failure), _) => Err(failure),
        }
    }

    /// HTTP has no such request.
    async fn rename(&mut self, _from: &str, _to: &str, _replace: bool) -> Result<(), Failure> {
        let what = "a file cannot be renamed over HTTP";
        Err(Failure::protocol(Step::Rename, what))
    }

    async fn delete(&mut self, path: &str) -> Result<(), Failure> {
        let request = self.request(Method::DELETE, &self.url(path)?);
        let response = self.answer(request, Step::Open).await?;
        match response.status() {
            StatusCode::OK | StatusCode::NO_CONTENT => Ok(()),
            _ => Err(answer::refusal(response, Step::Open, self.timeout).await),
        }
    }

    /// A file that was not there before is deleted. One that was is left alone: where it is another
    /// one now that cannot be whole, it is said to be left.
    async fn take_back(&mut self, path: &str) -> bool {
        let (Some(before), Some(upload)) = (self.before.clone(), &self.upload) else {
            return false;
        };
        let length = upload.length;
        let was_nothing = before.found == Found::Nothing;
        let taking_back = async {
            let now = match self.look(path).await {
                Ok(Look::Seen(now)) => now,
                Ok(Look::Refused(..)) | Err(_) => return was_nothing,
            };
            match (before.found, now.found) {
                (_, Found::Nothing) | (Found::Unknown, _) => false,
                // Somebody else's: no half of ours is longer than the whole.
                (Found::Nothing, Found::File { bytes }) if bytes > length => false,
                (Found::Nothing, _) => self.delete(path).await.is_err(),
                (_, Found::File { bytes }) => now != before && bytes != length,
                _ => false,
            }
        };
        timeout(CLEANING, taking_back).await.unwrap_or(was_nothing)
    }

    async fn close(self) {}
}

impl Https {
    fn url(&self, path: &str) -> Result<Url, Failure> {
        format!("{}{path}", self.origin)
            .parse()
            .map_err(|error| Failure::io(Step::Open, std::io::Error::other(error)))
    }

    fn request(&self, method: Method, url: &Url) -> RequestBuilder {
        let request = self.client.request(method, url.clone());
        match &self.login {
            Some((user, password)) => {
                request.basic_auth(user, password.as_ref().map(AccountPassword::reveal))
            }
            None => request,
        }
    }

    /// The head of the answer to a request without a body.
    async fn answer(&self, request: RequestBuilder, step: Step) -> Result<Response, Failure> {
        within(self.patience(), step, request.send())
            .await?
            .map_err(|error| self.failure(&error, step, 0))
    }

    fn failure(&self, error: &reqwest::Error, step: Step, bytes: u64) -> Failure {
        trouble::failure(error, step, &self.host, self.timeout, bytes)
    }

    /// How long it may take until a request is answered, or its body moves: a connection may take
    /// as long as an answer.
    fn patience(&self) -> Duration {
        self.timeout * 2
    }

    async fn look(&self, path: &str) -> Result<Look, Failure> {
        let request = self.request(Method::HEAD, &self.url(path)?);
        let response = self.answer(request, Step::Open).await?;
        let status = response.status();
        let headers = response.headers();
        let found = match status {
            status if status.is_success() => match answer::content_length(headers) {
                Some(bytes) => Found::File { bytes },
                None => Found::FileOfUnknownSize,
            },
            StatusCode::NOT_FOUND | StatusCode::GONE => Found::Nothing,
            StatusCode::METHOD_NOT_ALLOWED | StatusCode::NOT_IMPLEMENTED => Found::Unknown,
            _ => {
                let failure = answer::refusal(response, Step::Open, self.timeout).await;
                return Ok(Look::Refused(status, failure));
            }
        };
        let validators =
            [header::ETAG, header::LAST_MODIFIED].map(|name| headers.get(name).cloned());
        Ok(Look::Seen(Seen { found, validators }))
    }

    /// What is under the name before anything is sent. This also logs in while there is no body
    /// that a server could cut off.
    async fn look_before(&self, path: &str) -> Result<Seen, Failure> {
        match self.look(path).await? {
            Look::Seen(seen) => Ok(seen),
            Look::Refused(StatusCode::UNAUTHORIZED, failure) => Err(failure),
            // Who may write need not be allowed to read.
            Look::Refused(..) => Ok(Seen {
                found: Found::Unknown,
                validators: [None, None],
            }),
        }
    }

    /// The answer to a GET, at the end of redirections within this server.
    async fn follow(&self, path: &str) -> Result<Response, Failure> {
        let mut url = self.url(path)?;
        for _ in 0..REDIRECTS {
            let request = self.request(Method::GET, &url);
            let response = self.answer(request, Step::Open).await?;
            match answer::redirection(&response) {
                Some(next) if next.origin() == url.origin() => url = next,
                _ => return Ok(response),
            }
        }
        let what = format!("it redirected {REDIRECTS} times");
        Err(Failure::protocol(Step::Open, what))
    }
}

/// Puts the file into the pipe whose other end is the body of a request. Returns early where that
/// end is gone: then the request knows why.
async fn feed(
    mut pipe: DuplexStream,
    source: &mut Outgoing<'_>,
    stalled: Duration,
) -> Result<(), Failure> {
    let mut piece = vec![0; PIECE];
    while source.sent() < source.length() {
        let missing = source.length() - source.sent();
        let wanted = usize::try_from(missing).map_or(PIECE, |missing| missing.min(PIECE));
        let count = source.fill(&mut piece[..wanted]).await?;
        if count == 0 {
            let error = std::io::Error::other("the file became shorter while it was sent");
            return Err(Failure::io(Step::Local, error));
        }
        let written = within(stalled, Step::Send, pipe.write_all(&piece[..count])).await?;
        if written.is_err() {
            break;
        }
    }
    Ok(())
}
