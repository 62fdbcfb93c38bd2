//! One connection: what the phone is asked, and what it answers.

use std::future::pending;
use std::panic;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep, timeout};

use super::memory::Memory;
use super::proof::Proven;
use super::{
    End, Identity, Key, KeyShape, Misdeed, PhoneKind, PhoneSim, PhoneSimError, Step, Stop,
};
use crate::model::{AuthenticationMode, Certificate};
use crate::secret::Password;
use crate::transport::{Connection, ReceiveError, TransportError};
use crate::wire::{
    CertificateItem, CertificateType, Command, DigestType, Element, Message, Reason, SessionId,
};

/// A phone on one connection.
///
/// [`finish`](Self::finish) goes on to the end. A test that wants to do something between two
/// messages calls [`receive`](Self::receive) and [`answer`](Self::answer) in turn instead. Once
/// one of them has returned an [`End`], the conversation is over. The connection is open until the
/// conversation is dropped, which cuts it as a power failure does, or [closed](Self::close).
#[derive(Debug)]
pub struct Conversation<'a, S> {
    phone: &'a PhoneSim,
    connection: Connection<S>,
    memory: Memory,
    /// The session's id, once the server has asked who is there.
    session_id: Option<SessionId>,
    /// Whether the server has asked for anything but the phone's name.
    asked: bool,
    /// When the phone last sent a message; before, when it connected.
    answered_at: Instant,
}

impl<'a, S: AsyncRead + AsyncWrite + Unpin> Conversation<'a, S> {
    /// `phone` on a new connection, with the LSC and the flash that its fields say: the LSC that it
    /// keeps from session to session is written here, but read by [`PhoneSim::run`] alone, which
    /// alone writes and clears the flash.
    pub fn new(phone: &'a PhoneSim, connection: Connection<S>) -> Self {
        let mut memory = Memory::new(phone);
        memory.journal.attempt = 1;
        Self::resume(phone, connection, memory)
    }

    pub(super) fn resume(phone: &'a PhoneSim, connection: Connection<S>, memory: Memory) -> Self {
        Self {
            phone,
            connection,
            memory,
            session_id: None,
            asked: false,
            answered_at: Instant::now(),
        }
    }

    /// What has happened so far.
    pub fn steps(&self) -> &[Step] {
        &self.memory.journal.steps
    }

    /// The LSC that the phone has now.
    pub const fn lsc(&self) -> Option<&Identity> {
        self.memory.lsc.as_ref()
    }

    /// Answers what it is asked until the end. Where it is dropped before, an answer may have left in
    /// part, and nothing but the connection's end can follow.
    pub async fn finish(&mut self) -> End {
        loop {
            let answered = match self.receive().await {
                Ok(request) => self.answer(&request).await,
                Err(end) => Err(end),
            };
            if let Err(end) = answered {
                return end;
            }
        }
    }

    /// Waits for what the server says next. It can be dropped at any await and called again.
    pub async fn receive(&mut self) -> Result<Message, End> {
        let received = tokio::select! {
            biased;
            received = hear(&mut self.connection, self.phone.patience) => received,
            () = stop_pressed(self.phone, &self.memory, self.answered_at) => {
                self.memory.stopped = true;
                self.memory.journal.note("the phone drops the connection: its user pressed Stop");
                return Err(End::Stopped);
            }
        };
        let message = received.map_err(|end| self.concluded(end))?;
        self.memory.journal.received(&message);
        match self.session_id {
            Some(ours) if ours != message.session_id => Err(End::ServerMisbehaved(format!(
                "it changed the session id from {ours} to {}",
                message.session_id
            ))),
            _ => Ok(message),
        }
    }

    /// Does what `request` asks, and answers it.
    pub async fn answer(&mut self, request: &Message) -> Result<(), End> {
        let answered = self.respond(request).await;
        answered.map_err(|end| self.concluded(end))
    }

    async fn respond(&mut self, request: &Message) -> Result<(), End> {
        let known = self.session_id.is_some();
        match request.command {
            Command::AUTH_REQUEST if !known => {
                self.session_id = Some(request.session_id);
                return self.authenticate(request.session_id).await;
            }
            Command::END_SESSION => return Err(self.end(request)),
            Command::RETRY_LATER => return Err(retry_later(request)),
            Command::REQUEST_IN_PROGRESS if known => return Ok(()),
            _ if !known => return Err(out_of_turn(request)),
            _ => self.asked = true,
        }
        let Some(response) = response_to(request.command) else {
            return Err(out_of_turn(request));
        };
        let is_sent_a_certificate = request.command == Command::STORE_CERTIFICATE_REQUEST;
        if self.memory.stopped
            || (is_sent_a_certificate && self.phone.presses_stop == Some(Stop::Storing))
        {
            return self.stop(response).await;
        }
        match request.command {
            Command::KEY_GENERATE_REQUEST => self.generate_key(request).await,
            Command::ENCRYPT_REQUEST => self.encrypt(request).await,
            Command::SIGN_CERTIFICATE_REQUEST => self.sign(request).await,
            Command::STORE_CERTIFICATE_REQUEST => self.store(request).await,
            Command::FETCH_CERTIFICATE_REQUEST => self.fetch(request).await,
            Command::DELETE_CERTIFICATE_REQUEST => self.delete().await,
            _ => Err(out_of_turn(request)),
        }
    }

    /// However a session ends whose phone's user has pressed Stop, this is why.
    fn concluded(&self, end: End) -> End {
        match end {
            End::Ended(_)
            | End::Refused(_)
            | End::RetryLater { .. }
            | End::CommunicationFailure(_)
            | End::OutOfPatience(_)
                if self.memory.stopped =>
            {
                End::Stopped
            }
            end => end,
        }
    }

