//! Phones: added, changed, removed, and read.

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;
use std::ops::ControlFlow;

use jiff::Timestamp;

use super::audit::Trail;
use super::engine::{Connection, Row, Value, all, first, placeholders};
use super::search::Filter;
use super::{Actor, Store, StoreError, certificate, lock, parameter};
use crate::model::{
    CapfSettings, Certificate, CertificateKind, CertificateOperation, CertificateState, CsrState,
    DeviceName, ParameterValues, Phone, PhoneChange,
};
use crate::secret::AuthenticationString;

/// How many names a statement asks for.
const NAMES: usize = 500;

/// A phone to be added, with what it is known to hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPhone {
    /// The phone.
    pub phone: Phone,
    /// The LSC that it holds.
    pub lsc: Option<Certificate>,
    /// Its MIC.
    pub mic: Option<Certificate>,
}

impl From<Phone> for NewPhone {
    /// A phone that is not known to hold anything.
    fn from(phone: Phone) -> Self {
        Self {
            phone,
            lsc: None,
            mic: None,
        }
    }
}

/// What came of adding phones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Added {
    /// How many are new.
    pub added: u64,
    /// Those that were there already, and stay as they are.
    pub existing: Vec<DeviceName>,
}

/// What is to be changed on phones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// The settings to change.
    pub change: PhoneChange,
    /// Whether each phone gets an authentication string of its own, freshly made.
    pub generate_strings: bool,
    /// Whether Delete and Troubleshoot are scheduled for phones, too, that are not known to have a
    /// certificate.
    pub force: bool,
}

/// What came of changing phones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// Those that were changed.
    pub changed: Vec<DeviceName>,
    /// Those that are not in the database.
    pub unknown: Vec<DeviceName>,
    /// Those that stay as they were, because they are not known to have the certificate that is to
    /// be deleted or fetched.
    pub without_certificate: Vec<DeviceName>,
}

/// What came of removing phones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removed {
    /// How many were removed.
    pub removed: u64,
    /// Those that are not in the database.
    pub unknown: Vec<DeviceName>,
}

/// A phone, with what lists show of its LSC and its request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhoneRow {
    /// The phone.
    pub phone: Phone,
    /// The LSC that it holds.
    pub lsc: Option<LscSummary>,
    /// Its latest request.
    pub csr: Option<CsrSummary>,
    /// Until when no authentication string is accepted from it. The time may have passed.
    pub locked_until: Option<Timestamp>,
}

/// What lists show of the LSC that a phone holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LscSummary {
    /// Its subject.
    pub subject: String,
    /// Its issuer's name.
    pub issuer: String,
    /// Its serial number in lower-case hexadecimal.
    pub serial_number: String,
    /// The first second in which it is valid.
    pub not_before: Timestamp,
    /// The last second in which it is valid.
    pub not_after: Timestamp,
    /// The last second in which its issuer's certificate is valid, where that is known.
    pub issuer_not_after: Option<Timestamp>,
}

/// What lists show of a phone's latest request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CsrSummary {
    /// How far it came.
    pub state: CsrState,
    /// When the phone's key arrived.
    pub created_at: Timestamp,
}

impl Store {
    /// Adds phones in one transaction; phones that are there already stay as they are.
    ///
    /// An operation that is scheduled without a time by which it must complete gets the one that
    /// the parameter `CAPF Operation Expires in (days)` says.
    pub async fn add_phones(&self, actor: &Actor, phones: Vec<Phone>) -> Result<Added, StoreError> {
        let phones = phones.into_iter().map(NewPhone::from).collect();
        self.add_phones_with_certificates(actor, phones).await
    }

    /// As [`Store::add_phones`], for phones that come with their certificates: an LSC becomes the
    /// one that the phone holds, and a MIC one that was seen in it.
    pub async fn add_phones_with_certificates(
        &self,
        actor: &Actor,
        phones: Vec<NewPhone>,
    ) -> Result<Added, StoreError> {
        let trail = self.trail(actor);
        self.write(move |connection| add(connection, &trail, phones.clone()))
            .await
    }

    /// Those of these phones that are in the database.
    pub async fn known_phones(
        &self,
        devices: Vec<DeviceName>,
    ) -> Result<Vec<DeviceName>, StoreError> {
        self.read(move |connection| known(connection, &devices))
            .await
    }

