//! A phone that the test moves message by message.

#![allow(dead_code, reason = "no test binary needs all of it")]

use std::net::SocketAddr;

use capf::model::Certificate;
use capf::secret::Password;
use capf::transport::{
    ClientTls, Connection, ReceiveError, ServerTrust, TlsProfile, TlsStream, TransportError,
};
use capf::wire::{Command, Element, Message, Reason, SessionId};
use openssl::ec::{EcGroup, EcKey};
use openssl::nid::Nid;
use openssl::pkey::PKey;
use tokio::net::TcpStream;

pub(crate) struct Caller {
    connection: Connection<TlsStream<TcpStream>>,
    session: SessionId,
}

impl Caller {
    /// Connects, checks the server's certificate as a phone does, and takes the first request.
    pub(crate) async fn connect(
        address: SocketAddr,
        authority: &Certificate,
    ) -> Result<Self, TransportError> {
        Self::connect_with(&Self::tls(authority)?, address).await
    }

    /// TLS as this phone speaks it, for phones that call again and again.
    pub(crate) fn tls(authority: &Certificate) -> Result<ClientTls, TransportError> {
        let trust = ServerTrust::Certificate(authority.clone());
        ClientTls::new(trust, TlsProfile::Modern)
    }

    /// Connects as [`connect`](Self::connect) does, over TLS that was set up before.
    pub(crate) async fn connect_with(
        tls: &ClientTls,
        address: SocketAddr,
    ) -> Result<Self, TransportError> {
        Self::begin(tls, TcpStream::connect(address).await.unwrap()).await
    }

    /// The same over a connection that is there.
    pub(crate) async fn connect_over(
        stream: TcpStream,
        authority: &Certificate,
    ) -> Result<Self, TransportError> {
        Self::begin(&Self::tls(authority)?, stream).await
    }

    async fn begin(tls: &ClientTls, stream: TcpStream) -> Result<Self, TransportError> {
        let mut connection = tls.connect(stream).await?;
        let request = connection.receive().await.unwrap();
        assert_eq!(request.command, Command::AUTH_REQUEST);
        Ok(Self {
            connection,
            session: request.session_id,
        })
    }

    /// The number that the server gave the session.
    pub(crate) fn session(&self) -> SessionId {
        self.session
    }

    /// Says its name, and takes what it is asked.
    pub(crate) async fn introduce(&mut self, name: &str) -> Message {
        self.give_name(name).await;
        self.hear().await
    }

    /// Says its name.
    pub(crate) async fn give_name(&mut self, name: &str) {
        self.say(
            Command::AUTH_RESPONSE,
            vec![
                Element::Reason(Reason::SUCCESS),
                Element::Version(3),
                Element::DeviceName(name.to_owned()),
            ],
        )
        .await;
    }

    /// Says its name, and what its user entered; hears the answer.
    pub(crate) async fn introduce_with_string(&mut self, name: &str, digits: &str) -> Message {
        let password = Password::new(digits.as_bytes());
        let elements = vec![
            Element::Reason(Reason::SUCCESS),
            Element::Version(3),
            Element::Password(password),
            Element::DeviceName(name.to_owned()),
        ];
        self.say(Command::AUTH_RESPONSE, elements).await;
        self.hear().await
    }

    /// Goes through an installation as far as it comes, and gives the certificate where it was told
    /// success.
    pub(crate) async fn tries_to_enrol(&mut self, name: &str) -> Option<Vec<u8>> {
        self.give_name(name).await;
        if self.hear_if_any().await?.command != Command::KEY_GENERATE_REQUEST {
            return None;
        }
        let key = vec![Element::PublicKey(Self::public_key())];
        self.try_to_say(Command::KEY_GENERATE_RESPONSE, key).await?;
        let certificate = self.hear_if_any().await?.certificate()?.to_vec();
        let stored = vec![Element::Reason(Reason::SUCCESS)];
        self.try_to_say(Command::STORE_CERTIFICATE_RESPONSE, stored)
            .await?;
        let end = self.hear_if_any().await?;
        (end.reason() == Some(Reason::SUCCESS)).then_some(certificate)
    }

    /// Says it to a server that may be gone.
    async fn try_to_say(&mut self, command: Command, elements: Vec<Element>) -> Option<()> {
        let message = Message {
            command,
            session_id: self.session,
            elements,
        };
        self.connection.send(&message).await.ok()
    }

    /// A new P-256 key, as it is sent.
    pub(crate) fn public_key() -> Vec<u8> {
        let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
        let key = PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap();
        key.public_key_to_der().unwrap()
    }

    /// Sends a new key, and returns it.
    pub(crate) async fn give_key(&mut self) -> Vec<u8> {
        let key = Self::public_key();
        self.say(
            Command::KEY_GENERATE_RESPONSE,
            vec![Element::PublicKey(key.clone())],
        )
        .await;
        key
    }

    /// Makes its key, takes the certificate for it, stores it, and is told success.
    pub(crate) async fn enrol(&mut self) {
        self.give_key().await;
        let request = self.hear().await;
        assert_eq!(request.command, Command::STORE_CERTIFICATE_REQUEST);
        self.stores().await;
    }

    /// Stores the certificate that it was sent, and is told success.
    pub(crate) async fn stores(&mut self) {
        self.answer(Command::STORE_CERTIFICATE_RESPONSE, Reason::SUCCESS)
            .await;
        self.hears_the_end(Reason::SUCCESS).await;
    }

    pub(crate) async fn answer(&mut self, command: Command, reason: Reason) {
        self.say(command, vec![Element::Reason(reason)]).await;
    }

    pub(crate) async fn say(&mut self, command: Command, elements: Vec<Element>) {
        let message = Message {
            command,
            session_id: self.session,
            elements,
        };
        self.connection.send(&message).await.unwrap();
    }

    /// Says the same without end, until the server is gone.
    pub(crate) async fn says_without_end(&mut self, command: Command) {
        let message = Message::new(command, self.session);
        while self.connection.send(&message).await.is_ok() {}
    }

    pub(crate) async fn hear(&mut self) -> Message {
        self.connection.receive().await.unwrap()
    }

    /// Hears what still comes from a server that may be gone.
    pub(crate) async fn hear_if_any(&mut self) -> Option<Message> {
        self.connection.receive().await.ok()
    }

    /// Hears a whole message of this session, or that the server has closed the connection.
    pub(crate) async fn hear_or_end(&mut self) -> Option<Message> {
        match self.connection.receive().await {
            Ok(message) => {
                assert_eq!(message.session_id, self.session);
                Some(message)
            }
            Err(ReceiveError::Closed | ReceiveError::Io { .. }) => None,
            Err(error) => panic!("{error}"),
        }
    }

    /// Hears that the session ends with this reason, and that nothing follows.
    pub(crate) async fn hears_the_end(&mut self, reason: Reason) {
        let end = self.hear().await;
        assert_eq!(
            (end.command, end.reason()),
            (Command::END_SESSION, Some(reason))
        );
        self.hears_nothing_more().await;
    }

    pub(crate) async fn hears_nothing_more(&mut self) {
        let rest = self.connection.receive().await;
        assert!(
            matches!(rest, Err(ReceiveError::Closed | ReceiveError::Io { .. })),
            "{rest:?}"
        );
    }

    pub(crate) fn stream(&mut self) -> &mut TlsStream<TcpStream> {
        self.connection.stream_mut()
    }
}
