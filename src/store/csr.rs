//! Requests to an offline CA, and the certificates that come back for them.

use std::collections::HashSet;
use std::ops::ControlFlow;

use jiff::Timestamp;

use super::audit::Trail;
use super::engine::{Connection, Row, Value, all, delete_beyond, first};
use super::number::Numbered as _;
use super::search::Filter;
use super::{Actor, Store, StoreError, certificate, phone};
use crate::model::{
    CapfSettings, Certificate, CertificateKind, CertificateOperation, CertificateState, Criterion,
    Csr, CsrCounts, CsrRecord, CsrState, DeviceName, OperationStatus,
};
use crate::pki::KeyFingerprint;

/// How many superseded requests of a phone are kept. A phone whose sessions break makes a new key
/// each time, and must not fill the disk; the latest tell why a certificate comes too late.
const SUPERSEDED_KEPT: i64 = 8;

/// A search for requests.
#[derive(Clone)]
pub struct CsrSearch {
    /// In which states they are: one of these.
    pub states: Vec<CsrState>,
    /// When their keys arrived at the earliest.
    pub since: Option<Timestamp>,
    /// What their phones meet: all of it.
    pub criteria: Vec<Criterion>,
    /// Above which number they lie: that of the last one on the page before.
    pub after: i64,
    /// How many there are on a page at most.
    pub limit: u32,
}

impl CsrSearch {
    /// The first thousand requests in these states.
    pub fn in_states(states: &[CsrState]) -> Self {
        Self {
            states: states.to_vec(),
            since: None,
            criteria: Vec::new(),
            after: 0,
            limit: 1000,
        }
    }
}

/// How far the request of a phone that waits has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CsrProgress {
    /// No certificate has been imported yet.
    Waiting,
    /// This certificate has been imported for it.
    Imported(Certificate),
    /// The request has been deleted, the installation called off, or the phone has made another key
    /// since.
    Gone,
}

/// What is known here of the key of a certificate that has come from a CA: the request that it
/// answers, and what is here for it already.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyMatch {
    /// The request: one that a phone waits for rather than a superseded one, the newest of several.
    pub csr: Option<AnsweredCsr>,
    /// The LSCs on record, newest first; none is looked for where the request still awaits one.
    pub lscs: Vec<LscOnRecord>,
}

/// An LSC on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LscOnRecord {
    /// Whose it is.
    pub device: DeviceName,
    /// How far it has come.
    pub state: CertificateState,
    /// Its DER.
    pub der: Box<[u8]>,
}

/// A request that a certificate may answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnsweredCsr {
    /// Its number in the store.
    pub id: i64,
    /// Whose key it is for.
    pub device: DeviceName,
    /// How far it came.
    pub state: CsrState,
}

/// What came of deleting all requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeletedCsrs {
    /// How many requests were deleted.
    pub csrs: u64,
    /// How many certificates were deleted that no phone holds.
    pub certificates: u64,
}

impl Store {
    /// How many requests there are, by state.
    pub async fn csr_counts(&self) -> Result<CsrCounts, StoreError> {
        self.read(counts).await
    }

    /// The requests that meet the search, in the order of their numbers.
    pub async fn csrs(&self, search: &CsrSearch) -> Result<Vec<CsrRecord>, StoreError> {
        let (search, now) = (search.clone(), self.now());
        self.read(move |connection| list(connection, &search, now))
            .await
    }

    /// Marks these requests as taken out, in one transaction; tells how many were pending.
    pub async fn mark_dumped(&self, actor: &Actor, ids: Vec<i64>) -> Result<u64, StoreError> {
        let trail = self.trail(actor);
        self.write(move |connection| mark_dumped(connection, &trail, &ids))
            .await
    }

    /// For each key, in the order given, what is known of it here.
    pub async fn match_keys(&self, keys: Vec<KeyFingerprint>) -> Result<Vec<KeyMatch>, StoreError> {
        self.read(move |connection| keys.iter().map(|key| find_match(connection, key)).collect())
            .await
    }

    /// Puts certificates on record for requests, by their numbers, in one transaction: the request
    /// and its certificate become Issued. The time is when the certificate's issuer expires.
    ///
    /// Tells for each, in order, whether it was taken: not where the request is gone, superseded,
    /// or for another key.
    pub async fn import_certificates(
        &self,
        actor: &Actor,
        certificates: Vec<(i64, Certificate, Option<Timestamp>)>,
    ) -> Result<Vec<bool>, StoreError> {
        let trail = self.trail(actor);
        self.write(move |connection| {
            let mut import = Import::default();
            let taken = certificates
                .iter()
                .map(|(id, certificate, issuer_not_after)| {
                    import.take(connection, &trail, *id, certificate, *issuer_not_after)
                })
                .collect::<Result<_, _>>()?;
            import.finish(connection, &trail)?;
            Ok(taken)
        })
        .await
    }

