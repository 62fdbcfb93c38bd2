mod list;
mod reset;
mod set;
mod show;

use capf::admin::parameter::ParameterView;
use capf::model::Parameter;
use capf::report::Cell;

use crate::command_error::{CommandError, Completion};
use crate::context::Context;
use crate::ui::Record;
use crate::words::{Words, words};

/// Service and enterprise parameters, by their Cisco names
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    List(list::List),
    Show(show::Show),
    Set(set::Set),
    Reset(reset::Reset),
}

impl Command {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        match self {
            Self::List(command) => command.run(context).await,
            Self::Show(command) => command.run(context).await,
            Self::Set(command) => command.run(context).await,
            Self::Reset(command) => command.run(context).await,
        }
    }
}

/// Reads a parameter's name: Cisco's, in any case, or the short one that completions offer.
fn parameter() -> Words<Parameter> {
    words(Parameter::ALL, Parameter::option)
}

impl Record for ParameterView {
    fn fields(&self) -> Vec<(&'static str, Cell)> {
        vec![
            ("Parameter Name", self.name.as_str().into()),
            ("Parameter Value", self.value.as_str().into()),
            ("Suggested Value", self.default.into()),
            ("Takes", takes(self.name).into()),
            ("Parameter Type", self.scope.as_str().into()),
            ("Help", self.name.help().into()),
        ]
    }
}

/// The values that a parameter takes, for a person.
fn takes(parameter: Parameter) -> String {
    use capf::model::ParameterKind;
    match parameter.kind() {
        ParameterKind::Integer { min, max } => format!("{min} to {max}"),
        ParameterKind::Choice(words) => words.join(", "),
    }
}
