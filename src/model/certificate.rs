//! X.509 certificates as they are kept: the DER, untouched, and a read view beside it.

use std::fmt;

use jiff::Timestamp;
use x509_parser::asn1_rs::{Any, Class};
use x509_parser::extensions::GeneralName;
use x509_parser::oid_registry::OID_X509_SERIALNUMBER;
use x509_parser::prelude::{FromDer as _, X509Certificate, X509Name};

use super::words::words;
use super::{DeviceName, Escaped, InvalidCertificate};

words! {
    /// Which of a phone's certificates this is.
    CertificateKind {
        /// Locally significant certificate: issued by CAPF or by the company's CA.
        Lsc = "LSC", "lsc";
        /// Manufacturing installed certificate: in the phone since it was made.
        Mic = "MIC", "mic";
        /// Secure unique device identifier (IEEE 802.1AR).
        Sudi = "SUDI", "sudi";
    }
}

words! {
    /// What is known of a certificate's way to the phone.
    CertificateState {
        /// On record, but the phone has not said that it stored it.
        Issued = "Issued", "issued";
        /// The phone said that it stored it.
        Held = "Held", "held";
        /// The phone stored another in its place.
        Replaced = "Replaced", "replaced";
        /// The phone said that it deleted it.
        Deleted = "Deleted", "deleted";
        /// No phone took it, and none will: the phone has made another key.
        Stale = "Stale", "stale";
        /// Seen in the phone by a Troubleshoot, not issued here.
        Fetched = "Fetched", "fetched";
    }
}

words! {
    /// What a trust anchor is trusted for.
    TrustPurpose {
        /// CAPF-trust: issuers of LSCs, our own and third-party CAs.
        Capf = "CAPF-trust", "capf";
        /// The manufacturing CAs that sign MICs.
        Manufacturing = "Manufacturing", "manufacturing";
    }
}

/// A certificate: its DER, and what one asks of it most.
#[derive(Clone, PartialEq, Eq)]
pub struct Certificate {
    der: Box<[u8]>,
    subject: String,
    issuer: String,
    common_name: Option<String>,
    serial_number: String,
    not_before: Timestamp,
    not_after: Timestamp,
    public_key: std::ops::Range<usize>,
}

impl Certificate {
    /// Reads one certificate in DER with nothing behind it.
    pub fn from_der(der: &[u8]) -> Result<Self, InvalidCertificate> {
        let (rest, view) =
            X509Certificate::from_der(der).map_err(|error| InvalidCertificate::of(der, &error))?;
        if !rest.is_empty() {
            return Err(InvalidCertificate::TrailingData { length: rest.len() });
        }
        if !has_three_parts(der) {
            return Err(InvalidCertificate::NotDer {
                problem: "it has more parts than a certificate".to_owned(),
            });
        }
        let time = |seconds| Timestamp::from_second(seconds).map_err(|_| InvalidCertificate::Time);
        let key = view.public_key().raw;
        // The key is a slice of `der`, so its place is the distance between the two.
        let start = key.as_ptr() as usize - der.as_ptr() as usize;
        Ok(Self {
            subject: name_text(view.subject()),
            issuer: name_text(view.issuer()),
            common_name: view
                .subject()
                .iter_common_name()
                .last()
                .and_then(|name| name.as_str().ok())
                .map(str::to_owned),
            serial_number: hex::encode(view.raw_serial()),
            not_before: time(view.validity().not_before.timestamp())?,
            not_after: time(view.validity().not_after.timestamp())?,
            public_key: start..start + key.len(),
            der: der.into(),
        })
    }

    /// The DER `SubjectPublicKeyInfo` of bytes that begin like a certificate, for whoever needs
    /// nothing else of it and is in a hurry: the rest is passed over unread.
    pub fn public_key_in(der: &[u8]) -> Option<&[u8]> {
        let (_, whole) = Any::from_der(der).ok()?;
        let (_, signed) = Any::from_der(whole.data).ok()?;
        let (behind, first) = Any::from_der(signed.data).ok()?;
        // RFC 5280, section 4.1: the version, unless it is 1, and five more parts before the key.
        let has_version = first.header.class() == Class::ContextSpecific;
        let mut rest = if has_version { behind } else { signed.data };
        for _ in 0..5 {
            (rest, _) = Any::from_der(rest).ok()?;
        }
        let (behind, _) = Any::from_der(rest).ok()?;
        rest.get(..rest.len() - behind.len())
    }