    /// One phone.
    pub async fn phone(&self, device: &DeviceName) -> Result<Option<PhoneRow>, StoreError> {
        let device = device.clone();
        self.read(move |connection| read(connection, &device)).await
    }

    /// Changes phones in one transaction.
    ///
    /// An operation that is scheduled without a time by which it must complete gets the one that
    /// the parameter `CAPF Operation Expires in (days)` says.
    pub async fn change_phones(
        &self,
        actor: &Actor,
        devices: Vec<DeviceName>,
        change: Change,
    ) -> Result<Changed, StoreError> {
        let trail = self.trail(actor);
        self.write(move |connection| change_all(connection, &trail, &devices, change.clone()))
            .await
    }

    /// Removes phones with their requests and certificates, in one transaction.
    pub async fn remove_phones(
        &self,
        actor: &Actor,
        devices: Vec<DeviceName>,
    ) -> Result<Removed, StoreError> {
        let trail = self.trail(actor);
        self.write(move |connection| remove(connection, &trail, &devices))
            .await
    }

    /// Notes that a phone spoke, from where and when.
    ///
    /// Returns when it is noted down to be written, with the next commit: nobody waits for the disk
    /// for it. A phone that is not in the database is passed over.
    pub async fn contact(&self, device: &DeviceName, address: IpAddr) -> Result<(), StoreError> {
        let (device, now) = (device.clone(), self.now());
        let _outcome = self
            .0
            .writer
            .post(move |connection| touch(connection, &device, address, now).map(drop))
            .await?;
        Ok(())
    }
}

fn add(
    connection: &mut dyn Connection,
    trail: &Trail,
    phones: Vec<NewPhone>,
) -> Result<Added, StoreError> {
    let parameters = parameter::values(connection)?;
    let mut outcome = Added {
        added: 0,
        existing: Vec::new(),
    };
    let names: Vec<_> = phones.iter().map(|new| new.phone.name.clone()).collect();
    let mut there: HashSet<_> = known(connection, &names)?.into_iter().collect();
    let (mut new, mut notes) = (Vec::new(), Vec::new());
    for mut one in phones {
        if !there.insert(one.phone.name.clone()) {
            outcome.existing.push(one.phone.name);
            continue;
        }
        let capf = &mut one.phone.capf;
        if capf.operation != CertificateOperation::None && capf.completes_by.is_none() {
            capf.completes_by = Some(parameters.completes_by(trail.at));
        }
        new.push(one);
    }
    let rows: Vec<_> = new.iter().flat_map(|one| values(&one.phone)).collect();
    connection.load("phone", &FIELDS, &rows)?;
    for NewPhone { phone, lsc, mic } in &new {
        let mut what = "phone added".to_owned();
        if let Some(lsc) = lsc {
            let (kind, state) = (CertificateKind::Lsc, CertificateState::Held);
            certificate::put(connection, trail, &phone.name, kind, lsc, state, None)?;
            certificate::show_held(connection, &phone.name, lsc)?;
            what = format!("{what} with its LSC, serial number {}", lsc.serial_number());
        }
        if let Some(mic) = mic {
            let (kind, state) = (CertificateKind::Mic, CertificateState::Fetched);
            certificate::put(connection, trail, &phone.name, kind, mic, state, None)?;
        }
        notes.push((phone.name.clone(), what));
        outcome.added += 1;
    }
    trail.note_all(connection, &notes)?;
    Ok(outcome)
}

fn known(
    connection: &mut dyn Connection,
    devices: &[DeviceName],
) -> Result<Vec<DeviceName>, StoreError> {
    let mut known = HashSet::new();
    for devices in devices.chunks(NAMES) {
        let places = placeholders(1, devices.len());
        let sql = format!("SELECT name FROM phone WHERE name IN ({places})");
        let names: Vec<_> = devices.iter().map(Value::from).collect();
        known.extend(all(connection, &sql, &names, |row| row.device())?);
    }
    let mut devices = devices.to_vec();
    devices.retain(|device| known.contains(device));
    Ok(devices)
}

fn update(connection: &mut dyn Connection, phone: &Phone) -> Result<(), StoreError> {
    connection
        .execute(
            "UPDATE phone SET description = ?2, description_key = ?3, model = ?4, model_key = ?5,
                 security_profile = ?6, security_profile_key = ?7, device_security_mode = ?8,
                 operation = ?9, authentication_mode = ?10, authentication_string = ?11,
                 key_order = ?12, rsa_key_size = ?13, ec_key_size = ?14, completes_by = ?15,
                 operation_status = ?16, last_contact = ?17, last_address = ?18
             WHERE name = ?1",
            &values(phone),
        )
        .map(drop)
}

