use std::num::NonZeroU32;

use capf::admin;
use capf::admin::report::SortBy;
use capf::model::Criterion;
use clap::builder::TypedValueParser;

use crate::command_error::{CommandError, Completion};
use crate::context::Context;
use crate::ui::counted;
use crate::words::words_of;

/// Find and list phones
///
/// Without a criterion all phones are listed. A criterion is one argument, `FIELD PATTERN [TEXT]`,
/// in the words of Unified CM's Find and List Phones window, in any case, with spaces or hyphens;
/// phones are listed that meet all of them.
///
/// Fields: Device Name, Description, Device Type, Security Profile, Authentication String,
/// Authentication Mode, LSC Status, LSC Expires, LSC Issued by, LSC Issuer Expires by.
/// Patterns: begins with, contains, is exactly, ends with, is empty, is not empty; for the two
/// dates is before, is exactly, is after, is empty, is not empty.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  capf phone find --where 'LSC Status begins with Upgrade Failed'
  capf phone find --where 'authentication-string is-exactly 12345'
  capf phone find --where 'lsc-expires is-before 2027-01-31' --sort lsc-expires")]
pub(crate) struct Find {
    /// List phones that meet this criterion
    #[arg(long = "where", value_name = "CRITERION")]
    criteria: Vec<Criterion>,

    /// Sort by this field
    #[arg(
        long,
        value_name = "FIELD",
        default_value = "device-name",
        value_parser = sort_by()
    )]
    sort: SortBy,

    /// Sort downwards
    #[arg(long)]
    desc: bool,

    /// Show this page
    #[arg(long, value_name = "N", default_value = "1")]
    page: NonZeroU32,

    /// Rows per page
    #[arg(long, value_name = "N", default_value = "50")]
    rows: NonZeroU32,
}

impl Find {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let installation = context.installation().await?;
        let (page, limit) = (self.page.get(), self.rows.get());
        let found = admin::report::find(
            &installation,
            self.criteria,
            self.sort,
            self.desc,
            page,
            limit,
        )
        .await?;
        let first = u64::from(page - 1) * u64::from(limit) + 1;
        let last = first + (found.rows.len() as u64).saturating_sub(1);
        let phones = counted(found.total, "phone");
        let place = match (found.total, found.rows.is_empty()) {
            (0, _) => "No phone was found.".to_owned(),
            (_, true) => format!("This page is empty; {phones} were found."),
            (_, false) => format!("{first} to {last} of {phones}."),
        };
        context
            .ui
            .list(&admin::report::list_columns(), found.rows)?;
        context.ui.note(&place);
        Ok(Completion::Done)
    }
}

/// Reads a column's name; completions and help show the short ones.
fn sort_by() -> impl TypedValueParser<Value = SortBy> {
    words_of(SortBy::options())
}
