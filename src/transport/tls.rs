//! How both ends of TLS are set up.

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, PoisonError, RwLock};

use openssl::error::ErrorStack;
use openssl::ssl::{
    Ssl, SslContext, SslContextBuilder, SslMethod, SslMode, SslOptions, SslSessionCacheMode,
    SslVerifyMode, SslVersion,
};
use openssl::x509::verify::X509VerifyFlags;
use openssl::x509::{X509, X509VerifyResult};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_openssl::SslStream;

use super::{Connection, TransportError};
use crate::model::{Certificate, TlsVersion};
use crate::pki::Issuer;

/// A stream inside TLS.
pub type TlsStream<S> = SslStream<S>;

/// Of which generation a phone is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsProfile {
    /// TLS 1.2 and later: 7800 and 8800 series, softphones. P
    Modern,
    /// What 7900-series firmware and CIPC offer: TLS 1.0 alone, RSA key exchange, AES-CBC. P
    Legacy,
}

/// The key exchanges and ciphers up to TLS 1.2, best first: ECDHE with AEAD, and at the end the RSA
/// key exchange with AES-CBC that the oldest phones are limited to (P).
const CIPHERS: &str = "ECDHE+AESGCM:ECDHE+CHACHA20:ECDHE+AES:\
                       AES128-GCM-SHA256:AES256-GCM-SHA384:AES128-SHA256:AES256-SHA256:\
                       AES128-SHA:AES256-SHA:!aNULL:!PSK:!SRP";

/// What 7900-series firmware (the first) and CIPC (the second) offer. P
const LEGACY_CLIENT_CIPHERS: &str = "AES128-SHA:AES256-SHA";

/// The server's end of TLS. A clone shares its settings, and shows another certificate when this one
/// is told to.
#[derive(Clone)]
pub struct ServerTls {
    minimum: TlsVersion,
    context: Arc<RwLock<SslContext>>,
}

impl ServerTls {
    /// A server that shows the CAPF certificate, with the CAs between it and its root, and asks the
    /// phone for none. It speaks the best version and cipher that the phone knows, and none below
    /// `minimum`.
    pub fn new(issuer: &Issuer, minimum: TlsVersion) -> Result<Self, TransportError> {
        Ok(Self {
            minimum,
            context: Arc::new(RwLock::new(server_context(issuer, minimum)?)),
        })
    }

    /// From now on it shows the certificate of this CAPF. Connections that are open stay so.
    pub fn show(&self, issuer: &Issuer) -> Result<(), TransportError> {
        let context = server_context(issuer, self.minimum)?;
        *self.context.write().unwrap_or_else(PoisonError::into_inner) = context;
        Ok(())
    }

    fn handshake(&self) -> Result<Ssl, ErrorStack> {
        Ssl::new(&self.context.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Shakes hands with a phone. It waits as long as the phone lets it: the caller sets the limit.
    pub async fn accept<S>(&self, stream: S) -> Result<Connection<TlsStream<S>>, TransportError>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let mut stream = SslStream::new(self.handshake()?, stream)?;
        Pin::new(&mut stream)
            .accept()
            .await
            .map_err(|source| TransportError::Handshake { source })?;
        Ok(Connection::new(stream))
    }
}

impl fmt::Debug for ServerTls {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ServerTls(…)")
    }
}

fn server_context(issuer: &Issuer, minimum: TlsVersion) -> Result<SslContext, TransportError> {
    let mut builder = builder(SslMethod::tls_server(), minimum)?;
    builder.set_options(SslOptions::CIPHER_SERVER_PREFERENCE);
    builder.set_cipher_list(CIPHERS)?;
    builder.set_certificate(&*x509(issuer.certificate())?)?;
    // The root is left out: whoever does not have it would not believe this one (RFC 8446, section
    // 4.4.2). That a phone takes more than the certificate that its CTL file names is unproven on
    // hardware.
    let between = issuer.chain().split_last().map_or(&[][..], |(_, cas)| cas);
    for ca in between {
        builder.add_extra_chain_cert(x509(ca)?)?;
    }
    builder.set_private_key(issuer.private_key())?;
    builder.check_private_key()?;
    Ok(builder.build())
}

/// Which server a phone believes.
#[derive(Clone, Debug)]
pub enum ServerTrust {
    /// Any: to look at a server, never to enrol.
    Any,
    /// The one that shows this certificate, as a phone that compares it with its CTL file; or one
    /// whose certificate this one issued. Neither its names nor its validity count (D): the file
    /// names certificates, not hosts, and phones without a clock that runs must enrol too.
    Certificate(Certificate),
}

