use super::show;
use crate::command_error::{CommandError, Completion};
use crate::context::Context;

/// Show whether the service is activated and runs, since when and where
///
/// The status is Started, Starting (it begins or ends), Waiting (`capf serve --if-activated`, until
/// the service is activated) or Not Running. Parameters whose new value takes effect when the
/// service restarts are pending. For a monitoring system, see `capf check --service`.
#[derive(Debug, clap::Args)]
pub(crate) struct Status {}

impl Status {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        show(&context.ui, &context.installation().await?).await?;
        Ok(Completion::Done)
    }
}
