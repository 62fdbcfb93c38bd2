//! Criteria that are kept under a name, to be used again.

use super::{AdminError, Installation};
use crate::model::{Criterion, SavedSearch, SearchName};

/// What came of deleting saved searches.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct DeletedSearches {
    /// How many were deleted.
    pub deleted: u64,
    /// The names that no saved search has.
    pub unknown: Vec<SearchName>,
}

/// The saved searches, by name.
pub async fn list(installation: &Installation) -> Result<Vec<SavedSearch>, AdminError> {
    Ok(installation.store().saved_searches().await?)
}

/// The saved search of this name.
pub async fn show(
    installation: &Installation,
    name: &SearchName,
) -> Result<SavedSearch, AdminError> {
    let found = installation.store().saved_search(name).await?;
    found.ok_or_else(|| AdminError::UnknownSearch { name: name.clone() })
}

/// Keeps criteria under a name; tells whether it did: some that are there under it are replaced only
/// if `replace` is true.
pub async fn save(
    installation: &Installation,
    name: &SearchName,
    criteria: &[Criterion],
    replace: bool,
) -> Result<bool, AdminError> {
    let (store, actor) = (installation.store(), installation.actor());
    let saved = store.save_search(actor, name.clone(), criteria.to_vec(), replace);
    Ok(saved.await?)
}

/// Deletes saved searches.
pub async fn delete(
    installation: &Installation,
    mut names: Vec<SearchName>,
) -> Result<DeletedSearches, AdminError> {
    names.sort();
    names.dedup();
    let asked = names.len();
    let (store, actor) = (installation.store(), installation.actor());
    let unknown = store.delete_saved_searches(actor, names).await?;
    Ok(DeletedSearches {
        deleted: (asked - unknown.len()) as u64,
        unknown,
    })
}