/// The phone's end of TLS. A clone shares its settings.
#[derive(Clone)]
pub struct ClientTls(SslContext);

impl ClientTls {
    /// A phone of a generation, and the server that it believes.
    pub fn new(trust: ServerTrust, profile: TlsProfile) -> Result<Self, TransportError> {
        let mut builder = match profile {
            TlsProfile::Modern => {
                let mut builder = builder(SslMethod::tls_client(), TlsVersion::Tls12)?;
                builder.set_cipher_list(CIPHERS)?;
                builder
            }
            TlsProfile::Legacy => {
                let mut builder = builder(SslMethod::tls_client(), TlsVersion::Tls10)?;
                builder.set_max_proto_version(Some(SslVersion::TLS1))?;
                builder.set_cipher_list(LEGACY_CLIENT_CIPHERS)?;
                builder
            }
        };
        match trust {
            ServerTrust::Any => builder.set_verify(SslVerifyMode::NONE),
            ServerTrust::Certificate(certificate) => {
                builder.set_verify(SslVerifyMode::PEER);
                let store = builder.cert_store_mut();
                store.add_cert(x509(&certificate)?)?;
                // A partial chain ends at a certificate that is trusted, self-signed or not.
                store.set_flags(X509VerifyFlags::PARTIAL_CHAIN | X509VerifyFlags::NO_CHECK_TIME)?;
            }
        }
        Ok(Self(builder.build()))
    }

    /// Shakes hands with a server. It waits as long as the server lets it.
    pub async fn connect<S>(&self, stream: S) -> Result<Connection<TlsStream<S>>, TransportError>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let mut stream = SslStream::new(Ssl::new(&self.0)?, stream)?;
        let shaken = Pin::new(&mut stream).connect().await;
        let verified = stream.ssl().verify_result();
        match shaken {
            Ok(()) => Ok(Connection::new(stream)),
            Err(_) if verified != X509VerifyResult::OK => Err(TransportError::Untrusted {
                reason: verified.error_string(),
            }),
            Err(source) => Err(TransportError::Handshake { source }),
        }
    }
}

impl fmt::Debug for ClientTls {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ClientTls(…)")
    }
}

/// What two ends agreed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Negotiated {
    /// The version, as OpenSSL writes it: `TLSv1`, `TLSv1.2`, `TLSv1.3`.
    pub version: &'static str,
    /// The cipher suite by its OpenSSL name: `AES128-SHA`.
    pub cipher: &'static str,
    /// The certificate that the peer showed. A phone shows none.
    pub peer: Option<Certificate>,
}

impl<S> Connection<TlsStream<S>> {
    /// What the handshake came to.
    pub fn negotiated(&self) -> Negotiated {
        let ssl = self.stream().ssl();
        Negotiated {
            version: ssl.version_str(),
            cipher: ssl.current_cipher().map_or("none", |cipher| cipher.name()),
            peer: ssl
                .peer_certificate()
                .and_then(|certificate| certificate.to_der().ok())
                .and_then(|der| Certificate::from_der(&der).ok()),
        }
    }
}

/// What both ends have in common.
fn builder(method: SslMethod, minimum: TlsVersion) -> Result<SslContextBuilder, ErrorStack> {
    let mut builder = SslContext::builder(method)?;
    builder.set_min_proto_version(Some(match minimum {
        TlsVersion::Tls10 => SslVersion::TLS1,
        TlsVersion::Tls11 => SslVersion::TLS1_1,
        TlsVersion::Tls12 => SslVersion::TLS1_2,
        TlsVersion::Tls13 => SslVersion::TLS1_3,
    }))?;
    if minimum < TlsVersion::Tls12 {
        // What is below TLS 1.2 rests on SHA-1 and MD5, and is refused at every level above.
        builder.set_security_level(0);
    }
    builder.set_options(
        SslOptions::NO_COMPRESSION
            | SslOptions::NO_RENEGOTIATION
            | SslOptions::NO_TICKET
            // With CBC under TLS 1.0 OpenSSL sends an empty record in front of each message, and
            // phones stall at the second record (P). What it guards against, an attacker who
            // chooses what is encrypted, CAPF does not have.
            | SslOptions::DONT_INSERT_EMPTY_FRAGMENTS
            // Phones hang up without a close_notify. A cut can hide nothing, because each message
            // says where it ends.
            | SslOptions::IGNORE_UNEXPECTED_EOF,
    );
    // Phones do not resume sessions, and thousands of held ones must be small.
    builder.set_num_tickets(0)?;
    builder.set_session_cache_mode(SslSessionCacheMode::OFF);
    builder.set_mode(SslMode::RELEASE_BUFFERS | SslMode::AUTO_RETRY);
    Ok(builder)
}

