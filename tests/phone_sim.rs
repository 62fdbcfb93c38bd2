//! The simulated phone: against every recorded conversation, and over TLS against a server that
//! follows a script. Nothing of the real server takes part.

#![expect(clippy::unwrap_used, reason = "what is missing fails the test")]

mod conversation;

use std::future::{pending, ready};
use std::path::Path;
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use capf::model::{AuthenticationMode, Certificate, Curve, DeviceName, TlsVersion};
use capf::phone_sim::{
    CapfServer, Configuration, Conversation, End, Event, Identity, Key, KeyShape, Outcome,
    PhoneKind, PhoneSim, Retry, ServerTrust, StateDir, TlsProfile, run_fleet,
};
use capf::pki::{Issuer, IssuerName, LscOrder};
use capf::secret::Password;
use capf::transport::{Connection, ServerTls, TlsStream};
use capf::wire::{
    CertificateItem, CertificateType, Command, Element, KeyType, Message, NamedCurve, Reason,
    SessionId,
};
use conversation::Direction;
use tokio::io::duplex;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::spawn_blocking;

const EC: KeyShape = KeyShape::Ec(Curve::P256);
const RSA: KeyShape = KeyShape::Rsa { bits: 2048 };

// ---------------------------------------------------------------------------------------------
// The recorded conversations

#[tokio::test]
async fn it_answers_every_recorded_server_as_the_recorded_phone_did() {
    let issuer = issuer();
    for recorded in conversation::all() {
        let phone = recorded_phone(&recorded, &issuer);
        let (near, far) = duplex(64 * 1024);
        let mut server = Connection::new(far);
        let mut conversation = Conversation::new(&phone, Connection::new(near));
        let replaying = async {
            let mut public_key = None;
            for (direction, bytes) in &recorded.lines {
                let line = Message::decode(bytes).expect("it was recorded");
                match direction {
                    Direction::FromServer => {
                        let line = certified(line, public_key.as_deref(), &phone.device, &issuer);
                        server.send(&line).await.expect("the phone listens");
                    }
                    Direction::FromPhone => {
                        let answer = server.receive().await.expect("the phone answers");
                        assert_eq!(
                            without_keys(answer.clone()).encode(),
                            without_keys(line).encode(),
                            "{}",
                            recorded.name
                        );
                        public_key = answer.public_key().map(<[u8]>::to_vec).or(public_key);
                    }
                }
            }
        };
        let (end, ()) = tokio::join!(conversation.finish(), replaying);
        let reason = match &end {
            End::Ended(reason) | End::Refused(reason) => reason.to_string(),
            other => other.to_string(),
        };
        assert_eq!(reason, recorded.ends, "{}", recorded.name);
        let well = ["Success", "NoAction"].contains(&reason.as_str());
        assert_eq!(matches!(end, End::Ended(_)), well, "{}", recorded.name);
    }
}

/// A phone that has what the recorded one had.
fn recorded_phone(recorded: &conversation::Conversation, issuer: &Issuer) -> PhoneSim {
    let messages: Vec<Message> = recorded
        .lines
        .iter()
        .map(|(_, bytes)| Message::decode(bytes).expect("it was recorded"))
        .collect();
    let response = &messages[1];
    let device: DeviceName = response.device_name().unwrap().parse().unwrap();
    let certificate = response.certificate();
    let sudi = response.sudi_data().map(|sudi| &sudi.certificate[..]);
    let is_mic = certificate.is_some() && certificate == sudi;
    let entered = response.password().filter(|it| !it.is_empty());
    let fetched = messages
        .iter()
        .any(|message| message.command.0 > 10 && message.certificate().is_some());
    let deleted = recorded.name == "delete-none-rsa2048";
    let shape = if recorded.name.contains("ec256") {
        EC
    } else {
        RSA
    };
    PhoneSim {
        kind: match response.version() {
            Some(2) => PhoneKind::Softphone,
            _ => PhoneKind::Hardware,
        },
        // What its mode does not ask for it does not send, though its user entered it.
        password: Some(entered.cloned().unwrap_or_else(|| Password::new(b"0000"))),
        lsc: ((certificate.is_some() && !is_mic) || fetched || deleted)
            .then(|| identity(&device, shape, issuer)),
        mic: sudi.map(|_| identity(&device, RSA, issuer)),
        configuration: Configuration::Loaded(match certificate {
            None if entered.is_some() => AuthenticationMode::AuthenticationString,
            None => AuthenticationMode::NullString,
            Some(_) if is_mic => AuthenticationMode::ExistingMic,
            Some(_) => AuthenticationMode::ExistingLsc,
        }),
        ..PhoneSim::new(device)
    }
}

