//! Every way in: four authentication modes, four operations, three kinds of key, two versions of
//! the protocol, each with good and with wrong credentials; what the status says then, and what the
//! store holds.

use capf::model::{
    AuthenticationMode, CertificateKind, CertificateOperation, CertificateState, Curve, DeviceName,
    KeyOrder, OperationStatus, Phone, RsaKeySize,
};
use capf::phone_sim::{Configuration, End, Identity, Key, PhoneKind, PhoneSim};
use capf::secret::{AuthenticationString, Password};
use capf::wire::Reason;

use AuthenticationMode::{AuthenticationString as ByString, ExistingLsc, ExistingMic, NullString};
use CertificateOperation::{Delete, Install, None as Nothing, Troubleshoot};

use crate::Site;
use crate::site::{self, OTHER_CAPF, OTHER_FACTORY, P256, P384, RSA, identity, mic};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Credentials {
    Good,
    Wrong,
}

/// One cell of the matrix.
#[derive(Clone, Copy, Debug)]
struct Case {
    mode: AuthenticationMode,
    operation: CertificateOperation,
    key: KeyKind,
    kind: PhoneKind,
    credentials: Credentials,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum KeyKind {
    Rsa,
    P256,
    P384,
}

impl KeyKind {
    fn key(self) -> &'static Key {
        match self {
            Self::Rsa => &RSA,
            Self::P256 => &P256,
            Self::P384 => &P384,
        }
    }
}

fn every_case() -> Vec<Case> {
    let mut cases = Vec::new();
    for mode in [ByString, NullString, ExistingLsc, ExistingMic] {
        for operation in [Nothing, Install, Delete, Troubleshoot] {
            for key in [KeyKind::Rsa, KeyKind::P256, KeyKind::P384] {
                for kind in [PhoneKind::Softphone, PhoneKind::Hardware] {
                    for credentials in [Credentials::Good, Credentials::Wrong] {
                        cases.push(Case {
                            mode,
                            operation,
                            key,
                            kind,
                            credentials,
                        });
                    }
                }
            }
        }
    }
    assert_eq!(cases.len(), 4 * 4 * 3 * 2 * 2);
    cases
}

/// What must come of a case: the status, and the reason with which the phone is let go.
fn expected(case: Case) -> (OperationStatus, Reason) {
    let failed = |words: &str| {
        let operation = match case.operation {
            Install => "Upgrade",
            Delete => "Delete",
            Troubleshoot => "Troubleshoot",
            Nothing => unreachable!("nothing cannot fail"),
        };
        let status = format!("{operation} Failed: {words}").parse().unwrap();
        (status, Reason::DECLINED)
    };
    let softphone = case.kind == PhoneKind::Softphone;
    match (case.operation, case.mode, case.credentials) {
        // Nothing is asked of anybody. A softphone that has its certificate is told 7, as Unified CM
        // does.
        (Nothing, ..) if softphone => (OperationStatus::None, Reason::DECLINED),
        (Nothing, ..) => (OperationStatus::None, Reason::NO_ACTION),
        // A softphone has no way to send a string or a proof.
        (_, ByString, _) if softphone => failed("Invalid Authentication String"),
        (_, ExistingLsc, _) if softphone => failed("Invalid LSC"),
        (_, ExistingMic, _) if softphone => failed("Invalid MIC"),
        (_, ByString, Credentials::Wrong) => failed("Invalid Authentication String"),
        (_, ExistingLsc, Credentials::Wrong) => failed("Invalid LSC"),
        (_, ExistingMic, Credentials::Wrong) => failed("Invalid MIC"),
        // By null string there are no credentials to be wrong.
        (Install, _, _) if softphone && case.key != KeyKind::Rsa => {
            failed("No Support for EC only in CAPF version 3")
        }
        (Install, _, _) => (OperationStatus::UpgradeSuccess, Reason::SUCCESS),
        (Delete, _, _) => (OperationStatus::DeleteSuccess, Reason::SUCCESS),
        (Troubleshoot, _, _) => (OperationStatus::TroubleshootSuccess, Reason::NO_ACTION),
    }
}

const STRING: &str = "4711";

/// The phone that the database knows.
fn settle(phone: &mut Phone, case: Case) {
    let capf = &mut phone.capf;
    capf.operation = case.operation;
    capf.authentication_mode = case.mode;
    capf.authentication_string = Some(AuthenticationString::new(STRING).unwrap());
    (capf.key_order, capf.rsa_key_size, capf.ec_key_size) = match case.key {
        KeyKind::Rsa => (KeyOrder::RsaOnly, RsaKeySize::Bits2048, Curve::P384),
        KeyKind::P256 => (KeyOrder::EcOnly, RsaKeySize::Bits2048, Curve::P256),
        KeyKind::P384 => (KeyOrder::EcOnly, RsaKeySize::Bits2048, Curve::P384),
    };
    if case.operation != Nothing {
        phone.operation_status = OperationStatus::OperationPending;
    }
}