    /// Sends a message of the phone's, or misbehaves where it is due.
    pub async fn send(&mut self, command: Command, elements: Vec<Element>) -> Result<(), End> {
        self.memory.sent += 1;
        self.answered_at = Instant::now();
        let misdeed = self
            .phone
            .misbehaviour
            .iter()
            .find(|misbehaviour| misbehaviour.message == self.memory.sent)
            .map(|misbehaviour| &misbehaviour.misdeed);
        let message = Message {
            command,
            session_id: self.session_id.unwrap_or(SessionId(0)),
            elements,
        };
        match misdeed {
            None => self.send_message(&message).await,
            Some(misdeed) => self.misbehave(misdeed, message).await,
        }
    }

    /// Closes the connection in good order.
    pub async fn close(self) {
        self.connection.close().await;
    }

    /// Leaves the connection: in good order where the server has had its last word.
    pub(super) async fn leave(self, end: &End) -> Memory {
        if let End::Ended(_) | End::Refused(_) | End::RetryLater { .. } | End::Stopped = end {
            self.connection.close().await;
        }
        self.memory
    }

    async fn send_message(&mut self, message: &Message) -> Result<(), End> {
        self.memory.journal.sent(message);
        self.connection.send(message).await.map_err(broken)
    }

    async fn misbehave(&mut self, misdeed: &Misdeed, mut message: Message) -> Result<(), End> {
        self.memory
            .journal
            .note(format_args!("misbehaves at {}", message.command));
        let dropped = || End::CommunicationFailure("the phone dropped the connection".to_owned());
        match misdeed {
            Misdeed::Cut { length } => {
                let bytes = encoded(&message)?;
                self.send_bytes(&bytes[..bytes.len().min(*length)]).await?;
                Err(dropped())
            }
            Misdeed::DropInstead => Err(dropped()),
            Misdeed::DropAfter => {
                self.send_message(&message).await?;
                Err(dropped())
            }
            Misdeed::Garbage(bytes) => self.send_bytes(bytes).await,
            Misdeed::Instead { command, elements } => {
                message.command = *command;
                message.elements.clone_from(elements);
                self.send_message(&message).await
            }
            Misdeed::Silence => Ok(()),
            Misdeed::Slowly { pause } => {
                for byte in encoded(&message)? {
                    self.send_bytes(&[byte]).await?;
                    sleep(*pause).await;
                }
                Ok(())
            }
            Misdeed::Twice => {
                self.send_message(&message).await?;
                self.send_message(&message).await
            }
            Misdeed::WrongSessionId => {
                message.session_id = SessionId(message.session_id.0.wrapping_add(1));
                self.send_message(&message).await
            }
        }
    }

    async fn send_bytes(&mut self, bytes: &[u8]) -> Result<(), End> {
        let stream = self.connection.stream_mut();
        let sent = async {
            stream.write_all(bytes).await?;
            stream.flush().await
        };
        sent.await.map_err(|error| broken(error.into()))
    }

    /// `AuthRequest`: the phone says who it is, in the order that was recorded (R); of a softphone,
    /// P.
    async fn authenticate(&mut self, session_id: SessionId) -> Result<(), End> {
        let phone = self.phone;
        if phone.presses_stop == Some(Stop::FirstRequest) {
            return self.stop(Command::AUTH_RESPONSE).await;
        }
        let version = Element::Version(phone.kind.version());
        let name = Element::DeviceName(phone.device.to_string());
        let reason = Element::Reason(Reason::SUCCESS);
        let elements = match phone.kind {
            PhoneKind::Softphone => vec![version, name, reason],
            PhoneKind::Hardware => {
                let mode = phone.mode(self.memory.flash).map_err(failed)?;
                let proven = Proven::new(phone, mode, self.memory.lsc.as_ref(), session_id)
                    .map_err(failed)?;
                let entered = match mode {
                    None | Some(AuthenticationMode::AuthenticationString) => phone.password.clone(),
                    Some(_) => None,
                };
                let password = entered.unwrap_or_else(|| Password::new(b""));
                [
                    Some(reason),
                    proven.certificate,
                    proven.signed_data,
                    Some(version),
                    Some(Element::Password(password)),
                    Some(name),
                    proven.sudi_data,
                    proven.sha2_signed_data,
                ]
                .into_iter()
                .flatten()
                .collect()
            }
        };
        self.send(Command::AUTH_RESPONSE, elements).await
    }

    /// `KeyGenerateRequest`: hardware says that it is at work before it makes the key, a softphone
    /// does not (R). One that makes none says so with a Reason and without a key (P).
    async fn generate_key(&mut self, request: &Message) -> Result<(), End> {
        self.memory.awaits_certificate = true;
        let response = Command::KEY_GENERATE_RESPONSE;
        let shape = match KeyShape::asked(request) {
            Some(KeyShape::Ec(_)) if !self.phone.supports_ec => {
                return self.decline(response, "it makes no keys on curves").await;
            }
            Some(shape) => shape,
            None => return self.decline(response, "no such key is known to it").await,
        };
        if self.phone.kind == PhoneKind::Hardware {
            self.send(Command::REQUEST_IN_PROGRESS, Vec::new()).await?;
        }
        sleep(self.phone.key_generation_delay).await;
        if self.phone.presses_stop == Some(Stop::KeyGeneration) {
            return self.stop(response).await;
        }
        let made = make_key(self.phone, shape)
            .await
            .and_then(|key| Ok((key.public_key()?, key)));
        match made {
            Ok((public_key, key)) => {
                self.memory.made_key = Some(key);
                self.send(response, vec![Element::PublicKey(public_key)])
                    .await
            }
            Err(error) => self.decline(response, error).await,
        }
    }

    /// `EncryptRequest`: the private key's operation over what is sent, as it stands. N; which
    /// bytes it is over is D.
    async fn encrypt(&mut self, request: &Message) -> Result<(), End> {
        let encrypted = self.signs(request).map(|(key, data)| key.encrypt(data));
        let response = Command::ENCRYPT_RESPONSE;
        match encrypted {
            Some(Ok(encrypted)) => {
                self.send(response, vec![Element::SignedData(encrypted)])
                    .await
            }
            Some(Err(error)) => self.decline(response, error).await,
            None => self.decline(response, "no key or nothing to sign").await,
        }
    }

