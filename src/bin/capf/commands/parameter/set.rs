use capf::admin;
use capf::model::Parameter;

use super::name::{named, parameter};
use crate::command_error::{CommandError, Completion};
use crate::commands::tls_cost::cost_of;
use crate::context::Context;

/// Set one or more parameters
///
/// Several are judged together, and all are set or none. Values that make no sense beside each other
/// are refused: an offline CA as the issuer while none is trusted (`capf trust import`), or more time
/// to make a key than an operation may take.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  capf parameter set 'Certificate Issuer to Endpoint' 'Offline CA'
  capf parameter set certificate-validity 730
  capf parameter set concurrent-operations 50 operations-per-minute 100")]
pub(crate) struct Set {
    /// The parameter, by its Cisco name or by the short one
    #[arg(value_parser = parameter())]
    name: Parameter,

    /// Its value; `capf parameter show NAME` says what it takes
    value: String,

    /// Further parameters, each with its value behind it
    #[arg(value_name = "NAME VALUE")]
    more: Vec<String>,
}

impl Set {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let changes = self.changes()?;
        let installation = context.installation().await?;
        let parameters = admin::parameter::set(&installation, &changes).await?;
        for parameter in &parameters {
            if parameter.name == Parameter::TlsMinimumVersion
                && let Some(cost) = parameter.value.parse().ok().and_then(cost_of)
            {
                context
                    .ui
                    .warning(&format!("From the next start on, {cost}"));
            }
        }
        super::show(&context.ui, &parameters)?;
        Ok(Completion::Done)
    }

    fn changes(&self) -> Result<Vec<(Parameter, &str)>, CommandError> {
        let mut changes = vec![(self.name, &self.value[..])];
        for pair in self.more.chunks(2) {
            let [name, value] = pair else {
                return Err(CommandError::usage(format!(
                    "`{}` has no value behind it",
                    pair[0]
                )));
            };
            changes.push((named(name)?, value));
        }
        Ok(changes)
    }
}
