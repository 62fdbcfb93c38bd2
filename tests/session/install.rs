//! Install/Upgrade with CAPF as the issuer.

use capf::model::{
    Certificate, CertificateOperation, Curve, FailureReason, KeyOrder, OperationStatus, Parameter,
    RsaKeySize,
};
use capf::pki::LscOrder;
use capf::session::{Input, Output, Patience, Record, Subject};
use capf::wire::{CertificateItem, CertificateType, Command, Element, KeyType, NamedCurve, Reason};
use jiff::SignedDuration;

use crate::walk::{
    self, P256, RSA_2048, Walk, key_response, message, rsa, subject, version_2_response,
    with_parameters, with_reason,
};

fn install() -> Subject {
    subject(CertificateOperation::Install)
}

fn with_keys(order: KeyOrder) -> Subject {
    let mut subject = install();
    subject.phone.capf.key_order = order;
    subject.phone.capf.ec_key_size = Curve::P256;
    subject
}

/// The phone says that it cannot make the key, or its user pressed Stop.
fn declines(walk: &mut Walk) -> &mut Walk {
    walk.says(with_reason(
        Command::KEY_GENERATE_RESPONSE,
        Reason::DECLINED,
    ))
}

#[test]
fn the_certificate_is_recorded_before_it_is_sent_and_success_before_the_phone_is_told() {
    let mut walk = Walk::introduced(install());
    assert_eq!(
        walk.asked(),
        &message(Command::KEY_GENERATE_REQUEST)
            .with(Element::KeySize(2048))
            .with(Element::KeyType(KeyType::RSA))
    );
    assert_eq!(walk.session().state_name(), "AWAIT KEYGEN RES");

    walk.says(message(Command::REQUEST_IN_PROGRESS));
    assert!(walk.did.is_empty());

    walk.says(key_response(&RSA_2048));
    let [
        Output::Issue(_),
        Output::Record(Record::Issued { certificate }),
        Output::Send(request),
    ] = &walk.did[..]
    else {
        panic!("{:?}", walk.did)
    };
    let certificate = certificate.clone();
    assert_eq!(
        certificate.public_key(),
        RSA_2048.public_key_to_der().unwrap()
    );
    assert_eq!(
        request,
        &message(Command::STORE_CERTIFICATE_REQUEST)
            .with(Element::CertificateType(CertificateType::LSC))
            .with(Element::Certificate(CertificateItem::new(
                certificate.der().to_vec()
            )))
    );
    assert_eq!(walk.session().state_name(), "AWAIT STORE CERT RESP");

    walk.says(with_reason(
        Command::STORE_CERTIFICATE_RESPONSE,
        Reason::SUCCESS,
    ))
    .succeeded(Record::Installed { certificate }, Reason::SUCCESS);
}

#[test]
fn an_ec_key_is_asked_for_by_its_curve() {
    let mut walk = Walk::introduced(with_keys(KeyOrder::EcOnly));
    assert_eq!(
        walk.asked(),
        &message(Command::KEY_GENERATE_REQUEST)
            .with(Element::KeyType(KeyType::EC))
            .with(Element::Curve(NamedCurve::P256))
    );
    walk.says(key_response(&P256));
    assert_eq!(walk.asked().command, Command::STORE_CERTIFICATE_REQUEST);
}

#[test]
fn a_version_2_client_is_sent_the_key_size_alone() {
    let mut walk = Walk::new(Some(install()));
    walk.says(version_2_response());
    assert_eq!(
        walk.asked(),
        &message(Command::KEY_GENERATE_REQUEST).with(Element::KeySize(2048))
    );
}

#[test]
fn a_version_2_client_is_asked_for_rsa_where_ec_is_preferred_and_fails_where_it_is_demanded() {
    let mut walk = Walk::new(Some(with_keys(KeyOrder::EcPreferred)));
    walk.says(version_2_response());
    assert_eq!(walk.asked().key_size(), Some(2048));

    let mut walk = Walk::new(Some(with_keys(KeyOrder::EcOnly)));
    walk.says(version_2_response())
        .failed(OperationStatus::UpgradeFailedNoSupportForEcOnly, false);
}

