use std::num::NonZeroU32;

use capf::admin::report::SortBy;
use capf::admin::{self, Installation};
use capf::model::{Criterion, SearchName};
use clap::builder::TypedValueParser;

use crate::command_error::{CommandError, Completion};
use crate::commands::criteria::Criteria;
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
  capf phone find --where 'lsc-expires is-before 2027-01-31' --sort lsc-expires
  capf phone find --where 'lsc-expires is-before 30d' --save 'expires soon'
  capf phone find --saved 'expires soon' --where 'Description begins with Zurich'")]
pub(crate) struct Find {
    #[command(flatten)]
    criteria: Criteria,

    /// Save the criteria under this name
    ///
    /// `--saved` takes them from there, here and in other commands. A search that is saved under the
    /// name is replaced only after a question, or with `--yes`.
    #[arg(long, value_name = "SEARCH")]
    save: Option<SearchName>,

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
        let criteria = self.criteria.resolve(&installation).await?;
        if let Some(name) = &self.save {
            save(context, &installation, name, &criteria).await?;
        }
        let (page, limit) = (self.page.get(), self.rows.get());
        let found =
            admin::report::find(&installation, criteria, self.sort, self.desc, page, limit).await?;
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

/// Saves the criteria, and asks before others are replaced.
async fn save(
    context: &Context,
    installation: &Installation,
    name: &SearchName,
    criteria: &[Criterion],
) -> Result<(), CommandError> {
    let ui = &context.ui;
    if criteria.is_empty() {
        return Err(CommandError::usage("there are no criteria to save")
            .hint("Give at least one with --where or --saved."));
    }
    if !admin::saved_search::save(installation, name, criteria, ui.says_yes()).await? {
        ui.confirm(&format!(
            "This operation will replace the saved search `{name}`."
        ))?;
        admin::saved_search::save(installation, name, criteria, true).await?;
    }
    ui.note(&format!("Saved the search `{name}`."));
    Ok(())
}

/// Reads a column's name; completions and help show the short ones.
fn sort_by() -> impl TypedValueParser<Value = SortBy> {
    words_of(SortBy::options())
}
