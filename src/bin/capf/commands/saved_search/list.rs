use capf::admin;
use capf::report::Column;

use crate::command_error::{CommandError, Completion};
use crate::context::Context;

/// List the saved searches
#[derive(Debug, clap::Args)]
pub(crate) struct List {}

const COLUMNS: &[Column] = &[
    Column {
        key: "name",
        label: "Name",
    },
    Column {
        key: "criteria",
        label: "Criteria",
    },
    Column {
        key: "saved_at",
        label: "Saved",
    },
];

impl List {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let searches = admin::saved_search::list(&context.installation().await?).await?;
        let rows = searches.iter().map(|search| {
            vec![
                search.name.as_str().into(),
                (search.criteria.len() as u64).into(),
                admin::whole_seconds(search.saved_at).into(),
            ]
        });
        context.ui.list(COLUMNS, rows)?;
        Ok(Completion::Done)
    }
}
