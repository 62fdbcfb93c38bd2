//! Certificates on record, and the one place that moves them from state to state.

use jiff::Timestamp;

use super::audit::Trail;
use super::engine::{Connection, Row, Value, all, delete_beyond, first};
use super::{Actor, LscOnRecord, Store, StoreError, trust_anchor};
use crate::model::{Certificate, CertificateKind, CertificateRecord, CertificateState, DeviceName};
use crate::pki::KeyFingerprint;

/// How many stale certificates of a phone are kept. A phone whose sessions break before it confirms
/// a certificate leaves one each time, and must not fill the disk.
const STALE_KEPT: i64 = 8;

impl Store {
    /// All certificates of a phone that are on record, newest first.
    pub async fn certificates(
        &self,
        device: &DeviceName,
    ) -> Result<Vec<CertificateRecord>, StoreError> {
        let device = device.clone();
        self.read(move |connection| {
            all(
                connection,
                "SELECT id, device, kind, state, recorded_at, der FROM certificate
                 WHERE device = ?1 ORDER BY id DESC",
                &[(&device).into()],
                read_record,
            )
        })
        .await
    }

    /// The LSC that each of these phones holds, where it is known.
    pub async fn held_lscs(
        &self,
        devices: Vec<DeviceName>,
    ) -> Result<Vec<Option<Certificate>>, StoreError> {
        self.read(move |connection| {
            devices
                .iter()
                .map(|device| newest_lsc(connection, device, CertificateState::Held, None))
                .collect()
        })
        .await
    }

    /// The certificates that no phone took and none will, oldest first.
    pub async fn stale_certificates(&self) -> Result<Vec<CertificateRecord>, StoreError> {
        self.read(|connection| {
            all(
                connection,
                "SELECT id, device, kind, state, recorded_at, der FROM certificate
                 WHERE state = ?1 ORDER BY id",
                &[CertificateState::Stale.into()],
                read_record,
            )
        })
        .await
    }

    /// Deletes the certificates that no phone took and none will; tells how many there were.
    pub async fn delete_stale(&self, actor: &Actor) -> Result<u64, StoreError> {
        let trail = self.trail(actor);
        self.write(move |connection| {
            delete(
                connection,
                &trail,
                CertificateState::Stale,
                "stale certificate deleted",
            )
        })
        .await
    }
}

fn read_record(row: &mut Row<'_>) -> Result<CertificateRecord, StoreError> {
    Ok(CertificateRecord {
        id: row.integer()?,
        device: row.device()?,
        kind: row.word()?,
        state: row.word()?,
        recorded_at: row.time()?,
        certificate: row.certificate()?,
    })
}

/// Deletes all certificates in this state.
pub(super) fn delete(
    connection: &mut dyn Connection,
    trail: &Trail,
    state: CertificateState,
    what: &str,
) -> Result<u64, StoreError> {
    let devices = all(
        connection,
        "DELETE FROM certificate WHERE state = ?1 RETURNING device",
        &[state.into()],
        |row| row.device(),
    )?;
    let mut deleted = 0;
    for device in devices {
        trail.note(connection, Some(&device), what)?;
        deleted += 1;
    }
    Ok(deleted)
}

/// A phone's newest LSC in this state, of this key where one is named.
pub(super) fn newest_lsc(
    connection: &mut dyn Connection,
    device: &DeviceName,
    state: CertificateState,
    key: Option<&KeyFingerprint>,
) -> Result<Option<Certificate>, StoreError> {
    first(
        connection,
        "SELECT der FROM certificate
         WHERE device = ?1 AND kind = ?2 AND state = ?3 AND key_fingerprint = COALESCE(?4, key_fingerprint)
         ORDER BY id DESC LIMIT 1",
        &[device.into(), CertificateKind::Lsc.into(), state.into(), key.into()],
        |row| row.certificate(),
    )
}

