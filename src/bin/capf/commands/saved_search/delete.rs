use capf::admin;
use capf::admin::saved_search::DeletedSearches;
use capf::model::SearchName;
use capf::report::Cell;

use crate::command_error::{CommandError, Completion};
use crate::commands::phone::listed;
use crate::context::Context;
use crate::ui::Record;

/// Delete saved searches
///
/// The phones that they find stay as they are. Asks first; without a terminal it needs `--yes`. Names
/// that no saved search has are in the result; if there were some, the exit code is 3, and 1 if none
/// was deleted.
#[derive(Debug, clap::Args)]
pub(crate) struct Delete {
    /// The saved searches
    #[arg(required = true, value_name = "NAME")]
    names: Vec<SearchName>,
}

impl Delete {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let installation = context.installation().await?;
        context.ui.confirm(&match &self.names[..] {
            [name] => format!("This operation will delete the saved search `{name}`."),
            names => format!("This operation will delete {} saved searches.", names.len()),
        })?;
        let deleted = admin::saved_search::delete(&installation, self.names).await?;
        context.ui.show(&deleted)?;
        Ok(Completion::of(
            deleted.deleted,
            deleted.unknown.len() as u64,
        ))
    }
}

impl Record for DeletedSearches {
    fn fields(&self) -> Vec<(&'static str, Cell)> {
        vec![
            ("Deleted", self.deleted.into()),
            ("Unknown", listed(&self.unknown).into()),
        ]
    }

    fn sentence(&self) -> Option<String> {
        let searches = match self.deleted {
            1 => "1 saved search".to_owned(),
            count => format!("{count} saved searches"),
        };
        Some(if self.unknown.is_empty() {
            format!("Deleted {searches}.")
        } else {
            let unknown = listed(&self.unknown);
            format!("Deleted {searches}. No such search: {unknown}.")
        })
    }
}
