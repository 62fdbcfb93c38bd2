use capf::admin;
use capf::report::Column;

use crate::command_error::{CommandError, Completion};
use crate::context::Context;

/// List all parameters with the values in force
#[derive(Debug, clap::Args)]
pub(crate) struct List {}

const COLUMNS: &[Column] = &[
    Column {
        key: "name",
        label: "Parameter Name",
    },
    Column {
        key: "value",
        label: "Parameter Value",
    },
    Column {
        key: "default",
        label: "Suggested Value",
    },
    Column {
        key: "scope",
        label: "Parameter Type",
    },
];

impl List {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let parameters = admin::parameter::list(&context.installation().await?).await?;
        let rows = parameters.iter().map(|parameter| {
            vec![
                parameter.name.as_str().into(),
                parameter.value.as_str().into(),
                parameter.default.into(),
                parameter.scope.as_str().into(),
            ]
        });
        context.ui.list(COLUMNS, rows)?;
        Ok(Completion::Done)
    }
}
