//! The keys that a CAPF certificate may have.

use capf::model::{Curve, KeyRequest, RsaKeySize};
use clap::ValueEnum;

use crate::context::Context;

/// A kind of key, and its size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum KindOfKey {
    /// What every phone can deal with
    Rsa2048,
    /// Slower on old phones
    Rsa3072,
    /// Slower still
    Rsa4096,
    /// P-256, for phones that know ECDSA
    Ec256,
    /// P-384, for phones that know ECDSA
    Ec384,
    /// P-521, for phones that know ECDSA
    Ec521,
}

impl KindOfKey {
    pub(super) fn request(self) -> KeyRequest {
        match self {
            Self::Rsa2048 => KeyRequest::Rsa(RsaKeySize::Bits2048),
            Self::Rsa3072 => KeyRequest::Rsa(RsaKeySize::Bits3072),
            Self::Rsa4096 => KeyRequest::Rsa(RsaKeySize::Bits4096),
            Self::Ec256 => KeyRequest::Ec(Curve::P256),
            Self::Ec384 => KeyRequest::Ec(Curve::P384),
            Self::Ec521 => KeyRequest::Ec(Curve::P521),
        }
    }

    /// Says whom such a key shuts out.
    pub(super) fn warn(self, context: &Context) {
        if matches!(self.request(), KeyRequest::Ec(_)) {
            context.ui.warning(
                "Unified CM's CAPF has RSA keys alone. Phones that know no ECDSA, those of the \
                 7900 series among them, cannot connect to a CAPF with this key.",
            );
        }
    }
}
