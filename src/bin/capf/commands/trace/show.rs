use capf::admin;
use capf::report::Cell;
use capf::trace::TraceName;
use serde::Serialize;

use crate::cli::Format;
use crate::command_error::{CommandError, Completion};
use crate::context::Context;
use crate::ui::Record;

/// Show a trace
///
/// A certificate that a Troubleshoot fetched is shown with what is in it, and as PEM, which
/// `openssl x509` reads from the whole text.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  capf trace show SEP001122334455-LSC
  capf trace show SEP001122334455-LSC | openssl x509 -noout -text")]
pub(crate) struct Show {
    /// The trace, as `capf trace list` names it
    name: TraceName,
}

/// A trace with its text.
#[derive(Serialize)]
struct Trace {
    name: String,
    device: String,
    r#type: &'static str,
    text: String,
}

impl Show {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let installation = context.installation().await?;
        let text = admin::trace::show(&installation, &self.name)?;
        if context.ui.format() == Format::Table {
            for line in text.lines() {
                context.ui.line(line)?;
            }
        } else {
            context.ui.show(&Trace {
                name: self.name.to_string(),
                device: self.name.device.to_string(),
                r#type: self.name.kind.as_str(),
                text,
            })?;
        }
        Ok(Completion::Done)
    }
}

impl Record for Trace {
    fn fields(&self) -> Vec<(&'static str, Cell)> {
        vec![
            ("Trace", self.name.as_str().into()),
            ("Device Name", self.device.as_str().into()),
            ("Type", self.r#type.into()),
            ("Text", self.text.as_str().into()),
        ]
    }
}
