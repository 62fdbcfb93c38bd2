//! How a server is found, and for how long it is waited for.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::lookup_host;
use tokio::time::timeout;

use super::Remote;
use super::error::{Failure, Problem, Step};

/// What comes of `work`, which is a failure of this step where it takes longer than `limit`.
pub(super) async fn within<T>(
    limit: Duration,
    step: Step,
    work: impl Future<Output = T>,
) -> Result<T, Failure> {
    timeout(limit, work).await.map_err(|_| {
        let seconds = limit.as_secs();
        Failure::new(step, Problem::TimedOut { seconds })
    })
}

/// The addresses of the server, in the order in which they are to be tried.
pub(super) async fn resolve(remote: &Remote, limit: Duration) -> Result<Vec<SocketAddr>, Failure> {
    let looking_up = lookup_host((remote.host(), remote.port()));
    within(limit, Step::Resolve, looking_up)
        .await?
        .map(Iterator::collect)
        .map_err(|source| Failure::io(Step::Resolve, source))
}

/// What is wrong where none of the addresses was tried.
pub(super) fn no_address() -> Failure {
    let source = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    Failure::io(Step::Resolve, source)
}
