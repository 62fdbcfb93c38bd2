mod history;
mod list;
mod name;
mod reset;
mod set;
mod show;

use capf::admin::parameter::ParameterView;
use capf::report::{Cell, Column};

use crate::command_error::{CommandError, Completion};
use crate::context::Context;
use crate::ui::{Record, Ui};
use name::absent_parameters;

/// Service and enterprise parameters, by their Cisco names
///
/// Cisco's parameters take effect when the service is restarted. Here most take effect at once or
/// with the next session, and `capf parameter show` says for each which it is.
#[derive(Debug, clap::Subcommand)]
#[command(after_long_help = absent_parameters())]
pub(crate) enum Command {
    List(list::List),
    Show(show::Show),
    Set(set::Set),
    Reset(reset::Reset),
    History(history::History),
}

impl Command {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        match self {
            Self::List(command) => command.run(context).await,
            Self::Show(command) => command.run(context).await,
            Self::Set(command) => command.run(context).await,
            Self::Reset(command) => command.run(context).await,
            Self::History(command) => command.run(context).await,
        }
    }
}

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
    Column {
        key: "status",
        label: "Status",
    },
    Column {
        key: "value_until_restart",
        label: "Value until Restart",
    },
];

/// Shows one parameter whole, and several as a list.
pub(super) fn show(ui: &Ui, parameters: &[ParameterView]) -> Result<(), CommandError> {
    let [parameter] = parameters else {
        return show_list(ui, parameters);
    };
    ui.show(parameter)?;
    say_if_pending(ui, parameters);
    Ok(())
}

fn show_list(ui: &Ui, parameters: &[ParameterView]) -> Result<(), CommandError> {
    let rows = parameters.iter().map(|parameter| {
        vec![
            parameter.name.as_str().into(),
            parameter.value.as_str().into(),
            parameter.default.into(),
            parameter.scope.as_str().into(),
            parameter.status.as_str().into(),
            parameter.value_until_restart.as_deref().into(),
        ]
    });
    ui.list(COLUMNS, rows)?;
    say_if_pending(ui, parameters);
    Ok(())
}

fn say_if_pending(ui: &Ui, parameters: &[ParameterView]) {
    let is_pending = |parameter: &ParameterView| parameter.value_until_restart.is_some();
    if parameters.iter().any(is_pending) {
        ui.note(
            "The service that runs takes the new value when it restarts: `capf service restart`.",
        );
    }
}

impl Record for ParameterView {
    fn fields(&self) -> Vec<(&'static str, Cell)> {
        vec![
            ("Parameter Name", self.name.as_str().into()),
            ("Parameter Value", self.value.as_str().into()),
            (
                "Value until Restart",
                self.value_until_restart.as_deref().into(),
            ),
            ("Suggested Value", self.default.into()),
            ("Takes", self.takes.as_str().into()),
            ("Takes Effect", self.takes_effect.as_str().into()),
            ("Parameter Type", self.scope.as_str().into()),
            ("Status", self.status.as_str().into()),
            ("Known from", self.origin.into()),
            ("Help", self.help.into()),
        ]
    }
}
