use capf::admin;
use capf::model::Parameter;
use capf::report::Column;

use super::name::parameter;
use crate::command_error::{CommandError, Completion};
use crate::context::Context;

/// Show who changed parameters, when, from what and to what
///
/// The latest change first. A value that was set again to what it was is no change.
#[derive(Debug, clap::Args)]
pub(crate) struct History {
    /// The parameter, by its Cisco name or by the short one; by default all
    #[arg(value_parser = parameter())]
    name: Option<Parameter>,

    /// Show no more than so many changes
    #[arg(long, value_name = "NUMBER", default_value_t = 100)]
    rows: u32,
}

const COLUMNS: &[Column] = &[
    Column {
        key: "at",
        label: "Time",
    },
    Column {
        key: "actor",
        label: "Changed by",
    },
    Column {
        key: "name",
        label: "Parameter Name",
    },
    Column {
        key: "from",
        label: "From",
    },
    Column {
        key: "to",
        label: "To",
    },
];

impl History {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let installation = context.installation().await?;
        let changes = admin::parameter::history(&installation, self.name, self.rows).await?;
        let rows = changes.iter().map(|change| {
            vec![
                admin::whole_seconds(change.at).into(),
                change.actor.as_str().into(),
                change.name.as_str().into(),
                change.from.as_str().into(),
                change.to.as_str().into(),
            ]
        });
        context.ui.list(COLUMNS, rows)?;
        Ok(Completion::Done)
    }
}
