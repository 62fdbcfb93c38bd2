//! The CAPF service: listeners, one driver a connection, the held sessions.
//!
//! | file | subject |
//! |---|---|
//! | `listener` | accepting, which never waits for a phone |
//! | `driver` | carries out what one [`Session`](crate::session::Session) asks for |
//! | `proxy` | whose connection it is that comes through a load balancer |
//! | `opening` | the connections that have not proved whose they are, and their turns by address |
//! | `gate` | the phones' turns, where there are limits |
//! | `present` | which phones have a session, and who wakes it |
//! | `authority` | the CAPF certificate in force, and its successor |
//! | `settings` | the parameters in force, and the watch over what administrators change |
//! | `keepalive` | when a held session's next keepalive is due |
//! | `journal` | what is told about a session |
//! | `metrics` | numbers for a monitoring system, and whether the service is well |
//! | `orders` | what an administrator has told the service to do |
//! | `pulse` | what this node says to the others, and how they share the limits |
//! | `roster` | which sessions are open, for `capf session list` |
//! | `tracer` | who writes the trace files |
//! | `strangers` | what the log says of peers that have proved nothing, and how much of it |
//! | `told` | what the log is told once |
//! | `supervision` | what an init system is told |
//! | `shutdown` | the end, from the signal to the last session |

mod authority;
mod core_dumps;
mod driver;
mod gate;
mod journal;
mod keepalive;
mod listener;
mod metrics;
mod open_files;
mod opening;
mod orders;
mod present;
mod proxy;
mod pulse;
mod roster;
mod settings;
mod shutdown;
mod strangers;
mod supervision;
mod told;
mod tracer;

use std::collections::HashSet;
use std::error::Error;
use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};

use crate::clock::Clock;
use crate::model::{NodeName, ParameterValues, TlsVersion};
use crate::pki::Issuer;
use crate::store::{RunningNode, ServiceOrders, Store, StoreError};
use crate::trace::TraceDir;
use crate::transport::{ServerTls, TransportError};
use crate::wire::SessionId;

pub use core_dumps::forbid_core_dumps;
pub use metrics::MetricsListener;
pub use open_files::allow_open_files;
pub use supervision::{Standing, Supervisor};

use authority::Authority;
use gate::Gate;
use listener::Stack;
use metrics::Metrics;
use opening::Openings;
use present::Present;
use roster::Roster;
use settings::Settings;
use strangers::Strangers;
use told::Told;
use tracer::Tracer;

/// How much a service takes on, and how long it waits.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The most connections at once, held sessions included. One more is closed at once; a phone
    /// tries again after 30 seconds.
    pub connections: usize,
    /// How long a TLS handshake may take. 7900-series phones need about two seconds (P).
    pub handshake: Duration,
    /// How long a phone may take for an answer, and for taking in a message.
    pub answer: Duration,
    /// How long sessions may go on after the service was told to end.
    pub grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 16_384,
            handshake: Duration::from_secs(30),
            answer: Duration::from_mins(1),
            grace: Duration::from_secs(10),
        }
    }
}

/// A bound address, and how TLS is spoken there.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    tls: ServerTls,
}

impl Listener {
    /// Binds the address; phones are shown this issuer's certificate, and spoken with in no version
    /// of TLS below `minimum`.
    ///
    /// Every IPv6 address (`[::]`) is every IPv4 address, too: one listener serves both.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub fn bind(
        address: SocketAddr,
        minimum: TlsVersion,
        issuer: &Issuer,
    ) -> Result<Self, ServerError> {
        Self::bind_stack(address, Stack::Dual, minimum, issuer)
    }

    /// Binds several addresses. Where every IPv4 address is among them, the listener on every IPv6
    /// address of the same port is for IPv6 alone.
    pub fn bind_all(
        places: &[(SocketAddr, TlsVersion)],
        issuer: &Issuer,
    ) -> Result<Vec<Self>, ServerError> {
        places
            .iter()
            .map(|&(address, minimum)| {
                let every_ipv4 = SocketAddr::from((Ipv4Addr::UNSPECIFIED, address.port()));
                let beside = places.iter().any(|(other, _)| *other == every_ipv4);
                let stack = if beside { Stack::Single } else { Stack::Dual };
                Self::bind_stack(address, stack, minimum, issuer)
            })
            .collect()
    }

    fn bind_stack(
        address: SocketAddr,
        stack: Stack,
        minimum: TlsVersion,
        issuer: &Issuer,
    ) -> Result<Self, ServerError> {
        let tls = ServerTls::new(issuer, minimum)?;
        let socket = listener::bind(address, stack)
            .map_err(|source| ServerError::Bind { address, source })?;
        Ok(Self { socket, tls })
    }

    /// Takes a socket that somebody else has bound and listens on: an init system, which keeps it
    /// while the service is restarted, so that no phone is turned away meanwhile.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub fn inherit(
        socket: std::net::TcpListener,
        minimum: TlsVersion,
        issuer: &Issuer,
    ) -> Result<Self, ServerError> {
        let tls = ServerTls::new(issuer, minimum)?;
        let socket = listener::adopt(socket)?;
        Ok(Self { socket, tls })
    }

    /// The address, with the port that was chosen where 0 was asked for.
    pub fn address(&self) -> Result<SocketAddr, ServerError> {
        Ok(self.socket.local_addr()?)
    }
}