#[test]
fn a_phone_that_cannot_make_an_ec_key_is_asked_for_rsa_in_the_same_session() {
    let mut walk = Walk::introduced(with_keys(KeyOrder::EcPreferred));
    assert_eq!(walk.asked().key_type(), Some(KeyType::EC));
    declines(&mut walk);
    assert_eq!(walk.asked().key_type(), Some(KeyType::RSA));
    walk.says(key_response(&RSA_2048));
    assert_eq!(walk.asked().command, Command::STORE_CERTIFICATE_REQUEST);
}

#[test]
fn a_phone_that_declines_is_asked_as_often_as_the_parameter_says() {
    let attempts = [(Parameter::KeyGenerationAttempts, "2")];
    for (order, status) in [
        (
            KeyOrder::RsaOnly,
            OperationStatus::UpgradeFailedKeyGenerationFailed,
        ),
        (
            KeyOrder::EcOnly,
            OperationStatus::UpgradeFailedNoSupportForEcOnly,
        ),
    ] {
        let mut walk = Walk::introduced(with_parameters(with_keys(order), &attempts));
        declines(&mut walk);
        assert_eq!(walk.asked().command, Command::KEY_GENERATE_REQUEST);
        declines(&mut walk).failed(status, false);
    }
}

#[test]
fn a_phone_that_was_at_work_on_an_ec_key_and_stopped_does_not_lack_support_for_it() {
    let once = [(Parameter::KeyGenerationAttempts, "1")];
    for (is_at_work, status) in [
        (true, OperationStatus::UpgradeFailedKeyGenerationFailed),
        (false, OperationStatus::UpgradeFailedNoSupportForEcOnly),
    ] {
        let mut walk = Walk::introduced(with_parameters(with_keys(KeyOrder::EcOnly), &once));
        if is_at_work {
            walk.says(message(Command::REQUEST_IN_PROGRESS));
        }
        declines(&mut walk).failed(status, false);
    }
}

#[test]
fn a_key_weaker_than_what_was_asked_for_or_of_another_kind_is_refused() {
    let status = OperationStatus::UpgradeFailedKeyGenerationFailed;
    let mut walk = Walk::introduced(install());
    walk.says(key_response(&rsa(1024))).failed(status, false);

    let mut walk = Walk::introduced(install());
    walk.says(key_response(&P256)).failed(status, false);

    let mut walk = Walk::introduced(install());
    let garbage = message(Command::KEY_GENERATE_RESPONSE).with(Element::PublicKey(vec![0x30; 40]));
    walk.says(garbage).failed(status, false);

    let mut small = install();
    small.phone.capf.rsa_key_size = RsaKeySize::Bits512;
    let mut walk = Walk::introduced(small);
    walk.says(key_response(&rsa(512)));
    assert_eq!(walk.asked().command, Command::STORE_CERTIFICATE_REQUEST);
}

/// Asked for keys with this many attempts, each with three quarters of an hour.
fn patient(order: KeyOrder, attempts: &str) -> Walk {
    let parameters = [
        (Parameter::KeyGenerationTime, "45"),
        (Parameter::KeyGenerationAttempts, attempts),
    ];
    Walk::introduced(with_parameters(with_keys(order), &parameters))
}

#[test]
fn a_phone_has_the_parameters_time_to_make_its_key_and_is_asked_again_as_often_as_it_may_be() {
    let mut walk = patient(KeyOrder::RsaOnly, "3");
    let patience = Patience::KeyGeneration(SignedDuration::from_mins(45));
    for _ in 0..2 {
        assert_eq!(walk.session().patience(), patience);
        for _ in 0..100 {
            walk.says(message(Command::REQUEST_IN_PROGRESS));
            assert!(walk.did.is_empty());
        }
        walk.then(Input::TimedOut);
        assert_eq!(walk.asked().command, Command::KEY_GENERATE_REQUEST);
    }
    walk.then(Input::TimedOut)
        .failed(OperationStatus::UpgradeFailedKeyGenerationFailed, false);
}

