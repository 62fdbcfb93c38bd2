//! What a phone's session asks of the store, and what it leaves there.

use std::net::IpAddr;

use super::audit::Trail;
use super::engine::Connection;
use super::{Actor, PhoneRow, Store, StoreError, certificate, csr, parameter, phone};
use crate::model::{
    Certificate, CertificateKind, CertificateOperation, CertificateState, Csr, DeviceName,
    OperationStatus,
};
use crate::session::{Record, Subject};

impl Store {
    /// All that a session has to know about this phone; `None` where it is not in the database.
    pub async fn subject(&self, device: &DeviceName) -> Result<Option<Subject>, StoreError> {
        let device = device.clone();
        self.read(move |connection| subject(connection, &device))
            .await
    }

    /// Records what happened in the phone's session; durable when it returns.
    ///
    /// The phone's last contact is noted with it. Only [`Record::Installed`] makes a certificate
    /// Held, even one that is not on record any more: the phone has it. A success ends the
    /// operation that it belongs to, not another that was scheduled meanwhile.
    pub async fn record(
        &self,
        device: &DeviceName,
        address: IpAddr,
        record: Record,
    ) -> Result<(), StoreError> {
        let device = device.clone();
        let trail = self.trail(&Actor::Phone(address));
        self.write(move |connection| {
            if !phone::touch(connection, &device, address, trail.at)? {
                return Err(StoreError::UnknownPhone { device });
            }
            keep(connection, &trail, &device, record)
        })
        .await
    }
}

fn subject(
    connection: &mut dyn Connection,
    device: &DeviceName,
) -> Result<Option<Subject>, StoreError> {
    let Some(PhoneRow { phone, .. }) = phone::read(connection, device)? else {
        return Ok(None);
    };
    let held = certificate::newest_lsc(connection, device, CertificateState::Held, None)?;
    let imported = match csr::key_with_import(connection, device)? {
        Some(key) => {
            certificate::newest_lsc(connection, device, CertificateState::Issued, Some(&key))?
        }
        None => None,
    };
    Ok(Some(Subject {
        phone,
        parameters: parameter::values(connection)?,
        held,
        imported,
    }))
}

fn keep(
    connection: &mut dyn Connection,
    trail: &Trail,
    device: &DeviceName,
    record: Record,
) -> Result<(), StoreError> {
    match record {
        Record::Issued { certificate } => issued(connection, trail, device, &certificate),
        Record::Requested { csr } => requested(connection, trail, device, &csr),
        Record::Installed { certificate } => installed(connection, trail, device, &certificate),
        Record::NotStored {
            certificate,
            status,
        } => not_stored(connection, trail, device, &certificate, status),
        Record::Deleted => deleted(connection, trail, device),
        Record::Fetched { certificates } => fetched(connection, trail, device, &certificates),
        Record::Failed {
            status,
            ends_operation,
        } => failed(connection, trail, device, status, ends_operation),
    }
}

fn issued(
    connection: &mut dyn Connection,
    trail: &Trail,
    device: &DeviceName,
    certificate: &Certificate,
) -> Result<(), StoreError> {
    forget_older_key(connection, device)?;
    let (kind, state) = (CertificateKind::Lsc, CertificateState::Issued);
    certificate::put(connection, trail, device, kind, certificate, state)?;
    let what = format!("LSC issued, serial number {}", certificate.serial_number());
    trail.note(connection, Some(device), &what)
}

fn requested(
    connection: &mut dyn Connection,
    trail: &Trail,
    device: &DeviceName,
    csr: &Csr,
) -> Result<(), StoreError> {
    forget_older_key(connection, device)?;
    csr::insert(connection, trail, device, csr)?;
    trail.note(connection, Some(device), "CSR made")
}

/// The phone has made a new key: nothing that was on its way for an older one will arrive.
fn forget_older_key(
    connection: &mut dyn Connection,
    device: &DeviceName,
) -> Result<(), StoreError> {
    csr::supersede(connection, device, None)?;
    let (issued, stale) = (CertificateState::Issued, CertificateState::Stale);
    certificate::move_lscs(connection, device, issued, stale)
}

