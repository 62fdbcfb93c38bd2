//! The values of elements that are one number.

use crate::model::Curve;
use crate::model::number::numbers;

numbers! {
    /// Why a session ends, or whether the phone did what it was asked.
    Reason {
        /// There is nothing to do. P
        NO_ACTION = 0, "NoAction";
        /// It worked; from a phone that begins: it asks for a certificate. P
        SUCCESS = 1, "Success";
        /// Declined, or an element was invalid. Unified CM also sends it when a certificate was
        /// already issued and no operation is pending. P
        DECLINED = 7, "Declined";
        /// The server does not know the device. P
        UNKNOWN_DEVICE = 9, "UnknownDevice";
    }
}

numbers! {
    /// Which of the phone's certificates is meant. P
    CertificateType {
        /// The locally significant certificate.
        LSC = 1, "LSC";
        /// The manufacturing installed certificate.
        MIC = 2, "MIC";
    }
}

numbers! {
    /// How the phone is asked to prove itself. P for 0 beside Version 3; N for the others.
    AuthType {
        /// The phone decides; what it sends is judged.
        NONE = 0, "None";
        /// With the string that its user enters.
        PASSWORD = 1, "Password";
        /// Without a string.
        NO_PASSWORD = 2, "NoPassword";
        /// With its LSC.
        LSC = 3, "LSC";
        /// With its MIC.
        MIC = 4, "MIC";
    }
}

numbers! {
    /// Which kind of key the phone is asked for. P
    KeyType {
        /// An RSA key, of the size that `KeySize` says.
        RSA = 0, "RSA";
        /// A key on the curve that `Curve` says.
        EC = 1, "EC";
    }
}

numbers! {
    /// An elliptic curve. P
    NamedCurve {
        /// P-256.
        P256 = 0, "secp256r1";
        /// P-384.
        P384 = 1, "secp384r1";
        /// P-521.
        P521 = 2, "secp521r1";
    }
}

impl NamedCurve {
    /// The curve, where the number is known.
    pub const fn to_model(self) -> Option<Curve> {
        match self {
            Self::P256 => Some(Curve::P256),
            Self::P384 => Some(Curve::P384),
            Self::P521 => Some(Curve::P521),
            _ => None,
        }
    }
}

impl From<Curve> for NamedCurve {
    fn from(curve: Curve) -> Self {
        match curve {
            Curve::P256 => Self::P256,
            Curve::P384 => Self::P384,
            Curve::P521 => Self::P521,
        }
    }
}

numbers! {
    /// The digest under a signature. P in front of a signature; N as an element.
    DigestType {
        /// SHA-1.
        SHA1 = 1, "SHA-1";
        /// SHA-256.
        SHA256 = 2, "SHA-256";
        /// SHA-512: what phones send in a `Sha2SignedData`. P
        SHA512 = 3, "SHA-512";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_comes_back_as_itself() {
        for curve in Curve::ALL {
            assert_eq!(NamedCurve::from(*curve).to_model(), Some(*curve));
        }
        assert_eq!(NamedCurve(3).to_model(), None);
    }

    #[test]
    fn unknown_numbers_keep_their_place_and_are_shown_in_hexadecimal() {
        assert_eq!(Reason(2).to_string(), "0x02");
        assert_eq!(DigestType(9).to_string(), "0x09");
        assert_eq!(Reason::UNKNOWN_DEVICE.to_string(), "UnknownDevice");
    }
}
