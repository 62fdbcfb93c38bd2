use capf::admin::service;

use super::{Patience, show};
use crate::command_error::{CommandError, Completion};
use crate::context::Context;

/// Deactivate the service
///
/// A service that runs ends: sessions under way may finish, phones that wait for an offline CA are
/// let go, and come back once there is a service again. `capf serve --if-activated` waits from then
/// on until the service is activated; a plain `capf serve` ends, and serves again when somebody
/// starts it.
#[derive(Debug, clap::Args)]
pub(crate) struct Deactivate {
    #[command(flatten)]
    patience: Patience,
}

impl Deactivate {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let installation = context.installation().await?;
        service::deactivate(&installation, self.patience.time()).await?;
        show(&context.ui, &installation).await?;
        Ok(Completion::Done)
    }
}
