//! TLS of FTP connections: whom to believe, and sessions that go on in the next connection.
//!
//! FTP servers insist that a data connection resumes the session of the control connection: it is
//! how they know that both are the same client's (vsftpd's `require_ssl_reuse`). OpenSSL leaves it
//! to the caller to hand a session only to the context that it came from; the HTTPS connector of
//! `hyper-openssl` keeps both together, and nothing in it is about HTTP.

mod stream;

use std::error::Error;
use std::fmt;
use std::future::ready;
use std::io;
use std::net::IpAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use http::Uri;
use hyper_openssl::client::legacy::HttpsLayer;
use hyper_util::rt::TokioIo;
use openssl::error::ErrorStack;
use openssl::ssl::{
    self, ConnectConfiguration, SslConnector, SslConnectorBuilder, SslMethod, SslVersion,
};
use openssl::x509::store::X509StoreBuilder;
use openssl::x509::verify::{X509CheckFlags, X509VerifyFlags};
use suppaftp::tokio::AsyncTlsConnector;
use suppaftp::{FtpError, FtpResult};
use tokio::net::TcpStream;
use tower::{Layer as _, ServiceExt as _, service_fn};

use super::access::Access;
use super::error::{Failure, Problem, Step};

pub(super) use stream::Stream;

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
        Ok(Stream::new(stream))
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

#[cfg(test)]
mod tests {
    use std::pin::Pin;
    use std::time::Duration;

    use openssl::asn1::Asn1Time;
    use openssl::ec::{EcGroup, EcKey};
    use openssl::hash::MessageDigest;
    use openssl::nid::Nid;
    use openssl::pkey::{PKey, Private};
    use openssl::ssl::{Ssl, SslAcceptor, SslSessionCacheMode};
    use openssl::x509::extension::SubjectAlternativeName;
    use openssl::x509::{X509, X509Name};
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;
    use tokio_openssl::SslStream;

    use super::*;
    use crate::transfer::NobodyToAsk;

    fn access(ca_file: &Path) -> Access<'static> {
        Access {
            user: None,
            password: None,
            netrc: None,
            ca_file: Some(ca_file.to_owned()),
            known_hosts: Vec::new(),
            host_key: None,
            keys: Vec::new(),
            agent: None,
            login_name: String::new(),
            timeout: Duration::from_secs(10),
            ask: &NobodyToAsk,
        }
    }

    /// A certificate that nobody but itself vouches for, and no CA's.
    fn self_signed() -> (X509, PKey<Private>) {
        let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
        let key = PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap();
        let mut name = X509Name::builder().unwrap();
        name.append_entry_by_text("CN", "server").unwrap();
        let name = name.build();
        let mut builder = X509::builder().unwrap();
        builder.set_version(2).unwrap();
        builder.set_subject_name(&name).unwrap();
        builder.set_issuer_name(&name).unwrap();
        let [begin, end] = ["20200101000000Z", "20991231235959Z"].map(Asn1Time::from_str);
        builder.set_not_before(&begin.unwrap()).unwrap();
        builder.set_not_after(&end.unwrap()).unwrap();
        builder.set_pubkey(&key).unwrap();
        let names = SubjectAlternativeName::new()
            .dns("files.example.com")
            .ip("192.0.2.1")
            .ip("2001:db8::1")
            .build(&builder.x509v3_context(None, None))
            .unwrap();
        builder.append_extension(names).unwrap();
        builder.sign(&key, MessageDigest::sha256()).unwrap();
        (builder.build(), key)
    }

    /// A server of one version of TLS: takes connections one after another, says a byte on each, and
    /// tells whether each has gone on with a session.
    async fn server(
        version: SslVersion,
        certificate: &X509,
        key: &PKey<Private>,
    ) -> (std::net::SocketAddr, tokio::sync::mpsc::Receiver<bool>) {
        let mut builder = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls_server()).unwrap();
        builder.set_min_proto_version(Some(version)).unwrap();
        builder.set_max_proto_version(Some(version)).unwrap();
        builder.set_certificate(certificate).unwrap();
        builder.set_private_key(key).unwrap();
        builder.set_session_id_context(b"test").unwrap();
        builder.set_session_cache_mode(SslSessionCacheMode::SERVER);
        let acceptor = builder.build();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (tell, told) = tokio::sync::mpsc::channel(10);
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let ssl = Ssl::new(acceptor.context()).unwrap();
                let mut stream = SslStream::new(ssl, stream).unwrap();
                if Pin::new(&mut stream).accept().await.is_ok() {
                    stream.write_all(b"!").await.unwrap();
                    tell.send(stream.ssl().session_reused()).await.unwrap();
                    let _ = stream.read(&mut [0]).await;
                }
            }
        });
        (address, told)
    }

    /// A believer of the certificate alone, who is looking for `host`.
    fn client(certificate: &X509, host: &str) -> Tls {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("ca.pem");
        std::fs::write(&path, certificate.to_pem().unwrap()).unwrap();
        Tls::new(host, &access(&path)).unwrap()
    }

    async fn connect(tls: &Tls, address: std::net::SocketAddr) -> FtpResult<()> {
        let stream = TcpStream::connect(address).await.unwrap();
        let mut stream = AsyncTlsConnector::connect(tls, "", stream).await?;
        // Tickets come before the first byte.
        stream.read_exact(&mut [0]).await.unwrap();
        // OpenSSL drops the session of a connection that ends without a goodbye.
        stream.shutdown().await.unwrap();
        Ok(())
    }

    #[tokio::test]
    async fn a_session_goes_on_in_the_next_connection() {
        let (certificate, key) = self_signed();
        for version in [SslVersion::TLS1_2, SslVersion::TLS1_3] {
            let (address, mut resumed) = server(version, &certificate, &key).await;
            let tls = client(&certificate, "files.example.com");
            for expected in [false, true, true, true] {
                connect(&tls, address).await.unwrap();
                assert_eq!(resumed.recv().await, Some(expected), "{version:?}");
            }
            assert_eq!(tls.handshake(), Handshake::Over);
            // Another client has nothing to go on with.
            let other = client(&certificate, "files.example.com");
            connect(&other, address).await.unwrap();
            assert_eq!(resumed.recv().await, Some(false));
        }
    }

    #[tokio::test]
    async fn a_server_is_whom_its_certificate_names() {
        let (certificate, key) = self_signed();
        let (address, _resumed) = server(SslVersion::TLS1_3, &certificate, &key).await;
        for (host, mistake) in [
            ("files.example.com", None),
            ("192.0.2.1", None),
            ("2001:db8::1", None),
            ("example.com", Some("hostname mismatch")),
            ("192.0.2.2", Some("IP address mismatch")),
            ("2001:db8::2", Some("IP address mismatch")),
        ] {
            let outcome = connect(&client(&certificate, host), address).await;
            let said = outcome.err().map(|error| error.to_string());
            let expected =
                mistake.map(|words| format!("Secure error: the server's certificate: {words}"));
            assert_eq!(said, expected, "{host}");
        }
    }

    #[tokio::test]
    async fn an_old_version_of_tls_is_none() {
        let (certificate, key) = self_signed();
        let (address, _resumed) = server(SslVersion::TLS1_1, &certificate, &key).await;
        let tls = client(&certificate, "files.example.com");
        let error = connect(&tls, address).await.unwrap_err().to_string();
        assert!(error.contains("protocol version"), "{error}");
    }
}
