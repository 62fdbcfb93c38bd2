mod activate;
mod deactivate;
mod restart;
mod status;

use std::time::Duration;

use capf::admin::service::{NodeView, ServiceStatus, ServiceView};
use capf::admin::{Installation, service};
use capf::report::Cell;

use crate::command_error::{CommandError, Completion};
use crate::context::Context;
use crate::ui::{Record, Ui};

/// Service activation, and control of the service that runs
///
/// As Tools > Service Activation and Control Center have it in Unified CM's Serviceability. What is
/// wanted stands in the store, which the service watches: it hears of it within a second, whoever
/// started it, and no init system is asked.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Status(status::Status),
    Activate(activate::Activate),
    Deactivate(deactivate::Deactivate),
    Restart(restart::Restart),
}

impl Command {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        match self {
            Self::Status(command) => command.run(context).await,
            Self::Activate(command) => command.run(context).await,
            Self::Deactivate(command) => command.run(context).await,
            Self::Restart(command) => command.run(context).await,
        }
    }
}

/// How long the service is awaited.
#[derive(Debug, clap::Args)]
struct Patience {
    /// Wait so many seconds at the most until the service has done it; 0 does not wait
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 30,
        value_parser = clap::value_parser!(u16).range(..=3600)
    )]
    wait: u16,
}

impl Patience {
    fn time(&self) -> Duration {
        Duration::from_secs(self.wait.into())
    }
}

/// Shows how the service stands.
async fn show(ui: &Ui, installation: &Installation) -> Result<ServiceStatus, CommandError> {
    let view = service::status(installation).await?;
    ui.show(&view)?;
    Ok(view.status)
}

impl Record for ServiceView {
    fn fields(&self) -> Vec<(&'static str, Cell)> {
        // Of several nodes, each says what is its own.
        let of_nodes = |tell: &dyn Fn(&NodeView) -> String| {
            let told: Vec<_> = match &self.nodes[..] {
                [one] => vec![tell(one)],
                more => more
                    .iter()
                    .map(|node| format!("{}: {}", node.name, tell(node)))
                    .collect(),
            };
            some(told.join("; "))
        };
        let addresses = |node: &NodeView| {
            let addresses: Vec<_> = node.addresses.iter().map(ToString::to_string).collect();
            addresses.join(", ")
        };
        let pending: Vec<_> = self
            .pending
            .iter()
            .map(|it| {
                let (name, value, now) = (it.name, &it.value, &it.value_until_restart);
                format!("{name}: {value} (at restart; now {now})")
            })
            .collect();
        vec![
            ("Service Name", self.name.into()),
            ("Status", self.status.as_str().into()),
            (
                "Activation Status",
                if self.activated {
                    "Activated"
                } else {
                    "Deactivated"
                }
                .into(),
            ),
            (
                "Start Time",
                of_nodes(&|node| node.since.to_string()).into(),
            ),
            (
                "Up Time (in seconds)",
                of_nodes(&|node| node.up_seconds.to_string()).into(),
            ),
            ("Addresses", of_nodes(&addresses).into()),
            ("Sessions", count(self.sessions)),
            ("Sessions That Wait for a CA", count(self.held)),
            ("Version", of_nodes(&|node| node.version.clone()).into()),
            ("Pending Parameters", some(pending.join("; ")).into()),
        ]
    }
}

fn some(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

fn count(count: usize) -> Cell {
    i64::try_from(count).unwrap_or(i64::MAX).into()
}
