//! Service and enterprise parameters that somebody set.

use super::audit::Trail;
use super::engine::{Connection, all};
use super::{Actor, Store, StoreError};
use crate::model::{Parameter, ParameterValues};

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
        let trail = self.trail(actor);
        self.write(move |connection| set(connection, &trail, parameter, value.as_deref()))
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
    trail.note(connection, None, &what)
}
