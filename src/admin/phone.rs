//! Phones: added, changed, shown, removed.

use jiff::Timestamp;
use serde::Serialize;

use super::{AdminError, Installation, whole_seconds};
use crate::model::{
    AuthenticationMode, CertificateKind, CertificateOperation, CertificateState, Criterion,
    CsrState, DeviceName, DeviceSecurityMode, Field, KeyOrder, OperationStatus, Pattern, Phone,
    PhoneChange,
};
use crate::secret::AuthenticationString;
use crate::store::{Change, PhoneRow, Search};

pub use super::doubts::Doubts;
pub use super::phone_import::{ImportedPhones, PhoneFile, Remarks};

/// How many phones are asked of the store at a time.
const PAGE: u32 = 1000;

/// What is set on phones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// What is the same for all.
    pub change: PhoneChange,
    /// Whether each gets a fresh authentication string of its own.
    pub generate_strings: bool,
    /// Whether Delete and Troubleshoot are scheduled for phones, too, that are not known to have a
    /// certificate.
    pub force: bool,
}

impl Settings {
    /// Whether nothing would be set.
    pub fn is_empty(&self) -> bool {
        self.change.is_empty() && !self.generate_strings
    }

    /// Sets them on a phone.
    pub(super) fn apply_to(&self, phone: &mut Phone) {
        phone.apply(&self.change);
        if self.generate_strings {
            phone.capf.authentication_string = Some(AuthenticationString::generate());
        }
    }
}

/// Which phones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    /// These.
    Named(Vec<DeviceName>),
    /// Those that meet all criteria: every phone, where there is none.
    Matching(Vec<Criterion>),
}

/// What came of adding phones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AddedPhones {
    /// How many were added.
    pub added: u64,
    /// Those that were there already, and stay as they were.
    pub existing: Vec<DeviceName>,
}

/// What came of changing phones.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ChangedPhones {
    /// How many were changed.
    pub changed: u64,
    /// Which they are.
    #[serde(skip)]
    pub names: Vec<DeviceName>,
    /// The names that no phone has.
    pub unknown: Vec<DeviceName>,
    /// Those that stay as they were, because they are not known to have the certificate that was to
    /// be deleted or fetched.
    pub without_certificate: Vec<DeviceName>,
}

/// What came of removing phones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RemovedPhones {
    /// How many were removed.
    pub removed: u64,
    /// The names that no phone has.
    pub unknown: Vec<DeviceName>,
}

/// One phone whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PhoneView {
    /// Its name.
    pub name: DeviceName,
    /// What is written about it.
    pub description: Option<String>,
    /// The device type.
    pub model: Option<String>,
    /// The name of its security profile.
    pub security_profile: Option<String>,
    /// How it talks to its call agent.
    pub device_security_mode: DeviceSecurityMode,
    /// The operation that is scheduled.
    pub operation: CertificateOperation,
    /// What came of the last operation.
    pub operation_status: OperationStatus,
    /// How the phone has to prove itself.
    pub authentication_mode: AuthenticationMode,
    /// The one-time string, in the clear: this is where an administrator reads it.
    pub authentication_string: Option<String>,
    /// Which kind of key is asked for.
    pub key_order: KeyOrder,
    /// The size where an RSA key is asked for.
    pub rsa_key_size: u16,
    /// The size where an EC key is asked for.
    pub ec_key_size: u16,
    /// The time by which the operation must complete.
    pub completes_by: Option<Timestamp>,
    /// The LSC that the phone holds.
    pub lsc: Option<LscView>,
    /// Its request for a certificate.
    pub csr: Option<CsrView>,
    /// Until when no authentication string is accepted from it, after too many wrong ones.
    pub locked_until: Option<Timestamp>,
    /// When it last spoke to CAPF.
    pub last_contact: Option<Timestamp>,
    /// From where.
    pub address: Option<std::net::IpAddr>,
}

/// The LSC that a phone holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LscView {
    /// Its subject.
    pub subject: String,
    /// Its issuer.
    pub issuer: String,
    /// Its serial number, in hexadecimal.
    pub serial_number: String,
    /// The first second in which it is valid.
    pub not_before: Timestamp,
    /// The last second in which it is valid.
    pub not_after: Timestamp,
    /// The certificate in PEM.
    pub pem: String,
}

/// A phone's request for a certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CsrView {
    /// How far it came.
    pub state: CsrState,
    /// When the phone's key arrived.
    pub created_at: Timestamp,
}

/// Adds phones with these settings. Those that are there already stay as they are.
///
/// Of a new phone no certificate is known, so Delete and Troubleshoot are refused, unless forced.
pub async fn add(
    installation: &Installation,
    names: Vec<DeviceName>,
    settings: &Settings,
) -> Result<AddedPhones, AdminError> {
    if let Some(operation @ (CertificateOperation::Delete | CertificateOperation::Troubleshoot)) =
        settings.change.operation
        && !settings.force
    {
        return Err(AdminError::NoCertificate { operation });
    }
    let phones = names
        .into_iter()
        .map(|name| new_phone(name, settings))
        .collect();
    let added = installation
        .store()
        .add_phones(installation.actor(), phones)
        .await?;
    Ok(AddedPhones {
        added: added.added,
        existing: added.existing,
    })
}

/// A phone as its settings make it.
pub(super) fn new_phone(name: DeviceName, settings: &Settings) -> Phone {
    let mut phone = Phone::new(name);
    settings.apply_to(&mut phone);
    phone
}

