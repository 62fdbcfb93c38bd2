//! What the phone says of itself.

use crate::model::Certificate;
use crate::secret::Password;
use crate::wire::{Message, Sha2SignedData, SudiData};

/// What the phone says to prove itself, as it stood in its `AuthResponse`.
#[derive(Debug)]
pub struct Claim {
    /// The device name as the phone wrote it: its signatures are over these bytes.
    pub name: String,
    /// The authentication string that was entered on the phone. Version-2 clients send none.
    pub password: Option<Password>,
    /// The certificate by which it wants to be known, in DER.
    pub certificate: Option<Vec<u8>>,
    /// A signature with SHA-1 by that certificate's key.
    pub signed_data: Option<Vec<u8>>,
    /// A signature with the digest that it names, by that certificate's key.
    pub sha2_signed_data: Option<Sha2SignedData>,
    /// The proof that cannot be replayed.
    pub sudi_data: Option<SudiData>,
}

impl Claim {
    /// The claim in an `AuthResponse`; `None` where it gives no name.
    pub fn of(response: &Message) -> Option<Self> {
        Some(Self {
            name: response.device_name()?.to_owned(),
            password: response.password().cloned(),
            certificate: response.certificate().map(<[u8]>::to_vec),
            signed_data: response.signed_data().map(<[u8]>::to_vec),
            sha2_signed_data: response.sha2_signed_data().cloned(),
            sudi_data: response.sudi_data().cloned(),
        })
    }

    /// The serial numbers of the certificates that it shows, as far as they can be read: what a
    /// revocation list is asked for.
    pub fn serial_numbers(&self) -> Vec<String> {
        let sudi = self.sudi_data.as_ref().map(|sudi| &sudi.certificate);
        [self.certificate.as_ref(), sudi]
            .into_iter()
            .flatten()
            .filter_map(|der| Certificate::from_der(der).ok())
            .map(|certificate| certificate.serial_number().to_owned())
            .collect()
    }
}
