//! What a phone's session asks of the store, and what it leaves there.

use std::net::IpAddr;

use jiff::Timestamp;

use super::audit::Trail;
use super::engine::Connection;
use super::{
    Actor, PhoneRow, Store, StoreError, certificate, crl, csr, lock, parameter, phone, trust_anchor,
};
use crate::model::{
    AuthenticationMode, CapfSettings, Certificate, CertificateKind, CertificateOperation,
    CertificateState, Csr, DeviceName, OperationStatus,
};
use crate::session::{Record, Subject};

/// What came of a session's record.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Recorded {
    /// It is on record.
    Kept,
    /// It is not, because the operation that it wants is no longer scheduled.
    CalledOff,
    /// It is not, right or wrong, because the phone is locked: too many wrong strings were entered.
    Locked {
        /// Until when.
        until: Timestamp,
    },
    /// It is not, because the phone's key is another device's: whoever has that one's request sees
    /// its key, and no two phones make the same by chance.
    ForeignKey {
        /// For which device the key is on record.
        device: DeviceName,
    },
}

/// What a session has a right to decide: it takes the phone with the first thing that it puts on
/// record, and has lost it when another session, on whatever node, has done so since.
#[derive(Debug)]
pub struct Claim {
    /// Its own among all that ever were.
    token: i64,
    is_taken: bool,
}

impl Claim {
    /// The claim of a session that has put nothing on record yet.
    pub fn new() -> Self {
        let random = getrandom::u64().unwrap_or_default();
        Self {
            // 0 is nobody's.
            token: (random >> 1).cast_signed() | 1,
            is_taken: false,
        }
    }
}

impl Default for Claim {
    fn default() -> Self {
        Self::new()
    }
}

impl Store {
    /// All that a session has to know about this phone; `None` where it is not in the database.
    /// `shown` are the serial numbers of the certificates that it shows.
    pub async fn subject(
        &self,
        device: &DeviceName,
        shown: Vec<String>,
    ) -> Result<Option<Subject>, StoreError> {
        let device = device.clone();
        self.read(move |connection| subject(connection, &device, &shown))
            .await
    }

    /// What is scheduled for this phone; `None` where it is not in the database.
    pub async fn scheduled(&self, device: &DeviceName) -> Result<Option<CapfSettings>, StoreError> {
        let device = device.clone();
        self.read(move |connection| phone::scheduled(connection, &device))
            .await
    }

    /// Records what happened in the phone's session, which was begun for `schedule`; durable when it
    /// returns.
    ///
    /// The phone's last contact is noted with it; not that of somebody who did not prove to be the
    /// phone while it waits for its certificate. Only [`Record::Installed`] makes a certificate
    /// Held, even one that is not on record any more: the phone has it. A success ends what it was
    /// scheduled as, not what was scheduled meanwhile, be it the same operation with another
    /// string or for another key; nor does a failure touch that one. Of two sessions of a phone, on
    /// whatever nodes, the one that came later decides: of the other nothing is taken but what has
    /// happened in the phone.
    pub async fn record(
        &self,
        device: &DeviceName,
        address: IpAddr,
        schedule: &CapfSettings,
        claim: &mut Claim,
        record: Record,
    ) -> Result<Recorded, StoreError> {
        // Whoever did not prove to be the phone takes nothing from it.
        let takes = record.is_proof();
        let recorded = self.put(device, address, schedule, claim, record).await?;
        claim.is_taken |= takes;
        Ok(recorded)
    }