/// How many phones are selected.
pub async fn count(installation: &Installation, selection: &Selection) -> Result<u64, AdminError> {
    match selection {
        Selection::Named(names) => Ok(names.len() as u64),
        Selection::Matching(criteria) => Ok(installation.store().count(criteria).await?),
    }
}

/// The names of the first `limit` phones whose name begins so, in any case; cheap however many phones
/// there are.
pub async fn names_beginning(
    installation: &Installation,
    beginning: &str,
    limit: u32,
) -> Result<Vec<DeviceName>, AdminError> {
    let begins = Criterion {
        field: Field::DeviceName,
        pattern: Pattern::BeginsWith,
        text: beginning.to_owned(),
    };
    let criteria = if beginning.is_empty() {
        Vec::new()
    } else {
        vec![begins]
    };
    let search = Search {
        limit,
        ..search(criteria)
    };
    let found = installation.store().find(&search).await?;
    Ok(found.rows.into_iter().map(|row| row.phone.name).collect())
}

/// Changes the selected phones, all at once or none.
pub async fn set(
    installation: &Installation,
    selection: Selection,
    settings: Settings,
) -> Result<ChangedPhones, AdminError> {
    let names = match selection {
        Selection::Named(names) => names,
        Selection::Matching(criteria) => names_matching(installation, criteria).await?,
    };
    let change = Change {
        change: settings.change,
        generate_strings: settings.generate_strings,
        force: settings.force,
    };
    let changed = installation
        .store()
        .change_phones(installation.actor(), names, change)
        .await?;
    Ok(ChangedPhones {
        changed: changed.changed.len() as u64,
        names: changed.changed,
        unknown: changed.unknown,
        without_certificate: changed.without_certificate,
    })
}

pub(super) async fn names_matching(
    installation: &Installation,
    criteria: Vec<Criterion>,
) -> Result<Vec<DeviceName>, AdminError> {
    let mut names = Vec::new();
    each_row(installation, search(criteria), |row| {
        names.push(row.phone.name.clone());
        Ok::<_, AdminError>(())
    })
    .await?;
    Ok(names)
}

/// Removes phones, with their CSRs and certificates.
pub async fn remove(
    installation: &Installation,
    names: Vec<DeviceName>,
) -> Result<RemovedPhones, AdminError> {
    let removed = installation
        .store()
        .remove_phones(installation.actor(), names)
        .await?;
    Ok(RemovedPhones {
        removed: removed.removed,
        unknown: removed.unknown,
    })
}

/// One phone whole.
pub async fn show(installation: &Installation, name: &DeviceName) -> Result<PhoneView, AdminError> {
    let store = installation.store();
    let PhoneRow {
        phone,
        csr,
        locked_until,
        ..
    } = store
        .phone(name)
        .await?
        .ok_or_else(|| AdminError::UnknownPhone { name: name.clone() })?;
    let held = store
        .certificates(name)
        .await?
        .into_iter()
        .find(|record| {
            record.kind == CertificateKind::Lsc && record.state == CertificateState::Held
        })
        .map(|record| record.certificate);
    Ok(PhoneView {
        lsc: held.map(|lsc| LscView {
            subject: lsc.subject().to_owned(),
            issuer: lsc.issuer().to_owned(),
            serial_number: lsc.serial_number().to_owned(),
            not_before: lsc.not_before(),
            not_after: lsc.not_after(),
            pem: lsc.to_pem(),
        }),
        csr: csr.map(|csr| CsrView {
            state: csr.state,
            created_at: whole_seconds(csr.created_at),
        }),
        locked_until: locked_until
            .filter(|until| *until > installation.now())
            .map(whole_seconds),
        authentication_string: phone
            .capf
            .authentication_string
            .map(|string| string.reveal().to_owned()),
        name: phone.name,
        description: stated(phone.description),
        model: stated(phone.model),
        security_profile: stated(phone.security_profile),
        device_security_mode: phone.device_security_mode,
        operation: phone.capf.operation,
        operation_status: phone.operation_status,
        authentication_mode: phone.capf.authentication_mode,
        key_order: phone.capf.key_order,
        rsa_key_size: phone.capf.rsa_key_size.bits(),
        ec_key_size: phone.capf.ec_key_size.bits(),
        completes_by: phone.capf.completes_by.map(whole_seconds),
        last_contact: phone.last_contact.map(|(at, _)| whole_seconds(at)),
        address: phone.last_contact.map(|(_, address)| address),
    })
}

/// Text that may be empty, and then is nothing.
fn stated(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

/// Every phone that meets the criteria, by name.
pub(super) fn search(criteria: Vec<Criterion>) -> Search {
    Search {
        criteria,
        limit: PAGE,
        ..Search::default()
    }
}

/// Hands out the rows of a search, page by page, until there are no more.
pub(super) async fn each_row<E: From<AdminError>>(
    installation: &Installation,
    search: Search,
    mut each: impl FnMut(&PhoneRow) -> Result<(), E>,
) -> Result<(), E> {
    each_page(installation, search, async |rows| {
        rows.iter().try_for_each(&mut each)
    })
    .await
}

/// Hands out the pages of a search, until there are no more.
pub(super) async fn each_page<E: From<AdminError>>(
    installation: &Installation,
    search: Search,
    mut each: impl AsyncFnMut(&[PhoneRow]) -> Result<(), E>,
) -> Result<(), E> {
    let mut pages = installation.store().pages(search, Vec::new, Vec::push);
    while let Some(page) = pages.next().await.map_err(AdminError::from)? {
        each(&page).await?;
    }
    Ok(())
}