/// The service cannot start or go on.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// An address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
    /// The system refuses what a socket is asked.
    #[error(transparent)]
    Socket(#[from] std::io::Error),
    /// TLS cannot be set up.
    #[error(transparent)]
    Tls(#[from] TransportError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a service works with.
pub struct Service {
    store: Store,
    node: NodeName,
    /// The load balancers, which say whose a connection is.
    balancers: HashSet<IpAddr>,
    authority: Authority,
    clock: Arc<dyn Clock>,
    limits: Limits,
    connections: Arc<Semaphore>,
    /// Whether the log was told that there are too many, since there was room last.
    full: Told,
    gate: Gate,
    openings: Openings,
    strangers: Strangers,
    present: Present,
    roster: Roster,
    settings: Settings,
    tracer: Option<Tracer>,
    metrics: Metrics,
    /// Where the metrics are given out.
    metrics_listener: Option<MetricsListener>,
    supervisor: Option<Box<dyn Supervisor>>,
    last_session: AtomicU32,
    /// The parameters by which its listeners were made, and the orders that had been given then;
    /// where nothing is said, those of the store when it begins.
    begun: Option<(ParameterValues, ServiceOrders)>,
}

/// Why a service has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Its `end` has come.
    Told,
    /// An administrator has deactivated it.
    Deactivated,
    /// An administrator wants it to begin anew.
    Restarted,
}

impl Service {
    /// A service on this store, issuing with this key.
    pub fn new(store: Store, issuer: Issuer, clock: Arc<dyn Clock>, limits: Limits) -> Self {
        Self {
            authority: Authority::new(issuer),
            connections: Arc::new(Semaphore::new(limits.connections)),
            full: Told::default(),
            gate: Gate::new(),
            openings: Openings::default(),
            strangers: Strangers::default(),
            present: Present::default(),
            roster: Roster::default(),
            settings: Settings::default(),
            tracer: None,
            metrics: Metrics::new(),
            metrics_listener: None,
            supervisor: None,
            // Ids count up (P). They begin anywhere, so that a restart does not repeat the ones
            // that a recorded proof was made for.
            last_session: AtomicU32::new(getrandom::u32().unwrap_or_default()),
            begun: None,
            node: NodeName::default(),
            balancers: HashSet::new(),
            store,
            clock,
            limits,
        }
    }

    /// The same service, on a node of this name.
    #[must_use]
    pub fn on_node(mut self, node: NodeName) -> Self {
        self.node = node;
        self
    }

    /// The same service, before which load balancers stand at these addresses: each connection of theirs
    /// has to begin with a header of the PROXY protocol, and counts as the phone's whose it is.
    #[must_use]
    pub fn behind(mut self, balancers: impl IntoIterator<Item = IpAddr>) -> Self {
        let balancers = balancers.into_iter().map(|address| address.to_canonical());
        self.balancers = balancers.collect();
        self
    }

    /// The same service, which writes trace files into this directory.
    pub fn with_traces(mut self, directory: TraceDir) -> Result<Self, ServerError> {
        self.tracer = Some(Tracer::begin(directory)?);
        Ok(self)
    }

    /// The same service, which looks there whether its CAPF certificate was replaced, whenever an
    /// administrator has changed something.
    #[must_use]
    pub fn with_issuer_source<E: Error + Send + Sync + 'static>(
        mut self,
        source: impl Fn() -> Result<Issuer, E> + Send + Sync + 'static,
    ) -> Self {
        self.authority.set_source(source);
        self
    }

    /// The same service, which a monitoring system can ask here.
    #[must_use]
    pub fn with_metrics(mut self, listener: MetricsListener) -> Self {
        self.metrics_listener = Some(listener);
        self
    }

    /// The same service, whose listeners were made by these parameters when these orders had been
    /// given: what has changed since is seen when it begins.
    #[must_use]
    pub fn begun_with(mut self, parameters: ParameterValues, orders: ServiceOrders) -> Self {
        self.begun = Some((parameters, orders));
        self
    }

    /// The same service, whose init system is told how it stands.
    #[must_use]
    pub fn with_supervisor(mut self, supervisor: impl Supervisor + 'static) -> Self {
        self.supervisor = Some(Box::new(supervisor));
        self
    }

    fn next_session(&self) -> SessionId {
        SessionId(
            self.last_session
                .fetch_add(1, Ordering::Relaxed)
                .wrapping_add(1),
        )
    }
}