    async fn put(
        &self,
        device: &DeviceName,
        address: IpAddr,
        schedule: &CapfSettings,
        &Claim { token, is_taken }: &Claim,
        record: Record,
    ) -> Result<Recorded, StoreError> {
        let (device, schedule) = (device.clone(), schedule.clone());
        let trail = self.trail(&Actor::Phone(address));
        self.write(move |connection| {
            let is_strangers = record.is_refusal() && csr::is_awaited(connection, &device)?;
            let now = if is_strangers {
                phone::scheduled(connection, &device)?
            } else {
                phone::touch(connection, &device, address, trail.at)?
            };
            let Some(now) = now else {
                let device = device.clone();
                return Err(StoreError::UnknownPhone { device });
            };
            let has_claim = if is_taken {
                phone::has_claim(connection, &device, token)?
            } else {
                if record.is_proof() {
                    phone::claim(connection, &device, token)?;
                }
                true
            };
            let stands = has_claim && schedule.ask_the_same_as(&now);
            if record.needs_schedule() && !stands {
                return Ok(Recorded::CalledOff);
            }
            keep(connection, &trail, &device, record.clone(), stands)
        })
        .await
    }
}

fn subject(
    connection: &mut dyn Connection,
    device: &DeviceName,
    shown: &[String],
) -> Result<Option<Subject>, StoreError> {
    let Some(PhoneRow {
        phone,
        locked_until,
        ..
    }) = phone::read(connection, device)?
    else {
        return Ok(None);
    };
    let held = certificate::newest_lsc(connection, device, CertificateState::Held, None)?;
    let imported = match csr::key_with_import(connection, device)? {
        Some(key) => {
            certificate::newest_lsc(connection, device, CertificateState::Issued, Some(&key))?
        }
        None => None,
    };
    // Most phones do not ask for them, and reading a certificate takes its time.
    let (lscs, anchors, revocations) = match phone.capf.authentication_mode {
        AuthenticationMode::ExistingLsc | AuthenticationMode::ExistingMic => {
            let anchors = trust_anchor::anchors(connection, None)?;
            let anchors_serials = anchors
                .iter()
                .map(|anchor| anchor.certificate.serial_number());
            let serial_numbers: Vec<_> = shown
                .iter()
                .map(String::as_str)
                .chain(anchors_serials)
                .collect();
            let revocations = crl::revocations(connection, &serial_numbers)?;
            let lscs = certificate::lscs_that_tell(connection, device)?;
            (lscs, anchors, revocations)
        }
        AuthenticationMode::AuthenticationString | AuthenticationMode::NullString => {
            (Vec::new(), Vec::new(), Vec::new())
        }
    };
    Ok(Some(Subject {
        phone,
        parameters: parameter::values(connection)?,
        held,
        imported,
        lscs,
        anchors,
        revocations,
        locked_until,
    }))
}

/// `stands` says whether what the session was begun for is still scheduled.
fn keep(
    connection: &mut dyn Connection,
    trail: &Trail,
    device: &DeviceName,
    record: Record,
    stands: bool,
) -> Result<Recorded, StoreError> {
    match record {
        Record::Proved => return attempted(connection, trail, device, None),
        Record::Guessed { operation, status } => {
            return attempted(connection, trail, device, Some((operation, status)));
        }
        Record::Issued { certificate } => issued(connection, trail, device, &certificate),
        Record::Requested { csr } => return requested(connection, trail, device, &csr),
        Record::Installed { certificate } => {
            installed(connection, trail, device, &certificate, stands)
        }
        Record::NotStored {
            certificate,
            status,
        } => not_stored(
            connection,
            trail,
            device,
            &certificate,
            stands.then_some(status),
        ),
        Record::Deleted => deleted(connection, trail, device, stands),
        Record::Fetched { certificates } => {
            fetched(connection, trail, device, &certificates, stands)
        }
        Record::Failed {
            operation,
            status,
            ends_operation,
            is_refusal,
        } => {
            if !stands {
                return Ok(Recorded::Kept);
            }
            if is_refusal {
                refused(connection, trail, device, operation, status)?;
                return Ok(Recorded::Kept);
            }
            let next = if ends_operation {
                CertificateOperation::None
            } else {
                operation
            };
            failed(connection, trail, device, operation, status, next)
        }
    }?;
    Ok(Recorded::Kept)
}

