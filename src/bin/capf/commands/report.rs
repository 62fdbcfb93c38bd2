use std::io::Write;
use std::path::PathBuf;

use capf::admin::{self, Installation};
use capf::model::Criterion;
use capf::whole_file::WholeFile;

use super::local_file::may_replace;
use crate::command_error::{CommandError, Completion};
use crate::context::Context;
use crate::ui::Rows;

/// Report on phones, their settings, operations and LSCs
///
/// The CAPF report. With `--format csv` it is Unified CM's "CAPF Report in File". It shows the
/// authentication strings. Criteria are those of `capf phone find`.
///
/// A file appears under its name when it is complete, and its owner alone may read it; one that
/// exists is replaced only after a question, or with `--yes`.
#[derive(Debug, clap::Args)]
pub(crate) struct Report {
    /// Report on phones that meet this criterion
    #[arg(long = "where", value_name = "CRITERION")]
    criteria: Vec<Criterion>,

    /// Write the report to this file
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Report {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let ui = &context.ui;
        let installation = context.installation().await?;
        let columns = admin::report::columns();
        if let Some(path) = self.output {
            let replace = may_replace(context, &path)?;
            let file = WholeFile::create_private(&path, replace)?;
            let rows = ui.rows_into(file, &columns)?;
            write(rows, &installation, self.criteria).await?.commit()?;
        } else {
            write(ui.rows(&columns)?, &installation, self.criteria).await?;
        }
        Ok(Completion::Done)
    }
}

async fn write<W: Write>(
    mut rows: Rows<W>,
    installation: &Installation,
    criteria: Vec<Criterion>,
) -> Result<W, CommandError> {
    admin::report::each(installation, criteria, |cells| {
        rows.row(cells).map_err(CommandError::from)
    })
    .await?;
    Ok(rows.finish()?)
}
