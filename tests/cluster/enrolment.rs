//! Phones that enrol through both nodes, while one is killed and the database restarts.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use capf::clock::SystemClock;
use capf::model::{Certificate, CertificateState, DeviceName, OperationStatus};
use capf::phone_sim::{CapfServer, PhoneSim, Retry, ServerTrust, TlsProfile, run_fleet};
use capf::store::Store;

use super::{A, B, Cluster, Postgres};

const PHONES: usize = 2000;
const NAMES: &str = "SEP0000000C0001..SEP0000000C07D0";

/// How many are connected at once, at each node.
const AT_ONCE: usize = 16;

fn name(number: usize) -> DeviceName {
    format!("SEP0000000C{number:04X}").parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_killed_every_phone_ends_with_the_one_lsc_that_is_on_record() {
    // One that may be restarted.
    let Some(server) = Postgres::start() else {
        return;
    };
    let server = Arc::new(server);
    let cluster = Cluster::on(&server);
    cluster.add(NAMES);
    let (first, mut second) = (cluster.serve(A), cluster.serve(B));
    let addresses = [first.address, second.address].map(|address| address.to_string());

    let done = Arc::new(AtomicUsize::new(0));
    // Half of the phones have the one node at the head of their `capfList`, half the other.
    let fleets = [[0, 1], [1, 0]].map(|[near, far]| {
        let trust = ServerTrust::Certificate(cluster.authority());
        let capf = CapfServer::new(&addresses[near], trust, TlsProfile::Modern).unwrap();
        let capf = capf.and_at(&addresses[far]);
        let phones = (1..=PHONES)
            .filter(move |number| number % 2 == near)
            .map(|number| {
                let mut phone = PhoneSim::new(name(number));
                phone.retry = Retry {
                    count: 120,
                    interval: Duration::from_millis(500),
                };
                phone
            });
        let done = Arc::clone(&done);
        tokio::spawn(async move {
            let mut lscs = BTreeMap::new();
            let mut failures = Vec::new();
            run_fleet(phones, &capf, AT_ONCE, std::future::pending(), |outcome| {
                done.fetch_add(1, Ordering::Relaxed);
                if !outcome.succeeded() {
                    failures.push(format!("{}: {}", outcome.device, outcome.end));
                }
                lscs.insert(
                    outcome.device,
                    outcome.lsc.map(|lsc| lsc.certificate().clone()),
                );
            })
            .await;
            (lscs, failures)
        })
    });

    until(&done, PHONES / 4).await;
    second.kill();
    until(&done, PHONES / 2).await;
    let restarted = tokio::task::spawn_blocking({
        let server = Arc::clone(&server);
        move || server.control("restart -m immediate")
    });
    restarted.await.unwrap();

    let mut lscs = BTreeMap::new();
    let mut failures = Vec::new();
    for fleet in fleets {
        let (its_lscs, its_failures) = fleet.await.unwrap();
        lscs.extend(its_lscs);
        failures.extend(its_failures);
    }
    assert_eq!(
        failures,
        [] as [String; 0],
        "what a phone retries for a minute succeeds"
    );
    let store = Store::open(&cluster.uri.parse().unwrap(), Arc::new(SystemClock))
        .await
        .unwrap();
    let mut serial_numbers = BTreeSet::new();
    for (device, lsc) in &lscs {
        judge(&store, device, lsc.as_ref(), &mut serial_numbers).await;
    }
    assert_eq!(lscs.len(), PHONES);
    drop(first);
}

/// The phone holds what is on record, nothing was installed twice, and no serial number is another's.
async fn judge(
    store: &Store,
    device: &DeviceName,
    lsc: Option<&Certificate>,
    serial_numbers: &mut BTreeSet<String>,
) {
    let records = store.certificates(device).await.unwrap();
    let held: Vec<_> = records
        .iter()
        .filter(|record| record.state == CertificateState::Held)
        .map(|record| &record.certificate)
        .collect();
    assert_eq!(held, Vec::from_iter(lsc), "{device}");
    assert!(lsc.is_some(), "{device}");
    let replaced = records
        .iter()
        .filter(|record| record.state == CertificateState::Replaced);
    assert_eq!(
        replaced.count(),
        0,
        "{device}: it was asked for one installation"
    );
    for record in &records {
        let serial_number = record.certificate.serial_number().to_string();
        assert!(serial_numbers.insert(serial_number), "{device}");
    }
    let row = store.phone(device).await.unwrap().unwrap();
    assert_eq!(
        row.phone.operation_status,
        OperationStatus::UpgradeSuccess,
        "{device}"
    );
    assert_eq!(
        row.lsc.map(|lsc| lsc.serial_number),
        lsc.map(|lsc| lsc.serial_number().to_owned())
    );
}

async fn until(done: &AtomicUsize, count: usize) {
    let enough = async {
        while done.load(Ordering::Relaxed) < count {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_mins(5), enough)
        .await
        .unwrap();
}
