//! The certificates that are trusted.

use jiff::Timestamp;

use super::audit::Trail;
use super::engine::{Connection, all, first};
use super::{Actor, Store, StoreError, crl};
use crate::model::{Certificate, TrustAnchor, TrustPurpose};

/// What came of importing a trust anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImportedAnchor {
    /// The anchor's number in the store.
    pub id: i64,
    /// Whether it was not there before.
    pub new: bool,
}

impl Store {
    /// The trust anchors, of one purpose or of all, in the order of their import.
    pub async fn trust_anchors(
        &self,
        purpose: Option<TrustPurpose>,
    ) -> Result<Vec<TrustAnchor>, StoreError> {
        self.read(move |connection| anchors(connection, purpose))
            .await
    }

    /// Trusts a certificate for a purpose; one that is trusted for it already stays as it is.
    pub async fn import_anchor(
        &self,
        actor: &Actor,
        purpose: TrustPurpose,
        certificate: Certificate,
    ) -> Result<ImportedAnchor, StoreError> {
        let trail = self.trail(actor);
        self.write(move |connection| import(connection, &trail, purpose, &certificate))
            .await
    }

    /// Trusts a certificate no longer; tells whether there was one of this number. The revocation
    /// lists of its key go with the last certificate that has it.
    pub async fn remove_anchor(&self, actor: &Actor, id: i64) -> Result<bool, StoreError> {
        let trail = self.trail(actor);
        self.write(move |connection| remove(connection, &trail, id))
            .await
    }
}

pub(super) fn anchors(
    connection: &mut dyn Connection,
    purpose: Option<TrustPurpose>,
) -> Result<Vec<TrustAnchor>, StoreError> {
    let mut anchors = all(
        connection,
        "SELECT id, purpose, der, imported_at FROM trust_anchor ORDER BY id",
        &[],
        |row| {
            Ok(TrustAnchor {
                id: row.integer()?,
                purpose: row.word()?,
                certificate: row.certificate()?,
                imported_at: row.time()?,
            })
        },
    )?;
    anchors.retain(|anchor| purpose.is_none_or(|purpose| anchor.purpose == purpose));
    Ok(anchors)
}

fn import(
    connection: &mut dyn Connection,
    trail: &Trail,
    purpose: TrustPurpose,
    certificate: &Certificate,
) -> Result<ImportedAnchor, StoreError> {
    let present = first(
        connection,
        "SELECT id FROM trust_anchor WHERE purpose = ?1 AND der = ?2",
        &[purpose.into(), certificate.der().into()],
        |row| row.integer(),
    )?;
    if let Some(id) = present {
        return Ok(ImportedAnchor { id, new: false });
    }
    let id = first(
        connection,
        "INSERT INTO trust_anchor (purpose, subject, not_after, imported_at, der)
         VALUES (?1, ?2, ?3, ?4, ?5) RETURNING id",
        &[
            purpose.into(),
            certificate.subject().into(),
            certificate.not_after().into(),
            trail.at.into(),
            certificate.der().into(),
        ],
        |row| row.integer(),
    )?
    .ok_or_else(|| StoreError::corrupt("a trust anchor without a number"))?;
    let what = format!(
        "trust anchor {id} ({purpose}) imported: {}, serial number {}",
        certificate.subject(),
        certificate.serial_number()
    );
    trail.note(connection, None, &what)?;
    Ok(ImportedAnchor { id, new: true })
}

fn remove(connection: &mut dyn Connection, trail: &Trail, id: i64) -> Result<bool, StoreError> {
    let removed = first(
        connection,
        "DELETE FROM trust_anchor WHERE id = ?1 RETURNING der",
        &[id.into()],
        |row| row.certificate(),
    )?;
    let Some(removed) = removed else {
        return Ok(false);
    };
    let (subject, key) = (removed.subject(), removed.public_key());
    trail.note(
        connection,
        None,
        &format!("trust anchor {id} removed: {subject}"),
    )?;
    let has_name_and_key = |anchor: &TrustAnchor| {
        anchor.certificate.subject() == subject && anchor.certificate.public_key() == key
    };
    if !anchors(connection, None)?.iter().any(has_name_and_key) {
        crl::forget_of(connection, trail, subject, key)?;
    }
    Ok(true)
}

/// When the issuer of this name expires, as far as CAPF-trust knows it; of several by that name,
/// the one imported last.
pub(super) fn issuer_not_after(
    connection: &mut dyn Connection,
    issuer: &str,
) -> Result<Option<Timestamp>, StoreError> {
    first(
        connection,
        "SELECT not_after FROM trust_anchor WHERE purpose = ?1 AND subject = ?2
         ORDER BY id DESC LIMIT 1",
        &[TrustPurpose::Capf.into(), issuer.into()],
        |row| row.time(),
    )
}
