//! Phones that their call agent is told to reset.

use serde::Serialize;
use tokio_util::sync::CancellationToken;

use super::phone::{Selection, names_matching};
use super::{AdminError, Installation};
use crate::model::DeviceName;
use crate::reset::Hook;

/// Which of the selected phones there are, and the names that no phone has.
pub async fn known(
    installation: &Installation,
    selection: Selection,
) -> Result<(Vec<DeviceName>, Vec<DeviceName>), AdminError> {
    let names = match selection {
        Selection::Named(names) => names,
        Selection::Matching(criteria) => {
            return Ok((names_matching(installation, criteria).await?, Vec::new()));
        }
    };
    let known = installation.store().known_phones(names.clone()).await?;
    // They come in the same order.
    let mut next = known.iter().peekable();
    let unknown = names
        .into_iter()
        .filter(|name| next.next_if_eq(&name).is_none())
        .collect();
    Ok((known, unknown))
}

/// What came of telling a call agent to reset phones.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ResetPhones {
    /// For how many it has taken it.
    pub reset: u64,
    /// For how many that failed.
    pub failed: u64,
    /// How many it was not told of, because the resetting was stopped.
    pub left: u64,
    /// The phones for which it failed: the first [`ResetPhones::MOST_FAILURES`].
    pub failures: Vec<ResetFailure>,
}

/// A phone that was not reset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ResetFailure {
    /// Its name.
    pub name: DeviceName,
    /// Why not.
    pub reason: String,
}

impl ResetPhones {
    /// How many phones are named for which it failed.
    pub const MOST_FAILURES: usize = 1000;

    /// Has these phones reset, too, and tells `done` for how many phones in all it has been tried.
    /// Once it is to `stop`, those under way come to their end.
    pub async fn add(
        &mut self,
        hook: &Hook,
        devices: Vec<DeviceName>,
        stop: &CancellationToken,
        mut done: impl FnMut(u64),
    ) {
        let left = hook
            .reset_all(devices, stop, |name, outcome| {
                match outcome {
                    Ok(()) => self.reset += 1,
                    Err(error) => self.fail(name, error.to_string()),
                }
                done(self.reset + self.failed);
            })
            .await;
        self.left += left;
    }

    fn fail(&mut self, name: DeviceName, reason: String) {
        self.failed += 1;
        if self.failures.len() < Self::MOST_FAILURES {
            self.failures.push(ResetFailure { name, reason });
        }
    }
}
