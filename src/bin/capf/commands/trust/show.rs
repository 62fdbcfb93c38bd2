use capf::admin;
use capf::admin::trust::TrustedDetails;
use capf::report::Cell;

use super::list::issued_by;
use super::unknown;
use crate::command_error::{CommandError, Completion};
use crate::context::Context;
use crate::ui::Record;

/// Show a certificate that is trusted, and what rests on it
#[derive(Debug, clap::Args)]
pub(crate) struct Show {
    /// The number that `capf trust list` shows
    id: i64,
}

impl Show {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let details = admin::trust::show(&context.installation().await?, self.id)
            .await?
            .ok_or_else(|| unknown(self.id))?;
        context.ui.show(&details)?;
        Ok(Completion::Done)
    }
}

impl Record for TrustedDetails {
    fn fields(&self) -> Vec<(&'static str, Cell)> {
        let mut fields = vec![
            ("ID", self.id.into()),
            ("Purpose", self.purpose.as_str().into()),
            ("Imported", admin::whole_seconds(self.imported_at).into()),
            ("Issued By", issued_by(self.issued_by)),
            ("Days Left", self.days_left.into()),
            ("Phones with an LSC under it", self.dependents.lscs.into()),
            ("Pending Proofs", self.dependents.proofs.into()),
            ("CSRs that wait for it", self.dependents.csrs.into()),
        ];
        fields.extend(self.description.fields());
        fields
    }
}
