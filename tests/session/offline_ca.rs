//! Install/Upgrade with an offline CA: the session is held until the certificate is imported.

use capf::model::{CertificateOperation, CsrProof, KeyOrder, OperationStatus, Parameter};
use capf::pki::KeyFingerprint;
use capf::session::{Input, Output, Patience, Record, Subject};
use capf::wire::{Command, DigestType, Element, Reason, Sha2SignedData};
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Padding;
use openssl::sign::Signer;

use crate::walk::{
    P256, RSA_2048, Walk, key_response, lsc, message, subject, with_parameters, with_reason,
};

fn offline(proof: CsrProof) -> Subject {
    with_parameters(
        subject(CertificateOperation::Install),
        &[
            (Parameter::CertificateIssuer, "Offline CA"),
            (Parameter::CsrProof, proof.as_str()),
        ],
    )
}

/// A session that is held for this key.
fn held(key: &PKey<Private>) -> Walk {
    let mut walk = Walk::introduced(offline(CsrProof::None));
    walk.says(key_response(key));
    walk
}

fn sign(key: &PKey<Private>, data: &[u8]) -> Vec<u8> {
    Signer::new(MessageDigest::sha256(), key)
        .unwrap()
        .sign_oneshot_to_vec(data)
        .unwrap()
}

/// The phone's documented primitive: PKCS#1 type-1 padding over whatever it is given.
fn encrypt(key: &PKey<Private>, data: &[u8]) -> Vec<u8> {
    let rsa = key.rsa().unwrap();
    let mut signature = vec![0; usize::try_from(rsa.size()).unwrap()];
    rsa.private_encrypt(data, &mut signature, Padding::PKCS1)
        .unwrap();
    signature
}

/// The request is on record, signed, and the session is held for its key.
fn is_held(walk: &Walk, key: &PKey<Private>, signed: bool) {
    let [
        Output::Record(Record::Requested { csr }),
        Output::Hold(fingerprint),
    ] = &walk.did[..]
    else {
        panic!("{:?}", walk.did)
    };
    let public_key = key.public_key_to_der().unwrap();
    assert_eq!(csr.public_key(), public_key);
    assert_eq!(csr.is_signed(), signed);
    assert_eq!(*fingerprint, KeyFingerprint::of(&public_key).unwrap());
    assert_eq!(walk.session().state_name(), "AWAIT CA RESP");
    assert_eq!(walk.session().patience(), Patience::Held);
}

#[test]
fn without_proof_the_request_is_recorded_and_the_session_is_held() {
    is_held(&held(&RSA_2048), &RSA_2048, false);
}

#[test]
fn by_encrypt_the_phone_signs_a_digest_info() {
    let mut walk = Walk::introduced(offline(CsrProof::Encrypt));
    walk.says(key_response(&RSA_2048));
    assert_eq!(walk.asked().command, Command::ENCRYPT_REQUEST);
    assert_eq!(walk.session().state_name(), "AWAIT ENCRYPT MSG RESP");
    let signature = encrypt(&RSA_2048, walk.asked().signed_data().unwrap());
    walk.says(message(Command::ENCRYPT_RESPONSE).with(Element::SignedData(signature)));
    is_held(&walk, &RSA_2048, true);
}

#[test]
fn by_sign_the_phone_signs_the_request() {
    let mut subject = offline(CsrProof::Sign);
    let mut walk = Walk::introduced(subject.clone());
    walk.says(key_response(&RSA_2048));
    assert_eq!(walk.asked().digest_type(), Some(DigestType::SHA256));
    let signature = sign(&RSA_2048, walk.asked().signed_data().unwrap());
    let response = message(Command::SIGN_CERTIFICATE_RESPONSE);
    walk.says(response.clone().with(Element::SignedData(signature)));
    is_held(&walk, &RSA_2048, true);

    subject.phone.capf.key_order = KeyOrder::EcOnly;
    subject.phone.capf.ec_key_size = capf::model::Curve::P256;
    for proof in [CsrProof::Sign, CsrProof::Encrypt] {
        let mut subject = subject.clone();
        subject.parameters = offline(proof).parameters;
        let mut walk = Walk::introduced(subject);
        walk.says(key_response(&P256));
        assert_eq!(
            walk.asked().command,
            Command::SIGN_CERTIFICATE_REQUEST,
            "{proof}"
        );
        let signature = sign(&P256, walk.asked().signed_data().unwrap());
        let data = Sha2SignedData {
            digest: DigestType::SHA256,
            signature,
        };
        walk.says(response.clone().with(Element::Sha2SignedData(data)));
        is_held(&walk, &P256, true);
    }
}

