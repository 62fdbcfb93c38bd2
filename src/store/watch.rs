//! Watching for what administrators change, in this process or another.

use std::time::Duration;

use super::engine::postgres::Listener;
use super::engine::{Access, Connection};
use super::lane::Lane;
use super::{Store, StoreError, audit, no_thread};
use crate::model::DeviceName;

/// How often the database is asked whether anybody has committed: often enough for a phone that
/// waits, and each question costs some microseconds.
const POLL: Duration = Duration::from_millis(200);

/// How often it is asked where changes are announced: for what was announced to nobody.
const SELDOM: Duration = Duration::from_secs(2);

/// Tells what administrators have changed.
pub struct Watch {
    lane: Lane,
    listener: Option<Listener>,
    seen: Seen,
}

/// What administrators have changed since the last time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// The phones about which something was changed.
    pub devices: Vec<DeviceName>,
    /// Whether something was changed that concerns no one phone, such as a parameter.
    pub settings: bool,
}

/// Up to where the database has been looked at.
#[derive(Clone, Copy)]
struct Seen {
    data_version: i64,
    audit_id: i64,
}

impl Store {
    /// Begins to watch: what is committed from now on will be told.
    pub async fn watch(&self) -> Result<Watch, StoreError> {
        let uri = self.0.uri.clone();
        let opened =
            tokio::task::spawn_blocking(move || Ok((uri.listener()?, uri.connect(Access::Read)?)));
        let (listener, connection) = opened.await.unwrap_or(Err(StoreError::Unanswered))?;
        // The version belongs to the connection, so the watch keeps one of its own.
        let lane = Lane::read(vec![connection]).map_err(no_thread)?;
        let seen = lane
            .run(|connection| {
                Ok(Seen {
                    data_version: connection.data_version()?,
                    audit_id: audit::last_id(connection)?,
                })
            })
            .await?;
        Ok(Watch {
            lane,
            listener,
            seen,
        })
    }
}

impl Watch {
    /// Waits until administrators have committed changes, and says what they concern.
    ///
    /// Nothing is lost where the future is dropped before it is done. A database that cannot be
    /// read is logged, and asked again.
    pub async fn changed(&mut self) -> Changes {
        loop {
            let seen = self.seen;
            match self
                .lane
                .run(move |connection| look(connection, seen))
                .await
            {
                Ok((seen, changes)) => {
                    self.seen = seen;
                    if changes != Changes::default() {
                        return changes;
                    }
                }
                Err(error) => tracing::error!(%error, "cannot watch the database"),
            }
            match &self.listener {
                // Whoever is told while nobody waits is told when he does.
                Some(listener) => {
                    let _ = tokio::time::timeout(SELDOM, listener.told()).await;
                }
                None => tokio::time::sleep(POLL).await,
            }
        }
    }
}

fn look(connection: &mut dyn Connection, seen: Seen) -> Result<(Seen, Changes), StoreError> {
    let data_version = connection.data_version()?;
    if data_version == seen.data_version {
        return Ok((seen, Changes::default()));
    }
    let audit_id = audit::last_id(connection)?;
    let changes = audit::changes_of_admins(connection, seen.audit_id, audit_id)?;
    let seen = Seen {
        data_version,
        audit_id,
    };
    Ok((seen, changes))
}
