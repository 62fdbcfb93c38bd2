use capf::admin::trust::crl;
use capf::report::Cell;

use crate::command_error::{CommandError, Completion};
use crate::context::Context;
use crate::ui::{Record, counted};

/// Forget a revocation list
///
/// What it revokes is trusted again. Asks first; without a terminal it needs `--yes`.
#[derive(Debug, clap::Args)]
pub(crate) struct Remove {
    /// The number that `capf trust crl list` shows
    id: i64,
}

#[derive(serde::Serialize)]
struct Removed {
    removed: i64,
}

impl Remove {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let installation = context.installation().await?;
        let unknown = || {
            CommandError::failed(format!("there is no CRL {}", self.id))
                .hint("`capf trust crl list` shows them with their numbers.")
        };
        let list = crl::removable(&installation, self.id)
            .await?
            .ok_or_else(unknown)?;
        context.ui.confirm(&format!(
            "This operation will remove the CRL of {}. It revokes {}, to be trusted again.",
            list.issuer,
            counted(list.entries, "certificate")
        ))?;
        if !crl::remove(&installation, self.id).await? {
            return Err(unknown());
        }
        context.ui.show(&Removed { removed: self.id })?;
        Ok(Completion::Done)
    }
}

impl Record for Removed {
    fn fields(&self) -> Vec<(&'static str, Cell)> {
        vec![("Removed", self.removed.into())]
    }

    fn sentence(&self) -> Option<String> {
        Some(format!("Removed CRL {}.", self.removed))
    }
}