    /// `SignCertificateRequest`: a signature over what is sent, with the digest that is named;
    /// SHA-256 where none is. N; all but the names is D.
    async fn sign(&mut self, request: &Message) -> Result<(), End> {
        let digest = request.digest_type().unwrap_or(DigestType::SHA256);
        let signed = self
            .signs(request)
            .map(|(key, data)| key.sign(digest, data));
        let response = Command::SIGN_CERTIFICATE_RESPONSE;
        match signed {
            Some(Ok(signature)) => {
                let elements = vec![Element::DigestType(digest), Element::SignedData(signature)];
                self.send(response, elements).await
            }
            Some(Err(error)) => self.decline(response, error).await,
            None => self.decline(response, "no key or nothing to sign").await,
        }
    }

    /// The key that the phone made last, and what it is to sign.
    fn signs<'r>(&self, request: &'r Message) -> Option<(&Key, &'r [u8])> {
        self.memory.made_key.as_ref().zip(request.signed_data())
    }

    /// `StoreCertificateRequest`: the phone stores what is for its key, and nothing else.
    async fn store(&mut self, request: &Message) -> Result<(), End> {
        let response = Command::STORE_CERTIFICATE_RESPONSE;
        if self.phone.refuses_certificates {
            return self.decline(response, "it refuses certificates").await;
        }
        let lsc = match self.fitting(request) {
            Ok(lsc) => lsc,
            Err(why) => return self.decline(response, why).await,
        };
        if let Some(state) = self.phone.state.clone() {
            let (device, kept) = (self.phone.device.clone(), lsc.clone());
            if let Err(error) = blocking(move || state.save(&device, &kept)).await {
                return self.decline(response, error).await;
            }
        }
        self.memory.stored = Some(lsc.certificate().clone());
        self.memory.awaits_certificate = false;
        self.memory.lsc = Some(lsc);
        self.send(response, vec![Element::Reason(Reason::SUCCESS)])
            .await
    }

    /// The certificate that is to be stored, with the key of the phone's that it is for.
    fn fitting(&self, request: &Message) -> Result<Identity, String> {
        if request.certificate_type().unwrap_or(CertificateType::LSC) != CertificateType::LSC {
            return Err("only LSCs can be stored".to_owned());
        }
        let der = request.certificate().ok_or("there is no certificate")?;
        let certificate = Certificate::from_der(der).map_err(|error| error.to_string())?;
        let made = self.memory.made_key.as_ref();
        let held = self.memory.lsc.as_ref().map(Identity::key);
        [made, self.phone.key.as_ref(), held]
            .into_iter()
            .flatten()
            .find(|key| key.is_of(certificate.public_key()))
            .and_then(|key| Identity::new(certificate, key.clone()).ok())
            .ok_or_else(|| "the certificate is for another key".to_owned())
    }

    /// `FetchCertificateRequest`: the certificate that is asked for; where none is named, the LSC,
    /// or the MIC of a phone without one.
    async fn fetch(&mut self, request: &Message) -> Result<(), End> {
        let (lsc, mic) = (self.memory.lsc.as_ref(), self.phone.mic.as_ref());
        let fetched = match request.certificate_type() {
            Some(CertificateType::LSC) => lsc,
            Some(CertificateType::MIC) => mic,
            Some(_) => None,
            None => lsc.or(mic),
        };
        let response = Command::FETCH_CERTIFICATE_RESPONSE;
        match fetched.map(|identity| identity.certificate().der().to_vec()) {
            Some(der) => {
                let elements = vec![
                    Element::Reason(Reason::SUCCESS),
                    Element::Certificate(CertificateItem::new(der)),
                ];
                self.send(response, elements).await
            }
            None => self.decline(response, "it has no such certificate").await,
        }
    }

    /// `DeleteCertificateRequest`: the LSC goes.
    async fn delete(&mut self) -> Result<(), End> {
        let response = Command::DELETE_CERTIFICATE_RESPONSE;
        if self.memory.lsc.is_none() {
            return self.decline(response, "it has no LSC").await;
        }
        if let Some(state) = self.phone.state.clone() {
            let device = self.phone.device.clone();
            if let Err(error) = blocking(move || state.remove(&device)).await {
                return self.decline(response, error).await;
            }
        }
        self.memory.lsc = None;
        self.send(response, vec![Element::Reason(Reason::SUCCESS)])
            .await
    }

    /// The user has pressed Stop: what the phone is asked it declines.
    async fn stop(&mut self, response: Command) -> Result<(), End> {
        self.memory.stopped = true;
        self.decline(response, "its user pressed Stop").await
    }

    async fn decline(&mut self, response: Command, why: impl std::fmt::Display) -> Result<(), End> {
        self.memory
            .journal
            .note(format_args!("the phone declines: {why}"));
        self.send(response, vec![Element::Reason(Reason::DECLINED)])
            .await
    }

    /// `EndSession`.
    fn end(&self, request: &Message) -> End {
        let Some(reason) = request.reason() else {
            return End::ServerMisbehaved("EndSession gives no Reason".to_owned());
        };
        let well = match reason {
            Reason::SUCCESS | Reason::NO_ACTION => !self.memory.awaits_certificate,
            // Unified CM to a version-2 client whose certificate was issued. P
            Reason::DECLINED => {
                self.phone.kind == PhoneKind::Softphone && !self.asked && self.memory.lsc.is_some()
            }
            _ => false,
        };
        if well {
            End::Ended(reason)
        } else {
            End::Refused(reason)
        }
    }
}

