//! Certificate revocation lists: what the CAs that are trusted have revoked.
//!
//! A list counts from its import on, for every certificate that is shown or imported afterwards, until
//! a newer one takes its place. One whose time is over goes on counting (D): what it revokes stays
//! revoked, and what it does not is trusted still, with a warning in `capf check` and at the service's
//! start. A phone is not locked out because somebody was late with a file.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::Serialize;

use super::super::{AdminError, Installation};
use crate::model::{Crl, CrlRecord, Escaped, InvalidCrl};
use crate::pki::{UnsignedCrl, crl_signer};
use crate::store::NewCrl;

pub use crate::store::RevokedLscs;

/// How many phones are named at most.
const NAMED: u32 = 5;

/// A list that was imported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ImportedCrl {
    /// Its number, by which it is removed.
    pub id: i64,
    /// Whose it is.
    pub issuer: String,
    /// When it was made.
    pub this_update: Timestamp,
    /// When the next one is due, where it says so.
    pub next_update: Option<Timestamp>,
    /// How many certificates it revokes.
    pub entries: u64,
    /// How many it revokes that were not before.
    pub added: u64,
    /// How many it revokes no longer.
    pub removed: u64,
    /// Whether it had been imported before.
    pub unchanged: bool,
    /// Whether the next one is overdue.
    pub overdue: bool,
}

/// Why a list is not fit to be imported.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnfitCrl {
    /// It cannot be used.
    #[error(transparent)]
    Invalid(#[from] InvalidCrl),
    /// It begins like PEM and is none.
    #[error("damaged PEM: {reason}")]
    Pem {
        /// What the parser says.
        reason: String,
    },
    /// Its PEM blocks hold something else.
    #[error("its PEM holds a {}, and no CRL", Escaped(.label))]
    OtherBlock {
        /// What the block says it holds.
        label: String,
    },
    /// It is neither PEM nor DER.
    #[error("no certificate revocation list, neither in PEM nor in DER")]
    Nothing,
    /// It is not signed by a CA that is trusted.
    #[error("the CRL of `{issuer}` cannot be believed: {source}")]
    Unsigned {
        /// Whose it says it is.
        issuer: String,
        /// What is wrong.
        source: UnsignedCrl,
    },
    /// It was made after now.
    #[error("the CRL of `{issuer}` was made at {this_update}, which is not yet; set the clock")]
    NotYet {
        /// Whose it is.
        issuer: String,
        /// When it was made.
        this_update: Timestamp,
    },
}

/// The lists, in the order of their import.
pub async fn list(installation: &Installation) -> Result<Vec<CrlRecord>, AdminError> {
    Ok(installation.store().crls().await?)
}

/// Keeps the lists in these files, each in place of the one before it. If one of them is not fit, or is
/// older than the one that is there, none is imported.
pub async fn import(
    installation: &Installation,
    files: &[PathBuf],
) -> Result<Vec<ImportedCrl>, AdminError> {
    let now = installation.now();
    let anchors = installation.store().trust_anchors(None).await?;
    let mut lists = Vec::new();
    for path in files {
        let unfit = |source| AdminError::UnfitCrl {
            path: path.clone(),
            source,
        };
        for crl in read(path)? {
            let certificates = anchors.iter().map(|anchor| &anchor.certificate);
            let issuer = || crl.issuer().to_owned();
            let signer = crl_signer(&crl, certificates).map_err(|source| {
                unfit(UnfitCrl::Unsigned {
                    issuer: issuer(),
                    source,
                })
            })?;
            if crl.this_update() > now {
                return Err(unfit(UnfitCrl::NotYet {
                    issuer: issuer(),
                    this_update: crl.this_update(),
                }));
            }
            lists.push(NewCrl {
                issuer_key: signer.public_key().into(),
                crl,
            });
        }
    }
    let outcomes = installation
        .store()
        .import_crls(installation.actor(), lists.clone())
        .await?;
    let imported = lists
        .iter()
        .zip(outcomes)
        .map(|(list, outcome)| ImportedCrl {
            id: outcome.id,
            issuer: list.crl.issuer().to_owned(),
            this_update: list.crl.this_update(),
            next_update: list.crl.next_update(),
            entries: list.crl.entries().len() as u64,
            added: outcome.added,
            removed: outcome.removed,
            unchanged: outcome.unchanged,
            overdue: list.crl.next_update().is_some_and(|next| next < now),
        });
    Ok(imported.collect())
}

/// The phones that hold an LSC which a list revokes, a handful of them by name.
pub async fn revoked_lscs(installation: &Installation) -> Result<RevokedLscs, AdminError> {
    Ok(installation.store().revoked_lscs(NAMED).await?)
}

/// The list with this number, where there is one.
pub async fn removable(
    installation: &Installation,
    id: i64,
) -> Result<Option<CrlRecord>, AdminError> {
    let lists = list(installation).await?;
    Ok(lists.into_iter().find(|list| list.id == id))
}

/// Forgets a list: what it revokes is trusted again. `false` where none has this number.
pub async fn remove(installation: &Installation, id: i64) -> Result<bool, AdminError> {
    Ok(installation
        .store()
        .remove_crl(installation.actor(), id)
        .await?)
}

/// Reads the lists in a file: one in DER, or one or several in PEM.
fn read(path: &Path) -> Result<Vec<Crl>, AdminError> {
    let bytes = fs::read(path).map_err(|source| AdminError::Read {
        path: path.to_owned(),
        source,
    })?;
    decode(&bytes).map_err(|source| AdminError::UnfitCrl {
        path: path.to_owned(),
        source,
    })
}

fn decode(bytes: &[u8]) -> Result<Vec<Crl>, UnfitCrl> {
    // Every list in DER is a SEQUENCE.
    if bytes.first() == Some(&0x30) {
        return Ok(vec![Crl::from_der(bytes)?]);
    }
    let blocks = pem::parse_many(bytes).map_err(|error| UnfitCrl::Pem {
        reason: error.to_string(),
    })?;
    let lists = blocks
        .iter()
        .filter(|block| matches!(block.tag(), "X509 CRL" | "CRL"))
        .map(|block| Ok(Crl::from_der(block.contents())?))
        .collect::<Result<Vec<_>, UnfitCrl>>()?;
    match (lists.is_empty(), blocks.first()) {
        (false, _) => Ok(lists),
        (true, Some(other)) => Err(UnfitCrl::OtherBlock {
            label: other.tag().to_owned(),
        }),
        (true, None) => Err(UnfitCrl::Nothing),
    }
}