fn x509(certificate: &Certificate) -> Result<X509, ErrorStack> {
    X509::from_der(certificate.der())
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{LazyLock, Mutex};
    use std::task::{Context, Poll};

    use jiff::Timestamp;
    use openssl::hash::MessageDigest;
    use openssl::pkey::PKey;
    use openssl::rsa::Rsa;
    use openssl::x509::X509Name;
    use openssl::x509::extension::{BasicConstraints, KeyUsage};
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, ReadBuf, duplex};
    use tokio::net::{TcpListener, TcpStream};

    use super::*;
    use crate::pki::{IssuerKey, IssuerName};
    use crate::transport::ReceiveError;
    use crate::wire::{CertificateItem, Command, Element, Message, SessionId};

    use TlsProfile::{Legacy, Modern};
    use TlsVersion::{Tls10, Tls11, Tls12, Tls13};

    fn new_issuer() -> Issuer {
        // Expired in 2011: a certificate's validity plays no part.
        let then: Timestamp = "1991-01-01T00:00:00Z".parse().unwrap();
        Issuer::create(&IssuerName::default(), then).unwrap()
    }

    fn issuer() -> Issuer {
        static ISSUER: LazyLock<Issuer> = LazyLock::new(new_issuer);
        ISSUER.clone()
    }

    /// A CAPF certificate that `root` issued, as a company's CA does.
    fn issued_by(root: &Issuer) -> Issuer {
        let key = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
        let mut name = X509Name::builder().unwrap();
        name.append_entry_by_text("CN", "CAPF").unwrap();
        let root_certificate = x509(root.certificate()).unwrap();
        let mut builder = X509::builder().unwrap();
        builder.set_version(2).unwrap();
        builder.set_subject_name(&name.build()).unwrap();
        builder
            .set_issuer_name(root_certificate.subject_name())
            .unwrap();
        builder.set_pubkey(&key).unwrap();
        builder
            .set_not_before(root_certificate.not_before())
            .unwrap();
        builder.set_not_after(root_certificate.not_after()).unwrap();
        for extension in [
            BasicConstraints::new().critical().ca().build().unwrap(),
            KeyUsage::new()
                .digital_signature()
                .key_cert_sign()
                .build()
                .unwrap(),
        ] {
            builder.append_extension(extension).unwrap();
        }
        builder
            .sign(root.private_key(), MessageDigest::sha256())
            .unwrap();
        Issuer::new(
            Certificate::from_der(&builder.build().to_der().unwrap()).unwrap(),
            vec![root.certificate().clone()],
            IssuerKey::from_pem(&key.private_key_to_pem_pkcs8().unwrap(), None).unwrap(),
        )
        .unwrap()
    }

    fn trusting(issuer: &Issuer) -> ServerTrust {
        ServerTrust::Certificate(issuer.certificate().clone())
    }

    fn message() -> Message {
        Message::new(Command::STORE_CERTIFICATE_REQUEST, SessionId(7))
            .with(Element::Certificate(CertificateItem::new(vec![0x30; 1500])))
    }

    type Ends<S, C> = (
        Result<Connection<TlsStream<S>>, TransportError>,
        Result<Connection<TlsStream<C>>, TransportError>,
    );

    async fn shake(server: &ServerTls, client: &ClientTls) -> Ends<DuplexStream, DuplexStream> {
        let (near, far) = duplex(64 * 1024);
        tokio::join!(server.accept(near), client.connect(far))
    }

    #[tokio::test]
    async fn both_generations_are_spoken_with_over_real_sockets() {
        let issuer = issuer();
        for (server, client, version, cipher) in [
            (Tls12, Modern, "TLSv1.3", "TLS_AES_256_GCM_SHA384"),
            (Tls13, Modern, "TLSv1.3", "TLS_AES_256_GCM_SHA384"),
            (Tls10, Modern, "TLSv1.3", "TLS_AES_256_GCM_SHA384"),
            (Tls10, Legacy, "TLSv1", "AES128-SHA"),
        ] {
            let server = ServerTls::new(&issuer, server).unwrap();
            let client = ClientTls::new(trusting(&issuer), client).unwrap();
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let stream = TcpStream::connect(listener.local_addr().unwrap())
                .await
                .unwrap();
            let (accepted, _) = listener.accept().await.unwrap();
            let (server, client) = tokio::join!(server.accept(accepted), client.connect(stream));
            let (mut server, mut client) = (server.unwrap(), client.unwrap());

            server.send(&message()).await.unwrap();
            assert_eq!(client.receive().await.unwrap(), message());
            client.send(&message()).await.unwrap();
            assert_eq!(server.receive().await.unwrap(), message());

            let negotiated = client.negotiated();
            assert_eq!((negotiated.version, negotiated.cipher), (version, cipher));
            assert_eq!(negotiated.peer.as_ref(), Some(issuer.certificate()));
            assert_eq!(server.negotiated().peer, None);

            server.close().await;
            assert!(matches!(client.receive().await, Err(ReceiveError::Closed)));
        }
    }

    #[tokio::test]
    async fn a_phone_that_knows_no_version_as_high_as_the_minimum_is_refused() {
        let issuer = issuer();
        for minimum in [Tls11, Tls12, Tls13] {
            let server = ServerTls::new(&issuer, minimum).unwrap();
            let client = ClientTls::new(ServerTrust::Any, Legacy).unwrap();
            let (server, client) = shake(&server, &client).await;
            assert!(matches!(server, Err(TransportError::Handshake { .. })));
            assert!(matches!(client, Err(TransportError::Handshake { .. })));
        }
    }

    #[tokio::test]
    async fn a_tls_1_2_client_gets_ecdhe_and_without_it_rsa_key_exchange() {
        let issuer = issuer();
        let preferring = "AES128-SHA:ECDHE-RSA-AES128-SHA:ECDHE-RSA-AES128-GCM-SHA256";
        for (minimum, offered, chosen) in [
            (Tls12, preferring, "ECDHE-RSA-AES128-GCM-SHA256"),
            (Tls10, preferring, "ECDHE-RSA-AES128-GCM-SHA256"),
            (Tls12, "AES256-SHA", "AES256-SHA"),
        ] {
            let server = ServerTls::new(&issuer, minimum).unwrap();
            let mut builder = builder(SslMethod::tls_client(), Tls12).unwrap();
            builder
                .set_max_proto_version(Some(SslVersion::TLS1_2))
                .unwrap();
            builder.set_cipher_list(offered).unwrap();
            let (server, client) = shake(&server, &ClientTls(builder.build())).await;
            assert!(client.is_ok());
            let negotiated = server.unwrap().negotiated();
            assert_eq!((negotiated.version, negotiated.cipher), ("TLSv1.2", chosen));
        }
    }

    #[tokio::test]
    async fn a_server_with_another_certificate_is_not_believed() {
        let (ours, other) = (issuer(), new_issuer());
        let server = ServerTls::new(&ours, Tls10).unwrap();
        for profile in [Modern, Legacy] {
            let client = ClientTls::new(trusting(&other), profile).unwrap();
            let (_, client) = shake(&server, &client).await;
            assert!(matches!(client, Err(TransportError::Untrusted { .. })));
            let client = ClientTls::new(ServerTrust::Any, profile).unwrap();
            let (_, client) = shake(&server, &client).await;
            let shown = client.unwrap().negotiated().peer.unwrap();
            assert_eq!(&shown, ours.certificate());
        }
    }

    #[tokio::test]
    async fn a_server_is_believed_whose_certificate_the_trusted_one_issued() {
        let root = issuer();
        let issued = issued_by(&root);
        let server = ServerTls::new(&issued, Tls12).unwrap();
        for trusted in [&root, &issued] {
            let client = ClientTls::new(trusting(trusted), Modern).unwrap();
            let (_, client) = shake(&server, &client).await;
            let shown = client.unwrap().negotiated().peer;
            assert_eq!(shown.as_ref(), Some(issued.certificate()));
        }
    }

    #[tokio::test]
    async fn a_message_is_one_write_and_one_record_in_every_version() {
        let issuer = issuer();
        let server = ServerTls::new(&issuer, Tls10).unwrap();
        for profile in [Modern, Legacy] {
            let client = ClientTls::new(ServerTrust::Any, profile).unwrap();
            let (near, far) = duplex(64 * 1024);
            let writes = Arc::default();
            let near = RecordsWrites {
                stream: near,
                writes: Arc::clone(&writes),
            };
            let (server, client) = tokio::join!(server.accept(near), client.connect(far));
            let (mut server, mut client) = (server.unwrap(), client.unwrap());
            for _ in 0..3 {
                writes.lock().unwrap().clear();
                server.send(&message()).await.unwrap();
                client.receive().await.unwrap();
                let writes = writes.lock().unwrap();
                assert_eq!(writes.len(), 1, "{profile:?}");
                assert_eq!(record_types(&writes[0]), [APPLICATION_DATA], "{profile:?}");
            }
        }
    }

    #[tokio::test]
    async fn nothing_is_sent_for_a_later_session() {
        let issuer = issuer();
        let server = ServerTls::new(&issuer, Tls12).unwrap();
        let client = ClientTls::new(ServerTrust::Any, Modern).unwrap();
        let (server, client) = shake(&server, &client).await;
        let (mut server, mut client) = (server.unwrap(), client.unwrap());
        server.send(&message()).await.unwrap();
        client.receive().await.unwrap();
        let session = client.stream().ssl().session().unwrap();
        assert!(session.id().is_empty());
    }

    #[tokio::test]
    async fn a_peer_that_hangs_up_without_a_close_notify_is_told_from_a_cut_message() {
        let issuer = issuer();
        let server = ServerTls::new(&issuer, Tls10).unwrap();
        let bytes = message().encode().unwrap();
        for profile in [Modern, Legacy] {
            for end in [0, 3, 8, 600] {
                let client = ClientTls::new(ServerTrust::Any, profile).unwrap();
                let (server, client) = shake(&server, &client).await;
                let (mut server, mut client) = (server.unwrap(), client.unwrap());
                client.stream_mut().write_all(&bytes[..end]).await.unwrap();
                drop(client);
                match server.receive().await.unwrap_err() {
                    ReceiveError::Closed => assert_eq!(end, 0),
                    ReceiveError::Truncated { received } => assert_eq!(received, end),
                    error => panic!("cut at {end}: {error}"),
                }
            }
        }
    }

    #[tokio::test]
    async fn what_is_no_tls_is_refused() {
        let server = ServerTls::new(&issuer(), Tls10).unwrap();
        let (near, mut far) = duplex(1024);
        let (accepted, ()) = tokio::join!(server.accept(near), async {
            far.write_all(b"GET / HTTP/1.0\r\n\r\n").await.unwrap();
            let _ = far.read(&mut [0; 64]).await;
        });
        assert!(matches!(accepted, Err(TransportError::Handshake { .. })));
    }

    #[tokio::test]
    async fn a_receive_inside_tls_can_be_dropped() {
        let issuer = issuer();
        let server = ServerTls::new(&issuer, Tls12).unwrap();
        let client = ClientTls::new(trusting(&issuer), Modern).unwrap();
        let (server, client) = shake(&server, &client).await;
        let (mut server, mut client) = (server.unwrap(), client.unwrap());
        for piece in message().encode().unwrap().chunks(97) {
            tokio::select! {
                biased;
                _ = client.receive() => panic!("no whole message came"),
                () = std::future::ready(()) => {}
            }
            server.stream_mut().write_all(piece).await.unwrap();
        }
        assert_eq!(client.receive().await.unwrap(), message());
    }

    const APPLICATION_DATA: u8 = 23;

    /// The types of the TLS records that `bytes` are (RFC 5246, section 6.2.1).
    fn record_types(mut bytes: &[u8]) -> Vec<u8> {
        let mut types = Vec::new();
        while let [kind, _, _, high, low, rest @ ..] = bytes {
            types.push(*kind);
            bytes = &rest[usize::from(u16::from_be_bytes([*high, *low]))..];
        }
        types
    }

    struct RecordsWrites {
        stream: DuplexStream,
        writes: Arc<Mutex<Vec<Vec<u8>>>>,
    }

    impl AsyncRead for RecordsWrites {
        fn poll_read(
            mut self: Pin<&mut Self>,
            context: &mut Context<'_>,
            buffer: &mut ReadBuf<'_>,
        ) -> Poll<io::Result<()>> {
            Pin::new(&mut self.stream).poll_read(context, buffer)
        }
    }

    impl AsyncWrite for RecordsWrites {
        fn poll_write(
            mut self: Pin<&mut Self>,
            context: &mut Context<'_>,
            bytes: &[u8],
        ) -> Poll<io::Result<usize>> {
            self.writes.lock().unwrap().push(bytes.to_vec());
            Pin::new(&mut self.stream).poll_write(context, bytes)
        }

        fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
            Pin::new(&mut self.stream).poll_flush(context)
        }

        fn poll_shutdown(
            mut self: Pin<&mut Self>,
            context: &mut Context<'_>,
        ) -> Poll<io::Result<()>> {
            Pin::new(&mut self.stream).poll_shutdown(context)
        }
    }
}