fn installed(
    connection: &mut dyn Connection,
    trail: &Trail,
    device: &DeviceName,
    certificate: &Certificate,
) -> Result<(), StoreError> {
    use CertificateState::{Held, Issued, Replaced, Stale};
    certificate::move_lscs(connection, device, Held, Replaced)?;
    certificate::put(
        connection,
        trail,
        device,
        CertificateKind::Lsc,
        certificate,
        Held,
    )?;
    certificate::move_lscs(connection, device, Issued, Stale)?;
    certificate::show_held(connection, device, certificate)?;
    csr::delete_of(connection, device)?;
    succeed(connection, device, CertificateOperation::Install)?;
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
    status: OperationStatus,
) -> Result<(), StoreError> {
    let kind = CertificateKind::Lsc;
    // A certificate that the phone holds from an earlier session stays held.
    if certificate::state(connection, device, kind, certificate)? == Some(CertificateState::Issued)
    {
        let state = CertificateState::Stale;
        certificate::set_state(connection, device, kind, certificate, state)?;
    }
    let key = certificate::fingerprint(certificate)?;
    csr::supersede(connection, device, Some(&key))?;
    set_status(connection, device, status, false)?;
    let what = format!(
        "LSC not stored by the phone, serial number {}: {status}",
        certificate.serial_number()
    );
    trail.note(connection, Some(device), &what)
}

fn deleted(
    connection: &mut dyn Connection,
    trail: &Trail,
    device: &DeviceName,
) -> Result<(), StoreError> {
    let (held, deleted) = (CertificateState::Held, CertificateState::Deleted);
    certificate::move_lscs(connection, device, held, deleted)?;
    certificate::show_none(connection, device)?;
    succeed(connection, device, CertificateOperation::Delete)?;
    trail.note(connection, Some(device), "LSC deleted")
}

fn fetched(
    connection: &mut dyn Connection,
    trail: &Trail,
    device: &DeviceName,
    certificates: &[(CertificateKind, Certificate)],
) -> Result<(), StoreError> {
    for (kind, certificate) in certificates {
        // What is on record already keeps its state: the record knows more of its history.
        if certificate::state(connection, device, *kind, certificate)?.is_none() {
            let state = CertificateState::Fetched;
            certificate::put(connection, trail, device, *kind, certificate, state)?;
        }
    }
    succeed(connection, device, CertificateOperation::Troubleshoot)?;
    let kinds: Vec<&str> = certificates.iter().map(|(kind, _)| kind.as_str()).collect();
    let what = format!("certificates fetched: {}", kinds.join(", "));
    trail.note(connection, Some(device), &what)
}

fn failed(
    connection: &mut dyn Connection,
    trail: &Trail,
    device: &DeviceName,
    status: OperationStatus,
    ends_operation: bool,
) -> Result<(), StoreError> {
    set_status(connection, device, status, ends_operation)?;
    trail.note(
        connection,
        Some(device),
        &format!("operation failed: {status}"),
    )
}

/// Notes how the operation that is scheduled fares. Where none is, another session of the phone has
/// ended it meanwhile, and what came of that stands.
fn set_status(
    connection: &mut dyn Connection,
    device: &DeviceName,
    status: OperationStatus,
    ends_operation: bool,
) -> Result<(), StoreError> {
    let none = CertificateOperation::None;
    connection.execute(
        "UPDATE phone SET operation_status = ?2 WHERE name = ?1 AND operation <> ?3",
        &[device.into(), status.into(), none.into()],
    )?;
    if ends_operation {
        connection.execute(
            "UPDATE phone SET operation = ?2 WHERE name = ?1",
            &[device.into(), none.into()],
        )?;
    }
    Ok(())
}

/// Ends an operation well: its status, nothing scheduled, and the one-time string is used up. What
/// an administrator has scheduled in its place meanwhile stays, with its string.
fn succeed(
    connection: &mut dyn Connection,
    device: &DeviceName,
    operation: CertificateOperation,
) -> Result<(), StoreError> {
    connection
        .execute(
            "UPDATE phone SET operation = ?2, operation_status = ?3, authentication_string = ''
             WHERE name = ?1 AND operation IN (?2, ?4)",
            &[
                device.into(),
                CertificateOperation::None.into(),
                OperationStatus::success(operation).into(),
                operation.into(),
            ],
        )
        .map(drop)
}
