use capf::admin;
use capf::model::NodeName;
use capf::report::Cell;

use crate::command_error::{CommandError, Completion};
use crate::context::Context;
use crate::ui::Record;

/// Forget a dead node
///
/// One that was killed and will not come back: `capf node list` and `capf check` show it no more. One
/// that is alive is refused, and nothing is lost where a dead one comes back: it is in the list again.
#[derive(Debug, clap::Args)]
pub(crate) struct Remove {
    /// The name that `capf node list` shows
    name: NodeName,
}

#[derive(serde::Serialize)]
struct Removed {
    removed: NodeName,
}

impl Remove {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let installation = context.installation().await?;
        if !admin::node::remove(&installation, &self.name).await? {
            let unknown = format!("there is no node {}", self.name);
            return Err(CommandError::failed(unknown).hint("`capf node list` shows their names."));
        }
        context.ui.show(&Removed { removed: self.name })?;
        Ok(Completion::Done)
    }
}

impl Record for Removed {
    fn fields(&self) -> Vec<(&'static str, Cell)> {
        vec![("Removed", self.removed.as_str().into())]
    }

    fn sentence(&self) -> Option<String> {
        Some(format!("The node {} is forgotten.", self.removed))
    }
}