/// A string was entered, the right one or a wrong one by which an operation failed. It counts where
/// no wrong ones have locked the phone since the session asked.
fn attempted(
    connection: &mut dyn Connection,
    trail: &Trail,
    device: &DeviceName,
    wrong: Option<(CertificateOperation, OperationStatus)>,
) -> Result<Recorded, StoreError> {
    if let Some(until) = lock::locked_until(connection, device, trail.at)? {
        return Ok(Recorded::Locked { until });
    }
    match wrong {
        None => lock::unlock(connection, device)?,
        Some((operation, status)) => {
            lock::count_guess(connection, trail, device)?;
            refused(connection, trail, device, operation, status)?;
        }
    }
    Ok(Recorded::Kept)
}

fn issued(
    connection: &mut dyn Connection,
    trail: &Trail,
    device: &DeviceName,
    certificate: &Certificate,
) -> Result<(), StoreError> {
    forget_older_key(connection, device)?;
    let (kind, state) = (CertificateKind::Lsc, CertificateState::Issued);
    certificate::put(connection, trail, device, kind, certificate, state, None)?;
    let what = format!("LSC issued, serial number {}", certificate.serial_number());
    trail.note(connection, Some(device), &what)
}

fn requested(
    connection: &mut dyn Connection,
    trail: &Trail,
    device: &DeviceName,
    csr: &Csr,
) -> Result<Recorded, StoreError> {
    let key = csr::fingerprint(csr)?;
    if let Some(device) = csr::other_device_with(connection, &key, device)? {
        return Ok(Recorded::ForeignKey { device });
    }
    forget_older_key(connection, device)?;
    csr::insert(connection, trail, device, &key, csr)?;
    let install = CertificateOperation::Install;
    let pending = OperationStatus::OperationPending;
    set_status(connection, device, install, pending, install)?;
    trail.note(connection, Some(device), "CSR made")?;
    Ok(Recorded::Kept)
}

/// The phone has made a new key: nothing that was on its way for an older one will arrive.
fn forget_older_key(
    connection: &mut dyn Connection,
    device: &DeviceName,
) -> Result<(), StoreError> {
    csr::supersede(connection, device, None)?;
    let (issued, stale) = (CertificateState::Issued, CertificateState::Stale);
    certificate::move_lscs(connection, device, issued, stale)?;
    certificate::forget_oldest_stale(connection, device)
}

fn installed(
    connection: &mut dyn Connection,
    trail: &Trail,
    device: &DeviceName,
    certificate: &Certificate,
    stands: bool,
) -> Result<(), StoreError> {
    use CertificateState::{Fetched, Held, Issued, Replaced, Stale};
    for there in [Held, Fetched] {
        certificate::move_lscs(connection, device, there, Replaced)?;
    }
    certificate::put(
        connection,
        trail,
        device,
        CertificateKind::Lsc,
        certificate,
        Held,
        None,
    )?;
    certificate::move_lscs(connection, device, Issued, Stale)?;
    certificate::show_held(connection, device, certificate)?;
    csr::delete_of(connection, device)?;
    succeed(connection, device, CertificateOperation::Install, stands)?;
    let what = format!(
        "LSC installed, serial number {}",
        certificate.serial_number()
    );
    trail.note(connection, Some(device), &what)
}

fn not_stored(
    connection: &mut dyn Connection,
    trail: &Trail,
    device: &DeviceName,
    certificate: &Certificate,
    status: Option<OperationStatus>,
) -> Result<(), StoreError> {
    let kind = CertificateKind::Lsc;
    // A certificate that the phone holds from an earlier session stays held.
    if certificate::state(connection, device, kind, certificate)? == Some(CertificateState::Issued)
    {
        let state = CertificateState::Stale;
        certificate::set_state(connection, device, kind, certificate, state, None)?;
    }
    let key = certificate::fingerprint(certificate)?;
    csr::supersede(connection, device, Some(&key))?;
    let install = CertificateOperation::Install;
    let mut what = format!(
        "LSC not stored by the phone, serial number {}",
        certificate.serial_number()
    );
    if let Some(status) = status {
        set_status(connection, device, install, status, install)?;
        what = format!("{what}: {status}");
    }
    trail.note(connection, Some(device), &what)
}

