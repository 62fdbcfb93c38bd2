//! `kill -9` at every step of an install.
//!
//! The phone is stopped at each step in turn, and the server killed there: where the phone waits
//! for nothing, at once and after a few moments, so that the kill falls before, between and behind
//! what the server does then. Whatever the moment, after a restart
//!
//! - a phone that was told success has its certificate on record as held;
//! - no certificate is on record as held whose phone never confirmed it;
//! - the phone's next try succeeds.

use std::time::Duration;

use capf::wire::{Command, Message, Reason};
use openssl::x509::X509;

use crate::caller::Caller;
use crate::{Place, Serving};

/// What the phone does before the server is killed.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
enum Step {
    Connected,
    NameSent,
    KeyAsked,
    KeySent,
    CertificateCame,
    Confirmed,
    ToldSuccess,
}

const STEPS: [Step; 7] = [
    Step::Connected,
    Step::NameSent,
    Step::KeyAsked,
    Step::KeySent,
    Step::CertificateCame,
    Step::Confirmed,
    Step::ToldSuccess,
];

impl Step {
    /// The moments of the kill, after the phone has done its part.
    fn moments(self) -> impl Iterator<Item = Duration> {
        let server_is_at_work = matches!(self, Self::NameSent | Self::KeySent | Self::Confirmed);
        let microseconds: &[u64] = if server_is_at_work {
            &[0, 300, 700, 1500, 3000, 6000, 12_000]
        } else {
            &[0]
        };
        microseconds.iter().copied().map(Duration::from_micros)
    }
}

/// What the phone knows when the server is gone.
struct Witness {
    key: Vec<u8>,
    confirmed: bool,
    told_success: bool,
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_step_the_record_says_no_more_than_what_is_true() {
    let place = Place::new();
    let authority = place.authority();
    let mut serving = place.serve();
    let mut number = 0;
    for step in STEPS {
        for moment in step.moments() {
            number += 1;
            let name = format!("SEP0000000001{number:02X}");
            place.run(&[
                "phone",
                "add",
                &name,
                "--operation",
                "install",
                "--key-order",
                "ec-only",
                "--ec-key-size",
                "256",
            ]);

            let phone = Caller::connect(serving.address, &authority).await.unwrap();
            let witness = walk(phone, &name, step, moment, &mut serving).await;
            serving = place.serve();

            let held = place.lsc(&name).map(|pem| {
                let certificate = X509::from_pem(pem.as_bytes()).unwrap();
                certificate
                    .public_key()
                    .unwrap()
                    .public_key_to_der()
                    .unwrap()
            });
            let at = format!("{step:?}, killed after {moment:?}");
            if witness.told_success {
                assert_eq!(held.as_ref(), Some(&witness.key), "{at}");
                assert_eq!(place.status(&name), "Upgrade Success", "{at}");
            }
            if held.is_some() {
                assert!(witness.confirmed, "{at}");
                assert_eq!(held.as_ref(), Some(&witness.key), "{at}");
            } else {
                // The operation is still scheduled: the phone's next try succeeds.
                let mut phone = Caller::connect(serving.address, &authority).await.unwrap();
                let asked = phone.introduce(&name).await;
                assert_eq!(asked.command, Command::KEY_GENERATE_REQUEST, "{at}");
                phone.enrol().await;
                assert_eq!(place.status(&name), "Upgrade Success", "{at}");
            }
        }
    }
}

/// Takes the phone up to `step`, and kills the server.
async fn walk(
    mut phone: Caller,
    name: &str,
    step: Step,
    moment: Duration,
    serving: &mut Serving,
) -> Witness {
    let mut witness = Witness {
        key: Vec::new(),
        confirmed: false,
        told_success: false,
    };
    if step >= Step::NameSent {
        phone.give_name(name).await;
    }
    if step >= Step::KeyAsked {
        assert_eq!(phone.hear().await.command, Command::KEY_GENERATE_REQUEST);
    }
    if step >= Step::KeySent {
        witness.key = phone.give_key().await;
    }
    if step >= Step::CertificateCame {
        assert_eq!(
            phone.hear().await.command,
            Command::STORE_CERTIFICATE_REQUEST
        );
    }
    if step >= Step::Confirmed {
        phone
            .answer(Command::STORE_CERTIFICATE_RESPONSE, Reason::SUCCESS)
            .await;
        witness.confirmed = true;
    }
    if step >= Step::ToldSuccess {
        witness.told_success = says_success(&phone.hear().await);
    }
    tokio::time::sleep(moment).await;
    serving.kill();
    // What the server had sent before it was killed still arrives.
    while let Some(message) = phone.hear_if_any().await {
        witness.told_success |= says_success(&message);
    }
    witness
}

fn says_success(message: &Message) -> bool {
    message.command == Command::END_SESSION && message.reason() == Some(Reason::SUCCESS)
}
