//! Several nodes on one database: who lives, and which of a phone's sessions decides.

use capf::clock::Clock as _;
use capf::model::{CertificateOperation, NodeName, OperationStatus, Parameter, ParameterValues};
use capf::session::Record;
use capf::store::{BEAT, Claim, LAPSE, Recorded, RunningNode, SessionRow, Store, StoreError};
use jiff::{SignedDuration, Timestamp};

use super::{Key, Place, address, admin, device, order, postgres_server, scheduled, time, trail};

fn node(name: &str, since: Timestamp) -> RunningNode {
    RunningNode {
        name: name.parse().unwrap(),
        // More exact than it is kept.
        since: since + SignedDuration::from_micros(1),
        version: "1.2.3".to_owned(),
        addresses: vec!["192.0.2.1:3804".parse().unwrap()],
        parameters: ParameterValues::new([(Parameter::PhonePort, "3900".to_owned())]),
    }
}

fn session(node: &RunningNode, id: u32) -> SessionRow {
    SessionRow {
        node: node.name.clone(),
        id,
        device: None,
        address: address(),
        state: "NEW".to_owned(),
        operation: CertificateOperation::None,
        since: time("2026-11-23T12:00:00Z"),
    }
}

async fn alive(store: &Store) -> Vec<String> {
    let nodes = store.nodes().await.unwrap().into_iter();
    nodes
        .filter(|row| row.is_alive)
        .map(|row| row.node.name.to_string())
        .collect()
}

on_every_engine! {
    async fn a_node_lives_from_its_beginning_to_its_end(place: &Place) {
        let store = place.open().await;
        let own = node("capf-a", place.clock.now());
        store.begin_node(own.clone()).await.unwrap();
        let pulse = store.beat(&own).await.unwrap();
        assert!(!pulse.is_replaced);
        assert_eq!(pulse.alive, 1);
        // One that has begun anew under this name is another.
        place.clock.advance(SignedDuration::from_mins(5));
        let anew = node("capf-a", place.clock.now());
        store.save_sessions(vec![session(&own, 7)]).await.unwrap();
        store.begin_node(anew.clone()).await.unwrap();
        assert_eq!(store.sessions().await.unwrap(), [], "they were of the service before");
        assert!(store.beat(&own).await.unwrap().is_replaced);
        assert!(!store.beat(&anew).await.unwrap().is_replaced);
        store.save_sessions(vec![session(&anew, 8)]).await.unwrap();
        store.end_node(&own.name).await.unwrap();
        assert_eq!(store.nodes().await.unwrap(), []);
        assert_eq!(store.sessions().await.unwrap(), []);
    }

    async fn the_capf_certificate_of_the_first_node_is_that_of_all(place: &Place) {
        let store = place.open().await;
        assert_eq!(store.capf_certificate().await.unwrap(), None);
        let (first, second) = (Key::new().certificate(), Key::new().certificate());
        assert_eq!(store.agree_on_capf_certificate(&first).await.unwrap(), first);
        assert_eq!(store.agree_on_capf_certificate(&second).await.unwrap(), first);
        store.set_capf_certificate(&second).await.unwrap();
        assert_eq!(store.agree_on_capf_certificate(&first).await.unwrap(), second);
        let own = node("capf-a", place.clock.now());
        store.begin_node(own.clone()).await.unwrap();
        assert_eq!(store.beat(&own).await.unwrap().capf, Some(second));
    }

    async fn of_two_sessions_of_a_phone_the_later_one_decides(place: &Place) {
        let store = place.open_with(&["CSFA"]).await;
        let phone = device("CSFA");
        order(&store, &phone, CertificateOperation::Install).await;
        let begun_for = scheduled(&store, &phone).await;
        let tell = async |claim: &mut Claim, record| {
            store.record(&phone, address(), &begun_for, claim, record).await.unwrap()
        };
        let (mut first, mut second, mut stranger) = (Claim::new(), Claim::new(), Claim::new());
        let (one, other) = (Key::new().certificate(), Key::new().certificate());
        let issued = |certificate: &_| Record::Issued { certificate: Clone::clone(certificate) };
        assert_eq!(tell(&mut first, Record::Proved).await, Recorded::Kept);
        assert_eq!(tell(&mut second, Record::Proved).await, Recorded::Kept);
        // Nothing is issued twice.
        assert_eq!(tell(&mut first, issued(&one)).await, Recorded::CalledOff);
        // Whoever proves nothing takes nothing.
        for is_refusal in [true, false] {
            let failed = Record::Failed {
                operation: CertificateOperation::Install,
                status: OperationStatus::UpgradeFailed,
                is_refusal,
                ends_operation: false,
            };
            assert_eq!(tell(&mut stranger, failed).await, Recorded::Kept);
        }
        assert_eq!(tell(&mut second, issued(&other)).await, Recorded::Kept);
        let installed = Record::Installed { certificate: other.clone() };
        assert_eq!(tell(&mut second, installed).await, Recorded::Kept);
        // What has happened in the phone is true, whoever tells it, but it ends nothing.
        order(&store, &phone, CertificateOperation::Install).await;
        let installed = Record::Installed { certificate: one.clone() };
        assert_eq!(tell(&mut first, installed).await, Recorded::Kept);
        let subject = store.subject(&phone, Vec::new()).await.unwrap().unwrap();
        assert_eq!(subject.held, Some(one));
        assert_eq!(subject.phone.capf.operation, CertificateOperation::Install);
    }
}

