use capf::admin;
use capf::admin::{DeviceNames, Installation};

use crate::command_error::CommandError;
use crate::commands::criteria::Criteria;

/// The phones that `phone set` works on: named, searched for, or all.
#[derive(Clone, Debug, clap::Args)]
#[group(required = true, multiple = true, args = ["names", "criteria", "saved", "all"])]
pub(super) struct Selection {
    /// The phones, by name or as a range SEP000000000001..SEP000000000032
    #[arg(value_name = "NAME", conflicts_with_all = ["criteria", "saved", "all"])]
    names: Vec<DeviceNames>,

    #[command(flatten)]
    criteria: Criteria,

    /// All phones
    #[arg(long, conflicts_with_all = ["criteria", "saved"])]
    all: bool,
}

impl Selection {
    /// Whether the phones are not named one by one.
    pub(super) fn is_search(&self) -> bool {
        self.names.is_empty()
    }

    /// The phones, for the library.
    pub(super) async fn resolve(
        self,
        installation: &Installation,
    ) -> Result<admin::phone::Selection, CommandError> {
        Ok(if self.names.is_empty() {
            admin::phone::Selection::Matching(self.criteria.resolve(installation).await?)
        } else {
            admin::phone::Selection::Named(DeviceNames::expand(&self.names)?)
        })
    }
}
