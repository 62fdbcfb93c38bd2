use capf::admin::{self, Installation};
use capf::model::{Criterion, SearchName};

use crate::command_error::CommandError;

/// What phones must meet, wherever they are searched for; without any of these options all do.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Criteria {
    /// Only phones that meet this criterion; given several times, all of them (see `capf phone find`)
    #[arg(long = "where", value_name = "CRITERION")]
    criteria: Vec<Criterion>,

    /// Only phones that meet the criteria of this saved search, too (see `capf saved-search`)
    #[arg(long, value_name = "SEARCH")]
    saved: Option<SearchName>,
}

impl Criteria {
    /// The criteria, those of the saved search among them.
    pub(super) async fn resolve(
        &self,
        installation: &Installation,
    ) -> Result<Vec<Criterion>, CommandError> {
        let mut criteria = match &self.saved {
            Some(name) => {
                admin::saved_search::show(installation, name)
                    .await?
                    .criteria
            }
            None => Vec::new(),
        };
        criteria.extend(self.criteria.iter().cloned());
        Ok(criteria)
    }
}
