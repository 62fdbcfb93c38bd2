//! Service and enterprise parameters.

use serde::Serialize;

use super::{AdminError, Installation};
use crate::model::{Parameter, ParameterValues, Scope};

/// A parameter with the value that is in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ParameterView {
    /// Its Cisco name.
    pub name: Parameter,
    /// The value in force.
    pub value: String,
    /// The value where nobody set one.
    pub default: &'static str,
    /// Whether somebody set it.
    pub is_set: bool,
    /// Where Unified CM keeps it.
    pub scope: Scope,
}

impl ParameterView {
    fn new(parameter: Parameter, values: &ParameterValues) -> Self {
        Self {
            name: parameter,
            value: values.value(parameter).to_owned(),
            default: parameter.default_value(),
            is_set: values.is_set(parameter),
            scope: parameter.scope(),
        }
    }
}

/// All parameters.
pub async fn list(installation: &Installation) -> Result<Vec<ParameterView>, AdminError> {
    let values = values(installation).await?;
    Ok(Parameter::ALL
        .iter()
        .map(|&parameter| ParameterView::new(parameter, &values))
        .collect())
}

/// The values in force.
pub async fn values(installation: &Installation) -> Result<ParameterValues, AdminError> {
    Ok(installation.store().parameters().await?)
}

/// One parameter.
pub async fn show(
    installation: &Installation,
    parameter: Parameter,
) -> Result<ParameterView, AdminError> {
    let values = values(installation).await?;
    Ok(ParameterView::new(parameter, &values))
}

/// Sets a parameter, and gives it as it is then.
pub async fn set(
    installation: &Installation,
    parameter: Parameter,
    value: &str,
) -> Result<ParameterView, AdminError> {
    let value = parameter.parse(value)?;
    put(installation, parameter, Some(value)).await
}

/// Gives a parameter its default back.
pub async fn reset(
    installation: &Installation,
    parameter: Parameter,
) -> Result<ParameterView, AdminError> {
    put(installation, parameter, None).await
}

async fn put(
    installation: &Installation,
    parameter: Parameter,
    value: Option<String>,
) -> Result<ParameterView, AdminError> {
    installation
        .store()
        .set_parameter(installation.actor(), parameter, value)
        .await?;
    show(installation, parameter).await
}
