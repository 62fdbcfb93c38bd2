use std::path::PathBuf;

use crate::cli;
use crate::command_error::{CommandError, Completion};

/// Write the man pages into a directory
///
/// One page a command, in section 1; the directory is made where it is missing.
#[derive(Debug, clap::Args)]
pub(crate) struct Man {
    /// The directory, /usr/local/share/man/man1 for example
    dir: PathBuf,
}

impl Man {
    pub(super) fn run(self) -> Result<Completion, CommandError> {
        std::fs::create_dir_all(&self.dir)
            .and_then(|()| clap_mangen::generate_to(cli::command(), &self.dir))
            .map_err(|error| {
                CommandError::failed(format!("{} cannot be written: {error}", self.dir.display()))
            })?;
        Ok(Completion::Done)
    }
}
