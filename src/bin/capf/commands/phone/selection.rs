use capf::admin;
use capf::admin::DeviceNames;
use capf::model::Criterion;

use crate::command_error::CommandError;

/// The phones that `phone set` works on: named, searched for, or all.
#[derive(Clone, Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub(super) struct Selection {
    /// The phones, by name or as a range SEP000000000001..SEP000000000032
    #[arg(value_name = "NAME")]
    names: Vec<DeviceNames>,

    /// All phones that meet this criterion; given several times, all of them (see `capf phone find`)
    #[arg(long = "where", value_name = "CRITERION")]
    criteria: Vec<Criterion>,

    /// All phones
    #[arg(long)]
    all: bool,
}

impl Selection {
    /// Whether the phones are not named one by one.
    pub(super) fn is_search(&self) -> bool {
        self.names.is_empty()
    }

    /// The phones, for the library.
    pub(super) fn resolve(self) -> Result<admin::phone::Selection, CommandError> {
        Ok(if self.names.is_empty() {
            admin::phone::Selection::Matching(self.criteria)
        } else {
            admin::phone::Selection::Named(DeviceNames::expand(&self.names)?)
        })
    }
}
