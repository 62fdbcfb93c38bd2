use capf::admin;
use capf::report::Cell;

use crate::command_error::{CommandError, Completion};
use crate::context::Context;
use crate::ui::{Record, counted};

/// Delete the stale LSCs
///
/// Deletes all of them, with or without the word `all`. Asks first; without a terminal it needs
/// `--yes`.
#[derive(Debug, clap::Args)]
pub(crate) struct Delete {
    /// As it is written in some of Cisco's documents
    #[arg(value_parser = ["all"])]
    all: Option<String>,
}

#[derive(serde::Serialize)]
struct Deleted {
    deleted: u64,
}

impl Delete {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let installation = context.installation().await?;
        context
            .ui
            .confirm("This operation will delete all stale LSCs.")?;
        let deleted = admin::stale_lsc::delete(&installation).await?;
        context.ui.show(&Deleted { deleted })?;
        Ok(Completion::Done)
    }
}

impl Record for Deleted {
    fn fields(&self) -> Vec<(&'static str, Cell)> {
        vec![("Stale LSCs Deleted", self.deleted.into())]
    }

    fn sentence(&self) -> Option<String> {
        Some(format!("Deleted {}.", counted(self.deleted, "stale LSC")))
    }
}
