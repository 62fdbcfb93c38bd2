//! What recorded phones said is accepted, and what we answer is what recorded servers answered.

use capf::model::{
    AuthenticationMode, Certificate, CertificateOperation, CertificateState, Curve, DeviceName,
    KeyOrder, ParameterValues, Phone, TrustAnchor, TrustPurpose,
};
use capf::secret::AuthenticationString;
use capf::session::{Input, Subject};
use capf::wire::{Command, Message};

use crate::conversation::{self, Conversation, Direction};
use crate::walk::{Walk, now};

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
        lscs: Vec::new(),
        anchors: Vec::new(),
        revocations: Vec::new(),
        locked_until: None,
    })
}

/// The recorded phone's certificates as anchors that vouch for themselves: whoever issued them was
/// not recorded. None in the conversation whose point is that nobody vouches for them.
fn anchors(name: &str, said: &Message) -> Vec<TrustAnchor> {
    if name.contains("unknown-ca") {
        return Vec::new();
    }
    let anchor = |purpose, der: &[u8]| TrustAnchor {
        id: 1,
        purpose,
        certificate: Certificate::from_der(der).unwrap(),
        imported_at: now(),
    };
    let lsc = said
        .certificate()
        .filter(|_| name.starts_with("renew"))
        .map(|der| anchor(TrustPurpose::Capf, der));
    let mic = said
        .sudi_data()
        .map(|sudi| anchor(TrustPurpose::Manufacturing, &sudi.certificate));
    lsc.into_iter().chain(mic).collect()
}

/// The recorded phone's LSC on record as the one that it holds.
fn lscs(name: &str, said: &Message) -> Vec<(CertificateState, Certificate)> {
    let shown = said.certificate().filter(|_| name.starts_with("renew"));
    let lsc = shown.map(|der| Certificate::from_der(der).unwrap());
    lsc.into_iter()
        .map(|lsc| (CertificateState::Held, lsc))
        .collect()
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
    let mut subject = scheduled(&conversation.name, device);
    if let Some(subject) = &mut subject {
        subject.anchors = anchors(&conversation.name, &said[0]);
        subject.lscs = lscs(&conversation.name, &said[0]);
    }
    // The recorded id: the phone has signed it.
    let mut walk = Walk::with_id(said[0].session_id, subject);
    let mut sent = vec![(Command::AUTH_REQUEST, None)];
    let inputs = said.into_iter().map(Input::Message).chain([Input::Lost]);
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
fn every_recorded_phone_gets_the_recorded_answers() {
    let mut replayed = 0;
    for conversation in conversation::all() {
        let mut ours = replay(&conversation);
        if conversation.name.starts_with("fetch") {
            // We ask a second time, for the MIC (D).
            assert_eq!(ours.remove(2).0, Command::FETCH_CERTIFICATE_REQUEST);
        }
        assert_eq!(ours, recorded(&conversation), "{}", conversation.name);
        replayed += 1;
    }
    assert_eq!(replayed, 17);
}
