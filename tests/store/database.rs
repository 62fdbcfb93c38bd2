//! The database itself: several writers, several processes, and files that are none.

use std::os::unix::fs::PermissionsExt as _;

use capf::model::{CapfSettings, CertificateOperation, Parameter, Phone};
use capf::session::Record;
use capf::store::{Claim, CsrProgress, Store, StoreError, StoreUri};

use super::{Key, Place, address, admin, device, install, record, request, schedule};

on_every_engine! {
    async fn what_was_answered_is_there_after_reopening(place: &Place) {
        let store = place.open_with(&["CSFA"]).await;
        let certificate = Key::new().certificate();
        install(&store, &device("CSFA"), &certificate).await;
        drop(store);
        let store = place.open().await;
        let subject = store.subject(&device("CSFA"), Vec::new()).await.unwrap().unwrap();
        assert_eq!(subject.held, Some(certificate));
    }

    async fn many_phones_record_at_once_and_one_failure_is_its_own(place: &Place) {
        let names: Vec<String> = (0..300).map(|number| format!("CSF{number:03}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let store = place.open_with(&names).await;
        let certificate = Key::new().certificate();
        let mut records = tokio::task::JoinSet::new();
        for name in names.iter().chain(&["CSFNOBODY"]) {
            let (store, device) = (store.clone(), device(name));
            let record = Record::Installed { certificate: certificate.clone() };
            records.spawn(async move { store.record(&device, address(), &CapfSettings::default(), &mut Claim::new(), record).await });
        }
        let outcomes = records.join_all().await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 300);
        let held = "LSC Status is exactly Upgrade Success".parse().unwrap();
        assert_eq!(store.count(&[held]).await.unwrap(), 300);
    }

    async fn a_watch_wakes_for_admins_of_any_process(place: &Place) {
        let server = place.open_with(&["CSFA", "CSFB"]).await;
        let other_process = place.open().await;
        let mut watch = server.watch().await.unwrap();

        let change = schedule(CertificateOperation::Install);
        let names = vec![device("CSFB"), device("CSFA")];
        other_process.change_phones(&admin(), names, change.clone()).await.unwrap();
        assert_eq!(watch.changed().await.devices, [device("CSFA"), device("CSFB")]);

        // A phone's own record wakes nobody; this process's admin does.
        record(&server, &device("CSFA"), Record::Deleted).await;
        server.change_phones(&admin(), vec![device("CSFB")], change).await.unwrap();
        assert_eq!(watch.changed().await.devices, [device("CSFB")]);

        // What is committed between two looks is not lost.
        let key = Key::new();
        let id = request(&server, &device("CSFA"), &key).await;
        let import = vec![(id, key.certificate(), None)];
        other_process.import_certificates(&admin(), import).await.unwrap();
        assert_eq!(watch.changed().await.devices, [device("CSFA")]);
        let (_, progress) = server.progress(&device("CSFA"), &key.fingerprint()).await.unwrap().unwrap();
        assert!(matches!(progress, CsrProgress::Imported(_)));
    }

    async fn two_processes_write_in_turn(place: &Place) {
        let stores = [place.open_with(&["CSFA"]).await, place.open().await];
        let mut changes = tokio::task::JoinSet::new();
        for number in 0..40 {
            let store = stores[number % 2].clone();
            let phone = Phone::new(device(&format!("CSFN{number}")));
            changes.spawn(async move { store.add_phones(&admin(), vec![phone]).await });
        }
        for outcome in changes.join_all().await {
            outcome.unwrap();
        }
        assert_eq!(stores[1].count(&[]).await.unwrap(), 41);
    }

    async fn processes_may_open_a_new_database_at_once(place: &Place) {
        let mut opening = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let (uri, clock) = (place.uri.clone(), place.clock.clone());
            opening.spawn(async move { Store::open(&uri, clock).await });
        }
        for store in opening.join_all().await {
            assert_eq!(store.unwrap().count(&[]).await.unwrap(), 0);
        }
    }
}

