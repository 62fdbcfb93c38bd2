use std::num::NonZeroU32;

use capf::admin::phone::Selection;
use capf::admin::report::{Layout, Listing, PhoneColumn, SortBy};
use capf::admin::{self, Installation};
use capf::model::{Criterion, SearchName};
use clap::builder::TypedValueParser;
use tokio_util::sync::CancellationToken;

use crate::command_error::{CommandError, Completion};
use crate::commands::criteria::Criteria;
use crate::commands::layout;
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
/// dates is before, is exactly, is after, is empty, is not empty. A date is 2027-01-31, or how long
/// from now or ago: 30d. Where there is no LSC, its fields are empty, and `NA` in the list; when an
/// issuer expires that is not in CAPF-trust is empty too, and `Unknown` in the list.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  capf phone find --where 'LSC Status begins with Upgrade Failed'
  capf phone find --where 'authentication-string is-exactly 12345'
  capf phone find --where 'lsc-expires is-before 2027-01-31' --sort lsc-expires
  capf phone find --where 'lsc-expires is-before 30d' --save 'expires soon'
  capf phone find --saved 'expires soon' --where 'Description begins with Zurich'
  capf phone find --all --columns name,authentication_string --format csv")]
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

    /// List every phone that is found, instead of a page
    #[arg(long, conflicts_with_all = ["page", "rows"])]
    all: bool,

    #[command(flatten)]
    layout: layout::Layout,
}

impl Find {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let layout = self.layout.resolve(PhoneColumn::of_list(), false)?;
        let installation = context.installation().await?;
        let criteria = self.criteria.resolve(&installation).await?;
        if let Some(name) = &self.save {
            save(context, &installation, name, &criteria).await?;
        }
        let listing = Listing {
            criteria,
            sort: self.sort,
            descending: self.desc,
        };
        if self.all {
            self.list_all(context, &installation, listing, &layout)
                .await?;
        } else {
            self.list_page(context, &installation, listing, &layout)
                .await?;
        }
        Ok(Completion::Done)
    }

    async fn list_all(
        &self,
        context: &Context,
        installation: &Installation,
        listing: Listing,
        columns: &Layout,
    ) -> Result<(), CommandError> {
        let mut rows = context
            .ui
            .rows_in(self.layout.dialect(), &columns.names())?;
        let unstoppable = CancellationToken::new();
        let total =
            layout::write_all(&mut rows, installation, listing, columns, &unstoppable).await?;
        rows.finish()?;
        context.ui.note(&match total {
            0 => "No phone was found.".to_owned(),
            _ => format!("{}.", counted(total, "phone")),
        });
        Ok(())
    }

    async fn list_page(
        &self,
        context: &Context,
        installation: &Installation,
        listing: Listing,
        layout: &Layout,
    ) -> Result<(), CommandError> {
        let (page, limit) = (self.page.get(), self.rows.get());
        let criteria = listing.criteria.clone();
        let found = admin::report::page(installation, listing, layout, page, limit).await?;
        let mut rows = context.ui.rows_in(self.layout.dialect(), &layout.names())?;
        for cells in &found {
            rows.row(cells)?;
        }
        rows.finish()?;
        // The rows are there to be read while the others are counted, which takes longer.
        if context.ui.is_quiet() {
            return Ok(());
        }
        let total = admin::phone::count(installation, &Selection::Matching(criteria)).await?;
        let first = u64::from(page - 1) * u64::from(limit) + 1;
        let last = first + (found.len() as u64).saturating_sub(1);
        let phones = counted(total, "phone");
        context.ui.note(&match (total, found.is_empty()) {
            (0, _) => "No phone was found.".to_owned(),
            (_, true) => format!("This page is empty; {phones} were found."),
            (_, false) => format!("{first} to {last} of {phones}."),
        });
        Ok(())
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
