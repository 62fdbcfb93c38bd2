use capf::admin;
use capf::report::{Cell, Column};

use crate::command_error::{CommandError, Completion};
use crate::context::Context;

/// List the nodes, and whether each is alive
///
/// A node says every 3 seconds that it lives, and is dead 15 seconds after it last did: it was killed,
/// or cannot reach the database. Its phones enrol with the others, and its part of the limits is
/// theirs. It is alive again as soon as its service is; one that will not come back, `capf node
/// remove` forgets. A service that ends in order is not in the list.
#[derive(Debug, clap::Args)]
pub(crate) struct List {}

const COLUMNS: &[Column] = &[
    Column {
        key: "name",
        label: "Node",
    },
    Column {
        key: "status",
        label: "Status",
    },
    Column {
        key: "since",
        label: "Start Time",
    },
    Column {
        key: "last_heard",
        label: "Last Heard Of",
    },
    Column {
        key: "addresses",
        label: "Addresses",
    },
    Column {
        key: "sessions",
        label: "Sessions",
    },
    Column {
        key: "held",
        label: "Sessions That Wait for a CA",
    },
    Column {
        key: "version",
        label: "Version",
    },
];

impl List {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let nodes = admin::node::list(&context.installation().await?).await?;
        let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let rows = nodes.iter().map(|node| {
            let addresses: Vec<_> = node.addresses.iter().map(ToString::to_string).collect();
            vec![
                node.name.as_str().into(),
                node.status.as_str().into(),
                node.since.into(),
                node.last_heard.map_or(Cell::Empty, Cell::from),
                addresses.join(", ").into(),
                count(node.sessions).into(),
                count(node.held).into(),
                node.version.as_str().into(),
            ]
        });
        context.ui.list(COLUMNS, rows)?;
        Ok(Completion::Done)
    }
}
