//! What a monitoring system is told of the service: numbers for Prometheus, and whether it is well.
//!
//! | file | subject |
//! |---|---|
//! | here | what is counted while phones are served |
//! | `census` | what the store says, asked when somebody wants to know, and not too often |
//! | `fresh` | a question that is asked once at a time, with patience and no more |
//! | `exposition` | the numbers as text |
//! | `endpoint` | the HTTP that gives them out |
//!
//! Counting is an atomic addition; the two histograms lock for as long, once a session. No label has
//! a device's name or address: how many series there are does not depend on who calls.

mod census;
mod endpoint;
mod exposition;
mod fresh;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::model::{CertificateOperation, NodeName, OperationStatus};

pub use endpoint::MetricsListener;

pub(super) use endpoint::{serve, unready};

use census::Census;
use fresh::Fresh;

/// From a phone that hangs up at once to one that waits for an offline CA.
const SESSION_SECONDS: [f64; 11] = [
    0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0, 300.0, 3600.0, 86_400.0,
];

/// A signature takes a millisecond or so, and a busy processor makes more of it.
const ISSUING_SECONDS: [f64; 8] = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.25, 1.0];

/// Labels: names and values that are our own words.
type Labels<const N: usize> = [(&'static str, &'static str); N];

/// What came of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The operation succeeded.
    Success,
    /// The operation failed.
    Failure,
    /// Whoever called is not known, or did not prove to be who it says.
    Refused,
    /// Too many phones were before this one; it was told to come again.
    Deferred,
    /// The connection broke before anything came of it.
    Lost,
    /// The service ended, or the store failed.
    CutOff,
    /// Nothing was to be done, or it was called off.
    Nothing,
}

impl Outcome {
    const WORDS: [&'static str; 7] = [
        "success", "failure", "refused", "deferred", "lost", "cut_off", "nothing",
    ];

    /// What a status says.
    pub(super) fn of(status: OperationStatus) -> Self {
        if status.is_failure() {
            Self::Failure
        } else if status == OperationStatus::None {
            Self::Nothing
        } else {
            Self::Success
        }
    }
}

/// Why a connection was closed as soon as it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Its address has its share of the places already.
    AddressShare,
    /// There is no place left.
    Full,
    /// It came over IPv6, which is not enabled.
    Ipv6,
}

impl Refusal {
    const WORDS: [&'static str; 3] = ["address_share", "full", "ipv6"];
}

/// Why a connection did not come to be a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HandshakeFailure {
    /// TLS could not be agreed upon.
    Failed,
    /// Its turn did not come.
    NoTurn,
    /// It took too long.
    TooSlow,
}

impl HandshakeFailure {
    const WORDS: [&'static str; 3] = ["failed", "no_turn", "too_slow"];
}

/// What is wrong with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BadMessage {
    /// It is none.
    Malformed,
    /// It came at the wrong time.
    OutOfTurn,
}

impl BadMessage {
    const WORDS: [&'static str; 2] = ["malformed", "out_of_turn"];
}

/// What is counted, and what else the endpoint knows.
pub(super) struct Metrics {
    registry: Registry,
    sessions: [[Counter; Outcome::WORDS.len()]; CertificateOperation::ALL.len()],
    session_duration: Histogram,
    issuing_duration: Histogram,
    sessions_open: Gauge,
    sessions_held: Gauge,
    connections_accepted: Counter,
    connections_refused: [Counter; Refusal::WORDS.len()],
    handshakes_failed: [Counter; HandshakeFailure::WORDS.len()],
    messages_refused: [Counter; BadMessage::WORDS.len()],
    store_errors: Counter,
    nodes_alive: Gauge,
    /// Whether phones are listened to.
    listens: AtomicBool,
    census: Fresh<Census>,
    store_answers: Fresh<()>,
}

impl Metrics {
    pub(super) fn new() -> Self {
        let mut registry = Registry::with_prefix("capf");
        let sessions = Family::<Labels<2>, Counter>::default();
        registry.register(
            "sessions",
            "Sessions that are over, by what was scheduled for the phone and what came of it",
            sessions.clone(),
        );
        let sessions = std::array::from_fn(|operation| {
            let operation = CertificateOperation::ALL[operation].option();
            std::array::from_fn(|outcome| {
                let result = Outcome::WORDS[outcome];
                sessions.get_or_create_owned(&[("operation", operation), ("result", result)])
            })
        });
        Self {
            sessions,
            session_duration: duration(
                &mut registry,
                "session_duration",
                "How long sessions took, from the handshake to their end",
                &SESSION_SECONDS,
            ),
            issuing_duration: duration(
                &mut registry,
                "issuing_duration",
                "How long CAPF took to issue a certificate",
                &ISSUING_SECONDS,
            ),
            sessions_open: gauge(&mut registry, "sessions_open", "Sessions that are open now"),
            sessions_held: gauge(
                &mut registry,
                "sessions_held",
                "Sessions that wait for an offline CA now",
            ),
            connections_accepted: counter(
                &mut registry,
                "connections_accepted",
                "Connections that found a place",
            ),
            connections_refused: by_reason(
                &mut registry,
                "connections_refused",
                "Connections that were closed as soon as they came",
                Refusal::WORDS,
            ),
            handshakes_failed: by_reason(
                &mut registry,
                "handshakes_failed",
                "Connections that did not come to be a session",
                HandshakeFailure::WORDS,
            ),
            messages_refused: by_reason(
                &mut registry,
                "messages_refused",
                "Messages that ended a session because they were none, or out of turn",
                BadMessage::WORDS,
            ),
            store_errors: counter(
                &mut registry,
                "store_errors",
                "What the service asked of the store and did not get",
            ),
            nodes_alive: gauge(
                &mut registry,
                "nodes_alive",
                "Nodes whose service lives, this one included",
            ),
            registry,
            listens: AtomicBool::new(false),
            census: Fresh::new(census::KEEPS, census::PATIENCE),
            store_answers: Fresh::new(Duration::from_secs(1), census::PATIENCE),
        }
    }

