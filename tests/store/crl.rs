//! Revocation lists, each in place of the one before it.

use capf::model::{
    AuthenticationMode, Certificate, CertificateOperation, Crl, PhoneChange, TrustPurpose,
};
use capf::pki::{Revocation, crl_signer};
use capf::store::{Change, NewCrl, Store, StoreError};

use super::{Place, admin, device};

fn ca() -> Certificate {
    let pem = include_bytes!("../../fixtures/crl/ca.pem");
    Certificate::from_der(pem::parse(pem).unwrap().contents()).unwrap()
}

/// A list of the fixtures, with the key that signed it.
fn list(der: &[u8]) -> NewCrl {
    let crl = Crl::from_der(der).unwrap();
    let ca = ca();
    let issuer_key = crl_signer(&crl, [&ca]).unwrap().public_key().into();
    NewCrl { crl, issuer_key }
}

fn first() -> NewCrl {
    list(include_bytes!("../../fixtures/crl/ca.crl"))
}

fn newer() -> NewCrl {
    list(include_bytes!("../../fixtures/crl/newer.crl"))
}

fn partition() -> NewCrl {
    list(include_bytes!("../../fixtures/crl/partition.crl"))
}

/// Which of these serial numbers are revoked, and why.
async fn revoked(store: &Store, serial_numbers: &[&str]) -> Vec<(String, &'static str)> {
    let wanted = serial_numbers.iter().map(|serial| (*serial).to_owned());
    let mut found: Vec<_> = store
        .revocations(wanted.collect())
        .await
        .unwrap()
        .into_iter()
        .map(
            |Revocation {
                 issuer,
                 issuer_key,
                 entry,
             }| {
                assert_eq!(
                    (&*issuer, &*issuer_key),
                    (ca().subject(), ca().public_key())
                );
                (entry.serial_number, entry.reason.as_str())
            },
        )
        .collect();
    found.sort();
    found
}

const ALL: [&str; 5] = ["05", "1a2b", "00c0ffee0123", "77", "99"];

on_every_engine! {
    async fn a_newer_list_takes_the_place_of_the_one_before(place: &Place) {
        let store = place.open().await;
        let imported = store.import_crls(&admin(), vec![first()]).await.unwrap();
        assert_eq!((imported[0].added, imported[0].removed), (3, 0));
        let before = [("00c0ffee0123", "Unspecified"), ("05", "Superseded"), ("1a2b", "Key Compromise")];
        let before = before.map(|(serial, reason)| (serial.to_owned(), reason));
        assert_eq!(revoked(&store, &ALL).await, before);
        assert_eq!(revoked(&store, &ALL[3..]).await, []);

        let updated = store.import_crls(&admin(), vec![newer()]).await.unwrap();
        assert_eq!(updated[0].id, imported[0].id);
        // One came, one changed, one went.
        assert_eq!((updated[0].added, updated[0].removed), (1, 1));
        let after = [("05", "Key Compromise"), ("1a2b", "Key Compromise"), ("77", "Unspecified")];
        let after = after.map(|(serial, reason)| (serial.to_owned(), reason));
        assert_eq!(revoked(&store, &ALL).await, after);
        let again = store.import_crls(&admin(), vec![newer()]).await.unwrap();
        assert!(again[0].unchanged);
        let listed = store.crls().await.unwrap();
        assert_eq!((listed.len(), listed[0].entries), (1, 3));
        assert_eq!(listed[0].number.as_ref().unwrap().as_hex(), "20");
        assert_eq!(listed[0].next_update.unwrap().to_string(), "2026-11-23T00:00:00Z");
    }

    async fn an_older_list_is_refused_and_all_that_come_with_it(place: &Place) {
        let store = place.open().await;
        store.import_crls(&admin(), vec![newer()]).await.unwrap();
        let error = store.import_crls(&admin(), vec![partition(), first()]).await.unwrap_err();
        assert!(matches!(error, StoreError::OlderCrl { .. }), "{error}");
        assert_eq!(store.crls().await.unwrap().len(), 1);
        assert_eq!(revoked(&store, &["00c0ffee0123"]).await, []);
    }

    async fn a_part_by_distribution_point_stands_beside_the_whole(place: &Place) {
        let store = place.open().await;
        store.import_crls(&admin(), vec![first(), partition()]).await.unwrap();
        let listed = store.crls().await.unwrap();
        assert_eq!(listed.len(), 2);
        assert_eq!(revoked(&store, &["1a2b"]).await.len(), 2);
        assert!(store.remove_crl(&admin(), listed[0].id).await.unwrap());
        assert!(!store.remove_crl(&admin(), listed[0].id).await.unwrap());
        assert_eq!(revoked(&store, &["1a2b"]).await.len(), 1);
    }

    async fn lists_go_with_the_last_anchor_of_their_key(place: &Place) {
        let store = place.open().await;
        let import = |purpose| async move {
            let admin = admin();
            place.open().await.import_anchor(&admin, purpose, ca()).await.unwrap().id
        };
        let ids = [
            import(TrustPurpose::Manufacturing).await,
            import(TrustPurpose::Capf).await,
        ];
        store.import_crls(&admin(), vec![first()]).await.unwrap();
        store.remove_anchor(&admin(), ids[0]).await.unwrap();
        assert_eq!(store.crls().await.unwrap().len(), 1);
        store.remove_anchor(&admin(), ids[1]).await.unwrap();
        assert_eq!(store.crls().await.unwrap(), []);
        assert_eq!(revoked(&store, &ALL).await, []);
    }

    async fn a_session_is_told_of_the_certificates_that_are_shown_and_of_no_others(place: &Place) {
        let store = place.open_with(&["CSFA"]).await;
        store.import_crls(&admin(), vec![first()]).await.unwrap();
        let change = Change {
            change: PhoneChange {
                operation: Some(CertificateOperation::Install),
                authentication_mode: Some(AuthenticationMode::ExistingMic),
                ..PhoneChange::default()
            },
            generate_strings: false,
            force: false,
        };
        store.change_phones(&admin(), vec![device("CSFA")], change).await.unwrap();
        for (shown, count) in [(vec!["1a2b", "99"], 1), (vec![], 0)] {
            let shown = shown.into_iter().map(str::to_owned).collect();
            let subject = store.subject(&device("CSFA"), shown).await.unwrap().unwrap();
            assert_eq!(subject.revocations.len(), count);
        }
    }
}
