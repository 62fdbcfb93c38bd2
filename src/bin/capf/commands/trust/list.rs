use capf::admin;
use capf::report::Column;

use crate::command_error::{CommandError, Completion};
use crate::context::Context;

/// List the certificates that are trusted
#[derive(Debug, clap::Args)]
pub(crate) struct List {}

const COLUMNS: &[Column] = &[
    Column {
        key: "id",
        label: "ID",
    },
    Column {
        key: "purpose",
        label: "Purpose",
    },
    Column {
        key: "subject",
        label: "Subject",
    },
    Column {
        key: "serial_number",
        label: "Serial Number",
    },
    Column {
        key: "not_after",
        label: "Expires",
    },
    Column {
        key: "imported_at",
        label: "Imported",
    },
];

impl List {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let anchors = admin::trust::list(&context.installation().await?).await?;
        let rows = anchors.iter().map(|anchor| {
            vec![
                anchor.id.into(),
                anchor.purpose.as_str().into(),
                anchor.certificate.subject().into(),
                anchor.certificate.serial_number().into(),
                anchor.certificate.not_after().into(),
                admin::whole_seconds(anchor.imported_at).into(),
            ]
        });
        context.ui.list(COLUMNS, rows)?;
        Ok(Completion::Done)
    }
}
