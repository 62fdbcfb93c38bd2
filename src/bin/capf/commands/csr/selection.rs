use capf::admin::Installation;
use capf::admin::csr::CsrSelection;
use capf::model::{InvalidTime, parse_past_time};
use jiff::Timestamp;

use crate::command_error::CommandError;
use crate::commands::criteria::Criteria;

/// Which of the requests that wait for a certificate; without any of these options all.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Selection {
    /// Take only CSRs that were not dumped before
    #[arg(long)]
    only_new: bool,

    /// Take only CSRs whose keys have arrived since then
    ///
    /// 2027-01-31, 2027-01-31T18:00 (UTC), or how long ago: 90m, 36h, 10d.
    #[arg(long, value_name = "TIME", value_parser = past_time)]
    since: Option<String>,

    #[command(flatten)]
    criteria: Criteria,
}

impl Selection {
    /// The requests, for the library.
    pub(super) async fn resolve(
        self,
        installation: &Installation,
        now: Timestamp,
    ) -> Result<CsrSelection, CommandError> {
        Ok(CsrSelection {
            only_new: self.only_new,
            since: self
                .since
                .map(|since| parse_past_time(&since, now))
                .transpose()?,
            criteria: self.criteria.resolve(installation).await?,
        })
    }
}

/// Checks a time that is not yet counted back from now.
fn past_time(text: &str) -> Result<String, InvalidTime> {
    // Late enough for every duration that makes sense.
    parse_past_time(text, Timestamp::MAX)?;
    Ok(text.to_owned())
}