    /// A session is over.
    pub(super) fn session_over(
        &self,
        operation: CertificateOperation,
        outcome: Outcome,
        duration: Duration,
    ) {
        self.sessions[operation as usize][outcome as usize].inc();
        self.session_duration.observe(duration.as_secs_f64());
    }

    /// A session is open, for as long as what is returned is kept.
    pub(super) fn open(&self) -> Level {
        Level::raise(&self.sessions_open)
    }

    /// A session waits for an offline CA, for as long as what is returned is kept.
    pub(super) fn held(&self) -> Level {
        Level::raise(&self.sessions_held)
    }

    /// CAPF has tried to issue a certificate, and it took so long.
    pub(super) fn issued(&self, duration: Duration) {
        self.issuing_duration.observe(duration.as_secs_f64());
    }

    pub(super) fn accepted(&self) {
        self.connections_accepted.inc();
    }

    pub(super) fn refused(&self, why: Refusal) {
        self.connections_refused[why as usize].inc();
    }

    pub(super) fn handshake_failed(&self, why: HandshakeFailure) {
        self.handshakes_failed[why as usize].inc();
    }

    pub(super) fn message_refused(&self, why: BadMessage) {
        self.messages_refused[why as usize].inc();
    }

    pub(super) fn store_failed(&self) {
        self.store_errors.inc();
    }

    /// On which node the service runs; there is one, until others are heard of.
    pub(super) fn runs_on(&mut self, node: &NodeName) {
        let nodes = Family::<[(&'static str, String); 1], Gauge>::default();
        let help = "1, with the name of the node on which this service runs";
        self.registry.register("node_info", help, nodes.clone());
        nodes
            .get_or_create_owned(&[("name", node.to_string())])
            .set(1);
        self.nodes(1);
    }

    /// How many nodes live.
    pub(super) fn nodes(&self, alive: u32) {
        self.nodes_alive.set(alive.into());
    }

    /// Whether phones are listened to.
    pub(super) fn is_listening(&self) -> bool {
        self.listens.load(Ordering::Relaxed)
    }

    /// Phones are listened to from now on, or no longer.
    pub(super) fn listens(&self, listens: bool) {
        self.listens.store(listens, Ordering::Relaxed);
    }
}

/// One of what a gauge counts; it is counted until it is dropped.
#[derive(Debug)]
pub(super) struct Level(Gauge);

impl Level {
    fn raise(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for Level {
    fn drop(&mut self) {
        self.0.dec();
    }
}

fn counter(registry: &mut Registry, name: &str, help: &str) -> Counter {
    let counter = Counter::default();
    registry.register(name, help, counter.clone());
    counter
}

fn gauge(registry: &mut Registry, name: &str, help: &str) -> Gauge {
    let gauge = Gauge::default();
    registry.register(name, help, gauge.clone());
    gauge
}

fn duration(registry: &mut Registry, name: &str, help: &str, buckets: &[f64]) -> Histogram {
    let histogram = Histogram::new(buckets.iter().copied());
    registry.register_with_unit(name, help, Unit::Seconds, histogram.clone());
    histogram
}

/// A counter for each reason, all of which are there from the start: what has never happened is 0.
fn by_reason<const N: usize>(
    registry: &mut Registry,
    name: &str,
    help: &str,
    words: [&'static str; N],
) -> [Counter; N] {
    let family = Family::<Labels<1>, Counter>::default();
    registry.register(name, help, family.clone());
    words.map(|word| family.get_or_create_owned(&[("reason", word)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_status_says_of_a_session() {
        for status in OperationStatus::ALL {
            let expected = if status.as_str().contains("Failed") {
                Outcome::Failure
            } else if status.as_str().contains("Success") {
                Outcome::Success
            } else {
                continue;
            };
            assert_eq!(Outcome::of(*status), expected, "{status}");
        }
    }

    #[test]
    fn each_count_stands_under_its_own_words() {
        let mut metrics = Metrics::new();
        metrics.runs_on(&NodeName::default());
        let took = Duration::from_millis(200);
        metrics.session_over(CertificateOperation::Delete, Outcome::CutOff, took);
        metrics.refused(Refusal::Ipv6);
        metrics.handshake_failed(HandshakeFailure::TooSlow);
        metrics.message_refused(BadMessage::OutOfTurn);
        let held = metrics.held();
        drop(metrics.open());
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &metrics.registry).unwrap();
        for line in [
            "capf_sessions_total{operation=\"delete\",result=\"cut_off\"} 1",
            "capf_sessions_total{operation=\"install\",result=\"success\"} 0",
            "capf_session_duration_seconds_bucket{le=\"0.1\"} 0",
            "capf_session_duration_seconds_bucket{le=\"0.25\"} 1",
            "capf_connections_refused_total{reason=\"ipv6\"} 1",
            "capf_handshakes_failed_total{reason=\"too_slow\"} 1",
            "capf_messages_refused_total{reason=\"out_of_turn\"} 1",
            "capf_sessions_held 1",
            "capf_sessions_open 0",
            "capf_store_errors_total 0",
            "capf_node_info{name=\"capf\"} 1",
            "capf_nodes_alive 1",
        ] {
            assert!(text.lines().any(|it| it == line), "{line} in\n{text}");
        }
        drop(held);
        assert_eq!(metrics.sessions_held.get(), 0);
    }
}
