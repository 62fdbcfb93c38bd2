use capf::admin;
use capf::model::DeviceName;
use capf::report::Column;

use crate::command_error::{CommandError, Completion};
use crate::context::Context;

/// List the traces
///
/// The oldest first. The type is LSC or MIC for a certificate that a Troubleshoot fetched, and
/// Session for the account of a session.
#[derive(Debug, clap::Args)]
pub(crate) struct List {
    /// Those of this phone alone
    #[arg(value_name = "DEVICE")]
    device: Option<DeviceName>,
}

const COLUMNS: &[Column] = &[
    Column {
        key: "name",
        label: "Trace",
    },
    Column {
        key: "device",
        label: "Device Name",
    },
    Column {
        key: "type",
        label: "Type",
    },
    Column {
        key: "written_at",
        label: "Written",
    },
    Column {
        key: "bytes",
        label: "Bytes",
    },
];

impl List {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let installation = context.installation().await?;
        let files = admin::trace::list(&installation, self.device.as_ref())?;
        let rows = files.iter().map(|file| {
            vec![
                file.name.to_string().into(),
                file.name.device.as_str().into(),
                file.name.kind.as_str().into(),
                admin::whole_seconds(file.written_at).into(),
                file.length.into(),
            ]
        });
        context.ui.list(COLUMNS, rows)?;
        Ok(Completion::Done)
    }
}
