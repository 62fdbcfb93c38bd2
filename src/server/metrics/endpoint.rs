//! The HTTP that gives the numbers out: `/metrics`, `/health` and `/ready`.
//!
//! It is plain HTTP for a machine beside ours, and no way to hurt the service: few connections at a
//! time, one request each, in few seconds and with little room; the rest wait in the system's queue.
//! Nothing here waits for the store without a limit, and phones wait for nothing here.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http::header::{ACCEPT, ALLOW, CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::census::{Census, time};
use super::exposition::{Format, text};
use super::{Labels, census};
use crate::server::listener::{self, Stack};
use crate::server::{ServerError, Service};

/// How many connections there are at a time.
const MOST_CONNECTIONS: usize = 16;

/// How long a request may take to come.
const REQUEST: Duration = Duration::from_secs(5);

/// How long a connection may last, answer included.
const CONNECTION: Duration = Duration::from_secs(10);

/// How large a request may be; the least that the library takes.
const ROOM: usize = 8192;

/// How many lines a request may have.
const LINES: usize = 64;

/// How long to wait after a failure to accept, such as a lack of descriptors.
const PAUSE: Duration = Duration::from_secs(1);

/// A bound address at which a monitoring system asks.
#[derive(Debug)]
pub struct MetricsListener(TcpListener);

impl MetricsListener {
    /// Binds the address. It is plain HTTP, and for nobody but the monitoring system.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub fn bind(address: SocketAddr) -> Result<Self, ServerError> {
        listener::bind(address, Stack::Dual)
            .map(Self)
            .map_err(|source| ServerError::Bind { address, source })
    }

    /// The address, with the port that was chosen where 0 was asked for.
    pub fn address(&self) -> Result<SocketAddr, ServerError> {
        Ok(self.0.local_addr()?)
    }
}

/// Answers until it is dropped.
pub(in crate::server) async fn serve(service: Arc<Service>, listener: MetricsListener) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.0.accept(), if connections.len() < MOST_CONNECTIONS => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(timeout(CONNECTION, converse(Arc::clone(&service), stream)));
                }
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a connection for metrics");
                    sleep(PAUSE).await;
                }
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn converse(service: Arc<Service>, stream: TcpStream) {
    let answer = service_fn(|request| {
        let service = Arc::clone(&service);
        async move { Ok::<_, Infallible>(answer(&service, &request).await) }
    });
    let conversation = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(REQUEST)
        .keep_alive(false)
        .max_buf_size(ROOM)
        .max_headers(LINES)
        .serve_connection(TokioIo::new(stream), answer);
    if let Err(error) = conversation.await {
        tracing::debug!(%error, "a request for metrics came to nothing");
    }
}

async fn answer<B>(service: &Service, request: &Request<B>) -> Response<String> {
    let mut response = match (request.method(), request.uri().path()) {
        (&Method::GET | &Method::HEAD, "/metrics") => metrics(service, request).await,
        // Who can answer lives.
        (&Method::GET | &Method::HEAD, "/health") => line(StatusCode::OK, "serving"),
        (&Method::GET | &Method::HEAD, "/ready") => match unready(service).await {
            None => line(StatusCode::OK, "ready"),
            Some(why) => line(StatusCode::SERVICE_UNAVAILABLE, &why),
        },
        (_, "/metrics" | "/health" | "/ready") => {
            let mut response = line(StatusCode::METHOD_NOT_ALLOWED, "GET it");
            let methods = HeaderValue::from_static("GET, HEAD");
            response.headers_mut().insert(ALLOW, methods);
            response
        }
        _ => line(
            StatusCode::NOT_FOUND,
            "there are /metrics, /health and /ready",
        ),
    };
    let never = HeaderValue::from_static("no-store");
    response.headers_mut().insert(CACHE_CONTROL, never);
    response
}

fn line(status: StatusCode, what: &str) -> Response<String> {
    let plain = "text/plain; charset=utf-8";
    written(status, plain, format!("{what}\n"))
}

fn written(status: StatusCode, content_type: &'static str, body: String) -> Response<String> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let content_type = HeaderValue::from_static(content_type);
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}

/// Why phones cannot be served now, if they cannot.
pub(in crate::server) async fn unready(service: &Service) -> Option<String> {
    if !service.metrics.is_listening() {
        return Some("the service does not listen: it begins, or it ends".to_owned());
    }
    let store = service.store.clone();
    let ask = || async move { store.ping().await.map_err(|error| error.to_string()) };
    match service.metrics.store_answers.get(ask).await {
        Some(Ok(_)) => None,
        // One line, whatever the error says.
        Some(Err(why)) => Some(why.replace(['\r', '\n'], " ")),
        None => Some(format!(
            "the store has not answered for {} seconds",
            census::PATIENCE.as_secs()
        )),
    }
}

async fn metrics<B>(service: &Service, request: &Request<B>) -> Response<String> {
    let accepted = request.headers().get(ACCEPT);
    let format = Format::accepted(accepted.and_then(|it| it.to_str().ok()).unwrap_or_default());
    let now = now(service).await;
    match text(&[&service.metrics.registry, &now], format) {
        Ok(text) => written(StatusCode::OK, format.content_type(), text),
        Err(error) => line(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
    }
}

/// What is so now, as far as it is not counted.
async fn now(service: &Service) -> Registry {
    let (store, at) = (service.store.clone(), service.clock.now());
    let ask = || async move {
        let taken = Census::take(&store, at).await;
        taken.map_err(|error| error.to_string())
    };
    let census = service.metrics.census.get(ask).await;
    let is_well = matches!(census, Some(Ok(_)));
    let mut registry = Registry::with_prefix("capf");
    let mut gauge = |name, help, value| {
        let gauge = Gauge::<i64>::default();
        gauge.set(value);
        registry.register(name, help, gauge);
    };
    let turns = service.gate.count();
    gauge(
        "operations_under_way",
        "Phones whose turn it is",
        i64::from(turns.under_way),
    );
    gauge(
        "queue_length",
        "Phones that wait for their turn",
        i64::try_from(turns.waiting).unwrap_or(i64::MAX),
    );
    gauge(
        "store_up",
        "Whether the store has answered this scrape in time: 1, or 0; then what it says is old",
        i64::from(is_well),
    );
    let build = Family::<Labels<1>, Gauge>::default();
    build
        .get_or_create(&[("version", env!("CARGO_PKG_VERSION"))])
        .set(1);
    registry.register("build_info", "The version of capf that serves", build);
    time(
        &mut registry,
        "certificate_expiry_timestamp",
        "When the CAPF certificate expires",
        service.authority.certificate().not_after(),
    );
    if let Some(census) = service.metrics.census.good() {
        census.register(&mut registry);
    }
    registry
}