/// Waits for a message as long as the phone does.
async fn hear<S: AsyncRead + AsyncWrite + Unpin>(
    connection: &mut Connection<S>,
    patience: Option<Duration>,
) -> Result<Message, End> {
    let received = match patience {
        None => connection.receive().await,
        Some(patience) => timeout(patience, connection.receive())
            .await
            .map_err(|_| End::OutOfPatience(patience))?,
    };
    received.map_err(|error| match error {
        ReceiveError::Invalid { source } => End::ServerMisbehaved(source.to_string()),
        broken => End::CommunicationFailure(broken.to_string()),
    })
}

/// Done when the user of a phone that waits for its certificate presses Stop.
async fn stop_pressed(phone: &PhoneSim, memory: &Memory, answered_at: Instant) {
    match phone.presses_stop {
        Some(Stop::Waiting { after }) if memory.awaits_certificate => {
            sleep(after.saturating_sub(answered_at.elapsed())).await;
        }
        _ => pending().await,
    }
}

/// What a phone answers with, where it knows the request.
const fn response_to(request: Command) -> Option<Command> {
    match request {
        Command::KEY_GENERATE_REQUEST => Some(Command::KEY_GENERATE_RESPONSE),
        Command::ENCRYPT_REQUEST => Some(Command::ENCRYPT_RESPONSE),
        Command::SIGN_CERTIFICATE_REQUEST => Some(Command::SIGN_CERTIFICATE_RESPONSE),
        Command::STORE_CERTIFICATE_REQUEST => Some(Command::STORE_CERTIFICATE_RESPONSE),
        Command::FETCH_CERTIFICATE_REQUEST => Some(Command::FETCH_CERTIFICATE_RESPONSE),
        Command::DELETE_CERTIFICATE_REQUEST => Some(Command::DELETE_CERTIFICATE_RESPONSE),
        _ => None,
    }
}

/// The phone's key of this shape: the one that it made before, or a new one.
async fn make_key(phone: &PhoneSim, shape: KeyShape) -> Result<Key, PhoneSimError> {
    match &phone.key {
        Some(key) if key.shape() == Some(shape) => Ok(key.clone()),
        _ => blocking(move || Key::generate(shape)).await,
    }
}

/// Does what would hold up the other tasks of this thread.
pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => panic::resume_unwind(error.into_panic()),
    }
}

fn encoded(message: &Message) -> Result<Vec<u8>, End> {
    message.encode().map_err(|error| broken(error.into()))
}

fn failed(error: impl std::fmt::Display) -> End {
    End::PhoneFailed(error.to_string())
}

fn broken(error: TransportError) -> End {
    match error {
        TransportError::TooLong(error) => failed(error),
        error => End::CommunicationFailure(error.to_string()),
    }
}

fn retry_later(request: &Message) -> End {
    End::RetryLater {
        seconds: request.elements.iter().find_map(|element| match element {
            Element::RetryDelay(seconds) => Some(*seconds),
            _ => None,
        }),
    }
}