/// `message` with a certificate for this phone's key in the place of the recorded one.
fn certified(
    mut message: Message,
    public_key: Option<&[u8]>,
    device: &DeviceName,
    issuer: &Issuer,
) -> Message {
    for element in &mut message.elements {
        if let Element::Certificate(item) = element {
            let key = public_key.expect("the phone has made a key");
            item.der = issue(issuer, device, key).der().to_vec();
        }
    }
    message
}

/// `message` without the values that come out of a key; what is left must be the same bytes.
fn without_keys(mut message: Message) -> Message {
    for element in &mut message.elements {
        match element {
            Element::Certificate(item) => item.der.clear(),
            Element::SignedData(value) | Element::PublicKey(value) => {
                value.clear();
            }
            Element::Sha2SignedData(signed) => signed.signature.clear(),
            Element::SudiData(sudi) => {
                sudi.certificate.clear();
                sudi.signatures
                    .iter_mut()
                    .for_each(|signed| signed.signature.clear());
            }
            _ => {}
        }
    }
    message
}

// ---------------------------------------------------------------------------------------------
// Over TLS

#[tokio::test]
async fn phones_of_both_generations_install_an_lsc_and_keep_it() {
    let issuer = issuer();
    for (profile, version) in [
        (TlsProfile::Modern, "TLSv1.3"),
        (TlsProfile::Legacy, "TLSv1"),
    ] {
        let (server, mut responses) = serve(&issuer, profile, install).await;
        let directory = tempfile::tempdir().unwrap();
        let state = StateDir::open(directory.path()).unwrap();
        let phone = PhoneSim {
            password: Some(Password::new(b"1234567890")),
            state: Some(state.clone()),
            ..phone(0)
        };
        let first = phone.run(&server, pending()).await;
        assert_eq!(first.end, End::Ended(Reason::SUCCESS), "{:?}", first.steps);
        assert_eq!(first.attempts, 1);
        let negotiated = first.negotiated.unwrap();
        assert_eq!(negotiated.version, version);
        assert_eq!(negotiated.peer.as_ref(), Some(issuer.certificate()));
        let kept = state.load(&phone.device).unwrap().unwrap();
        assert_eq!(first.stored.as_ref(), Some(kept.certificate()));
        let response = responses.recv().await.unwrap();
        assert_eq!(response.certificate(), None);
        assert_eq!(response.password(), phone.password.as_ref());

        // The next session begins with the LSC of the one before as its proof.
        let second = phone.run(&server, pending()).await;
        assert!(second.succeeded());
        let response = responses.recv().await.unwrap();
        assert_eq!(response.certificate(), Some(kept.certificate().der()));
        assert_ne!(second.stored, first.stored);
    }
}

#[tokio::test]
async fn a_server_with_another_certificate_is_left_at_once() {
    let (ours, other) = (issuer(), issuer());
    let (_, address) = listen(&ours, install).await;
    let trust = ServerTrust::Certificate(other.certificate().clone());
    let server = CapfServer::new(address, trust, TlsProfile::Modern).unwrap();
    let outcome = phone(0).run(&server, pending()).await;
    assert!(matches!(outcome.end, End::ServerUntrusted(_)));
    assert_eq!((outcome.attempts, outcome.steps.len()), (1, 0));
}

