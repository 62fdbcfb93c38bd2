//! The chapter's sentences on the phone and CAPF. What is said of the command line is in
//! `tests/cli.rs`, what is said of IP modes in `tests/ip_modes.rs`.

use std::future::pending;
use std::time::Duration;

use capf::model::{
    AuthenticationMode, CertificateOperation, CertificateState, Curve, KeyOrder, OperationStatus,
    Parameter, Phone, TrustPurpose,
};
use capf::phone_sim::{
    Configuration, End, Identity, Misbehaviour, Misdeed, PhoneSim, Retry, StateDir, Stop,
};
use capf::secret::{AuthenticationString, Password};
use capf::trace::TraceDir;
use capf::wire::{Command, Reason};

use crate::running::admin;
use crate::site::{self, OTHER_CAPF, P256, RSA, identity, mic};
use crate::{Caller, Site};

use AuthenticationMode::{AuthenticationString as ByString, ExistingLsc, ExistingMic, NullString};
use CertificateOperation::{Delete, Install, Troubleshoot};

/// A phone as the database knows it: this is scheduled, in this mode, and keys are made in no time.
fn scheduled(operation: CertificateOperation, mode: AuthenticationMode) -> impl FnOnce(&mut Phone) {
    move |phone| {
        phone.capf.operation = operation;
        phone.capf.authentication_mode = mode;
        phone.capf.authentication_string = AuthenticationString::new("471108").ok();
        phone.capf.key_order = KeyOrder::EcOnly;
        phone.capf.ec_key_size = Curve::P256;
        phone.operation_status = OperationStatus::OperationPending;
    }
}

fn entered(digits: &str) -> Password {
    Password::new(digits.as_bytes())
}

async fn status(site: &Site, name: &str) -> OperationStatus {
    let device = name.parse().unwrap();
    site.running.phone(&device).await.phone.operation_status
}

