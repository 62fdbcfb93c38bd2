use capf::admin;
use capf::model::Parameter;

use crate::command_error::{CommandError, Completion};
use crate::commands::parameter::show;
use crate::context::Context;

/// Set how often a waiting phone's connection is kept alive
///
/// While a phone waits for a certificate from an offline CA, a keepalive is sent to it every so many
/// minutes, so that firewalls do not drop the connection: 5 to 60, by default 15. It holds for phones,
/// too, that wait already. This is the parameter `Keepalive Interval (in minutes)`.
#[derive(Debug, clap::Args)]
pub(crate) struct KeepAlive {
    /// The minutes between two keepalives
    ///
    /// On a terminal they are asked for where they are missing.
    minutes: Option<String>,
}

impl KeepAlive {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let minutes = match self.minutes {
            Some(minutes) => minutes,
            None => context.ui.ask(
                "Enter the keepalive interval in minutes (5-60)",
                Some(Parameter::KeepaliveInterval.default_value().to_owned()),
                "MINUTES",
            )?,
        };
        let installation = context.installation().await?;
        let change = (Parameter::KeepaliveInterval, &minutes[..]);
        let parameters = admin::parameter::set(&installation, &[change]).await?;
        show(&context.ui, &parameters)?;
        Ok(Completion::Done)
    }
}
