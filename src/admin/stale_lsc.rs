//! Stale LSCs: certificates that no phone took, and none will.

use super::{AdminError, Installation};
use crate::model::CertificateRecord;

/// The stale certificates, oldest first.
pub async fn list(installation: &Installation) -> Result<Vec<CertificateRecord>, AdminError> {
    Ok(installation.store().stale_certificates().await?)
}

/// Deletes them, and says how many there were.
pub async fn delete(installation: &Installation) -> Result<u64, AdminError> {
    Ok(installation
        .store()
        .delete_stale(installation.actor())
        .await?)
}
