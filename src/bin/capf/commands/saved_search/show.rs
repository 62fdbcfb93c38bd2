use capf::admin;
use capf::model::{Criterion, SearchName};
use capf::report::Column;

use crate::command_error::{CommandError, Completion};
use crate::context::Context;

/// Show the criteria of a saved search, one to a line
#[derive(Debug, clap::Args)]
pub(crate) struct Show {
    /// The saved search
    name: SearchName,
}

const COLUMNS: &[Column] = &[
    Column {
        key: "field",
        label: "Field",
    },
    Column {
        key: "pattern",
        label: "Pattern",
    },
    Column {
        key: "text",
        label: "Text",
    },
];

impl Show {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let installation = context.installation().await?;
        let search = admin::saved_search::show(&installation, &self.name).await?;
        let rows = search.criteria.into_iter().map(|criterion| {
            let Criterion {
                field,
                pattern,
                text,
            } = criterion;
            vec![
                field.as_str().into(),
                pattern.as_str().into(),
                pattern.takes_text().then_some(text).into(),
            ]
        });
        context.ui.list(COLUMNS, rows)?;
        Ok(Completion::Done)
    }
}