fn out_of_turn(request: &Message) -> End {
    End::ServerMisbehaved(format!("{} is out of turn", request.command))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use openssl::pkey::PKey;
    use openssl::rsa::Padding;
    use tokio::io::{AsyncReadExt as _, DuplexStream, duplex};

    use super::super::identity::tests::{P256, identity, issued};
    use super::super::{Configuration, Event, Misbehaviour, StateDir};
    use super::*;
    use crate::wire::{KeyType, NamedCurve};

    const SESSION: SessionId = SessionId(7);

    /// The server's side of a script.
    struct Server(Connection<DuplexStream>);

    impl Server {
        async fn says(&mut self, command: Command, elements: &[Element]) {
            let message = Message {
                command,
                session_id: SESSION,
                elements: elements.to_vec(),
            };
            self.0.send(&message).await.unwrap();
        }

        async fn hears(&mut self) -> Message {
            self.0.receive().await.unwrap()
        }

        async fn asks(&mut self, command: Command, elements: &[Element]) -> Message {
            self.says(command, elements).await;
            self.hears().await
        }

        async fn greets(&mut self) -> Message {
            self.asks(Command::AUTH_REQUEST, &[Element::Version(3)])
                .await
        }

        async fn ends(&mut self, reason: Reason) {
            self.says(Command::END_SESSION, &[Element::Reason(reason)])
                .await;
        }

        /// Asks for a key, and passes over the word that it is being made.
        async fn wants_key(&mut self, elements: &[Element]) -> Message {
            let first = self.asks(Command::KEY_GENERATE_REQUEST, elements).await;
            match first.command {
                Command::REQUEST_IN_PROGRESS => self.hears().await,
                _ => first,
            }
        }
    }

    fn phone() -> PhoneSim {
        PhoneSim::new("SEP001122334455".parse().unwrap())
    }

    fn softphone() -> PhoneSim {
        PhoneSim {
            kind: PhoneKind::Softphone,
            ..PhoneSim::new("CSFUSER".parse().unwrap())
        }
    }

    /// Plays `script` against the phone; what came of it, with the LSC that the phone has then.
    async fn play(
        phone: &PhoneSim,
        script: impl AsyncFnOnce(&mut Server),
    ) -> (End, Option<Identity>, Vec<Step>) {
        let (near, far) = duplex(64 * 1024);
        let mut server = Server(Connection::new(far));
        let mut conversation = Conversation::new(phone, Connection::new(near));
        let phoning = async {
            let end = conversation.finish().await;
            // A script that expects more than it gets fails rather than wait for ever.
            let _ = conversation.connection.stream_mut().shutdown().await;
            end
        };
        let (end, ()) = tokio::join!(phoning, script(&mut server));
        let lsc = conversation.lsc().cloned();
        (end, lsc, conversation.steps().to_vec())
    }

    const EC: [Element; 2] = [
        Element::KeyType(KeyType::EC),
        Element::Curve(NamedCurve::P256),
    ];

    /// A certificate for the key in a `KeyGenerateResponse`, signed by nobody in particular.
    fn certificate_for(response: &Message) -> Element {
        let signer = PKey::ec_gen("prime256v1").unwrap();
        let certificate = issued("LSC", response.public_key().unwrap(), &signer);
        Element::Certificate(CertificateItem::new(certificate.der().to_vec()))
    }

    const LSC: Element = Element::CertificateType(CertificateType::LSC);

    #[tokio::test]
    async fn an_install_leaves_the_phone_with_an_lsc() {
        for key in [
            vec![Element::KeySize(1024)],
            vec![Element::KeySize(1024), Element::KeyType(KeyType::RSA)],
            EC.to_vec(),
        ] {
            let (end, lsc, steps) = play(&phone(), async |server| {
                server.greets().await;
                let response = server.wants_key(&key).await;
                let stored = server
                    .asks(
                        Command::STORE_CERTIFICATE_REQUEST,
                        &[LSC, certificate_for(&response)],
                    )
                    .await;
                assert_eq!(stored.reason(), Some(Reason::SUCCESS));
                server.ends(Reason::SUCCESS).await;
            })
            .await;
            assert_eq!(end, End::Ended(Reason::SUCCESS));
            let lsc = lsc.unwrap();
            assert_eq!(lsc.certificate().common_name(), Some("LSC"));
            assert_eq!(steps.len(), 8);
            assert!(steps.iter().all(|step| step.attempt == 1));
        }
    }

    #[tokio::test]
    async fn a_phone_stores_no_certificate_for_another_key() {
        let (end, lsc, _) = play(&phone(), async |server| {
            server.greets().await;
            server.wants_key(&EC).await;
            for bad in [
                vec![
                    LSC,
                    Element::Certificate(CertificateItem::new(
                        identity("OTHER", P256).certificate().der().to_vec(),
                    )),
                ],
                vec![
                    LSC,
                    Element::Certificate(CertificateItem::new(vec![0x30, 0])),
                ],
                vec![LSC],
            ] {
                let response = server.asks(Command::STORE_CERTIFICATE_REQUEST, &bad).await;
                assert_eq!(response.reason(), Some(Reason::DECLINED));
            }
            server.ends(Reason::SUCCESS).await;
        })
        .await;
        assert_eq!(end, End::Refused(Reason::SUCCESS));
        assert!(lsc.is_none());
    }

    #[tokio::test]
    async fn a_phone_that_refuses_certificates_stores_none() {
        let phone = PhoneSim {
            refuses_certificates: true,
            ..phone()
        };
        let (end, lsc, _) = play(&phone, async |server| {
            server.greets().await;
            let response = server.wants_key(&EC).await;
            let elements = [LSC, certificate_for(&response)];
            let response = server
                .asks(Command::STORE_CERTIFICATE_REQUEST, &elements)
                .await;
            assert_eq!(response.reason(), Some(Reason::DECLINED));
            server.ends(Reason::DECLINED).await;
        })
        .await;
        assert_eq!(end, End::Refused(Reason::DECLINED));
        assert!(lsc.is_none());
    }

    #[tokio::test]
    async fn stop_an_unknown_key_and_an_unsupported_curve_give_a_reason_and_no_key() {
        let stopped = PhoneSim {
            presses_stop: Some(Stop::KeyGeneration),
            ..phone()
        };
        let without_ec = PhoneSim {
            supports_ec: false,
            ..phone()
        };
        let refused = End::Refused(Reason::DECLINED);
        for (phone, asked, in_progress, expected) in [
            (stopped, EC.to_vec(), true, &End::Stopped),
            (without_ec, EC.to_vec(), false, &refused),
            (phone(), vec![Element::KeySize(8192)], false, &refused),
        ] {
            let (end, _, _) = play(&phone, async |server| {
                server.greets().await;
                server.says(Command::KEY_GENERATE_REQUEST, &asked).await;
                if in_progress {
                    let first = server.hears().await;
                    assert_eq!(first.command, Command::REQUEST_IN_PROGRESS);
                }
                let response = server.hears().await;
                assert_eq!(response.command, Command::KEY_GENERATE_RESPONSE);
                assert_eq!(response.elements, [Element::Reason(Reason::DECLINED)]);
                server.ends(Reason::DECLINED).await;
            })
            .await;
            assert_eq!(&end, expected);
        }
    }

    #[tokio::test]
    async fn a_phone_whose_user_pressed_stop_declines_whatever_it_is_asked_from_then_on() {
        let at_first = PhoneSim {
            presses_stop: Some(Stop::FirstRequest),
            lsc: Some(identity("LSC", P256)),
            ..phone()
        };
        let at_storing = PhoneSim {
            presses_stop: Some(Stop::Storing),
            ..at_first.clone()
        };
        for (phone, greeting) in [(at_first, Reason::DECLINED), (at_storing, Reason::SUCCESS)] {
            // However the server takes it.
            for end in [Some(Reason::DECLINED), Some(Reason::SUCCESS), None] {
                let (ended, lsc, _) = play(&phone, async |server| {
                    assert_eq!(server.greets().await.reason(), Some(greeting));
                    if greeting == Reason::SUCCESS {
                        assert!(server.wants_key(&EC).await.public_key().is_some());
                    }
                    for request in [
                        Command::STORE_CERTIFICATE_REQUEST,
                        Command::KEY_GENERATE_REQUEST,
                        Command::ENCRYPT_REQUEST,
                        Command::SIGN_CERTIFICATE_REQUEST,
                        Command::FETCH_CERTIFICATE_REQUEST,
                        Command::DELETE_CERTIFICATE_REQUEST,
                    ] {
                        let answer = server.asks(request, &EC).await;
                        assert_eq!(answer.command.0, request.0 + 1);
                        assert_eq!(answer.elements, [Element::Reason(Reason::DECLINED)]);
                    }
                    match end {
                        Some(reason) => server.ends(reason).await,
                        None => server.0.stream_mut().shutdown().await.unwrap(),
                    }
                })
                .await;
                assert_eq!(ended, End::Stopped, "{end:?}");
                assert!(lsc.is_some(), "it has the LSC that it had");
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_held_phone_whose_user_presses_stop_waits_no_longer() {
        let phone = PhoneSim {
            presses_stop: Some(Stop::Waiting {
                after: Duration::from_mins(40),
            }),
            key: Some(Key::generate(P256).unwrap()),
            ..phone()
        };
        let (end, _, steps) = play(&phone, async |server| {
            // Until it has answered with a key it waits for nothing that Stop is for.
            sleep(Duration::from_hours(1)).await;
            server.greets().await;
            sleep(Duration::from_hours(1)).await;
            server.wants_key(&EC).await;
            for _ in 0..2 {
                sleep(Duration::from_mins(15)).await;
                server.says(Command::REQUEST_IN_PROGRESS, &[]).await;
            }
        })
        .await;
        assert_eq!(end, End::Stopped);
        let keepalives = Event::KeptAlive { times: 2 };
        assert!(steps.iter().any(|step| step.event == keepalives));
    }

    #[tokio::test(start_paused = true)]
    async fn a_phone_that_is_asked_for_a_key_while_it_still_makes_one_answers_both_requests() {
        let phone = PhoneSim {
            key_generation_delay: Duration::from_mins(30),
            ..phone()
        };
        let (end, lsc, _) = play(&phone, async |server| {
            server.greets().await;
            server.says(Command::KEY_GENERATE_REQUEST, &EC).await;
            let first = server.hears().await;
            assert_eq!(first.command, Command::REQUEST_IN_PROGRESS);
            // The server's time runs out while the phone is at work.
            sleep(Duration::from_mins(10)).await;
            server.says(Command::KEY_GENERATE_REQUEST, &EC).await;
            let first = server.hears().await;
            let again = server.hears().await;
            assert_eq!(again.command, Command::REQUEST_IN_PROGRESS);
            let second = server.hears().await;
            for made in [&first, &second] {
                assert_eq!(made.command, Command::KEY_GENERATE_RESPONSE);
            }
            assert_ne!(first.public_key().unwrap(), second.public_key().unwrap());
            // The key that it made last is the one that it has.
            for (made, reason) in [(first, Reason::DECLINED), (second, Reason::SUCCESS)] {
                let elements = [LSC, certificate_for(&made)];
                let stored = server
                    .asks(Command::STORE_CERTIFICATE_REQUEST, &elements)
                    .await;
                assert_eq!(stored.reason(), Some(reason));
            }
            server.ends(Reason::SUCCESS).await;
        })
        .await;
        assert_eq!(end, End::Ended(Reason::SUCCESS));
        assert!(lsc.is_some());
    }

    #[tokio::test]
    async fn a_key_that_was_made_before_is_used_where_it_fits() {
        let phone = PhoneSim {
            key: Some(Key::generate(P256).unwrap()),
            ..phone()
        };
        let ours = phone.key.as_ref().unwrap().public_key().unwrap();
        let (end, lsc, _) = play(&phone, async |server| {
            server.greets().await;
            let used = server.wants_key(&EC).await;
            assert_eq!(used.public_key(), Some(&ours[..]));
            let other = server.wants_key(&[Element::KeySize(512)]).await;
            assert_ne!(other.public_key(), Some(&ours[..]));
            // It is still the phone's own: a certificate for it is taken.
            let stored = server
                .asks(
                    Command::STORE_CERTIFICATE_REQUEST,
                    &[LSC, certificate_for(&used)],
                )
                .await;
            assert_eq!(stored.reason(), Some(Reason::SUCCESS));
            server.ends(Reason::SUCCESS).await;
        })
        .await;
        assert_eq!(end, End::Ended(Reason::SUCCESS));
        assert_eq!(lsc.unwrap().certificate().public_key(), ours);
    }

    #[tokio::test]
    async fn the_lsc_and_the_mic_are_fetched_by_their_type() {
        let phone = PhoneSim {
            lsc: Some(identity("LSC", P256)),
            mic: Some(identity("MIC", P256)),
            configuration: Configuration::Loaded(AuthenticationMode::NullString),
            ..phone()
        };
        let der = |identity: &Option<Identity>| {
            let identity = identity.as_ref().unwrap();
            identity.certificate().der().to_vec()
        };
        let (lsc, mic) = (der(&phone.lsc), der(&phone.mic));
        let (end, _, _) = play(&phone, async |server| {
            server.greets().await;
            for (kind, expected) in [
                (None, &lsc),
                (Some(CertificateType::LSC), &lsc),
                (Some(CertificateType::MIC), &mic),
            ] {
                let elements: Vec<_> = kind.into_iter().map(Element::CertificateType).collect();
                let fetched = server
                    .asks(Command::FETCH_CERTIFICATE_REQUEST, &elements)
                    .await;
                assert_eq!(fetched.reason(), Some(Reason::SUCCESS));
                assert_eq!(fetched.certificate(), Some(&expected[..]));
            }
            server.ends(Reason::NO_ACTION).await;
        })
        .await;
        assert_eq!(end, End::Ended(Reason::NO_ACTION));
    }

    #[tokio::test]
    async fn an_lsc_is_deleted_once() {
        let phone = PhoneSim {
            lsc: Some(identity("LSC", P256)),
            ..phone()
        };
        let (end, lsc, _) = play(&phone, async |server| {
            server.greets().await;
            for reason in [Reason::SUCCESS, Reason::DECLINED] {
                let response = server.asks(Command::DELETE_CERTIFICATE_REQUEST, &[]).await;
                assert_eq!(response.elements, [Element::Reason(reason)]);
            }
            let fetched = server.asks(Command::FETCH_CERTIFICATE_REQUEST, &[]).await;
            assert_eq!(fetched.elements, [Element::Reason(Reason::DECLINED)]);
            server.ends(Reason::SUCCESS).await;
        })
        .await;
        assert_eq!(end, End::Ended(Reason::SUCCESS));
        assert!(lsc.is_none());
    }

    #[tokio::test]
    async fn what_is_encrypted_is_padded_as_it_stands() {
        play(&phone(), async |server| {
            server.greets().await;
            let data = Element::SignedData(b"as it stands".to_vec());
            let early = server
                .asks(Command::ENCRYPT_REQUEST, std::slice::from_ref(&data))
                .await;
            assert_eq!(early.reason(), Some(Reason::DECLINED));
            let key = server.wants_key(&[Element::KeySize(1024)]).await;
            let response = server.asks(Command::ENCRYPT_REQUEST, &[data]).await;
            assert_eq!(response.command, Command::ENCRYPT_RESPONSE);
            let rsa = PKey::public_key_from_der(key.public_key().unwrap())
                .and_then(|key| key.rsa())
                .unwrap();
            let mut block = vec![0; 128];
            let length = rsa
                .public_decrypt(response.signed_data().unwrap(), &mut block, Padding::PKCS1)
                .unwrap();
            assert_eq!(&block[..length], b"as it stands");
            server.ends(Reason::DECLINED).await;
        })
        .await;
    }

    #[tokio::test]
    async fn a_request_is_signed_with_the_key_that_was_made_last() {
        for key in [&[Element::KeySize(1024)][..], &EC] {
            play(&phone(), async |server| {
                server.greets().await;
                let key = server.wants_key(key).await;
                let response = server
                    .asks(
                        Command::SIGN_CERTIFICATE_REQUEST,
                        &[
                            Element::DigestType(DigestType::SHA256),
                            Element::SignedData(b"a request".to_vec()),
                        ],
                    )
                    .await;
                assert_eq!(response.command, Command::SIGN_CERTIFICATE_RESPONSE);
                assert_eq!(response.digest_type(), Some(DigestType::SHA256));
                let key = PKey::public_key_from_der(key.public_key().unwrap()).unwrap();
                let digest = openssl::hash::MessageDigest::sha256();
                let mut verifier = openssl::sign::Verifier::new(digest, &key).unwrap();
                let signature = response.signed_data().unwrap();
                assert!(verifier.verify_oneshot(signature, b"a request").unwrap());
                server.ends(Reason::DECLINED).await;
            })
            .await;
        }
    }

    #[tokio::test]
    async fn keepalives_are_counted_and_not_answered() {
        let (end, _, steps) = play(&phone(), async |server| {
            server.greets().await;
            for _ in 0..3 {
                server.says(Command::REQUEST_IN_PROGRESS, &[]).await;
            }
            server.ends(Reason::NO_ACTION).await;
        })
        .await;
        assert_eq!(end, End::Ended(Reason::NO_ACTION));
        assert_eq!(steps[2].event, Event::KeptAlive { times: 3 });
        assert_eq!(steps.len(), 4);
    }

    #[tokio::test]
    async fn what_the_last_word_means_depends_on_what_was_asked() {
        let with_lsc = |phone: PhoneSim| PhoneSim {
            lsc: Some(identity("LSC", P256)),
            ..phone
        };
        for (phone, reason, well) in [
            (phone(), Reason::SUCCESS, true),
            (phone(), Reason::NO_ACTION, true),
            (with_lsc(phone()), Reason::DECLINED, false),
            (softphone(), Reason::DECLINED, false),
            (with_lsc(softphone()), Reason::DECLINED, true),
            (with_lsc(softphone()), Reason::UNKNOWN_DEVICE, false),
            (phone(), Reason(200), false),
        ] {
            let (end, _, _) = play(&phone, async |server| {
                server.greets().await;
                server.ends(reason).await;
            })
            .await;
            let expected = if well {
                End::Ended(reason)
            } else {
                End::Refused(reason)
            };
            assert_eq!(end, expected);
        }
    }

    #[tokio::test]
    async fn a_phone_that_was_asked_for_a_key_wants_a_certificate() {
        let (end, _, _) = play(&phone(), async |server| {
            server.greets().await;
            server.wants_key(&EC).await;
            server.ends(Reason::NO_ACTION).await;
        })
        .await;
        assert_eq!(end, End::Refused(Reason::NO_ACTION));
    }

    #[tokio::test]
    async fn retry_later_ends_the_session() {
        for (elements, seconds) in [(vec![], None), (vec![Element::RetryDelay(90)], Some(90))] {
            let (end, _, _) = play(&phone(), async |server| {
                server.says(Command::RETRY_LATER, &elements).await;
            })
            .await;
            assert_eq!(end, End::RetryLater { seconds });
        }
    }

    #[tokio::test]
    async fn a_server_that_is_out_of_turn_is_left() {
        for (greeted, command) in [
            (false, Command::STORE_CERTIFICATE_REQUEST),
            (false, Command::REQUEST_IN_PROGRESS),
            (true, Command::AUTH_REQUEST),
            (true, Command::AUTH_RESPONSE),
            (true, Command(99)),
        ] {
            let (end, _, _) = play(&phone(), async |server| {
                if greeted {
                    server.greets().await;
                }
                server.says(command, &[]).await;
            })
            .await;
            assert!(matches!(end, End::ServerMisbehaved(_)), "{command}: {end}");
        }
    }

    #[tokio::test]
    async fn a_server_that_changes_the_session_id_or_talks_nonsense_is_left() {
        let (end, _, _) = play(&phone(), async |server| {
            server.greets().await;
            let other = Message::new(Command::END_SESSION, SessionId(8));
            server.0.send(&other).await.unwrap();
        })
        .await;
        assert!(matches!(end, End::ServerMisbehaved(_)), "{end}");
        let (end, _, _) = play(&phone(), async |server| {
            let stream = server.0.stream_mut();
            stream.write_all(b"HTTP/1.1 400").await.unwrap();
        })
        .await;
        assert!(matches!(end, End::ServerMisbehaved(_)), "{end}");
        let (end, _, _) = play(&phone(), async |server| {
            server.greets().await;
            server.says(Command::END_SESSION, &[]).await;
        })
        .await;
        assert!(matches!(end, End::ServerMisbehaved(_)), "{end}");
    }

    #[tokio::test]
    async fn patience_has_an_end_where_it_is_given_one() {
        let phone = PhoneSim {
            patience: Some(Duration::from_millis(1)),
            ..phone()
        };
        let (_held, near) = duplex(64);
        let mut conversation = Conversation::new(&phone, Connection::new(near));
        assert!(matches!(conversation.finish().await, End::OutOfPatience(_)));
    }

    #[tokio::test]
    async fn an_lsc_is_kept_in_the_state_before_the_server_is_told() {
        let directory = tempfile::tempdir().unwrap();
        let state = StateDir::open(directory.path()).unwrap();
        let phone = PhoneSim {
            state: Some(state.clone()),
            ..phone()
        };
        play(&phone, async |server| {
            server.greets().await;
            let response = server.wants_key(&EC).await;
            let elements = [LSC, certificate_for(&response)];
            server
                .asks(Command::STORE_CERTIFICATE_REQUEST, &elements)
                .await;
            let kept = state.load(&phone.device).unwrap().unwrap();
            assert_eq!(kept.certificate().common_name(), Some("LSC"));
            server.asks(Command::DELETE_CERTIFICATE_REQUEST, &[]).await;
            assert!(state.load(&phone.device).unwrap().is_none());
            server.ends(Reason::SUCCESS).await;
        })
        .await;
    }

    #[tokio::test]
    async fn a_phone_that_cannot_keep_a_certificate_declines_it() {
        let directory = tempfile::tempdir().unwrap();
        let state = StateDir::open(directory.path().join("gone")).unwrap();
        std::fs::remove_dir(directory.path().join("gone")).unwrap();
        let phone = PhoneSim {
            state: Some(state),
            ..phone()
        };
        let (_, lsc, _) = play(&phone, async |server| {
            server.greets().await;
            let response = server.wants_key(&EC).await;
            let elements = [LSC, certificate_for(&response)];
            let response = server
                .asks(Command::STORE_CERTIFICATE_REQUEST, &elements)
                .await;
            assert_eq!(response.reason(), Some(Reason::DECLINED));
            server.ends(Reason::DECLINED).await;
        })
        .await;
        assert!(lsc.is_none());
    }

    #[tokio::test]
    async fn no_secret_is_in_the_steps() {
        let phone = PhoneSim {
            password: Some(Password::new(b"4711471147")),
            ..phone()
        };
        let (_, _, steps) = play(&phone, async |server| {
            let response = server.greets().await;
            assert_eq!(response.password(), phone.password.as_ref());
            server.ends(Reason::NO_ACTION).await;
        })
        .await;
        assert!(!format!("{steps:?}").contains("4711"));
        assert_eq!(
            steps[1].event.to_string(),
            "answered: AuthResponse Reason(Success), Version(3), Password(…), \
             DeviceName(\"SEP001122334455\")"
        );
    }

    /// The bytes that a misbehaving phone answers `AuthRequest` with, and how it ends when the
    /// server then hangs up.
    async fn misbehaving(misdeed: Misdeed) -> (Vec<u8>, End) {
        let phone = PhoneSim {
            misbehaviour: vec![Misbehaviour::at(1, misdeed)],
            ..softphone()
        };
        let (near, mut far) = duplex(4096);
        let serving = async {
            let request = Message::new(Command::AUTH_REQUEST, SESSION);
            far.write_all(&request.encode().unwrap()).await.unwrap();
            far.shutdown().await.unwrap();
            let mut bytes = Vec::new();
            far.read_to_end(&mut bytes).await.unwrap();
            bytes
        };
        let phoning = async {
            let mut conversation = Conversation::new(&phone, Connection::new(near));
            conversation.finish().await
        };
        tokio::join!(serving, phoning)
    }

    #[tokio::test]
    async fn each_misdeed_is_done() {
        let proper = Message::new(Command::AUTH_RESPONSE, SESSION)
            .with(Element::Version(2))
            .with(Element::DeviceName("CSFUSER".into()))
            .with(Element::Reason(Reason::SUCCESS));
        let bytes = proper.encode().unwrap();
        let mut other_session = proper.clone();
        other_session.session_id = SessionId(8);
        let instead = Message::new(Command::STORE_CERTIFICATE_RESPONSE, SESSION)
            .with(Element::Reason(Reason::SUCCESS));
        for (misdeed, expected) in [
            (Misdeed::Cut { length: 5 }, bytes[..5].to_vec()),
            (Misdeed::Cut { length: 5000 }, bytes.clone()),
            (Misdeed::DropInstead, vec![]),
            (Misdeed::DropAfter, bytes.clone()),
            (
                Misdeed::Garbage(b"no message".to_vec()),
                b"no message".to_vec(),
            ),
            (
                Misdeed::Instead {
                    command: instead.command,
                    elements: instead.elements.clone(),
                },
                instead.encode().unwrap(),
            ),
            (Misdeed::Silence, vec![]),
            (
                Misdeed::Slowly {
                    pause: Duration::ZERO,
                },
                bytes.clone(),
            ),
            (Misdeed::Twice, [&bytes[..], &bytes].concat()),
            (Misdeed::WrongSessionId, other_session.encode().unwrap()),
        ] {
            let text = format!("{misdeed:?}");
            let (sent, end) = misbehaving(misdeed).await;
            assert_eq!(sent, expected, "{text}");
            assert!(matches!(end, End::CommunicationFailure(_)), "{text}: {end}");
        }
    }
}
