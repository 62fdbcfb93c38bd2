//! A phone that does as it is asked.

use std::time::Duration;

use capf::model::{
    AuthenticationMode, Certificate, CertificateOperation, Curve, DeviceName, KeyOrder, PhoneChange,
};
use capf::secret::{AuthenticationString, Password};
use capf::transport::ClientTls;
use capf::wire::{CertificateItem, CertificateType, Command, Element, Message, Reason, SessionId};
use socket2::SockRef;
use tokio::io::AsyncWriteExt as _;

use crate::conversation::Conversation;
use crate::{Caller, Running};

/// A phone, and what it has.
#[derive(Clone)]
pub(crate) struct Phone {
    pub(crate) device: DeviceName,
    /// The key that it makes: DER `SubjectPublicKeyInfo`.
    pub(crate) key: Vec<u8>,
    /// The certificate that it gives when it is asked for one.
    pub(crate) certificate: Certificate,
    /// What is entered on it, whether it is asked for or not.
    pub(crate) string: &'static str,
}

/// How a connection ends before the session does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// TLS says goodbye, and TCP too.
    CloseNotify,
    /// TCP ends, and TLS with it (FIN).
    Fin,
    /// The system throws the connection away (RST).
    Reset,
}

/// What became of a session.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    /// The commands that came.
    pub(crate) commands: Vec<Command>,
    /// The reason with which the session ended.
    pub(crate) ended: Option<Reason>,
    /// The certificate that the phone stored.
    pub(crate) stored: Option<Certificate>,
    /// Where each message of the phone ended, in bytes from the first on.
    pub(crate) ends: Vec<usize>,
}

impl Phone {
    /// A phone that makes this key, on which this string is entered; it has a recorded certificate.
    pub(crate) fn new(device: DeviceName, key: Vec<u8>, string: &'static str) -> Self {
        let certificate = recorded("fetch-none-rsa2048", Message::certificate);
        let certificate = Certificate::from_der(&certificate).unwrap();
        Self {
            device,
            key,
            certificate,
            string,
        }
    }

    /// What the phone answers.
    fn answers(&self, request: &Message, heard: &mut Heard) -> Vec<Message> {
        let answer = |command, elements| Message {
            command,
            session_id: request.session_id,
            elements,
        };
        let success = Element::Reason(Reason::SUCCESS);
        match request.command {
            Command::AUTH_REQUEST => vec![self.introduction(request.session_id)],
            Command::KEY_GENERATE_REQUEST => vec![
                answer(Command::REQUEST_IN_PROGRESS, vec![]),
                answer(
                    Command::KEY_GENERATE_RESPONSE,
                    vec![Element::PublicKey(self.key.clone())],
                ),
            ],
            Command::STORE_CERTIFICATE_REQUEST => {
                let der = request.certificate().unwrap();
                heard.stored = Some(Certificate::from_der(der).unwrap());
                vec![answer(Command::STORE_CERTIFICATE_RESPONSE, vec![success])]
            }
            Command::DELETE_CERTIFICATE_REQUEST => {
                vec![answer(Command::DELETE_CERTIFICATE_RESPONSE, vec![success])]
            }
            Command::FETCH_CERTIFICATE_REQUEST => {
                let elements = if request.certificate_type() == Some(CertificateType::MIC) {
                    vec![Element::Reason(Reason::DECLINED)]
                } else {
                    let item = CertificateItem::new(self.certificate.der().to_vec());
                    vec![success, Element::Certificate(item)]
                };
                vec![answer(Command::FETCH_CERTIFICATE_RESPONSE, elements)]
            }
            Command::END_SESSION => {
                heard.ended = request.reason();
                vec![]
            }
            other => panic!("the phone is asked {other}"),
        }
    }

    /// What the phone says of itself.
    fn introduction(&self, session_id: SessionId) -> Message {
        Message::new(Command::AUTH_RESPONSE, session_id)
            .with(Element::Reason(Reason::SUCCESS))
            .with(Element::Version(3))
            .with(Element::Password(Password::new(self.string.as_bytes())))
            .with(Element::DeviceName(self.device.to_string()))
    }

    /// Has a session, and hears it to its end.
    pub(crate) async fn calls(&self, running: &Running, tls: &ClientTls) -> Heard {
        self.is_cut(running, tls, usize::MAX, End::CloseNotify)
            .await
    }

    /// Has a session of which only the first `length` bytes that the phone says arrive. Returns
    /// when the service has let go of it; of one that was reset, at once.
    pub(crate) async fn is_cut(
        &self,
        running: &Running,
        tls: &ClientTls,
        length: usize,
        end: End,
    ) -> Heard {
        let mut line = Caller::connect_with(tls, running.address).await.unwrap();
        let mut heard = Heard::default();
        let mut left = length;
        let mut next = Some(Message::new(Command::AUTH_REQUEST, line.session()));
        while let Some(request) = next {
            heard.commands.push(request.command);
            for message in self.answers(&request, &mut heard) {
                let bytes = message.encode().unwrap();
                let arrives = bytes.len().min(left);
                left -= arrives;
                heard
                    .ends
                    .push(heard.ends.last().unwrap_or(&0) + bytes.len());
                line.stream().write_all(&bytes[..arrives]).await.unwrap();
                if left == 0 && (arrives < bytes.len() || end != End::Reset) {
                    line.stream().flush().await.unwrap();
                    hang_up(line, end).await;
                    return heard;
                }
            }
            next = line.hear_or_end().await;
            if left == 0 {
                hang_up(line, end).await;
                return heard;
            }
        }
        heard
    }
}

/// Ends the connection, and hears what the server still says, to its end.
async fn hang_up(mut line: Caller, end: End) {
    match end {
        // An error means that the server has hung up first.
        End::CloseNotify => drop(line.stream().shutdown().await),
        End::Fin => drop(line.stream().get_mut().shutdown().await),
        End::Reset => {
            let socket = SockRef::from(line.stream().get_ref());
            socket.set_linger(Some(Duration::ZERO)).unwrap();
            return;
        }
    }
    while line.hear_or_end().await.is_some() {}
}

/// Schedules the operation, to be proved by an authentication string where there is one.
pub(crate) fn operation(operation: CertificateOperation, string: Option<&str>) -> PhoneChange {
    let mode = match string {
        Some(_) => AuthenticationMode::AuthenticationString,
        None => AuthenticationMode::NullString,
    };
    let string = string.map(|digits| AuthenticationString::new(digits).unwrap());
    PhoneChange {
        operation: Some(operation),
        authentication_mode: Some(mode),
        authentication_string: Some(string),
        key_order: Some(KeyOrder::EcOnly),
        ec_key_size: Some(Curve::P256),
        ..PhoneChange::default()
    }
}

/// A key that a recorded phone made: on the curve P-256, or RSA with 2048 bits.
pub(crate) fn recorded_key(on_a_curve: bool) -> Vec<u8> {
    let name = if on_a_curve {
        "install-none-ec256"
    } else {
        "install-none-rsa2048"
    };
    recorded(name, Message::public_key)
}

/// What a recorded phone said first of its kind.
fn recorded(name: &str, look: impl Fn(&Message) -> Option<&[u8]>) -> Vec<u8> {
    let conversation = Conversation::named(name);
    let mut messages = conversation.lines.iter();
    messages
        .find_map(|(_, bytes)| look(&Message::decode(bytes).unwrap()).map(<[u8]>::to_vec))
        .expect("it was recorded")
}