/// The phone that comes.
fn comes(name: &str, case: Case, lsc: Identity) -> PhoneSim {
    let good = case.credentials == Credentials::Good;
    let string = if good { STRING } else { "0815" };
    PhoneSim {
        kind: case.kind,
        configuration: Configuration::Loaded(case.mode),
        password: Some(Password::new(string.as_bytes())),
        lsc: Some(if good || case.mode != ExistingLsc {
            lsc
        } else {
            identity(&OTHER_CAPF, name, &RSA)
        }),
        mic: Some(if good || case.mode != ExistingMic {
            mic(name)
        } else {
            identity(&OTHER_FACTORY, name, &RSA)
        }),
        key: Some(case.key.key().clone()),
        ..site::phone(name)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_mode_operation_key_and_version_with_good_and_with_wrong_credentials() {
    let site = Site::new().await;
    for (number, case) in every_case().into_iter().enumerate() {
        let name = format!("SEP0000000C{number:04X}");
        let lsc = site::lsc(&name, &RSA);
        let device = site
            .add(&name, Some(&lsc), |phone| settle(phone, case))
            .await;
        let outcome = site.run(&comes(&name, case, lsc.clone())).await;

        let (status, reason) = expected(case);
        let told = match outcome.end {
            End::Ended(reason) | End::Refused(reason) => reason,
            other => panic!("{case:?}: {other}"),
        };
        assert_eq!(told, reason, "{case:?}: {:?}", outcome.steps);
        let row = site.running.phone(&device).await;
        assert_eq!(row.phone.operation_status, status, "{case:?}");
        let stored = outcome.lsc.as_ref().map(Identity::certificate);
        assert_state(&site, &device, case, &lsc, stored).await;
    }
}

/// What the store holds afterwards.
async fn assert_state(
    site: &Site,
    device: &DeviceName,
    case: Case,
    old: &Identity,
    in_phone: Option<&capf::model::Certificate>,
) {
    let row = site.running.phone(device).await;
    let held = site.on_record(device, CertificateState::Held).await;
    let old = (CertificateKind::Lsc, old.certificate().clone());
    let (status, _) = expected(case);
    let succeeded = !status.is_failure() && case.operation != Nothing;
    if succeeded {
        // Over, and the string is used up.
        assert_eq!(row.phone.capf.operation, Nothing, "{case:?}");
        assert_eq!(row.phone.capf.authentication_string, None, "{case:?}");
    } else {
        // As it was: the phone may try again.
        assert_eq!(row.phone.capf.operation, case.operation, "{case:?}");
        assert!(row.phone.capf.authentication_string.is_some(), "{case:?}");
    }
    match case.operation {
        Install if succeeded => {
            let [(CertificateKind::Lsc, new)] = &held[..] else {
                panic!("{case:?}: {held:?}");
            };
            assert_eq!(new.public_key(), case.key.key().public_key().unwrap());
            assert_eq!(Some(new), in_phone, "{case:?}: the one that the phone has");
            assert_eq!(
                new.subject(),
                old.1.subject(),
                "{case:?}: name and serial number"
            );
            let replaced = site.on_record(device, CertificateState::Replaced).await;
            assert_eq!(replaced, [old], "{case:?}");
            assert!(
                row.lsc
                    .is_some_and(|lsc| lsc.serial_number == new.serial_number())
            );
        }
        Delete if succeeded => {
            assert!(held.is_empty() && in_phone.is_none(), "{case:?}");
            let deleted = site.on_record(device, CertificateState::Deleted).await;
            assert_eq!(deleted, [old], "{case:?}");
            assert_eq!(row.lsc, None);
        }
        Troubleshoot if succeeded => {
            assert_eq!(held, [old], "{case:?}");
            let fetched = site.on_record(device, CertificateState::Fetched).await;
            let kinds: Vec<_> = fetched.iter().map(|(kind, _)| *kind).collect();
            // A version-2 client is asked for one certificate alone.
            let expected = match case.kind {
                PhoneKind::Hardware => &[CertificateKind::Mic][..],
                PhoneKind::Softphone => &[],
            };
            assert_eq!(kinds, expected, "{case:?}");
        }
        _ => {
            assert_eq!(held, [old], "{case:?}");
            let records = site.running.store.certificates(device).await.unwrap();
            assert_eq!(records.len(), 1, "{case:?}: nothing was issued");
        }
    }
}
