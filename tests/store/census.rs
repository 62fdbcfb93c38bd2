//! Phones are counted by what they have.

use capf::model::{Criterion, OperationStatus};
use capf::store::Census;

use super::Place;
use super::search::fleet;

on_every_engine! {
    async fn phones_are_counted_by_status_issuer_and_day(place: &Place) {
        let store = fleet(place).await;
        let everywhere: &[Criterion] = &[];
        assert_eq!(
            store.count_by_status(everywhere).await.unwrap(),
            [
                (OperationStatus::None, 1),
                (OperationStatus::UpgradeSuccess, 2),
                (OperationStatus::UpgradeFailedInvalidMic, 1),
            ]
        );
        assert_eq!(
            store.census(everywhere).await.unwrap().by_issuer,
            [("CN=CAPF-12345678".to_owned(), 1), ("CN=Example, Inc.".to_owned(), 1)]
        );
        assert_eq!(
            store.census(everywhere).await.unwrap().by_expiry,
            [("2029-01-01".parse().unwrap(), 1), ("2031-01-31".parse().unwrap(), 1)]
        );
    }

    async fn those_alone_are_counted_that_meet_the_criteria(place: &Place) {
        let store = fleet(place).await;
        let criteria = ["Device Name begins with SEP0".parse().unwrap()];
        let by_status = store.count_by_status(&criteria).await.unwrap();
        assert_eq!(by_status.iter().map(|(_, phones)| phones).sum::<u64>(), 2);
        let by_issuer = store.census(&criteria).await.unwrap().by_issuer;
        assert_eq!(by_issuer, [("CN=Example, Inc.".to_owned(), 1)]);
        let by_expiry = store.census(&criteria).await.unwrap().by_expiry;
        assert_eq!(by_expiry, [("2031-01-31".parse().unwrap(), 1)]);
        let census = store.census(&criteria).await.unwrap();
        assert_eq!(census, Census { by_status, by_issuer, by_expiry });
    }
}
