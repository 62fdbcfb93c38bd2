use capf::admin;
use capf::model::Parameter;

use super::parameter;
use crate::command_error::{CommandError, Completion};
use crate::context::Context;

/// Give a parameter its default back
#[derive(Debug, clap::Args)]
pub(crate) struct Reset {
    /// The parameter, by its Cisco name or by the short one
    #[arg(value_parser = parameter())]
    name: Parameter,
}

impl Reset {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let installation = context.installation().await?;
        let parameter = admin::parameter::reset(&installation, self.name).await?;
        context.ui.show(&parameter)?;
        Ok(Completion::Done)
    }
}
