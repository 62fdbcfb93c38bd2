//! Guesses at an authentication string, and the lock that ends them.

use std::sync::Arc;

use capf::auth::{LOCK_TIME, MOST_GUESSES};
use capf::clock::Clock as _;
use capf::model::{CertificateOperation, DeviceName, OperationStatus, Phone, PhoneChange};
use capf::session::Record;
use capf::store::{Change, Recorded, Store};
use jiff::{SignedDuration, Timestamp};

use super::{
    Place, admin, device, order_with_string, schedule, scheduled, string, tell, tell_under, trail,
};

const INSTALL: CertificateOperation = CertificateOperation::Install;

/// A store with a phone that waits for its string.
async fn waiting(place: &Place) -> (Store, DeviceName) {
    let store = place.open_with(&["SEP001122334455"]).await;
    let phone = device("SEP001122334455");
    order_with_string(&store, &phone, INSTALL, "4711").await;
    (store, phone)
}

/// Somebody enters a wrong string.
async fn guess(store: &Store, phone: &DeviceName) -> Recorded {
    let record = Record::Guessed {
        operation: INSTALL,
        status: OperationStatus::UpgradeFailedInvalidAuthenticationString,
    };
    tell(store, phone, record).await
}

async fn guess_often(store: &Store, phone: &DeviceName, times: u32) {
    for _ in 0..times {
        assert_eq!(guess(store, phone).await, Recorded::Kept);
    }
}

/// Somebody enters the right one.
async fn enter(store: &Store, phone: &DeviceName) -> Recorded {
    tell(store, phone, Record::Proved).await
}

async fn locked_until(store: &Store, phone: &DeviceName) -> Option<Timestamp> {
    store
        .subject(phone, Vec::new())
        .await
        .unwrap()
        .unwrap()
        .locked_until
}

on_every_engine! {
    async fn ten_wrong_strings_in_a_row_lock_the_phone_for_ten_minutes_across_restarts(place: &Place) {
        let (store, phone) = waiting(place).await;
        guess_often(&store, &phone, MOST_GUESSES - 1).await;
        assert_eq!(locked_until(&store, &phone).await, None);
        drop(store);
        let store = place.open().await;
        guess_often(&store, &phone, 1).await;
        let until = place.clock.now() + LOCK_TIME;
        assert_eq!(trail(&store, 1).await, [
            "2001:db8::17: SEP001122334455: 10 wrong authentication strings in a row: locked for 10 minutes"
        ]);
        drop(store);

        let store = place.open().await;
        assert_eq!(locked_until(&store, &phone).await, Some(until));
        assert_eq!(store.phone(&phone).await.unwrap().unwrap().locked_until, Some(until));
        assert_eq!(enter(&store, &phone).await, Recorded::Locked { until });
        // What is tried meanwhile neither counts nor lengthens it.
        place.clock.advance(LOCK_TIME - SignedDuration::from_secs(1));
        for _ in 0..2 * MOST_GUESSES {
            assert_eq!(guess(&store, &phone).await, Recorded::Locked { until });
        }
        assert_eq!(enter(&store, &phone).await, Recorded::Locked { until });
        place.clock.advance(SignedDuration::from_secs(1));
        assert_eq!(enter(&store, &phone).await, Recorded::Kept);
        assert_eq!(locked_until(&store, &phone).await, None);
    }

    async fn after_the_time_ten_more_may_be_tried(place: &Place) {
        let (store, phone) = waiting(place).await;
        guess_often(&store, &phone, MOST_GUESSES).await;
        place.clock.advance(LOCK_TIME);
        guess_often(&store, &phone, MOST_GUESSES - 1).await;
        assert_eq!(enter(&store, &phone).await, Recorded::Kept);
    }

    async fn the_right_string_makes_the_wrong_ones_forgotten(place: &Place) {
        let (store, phone) = waiting(place).await;
        for _ in 0..3 {
            guess_often(&store, &phone, MOST_GUESSES - 1).await;
            assert_eq!(enter(&store, &phone).await, Recorded::Kept);
        }
    }

    async fn an_administrator_who_schedules_anew_or_sets_a_string_unlocks_the_phone(place: &Place) {
        let (store, phone) = waiting(place).await;
        let description = PhoneChange {
            description: Some("Reception".to_owned()),
            ..PhoneChange::default()
        };
        let new_string = PhoneChange {
            authentication_string: Some(Some(string("0815"))),
            ..PhoneChange::default()
        };
        for (change, unlocks) in [
            (Change { change: description, ..Change::default() }, false),
            (Change { change: new_string, ..Change::default() }, true),
            (Change { generate_strings: true, ..Change::default() }, true),
            (schedule(INSTALL), true),
        ] {
            guess_often(&store, &phone, MOST_GUESSES).await;
            assert!(locked_until(&store, &phone).await.is_some());
            let devices = vec![phone.clone()];
            store.change_phones(&admin(), devices, change).await.unwrap();
            assert_eq!(locked_until(&store, &phone).await.is_none(), unlocks);
            if !unlocks {
                place.clock.advance(LOCK_TIME);
            }
        }
    }

    async fn one_phones_lock_is_no_other_phones(place: &Place) {
        let (store, phone) = waiting(place).await;
        let other = device("SEP001122334456");
        let phones = vec![Phone::new(other.clone())];
        store.add_phones(&admin(), phones).await.unwrap();
        let devices = vec![other.clone()];
        store.change_phones(&admin(), devices, schedule(INSTALL)).await.unwrap();
        guess_often(&store, &phone, MOST_GUESSES).await;
        assert_eq!(enter(&store, &other).await, Recorded::Kept);
    }

    async fn however_many_guess_at_once_no_more_than_ten_are_judged_before_the_right_one(place: &Place) {
        let (store, phone) = waiting(place).await;
        let store = Arc::new(store);
        let mut guesses = tokio::task::JoinSet::new();
        for _ in 0..100 {
            let (store, phone) = (Arc::clone(&store), phone.clone());
            guesses.spawn(async move { guess(&store, &phone).await });
        }
        let until = place.clock.now() + LOCK_TIME;
        let told = guesses.join_all().await;
        let judged = told.iter().filter(|recorded| **recorded == Recorded::Kept).count();
        assert_eq!(judged, 10, "to all others nobody says that they were wrong");
        assert_eq!(told.iter().filter(|it| **it == Recorded::Locked { until }).count(), 90);
        assert_eq!(enter(&store, &phone).await, Recorded::Locked { until });
    }

    async fn a_string_is_good_for_one_operation(place: &Place) {
        let (store, phone) = waiting(place).await;
        assert_eq!(enter(&store, &phone).await, Recorded::Kept);
        let begun_for = scheduled(&store, &phone).await;
        let certificate = super::Key::new().certificate();
        super::install(&store, &phone, &certificate).await;
        let row = store.phone(&phone).await.unwrap().unwrap();
        assert_eq!(row.phone.capf.authentication_string, None);
        assert_eq!(row.phone.operation_status, OperationStatus::UpgradeSuccess);
        // Another session that was asked for the string, too, comes too late with it.
        let late = tell_under(&store, &phone, &begun_for, Record::Proved).await;
        assert_eq!(late, Recorded::CalledOff);
    }
}
