use capf::admin;
use capf::model::CsrCounts;
use capf::report::Cell;

use crate::command_error::{CommandError, Completion};
use crate::context::Context;
use crate::ui::Record;

/// Count the certificate signing requests by state
///
/// After an Install/Upgrade was scheduled with the parameter `Certificate Issuer to Endpoint` at
/// `Offline CA`, this shows how many phones have sent their key. Pending requests were not dumped
/// yet; dumped ones wait for their certificate; issued ones have it, and the phone has not
/// confirmed it; superseded ones are void, because the phone has made a new key since or refused its
/// certificate. The first three are valid, the last are invalid.
#[derive(Debug, clap::Args)]
pub(crate) struct Count {}

impl Count {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let counts = admin::csr::count(&context.installation().await?).await?;
        context.ui.show(&counts)?;
        Ok(Completion::Done)
    }
}

impl Record for CsrCounts {
    fn fields(&self) -> Vec<(&'static str, Cell)> {
        vec![
            ("Pending", self.pending.into()),
            ("Dumped", self.dumped.into()),
            ("Issued", self.issued.into()),
            ("Superseded", self.superseded.into()),
            ("Valid CSR", self.valid.into()),
            ("Invalid CSR", self.invalid.into()),
        ]
    }
}
