use capf::admin;
use capf::report::Cell;

use crate::command_error::{CommandError, Completion};
use crate::context::Context;
use crate::ui::Record;

/// Trust a CA no longer
///
/// Phones whose LSC it signed can no longer prove themselves by it. Asks first; without a terminal
/// it needs `--yes`. This CAPF's own certificate stays.
#[derive(Debug, clap::Args)]
pub(crate) struct Remove {
    /// The number that `capf trust list` shows
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
            CommandError::failed(format!("there is no trusted certificate {}", self.id))
                .hint("`capf trust list` shows them with their numbers.")
        };
        let anchor = admin::trust::removable(&installation, self.id)
            .await?
            .ok_or_else(unknown)?;
        context.ui.confirm(&format!(
            "This operation will remove {} from {}.",
            anchor.certificate.subject(),
            anchor.purpose
        ))?;
        if !admin::trust::remove(&installation, self.id).await? {
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
        Some(format!("Removed trusted certificate {}.", self.removed))
    }
}
