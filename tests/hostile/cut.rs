//! Sessions of which only the first bytes arrive: for every number of bytes that a phone can say.
//! The state is such that the phone's next try succeeds.

use std::collections::BTreeSet;
use std::slice;
use std::sync::Arc;
use std::time::Duration;

use capf::model::{
    Certificate, CertificateOperation, CertificateState, CsrCounts, CsrState, DeviceName,
    FailureReason, KeyOrder, OperationStatus, Parameter,
};
use capf::pki::OutsideCa;
use capf::store::{CsrSearch, PhoneRow};
use capf::trace::TraceDir;
use capf::transport::ClientTls;
use capf::wire::Reason;
use jiff::Timestamp;
use tokio::sync::Semaphore;
use tokio::task::{JoinHandle, JoinSet, LocalSet};

use crate::phone::{End, Heard, Phone, operation, recorded_key};
use crate::running::admin;
use crate::{Caller, Running, watch};

/// What is entered on every phone.
const STRING: &str = "8675309142";

/// How many phones call at once.
const AT_ONCE: usize = 16;

/// What the phones do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flow {
    Install,
    InstallByString,
    InstallFromOfflineCa,
    InstallWithRsa,
    Upgrade,
    Delete,
    Troubleshoot,
}

impl Flow {
    fn operation(self) -> CertificateOperation {
        match self {
            Self::Delete => CertificateOperation::Delete,
            Self::Troubleshoot => CertificateOperation::Troubleshoot,
            _ => CertificateOperation::Install,
        }
    }

