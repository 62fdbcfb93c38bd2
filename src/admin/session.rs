//! The sessions that phones have open.

use super::{AdminError, Installation};
use crate::store::SessionRow;

/// The sessions now open in the service, oldest first.
pub async fn list(installation: &Installation) -> Result<Vec<SessionRow>, AdminError> {
    Ok(installation.store().sessions().await?)
}
