//! The nodes on which the service runs.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};

use super::audit::Trail;
use super::engine::{Connection, Row, Value, all, first};
use super::{Actor, Store, StoreError};
use crate::model::{Certificate, NodeName, Parameter, ParameterValues};

/// How often a node says that it lives.
pub const BEAT: SignedDuration = SignedDuration::from_secs(3);

/// After how long without a word a node counts as dead: longer than a database takes to restart.
pub const LAPSE: SignedDuration = SignedDuration::from_secs(15);

/// What the service on a node says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunningNode {
    /// The node.
    pub name: NodeName,
    /// When the service began there, or began anew.
    pub since: Timestamp,
    /// The version of its program.
    pub version: String,
    /// Where it listens.
    pub addresses: Vec<SocketAddr>,
    /// Its values of the parameters that take effect at restart; of no others.
    pub parameters: ParameterValues,
}

/// A node, and whether its service lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeRow {
    /// What it says of itself.
    pub node: RunningNode,
    /// When it last said that it lives.
    pub beat: Timestamp,
    /// Whether that was lately. One on a database that is not shared says so once, and counts as
    /// alive: the lock on its directory tells.
    pub is_alive: bool,
}

/// What a node learns of the others when it says that it lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pulse {
    /// Whether another service has taken its name since.
    pub is_replaced: bool,
    /// Whether it was forgotten, with its sessions, because it was dead.
    pub was_forgotten: bool,
    /// How many nodes live, itself included.
    pub alive: u32,
    /// The CAPF certificate by which every node is to issue, where the store knows it.
    pub capf: Option<Certificate>,
}

impl Store {
    /// Whether services on several machines can work on it at once.
    pub fn is_shared(&self) -> bool {
        self.file().is_none()
    }

    /// The file that it is, where it is one.
    pub fn file(&self) -> Option<&Path> {
        self.0.uri.file()
    }

    /// Notes that the service runs on a node, and how. What one of this name has left is forgotten.
    pub async fn begin_node(&self, node: RunningNode) -> Result<(), StoreError> {
        let (now, is_shared) = (self.now(), self.is_shared());
        self.write(move |connection| {
            let now = connection.clock(now)?;
            if is_shared {
                clear_sessions(connection, &node.name)?;
            } else {
                // There is one at a time, which its lock sees to: any other is gone.
                forget_all(connection)?;
            }
            begin(connection, &node, now)
        })
        .await
    }

    /// Notes that a node lives. One that was taken for dead, and forgotten, is known again.
    pub async fn beat(&self, node: &RunningNode) -> Result<Pulse, StoreError> {
        let (node, now) = (node.clone(), self.now());
        self.write(move |connection| {
            let now = connection.clock(now)?;
            // Times are compared as they are kept.
            let sql = "SELECT CASE WHEN since = ?2 THEN 1 ELSE 0 END FROM node WHERE name = ?1";
            let values = [node.name.as_str().into(), node.since.into()];
            let is_own = first(connection, sql, &values, |row| Ok(row.integer()? == 1))?;
            if is_own != Some(false) {
                begin(connection, &node, now)?;
            }
            Ok(Pulse {
                is_replaced: is_own == Some(false),
                was_forgotten: is_own.is_none(),
                alive: alive(connection, now)?,
                capf: capf(connection)?,
            })
        })
        .await
    }

    /// Notes that the service does not run on a node any more.
    pub async fn end_node(&self, name: &NodeName) -> Result<(), StoreError> {
        let name = name.clone();
        self.write(move |connection| forget(connection, &name).map(drop))
            .await
    }

    /// The nodes on which the service runs, or was killed and has not begun again, by name.
    pub async fn nodes(&self) -> Result<Vec<NodeRow>, StoreError> {
        let (now, is_shared) = (self.now(), self.is_shared());
        self.read(move |connection| {
            let now = connection.clock(now)?;
            let mut rows = rows(connection, now)?;
            for row in &mut rows {
                row.is_alive |= !is_shared;
            }
            Ok(rows)
        })
        .await
    }

    /// Forgets a node that does not live. Tells whether there was one of this name;
    /// [`StoreError::NodeLives`] where it does.
    pub async fn remove_node(&self, actor: &Actor, name: &NodeName) -> Result<bool, StoreError> {
        let (name, now, trail) = (name.clone(), self.now(), self.trail(actor));
        self.write(move |connection| {
            let now = connection.clock(now)?;
            remove(connection, &trail, &name, now)
        })
        .await
    }

    /// Forgets every node with its sessions: for a copy, on which no service runs.
    pub async fn forget_nodes(&self) -> Result<(), StoreError> {
        self.write(forget_all).await
    }

    /// The CAPF certificate by which every node is to issue, where one was noted.
    pub async fn capf_certificate(&self) -> Result<Option<Certificate>, StoreError> {
        self.read(capf).await
    }

    /// The CAPF certificate by which every node is to issue: `own`, where none was noted yet.
    pub async fn agree_on_capf_certificate(
        &self,
        own: &Certificate,
    ) -> Result<Certificate, StoreError> {
        let own = own.clone();
        self.write(move |connection| {
            if let Some(noted) = capf(connection)? {
                return Ok(noted);
            }
            note_capf(connection, &own)?;
            Ok(own.clone())
        })
        .await
    }

