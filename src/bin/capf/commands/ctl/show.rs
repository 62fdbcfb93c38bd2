use capf::admin::ctl::{CtlView, RecordView};
use capf::report::Cell;

use super::{read_file, warn_of_signature};
use crate::cli::Format;
use crate::command_error::{CommandError, Completion};
use crate::commands::local_file::LocalFile;
use crate::ui::{Record, Ui};

/// Show what is in a CTL or ITL file
///
/// The header, each record, and whether the signature holds by the certificate that the signer has
/// in the file. The roles are Cisco's. MD5 and SHA-1 of the whole file are there, too: a phone shows
/// one of them for the file that it holds, under Trust List or Security Configuration. Fields that
/// are not known are shown with their tag, in hexadecimal.
///
/// With `--format json` it is one object with its `records`; with `--format csv`, the records alone.
#[derive(Debug, clap::Args)]
pub(crate) struct Show {
    /// The file, or `-` for standard input
    file: LocalFile,
}

impl Show {
    pub(super) fn run(self, ui: &Ui) -> Result<Completion, CommandError> {
        let file = read_file(&self.file)?;
        let view = CtlView::of(&file)
            .map_err(|error| CommandError::failed(format!("{}: {error}", self.file)))?;
        match ui.format() {
            Format::Json | Format::Jsonl => ui.json(&view)?,
            Format::Csv => {
                let rows = view.records.iter().map(RecordView::cells);
                ui.list(RecordView::COLUMNS, rows)?;
            }
            Format::Table => {
                ui.show(&view)?;
                for record in &view.records {
                    ui.line("")?;
                    ui.show(record)?;
                }
            }
        }
        warn_of_signature(ui, view.signature_problem.as_ref());
        Ok(Completion::Done)
    }
}

impl Record for CtlView {
    fn fields(&self) -> Vec<(&'static str, Cell)> {
        CtlView::fields(self)
    }
}

impl Record for RecordView {
    fn fields(&self) -> Vec<(&'static str, Cell)> {
        let labels = RecordView::COLUMNS.iter().map(|column| column.label);
        labels
            .zip(self.cells())
            .filter(|(_, cell)| *cell != Cell::Empty)
            .collect()
    }
}
