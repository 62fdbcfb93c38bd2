use capf::admin;
use capf::report::{Cell, Column};

use crate::command_error::{CommandError, Completion};
use crate::context::Context;

/// List the revocation lists that are honoured
#[derive(Debug, clap::Args)]
pub(crate) struct List {}

const COLUMNS: &[Column] = &[
    Column {
        key: "id",
        label: "ID",
    },
    Column {
        key: "issuer",
        label: "Issuer",
    },
    Column {
        key: "number",
        label: "Number",
    },
    Column {
        key: "this_update",
        label: "Made",
    },
    Column {
        key: "next_update",
        label: "Next Due",
    },
    Column {
        key: "entries",
        label: "Certificates",
    },
    Column {
        key: "revoked_lscs",
        label: "Phones with a revoked LSC",
    },
    Column {
        key: "imported_at",
        label: "Imported",
    },
];

impl List {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let lists = admin::trust::crl::list(&context.installation().await?).await?;
        let rows = lists.iter().map(|list| {
            vec![
                list.id.into(),
                list.issuer.as_str().into(),
                list.number
                    .as_ref()
                    .map_or(Cell::Empty, |number| number.to_string().into()),
                list.this_update.into(),
                list.next_update.map_or(Cell::Empty, Cell::from),
                list.entries.into(),
                list.revoked_lscs.into(),
                admin::whole_seconds(list.imported_at).into(),
            ]
        });
        context.ui.list(COLUMNS, rows)?;
        Ok(Completion::Done)
    }
}
