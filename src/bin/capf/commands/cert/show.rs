use std::path::Path;

use capf::admin::{Description, describe};
use capf::report::Cell;

use crate::command_error::{CommandError, Completion};
use crate::commands::local_file::LocalFile;
use crate::ui::{Record, Ui};

/// Show a certificate or a certificate signing request
///
/// Any certificate or CSR, in PEM or DER. Of a file that holds several the first is shown.
#[derive(Debug, clap::Args)]
pub(crate) struct Show {
    /// The file, or `-` for standard input
    #[arg(value_hint = clap::ValueHint::FilePath)]
    file: LocalFile,
}

impl Show {
    pub(super) fn run(self, ui: &Ui) -> Result<Completion, CommandError> {
        let name = self.file.to_string();
        let found = describe(self.file.open()?, Path::new(&name))?;
        if let [first, rest @ ..] = &found[..] {
            ui.show(first)?;
            if !rest.is_empty() {
                ui.warning(&format!("{name} holds {} more, not shown.", rest.len()));
            }
        }
        Ok(Completion::Done)
    }
}

impl Record for Description {
    fn fields(&self) -> Vec<(&'static str, Cell)> {
        Description::fields(self)
    }
}
