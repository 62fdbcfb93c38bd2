//! TLS of FTP connections: whom to believe, and sessions that go on in the next connection.
//!
//! FTP servers insist that a data connection resumes the session of the control connection: it is
//! how they know that both are the same client's (vsftpd's `require_ssl_reuse`). OpenSSL leaves it
//! to the caller to hand a session only to the context that it came from; the HTTPS connector of
//! `hyper-openssl` keeps both together, and nothing in it is about HTTP.

use std::error::Error;
use std::fmt;
use std::future::ready;
use std::io;
use std::net::IpAddr;
use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use async_trait::async_trait;
use http::Uri;
use hyper_openssl::client::legacy::{HttpsLayer, MaybeHttpsStream};
use hyper_util::rt::TokioIo;
use openssl::error::ErrorStack;
use openssl::ssl::{
    self, ConnectConfiguration, SslConnector, SslConnectorBuilder, SslMethod, SslVersion,
};
use openssl::x509::store::X509StoreBuilder;
use openssl::x509::verify::{X509CheckFlags, X509VerifyFlags};
use suppaftp::tokio::{AsyncTlsConnector, TokioTlsStream};
use suppaftp::{FtpError, FtpResult};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tower::{Layer as _, ServiceExt as _, service_fn};

use super::access::Access;
use super::error::{Failure, Problem, Step};

/// What all connections to one server have in common. A clone shares its sessions.
#[derive(Clone)]
pub(super) struct Tls {
    layer: Arc<HttpsLayer>,
    handshake: Arc<Mutex<Handshake>>,
}

/// How far the newest connection's handshake has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Handshake {
    /// There has been none.
    NotBegun,
    /// The server is waited for; or it was, and nobody waits any more.
    Running,
    /// It has an end, good or bad.
    Over,
}

impl Tls {
    /// TLS 1.2 and up, with a server whose certificate is for `host` and comes from the CAs of
    /// `access`, else from the system's.
    pub(super) fn new(host: &str, access: &Access<'_>) -> Result<Self, Failure> {
        let mut builder =
            SslConnector::builder(SslMethod::tls_client()).map_err(|error| unusable(&error))?;
        builder
            .set_min_proto_version(Some(SslVersion::TLS1_2))
            .map_err(|error| unusable(&error))?;
        match &access.ca_file {
            Some(path) => believe_only(&mut builder, path)?,
            None => believe_the_system(&mut builder),
        }
        let mut layer = HttpsLayer::with_connector(builder).map_err(|error| unusable(&error))?;
        let host = host.to_owned();
        layer.set_callback(move |connection, _| expect_host(connection, &host));
        Ok(Self {
            layer: Arc::new(layer),
            handshake: Arc::new(Mutex::new(Handshake::NotBegun)),
        })
    }

    /// How far the newest connection's handshake has come.
    pub(super) fn handshake(&self) -> Handshake {
        *self
            .handshake
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn is_at(&self, handshake: Handshake) {
        *self
            .handshake
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = handshake;
    }

    async fn shake_hands(&self, stream: TcpStream) -> Result<Stream, Box<dyn Error + Send + Sync>> {
        let mut stream = Some(TokioIo::new(stream));
        let handed = service_fn(move |_: Uri| {
            ready(
                stream
                    .take()
                    .ok_or(io::Error::from(io::ErrorKind::NotConnected)),
            )
        });
        // It names the sessions, and nothing else: there is one server.
        let server = Uri::from_static("https://server");
        let stream = self.layer.layer(handed).oneshot(server).await?;
        Ok(Stream {
            inside: TokioIo::new(stream),
            is_broken: false,
        })
    }
}

/// The file's certificates alone are believed, whether they are of CAs or of servers.
fn believe_only(builder: &mut SslConnectorBuilder, path: &Path) -> Result<(), Failure> {
    builder.set_cert_store(
        X509StoreBuilder::new()
            .map_err(|error| unusable(&error))?
            .build(),
    );
    builder
        .verify_param_mut()
        .set_flags(X509VerifyFlags::PARTIAL_CHAIN)
        .map_err(|error| unusable(&error))?;
    builder.set_ca_file(path).map_err(|error| {
        Failure::new(
            Step::Tls,
            Problem::Credentials {
                path: path.display().to_string(),
                reason: reasons(&error),
            },
        )
    })
}

/// An OpenSSL of our own does not know where this system keeps its CAs.
fn believe_the_system(builder: &mut SslConnectorBuilder) {
    let found = openssl_probe::probe();
    for path in found.cert_file.iter().chain(&found.cert_dir) {
        // What cannot be read vouches for nobody, and the handshake will say so.
        let _ = if path.is_dir() {
            builder.load_verify_locations(None, Some(path))
        } else {
            builder.load_verify_locations(Some(path), None)
        };
    }
}

/// RFC 6125; an address has to be in the certificate as an address.
fn expect_host(connection: &mut ConnectConfiguration, host: &str) -> Result<(), ErrorStack> {
    // Both would go by the name in the URI.
    connection.set_use_server_name_indication(false);
    connection.set_verify_hostname(false);
    let address = host.parse::<IpAddr>();
    if address.is_err() {
        connection.set_hostname(host)?;
    }
    let expected = connection.param_mut();
    expected.set_hostflags(X509CheckFlags::NO_PARTIAL_WILDCARDS);
    match address {
        Ok(address) => expected.set_ip(address),
        Err(_) => expected.set_host(host),
    }
}

#[async_trait]
impl AsyncTlsConnector for Tls {
    type Stream = Stream;