#[test]
fn a_signature_that_does_not_hold_is_no_proof_and_makes_no_request() {
    for proof in [CsrProof::Encrypt, CsrProof::Sign] {
        let mut walk = Walk::introduced(offline(proof));
        walk.says(key_response(&RSA_2048));
        let answer = match proof {
            CsrProof::Encrypt => Command::ENCRYPT_RESPONSE,
            _ => Command::SIGN_CERTIFICATE_RESPONSE,
        };
        let signature = sign(&RSA_2048, b"something else");
        walk.says(message(answer).with(Element::SignedData(signature)))
            .failed(OperationStatus::UpgradeFailedInvalidCredentials, false);
    }
}

#[test]
fn an_imported_certificate_is_pushed_and_installed_when_the_phone_says_so() {
    let mut walk = held(&RSA_2048);
    let certificate = lsc(&RSA_2048);
    walk.then(Input::Imported(certificate.clone()));
    assert_eq!(walk.asked().certificate(), Some(certificate.der()));
    assert!(walk.records().is_empty());
    walk.says(with_reason(
        Command::STORE_CERTIFICATE_RESPONSE,
        Reason::SUCCESS,
    ))
    .succeeded(Record::Installed { certificate }, Reason::SUCCESS);
}

#[test]
fn a_held_session_is_kept_alive_and_the_phone_may_answer_that() {
    let mut walk = held(&RSA_2048);
    walk.then(Input::KeepaliveDue);
    assert_eq!(
        walk.did,
        [Output::Send(message(Command::REQUEST_IN_PROGRESS))]
    );
    walk.says(message(Command::REQUEST_IN_PROGRESS));
    assert!(walk.did.is_empty());
    assert_eq!(walk.session().patience(), Patience::Held);
}

#[test]
fn a_request_that_was_withdrawn_ends_the_held_session_politely() {
    held(&RSA_2048)
        .then(Input::Withdrawn)
        .ended_silently(Reason::NO_ACTION);
}

#[test]
fn a_key_that_is_another_devices_is_a_failed_key_generation() {
    let device = "SEP001122334456".parse().unwrap();
    held(&RSA_2048)
        .then(Input::ForeignKey { device })
        .failed(OperationStatus::UpgradeFailedKeyGenerationFailed, false);
}

#[test]
fn a_held_phone_that_is_lost_may_come_back() {
    held(&RSA_2048)
        .then(Input::Lost)
        .was_lost(OperationStatus::UpgradeFailedPhoneCommunicationFailure);
}

#[test]
fn a_phone_that_comes_back_is_offered_the_imported_certificate_first() {
    let mut returning = offline(CsrProof::None);
    let certificate = lsc(&RSA_2048);
    returning.imported = Some(certificate.clone());

    let mut walk = Walk::introduced(returning.clone());
    assert_eq!(walk.asked().certificate(), Some(certificate.der()));
    walk.says(with_reason(
        Command::STORE_CERTIFICATE_RESPONSE,
        Reason::SUCCESS,
    ))
    .succeeded(
        Record::Installed {
            certificate: certificate.clone(),
        },
        Reason::SUCCESS,
    );

    let mut walk = Walk::introduced(returning);
    walk.says(with_reason(
        Command::STORE_CERTIFICATE_RESPONSE,
        Reason::DECLINED,
    ));
    let status = OperationStatus::OperationPending;
    assert_eq!(
        walk.records(),
        [&Record::NotStored {
            certificate,
            status
        }]
    );
    assert_eq!(walk.asked().command, Command::KEY_GENERATE_REQUEST);
}
