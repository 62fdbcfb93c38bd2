//! Every failure among Cisco's 34 statuses that a phone, or whoever is in its place, can bring about.

use std::collections::BTreeSet;

use capf::model::{AuthenticationMode, CertificateOperation, KeyOrder, OperationStatus, Phone};
use capf::phone_sim::{
    Configuration, Flaw, Misbehaviour, Misdeed, PhoneSim, ProofDefect, ProofElement, Stop,
};
use capf::secret::{AuthenticationString, Password};

use crate::Site;
use crate::site::{self, OTHER_CAPF, OTHER_FACTORY, RSA, identity, mic};

/// What somebody does, and how it must end.
struct Provocation {
    /// What stands behind `… Failed`.
    ends: &'static str,
    operations: &'static [CertificateOperation],
    /// How the phone stands in the database.
    known: fn(&mut Phone),
    /// What the phone does.
    does: fn(&mut PhoneSim, &str),
    /// Whether the phone has an LSC.
    has_lsc: bool,
}

use CertificateOperation::{Delete, Install, Troubleshoot};

const ALL: &[CertificateOperation] = &[Install, Delete, Troubleshoot];

fn by(phone: &mut Phone, mode: AuthenticationMode) {
    phone.capf.authentication_mode = mode;
}

const PROVOCATIONS: &[Provocation] = &[
    Provocation {
        ends: "",
        operations: &[Install],
        known: |_| (),
        does: |phone, _| phone.refuses_certificates = true,
        has_lsc: true,
    },
    Provocation {
        ends: "",
        operations: &[Delete, Troubleshoot],
        known: |_| (),
        does: |_, _| (),
        has_lsc: false,
    },
    Provocation {
        ends: ": Invalid LSC",
        operations: ALL,
        known: |phone| by(phone, AuthenticationMode::ExistingLsc),
        does: |phone, name| phone.lsc = Some(identity(&OTHER_CAPF, name, &RSA)),
        has_lsc: true,
    },
    Provocation {
        ends: ": Invalid Authentication String",
        operations: ALL,
        known: |phone| {
            by(phone, AuthenticationMode::AuthenticationString);
            phone.capf.authentication_string = AuthenticationString::new("4711").ok();
        },
        does: |phone, _| phone.password = Some(Password::new(b"0815")),
        has_lsc: true,
    },
    Provocation {
        ends: ": Invalid MIC",
        operations: ALL,
        known: |phone| by(phone, AuthenticationMode::ExistingMic),
        does: |phone, name| {
            phone.mic = Some(identity(&OTHER_FACTORY, name, &RSA));
            phone.configuration = Configuration::Loaded(AuthenticationMode::ExistingMic);
        },
        has_lsc: true,
    },
    Provocation {
        ends: ": Invalid Credentials",
        operations: ALL,
        known: |phone| by(phone, AuthenticationMode::ExistingLsc),
        does: |phone, _| {
            let defect = ProofDefect::Flawed(ProofElement::SignedData, Flaw::WrongPadding);
            phone.proof_defects = vec![defect];
        },
        has_lsc: true,
    },
    Provocation {
        ends: ": Phone Communication Failure",
        operations: ALL,
        known: |_| (),
        does: |phone, _| phone.misbehaviour = vec![Misbehaviour::at(2, Misdeed::DropInstead)],
        has_lsc: true,
    },
    Provocation {
        ends: ": Key Generation Failed/Timeout",
        operations: &[Install],
        known: |_| (),
        does: |phone, _| phone.presses_stop = Some(Stop::KeyGeneration),
        has_lsc: true,
    },
    Provocation {
        ends: ": User Initiated Request Late/Timedout",
        operations: ALL,
        known: |phone| phone.capf.completes_by = "2026-01-01T00:00:00Z".parse().ok(),
        does: |_, _| (),
        has_lsc: true,
    },
    Provocation {
        ends: ": No Support for EC only in CAPF version 3",
        operations: &[Install],
        known: |phone| phone.capf.key_order = KeyOrder::EcOnly,
        does: |phone, _| phone.supports_ec = false,
        has_lsc: true,
    },
];

/// Those that no phone can bring about: no key is made for a Delete or a Troubleshoot, and no CA is
/// asked for anything by way of the network before there is an online CA.
const BEYOND_A_PHONE: &[OperationStatus] = &[
    OperationStatus::UpgradeFailedCaCommunicationFailure,
    OperationStatus::UpgradeFailedCaRejectedConnection,
    OperationStatus::DeleteFailedKeyGenerationFailed,
    OperationStatus::DeleteFailedCaCommunicationFailure,
    OperationStatus::DeleteFailedCaRejectedConnection,
    OperationStatus::TroubleshootFailedKeyGenerationFailed,
];

#[tokio::test(flavor = "multi_thread")]
async fn every_failure_that_can_be_provoked_from_the_network_has_its_status() {
    let site = Site::new().await;
    let mut provoked = BTreeSet::new();
    let cases = PROVOCATIONS.iter().flat_map(|provocation| {
        provocation
            .operations
            .iter()
            .map(move |it| (provocation, *it))
    });
    for (number, (provocation, operation)) in cases.enumerate() {
        let name = format!("SEP0000000D{number:04X}");
        let lsc = provocation.has_lsc.then(|| site::lsc(&name, &RSA));
        let device = site
            .add(&name, lsc.as_ref(), |phone| {
                phone.capf.operation = operation;
                phone.operation_status = OperationStatus::OperationPending;
                (provocation.known)(phone);
            })
            .await;
        let mut phone = PhoneSim {
            mic: provocation.has_lsc.then(|| mic(&name)),
            lsc,
            key: Some(RSA.clone()),
            ..site::phone(&name)
        };
        (provocation.does)(&mut phone, &name);
        let outcome = site.run(&phone).await;
        // A phone that has no LSC to delete or to show is let go as if all were well (R).
        assert_eq!(
            outcome.succeeded(),
            !provocation.has_lsc,
            "{:?}",
            outcome.steps
        );

        let words = match operation {
            Install => "Upgrade",
            Delete => "Delete",
            Troubleshoot => "Troubleshoot",
            CertificateOperation::None => unreachable!("nothing cannot fail"),
        };
        let status: OperationStatus = format!("{words} Failed{}", provocation.ends)
            .parse()
            .unwrap();
        let fails = async || site.running.phone(&device).await.phone.operation_status == status;
        // Of a connection that is cut the phone hears nothing, so it may be done before the server.
        site.running.settled(fails).await;
        provoked.insert(status);
    }
    let failures: BTreeSet<_> = OperationStatus::ALL
        .iter()
        .copied()
        .filter(|status| status.is_failure())
        .collect();
    provoked.extend(BEYOND_A_PHONE);
    assert_eq!(provoked, failures);
    assert_eq!(failures.len(), 29);
}