#[tokio::test]
async fn a_phone_comes_through_however_far_the_server_came_before_it_died() {
    let issuer = issuer();
    // AuthRequest, KeyGenerateRequest, StoreCertificateRequest, EndSession.
    for said in 0..4 {
        let deaths = Arc::new(AtomicUsize::new(0));
        let dies = Arc::clone(&deaths);
        let (server, _responses) = serve(&issuer, TlsProfile::Modern, move |session| {
            let dies = dies.fetch_add(1, Ordering::Relaxed) == 0;
            async move {
                if dies {
                    drop(until_the_end(session, said).await);
                } else {
                    install(session).await;
                }
            }
        })
        .await;
        let phone = PhoneSim {
            retry: Retry {
                count: 3,
                interval: Duration::ZERO,
            },
            ..phone(0)
        };
        let outcome = phone.run(&server, pending()).await;
        assert_eq!(outcome.end, End::Ended(Reason::SUCCESS), "after {said}");
        assert_eq!(outcome.attempts, 2, "after {said}");
        assert_eq!(
            outcome.lsc.as_ref().map(Identity::certificate),
            outcome.stored.as_ref()
        );
    }
}

#[tokio::test]
async fn a_fleet_reports_every_phone_and_keeps_to_its_jobs() {
    let issuer = issuer();
    let (open, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&most);
    let (server, _responses) = serve(&issuer, TlsProfile::Modern, move |session| {
        let (open, most) = (Arc::clone(&open), Arc::clone(&counted));
        async move {
            most.fetch_max(open.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            let session = until_the_end(session, 3).await;
            // It is over before the phone hears so, and another takes its place.
            open.fetch_sub(1, Ordering::SeqCst);
            session.end().await;
        }
    })
    .await;
    let mut outcomes: Vec<Outcome> = Vec::new();
    let phones = (0..20).map(phone);
    run_fleet(phones, &server, 4, pending(), |outcome| {
        outcomes.push(outcome);
    })
    .await;
    assert!(outcomes.iter().all(Outcome::succeeded));
    let mut devices: Vec<_> = outcomes.iter().map(|outcome| &outcome.device).collect();
    devices.sort();
    devices.dedup();
    assert_eq!(devices.len(), 20);
    assert!(most.load(Ordering::SeqCst) <= 4);
}

#[tokio::test]
async fn a_fleet_that_is_aborted_reports_the_held_phones_and_those_to_come() {
    let issuer = issuer();
    let (held, mut holds) = mpsc::unbounded_channel();
    let (server, _responses) = serve(&issuer, TlsProfile::Modern, move |session| {
        let held = held.clone();
        async move {
            let mut session = session;
            session.ask(Command::AUTH_REQUEST, vec![]).await;
            session.say(Command::REQUEST_IN_PROGRESS, vec![]).await;
            held.send(()).unwrap();
            let _ = session.connection.receive().await;
        }
    })
    .await;
    let abort = async {
        for _ in 0..2 {
            holds.recv().await.unwrap();
        }
    };
    let mut outcomes: Vec<Outcome> = Vec::new();
    run_fleet((0..5).map(phone), &server, 2, abort, |outcome| {
        outcomes.push(outcome);
    })
    .await;
    assert_eq!(outcomes.len(), 5);
    assert!(outcomes.iter().all(|outcome| outcome.end == End::Aborted));
    let was_asked = |outcome: &&Outcome| {
        outcome
            .steps
            .iter()
            .any(|step| matches!(step.event, Event::Sent { .. }))
    };
    assert_eq!(outcomes.iter().filter(was_asked).count(), 2);
}

#[tokio::test]
async fn a_phone_that_is_aborted_before_it_begins_does_not_connect() {
    let server = CapfServer::new("127.0.0.1:1", ServerTrust::Any, TlsProfile::Modern).unwrap();
    let outcome = phone(0).run(&server, ready(())).await;
    assert_eq!(outcome.end, End::Aborted);
}

#[tokio::test]
async fn a_test_can_stop_between_any_two_messages() {
    let issuer = issuer();
    let (died, death) = oneshot::channel();
    let mut died = Some(died);
    let (server, _responses) = serve(&issuer, TlsProfile::Modern, move |mut session| {
        let died = died.take();
        async move {
            session.ask(Command::AUTH_REQUEST, vec![]).await;
            drop(session);
            died.expect("there is one session").send(()).unwrap();
        }
    })
    .await;
    let phone = phone(0);
    let connection = server.connect(&phone).await.unwrap();
    let mut conversation = Conversation::new(&phone, connection);
    let request = conversation.receive().await.unwrap();
    assert_eq!(request.command, Command::AUTH_REQUEST);
    conversation.answer(&request).await.unwrap();
    death.await.unwrap();
    assert!(matches!(
        conversation.receive().await,
        Err(End::CommunicationFailure(_))
    ));
}

// ---------------------------------------------------------------------------------------------
// The command

/// Runs `capf phone-sim` for one phone in `directory`; its exit code, and all that it said.
async fn command(directory: &Path, words: &[&str]) -> (Option<i32>, String) {
    let mut command = process::Command::new(env!("CARGO_BIN_EXE_capf"));
    command
        .env_clear()
        .current_dir(directory)
        .args(["phone-sim", "--retries", "0", "--state-dir", "phones"])
        .args(words)
        .arg("SEP000000000000");
    let output = spawn_blocking(move || command.output()).await.unwrap();
    let output = output.unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(said).unwrap())
}

