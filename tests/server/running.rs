//! A service in this process.

#![allow(dead_code, reason = "no test binary needs all of it")]

use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use capf::clock::{Clock, SystemClock};
use capf::model::{
    AuthenticationMode, Certificate, CertificateOperation, Curve, DeviceName, KeyOrder, Parameter,
    Phone, PhoneChange, TlsVersion,
};
use capf::pki::{Issuer, IssuerName};
use capf::secret::AuthenticationString;
use capf::server::{self, Ended, Limits, Listener, MetricsListener, ServerError, Service};
use capf::store::{Actor, Change, PhoneRow, Store, StoreUri};
use capf::trace::TraceDir;
use jiff::Timestamp;
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::Caller;

/// One CAPF for all services: a key takes its time. It is valid whatever their clocks say.
pub(crate) static ISSUER: LazyLock<Issuer> = LazyLock::new(|| {
    let then = "2026-01-01T00:00:00Z".parse().unwrap();
    Issuer::create(&IssuerName::default(), then).unwrap()
});

pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    /// Where a monitoring system asks.
    pub(crate) metrics: SocketAddr,
    pub(crate) store: Store,
    pub(crate) authority: Certificate,
    end: Option<oneshot::Sender<()>>,
    task: JoinHandle<Result<Ended, ServerError>>,
    directory: TempDir,
}

/// What every test does in the administrator's name.
pub(crate) fn admin() -> Actor {
    Actor::Admin("tester".to_owned())
}

/// Limits that nobody reaches by being slow on a loaded machine.
pub(crate) fn generous() -> Limits {
    Limits {
        grace: Duration::from_secs(30),
        ..Limits::default()
    }
}

/// A free port of this machine.
pub(crate) fn anywhere() -> SocketAddr {
    "127.0.0.1:0".parse().unwrap()
}

impl Running {
    pub(crate) async fn start() -> Self {
        Self::with(generous()).await
    }

    pub(crate) async fn with(limits: Limits) -> Self {
        Self::with_clock(limits, Arc::new(SystemClock)).await
    }

    pub(crate) async fn with_clock(limits: Limits, clock: Arc<dyn Clock>) -> Self {
        Self::start_at(&[(anywhere(), TlsVersion::Tls12)], limits, clock, &[], &[]).await
    }

    /// A service that is reached through load balancers at these addresses, too.
    pub(crate) async fn behind(balancers: &[IpAddr]) -> Self {
        let places = [(anywhere(), TlsVersion::Tls12)];
        Self::start_at(&places, generous(), Arc::new(SystemClock), &[], balancers).await
    }

    /// A service that knows these parameters from its start on.
    pub(crate) async fn with_parameters(limits: Limits, set: &[(Parameter, &str)]) -> Self {
        let places = [(anywhere(), TlsVersion::Tls12)];
        Self::start_at(&places, limits, Arc::new(SystemClock), set, &[]).await
    }

    /// A service on these addresses; the first one is where phones call.
    pub(crate) async fn at(places: &[(SocketAddr, TlsVersion)], limits: Limits) -> Self {
        Self::start_at(places, limits, Arc::new(SystemClock), &[], &[]).await
    }

