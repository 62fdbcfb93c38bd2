//! Service and enterprise parameters.

use serde::Serialize;

use super::service::{PendingParameter, Standing};
use super::{AdminError, Installation};
use crate::model::{
    IssuerMode, Parameter, ParameterKind, ParameterValues, Scope, TakesEffect, TrustPurpose,
};
use crate::store::ParameterChange;

/// Whether a parameter counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum ParameterStatus {
    /// The service is activated, or runs.
    Active,
    /// It is not.
    Inactive,
}

impl ParameterStatus {
    /// Cisco's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::Inactive => "Inactive",
        }
    }
}

/// A parameter with the value that is set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ParameterView {
    /// Its Cisco name.
    pub name: Parameter,
    /// The value: in force now, or from the restart of the service on.
    pub value: String,
    /// The value that is in force in the running service until it restarts, where it is another.
    pub value_until_restart: Option<String>,
    /// The value where nobody set one.
    pub default: &'static str,
    /// Whether somebody set it.
    pub is_set: bool,
    /// Where Unified CM keeps it.
    pub scope: Scope,
    /// Whether it counts.
    pub status: ParameterStatus,
    /// What it takes, for a person.
    pub takes: String,
    /// When a change takes effect.
    pub takes_effect: TakesEffect,
    /// From where its name is.
    pub origin: &'static str,
    /// What it means.
    pub help: &'static str,
}

/// The parameters as they stand at one time.
struct State {
    values: ParameterValues,
    status: ParameterStatus,
    pending: Vec<PendingParameter>,
}

impl State {
    async fn of(installation: &Installation) -> Result<Self, AdminError> {
        let values = values(installation).await?;
        let standing = Standing::of(installation).await?;
        Ok(Self {
            status: if standing.is_active() {
                ParameterStatus::Active
            } else {
                ParameterStatus::Inactive
            },
            pending: standing.pending(&values),
            values,
        })
    }

    fn view(&self, parameter: Parameter) -> ParameterView {
        let pending = self.pending.iter().find(|it| it.name == parameter);
        ParameterView {
            name: parameter,
            value: self.values.value(parameter).to_owned(),
            value_until_restart: pending.map(|it| it.value_until_restart.clone()),
            default: parameter.default_value(),
            is_set: self.values.is_set(parameter),
            scope: parameter.scope(),
            status: self.status,
            takes: takes(parameter),
            takes_effect: parameter.takes_effect(),
            origin: parameter.origin(),
            help: parameter.help(),
        }
    }
}

/// The values that a parameter takes, for a person.
fn takes(parameter: Parameter) -> String {
    match parameter.kind() {
        ParameterKind::Integer { min, max } => format!("{min} to {max} {}", parameter.unit()),
        ParameterKind::Choice(words) => words.join(", "),
    }
}

/// The parameters of which a running service has other values than those that are set.
pub(super) fn pending(
    running: &ParameterValues,
    values: &ParameterValues,
) -> Vec<PendingParameter> {
    let waits = |parameter: &&Parameter| {
        parameter.takes_effect().needs_restart()
            && running.value(**parameter) != values.value(**parameter)
    };
    Parameter::ALL
        .iter()
        .filter(waits)
        .map(|&name| PendingParameter {
            name,
            value: values.value(name).to_owned(),
            value_until_restart: running.value(name).to_owned(),
        })
        .collect()
}

/// All parameters.
pub async fn list(installation: &Installation) -> Result<Vec<ParameterView>, AdminError> {
    show(installation, Parameter::ALL).await
}

/// The values that are set, and the defaults for the rest.
pub async fn values(installation: &Installation) -> Result<ParameterValues, AdminError> {
    Ok(installation.store().parameters().await?)
}

/// Some parameters, in this order.
pub async fn show(
    installation: &Installation,
    parameters: &[Parameter],
) -> Result<Vec<ParameterView>, AdminError> {
    let state = State::of(installation).await?;
    Ok(parameters.iter().map(|&it| state.view(it)).collect())
}

/// Sets parameters, all or none, and gives them as they are then.
///
/// They are judged together, with those that stay as they are.
pub async fn set(
    installation: &Installation,
    changes: &[(Parameter, &str)],
) -> Result<Vec<ParameterView>, AdminError> {
    let changes = changes
        .iter()
        .map(|(parameter, value)| Ok((*parameter, Some(parameter.parse(value)?))))
        .collect::<Result<_, AdminError>>()?;
    put(installation, changes).await
}

/// Gives parameters their defaults back, all or none, and gives them as they are then.
pub async fn reset(
    installation: &Installation,
    parameters: &[Parameter],
) -> Result<Vec<ParameterView>, AdminError> {
    put(
        installation,
        parameters.iter().map(|&it| (it, None)).collect(),
    )
    .await
}

async fn put(
    installation: &Installation,
    changes: Vec<(Parameter, Option<String>)>,
) -> Result<Vec<ParameterView>, AdminError> {
    let names: Vec<_> = changes.iter().map(|(parameter, _)| *parameter).collect();
    for (place, name) in names.iter().enumerate() {
        if names[..place].contains(name) {
            return Err(AdminError::ParameterTwice { parameter: *name });
        }
    }
    let before = values(installation).await?;
    let after = before.clone().with(changes.clone());
    // What contradicts itself already may be put right step by step.
    if before.check_together().is_ok() {
        after.check_together()?;
    }
    let turns_to = |mode| before.issuer_mode() != mode && after.issuer_mode() == mode;
    if turns_to(IssuerMode::OfflineCa) && !trusts_outside_ca(installation).await? {
        return Err(AdminError::NoOutsideCa);
    }
    installation
        .store()
        .set_parameters(installation.actor(), changes)
        .await?;
    show(installation, &names).await
}

/// Whether there is a CA, other than this CAPF, whose certificates could be imported.
async fn trusts_outside_ca(installation: &Installation) -> Result<bool, AdminError> {
    let store = installation.store();
    let anchors = store.trust_anchors(Some(TrustPurpose::Capf)).await?;
    let own = installation.own_certificate().await?;
    Ok(anchors
        .iter()
        .any(|anchor| Some(&anchor.certificate) != own.as_ref()))
}

/// The latest changes of one parameter, or of all, newest first: `limit` at the most.
pub async fn history(
    installation: &Installation,
    parameter: Option<Parameter>,
    limit: u32,
) -> Result<Vec<ParameterChange>, AdminError> {
    let store = installation.store();
    Ok(store.parameter_changes(parameter, limit).await?)
}
