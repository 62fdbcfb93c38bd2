use capf::admin;
use capf::model::DeviceName;
use capf::report::Column;

use crate::command_error::{CommandError, Completion};
use crate::context::Context;

/// List the sessions now open, with their state
///
/// Oldest first. A phone that waits for a certificate from an offline CA keeps its session open. The
/// states have the names of IOS's `show capf-server sessions`; `QUEUED`, where a phone waits for its
/// turn, `AWAIT DELETE CERT RESP` and `AWAIT FETCH CERT RESP` are ours.
#[derive(Debug, clap::Args)]
pub(crate) struct List {}

const COLUMNS: &[Column] = &[
    Column {
        key: "node",
        label: "Node",
    },
    Column {
        key: "id",
        label: "Session ID",
    },
    Column {
        key: "device",
        label: "Device Name",
    },
    Column {
        key: "address",
        label: "Address",
    },
    Column {
        key: "state",
        label: "State",
    },
    Column {
        key: "operation",
        label: "Certificate Operation",
    },
    Column {
        key: "since",
        label: "Since",
    },
];

impl List {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let sessions = admin::session::list(&context.installation().await?).await?;
        let rows = sessions.iter().map(|session| {
            vec![
                session.node.as_str().into(),
                i64::from(session.id).into(),
                session.device.as_ref().map(DeviceName::as_str).into(),
                session.address.to_string().into(),
                session.state.as_str().into(),
                session.operation.as_str().into(),
                admin::whole_seconds(session.since).into(),
            ]
        });
        context.ui.list(COLUMNS, rows)?;
        Ok(Completion::Done)
    }
}
