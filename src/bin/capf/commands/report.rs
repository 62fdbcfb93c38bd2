mod html;

use std::io::Write;
use std::path::PathBuf;

use capf::admin::Installation;
use capf::admin::report::{Layout, Listing, PhoneColumn};
use capf::whole_file::WholeFile;
use tokio_util::sync::CancellationToken;

use super::criteria::Criteria;
use super::layout;
use super::local_file::may_replace;
use crate::command_error::{CommandError, Completion};
use crate::context::Context;
use crate::interrupt::stop_on_signal;
use crate::ui::Rows;

/// Report on phones, their settings, operations and LSCs
///
/// The CAPF report. With `--format csv` it is Unified CM's "CAPF Report in File", which `capf phone
/// import` takes. Criteria are those of `capf phone find`. Where there is no LSC, LSC Issued by, LSC
/// Expires and LSC Issuer Expires by are `NA`; the last is `Unknown` where the issuer is not in
/// CAPF-trust. In JSON all that is null.
///
/// With `--format html` it is a page for a browser and for paper: how many phones hold LSCs, when
/// those expire, what failed and why; and a list of up to 5000 phones, the failed ones first, then
/// those whose LSC has expired or expires next. It is one file, which fetches nothing. No
/// authentication string is in it, so others may read it, as far as the umask lets them.
///
/// A file appears under its name when it is complete, and, unless it is a page, its owner alone may
/// read it: it shows the authentication strings. One that exists is replaced only after a question,
/// or with `--yes`. A report that is broken off (Ctrl-C) leaves no file.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  capf report --format csv --output report.csv
  capf report --format csv --delimiter ';' --bom --output report-for-excel.csv
  capf report --where 'lsc-expires is-before 30d' --columns name,description,lsc_expires
  capf report --format jsonl | jq -r 'select(.lsc_expires == null) | .name'
  capf report --with-lsc --format csv --output phones.csv; capf --data-dir other phone import phones.csv")]
pub(crate) struct Report {
    #[command(flatten)]
    criteria: Criteria,

    /// Add the LSCs themselves
    ///
    /// As the base64 of their DER, in a last column. `capf phone import` of such a report makes all
    /// that is reported known to another installation; so it shows the authentication strings too.
    #[arg(long)]
    with_lsc: bool,

    /// Write the report to this file
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,

    #[command(flatten)]
    layout: layout::Layout,
}

impl Report {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        if context.wants_page() {
            html::write_page(context, &self).await?;
            return Ok(Completion::Done);
        }
        let ui = &context.ui;
        let is_for_few = self.with_lsc || self.output.is_some();
        let mut layout = self.layout.resolve(PhoneColumn::of_report(), is_for_few)?;
        if self.with_lsc && !layout.columns.contains(&PhoneColumn::lsc()) {
            layout.columns.push(PhoneColumn::lsc());
        }
        let (columns, dialect) = (layout.names(), self.layout.dialect());
        let installation = context.installation().await?;
        let criteria = self.criteria.resolve(&installation).await?;
        let listing = Listing {
            criteria,
            ..Listing::default()
        };
        if let Some(path) = self.output {
            let replace = may_replace(context, &path)?;
            // Authentication strings are in what is written so far, under a name that nobody sees.
            let stop = stop_on_signal()?;
            let file = WholeFile::create_private(&path, replace)?;
            let rows = ui.rows_into(file, &columns, dialect)?;
            write(rows, &installation, listing, &layout, &stop)
                .await?
                .commit()?;
        } else {
            let (rows, unstoppable) = (ui.rows_in(dialect, &columns)?, CancellationToken::new());
            write(rows, &installation, listing, &layout, &unstoppable).await?;
        }
        Ok(Completion::Done)
    }
}

async fn write<W: Write>(
    mut rows: Rows<W>,
    installation: &Installation,
    listing: Listing,
    columns: &Layout,
    stop: &CancellationToken,
) -> Result<W, CommandError> {
    layout::write_all(&mut rows, installation, listing, columns, stop).await?;
    Ok(rows.finish()?)
}
