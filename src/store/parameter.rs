//! Service and enterprise parameters that somebody set, and what they were before.

use jiff::Timestamp;

use super::audit::Trail;
use super::engine::{Connection, Row, all};
use super::{Actor, Store, StoreError};
use crate::model::{Parameter, ParameterValues};

/// A change of a parameter.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct ParameterChange {
    /// When it was made.
    pub at: Timestamp,
    /// The administrator's user name.
    pub actor: String,
    /// The parameter's name.
    pub name: Parameter,
    /// The value that was in force before.
    pub from: String,
    /// The value that was in force then.
    pub to: String,
}

impl Store {
    /// The values in force.
    pub async fn parameters(&self) -> Result<ParameterValues, StoreError> {
        self.read(values).await
    }

    /// Sets a parameter to a value that [`Parameter::parse`] gave; `None` puts back the default.
    pub async fn set_parameter(
        &self,
        actor: &Actor,
        parameter: Parameter,
        value: Option<String>,
    ) -> Result<(), StoreError> {
        self.set_parameters(actor, vec![(parameter, value)]).await
    }

    /// As [`Store::set_parameter`], for several: all are set, or none.
    pub async fn set_parameters(
        &self,
        actor: &Actor,
        changes: Vec<(Parameter, Option<String>)>,
    ) -> Result<(), StoreError> {
        let trail = self.trail(actor);
        self.write(move |connection| {
            let before = values(connection)?;
            changes.iter().try_for_each(|(parameter, value)| {
                let old = before.value(*parameter);
                set(connection, &trail, *parameter, old, value.as_deref())
            })
        })
        .await
    }

    /// The latest changes of one parameter, or of all, newest first: `limit` at the most.
    pub async fn parameter_changes(
        &self,
        parameter: Option<Parameter>,
        limit: u32,
    ) -> Result<Vec<ParameterChange>, StoreError> {
        self.read(move |connection| changes(connection, parameter, limit))
            .await
    }
}

/// Names that are unknown here are a newer program's, which a store that went back to this one keeps.
pub(super) fn values(connection: &mut dyn Connection) -> Result<ParameterValues, StoreError> {
    let set = all(
        connection,
        "SELECT name, value FROM parameter",
        &[],
        |row| {
            let parameter = row.text()?.parse::<Parameter>().ok();
            let value = row.text()?.into_owned();
            Ok(parameter.map(|parameter| (parameter, value)))
        },
    )?;
    Ok(ParameterValues::new(set.into_iter().flatten()))
}

fn set(
    connection: &mut dyn Connection,
    trail: &Trail,
    parameter: Parameter,
    old: &str,
    value: Option<&str>,
) -> Result<(), StoreError> {
    let what = if let Some(value) = value {
        connection.execute(
            "INSERT INTO parameter (name, value) VALUES (?1, ?2)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            &[parameter.as_str().into(), value.into()],
        )?;
        format!("parameter `{parameter}` set to `{value}`")
    } else {
        connection.execute(
            "DELETE FROM parameter WHERE name = ?1",
            &[parameter.as_str().into()],
        )?;
        format!("parameter `{parameter}` reset to its default")
    };
    let new = value.unwrap_or(parameter.default_value());
    if new != old {
        connection.execute(
            "INSERT INTO parameter_change (at, actor, name, old_value, new_value)
             VALUES (?1, ?2, ?3, ?4, ?5)",
            &[
                trail.at.into(),
                trail.actor_value(),
                parameter.as_str().into(),
                old.into(),
                new.into(),
            ],
        )?;
    }
    trail.note(connection, None, &what)
}

fn changes(
    connection: &mut dyn Connection,
    parameter: Option<Parameter>,
    limit: u32,
) -> Result<Vec<ParameterChange>, StoreError> {
    let limit = i64::from(limit).into();
    let found = match parameter {
        Some(parameter) => all(
            connection,
            "SELECT at, actor, name, old_value, new_value FROM parameter_change
             WHERE name = ?1 ORDER BY id DESC LIMIT ?2",
            &[parameter.as_str().into(), limit],
            change,
        ),
        None => all(
            connection,
            "SELECT at, actor, name, old_value, new_value FROM parameter_change
             ORDER BY id DESC LIMIT ?1",
            &[limit],
            change,
        ),
    };
    Ok(found?.into_iter().flatten().collect())
}

/// `None` for a parameter of a newer program.
fn change(row: &mut Row<'_>) -> Result<Option<ParameterChange>, StoreError> {
    let at = row.time()?;
    let actor = row.text()?.into_owned();
    let Ok(name) = row.text()?.parse() else {
        return Ok(None);
    };
    Ok(Some(ParameterChange {
        at,
        actor,
        name,
        from: row.text()?.into_owned(),
        to: row.text()?.into_owned(),
    }))
}
