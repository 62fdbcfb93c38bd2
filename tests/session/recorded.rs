//! What recorded phones said is accepted, and what we answer is what recorded servers answered.

use capf::model::{
    AuthenticationMode, CertificateOperation, Curve, DeviceName, KeyOrder, ParameterValues, Phone,
};
use capf::secret::AuthenticationString;
use capf::session::{Input, Subject};
use capf::wire::{Command, Message};

use crate::conversation::{self, Conversation, Direction};
use crate::walk::{ID, Walk};

/// What must be scheduled for the conversation to come about; `None`: no such phone.
fn scheduled(name: &str, device: DeviceName) -> Option<Subject> {
    let mut phone = Phone::new(device);
    let capf = &mut phone.capf;
    capf.operation = match name.split('-').next().unwrap() {
        "fetch" => CertificateOperation::Troubleshoot,
        "delete" => CertificateOperation::Delete,
        "none" => CertificateOperation::None,
        _ => CertificateOperation::Install,
    };
    if name.contains("unknown-device") {
        return None;
    }
    if name.contains("password") {
        capf.authentication_mode = AuthenticationMode::AuthenticationString;
        capf.authentication_string = Some(AuthenticationString::new("1234567890").unwrap());
    }
    if by_certificate(name) {
        capf.authentication_mode = AuthenticationMode::ExistingLsc;
    }
    if name.contains("ec256") {
        capf.key_order = KeyOrder::EcOnly;
        capf.ec_key_size = Curve::P256;
    }
    Some(Subject {
        phone,
        parameters: ParameterValues::default(),
        held: None,
        imported: None,
    })
}

fn by_certificate(name: &str) -> bool {
    ["-mic", "certificate-missing"]
        .iter()
        .any(|part| name.contains(part))
}

fn messages(conversation: &Conversation, direction: Direction) -> Vec<Message> {
    conversation
        .lines
        .iter()
        .filter(|(from, _)| *from == direction)
        .map(|(_, bytes)| Message::decode(bytes).unwrap())
        .collect()
}

/// The commands that our server sends, and the reason with which it ends.
fn replay(conversation: &Conversation) -> Vec<(Command, Option<u8>)> {
    let said = messages(conversation, Direction::FromPhone);
    let device = said[0].device_name().unwrap().parse().unwrap();
    let mut walk = Walk::new(scheduled(&conversation.name, device));
    let mut sent = vec![(Command::AUTH_REQUEST, None)];
    let inputs = said
        .into_iter()
        .map(|message| {
            Input::Message(Message {
                session_id: ID,
                ..message
            })
        })
        .chain([Input::Lost]);
    for input in inputs {
        walk.then(input);
        let new = walk.sent();
        sent.extend(
            new.iter()
                .map(|message| (message.command, message.reason().map(|r| r.0))),
        );
    }
    assert!(walk.session().is_ended());
    sent
}

fn recorded(conversation: &Conversation) -> Vec<(Command, Option<u8>)> {
    messages(conversation, Direction::FromServer)
        .iter()
        .map(|message| (message.command, message.reason().map(|reason| reason.0)))
        .collect()
}

#[test]
fn every_recorded_phone_without_a_certificate_as_proof_gets_the_recorded_answers() {
    let mut replayed = 0;
    for conversation in conversation::all() {
        if by_certificate(&conversation.name) {
            continue;
        }
        let mut ours = replay(&conversation);
        if conversation.name.starts_with("fetch") {
            // We ask a second time, for the MIC (D).
            assert_eq!(ours.remove(2).0, Command::FETCH_CERTIFICATE_REQUEST);
        }
        let mut theirs = recorded(&conversation);
        if conversation.name.contains("has-no-cert") {
            // The recorded servers end these as if all were well; ours does not, and has nobody
            // left to tell where the recorded phone does not answer the second request.
            ours.retain(|(command, _)| *command != Command::END_SESSION);
            theirs.retain(|(command, _)| *command != Command::END_SESSION);
        }
        assert_eq!(ours, theirs, "{}", conversation.name);
        replayed += 1;
    }
    assert_eq!(replayed, 12);
}

#[test]
fn every_recorded_phone_with_a_certificate_as_proof_is_refused_by_this_version() {
    let mut replayed = 0;
    for conversation in conversation::all() {
        if by_certificate(&conversation.name) {
            let refused = [
                (Command::AUTH_REQUEST, None),
                (Command::END_SESSION, Some(7)),
            ];
            assert_eq!(replay(&conversation), refused, "{}", conversation.name);
            replayed += 1;
        }
    }
    assert_eq!(replayed, 5);
}
