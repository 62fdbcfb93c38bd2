//! The names of parameters on the command line.

use std::ffi::OsStr;

use capf::model::{AbsentParameter, Parameter};
use clap::builder::{PossibleValue, TypedValueParser};
use clap::error::ErrorKind;

use crate::command_error::CommandError;
use crate::words::{Words, words};

/// Reads a parameter's name: Cisco's, in any case, or the short one that completions offer. Of one
/// that capf does not have it says why.
#[derive(Clone)]
pub(super) struct ParameterName(Words<Parameter>);

pub(super) fn parameter() -> ParameterName {
    ParameterName(words(Parameter::ALL, Parameter::option))
}

impl TypedValueParser for ParameterName {
    type Value = Parameter;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<Parameter, clap::Error> {
        if let Some(absent) = AbsentParameter::named(&value.to_string_lossy()) {
            let message = format!("{}\n", why_absent(absent));
            return Err(clap::Error::raw(ErrorKind::InvalidValue, message).with_cmd(command));
        }
        self.0.parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        self.0.possible_values()
    }
}

/// Reads a parameter's name where clap does not.
pub(super) fn named(name: &str) -> Result<Parameter, CommandError> {
    if let Some(absent) = AbsentParameter::named(name) {
        return Err(CommandError::usage(why_absent(absent)));
    }
    name.parse().map_err(|_| {
        CommandError::usage(format!("`{name}` is no parameter"))
            .hint("`capf parameter list` lists them.")
    })
}

fn why_absent(absent: &AbsentParameter) -> String {
    format!("capf has no parameter `{}`: {}", absent.name, absent.reason)
}

/// What is said of Cisco's parameters that are not here.
pub(super) fn absent_parameters() -> String {
    let lines = AbsentParameter::ALL
        .iter()
        .map(|absent| format!("  {}: {}", absent.name, absent.reason));
    ["Parameters of Unified CM that capf does not have:".to_owned()]
        .into_iter()
        .chain(lines)
        .collect::<Vec<_>>()
        .join("\n")
}
