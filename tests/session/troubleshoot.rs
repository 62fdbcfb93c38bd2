//! Troubleshoot.

use capf::model::{Certificate, CertificateKind, CertificateOperation, OperationStatus};
use capf::pki::KeyFingerprint;
use capf::session::{Input, Record};
use capf::wire::{CertificateItem, CertificateType, Command, Element, Message, Reason};

use crate::walk::{P256, RSA_2048, Walk, lsc, message, subject, version_2_response, with_reason};

fn asked() -> Walk {
    let walk = Walk::introduced(subject(CertificateOperation::Troubleshoot));
    assert_eq!(walk.asked(), &message(Command::FETCH_CERTIFICATE_REQUEST));
    walk
}

fn gives(certificate: &Certificate) -> Message {
    with_reason(Command::FETCH_CERTIFICATE_RESPONSE, Reason::SUCCESS).with(Element::Certificate(
        CertificateItem::new(certificate.der().to_vec()),
    ))
}

fn has_none() -> Message {
    with_reason(Command::FETCH_CERTIFICATE_RESPONSE, Reason::DECLINED)
}

fn fetched(certificates: &[(CertificateKind, &Certificate)]) -> Record {
    let certificates = certificates
        .iter()
        .map(|(kind, certificate)| (*kind, (*certificate).clone()))
        .collect();
    Record::Fetched { certificates }
}

#[test]
fn lsc_and_mic_are_fetched_one_after_the_other() {
    let (first, second) = (lsc(&RSA_2048), lsc(&P256));
    let mut walk = asked();
    walk.says(gives(&first));
    let request = message(Command::FETCH_CERTIFICATE_REQUEST)
        .with(Element::CertificateType(CertificateType::MIC));
    assert_eq!(walk.asked(), &request);
    let both = fetched(&[
        (CertificateKind::Lsc, &first),
        (CertificateKind::Mic, &second),
    ]);
    walk.says(gives(&second)).succeeded(both, Reason::NO_ACTION);
}

#[test]
fn a_phone_with_one_certificate_gives_that_one() {
    let certificate = lsc(&RSA_2048);
    let one = fetched(&[(CertificateKind::Lsc, &certificate)]);
    asked()
        .says(gives(&certificate))
        .says(has_none())
        .succeeded(one.clone(), Reason::NO_ACTION);
    // A phone that takes no notice of the type gives the same one twice.
    asked()
        .says(gives(&certificate))
        .says(gives(&certificate))
        .succeeded(one, Reason::NO_ACTION);

    let mic = fetched(&[(CertificateKind::Mic, &certificate)]);
    asked()
        .says(has_none())
        .says(gives(&certificate))
        .succeeded(mic, Reason::NO_ACTION);
}

#[test]
fn a_phone_that_does_not_know_the_second_request_has_given_what_it_has() {
    let certificate = lsc(&RSA_2048);
    for input in [
        Input::Lost,
        Input::TimedOut,
        Input::Message(message(Command(99))),
    ] {
        let mut walk = asked();
        walk.says(gives(&certificate)).then(input);
        assert_eq!(
            walk.records(),
            [&fetched(&[(CertificateKind::Lsc, &certificate)])]
        );
    }
}

#[test]
fn a_version_2_client_is_asked_once() {
    let certificate = lsc(&RSA_2048);
    let mut walk = Walk::new(Some(subject(CertificateOperation::Troubleshoot)));
    walk.says(version_2_response())
        .says(gives(&certificate))
        .succeeded(
            fetched(&[(CertificateKind::Lsc, &certificate)]),
            Reason::NO_ACTION,
        );
}

#[test]
fn a_phone_without_certificates_ends_the_operation_as_failed_and_is_let_go_as_recorded() {
    asked()
        .says(has_none())
        .says(has_none())
        .failed_and_told(OperationStatus::TroubleshootFailed, Reason::NO_ACTION);
}

#[test]
fn a_phone_that_declined_once_and_does_not_know_the_second_request_is_not_asked_for_ever() {
    for input in [
        Input::Lost,
        Input::TimedOut,
        Input::Message(message(Command(99))),
    ] {
        let mut walk = asked();
        walk.says(has_none())
            .then(input)
            .failed_and_told(OperationStatus::TroubleshootFailed, Reason::NO_ACTION);
    }
}

#[test]
fn a_certificate_that_no_record_can_be_made_of_is_none() {
    let odd = Certificate::from_der(&with_a_long_form_length(&lsc(&RSA_2048))).unwrap();
    assert!(KeyFingerprint::of(odd.public_key()).is_err());
    asked()
        .says(gives(&odd))
        .says(gives(&odd))
        .failed_and_told(OperationStatus::TroubleshootFailed, Reason::NO_ACTION);
    // It does not cost the phone what else it gives.
    let mic = lsc(&P256);
    let one = fetched(&[(CertificateKind::Mic, &mic)]);
    asked()
        .says(gives(&odd))
        .says(gives(&mic))
        .succeeded(one, Reason::NO_ACTION);
}

/// The certificate with the length of its public key's algorithm in more bytes than it needs, which
/// is BER and no DER (X.690, section 10.1).
fn with_a_long_form_length(certificate: &Certificate) -> Vec<u8> {
    let der = certificate.der();
    let key = certificate.public_key();
    // SEQUENCE, long form, two bytes of length: everything that counts here is that long.
    assert_eq!(key[..2], [0x30, 0x82]);
    assert_eq!(key[4..6], [0x30, 13]);
    let algorithm = [&[0x30, 0x81, 13], &key[6..]].concat();
    let longer = |outer: &[u8]| {
        let length = u16::from_be_bytes([outer[2], outer[3]]) + 1;
        [&outer[..2], &length.to_be_bytes()].concat()
    };
    let place = der.windows(key.len()).position(|part| part == key).unwrap();
    [
        &longer(der)[..],
        &longer(&der[4..]),
        &der[8..place],
        &longer(key),
        &algorithm,
        &der[place + key.len()..],
    ]
    .concat()
}

#[test]
fn bytes_that_are_no_certificate_are_none() {
    let garbage = with_reason(Command::FETCH_CERTIFICATE_RESPONSE, Reason::SUCCESS).with(
        Element::Certificate(CertificateItem::new(vec![0x30, 0x03, 1, 2, 3])),
    );
    asked()
        .says(garbage)
        .says(has_none())
        .failed_and_told(OperationStatus::TroubleshootFailed, Reason::NO_ACTION);
}

#[test]
fn a_connection_lost_before_the_first_certificate_leaves_the_operation_scheduled() {
    asked()
        .then(Input::Lost)
        .was_lost(OperationStatus::TroubleshootFailedPhoneCommunicationFailure);
}