#[test]
fn a_key_that_comes_late_is_taken_whichever_request_it_answers() {
    let mut walk = patient(KeyOrder::EcPreferred, "1");
    assert_eq!(walk.asked().key_type(), Some(KeyType::EC));
    walk.then(Input::TimedOut);
    assert_eq!(walk.asked().key_type(), Some(KeyType::RSA));
    walk.says(key_response(&P256));
    assert_eq!(walk.asked().command, Command::STORE_CERTIFICATE_REQUEST);

    let mut walk = patient(KeyOrder::EcPreferred, "1");
    walk.then(Input::TimedOut);
    walk.says(key_response(&RSA_2048));
    assert_eq!(walk.asked().command, Command::STORE_CERTIFICATE_REQUEST);

    let mut walk = patient(KeyOrder::EcPreferred, "1");
    walk.then(Input::TimedOut);
    walk.says(key_response(&rsa(1024)))
        .failed(OperationStatus::UpgradeFailedKeyGenerationFailed, false);
}

/// The certificate that was sent, and recorded before.
fn sent_certificate(walk: &Walk) -> Certificate {
    let certificate = Certificate::from_der(walk.asked().certificate().unwrap()).unwrap();
    let issued = Record::Issued {
        certificate: certificate.clone(),
    };
    assert_eq!(walk.records(), [&issued]);
    certificate
}

#[test]
fn a_phone_that_was_asked_twice_and_answers_twice_gets_the_certificate_for_its_last_key() {
    for (first_answer, record_of_the_first) in [(Reason::DECLINED, false), (Reason::SUCCESS, true)]
    {
        let mut walk = patient(KeyOrder::RsaOnly, "2");
        walk.then(Input::TimedOut).says(key_response(&RSA_2048));
        let first = sent_certificate(&walk);
        // The phone is at work on the other key before it looks at the certificate.
        let patience = Patience::KeyGeneration(SignedDuration::from_mins(45));
        assert_eq!(walk.session().patience(), patience);
        walk.says(message(Command::REQUEST_IN_PROGRESS));
        walk.says(key_response(&rsa(2048)));
        let last = sent_certificate(&walk);
        assert_ne!(first, last);
        assert_eq!(walk.session().patience(), Patience::Answer);

        let stored = Command::STORE_CERTIFICATE_RESPONSE;
        walk.says(with_reason(stored, first_answer));
        assert!(walk.sent().is_empty());
        let expected = if record_of_the_first {
            Record::Installed { certificate: first }
        } else {
            Record::NotStored {
                certificate: first,
                status: OperationStatus::OperationPending,
            }
        };
        assert_eq!(walk.records(), [&expected]);
        walk.says(with_reason(stored, Reason::SUCCESS))
            .succeeded(Record::Installed { certificate: last }, Reason::SUCCESS);
    }
}

#[test]
fn a_phone_that_was_asked_twice_and_then_makes_no_second_key_keeps_the_first() {
    let mut walk = patient(KeyOrder::RsaOnly, "2");
    walk.then(Input::TimedOut).says(key_response(&RSA_2048));
    let certificate = sent_certificate(&walk);
    declines(&mut walk);
    assert!(walk.did.is_empty());
    walk.says(with_reason(
        Command::STORE_CERTIFICATE_RESPONSE,
        Reason::SUCCESS,
    ))
    .succeeded(Record::Installed { certificate }, Reason::SUCCESS);
}

