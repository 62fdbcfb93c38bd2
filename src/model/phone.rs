//! A phone as the database knows it.

use std::net::IpAddr;

use jiff::Timestamp;

use super::words::words;
use super::{
    AuthenticationMode, CertificateOperation, Curve, DeviceName, KeyOrder, OperationStatus,
    RsaKeySize,
};
use crate::secret::AuthenticationString;

words! {
    /// How the phone talks to its call agent (AXL `XDeviceSecurityMode`).
    DeviceSecurityMode {
        /// Neither signed nor encrypted.
        NonSecure = "Non Secure", "non-secure";
        /// Signed signalling.
        Authenticated = "Authenticated", "authenticated";
        /// Signed and encrypted signalling, encrypted media.
        Encrypted = "Encrypted", "encrypted";
    }
}

/// The CAPF section of the Phone Configuration window: what is scheduled, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CapfSettings {
    /// The operation that the phone's next session carries out.
    pub operation: CertificateOperation,
    /// How the phone has to prove itself.
    pub authentication_mode: AuthenticationMode,
    /// The one-time string, where the mode asks for one.
    pub authentication_string: Option<AuthenticationString>,
    /// Which kind of key is asked for.
    pub key_order: KeyOrder,
    /// The size where an RSA key is asked for.
    pub rsa_key_size: RsaKeySize,
    /// The curve where an EC key is asked for.
    pub ec_key_size: Curve,
    /// The time by which the operation must complete.
    pub completes_by: Option<Timestamp>,
}

impl CapfSettings {
    /// Whether a session that was begun for these settings may be concluded under `now`: whether
    /// the same is asked of the phone, in the same way. The time by which it must complete counts
    /// for sessions that begin.
    pub fn ask_the_same_as(&self, now: &Self) -> bool {
        self.ask_the_same_but_for_the_string(now)
            && self.authentication_string == now.authentication_string
    }

    /// Whether a phone that was admitted under these settings may wait on under `now`: another
    /// string is for its next session.
    pub fn ask_the_same_but_for_the_string(&self, now: &Self) -> bool {
        let Self {
            operation,
            authentication_mode,
            authentication_string: _,
            key_order,
            rsa_key_size,
            ec_key_size,
            completes_by: _,
        } = self;
        *operation == now.operation
            && *authentication_mode == now.authentication_mode
            && *key_order == now.key_order
            && *rsa_key_size == now.rsa_key_size
            && *ec_key_size == now.ec_key_size
    }
}

impl Default for CapfSettings {
    /// Unified CM 12.5's defaults (AXL): By Null String, RSA Only, 2048 bits; and P-384, its
    /// default from 11.0 to 12.0.
    fn default() -> Self {
        Self {
            operation: CertificateOperation::None,
            authentication_mode: AuthenticationMode::NullString,
            authentication_string: None,
            key_order: KeyOrder::RsaOnly,
            rsa_key_size: RsaKeySize::Bits2048,
            ec_key_size: Curve::P384,
            completes_by: None,
        }
    }
}

/// What cannot be written about a phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPhoneText {
    /// It has the character U+0000, which no database keeps.
    #[error("it has a NUL character")]
    Nul,
    /// It is too long.
    #[error("it has {found} characters, and at most {LONGEST_TEXT} are taken")]
    TooLong {
        /// How many characters it has.
        found: usize,
    },
}

/// The most characters of a description, as on Unified CM (AXL), and of a device type.
const LONGEST_TEXT: usize = 128;

/// Takes a description or a device type, without the space around it.
pub fn phone_text(text: &str) -> Result<String, InvalidPhoneText> {
    let text = text.trim();
    let found = text.chars().count();
    if found > LONGEST_TEXT {
        return Err(InvalidPhoneText::TooLong { found });
    }
    if text.contains('\0') {
        return Err(InvalidPhoneText::Nul);
    }
    Ok(text.to_owned())
}

