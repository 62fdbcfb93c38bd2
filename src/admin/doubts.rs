//! What is set on phones, and may not come to what was meant.

use std::collections::HashSet;

use jiff::Timestamp;
use serde::Serialize;

use super::phone::{Selection, Settings, each_row, new_phone, search};
use super::{AdminError, Installation};
use crate::model::{AuthenticationMode, CertificateOperation, DeviceName, Phone};
use crate::pki::fits_common_name;
use crate::store::{NewPhone, PhoneRow};

/// Phones on which something is set that may not come to what was meant, above all an operation that
/// can come to nothing. That is no reason to refuse it: what is missing may come yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Doubts {
    /// They are to prove themselves by an authentication string, and have none.
    pub without_string: Vec<DeviceName>,
    /// The time by which the operation must complete has passed.
    pub overdue: Vec<DeviceName>,
    /// The operation is Delete or Troubleshoot, and they are not known to have a certificate that
    /// could be deleted or fetched.
    pub without_certificate: Vec<DeviceName>,
    /// They can come no further; see [`Phone::is_deadlocked`].
    pub deadlocked: Vec<DeviceName>,
    /// Their device type does not fit into an LSC's common name, and will be left out of it.
    pub unfit_model: Vec<DeviceName>,
}

impl Doubts {
    /// Of new phones with these settings, which are to have no certificate.
    pub fn of_new(names: &[DeviceName], settings: &Settings, now: Timestamp) -> Self {
        let mut doubts = Self::default();
        for name in names {
            let phone = new_phone(name.clone(), settings);
            doubts.judge_operation(&phone, false, now);
            doubts.judge_model(&phone);
        }
        doubts
    }

    /// Of the selected phones, once these settings are made. Of which no certificate is known is
    /// found out when they are.
    pub async fn of_change(
        installation: &Installation,
        selection: &Selection,
        settings: &Settings,
    ) -> Result<Self, AdminError> {
        let mut doubts = Self::default();
        let change = &settings.change;
        let concerns_operation = change.operation.is_some()
            || change.authentication_mode.is_some()
            || change.device_security_mode.is_some()
            || change.completes_by.is_some();
        let concerns_model = change.model.is_some();
        if !concerns_operation && !concerns_model {
            return Ok(doubts);
        }
        let now = installation.now();
        let mut judge = |row: &PhoneRow| {
            let mut phone = row.phone.clone();
            settings.apply_to(&mut phone);
            if change.completes_by.is_none() {
                // It is set anew with the operation, or nobody touches it.
                phone.capf.completes_by = None;
            }
            if concerns_operation {
                doubts.judge_operation(&phone, row.lsc.is_some(), now);
            }
            if concerns_model {
                doubts.judge_model(&phone);
            }
            Ok::<_, AdminError>(())
        };
        match selection {
            Selection::Named(names) => {
                for name in names {
                    if let Some(row) = installation.store().phone(name).await? {
                        judge(&row)?;
                    }
                }
            }
            Selection::Matching(criteria) => {
                each_row(installation, search(criteria.clone()), judge).await?;
            }
        }
        Ok(doubts)
    }

    /// Judges a phone that comes with its certificates.
    pub(super) fn judge_new(&mut self, new: &NewPhone, now: Timestamp) {
        self.judge_operation(&new.phone, new.lsc.is_some(), now);
        self.judge_model(&new.phone);
        if lacks_certificate(new) {
            self.without_certificate.push(new.phone.name.clone());
        }
    }

    /// Passes over phones on which nothing was set after all.
    pub fn forget(&mut self, phones: &[DeviceName]) {
        let forgotten: HashSet<_> = phones.iter().collect();
        let Self {
            without_string,
            overdue,
            without_certificate,
            deadlocked,
            unfit_model,
        } = self;
        for phones in [
            without_string,
            overdue,
            without_certificate,
            deadlocked,
            unfit_model,
        ] {
            phones.retain(|name| !forgotten.contains(name));
        }
    }

    fn judge_model(&mut self, phone: &Phone) {
        if !fits_common_name(&phone.name, &phone.model) {
            self.unfit_model.push(phone.name.clone());
        }
    }

    fn judge_operation(&mut self, phone: &Phone, has_lsc: bool, now: Timestamp) {
        let capf = &phone.capf;
        if capf.operation == CertificateOperation::None {
            return;
        }
        if capf.authentication_mode == AuthenticationMode::AuthenticationString
            && capf.authentication_string.is_none()
        {
            self.without_string.push(phone.name.clone());
        }
        if capf.completes_by.is_some_and(|time| time < now) {
            self.overdue.push(phone.name.clone());
        }
        if phone.is_deadlocked(has_lsc) {
            self.deadlocked.push(phone.name.clone());
        }
    }
}

/// Whether the phone is not known to have the certificate that is to be deleted or fetched.
pub(super) fn lacks_certificate(new: &NewPhone) -> bool {
    match new.phone.capf.operation {
        CertificateOperation::Delete => new.lsc.is_none(),
        CertificateOperation::Troubleshoot => new.lsc.is_none() && new.mic.is_none(),
        CertificateOperation::None | CertificateOperation::Install => false,
    }
}