/// The phone's LSCs whose record tells whether they prove anything: it holds them, they may have
/// reached it, or it has deleted them, which an administrator has ordered each time. There may be
/// any number of others.
pub(super) fn lscs_that_tell(
    connection: &mut dyn Connection,
    device: &DeviceName,
) -> Result<Vec<(CertificateState, Certificate)>, StoreError> {
    all(
        connection,
        "SELECT state, der FROM certificate
         WHERE device = ?1 AND kind = ?2 AND state IN (?3, ?4, ?5) ORDER BY id DESC",
        &[
            device.into(),
            CertificateKind::Lsc.into(),
            CertificateState::Held.into(),
            CertificateState::Issued.into(),
            CertificateState::Deleted.into(),
        ],
        |row| Ok((row.word()?, row.certificate()?)),
    )
}

/// Whether the phone is known to have a certificate of this kind: it confirmed it, or a Troubleshoot
/// has seen it there.
pub(super) fn is_known(
    connection: &mut dyn Connection,
    device: &DeviceName,
    kind: CertificateKind,
) -> Result<bool, StoreError> {
    let sql = "SELECT id FROM certificate
               WHERE device = ?1 AND kind = ?2 AND state IN (?3, ?4) LIMIT 1";
    let (held, fetched) = (CertificateState::Held, CertificateState::Fetched);
    let values = [device.into(), kind.into(), held.into(), fetched.into()];
    Ok(first(connection, sql, &values, |row| row.integer())?.is_some())
}

/// Puts a phone's certificate on record in this state, or moves it there if it is on record, with
/// the time at which its issuer expires where that is known.
pub(super) fn put(
    connection: &mut dyn Connection,
    trail: &Trail,
    device: &DeviceName,
    kind: CertificateKind,
    certificate: &Certificate,
    state: CertificateState,
    issuer_not_after: Option<Timestamp>,
) -> Result<(), StoreError> {
    let until = issuer_not_after;
    if !set_state(connection, device, kind, certificate, state, until)? {
        let new = New {
            device: device.clone(),
            kind,
            state,
            key: fingerprint(certificate)?,
            issuer_not_after,
            certificate,
        };
        load(connection, trail, &[new])?;
    }
    Ok(())
}

/// A certificate that is to be put on record, and is not there yet.
pub(super) struct New<'a> {
    pub(super) device: DeviceName,
    pub(super) kind: CertificateKind,
    pub(super) state: CertificateState,
    pub(super) key: KeyFingerprint,
    pub(super) issuer_not_after: Option<Timestamp>,
    pub(super) certificate: &'a Certificate,
}

