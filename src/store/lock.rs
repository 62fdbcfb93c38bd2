//! Guesses at a phone's authentication string, and the lock that ends them.
//!
//! The count stands in the database, so that neither a restart nor another node forgets it, and an
//! attempt counts, or finds the phone locked, in one transaction, before anybody is told what it was
//! worth: so no number of sessions at once can guess more often.

use jiff::Timestamp;

use super::StoreError;
use super::audit::Trail;
use super::engine::{Connection, Value, first};
use crate::auth::{LOCK_TIME, MOST_GUESSES};
use crate::model::DeviceName;

/// Until when no string is accepted from the phone, if it is locked at `now`.
pub(super) fn locked_until(
    connection: &mut dyn Connection,
    device: &DeviceName,
    now: Timestamp,
) -> Result<Option<Timestamp>, StoreError> {
    first(
        connection,
        "SELECT locked_until FROM phone WHERE name = ?1 AND locked_until > ?2",
        &[device.into(), now.into()],
        |row| row.time(),
    )
}

/// Counts a wrong string that was entered while the phone was not locked. The last one that is judged
/// locks the phone, and the audit trail is told.
pub(super) fn count_guess(
    connection: &mut dyn Connection,
    trail: &Trail,
    device: &DeviceName,
) -> Result<(), StoreError> {
    let until = trail.at.saturating_add(LOCK_TIME).unwrap_or(Timestamp::MAX);
    let locked = first(
        connection,
        "UPDATE phone SET
             locked_until = CASE WHEN wrong_strings + 1 >= ?2 THEN ?3 ELSE 0 END,
             wrong_strings = CASE WHEN wrong_strings + 1 >= ?2 THEN 0 ELSE wrong_strings + 1 END
         WHERE name = ?1 RETURNING locked_until",
        &[
            device.into(),
            Value::Integer(i64::from(MOST_GUESSES)),
            until.into(),
        ],
        |row| row.integer(),
    )?;
    if locked.is_some_and(|until| until != 0) {
        let what = format!(
            "{MOST_GUESSES} wrong authentication strings in a row: locked for {} minutes",
            LOCK_TIME.as_mins()
        );
        trail.note_latest(connection, device, &what)?;
    }
    Ok(())
}

/// Forgets the guesses: the right string was entered, or an administrator has set a new one or
/// scheduled an operation anew.
pub(super) fn unlock(
    connection: &mut dyn Connection,
    device: &DeviceName,
) -> Result<(), StoreError> {
    connection
        .execute(
            "UPDATE phone SET wrong_strings = 0, locked_until = 0
             WHERE name = ?1 AND (wrong_strings <> 0 OR locked_until <> 0)",
            &[device.into()],
        )
        .map(drop)
}
