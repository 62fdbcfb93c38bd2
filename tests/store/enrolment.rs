//! What sessions record of phones and their certificates.

use capf::clock::Clock as _;
use capf::model::{
    AuthenticationMode, CertificateKind, CertificateOperation, CertificateState, CsrCounts,
    CsrState, OperationStatus,
};
use capf::session::Record;
use capf::store::{Change, CsrProgress, DeletedCsrs, Recorded};

use jiff::SignedDuration;

use super::{
    Key, Place, address, admin, device, install, order, order_with_string, record, request,
    schedule, scheduled, states, string, tell_under, trail,
};

on_every_engine! {
    async fn a_capf_issued_lsc_goes_from_issued_to_held(place: &Place) {
        let store = place.open_with(&["CSFA"]).await;
        let phone = device("CSFA");
        let mut change = schedule(CertificateOperation::Install);
        change.generate_strings = true;
        store.change_phones(&admin(), vec![phone.clone()], change).await.unwrap();

        let first = Key::new().certificate();
        record(&store, &phone, Record::Issued { certificate: first.clone() }).await;
        let subject = store.subject(&phone, Vec::new()).await.unwrap().unwrap();
        assert_eq!((subject.held, subject.imported), (None, None));
        assert_eq!(subject.phone.operation_status, OperationStatus::OperationPending);
        assert!(subject.phone.capf.authentication_string.is_some());
        assert_eq!(subject.phone.last_contact, Some((place.clock.now(), address())));

        install(&store, &phone, &first).await;
        let subject = store.subject(&phone, Vec::new()).await.unwrap().unwrap();
        assert_eq!(subject.held.as_ref(), Some(&first));
        assert_eq!(subject.phone.operation_status, OperationStatus::UpgradeSuccess);
        assert_eq!(subject.phone.capf.operation, CertificateOperation::None);
        assert_eq!(subject.phone.capf.authentication_string, None, "used up");
        let lsc = store.phone(&phone).await.unwrap().unwrap().lsc.unwrap();
        assert_eq!(lsc.subject, first.subject());
        assert_eq!(lsc.issuer, first.issuer());
        assert_eq!(lsc.serial_number, first.serial_number());
        assert_eq!(lsc.not_before, first.not_before());
        assert_eq!(lsc.not_after, first.not_after());
        assert_eq!(lsc.issuer_not_after, None, "its issuer is not in CAPF-trust");

        let second = Key::new().certificate();
        record(&store, &phone, Record::Issued { certificate: second.clone() }).await;
        let lsc = store.phone(&phone).await.unwrap().unwrap().lsc.unwrap();
        assert_eq!(lsc.serial_number, first.serial_number(), "the phone still holds the first");
        install(&store, &phone, &second).await;
        assert_eq!(
            states(&store, &phone).await,
            [CertificateState::Held, CertificateState::Replaced]
        );
    }

    async fn a_session_by_certificate_is_told_which_lscs_are_on_record_as_proof_or_as_none(place: &Place) {
        let store = place.open_with(&["CSFA"]).await;
        let phone = device("CSFA");
        let certificates: Vec<_> = (0..5).map(|_| Key::new().certificate()).collect();
        let [deleted, replaced, held, fetched, issued] = &certificates[..] else { unreachable!() };
        install(&store, &phone, deleted).await;
        record(&store, &phone, Record::Deleted).await;
        install(&store, &phone, replaced).await;
        install(&store, &phone, held).await;
        let seen = vec![(CertificateKind::Lsc, fetched.clone())];
        record(&store, &phone, Record::Fetched { certificates: seen }).await;
        record(&store, &phone, Record::Issued { certificate: issued.clone() }).await;
        assert_eq!(store.subject(&phone, Vec::new()).await.unwrap().unwrap().lscs, [], "by null string");

        let mut change = schedule(CertificateOperation::Install);
        change.change.authentication_mode = Some(AuthenticationMode::ExistingLsc);
        store.change_phones(&admin(), vec![phone.clone()], change).await.unwrap();
        let lscs = store.subject(&phone, Vec::new()).await.unwrap().unwrap().lscs;
        assert_eq!(
            lscs,
            [
                (CertificateState::Issued, issued.clone()),
                (CertificateState::Held, held.clone()),
                (CertificateState::Deleted, deleted.clone()),
            ]
        );
    }

    async fn a_certificate_that_a_newer_one_overtakes_is_stale(place: &Place) {
        let store = place.open_with(&["CSFA"]).await;
        let phone = device("CSFA");
        for _ in 0..2 {
            let certificate = Key::new().certificate();
            record(&store, &phone, Record::Issued { certificate }).await;
        }
        assert_eq!(
            states(&store, &phone).await,
            [CertificateState::Issued, CertificateState::Stale]
        );
        assert_eq!(store.stale_certificates().await.unwrap().len(), 1);
        assert_eq!(store.delete_stale(&admin()).await.unwrap(), 1);
        assert_eq!(states(&store, &phone).await, [CertificateState::Issued]);
    }

    async fn stale_certificates_do_not_pile_up(place: &Place) {
        let store = place.open_with(&["CSFA"]).await;
        let (phone, held) = (device("CSFA"), Key::new().certificate());
        install(&store, &phone, &held).await;
        let mut latest = Vec::new();
        for _ in 0..20 {
            let certificate = Key::new().certificate();
            latest.insert(0, certificate.clone());
            record(&store, &phone, Record::Issued { certificate }).await;
        }
        let kept = store.certificates(&phone).await.unwrap();
        let kept: Vec<_> = kept.into_iter().map(|record| record.certificate).collect();
        latest.truncate(9);
        latest.push(held);
        assert_eq!(kept, latest, "the issued one, eight stale ones, and what the phone holds");
    }

    async fn what_the_phone_stored_is_held_though_an_admin_deleted_it(place: &Place) {
        let store = place.open_with(&["CSFA"]).await;
        let phone = device("CSFA");
        let certificate = Key::new().certificate();
        record(&store, &phone, Record::Issued { certificate: certificate.clone() }).await;
        let deleted = store.delete_csrs(&admin()).await.unwrap();
        assert_eq!(deleted, DeletedCsrs { csrs: 0, certificates: 1 });
        install(&store, &phone, &certificate).await;
        assert_eq!(states(&store, &phone).await, [CertificateState::Held]);
        let deleted = store.delete_csrs(&admin()).await.unwrap();
        assert_eq!(deleted.certificates, 0, "what a phone holds stays");
    }

    async fn a_certificate_that_was_not_stored_is_stale(place: &Place) {
        let store = place.open_with(&["CSFA"]).await;
        let phone = device("CSFA");
        let key = Key::new();
        let id = request(&store, &phone, &key).await;
        let certificate = key.certificate();
        let import = vec![(id, certificate.clone(), None)];
        assert_eq!(store.import_certificates(&admin(), import).await.unwrap(), [true]);
        order(&store, &phone, CertificateOperation::Install).await;
        let status = OperationStatus::UpgradeFailed;
        record(&store, &phone, Record::NotStored { certificate, status }).await;
        assert_eq!(states(&store, &phone).await, [CertificateState::Stale]);
        let row = store.phone(&phone).await.unwrap().unwrap();
        assert_eq!((row.phone.operation_status, row.lsc), (status, None));
        assert_eq!(row.csr.unwrap().state, CsrState::Superseded);
        let (_, progress) = store.progress(&phone, &key.fingerprint()).await.unwrap().unwrap();
        assert_eq!(progress, CsrProgress::Gone);
    }

    async fn a_failure_that_comes_after_another_sessions_success_does_not_overwrite_it(place: &Place) {
        let store = place.open_with(&["CSFA"]).await;
        let phone = device("CSFA");
        order(&store, &phone, CertificateOperation::Install).await;
        let begun_for = scheduled(&store, &phone).await;
        install(&store, &phone, &Key::new().certificate()).await;
        let status = OperationStatus::UpgradeFailedPhoneCommunicationFailure;
        let operation = CertificateOperation::Install;
        let failed = Record::Failed { operation, status, ends_operation: false, is_refusal: false };
        assert_eq!(tell_under(&store, &phone, &begun_for, failed).await, Recorded::Kept);
        let row = store.phone(&phone).await.unwrap().unwrap();
        assert_eq!(row.phone.operation_status, OperationStatus::UpgradeSuccess);
    }

    async fn a_failure_does_not_touch_what_was_scheduled_in_its_place(place: &Place) {
        let store = place.open_with(&["CSFA"]).await;
        let phone = device("CSFA");
        order(&store, &phone, CertificateOperation::Delete).await;
        let begun_for = scheduled(&store, &phone).await;
        order(&store, &phone, CertificateOperation::Install).await;
        for ends_operation in [false, true] {
            let operation = CertificateOperation::Delete;
            let status = OperationStatus::DeleteFailed;
            let failed = Record::Failed { operation, status, ends_operation, is_refusal: false };
            assert_eq!(tell_under(&store, &phone, &begun_for, failed).await, Recorded::Kept);
            let row = store.phone(&phone).await.unwrap().unwrap();
            assert_eq!(row.phone.capf.operation, CertificateOperation::Install);
            assert_eq!(row.phone.operation_status, OperationStatus::OperationPending);
        }
    }

    async fn a_stranger_leaves_the_status_of_a_phone_that_waits_for_its_certificate(place: &Place) {
        let store = place.open_with(&["CSFA"]).await;
        let (phone, key) = (device("CSFA"), Key::new());
        let operation = CertificateOperation::Install;
        let id = request(&store, &phone, &key).await;
        let proved_at = place.clock.now();
        place.clock.advance(SignedDuration::from_mins(1));
        let begun_for = scheduled(&store, &phone).await;
        let begun_for = &begun_for;
        let status = OperationStatus::UpgradeFailedInvalidLsc;
        let refusal = Record::Failed { operation, status, ends_operation: false, is_refusal: true };
        let guessed = OperationStatus::UpgradeFailedInvalidAuthenticationString;
        let guess = Record::Guessed { operation, status: guessed };
        let pending = OperationStatus::OperationPending;
        let comes = async |record: &Record| {
            let recorded = tell_under(&store, &phone, begun_for, record.clone()).await;
            assert_eq!(recorded, Recorded::Kept);
            let row = store.phone(&phone).await.unwrap().unwrap().phone;
            (row.operation_status, row.last_contact.unwrap().0)
        };
        // Pending, dumped, issued.
        for step in 0..3 {
            match step {
                0 => (),
                1 => drop(store.mark_dumped(&admin(), vec![id]).await.unwrap()),
                _ => {
                    let import = vec![(id, key.certificate(), None)];
                    store.import_certificates(&admin(), import).await.unwrap();
                }
            }
            for record in [&refusal, &guess] {
                assert_eq!(comes(record).await, (pending, proved_at));
            }
            let [first, ..] = &trail(&store, 1).await[..] else { unreachable!() };
            let what = format!("somebody refused while the phone waits for its certificate: {guessed}");
            assert!(first.ends_with(&what), "{first}");
        }
        // What the phone itself does counts; and so does a refusal where it does not wait.
        let lost = OperationStatus::UpgradeFailedPhoneCommunicationFailure;
        let failure = Record::Failed { operation, status: lost, ends_operation: false, is_refusal: false };
        let now = place.clock.now();
        assert_eq!(comes(&failure).await, (lost, now));
        assert_eq!(comes(&refusal).await, (status, now));
    }

    async fn a_phone_that_fails_alike_again_and_again_leaves_one_entry_in_the_trail(place: &Place) {
        let store = place.open_with(&["CSFA"]).await;
        let phone = device("CSFA");
        let operation = CertificateOperation::Install;
        order(&store, &phone, operation).await;
        let before = trail(&store, 100).await.len();
        for _ in 0..5 {
            let status = OperationStatus::UpgradeFailedPhoneCommunicationFailure;
            record(&store, &phone, Record::Failed { operation, status, ends_operation: false, is_refusal: false }).await;
        }
        assert_eq!(trail(&store, 100).await.len(), before + 1);
    }

    async fn nothing_is_issued_or_requested_for_an_operation_that_was_called_off(place: &Place) {
        let store = place.open_with(&["CSFA"]).await;
        let phone = device("CSFA");
        let (held, key) = (Key::new().certificate(), Key::new());
        install(&store, &phone, &held).await;
        order(&store, &phone, CertificateOperation::Install).await;
        let begun_for = scheduled(&store, &phone).await;
        for operation in [CertificateOperation::None, CertificateOperation::Delete] {
            order(&store, &phone, operation).await;
            for wanting in [
                Record::Issued { certificate: key.certificate() },
                Record::Requested { csr: key.csr() },
            ] {
                let recorded = tell_under(&store, &phone, &begun_for, wanting).await;
                assert_eq!(recorded, Recorded::CalledOff);
            }
            assert_eq!(states(&store, &phone).await, [CertificateState::Held]);
            assert_eq!(store.csr_counts().await.unwrap(), CsrCounts::default());
        }
    }

    async fn a_request_is_waited_for_no_more_when_its_operation_is_called_off(place: &Place) {
        let store = place.open_with(&["CSFA"]).await;
        let (phone, key) = (device("CSFA"), Key::new());
        let id = request(&store, &phone, &key).await;
        let import = vec![(id, key.certificate(), None)];
        store.import_certificates(&admin(), import).await.unwrap();
        order(&store, &phone, CertificateOperation::None).await;
        let (_, progress) = store.progress(&phone, &key.fingerprint()).await.unwrap().unwrap();
        assert_eq!(progress, CsrProgress::Gone);
    }

    async fn a_phone_that_waits_again_after_a_failure_is_pending(place: &Place) {
        let store = place.open_with(&["CSFA"]).await;
        let phone = device("CSFA");
        request(&store, &phone, &Key::new()).await;
        let operation = CertificateOperation::Install;
        let status = OperationStatus::UpgradeFailedPhoneCommunicationFailure;
        record(&store, &phone, Record::Failed { operation, status, ends_operation: false, is_refusal: false }).await;
        request(&store, &phone, &Key::new()).await;
        let row = store.phone(&phone).await.unwrap().unwrap();
        assert_eq!(row.phone.operation_status, OperationStatus::OperationPending);
    }

    async fn a_held_certificate_sent_again_and_refused_stays_held(place: &Place) {
        let store = place.open_with(&["CSFA"]).await;
        let phone = device("CSFA");
        let certificate = Key::new().certificate();
        install(&store, &phone, &certificate).await;
        let status = OperationStatus::UpgradeFailed;
        record(&store, &phone, Record::NotStored { certificate, status }).await;
        assert_eq!(states(&store, &phone).await, [CertificateState::Held]);
    }

    async fn a_deleted_lsc_leaves_the_phone_without_one(place: &Place) {
        let store = place.open_with(&["CSFA"]).await;
        let phone = device("CSFA");
        install(&store, &phone, &Key::new().certificate()).await;
        order(&store, &phone, CertificateOperation::Delete).await;
        record(&store, &phone, Record::Deleted).await;
        let row = store.phone(&phone).await.unwrap().unwrap();
        assert_eq!(row.lsc, None);
        assert_eq!(row.phone.operation_status, OperationStatus::DeleteSuccess);
        assert_eq!(row.phone.capf.operation, CertificateOperation::None);
        assert_eq!(states(&store, &phone).await, [CertificateState::Deleted]);
        assert_eq!(store.subject(&phone, Vec::new()).await.unwrap().unwrap().held, None);
    }

    async fn a_success_leaves_what_was_scheduled_meanwhile(place: &Place) {
        let store = place.open_with(&["CSFA"]).await;
        let phone = device("CSFA");
        for operation in [CertificateOperation::Delete, CertificateOperation::Install] {
            order_with_string(&store, &phone, CertificateOperation::Install, "4711").await;
            let begun_for = scheduled(&store, &phone).await;
            order_with_string(&store, &phone, operation, "081500").await;
            let certificate = Key::new().certificate();
            let issued = Record::Issued { certificate: certificate.clone() };
            let recorded = tell_under(&store, &phone, &begun_for, issued).await;
            assert_eq!(recorded, Recorded::CalledOff);
            let installed = Record::Installed { certificate };
            let recorded = tell_under(&store, &phone, &begun_for, installed).await;
            assert_eq!(recorded, Recorded::Kept);
            let row = store.phone(&phone).await.unwrap().unwrap();
            assert!(row.lsc.is_some());
            assert_eq!(row.phone.capf.operation, operation);
            assert_eq!(row.phone.operation_status, OperationStatus::OperationPending);
            assert_eq!(row.phone.capf.authentication_string, Some(string("081500")));
        }
    }

    async fn what_was_called_off_and_done_all_the_same_is_told(place: &Place) {
        let store = place.open_with(&["CSFA"]).await;
        let phone = device("CSFA");
        order(&store, &phone, CertificateOperation::Delete).await;
        let begun_for = scheduled(&store, &phone).await;
        order(&store, &phone, CertificateOperation::None).await;
        let recorded = tell_under(&store, &phone, &begun_for, Record::Deleted).await;
        assert_eq!(recorded, Recorded::Kept);
        let row = store.phone(&phone).await.unwrap().unwrap();
        assert_eq!(row.phone.operation_status, OperationStatus::DeleteSuccess);
    }

    async fn what_a_troubleshoot_saw_in_the_phone_can_be_deleted_and_goes_with_it(place: &Place) {
        let store = place.open_with(&["SEP001122334455"]).await;
        let phone = device("SEP001122334455");
        let asked = |operation| Change { force: false, ..schedule(operation) };
        let (delete, troubleshoot) = (CertificateOperation::Delete, CertificateOperation::Troubleshoot);
        for operation in [delete, troubleshoot] {
            let changed = store.change_phones(&admin(), vec![phone.clone()], asked(operation)).await.unwrap();
            assert_eq!((changed.changed, changed.without_certificate), (Vec::new(), vec![phone.clone()]));
        }
        let (lsc, mic) = (Key::new().certificate(), Key::new().certificate());
        let fetched = Record::Fetched { certificates: vec![(CertificateKind::Mic, mic)] };
        record(&store, &phone, fetched).await;
        for (operation, known) in [(delete, 0), (troubleshoot, 1)] {
            let changed = store.change_phones(&admin(), vec![phone.clone()], asked(operation)).await.unwrap();
            assert_eq!(changed.changed.len(), known, "{operation}");
        }
        let fetched = Record::Fetched { certificates: vec![(CertificateKind::Lsc, lsc)] };
        record(&store, &phone, fetched).await;
        let changed = store.change_phones(&admin(), vec![phone.clone()], asked(delete)).await.unwrap();
        assert_eq!(changed.changed.len(), 1);
        record(&store, &phone, Record::Deleted).await;
        let left = [CertificateState::Deleted, CertificateState::Fetched];
        assert_eq!(states(&store, &phone).await, left);
        let changed = store.change_phones(&admin(), vec![phone.clone()], asked(delete)).await.unwrap();
        assert_eq!(changed.changed, []);
    }

    async fn a_troubleshoot_puts_what_it_fetched_on_record_once(place: &Place) {
        let store = place.open_with(&["CSFA"]).await;
        let phone = device("CSFA");
        let (lsc, mic) = (Key::new().certificate(), Key::new().certificate());
        install(&store, &phone, &lsc).await;
        for _ in 0..2 {
            let certificates =
                vec![(CertificateKind::Lsc, lsc.clone()), (CertificateKind::Mic, mic.clone())];
            record(&store, &phone, Record::Fetched { certificates }).await;
        }
        let certificates = store.certificates(&phone).await.unwrap();
        let seen: Vec<_> = certificates.iter().map(|record| (record.kind, record.state)).collect();
        assert_eq!(
            seen,
            [
                (CertificateKind::Mic, CertificateState::Fetched),
                (CertificateKind::Lsc, CertificateState::Held)
            ]
        );
        let row = store.phone(&phone).await.unwrap().unwrap();
        assert_eq!(row.phone.operation_status, OperationStatus::TroubleshootSuccess);
        assert_eq!(row.lsc.unwrap().serial_number, lsc.serial_number());
    }

    async fn a_failure_ends_the_operation_only_where_it_says_so(place: &Place) {
        let store = place.open_with(&["CSFA"]).await;
        let phone = device("CSFA");
        order(&store, &phone, CertificateOperation::Install).await;
        for (status, ends_operation, operation) in [
            (
                OperationStatus::UpgradeFailedInvalidAuthenticationString,
                false,
                CertificateOperation::Install,
            ),
            (OperationStatus::UpgradeFailedLate, true, CertificateOperation::None),
        ] {
            let failed = CertificateOperation::Install;
            record(&store, &phone, Record::Failed { operation: failed, status, ends_operation, is_refusal: false }).await;
            let row = store.phone(&phone).await.unwrap().unwrap();
            assert_eq!(row.phone.operation_status, status);
            assert_eq!(row.phone.capf.operation, operation);
        }
    }
}