/// Puts certificates on record.
pub(super) fn load(
    connection: &mut dyn Connection,
    trail: &Trail,
    certificates: &[New<'_>],
) -> Result<(), StoreError> {
    let columns = [
        "device",
        "kind",
        "state",
        "recorded_at",
        "key_fingerprint",
        "issuer_not_after",
        "der",
    ];
    let values = certificates.iter().flat_map(|new| -> [Value<'_>; 7] {
        [
            (&new.device).into(),
            new.kind.into(),
            new.state.into(),
            trail.at.into(),
            (&new.key).into(),
            new.issuer_not_after.into(),
            new.certificate.der().into(),
        ]
    });
    connection.load("certificate", &columns, &values.collect::<Vec<_>>())
}

/// Moves a phone's certificate to a state, and keeps when its issuer expires where that is known.
/// Tells whether the certificate is on record.
pub(super) fn set_state(
    connection: &mut dyn Connection,
    device: &DeviceName,
    kind: CertificateKind,
    certificate: &Certificate,
    state: CertificateState,
    issuer_not_after: Option<Timestamp>,
) -> Result<bool, StoreError> {
    let moved = connection.execute(
        "UPDATE certificate SET state = ?4, issuer_not_after = COALESCE(?5, issuer_not_after)
         WHERE device = ?1 AND kind = ?2 AND der = ?3",
        &[
            device.into(),
            kind.into(),
            certificate.der().into(),
            state.into(),
            issuer_not_after.into(),
        ],
    )?;
    Ok(moved > 0)
}

/// Moves all of a phone's LSCs that are in one state to another.
pub(super) fn move_lscs(
    connection: &mut dyn Connection,
    device: &DeviceName,
    from: CertificateState,
    to: CertificateState,
) -> Result<(), StoreError> {
    connection
        .execute(
            "UPDATE certificate SET state = ?4 WHERE device = ?1 AND kind = ?2 AND state = ?3",
            &[
                device.into(),
                CertificateKind::Lsc.into(),
                from.into(),
                to.into(),
            ],
        )
        .map(drop)
}

/// Deletes a phone's stale certificates, but for the latest. The trail keeps their serial numbers.
pub(super) fn forget_oldest_stale(
    connection: &mut dyn Connection,
    device: &DeviceName,
) -> Result<(), StoreError> {
    delete_beyond(
        connection,
        STALE_KEPT,
        "certificate WHERE device = ?1 AND kind = ?2 AND state = ?3",
        &[
            device.into(),
            CertificateKind::Lsc.into(),
            CertificateState::Stale.into(),
        ],
    )
}

/// The state in which a phone's certificate is on record, if it is.
pub(super) fn state(
    connection: &mut dyn Connection,
    device: &DeviceName,
    kind: CertificateKind,
    certificate: &Certificate,
) -> Result<Option<CertificateState>, StoreError> {
    first(
        connection,
        "SELECT state FROM certificate WHERE device = ?1 AND kind = ?2 AND der = ?3",
        &[device.into(), kind.into(), certificate.der().into()],
        |row| row.word(),
    )
}

/// The LSCs of a key that are on record, newest first.
pub(super) fn lscs_for_key(
    connection: &mut dyn Connection,
    key: &KeyFingerprint,
) -> Result<Vec<LscOnRecord>, StoreError> {
    all(
        connection,
        "SELECT device, state, der FROM certificate WHERE key_fingerprint = ?1 AND kind = ?2
         ORDER BY id DESC",
        &[key.into(), CertificateKind::Lsc.into()],
        |row| {
            Ok(LscOnRecord {
                device: row.device()?,
                state: row.word()?,
                der: row.blob()?.into(),
            })
        },
    )
}

/// Writes into the phone's row what lists show of the LSC that it now holds.
pub(super) fn show_held(
    connection: &mut dyn Connection,
    device: &DeviceName,
    certificate: &Certificate,
) -> Result<(), StoreError> {
    let imported = first(
        connection,
        "SELECT issuer_not_after FROM certificate WHERE device = ?1 AND kind = ?2 AND der = ?3",
        &[
            device.into(),
            CertificateKind::Lsc.into(),
            certificate.der().into(),
        ],
        |row| row.optional_time(),
    )?
    .flatten();
    let issuer_not_after = match imported {
        Some(time) => Some(time),
        None => trust_anchor::issuer_not_after(connection, certificate.issuer())?,
    };
    connection
        .execute(
            "UPDATE phone SET lsc_subject = ?2, lsc_issuer = ?3, lsc_issuer_key = ?4,
                 lsc_serial_number = ?5, lsc_not_before = ?6, lsc_not_after = ?7,
                 lsc_issuer_not_after = ?8
             WHERE name = ?1",
            &[
                device.into(),
                certificate.subject().into(),
                certificate.issuer().into(),
                certificate.issuer().to_lowercase().into(),
                certificate.serial_number().into(),
                certificate.not_before().into(),
                certificate.not_after().into(),
                issuer_not_after.map_or(Value::Integer(0), Value::from),
            ],
        )
        .map(drop)
}

/// Takes from the phone's row what lists show of an LSC: it holds none.
pub(super) fn show_none(
    connection: &mut dyn Connection,
    device: &DeviceName,
) -> Result<(), StoreError> {
    connection
        .execute(
            "UPDATE phone SET lsc_subject = NULL, lsc_issuer = NULL, lsc_issuer_key = '',
                 lsc_serial_number = NULL, lsc_not_before = NULL, lsc_not_after = 0,
                 lsc_issuer_not_after = 0
             WHERE name = ?1",
            &[device.into()],
        )
        .map(drop)
}

/// The fingerprint of a certificate's key.
pub(super) fn fingerprint(certificate: &Certificate) -> Result<KeyFingerprint, StoreError> {
    KeyFingerprint::of(certificate.public_key()).map_err(|error| StoreError::PublicKey {
        reason: error.to_string(),
    })
}