/// The serial number of the LSC that the phone holds by the database.
async fn held(site: &Site, name: &str) -> Option<String> {
    let row = site.running.phone(&name.parse().unwrap()).await;
    row.lsc.map(|lsc| lsc.serial_number)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_phone_authenticates_by_an_authentication_string_an_existing_lsc_or_mic_or_null() {
    let site = Site::new().await;
    for (mode, name) in [
        (ByString, "SEP000000000101"),
        (NullString, "SEP000000000102"),
        (ExistingLsc, "SEP000000000103"),
        (ExistingMic, "SEP000000000104"),
    ] {
        let lsc = site::lsc(name, &P256);
        site.add(name, Some(&lsc), scheduled(Install, mode)).await;
        let outcome = site
            .run(&PhoneSim {
                configuration: Configuration::Loaded(mode),
                password: Some(entered("471108")),
                lsc: Some(lsc),
                mic: Some(mic(name)),
                ..site::phone(name)
            })
            .await;
        assert!(outcome.succeeded(), "{mode}: {:?}", outcome.steps);
        assert_eq!(status(&site, name).await, OperationStatus::UpgradeSuccess);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_private_key_remains_in_the_phone_and_only_the_public_key_is_forwarded() {
    let site = Site::new().await;
    let name = "SEP000000000111";
    site.add(name, None, scheduled(Install, NullString)).await;
    let mut phone = site.running.call().await;
    phone.introduce(name).await;
    let key = phone.give_key().await;
    let certificate = phone.hear().await;
    let certificate = capf::model::Certificate::from_der(certificate.certificate().unwrap());
    assert_eq!(certificate.unwrap().public_key(), key);
    phone.stores().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_lscs_issued_by_capf_are_signed_with_sha_256() {
    let site = Site::new().await;
    let name = "SEP000000000112";
    site.add(name, None, scheduled(Install, NullString)).await;
    let outcome = site.run(&site::phone(name)).await;
    let algorithm = outcome.stored.unwrap().read(|view| {
        let oid = &view.signature_algorithm.algorithm;
        oid.to_id_string()
    });
    // sha256WithRSAEncryption, RFC 4055, section 5.
    assert_eq!(algorithm, "1.2.840.113549.1.1.11");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_communication_failure_the_phone_obtains_the_certificate_at_one_of_its_next_attempts()
 {
    let site = Site::new().await;
    // The phone's messages: who it is, that it is busy, its key, that it stored the certificate.
    for message in 1..=4 {
        let name = &format!("SEP00000000012{message}");
        site.add(name, None, scheduled(Install, NullString)).await;
        let outcome = site
            .run(&PhoneSim {
                misbehaviour: vec![Misbehaviour::at(message, Misdeed::DropInstead)],
                retry: Retry {
                    interval: Duration::from_millis(50),
                    ..Retry::default()
                },
                ..site::phone(name)
            })
            .await;
        assert!(outcome.succeeded(), "{:?}", outcome.steps);
        assert_eq!(outcome.attempts, 2);
        assert_eq!(status(&site, name).await, OperationStatus::UpgradeSuccess);
    }
    assert_eq!(Retry::default().count, 3);
    assert_eq!(Retry::default().interval, Duration::from_secs(30));
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_power_failure_the_phone_uses_the_authentication_mode_that_is_stored_in_flash() {
    let site = Site::new().await;
    let name = "SEP000000000131";
    site.add(name, None, scheduled(Install, ExistingMic)).await;
    let directory = tempfile::tempdir().unwrap();
    let phone = PhoneSim {
        configuration: Configuration::Loaded(ExistingMic),
        mic: Some(mic(name)),
        state: Some(StateDir::open(directory.path()).unwrap()),
        ..site::phone(name)
    };
    let power_fails = PhoneSim {
        misbehaviour: vec![Misbehaviour::at(3, Misdeed::DropInstead)],
        ..phone.clone()
    };
    let outcome = site.run(&power_fails).await;
    assert!(!outcome.succeeded());
    assert_eq!(outcome.flash, Some(ExistingMic));

    let without_tftp = PhoneSim {
        configuration: Configuration::Lost,
        ..phone
    };
    let outcome = site.run(&without_tftp).await;
    assert!(outcome.succeeded(), "{:?}", outcome.steps);
    assert_eq!(status(&site, name).await, OperationStatus::UpgradeSuccess);
    // "After the certificate operation completes, the system clears the value in flash."
    assert_eq!(outcome.flash, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_phone_user_can_abort_the_operation_at_any_time_and_the_next_try_succeeds() {
    let site = Site::new().await;
    for (number, stop) in [Stop::FirstRequest, Stop::KeyGeneration, Stop::Storing]
        .into_iter()
        .enumerate()
    {
        let name = &format!("SEP00000000014{number}");
        site.add(name, None, scheduled(Install, NullString)).await;
        let stops = PhoneSim {
            presses_stop: Some(stop),
            ..site::phone(name)
        };
        assert_eq!(site.run(&stops).await.end, End::Stopped);
        assert_eq!(held(&site, name).await, None);
        assert!(site.run(&site::phone(name)).await.succeeded());
        assert!(held(&site, name).await.is_some());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_who_stops_a_phone_that_waits_for_an_offline_ca_leaves_it_able_to_come_again() {
    let site = Site::new().await;
    site.running
        .parameter(Parameter::CertificateIssuer, "Offline CA")
        .await;
    let name = "SEP000000000145";
    let device = site.add(name, None, scheduled(Install, NullString)).await;
    let stops = PhoneSim {
        presses_stop: Some(Stop::Waiting {
            after: Duration::from_millis(100),
        }),
        ..site::phone(name)
    };
    assert_eq!(site.run(&stops).await.end, End::Stopped);
    let let_go = async || {
        let status = site.running.phone(&device).await.phone.operation_status;
        status == OperationStatus::UpgradeFailedPhoneCommunicationFailure
    };
    site.running.settled(let_go).await;
    let mut again = site.running.call().await;
    let asked = again.introduce(name).await;
    assert_eq!(asked.command, Command::KEY_GENERATE_REQUEST);
}

#[tokio::test(flavor = "multi_thread")]
async fn key_generation_takes_its_time_and_the_phone_says_so_as_often_as_it_likes() {
    let site = Site::new().await;
    let name = "SEP000000000146";
    site.add(name, None, scheduled(Install, NullString)).await;
    let mut phone = site.running.call().await;
    phone.introduce(name).await;
    for _ in 0..8 {
        phone.say(Command::REQUEST_IN_PROGRESS, Vec::new()).await;
    }
    phone.enrol().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn if_by_existing_certificate_is_chosen_and_there_is_none_in_the_phone_the_operation_fails() {
    let site = Site::new().await;
    for (mode, name, failed) in [
        (
            ExistingLsc,
            "SEP000000000151",
            OperationStatus::UpgradeFailedInvalidLsc,
        ),
        (
            ExistingMic,
            "SEP000000000152",
            OperationStatus::UpgradeFailedInvalidMic,
        ),
    ] {
        site.add(name, None, scheduled(Install, mode)).await;
        let outcome = site.run(&site::phone(name)).await;
        assert_eq!(outcome.end, End::Refused(Reason::DECLINED));
        assert_eq!(status(&site, name).await, failed);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_there_is_no_lsc_the_mic_is_the_proof_in_the_mode_with_precedence_to_lsc() {
    let site = Site::new().await;
    let name = "SEP000000000153";
    site.add(name, None, scheduled(Install, ExistingLsc)).await;
    let outcome = site
        .run(&PhoneSim {
            configuration: Configuration::Loaded(ExistingLsc),
            mic: Some(mic(name)),
            ..site::phone(name)
        })
        .await;
    assert!(outcome.succeeded(), "{:?}", outcome.steps);
    // Its serial number stands in the LSC from then on, as Unified CM writes it there.
    let subject = outcome.stored.unwrap().subject().to_owned();
    assert!(subject.contains(site::SERIAL_NUMBER), "{subject}");
}

#[tokio::test(flavor = "multi_thread")]
async fn capf_does_not_issue_to_ipv6_phones_where_enable_ipv6_is_false() {
    let places = [("[::1]:0".parse().unwrap(), capf::model::TlsVersion::Tls12)];
    let running = crate::Running::at(&places, crate::running::generous()).await;
    let connected = Caller::connect(running.address, &running.authority).await;
    assert!(connected.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_string_must_be_entered_on_the_phone_or_the_operation_fails() {
    let site = Site::new().await;
    for (number, operation) in [Install, Delete, Troubleshoot].into_iter().enumerate() {
        let name = &format!("SEP00000000016{number}");
        let lsc = site::lsc(name, &P256);
        site.add(name, Some(&lsc), scheduled(operation, ByString))
            .await;
        let phone = |digits| PhoneSim {
            password: Some(entered(digits)),
            lsc: Some(lsc.clone()),
            ..site::phone(name)
        };
        assert!(!site.run(&phone("47110")).await.succeeded());
        let failed = status(&site, name).await.to_string();
        assert!(
            failed.ends_with("Failed: Invalid Authentication String"),
            "{failed}"
        );
        assert!(site.run(&phone("471108")).await.succeeded());
        assert!(status(&site, name).await.to_string().ends_with("Success"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_authentication_string_applies_for_one_time_use_only() {
    let site = Site::new().await;
    let name = "SEP000000000171";
    let device = site.add(name, None, scheduled(Install, ByString)).await;
    let phone = PhoneSim {
        password: Some(entered("471108")),
        ..site::phone(name)
    };
    assert!(site.run(&phone).await.succeeded());
    let first = held(&site, name).await;
    // "… or did not enable the phone for upgrade."
    let outcome = site.run(&phone).await;
    assert_eq!(outcome.end, End::Ended(Reason::NO_ACTION));
    assert_eq!(held(&site, name).await, first);
    // Nor is it good for the next operation.
    site.running.schedule(name, Install).await;
    assert_eq!(
        site.running
            .phone(&device)
            .await
            .phone
            .capf
            .authentication_string,
        None
    );
    assert!(!site.run(&phone).await.succeeded());
    assert_eq!(held(&site, name).await, first);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_of_another_cluster_is_not_trusted_because_its_lsc_was_issued_by_another_capf() {
    let site = Site::new().await;
    let name = "SEP000000000181";
    site.add(name, None, scheduled(Install, ExistingLsc)).await;
    let moved = PhoneSim {
        configuration: Configuration::Loaded(ExistingLsc),
        lsc: Some(identity(&OTHER_CAPF, name, &RSA)),
        ..site::phone(name)
    };
    let outcome = site.run(&moved).await;
    assert_eq!(outcome.end, End::Refused(Reason::DECLINED));
    assert_eq!(
        status(&site, name).await,
        OperationStatus::UpgradeFailedInvalidLsc
    );
    // The trace says whose it was.
    let whose = OTHER_CAPF.certificate().common_name().unwrap();
    let traces = TraceDir::of(site.running.directory());
    let written = async || !traces.list().unwrap().is_empty();
    site.running.settled(written).await;
    let trace = traces.read(&traces.list().unwrap()[0].name).unwrap();
    assert!(trace.contains(whose), "{trace}");
    // "You can … install a new LSC certificate with the new CAPF … (or use the MIC)", or trust the
    // other CAPF.
    let with_mic = PhoneSim {
        configuration: Configuration::Loaded(ExistingMic),
        mic: Some(mic(name)),
        ..moved.clone()
    };
    let outcome = site.run(&with_mic).await;
    assert!(outcome.succeeded(), "{:?}", outcome.steps);
    let name = "SEP000000000182";
    site.add(name, None, scheduled(Install, ExistingLsc)).await;
    site.running
        .store
        .import_anchor(
            &admin(),
            TrustPurpose::Capf,
            OTHER_CAPF.certificate().clone(),
        )
        .await
        .unwrap();
    let trusted = PhoneSim {
        lsc: Some(identity(&OTHER_CAPF, name, &RSA)),
        device: name.parse().unwrap(),
        ..moved
    };
    assert!(site.run(&trusted).await.succeeded());
}

#[tokio::test(flavor = "multi_thread")]
async fn delete_deletes_the_lsc_that_exists_in_the_phone() {
    let site = Site::new().await;
    let name = "SEP000000000191";
    let lsc = site::lsc(name, &P256);
    let device = site
        .add(name, Some(&lsc), scheduled(Delete, NullString))
        .await;
    let outcome = site
        .run(&PhoneSim {
            lsc: Some(lsc),
            ..site::phone(name)
        })
        .await;
    assert!(outcome.succeeded() && outcome.lsc.is_none());
    assert_eq!(held(&site, name).await, None);
    assert_eq!(
        site.on_record(&device, CertificateState::Deleted)
            .await
            .len(),
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn troubleshoot_creates_two_trace_files_one_for_each_certificate_type() {
    let site = Site::new().await;
    let name = "SEP000000000201";
    let (lsc, mic) = (site::lsc(name, &P256), mic(name));
    site.add(name, Some(&lsc), scheduled(Troubleshoot, NullString))
        .await;
    let outcome = site
        .run(&PhoneSim {
            lsc: Some(lsc.clone()),
            mic: Some(mic.clone()),
            ..site::phone(name)
        })
        .await;
    assert!(outcome.succeeded(), "{:?}", outcome.steps);
    let traces = TraceDir::of(site.running.directory());
    for (kind, identity) in [("LSC", &lsc), ("MIC", &mic)] {
        let text = traces
            .read(&format!("{name}-{kind}").parse().unwrap())
            .unwrap();
        let certificate = identity.certificate();
        for part in [certificate.subject(), &certificate.to_pem()] {
            assert!(text.contains(part), "{text}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operation_must_complete_by_the_date_and_time_that_is_specified() {
    let site = Site::new().await;
    let name = "SEP000000000211";
    site.add(name, None, |phone| {
        scheduled(Install, NullString)(phone);
        phone.capf.completes_by = "2026-01-01T00:00:00Z".parse().ok();
    })
    .await;
    assert!(!site.run(&site::phone(name)).await.succeeded());
    assert_eq!(
        status(&site, name).await,
        OperationStatus::UpgradeFailedLate
    );
    // It is over: a late phone that comes again is told that nothing is pending.
    let outcome = site.run(&site::phone(name)).await;
    assert_eq!(outcome.end, End::Ended(Reason::NO_ACTION));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operation_status_displays_pending_failed_or_successful() {
    let site = Site::new().await;
    let name = "SEP000000000221";
    site.add(name, None, scheduled(Install, NullString)).await;
    assert_eq!(status(&site, name).await.to_string(), "Operation Pending");
    let refuses = PhoneSim {
        refuses_certificates: true,
        ..site::phone(name)
    };
    site.run(&refuses).await;
    assert_eq!(status(&site, name).await.to_string(), "Upgrade Failed");
    site.run(&site::phone(name)).await;
    assert_eq!(status(&site, name).await.to_string(), "Upgrade Success");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_existing_lsc_is_upgraded_and_the_phone_has_the_new_one() {
    let site = Site::new().await;
    let name = "SEP000000000231";
    let old = site::lsc(name, &P256);
    site.add(name, Some(&old), scheduled(Install, ExistingLsc))
        .await;
    let phone = PhoneSim {
        lsc: Some(old.clone()),
        ..site::phone(name)
    };
    let outcome = site.run(&phone).await;
    let new = outcome.lsc.as_ref().map(Identity::certificate).unwrap();
    assert_ne!(new, old.certificate());
    assert_eq!(
        held(&site, name).await.as_deref(),
        Some(new.serial_number())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn many_phones_that_come_at_once_are_served_a_few_at_a_time_and_all_of_them() {
    let site = Site::new().await;
    site.running
        .parameter(Parameter::ConcurrentOperations, "3")
        .await;
    let mut phones = tokio::task::JoinSet::new();
    for number in 0..40 {
        let name = format!("SEP0000000F{number:04X}");
        site.add(&name, None, scheduled(Install, NullString)).await;
        let server = site.server();
        phones.spawn(async move { site::phone(&name).run(&server, pending()).await.succeeded() });
    }
    assert!(
        phones
            .join_all()
            .await
            .into_iter()
            .all(|succeeded| succeeded)
    );
}
