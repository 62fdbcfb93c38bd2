//! The whole database in a file: written for a backup, and made sure of before it is used.

use std::ops::ControlFlow;
use std::path::Path;

use super::audit::Trail;
use super::{Actor, Store, StoreError, migration};

impl Store {
    /// The version of the schema that this program knows.
    pub fn schema_version() -> i64 {
        migration::known()
    }

    /// Writes all that is in the database now into a new SQLite file, for its owner alone. Others can
    /// read and write meanwhile, and what they write is not in it.
    ///
    /// `each` hears how many pages are written, of how many, and says whether to go on. Tells whether
    /// all was written; what was, or what an error left, is for the caller to take away.
    pub async fn copy_into(
        &self,
        path: &Path,
        mut each: impl FnMut(u64, u64) -> ControlFlow<()> + Send + 'static,
    ) -> Result<bool, StoreError> {
        let path = path.to_owned();
        self.read(move |connection| connection.copy_into(&path, &mut each))
            .await
    }

    /// Looks whether every page and every index is sound. What is not is [`StoreError::Corrupt`].
    pub async fn check(&self) -> Result<(), StoreError> {
        self.read(|connection| connection.check()).await
    }

    /// Notes what concerns the installation and no phone.
    pub async fn note(&self, actor: &Actor, what: String) -> Result<(), StoreError> {
        let trail: Trail = self.trail(actor);
        self.write(move |connection| trail.note(connection, None, &what))
            .await
    }
}