    async fn connect(&self, _domain: &str, stream: TcpStream) -> FtpResult<Stream> {
        self.is_at(Handshake::Running);
        let handshake = self.shake_hands(stream).await;
        self.is_at(Handshake::Over);
        handshake.map_err(|error| FtpError::SecureError(reason(error.as_ref())))
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Tls(…)")
    }
}

fn unusable(error: &ErrorStack) -> Failure {
    let reason = reasons(error);
    Failure::new(Step::Tls, Problem::Tls { reason })
}

/// Why a handshake failed: what is wrong with the certificate, else what OpenSSL says.
fn reason(error: &(dyn Error + 'static)) -> String {
    let Some(source) = error
        .source()
        .and_then(|source| source.downcast_ref::<ssl::Error>())
    else {
        return error.to_string();
    };
    // The connector puts what is wrong with the certificate behind OpenSSL's own words.
    let whole = error.to_string();
    let verdict = whole
        .strip_prefix(&source.to_string())
        .and_then(|rest| rest.strip_prefix(": "));
    match (verdict, source.ssl_error(), source.io_error()) {
        (Some(verdict), ..) => format!("the server's certificate: {verdict}"),
        (None, Some(stack), _) => reasons(stack),
        (None, None, Some(error)) => error.to_string(),
        (None, None, None) => "the connection ended".to_owned(),
    }
}

/// OpenSSL's words without the names of its functions and files.
fn reasons(stack: &ErrorStack) -> String {
    let reasons: Vec<&str> = stack
        .errors()
        .iter()
        .filter_map(openssl::error::Error::reason)
        .collect();
    if reasons.is_empty() {
        return stack.to_string();
    }
    reasons.join(", ")
}

/// A connection inside TLS.
pub(super) struct Stream {
    inside: Inside,
    /// Whether it takes no more bytes.
    is_broken: bool,
}

type Inside = TokioIo<MaybeHttpsStream<TokioIo<TcpStream>>>;

impl TokioTlsStream for Stream {
    type InnerStream = Inside;

    fn tcp_stream(self) -> FtpResult<TcpStream> {
        // It would go on in clear text (`CCC`), which nobody here asks for.
        Err(FtpError::SecureError(
            "TLS does not end before the connection".to_owned(),
        ))
    }

    fn get_ref(&self) -> &TcpStream {
        match self.inside.inner() {
            MaybeHttpsStream::Http(stream) => stream.inner(),
            MaybeHttpsStream::Https(stream) => stream.get_ref().inner(),
        }
    }

    fn mut_ref(&mut self) -> &mut Self::InnerStream {
        &mut self.inside
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Stream({:?})", self.get_ref())
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inside).poll_read(context, buffer)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.inside).poll_write(context, bytes);
        self.is_broken |= matches!(outcome, Poll::Ready(Err(_)));
        outcome
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inside).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        // OpenSSL has nobody to say goodbye to. The server says the reason on another connection,
        // which this failure would hide.
        if self.is_broken {
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.inside).poll_shutdown(context)
    }
}