/// Serves until `end` resolves, or an administrator wants it to end or to begin anew; then lets the
/// sessions that are under way finish, within [`Limits::grace`], and closes the held ones, whose
/// requests stay on record. Tells why it ended.
pub async fn run(
    mut service: Service,
    listeners: Vec<Listener>,
    end: impl Future<Output = ()>,
) -> Result<Ended, ServerError> {
    let metrics_listener = service.metrics_listener.take();
    service.metrics.runs_on(&service.node);
    let service = Arc::new(service);
    // It answers from here on, so that somebody can tell why the service does not begin or end.
    let endpoint = tokio::spawn({
        let service = Arc::clone(&service);
        async move {
            if let Some(listener) = metrics_listener {
                metrics::serve(service, listener).await;
            }
        }
    });
    let served = serve(&service, listeners, end).await;
    endpoint.abort();
    // Its connections hold the service.
    let _ = endpoint.await;
    served
}

async fn serve(
    service: &Arc<Service>,
    listeners: Vec<Listener>,
    end: impl Future<Output = ()>,
) -> Result<Ended, ServerError> {
    let watch = service.store.watch().await?;
    let parameters = service.store.parameters().await?;
    let (set_orders, orders) = watch::channel(service.store.service_orders().await?);
    let (footing, orders_before) = match &service.begun {
        Some((parameters, orders)) => (parameters.clone(), *orders),
        None => (parameters.clone(), *orders.borrow()),
    };
    settings::take(service, parameters);
    let running = RunningNode {
        name: service.node.clone(),
        since: service.clock.now(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        addresses: listeners
            .iter()
            .map(Listener::address)
            .collect::<Result<_, _>>()?,
        parameters: footing,
    };
    service.store.begin_node(running.clone()).await?;
    let (shutdown, ending) = shutdown::channel();

    let shown = listeners.iter().map(|listener| listener.tls.clone());
    let watcher = tokio::spawn(settings::watch(
        Arc::clone(service),
        watch,
        set_orders,
        shown.collect(),
    ));
    let scribe = tokio::spawn(roster::keep(Arc::clone(service)));
    let pacemaker = tokio::spawn({
        let service = Arc::clone(service);
        async move { service.gate.keep_pace().await }
    });
    let pulse = tokio::spawn(pulse::keep(Arc::clone(service), running));
    for listener in listeners {
        tokio::spawn(listener::accept(
            Arc::clone(service),
            listener,
            ending.clone(),
        ));
    }
    drop(ending);
    service.metrics.listens(true);
    let supervision = tokio::spawn(supervision::report(Arc::clone(service)));

    let ended = tokio::select! {
        () = end => Ended::Told,
        ended = orders::given(orders_before, orders) => ended,
    };
    service.metrics.listens(false);
    supervision.abort();
    supervision::end(service, ended);
    tracing::info!("ending: no new connections, sessions under way may finish");
    shutdown.finish(service.limits.grace).await;
    watcher.abort();
    pacemaker.abort();
    scribe.abort();
    pulse.abort();
    // What the scribe still writes must not come behind what is cleared.
    let _ = scribe.await;
    // It holds the service.
    let _ = supervision.await;
    let _ = pulse.await;
    service.store.end_node(&service.node).await?;
    Ok(ended)
}