    /// The certificate's bytes.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The certificate as PEM (RFC 7468).
    pub fn to_pem(&self) -> String {
        pem::encode_config(
            &pem::Pem::new("CERTIFICATE", self.der.to_vec()),
            pem::EncodeConfig::new().set_line_ending(pem::LineEnding::LF),
        )
    }

    /// The subject, in the order of the certificate: `C=AU, O=Example, CN=CP-8861-SEP…`.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The issuer's name, in the order of the certificate.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The last common name of the subject, if it has one.
    pub fn common_name(&self) -> Option<&str> {
        self.common_name.as_deref()
    }

    /// The serial number in lower-case hexadecimal, as it is encoded.
    pub fn serial_number(&self) -> &str {
        &self.serial_number
    }

    /// The first second in which the certificate is valid.
    pub fn not_before(&self) -> Timestamp {
        self.not_before
    }

    /// The last second in which the certificate is valid.
    pub fn not_after(&self) -> Timestamp {
        self.not_after
    }

    /// The DER `SubjectPublicKeyInfo` (RFC 5280, section 4.1.2.7).
    pub fn public_key(&self) -> &[u8] {
        &self.der[self.public_key.clone()]
    }

    /// The serial number in the subject: of a MIC and of Cisco's LSCs `PID:CP-8861 SN:FCH…` (P).
    pub fn subject_serial_number(&self) -> Option<String> {
        self.read(|view| {
            view.subject()
                .iter_by_oid(&OID_X509_SERIALNUMBER)
                .next()
                .and_then(|attribute| attribute.as_str().ok().map(str::to_owned))
        })
    }

    /// Whether its names are the device's.
    ///
    /// The device name stands alone in the common name or behind a model and a hyphen (P); and where
    /// an alternative name is a bare device name, as in our own LSCs (R), it is this one. So an LSC
    /// of a device `A-B` is not one of a device `B`.
    pub fn belongs_to(&self, device: &DeviceName) -> bool {
        self.read(|view| self.is_named(view, device))
    }

    /// As [`Certificate::belongs_to`], for whoever looks at the whole certificate already.
    pub fn is_named(&self, view: &X509Certificate<'_>, device: &DeviceName) -> bool {
        let in_common_name = self.common_name().is_some_and(|name| {
            let name = name.to_ascii_uppercase();
            name.strip_suffix(device.as_str())
                .is_some_and(|model| model.is_empty() || model.ends_with('-'))
        });
        in_common_name
            && match view.subject_alternative_name() {
                Ok(None) => true,
                Ok(Some(names)) => names.value.general_names.iter().all(|name| match name {
                    GeneralName::URI(uri) => {
                        uri.parse().map_or(true, |name: DeviceName| name == *device)
                    }
                    _ => true,
                }),
                // Names that cannot be read may be anybody's.
                Err(_) => false,
            }
    }

    /// Looks at the whole certificate.
    pub fn read<T>(&self, look: impl FnOnce(&X509Certificate<'_>) -> T) -> T {
        let (_, view) = X509Certificate::from_der(&self.der).expect("it was read once already");
        look(&view)
    }
}

/// Whether a certificate consists of what is signed, an algorithm and a signature (RFC 5280, section
/// 4.1): the parser takes no notice of what else stands beside them, where nobody has signed it.
fn has_three_parts(der: &[u8]) -> bool {
    let Ok((_, whole)) = Any::from_der(der) else {
        return false;
    };
    let mut rest = whole.data;
    for _ in 0..3 {
        match Any::from_der(rest) {
            Ok((behind, _)) => rest = behind,
            Err(_) => return false,
        }
    }
    rest.is_empty()
}

impl fmt::Debug for Certificate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "Certificate({}, serial {})",
            self.subject, self.serial_number
        )
    }
}

/// A name as text, most general part first as the certificate has it, escaped for a terminal.
pub(super) fn name_text(name: &X509Name<'_>) -> String {
    Escaped(&name.to_string()).to_string()
}

/// A certificate with its place in the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateRecord {
    /// Its number in the store; later ones are higher.
    pub id: i64,
    /// Whose it is.
    pub device: DeviceName,
    /// Which of the phone's certificates it is.
    pub kind: CertificateKind,
    /// How far it came.
    pub state: CertificateState,
    /// When it was put on record.
    pub recorded_at: Timestamp,
    /// The certificate.
    pub certificate: Certificate,
}

/// A certificate that is trusted for a purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustAnchor {
    /// Its number in the store.
    pub id: i64,
    /// What it is trusted for.
    pub purpose: TrustPurpose,
    /// The anchor.
    pub certificate: Certificate,
    /// When it was imported.
    pub imported_at: Timestamp,
}