    /// Whether the phones have an LSC to begin with.
    fn has_lsc(self) -> bool {
        matches!(self, Self::Upgrade | Self::Delete)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_installation_cut_anywhere_succeeds_at_the_next_try() {
    cut_anywhere(Flow::Install).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_installation_with_an_rsa_key_cut_anywhere_succeeds_at_the_next_try() {
    cut_anywhere(Flow::InstallWithRsa).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_installation_by_authentication_string_cut_anywhere_succeeds_at_the_next_try() {
    cut_anywhere(Flow::InstallByString).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upgrade_cut_anywhere_succeeds_at_the_next_try() {
    cut_anywhere(Flow::Upgrade).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_installation_by_an_offline_ca_cut_anywhere_succeeds_at_the_next_try() {
    cut_anywhere(Flow::InstallFromOfflineCa).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deletion_cut_anywhere_succeeds_at_the_next_try() {
    cut_anywhere(Flow::Delete).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_troubleshoot_cut_anywhere_succeeds_at_the_next_try() {
    cut_anywhere(Flow::Troubleshoot).await;
}

/// For each number of bytes, a phone of its own.
async fn cut_anywhere(flow: Flow) {
    LocalSet::new().run_until(cut_each(flow)).await;
}

async fn cut_each(flow: Flow) {
    watch::begin();
    let running = Running::start().await;
    let tls = Caller::tls(&running.authority).unwrap();
    if flow == Flow::InstallFromOfflineCa {
        running
            .parameter(Parameter::CertificateIssuer, "Offline CA")
            .await;
    }
    let scene = Arc::new(Scene { flow, running, tls });
    let ca = (flow == Flow::InstallFromOfflineCa).then(|| sign_everything(&scene));

    let whole = scene.phone(0xffff).await;
    scene.schedule(&whole).await;
    let ends = Arc::new(whole.calls(&scene.running, &scene.tls).await.ends);

    let places = Arc::new(Semaphore::new(AT_ONCE));
    let mut phones = JoinSet::new();
    for length in 0..=*ends.last().unwrap() {
        let place = Arc::clone(&places).acquire_owned().await.unwrap();
        let (scene, ends) = (Arc::clone(&scene), Arc::clone(&ends));
        phones.spawn_local(async move {
            scene.cut(length, &ends).await;
            drop(place);
        });
    }
    phones.join_all().await;

    if let Some(ca) = ca {
        ca.abort();
        let _ = ca.await;
        let counts = scene.running.store.csr_counts().await.unwrap();
        assert_eq!(counts, CsrCounts::default());
    }
    let mut scene = Arc::into_inner(scene).expect("nobody else is left");
    scene.running.end().await;
    watch::all_is_well();
    nobody_tells_the_string(&TraceDir::of(scene.running.directory()));
}

/// What is entered on the phones stands neither in the log nor in the traces of the sessions that
/// failed.
fn nobody_tells_the_string(traces: &TraceDir) {
    assert!(!watch::log().contains(STRING));
    let files = traces.list().unwrap();
    assert!(!files.is_empty());
    for file in files {
        assert!(
            !traces.read(&file.name).unwrap().contains(STRING),
            "{}",
            file.name
        );
    }
}

/// A CA that signs every request as soon as it is there.
fn sign_everything(scene: &Arc<Scene>) -> JoinHandle<()> {
    let scene = Arc::clone(scene);
    tokio::spawn(async move {
        let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        let ca = OutsideCa::create("Example CA", now).unwrap();
        let store = scene.running.second_store().await;
        loop {
            let pending = store
                .csrs(&CsrSearch::in_states(&[CsrState::Pending]))
                .await
                .unwrap();
            let signed = pending
                .into_iter()
                .map(|record| (record.id, ca.sign(&record.csr, now).unwrap(), None))
                .collect();
            store.import_certificates(&admin(), signed).await.unwrap();
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
}

struct Scene {
    flow: Flow,
    running: Running,
    tls: ClientTls,
}

impl Scene {
    /// A phone that is known, with nothing scheduled.
    async fn phone(&self, number: usize) -> Phone {
        let device: DeviceName = format!("SEP{number:012X}").parse().unwrap();
        self.running.add(&device).await;
        let key = if self.flow == Flow::InstallWithRsa {
            recorded_key(false)
        } else {
            Caller::public_key()
        };
        Phone::new(device, key, STRING)
    }

    async fn schedule(&self, phone: &Phone) {
        let string = (self.flow == Flow::InstallByString).then_some(STRING);
        let mut change = operation(self.flow.operation(), string);
        if self.flow == Flow::InstallWithRsa {
            change.key_order = Some(KeyOrder::RsaOnly);
        }
        self.running
            .change(&self.running.store, &phone.device, change)
            .await;
    }

    /// A session of which `length` bytes arrive, and a whole one behind it.
    async fn cut(&self, length: usize, ends: &[usize]) {
        let Self { flow, running, tls } = self;
        let scheduled = flow.operation();
        let phone = self.phone(length).await;
        let first = if flow.has_lsc() {
            let install = operation(CertificateOperation::Install, None);
            running.change(&running.store, &phone.device, install).await;
            phone.calls(running, tls).await.stored
        } else {
            None
        };
        self.schedule(&phone).await;

        let end = [End::CloseNotify, End::Fin, End::Reset][length % 3];
        let heard = phone.is_cut(running, tls, length, end).await;
        let outcomes = self.outcomes(length, ends);
        let status = async || running.phone(&phone.device).await.phone.operation_status;
        running
            .settled(async || outcomes.contains(&status().await))
            .await;
        let row = running.phone(&phone.device).await;
        let succeeded = row.phone.capf.operation == CertificateOperation::None;
        let success = OperationStatus::success(scheduled);
        assert_eq!(succeeded, outcomes == [success], "cut at {length}");

        if succeeded {
            self.schedule(&phone).await;
        }
        // What the phone has held before its last session, the latest first.
        let before: Vec<Certificate> = heard
            .stored
            .filter(|_| succeeded)
            .into_iter()
            .chain(first)
            .collect();
        let again = phone.calls(running, tls).await;
        let context = format!("{flow:?} cut at {length}, {end:?}: {again:?}");
        self.is_right(&phone, again, &before, &context).await;
    }

    /// The operation is over, and every certificate is on record for what it is, and once.
    async fn is_right(&self, phone: &Phone, heard: Heard, before: &[Certificate], context: &str) {
        let scheduled = self.flow.operation();
        let PhoneRow {
            phone: row, lsc, ..
        } = self.running.phone(&phone.device).await;
        let success = OperationStatus::success(scheduled);
        assert_eq!(row.capf.operation, CertificateOperation::None, "{context}");
        assert_eq!(row.operation_status, success, "{context}");
        let reason = match scheduled {
            CertificateOperation::Troubleshoot => Reason::NO_ACTION,
            _ => Reason::SUCCESS,
        };
        assert_eq!(heard.ended, Some(reason), "{context}");

        let store = &self.running.store;
        let records = store.certificates(&phone.device).await.unwrap();
        let serials: BTreeSet<_> = records
            .iter()
            .map(|record| record.certificate.serial_number())
            .collect();
        assert_eq!(serials.len(), records.len(), "{context}");
        let in_state = |state| -> Vec<_> {
            let records = records.iter().filter(|record| record.state == state);
            records.map(|record| record.certificate.clone()).collect()
        };
        assert_eq!(in_state(CertificateState::Issued), [], "{context}");
        match scheduled {
            CertificateOperation::Install => {
                let stored = Vec::from_iter(heard.stored);
                assert_eq!(in_state(CertificateState::Held), stored, "{context}");
                assert!(lsc.is_some(), "{context}");
                // What the phone held before is replaced; what it was only sent is stale.
                assert_eq!(in_state(CertificateState::Replaced), before, "{context}");
            }
            CertificateOperation::Delete => {
                assert_eq!(in_state(CertificateState::Deleted), before, "{context}");
                assert_eq!((lsc, records.len()), (None, 1), "{context}");
            }
            CertificateOperation::Troubleshoot | CertificateOperation::None => {
                let fetched = in_state(CertificateState::Fetched);
                assert_eq!(fetched, slice::from_ref(&phone.certificate), "{context}");
                assert_eq!(records.len(), 1, "{context}");
            }
        }
    }

    /// What the operation may have come to when this many bytes have arrived, of messages that end
    /// where `ends` says.
    fn outcomes(&self, length: usize, ends: &[usize]) -> Vec<OperationStatus> {
        let scheduled = self.flow.operation();
        let failure = OperationStatus::failure(scheduled, FailureReason::PhoneCommunication);
        // The first certificate that a phone gives is taken, whatever follows.
        let enough = match scheduled {
            CertificateOperation::Troubleshoot => 2,
            _ => ends.len(),
        };
        if length < ends[0] {
            vec![OperationStatus::OperationPending]
        } else if length == ends[0] {
            // Whoever is gone before the operation begins has not failed.
            vec![OperationStatus::OperationPending, failure]
        } else if length < ends[enough - 1] {
            vec![failure]
        } else {
            vec![OperationStatus::success(scheduled)]
        }
    }
}
