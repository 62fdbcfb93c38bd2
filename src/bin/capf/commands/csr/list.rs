use capf::admin;
use capf::report::Column;

use super::selection::Selection;
use crate::command_error::{CommandError, Completion};
use crate::context::Context;

/// List the certificate signing requests that wait for a certificate
///
/// Oldest first, with the time at which the phone's key arrived: pending ones, and those that were
/// dumped. A request that is not signed proves no possession of its key.
#[derive(Debug, clap::Args)]
pub(crate) struct List {
    #[command(flatten)]
    selection: Selection,
}

const COLUMNS: &[Column] = &[
    Column {
        key: "device",
        label: "Device Name",
    },
    Column {
        key: "state",
        label: "State",
    },
    Column {
        key: "created_at",
        label: "Created",
    },
    Column {
        key: "signed",
        label: "Signed",
    },
    Column {
        key: "subject",
        label: "Subject",
    },
];

impl List {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let installation = context.installation().await?;
        let selection = self.selection.resolve(&installation, context.now());
        let selection = selection.await?;
        let mut rows = context.ui.rows(COLUMNS)?;
        admin::csr::list(&installation, &selection, |record| {
            rows.row(&[
                record.device.as_str().into(),
                record.state.as_str().into(),
                admin::whole_seconds(record.created_at).into(),
                record.csr.is_signed().into(),
                record.csr.subject().into(),
            ])
            .map_err(CommandError::from)
        })
        .await?;
        rows.finish()?;
        Ok(Completion::Done)
    }
}
