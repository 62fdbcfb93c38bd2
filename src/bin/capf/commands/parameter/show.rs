use capf::admin;
use capf::model::Parameter;

use super::name::parameter;
use crate::command_error::{CommandError, Completion};
use crate::context::Context;

/// Show one parameter: its value, what it means and takes, and when a change takes effect
#[derive(Debug, clap::Args)]
pub(crate) struct Show {
    /// The parameter, by its Cisco name or by the short one
    #[arg(value_parser = parameter())]
    name: Parameter,
}

impl Show {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let installation = context.installation().await?;
        let parameters = admin::parameter::show(&installation, &[self.name]).await?;
        super::show(&context.ui, &parameters)?;
        Ok(Completion::Done)
    }
}