    /// Notes the CAPF certificate by which every node is to issue.
    pub async fn set_capf_certificate(&self, certificate: &Certificate) -> Result<(), StoreError> {
        let certificate = certificate.clone();
        self.write(move |connection| note_capf(connection, &certificate))
            .await
    }
}

fn forget_all(connection: &mut dyn Connection) -> Result<(), StoreError> {
    connection.execute("DELETE FROM session", &[])?;
    connection.execute("DELETE FROM node", &[]).map(drop)
}

fn begin(
    connection: &mut dyn Connection,
    node: &RunningNode,
    now: Timestamp,
) -> Result<(), StoreError> {
    let parameters: BTreeMap<&str, &str> = of_restart()
        .map(|parameter| (parameter.as_str(), node.parameters.value(parameter)))
        .collect();
    let sql = "INSERT INTO node (name, since, beat, version, addresses, parameters)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6)
               ON CONFLICT (name) DO UPDATE SET since = excluded.since, beat = excluded.beat,
                   version = excluded.version, addresses = excluded.addresses,
                   parameters = excluded.parameters";
    let values: [Value<'_>; 6] = [
        node.name.as_str().into(),
        node.since.into(),
        now.into(),
        node.version.as_str().into(),
        json(&node.addresses).into(),
        json(&parameters).into(),
    ];
    connection.execute(sql, &values).map(drop)
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("texts are JSON")
}

/// The parameters of which something takes effect at restart alone.
fn of_restart() -> impl Iterator<Item = Parameter> {
    let all = Parameter::ALL.iter().copied();
    all.filter(|parameter| parameter.takes_effect().needs_restart())
}

fn alive(connection: &mut dyn Connection, now: Timestamp) -> Result<u32, StoreError> {
    let sql = "SELECT COUNT(*) FROM node WHERE beat >= ?1";
    let count = first(connection, sql, &[lapsed(now).into()], |row| row.count())?;
    Ok(count
        .and_then(|count| u32::try_from(count).ok())
        .unwrap_or(1))
}

/// Whoever has not spoken since is dead.
fn lapsed(now: Timestamp) -> Timestamp {
    now.checked_sub(LAPSE).unwrap_or(Timestamp::MIN)
}

fn capf(connection: &mut dyn Connection) -> Result<Option<Certificate>, StoreError> {
    let sql = "SELECT capf FROM service WHERE capf IS NOT NULL";
    first(connection, sql, &[], |row| row.certificate())
}

fn note_capf(connection: &mut dyn Connection, certificate: &Certificate) -> Result<(), StoreError> {
    let sql = "UPDATE service SET capf = ?1";
    connection
        .execute(sql, &[certificate.der().into()])
        .map(drop)
}

fn rows(connection: &mut dyn Connection, now: Timestamp) -> Result<Vec<NodeRow>, StoreError> {
    let sql = "SELECT beat, name, since, version, addresses, parameters FROM node ORDER BY name";
    all(connection, sql, &[], |row| {
        let beat = row.time()?;
        Ok(NodeRow {
            beat,
            is_alive: beat >= lapsed(now),
            node: running(row)?,
        })
    })
}

fn running(row: &mut Row<'_>) -> Result<RunningNode, StoreError> {
    let corrupt = |what: &str, error: &dyn std::fmt::Display| {
        StoreError::corrupt(format!("the {what} of a node: {error}"))
    };
    let name = row.text()?.parse();
    let name = name.map_err(|error| corrupt("name", &error))?;
    let since = row.time()?;
    let version = row.text()?.into_owned();
    let addresses = serde_json::from_str(&row.text()?);
    let addresses = addresses.map_err(|error| corrupt("addresses", &error))?;
    let values = serde_json::from_str(&row.text()?);
    let mut values: BTreeMap<String, String> =
        values.map_err(|error| corrupt("parameters", &error))?;
    let known = of_restart().filter_map(|parameter| {
        let value = values.remove(parameter.as_str())?;
        Some((parameter, value))
    });
    Ok(RunningNode {
        name,
        since,
        version,
        addresses,
        parameters: ParameterValues::new(known),
    })
}

fn clear_sessions(connection: &mut dyn Connection, name: &NodeName) -> Result<(), StoreError> {
    let sql = "DELETE FROM session WHERE node = ?1";
    connection.execute(sql, &[name.as_str().into()]).map(drop)
}

fn forget(connection: &mut dyn Connection, name: &NodeName) -> Result<bool, StoreError> {
    clear_sessions(connection, name)?;
    let sql = "DELETE FROM node WHERE name = ?1";
    Ok(connection.execute(sql, &[name.as_str().into()])? > 0)
}

fn remove(
    connection: &mut dyn Connection,
    trail: &Trail,
    name: &NodeName,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let lives = |row: &NodeRow| row.is_alive && row.node.name == *name;
    if rows(connection, now)?.iter().any(lives) {
        return Err(StoreError::NodeLives { name: name.clone() });
    }
    let known = forget(connection, name)?;
    if known {
        trail.note(connection, None, &format!("node {name} removed"))?;
    }
    Ok(known)
}
