mod html;

use std::io::Write;
use std::path::PathBuf;

use capf::admin::report::Contents;
use capf::admin::{self, AdminError, Installation};
use capf::model::Criterion;
use capf::whole_file::WholeFile;
use tokio_util::sync::CancellationToken;

use super::local_file::may_replace;
use crate::command_error::{CommandError, Completion};
use crate::context::Context;
use crate::interrupt::stop_on_signal;
use crate::ui::Rows;

/// Report on phones, their settings, operations and LSCs
///
/// The CAPF report. With `--format csv` it is Unified CM's "CAPF Report in File". It shows the
/// authentication strings. Criteria are those of `capf phone find`.
///
/// With `--format html` it is a page for a browser and for paper: how many phones hold LSCs, when
/// those expire, what failed and why; and a list of up to 5000 phones, the failed ones first, then
/// those whose LSC has expired or expires next. It is one file, which fetches nothing. No
/// authentication string is in it, so others may read it, as far as the umask lets them.
///
/// A file appears under its name when it is complete, and, unless it is a page, its owner alone may
/// read it; one that exists is replaced only after a question, or with `--yes`. A report that is
/// broken off (Ctrl-C) leaves no file.
#[derive(Debug, clap::Args)]
pub(crate) struct Report {
    /// Report on phones that meet this criterion
    #[arg(long = "where", value_name = "CRITERION")]
    criteria: Vec<Criterion>,

    /// Add the LSCs themselves
    ///
    /// As the base64 of their DER, in a last column. `capf phone import` of such a report makes all
    /// that is reported known to another installation.
    #[arg(long)]
    with_lsc: bool,

    /// Write the report to this file
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Report {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        if context.wants_page() {
            html::write_page(context, &self).await?;
            return Ok(Completion::Done);
        }
        let ui = &context.ui;
        let installation = context.installation().await?;
        let contents = if self.with_lsc {
            Contents::WithLsc
        } else {
            Contents::Facts
        };
        let columns = admin::report::columns(contents);
        if let Some(path) = self.output {
            let replace = may_replace(context, &path)?;
            // Authentication strings are in what is written so far, under a name that nobody sees.
            let stop = stop_on_signal()?;
            let file = WholeFile::create_private(&path, replace)?;
            let rows = ui.rows_into(file, &columns)?;
            write(rows, &installation, self.criteria, contents, &stop)
                .await?
                .commit()?;
        } else {
            let (rows, unstoppable) = (ui.rows(&columns)?, CancellationToken::new());
            write(rows, &installation, self.criteria, contents, &unstoppable).await?;
        }
        Ok(Completion::Done)
    }
}

async fn write<W: Write>(
    mut rows: Rows<W>,
    installation: &Installation,
    criteria: Vec<Criterion>,
    contents: Contents,
    stop: &CancellationToken,
) -> Result<W, CommandError> {
    admin::report::each(installation, criteria, contents, |cells| {
        if stop.is_cancelled() {
            return Err(CommandError::from(AdminError::Stopped));
        }
        Ok(rows.row(cells)?)
    })
    .await?;
    Ok(rows.finish()?)
}
