use capf::admin::Description;

use crate::command_error::{CommandError, Completion};
use crate::context::Context;

/// Show the CAPF certificate
///
/// Where there is none yet, it is made. Phones must trust it: put it into their CTL or ITL file
/// (see `capf ca export`).
#[derive(Debug, clap::Args)]
pub(crate) struct Show {}

impl Show {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let capf = context.installation().await?.capf_certificate().await?;
        context.say_if_created(&capf);
        context
            .ui
            .show(&Description::of_certificate(capf.issuer.certificate()))?;
        Ok(Completion::Done)
    }
}