/// What is kept of a phone, as [`values`] has it and [`update`] numbers it.
pub(super) const FIELDS: [&str; 18] = [
    "name",
    "description",
    "description_key",
    "model",
    "model_key",
    "security_profile",
    "security_profile_key",
    "device_security_mode",
    "operation",
    "authentication_mode",
    "authentication_string",
    "key_order",
    "rsa_key_size",
    "ec_key_size",
    "completes_by",
    "operation_status",
    "last_contact",
    "last_address",
];

/// A phone's values, in the order of [`FIELDS`].
pub(super) fn values(phone: &Phone) -> [Value<'_>; 18] {
    let capf = &phone.capf;
    let (last_contact, last_address) = match phone.last_contact {
        Some((time, address)) => (time.into(), address.into()),
        None => (Value::Integer(0), Value::Null),
    };
    [
        (&phone.name).into(),
        phone.description.as_str().into(),
        phone.description.to_lowercase().into(),
        phone.model.as_str().into(),
        phone.model.to_lowercase().into(),
        phone.security_profile.as_str().into(),
        phone.security_profile.to_lowercase().into(),
        phone.device_security_mode.into(),
        capf.operation.into(),
        capf.authentication_mode.into(),
        capf.authentication_string
            .as_ref()
            .map_or("", AuthenticationString::reveal)
            .into(),
        capf.key_order.into(),
        capf.rsa_key_size.into(),
        capf.ec_key_size.into(),
        capf.completes_by.into(),
        phone.operation_status.into(),
        last_contact,
        last_address,
    ]
}

pub(super) fn change_all(
    connection: &mut dyn Connection,
    trail: &Trail,
    devices: &[DeviceName],
    change: Change,
) -> Result<Changed, StoreError> {
    let Change {
        mut change,
        generate_strings,
        force,
    } = change;
    complete(&mut change, &parameter::values(connection)?, trail.at);
    let what = describe(&change, generate_strings);
    let mut outcome = Changed {
        changed: Vec::new(),
        unknown: Vec::new(),
        without_certificate: Vec::new(),
    };
    for device in devices {
        let Some(PhoneRow { mut phone, .. }) = read(connection, device)? else {
            outcome.unknown.push(device.clone());
            continue;
        };
        let wanted = match change.operation {
            Some(CertificateOperation::Delete) => &[CertificateKind::Lsc][..],
            Some(CertificateOperation::Troubleshoot) => {
                &[CertificateKind::Lsc, CertificateKind::Mic]
            }
            _ => &[],
        };
        let mut has_certificate = wanted.is_empty();
        for kind in wanted {
            has_certificate |= certificate::is_known(connection, device, *kind)?;
        }
        if !has_certificate && !force {
            outcome.without_certificate.push(device.clone());
            continue;
        }
        if generate_strings {
            change.authentication_string = Some(Some(AuthenticationString::generate()));
        }
        phone.apply(&change);
        update(connection, &phone)?;
        if change.operation.is_some() || change.authentication_string.is_some() {
            lock::unlock(connection, device)?;
        }
        trail.note(connection, Some(device), &what)?;
        outcome.changed.push(device.clone());
    }
    Ok(outcome)
}

/// Gives an operation that is scheduled the time by which it must complete, where none was said.
fn complete(change: &mut PhoneChange, parameters: &ParameterValues, now: Timestamp) {
    let schedules = change
        .operation
        .is_some_and(|operation| operation != CertificateOperation::None);
    if schedules && change.completes_by.is_none() {
        change.completes_by = Some(Some(parameters.completes_by(now)));
    }
}