#[tokio::test]
async fn a_power_failure_can_be_simulated_on_the_command_line() {
    let issuer = issuer();
    let mut sessions = 0;
    let (mut responses, server) = listen(&issuer, move |session| {
        sessions += 1;
        let said = if sessions == 1 { 0 } else { 3 };
        async move {
            let session = until_the_end(session, said).await;
            if said == 3 {
                session.end().await;
            }
        }
    })
    .await;
    let directory = tempfile::tempdir().unwrap();
    let flash = directory.path().join("phones/SEP000000000000.flash");
    let server = ["--server", &server];
    let entered = ["--auth-mode", "auth-string", "--auth-string", "471147"];
    let (code, said) = command(directory.path(), &[&server[..], &entered].concat()).await;
    assert_eq!(code, Some(1), "{said}");
    let kept = std::fs::read_to_string(&flash).unwrap();
    assert_eq!(kept, "By Authentication String\n");

    let lost = ["--no-tftp", "--auth-string", "471147"];
    let (code, said) = command(directory.path(), &[&server[..], &lost].concat()).await;
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("authentication mode By Authentication String, from its flash"));
    assert!(!said.contains("471147"), "{said}");
    let response = responses.recv().await.unwrap();
    assert_eq!(response.password(), Some(&Password::new(b"471147")));
    assert!(!flash.exists());

    let (code, said) = command(directory.path(), &[&server[..], &lost].concat()).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("failed: the phone failed: it cannot load its configuration file"));
}

#[tokio::test]
async fn stop_can_be_pressed_on_the_command_line() {
    let (_responses, server) = listen(&issuer(), |mut session| async move {
        let response = session.ask(Command::AUTH_REQUEST, vec![]).await;
        if response.reason() == Some(Reason::SUCCESS) {
            let made = session.ask(Command::KEY_GENERATE_REQUEST, ec_order()).await;
            assert_eq!(made.elements, [Element::Reason(Reason::DECLINED)]);
        }
        session.end().await;
    })
    .await;
    let directory = tempfile::tempdir().unwrap();
    for (option, code, expected) in [
        ("--press-stop", 1, "failed: the phone's user pressed Stop"),
        (
            "--press-stop=first-request",
            1,
            "failed: the phone's user pressed Stop",
        ),
        (
            "--press-stop=soon",
            2,
            "write first-request, key, storing, or a number of seconds",
        ),
    ] {
        let words = ["--server", &server, option];
        let (ended, said) = command(directory.path(), &words).await;
        assert_eq!(ended, Some(code), "{option}: {said}");
        assert!(said.contains(expected), "{option}: {said}");
    }
}

// ---------------------------------------------------------------------------------------------
// What the tests are made of

fn issuer() -> Issuer {
    let now = "2026-11-23T12:00:00Z".parse().unwrap();
    Issuer::create(&IssuerName::default(), now).unwrap()
}