/// A phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phone {
    /// Its name.
    pub name: DeviceName,
    /// What the administrator wrote about it.
    pub description: String,
    /// The device type, as it stands in a certificate's subject: `CP-8861`. May be empty.
    pub model: String,
    /// The name of its security profile. May be empty.
    pub security_profile: String,
    /// How it talks to its call agent.
    pub device_security_mode: DeviceSecurityMode,
    /// What is scheduled.
    pub capf: CapfSettings,
    /// What came of the last operation.
    pub operation_status: OperationStatus,
    /// When, and from where, it last spoke to CAPF.
    pub last_contact: Option<(Timestamp, IpAddr)>,
}

impl Phone {
    /// A phone with default settings and nothing scheduled.
    pub fn new(name: DeviceName) -> Self {
        Self {
            name,
            description: String::new(),
            model: String::new(),
            security_profile: String::new(),
            device_security_mode: DeviceSecurityMode::NonSecure,
            capf: CapfSettings::default(),
            operation_status: OperationStatus::None,
            last_contact: None,
        }
    }

    /// Whether the phone can come no further: it talks to its call agent over TLS alone, has no LSC
    /// for that, and is to wait for a string. Such a phone does not register, and does not contact
    /// CAPF by itself; the chapter on CAPF says that it cannot be configured so.
    pub fn is_deadlocked(&self, has_lsc: bool) -> bool {
        self.device_security_mode != DeviceSecurityMode::NonSecure
            && self.capf.operation != CertificateOperation::None
            && self.capf.authentication_mode == AuthenticationMode::AuthenticationString
            && !has_lsc
    }

    /// Makes the change. An operation that is scheduled puts the status to Operation Pending; one
    /// that is called off while pending puts it back to None.
    pub fn apply(&mut self, change: &PhoneChange) {
        fn set<T: Clone>(place: &mut T, value: Option<&T>) {
            if let Some(value) = value {
                place.clone_from(value);
            }
        }
        set(&mut self.description, change.description.as_ref());
        set(&mut self.model, change.model.as_ref());
        set(&mut self.security_profile, change.security_profile.as_ref());
        set(
            &mut self.device_security_mode,
            change.device_security_mode.as_ref(),
        );
        set(&mut self.capf.operation, change.operation.as_ref());
        set(
            &mut self.capf.authentication_mode,
            change.authentication_mode.as_ref(),
        );
        set(
            &mut self.capf.authentication_string,
            change.authentication_string.as_ref(),
        );
        set(&mut self.capf.key_order, change.key_order.as_ref());
        set(&mut self.capf.rsa_key_size, change.rsa_key_size.as_ref());
        set(&mut self.capf.ec_key_size, change.ec_key_size.as_ref());
        set(&mut self.capf.completes_by, change.completes_by.as_ref());
        match change.operation {
            Some(CertificateOperation::None)
                if self.operation_status == OperationStatus::OperationPending =>
            {
                self.operation_status = OperationStatus::None;
            }
            Some(CertificateOperation::None) | None => {}
            Some(_) => self.operation_status = OperationStatus::OperationPending,
        }
    }
}

/// What an administrator changes on a phone; what is `None` stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PhoneChange {
    /// The operation to schedule.
    pub operation: Option<CertificateOperation>,
    /// How the phone has to prove itself.
    pub authentication_mode: Option<AuthenticationMode>,
    /// The one-time string; `Some(None)` takes it away.
    pub authentication_string: Option<Option<AuthenticationString>>,
    /// Which kind of key is asked for.
    pub key_order: Option<KeyOrder>,
    /// The size where an RSA key is asked for.
    pub rsa_key_size: Option<RsaKeySize>,
    /// The curve where an EC key is asked for.
    pub ec_key_size: Option<Curve>,
    /// The time by which the operation must complete; `Some(None)` takes it away.
    pub completes_by: Option<Option<Timestamp>>,
    /// What is written about the phone.
    pub description: Option<String>,
    /// The device type.
    pub model: Option<String>,
    /// The name of the security profile.
    pub security_profile: Option<String>,
    /// How the phone talks to its call agent.
    pub device_security_mode: Option<DeviceSecurityMode>,
}

impl PhoneChange {
    /// Whether nothing would change.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
