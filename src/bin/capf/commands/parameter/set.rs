use capf::admin;
use capf::model::Parameter;

use super::parameter;
use crate::command_error::{CommandError, Completion};
use crate::commands::tls_cost::cost_of;
use crate::context::Context;

/// Set a parameter
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  capf parameter set 'Certificate Issuer to Endpoint' 'Offline CA'
  capf parameter set certificate-validity 730")]
pub(crate) struct Set {
    /// The parameter, by its Cisco name or by the short one
    #[arg(value_parser = parameter())]
    name: Parameter,

    /// Its value; `capf parameter show NAME` says what it takes
    value: String,
}

impl Set {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let installation = context.installation().await?;
        let parameter = admin::parameter::set(&installation, self.name, &self.value).await?;
        if parameter.name == Parameter::TlsMinimumVersion
            && let Some(cost) = parameter.value.parse().ok().and_then(cost_of)
        {
            context
                .ui
                .warning(&format!("From the next start on, {cost}"));
        }
        context.ui.show(&parameter)?;
        Ok(Completion::Done)
    }
}
