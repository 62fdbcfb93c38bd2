//! The report as a page.

use std::io::Write;

use capf::admin::{AdminError, Installation, report_page};
use capf::model::Criterion;
use capf::whole_file::WholeFile;
use tokio_util::sync::CancellationToken;

use super::{Report, may_replace};
use crate::command_error::CommandError;
use crate::context::Context;
use crate::interrupt::stop_on_signal;

/// Writes the page to the file, or to standard output.
pub(super) async fn write_page(context: &Context, report: &Report) -> Result<(), CommandError> {
    let Report {
        criteria,
        with_lsc,
        output,
        layout,
    } = report;
    if layout.chooses_columns() {
        return Err(CommandError::usage("a page has columns of its own")
            .hint("Leave out --columns, or give --format csv."));
    }
    if *with_lsc {
        return Err(
            CommandError::usage("a page does not hold the LSCs themselves")
                .hint("Leave out --with-lsc, or give --format csv."),
        );
    }
    let installation = context.installation().await?;
    let criteria = &criteria.resolve(&installation).await?;
    let Some(path) = output else {
        let unstoppable = CancellationToken::new();
        return write(&installation, criteria, context.ui.raw(), &unstoppable)
            .await
            .map(drop);
    };
    let replace = may_replace(context, path)?;
    let stop = stop_on_signal()?;
    // No authentication string is in it: who may read it is for the umask to say.
    let file = WholeFile::create(path, replace)?;
    Ok(write(&installation, criteria, file, &stop)
        .await?
        .commit()?)
}

async fn write<W: Write>(
    installation: &Installation,
    criteria: &[Criterion],
    out: W,
    stop: &CancellationToken,
) -> Result<W, CommandError> {
    report_page::write(installation, criteria, out, || {
        if stop.is_cancelled() {
            return Err(CommandError::from(AdminError::Stopped));
        }
        Ok(())
    })
    .await
}
