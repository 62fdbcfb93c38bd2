//! The schema, brought up to date when the database is opened.

use super::StoreError;
use super::engine::{Connection, Step, first};

/// Every step of the schema; a step's version is its place, from 1.
const STEPS: &[Step] = &[
    shared(include_str!("migrations/0001_phones.sql")),
    shared(include_str!("migrations/0002_lock.sql")),
    shared(include_str!("migrations/0003_certificate_by_key.sql")),
    Step {
        all: include_str!("migrations/0004_search.sql"),
        sqlite: include_str!("migrations/0004_search_sqlite.sql"),
    },
    shared(include_str!("migrations/0005_service.sql")),
    shared(include_str!("migrations/0006_crl.sql")),
    shared(include_str!("migrations/0007_nodes.sql")),
];

/// A step that is the same for every engine.
const fn shared(script: &'static str) -> Step {
    Step {
        all: script,
        sqlite: "",
    }
}

/// The version of the schema that this program knows.
pub(super) fn known() -> i64 {
    i64::try_from(STEPS.len()).expect("there are a few")
}

/// Brings the schema up to date. A database made by a newer program is left as it is.
pub(super) fn migrate(connection: &mut dyn Connection) -> Result<(), StoreError> {
    // Most of the time there is nothing to do, and nobody has to wait for another's import.
    if pending_steps(connection)?.is_empty() {
        return Ok(());
    }
    connection.begin()?;
    let outcome = apply_steps(connection).and_then(|()| connection.commit());
    if outcome.is_err() {
        // Where the engine has rolled back by itself, this one fails: the first error counts.
        let _ = connection.execute("ROLLBACK", &[]);
    }
    outcome.map(drop)
}

/// Refuses a database that lacks steps, for a reader that cannot take them.
pub(super) fn require(connection: &mut dyn Connection) -> Result<(), StoreError> {
    let missing = pending_steps(connection)?.len();
    if missing > 0 {
        return Err(StoreError::TooOld {
            found: STEPS.len() - missing,
            needed: STEPS.len(),
        });
    }
    Ok(())
}

fn apply_steps(connection: &mut dyn Connection) -> Result<(), StoreError> {
    // Asked again inside the transaction: another process may have done it meanwhile.
    for (version, step) in pending_steps(connection)? {
        if version == 1 {
            connection.define("CREATE TABLE schema_version (version BIGINT NOT NULL)")?;
        }
        connection.define(step.all)?;
        connection.define_own(step)?;
        connection.execute(
            "INSERT INTO schema_version (version) VALUES (?1)",
            &[version.into()],
        )?;
    }
    Ok(())
}

/// The steps that the database lacks, with their versions.
fn pending_steps(connection: &mut dyn Connection) -> Result<Vec<(i64, &'static Step)>, StoreError> {
    let found = if connection.has_table("schema_version")? {
        first(
            connection,
            "SELECT MAX(version) FROM schema_version",
            &[],
            |row| row.optional_integer(),
        )?
        .flatten()
        .ok_or_else(|| StoreError::corrupt("the schema has no version"))?
    } else {
        0
    };
    let known = known();
    if found > known {
        return Err(StoreError::TooNew { found, known });
    }
    Ok((1..)
        .zip(STEPS)
        .filter(|(version, _)| *version > found)
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::StoreUri;
    use crate::store::engine::Access;

    #[test]
    fn a_database_of_each_older_version_keeps_what_is_in_it() {
        for version in 1..STEPS.len() {
            let directory = tempfile::tempdir().unwrap();
            let uri = StoreUri::sqlite(directory.path().join("capf.db"));
            let mut connection = uri.connect(Access::Write).unwrap();
            let connection = &mut *connection;
            connection
                .define("CREATE TABLE schema_version (version BIGINT NOT NULL)")
                .unwrap();
            for (number, step) in (1_i64..).zip(&STEPS[..version]) {
                connection.define(step.all).unwrap();
                connection.define_own(step).unwrap();
                let insert = "INSERT INTO schema_version (version) VALUES (?1)";
                connection.execute(insert, &[number.into()]).unwrap();
            }
            connection
                .execute(
                    "INSERT INTO phone (name, description, description_key, model, model_key,
                         security_profile, security_profile_key, device_security_mode, operation,
                         authentication_mode, authentication_string, key_order, rsa_key_size,
                         ec_key_size, operation_status, last_contact)
                     VALUES ('CSFA', 'x', 'x', '', '', '', '', 1, 2, 1, '4711', 1, 3, 2, 2, 0)",
                    &[],
                )
                .unwrap();
            migrate(connection).unwrap();
            let row = crate::store::phone::read(connection, &"CSFA".parse().unwrap())
                .unwrap()
                .unwrap();
            assert_eq!(row.phone.description, "x");
            assert_eq!(row.locked_until, None);
            assert!(pending_steps(connection).unwrap().is_empty());
        }
    }
}
