//! The sessions now open, for a person to look at.

use std::net::IpAddr;

use jiff::Timestamp;

use super::engine::{Connection, all};
use super::{Store, StoreError};
use crate::model::{CertificateOperation, DeviceName, NodeName};

/// A session that is open.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct SessionRow {
    /// The node that has it.
    pub node: NodeName,
    /// Its session id on the wire.
    pub id: u32,
    /// The phone, once it has said its name.
    pub device: Option<DeviceName>,
    /// From where the phone speaks.
    pub address: IpAddr,
    /// Where the session stands.
    pub state: String,
    /// What it carries out.
    pub operation: CertificateOperation,
    /// When it began.
    pub since: Timestamp,
}

impl Store {
    /// Saves these sessions, each in the place of what was saved under its node and id.
    pub async fn save_sessions(&self, sessions: Vec<SessionRow>) -> Result<(), StoreError> {
        self.write(move |connection| save(connection, &sessions))
            .await
    }

    /// Removes a node's sessions of these ids.
    pub async fn remove_sessions(&self, node: &NodeName, ids: Vec<u32>) -> Result<(), StoreError> {
        let node = node.clone();
        self.write(move |connection| remove(connection, &node, &ids))
            .await
    }

    /// The sessions that are saved, oldest first.
    pub async fn sessions(&self) -> Result<Vec<SessionRow>, StoreError> {
        self.read(saved).await
    }
}

fn save(connection: &mut dyn Connection, sessions: &[SessionRow]) -> Result<(), StoreError> {
    for session in sessions {
        connection.execute(
            "INSERT INTO session (node, id, device, address, state, operation, since)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (node, id) DO UPDATE SET device = excluded.device, address = excluded.address,
                 state = excluded.state, operation = excluded.operation, since = excluded.since",
            &[
                session.node.as_str().into(),
                i64::from(session.id).into(),
                session.device.as_ref().into(),
                session.address.into(),
                session.state.as_str().into(),
                session.operation.into(),
                session.since.into(),
            ],
        )?;
    }
    Ok(())
}

fn remove(connection: &mut dyn Connection, node: &NodeName, ids: &[u32]) -> Result<(), StoreError> {
    for id in ids {
        connection.execute(
            "DELETE FROM session WHERE node = ?1 AND id = ?2",
            &[node.as_str().into(), i64::from(*id).into()],
        )?;
    }
    Ok(())
}

fn saved(connection: &mut dyn Connection) -> Result<Vec<SessionRow>, StoreError> {
    all(
        connection,
        "SELECT node, id, device, address, state, operation, since FROM session
         ORDER BY since, node, id",
        &[],
        |row| {
            Ok(SessionRow {
                node: row
                    .text()?
                    .parse()
                    .map_err(|_| StoreError::corrupt("the node of a session"))?,
                id: u32::try_from(row.integer()?)
                    .map_err(|_| StoreError::corrupt("the id of a session"))?,
                device: row.optional_device()?,
                address: row.address()?,
                state: row.text()?.into_owned(),
                operation: row.word()?,
                since: row.time()?,
            })
        },
    )
}
