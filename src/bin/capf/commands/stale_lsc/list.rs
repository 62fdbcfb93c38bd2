use capf::admin;
use capf::report::Column;

use crate::command_error::{CommandError, Completion};
use crate::context::Context;

/// List the stale LSCs
///
/// An LSC is stale when it was issued for a key that the phone has replaced since, or when the
/// phone refused it.
#[derive(Debug, clap::Args)]
pub(crate) struct List {}

const COLUMNS: &[Column] = &[
    Column {
        key: "device",
        label: "Device Name",
    },
    Column {
        key: "subject",
        label: "LSC Subject",
    },
    Column {
        key: "serial_number",
        label: "LSC Serial Number",
    },
    Column {
        key: "issuer",
        label: "LSC Issued by",
    },
    Column {
        key: "not_after",
        label: "LSC Expires",
    },
    Column {
        key: "recorded_at",
        label: "Recorded",
    },
];

impl List {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let stale = admin::stale_lsc::list(&context.installation().await?).await?;
        let rows = stale.iter().map(|record| {
            let certificate = &record.certificate;
            vec![
                record.device.as_str().into(),
                certificate.subject().into(),
                certificate.serial_number().into(),
                certificate.issuer().into(),
                certificate.not_after().into(),
                admin::whole_seconds(record.recorded_at).into(),
            ]
        });
        context.ui.list(COLUMNS, rows)?;
        Ok(Completion::Done)
    }
}