    async fn start_at(
        places: &[(SocketAddr, TlsVersion)],
        limits: Limits,
        clock: Arc<dyn Clock>,
        parameters: &[(Parameter, &str)],
        balancers: &[IpAddr],
    ) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let uri = StoreUri::sqlite(directory.path().join("capf.db"));
        let store = Store::open(&uri, Arc::clone(&clock)).await.unwrap();
        for (parameter, value) in parameters {
            let value = Some((*value).to_owned());
            store
                .set_parameter(&admin(), *parameter, value)
                .await
                .unwrap();
        }
        let issuer = ISSUER.clone();
        let authority = issuer.certificate().clone();
        let listeners = Listener::bind_all(places, &issuer).unwrap();
        let address = listeners[0].address().unwrap();
        let metrics_listener = MetricsListener::bind(anywhere()).unwrap();
        let metrics = metrics_listener.address().unwrap();
        let service = Service::new(store.clone(), issuer, clock, limits)
            .with_traces(TraceDir::of(directory.path()))
            .unwrap()
            .with_metrics(metrics_listener)
            .behind(balancers.iter().copied());
        let (end, ended) = oneshot::channel();
        let task = tokio::spawn(server::run(service, listeners, async {
            let _ = ended.await;
        }));
        Self {
            address,
            metrics,
            store,
            authority,
            end: Some(end),
            task,
            directory,
        }
    }

    /// Where the service keeps its files.
    pub(crate) fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// The store as another process would open it.
    pub(crate) async fn second_store(&self) -> Store {
        let uri = StoreUri::sqlite(self.directory.path().join("capf.db"));
        Store::open(&uri, Arc::new(SystemClock)).await.unwrap()
    }

    /// Tells the service to end, and waits until it has.
    pub(crate) async fn end(&mut self) {
        drop(self.end.take());
        (&mut self.task).await.unwrap().unwrap();
    }

    /// Waits until the service has ended, and tells why.
    pub(crate) async fn ended(&mut self) -> Ended {
        (&mut self.task).await.unwrap().unwrap()
    }

    /// A phone calls.
    pub(crate) async fn call(&self) -> Caller {
        Caller::connect(self.address, &self.authority)
            .await
            .unwrap()
    }

    pub(crate) async fn parameter(&self, parameter: Parameter, value: &str) {
        self.store
            .set_parameter(&admin(), parameter, Some(value.to_owned()))
            .await
            .unwrap();
    }

    /// Makes the phone known where it is not, with this operation scheduled.
    pub(crate) async fn schedule(&self, name: &str, operation: CertificateOperation) -> DeviceName {
        let change = PhoneChange {
            operation: Some(operation),
            // An EC key is made in no time, and a test makes many.
            key_order: Some(KeyOrder::EcOnly),
            ec_key_size: Some(Curve::P256),
            ..PhoneChange::default()
        };
        self.set(name, change).await
    }

    /// The same By Authentication String.
    pub(crate) async fn schedule_with_string(
        &self,
        name: &str,
        operation: CertificateOperation,
        digits: &str,
    ) -> DeviceName {
        self.schedule(name, operation).await;
        let change = PhoneChange {
            authentication_mode: Some(AuthenticationMode::AuthenticationString),
            authentication_string: Some(Some(AuthenticationString::new(digits).unwrap())),
            ..PhoneChange::default()
        };
        self.set(name, change).await
    }

    /// An administrator calls the phone's operation off, in another process.
    pub(crate) async fn call_off(&self, device: &DeviceName) {
        let change = PhoneChange {
            operation: Some(CertificateOperation::None),
            ..PhoneChange::default()
        };
        self.change(&self.second_store().await, device, change)
            .await;
    }

    /// An administrator says by when the phone's operation must be complete, in another process.
    pub(crate) async fn completes_by(&self, device: &DeviceName, time: Timestamp) {
        let change = PhoneChange {
            completes_by: Some(Some(time)),
            ..PhoneChange::default()
        };
        self.change(&self.second_store().await, device, change)
            .await;
    }

    /// An administrator writes something about the phone, in another process.
    pub(crate) async fn describe(&self, device: &DeviceName, description: &str) {
        let change = PhoneChange {
            description: Some(description.to_owned()),
            ..PhoneChange::default()
        };
        self.change(&self.second_store().await, device, change)
            .await;
    }

    async fn set(&self, name: &str, change: PhoneChange) -> DeviceName {
        let device: DeviceName = name.parse().unwrap();
        self.add(&device).await;
        self.change(&self.store, &device, change).await;
        device
    }

    /// Makes the phone known where it is not, with nothing scheduled.
    pub(crate) async fn add(&self, device: &DeviceName) {
        let phones = vec![Phone::new(device.clone())];
        self.store.add_phones(&admin(), phones).await.unwrap();
    }

    /// An administrator changes a phone that is known.
    pub(crate) async fn change(&self, store: &Store, device: &DeviceName, change: PhoneChange) {
        let change = Change {
            change,
            // What is known of the phone is not what these tests are about.
            force: true,
            ..Change::default()
        };
        store
            .change_phones(&admin(), vec![device.clone()], change)
            .await
            .unwrap();
    }

    pub(crate) async fn phone(&self, device: &DeviceName) -> PhoneRow {
        self.store.phone(device).await.unwrap().unwrap()
    }

    /// Waits until it is so.
    pub(crate) async fn settled(&self, is_so: impl AsyncFn() -> bool) {
        let waiting = async {
            while !is_so().await {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        // Not a measure of speed: it only keeps a test that waits in vain from waiting for ever.
        tokio::time::timeout(Duration::from_mins(1), waiting)
            .await
            .expect("it never came to be so");
    }
}
