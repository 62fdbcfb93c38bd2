//! Sessions, contacts and the audit trail.

use capf::clock::Clock as _;
use capf::model::{CertificateOperation, Field, NodeName, OperationStatus, Parameter, Phone};
use capf::session::Record;
use capf::store::{AuditQuery, Column, Search, SessionRow};
use jiff::SignedDuration;

use super::{Place, address, admin, device, record, schedule, string, trail};

on_every_engine! {
    async fn sessions_are_saved_in_place_of_their_older_state(place: &Place) {
        let store = place.open().await;
        let mut session = SessionRow {
            node: NodeName::default(),
            id: u32::MAX,
            device: None,
            address: address(),
            state: "waiting for the name".to_owned(),
            operation: CertificateOperation::None,
            since: place.clock.now(),
        };
        store.save_sessions(vec![session.clone()]).await.unwrap();
        session.device = Some(device("CSFA"));
        session.operation = CertificateOperation::Install;
        let other = SessionRow { id: 2, ..session.clone() };
        // Another node numbers its own.
        let beside = SessionRow { node: "capf-b".parse().unwrap(), ..other.clone() };
        let all = vec![session.clone(), beside.clone(), other.clone()];
        store.save_sessions(all).await.unwrap();
        let listed = [other.clone(), session.clone(), beside.clone()];
        assert_eq!(store.sessions().await.unwrap(), listed);
        store.remove_sessions(&session.node, vec![2, 3]).await.unwrap();
        assert_eq!(store.sessions().await.unwrap(), [session, beside]);
        store.forget_nodes().await.unwrap();
        assert_eq!(store.sessions().await.unwrap(), []);
    }

    async fn a_contact_is_written_before_what_follows_it(place: &Place) {
        let store = place.open_with(&["CSFA"]).await;
        place.clock.advance(SignedDuration::from_mins(5));
        store.contact(&device("CSFA"), address()).await.unwrap();
        store.contact(&device("CSFNOBODY"), address()).await.unwrap();
        store.forget_nodes().await.unwrap();
        let phone = store.phone(&device("CSFA")).await.unwrap().unwrap().phone;
        assert_eq!(phone.last_contact, Some((place.clock.now(), address())));
    }

    async fn the_audit_trail_says_who_did_what_without_secrets(place: &Place) {
        let store = place.open_with(&["CSFA"]).await;
        let mut change = schedule(CertificateOperation::Install);
        change.change.authentication_string = Some(Some(string("471147114")));
        store.change_phones(&admin(), vec![device("CSFA")], change).await.unwrap();
        let parameter = Parameter::PhonePort;
        store.set_parameter(&admin(), parameter, Some("3805".to_owned())).await.unwrap();
        record(&store, &device("CSFA"), Record::Deleted).await;
        let entries = trail(&store, 100).await;
        assert_eq!(
            entries,
            [
                "2001:db8::17: CSFA: LSC deleted",
                "alice: parameter `CAPF Phone Port` set to `3805`",
                "alice: CSFA: phone changed: Certificate Operation: Install/Upgrade; \
                 Authentication String: set; Operation Completes By: 2026-12-03T12:00:00Z",
                "alice: CSFA: phone added",
            ]
        );
        assert!(!format!("{entries:?}").contains("4711"));
        assert_eq!(trail(&store, 1).await.len(), 1);
        let of_phone = AuditQuery { device: Some(device("CSFA")), limit: 100 };
        assert_eq!(store.audit(of_phone).await.unwrap().len(), 3);
    }

    async fn debug_shows_no_secret(place: &Place) {
        let store = place.open().await;
        let mut phones = vec![Phone::new(device("CSFA")), Phone::new(device("CSFB"))];
        for phone in &mut phones {
            phone.capf.authentication_string = Some(string("471147114"));
        }
        store.add_phones(&admin(), phones).await.unwrap();
        let search = Search {
            sort: Column::Field(Field::AuthenticationString),
            limit: 1,
            ..Search::default()
        };
        let page = store.find(&search).await.unwrap();
        assert!(page.next.is_some());
        let subject = store.subject(&device("CSFA"), Vec::new()).await.unwrap();
        for shown in [format!("{page:?}"), format!("{subject:?}"), format!("{store:?}")] {
            assert!(!shown.contains("4711"), "{shown}");
        }
    }

    async fn strangers_do_not_push_out_what_the_phone_did(place: &Place) {
        let store = place.open_with(&["CSFA"]).await;
        let phone = device("CSFA");
        record(&store, &phone, Record::Deleted).await;
        super::order(&store, &phone, CertificateOperation::Install).await;
        for attempt in 0..200 {
            let status = if attempt % 2 == 0 {
                OperationStatus::UpgradeFailedInvalidLsc
            } else {
                OperationStatus::UpgradeFailedInvalidCredentials
            };
            let operation = CertificateOperation::Install;
            let refusal =
                Record::Failed { operation, status, ends_operation: false, is_refusal: true };
            record(&store, &phone, refusal).await;
            place.clock.advance(SignedDuration::from_secs(1));
        }
        let entries = store.audit(AuditQuery { device: Some(phone), limit: 1000 }).await.unwrap();
        let by_phone = entries.iter().filter(|entry| entry.actor == address().to_string());
        let what: Vec<_> = by_phone.map(|entry| entry.what.as_str()).collect();
        assert_eq!(
            what,
            [
                "operation failed: Upgrade Failed: Invalid Credentials",
                "operation failed: Upgrade Failed: Invalid LSC",
                "LSC deleted",
            ]
        );
        let latest = place.clock.now() - SignedDuration::from_secs(1);
        assert_eq!(entries[0].at, latest);
    }

    async fn what_a_phone_does_again_and_again_does_not_fill_the_trail(place: &Place) {
        let store = place.open_with(&["CSFA", "CSFB"]).await;
        record(&store, &device("CSFB"), Record::Deleted).await;
        for _ in 0..150 {
            record(&store, &device("CSFA"), Record::Deleted).await;
        }
        let query = AuditQuery { device: None, limit: 1000 };
        let entries = store.audit(query).await.unwrap();
        let of = |name, by_phone| {
            let entries = entries.iter().filter(|entry| entry.device == Some(device(name)));
            entries.filter(|entry| (entry.actor == address().to_string()) == by_phone).count()
        };
        assert_eq!((of("CSFA", true), of("CSFA", false)), (100, 1));
        assert_eq!((of("CSFB", true), of("CSFB", false)), (1, 1));
    }
}