/// The change in words for the audit trail, without the authentication string itself.
fn describe(change: &PhoneChange, generate_strings: bool) -> String {
    let string = match &change.authentication_string {
        _ if generate_strings => Some("generated".to_owned()),
        Some(Some(_)) => Some("set".to_owned()),
        Some(None) => Some("removed".to_owned()),
        None => None,
    };
    let completes_by = change.completes_by.as_ref().map(|time| {
        time.as_ref()
            .map_or_else(|| "never".to_owned(), Timestamp::to_string)
    });
    let settings: Vec<String> = [
        (
            "Certificate Operation",
            change.operation.map(|value| value.to_string()),
        ),
        (
            "Authentication Mode",
            change.authentication_mode.map(|value| value.to_string()),
        ),
        ("Authentication String", string),
        ("Key Order", change.key_order.map(|value| value.to_string())),
        (
            "RSA Key Size",
            change.rsa_key_size.map(|value| value.to_string()),
        ),
        (
            "EC Key Size",
            change.ec_key_size.map(|value| value.to_string()),
        ),
        ("Operation Completes By", completes_by),
        ("Description", change.description.clone()),
        ("Device Type", change.model.clone()),
        ("Security Profile", change.security_profile.clone()),
        (
            "Device Security Mode",
            change.device_security_mode.map(|value| value.to_string()),
        ),
    ]
    .into_iter()
    .filter_map(|(name, value)| value.map(|value| format!("{name}: {value}")))
    .collect();
    format!("phone changed: {}", settings.join("; "))
}

fn remove(
    connection: &mut dyn Connection,
    trail: &Trail,
    devices: &[DeviceName],
) -> Result<Removed, StoreError> {
    let mut outcome = Removed {
        removed: 0,
        unknown: Vec::new(),
    };
    for device in devices {
        // Its requests and certificates go with it: the schema says ON DELETE CASCADE.
        if connection.execute("DELETE FROM phone WHERE name = ?1", &[device.into()])? > 0 {
            trail.note(connection, Some(device), "phone removed")?;
            outcome.removed += 1;
        } else {
            outcome.unknown.push(device.clone());
        }
    }
    Ok(outcome)
}

/// What is selected of the CAPF settings, in the order of [`read_capf`].
macro_rules! capf_columns {
    () => {
        "phone.operation, phone.authentication_mode, phone.authentication_string, phone.key_order,
         phone.rsa_key_size, phone.ec_key_size, phone.completes_by"
    };
}

/// Notes that a phone spoke; tells what is scheduled for it, if it is in the database.
pub(super) fn touch(
    connection: &mut dyn Connection,
    device: &DeviceName,
    address: IpAddr,
    now: Timestamp,
) -> Result<Option<CapfSettings>, StoreError> {
    first(
        connection,
        concat!(
            "UPDATE phone SET last_contact = ?2, last_address = ?3 WHERE name = ?1 RETURNING ",
            capf_columns!()
        ),
        &[device.into(), now.into(), address.into()],
        read_capf,
    )
}

/// Notes that a session is the phone's latest.
pub(super) fn claim(
    connection: &mut dyn Connection,
    device: &DeviceName,
    token: i64,
) -> Result<(), StoreError> {
    let sql = "UPDATE phone SET claim = ?2 WHERE name = ?1";
    connection
        .execute(sql, &[device.into(), token.into()])
        .map(drop)
}

/// Whether a session is still the phone's latest.
pub(super) fn has_claim(
    connection: &mut dyn Connection,
    device: &DeviceName,
    token: i64,
) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM phone WHERE name = ?1 AND claim = ?2";
    let found = first(connection, sql, &[device.into(), token.into()], |row| {
        row.integer()
    })?;
    Ok(found.is_some())
}

/// What is scheduled for a phone, if it is in the database.
pub(super) fn scheduled(
    connection: &mut dyn Connection,
    device: &DeviceName,
) -> Result<Option<CapfSettings>, StoreError> {
    first(
        connection,
        concat!("SELECT ", capf_columns!(), " FROM phone WHERE name = ?1"),
        &[device.into()],
        read_capf,
    )
}

/// What is selected of a phone, in the order of [`read_row`]; it needs [`LATEST_CSR`].
const COLUMNS: &str = concat!(
    "phone.name, phone.description, phone.model, phone.security_profile,
     phone.device_security_mode, ",
    capf_columns!(),
    ", phone.operation_status, phone.last_contact, phone.last_address,
     phone.lsc_subject, phone.lsc_issuer, phone.lsc_serial_number, phone.lsc_not_before,
     phone.lsc_not_after, phone.lsc_issuer_not_after,
     csr.state, csr.created_at, phone.locked_until"
);

/// Joins a phone's latest request to it.
const LATEST_CSR: &str = "\
    LEFT JOIN csr ON csr.id = (SELECT MAX(id) FROM csr WHERE device = phone.name)";

