//! How the phones stand, in numbers.

use super::{AdminError, Installation};
use crate::model::{Criterion, ExpiryCount, IssuerCount, StatusCount};

pub use crate::model::Overview;

/// Counts the phones that meet all criteria.
pub async fn overview(
    installation: &Installation,
    criteria: &[Criterion],
) -> Result<Overview, AdminError> {
    let at = installation.now();
    let census = installation.store().census(criteria).await?;
    let by_status = census.by_status.into_iter();
    let by_issuer = census.by_issuer.into_iter();
    let by_expiry = census.by_expiry.into_iter();
    Ok(Overview::new(
        at,
        by_status
            .map(|(status, phones)| StatusCount { status, phones })
            .collect(),
        by_issuer
            .map(|(issuer, phones)| IssuerCount { issuer, phones })
            .collect(),
        by_expiry
            .map(|(day, phones)| ExpiryCount { day, phones })
            .collect(),
    ))
}
