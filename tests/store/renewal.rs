//! LSCs that expire are renewed.

use capf::clock::Clock as _;
use capf::model::{AuthenticationMode, CertificateOperation, OperationStatus};
use capf::store::{Change, Due, Expiry, Renewal, Store};
use jiff::SignedDuration;

use super::{Key, Place, admin, device, install, make, order, scheduled, string, time};

const INSTALL: CertificateOperation = CertificateOperation::Install;

/// Every LSC that expires within 60 days of the tests' time.
fn renewal() -> Renewal {
    Renewal {
        criteria: Vec::new(),
        until: time("2027-01-22T12:00:00Z"),
        authentication_mode: None,
    }
}

/// Phones with LSCs that expire so; where nothing is said, they have none.
async fn fleet(place: &Place, expiries: &[(&str, &str)]) -> Store {
    let names: Vec<_> = expiries.iter().map(|(name, _)| *name).collect();
    let store = place.open_with(&names).await;
    for (name, not_after) in expiries {
        if !not_after.is_empty() {
            let certificate = Key::new().certificate_by("Example CA", not_after);
            install(&store, &device(name), &certificate).await;
        }
    }
    store
}

async fn renewable(
    store: &Store,
    renewal: &Renewal,
    after: Option<Expiry>,
    limit: u32,
) -> Vec<String> {
    let found = store.renewable(renewal, after, limit).await.unwrap();
    found
        .iter()
        .map(|expiry| expiry.device.to_string())
        .collect()
}

async fn set_mode(store: &Store, name: &str, mode: AuthenticationMode) {
    let mut change = Change::default();
    change.change.authentication_mode = Some(mode);
    make(store, &device(name), change).await;
}