#[tokio::test]
async fn a_database_in_a_file_has_one_node_whatever_was_killed_before() {
    let place = Place::sqlite();
    let store = place.open().await;
    let (killed, next) = (
        node("old-name", place.clock.now()),
        node("new-name", place.clock.now()),
    );
    store.begin_node(killed.clone()).await.unwrap();
    store
        .save_sessions(vec![session(&killed, 7)])
        .await
        .unwrap();
    store.begin_node(next).await.unwrap();
    assert_eq!(alive(&store).await, ["new-name"]);
    assert_eq!(store.sessions().await.unwrap(), []);
    assert!(!store.is_shared());
}

#[tokio::test]
async fn a_node_that_says_nothing_is_dead_and_may_be_forgotten() {
    let Some(place) = Place::postgres() else {
        return;
    };
    let store = place.open().await;
    assert!(store.is_shared());
    let [first, second] = ["capf-a", "capf-b"].map(|name| node(name, place.clock.now()));
    store.begin_node(first.clone()).await.unwrap();
    store.begin_node(second.clone()).await.unwrap();
    assert_eq!(alive(&store).await, ["capf-a", "capf-b"]);
    assert_eq!(store.beat(&first).await.unwrap().alive, 2);
    store
        .save_sessions(vec![session(&first, 7), session(&second, 7)])
        .await
        .unwrap();

    let error = store.remove_node(&admin(), &second.name).await.unwrap_err();
    assert!(matches!(error, StoreError::NodeLives { .. }), "{error}");
    // The server's clock counts, which nobody can turn: the node is said to have been heard of earlier.
    let late = LAPSE.as_millis() + BEAT.as_millis();
    postgres_server::execute(
        &place.uri.to_string(),
        &format!("UPDATE node SET beat = beat - {late} WHERE name = 'capf-b'"),
    );
    assert_eq!(alive(&store).await, ["capf-a"]);
    assert_eq!(store.nodes().await.unwrap().len(), 2, "it is missed");
    assert_eq!(store.beat(&first).await.unwrap().alive, 1);
    // It lives as soon as it says so.
    assert!(!store.beat(&second).await.unwrap().is_replaced);
    assert_eq!(alive(&store).await, ["capf-a", "capf-b"]);

    postgres_server::execute(
        &place.uri.to_string(),
        &format!("UPDATE node SET beat = beat - {late} WHERE name = 'capf-b'"),
    );
    assert!(store.remove_node(&admin(), &second.name).await.unwrap());
    assert!(!store.remove_node(&admin(), &second.name).await.unwrap());
    assert_eq!(store.sessions().await.unwrap(), [session(&first, 7)]);
    assert_eq!(trail(&store, 10).await, ["alice: node capf-b removed"]);
    // It was not dead after all.
    assert!(store.beat(&second).await.unwrap().was_forgotten);
    assert!(!store.beat(&second).await.unwrap().was_forgotten);
    assert_eq!(alive(&store).await, ["capf-a", "capf-b"]);
    let nobody: NodeName = "capf-c".parse().unwrap();
    assert!(!store.remove_node(&admin(), &nobody).await.unwrap());
}