    /// Deletes all requests, and all certificates that no phone holds yet.
    pub async fn delete_csrs(&self, actor: &Actor) -> Result<DeletedCsrs, StoreError> {
        let trail = self.trail(actor);
        self.write(move |connection| delete_all(connection, &trail))
            .await
    }

    /// What is scheduled for the phone, and how far its request for this key has come; for a session
    /// that is held. `None` where the phone is not in the database.
    pub async fn progress(
        &self,
        device: &DeviceName,
        key: &KeyFingerprint,
    ) -> Result<Option<(CapfSettings, CsrProgress)>, StoreError> {
        let (device, key) = (device.clone(), *key);
        self.read(move |connection| {
            let Some(scheduled) = phone::scheduled(connection, &device)? else {
                return Ok(None);
            };
            let progress = progress(connection, &device, &key)?;
            Ok(Some((scheduled, progress)))
        })
        .await
    }
}

fn counts(connection: &mut dyn Connection) -> Result<CsrCounts, StoreError> {
    let mut counts = CsrCounts::default();
    connection.query(
        "SELECT state, COUNT(*) FROM csr GROUP BY state",
        &[],
        &mut |row| {
            let place = match row.word()? {
                CsrState::Pending => &mut counts.pending,
                CsrState::Dumped => &mut counts.dumped,
                CsrState::Issued => &mut counts.issued,
                CsrState::Superseded => &mut counts.superseded,
            };
            *place = row.count()?;
            Ok(ControlFlow::Continue(()))
        },
    )?;
    counts.valid = counts.pending + counts.dumped + counts.issued;
    counts.invalid = counts.superseded;
    Ok(counts)
}

fn list(
    connection: &mut dyn Connection,
    search: &CsrSearch,
    now: Timestamp,
) -> Result<Vec<CsrRecord>, StoreError> {
    let mut filter = Filter::new(&search.criteria, now)?;
    // The numbers are our own enumeration's, so they may stand in the text. The plus keeps SQLite
    // from collecting all requests that are left for each page, to sort them.
    let states: Vec<String> = search
        .states
        .iter()
        .map(|state| state.number().to_string())
        .collect();
    if states.is_empty() {
        return Ok(Vec::new());
    }
    filter.add(&format!("+csr.state IN ({})", states.join(", ")));
    let after = filter.bind(search.after.into());
    filter.add(&format!("csr.id > {after}"));
    if let Some(since) = search.since {
        let since = filter.bind(since.into());
        filter.add(&format!("csr.created_at >= {since}"));
    }
    let phones = if search.criteria.is_empty() {
        ""
    } else {
        filter.add("phone.name = csr.device");
        // In this order: what is asked of phones is asked of those that wait.
        "CROSS JOIN phone"
    };
    let limit = filter.bind(i64::from(search.limit).into());
    let sql = format!(
        "SELECT csr.id, csr.device, csr.state, csr.created_at, csr.der FROM csr {phones}
         {condition} ORDER BY csr.id LIMIT {limit}",
        condition = filter.condition(),
    );
    all(connection, &sql, &filter.values, read_record)
}

fn read_record(row: &mut Row<'_>) -> Result<CsrRecord, StoreError> {
    Ok(CsrRecord {
        id: row.integer()?,
        device: row.device()?,
        state: row.word()?,
        created_at: row.time()?,
        csr: Csr::from_der(row.blob()?).map_err(|error| StoreError::corrupt(error.to_string()))?,
    })
}

fn mark_dumped(
    connection: &mut dyn Connection,
    trail: &Trail,
    ids: &[i64],
) -> Result<u64, StoreError> {
    let mut marked = 0;
    for id in ids {
        let device = first(
            connection,
            "UPDATE csr SET state = ?2 WHERE id = ?1 AND state = ?3 RETURNING device",
            &[
                (*id).into(),
                CsrState::Dumped.into(),
                CsrState::Pending.into(),
            ],
            |row| row.device(),
        )?;
        if let Some(device) = device {
            trail.note(connection, Some(&device), &format!("CSR {id} dumped"))?;
            marked += 1;
        }
    }
    Ok(marked)
}