#[tokio::test]
async fn the_file_is_its_owners_alone() {
    let place = Place::sqlite();
    let store = place.open_with(&["CSFA"]).await;
    let mut files = 0;
    for entry in std::fs::read_dir(place.directory.path()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", entry.path().display());
        files += 1;
    }
    assert!(files >= 2, "the database and its log");
    drop(store);
}

#[tokio::test]
async fn a_store_that_is_closed_is_one_file() {
    let place = Place::sqlite();
    let store = place.open_with(&["CSFA"]).await;
    install(&store, &device("CSFA"), &Key::new().certificate()).await;
    assert_eq!(store.count(&[]).await.unwrap(), 1);
    drop(store);
    let files: Vec<_> = std::fs::read_dir(place.directory.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(files, ["capf.db"]);
}

#[tokio::test]
async fn a_parameter_of_a_newer_program_is_passed_over() {
    let place = Place::sqlite();
    let store = place.open_with(&["CSFA"]).await;
    let newer = rusqlite::Connection::open(place.directory.path().join("capf.db")).unwrap();
    newer
        .execute(
            "INSERT INTO parameter VALUES ('Phase of the Moon', '3')",
            [],
        )
        .unwrap();
    let parameter = Parameter::KeepaliveInterval;
    let value = Some("20".to_owned());
    store
        .set_parameter(&admin(), parameter, value)
        .await
        .unwrap();
    assert_eq!(store.parameters().await.unwrap().value(parameter), "20");
}

#[tokio::test]
async fn a_missing_directory_is_named() {
    let place = Place::sqlite();
    let uri = StoreUri::sqlite(place.directory.path().join("missing/capf.db"));
    let error = Store::open(&uri, place.clock.clone()).await.unwrap_err();
    assert!(matches!(error, StoreError::NoDirectory { .. }));
    assert!(error.to_string().contains("missing"), "{error}");
}

#[tokio::test]
async fn what_is_no_database_is_refused() {
    let place = Place::sqlite();
    let path = place.directory.path().join("capf.db");
    std::fs::write(
        path,
        "words that are read as a database's header ".repeat(20),
    )
    .unwrap();
    assert!(Store::open(&place.uri, place.clock.clone()).await.is_err());
}

#[tokio::test]
async fn an_empty_file_becomes_a_database() {
    let place = Place::sqlite();
    std::fs::write(place.directory.path().join("capf.db"), "").unwrap();
    let store = place.open_with(&["CSFA"]).await;
    assert_eq!(store.count(&[]).await.unwrap(), 1);
}

#[tokio::test]
async fn a_database_of_a_newer_program_is_left_alone() {
    let place = Place::sqlite();
    drop(place.open_with(&["CSFA"]).await);
    let newer = rusqlite::Connection::open(place.directory.path().join("capf.db")).unwrap();
    newer
        .execute("INSERT INTO schema_version (version) VALUES (99)", [])
        .unwrap();
    let error = Store::open(&place.uri, place.clock.clone())
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::TooNew { found: 99, .. }));
    assert!(error.to_string().contains("newer capf"), "{error}");
    newer
        .execute("DELETE FROM schema_version WHERE version = 99", [])
        .unwrap();
    assert_eq!(place.open().await.count(&[]).await.unwrap(), 1);
}

#[tokio::test]
async fn a_value_that_no_version_writes_is_an_error_and_no_panic() {
    let place = Place::sqlite();
    let store = place.open_with(&["CSFA"]).await;
    let other = rusqlite::Connection::open(place.directory.path().join("capf.db")).unwrap();
    for damage in [
        "UPDATE phone SET operation = 77",
        "UPDATE phone SET operation = 'text'",
        "UPDATE phone SET operation = 1, authentication_string = 'abc'",
        "UPDATE phone SET authentication_string = '', last_contact = 9223372036854775807",
    ] {
        other.execute(damage, []).unwrap();
        let error = store.phone(&device("CSFA")).await.unwrap_err();
        assert!(
            matches!(error, StoreError::Corrupt { .. }),
            "{damage}: {error}"
        );
    }
}