pub(super) fn read(
    connection: &mut dyn Connection,
    device: &DeviceName,
) -> Result<Option<PhoneRow>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM phone {LATEST_CSR} WHERE phone.name = ?1");
    first(connection, &sql, &[device.into()], read_row)
}

/// Hands over these phones, in this order; those are left out that are not in the database, or do not
/// pass the filter.
pub(super) fn read_each(
    connection: &mut dyn Connection,
    devices: &[DeviceName],
    filter: &Filter<'_>,
    mut each: impl FnMut(PhoneRow),
) -> Result<(), StoreError> {
    /// An engine takes some ten thousands of values.
    const AT_ONCE: usize = 1024;
    let passes = filter.expression();
    for devices in devices.chunks(AT_ONCE) {
        let mut values = filter.values.clone();
        values.extend(devices.iter().map(Value::from));
        // A power of two of them, so that there are few statements to be prepared and kept.
        let first = filter.values.len();
        values.resize(first + devices.len().next_power_of_two(), Value::Null);
        let parameters = placeholders(first + 1, values.len() - first);
        let sql = format!(
            "SELECT {COLUMNS} FROM phone {LATEST_CSR} WHERE {passes} AND phone.name IN ({parameters})
             ORDER BY phone.name"
        );
        if devices.is_sorted() {
            connection.query(&sql, &values, &mut |row| {
                each(read_row(row)?);
                Ok(ControlFlow::Continue(()))
            })?;
        } else {
            let found = all(connection, &sql, &values, read_row)?;
            let mut found: HashMap<_, _> = found
                .into_iter()
                .map(|row| (row.phone.name.clone(), row))
                .collect();
            devices
                .iter()
                .filter_map(|device| found.remove(device))
                .for_each(&mut each);
        }
    }
    Ok(())
}

fn read_row(row: &mut Row<'_>) -> Result<PhoneRow, StoreError> {
    Ok(PhoneRow {
        phone: read_phone(row)?,
        lsc: read_lsc(row)?,
        csr: read_csr(row)?,
        locked_until: Some(row.time()?).filter(|until| *until != Timestamp::UNIX_EPOCH),
    })
}

fn read_phone(row: &mut Row<'_>) -> Result<Phone, StoreError> {
    Ok(Phone {
        name: row.device()?,
        description: row.text()?.into_owned(),
        model: row.text()?.into_owned(),
        security_profile: row.text()?.into_owned(),
        device_security_mode: row.word()?,
        capf: read_capf(row)?,
        operation_status: row.word()?,
        last_contact: {
            let time = row.time()?;
            row.optional_address()?.map(|address| (time, address))
        },
    })
}

fn read_capf(row: &mut Row<'_>) -> Result<CapfSettings, StoreError> {
    Ok(CapfSettings {
        operation: row.word()?,
        authentication_mode: row.word()?,
        authentication_string: read_string(row)?,
        key_order: row.word()?,
        rsa_key_size: row.word()?,
        ec_key_size: row.word()?,
        completes_by: row.optional_time()?,
    })
}

fn read_string(row: &mut Row<'_>) -> Result<Option<AuthenticationString>, StoreError> {
    match &*row.text()? {
        "" => Ok(None),
        digits => AuthenticationString::new(digits)
            .map(Some)
            .map_err(|error| StoreError::corrupt(error.to_string())),
    }
}

fn read_lsc(row: &mut Row<'_>) -> Result<Option<LscSummary>, StoreError> {
    let (subject, issuer, serial_number) = (
        row.optional_text()?,
        row.optional_text()?,
        row.optional_text()?,
    );
    let not_before = row.optional_time()?;
    let (not_after, issuer_not_after) = (row.time()?, row.time()?);
    let (Some(subject), Some(issuer), Some(serial_number), Some(not_before)) =
        (subject, issuer, serial_number, not_before)
    else {
        return Ok(None);
    };
    Ok(Some(LscSummary {
        subject,
        issuer,
        serial_number,
        not_before,
        not_after,
        issuer_not_after: (issuer_not_after != Timestamp::UNIX_EPOCH).then_some(issuer_not_after),
    }))
}

fn read_csr(row: &mut Row<'_>) -> Result<Option<CsrSummary>, StoreError> {
    let (state, created_at) = (row.optional_word()?, row.optional_time()?);
    Ok(state
        .zip(created_at)
        .map(|(state, created_at)| CsrSummary { state, created_at }))
}