fn find_match(
    connection: &mut dyn Connection,
    key: &KeyFingerprint,
) -> Result<KeyMatch, StoreError> {
    let csr = first(
        connection,
        "SELECT id, device, state FROM csr WHERE key_fingerprint = ?1
         ORDER BY CASE WHEN state = ?2 THEN 1 ELSE 0 END, id DESC LIMIT 1",
        &[key.into(), CsrState::Superseded.into()],
        |row| {
            Ok(AnsweredCsr {
                id: row.integer()?,
                device: row.device()?,
                state: row.word()?,
            })
        },
    )?;
    let is_awaited = |csr: &AnsweredCsr| matches!(csr.state, CsrState::Pending | CsrState::Dumped);
    let lscs = if csr.as_ref().is_some_and(is_awaited) {
        Vec::new()
    } else {
        certificate::lscs_for_key(connection, key)?
    };
    Ok(KeyMatch { csr, lscs })
}

/// Certificates of an outside CA on their way into the database: those that are new, and what is noted
/// of all, are written together.
#[derive(Default)]
struct Import<'a> {
    devices: HashSet<DeviceName>,
    new: Vec<certificate::New<'a>>,
    notes: Vec<(DeviceName, String)>,
}

impl<'a> Import<'a> {
    fn take(
        &mut self,
        connection: &mut dyn Connection,
        trail: &Trail,
        id: i64,
        certificate: &'a Certificate,
        issuer_not_after: Option<Timestamp>,
    ) -> Result<bool, StoreError> {
        let key = certificate::fingerprint(certificate)?;
        let device = first(
            connection,
            "UPDATE csr SET state = ?3 WHERE id = ?1 AND key_fingerprint = ?2 AND state <> ?4
             RETURNING device",
            &[
                id.into(),
                (&key).into(),
                CsrState::Issued.into(),
                CsrState::Superseded.into(),
            ],
            |row| row.device(),
        )?;
        let Some(device) = device else {
            return Ok(false);
        };
        if !self.devices.insert(device.clone()) {
            // What comes now has to find what came before.
            self.finish(connection, trail)?;
        }
        // One certificate at a time is on its way to a phone.
        let (issued, stale) = (CertificateState::Issued, CertificateState::Stale);
        certificate::move_lscs(connection, &device, issued, stale)?;
        let (kind, until) = (CertificateKind::Lsc, issuer_not_after);
        if !certificate::set_state(connection, &device, kind, certificate, issued, until)? {
            self.new.push(certificate::New {
                device: device.clone(),
                kind,
                state: issued,
                key,
                issuer_not_after,
                certificate,
            });
        }
        let what = format!(
            "certificate imported, serial number {}",
            certificate.serial_number()
        );
        self.notes.push((device, what));
        Ok(true)
    }

    fn finish(&mut self, connection: &mut dyn Connection, trail: &Trail) -> Result<(), StoreError> {
        certificate::load(connection, trail, &std::mem::take(&mut self.new))?;
        trail.note_all(connection, &std::mem::take(&mut self.notes))
    }
}

fn delete_all(connection: &mut dyn Connection, trail: &Trail) -> Result<DeletedCsrs, StoreError> {
    let devices = all(connection, "DELETE FROM csr RETURNING device", &[], |row| {
        row.device()
    })?;
    let mut csrs = 0;
    for device in devices {
        trail.note(connection, Some(&device), "CSR deleted")?;
        csrs += 1;
    }
    let certificates = certificate::delete(
        connection,
        trail,
        CertificateState::Issued,
        "certificate that no phone holds deleted",
    )?;
    Ok(DeletedCsrs { csrs, certificates })
}

fn progress(
    connection: &mut dyn Connection,
    device: &DeviceName,
    key: &KeyFingerprint,
) -> Result<CsrProgress, StoreError> {
    let state = first(
        connection,
        "SELECT csr.state FROM csr JOIN phone ON phone.name = csr.device
         WHERE csr.device = ?1 AND csr.key_fingerprint = ?2 AND phone.operation = ?3
         ORDER BY csr.id DESC LIMIT 1",
        &[
            device.into(),
            key.into(),
            CertificateOperation::Install.into(),
        ],
        |row| row.word(),
    )?;
    Ok(match state {
        Some(CsrState::Pending | CsrState::Dumped) => CsrProgress::Waiting,
        Some(CsrState::Issued) => {
            let state = CertificateState::Issued;
            certificate::newest_lsc(connection, device, state, Some(key))?
                .map_or(CsrProgress::Gone, CsrProgress::Imported)
        }
        Some(CsrState::Superseded) | None => CsrProgress::Gone,
    })
}

