use capf::admin::service;

use super::{Patience, show};
use crate::command_error::{CommandError, Completion};
use crate::context::Context;

/// Let the service that runs begin anew
///
/// It reads its parameters and the CAPF certificate again, and listens where they say: what `capf
/// parameter list` shows as pending takes effect. Sessions under way may finish, phones that wait
/// for an offline CA are let go and come back. Where it cannot begin, because a port is taken for
/// example, it ends, and its log says why. The process stays the same: a new version of the
/// program, or new options, take a restart by the init system.
#[derive(Debug, clap::Args)]
pub(crate) struct Restart {
    #[command(flatten)]
    patience: Patience,
}

impl Restart {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let installation = context.installation().await?;
        service::restart(&installation, self.patience.time()).await?;
        show(&context.ui, &installation).await?;
        Ok(Completion::Done)
    }
}
