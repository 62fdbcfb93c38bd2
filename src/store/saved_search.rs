//! Criteria under a name.

use super::audit::Trail;
use super::engine::{Connection, Row, all, first};
use super::{Actor, Store, StoreError};
use crate::model::{Criterion, SavedSearch, SearchName};

/// The columns that [`saved_search`] reads.
const COLUMNS: &str = "name, criteria, saved_at";

impl Store {
    /// The saved searches, by name.
    pub async fn saved_searches(&self) -> Result<Vec<SavedSearch>, StoreError> {
        self.read(|connection| {
            let sql = format!("SELECT {COLUMNS} FROM saved_search ORDER BY name");
            all(connection, &sql, &[], saved_search)
        })
        .await
    }

    /// The saved search of this name.
    pub async fn saved_search(&self, name: &SearchName) -> Result<Option<SavedSearch>, StoreError> {
        let name = name.clone();
        self.read(move |connection| {
            let sql = format!("SELECT {COLUMNS} FROM saved_search WHERE name = ?1");
            first(connection, &sql, &[name.as_str().into()], saved_search)
        })
        .await
    }

    /// Keeps criteria under a name. Where there are some under it, they are replaced, or, unless
    /// that is to be done, stay. Tells whether the criteria were saved.
    pub async fn save_search(
        &self,
        actor: &Actor,
        name: SearchName,
        criteria: Vec<Criterion>,
        replace: bool,
    ) -> Result<bool, StoreError> {
        let trail = self.trail(actor);
        self.write(move |connection| save(connection, &trail, &name, &criteria, replace))
            .await
    }

    /// Deletes saved searches; gives the names that none has.
    pub async fn delete_saved_searches(
        &self,
        actor: &Actor,
        names: Vec<SearchName>,
    ) -> Result<Vec<SearchName>, StoreError> {
        let trail = self.trail(actor);
        self.write(move |connection| delete(connection, &trail, &names))
            .await
    }
}

fn saved_search(row: &mut Row<'_>) -> Result<SavedSearch, StoreError> {
    let name = row.text()?;
    let corrupt = |what: &dyn std::fmt::Display| {
        StoreError::corrupt(format!(
            "the saved search `{}`: {what}",
            name.escape_debug()
        ))
    };
    let words: Vec<String> = serde_json::from_str(&row.text()?).map_err(|error| corrupt(&error))?;
    Ok(SavedSearch {
        criteria: words
            .iter()
            .map(|words| words.parse().map_err(|error| corrupt(&error)))
            .collect::<Result<_, _>>()?,
        saved_at: row.time()?,
        name: name.parse().map_err(|error| corrupt(&error))?,
    })
}

fn save(
    connection: &mut dyn Connection,
    trail: &Trail,
    name: &SearchName,
    criteria: &[Criterion],
    replace: bool,
) -> Result<bool, StoreError> {
    let words: Vec<String> = criteria.iter().map(Criterion::to_string).collect();
    let words = serde_json::to_string(&words).expect("texts are JSON");
    let conflict = if replace {
        "DO UPDATE SET criteria = excluded.criteria, saved_at = excluded.saved_at"
    } else {
        "DO NOTHING"
    };
    let saved = connection.execute(
        &format!(
            "INSERT INTO saved_search ({COLUMNS}) VALUES (?1, ?2, ?3) ON CONFLICT (name) {conflict}"
        ),
        &[name.as_str().into(), words.into(), trail.at.into()],
    )?;
    if saved == 0 {
        return Ok(false);
    }
    // The criteria stay out of the trail: one can hold an authentication string.
    trail.note(connection, None, &format!("search `{name}` saved"))?;
    Ok(true)
}

fn delete(
    connection: &mut dyn Connection,
    trail: &Trail,
    names: &[SearchName],
) -> Result<Vec<SearchName>, StoreError> {
    let mut unknown = Vec::new();
    for name in names {
        let deleted = connection.execute(
            "DELETE FROM saved_search WHERE name = ?1",
            &[name.as_str().into()],
        )?;
        if deleted == 0 {
            unknown.push(name.clone());
        } else {
            trail.note(connection, None, &format!("saved search `{name}` deleted"))?;
        }
    }
    Ok(unknown)
}
