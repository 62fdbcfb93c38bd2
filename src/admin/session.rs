//! The sessions that phones have open.

use super::{AdminError, Installation};
use crate::store::SessionRow;

/// The sessions now open in the service, oldest first. Where none runs, there are none, whatever
/// one that was killed has left in the store.
pub async fn list(installation: &Installation) -> Result<Vec<SessionRow>, AdminError> {
    if !installation.is_served()? {
        return Ok(Vec::new());
    }
    Ok(installation.store().sessions().await?)
}