on_every_engine! {
    async fn those_are_found_that_expire_up_to_a_time_and_soonest_first(place: &Place) {
        let store = fleet(place, &[
            ("CSFLATER", "20270122120001Z"),
            ("CSFLAST", "20270122120000Z"),
            ("CSFB", "20270101000000Z"),
            ("CSFA", "20270101000000Z"),
            ("CSFEXPIRED", "20261101000000Z"),
            ("CSFNONE", ""),
        ]).await;
        let expected = ["CSFEXPIRED", "CSFA", "CSFB", "CSFLAST"];
        assert_eq!(renewable(&store, &renewal(), None, 10).await, expected);
        let due = Due { renewable: 4, ..Due::default() };
        assert_eq!(store.count_due(&renewal()).await.unwrap(), due);

        let first = store.renewable(&renewal(), None, 2).await.unwrap();
        let rest = renewable(&store, &renewal(), first.last().cloned(), 10).await;
        assert_eq!(rest, ["CSFB", "CSFLAST"]);
        let criteria = vec!["Device Name ends with B".parse().unwrap()];
        assert_eq!(renewable(&store, &Renewal { criteria, ..renewal() }, None, 10).await, ["CSFB"]);
    }

    async fn what_is_scheduled_is_left_alone_until_it_can_no_longer_complete(place: &Place) {
        let soon = "20270101000000Z";
        let store = fleet(place, &[("CSFA", soon), ("CSFB", soon), ("CSFC", soon)]).await;
        order(&store, &device("CSFA"), INSTALL).await;
        order(&store, &device("CSFB"), CertificateOperation::Delete).await;
        assert_eq!(renewable(&store, &renewal(), None, 10).await, ["CSFC"]);
        let due = Due { renewable: 1, pending: 2, ..Due::default() };
        assert_eq!(store.count_due(&renewal()).await.unwrap(), due);

        let completes_by = scheduled(&store, &device("CSFA")).await.completes_by.unwrap();
        place.clock.advance(completes_by.duration_since(place.clock.now()));
        assert_eq!(renewable(&store, &renewal(), None, 10).await, ["CSFC"]);
        place.clock.advance(SignedDuration::from_secs(1));
        // Whoever wants a Delete does not want a new LSC.
        assert_eq!(renewable(&store, &renewal(), None, 10).await, ["CSFA", "CSFC"]);
    }

    async fn who_could_not_prove_himself_is_not_scheduled(place: &Place) {
        let store = fleet(place, &[
            ("CSFSTRING", "20270101000000Z"),
            ("CSFLSC", "20270101000000Z"),
            ("CSFEXPIRED", "20261101000000Z"),
            ("CSFMIC", "20261101000000Z"),
        ]).await;
        set_mode(&store, "CSFSTRING", AuthenticationMode::AuthenticationString).await;
        set_mode(&store, "CSFLSC", AuthenticationMode::ExistingLsc).await;
        set_mode(&store, "CSFEXPIRED", AuthenticationMode::ExistingLsc).await;
        set_mode(&store, "CSFMIC", AuthenticationMode::ExistingMic).await;
        assert_eq!(renewable(&store, &renewal(), None, 10).await, ["CSFMIC", "CSFLSC"]);
        let due = Due { renewable: 2, pending: 0, without_string: 1, expired: 1 };
        assert_eq!(store.count_due(&renewal()).await.unwrap(), due);

        let by = |mode| Renewal { authentication_mode: Some(mode), ..renewal() };
        let due = Due { renewable: 4, ..Due::default() };
        assert_eq!(store.count_due(&by(AuthenticationMode::NullString)).await.unwrap(), due);
        let due = Due { renewable: 2, expired: 2, ..Due::default() };
        assert_eq!(store.count_due(&by(AuthenticationMode::ExistingLsc)).await.unwrap(), due);

        let mut change = Change::default();
        change.change.authentication_string = Some(Some(string("12345")));
        make(&store, &device("CSFSTRING"), change).await;
        let due = Due { renewable: 1, without_string: 3, ..Due::default() };
        assert_eq!(store.count_due(&by(AuthenticationMode::AuthenticationString)).await.unwrap(), due);
    }

    async fn what_has_changed_since_it_was_found_is_not_scheduled(place: &Place) {
        let soon = "20270101000000Z";
        let store = fleet(place, &[("CSFA", soon), ("CSFB", soon), ("CSFC", soon), ("CSFD", soon)]).await;
        let found: Vec<_> = store
            .renewable(&renewal(), None, 10)
            .await
            .unwrap()
            .into_iter()
            .map(|expiry| expiry.device)
            .collect();
        assert_eq!(found.len(), 4);
        // One enrols, one is told something else, one is removed.
        install(&store, &device("CSFA"), &Key::new().certificate()).await;
        order(&store, &device("CSFB"), CertificateOperation::Delete).await;
        store.remove_phones(&admin(), vec![device("CSFC")]).await.unwrap();
        let done = store.schedule_renewal(&admin(), &renewal(), found.clone()).await.unwrap();
        assert_eq!(done, [device("CSFD")]);
        assert_eq!(scheduled(&store, &device("CSFA")).await.operation, CertificateOperation::None);
        assert_eq!(scheduled(&store, &device("CSFB")).await.operation, CertificateOperation::Delete);
        let row = store.phone(&device("CSFD")).await.unwrap().unwrap();
        assert_eq!(row.phone.capf.operation, INSTALL);
        assert!(row.phone.capf.completes_by.is_some());
        assert_eq!(row.phone.operation_status, OperationStatus::OperationPending);

        let again = store.schedule_renewal(&admin(), &renewal(), found).await.unwrap();
        assert_eq!(again, []);
    }

    async fn the_mode_is_set_with_the_operation(place: &Place) {
        let store = fleet(place, &[("CSFA", "20270101000000Z")]).await;
        let mode = AuthenticationMode::ExistingMic;
        let renewal = Renewal { authentication_mode: Some(mode), ..renewal() };
        store.schedule_renewal(&admin(), &renewal, vec![device("CSFA")]).await.unwrap();
        assert_eq!(scheduled(&store, &device("CSFA")).await.authentication_mode, mode);
    }
}
