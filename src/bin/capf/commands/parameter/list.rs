use capf::admin;

use super::show_list;
use crate::command_error::{CommandError, Completion};
use crate::context::Context;

/// List all parameters with their values
///
/// The status is Active where the service is activated or runs. Where a service runs that has begun
/// with another value than the one that is set, the value until its restart is shown beside it;
/// `capf service restart` lets it begin anew.
#[derive(Debug, clap::Args)]
pub(crate) struct List {}

impl List {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let parameters = admin::parameter::list(&context.installation().await?).await?;
        show_list(&context.ui, &parameters)?;
        Ok(Completion::Done)
    }
}
