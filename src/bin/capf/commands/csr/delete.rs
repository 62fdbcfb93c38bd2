use capf::admin;
use capf::admin::csr::DeletedCsrs;
use capf::report::Cell;

use crate::command_error::{CommandError, Completion};
use crate::context::Context;
use crate::ui::{Record, counted};

/// Delete all certificate signing requests
///
/// Removes every CSR, and the certificates built and imported that no phone holds yet. The sessions
/// of phones that wait for such a certificate end; their operation stays scheduled, and when they come
/// again they make a new request. Asks first; without a terminal it needs `--yes`.
#[derive(Debug, clap::Args)]
pub(crate) struct Delete {}

impl Delete {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let installation = context.installation().await?;
        context.ui.confirm(
            "This operation will delete all CSRs, and the certificates built and imported that no \
             phone holds.",
        )?;
        let deleted = admin::csr::delete(&installation).await?;
        context.ui.show(&deleted)?;
        Ok(Completion::Done)
    }
}

impl Record for DeletedCsrs {
    fn fields(&self) -> Vec<(&'static str, Cell)> {
        vec![
            ("CSRs Deleted", self.csrs.into()),
            ("Certificates Deleted", self.certificates.into()),
        ]
    }

    fn sentence(&self) -> Option<String> {
        Some(format!(
            "Deleted {} and {}.",
            counted(self.csrs, "CSR"),
            counted(self.certificates, "certificate")
        ))
    }
}
