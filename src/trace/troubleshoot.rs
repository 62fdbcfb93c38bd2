//! A certificate that a Troubleshoot fetched, as text for a person.

use std::fmt::Write as _;
use std::net::IpAddr;

use jiff::Timestamp;

use super::session::field;
use crate::model::{Certificate, CertificateKind, DeviceName};
use crate::pki::Description;

/// When and from where a certificate was fetched.
#[derive(Clone, Copy, Debug)]
pub struct Fetched {
    /// When the phone gave it.
    pub at: Timestamp,
    /// The phone's address.
    pub address: IpAddr,
    /// The session's id.
    pub session: u32,
}

pub(super) fn text(
    device: &DeviceName,
    kind: CertificateKind,
    certificate: &Certificate,
    fetched: &Fetched,
) -> String {
    let description = Description::of_certificate(certificate);
    let mut text = "Certificate fetched by CAPF (Troubleshoot)\n\n".to_owned();
    field(&mut text, "Device Name", device);
    field(&mut text, "Certificate Type", kind);
    field(&mut text, "Fetched", format_args!("{:.3}", fetched.at));
    field(&mut text, "Address", fetched.address);
    field(&mut text, "Session", fetched.session);
    text.push('\n');
    for (label, cell) in description.fields().into_iter().skip(1) {
        field(&mut text, label, cell);
    }
    let _ = write!(text, "\n{}", description.pem);
    text
}
