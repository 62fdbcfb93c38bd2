use std::io;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use crate::command_error::{CommandError, Completion};
use crate::ui::Ui;

/// Make the link `utils`, under which capf takes Unified CM's commands
///
/// Where DIR is in the search path, `utils capf csr count` works as on Unified CM. A file that is
/// there already stays as it is.
#[derive(Debug, clap::Args)]
pub(crate) struct Link {
    /// The directory for the link, /usr/local/bin for example
    dir: PathBuf,
}

impl Link {
    pub(super) fn run(self, ui: &Ui) -> Result<Completion, CommandError> {
        let link = self.dir.join("utils");
        let failed = |error: io::Error| {
            CommandError::failed(format!("{} cannot be made: {error}", link.display()))
        };
        let program = std::env::current_exe().map_err(failed)?;
        match symlink(&program, &link) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                if std::fs::read_link(&link).is_ok_and(|target| target == program) {
                    ui.note(&format!("{} is there already.", link.display()));
                    return Ok(Completion::Done);
                }
                Err(failed(error)
                    .hint("Remove it first if it is not needed, or choose another directory."))
            }
            Err(error) => Err(failed(error)),
            Ok(()) => {
                ui.note(&format!("Made {}.", link.display()));
                Ok(Completion::Done)
            }
        }
    }
}
