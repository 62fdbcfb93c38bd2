use capf::admin;
use capf::model::Parameter;

use super::parameter;
use crate::command_error::{CommandError, Completion};
use crate::context::Context;

/// Show one parameter, what it means and what it takes
#[derive(Debug, clap::Args)]
pub(crate) struct Show {
    /// The parameter, by its Cisco name or by the short one
    #[arg(value_parser = parameter())]
    name: Parameter,
}

impl Show {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let installation = context.installation().await?;
        let parameter = admin::parameter::show(&installation, self.name).await?;
        context.ui.show(&parameter)?;
        Ok(Completion::Done)
    }
}