#[test]
fn the_serial_number_of_the_lsc_before_stands_in_the_new_one() {
    let order = LscOrder {
        device: &walk::NAME.parse().unwrap(),
        model: "CP-8861",
        serial_number: Some("PID:CP-8861 SN:FCH18198CNQ"),
        public_key: &P256.public_key_to_der().unwrap(),
        validity_days: 365,
    };
    let held = walk::ISSUER.issue(&order, walk::now()).unwrap();
    let mut walk = Walk::introduced(Subject {
        held: Some(held.clone()),
        ..install()
    });
    walk.says(key_response(&RSA_2048));
    let renewed = sent_certificate(&walk);
    assert_eq!(renewed.subject(), held.subject());
    assert!(renewed.subject().contains("FCH18198CNQ"));
}

#[test]
fn a_certificate_that_the_phone_does_not_store_is_never_its_own() {
    let mut walk = Walk::introduced(install());
    walk.says(key_response(&RSA_2048));
    let Some(Record::Issued { certificate }) = walk.records().first().copied().cloned() else {
        panic!("{:?}", walk.did)
    };
    walk.says(with_reason(
        Command::STORE_CERTIFICATE_RESPONSE,
        Reason::DECLINED,
    ));
    let status = OperationStatus::UpgradeFailed;
    assert_eq!(
        walk.records(),
        [&Record::NotStored {
            certificate,
            status
        }]
    );
    assert_eq!(
        walk.asked(),
        &with_reason(Command::END_SESSION, Reason::DECLINED)
    );
    assert!(walk.session().is_ended());
}

#[test]
fn a_ca_that_fails_is_the_cas_failure_and_not_the_phones() {
    for (reason, status) in [
        (FailureReason::Other, OperationStatus::UpgradeFailed),
        (
            FailureReason::CaCommunication,
            OperationStatus::UpgradeFailedCaCommunicationFailure,
        ),
        (
            FailureReason::CaRejected,
            OperationStatus::UpgradeFailedCaRejectedConnection,
        ),
    ] {
        let session = capf::session::Session::new(
            walk::ID,
            std::sync::Arc::new(walk::ISSUER.certificate().clone()),
        );
        let found = Input::Found {
            subject: Some(Box::new(install())),
            now: walk::now(),
        };
        let (session, _) = session.handle(Input::Opened);
        let (session, _) = session.handle(Input::Message(walk::auth_response()));
        let (session, _) = session.handle(found);
        let (session, _) = session.handle(Input::Admitted);
        let (session, _) = session.handle(Input::Message(key_response(&RSA_2048)));
        let (session, outputs) = session.handle(Input::Issued(Err(reason)));
        assert!(outputs.contains(&Output::Record(Record::Failed {
            operation: CertificateOperation::Install,
            status,
            ends_operation: false,
            is_refusal: false
        })));
        assert!(session.is_ended());
    }
}

#[test]
fn an_operation_that_is_called_off_ends_the_session_politely_at_any_step() {
    Walk::introduced(install())
        .then(Input::Withdrawn)
        .ended_silently(Reason::NO_ACTION);
    Walk::introduced(install())
        .says(key_response(&RSA_2048))
        .then(Input::Withdrawn)
        .ended_silently(Reason::NO_ACTION);
}

#[test]
fn a_connection_lost_at_any_step_leaves_the_operation_scheduled() {
    let status = OperationStatus::UpgradeFailedPhoneCommunicationFailure;
    let mut walk = Walk::introduced(install());
    walk.then(Input::Lost).was_lost(status);

    let mut walk = Walk::introduced(install());
    walk.says(key_response(&RSA_2048))
        .then(Input::Lost)
        .was_lost(status);
}

#[test]
fn a_message_out_of_turn_ends_the_session() {
    let status = OperationStatus::UpgradeFailedPhoneCommunicationFailure;
    for command in (0..=30).map(Command) {
        if command == Command::KEY_GENERATE_RESPONSE || command == Command::REQUEST_IN_PROGRESS {
            continue;
        }
        let mut walk = Walk::introduced(install());
        walk.says(with_reason(command, Reason::SUCCESS))
            .failed(status, false);
    }
}