/// Whether the phone's operation is pending because its request is with the CA, or the certificate
/// for it on the way.
pub(super) fn is_awaited(
    connection: &mut dyn Connection,
    device: &DeviceName,
) -> Result<bool, StoreError> {
    let awaited = first(
        connection,
        "SELECT csr.id FROM csr JOIN phone ON phone.name = csr.device
         WHERE csr.device = ?1 AND csr.state <> ?2 AND phone.operation_status = ?3 LIMIT 1",
        &[
            device.into(),
            CsrState::Superseded.into(),
            OperationStatus::OperationPending.into(),
        ],
        |row| row.integer(),
    )?;
    Ok(awaited.is_some())
}

/// The key of a phone's latest request, if its certificate has been imported.
pub(super) fn key_with_import(
    connection: &mut dyn Connection,
    device: &DeviceName,
) -> Result<Option<KeyFingerprint>, StoreError> {
    let latest = first(
        connection,
        "SELECT state, key_fingerprint FROM csr WHERE device = ?1 ORDER BY id DESC LIMIT 1",
        &[device.into()],
        |row| Ok((row.word::<CsrState>()?, read_key(row)?)),
    )?;
    Ok(latest.and_then(|(state, key)| (state == CsrState::Issued).then_some(key)))
}

fn read_key(row: &mut Row<'_>) -> Result<KeyFingerprint, StoreError> {
    row.blob()?
        .try_into()
        .map(KeyFingerprint::from_bytes)
        .map_err(|_| StoreError::corrupt("a key's fingerprint"))
}

/// The fingerprint of a request's key.
pub(super) fn fingerprint(csr: &Csr) -> Result<KeyFingerprint, StoreError> {
    KeyFingerprint::of(csr.public_key()).map_err(|error| StoreError::PublicKey {
        reason: error.to_string(),
    })
}

/// Another device for which this key is on record: it asked for a certificate for it, or has one or
/// is about to. A superseded request counts too: its certificate may come late, and must not be
/// taken for the answer to whoever sent the key after it.
pub(super) fn other_device_with(
    connection: &mut dyn Connection,
    key: &KeyFingerprint,
    device: &DeviceName,
) -> Result<Option<DeviceName>, StoreError> {
    first(
        connection,
        "SELECT device FROM csr WHERE key_fingerprint = ?1 AND device <> ?2
         UNION ALL
         SELECT device FROM certificate
         WHERE key_fingerprint = ?1 AND device <> ?2 AND state IN (?3, ?4)
         LIMIT 1",
        &[
            key.into(),
            device.into(),
            CertificateState::Issued.into(),
            CertificateState::Held.into(),
        ],
        |row| row.device(),
    )
}

/// Puts a phone's new request, for this key, on record as Pending.
pub(super) fn insert(
    connection: &mut dyn Connection,
    trail: &Trail,
    device: &DeviceName,
    key: &KeyFingerprint,
    csr: &Csr,
) -> Result<(), StoreError> {
    connection
        .execute(
            "INSERT INTO csr (device, state, created_at, key_fingerprint, der)
             VALUES (?1, ?2, ?3, ?4, ?5)",
            &[
                device.into(),
                CsrState::Pending.into(),
                trail.at.into(),
                key.into(),
                csr.der().into(),
            ],
        )
        .map(drop)
}

/// Marks a phone's requests as superseded: all, or those of one key.
pub(super) fn supersede(
    connection: &mut dyn Connection,
    device: &DeviceName,
    key: Option<&KeyFingerprint>,
) -> Result<(), StoreError> {
    connection.execute(
        "UPDATE csr SET state = ?2
         WHERE device = ?1 AND key_fingerprint = COALESCE(?3, key_fingerprint)",
        &[
            device.into(),
            CsrState::Superseded.into(),
            key.map_or(Value::Null, Value::from),
        ],
    )?;
    delete_beyond(
        connection,
        SUPERSEDED_KEPT,
        "csr WHERE device = ?1 AND state = ?2",
        &[device.into(), CsrState::Superseded.into()],
    )
}

/// Deletes a phone's requests: it waits for none of them any more.
pub(super) fn delete_of(
    connection: &mut dyn Connection,
    device: &DeviceName,
) -> Result<(), StoreError> {
    connection
        .execute("DELETE FROM csr WHERE device = ?1", &[device.into()])
        .map(drop)
}
