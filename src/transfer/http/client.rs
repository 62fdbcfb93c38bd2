//! The HTTP client for one server.

use std::net::SocketAddr;
use std::path::Path;

use reqwest::header::{self, HeaderMap, HeaderValue};
use reqwest::{Certificate, Client, redirect, tls};

use super::trouble::innermost;
use crate::transfer::Remote;
use crate::transfer::access::Access;
use crate::transfer::error::{Failure, Problem, Step};

/// What every request has in common; `addresses` are the server's.
pub(super) async fn client(
    remote: &Remote,
    addresses: &[SocketAddr],
    access: &Access<'_>,
) -> Result<Client, Failure> {
    let headers = [
        (header::ACCEPT_ENCODING, "identity"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    let headers = headers.map(|(name, value)| (name, HeaderValue::from_static(value)));
    let mut builder = Client::builder()
        .http1_only()
        .https_only(true)
        .no_proxy()
        .redirect(redirect::Policy::none())
        .referer(false)
        // A server may end a connection that is kept just when the next request goes there, and a
        // PUT that is lost in this way cannot be told from one that was cut.
        .pool_max_idle_per_host(0)
        .tls_version_min(tls::Version::TLS_1_2)
        .connect_timeout(access.timeout)
        .user_agent(concat!("capf/", env!("CARGO_PKG_VERSION")))
        .default_headers(HeaderMap::from_iter(headers));
    if remote.address().is_none() {
        builder = builder.resolve_to_addrs(remote.host(), addresses);
    }
    if let Some(path) = &access.ca_file {
        builder = builder.tls_certs_only(certificates(path).await?);
    }
    builder.build().map_err(|error| {
        let reason = innermost(&error);
        Failure::new(Step::Tls, Problem::Tls { reason })
    })
}

async fn certificates(path: &Path) -> Result<Vec<Certificate>, Failure> {
    let failure = |reason: String| {
        let path = path.display().to_string();
        Failure::new(Step::Tls, Problem::Credentials { path, reason })
    };
    let pem = tokio::fs::read(path)
        .await
        .map_err(|error| failure(error.to_string()))?;
    let certificates =
        Certificate::from_pem_bundle(&pem).map_err(|error| failure(innermost(&error)))?;
    if certificates.is_empty() {
        return Err(failure("it has no certificate in PEM".to_owned()));
    }
    Ok(certificates)
}
