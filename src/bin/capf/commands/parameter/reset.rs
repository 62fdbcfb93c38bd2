use capf::admin;
use capf::model::Parameter;

use super::name::parameter;
use crate::command_error::{CommandError, Completion};
use crate::context::Context;

/// Give parameters their defaults back
///
/// Of several, all are given it or none.
#[derive(Debug, clap::Args)]
pub(crate) struct Reset {
    /// The parameters, by their Cisco names or by the short ones
    #[arg(value_name = "NAME", required = true, value_parser = parameter())]
    names: Vec<Parameter>,
}

impl Reset {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let installation = context.installation().await?;
        let parameters = admin::parameter::reset(&installation, &self.names).await?;
        super::show(&context.ui, &parameters)?;
        Ok(Completion::Done)
    }
}
