//! Scripts of a server, and what the phone makes of them.

use std::time::Duration;

use openssl::pkey::PKey;
use openssl::rsa::Padding;
use tokio::io::{AsyncReadExt as _, DuplexStream, duplex};

use super::*;
use crate::model::AuthenticationMode;
use crate::phone_sim::identity::tests::{P256, identity, issued};
use crate::phone_sim::{Configuration, Event, Key, Misbehaviour, StateDir};
use crate::secret::Password;
use crate::wire::{CertificateItem, CertificateType, DigestType, KeyType, NamedCurve};

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

/// The phone is sent a certificate for its key, and declines it.
async fn sends_what_is_declined(server: &mut Server) {
    server.greets().await;
    let response = server.wants_key(&EC).await;
    let elements = [LSC, certificate_for(&response)];
    let response = server
        .asks(Command::STORE_CERTIFICATE_REQUEST, &elements)
        .await;
    assert_eq!(response.reason(), Some(Reason::DECLINED));
    server.ends(Reason::DECLINED).await;
}

#[tokio::test]
async fn a_phone_that_refuses_certificates_stores_none() {
    let phone = PhoneSim {
        refuses_certificates: true,
        ..phone()
    };
    let (end, lsc, _) = play(&phone, sends_what_is_declined).await;
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
    let (_, lsc, _) = play(&phone, sends_what_is_declined).await;
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