fn deleted(
    connection: &mut dyn Connection,
    trail: &Trail,
    device: &DeviceName,
    stands: bool,
) -> Result<(), StoreError> {
    for there in [CertificateState::Held, CertificateState::Fetched] {
        certificate::move_lscs(connection, device, there, CertificateState::Deleted)?;
    }
    certificate::show_none(connection, device)?;
    succeed(connection, device, CertificateOperation::Delete, stands)?;
    trail.note(connection, Some(device), "LSC deleted")
}

fn fetched(
    connection: &mut dyn Connection,
    trail: &Trail,
    device: &DeviceName,
    certificates: &[(CertificateKind, Certificate)],
    stands: bool,
) -> Result<(), StoreError> {
    for (kind, certificate) in certificates {
        // What is on record already keeps its state: the record knows more of its history.
        if certificate::state(connection, device, *kind, certificate)?.is_none() {
            let state = CertificateState::Fetched;
            certificate::put(connection, trail, device, *kind, certificate, state, None)?;
        }
    }
    succeed(
        connection,
        device,
        CertificateOperation::Troubleshoot,
        stands,
    )?;
    let kinds: Vec<&str> = certificates.iter().map(|(kind, _)| kind.as_str()).collect();
    let what = format!("certificates fetched: {}", kinds.join(", "));
    trail.note(connection, Some(device), &what)
}

/// The trail is told of it once, and not again each time that the phone tries and fails alike.
fn failed(
    connection: &mut dyn Connection,
    trail: &Trail,
    device: &DeviceName,
    operation: CertificateOperation,
    status: OperationStatus,
    next: CertificateOperation,
) -> Result<(), StoreError> {
    if !set_status(connection, device, operation, status, next)? {
        return Ok(());
    }
    let what = format!("operation failed: {status}");
    trail.note(connection, Some(device), &what)
}

/// Somebody did not prove to be the phone, which may be the phone. Where its request is awaited, the
/// phone has proved itself, so that the status stays; the trail tells of it in any case.
fn refused(
    connection: &mut dyn Connection,
    trail: &Trail,
    device: &DeviceName,
    operation: CertificateOperation,
    status: OperationStatus,
) -> Result<(), StoreError> {
    let what = if csr::is_awaited(connection, device)? {
        format!("somebody refused while the phone waits for its certificate: {status}")
    } else if set_status(connection, device, operation, status, operation)? {
        format!("operation failed: {status}")
    } else {
        return Ok(());
    };
    trail.note_latest(connection, device, &what)
}

/// Notes how an operation fares that is still scheduled, and what is scheduled `next`; tells whether
/// that is news.
fn set_status(
    connection: &mut dyn Connection,
    device: &DeviceName,
    operation: CertificateOperation,
    status: OperationStatus,
    next: CertificateOperation,
) -> Result<bool, StoreError> {
    let changed = connection.execute(
        "UPDATE phone SET operation_status = ?3, operation = ?4
         WHERE name = ?1 AND operation = ?2 AND (operation_status <> ?3 OR operation <> ?4)",
        &[device.into(), operation.into(), status.into(), next.into()],
    )?;
    Ok(changed > 0)
}

/// Ends an operation well: its status, nothing scheduled, and the one-time string is used up. What
/// an administrator has scheduled in its place meanwhile stays, with its string; of one that was
/// called off, it is told that it was done all the same.
fn succeed(
    connection: &mut dyn Connection,
    device: &DeviceName,
    operation: CertificateOperation,
    stands: bool,
) -> Result<(), StoreError> {
    let none = CertificateOperation::None.into();
    let status = OperationStatus::success(operation).into();
    let sql = if stands {
        "UPDATE phone SET operation = ?2, operation_status = ?3, authentication_string = ''
         WHERE name = ?1"
    } else {
        "UPDATE phone SET operation_status = ?3 WHERE name = ?1 AND operation = ?2"
    };
    connection
        .execute(sql, &[device.into(), none, status])
        .map(drop)
}
