use capf::admin::service;
use capf::admin::service::ServiceStatus;

use super::{Patience, show};
use crate::command_error::{CommandError, Completion};
use crate::context::Context;

/// Activate the service
///
/// A service that an init system started as `capf serve --if-activated` begins to serve phones, now
/// and after every restart of the machine. Where none waits, it is said how to start one.
#[derive(Debug, clap::Args)]
pub(crate) struct Activate {
    #[command(flatten)]
    patience: Patience,
}

impl Activate {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let installation = context.installation().await?;
        service::activate(&installation, self.patience.time()).await?;
        if show(&context.ui, &installation).await? == ServiceStatus::NotRunning {
            context.ui.note(
                "It is activated, and no service waits for that. Start one: under systemd \
                 `systemctl enable --now capf`, by hand `capf serve`.",
            );
        }
        Ok(Completion::Done)
    }
}
