//! The whole database in another place, of whatever engine.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use serde::Serialize;
use tokio_util::sync::CancellationToken;

use super::{AdminError, service_lock};
use crate::clock::Clock;
use crate::store::{Store, StoreUri};

/// A database that was copied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StoreCopy {
    /// Which one, without a password.
    pub from: String,
    /// Where to, without a password.
    pub to: String,
    /// How many rows it has.
    pub rows: u64,
}

/// Copies the database `from` into `to`, which must be empty, and compares every row there before any
/// of it counts. No service may work on either. `each` hears how many rows are done, of how many.
///
/// `data_dir` is the directory of the installation whose database one of them may be. A failure, and
/// `stop`, leave `to` empty.
pub async fn copy(
    from: &str,
    to: &str,
    data_dir: &Path,
    clock: &Arc<dyn Clock>,
    each: impl Fn(u64, u64) + Send + 'static,
    stop: &CancellationToken,
) -> Result<StoreCopy, AdminError> {
    let (from, to): (StoreUri, StoreUri) = (from.parse()?, to.parse()?);
    let source = Store::open_to_read(&from, Arc::clone(clock)).await?;
    unserved(&source, &from, data_dir).await?;
    let target = Store::open(&to, Arc::clone(clock)).await?;
    unserved(&target, &to, data_dir).await?;
    drop((source, target));
    let stop = stop.clone();
    let rows = Store::copy(&from, &to, move |done, of| {
        each(done, of);
        if stop.is_cancelled() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    })
    .await?;
    Ok(StoreCopy {
        from: from.to_string(),
        to: to.to_string(),
        rows: rows.ok_or(AdminError::Stopped)?,
    })
}

/// A service that works on it would go on changing the one, or begin on a part of the other.
async fn unserved(store: &Store, uri: &StoreUri, data_dir: &Path) -> Result<(), AdminError> {
    match uri.file() {
        Some(file) => {
            let beside = file.parent().unwrap_or(Path::new(""));
            for data_dir in [beside, data_dir] {
                if service_lock::is_taken(data_dir, service_lock::SERVICE)? {
                    return Err(AdminError::ServiceRuns {
                        data_dir: data_dir.to_owned(),
                    });
                }
            }
            Ok(())
        }
        None => match store.nodes().await?.into_iter().find(|row| row.is_alive) {
            Some(row) => Err(AdminError::NodeRuns {
                name: row.node.name,
            }),
            None => Ok(()),
        },
    }
}
