mod build;
mod show;
mod verify;

use std::path::Path;

use capf::admin::ctl::{BadCtlSignature, CtlFile, InvalidNow, read};

use super::local_file::LocalFile;
use crate::command_error::{CommandError, Completion};
use crate::context::Context;
use crate::ui::Ui;

/// CTL and ITL files, by which phones know whom to trust
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Show(show::Show),
    Verify(verify::Verify),
    Build(Box<build::Build>),
}

impl Command {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        match self {
            Self::Show(command) => command.run(&context.ui),
            Self::Verify(command) => command.run(context).await,
            Self::Build(command) => command.run(context).await,
        }
    }
}

fn read_file(file: &LocalFile) -> Result<CtlFile, CommandError> {
    Ok(read(file.open()?, Path::new(&file.to_string()))?)
}

/// Warns of a signature that is not good.
fn warn_of_signature(ui: &Ui, problem: Option<&BadCtlSignature>) {
    let Some(problem) = problem else { return };
    let remark = match problem {
        BadCtlSignature::DoesNotHold => {
            " Which bytes it covers is not published. What is assumed here holds for files that `capf \
             ctl build` makes, and has not been proved on one from Unified CM."
        }
        _ => "",
    };
    ui.warning(&format!("The signature is not good: {problem}.{remark}"));
}

/// Warns of certificates that are not valid now.
fn warn_of_invalid(ui: &Ui, certificates: &[InvalidNow]) {
    for InvalidNow {
        record,
        role,
        subject,
        problem,
    } in certificates
    {
        let role = role.as_deref().unwrap_or("no role");
        let subject = subject.as_deref().unwrap_or("no subject");
        ui.warning(&format!(
            "Record {record} ({role}, `{subject}`): {problem}."
        ));
    }
}