fn issue(issuer: &Issuer, device: &DeviceName, public_key: &[u8]) -> Certificate {
    let order = LscOrder {
        device,
        model: "",
        serial_number: None,
        public_key,
        validity_days: 365,
    };
    let now = "2026-11-23T12:00:00Z".parse().unwrap();
    issuer.issue(&order, now).unwrap()
}

fn identity(device: &DeviceName, shape: KeyShape, issuer: &Issuer) -> Identity {
    let key = Key::generate(shape).unwrap();
    let certificate = issue(issuer, device, &key.public_key().unwrap());
    Identity::new(certificate, key).unwrap()
}

fn phone(number: u32) -> PhoneSim {
    PhoneSim {
        retry: Retry::NEVER,
        ..PhoneSim::new(format!("SEP{number:012X}").parse().unwrap())
    }
}

/// One session of the scripted server.
struct Session {
    connection: Connection<TlsStream<TcpStream>>,
    issuer: Issuer,
    responses: mpsc::UnboundedSender<Message>,
}

impl Session {
    async fn say(&mut self, command: Command, elements: Vec<Element>) {
        let message = Message {
            command,
            session_id: SessionId(7),
            elements,
        };
        self.connection.send(&message).await.unwrap();
    }

    /// The answer, past the word that a key is being made.
    async fn ask(&mut self, command: Command, elements: Vec<Element>) -> Message {
        self.say(command, elements).await;
        loop {
            let answer = self.connection.receive().await.unwrap();
            if answer.command != Command::REQUEST_IN_PROGRESS {
                return answer;
            }
        }
    }

    async fn end(mut self) {
        let reason = vec![Element::Reason(Reason::SUCCESS)];
        self.say(Command::END_SESSION, reason).await;
        self.connection.close().await;
    }
}

async fn install(session: Session) {
    until_the_end(session, 3).await.end().await;
}

/// An Install until `said` messages, at most 3, are said and answered; the fourth is its end.
async fn until_the_end(mut session: Session, said: usize) -> Session {
    if said == 0 {
        return session;
    }
    let response = session.ask(Command::AUTH_REQUEST, vec![]).await;
    let device: DeviceName = response.device_name().unwrap().parse().unwrap();
    let _ = session.responses.send(response);
    if said == 1 {
        return session;
    }
    let made = session.ask(Command::KEY_GENERATE_REQUEST, ec_order()).await;
    if said == 2 {
        return session;
    }
    let lsc = issue(&session.issuer, &device, made.public_key().unwrap());
    let elements = vec![
        Element::CertificateType(CertificateType::LSC),
        Element::Certificate(CertificateItem::new(lsc.der().to_vec())),
    ];
    let stored = session
        .ask(Command::STORE_CERTIFICATE_REQUEST, elements)
        .await;
    assert_eq!(stored.reason(), Some(Reason::SUCCESS));
    session
}

/// What asks for a key that is made in no time.
fn ec_order() -> Vec<Element> {
    vec![
        Element::KeyType(KeyType::EC),
        Element::Curve(NamedCurve::P256),
    ]
}

/// A server that does `script` with every phone, and tells every `AuthResponse` that it gets.
async fn serve<F>(
    issuer: &Issuer,
    profile: TlsProfile,
    script: impl FnMut(Session) -> F + Send + 'static,
) -> (CapfServer, mpsc::UnboundedReceiver<Message>)
where
    F: Future<Output = ()> + Send + 'static,
{
    let (responses, address) = listen(issuer, script).await;
    let trust = ServerTrust::Certificate(issuer.certificate().clone());
    (CapfServer::new(address, trust, profile).unwrap(), responses)
}

async fn listen<F>(
    issuer: &Issuer,
    mut script: impl FnMut(Session) -> F + Send + 'static,
) -> (mpsc::UnboundedReceiver<Message>, String)
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let tls = ServerTls::new(issuer, TlsVersion::Tls10).unwrap();
    let issuer = issuer.clone();
    let (responses, receiver) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(connection) = tls.accept(stream).await else {
                continue;
            };
            tokio::spawn(script(Session {
                connection,
                issuer: issuer.clone(),
                responses: responses.clone(),
            }));
        }
    });
    (receiver, address)
}
