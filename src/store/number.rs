//! Enumerations as the database keeps them: Cisco's database numbers.

use super::engine::Value;
use crate::model::{
    AuthenticationMode, CertificateKind, CertificateOperation, CertificateState, CsrState, Curve,
    DeviceSecurityMode, KeyOrder, OperationStatus, RevocationReason, RsaKeySize, TrustPurpose,
};

/// An enumeration whose values are numbered from 1, in the order of Cisco's list.
pub(super) trait Numbered: Copy + 'static {
    /// Every value, in that order.
    const ALL: &'static [Self];

    fn number(self) -> i64;

    fn from_number(number: i64) -> Option<Self> {
        let place = usize::try_from(number.checked_sub(1)?).ok()?;
        Self::ALL.get(place).copied()
    }
}

macro_rules! numbered {
    ( $($name:ident)+ ) => {
        $(
            impl Numbered for $name {
                const ALL: &'static [Self] = $name::ALL;

                fn number(self) -> i64 {
                    self as i64 + 1
                }
            }

            impl From<$name> for Value<'_> {
                fn from(value: $name) -> Self {
                    Self::Integer(value.number())
                }
            }
        )+
    };
}

numbered! {
    AuthenticationMode
    CertificateKind
    CertificateOperation
    CertificateState
    CsrState
    Curve
    DeviceSecurityMode
    KeyOrder
    OperationStatus
    RevocationReason
    RsaKeySize
    TrustPurpose
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_ciscos_database() {
        // As Cisco's renewal script sets them: Install/Upgrade and Operation Pending are both 2.
        assert_eq!(CertificateOperation::Install.number(), 2);
        assert_eq!(OperationStatus::OperationPending.number(), 2);
        assert_eq!(RsaKeySize::Bits1024.number(), 2);
        for status in OperationStatus::ALL {
            assert_eq!(OperationStatus::from_number(status.number()), Some(*status));
        }
    }

    #[test]
    fn a_number_outside_the_list_is_no_value() {
        for number in [i64::MIN, -1, 0, 35, i64::MAX] {
            assert_eq!(OperationStatus::from_number(number), None, "{number}");
        }
    }
}
